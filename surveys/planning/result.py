"""What an analysis gives: a table whose columns say what they are, with notes and sources."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import pandas as pd

from gis.units import format_area
from surveys.cells import disarmed
from surveys.dates import BANGKOK, day_of, show_date
from surveys.planning.match import Frames
from surveys.records import ALL
from surveys.shared import SURVEY
from surveys.thai import Day
from surveys.words import LANGS, Lang, Words, words

ColumnKind = Literal["text", "count", "area", "share", "date", "code"]
Note = Words

PERCENT = words("ร้อยละ", "%")


@dataclass(frozen=True)
class Column:
    """A column of a result.

    An area is in square metres, a share between 0 and 1. ``labels`` are the words of codes.
    ``missing_of`` is (field, missing code) of a column that counts answers that are not there:
    such columns stand apart from the counts of answers. ``own`` marks a choice that the network has
    added: it is shown where it occurs.
    """

    name: str
    words: Words
    kind: ColumnKind
    unit: Words | None = None
    labels: Mapping[str, Words] = field(default_factory=dict, hash=False)
    missing_of: tuple[str, str] | None = None
    own: bool = False


@dataclass(frozen=True)
class Chart:
    """How the table is best drawn: ``values`` are names of columns, ``label`` names the bars."""

    kind: Literal["bar", "stacked"]
    label: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """Where numbers come from: how many records, when the newest arrived, by which imports.

    ``newest`` is the day in Thailand on which the newest record came in, ``surveyed`` the newest
    day of survey that the records themselves give.
    """

    type: Words
    rows: int
    newest: date | None
    imports: tuple[int, ...]
    surveyed: date | None = None


@dataclass(frozen=True)
class Result:
    """A table to decide by. ``totals`` hold the columns that may be summed, over the whole network."""

    table: pd.DataFrame
    columns: tuple[Column, ...]
    chart: Chart | None
    notes: tuple[Note, ...]
    sources: tuple[Source, ...]
    totals: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def telling(self) -> tuple[Column, ...]:
        """Return the columns worth a reader's eye: all but counts of missing answers and own choices that are all 0."""
        return tuple(c for c in self.columns if not (c.missing_of or c.own) or self.table[c.name].any())


def typed(table: pd.DataFrame, columns: Iterable[Column]) -> pd.DataFrame:
    """Put a table's columns in order and give each the type of its kind: counts are Int64, NA undefined."""
    dtypes = {"count": "Int64", "area": "float64", "share": "float64", "date": "datetime64[s]"}
    ordered = {column.name: dtypes.get(column.kind, "str") for column in columns}
    return table[list(ordered)].astype(ordered)


def totals_of(table: pd.DataFrame, columns: Iterable[Column]) -> dict[str, float | None]:
    """Sum the counts and areas of a table whose rows share nothing; None where every row is undefined."""
    summed = {
        c: table[c.name].sum(min_count=min(1, len(table))) for c in columns if c.kind in ("count", "area")
    }
    return {c.name: plain(c, number) for c, number in summed.items()}


def sources_of(frames: Frames, names: Iterable[str]) -> tuple[Source, ...]:
    """Say of each record type how many records were counted, how new they are and who brought them."""
    return tuple(_source(name, frames[name]) for name in names)


def survey_days(type_name: str) -> tuple[str, ...]:
    """Return the fields of a record type that say on which day it was surveyed."""
    fields = ALL[type_name].stored
    return tuple(f.name for f in fields if isinstance(f.kind, Day) and f.group is SURVEY)


def told_days(frame: pd.DataFrame, day: str) -> pd.Series[pd.Timestamp]:
    """Return the days of a field; NaT for those after the record came in, which nobody can have seen."""
    came = frame["opened_at"].dt.tz_convert(BANGKOK).dt.tz_localize(None)
    days: pd.Series[pd.Timestamp] = frame[day].where(frame[day] <= came)
    return days


def _source(name: str, frame: pd.DataFrame) -> Source:
    newest = pd.to_datetime(frame["opened_at"].max(), utc=True)
    days = [told_days(frame, day).max() for day in survey_days(name)]
    surveyed = max((day for day in days if pd.notna(day)), default=None)
    return Source(
        type=ALL[name].words,
        rows=len(frame),
        newest=None if pd.isna(newest) else day_of(newest),
        imports=tuple(sorted(int(n) for n in frame["import_id"].dropna().unique())),
        surveyed=None if surveyed is None else surveyed.date(),
    )


