"""Giving the data back (คืนข้อมูล): the meeting, what it corrected, and whether the community agreed.

Corrections are made record by record (:mod:`surveys.edit`), each naming its meeting. Until a
community has agreed its data is unchecked; what changes after that is counted and said.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

from surveys import edit, events, records
from surveys.city import return_changes
from surveys.dates import today
from surveys.errors import Refused, no_record
from surveys.planning.match import community_names, community_of
from surveys.roles import Actor
from surveys.store import changes
from surveys.store.schema import table
from surveys.store.store import Store
from surveys.words import Words, seen, words

RETURN = records.ALL["community_return"]
COMMUNITY = records.ALL["community"]
MOST_BYTES = 20 << 20

STANDINGS: dict[str, Words] = {
    "unchecked": words("ยังไม่ได้ตรวจทานกับชุมชน", "not checked with the community"),
    "checking": words("กำลังตรวจทานกับชุมชน", "being checked with the community"),
    "agreed": words("ชุมชนรับรองแล้ว", "agreed by the community"),
    "changed": words("มีการเปลี่ยนแปลงหลังชุมชนรับรอง", "changed since the community agreed"),
    "not_agreed": words("ชุมชนไม่รับรอง", "not agreed by the community"),
}


@dataclass(frozen=True)
class Meeting:
    """A meeting with a community (its record id): when, where, how many came and who."""

    community: str
    held: date | None
    place: str = ""
    attended_count: int | None = None
    attended: str = ""
    note: str = ""


@dataclass(frozen=True)
class Outcome:
    """What the community said: ``agreed`` or not, why not, and a scan of the signed list (name, bytes)."""

    agreed: bool
    on: date | None
    reason: str = ""
    paper: tuple[str, bytes] | None = None


def hold(store: Store, network: str, actor: Actor, meeting: Meeting) -> dict[str, Any]:
    """Record that the data is given back at a meeting; it is being checked from then on.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not edit, there is no such community, or a value is wanting or not possible.
    """
    actor.must("edit")
    community = _community(store, network, meeting.community)
    _check(meeting)
    with store.writing() as connection:
        source = table(RETURN.name)
        last = (
            connection.scalar(sa.select(sa.func.max(source.c.number)).where(source.c.network == network)) or 0
        )
        change = changes.start(connection, network, "return", actor)
        record_id = changes.new_ids(1)[0]
        row = {
            "id": record_id, "network": network, "key": f"number={last + 1}|", "version": 1,
            "opened_by": change.id, "opened_at": change.at, "number": last + 1, "community": community,
            "held": meeting.held.isoformat() if meeting.held else None, "place": meeting.place.strip() or None,
            "attended_count": meeting.attended_count, "attended": meeting.attended.strip() or None,
            "listing": store.revision(network), "state": "checking", "note": meeting.note.strip() or None,
        }  # fmt: skip
        changes.insert(change, RETURN, row)
        events.record(connection, actor, network, "return_held", record_id, {"number": last + 1})
    return get(store, network, actor, record_id)


def conclude(store: Store, network: str, actor: Actor, record_id: str, outcome: Outcome) -> dict[str, Any]:
    """Record whether the community agreed; where it did, its survey state says so from then on.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not edit, there is no such meeting, it is concluded already, or a reason or
        day is wanting.
    """
    actor.must("edit")
    _complete(outcome)
    paper = _keep(store, outcome.paper) if outcome.paper else None
    source = table(RETURN.name)
    with store.writing() as connection:
        query = sa.select(source).where(source.c.network == network, source.c.id == record_id)
        row = connection.execute(query).mappings().first()
        if row is None:
            raise no_record(RETURN.name, record_id)
        if row["state"] != "checking":
            raise Refused(words("เวทีนี้บันทึกผลแล้ว", "The outcome of this meeting is recorded already."))
        if outcome.on and row["held"] and outcome.on.isoformat() < row["held"]:
            raise Refused(words("วันที่ลงมติอยู่ก่อนวันจัดเวที", "The decision is before the meeting."))
        change = changes.start(connection, network, "return", actor)
        changes.close(change, RETURN, [row["fid"]])
        said = {
            "state": "agreed" if outcome.agreed else "not_agreed", "reason": outcome.reason.strip() or None,
            "decided_on": outcome.on.isoformat() if outcome.on else None, "evidence": paper,
            "evidence_name": outcome.paper[0][-200:] if outcome.paper else None, "version": row["version"] + 1,
            "opened_by": change.id, "opened_at": change.at,
        }  # fmt: skip
        changes.insert(change, RETURN, dict(row) | said)
        if outcome.agreed:
            _confirm(connection, change, network, row["community"])
        detail = {"agreed": outcome.agreed, "paper": paper, "version": row["listing"]}
        events.record(connection, actor, network, "return_concluded", record_id, detail)
    return get(store, network, actor, record_id)


def _community(store: Store, network: str, record_id: str) -> str:
    """Return what a community is referred to by: its code where it has one, else its name."""
    source = table(COMMUNITY.name)
    found = store.read_table(network, COMMUNITY.name, ["code", "name"], source.c.id == record_id).to_pylist()
    if not found:
        raise no_record(COMMUNITY.name, record_id)
    return str(found[0]["code"] or found[0]["name"])


def _check(meeting: Meeting) -> None:
    if meeting.held is None:
        raise Refused(words("กรุณาระบุวันที่จัดเวที", "The day of the meeting is needed."))
    if meeting.held > today():
        raise Refused(words("วันที่จัดเวทียังมาไม่ถึง", "The meeting has not been held yet."))
    if meeting.attended_count is None or meeting.attended_count < 1:
        raise Refused(words("กรุณาระบุจำนวนผู้เข้าร่วม", "Say how many people attended."))


def _complete(outcome: Outcome) -> None:
    if outcome.on is None:
        raise Refused(words("กรุณาระบุวันที่ลงมติ", "The day of the decision is needed."))
    if outcome.on > today():
        raise Refused(words("วันที่ลงมติยังมาไม่ถึง", "The day of the decision has not come yet."))
    if not outcome.agreed and not seen(outcome.reason):
        raise Refused(words("กรุณาเขียนเหตุผลที่ชุมชนไม่รับรอง", "Say why the community did not agree."))
    if outcome.paper and len(outcome.paper[1]) > MOST_BYTES:
        raise Refused(words("ไฟล์แนบใหญ่เกิน 20 MB", "The paper attached is larger than 20 MB."))


def _keep(store: Store, paper: tuple[str, bytes]) -> str:
    """Keep a paper under the digest of its bytes, for its owner only; it is never opened here."""
    folder = store.files / "papers"
    folder.mkdir(mode=0o700, exist_ok=True)
    digest = hashlib.sha256(paper[1]).hexdigest()
    target = folder / digest
    if not target.exists():
        half = target.with_name(digest + ".part")
        with open(os.open(half, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as writer:
            writer.write(paper[1])
            writer.flush()
            os.fsync(writer.fileno())
        half.rename(target)
    return digest


def paper(store: Store, network: str, actor: Actor, record_id: str) -> tuple[str, Path]:
    """Return the name and the file of the paper attached to a meeting.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see households, or there is no such meeting or paper.
    """
    found = get(store, network, actor, record_id)
    if not found["evidence"]:
        raise no_record(RETURN.name, record_id)
    return str(found["evidence_name"]), store.files / "papers" / str(found["evidence"])


def _confirm(connection: sa.Connection, change: changes.Change, network: str, community: str) -> None:
    """Set the survey state of the community that agreed."""
    source = table(COMMUNITY.name)
    same = sa.or_(source.c.code == community, sa.and_(source.c.code.is_(None), source.c.name == community))
    row = connection.execute(sa.select(source).where(source.c.network == network, same)).mappings().first()
    if row is None or row["survey_state"] == "confirmed":
        return
    changes.close(change, COMMUNITY, [row["fid"]])
    said = {"survey_state": "confirmed", "version": row["version"] + 1}
    changes.insert(change, COMMUNITY, dict(row) | said | {"opened_by": change.id, "opened_at": change.at})


def get(store: Store, network: str, actor: Actor, record_id: str) -> dict[str, Any]:
    """Return a meeting with the corrections made at it.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see households, or there is no such meeting.
    """
    actor.must("see_households")
    found = store.read_table(network, RETURN.name, None, table(RETURN.name).c.id == record_id).to_pylist()
    if not found:
        raise no_record(RETURN.name, record_id)
    return _plain(found[0]) | {"corrections": edit.made_in(store, network, record_id, actor)}


def listed(store: Store, network: str, actor: Actor) -> list[dict[str, Any]]:
    """Return the meetings of a network, the newest first."""
    actor.must("see_households")
    rows = store.read_table(network, RETURN.name).to_pylist()
    return [_plain(row) for row in sorted(rows, key=lambda row: -row["number"])]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in (*RETURN.by_name, "id", "version", "opened_at", "opened_by")}


def standing(store: Store, network: str, actor: Actor) -> pd.DataFrame:
    """Say of every community how its data stands with it, by the latest meeting.

    Returns
    -------
    Frame indexed by community id: ``standing`` (a key of :data:`STANDINGS`), ``on`` (day agreed, or of
    the meeting), ``changed`` (records that stand otherwise than when it agreed, Int64).
    """
    actor.must("see")
    communities = store.read(network, COMMUNITY.name)
    names = community_names(communities)
    told = pd.DataFrame(
        {"standing": "unchecked", "on": None, "changed": 0}, index=communities.index, dtype="object"
    )
    meetings = store.read(network, RETURN.name)
    meetings = meetings.assign(at=community_of(meetings, names)).dropna(subset=["at"]).sort_values("number")
    for at, latest in meetings.groupby("at").tail(1).set_index("at").iterrows():
        state = str(latest["state"])
        day = latest["decided_on"] if state != "checking" else latest["held"]
        told.loc[at, ["standing", "on"]] = [state, day.date() if pd.notna(day) else None]
    agreed = meetings[meetings["state"] == "agreed"].groupby("at")["opened_by"].max()
    since = return_changes.changed(store, network, names, agreed)
    told["changed"] = since.reindex(told.index).fillna(0).astype("Int64")
    told.loc[(told["standing"] == "agreed") & (told["changed"] > 0), "standing"] = "changed"
    return told
