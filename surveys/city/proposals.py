"""Land proposals: filed by a planner or the secretary, decided by the city committee, never deleted.

The states and who may move a proposal between them are rows (:mod:`surveys.city.proposal_steps`); a
later state is one more row. A step recorded wrongly is corrected by a new entry; the wrong one stays.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
import sqlalchemy as sa

from surveys import events
from surveys.city.proposal_steps import STEPS, Step, Told, leading_on, told
from surveys.city.proposal_values import (
    PROPOSAL,
    check_meeting,
    filed_of,
    households_of,
    option_of,
    reason_of,
    title_of,
)
from surveys.dates import day_of, moment
from surveys.errors import Outdated, Refused, no_record
from surveys.roles import Actor
from surveys.store import changes
from surveys.store.blobs import to_blobs, to_geometries
from surveys.store.schema import GEOMETRY, table
from surveys.store.store import Store
from surveys.words import Words, words

# The record types a proposal may be about, each with the fields by whose values people name single
# records of it ("plots 1-40"); a type without is chosen whole from a list of names.
TARGETS: dict[str, tuple[str, ...]] = {
    "community": (),
    "land_plot": ("plot_no",),
    "house": ("house_seq", "house_no"),
}
_WHY = words("กรุณาเขียนว่าบันทึกผิดอย่างไร", "Say what was recorded wrongly.")
_NOTHING = words("ไม่มีขั้นตอนที่แก้ได้", "There is no step to correct.")
_SAME = words("ข้อมูลที่แก้เหมือนเดิมทุกอย่าง", "The correction says the same as what it corrects.")


@dataclass(frozen=True)
class Draft:
    """What is needed to file a proposal; ``targets`` are (type, id) of communities, plots or houses.

    ``households`` is a number, or one as a person writes it; None or empty when it is not known.
    ``filed`` is the day the paper was handed in; None is today.
    """

    title: str
    option: str
    households: int | str | None = None
    targets: Sequence[tuple[str, str]] = ()
    filed: date | None = None


@dataclass(frozen=True)
class Decision:
    """A step to take with a proposal: its name, the day of the meeting that took it, and why.

    ``seen`` is the version of the proposal that the person looked at; None takes whatever stands.
    """

    step: str
    meeting: date | None = None
    reason: str = ""
    seen: int | None = None


@dataclass(frozen=True)
class Correction:
    """What was recorded wrongly in the last step, and what should stand in its place.

    ``instead`` None takes the step back: the proposal stands where it stood before. ``seen`` is the
    version that the person looked at, as in :class:`Decision`.
    """

    why: str
    instead: Decision | None = None
    seen: int | None = None


def file(store: Store, network: str, actor: Actor, draft: Draft) -> dict[str, Any]:
    """File a proposal; it is submitted at once and waits for the committee.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not propose, a target is not in the network, or a value is wrong.
    """
    actor.must("propose")
    store.revision(network)
    targets = list(dict.fromkeys(draft.targets))
    values = {
        "title": title_of(draft.title), "option": option_of(draft.option),
        "households": households_of(draft.households), "state": "submitted",
        "filed": filed_of(draft.filed).isoformat(),
        "targets": json.dumps(targets) if targets else None, GEOMETRY: _place(store, network, targets),
    }  # fmt: skip
    with store.writing() as connection:
        change = changes.start(connection, network, "proposal", actor)
        source = table(PROPOSAL.name)
        last = (
            connection.scalar(sa.select(sa.func.max(source.c.number)).where(source.c.network == network)) or 0
        )
        record_id = changes.new_ids(1)[0]
        own = {
            "id": record_id,
            "network": network,
            "key": f"number={last + 1}|",
            "number": last + 1,
            "version": 1,
        }
        _write(change, values | own)
        events.record(connection, actor, network, "proposal_filed", record_id, {"number": last + 1})
    return get(store, network, actor, record_id)


def _place(store: Store, network: str, targets: Sequence[tuple[str, str]]) -> bytes | None:
    """Gather the shapes of the targets; None when there are none, or none is on the map yet."""
    shapes: list[Any] = []
    by_type: dict[str, list[str]] = {}
    for type_name, record_id in targets:
        by_type.setdefault(type_name, []).append(record_id)
    for type_name, ids in by_type.items():
        if type_name not in TARGETS:
            raise Refused(words(f"เสนอ {type_name} ไม่ได้", f"A proposal cannot be about a {type_name}."))
        found = store.read_table(network, type_name, ["id", GEOMETRY], table(type_name).c.id.in_(ids))
        lost = set(ids) - set(found["id"].to_pylist())
        if lost:
            raise no_record(type_name, min(lost))
        shapes += [shape for shape in to_geometries(found[GEOMETRY].to_pylist()) if shape is not None]
    if not shapes:
        return None
    union = shapely.union_all(np.array(shapes, dtype=object))
    return to_blobs(np.array([union], dtype=object))[0]


def decide(store: Store, network: str, actor: Actor, record_id: str, decision: Decision) -> dict[str, Any]:
    """Take a step: record what the committee decided, or submit again, or withdraw.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not, or there is no such proposal.
    Outdated
        If somebody took another step since the person looked.
    Refused
        If the step does not lead from its state, or a reason or meeting date is wanting or impossible.
    """
    taken = _step(decision.step)
    actor.must(taken.right)
    with store.writing() as connection:
        history = _history(store, network, record_id)
        _unchanged(history, decision.seen)
        state = history[-1]["state"]
        if state not in taken.start:
            raise Refused(_stands(state, "ทำขั้นตอนนี้ไม่ได้", "it cannot be moved that way"))
        said = _said(taken, decision, history)
        change = changes.start(connection, network, "proposal", actor)
        _follow(change, history[-1], said)
        events.record(connection, actor, network, "proposal_decided", record_id, {"step": taken.name})
    return get(store, network, actor, record_id)


def correct(
    store: Store, network: str, actor: Actor, record_id: str, correction: Correction
) -> dict[str, Any]:
    """Correct the last step, recorded wrongly: a new entry says what should stand; the wrong one is kept.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not take such a step, or there is no such proposal.
    Outdated
        If somebody took another step since the person looked.
    Refused
        If there is no step to correct, it is not said what was wrong, or what should stand is wrong or the same.
    """
    actor.must("see")
    with store.writing() as connection:
        history = _history(store, network, record_id)
        _unchanged(history, correction.seen)
        known = told(history)
        if known.last is None:
            raise Refused(_NOTHING)
        actor.must(known.last.right)
        said = _instead(known, known.last, correction.instead, history)
        why = {"corrects": known.standing[-1]["version"], "correction": reason_of(correction.why, _WHY)}
        change = changes.start(connection, network, "proposal", actor)
        _follow(change, history[-1], said | why)
        events.record(
            connection, actor, network, "proposal_corrected", record_id, {"version": why["corrects"]}
        )
    return get(store, network, actor, record_id)


def _instead(
    known: Told, wrong: Step, instead: Decision | None, history: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """Return what stands in place of the last step: another, the same with other facts, or none."""
    before, last = known.standing[-2:]
    facts = ("state", "meeting_date", "reason")
    if instead is None:
        return {name: before[name] for name in facts}
    taken = _step(instead.step)
    if taken not in leading_on(before["state"], wrong.right):
        raise Refused(_stands(before["state"], "แก้เป็นขั้นตอนนี้ไม่ได้", "it cannot be corrected to that"))
    said = _said(taken, instead, history)
    if all(said[name] == last[name] for name in facts):
        raise Refused(_SAME)
    return said


def _step(name: str) -> Step:
    if name not in STEPS:
        raise Refused(words(f"ไม่รู้จักขั้นตอน “{name}”", f"There is no step “{name}”."))
    return STEPS[name]


def _stands(state: str, th: str, en: str) -> Words:
    kind = PROPOSAL.by_name["state"].kind
    return words(
        f"เรื่องนี้อยู่ในสถานะ “{kind.show(state, 'th')}” {th}",
        f"The proposal is “{kind.show(state, 'en')}”; {en}.",
    )


def _history(store: Store, network: str, record_id: str) -> list[dict[str, Any]]:
    """Return every entry of a proposal, the first one first."""
    entries = store.history(network, PROPOSAL.name, record_id)
    if not entries:
        raise no_record(PROPOSAL.name, record_id)
    return sorted(entries, key=lambda entry: int(entry["version"]))


def _unchanged(history: Sequence[dict[str, Any]], seen: int | None) -> None:
    """Refuse to go on from a version that is no longer the last."""
    if seen is not None and seen != history[-1]["version"]:
        raise Outdated(
            _stands(
                history[-1]["state"],
                "มีผู้บันทึกไปก่อนแล้ว สิ่งที่ท่านส่งมายังไม่ได้บันทึก",
                "somebody recorded that meanwhile, and what you sent was not recorded",
            )
        )


def _said(step: Step, decision: Decision, history: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return what a step writes, once its meeting and reason are looked at."""
    needed = words(f"“{step.done.th}” ต้องระบุเหตุผล", f"A reason is needed for “{step.done.en}”.")
    check_meeting(step, decision.meeting, _filed(history[0]))
    return {
        "state": step.end,
        "meeting_date": decision.meeting.isoformat() if decision.meeting else None,
        "reason": reason_of(decision.reason, needed if step.reason else None),
        "corrects": None,
        "correction": None,
    }


