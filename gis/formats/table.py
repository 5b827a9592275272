"""What every table has in common: finding the heading row, and writing rows with the geometry their
cells hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

import pyarrow as pa

from gis.formats import points
from gis.formats.model import Defect
from gis.formats.output import Codes, LayerWriter, Output, Rows

Record = Sequence[str | None]
_TITLE_ROWS = 10


@dataclass(frozen=True)
class Heading:
    """The heading row: its cells, its place among the records (from 0), and the title rows above it."""

    names: tuple[str | None, ...]
    index: int
    titles: tuple[tuple[int, str], ...] = ()


@dataclass
class Batch:
    """Some rows of a table: sheet row numbers, a string array a column, defect codes by position, and
    notes.
    """

    rows: Rows
    columns: list[pa.Array]
    codes: Codes = field(default_factory=dict)
    notes: list[Defect] = field(default_factory=list)


@dataclass(frozen=True)
class TableOrigin:
    """How the text of a table was decoded; both None for formats that carry their own encoding."""

    encoding: str | None = None
    encoding_note: str | None = None


def find_heading(records: Sequence[Record]) -> Heading | None:
    """The first row with more than one filled cell, above it only rows of one (titles); None when all is
    blank.

    A table of one column has its first filled row as heading. A wider row that would leave no data
    below it is no heading either.
    """
    filled = [(index, [cell for cell in record if cell]) for index, record in enumerate(records)]
    filled = [(index, cells) for index, cells in filled if cells]
    if not filled:
        return None
    chosen = 0
    for place, (_, cells) in enumerate(filled[: _TITLE_ROWS + 1]):
        if len(cells) > 1:
            chosen = place if place < len(filled) - 1 else 0
            break
    index = filled[chosen][0]
    titles = tuple((above + 1, cells[0]) for above, cells in filled[:chosen] if cells[0])
    return Heading(_trimmed(records[index]), index, titles)


def _trimmed(record: Record) -> tuple[str | None, ...]:
    return tuple((cell or "").replace("\ufeff", "").strip() or None for cell in record)


def write_table(
    output: Output, name: str, heading: Heading, batches: Iterator[Batch], origin: TableOrigin
) -> None:
    """Write a table as one layer; its coordinate columns are told from the first batch and become
    `#geometry`.
    """
    writer = output.layer(name, heading.names)
    for row, title in heading.titles:
        writer.note("title_row_skipped", row, value=title)
    first = next(batches, None)
    if first is None:
        writer.close()
        return
    places = points.find(writer.columns, first.columns, output.options.coordinates)
    if places and places.others:
        writer.note(
            "several_coordinates",
            detail={"used": ", ".join(places.columns), "also": ", ".join(places.others)},
        )
    for batch in chain([first], batches):
        _write_batch(writer, places, batch)
    crs = places.crs if places else None
    if places and places.mixed_crs:
        writer.note("crs_mixed", detail={"used": crs or "", "also": ", ".join(sorted(places.mixed_crs))})
    writer.close(crs, origin.encoding, origin.encoding_note, places.columns if places else ())


def _write_batch(writer: LayerWriter, places: points.Places | None, batch: Batch) -> None:
    for note in batch.notes:
        writer.note(note.code, note.row, note.column, note.value, dict(note.detail))
    if places is None:
        writer.write(batch.rows, batch.columns, None, batch.codes)
        return
    geometry, faults = places.build(batch.columns, writer.output)
    for position, code in sorted(faults.items()):
        row = int(batch.rows[position])
        writer.note(code, row, ", ".join(places.columns), places.cells(batch.columns, position))
    writer.write(batch.rows, batch.columns, geometry, {**faults, **batch.codes})
