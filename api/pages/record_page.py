"""One record as its page shows it: its fields in groups, its history, where it came from, its relatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from api.pages.values import Reader, Value, number, title
from surveys import records
from surveys.corrections import CLOSING, Made, closing, made
from surveys.errors import no_record
from surveys.record import Field, Group, RecordType
from surveys.roles import Actor, who_may
from surveys.sight import UNMAPPED, Seen, Sight, rights_of
from surveys.store.store import Store
from surveys.words import Words, words

Row = dict[str, Any]

KINDS: dict[str, Words] = {
    "import": words("นำเข้าไฟล์", "file imported"), "edit": words("แก้ไขในระบบ", "edited here"),
    "proposal": words("ข้อเสนอ", "proposal"), "undo": words("ยกเลิกการนำเข้า", "import undone"),
    "redo": words("นำกลับมา", "import redone"), "double": words("ตัดสินครัวเรือนซ้ำ", "decided on a double"),
    "end": words("ยุติรายการ", "ended"), "return": words("เวทีคืนข้อมูล", "return meeting"),
}  # fmt: skip
OTHER_GROUP = Group("other", words("อื่น ๆ", "Other"))
UNMAPPED_WORDS = words("คอลัมน์อื่นจากไฟล์", "other columns of the file")


@dataclass(frozen=True)
class Shown:
    """A field with its value."""

    field: Field
    value: Value


@dataclass(frozen=True)
class Version:
    """A version of a record: the change that opened it, from which row of a file, and what it changed.

    ``number`` counts all versions there ever were in the order of time, so no two have the same.
    ``changed`` is against the version that stood before it. ``led`` is the record whose correction it
    followed (type, id, name); ``undoable`` tells that its change may be taken back from here.
    """

    number: int
    made: Made
    kind: Words
    source_row: int | None
    now: bool
    changed: tuple[tuple[Field, Value, Value], ...]
    led: tuple[RecordType, str] | None
    undoable: bool


@dataclass(frozen=True)
class Standing:
    """The latest version of a record, and the change by which a person closed it, if one did."""

    row: Row
    closed: Made | None


def current(store: Store, network: str, sight: Sight, record_id: str) -> Row:
    """Return the row of the current version of a record, without its shape; it is told through the sight.

    Raises
    ------
    NotFound
        If there is none of this id in the network.
    """
    found = [
        row for row in store.history(network, sight.record_type.name, record_id) if "closed_by" not in row
    ]
    if not found:
        raise no_record(sight.record_type.name, record_id)
    return found[0]


def groups(sight: Sight, seen: Seen, reader: Reader) -> list[tuple[Group, list[Shown]]]:
    """Return the filled fields of a record by the section of the form they stand in."""
    made: dict[Group, list[Shown]] = {}
    for field in sight.fields:
        value = reader.value(field, seen)
        if value:
            made.setdefault(field.group or OTHER_GROUP, []).append(Shown(field, value))
    return list(made.items())


def closed(sight: Sight) -> list[tuple[list[Words], tuple[Words, ...]]]:
    """Return what a reader does not see of a type, whether a record has it or not, by the roles that do."""
    made: dict[tuple[Words, ...], list[Words]] = {}
    for field in sight.closed:
        made.setdefault(who_may(*rights_of(field)), []).append(field.words)
    if not sight.unmapped:
        made.setdefault(who_may(*UNMAPPED), []).append(UNMAPPED_WORDS)
    return [(said, who) for who, said in made.items()]


def standing(store: Store, network: str, sight: Sight, record_id: str, actor: Actor) -> Standing:
    """Return a record as it stands, or as it was when a person ended it: its page stays.

    Raises
    ------
    NotFound
        If there is none of this id in the network, or it went with an import that was undone.
    """
    rows = store.history(network, sight.record_type.name, record_id)
    ended = closing(store, network, actor, rows)
    if ended is None:
        return Standing(current(store, network, sight, record_id), None)
    last = [row for row in rows if row["closed_by"] == ended.id]
    return Standing(max(last or rows, key=lambda row: int(row["opened_by"])), ended)


@dataclass(frozen=True)
class DoneBefore:
    """What the person before this page did: ``act`` is "saved", "same", "ended" or "back", by a change."""

    act: str
    made: Made | None


def done_before(
    request: Request, store: Store, network: str, actor: Actor, where: tuple[str, str]
) -> DoneBefore | None:
    """Return what was just done to a record, as the address says; None when that does not stand so (any more)."""
    for name in ("saved", "back"):
        number = request.query_params.get(name, "")
        if not (number.isascii() and number.isdecimal() and len(number) < 16):
            continue
        if number == "0":
            return DoneBefore("same", None)
        change = made(store, network, actor, [int(number)]).get(int(number))
        if change is not None and change.record == where and change.stands == (name == "saved"):
            return DoneBefore("ended" if change.kind in CLOSING and change.stands else name, change)
    return None


def versions(
    store: Store, network: str, sight: Sight, record_id: str, reader: Reader, actor: Actor
) -> list[Version]:
    """Return every version of a record, the newest first, each with what it changed."""
    name = sight.record_type.name
    rows = sorted(store.history(network, name, record_id), key=lambda row: int(row["opened_by"]))
    seen = [sight.seen(row, lambda: store.vault) for row in rows]
    known = made(store, network, actor, {row["opened_by"] for row in rows})
    told, before = [], None
    for place, row in enumerate(rows):
        change, now = known[row["opened_by"]], "closed_by" not in row
        own = change.record in (None, (name, record_id))
        told.append(
            Version(
                number=place + 1, made=change, kind=KINDS.get(change.kind, KINDS["edit"]),
                source_row=row["source_row"], now=now,
                changed=tuple(_changed(sight.fields, seen[place], before, reader)) if before else (),
                led=None if own or change.record is None else (records.ALL[change.record[0]], change.record[1]),
                undoable=now and own and change.record is not None and actor.may("edit"),
            )
        )  # fmt: skip
        before = seen[place] if change.stands else before
    return told[::-1]


def _changed(
    fields: Sequence[Field], new: Seen, old: Seen, reader: Reader
) -> list[tuple[Field, Value, Value]]:
    """Return the fields whose value differs, as the reader sees them; a secret differs only by its text."""
    pairs = [(field, reader.value(field, old), reader.value(field, new)) for field in fields]
    return [
        (field, before, now)
        for field, before, now in pairs
        if (before.text, before.raw, before.href) != (now.text, now.raw, now.href)
    ]


@dataclass(frozen=True)
class ChildTable:
    """The records that belong to a record: their brief fields, and (id, name, values) of each."""

    fields: tuple[Field, ...]
    rows: tuple[tuple[str, str, tuple[Value, ...]], ...]


# Fields that tell people apart in a list, though they stand in no popup.
_TELLING = ("head_name", "name", "surname", "relation")


def child_table(sight: Sight, rows: Sequence[tuple[str, Seen]], reader: Reader) -> ChildTable:
    """Describe the records (id, and what is seen) that belong to another; what they share with it is not said again."""
    kind = sight.record_type
    shared = {"community", *kind.title, kind.ordinal, *(name for key in kind.keys for name in key)}
    wanted = [one for one in sight.plain if (one.brief and one.name not in shared) or one.name in _TELLING]
    return ChildTable(tuple(wanted), tuple(_child(kind, row, reader, wanted) for row in rows))


def _child(
    kind: RecordType, row: tuple[str, Seen], reader: Reader, fields: Sequence[Field]
) -> tuple[str, str, tuple[Value, ...]]:
    record_id, seen = row
    name = number(kind, seen.values, reader.lang) or title(kind, seen.values, reader.lang)
    return record_id, name, tuple(reader.value(one, seen) for one in fields)
