"""Shapely geometries from parsed GeoJSON, each checked by hand: shapely.from_geojson crashes on deep
nesting.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely import GeometryType

from gis.formats.output import Codes
from gis.formats.shapes import Shapes

Coordinates = npt.NDArray[np.float64]
_COLLECTION_DEPTH = 8
_KINDS = {
    "point": GeometryType.POINT,
    "linestring": GeometryType.LINESTRING,
    "polygon": GeometryType.POLYGON,
    "multipoint": GeometryType.MULTIPOINT,
    "multilinestring": GeometryType.MULTILINESTRING,
    "multipolygon": GeometryType.MULTIPOLYGON,
    "geometrycollection": GeometryType.GEOMETRYCOLLECTION,
}
TYPES = frozenset(_KINDS)


class Unbuildable(ValueError):
    """A geometry that cannot be built; `code` is its defect."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def build(geometries: Sequence[Any]) -> tuple[Shapes, Codes]:
    """Shapes of parsed GeoJSON geometry objects (None stays None), and codes of those that cannot be
    built. An area whose ring was left open has its code and, as a suggestion, the shape with rings closed.
    """
    built = np.full(len(geometries), None, dtype=object)
    codes: Codes = {}
    groups: dict[GeometryType, list[tuple[int, list[list[Coordinates]]]]] = defaultdict(list)
    points, others = _points(geometries)
    built[points[0]] = points[1]
    for position in others:
        raw = geometries[position]
        try:
            kind = _kind(raw)
            if kind is GeometryType.GEOMETRYCOLLECTION:
                built[position] = build_one(raw)
            else:
                groups[kind].append((position, _parts(kind, raw.get("coordinates"))))
        except Unbuildable as fault:
            codes[position] = fault.code
            if fault.code == "unclosed_ring":
                built[position] = _closed(raw)
    for kind, members in groups.items():
        built[[position for position, _ in members]] = _assembled(kind, [parts for _, parts in members])
    return built, codes


def _points(geometries: Sequence[Any]) -> tuple[tuple[list[int], Shapes], list[int]]:
    """The plain points, all at once: their positions and shapes; and the positions of all else but None."""
    here = [position for position, raw in enumerate(geometries) if raw is not None]
    plain = [position for position in here if _plain_point(geometries[position])]
    pairs = np.array([geometries[position]["coordinates"] for position in plain], dtype=np.float64)
    if not np.isfinite(pairs).all():
        plain, pairs = [], np.empty((0, 2))
    told = set(plain)
    shapes: Shapes = shapely.points(pairs.reshape(-1, 2))
    return (plain, shapes), [position for position in here if position not in told]


def _plain_point(raw: Any) -> bool:
    """Whether a geometry is a point of two numbers with a fraction, as nearly all are."""
    if not isinstance(raw, dict) or raw.get("type") != "Point":
        return False
    coordinates = raw.get("coordinates")
    return isinstance(coordinates, list) and [type(number) for number in coordinates] == _TWO_FLOATS


_TWO_FLOATS = [float, float]


def build_one(raw: Any, level: int = 0) -> shapely.Geometry:
    """The shape of one geometry object; Unbuildable when it is none."""
    kind = _kind(raw)
    if kind is not GeometryType.GEOMETRYCOLLECTION:
        shape: shapely.Geometry = _assembled(kind, [_parts(kind, raw.get("coordinates"))])[0]
        return shape
    members = raw.get("geometries")
    if not isinstance(members, list) or level >= _COLLECTION_DEPTH:
        raise Unbuildable("geometry_unreadable")
    return shapely.GeometryCollection([build_one(member, level + 1) for member in members])


def _closed(raw: dict[str, Any]) -> shapely.Geometry | None:
    """An area with the first position of each open ring put at its end too; None when that is no help."""
    kind, coordinates = _kind(raw), raw.get("coordinates")
    if kind is GeometryType.POLYGON:
        closed: Any = _with_ends(coordinates)
    elif kind is GeometryType.MULTIPOLYGON and isinstance(coordinates, list):
        closed = [_with_ends(area) for area in coordinates]
    else:
        return None
    try:
        return build_one({**raw, "coordinates": closed})
    except Unbuildable:
        return None


def _with_ends(area: Any) -> Any:
    """An area with its open rings closed; what is no ring or no area stays as it is."""
    if not isinstance(area, list):
        return area
    return [[*ring, ring[0]] if _is_open(ring) else ring for ring in area]


def open_end(raw: dict[str, Any]) -> tuple[float, float]:
    """Where the first open ring of a shape stops, as (x, y); for shapes with the code unclosed_ring only."""
    end = next(ring[-1] for ring in _rings(raw) if _is_open(ring))
    return end[0], end[1]


