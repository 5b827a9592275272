"""Where readers put what they read: layers as Arrow IPC files, defects counted and the first 100 of a
code kept.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gis.formats import spoken
from gis.formats.form import Form
from gis.formats.model import (
    BATCH_ROWS,
    BEYOND,
    DEFECT,
    GEOMETRY,
    LISTED_DEFECTS,
    RESERVED,
    ROW,
    Defect,
    Layer,
    ReadOptions,
    Refused,
    shortened,
)

if TYPE_CHECKING:
    from gis.formats.archive import Member
    from gis.formats.manifest import Manifest

Rows = npt.NDArray[np.int32]
Codes = dict[int, str]


class DefectLog:
    """Counts every defect; keeps the first LISTED_DEFECTS of each code."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.kept: list[Defect] = []

    def add(self, defect: Defect) -> None:
        """Count one defect, and keep it while its code has room."""
        self.counts[defect.code] += 1
        if self.counts[defect.code] <= LISTED_DEFECTS:
            self.kept.append(_shortened(defect))


def _shortened(defect: Defect) -> Defect:
    value = None if defect.value is None else shortened(defect.value)
    detail = {key: shortened(text) for key, text in defect.detail.items()}
    return Defect(defect.code, defect.layer, defect.row, defect.column, value, detail)


class Output:
    """The output directory of one reading, with its limits, progress and file-wide defects."""

    def __init__(self, directory: Path, options: ReadOptions, progress: Callable[[int], None]) -> None:
        self.directory = directory
        self.options = options
        self.limits = options.limits
        self.layers: list[Layer] = []
        self.log = DefectLog()
        self.rows = 0
        self.vertices = 0
        self.format = ""
        self.form: Form | None = None
        # The pictures of the archive, and the addresses of those its maps are drawn with.
        self.photos: list[Member] | None = None
        self.drawn: set[str] = set()
        self.pictures: Path | None = None
        self.manifest: Manifest | None = None
        # Where the layers that are written now lie, the outermost folder first.
        self.folders: tuple[str, ...] = ()
        self._seen: set[str] = set()
        self._progress = progress

    def wants(self, name: str) -> bool:
        """Whether a layer of this name was asked for; remembers that the file has it."""
        self._seen.add(name)
        return not self.options.layer or name in self.options.layer

    def unseen(self) -> list[str]:
        """The layers asked for that the file does not have."""
        return [name for name in self.options.layer if name not in self._seen]

    def count_rows(self, rows: int) -> None:
        """Add rows to the file's total; Refused too_many_rows past the limit."""
        self.rows += rows
        if self.rows > self.limits.rows:
            raise Refused("too_many_rows", detail={"limit": str(self.limits.rows)})
        self._progress(self.rows)

    def count_vertices(self, vertices: int) -> None:
        """Add vertices to the file's total; Refused too_many_vertices_file past the limit."""
        self.vertices += vertices
        if self.vertices > self.limits.vertices:
            raise Refused("too_many_vertices_file", detail={"limit": str(self.limits.vertices)})

    def layer(self, name: str, headings: Sequence[str | None]) -> LayerWriter:
        """A writer for one more layer; headings are made unique, blank ones named by their place."""
        if len(headings) > self.limits.columns:
            detail = {"columns": str(len(headings)), "limit": str(self.limits.columns)}
            raise Refused("too_many_columns", layer=name, detail=detail)
        if len(self.layers) >= self.limits.layers:
            raise Refused("too_many_layers", detail={"limit": str(self.limits.layers)})
        return LayerWriter(self, self.free_name(name), headings)

    def free_name(self, name: str) -> str:
        """The name a layer gets: this one, or with a number behind it when a layer before has it."""
        return unique([layer.name for layer in self.layers] + [name])[-1]

    def used_form(self) -> None:
        """Say once that the form beside the data was used."""
        if self.form and not self.log.counts["form_used"]:
            self.log.add(Defect("form_used", value=self.form.name))


def _written(rows: Rows, beyond: Mapping[int, Sequence[str]] | None) -> pa.Array:
    """The cells beyond the last heading of the rows that have some, as JSON."""
    if not beyond:
        return pa.nulls(len(rows), pa.string())
    told = [beyond.get(row) for row in rows.tolist()]
    return pa.array([json.dumps(cells, ensure_ascii=False) if cells else None for cells in told], pa.string())


