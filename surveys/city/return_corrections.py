"""Correcting what was recorded of a return meeting: its facts and its outcome; the wrong entry stays in the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from surveys import events
from surveys.city.proposal_values import reason_of
from surveys.city.returns import (
    COMMUNITY,
    RETURN,
    Meeting,
    Outcome,
    community_of_id,
    community_row,
    confirm,
    current,
    facts_of,
    follow,
    get,
    said_by,
)
from surveys.errors import Outdated, Refused
from surveys.roles import Actor
from surveys.store import changes
from surveys.store.schema import HISTORY, table
from surveys.store.store import Store
from surveys.words import words

_WHY = words("กรุณาเขียนว่าบันทึกผิดอย่างไร", "Say what was recorded wrongly.")
_SAME = words("ข้อมูลที่แก้เหมือนเดิมทุกอย่าง", "The correction says the same as what it corrects.")
_OVERTAKEN = words(
    "มีผู้บันทึกเวทีนี้ไปก่อนแล้ว สิ่งที่ท่านส่งมายังไม่ได้บันทึก กรุณาดูข้อมูลล่าสุดก่อน",
    "Somebody recorded something of this meeting meanwhile; what you sent was not recorded. Look at what stands now.",
)
_NO_OUTCOME = words(
    "เวทีนี้ยังไม่มีผลให้แก้ ให้บันทึกผลในช่อง “ผลของเวที”",
    "No outcome of this meeting is recorded yet; record it as its outcome.",
)
# What a meeting without an outcome says of one.
_OPEN: dict[str, Any] = {
    "state": "checking", "reason": None, "decided_on": None, "evidence": None, "evidence_name": None,
}  # fmt: skip


@dataclass(frozen=True)
class Correction:
    """What was recorded wrongly of a meeting, and what is right.

    ``meeting`` are its facts as they should stand; its community may be left empty to stay. ``outcome``
    None means that the community has not said yet. A paper that is not sent again stays. ``seen`` is
    the version that the person looked at; None corrects whatever stands.
    """

    why: str
    meeting: Meeting
    outcome: Outcome | None = None
    seen: int | None = None


@dataclass(frozen=True)
class Amendment:
    """What is right of a meeting where a person names only that, by the fields of ``Meeting`` and ``Outcome``.

    ``open`` takes its outcome off: the community has not said yet. ``seen`` is as of :class:`Correction`.
    """

    why: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    outcome: Mapping[str, Any] = field(default_factory=dict)
    open: bool = False
    seen: int | None = None


def amended(row: Mapping[str, Any], right: Amendment) -> Correction:
    """Return the correction of a meeting (its row as :func:`surveys.city.returns.get` gives it): the rest stays.

    The reason of an outcome that was the other way does not stay.
    """
    held, decided = (
        None if row[name] is None else date.fromisoformat(str(row[name])) for name in ("held", "decided_on")
    )
    stood = Meeting(
        "", held, row["place"] or "", row["attended_count"], row["attended"] or "", row["note"] or ""
    )
    outcome = (
        None
        if row["state"] == "checking"
        else Outcome(row["state"] == "agreed", decided, row["reason"] or "")
    )
    if right.open:
        outcome = None
    elif right.outcome:
        before = outcome or Outcome(False, None)
        turned = right.outcome.get("agreed", before.agreed) != before.agreed
        outcome = replace(before, **({"reason": ""} if turned else {}) | dict(right.outcome))
    seen = row["version"] if right.seen is None else right.seen
    return Correction(right.why, replace(stood, **right.facts), outcome, seen)


def correct(
    store: Store, network: str, actor: Actor, record_id: str, correction: Correction
) -> dict[str, Any]:
    """Correct what was recorded of a meeting; the survey state of the community follows its outcome.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not edit, or there is no such meeting or community.
    Outdated
        If somebody wrote of the meeting since the person looked.
    Refused
        If it is not said what was wrong, something is wanting or not possible, or nothing differs.
    """
    actor.must("edit")
    why = reason_of(correction.why, _WHY)
    asked = correction.meeting.community
    with store.writing() as connection:
        row = current(connection, network, record_id)
        if correction.seen is not None and correction.seen != row["version"]:
            raise Outdated(_OVERTAKEN)
        said = facts_of(correction.meeting) | {
            "community": community_of_id(store, network, asked) if asked else row["community"]
        }
        if correction.outcome is None:
            said |= _OPEN
        elif row["state"] == "checking":
            raise Refused(_NO_OUTCOME)
        else:
            said |= said_by(store, correction.outcome, said["held"])
        if all(said[name] == row[name] for name in said):
            raise Refused(_SAME)
        change = changes.start(connection, network, "return", actor)
        follow(change, RETURN, row, said | {"corrects": row["version"], "correction": why})
        _settle(change, row, said)
        detail = {"corrects": row["version"], "state": said["state"]}
        events.record(connection, actor, network, "return_concluded", record_id, detail)
    return get(store, network, actor, record_id)


def _settle(change: changes.Change, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Let the survey states follow: confirmed is what the right entry says, no more what the wrong one said."""
    agreed = [row["community"] if row["state"] == "agreed" else None for row in (before, after)]
    if agreed[0] == agreed[1]:
        return
    if agreed[0] is not None:
        _unconfirm(change, agreed[0])
    if agreed[1] is not None:
        confirm(change, agreed[1])


def _unconfirm(change: changes.Change, community: str) -> None:
    """Give a community the survey state it had before a meeting confirmed it, unless another meeting did, too."""
    source = table(RETURN.name)
    other = sa.select(source.c.id).where(
        source.c.network == change.network, source.c.community == community, source.c.state == "agreed"
    )
    row = community_row(change, community)
    if row is None or row["survey_state"] != "confirmed" or change.connection.scalar(other) is not None:
        return
    made, past = table("change"), table(COMMUNITY.name + HISTORY)
    # What a meeting confirmed was closed by a change of a meeting; a file may have said so by itself.
    query = (
        sa.select(past.c.survey_state)
        .join(made, made.c.id == past.c.closed_by)
        .where(
            past.c.id == row["id"], made.c.kind == "return", past.c.survey_state.is_distinct_from("confirmed")
        )
        .order_by(past.c.closed_by.desc())
    )
    found = change.connection.execute(query).first()
    if found is not None:
        follow(change, COMMUNITY, row, {"survey_state": found.survey_state})
