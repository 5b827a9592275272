"""Shapes written in one cell: WKT, EWKT, WKB as hex, GeoJSON geometry; "lat lon alt acc" and "lat, lon"."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import shapely

from gis.formats import geojson_shapes, shapes
from gis.formats.output import Codes, Output
from gis.formats.written_numbers import number

# The CRS each cell names, None where it names none.
Named = list[str | None]
Parser = Callable[[Sequence[str | None], Output], tuple[shapes.Shapes, Codes, Named]]
WGS84 = "EPSG:4326"
_SRID = re.compile(r"\s*SRID\s*=\s*(\d{3,6})\s*;\s*", re.IGNORECASE)
_WKT = re.compile(
    r"(MULTI)?(POINT|LINESTRING|POLYGON|CURVE|SURFACE)|GEOMETRYCOLLECTION|CIRCULARSTRING|COMPOUNDCURVE|"
    r"CURVEPOLYGON|LINEARRING",
    re.IGNORECASE,
)
# The smallest shape is a point, 42 digits; ids of records have 32 and may begin alike.
_HEX = re.compile(r"0[01][0-9A-Fa-f]{40,}")
_NUMBER = r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
_GEOPOINT = re.compile(rf"{_NUMBER}( {_NUMBER}){{1,3}}")
_GEOPOINTS = re.compile(rf"{_NUMBER}( {_NUMBER}){{3}}(\s*;\s*{_NUMBER}( {_NUMBER}){{3}})*\s*;?")
_PAIR = re.compile(r"[(\[]?\s*([+-]?\d{1,2}\.\d{3,})\s*,\s*([+-]?\d{1,3}\.\d{3,})\s*[)\]]?")
# Thailand (south, west, north, east in degrees): there a pair is a place whatever its heading says.
_LIKELY = (5.6, 97.3, 20.5, 105.7)
_SPLIT = re.compile(r"\s*[,;\s]\s*")


def looks_like_shape(cell: str) -> bool:
    """Whether a cell may be WKT, EWKT, hex WKB or a GeoJSON geometry."""
    body = _SRID.sub("", cell, count=1)
    return bool(_WKT.match(body) or _is_wkb(body) or (body.startswith("{") and '"coordinates"' in body))


def _is_wkb(text: str) -> bool:
    """Whether hexadecimal digits begin as a shape does: byte order, then a type there is; sums of files do not."""
    if not _HEX.match(text) or len(text) % 2:
        return False
    kind = int.from_bytes(bytes.fromhex(text[2:10]), "little" if text[1] == "1" else "big") & 0x1FFFFFFF
    return 1 <= kind % 1000 <= 17 and kind < 4000


def looks_like_point(cell: str) -> bool:
    """Whether a cell may be one or more places as latitude and longitude."""
    return bool(_places(cell))


def looks_like_geopoint(cell: str) -> bool:
    """Whether a cell is surely a survey geopoint, geotrace or geoshape: four numbers a place."""
    return bool(_GEOPOINTS.fullmatch(cell))


def looks_like_pair(cell: str) -> bool:
    """Whether a cell is surely latitude and longitude: "13.7563, 100.5018", with three decimals or more."""
    found = _PAIR.fullmatch(cell)
    return found is not None and abs(float(found[1])) <= 90 and abs(float(found[2])) <= 180


def looks_like_place(cell: str) -> bool:
    """Whether a cell is one latitude and longitude of Thailand, neither of them a whole number.

    "12,100" is an amount of money: without two points or degree signs nothing is taken for a place.
    """
    places = _places(cell) if len(re.findall("[.°]", cell)) >= 2 else []
    south, west, north, east = _LIKELY
    return len(places) == 1 and west <= places[0][0] <= east and south <= places[0][1] <= north


def parse_shapes(cells: Sequence[str | None], output: Output) -> tuple[shapes.Shapes, Codes, Named]:
    """Shapes of WKT, EWKT, hex WKB and GeoJSON cells; codes of those that do not build; the CRS each names
    by its SRID.
    """
    built = np.full(len(cells), None, dtype=object)
    codes: Codes = {}
    crss: Named = [None] * len(cells)
    json: dict[int, str] = {}
    wkt: dict[int, str] = {}
    wkb: dict[int, bytes] = {}
    for position, cell in enumerate(cells):
        if cell is None:
            continue
        srid = _SRID.match(cell)
        crss[position] = f"EPSG:{srid[1]}" if srid else None
        body = cell[srid.end() :] if srid else cell
        if _HEX.match(body) and len(body) % 2 == 0 and re.fullmatch("[0-9A-Fa-f]+", body):
            wkb[position] = bytes.fromhex(body)
        elif body.startswith("{"):
            json[position] = body
            crss[position] = WGS84  # GeoJSON knows no other
        elif wkt_depth(body) > output.limits.depth:
            codes[position] = "geometry_unreadable"
        else:
            wkt[position] = body
    _place(built, codes, list(json), _from_json(list(json.values())))
    _place(built, codes, list(wkt), shapes.from_wkt(list(wkt.values())))
    _place(built, codes, list(wkb), shapes.from_wkb(pa.array(wkb.values(), pa.binary()), output))
    for position, srid_inside in zip(wkb, shapely.get_srid(built[list(wkb)]).tolist(), strict=True):
        crss[position] = f"EPSG:{srid_inside}" if srid_inside > 0 else crss[position]
    return built, codes, crss


def _place(built: shapes.Shapes, codes: Codes, at: list[int], parsed: tuple[shapes.Shapes, Codes]) -> None:
    if at:
        built[at] = parsed[0]
        codes.update({at[position]: code for position, code in parsed[1].items()})


def _from_json(bodies: list[str]) -> tuple[shapes.Shapes, Codes]:
    return geojson_shapes.build([_loaded(body) for body in bodies])


def _loaded(body: str) -> Any:
    """The value of a JSON text; a text that is none stands for itself, and builds no shape."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return body


