"""What was done to records by hand, as their history tells it: who, when, why, at which meeting; what is ended."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from surveys import edit, records
from surveys.city.returns import RETURN
from surveys.roles import Actor
from surveys.sight import sees
from surveys.store import changes
from surveys.store.schema import GEOMETRY, HISTORY, table
from surveys.store.store import Store

# The changes that close a record and open nothing in its place, as a person decided.
CLOSING = (edit.ENDED, changes.DOUBLE)
# How many ended records are listed.
MOST = 500


@dataclass(frozen=True)
class Made:
    """A change of records: when, by whom, of which kind, and whether it stands.

    Of an import ``number`` and ``file``. Of a correction or an ending ``record`` (type, id) that a
    person had before them, ``reason`` and ``meeting`` (id, number) as far as the reader may see, and
    ``followed``, the counts by type of what went with it. ``back`` says who took it back, and when.
    """

    id: int
    kind: str
    at: str
    actor: str
    stands: bool
    number: int | None = None
    file: str = ""
    record: tuple[str, str] | None = None
    reason: str = ""
    meeting: tuple[str, int] | None = None
    followed: Mapping[str, int] = field(default_factory=dict)
    back: tuple[str, str] | None = None


def made(store: Store, network: str, actor: Actor, ids: Iterable[int]) -> dict[int, Made]:
    """Return changes of a network by their ids; why one was made is told to who may see households."""
    kept, wanted = table("change"), list(ids)
    with store.reading() as connection:
        query = sa.select(kept).where(kept.c.network == network, kept.c.id.in_(wanted)).order_by(kept.c.id)
        rows = [dict(row) for row in connection.execute(query).mappings()]
        taken_back = sa.select(kept.c.identity, kept.c.actor, kept.c.at).where(
            kept.c.kind == "undo", kept.c.identity.in_([str(one) for one in wanted])
        )
        back = {int(row.identity): (row.actor, row.at) for row in connection.execute(taken_back)}
        meetings = _meetings(connection, network)
    return {row["id"]: _told(row, actor, back, meetings) for row in rows}


def _meetings(connection: sa.Connection, network: str) -> dict[str, int]:
    source = table(RETURN.name)
    query = sa.select(source.c.id, source.c.number).where(source.c.network == network)
    return {row.id: int(row.number) for row in connection.execute(query)}


def _told(
    row: Mapping[str, Any],
    actor: Actor,
    back: Mapping[int, tuple[str, str]],
    meetings: Mapping[str, int],
) -> Made:
    about = json.loads(row["report"] or "{}")
    stands, own = row["state"] == "done", row["kind"] in (edit.CORRECTED, edit.ENDED)
    meeting = str(about.get("meeting")) if own else ""
    open_to = own and actor.may("see_households")
    return Made(
        row["id"], row["kind"], row["at"], row["actor"], stands, row["number"],
        file=about.get("file") or "",
        record=(about["type"], about["record"]) if own and "record" in about else None,
        reason=about.get("reason", "") if open_to else "",
        meeting=(meeting, meetings[meeting]) if open_to and meeting in meetings else None,
        followed={name: len(ids) for name, ids in about.get("followed", {}).items()} if own else {},
        back=None if stands else back.get(row["id"]),
    )  # fmt: skip


def closing(store: Store, network: str, actor: Actor, versions: Sequence[Mapping[str, Any]]) -> Made | None:
    """Return the change by which a person closed a record; None for one that stands, or went with an import.

    ``versions`` are those of the record, as :meth:`surveys.store.store.Store.history` gives them.
    """
    if any("closed_by" not in row for row in versions):
        return None
    told = made(store, network, actor, {row["closed_by"] for row in versions})
    standing = [one for one in told.values() if one.stands and one.kind in CLOSING]
    return max(standing, key=lambda one: one.id, default=None)


def brought_back(store: Store, network: str, actor: Actor, record_id: str) -> list[Made]:
    """Return the endings of a record that were taken back, the latest first: its versions tell nothing of them."""
    kept = table("change")
    query = sa.select(kept.c.id).where(
        kept.c.network == network, kept.c.kind == edit.ENDED, kept.c.state == "undone",
        sa.func.json_extract(kept.c.report, "$.record") == record_id,
    )  # fmt: skip
    with store.reading() as connection:
        ids = list(connection.scalars(query))
    return sorted(made(store, network, actor, ids).values(), key=lambda one: -one.id)


@dataclass(frozen=True)
class Ended:
    """A record that a person ended: its type, its last version without its shape, and the change that ended it."""

    type: str
    row: Mapping[str, Any]
    change: Made


def ended(store: Store, network: str, actor: Actor) -> tuple[list[Ended], int]:
    """Return the records that were ended and not brought back, the latest first (at most :data:`MOST`), and how many.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see households, or there is no such network.
    """
    actor.must("see_households")
    store.revision(network)
    kept = table("change")
    query = sa.select(kept.c.id).where(
        kept.c.network == network, kept.c.kind == edit.ENDED, kept.c.state == "done"
    )
    with store.reading() as connection:
        ids = list(connection.scalars(query.order_by(kept.c.id.desc())))
    shown = made(store, network, actor, ids[:MOST])
    found = []
    for name, declared in records.ALL.items():
        own = [one.id for one in shown.values() if one.record and one.record[0] == name]
        if own and sees(declared, actor):
            found += [Ended(name, row, shown[row["closed_by"]]) for row in _closed(store, name, own)]
    return sorted(found, key=lambda one: -one.change.id), len(ids)


def _closed(store: Store, type_name: str, ids: Sequence[int]) -> list[dict[str, Any]]:
    source = table(type_name + HISTORY)
    columns = [column for column in source.c if column.name != GEOMETRY]
    with store.reading() as connection:
        rows = connection.execute(sa.select(*columns).where(source.c.closed_by.in_(ids))).mappings().all()
    return [dict(row) for row in rows]
