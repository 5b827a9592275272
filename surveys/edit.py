"""Correcting one record by hand, ending it, and taking either back: each a change with a reason and a history.

The text of a field is read as a cell of a file is; what a file would only be warned of is refused
here, because the person is there to mend it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from surveys import events, records
from surveys.edit_values import laid, read_all, told
from surveys.errors import NotFound, Outdated, Refused, no_record
from surveys.following import Edited, Numbers, called
from surveys.record import RecordType
from surveys.roles import Actor
from surveys.shared import LINK
from surveys.sight import Sight
from surveys.store import changes
from surveys.store.schema import HISTORY, table
from surveys.store.store import Store
from surveys.words import Words, seen, words

# The kinds of change made here, all of which can be taken back.
CORRECTED, ENDED = "edit", changes.END


@dataclass(frozen=True)
class Correction:
    """What to correct in one record.

    ``values`` are texts by field as a person writes them; an empty text empties the field.
    ``version`` is the version the person saw; ``reason`` is kept with the change; ``meeting`` is the
    id of the meeting where it was said, if any.
    """

    type: str
    id: str
    version: int
    values: Mapping[str, str]
    reason: str
    meeting: str | None = None


@dataclass(frozen=True)
class Done:
    """A change that was made: its number, by which it can be taken back, and the fields it changed.

    ``followed`` counts by type the records that name the corrected one, and got its new numbers with it.
    """

    change: int
    fields: tuple[str, ...] = field(default=())
    followed: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Taken:
    """A change that was taken back: the type and id of the record it was of, and its kind."""

    type: str
    id: str
    kind: str


def correct(store: Store, network: str, actor: Actor, correction: Correction) -> Done:
    """Write a new version of a record with the values corrected; nothing is written when none differs.

    Records that name it by numbers which are corrected get the new ones in the same change.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not edit, or there is no such record, meeting, or record to link to.
    Outdated
        If somebody changed the record since ``version``.
    Refused
        If a value cannot be read, a field is not there or closed to the actor, the reason is wanting,
        another record has the key that this one would get, or one that names it could not follow.
    """
    actor.must("edit")
    record_type = _type(store, network, correction.type)
    cells = read_all(Sight.of(record_type, actor), correction.values)
    if not seen(correction.reason):
        raise Refused(words("กรุณาเขียนเหตุผลหรือผู้แจ้งแก้ไข", "Say why, or who asked for the correction."))
    with store.writing() as connection:
        row = _current(connection, network, correction)
        _must_be_there(connection, network, record_type, correction)
        new = laid(store, record_type, row, cells)
        changed = tuple(
            name for name in cells if told(row, name, record_type) != told(new, name, record_type)
        )
        if not changed:
            return Done(0)
        numbers = Numbers.of(store, connection, network, actor)
        edited = numbers.moved(Edited(record_type, row, new))
        followed = _by_type(one for one in edited if one.id != correction.id)
        more = {"followed": followed, "beside": _beside_it(numbers, record_type, row)}
        change = _start(connection, network, CORRECTED, actor, correction, more)
        for one in edited:
            changes.close(change, one.type, [one.old["fid"]])
            stamps = {"version": one.old["version"] + 1, "opened_by": change.id, "opened_at": change.at}
            changes.insert(change, one.type, {**one.new, **stamps})
        counts = {name: len(ids) for name, ids in followed.items()}
        detail = {
            "type": record_type.name,
            "fields": sorted(changed),
            "change": change.id,
            "followed": counts,
        }
        events.record(connection, actor, network, "record_corrected", correction.id, detail)
    return Done(change.id, changed, counts)


def end(store: Store, network: str, actor: Actor, correction: Correction) -> Done:
    """End a record: a person says that it is no more; its history stays, and it can be taken back.

    Raises
    ------
    NotAllowed, NotFound, Outdated, Refused
        As :func:`correct`.
    """
    actor.must("edit")
    record_type = Sight.of(_type(store, network, correction.type), actor).record_type
    if not seen(correction.reason):
        raise Refused(words("กรุณาเขียนเหตุผลที่ยุติรายการนี้", "Say why the record is ended."))
    with store.writing() as connection:
        row = _current(connection, network, correction)
        _must_be_there(connection, network, record_type, correction)
        numbers = Numbers.of(store, connection, network, actor)
        more = {"beside": _beside_it(numbers, record_type, row)}
        change = _start(connection, network, ENDED, actor, correction, more)
        changes.close(change, record_type, [row["fid"]])
        detail = {"type": record_type.name, "change": change.id}
        events.record(connection, actor, network, "record_ended", correction.id, detail)
    return Done(change.id)


def take_back(store: Store, network: str, actor: Actor, change_id: int) -> Taken:
    """Take a correction or an ending back, wholly: the record, and what followed it, stand as before.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not edit, there is no such change, it is taken back already, something was
        changed since, or another record has the number by now.
    """
    actor.must("edit")
    kept = table("change")
    query = sa.select(kept.c.state, kept.c.kind, kept.c.report).where(
        kept.c.network == network, kept.c.id == change_id, kept.c.kind.in_((CORRECTED, ENDED))
    )
    with store.writing() as connection:
        made = connection.execute(query).one_or_none()
        about = json.loads(made.report or "{}") if made else {}
        if made is None or "record" not in about:
            raise NotFound(words("ไม่พบการแก้ไขนี้", "There is no such correction."))
        if made.state != "done":
            raise Refused(words("การแก้ไขนี้ถูกยกเลิกไปแล้ว", "This correction is taken back already."))
        change = changes.start(connection, network, "undo", actor)
        connection.execute(kept.update().where(kept.c.id == change.id).values(identity=str(change_id)))
        connection.execute(kept.update().where(kept.c.id == change_id).values(state="undone"))
        before = _touched(connection, about)
        found = changes.settle(change, change_id, about.get("beside", ()))
        stayed = {one for reverted in found for one in reverted.kept}
        numbers = Numbers.of(store, connection, network, actor)
        for (type_name, record_id), row in _touched(connection, about).items():
            of, old = records.ALL[type_name], before[type_name, record_id]
            if row is not None and record_id in stayed:
                raise Refused(_changed_since(called(of, row, actor), of))
            back = row or (
                _last(connection, type_name, record_id, change_id) if record_id in stayed else None
            )
            known = [*about.get("beside", ()), *(one for _, one in before)]
            holder = numbers.holder(Edited(of, old or {"id": record_id}, back), known) if back else None
            if holder is not None:
                raise Refused(_held(called(of, holder, actor), of))
        events.record(connection, actor, network, "correction_taken_back", str(change_id))
    return Taken(about["type"], about["record"], made.kind)


def _touched(
    connection: sa.Connection, about: Mapping[str, Any]
) -> dict[tuple[str, str], dict[str, Any] | None]:
    """Return the current rows of the records that a change is of, by type and id; None for one that is gone."""
    ids = {name: list(followed) for name, followed in about.get("followed", {}).items()}
    ids.setdefault(about["type"], []).append(about["record"])
    found: dict[tuple[str, str], dict[str, Any] | None] = {}
    for name, wanted in ids.items():
        source = table(name)
        listed = sa.func.json_each(json.dumps(wanted)).table_valued("value")
        query = sa.select(source).where(source.c.id.in_(sa.select(listed.c.value)))
        rows = {row["id"]: dict(row) for row in connection.execute(query).mappings()}
        found |= {(name, one): rows.get(one) for one in wanted}
    return found


def _last(connection: sa.Connection, type_name: str, record_id: str, change_id: int) -> dict[str, Any] | None:
    """Return the version of a record that a change closed, and that stays closed."""
    source = table(type_name + HISTORY)
    query = sa.select(source).where(source.c.id == record_id, source.c.closed_by == change_id)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def _changed_since(told: Words, of: RecordType) -> Words:
    return words(
        f"ย้อนกลับไม่ได้ เพราะ{of.words.th} “{told.th}” มีการแก้ไขหลังจากนี้ ให้ย้อนการแก้ไขล่าสุดก่อน "
        "หรือแก้ค่าใหม่ที่หน้าแก้ไขข้อมูล",
        f"This cannot be taken back: the {of.words.en} “{told.en}” was changed since. Take the latest correction"
        " back first, or correct the values again.",
    )


def _held(told: Words, of: RecordType) -> Words:
    return words(
        f"นำกลับมาไม่ได้ เพราะ{of.words.th} “{told.th}” ใช้เลขนี้อยู่แล้ว แก้เลขหรือยุติรายการนั้นก่อน แล้วนำกลับมาอีกครั้ง",
        f"This cannot be brought back: the {of.words.en} “{told.en}” has this number by now. Correct that number,"
        " or end that record, and bring this one back then.",
    )


def made_in(store: Store, network: str, meeting: str, actor: Actor) -> list[dict[str, Any]]:
    """Return the corrections and endings made at a meeting, in the order they were made."""
    actor.must("see_households")
    kept = table("change")
    query = sa.select(kept).where(kept.c.network == network, kept.c.identity == f"meeting={meeting}")
    with store.reading() as connection:
        rows = connection.execute(query.order_by(kept.c.id)).mappings().all()
    return [
        {name: row[name] for name in ("id", "kind", "at", "actor", "state")}
        | json.loads(row["report"] or "{}")
        for row in rows
    ]


def _type(store: Store, network: str, name: str) -> RecordType:
    store.revision(network)
    found = store.types(network).get(name)
    if found is None or not found.by_file:
        raise Refused(words(f"แก้ไขข้อมูลประเภท {name} ที่นี่ไม่ได้", f"Records of type {name} are not edited here."))
    return found


def _must_be_there(
    connection: sa.Connection, network: str, record_type: RecordType, correction: Correction
) -> None:
    """Pass when the meeting a correction names is there, and the record that it links to."""
    wanted: list[tuple[str, tuple[str, ...]]] = []
    if correction.meeting:
        wanted.append((correction.meeting, ("community_return",)))
    if correction.values.get(LINK):
        targets = tuple(rule.type for rule in record_type.place if rule.on == (LINK,))
        wanted.append((correction.values[LINK], targets))
    for record_id, types in wanted:
        sources = [table(name) for name in types]
        if not any(
            connection.scalar(
                sa.select(sa.literal(1)).where(source.c.network == network, source.c.id == record_id)
            )
            for source in sources
        ):
            raise no_record(types[0], record_id)


def _current(connection: sa.Connection, network: str, correction: Correction) -> dict[str, Any]:
    """Return the current version of the record, when it is the one the person saw."""
    source = table(correction.type)
    query = sa.select(source).where(source.c.network == network, source.c.id == correction.id)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise no_record(correction.type, correction.id)
    if row["version"] != correction.version:
        raise Outdated(
            words(
                "มีผู้อื่นแก้ไขรายการนี้ไปก่อนแล้ว กรุณาดูค่าล่าสุดแล้วแก้อีกครั้ง",
                "Somebody changed this record meanwhile; look at its latest values and correct it again.",
            )
        )
    return dict(row)


def _by_type(edited: Iterable[Edited]) -> dict[str, list[str]]:
    """Return the ids of records by their type."""
    found: dict[str, list[str]] = {}
    for one in edited:
        found.setdefault(one.type.name, []).append(one.id)
    return found


def _beside_it(numbers: Numbers, record_type: RecordType, row: Mapping[str, Any]) -> list[str]:
    """Return the ids of records that have the key of a row with it, such as two lists of one house."""
    return [str(other["id"]) for other in numbers.sharing(record_type, row)]


def _start(
    connection: sa.Connection,
    network: str,
    kind: str,
    actor: Actor,
    correction: Correction,
    more: Mapping[str, Any],
) -> changes.Change:
    """Open the change, and keep with it which record it is of, why, and at which meeting; and ``more``."""
    change = changes.start(connection, network, kind, actor)
    kept = table("change")
    about = {
        "type": correction.type, "record": correction.id, "reason": correction.reason.strip(),
        "fields": sorted(correction.values), "meeting": correction.meeting,
        **{name: told for name, told in more.items() if told},
    }  # fmt: skip
    values = {"report": json.dumps(about, ensure_ascii=False)}
    if correction.meeting:
        values["identity"] = f"meeting={correction.meeting}"
    connection.execute(kept.update().where(kept.c.id == change.id).values(values))
    return change
