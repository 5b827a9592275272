"""An analysis as a table that people read, and the chart beside it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from maps import charts
from surveys.export import Listing
from surveys.planning.analysis import Column, Result
from surveys.planning.result import plain, said
from surveys.words import Lang, words

NUMBERS = ("count", "area", "share")
# So many columns of words still leave the numbers in sight.
_FEW_WORDS = 3
_NONE = words("ไม่ระบุ", "not said")


@dataclass(frozen=True)
class Cell:
    """One cell as text; numbers stand to the right."""

    text: str
    number: bool


@dataclass(frozen=True)
class Row:
    """A row: the id of what it is about, and its cells."""

    id: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Shown:
    """A result for one reader: headings (text, unit, number), rows, totals or none, chart or none."""

    headings: tuple[tuple[str, str, bool], ...]
    rows: tuple[Row, ...]
    totals: tuple[Cell, ...]
    chart: dict[str, Any] | None
    notes: tuple[str, ...]


def shown(result: Result, lang: Lang, only: Collection[str] | None = None) -> Shown:
    """Write a result in a language; ``only`` names the columns wanted, the telling ones by default."""
    columns = _ordered([c for c in result.telling if only is None or c.name in only])
    rows = tuple(
        Row(str(key), tuple(_cell(column, record[column.name], lang) for column in columns))
        for key, record in zip(result.table.index, result.table.to_dict("records"), strict=True)
    )
    totals = (
        tuple(_total(column, result, lang) for column in columns) if result.totals and len(rows) > 1 else ()
    )
    headings = tuple((c.words.of(lang), _unit(c, lang), c.kind in NUMBERS) for c in columns)
    notes = tuple(note.of(lang) for note in result.notes)
    return Shown(headings, rows, totals, charts.chart(result, lang), notes)


def _ordered(columns: list[Column]) -> list[Column]:
    """Put the numbers beside the name where many words stand between them, and counts of what is missing last."""
    first, rest = columns[:1], columns[1:]
    said = [c for c in rest if c.kind not in NUMBERS]
    if len(said) <= _FEW_WORDS:
        return columns
    numbers = [c for c in rest if c.kind in NUMBERS]
    return [*first, *(c for c in numbers if not c.missing_of), *said, *(c for c in numbers if c.missing_of)]


def listing(result: Result, lang: Lang) -> Listing:
    """Return the telling columns for a workbook, as its CSV has them: numbers as numbers, areas in square metres."""
    columns = result.telling
    units = [f" ({column.unit.of(lang)})" if column.unit else "" for column in columns]
    headings = [column.words.of(lang) + unit for column, unit in zip(columns, units, strict=True)]
    table = result.table[[column.name for column in columns]]
    rows = (
        [_written(column, value, lang) for column, value in zip(columns, row, strict=True)]
        for row in table.itertuples(index=False, name=None)
    )
    return Listing(headings, rows)


def _written(column: Column, value: Any, lang: Lang) -> Any:
    bare = plain(column, value)
    told = said(column, bare) if column.kind in ("code", "date") else None
    return told.of(lang) if told else bare


def _unit(column: Column, lang: Lang) -> str:
    """Return the unit of a count; areas and shares carry theirs in the cell."""
    return column.unit.of(lang) if column.unit and column.kind == "count" else ""


def _cell(column: Column, value: Any, lang: Lang) -> Cell:
    bare = plain(column, value)
    if bare is None:
        return Cell(_NONE.of(lang) if column.kind == "code" else "—", column.kind in NUMBERS)
    told = said(column, bare)
    text = told.of(lang) if told else f"{bare:,}" if column.kind == "count" else str(bare)
    return Cell(text, column.kind in NUMBERS)


def _total(column: Column, result: Result, lang: Lang) -> Cell:
    if column.name not in result.totals:
        return Cell("", column.kind in NUMBERS)
    return _cell(column, result.totals[column.name], lang)