def wkt_depth(text: str) -> int:
    """How deep the brackets of a WKT nest; GEOS recurses on them and crashes when too deep."""
    steps = accumulate(1 if bracket == "(" else -1 for bracket in re.findall(r"[()]", text))
    return max(steps, default=0)


def parse_geopoints(cells: Sequence[str | None], output: Output) -> tuple[shapes.Shapes, Codes, Named]:
    """Points, lines (several places) and areas (several, closed) of "lat lon alt acc;..." or "lat, lon"."""
    built = np.full(len(cells), None, dtype=object)
    codes: Codes = {}
    for position, cell in enumerate(cells):
        if cell is None:
            continue
        places = _places(cell)
        if not places:
            codes[position] = "coordinates_unreadable"
        else:
            built[position] = _shape(places)
    return built, codes, [None] * len(cells)


def _places(cell: str) -> list[tuple[float, float]]:
    """(longitude, latitude) of every place in a cell; empty when one of them cannot be read."""
    body = cell.strip().strip("[]()")
    parts = [part.strip() for part in body.split(";") if part.strip()]
    if len(parts) == 2 and not any(re.search(r"[\s,]", re.sub(r"\d,\d", "", part)) for part in parts):
        parts = [f"{parts[0]} {parts[1]}"]  # "13,75; 100,5": one place with decimal commas
    places = []
    for part in parts:
        if _GEOPOINT.fullmatch(part):
            pieces = part.split(" ")
        else:
            pieces = _SPLIT.split(part) if "°" not in part else part.split(",")
            pieces = _commas(part) or pieces
        values = [number(piece) for piece in pieces[:4] if piece]
        if len(values) < 2 or len(pieces) > 4 or not all(map(math.isfinite, values)):
            return []
        places.append((values[1], values[0]))
    return places


def _commas(part: str) -> list[str] | None:
    """Two numbers with decimal commas apart by blanks ("13,75 100,5"); None of any other text."""
    found = re.fullmatch(r"([+-]?\d+,\d+)[\s;]+([+-]?\d+,\d+)", part)
    return list(found.groups()) if found else None


def _shape(places: list[tuple[float, float]]) -> shapely.Geometry:
    if len(places) == 1:
        return shapely.Point(places[0])
    if len(places) >= 4 and places[0] == places[-1]:
        return shapely.Polygon(places)
    return shapely.LineString(places)
