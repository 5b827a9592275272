"""One record as its page shows it: its fields in groups, its history, where it came from, its relatives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from api.pages.values import Reader, Value, number, title
from surveys.errors import no_record
from surveys.record import Field, Group, RecordType
from surveys.store.schema import table
from surveys.store.store import Store
from surveys.words import Words, words

Row = dict[str, Any]

KINDS: dict[str, Words] = {
    "import": words("นำเข้าไฟล์", "file imported"), "edit": words("แก้ไขในระบบ", "edited here"),
    "proposal": words("ข้อเสนอ", "proposal"), "undo": words("ยกเลิกการนำเข้า", "import undone"),
    "redo": words("นำกลับมา", "import redone"),
}  # fmt: skip
OTHER_GROUP = Group("other", words("อื่น ๆ", "Other"))


@dataclass(frozen=True)
class Shown:
    """A field with its value."""

    field: Field
    value: Value


@dataclass(frozen=True)
class Version:
    """A version of a record: when, by whom, from which change, and what it changed."""

    number: int
    at: str
    actor: str | None
    kind: Words
    import_id: int | None
    file: str
    source_row: int | None
    undone: bool
    changed: tuple[tuple[Field, Value, Value], ...]


def current(store: Store, network: str, record_type: RecordType, record_id: str) -> Row:
    """Return the current version of a record, without its shape.

    Raises
    ------
    NotFound
        If there is none of this id in the network.
    """
    found = [row for row in store.history(network, record_type.name, record_id) if "closed_by" not in row]
    if not found:
        raise no_record(record_type.name, record_id)
    return found[0]


def groups(record_type: RecordType, row: Row, reader: Reader) -> list[tuple[Group, list[Shown]]]:
    """Return the filled fields of a record by the section of the form they stand in."""
    made: dict[Group, list[Shown]] = {}
    for field in record_type.fields:
        value = reader.value(field, row)
        if value:
            made.setdefault(field.group or OTHER_GROUP, []).append(Shown(field, value))
    return list(made.items())


def versions(
    store: Store, network: str, record_type: RecordType, record_id: str, reader: Reader
) -> list[Version]:
    """Return every version of a record, the newest first, each with what it changed."""
    rows = store.history(network, record_type.name, record_id)
    changes = _changes(store, {row["opened_by"] for row in rows})
    told = []
    for place, row in enumerate(rows):
        older = rows[place + 1] if place + 1 < len(rows) else None
        change = changes.get(row["opened_by"], {})
        made_by = change.get("kind", "edit")
        told.append(
            Version(
                number=row["version"], at=row["opened_at"], actor=change.get("actor"),
                kind=KINDS.get(made_by, KINDS["edit"]), import_id=row["opened_by"] if made_by == "import" else None,
                file=change.get("file") or "", source_row=row["source_row"], undone=change.get("state") == "undone",
                changed=tuple(_changed(record_type.fields, row, older, reader)) if older else (),
            )
        )  # fmt: skip
    return told


def _changes(store: Store, numbers: set[int]) -> dict[int, dict[str, Any]]:
    change = table("change")
    file = sa.func.json_extract(change.c.report, "$.file").label("file")
    query = sa.select(change.c.id, change.c.kind, change.c.actor, change.c.state, file).where(
        change.c.id.in_(numbers)
    )
    with store.reading() as connection:
        return {row["id"]: dict(row) for row in connection.execute(query).mappings()}


def _changed(fields: Sequence[Field], new: Row, old: Row, reader: Reader) -> list[tuple[Field, Value, Value]]:
    """Return the fields whose value differs, as the reader sees them; a secret differs only by its text."""
    pairs = [(field, reader.value(field, old), reader.value(field, new)) for field in fields]
    return [
        (field, before, now)
        for field, before, now in pairs
        if (before.text, before.raw) != (now.text, now.raw)
    ]


@dataclass(frozen=True)
class ChildTable:
    """The records that belong to a record: their brief fields, and (id, name, values) of each."""

    fields: tuple[Field, ...]
    rows: tuple[tuple[str, str, tuple[Value, ...]], ...]


# Fields that tell people apart in a list, though they stand in no popup.
_TELLING = ("head_name", "name", "surname", "relation")


def child_table(kind: RecordType, rows: Sequence[Mapping[str, Any]], reader: Reader) -> ChildTable:
    """Describe the records that belong to another; what they share with it is not said again."""
    shared = {"community", *kind.title, kind.ordinal, *(name for key in kind.keys for name in key)}
    wanted = [one for one in kind.fields if (one.brief and one.name not in shared) or one.name in _TELLING]
    fields = tuple(one for one in wanted if one.privacy <= reader.sees)
    return ChildTable(fields, tuple(_child(kind, row, reader, fields) for row in rows))


def _child(
    kind: RecordType, row: Mapping[str, Any], reader: Reader, fields: Sequence[Field]
) -> tuple[str, str, tuple[Value, ...]]:
    name = number(kind, row, reader.lang) or title(kind, row, reader.lang)
    return row["id"], name, tuple(reader.value(one, row) for one in fields)
