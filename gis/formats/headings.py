"""Which headings name coordinates, in the words of Thai sheets, Kobo, ODK, Ona and GIS exports."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from gis.formats.written_numbers import Axis

_AXES: tuple[tuple[str, str, Axis], ...] = (
    ("latitude", "y", "degrees"),
    ("lat", "y", "degrees"),
    ("ละติจูด", "y", "degrees"),
    ("ละติจุด", "y", "degrees"),
    ("เส้นรุ้ง", "y", "degrees"),
    ("longitude", "x", "degrees"),
    ("long", "x", "degrees"),
    ("lon", "x", "degrees"),
    ("lng", "x", "degrees"),
    ("ลองจิจูด", "x", "degrees"),
    ("ลองติจูด", "x", "degrees"),
    ("เส้นแวง", "x", "degrees"),
    ("northing", "y", "metres"),
    ("utm n", "y", "metres"),
    ("utm y", "y", "metres"),
    ("utmn", "y", "metres"),
    ("easting", "x", "metres"),
    ("utm e", "x", "metres"),
    ("utm x", "x", "metres"),
    ("utme", "x", "metres"),
    ("y", "y", "either"),
    ("x", "x", "either"),
)
_SHAPE_WORDS = frozenset(("wkt", "wkb", "geometry", "geom", "the geom", "shape", "ewkt", "geojson", "รูปแปลง"))
_POINT_WORDS = frozenset(
    (
        "gps",
        "geopoint",
        "coordinates",
        "coordinate",
        "coords",
        "location",
        "geolocation",
        "latlon",
        "latlong",
        "latlng",
        "lat lon",
        "lat long",
        "lat lng",
        "พิกัด",
        "ตำแหน่ง",
        "พิกัด gps",
        "พิกัดgps",
        "ค่าพิกัด",
        "จุดพิกัด",
    )
)
_TRAILING = re.compile(r" (wgs ?84|coord|coordinate|dd|deg|พิกัด)$")
_RANK: dict[Axis, int] = {"degrees": 0, "either": 1, "metres": 2}


@dataclass(frozen=True)
class Pair:
    """Two columns by place that make a point, the words before their axis, and what their numbers are."""

    x: int
    y: int
    prefix: str
    axis: Axis


def plain(heading: str) -> str:
    """A heading for comparing: NFKC, lower case, without brackets, marks as single blanks."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    text = re.sub(r"\(.*?\)|\[.*?\]", " ", text)
    text = re.sub(r"[\s_\-:./]+", " ", text).strip()
    return _TRAILING.sub("", text)


def axis_of(heading: str) -> tuple[str, str, Axis] | None:
    """(prefix, "x" or "y", unit) of a heading that names one axis; None of any other."""
    text = plain(heading)
    for word, direction, axis in _AXES:
        if text.endswith(word):
            prefix = text.removesuffix(word)
            if not prefix or not (prefix[-1].isascii() and prefix[-1].isalnum()):
                return prefix.strip(), direction, axis
    return None


def pairs(headings: Sequence[str]) -> list[Pair]:
    """All pairs of x and y headings with the same prefix: degrees first, then plain x/y, then metres."""
    found: dict[tuple[str, Axis], dict[str, int]] = {}
    for place, heading in enumerate(headings):
        named = axis_of(heading)
        if named:
            prefix, direction, axis = named
            found.setdefault((prefix, axis), {}).setdefault(direction, place)
    whole = [
        Pair(axes["x"], axes["y"], prefix, axis) for (prefix, axis), axes in found.items() if len(axes) == 2
    ]
    return sorted(whole, key=lambda pair: (_RANK[pair.axis], pair.prefix != ""))


def names_shape(heading: str) -> bool:
    """Whether a heading says its cells are WKT, WKB or GeoJSON shapes."""
    text = plain(heading)
    last = text.rsplit(" ", 1)[-1]
    return text in _SHAPE_WORDS or last in _SHAPE_WORDS


def names_point(heading: str) -> bool:
    """Whether a heading says its cells are "lat lon" or "lat, lon"."""
    text = plain(heading)
    last = text.rsplit(" ", 1)[-1]
    return text in _POINT_WORDS or last in _POINT_WORDS
