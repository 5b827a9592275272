"""The rows of a GeoJSON layer while it is being read: what its columns are is known only at its end."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

import numpy as np
import pyarrow as pa

from gis.formats import cells, geojson_shapes, shapes
from gis.formats.model import BATCH_ROWS, DEFECT, GEOMETRY, Refused, shortened
from gis.formats.output import Codes, Output
from gis.formats.source import Source

# Progress is told after as many rows.
_TOLD_ROWS = 10_000
# Rows of more than this many bytes wait in a file.
_HELD_BYTES = 64 << 20
_SEEN = "#seen"
# What Arrow takes from Python as it stands, one kind at a time.
_PLAIN = frozenset((str, int, float, bool))
_KNOWN = frozenset(("type", "geometry", "properties", "bbox", "crs"))
# Attributes, raw geometry and defect code of a feature.
_Row = tuple[dict[str, Any], Any, str | None]
_log = logging.getLogger(__name__)


def kind(item: Any) -> str:
    """What an object says it is, in small letters; "" when it is none or says nothing."""
    return str(item.get("type", "")).lower() if isinstance(item, dict) else ""


class Rows:
    """Rows kept as Arrow batches, each with the columns it has, until `write` makes a layer of them.

    The columns of a batch are named by their place among all names seen so far.
    """

    def __init__(self, source: Source, output: Output) -> None:
        self._output = output
        self._before = output.rows, output.vertices
        self._uncounted = 0
        self._places: dict[str, str] = {}
        self._texts: set[str] = set()  # columns that held nothing but texts so far
        self._held: list[pa.RecordBatch] = []
        self._held_bytes = 0
        self._path = source.scratch / "rows.arrow"
        self._file: pa.OSFile | None = None

    def add(self, features: Sequence[Any]) -> None:
        """Take the next features; Refused too_many_rows, too_many_columns, too_many_vertices_file.

        A feature that no rule foresaw is one row at fault, never the end of the file.
        """
        if not features:
            return
        vertices, places = self._output.vertices, self._places.copy()
        try:
            batch = self._batch([_row(feature) for feature in features])
        except (Refused, MemoryError):
            raise
        except Exception as error:
            self._output.vertices, self._places = vertices, places
            half = len(features) // 2
            if half:
                self.add(features[:half])
                self.add(features[half:])
                return
            _log.warning("a feature could not be read: %s", type(error).__name__)
            batch = self._batch([_unforeseen(features[0])])
        self._uncounted += batch.num_rows
        self._count(_TOLD_ROWS)
        self._held.append(batch)
        self._held_bytes += batch.nbytes
        if self._held_bytes > _HELD_BYTES:
            self._put_down()

    def _batch(self, rows: list[_Row]) -> pa.RecordBatch:
        """What is kept of rows; any error but Refused is the fault of one of them."""
        attributes = [properties for properties, _, _ in rows]
        names = dict.fromkeys(chain.from_iterable(attributes))
        "".join(
            names
        ).encode()  # half a letter in a heading is found here, where one feature is at fault for it
        for name in names:
            self._places.setdefault(name, str(len(self._places)))
        limit = self._output.limits.columns
        if len(self._places) > limit:
            detail = {"columns": str(len(self._places)), "limit": str(limit)}
            raise Refused("too_many_columns", detail=detail)
        columns = {self._places[name]: column for name, column in self._columns(attributes, list(names))}
        return pa.record_batch({**_own(rows, self._output), **columns})

    def _count(self, at_least: int) -> None:
        if self._uncounted >= at_least:
            self._output.count_rows(self._uncounted)
            self._uncounted = 0

    def _columns(self, rows: list[dict[str, Any]], names: list[str]) -> Iterator[tuple[str, pa.Array]]:
        """A string array of each of these attributes."""
        texts = [name for name in names if name in self._texts]
        try:
            # all at once and from C++, which is strict about texts alone
            found = pa.array(rows, pa.struct([(name, pa.string()) for name in texts])).flatten()
        except pa.ArrowTypeError:
            texts, found = [], []
        yield from zip(texts, map(cells.strings, found), strict=True)
        done = frozenset(texts)
        for name in names:
            if name in done:
                continue
            values = _values(rows, name)
            kinds = set(map(type, values)) - {type(None)}
            if kinds == {str}:
                self._texts.add(name)
            else:
                self._texts.discard(name)
            yield name, _column(values, kinds)

    def _put_down(self) -> None:
        if self._file is None:
            self._file = pa.OSFile(str(self._path), "wb")
        for batch in self._held:
            with pa.ipc.new_stream(self._file, batch.schema) as stream:
                stream.write_batch(batch)
        self._held, self._held_bytes = [], 0

    def _batches(self) -> Iterator[pa.RecordBatch]:
        if self._file is not None:
            with pa.OSFile(str(self._path)) as file:
                while file.tell() < file.size():
                    yield from pa.ipc.open_stream(file)
        yield from self._held

    def _tables(self) -> Iterator[pa.Table]:
        """All rows in tables of at most BATCH_ROWS, with the columns any of their batches has."""
        waiting: list[pa.Table] = []
        count = 0
        for batch in self._batches():
            count += batch.num_rows
            if count > BATCH_ROWS and waiting:
                yield pa.concat_tables(waiting, promote_options="default")
                waiting, count = [], batch.num_rows
            waiting.append(pa.Table.from_batches([batch]))
        if waiting:
            yield pa.concat_tables(waiting, promote_options="default")

    def write(self, name: str, crs: str | None, unknown: str | None) -> None:
        """Write the layer if it is wanted; `unknown` is what a coordinate system that is not known is called."""
        if not self._output.wants(name):
            self.drop()
            return
        self._count(1)
        if self._file is not None:
            self._file.close()
        self._write(name, crs, unknown)
        self._path.unlink(missing_ok=True)

    def drop(self) -> None:
        """Let go of all rows, as if none had been read."""
        self._held = []
        if self._file is not None:
            self._file.close()
            self._path.unlink()
        self._output.rows, self._output.vertices = self._before

    def _write(self, name: str, crs: str | None, unknown: str | None) -> None:
        writer = self._output.layer(name, list(self._places))
        if unknown:
            writer.note("crs_unknown", value=unknown)
        start = 0
        for table in self._tables():
            count = table.num_rows
            here = {each: table.column(each).combine_chunks() for each in table.column_names}
            none = pa.nulls(count, pa.string())
            columns = [here.get(place, none) for place in self._places.values()]
            told, seen = here[DEFECT], here[_SEEN]
            codes: Codes = {at: told[at].as_py() for at in np.flatnonzero(told.is_valid()).tolist()}
            for position, code in codes.items():
                writer.note(code, start + position + 1, value=seen[position].as_py())
            numbers = np.arange(start + 1, start + count + 1, dtype=np.int32)
            self._output.rows -= count  # counted when they were read
            writer.write(numbers, columns, here[GEOMETRY], codes)
            start += count
        writer.close(crs)


def _own(rows: list[_Row], output: Output) -> dict[str, pa.Array]:
    """The columns that are no attributes: WKB, defect code, what is said of a shape at fault."""
    built, codes = geojson_shapes.build([geometry for _, geometry, _ in rows])
    wkb, more = shapes.finished(built, output)
    bad: Codes = {position: code for position, (_, _, code) in enumerate(rows) if code}
    told: list[str | None] = [None] * len(rows)
    seen: list[str | None] = [None] * len(rows)
    for position, code in {**codes, **more, **bad}.items():
        text = _said(code, rows[position][1])
        told[position], seen[position] = code, text and shortened(text)
    return {GEOMETRY: wkb, DEFECT: pa.array(told, pa.string()), _SEEN: pa.array(seen, pa.string())}


def _row(feature: Any) -> _Row:
    """Attributes, raw geometry and defect code of one feature; foreign members become attributes too."""
    called = kind(feature)
    if called in geojson_shapes.TYPES:
        return {}, feature, None
    if called != "feature":
        return (feature if isinstance(feature, dict) else {"value": feature}), None, "feature_unreadable"
    properties = feature.get("properties")
    if isinstance(properties, dict) and feature.keys() <= _KNOWN:
        return properties, feature.get("geometry"), None
    code = None
    if properties is not None and not isinstance(properties, dict):
        properties, code = {"properties": properties}, "feature_unreadable"
    extra = {
        key: value for key, value in feature.items() if key not in _KNOWN and key not in (properties or {})
    }
    return {**extra, **(properties or {})}, feature.get("geometry"), code


def _unforeseen(feature: Any) -> _Row:
    """The row of a feature that could not be made one: all it says, as one text without strange letters."""
    return {"feature": json.dumps(feature)}, None, "feature_unreadable"


def _said(code: str, geometry: Any) -> str | None:
    """What is said of a shape at fault: where its ring stops, or how it is written."""
    if code == "unclosed_ring":
        return shapes.place_text(*geojson_shapes.open_end(geometry))
    return cells.text(geometry)


def _values(rows: list[dict[str, Any]], name: str) -> list[Any]:
    try:
        return list(map(itemgetter(name), rows))
    except KeyError:
        return [row.get(name) for row in rows]


def _column(values: list[Any], kinds: set[type]) -> pa.Array:
    if len(kinds) > 1 or not kinds <= _PLAIN:
        return cells.column(values)
    try:
        return cells.strings(pa.array(values))
    except (pa.ArrowInvalid, OverflowError):
        return cells.column(values)  # numbers too large for Arrow