def as_json(result: Result, lang: Lang | None = None) -> dict[str, Any]:
    """Return a result as plain values for a page or a script.

    Words are ``{"th", "en"}``, or one text when ``lang`` is given. A row holds plain values under
    the columns' names (null where undefined), and under ``NAME_text`` what people read of an area
    (rai-ngan-wa), a date, a share or a code. ``missing`` of a row counts the answers that are not
    there, by field and reason; they are in no other number.
    """
    records = zip(result.table.index, result.table.to_dict("records"), strict=True)
    rows = [{"id": str(key), **_row(result.columns, row, lang)} for key, row in records]
    return {
        "columns": [_column(column, lang) for column in result.columns],
        "rows": rows,
        "totals": _row([c for c in result.columns if c.name in result.totals], result.totals, lang),
        "chart": None if result.chart is None else vars(result.chart) | {"values": [*result.chart.values]},
        "notes": [_said(note, lang) for note in result.notes],
        "sources": [_source_json(source, lang) for source in result.sources],
    }


def as_csv(result: Result, lang: Lang) -> str:
    """Write the telling columns for a spreadsheet: numbers as numbers, codes and dates as people read them.

    Areas are in square metres. No text is one that a spreadsheet would run.
    """
    columns = result.telling
    text = io.StringIO()
    writer = csv.writer(text)
    units = [f" ({column.unit.of(lang)})" if column.unit else "" for column in columns]
    writer.writerow([column.words.of(lang) + unit for column, unit in zip(columns, units, strict=True)])
    for row in result.table[[column.name for column in columns]].itertuples(index=False, name=None):
        writer.writerow(
            [_spreadsheet_cell(column, value, lang) for column, value in zip(columns, row, strict=True)]
        )
    return "\ufeff" + text.getvalue()


def _spreadsheet_cell(column: Column, value: object, lang: Lang) -> object:
    shown = plain(column, value)
    if column.kind in ("code", "date") and (text := said(column, shown)) is not None:
        shown = text.of(lang)
    return disarmed(shown) if isinstance(shown, str) else shown


def _said(text: Words | None, lang: Lang | None) -> str | dict[str, str] | None:
    """Write words in one language, or in both."""
    if text is None or lang is not None:
        return None if text is None else text.of(lang or "th")
    return {one: text.of(one) for one in LANGS}


def _column(column: Column, lang: Lang | None) -> dict[str, Any]:
    facts = {"name": column.name, "kind": column.kind, "heading": _said(column.words, lang)}
    more = {} if column.missing_of is None else {"missing_of": [*column.missing_of]}
    return facts | {"unit": _said(column.unit, lang)} | more


def _row(columns: Iterable[Column], row: Mapping[Any, Any], lang: Lang | None) -> dict[str, Any]:
    values: dict[str, Any] = {}
    missing: dict[str, dict[str, int]] = {}
    for column in columns:
        value = plain(column, row[column.name])
        if column.missing_of is not None:
            named, code = column.missing_of
            missing.setdefault(named, {})[code] = value
            continue
        values[column.name] = value
        if (text := said(column, value)) is not None:
            values[f"{column.name}_text"] = _said(text, lang)
    return values | ({"missing": missing} if missing else {})


def plain(column: Column, value: Any) -> Any:
    """Turn a value of a table into a plain one: None, a whole number, a number, a text or an ISO date."""
    if pd.isna(value):
        return None
    if column.kind == "count":
        return int(value)
    if column.kind in ("area", "share"):
        return round(float(value), 4)
    return pd.Timestamp(value).date().isoformat() if column.kind == "date" else str(value)


def said(column: Column, value: Any) -> Words | None:
    """Return what people read of a plain value, where it is not the value itself."""
    if value is None:
        return None
    if column.kind == "area":
        return words(format_area(value, "th"), format_area(value, "en"))
    if column.kind == "share":
        return words(f"{value:.0%}", f"{value:.0%}")
    if column.kind == "date":
        return words(*(show_date(date.fromisoformat(value), lang) for lang in LANGS))
    return column.labels.get(value)


def _source_json(source: Source, lang: Lang | None) -> dict[str, Any]:
    dates = {"newest": source.newest, "surveyed": source.surveyed}
    said_dates = {
        f"{name}_text": _said(words(show_date(day, "th"), show_date(day, "en")) if day else None, lang)
        for name, day in dates.items()
    }
    plain_dates = {name: day.isoformat() if day else None for name, day in dates.items()}
    facts = {"type": _said(source.type, lang), "rows": source.rows, "imports": [*source.imports]}
    return facts | plain_dates | said_dates