def _rings(raw: dict[str, Any]) -> Iterator[Any]:
    """The rings of a shape as they are written, in order; up to the first open one all is well."""
    kind = _kind(raw)
    if kind is GeometryType.GEOMETRYCOLLECTION:
        yield from chain.from_iterable(map(_rings, raw["geometries"]))
    elif kind is GeometryType.MULTIPOLYGON:
        yield from chain.from_iterable(raw["coordinates"])
    elif kind is GeometryType.POLYGON:
        yield from raw["coordinates"]


def _is_open(ring: Any) -> bool:
    """Whether a ring of good positions ends elsewhere than it begins; False for what is no ring."""
    try:
        _ring(ring)
    except Unbuildable as fault:
        return fault.code == "unclosed_ring"
    return False


def _kind(raw: Any) -> GeometryType:
    kind = _KINDS.get(str(raw.get("type")).lower()) if isinstance(raw, dict) else None
    if kind is None:
        raise Unbuildable("geometry_unreadable")
    return kind


def _parts(kind: GeometryType, raw: Any) -> list[list[Coordinates]]:
    """Coordinates as parts of rings: a point or line is one part of one ring, a polygon one part.

    Parts that are empty hold nothing and are left out.
    """
    if not isinstance(raw, list):
        raise Unbuildable("geometry_unreadable")
    if not raw:
        return []
    if kind is GeometryType.POINT:
        return [[_positions([raw], 1)]]
    if kind is GeometryType.MULTIPOINT:
        return [[_positions(raw, 1)]]
    if kind is GeometryType.LINESTRING:
        return [[_positions(raw, 2)]]
    if kind is GeometryType.MULTILINESTRING:
        return [[_positions(line, 2) for line in raw if line != []]]
    if kind is GeometryType.POLYGON:
        return [[_ring(ring) for ring in raw]]
    # GEOS writes where it must not when a part has no ring
    return [[_ring(ring) for ring in _listed(polygon)] for polygon in raw if polygon != []]


def _listed(raw: Any) -> list[Any]:
    if not isinstance(raw, list):
        raise Unbuildable("geometry_unreadable")
    return raw


def _positions(raw: Any, least: int) -> Coordinates:
    """An (n, 2) array of positions, heights dropped; strings and nulls among the numbers are refused."""
    try:
        array = np.array(_listed(raw))
    except ValueError:
        array = _uneven(raw)
    if array.ndim != 2 or array.shape[1] < 2 or array.dtype.kind not in "fiu":
        raise Unbuildable("geometry_unreadable")
    flat: Coordinates = array[:, :2].astype(np.float64)
    if not np.isfinite(flat).all():
        raise Unbuildable("geometry_not_finite")
    if len(flat) < least:
        raise Unbuildable("ring_too_short")
    return flat


def _uneven(raw: list[Any]) -> npt.NDArray[Any]:
    """Positions some of which have a height and some not, cut to two numbers each."""
    try:
        return np.array([position[:2] for position in raw])
    except (ValueError, TypeError, KeyError) as error:
        raise Unbuildable("geometry_unreadable") from error


def _ring(raw: Any) -> Coordinates:
    ring = _positions(raw, 3)
    if (ring[0] != ring[-1]).any():
        raise Unbuildable("unclosed_ring")
    if len(ring) < 4:
        raise Unbuildable("ring_too_short")
    return ring


def _assembled(kind: GeometryType, shapes: list[list[list[Coordinates]]]) -> Shapes:
    """All shapes of one kind at once, through shapely's ragged arrays."""
    rings = [ring for parts in shapes for part in parts for ring in part]
    if not rings:
        return np.asarray(shapely.empty(len(shapes), kind))
    if kind is GeometryType.POINT:
        points = np.full((len(shapes), 2), np.nan)
        filled = [index for index, parts in enumerate(shapes) if parts]
        points[filled] = np.concatenate(rings)
        return np.asarray(shapely.from_ragged_array(kind, points, ()))
    coordinates = np.concatenate(rings)
    vertices = _offsets([len(ring) for ring in rings])
    rings_of_shape = _offsets([sum(len(part) for part in parts) for parts in shapes])
    if kind in (GeometryType.LINESTRING, GeometryType.MULTIPOINT):
        of_shape = _offsets([sum(len(ring) for part in parts for ring in part) for parts in shapes])
        return np.asarray(shapely.from_ragged_array(kind, coordinates, (of_shape,)))
    if kind is GeometryType.MULTIPOLYGON:
        rings_of_part = _offsets([len(part) for parts in shapes for part in parts])
        parts_of_shape = _offsets([len(parts) for parts in shapes])
        offsets: tuple[npt.NDArray[np.int64], ...] = (vertices, rings_of_part, parts_of_shape)
        return np.asarray(shapely.from_ragged_array(kind, coordinates, offsets))
    return np.asarray(shapely.from_ragged_array(kind, coordinates, (vertices, rings_of_shape)))


def _offsets(lengths: list[int]) -> npt.NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int64)
