"""A network's own fields and choices: rows that extend the declared record types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from surveys import records
from surveys.codes import Choice, Code, Codes
from surveys.fields import Flag, Integer, Kind, Number, Text
from surveys.privacy import Privacy
from surveys.record import Field, Group, RecordType
from surveys.store.schema import table
from surveys.thai import Day, LandArea, Year
from surveys.words import Words, words

# The kinds a network may give a field of its own, by the word in ``custom_field.kind``.
CUSTOM_KINDS: dict[str, Kind] = {
    "text": Text(), "number": Number(), "integer": Integer(), "flag": Flag(), "day": Day(), "year": Year(),
    "area": LandArea(), "code": Code(), "codes": Codes(),
}  # fmt: skip
# What a person chooses them by.
KIND_WORDS: dict[str, Words] = {
    "text": words("ข้อความ", "text"), "number": words("ตัวเลข มีจุดทศนิยมได้", "number"),
    "integer": words("จำนวนเต็ม", "whole number"), "flag": words("ใช่ หรือ ไม่ใช่", "yes or no"),
    "day": words("วันที่", "date"), "year": words("ปี", "year"),
    "area": words("เนื้อที่ ไร่-งาน-ตร.ว.", "area of land"), "code": words("เลือกหนึ่งอย่างจากรายการ", "one of a list"),
    "codes": words("เลือกได้หลายอย่างจากรายการ", "several of a list"),
}  # fmt: skip
# The sections of forms that the declared fields of each record type stand in.
SECTIONS: dict[str, dict[str, Group]] = {
    name: {field.group.name: field.group for field in declared.fields if field.group}
    for name, declared in records.ALL.items()
}


def extend(
    declared: Mapping[str, RecordType], connection: sa.Connection, network: str
) -> dict[str, RecordType]:
    """Return the record types with a network's own fields (in ``extra``) and choices."""
    types = dict(declared)
    for row in rows(connection, "custom_field", network):
        types[row["type"]] = types[row["type"]].with_fields([_field(row)])
    for row in rows(connection, "custom_choice", network):
        field = types[row["type"]].by_name[row["field"]]
        types[row["type"]] = types[row["type"]].with_fields([with_choice(field, choice_of(row))])
    return types


def rows(connection: sa.Connection, name: str, network: str) -> list[dict[str, Any]]:
    """Return the rows of ``custom_field`` or ``custom_choice`` of a network, in the order they were made."""
    source = table(name)
    query = sa.select(source).where(source.c.network == network).order_by(source.c.id)
    return [dict(row) for row in connection.execute(query).mappings()]


def _field(row: Mapping[str, Any]) -> Field:
    unit = Words(row["unit_th"], row["unit_en"] or row["unit_th"]) if row["unit_th"] else None
    return Field(
        name=row["name"], kind=CUSTOM_KINDS[row["kind"]], words=Words(row["th"], row["en"]), custom=True,
        privacy=Privacy(row["privacy"]), aliases=tuple(json.loads(row["aliases"] or "[]")), unit=unit,
        group=SECTIONS[row["type"]].get(row["section"] or ""), retired=bool(row["retired"]),
    )  # fmt: skip


def kind_of(field: Field) -> str:
    """Return the word for the kind of a network's own field."""
    return next(word for word, known in CUSTOM_KINDS.items() if type(known) is type(field.kind))


def row_of(field: Field) -> dict[str, Any]:
    """Return a network's own field as the values of its row."""
    return {
        "name": field.name, "th": field.words.th, "en": field.words.en, "kind": kind_of(field),
        "retired": int(field.retired),
        "privacy": int(field.privacy), "aliases": json.dumps(list(field.aliases), ensure_ascii=False),
        "unit_th": field.unit.th if field.unit else None, "unit_en": field.unit.en if field.unit else None,
        "section": field.group.name if field.group else None,
    }  # fmt: skip


def choice_of(row: Mapping[str, Any]) -> Choice:
    """Return the choice that a row of ``custom_choice`` tells."""
    aliases = tuple(json.loads(row["aliases"] or "[]"))
    return Choice(row["code"], Words(row["th"], row["en"]), aliases, bool(row["retired"]))


def with_choice(field: Field, more: Choice) -> Field:
    """Return a field with one more choice in its code list, or that choice as it is now."""
    if not isinstance(field.kind, Code):
        return field
    kept = tuple(c for c in field.kind.choices if c.code != more.code)
    return replace(field, kind=replace(field.kind, choices=(*kept, more)))
