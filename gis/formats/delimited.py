"""CSV, TSV and other delimited text, streamed through pyarrow: 1,000,000 rows x 32 columns in a few
seconds.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from gis.formats import decimal_comma, survey_table
from gis.formats import encoding as text
from gis.formats.ahead import ahead
from gis.formats.header import Heading, find_heading
from gis.formats.model import Defect, Limits, Refused
from gis.formats.output import Output, Rows
from gis.formats.source import Source
from gis.formats.table import Batch, TableOrigin

_SAMPLE_BYTES = 256 << 10
_BLOCK = 1 << 20
_SAMPLE_RECORDS = 200
_DELIMITERS = (",", ";", "\t", "|")
_SAID = re.compile(r"\ufeff?\"?sep=([,;|\t])\"?", re.IGNORECASE)
# One apostrophe before a formula, or before more of them: what our own exports put there.
_GUARD = r"^'('*[=+\-@\t\r])"
_MARKUP = re.compile(r"\s*<[?!A-Za-z]")


@dataclass(frozen=True)
class _Layout:
    """How a delimited text is laid out: delimiter, heading, and the byte where its data starts."""

    path: Path
    delimiter: str
    heading: Heading
    data_start: int
    guards: bool
    block: int


@dataclass
class _Ragged:
    """Rows with another number of cells than the header: sheet row -> their text. Called by pyarrow."""

    heading_row: int
    found: dict[int, str] = field(default_factory=dict)

    def __call__(self, row: arrow_csv.InvalidRow) -> str:
        self.found[self.heading_row + row.number] = row.text
        return "skip"


def read(source: Source, output: Output) -> None:
    """Read a delimited text file as one layer; Refused when it is not one."""
    csv.field_size_limit(output.limits.cell_bytes)
    surveyed = text.survey(source.path, source.options.encoding)
    path, start = _as_utf8(source, surveyed.encoding)
    layout = _layout(path, start, source.suffix, surveyed, output.limits)
    if layout is None:
        raise Refused("no_rows", layer=source.stem)
    batches = _batches(layout)
    if layout.delimiter == ";":
        batches = decimal_comma.pointed(batches, layout.heading.names)
    survey_table.write(
        output, source.stem, layout.heading, batches, TableOrigin(surveyed.encoding, surveyed.note)
    )


def _as_utf8(source: Source, encoding: str) -> tuple[Path, int]:
    """A UTF-8 file and the byte its text starts at: the user's own where it is UTF-8, else a copy."""
    if encoding in ("utf-8", "ascii", "utf-8-sig"):
        marked = source.head(3) == codecs.BOM_UTF8
        return source.path, 3 if marked else 0
    copy = source.scratch / "utf8.txt"
    decoder = codecs.getincrementaldecoder(encoding)()
    with source.path.open("rb") as coded, copy.open("wb") as plain:
        while block := coded.read(text.BLOCK):
            plain.write(decoder.decode(block).encode("utf-8"))
    return copy, 0


def _layout(path: Path, start: int, suffix: str, surveyed: text.TextSurvey, limits: Limits) -> _Layout | None:
    lines, whole = _first_lines(path, start)
    if _MARKUP.match("".join(lines[:3])):
        raise Refused("not_a_table")
    delimiter = _delimiter(lines, suffix, whole)
    records, ends = _records(lines, delimiter)
    heading = find_heading(records)
    if heading is None:
        return None
    data_start = start + sum(len(line.encode()) for line in lines[: ends[heading.index]])
    if surveyed.formula_guards:
        names = [name and re.sub(_GUARD, r"\1", name) for name in heading.names]
        heading = replace(heading, names=tuple(names))
    # a row must fit a block: larger blocks only for the files that need them, they cost memory
    block = min(max(_BLOCK, 4 * surveyed.longest_line), limits.cell_bytes)
    return _Layout(path, delimiter, heading, data_start, surveyed.formula_guards, block)


def _first_lines(path: Path, start: int) -> tuple[list[str], bool]:
    """The physical lines of the first 256 kB, line ends kept (LF, CR LF or CR), and whether that is all."""
    with path.open("rb") as file:
        file.seek(start)
        head = file.read(_SAMPLE_BYTES)
        whole = not file.read(1)
    lines = list(io.StringIO(head.decode("utf-8", "ignore"), newline=""))
    if not lines:
        raise Refused("file_empty")
    return lines, whole


def _records(lines: list[str], delimiter: str) -> tuple[list[list[str]], list[int]]:
    """The first records, and for each the number of physical lines read when it ended."""
    parser = csv.reader(lines, delimiter=delimiter)
    records, ends = [], []
    try:
        for record in parser:
            records.append(record)
            ends.append(parser.line_num)
            if len(records) == _SAMPLE_RECORDS:
                break
    except csv.Error as error:
        raise Refused("cell_too_long" if "limit" in str(error) else "table_unreadable") from error
    return records, ends


