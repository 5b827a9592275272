"""Parquet, streamed: GeoParquet with WKB or native shapes, and plain tables with places in their columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from pyproj import CRS
from pyproj.exceptions import CRSError

from gis.formats import cells, geojson_shapes, shapes, survey_table
from gis.formats.header import Heading
from gis.formats.model import BATCH_ROWS, Refused
from gis.formats.output import Codes, LayerWriter, Output
from gis.formats.source import Source
from gis.formats.table import Batch, TableOrigin

_WGS84 = "EPSG:4326"
# Native encodings of GeoParquet 1.1 and the GeoJSON types whose coordinates nest alike.
_NATIVE = {
    "point": "Point",
    "linestring": "LineString",
    "polygon": "Polygon",
    "multipoint": "MultiPoint",
    "multilinestring": "MultiLineString",
    "multipolygon": "MultiPolygon",
}


def read(source: Source, output: Output) -> None:
    """Read a Parquet file as one layer; Refused not_geoparquet or parquet_unreadable."""
    try:
        file = pq.ParquetFile(source.path)
        if file.metadata.num_rows > output.limits.rows:
            raise Refused("too_many_rows", detail={"limit": str(output.limits.rows)})
        if b"geo" in (file.schema_arrow.metadata or {}):
            _read_shapes(file, source, output)
        else:
            heading = Heading(tuple(file.schema_arrow.names), -1)
            survey_table.write(output, source.stem, heading, _batches(file), TableOrigin())
    except (pa.ArrowException, OSError) as error:
        raise Refused("parquet_unreadable") from error


def _batches(file: pq.ParquetFile) -> Iterator[Batch]:
    done = 0
    for batch in file.iter_batches(BATCH_ROWS):
        rows = np.arange(done + 1, done + batch.num_rows + 1, dtype=np.int32)
        done += batch.num_rows
        yield Batch(rows, [cells.strings(column) for column in batch.columns])


def _read_shapes(file: pq.ParquetFile, source: Source, output: Output) -> None:
    column, encoding, crs = _geo(file)
    if not output.wants(source.stem):
        return
    names = [name for name in file.schema_arrow.names if name != column]
    writer = output.layer(source.stem, names)
    for batch in file.iter_batches(BATCH_ROWS):
        _write_batch(writer, batch, names, (column, encoding))
    writer.close(crs)


def _geo(file: pq.ParquetFile) -> tuple[str, str, str | None]:
    """The primary shape column, its encoding, and its CRS as "EPSG:n" or WKT (GeoParquet 1.1: absent means
    lon/lat WGS 84).
    """
    try:
        geo = orjson.loads((file.schema_arrow.metadata or {})[b"geo"])
        column = geo["primary_column"]
        about = geo["columns"][column]
        encoding = str(about["encoding"])
        if (encoding != "WKB" and encoding not in _NATIVE) or column not in file.schema_arrow.names:
            raise Refused("not_geoparquet", value=encoding)
    except (KeyError, TypeError, orjson.JSONDecodeError) as error:
        raise Refused("not_geoparquet") from error
    return column, encoding, _crs(about.get("crs", _WGS84))


def _crs(declared: Any) -> str | None:
    if declared is None:
        return None
    if declared == _WGS84:
        return _WGS84
    named = declared.get("id") if isinstance(declared, dict) else None
    if (
        isinstance(named, dict)
        and named.get("authority") == "OGC"
        and str(named.get("code")).startswith("CRS84")
    ):
        return _WGS84
    if isinstance(named, dict) and named.get("authority") == "EPSG":
        return f"EPSG:{named.get('code')}"
    try:
        return str(CRS.from_user_input(declared).to_wkt())
    except CRSError as error:
        raise Refused("not_geoparquet", value="crs") from error


def _write_batch(
    writer: LayerWriter, batch: pa.RecordBatch, names: list[str], shaped: tuple[str, str]
) -> None:
    start = writer.rows
    rows = np.arange(start + 1, start + batch.num_rows + 1, dtype=np.int32)
    columns = [cells.strings(batch.column(name)) for name in names]
    built, codes = _shapes(batch.column(shaped[0]), shaped[1], writer.output)
    wkb, more = shapes.finished(built, writer.output)
    codes = {**codes, **more}
    shapes.note(writer, built, codes, start)
    writer.write(rows, columns, wkb, codes)


def _shapes(column: pa.Array, encoding: str, output: Output) -> tuple[shapes.Shapes, Codes]:
    if encoding in _NATIVE:
        kind = _NATIVE[encoding]
        nested = [None if item is None else _positions(item) for item in column.to_pylist()]
        return geojson_shapes.build(
            [None if item is None else {"type": kind, "coordinates": item} for item in nested]
        )
    if not (pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type)):
        raise Refused("not_geoparquet", value=str(column.type))
    return shapes.from_wkb(column, output)


def _positions(item: Any) -> Any:
    """Nested lists of {"x": ..., "y": ...} as nested lists of [x, y]."""
    if isinstance(item, dict):
        return [item.get("x"), item.get("y")]
    return [_positions(each) for each in item] if isinstance(item, list) else item
