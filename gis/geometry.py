"""What is wrong with a geometry, and whether two are the same to a centimetre; nothing is ever repaired
here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

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
_PLACE = re.compile(r"^(.*?)\[([-\d.eE+]+) ([-\d.eE+]+)\]?")


@dataclass(frozen=True)
class Fault:
    """Why a geometry is invalid, in the words of GEOS, and where (longitude, latitude), None when not
    told.
    """

    reason: str
    longitude_deg: float | None
    latitude_deg: float | None


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
        (shapely.get_type_id(first) == shapely.get_type_id(second))
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


def _ring_counts(geometries: Geometries) -> npt.NDArray[np.int64]:
    """How many rings the polygons of each geometry have together."""
    parts, owner = shapely.get_parts(geometries, return_index=True)
    counts = np.zeros(len(geometries), dtype=np.int64)
    np.add.at(
        counts, owner, np.where(shapely.get_type_id(parts) == 3, shapely.get_num_interior_rings(parts) + 1, 0)
    )
    return counts
