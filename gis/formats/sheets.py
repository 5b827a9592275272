"""Workbooks (XLSX, XLS, ODS) through calamine: every sheet with rows a layer, its used range looked at
before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import numpy as np
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from gis.formats import cells, ods_parts, survey_table, xlsx_parts
from gis.formats.header import MERGED, Heading, Range, find_heading
from gis.formats.model import BATCH_ROWS, Defect, Refused
from gis.formats.output import Output
from gis.formats.source import Source
from gis.formats.table import Batch, TableOrigin

_HEAD_ROWS = 200
Numbered = Iterator[tuple[int, list[Any]]]


@dataclass(frozen=True)
class _Seen:
    """What was seen of the sheets besides their cells, by their names."""

    unvalued: Mapping[str, Sequence[xlsx_parts.Unvalued]] = field(default_factory=dict)
    merged: Mapping[str, Sequence[Range]] = field(default_factory=dict)

    def merged_in(self, sheet: CalamineSheet) -> Sequence[Range]:
        """The merged cells of a sheet."""
        found = sheet.merged_cell_ranges
        if found is None:
            return self.merged.get(sheet.name, ())
        return [(top, left, bottom, right) for (top, left), (bottom, right) in found[:MERGED]]


def read_xlsx(source: Source, output: Output) -> None:
    """Read an XLSX after its archive limits and the used range of every sheet are looked at."""
    _read(source, output, _Seen(unvalued=xlsx_parts.survey(source, output.limits)))


def read_ods(source: Source, output: Output) -> None:
    """Read an ODS after its archive limits are looked at."""
    _read(source, output, _Seen(merged=ods_parts.merged(source, output.limits)))


def read_xls(source: Source, output: Output) -> None:
    """Read an XLS; its format cannot hold more than 65,536 x 256 cells a sheet."""
    _read(source, output, _Seen())


def _read(source: Source, output: Output, seen: _Seen) -> None:
    try:
        workbook = CalamineWorkbook.from_path(str(source.path))
        for name in workbook.sheet_names:
            if output.wants(name):
                _read_sheet(workbook.get_sheet_by_name(name), output, seen)
    except CalamineError as error:
        raise Refused("spreadsheet_unreadable") from error


def _read_sheet(sheet: CalamineSheet, output: Output, seen: _Seen) -> None:
    if sheet.start is None or sheet.end is None:
        output.layer(sheet.name, []).close()
        return
    if (sheet.end[0] + 1) * (sheet.end[1] + 1) > output.limits.cells:
        raise Refused("too_many_cells", layer=sheet.name, detail={"limit": str(output.limits.cells)})
    head = [[cells.text(value) for value in values] for values in islice(sheet.iter_rows(), _HEAD_ROWS)]
    merged = seen.merged_in(sheet)
    heading = find_heading(head, merged)
    if heading is None:
        output.layer(sheet.name, []).close()
        return
    width = _width(sheet, heading)
    shown = replace(heading, names=heading.names[:width])
    notes = _notes(shown, seen.unvalued.get(sheet.name, ()))
    survey_table.write(output, sheet.name, shown, _batches(sheet, shown, merged, notes), TableOrigin())


def _width(sheet: CalamineSheet, heading: Heading) -> int:
    """Columns up to the last with a heading, or beyond it to the last that any row fills."""
    named = max(place for place, name in enumerate(heading.names, 1) if name)
    if named == len(heading.names):
        return named
    below = islice(sheet.iter_rows(), heading.index + 1, None)
    filled = (len(values) - _empty_end(values[named:]) for values in below)
    return max(named, max(filled, default=0))


def _empty_end(values: list[Any]) -> int:
    """How many cells at the end are empty."""
    empty = 0
    for value in reversed(values):
        if value != "":
            break
        empty += 1
    return empty


def _notes(heading: Heading, unvalued: Iterable[xlsx_parts.Unvalued]) -> list[Defect]:
    """What is to be said of cells below the headings whose formula has no value."""
    return [
        Defect("formula_without_value", "", each.row, heading.names[each.column], each.shown)
        for each in unvalued
        if each.row > heading.index + 1 and each.column < len(heading.names)
    ]


def _batches(
    sheet: CalamineSheet, heading: Heading, merged: Sequence[Range], notes: list[Defect]
) -> Iterator[Batch]:
    """The rows below the heading, blank ones left out, numbered as the spreadsheet shows them."""
    width = len(heading.names)
    numbered: Numbered = enumerate(islice(sheet.iter_rows(), heading.index + 1, None), heading.index + 2)
    down = [each for each in merged if heading.index < each[0] < each[2] and each[1] < width]
    if down:
        numbered = _filled_down(numbered, down)
        rows = (Defect("merged_cells", "", each[0] + 1, heading.names[each[1]]) for each in down)
        notes = [*notes, *rows]
    filled = ((row, values) for row, values in numbered if any(value != "" for value in values[:width]))
    while part := list(islice(filled, BATCH_ROWS)):
        numbers = np.array([row for row, _ in part], dtype=np.int32)
        columns = list(zip(*(values[:width] for _, values in part), strict=True))
        yield Batch(numbers, [cells.sheet_column(column) for column in columns], notes=notes)
        notes = []


def _filled_down(numbered: Numbered, down: Sequence[Range]) -> Numbered:
    """The same rows, the value of cells merged over several of them in each of them."""
    starts: dict[int, list[Range]] = {}
    for each in down:
        starts.setdefault(each[0] + 1, []).append(each)
    open_: dict[int, tuple[int, Any]] = {}  # column -> last row of the merged cells, their value
    for row, values in numbered:
        for column, (last, value) in list(open_.items()):
            if row > last:
                del open_[column]
            elif values[column] == "":
                values[column] = value
        for _, column, bottom, _ in starts.get(row, ()):
            open_[column] = (bottom + 1, values[column])
        yield row, values
