"""Coordinate systems: what people write, and the way to WGS 84 and back with the Thai datums pinned.

PROJ's own choice for Indian 1975 (EPSG:1812) lands about 188 m from where Thai agencies put things; the
operation here is EPSG:1304. x (longitude, easting) always comes first.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Transformer
from pyproj.enums import TransformDirection
from pyproj.exceptions import CRSError, ProjError

Geometries = npt.NDArray[np.object_]
Coordinates = npt.NDArray[np.float64]

WGS84 = CRS.from_epsg(4326)
_RADIUS_M, _INVERSE_FLATTENING = 6_378_137.0, 298.25722
_MOST_CHARS = 20_000
_CODE = re.compile(r"(?:EPSG\s*:{1,2}\s*|urn:(?:x-)?ogc:def:crs:EPSG:[\d.]*:)?(\d{4,6})", re.IGNORECASE)
_CRS84 = re.compile(r"(?:urn:ogc:def:crs:)?OGC:(?:1\.3:)?:?CRS84", re.IGNORECASE)
_WKT = re.compile(r"\s*(?:GEOG|PROJ|BASE|BOUND|COMPOUND|COMPD|GEODETIC)\w*\s*[\[(]", re.IGNORECASE)
_GRID_FILE = re.compile(r"(?:nadgrids|geoidgrids)\s*=\s*(?!@null)", re.IGNORECASE)
# Datum (letters and digits only, lower case) -> geocentric shift to WGS 84 in metres.
# Indian 1975: EPSG:1304 (Thailand, from 814 stations). Indian 1954: EPSG:1153 (Thailand, onshore).
_PINNED: dict[str, tuple[float, float, float]] = {
    "indian1975": (210.0, 814.0, 289.0),
    "indian1954": (217.0, 823.0, 299.0),
}


class UnknownCrs(ValueError):
    """A text that names no coordinate system of places on the ground, or one with no known way to WGS 84."""

    def __init__(self, text: str) -> None:
        super().__init__(f"unknown coordinate system: {text[:80]!r}")
        self.text = text


@lru_cache(maxsize=64)
def parse(text: str) -> CRS:
    """The CRS of "EPSG:24047", "24047", "OGC:CRS84" or WKT; UnknownCrs for anything else.

    PROJ strings are not taken: they can name files of the machine. Nor is a datum whose shift to WGS 84
    nobody knows: taken as WGS 84, places would stand hundreds of metres off, and nothing would say so.
    """
    plain = text.strip()
    code = _CODE.fullmatch(plain)
    try:
        if code:
            crs = CRS.from_epsg(int(code[1]))
        elif _CRS84.fullmatch(plain):
            crs = WGS84
        elif _WKT.match(plain) and len(plain) <= _MOST_CHARS and not _GRID_FILE.search(plain):
            crs = CRS.from_wkt(plain)
        else:
            raise UnknownCrs(text)
    except CRSError as error:
        raise UnknownCrs(text) from error
    if not (crs.is_geographic or crs.is_projected):
        raise UnknownCrs(text)
    _steps(crs)
    return crs


def _as_crs(crs: CRS | str) -> CRS:
    return parse(crs) if isinstance(crs, str) else crs


def pinned_shift(crs: CRS) -> tuple[float, float, float] | None:
    """The geocentric shift (x, y, z in metres) pinned for the datum of a CRS; None when PROJ chooses."""
    plain = crs.source_crs if crs.is_bound and crs.source_crs else crs
    datum = plain.geodetic_crs.datum if plain.geodetic_crs else None
    name = re.sub(r"[^a-z0-9]", "", datum.name.lower()) if datum else ""
    return _PINNED.get(name.removeprefix("d"), _PINNED.get(name))


def _geocentric(crs: CRS) -> bool:
    """Whether a datum lies on the ellipsoid of WGS 84 (or GRS 80, the same within 0.1 mm): then it is WGS 84
    within metres, though it be called "unknown", as GIS programs do.
    """
    ellipsoid = crs.ellipsoid
    return (
        ellipsoid is not None
        and abs(ellipsoid.semi_major_metre - _RADIUS_M) < 0.01
        and abs(ellipsoid.inverse_flattening - _INVERSE_FLATTENING) < 1e-4
    )


@lru_cache(maxsize=64)
def _steps(crs: CRS) -> tuple[Transformer, ...]:
    """The transformers that lead, one after the other, from a CRS to WGS 84."""
    shift = pinned_shift(crs)
    if shift is None:
        try:
            return (Transformer.from_crs(crs, WGS84, always_xy=True, allow_ballpark=_geocentric(crs)),)
        except ProjError as error:
            raise UnknownCrs(crs.to_wkt()) from error
    plain = crs.source_crs if crs.is_bound and crs.source_crs else crs
    geographic = plain.geodetic_crs
    ellipsoid = geographic.ellipsoid if geographic else None
    if ellipsoid is None:
        raise UnknownCrs(crs.to_wkt())
    x, y, z = shift
    pipeline = (
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=push +v_3 "
        f"+step +proj=cart +a={ellipsoid.semi_major_metre!r} +rf={ellipsoid.inverse_flattening!r} "
        f"+step +proj=helmert +x={x} +y={y} +z={z} +step +inv +proj=cart +ellps=WGS84 "
        "+step +proj=pop +v_3 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
    )
    # the first step stays on the datum, so PROJ has no operation to choose
    return Transformer.from_crs(plain, geographic, always_xy=True), Transformer.from_pipeline(pipeline)


def _moved(
    geometries: Geometries, steps: tuple[Transformer, ...], direction: TransformDirection
) -> Geometries:
    def move(coordinates: Coordinates) -> Coordinates:
        x, y = coordinates[:, 0], coordinates[:, 1]
        for step in steps:
            x, y = step.transform(x, y, direction=direction)
        return np.column_stack([x, y])

    return np.asarray(shapely.transform(geometries, move, include_z=False))


def is_wgs84(crs: CRS | str) -> bool:
    """Whether a CRS is longitude and latitude on WGS 84, in either order of its axes."""
    return bool(_as_crs(crs).equals(WGS84, ignore_axis_order=True))


def to_wgs84(geometries: Geometries, crs: CRS | str) -> Geometries:
    """Geometries (x first, in `crs`) in EPSG:4326, longitude first; the same array when they are already.

    Places outside the reach of a projection come out as infinite coordinates; geometry.defects names them.
    Raises UnknownCrs for a text that names no CRS.
    """
    known = _as_crs(crs)
    return geometries if is_wgs84(known) else _moved(geometries, _steps(known), TransformDirection.FORWARD)


def from_wgs84(geometries: Geometries, crs: CRS | str) -> Geometries:
    """Geometries in EPSG:4326, longitude first, in `crs` (x first): the way back of to_wgs84.

    With a pinned datum it comes back within 5 mm: heights are taken as 0 on both sides.
    """
    known = _as_crs(crs)
    if is_wgs84(known):
        return geometries
    return _moved(geometries, _steps(known)[::-1], TransformDirection.INVERSE)


def utm_zone(longitude_deg: float) -> int:
    """The UTM zone (1 to 60) of a longitude; Thailand lies in 47 (west of 102 E) and 48."""
    return int((longitude_deg + 180.0) // 6.0) % 60 + 1


def metric_crs(bounds: tuple[float, float, float, float]) -> CRS:
    """The WGS 84 UTM zone of the middle of bounds (west, south, east, north in degrees): metres to
    measure in.

    EPSG:32647 or 32648 in Thailand, 326xx or 327xx elsewhere. Raises ValueError for bounds that are not
    finite.
    """
    west, south, east, north = bounds
    if not np.isfinite(bounds).all():
        raise ValueError("bounds are not finite")
    base = 32600 if (south + north) / 2 >= 0 else 32700
    return CRS.from_epsg(base + utm_zone((west + east) / 2))
