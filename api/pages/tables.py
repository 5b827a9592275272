"""A table of records: searched, filtered, sorted and paged in the store; columns from the declaration.

A network's own fields stand in the JSON column ``extra``; they are offered like every other.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from surveys import records
from surveys.codes import OTHER, Code, Codes
from surveys.errors import NotFound
from surveys.fields import THAI_DIGITS, Text
from surveys.planning.match import COMMUNITY
from surveys.record import Field, RecordType
from surveys.roles import Actor
from surveys.sight import Seen, Sight
from surveys.store.schema import table
from surveys.store.store import Store
from surveys.thai import Ref
from surveys.thai import Sequence as Number
from surveys.words import normal, words

PAGE = 50
NOTHING = "__none"
# Types with a table and a page of their own; what people make in meetings has other pages.
BROWSED = tuple(name for name, declared in records.ALL.items() if declared.by_file)
_MOST_FILTERS = 6
_BATCH = 2_000
_ARABIC_DIGITS = {arabic: thai for thai, arabic in THAI_DIGITS.items()}
_NO_TYPE = words("ไม่มีตารางนี้", "There is no such table.")
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

    @property
    def query(self) -> dict[str, Any]:
        """What an address asks so, but the page; what is empty is not asked."""
        return {
            "q": self.search, "sort": self.sort, "dir": "desc" if self.descending else "",
            "community": self.community, "only": self.only, "col": list(self.columns),
            **{f"f.{name}": value for name, value in self.filters.items()},
        }  # fmt: skip


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
    """What narrows a table beside its fields: texts of one community, ids of unplaced or double records.

    ``called`` are the names of communities by the texts with which records name them: a search finds both.
    """

    community: Sequence[str] | None = None
    ids: Sequence[str] | None = None
    called: Mapping[str, str] = field(default_factory=dict)


def sight_of(store: Store, network: str, actor: Actor, name: str) -> Sight:
    """Return what an actor sees of a record type of a network.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see the type; there is no such network, or no such table.
    """
    store.revision(network)
    if name not in BROWSED:
        raise NotFound(_NO_TYPE)
    return Sight.of(store.types(network)[name], actor)


def columns(record_type: RecordType, seen: Sequence[Field], asked: Asked) -> tuple[Field, ...]:
    """Return the columns to show: those chosen, else those of title and popup; the title itself stands first."""
    wanted = set(asked.columns) or {*record_type.title, *(one.name for one in record_type.briefs)} - {
        *record_type.title[:1],
        record_type.ordinal,
    }
    return tuple(one for one in seen if one.name in wanted) or tuple(seen[:4])


def _telling(sight: Sight, asked: Asked, rows: Sequence[Row]) -> tuple[Field, ...]:
    """Return the columns to show of rows; unless columns were chosen, first those that hold what was searched for."""
    shown = columns(sight.record_type, sight.plain, asked)
    if asked.columns or not asked.search:
        return shown
    title = sight.record_type.title[:1]
    spelled = [text for word in normal(asked.search).split() for text in _spellings(word)]
    hit = [
        one for one in sight.plain
        if one.name not in title and not isinstance(one.kind, Code | Ref) and _searched(one)
        and any(_holds(str(row.seen.values[one.name] or "").casefold(), spelled) for row in rows)
    ]  # fmt: skip
    return (*hit, *(one for one in shown if one not in hit))


def filterable(record_type: RecordType, seen: Sequence[Field]) -> tuple[Field, ...]:
    """Return the fields of code lists that can be filtered by: those in the popup and legend, and the network's own."""
    codes = [one for one in seen if isinstance(one.kind, Code) and not one.custom]
    told = sorted(codes, key=lambda one: (one.name not in record_type.colour_by, not one.brief))
    own = [one for one in seen if isinstance(one.kind, Code) and one.custom]
    return (*told[:_MOST_FILTERS], *own)


