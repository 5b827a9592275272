"""Workbooks (XLSX, XLS, ODS) through calamine: every sheet with rows a layer, its used range looked at
before.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from gis.formats import archive, cells
from gis.formats.model import BATCH_ROWS, Limits, Refused
from gis.formats.output import Output
from gis.formats.source import Source
from gis.formats.table import Batch, Heading, TableOrigin, find_heading, write_table

_BLOCK = 4 << 20
_OVERLAP = 64
# Each pattern begins with a literal, or is anchored by one: that is what makes 150 MB a second of them.
_CELLS = (re.compile(rb'"([A-Z]{2,3})[0-9]{1,7}"'), re.compile(rb"'([A-Z]{2,3})[0-9]{1,7}'"))
_FAR_CELLS = (re.compile(rb'"[A-Z]{1,3}([0-9]{7})"'), re.compile(rb"'[A-Z]{1,3}([0-9]{7})'"))
_ROW = re.compile(rb"row\s[^>]*?\br\s*=\s*[\"']([0-9]{1,7})")
_ONE_LETTER = 26
_HEAD_ROWS = 200


def read_xlsx(source: Source, output: Output) -> None:
    """Read an XLSX after its archive limits and the used range of every sheet are looked at."""
    for member in archive.survey(source, output.limits):
        if member.name.lower().startswith("xl/worksheets/") and member.suffix == ".xml":
            _check_range(source, member, output.limits)
    _read(source, output)


def read_ods(source: Source, output: Output) -> None:
    """Read an ODS after its archive limits are looked at."""
    archive.survey(source, output.limits)
    _read(source, output)


def read_xls(source: Source, output: Output) -> None:
    """Read an XLS; its format cannot hold more than 65,536 x 256 cells a sheet."""
    _read(source, output)


def _check_range(source: Source, member: archive.Member, limits: Limits) -> None:
    """Refuse a sheet whose cells span more than the limit: calamine allocates the span and aborts the
    process.

    The sheet's own <dimension> is not looked at, it may lie. Spans hidden from this scan still only end
    the child.
    """
    rows, columns = 0, _ONE_LETTER
    tail = b""
    try:
        with zipfile.ZipFile(source.path) as opened, opened.open(member.info) as sheet:
            while block := sheet.read(_BLOCK):
                text = tail + block
                rows = max([rows, *map(int, _ROW.findall(text)), *map(int, _found(_FAR_CELLS, text))])
                columns = max([columns, *map(_column_number, _found(_CELLS, text))])
                tail = text[-_OVERLAP:]
    except (zipfile.BadZipFile, EOFError, OSError, ValueError) as error:
        raise Refused("archive_unreadable") from error
    if rows * columns > limits.cells:
        detail = {"rows": str(rows), "columns": str(columns), "limit": str(limits.cells)}
        raise Refused("too_many_cells", value=member.name, detail=detail)


def _found(patterns: tuple[re.Pattern[bytes], ...], text: bytes) -> set[bytes]:
    return {match for pattern in patterns for match in pattern.findall(text)}


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _read(source: Source, output: Output) -> None:
    try:
        workbook = CalamineWorkbook.from_path(str(source.path))
        for name in workbook.sheet_names:
            if output.wants(name):
                _read_sheet(workbook.get_sheet_by_name(name), output)
    except CalamineError as error:
        raise Refused("spreadsheet_unreadable") from error


def _read_sheet(sheet: CalamineSheet, output: Output) -> None:
    if sheet.start is None or sheet.end is None:
        output.layer(sheet.name, []).close()
        return
    if (sheet.end[0] + 1) * (sheet.end[1] + 1) > output.limits.cells:
        raise Refused("too_many_cells", layer=sheet.name, detail={"limit": str(output.limits.cells)})
    head = [[cells.text(value) for value in values] for values in islice(sheet.iter_rows(), _HEAD_ROWS)]
    heading = find_heading(head)
    if heading is None:
        output.layer(sheet.name, []).close()
        return
    width = _width(sheet, heading)
    shown = Heading(heading.names[:width], heading.index, heading.titles)
    write_table(output, sheet.name, shown, _batches(sheet, shown), TableOrigin())


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


def _batches(sheet: CalamineSheet, heading: Heading) -> Iterator[Batch]:
    """The rows below the heading, blank ones left out, numbered as the spreadsheet shows them."""
    width = len(heading.names)
    numbered = enumerate(islice(sheet.iter_rows(), heading.index + 1, None), heading.index + 2)
    filled = ((row, values) for row, values in numbered if any(value != "" for value in values[:width]))
    while part := list(islice(filled, BATCH_ROWS)):
        rows = np.array([row for row, _ in part], dtype=np.int32)
        columns = list(zip(*(values[:width] for _, values in part), strict=True))
        yield Batch(rows, [cells.sheet_column(column) for column in columns])