def _filed(entry: Mapping[str, Any]) -> date:
    """Return the day a proposal was filed by its first entry; the day it was typed in where none is said."""
    return date.fromisoformat(entry["filed"]) if entry["filed"] else day_of(moment(entry["opened_at"]))


def _follow(change: changes.Change, current: dict[str, Any], said: dict[str, Any]) -> None:
    """Close the current version and write the one that follows it."""
    source = table(PROPOSAL.name)
    # The history comes without shapes.
    shape = change.connection.scalar(sa.select(source.c[GEOMETRY]).where(source.c.fid == current["fid"]))
    changes.close(change, PROPOSAL, [current["fid"]])
    _write(change, current | said | {GEOMETRY: shape, "version": current["version"] + 1})


def _write(change: changes.Change, row: dict[str, Any]) -> None:
    changes.insert(change, PROPOSAL, row | {"opened_by": change.id, "opened_at": change.at})


def get(store: Store, network: str, actor: Actor, record_id: str) -> dict[str, Any]:
    """Return a proposal with its history: every state it was in, since when, by whom, why.

    ``history`` is newest first; of each entry ``step`` says which step it took (None for the filing,
    or where a wrong one was only taken back) and ``corrected_by`` which version corrected it.
    ``steps`` lead on from here. ``correctable`` is the step that can be corrected, ``wrong`` the
    version that took it, ``instead`` the steps it may be corrected to, ``before`` the state before it.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see the network, or there is no such proposal in it.
    """
    actor.must("see")
    history = _history(store, network, record_id)
    known, actors = told(history), _actors(store, history)
    names = [*PROPOSAL.by_name, "id", "version", "opened_at"]
    shown = [
        {name: entry[name] for name in names}
        | {
            "targets": json.loads(entry["targets"] or "[]"),
            "actor": actors.get(entry["opened_by"]),
            "step": step.name if (step := known.steps[entry["version"]]) else None,
            "corrected_by": known.corrected.get(entry["version"]),
        }
        for entry in reversed(history)
    ]
    wrong = known.last
    before = known.standing[-2]["state"] if wrong else None
    instead = leading_on(before, wrong.right) if wrong and before else []
    return shown[0] | {
        "history": shown,
        "filed": _filed(history[0]).isoformat(),
        "steps": [step.name for step in STEPS.values() if shown[0]["state"] in step.start],
        "correctable": wrong.name if wrong else None,
        "wrong": known.standing[-1]["version"] if wrong else None,
        "before": before,
        "instead": [step.name for step in instead],
    }


def _actors(store: Store, history: Sequence[dict[str, Any]]) -> dict[int, str]:
    change = table("change")
    query = sa.select(change.c.id, change.c.actor).where(
        change.c.id.in_([entry["opened_by"] for entry in history])
    )
    with store.reading() as connection:
        return {number: name for number, name in connection.execute(query)}


def listed(store: Store, network: str, actor: Actor) -> list[dict[str, Any]]:
    """Return the proposals of a network, the newest first; ``since`` is the moment its state began.

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
        # What a correction took back stands since before it.
        corrected = row["corrects"] is not None
        stands = told(_history(store, network, row["id"])).standing[-1] if corrected else row
        row["since"] = stands["opened_at"]
    return sorted(rows, key=lambda row: row["number"], reverse=True)