def read_page(store: Store, network: str, sight: Sight, asked: Asked, limits: Limits) -> Page:
    """Read one page of a table; only by what is seen whole may it be searched, filtered and sorted."""
    source = table(sight.record_type.name)
    where = _where(network, sight, asked, limits)
    with store.reading() as connection:
        counted = sa.select(sa.func.count()).select_from(source)
        total = connection.scalar(counted.where(source.c.network == network)) or 0
        found = connection.scalar(counted.where(where)) or 0
        pages = max(-(-found // PAGE), 1)
        number = min(max(asked.page, 1), pages)
        query = _query(sight, asked).where(where).limit(PAGE).offset((number - 1) * PAGE)
        rows = connection.execute(query).mappings().all()
    told = tuple(Row(row["id"], sight.seen(dict(row), lambda: store.vault)) for row in rows)
    return Page(told, found, total, pages, number, _telling(sight, asked, told))


def read_all(store: Store, network: str, sight: Sight, asked: Asked, limits: Limits) -> Iterator[Row]:
    """Read every row that fits what was asked, in its order, one after another."""
    query = _query(sight, asked).where(_where(network, sight, asked, limits))
    with store.reading() as connection:
        found = connection.execution_options(yield_per=_BATCH).execute(query).mappings()
        for row in found:
            yield Row(row["id"], sight.seen(dict(row), lambda: store.vault))


def _query(sight: Sight, asked: Asked) -> sa.Select[Any]:
    source = table(sight.record_type.name)
    names = [*_SYSTEM, *(one.name for one in sight.record_type.stored)]
    return sa.select(*(source.c[name] for name in names)).order_by(*_order(sight, asked))


def _where(network: str, sight: Sight, asked: Asked, limits: Limits) -> sa.ColumnElement[bool]:
    here = table(sight.record_type.name).c.network == network
    return sa.and_(here, *_conditions(sight, asked, limits))


def count(store: Store, network: str, record_type: RecordType, limits: Limits) -> int:
    """Count the records of a type within limits."""
    source = table(record_type.name)
    where = sa.and_(source.c.network == network, *_narrowed(source, limits))
    with store.reading() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(source).where(where)) or 0


def _value(source: sa.Table, one: Field) -> sa.ColumnElement[Any]:
    """Return where a field's value stands: in its column, or among what the network added."""
    # The name of an own field is a plain word (surveys.custom_rules.NAME).
    return sa.func.json_extract(source.c.extra, f"$.{one.name}") if one.custom else source.c[one.name]


def _conditions(sight: Sight, asked: Asked, limits: Limits) -> list[sa.ColumnElement[bool]]:
    source, seen = table(sight.record_type.name), sight.plain
    coded = [one for one in seen if isinstance(one.kind, Code) and asked.filters.get(one.name)]
    made = [_filter(source, one, asked.filters[one.name]) for one in coded]
    # Several words: each is found somewhere in the record.
    for word in normal(asked.search).split():
        made.append(sa.or_(sa.false(), *_matches(source, seen, word, limits.called)))
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


def _filter(source: sa.Table, one: Field, code: str) -> sa.ColumnElement[bool]:
    value = _value(source, one)
    if code == NOTHING:
        return value.is_(None)
    if isinstance(one.kind, Codes):
        return sa.type_coerce(value, sa.Text).contains(json.dumps(code), autoescape=True)
    return value == code


def _matches(
    source: sa.Table, seen: Sequence[Field], word: str, called: Mapping[str, str]
) -> list[sa.ColumnElement[bool]]:
    """Return the conditions any of which finds a word: in a text, in the words of a code, in a community's name.

    A number is found in Thai and in Arabic digits, however it was written.
    """
    spelled = _spellings(word)
    made: list[sa.ColumnElement[bool]] = []
    for one in seen:
        if isinstance(one.kind, Code):
            codes = [
                c.code for c in one.kind.choices if _holds(f"{c.words.th} {c.words.en}".casefold(), spelled)
            ]
            made += [_filter(source, one, code) for code in codes if code != OTHER]
        elif _searched(one):
            text = sa.type_coerce(_value(source, one), sa.Text)
            made += [text.contains(spelling, autoescape=True) for spelling in spelled]
        if isinstance(one.kind, Ref) and one.kind.target == COMMUNITY:
            named = [text for text, name in called.items() if _holds(name.casefold(), spelled)]
            made += [_among(_value(source, one), named)] if named else []
    return made


def _spellings(word: str) -> tuple[str, ...]:
    """Return a word with its digits as written, in Arabic and in Thai."""
    arabic = word.translate(THAI_DIGITS)
    return tuple(dict.fromkeys((word, arabic, arabic.translate(_ARABIC_DIGITS))))


def _searched(one: Field) -> bool:
    """Tell whether a search looks into the text of a field."""
    return isinstance(one.kind, Text) or one.kind.column == "TEXT"


def _holds(text: str, spelled: Sequence[str]) -> bool:
    return any(spelling.casefold() in text for spelling in spelled)


def _order(sight: Sight, asked: Asked) -> list[sa.ColumnElement[Any]]:
    """Order by the column asked for, if it is seen, empty cells last; numbers on the plan count as numbers."""
    source = table(sight.record_type.name)
    by = next((one for one in sight.plain if one.name == asked.sort), None)
    if by is None:
        return [source.c.fid]
    column = _value(source, by)
    keys = [sa.cast(column, sa.Integer), column] if isinstance(by.kind, Number) else [column]
    return [column.is_(None), *(key.desc() if asked.descending else key.asc() for key in keys), source.c.fid]
