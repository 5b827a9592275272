"""The tables of the store, derived from the record types; column types are GeoPackage's own."""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import UserDefinedType

from surveys import records
from surveys.record import RecordType

SRID = 4326
GEOMETRY = "geom"
HISTORY = "_history"
DIGEST = "_digest"

# GeoPackage's names for what a record type's shapes may be.
GEOMETRY_TYPES = {
    "point": "POINT",
    **dict.fromkeys(("line", "polygon", "place", "course", "any"), "GEOMETRY"),
}


class Native(UserDefinedType[Any]):
    """A column type written exactly as GeoPackage spells it; values pass unchanged."""

    cache_ok = True

    def __init__(self, spelling: str) -> None:
        self.spelling = spelling

    def get_col_spec(self, **_: object) -> str:
        """Return the type as it stands in CREATE TABLE."""
        return self.spelling


TEXT, INTEGER, DATETIME, BLOB = (Native(name) for name in ("TEXT", "INTEGER", "DATETIME", "BLOB"))

# What every record carries beside its declared fields: (name, type, in words).
SYSTEM: tuple[tuple[str, Native], ...] = (
    ("id", TEXT), ("network", TEXT), ("key", TEXT), ("version", INTEGER), ("opened_by", INTEGER),
    ("opened_at", DATETIME), ("source_row", INTEGER), ("source_id", TEXT),
)  # fmt: skip
# Unmapped and custom values, missing codes, raw texts of unreadable cells: JSON by field.
JSON_COLUMNS = ("extra", "missing", "raw")


def columns_of(record_type: RecordType) -> tuple[tuple[str, Native], ...]:
    """Return every column of a record table but ``fid``, as (name, type), in table order."""
    shape = ((GEOMETRY, Native(GEOMETRY_TYPES[record_type.geometry])),) if record_type.geometry else ()
    fields = tuple((f.name, Native(f.kind.column)) for f in record_type.stored)
    digests = tuple((f.name + DIGEST, TEXT) for f in record_type.stored if f.secret)
    return (*shape, *SYSTEM, *fields, *digests, *((name, TEXT) for name in JSON_COLUMNS))


@cache
def metadata() -> sa.MetaData:
    """Build the whole schema: two tables a record type, and the store's own."""
    made = sa.MetaData()
    for record_type in records.ALL.values():
        _record_tables(made, record_type)
    _own_tables(made)
    return made


def table(name: str) -> sa.Table:
    """Return a table of the schema by name."""
    return metadata().tables[name]


def _record_tables(made: sa.MetaData, record_type: RecordType) -> None:
    name = record_type.name
    columns = columns_of(record_type)
    sa.Table(
        name, made, sa.Column("fid", sa.Integer, primary_key=True),
        *(sa.Column(n, t) for n, t in columns),
        sa.Index(f"{name}_id", "id", unique=True), sa.Index(f"{name}_key", "network", "key"),
        sa.Index(f"{name}_opened", "opened_by"), sqlite_autoincrement=True,
    )  # fmt: skip
    sa.Table(
        name + HISTORY, made, sa.Column("hid", sa.Integer, primary_key=True), sa.Column("fid", INTEGER),
        *(sa.Column(n, BLOB if n == GEOMETRY else t) for n, t in columns),
        sa.Column("closed_by", INTEGER), sa.Column("closed_at", DATETIME),
        sa.Index(f"{name}_history_id", "id"), sa.Index(f"{name}_history_closed", "closed_by"),
        sa.Index(f"{name}_history_opened", "opened_by"),
    )  # fmt: skip


def _own_tables(made: sa.MetaData) -> None:
    def column(name: str, kind: Native = TEXT, **facts: Any) -> sa.Column[Any]:
        return sa.Column(name, kind, **facts)

    sa.Table("mankong_meta", made, column("name", primary_key=True), column("value"))
    sa.Table("network_state", made, column("network", primary_key=True), column("revision", INTEGER))
    # Every change of records: an import, an edit, a decision; undone or not. ``id`` tells their order;
    # ``number`` is an import's, by which people know it (docs/decisions/0004-import-numbers.md).
    sa.Table(
        "change", made, sa.Column("id", sa.Integer, primary_key=True), column("network"), column("kind"),
        column("at", DATETIME), column("actor"), column("state"), column("report"), column("identity"),
        column("number", INTEGER), sa.Index("change_network", "network", "kind"),
        sa.Index("change_identity", "network", "identity"), sa.Index("change_number", "number", unique=True),
    )  # fmt: skip
    # Append-only; each row carries the digest of the one before.
    sa.Table(
        "event", made, sa.Column("id", sa.Integer, primary_key=True), column("at", DATETIME), column("actor"),
        column("network"), column("action"), column("subject"), column("detail"), column("digest"),
    )  # fmt: skip
    sa.Table(
        "custom_field", made, sa.Column("id", sa.Integer, primary_key=True), column("network"), column("type"),
        column("name"), column("th"), column("en"), column("kind"), column("privacy", INTEGER), column("aliases"),
        column("unit_th"), column("unit_en"), column("section"), column("retired", INTEGER),
        sa.UniqueConstraint("network", "type", "name"),
    )  # fmt: skip
    sa.Table(
        "custom_choice", made, sa.Column("id", sa.Integer, primary_key=True), column("network"), column("type"),
        column("field"), column("code"), column("th"), column("en"), column("aliases"), column("retired", INTEGER),
        sa.UniqueConstraint("network", "type", "field", "code"),
    )  # fmt: skip
