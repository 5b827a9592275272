"""What is wrong with a geometry, how it might be mended, and whether two are the same to a centimetre.

A repair is only ever suggested, to a person who sees what it changes; nothing is repaired on the way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import shapely
from shapely.errors import GEOSException

from gis.formats.shapes import closing_end
from gis.units import geodesic_area_m2

Geometries = npt.NDArray[np.object_]
Bounds = tuple[float, float, float, float]

THAILAND: Bounds = (97.3, 5.6, 105.7, 20.5)
CODES = (
    "geometry_empty",
    "geometry_not_finite",
    "null_island",
    "degrees_expected",
    "swapped_axes",
    "outside_bounds",
    "geometry_invalid",
)
_NULL_ISLAND_DEG = 1e-6
_METRES_PER_DEGREE = 111_320.0
CENTIMETRE_DEG = 0.01 / _METRES_PER_DEGREE
# What a repair may cost: make_valid took 16 s for 5,000 vertices that lie on each other, minutes for a tangle of
# 1,000; with so few contacts it takes milliseconds whatever the shape.
REPAIR_VERTICES = 5_000
REPAIR_CONTACTS = 2_000
_PAIRS_AT_ONCE = 250_000
What = Literal[
    "self_crossing", "self_touching", "hole_outside", "nested", "duplicate_ring", "disconnected",
    "duplicate_vertices", "unclosed_ring", "too_few_points", "bad_coordinate", "other",
]  # fmt: skip
_WHAT: dict[str, What] = {
    "self-intersection": "self_crossing",
    "ring self-intersection": "self_touching",
    "hole lies outside shell": "hole_outside",
    "holes are nested": "nested",
    "nested holes": "nested",
    "nested shells": "nested",
    "duplicate rings": "duplicate_ring",
    "interior is disconnected": "disconnected",
    "repeated point": "duplicate_vertices",
    "ring is not closed": "unclosed_ring",
    "too few points in geometry component": "too_few_points",
    "invalid coordinate": "bad_coordinate",
}
_PLACE = re.compile(r"^(.*?)\[([-\d.eE+]+) ([-\d.eE+]+)\]?")


@dataclass(frozen=True)
class Fault:
    """Why a geometry is invalid, in the words of GEOS, and where (longitude, latitude), None when not
    told.
    """

    reason: str
    longitude_deg: float | None
    latitude_deg: float | None

    @property
    def what(self) -> What:
        """The reason as one of ours."""
        return _WHAT.get(self.reason.lower(), "other")


def defects(geometries: Geometries, bounds: Bounds = THAILAND) -> npt.NDArray[np.str_]:
    """The worst fault of each geometry in EPSG:4326 as a code of CODES, "" where there is none or no
    geometry.

    In order: empty; a coordinate that is not finite; at 0,0; outside the range of degrees (metres taken for
    degrees); latitude and longitude swapped (outside `bounds`, inside when swapped); outside `bounds`
    (west, south, east, north in degrees), wholly or in part; invalid by the OGC rules. `bounds` are
    Thailand's
    unless a network's own are given. Formula: comparisons of the envelope; shapely.is_valid.
    """
    present = ~shapely.is_missing(geometries)
    box = shapely.bounds(geometries)
    finite = present & _all_finite(geometries)
    inside = _within(box, bounds)
    swapped = _within(box[:, [1, 0, 3, 2]], bounds)
    faults = (
        present & shapely.is_empty(geometries),
        present & ~finite,
        finite & (np.abs(box) <= _NULL_ISLAND_DEG).all(axis=1),
        finite & ~_within(box, (-180.0, -90.0, 180.0, 90.0)) & ~swapped,
        finite & ~inside & swapped,
        finite & ~inside,
        present & ~_valid(geometries, finite),
    )
    return np.asarray(np.select(faults, CODES, default=""), dtype=np.str_)


def _within(box: npt.NDArray[np.float64], bounds: Bounds) -> npt.NDArray[np.bool_]:
    west, south, east, north = bounds
    result: npt.NDArray[np.bool_] = (
        (box[:, 0] >= west) & (box[:, 1] >= south) & (box[:, 2] <= east) & (box[:, 3] <= north)
    )
    return result


def _all_finite(geometries: Geometries) -> npt.NDArray[np.bool_]:
    finite = np.ones(len(geometries), dtype=bool)
    coordinates, owner = shapely.get_coordinates(geometries, return_index=True)
    finite[owner[~np.isfinite(coordinates).all(axis=1)]] = False
    return finite


def _valid(geometries: Geometries, finite: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """is_valid where it is safe to ask: coordinates that are not finite are told apart before."""
    valid = np.ones(len(geometries), dtype=bool)
    valid[finite] = shapely.is_valid(geometries[finite])
    return valid


def explain(geometries: Geometries) -> list[Fault | None]:
    """For each geometry the reason it is invalid and where; None for valid ones and for none.

    Only invalid ones are looked at closely, so a city of sound plots costs one pass of is_valid.
    """
    finite = ~shapely.is_missing(geometries) & _all_finite(geometries)
    wrong = np.flatnonzero(~_valid(geometries, finite))
    result: list[Fault | None] = [None] * len(geometries)
    for position, text in zip(wrong.tolist(), shapely.is_valid_reason(geometries[wrong]), strict=True):
        found = _PLACE.match(text)
        if found:
            result[position] = Fault(found[1].strip(), float(found[2]), float(found[3]))
        else:
            result[position] = Fault(text, None, None)
    return result


@dataclass(frozen=True)
class Repair:
    """How an area might be mended: what was wrong and where, the shape mended (EPSG:4326, valid), and what
    that changes.

    Areas are geodesic, in square metres; that of a shape that crosses itself counts parts that run the other
    way round against the rest, that of a ring left open is 0.
    """

    what: What
    longitude_deg: float | None
    latitude_deg: float | None
    geometry: shapely.Geometry
    area_before_m2: float
    area_after_m2: float
    parts_before: int
    parts_after: int


def suggest_repair(geometry: shapely.Geometry | None, left_open: bool = False) -> Repair | None:
    """How an area in EPSG:4326 might be mended; None where nothing is wrong, or nothing safe can be said.

    Crossings, holes outside, nested and doubled rings are resolved by GEOS make_valid ("structure"); vertices
    repeated one after the other are dropped. `left_open` says that the reader closed a ring for its owner
    (#defect unclosed_ring). Never tried: other shapes than areas, coordinates that are no degrees, more than
    REPAIR_VERTICES vertices, more than REPAIR_CONTACTS places where edges meet besides their ends: a shape
    made to keep a repair busy is past one of them. Takes less than half a second.
    """
    if geometry is None or geometry.geom_type not in ("Polygon", "MultiPolygon") or geometry.is_empty:
        return None
    whole = np.array([geometry], dtype=object)
    if shapely.get_num_coordinates(geometry) > REPAIR_VERTICES or not _in_degrees(whole):
        return None
    fault = explain(whole)[0]
    tidy = _without_repeated(geometry)
    if fault is None and not left_open:
        doubled = first_repeated(geometry)
        return None if doubled is None else _repair("duplicate_vertices", doubled, (geometry, tidy))
    mended = tidy if fault is None else _made_valid(tidy)
    if mended is None:
        return None
    if left_open or fault is None:
        return _repair("unclosed_ring", closing_end(geometry), (geometry, mended))
    return _repair(fault.what, (fault.longitude_deg, fault.latitude_deg), (geometry, mended))


def _in_degrees(geometries: Geometries) -> bool:
    box = shapely.bounds(geometries)
    return bool(_all_finite(geometries).all() and _within(box, (-180.0, -90.0, 180.0, 90.0)).all())


def _repair(
    what: What,
    place: tuple[float | None, float | None] | None,
    shapes: tuple[shapely.Geometry, shapely.Geometry],
) -> Repair:
    both = np.array(shapes, dtype=object)
    before, after = geodesic_area_m2(both).tolist()
    parts = shapely.get_num_geometries(both).tolist()
    x, y = place or (None, None)
    before = 0.0 if what == "unclosed_ring" else before
    return Repair(what, x, y, shapes[1], before, after, parts[0], parts[1])


def _without_repeated(geometry: shapely.Geometry) -> shapely.Geometry:
    """The shape without vertices that repeat the one before; as it is where a ring would have too few left."""
    try:
        return shapely.remove_repeated_points(geometry)
    except GEOSException:
        return geometry


def repeated_vertices(geometries: Geometries) -> npt.NDArray[np.int64]:
    """How many vertices of each area are the same as the one before them in their ring; 0 for other shapes."""
    counts = np.zeros(len(geometries), dtype=np.int64)
    areas = np.flatnonzero(np.isin(shapely.get_type_id(geometries), (3, 6)))
    coordinates, owner = shapely.get_coordinates(geometries[areas], return_index=True)
    same = (owner[1:] == owner[:-1]) & (coordinates[1:] == coordinates[:-1]).all(axis=1)
    found, number = np.unique(owner[1:][same], return_counts=True)
    counts[areas[found]] = number
    # A ring may start where the one before it ends.
    several = areas[found][_ring_counts(geometries[areas[found]]) > 1]
    for at in several.tolist():
        counts[at] = sum(int((r[1:] == r[:-1]).all(axis=1).sum()) for r in _rings(geometries[at]))
    return counts


def first_repeated(geometry: shapely.Geometry) -> tuple[float, float] | None:
    """Where a vertex of an area is the same as the one before it (longitude, latitude); None where none is."""
    for ring in _rings(geometry):
        same = np.flatnonzero((ring[1:] == ring[:-1]).all(axis=1))
        if len(same):
            return float(ring[same[0]][0]), float(ring[same[0]][1])
    return None


def _rings(geometry: shapely.Geometry) -> list[npt.NDArray[np.float64]]:
    parts = shapely.get_parts(geometry)
    return [shapely.get_coordinates(ring) for part in parts for ring in shapely.get_rings(part)]


def _made_valid(geometry: shapely.Geometry) -> shapely.Geometry | None:
    """The area by make_valid where its edges meet seldom enough; None where not, or where no area is left."""
    rings = _rings(geometry)
    starts = np.concatenate([ring[:-1] for ring in rings])
    ends = np.concatenate([ring[1:] for ring in rings])
    if _contacts(starts, ends) > REPAIR_CONTACTS:
        return None
    mended = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    areas = mended.geom_type in ("Polygon", "MultiPolygon") and not mended.is_empty
    return mended if areas and mended.is_valid else None


def _contacts(starts: npt.NDArray[np.float64], ends: npt.NDArray[np.float64]) -> int:
    """How many pairs of edges meet, other than an edge and the next at the vertex between them; stops
    counting past REPAIR_CONTACTS.
    """
    low, high = np.minimum(starts, ends), np.maximum(starts, ends)
    count, found = len(starts), 0
    step = max(1, _PAIRS_AT_ONCE // count)
    for first in range(0, count, step):
        rows = slice(first, first + step)
        near = (low[rows, None] <= high[None, first:]).all(axis=2) & (
            high[rows, None] >= low[None, first:]
        ).all(axis=2)
        one, other = np.nonzero(near)
        one, other = one[other > one] + first, other[other > one] + first
        found += int(_meet(starts, ends, one, other).sum())
        if found > REPAIR_CONTACTS:
            break
    return found


def _meet(
    starts: npt.NDArray[np.float64],
    ends: npt.NDArray[np.float64],
    one: npt.NDArray[np.int64],
    other: npt.NDArray[np.int64],
) -> npt.NDArray[np.bool_]:
    """Whether edges meet anywhere but at one shared end; edges that lie on each other do."""
    sides = [
        _side(starts[one], ends[one], starts[other]) * _side(starts[one], ends[one], ends[other]),
        _side(starts[other], ends[other], starts[one]) * _side(starts[other], ends[other], ends[one]),
    ]
    shared = (ends[one] == starts[other]).all(axis=1) | (starts[one] == ends[other]).all(axis=1)
    flat = (sides[0] == 0) & (sides[1] == 0)
    back = ((ends[one] - starts[one]) * (ends[other] - starts[other])).sum(axis=1) < 0
    met: npt.NDArray[np.bool_] = (sides[0] <= 0) & (sides[1] <= 0) & (~shared | (flat & back))
    return met


def _side(
    start: npt.NDArray[np.float64], end: npt.NDArray[np.float64], place: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """On which side of an edge a place lies: -1, 0 or 1."""
    along, off = end - start, place - start
    side: npt.NDArray[np.float64] = np.sign(along[:, 0] * off[:, 1] - along[:, 1] * off[:, 0])
    return side


def within_1cm(
    first: Geometries, second: Geometries, tolerance_deg: float = CENTIMETRE_DEG
) -> npt.NDArray[np.bool_]:
    """Whether geometries in EPSG:4326 are the same, pair by pair: type, parts, vertices and every place
    to 1 cm.

    The tolerance is 1 cm of latitude in degrees (1 cm / 111,320 m), on each axis. Two missing ones are
    the same.
    """
    if len(first) != len(second):
        raise ValueError("two arrays of the same length are compared")
    one_missing, other_missing = shapely.is_missing(first), shapely.is_missing(second)
    same = (one_missing & other_missing) | (
        (_kind_ids(first) == _kind_ids(second))
        & (shapely.get_num_geometries(first) == shapely.get_num_geometries(second))
        & (shapely.get_num_coordinates(first) == shapely.get_num_coordinates(second))
        & (_ring_counts(first) == _ring_counts(second))
    )
    alike = same & ~one_missing
    mine, owner = shapely.get_coordinates(first[alike], return_index=True)
    theirs = shapely.get_coordinates(second[alike])
    apart = ~(np.abs(mine - theirs) <= tolerance_deg).all(axis=1)
    same[np.flatnonzero(alike)[owner[apart]]] = False
    return np.asarray(same)


def _kind_ids(geometries: Geometries) -> npt.NDArray[np.int64]:
    """The type of each geometry; of several of one kind the kind, for programs write one area as several."""
    ids = shapely.get_type_id(geometries).astype(np.int64)
    return np.asarray(np.where((ids >= 4) & (ids <= 6), np.array([0, 1, 3])[np.clip(ids - 4, 0, 2)], ids))


def _ring_counts(geometries: Geometries) -> npt.NDArray[np.int64]:
    """How many rings the polygons of each geometry have together."""
    parts, owner = shapely.get_parts(geometries, return_index=True)
    counts = np.zeros(len(geometries), dtype=np.int64)
    np.add.at(
        counts, owner, np.where(shapely.get_type_id(parts) == 3, shapely.get_num_interior_rings(parts) + 1, 0)
    )
    return counts
