"""Geometry as the standard GeoPackage blob: a header, an envelope for all but points, then WKB."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from surveys.store.schema import SRID

_HEADER = struct.Struct("<2sBBi")
_WITH_ENVELOPE = struct.Struct("<2sBBi4d")
_POINT = struct.Struct("<dd")
# Flag bits: little-endian; 1 << 1 says that an envelope of four doubles follows.
_PLAIN, _ENVELOPED = 0b0001, 0b0011
# Bytes of the envelope by its indicator (GeoPackage 1.4, clause 2.1.3).
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
_POINT_DTYPE = np.dtype(
    [("magic", "S2"), ("version", "u1"), ("flags", "u1"), ("srid", "<i4"), ("order", "u1"), ("type", "<u4"),
     ("x", "<f8"), ("y", "<f8")]
)  # fmt: skip


def to_blobs(geometries: np.ndarray) -> list[bytes | None]:
    """Turn an array of 2D geometries (EPSG:4326; None or empty = no place) into blobs."""
    blobs: list[bytes | None] = blob_column(geometries).to_pylist()
    return blobs


def blob_column(geometries: np.ndarray) -> pa.BinaryArray:
    """Turn an array of 2D geometries (EPSG:4326; None or empty = no place) into a column of blobs."""
    types = shapely.get_type_id(geometries)
    here = (types >= 0) & ~shapely.is_empty(geometries)
    points, shapes = np.flatnonzero(here & (types == 0)), np.flatnonzero(here & (types != 0))
    made = pa.concat_arrays([_points(geometries[points]), _shapes(geometries[shapes])])
    # Where each geometry's blob stands among those made; none has a null there.
    at = np.zeros(len(geometries), np.int64)
    at[points], at[shapes] = np.arange(len(points)), np.arange(len(shapes)) + len(points)
    return made.take(pa.array(at, mask=~here))


def _points(geometries: np.ndarray) -> pa.BinaryArray:
    packed = np.zeros(len(geometries), _POINT_DTYPE)
    packed["magic"], packed["flags"], packed["srid"] = b"GP", _PLAIN, SRID
    packed["order"], packed["type"] = 1, 1
    packed["x"], packed["y"] = shapely.get_x(geometries), shapely.get_y(geometries)
    ends = np.arange(len(geometries) + 1, dtype=np.int32) * _POINT_DTYPE.itemsize
    whole = [None, pa.py_buffer(ends), pa.py_buffer(packed.tobytes())]
    return pa.BinaryArray.from_buffers(pa.binary(), len(geometries), whole)


def _shapes(geometries: np.ndarray) -> pa.BinaryArray:
    bounds = shapely.bounds(geometries)
    bodies = shapely.to_wkb(geometries, output_dimension=2, byte_order=1)
    return pa.array(
        [
            _WITH_ENVELOPE.pack(b"GP", 0, _ENVELOPED, SRID, west, east, south, north) + body
            for (west, south, east, north), body in zip(bounds, bodies, strict=True)
        ],
        pa.binary(),
    )


def to_geometries(blobs: Sequence[bytes | None]) -> np.ndarray:
    """Turn blobs back into an array of geometries, None where there was none."""
    return geometries_of(pa.array(blobs, pa.binary()))


def geometries_of(blobs: pa.BinaryArray) -> np.ndarray:
    """Turn a column of blobs of ours into an array of geometries, None where there is none.

    Points, of which there are millions, are read all at once.
    """
    found = np.full(len(blobs), None, dtype=object)
    size, there = _POINT_DTYPE.itemsize, np.asarray(pc.is_valid(blobs))
    short = there & np.asarray(pc.fill_null(pc.equal(pc.binary_length(blobs), size), False))
    points = blobs.filter(pa.array(short))
    _, ends, body = points.buffers()
    begin = int(np.frombuffer(ends, np.int32)[points.offset]) if len(points) else 0
    packed = (
        np.frombuffer(body, _POINT_DTYPE, len(points), begin) if len(points) else np.empty(0, _POINT_DTYPE)
    )
    plain = (
        (packed["flags"] == _PLAIN)
        & (packed["order"] == 1)
        & (packed["type"] == 1)
        & np.isfinite(packed["x"])
    )
    at = np.flatnonzero(short)[plain]
    found[at] = shapely.points(packed["x"][plain], packed["y"][plain])
    there[at] = False
    others = np.flatnonzero(there)
    bodies = [_body(blob) for blob in blobs.take(pa.array(others)).to_pylist()]
    found[others] = shapely.from_wkb(np.array(bodies, dtype=object))
    return found


def _body(blob: bytes | None) -> bytes | None:
    if blob is None:
        return None
    return bytes(blob[8 + _ENVELOPE_BYTES[(blob[3] >> 1) & 0b111] :])


def envelopes(blobs: pa.Array) -> np.ndarray:
    """Return (min x, max x, min y, max y) of an Arrow array of blobs of ours without nulls, shape (n, 4)."""
    if not len(blobs):
        return np.empty((0, 4))
    _, offsets, body = blobs.buffers()
    whole = np.frombuffer(body, np.uint8)
    starts = np.frombuffer(offsets, np.int32)[blobs.offset : blobs.offset + len(blobs)].astype(np.int64)

    def doubles(blob: np.ndarray, first_byte: int, count: int) -> np.ndarray:
        bytes_of = starts[blob, None] + np.arange(first_byte, first_byte + 8 * count)
        found: np.ndarray = whole[bytes_of].view("<f8")
        return found

    enveloped = whole[starts + 3] == _ENVELOPED
    boxes = np.empty((len(blobs), 4))
    boxes[enveloped] = doubles(enveloped, _HEADER.size, 4)
    # Of a point, the two doubles after its byte order and type.
    boxes[~enveloped] = doubles(~enveloped, _HEADER.size + 5, 2).repeat(2, axis=1)
    return boxes


def envelope(blob: bytes) -> tuple[float, float, float, float]:
    """Return (min x, max x, min y, max y) of a blob of ours."""
    if blob[3] & 0b1110:
        found: tuple[float, float, float, float] = _WITH_ENVELOPE.unpack_from(blob)[4:]
        return found
    x, y = _POINT.unpack_from(blob, 8 + 5)
    return x, x, y, y


# What the R-tree triggers of GeoPackage 1.4 call; registered on every connection.
SQL_FUNCTIONS = {
    "ST_MinX": lambda blob: None if blob is None else envelope(blob)[0],
    "ST_MaxX": lambda blob: None if blob is None else envelope(blob)[1],
    "ST_MinY": lambda blob: None if blob is None else envelope(blob)[2],
    "ST_MaxY": lambda blob: None if blob is None else envelope(blob)[3],
    "ST_IsEmpty": lambda blob: None if blob is None else 0,
}
