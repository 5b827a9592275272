"""Lists of one community: which there are, what two of them say, and the resolution that decides.

The resolution changes no record: both lists are kept, and what was decided is shown with them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from surveys import events, records
from surveys.city import decided, double_decisions
from surveys.city.decided import Said
from surveys.city.households import community_texts
from surveys.city.rival_lists import (
    Comparison,
    ListKey,
    Row,
    Verdicts,
    compare,
    rows_at,
)
from surveys.errors import NotFound, Refused
from surveys.intake import imports, seen
from surveys.intake.accept import import_folder
from surveys.lists import LISTS_HOLD
from surveys.planning.links import HOUSEHOLD
from surveys.planning.match import NAMED_BY, community_names
from surveys.roles import Actor
from surveys.store import changes
from surveys.store.schema import HISTORY, table
from surveys.store.store import Store
from surveys.words import folded, words

DECISION = records.ALL["list_decision"]
UNDECIDED, IN_PART = "undecided", "in_part"
_MOST_WORDS = 2000


@dataclass(frozen=True)
class HouseholdList:
    """A list there is: its key, its file and import, and how many households of the community it speaks of.

    ``whole`` is False for an import made before such lists were kept: of it only what it changed is known.
    """

    key: ListKey
    file: str
    at: str
    actor: str
    undone: bool
    households: int
    whole: bool


def communities(store: Store, network: str, actor: Actor) -> dict[str, str]:
    """Return the communities that households name: what each is called, by id; one not known by its folded name.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see households, or there is no such network.
    """
    actor.must("see_households")
    store.revision(network)
    frame = store.read(network, "community", list(NAMED_BY))
    names = frame[["name", "everyday_name", "code"]].bfill(axis=1).iloc[:, 0]
    with store.reading() as connection:
        texts = community_texts(connection, network, community_names(frame))
    return {key: str(names[key]) if key in names.index else found[0] for key, found in texts.items()}


def _texts(store: Store, network: str, community: str) -> list[str]:
    """Return the texts by which households name a community."""
    known = community_names(store.read(network, "community", list(NAMED_BY)))
    with store.reading() as connection:
        found = community_texts(connection, network, known).get(community)
    if found is None:
        raise NotFound(words("ไม่มีครัวเรือนในชุมชนนี้", "No household names this community."))
    return found


def lists(store: Store, network: str, actor: Actor, community: str) -> list[HouseholdList]:
    """Return the lists that speak of a community, the newest first; imports undone are among them.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see households, or no household names the community.
    """
    actor.must("see_households")
    texts = _texts(store, network, community)
    with store.reading() as connection:
        here = pa.array(_ever_in(connection, network, texts), pa.string())
    found = []
    for made in imports.history(store, network, actor):
        layers = [part["layer"] for part in made["report"].get("parts", ()) if part["type"] == HOUSEHOLD]
        for layer in layers:
            key = ListKey(made["import_id"], layer if len(layers) > 1 else None)
            ids, whole = _ids(store, key)
            count = pc.sum(pc.is_in(ids, here)).as_py() or 0
            if count:
                facts = made["report"]["file"], made["at"], made["actor"], made["state"] == "undone"
                found.append(HouseholdList(key, *facts, int(count), whole))
    return found


def _ever_in(connection: sa.Connection, network: str, texts: list[str]) -> list[str]:
    """Return the ids of households that ever named a community by one of these texts."""
    listed = sa.func.json_each(json.dumps(texts)).table_valued("value")
    ids: set[str] = set()
    for name in (HOUSEHOLD, HOUSEHOLD + HISTORY):
        source = table(name)
        query = sa.select(source.c.id).where(
            source.c.network == network, source.c.community.in_(sa.select(listed.c.value))
        )
        ids.update(connection.scalars(query))
    return sorted(ids)


def _ids(store: Store, key: ListKey) -> tuple[pa.ChunkedArray, bool]:
    """Return the households a list spoke of, and whether that is all of them."""
    kept = seen.read(import_folder(store, key.import_id))
    if kept is not None:
        wanted = pc.equal(kept["type"].cast(pa.string()), HOUSEHOLD)
        if key.layer is not None:
            wanted = pc.and_(wanted, pc.equal(kept["layer"].cast(pa.string()), key.layer))
        return kept.filter(wanted)["id"].unique(), True
    taken = sa.select(table("change").c.id).where(table("change").c.number == key.import_id)
    with store.reading() as connection:
        ids: list[str] = []
        for name in (HOUSEHOLD, HOUSEHOLD + HISTORY):
            source = table(name)
            ids += connection.scalars(sa.select(source.c.id).where(source.c.opened_by.in_(taken)))
    return pa.chunked_array([pa.array(ids, pa.string())]), False


@dataclass(frozen=True)
class Choice:
    """Two lists of one community; A is the earlier import."""

    community: str
    a: ListKey
    b: ListKey

    @property
    def in_order(self) -> Choice:
        """The same with the earlier import as A."""
        if (self.b.import_id, self.b.layer or "") < (self.a.import_id, self.a.layer or ""):
            return Choice(self.community, self.b, self.a)
        return self


def compared(store: Store, network: str, actor: Actor, choice: Choice) -> Comparison:
    """Compare two lists of a community.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not see households, a list or the community is not there, or both are one list.
    """
    actor.must("see_households")
    if choice.a == choice.b:
        raise Refused(words("กรุณาเลือกสองบัญชีที่ต่างกัน", "Choose two different lists."))
    texts = _texts(store, network, choice.community)
    a, b = (_rows(store, network, actor, (key, texts)) for key in (choice.a, choice.b))
    verdicts = Verdicts.of(double_decisions.decisions(store, network, actor))
    return compare(store.types(network)[HOUSEHOLD], a, b, verdicts)


def _rows(store: Store, network: str, actor: Actor, of: tuple[ListKey, list[str]]) -> list[Row]:
    key, texts = of
    made = imports.get(store, key.import_id, actor)
    if made["network"] != network:
        raise NotFound(words(f"ไม่มีการนำเข้าเลขที่ {key.import_id}", f"There is no import {key.import_id}."))
    ids, _ = _ids(store, key)
    with store.reading() as connection:
        return rows_at(connection, network, made["id"], (ids.to_pylist(), texts))


@dataclass(frozen=True)
class Resolution:
    """What was decided of two lists: which holds (a code of LISTS_HOLD), for what, why and where.

    ``seen`` is the version of the resolution that stood when the person looked, by its id; one that is
    not named was not seen.
    """

    holds: str
    said: Said
    holds_for: str = ""
    seen: Mapping[str, int] = field(default_factory=dict)


def decide(
    store: Store, network: str, actor: Actor, choice: Choice, resolution: Resolution
) -> dict[str, Any]:
    """Record the resolution on two lists, with the figures it was taken on; both lists stay as they are.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not record decisions, a list is not there, or the resolution is not whole.
    Outdated
        If another resolution stands by now than the one seen.
    """
    actor.must("see_households", "decide")
    choice = choice.in_order
    _check(resolution)
    counts = compared(store, network, actor, choice).counts
    reference = _reference(store, network, choice.community)
    values = {
        "community": reference, "list_a": str(choice.a), "list_b": str(choice.b), "holds": resolution.holds,
        "holds_for": resolution.holds_for.strip() or None,
    }  # fmt: skip
    key = f"community={choice.community}|list_a={choice.a}|list_b={choice.b}|"
    with store.writing() as connection:
        change = changes.start(connection, network, "lists", actor)
        said = values | counts | resolution.said.values()
        record_id = decided.write(change, DECISION, key, said, resolution.seen)
        detail = {"holds": resolution.holds, "lists": [str(choice.a), str(choice.b)], "change": change.id}
        events.record(connection, actor, network, "lists_decided", record_id, detail)
    return next(row for row in decisions(store, network, actor) if row["id"] == record_id)


def _check(resolution: Resolution) -> None:
    resolution.said.check()
    if resolution.holds not in {choice.code for choice in LISTS_HOLD}:
        raise Refused(words("กรุณาเลือกว่าใช้บัญชีใด", "Choose which list holds."))
    if resolution.holds != UNDECIDED and resolution.said.meeting is None:
        raise Refused(words("กรุณาระบุวันที่ประชุม", "The date of the meeting is needed."))
    if resolution.holds == IN_PART and not resolution.holds_for.strip():
        raise Refused(words("กรุณาเขียนว่าบัญชีใดใช้กับเรื่องใด", "Say which list holds for what."))
    if len(resolution.holds_for) > _MOST_WORDS:
        raise Refused(words("ข้อความยาวเกินไป", "The text is too long."))


def _reference(store: Store, network: str, community: str) -> str:
    """Return what a community is referred to by: its code, else its name."""
    source = table("community")
    columns = ["code", "name"]
    found = store.read_table(network, "community", columns, source.c.id == community).to_pylist()
    return str(found[0]["code"] or found[0]["name"]) if found else community


def decisions(store: Store, network: str, actor: Actor) -> list[dict[str, Any]]:
    """Return the resolutions on lists that stand, the newest first, each with who recorded it.

    Raises
    ------
    NotAllowed
        If the actor may not see households.
    """
    actor.must("see_households")
    return decided.standing(store, network, DECISION)


def about(
    store: Store, network: str, actor: Actor, *, import_id: int | None = None, community: str | None = None
) -> list[dict[str, Any]]:
    """Return the resolutions about an import or a community (its id); none for who may not see households."""
    if not actor.may("see_households"):
        return []
    found = decisions(store, network, actor)
    if import_id is not None:
        keys = [(row, (ListKey.of(row["list_a"]), ListKey.of(row["list_b"]))) for row in found]
        found = [row for row, pair in keys if any(key and key.import_id == import_id for key in pair)]
    if community is not None:
        known = community_names(store.read(network, "community", list(NAMED_BY)))
        found = [row for row in found if known.get(folded(row["community"])) == community]
    return found


def history(store: Store, network: str, actor: Actor, choice: Choice) -> list[dict[str, Any]]:
    """Return every resolution on two lists, withdrawn ones too; see :func:`surveys.city.decided.history`.

    Raises
    ------
    NotAllowed
        If the actor may not see households.
    """
    actor.must("see_households")
    choice = choice.in_order
    key = f"community={choice.community}|list_a={choice.a}|list_b={choice.b}|"
    return decided.history(store, network, DECISION, key)


def withdraw(
    store: Store, network: str, actor: Actor, record_id: str, reason: str, seen: int | None = None
) -> dict[str, Any]:
    """Take a resolution back that was recorded wrongly; what stood before stands again.

    ``seen`` is the version of it that the person looked at; None takes back whatever stands.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not record decisions, no such resolution stands, or the reason is wanting.
    Outdated
        If another resolution stands than the one seen.
    """
    actor.must("see_households", "decide")
    wanted = decided.Withdrawal(DECISION, record_id, reason, "lists_withdrawn", seen)
    row, _ = decided.withdraw(store, network, actor, wanted)
    return {"id": record_id, "list_a": row["list_a"], "list_b": row["list_b"]}
