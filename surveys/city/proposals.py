"""Land proposals: filed by a planner or the secretary, decided by the city committee, never deleted.

The states and who may move a proposal between them are rows; a later state is one more row.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
import sqlalchemy as sa

from surveys import events, records
from surveys.dates import today
from surveys.errors import Refused, no_record
from surveys.lists import OPTIONS
from surveys.roles import Actor
from surveys.store import changes
from surveys.store.blobs import to_blobs, to_geometries
from surveys.store.schema import GEOMETRY, table
from surveys.store.store import Store
from surveys.words import Words, words

PROPOSAL = records.ALL["land_proposal"]
# The record types a proposal may be about.
TARGETS = ("community", "land_plot", "house")


@dataclass(frozen=True)
class Step:
    """A way from one state to another: who may take it, and whether it needs a reason."""

    name: str
    words: Words
    start: tuple[str, ...]
    end: str
    right: str
    reason: bool = False
    meeting: bool = False


STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        Step("submit", words("เสนอ", "submit"), ("draft", "to_revise"), "submitted", "propose"),
        Step("agree", words("เห็นชอบ", "agree"), ("submitted",), "agreed", "decide", meeting=True),
        Step(
            "revise",
            words("ให้ปรับแก้", "send back to be revised"),
            ("submitted",),
            "to_revise",
            "decide",
            True,
            True,
        ),
        Step("refuse", words("ไม่เห็นชอบ", "not agree"), ("submitted",), "not_agreed", "decide", True, True),
        Step(
            "withdraw",
            words("ถอนเรื่อง", "withdraw"),
            ("draft", "submitted", "to_revise"),
            "withdrawn",
            "propose",
            True,
        ),
    )
}


@dataclass(frozen=True)
class Draft:
    """What is needed to file a proposal; ``targets`` are (type, id) of communities, plots or houses."""

    title: str
    option: str
    households: int | None = None
    targets: Sequence[tuple[str, str]] = ()


def file(store: Store, network: str, actor: Actor, draft: Draft) -> dict[str, Any]:
    """File a proposal; it is submitted at once and waits for the committee.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not propose, a target is not in the network, or a value is wrong.
    """
    actor.must("propose")
    store.revision(network)
    _check(draft)
    place = _place(store, network, draft.targets)
    with store.writing() as connection:
        change = changes.start(connection, network, "proposal", actor)
        source = table(PROPOSAL.name)
        last = (
            connection.scalar(sa.select(sa.func.max(source.c.number)).where(source.c.network == network)) or 0
        )
        record_id = changes.new_ids(1)[0]
        row = {
            "id": record_id, "network": network, "key": f"number={last + 1}|", "version": 1, "number": last + 1,
            "title": draft.title.strip(), "option": draft.option, "households": draft.households, "state": "submitted",
            "targets": json.dumps([list(target) for target in draft.targets]) if draft.targets else None,
            GEOMETRY: place,
        }  # fmt: skip
        _write(change, row)
        events.record(connection, actor, network, "proposal_filed", record_id, {"number": last + 1})
    return get(store, network, actor, record_id)


def _check(draft: Draft) -> None:
    if not draft.title.strip():
        raise Refused(words("กรุณาเขียนชื่อเรื่อง", "A proposal needs a title."))
    if draft.option not in {choice.code for choice in OPTIONS}:
        raise Refused(words("กรุณาเลือกทางเลือกการพัฒนา", "Choose one of the five options."))
    if draft.households is not None and not 0 <= draft.households <= 100_000:
        raise Refused(words("จำนวนครัวเรือนไม่ถูกต้อง", "The number of households is not possible."))


def _place(store: Store, network: str, targets: Sequence[tuple[str, str]]) -> bytes | None:
    """Gather the shapes of the targets; None when there are none, or none is on the map yet."""
    shapes = []
    for type_name, record_id in targets:
        if type_name not in TARGETS:
            raise Refused(words(f"เสนอ {type_name} ไม่ได้", f"A proposal cannot be about a {type_name}."))
        found = store.read_table(network, type_name, ["id", GEOMETRY], table(type_name).c.id == record_id)
        if not len(found):
            raise no_record(type_name, record_id)
        shapes += [shape for shape in to_geometries(found[GEOMETRY].to_pylist()) if shape is not None]
    if not shapes:
        return None
    union = shapely.union_all(np.array(shapes, dtype=object))
    return to_blobs(np.array([union], dtype=object))[0]


@dataclass(frozen=True)
class Decision:
    """A step to take with a proposal: its name, the day of the meeting that took it, and why."""

    step: str
    meeting: date | None = None
    reason: str = ""


def decide(store: Store, network: str, actor: Actor, record_id: str, decision: Decision) -> dict[str, Any]:
    """Take a step: record what the committee decided, or submit again, or withdraw.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not, there is no such proposal, the step does not lead from its state, or
        a reason or meeting date is wanting.
    """
    taken = STEPS.get(decision.step)
    if taken is None:
        raise Refused(words(f"ไม่รู้จักขั้นตอน “{decision.step}”", f"There is no step “{decision.step}”."))
    actor.must(taken.right)
    _complete(taken, decision)
    source = table(PROPOSAL.name)
    with store.writing() as connection:
        query = sa.select(source).where(source.c.network == network, source.c.id == record_id)
        row = connection.execute(query).mappings().first()
        if row is None:
            raise no_record(PROPOSAL.name, record_id)
        if row["state"] not in taken.start:
            now = PROPOSAL.by_name["state"].kind
            raise Refused(
                words(f"เรื่องนี้อยู่ในสถานะ “{now.show(row['state'], 'th')}” แล้ว",
                      f"The proposal is “{now.show(row['state'], 'en')}”; it cannot be moved that way.")
            )  # fmt: skip
        change = changes.start(connection, network, "proposal", actor)
        changes.close(change, PROPOSAL, [row["fid"]])
        said = {"state": taken.end, "reason": decision.reason.strip() or None, "version": row["version"] + 1,
                "meeting_date": decision.meeting.isoformat() if decision.meeting else None}  # fmt: skip
        _write(change, dict(row) | said)
        events.record(connection, actor, network, "proposal_decided", record_id, {"step": taken.name})
    return get(store, network, actor, record_id)


def _complete(step: Step, decision: Decision) -> None:
    meeting = decision.meeting
    if step.reason and not decision.reason.strip():
        raise Refused(words(f"“{step.words.th}” ต้องระบุเหตุผล", f"A reason is needed to {step.words.en}."))
    if step.meeting and meeting is None:
        raise Refused(words("กรุณาระบุวันที่ประชุม", "The date of the meeting is needed."))
    if meeting is not None and meeting > today():
        raise Refused(words("วันที่ประชุมยังมาไม่ถึง", "The meeting has not been held yet."))


def _write(change: changes.Change, row: dict[str, Any]) -> None:
    changes.insert(change, PROPOSAL, row | {"opened_by": change.id, "opened_at": change.at})


def get(store: Store, network: str, actor: Actor, record_id: str) -> dict[str, Any]:
    """Return a proposal with its history: every state it was in, since when, by whom, why.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see the network, or there is no such proposal in it.
    """
    actor.must("see")
    versions = store.history(network, PROPOSAL.name, record_id)
    if not versions:
        raise no_record(PROPOSAL.name, record_id)
    names = [*PROPOSAL.by_name, "id", "version", "opened_at"]
    change = table("change")
    with store.reading() as connection:
        numbers = [version["opened_by"] for version in versions]
        query = sa.select(change.c.id, change.c.actor).where(change.c.id.in_(numbers))
        actors = {number: name for number, name in connection.execute(query)}
    told = [
        {name: version[name] for name in names} | {"actor": actors.get(version["opened_by"])}
        for version in versions
    ]
    for version in told:
        version["targets"] = json.loads(version["targets"] or "[]")
    steps = [step.name for step in STEPS.values() if told[0]["state"] in step.start]
    return told[0] | {"history": told, "steps": steps}


def listed(store: Store, network: str, actor: Actor) -> list[dict[str, Any]]:
    """Return the proposals of a network, the newest first.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see the network, or there is none.
    """
    actor.must("see")
    store.revision(network)
    names = [*PROPOSAL.by_name, "id", "version", "opened_at"]
    rows = store.read_table(network, PROPOSAL.name, names).to_pylist()
    for row in rows:
        row["targets"] = json.loads(row["targets"] or "[]")
    return sorted(rows, key=lambda row: row["number"], reverse=True)
