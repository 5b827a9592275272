"""A network's own fields and choices: rows that extend the declared record types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from surveys.codes import Choice, Code
from surveys.fields import Flag, Integer, Kind, Number, Text
from surveys.privacy import Privacy
from surveys.record import Field, RecordType
from surveys.store.schema import table
from surveys.thai import Day, LandArea, Year
from surveys.words import Words

# The kinds a network may give a field of its own, by the word in ``custom_field.kind``.
CUSTOM_KINDS: dict[str, Kind] = {
    "text": Text(), "number": Number(), "integer": Integer(), "flag": Flag(), "day": Day(), "year": Year(),
    "area": LandArea(), "code": Code(),
}  # fmt: skip


def extend(
    declared: Mapping[str, RecordType], connection: sa.Connection, network: str
) -> dict[str, RecordType]:
    """Return the record types with a network's own fields (in ``extra``) and choices."""
    fields, choices = table("custom_field"), table("custom_choice")
    own_fields = connection.execute(sa.select(fields).where(fields.c.network == network)).mappings().all()
    own_choices = connection.execute(sa.select(choices).where(choices.c.network == network)).mappings().all()
    types = dict(declared)
    for row in own_fields:
        types[row["type"]] = types[row["type"]].with_fields([_field(dict(row))])
    for row in own_choices:
        field = types[row["type"]].by_name[row["field"]]
        types[row["type"]] = types[row["type"]].with_fields([_with_choice(field, dict(row))])
    return types


def _field(row: Mapping[str, Any]) -> Field:
    return Field(
        name=row["name"], kind=CUSTOM_KINDS[row["kind"]], words=Words(row["th"], row["en"]), custom=True,
        privacy=Privacy(row["privacy"]), aliases=tuple(json.loads(row["aliases"] or "[]")),
    )  # fmt: skip


def _with_choice(field: Field, row: Mapping[str, Any]) -> Field:
    if not isinstance(field.kind, Code):
        return field
    more = Choice(
        row["code"],
        Words(row["th"], row["en"]),
        tuple(json.loads(row["aliases"] or "[]")),
        bool(row["retired"]),
    )
    kept = tuple(c for c in field.kind.choices if c.code != more.code)
    return replace(field, kind=replace(field.kind, choices=(*kept, more)))
