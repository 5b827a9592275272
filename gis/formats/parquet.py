"""GeoParquet with WKB shapes, streamed; any other Parquet is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from pyproj import CRS
from pyproj.exceptions import CRSError

from gis.formats import cells, shapes
from gis.formats.model import BATCH_ROWS, Refused
from gis.formats.output import LayerWriter, Output
from gis.formats.source import Source

_WGS84 = "EPSG:4326"


def read(source: Source, output: Output) -> None:
    """Read a GeoParquet file as one layer; Refused not_geoparquet or parquet_unreadable."""
    if not output.wants(source.stem):
        return
    try:
        file = pq.ParquetFile(source.path)
        column, crs = _geo(file)
        names = [name for name in file.schema_arrow.names if name != column]
        writer = output.layer(source.stem, names)
        if file.metadata.num_rows > output.limits.rows:
            raise Refused("too_many_rows", detail={"limit": str(output.limits.rows)})
        for batch in file.iter_batches(BATCH_ROWS):
            _write_batch(writer, batch, names, column)
    except (pa.ArrowException, OSError) as error:
        raise Refused("parquet_unreadable") from error
    writer.close(crs)


def _geo(file: pq.ParquetFile) -> tuple[str, str | None]:
    """The primary shape column and its CRS as "EPSG:n" or WKT (GeoParquet 1.1: absent means lon/lat WGS
    84).
    """
    try:
        geo = orjson.loads((file.schema_arrow.metadata or {})[b"geo"])
        column = geo["primary_column"]
        about = geo["columns"][column]
        if about["encoding"] != "WKB" or column not in file.schema_arrow.names:
            raise Refused("not_geoparquet", value=str(about["encoding"]))
    except (KeyError, TypeError, orjson.JSONDecodeError) as error:
        raise Refused("not_geoparquet") from error
    return column, _crs(about.get("crs", _WGS84))


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


def _write_batch(writer: LayerWriter, batch: pa.RecordBatch, names: list[str], column: str) -> None:
    start = writer.rows
    rows = np.arange(start + 1, start + batch.num_rows + 1, dtype=np.int32)
    columns = [cells.strings(batch.column(name)) for name in names]
    kind = batch.column(column).type
    if not (pa.types.is_binary(kind) or pa.types.is_large_binary(kind)):
        raise Refused("not_geoparquet", value=str(kind))
    built, codes = shapes.from_wkb(batch.column(column).to_pylist(), writer.output)
    wkb, more = shapes.finished(built, writer.output)
    codes = {**codes, **more}
    shapes.note(writer, built, codes, start)
    writer.write(rows, columns, wkb, codes)
