"""Decisions that people record: each a version of a record of its own, with a reason, and taken back as one change.

The decision and what it does to other records are one change of the store; taking it back settles all
of them as they stood before, and both stay in the history.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from surveys import events
from surveys.dates import today
from surveys.errors import Outdated, Refused, no_record
from surveys.record import RecordType
from surveys.roles import Actor
from surveys.store import changes
from surveys.store.schema import HISTORY, table
from surveys.store.store import Store
from surveys.words import seen, words

_MOST_REASON, _MOST_RESOLUTION = 2000, 100
_OVERTAKEN = words(
    "มีผู้บันทึกหรือถอนผลตัดสินนี้ไปก่อนแล้ว สิ่งที่ท่านส่งมายังไม่ได้บันทึก กรุณาดูผลล่าสุดก่อน",
    "Somebody recorded or took back a decision on this meanwhile; what you sent was not recorded."
    " Look at what stands now.",
)


@dataclass(frozen=True)
class Said:
    """Why something was decided, and where: the resolution of a meeting, if there was one."""

    reason: str = ""
    resolution: str = ""
    meeting: date | None = None

    def check(self) -> None:
        """Pass when a reason is given, the texts fit, and the meeting has been held.

        Raises
        ------
        Refused
            Saying what is wrong.
        """
        if not seen(self.reason):
            raise Refused(words("กรุณาเขียนเหตุผล", "Say why it was decided so."))
        if len(self.reason) > _MOST_REASON or len(self.resolution) > _MOST_RESOLUTION:
            raise Refused(words("ข้อความยาวเกินไป", "The text is too long."))
        if self.meeting is not None and self.meeting > today():
            raise Refused(words("วันที่ประชุมยังมาไม่ถึง", "The meeting has not been held yet."))

    def values(self) -> dict[str, Any]:
        """Return the fields of a record that say it."""
        return {
            "reason": self.reason.strip(),
            "resolution": self.resolution.strip() or None,
            "meeting_date": self.meeting.isoformat() if self.meeting else None,
        }


def write(
    change: changes.Change,
    record_type: RecordType,
    key: str,
    values: Mapping[str, Any],
    seen: Mapping[str, int],
) -> str:
    """Write a decision as the next version of the record with this key; return its id.

    ``seen`` has the version of the decision that stood when the person looked, by its id; nothing of it
    where none stood.

    Raises
    ------
    Outdated
        If another decision stands by now, or the one seen does not any more.
    """
    versions = list(_versions(change.connection, record_type, change.network, key))
    stands = {row["id"]: row["version"] for row in versions if "closed_by" not in row}
    if any(seen.get(row["id"]) != stands.get(row["id"]) for row in versions):
        raise Outdated(_OVERTAKEN)
    for row in versions:
        if "closed_by" not in row:
            changes.close(change, record_type, [row["fid"]])
    last = max(versions, key=lambda row: int(row["version"])) if versions else None
    own = {
        "id": last["id"] if last else changes.new_ids(1)[0], "network": change.network, "key": key,
        "number": last["number"] if last else _next(change, record_type),
        "version": last["version"] + 1 if last else 1, "opened_by": change.id, "opened_at": change.at,
    }  # fmt: skip
    changes.insert(change, record_type, own | dict(values))
    return str(own["id"])


def _versions(
    connection: sa.Connection, record_type: RecordType, network: str, key: str
) -> Iterator[dict[str, Any]]:
    for name in (record_type.name, record_type.name + HISTORY):
        source = table(name)
        query = sa.select(source).where(source.c.network == network, source.c.key == key)
        yield from (dict(row) for row in connection.execute(query).mappings())


def _next(change: changes.Change, record_type: RecordType) -> int:
    """Return the next number of a network's decisions; the number of one withdrawn is not used again."""
    numbers = [0]
    for name in (record_type.name, record_type.name + HISTORY):
        source = table(name)
        query = sa.select(sa.func.max(source.c.number)).where(source.c.network == change.network)
        numbers.append(change.connection.scalar(query) or 0)
    return max(numbers) + 1


