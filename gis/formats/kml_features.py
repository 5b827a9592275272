"""What a KML placemark says: its attributes by heading, and its shape as a GeoJSON geometry object."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from gis.formats import html_table
from gis.formats.geojson_shapes import Unbuildable

_TEXTS = {
    "name": "Name",
    "address": "address",
    "phoneNumber": "phoneNumber",
    "Snippet": "snippet",
    "snippet": "snippet",
}
_TIMES = {"TimeStamp": {"when": "timestamp"}, "TimeSpan": {"begin": "begin", "end": "end"}}
_MULTI = {
    "MultiGeometry": "",
    "MultiPoint": "Point",
    "MultiLineString": "LineString",
    "MultiPolygon": "Polygon",
    "MultiTrack": "LineString",
}
_SINGLE = frozenset(
    ("Point", "LineString", "LinearRing", "Polygon", "Track", "Model", "LatLonBox", "LatLonQuad")
)
SHAPES = frozenset((*_MULTI, *_SINGLE))
# How the ids of schemas begin in an export of ours, whose texts stand as they are, blanks at their ends and all.
OWN_SCHEMA = "mankong-"
_COMMA = re.compile(r"\s*,\s*")
_GLUED = 3


@dataclass
class Node:
    """One element of a placemark: its tag without prefix, its attributes, and its texts and elements in order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    content: list[Node | str] = field(default_factory=list)

    @property
    def children(self) -> list[Node]:
        """The elements inside."""
        return [each for each in self.content if isinstance(each, Node)]

    @property
    def text(self) -> str:
        """Its own text, trimmed."""
        return "".join(each for each in self.content if isinstance(each, str)).strip()

    @property
    def whole(self) -> str:
        """Its own text as it stands."""
        return "".join(each for each in self.content if isinstance(each, str))

    @property
    def markup(self) -> str:
        """Its content as HTML: descriptions should hold it as text, and some hold it as elements."""
        return "".join(each if isinstance(each, str) else each.written for each in self.content).strip()

    @property
    def written(self) -> str:
        """The element as HTML, without attributes but the address of an image."""
        source = f' src="{self.attributes["src"]}"' if "src" in self.attributes else ""
        return f"<{self.tag}{source}>{self.markup}</{self.tag}>"

    def all(self, *tags: str) -> list[Node]:
        """Its children of these tags."""
        return [child for child in self.children if child.tag in tags]

    def said(self, tag: str) -> str:
        """The text of its first child of a tag; "" without one."""
        return next((child.text for child in self.children if child.tag == tag), "")


def attributes(feature: Node) -> dict[str, str]:
    """What a placemark says, by heading: its own elements, its extended data, the table of its description.

    The name of a placemark of ours is made of its columns, which it has: it says nothing.
    """
    found: dict[str, str] = {}
    for heading, text in _attributes(feature):
        if text and heading not in found:
            found[heading] = text
    return found


def _attributes(feature: Node) -> Iterator[tuple[str, str]]:
    yield "id", feature.attributes.get("id", "")
    for child in feature.children:
        if child.tag == "name" and _of_ours(feature):
            continue
        if child.tag in _TEXTS:
            yield _TEXTS[child.tag], child.text
        elif child.tag == "description":
            values, rest = html_table.split(child.markup)
            yield "description", rest
            yield from values.items()
        elif child.tag in _TIMES:
            yield from ((heading, child.said(tag)) for tag, heading in _TIMES[child.tag].items())
        elif child.tag in ("ExtendedData", "Metadata"):
            yield from _extended(child)
        elif child.tag in ("Track", "MultiTrack"):
            times = [when.text for track in (child, *child.all("Track")) for when in track.all("when")]
            yield from (("begin", times[0]), ("end", times[-1])) if times else ()


def _of_ours(feature: Node) -> bool:
    """Whether a placemark is of an export of ours."""
    return any(_own(schema) for data in feature.all("ExtendedData") for schema in data.all("SchemaData"))


def _own(schema: Node) -> bool:
    return schema.attributes.get("schemaUrl", "").startswith(f"#{OWN_SCHEMA}")


