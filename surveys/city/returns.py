"""Giving the data back (คืนข้อมูล): the meeting, what it corrected, and whether the community agreed.

Corrections are made record by record (:mod:`surveys.edit`), each naming its meeting. Until a
community has agreed its data is unchecked; what changes after that is counted and said.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

from surveys import edit, events, records
from surveys.city import decided, return_changes
from surveys.dates import today
from surveys.errors import Refused, no_record
from surveys.fields import Text
from surveys.planning.match import NAMED_BY, community_names, community_of
from surveys.record import RecordType
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
    "changed": words("เปลี่ยนหลังชุมชนรับรอง", "changed since the community agreed"),
    "not_agreed": words("ชุมชนไม่รับรอง", "not agreed by the community"),
}

# Of a community that no meeting was recorded with, though its survey state says that it agreed.
BY_FILE = words("รับรองตามไฟล์ ยังไม่มีบันทึกการประชุม", "agreed as a file says, no meeting is recorded")


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
    community = community_of_id(store, network, meeting.community)
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
            "listing": store.revision(network), "state": "checking",
        } | facts_of(meeting)  # fmt: skip
        changes.insert(change, RETURN, row)
        events.record(connection, actor, network, "return_held", record_id, {"number": last + 1})
    return get(store, network, actor, record_id)


def facts_of(meeting: Meeting) -> dict[str, Any]:
    """Return what a meeting writes but its community, once it is looked at.

    Raises
    ------
    Refused
        If its day or the number of people is wanting or not possible, or a text is too long.
    """
    _check(meeting)
    for name, text in (("place", meeting.place), ("attended", meeting.attended), ("note", meeting.note)):
        _fits(name, text)
    return {
        "held": meeting.held.isoformat() if meeting.held else None, "place": meeting.place.strip() or None,
        "attended_count": meeting.attended_count, "attended": meeting.attended.strip() or None,
        "note": meeting.note.strip() or None,
    }  # fmt: skip


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
    with store.writing() as connection:
        row = current(connection, network, record_id)
        if row["state"] != "checking":
            raise Refused(words("เวทีนี้บันทึกผลแล้ว", "The outcome of this meeting is recorded already."))
        change = changes.start(connection, network, "return", actor)
        said = said_by(store, outcome, row["held"])
        follow(change, RETURN, row, said | {"corrects": None, "correction": None})
        if outcome.agreed:
            confirm(change, row["community"])
        detail = {"agreed": outcome.agreed, "paper": said.get("evidence"), "version": row["listing"]}
        events.record(connection, actor, network, "return_concluded", record_id, detail)
    return get(store, network, actor, record_id)


def current(connection: sa.Connection, network: str, record_id: str) -> dict[str, Any]:
    """Return the row of a meeting.

    Raises
    ------
    NotFound
        If there is no such meeting.
    """
    source = table(RETURN.name)
    query = sa.select(source).where(source.c.network == network, source.c.id == record_id)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise no_record(RETURN.name, record_id)
    return dict(row)


def follow(
    change: changes.Change, record_type: RecordType, row: dict[str, Any], said: dict[str, Any]
) -> None:
    """Close the current version of a record and write the one that follows it."""
    changes.close(change, record_type, [row["fid"]])
    stamps = {"version": row["version"] + 1, "opened_by": change.id, "opened_at": change.at}
    changes.insert(change, record_type, row | said | stamps)


def said_by(store: Store, outcome: Outcome, held: str | None) -> dict[str, Any]:
    """Return what an outcome writes, its paper among it where there is one; the paper is kept then.

    Raises
    ------
    Refused
        If something of it is wanting or not possible, or it was before the meeting (``held``).
    """
    _complete(outcome)
    if outcome.on and held and outcome.on.isoformat() < held:
        raise Refused(words("วันที่ลงมติอยู่ก่อนวันจัดเวที", "The decision is before the meeting."))
    said = {
        "state": "agreed" if outcome.agreed else "not_agreed", "reason": outcome.reason.strip() or None,
        "decided_on": outcome.on.isoformat() if outcome.on else None,
    }  # fmt: skip
    if outcome.paper is None:
        return said
    return said | {"evidence": _keep(store, outcome.paper), "evidence_name": outcome.paper[0][-200:]}


def community_of_id(store: Store, network: str, record_id: str) -> str:
    """Return what a community is referred to by: its code where it has one, else its name.

    Raises
    ------
    NotFound
        If there is no such community.
    """
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


def _fits(name: str, text: str) -> None:
    kind = RETURN.by_name[name].kind
    assert isinstance(kind, Text)
    if len(text) > kind.limit:
        raise Refused(
            words(f"ข้อความยาวเกิน {kind.limit:,} ตัวอักษร", f"A text has at most {kind.limit:,} characters.")
        )


def _complete(outcome: Outcome) -> None:
    if outcome.on is None:
        raise Refused(words("กรุณาระบุวันที่ลงมติ", "The day of the decision is needed."))
    if outcome.on > today():
        raise Refused(words("วันที่ลงมติยังมาไม่ถึง", "The day of the decision has not come yet."))
    if not outcome.agreed and not seen(outcome.reason):
        raise Refused(words("กรุณาเขียนเหตุผลที่ชุมชนไม่รับรอง", "Say why the community did not agree."))
    if outcome.paper and len(outcome.paper[1]) > MOST_BYTES:
        raise Refused(words("ไฟล์แนบใหญ่เกิน 20 MB", "The paper attached is larger than 20 MB."))
    _fits("reason", outcome.reason)


def _keep(store: Store, paper: tuple[str, bytes]) -> str:
    """Keep a paper under the digest of its bytes, for its owner only; it is never opened here."""
    folder = store.files / "papers"
    folder.mkdir(mode=0o700, exist_ok=True)
    digest = hashlib.sha256(paper[1]).hexdigest()
    target = folder / digest
    if not target.exists():
        # A name of its own: the same paper may be sent twice at once.
        handle, half = tempfile.mkstemp(".part", digest, folder)
        with open(handle, "wb") as writer:
            writer.write(paper[1])
            writer.flush()
            os.fsync(writer.fileno())
        os.replace(half, target)
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


def community_row(change: changes.Change, community: str) -> dict[str, Any] | None:
    """Return the row of the community that a meeting names."""
    source = table(COMMUNITY.name)
    same = sa.or_(source.c.code == community, sa.and_(source.c.code.is_(None), source.c.name == community))
    query = sa.select(source).where(source.c.network == change.network, same)
    row = change.connection.execute(query).mappings().first()
    return dict(row) if row else None


def confirm(change: changes.Change, community: str) -> None:
    """Set the survey state of the community that agreed."""
    row = community_row(change, community)
    if row is not None and row["survey_state"] != "confirmed":
        follow(change, COMMUNITY, row, {"survey_state": "confirmed"})


def get(store: Store, network: str, actor: Actor, record_id: str) -> dict[str, Any]:
    """Return a meeting with the corrections made at it.

    ``history`` has every entry of the meeting itself, the newest first: of each who wrote it (``actor``)
    and which later version corrected it (``corrected_by``), if it was wrong.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see households, or there is no such meeting.
    """
    actor.must("see_households")
    entries = store.history(network, RETURN.name, record_id)
    if not entries or "closed_by" in entries[0]:
        raise no_record(RETURN.name, record_id)
    entries = sorted(entries, key=lambda row: -int(row["version"]))
    actors = decided.actors_of(store, {row["opened_by"] for row in entries})
    corrected = {row["corrects"]: row["version"] for row in entries if row["corrects"] is not None}
    history = [
        _plain(row) | {"actor": actors.get(row["opened_by"]), "corrected_by": corrected.get(row["version"])}
        for row in entries
    ]
    return _plain(entries[0]) | {
        "corrections": edit.made_in(store, network, record_id, actor),
        "history": history,
    }


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
    the meeting), ``by_file`` (only a file says that it agreed),
    ``changed`` (records that stand otherwise than when it agreed, Int64).
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
    agreed = _agreed(store, network, names)
    since = return_changes.changed(store, network, names, agreed)
    told["changed"] = since.reindex(told.index).fillna(0).astype("Int64")
    told.loc[(told["standing"] == "agreed") & (told["changed"] > 0), "standing"] = "changed"
    return told.assign(by_file=told.index.isin(by_file(store, network, actor)))


def by_file(store: Store, network: str, actor: Actor) -> frozenset[str]:
    """Return the ids of the communities that agreed only as a file says: no meeting with them is recorded."""
    actor.must("see")
    communities = store.read(network, COMMUNITY.name, [*NAMED_BY, "survey_state"])
    confirmed = communities.index[communities["survey_state"].eq("confirmed").fillna(False).astype(bool)]
    meetings = store.read_table(network, RETURN.name, ["community"]).to_pandas()
    held = community_of(meetings, community_names(communities)).dropna()
    return frozenset(confirmed) - frozenset(held)


def _agreed(store: Store, network: str, names: dict[str, str]) -> pd.Series:
    """Return by which change each community last agreed; what was corrected of that meeting since is no other."""
    entries = store.versions(network, RETURN.name, ["community", "number", "state", "version"]).to_pandas()
    entries = entries.assign(at=community_of(entries, names)).sort_values(["number", "version"])
    agreed: dict[str, int] = {}
    for _, meeting in entries.groupby("number"):
        since: tuple[str, int] | None = None
        for row in meeting.itertuples():
            if row.state != "agreed" or pd.isna(row.at):
                since = None
            elif since is None or since[0] != row.at:
                since = row.at, row.opened_by
        if since:
            agreed[since[0]] = since[1]
    return pd.Series(agreed, dtype="int64")
