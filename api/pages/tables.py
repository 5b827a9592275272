"""A table of records: searched, filtered, sorted and paged in the store; columns from the declaration."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from surveys.codes import OTHER, Code, Codes
from surveys.fields import Text
from surveys.record import Field, RecordType
from surveys.sight import Seen, Sight
from surveys.store.schema import table
from surveys.store.store import Store
from surveys.thai import Sequence as Number
from surveys.words import normal

PAGE = 50
NOTHING = "__none"
_MOST_FILTERS = 6
_SYSTEM = ("id", "extra", "missing", "raw")


@dataclass(frozen=True)
class Asked:
    """What a person asked of a table."""

    search: str = ""
    sort: str = ""
    descending: bool = False
    page: int = 1
    filters: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    community: str = ""
    only: str = ""


@dataclass(frozen=True)
class Row:
    """A row of a table, as far as it is seen."""

    id: str
    seen: Seen


@dataclass(frozen=True)
class Page:
    """One page of a table: its rows, how many fit what was asked, and the columns shown."""

    rows: tuple[Row, ...]
    found: int
    total: int
    pages: int
    number: int
    columns: tuple[Field, ...]


@dataclass(frozen=True)
class Limits:
    """What narrows a table beside its fields: texts of one community, ids of unplaced or double records."""

    community: Sequence[str] | None = None
    ids: Sequence[str] | None = None


def columns(record_type: RecordType, seen: Sequence[Field], asked: Asked) -> tuple[Field, ...]:
    """Return the columns to show: those chosen, else those of title and popup; the title itself stands first."""
    wanted = set(asked.columns) or {*record_type.title, *(one.name for one in record_type.briefs)} - {
        *record_type.title[:1],
        record_type.ordinal,
    }
    return tuple(one for one in seen if one.name in wanted) or tuple(seen[:4])


def filterable(record_type: RecordType, seen: Sequence[Field]) -> tuple[Field, ...]:
    """Return the fields of code lists that can be filtered by: those in the popup and legend first."""
    codes = [one for one in seen if isinstance(one.kind, Code)]
    return tuple(sorted(codes, key=lambda one: (one.name not in record_type.colour_by, not one.brief)))[
        :_MOST_FILTERS
    ]


def read_page(store: Store, network: str, sight: Sight, asked: Asked, limits: Limits) -> Page:
    """Read one page of a table; only by what is seen whole may it be searched, filtered and sorted."""
    record_type, seen = sight.record_type, stored(sight)
    source = table(record_type.name)
    here = source.c.network == network
    where = sa.and_(here, *_conditions(record_type, seen, asked, limits))
    names = [*_SYSTEM, *(one.name for one in record_type.stored)]
    with store.reading() as connection:
        total = connection.scalar(sa.select(sa.func.count()).select_from(source).where(here)) or 0
        found = connection.scalar(sa.select(sa.func.count()).select_from(source).where(where)) or 0
        pages = max(-(-found // PAGE), 1)
        number = min(max(asked.page, 1), pages)
        query = (
            sa.select(*(source.c[name] for name in names))
            .where(where)
            .order_by(*_order(record_type, seen, asked))
        )
        rows = connection.execute(query.limit(PAGE).offset((number - 1) * PAGE)).mappings().all()
    told = tuple(Row(row["id"], sight.seen(dict(row), lambda: store.vault)) for row in rows)
    return Page(told, found, total, pages, number, columns(record_type, seen, asked))


def stored(sight: Sight) -> tuple[Field, ...]:
    """Return the fields seen whole that are columns of the table."""
    return tuple(one for one in sight.plain if not one.custom)


def count(store: Store, network: str, record_type: RecordType, limits: Limits) -> int:
    """Count the records of a type within limits."""
    source = table(record_type.name)
    where = sa.and_(source.c.network == network, *_narrowed(source, limits))
    with store.reading() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(source).where(where)) or 0


def _conditions(
    record_type: RecordType, seen: Sequence[Field], asked: Asked, limits: Limits
) -> list[sa.ColumnElement[bool]]:
    source = table(record_type.name)
    coded = [one for one in seen if isinstance(one.kind, Code) and asked.filters.get(one.name)]
    made = [_filter(source.c[one.name], one, asked.filters[one.name]) for one in coded]
    if asked.search:
        made.append(sa.or_(sa.false(), *_matches(source, seen, normal(asked.search))))
    return [*made, *_narrowed(source, limits)]


def _narrowed(source: sa.Table, limits: Limits) -> list[sa.ColumnElement[bool]]:
    made = []
    if limits.community is not None:
        made.append(_among(source.c.community, limits.community))
    if limits.ids is not None:
        made.append(_among(source.c.id, limits.ids))
    return made


def _among(column: sa.ColumnElement[Any], values: Sequence[str]) -> sa.ColumnElement[bool]:
    """Tell whether a column holds one of many values, sent as one parameter however many they are."""
    listed = sa.func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(sa.select(listed.c.value))


def _filter(column: sa.ColumnElement[Any], one: Field, code: str) -> sa.ColumnElement[bool]:
    if code == NOTHING:
        return column.is_(None)
    return (
        column.contains(json.dumps(code), autoescape=True) if isinstance(one.kind, Codes) else column == code
    )


def _matches(source: sa.Table, seen: Sequence[Field], text: str) -> list[sa.ColumnElement[bool]]:
    """Return the conditions any of which finds a text: in a text field, or in the words of a code."""
    made: list[sa.ColumnElement[bool]] = []
    for one in seen:
        if isinstance(one.kind, Code):
            codes = [
                c.code for c in one.kind.choices if text.casefold() in f"{c.words.th} {c.words.en}".casefold()
            ]
            made += [_filter(source.c[one.name], one, code) for code in codes if code != OTHER]
        elif isinstance(one.kind, Text | Number) or one.kind.column == "TEXT":
            made.append(source.c[one.name].contains(text, autoescape=True))
    return made


def _order(record_type: RecordType, seen: Sequence[Field], asked: Asked) -> list[sa.ColumnElement[Any]]:
    """Order by the column asked for, if it is seen, empty cells last; numbers on the plan count as numbers."""
    source = table(record_type.name)
    if asked.sort not in {one.name for one in seen}:
        return [source.c.fid]
    column = source.c[asked.sort]
    keys = (
        [sa.cast(column, sa.Integer), column]
        if isinstance(record_type.by_name[asked.sort].kind, Number)
        else [column]
    )
    return [column.is_(None), *(key.desc() if asked.descending else key.asc() for key in keys), source.c.fid]
