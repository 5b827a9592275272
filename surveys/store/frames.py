"""Rows of the store as frames: Arrow on the way in and out, GeoDataFrames for the analyses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa

from surveys.record import RecordType
from surveys.store.blobs import geometries_of
from surveys.store.schema import GEOMETRY, SRID, columns_of

# Rows come out of SQLite part by part; Arrow's own allocator keeps twice as much memory for a million
# of them as the system's (1,310 MB of 770 MB at the peak), and is no faster.
pa.set_memory_pool(pa.system_memory_pool())

# Arrow types by GeoPackage column type, as SQLite hands the values out.
ARROW = {"TEXT": pa.string(), "INTEGER": pa.int64(), "DOUBLE": pa.float64(), "BOOLEAN": pa.int64(),
         "DATE": pa.string(), "DATETIME": pa.string()}  # fmt: skip

# What a frame is made of, by GeoPackage column type; and the pandas type of each where it has one of its own.
_TYPED = {"INTEGER": pa.int64(), "DOUBLE": pa.float64(), "BOOLEAN": pa.bool_(), "DATE": pa.timestamp("s"),
          "DATETIME": pa.timestamp("ms", "UTC")}  # fmt: skip
_PANDAS = {
    pa.string(): pd.StringDtype(na_value=np.nan),
    pa.int64(): pd.Int64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}
# The columns of every record that are numbers.
_WHOLE = ("version", "opened_by", "source_row", "fid")


def release_unused() -> None:
    """Give memory that is free back to the system: after columns of a million texts, it keeps hundreds of MB."""
    pa.default_memory_pool().release_unused()


def arrow_types(record_type: RecordType) -> dict[str, pa.DataType]:
    """Return the Arrow type of every column of a record table, the shape as binary."""
    return {name: ARROW.get(kind.spelling, pa.binary()) for name, kind in columns_of(record_type)} | {
        "fid": pa.int64()
    }


def to_table(rows: Sequence[Sequence[Any]], names: Sequence[str], types: dict[str, pa.DataType]) -> pa.Table:
    """Turn fetched rows into an Arrow table."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    arrays = [pa.array(values, types[name]) for name, values in zip(names, columns, strict=True)]
    return pa.Table.from_arrays(arrays, names=list(names))


def to_frame(table: pa.Table, record_type: RecordType) -> gpd.GeoDataFrame:
    """Turn an Arrow table of records into a frame indexed by record id.

    Texts and codes are ``str`` with NaN, whole numbers ``Int64``, numbers ``float64``, yes/no
    ``boolean``, dates ``datetime64``; ``geometry`` is EPSG:4326, None where there is no place.
    """
    plain = [name for name in table.column_names if name != GEOMETRY]
    typed = pa.table([_typed(table[name], _dtype(record_type, name)) for name in plain], plain)
    blobs = (
        table[GEOMETRY]
        if GEOMETRY in table.column_names
        else pa.chunked_array([pa.nulls(len(table), pa.binary())])
    )
    shapes = [geometries_of(chunk) for chunk in blobs.chunks]
    geometry = np.concatenate([np.array([], dtype=object), *shapes])
    frame = gpd.GeoDataFrame(
        typed.to_pandas(types_mapper=_PANDAS.get, split_blocks=True),
        geometry=gpd.GeoSeries(geometry, crs=SRID),
    )
    return frame.set_index("id").rename_axis(index=None)


def _dtype(record_type: RecordType, name: str) -> str:
    declared = record_type.by_name.get(name)
    if declared is None or declared.custom:
        return "DATETIME" if name == "opened_at" else "INTEGER" if name in _WHOLE else "TEXT"
    return declared.kind.column


def _typed(column: pa.ChunkedArray, spelling: str) -> pa.ChunkedArray:
    """Return a column as what its GeoPackage type says it is."""
    if spelling == "DATE":
        # Pandas makes objects of days.
        column = column.cast(pa.date32())
    return column.cast(_TYPED.get(spelling, pa.string()))