def standing(store: Store, network: str, record_type: RecordType) -> list[dict[str, Any]]:
    """Return the decisions that stand, the newest first, each with its ``actor``."""
    rows = store.read_table(network, record_type.name, _shown(record_type)).to_pylist()
    actors = actors_of(store, {row["opened_by"] for row in rows})
    told = [row | {"actor": actors.get(row["opened_by"])} for row in rows]
    return sorted(told, key=lambda row: -int(row["opened_by"]))


def history(store: Store, network: str, record_type: RecordType, key: str) -> list[dict[str, Any]]:
    """Return every decision under one key, the newest first.

    Of one that was taken back ``withdrawn`` tells who did, when (``at``) and why (``reason``); else it is None.
    """
    with store.reading() as connection:
        versions = list(_versions(connection, record_type, network, key))
    numbers = {int(row["opened_by"]) for row in versions}
    actors, back = actors_of(store, numbers), _withdrawn(store, numbers)
    told = [
        {name: row[name] for name in _shown(record_type)}
        | {"actor": actors.get(row["opened_by"]), "withdrawn": back.get(row["opened_by"])}
        for row in versions
    ]
    return sorted(told, key=lambda row: -int(row["opened_by"]))


def _shown(record_type: RecordType) -> list[str]:
    return [*record_type.by_name, "id", "version", "opened_at", "opened_by"]


def actors_of(store: Store, numbers: set[int]) -> dict[int, str]:
    """Return who made each change."""
    change = table("change")
    query = sa.select(change.c.id, change.c.actor).where(change.c.id.in_(numbers))
    with store.reading() as connection:
        return {number: actor for number, actor in connection.execute(query)}


def _withdrawn(store: Store, numbers: set[int]) -> dict[int, dict[str, Any]]:
    """Return, of changes that were taken back, who did it, when and why."""
    change = table("change")
    wanted = {str(number) for number in numbers}
    query = sa.select(change.c.identity, change.c.actor, change.c.at, change.c.report).where(
        change.c.kind == "undo", change.c.identity.in_(wanted)
    )
    with store.reading() as connection:
        rows = connection.execute(query).mappings().all()
    return {
        int(row["identity"]): {
            "actor": row["actor"],
            "at": row["at"],
            "reason": json.loads(row["report"] or "{}").get("reason", ""),
        }
        for row in rows
    }


@dataclass(frozen=True)
class Withdrawal:
    """Which decision to take back, why, and what the log calls that.

    ``seen`` is the version of it that the person looked at; None takes back whatever stands.
    """

    record_type: RecordType
    record_id: str
    reason: str
    action: str
    seen: int | None = None


def withdraw(
    store: Store, network: str, actor: Actor, wanted: Withdrawal
) -> tuple[dict[str, Any], list[str]]:
    """Take a standing decision back; return its row, and the ids of records that stay because they changed since.

    Raises
    ------
    NotFound, Refused
        If no such decision stands, or the reason is wanting. Whether the actor may is asked before.
    Outdated
        If the decision that stands is not the one seen.
    """
    Said(wanted.reason).check()
    source, kept = table(wanted.record_type.name), table("change")
    with store.writing() as connection:
        query = sa.select(source).where(source.c.network == network, source.c.id == wanted.record_id)
        row = connection.execute(query).mappings().first()
        if row is None:
            raise no_record(wanted.record_type.name, wanted.record_id)
        if wanted.seen is not None and wanted.seen != row["version"]:
            raise Outdated(_OVERTAKEN)
        change = changes.start(connection, network, "undo", actor)
        about = {"identity": str(row["opened_by"]),
                 "report": json.dumps({"reason": wanted.reason.strip()}, ensure_ascii=False)}  # fmt: skip
        connection.execute(kept.update().where(kept.c.id == change.id).values(about))
        connection.execute(kept.update().where(kept.c.id == row["opened_by"]).values(state="undone"))
        stayed = [one for found in changes.settle(change, row["opened_by"]) for one in found.kept]
        detail = {"change": row["opened_by"], "kept": len(stayed)}
        events.record(connection, actor, network, wanted.action, wanted.record_id, detail)
    return dict(row), stayed