def unique(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """The same names with " (2)", " (3)" ... behind each repeated one; none equal to one of `taken`."""
    used = set(taken)
    result = []
    for name in names:
        candidate, number = name, 1
        while candidate in used:
            number += 1
            candidate = f"{name} ({number})"
        used.add(candidate)
        result.append(candidate)
    return result


class LayerWriter:
    """Writes one layer batch by batch; `close` adds it to its Output."""

    def __init__(self, output: Output, name: str, headings: Sequence[str | None]) -> None:
        self.output = output
        self.name = name
        self.folders = output.folders
        self.log = DefectLog()
        self.rows = 0
        self.has_geometry = False
        self.columns = self._named(output.manifest.headings(headings) if output.manifest else headings)
        self.path = output.directory / f"layer{len(output.layers)}.arrow"
        fields = [(column, pa.string()) for column in self.columns]
        last = [(GEOMETRY, pa.binary()), (DEFECT, pa.string()), (BEYOND, pa.string())]
        self.schema = pa.schema([(ROW, pa.int32()), *fields, *last])
        self._file = pa.ipc.new_file(str(self.path), self.schema)
        self._waiting: list[pa.RecordBatch] = []
        self._answered = output.form.answered(self.columns) if output.form else {}
        if self._answered:
            output.used_form()

    def _named(self, headings: Sequence[str | None]) -> tuple[str, ...]:
        filled = [heading or f"column {place}" for place, heading in enumerate(headings, 1)]
        columns = unique(filled, RESERVED)
        for place, (heading, column) in enumerate(zip(headings, columns, strict=True), 1):
            detail = {"place": str(place), "name": column}
            if not heading:
                self.note("heading_blank", column=column, detail=detail)
            elif heading != column:
                self.note("heading_repeated", column=column, value=heading, detail=detail)
        return tuple(columns)

    def note(
        self,
        code: str,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        detail: dict[str, str] | None = None,
    ) -> None:
        """Log one defect of this layer; a quarantined row's code also goes to `write`."""
        self.log.add(Defect(code, self.name, row, column, value, detail or {}))

    def write(
        self,
        rows: Rows,
        columns: Sequence[pa.Array],
        geometry: pa.Array | None = None,
        defects: Codes | None = None,
        beyond: Mapping[int, Sequence[str]] | None = None,
    ) -> None:
        """Append rows: their numbers, one string array a column, WKB or None, {position: defect code}, and
        {row: cells beyond the last heading}.
        """
        self.output.count_rows(len(rows))
        if self.output.manifest:

            def edited(position: int, column: str, text: str) -> None:
                self.note("cut_text_edited", int(rows[position]), column, text)

            columns, geometry = self.output.manifest.whole(
                self.columns, columns, geometry, {*(defects or ())}, edited
            )
        codes: list[str | None] = [None] * len(rows) if defects else []
        for position, code in (defects or {}).items():
            codes[position] = code
        defect = pa.array(codes, pa.string()) if defects else pa.nulls(len(rows), pa.string())
        if geometry is None:
            geometry = pa.nulls(len(rows), pa.binary())
        else:
            self.has_geometry = self.has_geometry or geometry.null_count < len(geometry) or bool(defects)
        numbers = pa.array(rows, pa.int32())
        for place, question in self._answered.items():
            columns = [*columns[:place], question.labelled(columns[place]), *columns[place + 1 :]]
        self._waiting.append(
            pa.record_batch([numbers, *columns, geometry, defect, _written(rows, beyond)], schema=self.schema)
        )
        self.rows += len(rows)
        self._flush(BATCH_ROWS)

    def _flush(self, at_least: int) -> None:
        if sum(batch.num_rows for batch in self._waiting) < at_least:
            return
        table = pa.Table.from_batches(self._waiting, self.schema)
        whole = table.num_rows - table.num_rows % at_least
        for start in range(0, whole, BATCH_ROWS):
            part = table.slice(start, min(BATCH_ROWS, whole - start)).combine_chunks()
            self._file.write_table(part, max_chunksize=BATCH_ROWS)
        self._waiting = table.slice(whole).to_batches() if whole < table.num_rows else []

    def close(
        self,
        crs: str | None = None,
        encoding: str | None = None,
        encoding_note: str | None = None,
        coordinate_columns: tuple[str, ...] = (),
        say_empty: bool = True,
    ) -> None:
        """Finish the file and add the Layer to the output; an empty one is left out, and that is said."""
        if self._waiting:
            self._flush(1)
        self._file.close()
        if not self.rows:
            self.path.unlink()
            if say_empty:
                self.output.log.add(Defect("layer_empty", self.name, value=self.name))
            return
        self.output.layers.append(
            Layer(
                self.name,
                self.columns,
                self.rows,
                self.path,
                crs,
                self.has_geometry,
                encoding,
                encoding_note,
                coordinate_columns,
                dict(self.log.counts),
                tuple(self.log.kept),
                spoken.known_as(self.columns, self.output.form),
                folders=self.folders,
            )
        )
