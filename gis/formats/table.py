"""What every table has in common: rows written with the geometry their cells hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
import pyarrow as pa
import shapely

from gis.formats import points, shapes
from gis.formats.header import Heading
from gis.formats.model import Defect
from gis.formats.output import Codes, LayerWriter, Output, Rows
from gis.formats.places import Places

# What the first cell of an example says in a template of ours; no community and no record is called so.
EXAMPLES = ("ตัวอย่าง ลบแถวนี้ได้", "Example, may be deleted")
# How many rows it may have slipped down.
_LOOKED_AT = 50


@dataclass
class Batch:
    """Some rows of a table: sheet row numbers, a string array a column, defect codes by position, notes, and
    the cells beyond the last heading by sheet row.
    """

    rows: Rows
    columns: list[pa.Array]
    codes: Codes = field(default_factory=dict)
    notes: list[Defect] = field(default_factory=list)
    beyond: dict[int, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class TableOrigin:
    """How the text of a table was decoded; both None for formats that carry their own encoding."""

    encoding: str | None = None
    encoding_note: str | None = None


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
    first = _without_examples(first, writer)
    places = points.find(writer.columns, first.columns, output.options.coordinates)
    if places and places.others:
        writer.note(
            "several_coordinates",
            detail={"used": ", ".join(places.columns), "also": ", ".join(places.others)},
        )
    for batch in chain([first], batches):
        _write_batch(writer, places, batch)
    crs = places.crs if places else None
    for remark in places.remarks() if places else ():
        writer.note(remark.code, value=remark.value, detail=dict(remark.detail))
    writer.close(crs, origin.encoding, origin.encoding_note, places.columns if places else ())


def _without_examples(batch: Batch, writer: LayerWriter) -> Batch:
    """The rows of a batch but those that our own template gives as examples, which stand near its beginning."""
    head = batch.columns[0].slice(0, _LOOKED_AT).to_pylist() if batch.columns else []
    shown = [place for place, cell in enumerate(head) if cell and cell.strip() in EXAMPLES]
    if not shown:
        return batch
    for place in shown:
        writer.note("example_left_out", int(batch.rows[place]), value=str(head[place]).strip())
    kept = np.delete(np.arange(len(batch.rows)), shown)
    codes = {new: batch.codes[old] for new, old in enumerate(kept.tolist()) if old in batch.codes}
    columns = [column.take(pa.array(kept)) for column in batch.columns]
    return Batch(batch.rows[kept], columns, codes, batch.notes, batch.beyond)


def _write_batch(writer: LayerWriter, places: Places | None, batch: Batch) -> None:
    for note in batch.notes:
        writer.note(note.code, note.row, note.column, note.value, dict(note.detail))
    if places is None:
        writer.write(batch.rows, batch.columns, None, batch.codes, batch.beyond)
        return
    geometry, faults = places.build(batch.columns, writer.output)
    for position, code in sorted(faults.items()):
        row = int(batch.rows[position])
        seen = places.cells(batch.columns, position)
        if code == "unclosed_ring" and geometry[position].is_valid:
            seen = shapes.place_text(*shapes.closing_end(shapely.from_wkb(geometry[position].as_py())))
        writer.note(code, row, ", ".join(places.columns), seen)
    writer.write(batch.rows, batch.columns, geometry, {**faults, **batch.codes}, batch.beyond)