def _extended(data: Node) -> Iterator[tuple[str, str]]:
    """Data, SimpleData with or without their schema, and elements of other vocabularies."""
    for each in data.children:
        if each.tag == "Data":
            yield each.attributes.get("name") or each.said("displayName"), each.said("value")
        elif each.tag == "SchemaData":
            for simple in each.all("SimpleData", "SimpleArrayData"):
                values = [value.text for value in simple.all("value")]
                text = simple.whole if _own(each) else simple.text
                yield simple.attributes.get("name", ""), text or "; ".join(values)
        elif each.children:
            yield from _extended(each)
        else:
            yield each.tag, each.text


def geometry(feature: Node) -> dict[str, Any] | None:
    """The first shape of a placemark that has coordinates, as GeoJSON; None where there is none.

    Raises Unbuildable coordinates_unreadable for coordinates that are no numbers.
    """
    for child in feature.children:
        if child.tag in SHAPES:
            made = _shape(child)
            if made is not None:
                return made
    return None


def _shape(node: Node) -> dict[str, Any] | None:
    if node.tag in _MULTI:
        return _several([made for child in node.children if child.tag in SHAPES if (made := _shape(child))])
    if node.tag in _AREAS:
        return _AREAS[node.tag](node)
    places = _AT[node.tag](node) if node.tag in _AT else _positions(node)
    if not places:
        return None
    if node.tag in ("Point", "Model") or (node.tag == "Track" and len(places) == 1):
        return {"type": "Point", "coordinates": places[0]}
    return {"type": "LineString", "coordinates": places}


def _track(node: Node) -> list[list[float]]:
    return [_numbers(spot.text.split())[:2] for spot in node.all("coord") if spot.text]


def _model(node: Node) -> list[list[float]]:
    spots = [[place.said("longitude"), place.said("latitude")] for place in node.all("Location")]
    return [_numbers(spot) for spot in spots if all(spot)]


def _polygon(node: Node) -> dict[str, Any] | None:
    edges = node.all("outerBoundaryIs", "innerBoundaryIs")
    rings = [_positions(line) for edge in edges for line in edge.all("LinearRing")]
    return {"type": "Polygon", "coordinates": [ring for ring in rings if ring]} if any(rings) else None


def _quad(node: Node) -> dict[str, Any] | None:
    corners = _positions(node)
    return {"type": "Polygon", "coordinates": [[*corners, corners[0]]]} if corners else None


def _several(members: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Several shapes as one: of one simple kind as Multi..., else as a collection."""
    kinds = {member["type"] for member in members}
    if len(members) < 2 and not kinds & {"Point", "LineString", "Polygon"}:
        return members[0] if members else None
    if len(kinds) == 1 and (kind := next(iter(kinds))) in ("Point", "LineString", "Polygon"):
        return {"type": f"Multi{kind}", "coordinates": [member["coordinates"] for member in members]}
    return {"type": "GeometryCollection", "geometries": members}


def _box(node: Node) -> dict[str, Any] | None:
    sides = [node.said(side) for side in ("west", "south", "east", "north")]
    if not all(sides):
        return None
    west, south, east, north = _numbers(sides)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _positions(node: Node) -> list[list[float]]:
    """The places of an element's coordinates, "lon,lat,height lon,lat,height"; heights are dropped.

    Commas with blanks, and one long run of numbers (three a place), are read as Google Earth reads them.
    """
    text = node.said("coordinates")
    tuples = [place.split(",") for place in text.split()]
    if any(len(numbers) < 2 or not all(numbers) for numbers in tuples):
        tuples = [place.split(",") for place in _COMMA.sub(",", text).split()]
        tuples = [[number for number in numbers if number] for numbers in tuples]
    if len(tuples) == 1 and len(tuples[0]) > _GLUED:
        run, step = tuples[0], _GLUED if len(tuples[0]) % _GLUED == 0 else 2
        tuples = [run[at : at + step] for at in range(0, len(run), step)]
    return [_numbers(numbers)[:2] for numbers in tuples]


def _numbers(texts: list[str]) -> list[float]:
    """The numbers of one place or box; Unbuildable coordinates_unreadable for fewer than two."""
    try:
        numbers = [float(text) for text in texts]
    except ValueError as error:
        raise Unbuildable("coordinates_unreadable") from error
    if len(numbers) < 2 or any("_" in text for text in texts):
        raise Unbuildable("coordinates_unreadable")
    return numbers


_AREAS = {"Polygon": _polygon, "LatLonBox": _box, "LatLonQuad": _quad}
_AT = {"Track": _track, "Model": _model}
