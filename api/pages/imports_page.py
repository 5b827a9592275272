"""One import as its page shows it, and what undoing or redoing it did."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from api.pages.gathered import APART
from api.pages.values import title
from surveys import records
from surveys.errors import NotAllowed, NotFound
from surveys.following import called
from surveys.intake import imports, repair
from surveys.intake.accept import import_folder
from surveys.intake.repeated_records import REPEATED
from surveys.planning.match import COMMUNITY
from surveys.record import SHAPE, RecordType
from surveys.roles import Actor
from surveys.store.schema import HISTORY, table
from surveys.store.store import Store
from surveys.words import Words, folded, words

# How many records that stayed are named.
_NAMED = 200
# What the last undo or redo of an import did stands beside its report, to be shown after.
_TURNED = "turned.json"


@dataclass(frozen=True)
class Kept:
    """A record that an undo or redo left alone: its id, what it is called, and whether it is there to be opened."""

    id: str
    name: Words
    here: bool


@dataclass(frozen=True)
class Turned:
    """What an undo or redo did to one record type; ``kept`` are records that it left alone."""

    type: RecordType
    reopened: int
    closed: int
    kept: tuple[Kept, ...]
    kept_count: int


def of_network(store: Store, network: str, import_id: int, actor: Actor) -> dict[str, Any]:
    """Return an import of this network.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see it, or there is no such import here; one of another network is not here.
    """
    made = imports.get(store, import_id, actor)
    if made["network"] != network:
        raise NotFound(words(f"ไม่มีการนำเข้าเลขที่ {import_id}", f"There is no import {import_id}."))
    return made


def named_here(
    store: Store, network: str, made: dict[str, Any], unknown: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return, of the communities not known, those that records of this import name, with how many do."""
    counts: dict[str, dict[str, int]] = {}
    for name in {name for one in unknown for name in one["counts"]}:
        here = table(name).c.opened_by == made["id"]
        for text, count in store.tally(network, name, COMMUNITY, here).items():
            own = counts.setdefault(folded(text), {})
            own[name] = own.get(name, 0) + count
    return [
        one | {"counts": counts[folded(one["name"])]}
        for one in unknown if folded(one["name"]) in counts
    ]  # fmt: skip


def mendable(store: Store, made: dict[str, Any], actor: Actor) -> bool:
    """Tell whether the page that mends shapes has anything for an import and this person."""
    faults = (repair.INVALID, repair.OPEN, REPEATED)
    if made["state"] != "done" or not any(made["report"]["problem_counts"].get(code) for code in faults):
        return False
    if not (actor.may("import") and actor.may("see_files")):
        return False
    try:
        return repair.mendable(store, made["network"], actor, made["import_id"])
    except NotAllowed:
        # Records of a type that this person may not see: the page would refuse.
        return False


def in_sight(store: Store, made: dict[str, Any]) -> str:
    """Return the part of an address of the map that shows where the records of an import lie, ``view/W,S,E,N``.

    Empty where none of them has a place of its own, and where so many lie all over the city.
    """
    kinds = imports.kinds(made["report"])
    if sum(count for _, count in kinds) >= APART:
        return ""
    box = store.extent(made["network"], [one.name for one, _ in kinds if one.geometry], made["id"])
    return "view/" + ",".join(f"{edge:.6f}" for edge in box) if box else ""


def keep_turned(store: Store, result: dict[str, Any]) -> None:
    """Keep the outcome of an undo or redo, for the page it is shown on."""
    path = _turned_path(store, result["import_id"])
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_text(json.dumps(result), encoding="utf-8")


def _turned_path(store: Store, import_id: int) -> Path:
    return import_folder(store, import_id) / _TURNED


def turned(store: Store, made: dict[str, Any]) -> tuple[Turned, ...] | None:
    """Describe what the last undo or redo of an import did; None if it does not stand any more."""
    path = _turned_path(store, made["import_id"])
    result = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if result.get("state") != made["state"]:
        return None
    return tuple(
        Turned(
            records.ALL[row["type"]],
            row["reopened"],
            row["closed"],
            _kept(store, made["network"], records.ALL[row["type"]], row["kept"][:_NAMED]),
            len(row["kept"]),
        )
        for row in result["types"]
    )


def _kept(store: Store, network: str, record_type: RecordType, ids: list[str]) -> tuple[Kept, ...]:
    """Name records by their numbers; one that is gone as it was last."""
    wanted = [*record_type.title, *(part for key in record_type.keys for part in key if part != SHAPE)]
    names = list(dict.fromkeys(["id", "opened_by", *wanted]))
    rows: dict[str, dict[str, Any]] = {}
    here: set[str] = set()
    with store.reading() as connection:
        for name in (record_type.name + HISTORY, record_type.name):
            source = table(name)
            listed = sa.func.json_each(json.dumps(ids)).table_valued("value")
            query = sa.select(*(source.c[one] for one in names)).where(
                source.c.network == network, source.c.id.in_(sa.select(listed.c.value))
            )
            found = {
                row["id"]: dict(row) for row in connection.execute(query.order_by("opened_by")).mappings()
            }
            rows, here = rows | found, set(found)
    return tuple(Kept(one, _called(record_type, rows[one]), one in here) for one in ids if one in rows)


def _called(record_type: RecordType, row: dict[str, Any]) -> Words:
    if COMMUNITY in record_type.by_name:
        at = f"{row[COMMUNITY]} · " if row[COMMUNITY] else ""
        told = called(record_type, row)
        return words(at + told.th, at + told.en)
    return words(title(record_type, row, "th"), title(record_type, row, "en"))
