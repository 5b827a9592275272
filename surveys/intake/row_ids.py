"""The columns by which rows name themselves: our own ids, and the row ids other programs give."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gis.formats import Layer
from surveys.cells import BESIDE, BLANKS
from surveys.intake.mapping import ColumnMap
from surveys.intake.widened import widened
from surveys.words import folded

# Record ids of ours, as an export writes them.
OWN_ID = re.compile("[0-9a-f]{32}")
# ODK calls its instance ids KEY; they look so, those of repeats with a path behind.
_KEY = "key"
_INSTANCE_ID = r"(?i)^\s*(uuid:\S|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(/|\s*$))"


def tells_rows(layer: Layer, column: str) -> bool:
    """Tell whether a column holds row ids of another program: "key" may head a sheet's own 1, 2, 3 as well."""
    if folded(column.rsplit("/", 1)[-1]) != _KEY:
        return True
    texts = pc.drop_null(_whole(layer)[column])
    return bool(pc.all(pc.match_substring_regex(texts, _INSTANCE_ID), min_count=0).as_py())


def own_ids(columns: ColumnMap, layer: Layer) -> tuple[ColumnMap, Layer]:
    """Take the column "id" for ours when it holds ids of ours; else it is a column like any other.

    What else stands in it, of rows that somebody added, gets a column of its own and is kept like one that
    nobody mapped; the layer's file is written anew for it.
    """
    column = columns.own_id
    if column is None:
        return columns, layer
    texts = _whole(layer)[column]
    if not ours(texts).any():
        return replace(columns, own_id=None), layer
    columns = replace(columns, unmapped=tuple(name for name in columns.unmapped if name != column))
    if not foreign(texts).any():
        return columns, layer
    heading = column + BESIDE
    left = dict.fromkeys((*columns.unmapped, heading))
    return replace(columns, unmapped=tuple(left)), _with_foreign(layer, column, heading)


def _with_foreign(layer: Layer, column: str, heading: str) -> Layer:
    """Write a layer anew with what stands among our ids as a column of its own."""
    source = pa.ipc.open_file(pa.memory_map(str(layer.path)))
    there = heading in layer.columns
    schema = source.schema if there else widened(source.schema, (heading,))
    path = layer.path.with_name(f"{layer.path.stem}-ids.arrow")
    with pa.ipc.new_file(str(path), schema) as writer:
        for n in range(source.num_record_batches):
            batch = source.get_batch(n)
            texts = batch.column(column)
            told = pc.if_else(pa.array(foreign(texts)), texts, batch.column(heading) if there else None)
            columns = [
                told.cast(pa.string()) if name == heading else batch.column(name) for name in schema.names
            ]
            writer.write_batch(pa.record_batch(columns, schema=schema))
    return replace(layer, path=path, columns=layer.columns if there else (*layer.columns, heading))


def _whole(layer: Layer) -> pa.Table:
    return pa.ipc.open_file(pa.memory_map(str(layer.path))).read_all()


def ours(texts: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """Mark the ids of our shape."""
    return _marked(pc.match_substring_regex(texts, f"^{OWN_ID.pattern}$"))


def foreign(texts: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """Mark what else stands in a column of our ids, blanks aside."""
    bare = pc.utf8_lower(pc.utf8_trim_whitespace(texts))
    blank = _marked(pc.is_in(bare, pa.array(sorted(BLANKS))))
    told: np.ndarray = _marked(pc.is_valid(texts)) & ~ours(texts) & ~blank
    return told


def _marked(found: pa.Array | pa.ChunkedArray) -> np.ndarray:
    marked: np.ndarray = np.array(pc.fill_null(found, False).to_pylist(), dtype=bool)
    return marked