def _delimiter(lines: list[str], suffix: str, whole: bool) -> str:
    """The delimiter a first line "sep=;" names, else the one that cuts most records to one same width above
    1, the first record above all.
    """
    if said := _SAID.fullmatch(lines[0].strip()):
        return said[1]
    best, best_score = "\t" if suffix == ".tsv" else ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        records = _records(lines, delimiter)[0]
        widths = [len(record) for record in records if any(record)]
        widths = widths if whole or len(widths) < 2 else widths[:-1]
        wide = [width for width in widths if width > 1]
        if not wide:
            continue
        width, count = Counter(wide).most_common(1)[0]
        score = (count / len(widths) + 0.5 * (wide[0] == width) + 0.5 * (widths[0] > 1), width)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _batches(layout: _Layout) -> Iterator[Batch]:
    """The rows below the heading, block by block, ragged ones at their place, blank ones left out."""
    width = len(layout.heading.names)
    ragged = _Ragged(layout.heading.index + 1)
    row = layout.heading.index + 2
    try:
        for block in ahead(_open(layout, ragged)):
            rows, row = _numbers(row, block.num_rows, ragged.found)
            yield _batch(rows, block.columns, layout, ragged, before=row)
    except pa.ArrowInvalid as error:
        raise Refused("cell_too_long" if "straddling" in str(error) else "table_unreadable") from error
    if ragged.found:
        empty = [pa.array([], pa.string())] * width
        yield _batch(np.empty(0, np.int32), empty, layout, ragged, before=max(ragged.found) + 1)


def _open(layout: _Layout, ragged: _Ragged) -> Iterator[pa.RecordBatch]:
    file = pa.OSFile(str(layout.path))
    if layout.data_start >= file.size():
        return iter(())
    file.seek(layout.data_start)
    names = [str(place) for place in range(len(layout.heading.names))]
    # one thread only: with more, pyarrow does not tell the numbers of ragged rows, and is no faster here
    reading = arrow_csv.ReadOptions(column_names=names, block_size=layout.block, use_threads=False)
    parsing = arrow_csv.ParseOptions(
        delimiter=layout.delimiter,
        invalid_row_handler=ragged,
        newlines_in_values=True,
        ignore_empty_lines=False,
    )
    converting = arrow_csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()),
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
        check_utf8=False,
    )
    return iter(arrow_csv.open_csv(file, reading, parsing, converting))


def _numbers(first: int, count: int, ragged: dict[int, str]) -> tuple[Rows, int]:
    """Sheet rows of `count` sound rows from `first` on, stepping over ragged ones; and the row after them."""
    end = first + count
    skipped = []
    for row in sorted(ragged):
        if row < end:
            skipped.append(row)
            end += 1
    rows = np.arange(first, end, dtype=np.int32)
    return (np.setdiff1d(rows, np.array(skipped, np.int32)) if skipped else rows), end


def _batch(rows: Rows, columns: list[pa.Array], layout: _Layout, ragged: _Ragged, before: int) -> Batch:
    blank = _blank(columns)
    if blank is not None:
        columns = [column.filter(pa.array(~blank)) for column in columns]
        rows = rows[~blank]
    batch = Batch(rows, columns)
    late = {row: ragged.found.pop(row) for row in sorted(ragged.found) if row < before}
    if late:
        _insert(batch, late, layout)
    if layout.guards:
        batch.columns = [_unguarded(column) for column in batch.columns]
    return batch


def _blank(columns: list[pa.Array]) -> np.ndarray[tuple[int], np.dtype[np.bool_]] | None:
    """Which rows have no filled cell; None when there is none (told cheaply from the null counts)."""
    if not columns or any(column.null_count == 0 for column in columns):
        return None
    blank = np.ones(len(columns[0]), dtype=bool)
    for column in columns:
        blank &= column.is_null().to_numpy(zero_copy_only=False)
        if not blank.any():
            return None
    return blank


def _insert(batch: Batch, ragged: dict[int, str], layout: _Layout) -> None:
    """Put ragged rows at their place: the cells that fit, and beyond them those that do not."""
    width = len(layout.heading.names)
    added: list[list[str | None]] = []
    rows, faulty = [], []
    for row, line in ragged.items():
        cells = next(csv.reader(io.StringIO(line, newline=""), delimiter=layout.delimiter), [])
        if not any(cells):
            continue
        if len(cells) < width or any(cells[width:]):
            detail = {"cells": str(len(cells)), "expected": str(width), "rest": " | ".join(cells[width:])}
            batch.notes.append(Defect("ragged_row", row=row, value=line, detail=detail))
            rest = cells[width:]
            batch.beyond[row] = [re.sub(_GUARD, r"\1", cell) for cell in rest] if layout.guards else rest
            faulty.append(row)
        rows.append(row)
        added.append([cell or None for cell in cells[:width]] + [None] * (width - len(cells)))
    numbers = np.concatenate([batch.rows, np.array(rows, np.int32)])
    order = np.argsort(numbers, kind="stable")
    batch.rows = numbers[order]
    more = [pa.array(list(column), pa.string()) for column in zip(*added, strict=True)] if added else []
    if more:
        pairs = zip(batch.columns, more, strict=True)
        batch.columns = [pa.concat_arrays(pair).take(pa.array(order)) for pair in pairs]
    positions = np.flatnonzero(np.isin(batch.rows, faulty))
    batch.codes.update(dict.fromkeys(positions.tolist(), "ragged_row"))


def _unguarded(column: pa.Array) -> pa.Array:
    """The column without the quote mark our own exports put before = + - @ and tabs against formulas."""
    if not pc.any(pc.starts_with(column, "'")).as_py():
        return column
    return pc.replace_substring_regex(column, _GUARD, r"\1")
