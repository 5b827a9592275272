"""Deciding on households that may be one: one household, two, or undecided; and taking a decision back.

Nothing is merged by itself. "One household" closes one of the two as a double of the other; fields
the other lacks are copied only where a person ticks them. All of it is one change, so withdrawing
the decision brings everything back as it was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from surveys import counting, events, records
from surveys.city import decided, households
from surveys.city.decided import Said
from surveys.city.double_rules import Evidence, Pair
from surveys.city.doubles import NEEDS, Doubles, between, candidates, columns_of
from surveys.errors import Outdated, Refused, no_record
from surveys.intake.keys import fold
from surveys.lists import DOUBLE_DECISIONS
from surveys.planning.links import HOUSEHOLD, MEMBER, City
from surveys.planning.match import COMMUNITY, Frames, community_names
from surveys.privacy import Vault
from surveys.record import SHAPE, RecordType
from surveys.roles import Actor
from surveys.sight import Sight
from surveys.store import changes
from surveys.store.schema import DIGEST, GEOMETRY, table
from surveys.store.store import Store, as_json
from surveys.words import Words, words

DECISION = records.ALL["double_decision"]
ONE, DIFFERENT, UNDECIDED = (choice.code for choice in DOUBLE_DECISIONS)
# How a pair of households stands.
STATES: dict[str, Words] = {
    "open": words("รอตัดสิน", "to be decided"),
    "undecided": words("ยังตัดสินไม่ได้", "undecided"),
    "changed": words("เคยตัดสินแล้ว แต่ข้อมูลเปลี่ยน", "decided before, changed since"),
}
_SHOWN = [*DECISION.by_name, "id", "version", "opened_at", "opened_by"]


@dataclass(frozen=True)
class Case:
    """A pair of households for a person to decide; ``decision`` is the one made on it before, if any."""

    pair: Pair
    state: str
    decision: dict[str, Any] | None


@dataclass(frozen=True)
class Cases:
    """What is to be decided, what was decided (the newest first), and what was not compared.

    ``lost`` are decisions whose kept household is gone since, such as with its import: neither of the
    two is there now.
    """

    waiting: tuple[Case, ...]
    decided: tuple[dict[str, Any], ...]
    lost: tuple[dict[str, Any], ...]
    notes: tuple[Words, ...]


@dataclass(frozen=True)
class Decision:
    """What a person decided on two households.

    ``keep`` is the one kept when they are one; ``copy`` are fields it gets from the other, the record's
    place among them as :data:`SHAPE`; ``close_members`` closes the members of the other with it. ``seen``
    are the versions the person looked at, by id: of the two, and of the decision that stood on them. Of
    a household it may be left out; a decision that is not named was not seen.
    """

    first: str
    second: str
    decision: str
    said: Said
    keep: str | None = None
    copy: Sequence[str] = ()
    close_members: bool = False
    seen: Mapping[str, int] = field(default_factory=dict)

    @property
    def pair(self) -> tuple[str, str]:
        """The two ids in order."""
        return min(self.first, self.second), max(self.first, self.second)

    @property
    def gone(self) -> str | None:
        """The household that is closed."""
        return None if self.keep is None else next(one for one in self.pair if one != self.keep)


def find(store: Store, network: str) -> Doubles:
    """Find the households of a network that may be one."""
    return candidates(compared(store, network))


def compared(store: Store, network: str) -> Frames:
    """Read what tells households that may be one, as :mod:`surveys.counting` does."""
    return {name: counting.read(store, network, name, columns_of(name)) for name in NEEDS}


def cases(store: Store, network: str, actor: Actor, found: Doubles | None = None) -> Cases:
    """Return the pairs to decide and the decisions made.

    A pair decided as two households is not shown again, unless one of them changed in what made
    them alike. ``found`` is what :func:`find` gave for the network as it stands.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see households, or there is no such network.
    """
    actor.must("see_households")
    store.revision(network)
    found = find(store, network) if found is None else found
    made = decisions(store, network, actor)
    by_pair = {(row["first"], row["second"]): row for row in made}
    waiting = []
    for pair in found.pairs:
        before = by_pair.get((pair.first, pair.second))
        state = _state(pair, before, store.vault)
        if state is not None:
            waiting.append(Case(pair, state, before))
    there = households.communities_of(store, network, (row["kept"] for row in made if row["kept"]))
    lost = tuple(row for row in made if row["kept"] and row["kept"] not in there)
    return Cases(tuple(waiting), tuple(made), lost, found.notes)


def _state(pair: Pair, before: Mapping[str, Any] | None, vault: Vault) -> str | None:
    """Tell how a pair stands; None when it is settled."""
    if before is None:
        return "open"
    if before["decision"] == UNDECIDED:
        return "undecided"
    known = json.loads(before["alike"] or "{}")
    same = all(known.get(one.rule) == _digest(one, vault) for one in pair.evidence)
    return None if same else "changed"


def _digest(evidence: Evidence, vault: Vault) -> str:
    return vault.digest(f"{evidence.rule}\x1f{evidence.told}")


def decisions(store: Store, network: str, actor: Actor) -> list[dict[str, Any]]:
    """Return the decisions that stand, the newest first, each with who made it and when.

    Raises
    ------
    NotAllowed
        If the actor may not see households.
    """
    actor.must("see_households")
    return decided.standing(store, network, DECISION)


def history(store: Store, network: str, actor: Actor, first: str, second: str) -> list[dict[str, Any]]:
    """Return every decision on two households, withdrawn ones too; see :func:`surveys.city.decided.history`.

    Raises
    ------
    NotAllowed
        If the actor may not see households.
    """
    actor.must("see_households")
    return decided.history(store, network, DECISION, _key(first, second))


def _key(first: str, second: str) -> str:
    return f"first={min(first, second)}|second={max(first, second)}|"


def members_of(store: Store, network: str, *ids: str) -> dict[str, list[str]]:
    """Return the ids of the members that belong to each of some households and to no other."""
    if not ids:
        return {}
    city = City(_of_their_communities(store, network, ids))
    homes, members = city.frames[HOUSEHOLD].index, city.frames[MEMBER].index
    found = city.households_of_members
    return {one: [str(key) for key in members[np.isin(found, np.flatnonzero(homes == one))]] for one in ids}


def _of_their_communities(store: Store, network: str, ids: Sequence[str]) -> Frames:
    """Read the households and members of the communities of some households: a key tells within one only."""
    communities = store.read(network, COMMUNITY, columns_of(COMMUNITY))
    known = community_names(communities)
    spoken = fold(
        pd.Series(list(households.communities_of(store, network, ids).values()), dtype="str")
    ).dropna()
    wanted = {known.get(text, text) for text in spoken}
    frames = {COMMUNITY: communities}
    for name in (HOUSEHOLD, MEMBER):
        with store.reading() as connection:
            texts = households.community_texts(connection, network, known, name)
        of_them = [text for key in wanted for text in texts.get(key, [])]
        here = table(name).c.community.in_(of_them)
        frames[name] = store.read(network, name, columns_of(name), here)
    return frames


def decide(
    store: Store, network: str, actor: Actor, decision: Decision, found: Doubles | None = None
) -> dict[str, Any]:
    """Record what a person decided; close a double, and copy what was ticked, in the same transaction.

    ``found`` is what :func:`find` gave for the network as it stands.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not decide, or one of the households is not there (any more).
    Outdated
        If one of them changed since the person looked, or another decision stands by now.
    Refused
        If the decision is not whole.
    """
    actor.must("see_households", "settle")
    store.revision(network)
    _check(decision)
    pair = between((find(store, network) if found is None else found).pairs, *decision.pair)
    alike = {one.rule: _digest(one, store.vault) for one in (pair.evidence if pair else ())}
    record_type = store.types(network)[HOUSEHOLD]
    with store.writing() as connection:
        rows = {one: _current(connection, network, one, decision.seen) for one in decision.pair}
        # Chosen while nobody else writes: a member who moved meanwhile is not closed.
        going = [decision.gone] if decision.gone and decision.close_members else []
        members = [one for ids in members_of(store, network, *going).values() for one in ids]
        change = changes.start(connection, network, changes.DOUBLE, actor)
        closed = 0
        if decision.keep is not None and decision.gone is not None:
            kept, gone = rows[decision.keep], rows[decision.gone]
            _copy(change, Sight.of(record_type, actor), kept, gone, decision.copy)
            changes.close(change, record_type, [gone["fid"]])
            closed = _close_members(change, members)
        said = {
            "community": rows[decision.pair[0]]["community"], "decision": decision.decision, "kept": decision.keep,
            "copied": json.dumps(list(decision.copy)) if decision.copy else None,
            "members_closed": closed or None, "alike": as_json(alike),
            "first": decision.pair[0], "second": decision.pair[1],
        }  # fmt: skip
        record_id = decided.write(
            change, DECISION, _key(*decision.pair), said | decision.said.values(), decision.seen
        )
        detail = {"decision": decision.decision, "kept": decision.keep, "closed": decision.gone,
                  "fields": sorted(decision.copy), "members": closed, "change": change.id}  # fmt: skip
        events.record(connection, actor, network, "double_decided", record_id, detail)
    return history(store, network, actor, *decision.pair)[0]


def _check(decision: Decision) -> None:
    if decision.first == decision.second:
        raise Refused(words("ต้องเป็นสองครัวเรือน", "A pair is two households."))
    if decision.decision not in (ONE, DIFFERENT, UNDECIDED):
        raise Refused(words("กรุณาเลือกผลตัดสิน", "Choose what was decided."))
    if (decision.decision == ONE) != (decision.keep is not None):
        raise Refused(
            words(
                "ถ้าเป็นครัวเรือนเดียวกัน ต้องเลือกว่าใช้รายการใดต่อ",
                "When they are one household, choose which of the two is kept.",
            )
        )
    if decision.keep is not None and decision.keep not in decision.pair:
        raise Refused(words("ครัวเรือนที่ใช้ต่อไม่อยู่ในคู่นี้", "The household kept is not one of the two."))
    if decision.keep is None and (decision.copy or decision.close_members):
        raise Refused(
            words(
                "คัดลอกหรือปิดสมาชิกได้เฉพาะเมื่อเป็นครัวเรือนเดียวกัน",
                "Only of one household anything is copied or closed.",
            )
        )
    decision.said.check()


def _current(
    connection: sa.Connection, network: str, record_id: str, seen: Mapping[str, int]
) -> dict[str, Any]:
    source = table(HOUSEHOLD)
    query = sa.select(source).where(source.c.network == network, source.c.id == record_id)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise no_record(HOUSEHOLD, record_id)
    if seen.get(record_id, row["version"]) != row["version"]:
        raise Outdated(
            words(
                "มีผู้อื่นแก้ไขครัวเรือนนี้ไปก่อนแล้ว กรุณาดูข้อมูลล่าสุดแล้วตัดสินอีกครั้ง",
                "Somebody changed this household meanwhile; look at its latest data and decide again.",
            )
        )
    return dict(row) | {"on_map": row[GEOMETRY] is not None}


def _copy(
    change: changes.Change, sight: Sight, kept: dict[str, Any], gone: dict[str, Any], names: Sequence[str]
) -> None:
    """Write a new version of the household kept, with the fields it lacks that were ticked."""
    if not names:
        return
    lacking = households.lacking(sight, kept, gone)
    wrong = [name for name in names if name not in lacking]
    if wrong:
        raise Refused(
            words(
                f"คัดลอกช่อง {', '.join(wrong)} ไม่ได้ เพราะมีค่าอยู่แล้วหรือไม่มีให้คัดลอก",
                f"{', '.join(wrong)} cannot be copied: it is filled already, or there is nothing to copy.",
            )
        )
    changes.close(change, sight.record_type, [kept["fid"]])
    stamps = {"version": kept["version"] + 1, "opened_by": change.id, "opened_at": change.at}
    changes.insert(change, sight.record_type, laid(sight.record_type, kept, gone, names) | stamps)


def laid(
    record_type: RecordType, kept: Mapping[str, Any], gone: Mapping[str, Any], names: Sequence[str]
) -> dict[str, Any]:
    """Return a row with fields of another laid over it, and what stands beside them."""
    new = dict(kept)
    mine, theirs = (
        {part: json.loads(row[part] or "{}") for part in ("extra", "missing", "raw")} for row in (kept, gone)
    )
    for name in names:
        if name == SHAPE:
            new[GEOMETRY] = gone[GEOMETRY]
            continue
        for part in ("missing", "raw"):
            mine[part].pop(name, None)
        if name in theirs["raw"]:
            mine["raw"][name] = theirs["raw"][name]
        of = record_type.by_name[name]
        if of.custom:
            mine["extra"][name] = theirs["extra"][name]
            continue
        for column in (name, name + DIGEST) if of.secret else (name,):
            new[column] = gone[column]
    return new | {part: as_json(dict(sorted(held.items()))) for part, held in mine.items()}


def _close_members(change: changes.Change, ids: Sequence[str]) -> int:
    """Close the members of the double that are still there."""
    source = table(MEMBER)
    listed = sa.func.json_each(json.dumps(list(ids))).table_valued("value")
    query = sa.select(source.c.fid).where(
        source.c.network == change.network, source.c.id.in_(sa.select(listed.c.value))
    )
    fids = list(change.connection.scalars(query))
    changes.close(change, records.ALL[MEMBER], fids)
    return len(fids)


def withdraw(
    store: Store, network: str, actor: Actor, record_id: str, reason: str, seen: int | None = None
) -> dict[str, Any]:
    """Take the standing decision on a pair back: the double is open again as it was, and what was copied goes.

    ``seen`` is the version of the decision that the person looked at; None takes back whatever stands.
    Returns ``kept``: the ids of records that were changed since, and so stay as they are.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not decide, no decision stands there, or the reason is wanting.
    Outdated
        If another decision stands than the one seen.
    """
    actor.must("see_households", "settle")
    wanted = decided.Withdrawal(DECISION, record_id, reason, "double_withdrawn", seen)
    row, stayed = decided.withdraw(store, network, actor, wanted)
    return {"id": record_id, "first": row["first"], "second": row["second"], "kept": stayed}
