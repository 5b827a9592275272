"""Thai land measures and geodesic sizes: 1 rai = 4 ngan = 400 square wa = 1,600 square metres."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import Geod

SQUARE_METRES_PER_RAI = 1600.0
SQUARE_METRES_PER_NGAN = 400.0
SQUARE_METRES_PER_WA = 4.0

Language = Literal["th", "en"]
_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_GEOD = Geod(ellps="WGS84")
_NUMBER = r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
# With a power of ten, as spreadsheets write large numbers; only where a unit follows.
_POWER = r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:E[+-]?0?\d(?!\d))?)"
_DASHED = re.compile(rf"{_NUMBER}\s*[-–—]\s*{_NUMBER}\s*[-–—]\s*{_NUMBER}\s*(?:ไร่|rai)?", re.IGNORECASE)
_UNITS: tuple[tuple[str, float], ...] = (
    (r"ไร่|rai", SQUARE_METRES_PER_RAI),
    (r"งาน|ngan", SQUARE_METRES_PER_NGAN),
    (r"ตารางวา|ตร\.?\s*ว(?:า)?\.?|วา(?:²|2)?|square\s*wa|sq\.?\s*wa|wa(?:²|2)?", SQUARE_METRES_PER_WA),
    (
        r"ตารางเมตร|ตร\.?\s*ม(?:\.|ตร\.?)?|เมตร(?:²|2)|square\s*met(?:re|er)s?|sq\.?\s*m\.?|sqm|m(?:²|2)|ม(?:²|2)\.?",
        1.0,
    ),
    (r"เฮกตาร์|เฮกแตร์|hectares?|ha", 10_000.0),
    (r"ตารางกิโลเมตร|ตร\.?\s*กม\.?|sq\.?\s*km|km(?:²|2)", 1_000_000.0),
)
_ANY_UNIT = "|".join(f"(?P<u{place}>{words})" for place, (words, _) in enumerate(_UNITS))
_PIECE = re.compile(rf"\s*{_POWER}\s*(?:{_ANY_UNIT})\s*,?", re.IGNORECASE)


def thai_digits(text: str) -> str:
    """The text with Thai digits as 0-9; everything else unchanged."""
    return text.translate(_DIGITS)


def parse_area(text: str) -> float | None:
    """Square metres of an area as Thai people write it; None when the text is not one.

    "4-2-25" and "๔-๒-๒๕" are rai-ngan-square wa; "4 ไร่ 2 งาน 25 ตร.ว.", "1.5 ไร่" and "120 ตร.ม." name
    their units.
    A bare number has no unit and is not an area. Source: Thai land measures, 1 square wa = 4 square metres.
    """
    # not NFKC: it would turn the superscript of m² into a digit of the number
    plain = re.sub(r"[\s\u00a0]+", " ", thai_digits(unicodedata.normalize("NFC", text))).strip()
    dashed = _DASHED.fullmatch(plain)
    if dashed:
        rai, ngan, wa = (float(part.replace(",", "")) for part in dashed.groups())
        if ngan >= 4 or wa >= 100:
            return None  # more likely a date ("21-08-51") or a slip
        return rai * SQUARE_METRES_PER_RAI + ngan * SQUARE_METRES_PER_NGAN + wa * SQUARE_METRES_PER_WA
    return _named_units(plain)


def _named_units(plain: str) -> float | None:
    total, at, used = 0.0, 0, -1
    while piece := _PIECE.match(plain, at):
        unit = next(place for place in range(len(_UNITS)) if piece[f"u{place}"])
        if unit <= used:
            return None  # "2 งาน 1 ไร่" and "1 ไร่ 2 ไร่" are slips, not areas
        total += float(piece[1].replace(",", "")) * _UNITS[unit][1]
        at, used = piece.end(), unit
    return total if used >= 0 and at == len(plain) else None


def rai_ngan_wa(square_metres: float) -> tuple[int, int, float]:
    """(rai, ngan, square wa) of an area of at least 0, square wa rounded half up to one decimal."""
    if not square_metres >= 0 or square_metres == float("inf"):
        raise ValueError("an area is a finite number of at least 0")
    tenths = Decimal(repr(square_metres / SQUARE_METRES_PER_WA)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    rai, rest = divmod(tenths, 400)
    ngan, wa = divmod(rest, 100)
    return int(rai), int(ngan), float(wa)


def format_area(square_metres: float, language: Language = "th") -> str:
    """An area as Thai land papers write it: "4-2-25 ไร่" ("4-2-25 rai" in English), one decimal where
    needed.
    """
    rai, ngan, wa = rai_ngan_wa(square_metres)
    unit = "ไร่" if language == "th" else "rai"
    return f"{rai:,}-{ngan}-{wa:g} {unit}"


def geodesic_area_m2(geometries: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    """Square metres on the WGS 84 ellipsoid of polygons in EPSG:4326; 0 for points and lines, NaN for None.

    Karney 2013 through pyproj.Geod, holes taken off whatever way their rings turn.
    """
    total = np.where(shapely.is_missing(geometries), np.nan, 0.0)
    parts, owner = shapely.get_parts(geometries, return_index=True)
    while (shapely.get_type_id(parts) > 3).any():  # collections inside collections
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
    polygonal = shapely.get_type_id(parts) == 3
    rings, polygon = shapely.get_rings(parts[polygonal], return_index=True)
    if not len(rings):
        return total
    outer = np.diff(polygon, prepend=-1) != 0
    sizes = _ring_areas(rings) * np.where(outer, 1.0, -1.0)
    np.add.at(total, owner[polygonal][polygon], sizes)
    return total


def _ring_areas(rings: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    coordinates, owner = shapely.get_coordinates(rings, return_index=True)
    ends = np.flatnonzero(np.diff(owner)) + 1
    longitudes, latitudes = np.split(coordinates[:, 0], ends), np.split(coordinates[:, 1], ends)
    pairs = zip(longitudes, latitudes, strict=True)
    return np.array([abs(_GEOD.polygon_area_perimeter(lons, lats)[0]) for lons, lats in pairs])


def geodesic_length_m(geometries: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    """Metres on the WGS 84 ellipsoid along lines and around polygons in EPSG:4326; 0 for points, NaN for
    None.
    """
    total = np.where(shapely.is_missing(geometries), np.nan, 0.0)
    edges, owner = _paths(geometries)
    coordinates, path = shapely.get_coordinates(edges, return_index=True)
    if len(coordinates) < 2:
        return total
    same = path[1:] == path[:-1]
    start, end = coordinates[:-1][same], coordinates[1:][same]
    metres = _GEOD.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])[2]
    np.add.at(total, owner[path[1:][same]], metres)
    return total


def geodesic_distance_m(
    first: npt.NDArray[np.object_], second: npt.NDArray[np.object_]
) -> npt.NDArray[np.float64]:
    """Metres on the WGS 84 ellipsoid between points in EPSG:4326, pair by pair; NaN where either is no point.

    Karney 2013 through pyproj.Geod.
    """
    metres = np.full(len(first), np.nan)
    points = [(shapely.get_type_id(one) == 0) & ~shapely.is_empty(one) for one in (first, second)]
    both = np.flatnonzero(points[0] & points[1])
    start, end = shapely.get_coordinates(first[both]), shapely.get_coordinates(second[both])
    if len(both):
        metres[both] = _GEOD.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])[2]
    return metres


def _paths(geometries: npt.NDArray[np.object_]) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int64]]:
    """Every line and polygon ring of the geometries, and the position of the geometry it is of."""
    parts, owner = shapely.get_parts(geometries, return_index=True)
    while (shapely.get_type_id(parts) > 3).any():
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
    kinds = shapely.get_type_id(parts)
    rings, polygon = shapely.get_rings(parts[kinds == 3], return_index=True)
    lines = (kinds == 1) | (kinds == 2)
    return np.concatenate([parts[lines], rings]), np.concatenate([owner[lines], owner[kinds == 3][polygon]])


def area_m2(geometries: pd.Series) -> pd.Series:
    """geodesic_area_m2 of a Series of geometries in EPSG:4326, on the same index."""
    return pd.Series(geodesic_area_m2(geometries.to_numpy(dtype=object)), geometries.index, dtype="float64")


def length_m(geometries: pd.Series) -> pd.Series:
    """geodesic_length_m of a Series of geometries in EPSG:4326, on the same index."""
    return pd.Series(geodesic_length_m(geometries.to_numpy(dtype=object)), geometries.index, dtype="float64")
