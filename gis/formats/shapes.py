"""From shapely geometries or foreign WKB to the checked 2D WKB of a layer, with a code for each that
fails.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from shapely.errors import GEOSException

from gis.formats.output import Codes, LayerWriter, Output

Shapes = npt.NDArray[np.object_]
_POINT_BYTES = 21
_NESTING_TYPES = frozenset((4, 5, 6, 7, 9, 10, 11, 12, 15, 16))
_CURVED_TYPES = range(8, 15)
# Byte order and type; of the type's number, what is not a flag of EWKB.
_HEAD_BYTES, _PLAIN_TYPE = 5, 0x1FFFFFFF


def point_wkb(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], present: npt.NDArray[np.bool_]
) -> pa.Array:
    """WKB points (little endian, 21 bytes each) of x and y where `present`, null elsewhere."""
    matrix = np.zeros((len(x), _POINT_BYTES), dtype=np.uint8)
    matrix[:, 0] = 1
    matrix[:, 1] = 1
    matrix[:, 5:13] = np.ascontiguousarray(x, dtype="<f8").view(np.uint8).reshape(-1, 8)
    matrix[:, 13:21] = np.ascontiguousarray(y, dtype="<f8").view(np.uint8).reshape(-1, 8)
    lengths = np.where(present, _POINT_BYTES, 0)
    offsets = np.zeros(len(x) + 1, dtype=np.int32)
    np.cumsum(lengths, out=offsets[1:])
    buffers = [pa.array(present).buffers()[1], pa.py_buffer(offsets), pa.py_buffer(matrix[present].tobytes())]
    return pa.Array.from_buffers(pa.binary(), len(x), buffers)


def finished(shapes: Shapes, output: Output) -> tuple[pa.Array, Codes]:
    """2D WKB of shapes, null where None or at fault, and the codes of those at fault.

    At fault: a coordinate that is not finite, more vertices than the limit for one shape.
    Raises Refused when the file's total of vertices passes its limit.
    """
    counts = shapely.get_num_coordinates(shapes)
    output.count_vertices(int(counts.sum()))
    codes: Codes = {}
    heavy = counts > output.limits.shape_vertices
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    infinite = np.zeros(len(shapes), dtype=bool)
    infinite[owner[~np.isfinite(coordinates).all(axis=1)]] = True
    codes.update(dict.fromkeys(np.flatnonzero(infinite).tolist(), "geometry_not_finite"))
    codes.update(dict.fromkeys(np.flatnonzero(heavy).tolist(), "too_many_vertices"))
    kept = shapes.copy()
    kept[infinite | heavy] = None
    flat = shapely.force_2d(kept)
    return pa.array(shapely.to_wkb(flat, byte_order=1), pa.binary()), codes


def from_wkb(values: pa.Array, output: Output) -> tuple[Shapes, Codes]:
    """Shapes of a column of WKB or EWKB; None and a code where it does not build or nests deeper than the limit."""
    codes: Codes = {}
    safe = values.to_numpy(zero_copy_only=False)
    for position in np.flatnonzero(np.isin(_kinds(values), [*_NESTING_TYPES])).tolist():
        if depth(safe[position]) > output.limits.depth:
            codes[position] = "geometry_unreadable"
            safe[position] = None
    shapes = shapely.from_wkb(safe, on_invalid="ignore")
    return shapes, {**codes, **_unbuilt(shapes, safe)}


def from_wkt(values: Sequence[str | None]) -> tuple[Shapes, Codes]:
    """Shapes of WKT texts already checked for depth; None and a code where one does not build."""
    shapes = shapely.from_wkt(np.array(list(values), dtype=object), on_invalid="ignore")
    return shapes, _unbuilt(shapes, values)


def _unbuilt(shapes: Shapes, values: Sequence[bytes | str | None]) -> Codes:
    """The codes of values that did not build; those left open are put among the shapes as suggestions."""
    codes: Codes = {}
    for at in np.flatnonzero(shapely.is_missing(shapes)).tolist():
        if (refused := values[at]) is not None:
            codes[at], shapes[at] = _why_unbuilt(refused)
    return codes


def _why_unbuilt(refused: bytes | str) -> tuple[str, shapely.Geometry | None]:
    """The defect code of WKB or WKT that GEOS would not build, and the shape with its rings closed if that
    is what it lacks.
    """
    build = shapely.from_wkt if isinstance(refused, str) else shapely.from_wkb
    try:
        _ = build(refused)
    except GEOSException as error:
        message = str(error)
        if "closed linestring" in message:
            closed = build(refused, on_invalid="fix")
            whole = closed is not None and all(len(ring) >= 4 for ring in _rings(closed))
            return "unclosed_ring", closed if whole else None
        if "number of points" in message.lower() or "must contain 0 or >1" in message:
            return "ring_too_short", None
    return "geometry_unreadable", None


def _rings(shape: shapely.Geometry) -> list[npt.NDArray[np.float64]]:
    areas = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return [shapely.get_coordinates(ring) for area in areas for ring in shapely.get_rings(area)]


def closing_end(shape: shapely.Geometry) -> tuple[float, float]:
    """Where an area that was closed for its owner stopped: the start of the longest closing line, as (x, y)."""
    ends = [ring[-2:] for ring in _rings(shape)]
    longest = max(ends, key=lambda pair: float(np.hypot(*(pair[1] - pair[0]))))
    return float(longest[0][0]), float(longest[0][1])


def place_text(x: float, y: float) -> str:
    """A place for people: "latitude, longitude" in degrees, "E ..., N ..." in metres."""
    if abs(x) <= 180 and abs(y) <= 90:
        return f"{y:.6f}, {x:.6f}"
    return f"E {x:.2f}, N {y:.2f}"


def note(writer: LayerWriter, built: Shapes, codes: Codes, start: int) -> None:
    """Note the shapes at fault of rows numbered from `start` + 1, and where a ring left open stops."""
    for position, code in sorted(codes.items()):
        closed = built[position] if code == "unclosed_ring" else None
        place = place_text(*closing_end(closed)) if closed is not None else None
        writer.note(code, start + position + 1, value=place)


def _kinds(values: pa.Array) -> npt.NDArray[np.int64]:
    """Type (ISO number; more than 17 for what is no type) of each WKB of a column, -1 for what is too short."""
    heads = pc.binary_slice(values, 0, _HEAD_BYTES).cast(pa.binary())
    whole = np.asarray(pc.fill_null(pc.equal(pc.binary_length(heads), _HEAD_BYTES), False))
    kinds = np.full(len(heads), -1, np.int64)
    text = b"".join(heads.filter(pa.array(whole)).to_pylist())
    table = np.frombuffer(text, np.uint8).reshape(-1, _HEAD_BYTES)
    number = np.ascontiguousarray(table[:, 1:])
    little, big = number.view("<u4")[:, 0], number.view(">u4")[:, 0]
    kinds[whole] = (np.where(table[:, 0] != 0, little, big) & _PLAIN_TYPE) % 1000
    return kinds


def _kind(wkb: bytes, at: int) -> tuple[int, int, int, str]:
    """Type (ISO number below 100), dimensions, header bytes and byte order of the geometry at an offset."""
    order = "<" if wkb[at] else ">"
    raw = struct.unpack_from(f"{order}I", wkb, at + 1)[0]
    plain = raw & _PLAIN_TYPE
    dimensions = 2 + (raw >> 31) + (raw >> 30 & 1) + (0, 1, 1, 2)[min(plain // 1000, 3)]
    return plain % 1000, dimensions, 9 if raw >> 29 & 1 else 5, order


def depth(wkb: bytes) -> int:
    """How deep a WKB nests collections; read with a stack of our own because GEOS recurses and crashes."""
    deepest, at = 1, 0
    open_counts: list[int] = []
    try:
        while True:
            kind, dimensions, header, order = _kind(wkb, at)
            at += header
            if kind in _NESTING_TYPES:
                open_counts.append(struct.unpack_from(f"{order}I", wkb, at)[0])
                at += 4
                deepest = max(deepest, len(open_counts))
            else:
                at = _after_simple(wkb, at, kind, dimensions, order)
            while open_counts and open_counts[-1] == 0:
                open_counts.pop()
            if not open_counts:
                return deepest
            open_counts[-1] -= 1
    except (struct.error, IndexError):
        return deepest  # cut short: GEOS refuses it, at the depth seen so far


def _after_simple(wkb: bytes, at: int, kind: int, dimensions: int, order: str) -> int:
    if kind == 1:
        return at + 8 * dimensions
    count = int(struct.unpack_from(f"{order}I", wkb, at)[0])
    at += 4
    if kind != 3:
        return at + 8 * dimensions * count
    for _ in range(count):
        points = int(struct.unpack_from(f"{order}I", wkb, at)[0])
        at += 4 + 8 * dimensions * points
    return at


def curves(values: pa.Array) -> npt.NDArray[np.bool_]:
    """Where a column of WKB holds a curved type, or a collection that may hold one."""
    return np.isin(_kinds(values), _CURVED_TYPES)
