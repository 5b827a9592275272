"""GeoJSON: a FeatureCollection, a Feature, a bare geometry, or one of these a line (ndjson, GeoJSONSeq)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gis.formats import geojson_shapes, jsonpieces, jsontext, odk_json
from gis.formats.geojson_rows import Rows, kind
from gis.formats.model import Limits, Refused
from gis.formats.output import Output
from gis.formats.source import Source

WGS84 = "EPSG:4326"
# Features of a document parsed whole that become rows at a time.
_TOGETHER = 1000
_KINDS = frozenset(("feature", *geojson_shapes.TYPES))
_EPSG = re.compile(r"(?:urn:(?:x-)?ogc:def:crs:)?EPSG:(?:[\d.]*:)?(\d{4,6})", re.IGNORECASE)
_CRS84 = re.compile(r"urn:(?:x-)?ogc:def:crs:OGC:[\d.]*:?CRS84h?|(?:OGC:)?CRS84", re.IGNORECASE)


def read(source: Source, output: Output) -> None:
    """Read JSON as GeoJSON or, failing that, as survey submissions; Refused not_geojson when it is
    neither.

    Features are read piece by piece; any other document is parsed whole.
    """
    if not _in_pieces(source, output):
        _whole(source, output)


def _in_pieces(source: Source, output: Output) -> bool:
    """Write the features of a file as they are parsed; False, with nothing written, when it must be
    parsed whole to be understood or to say what is wrong with it.
    """
    rows = Rows(source, output)
    try:
        members = _read_pieces(source.path, rows, output.limits)
    except Refused as refused:
        rows.drop()
        small = source.path.stat().st_size <= output.limits.json_bytes
        if small and refused.defect.code == "json_unreadable":
            return False
        raise
    if members is None:
        rows.drop()
        return False
    _write(rows, source, members)
    return True


def _read_pieces(path: Path, rows: Rows, limits: Limits) -> dict[str, Any] | None:
    """Add the features of a file to the rows; the other members of their collection ({} when there is
    none), None when this is no file of features for certain.
    """
    if jsonpieces.are_lines(jsonpieces.head(path)):
        return {} if _add_listed(jsonpieces.lines(path, limits), rows) else None
    pieces = jsonpieces.Pieces(path, "features", limits)
    if not pieces.found():
        return None
    if not pieces.keyed:
        return {} if _add_listed(pieces, rows) else None
    if pieces.members.get("type") and not _is_collection(pieces.members):
        return None
    for features in pieces:
        rows.add(features)
    return pieces.members if _is_collection(pieces.members) and not pieces.repeated else None


def _is_collection(members: dict[str, Any]) -> bool:
    return kind(members) == "featurecollection"


def _add_listed(pieces: Iterable[list[Any]], rows: Rows) -> bool:
    """Add values that no collection holds; False when the first of them are no features."""
    sure = False
    for values in pieces:
        sure = sure or not _KINDS.isdisjoint(map(kind, values))
        if values and not sure:
            return False
        rows.add(values)
    return sure


def _whole(source: Source, output: Output) -> None:
    data = jsontext.load_bytes(source.path, output.limits)
    lines = jsonpieces.are_lines(data)
    document = jsonpieces.values(data, output.limits) if lines else jsontext.parse(data, output.limits)
    features = _features(document)
    if features is None:
        odk_json.write(document, source, output)
        return
    rows = Rows(source, output)
    for start in range(0, len(features), _TOGETHER):
        rows.add(features[start : start + _TOGETHER])
    _write(rows, source, document if isinstance(document, dict) else {})


def _features(document: Any) -> list[Any] | None:
    """The features of a document as they are; None when it is no GeoJSON."""
    if isinstance(document, list):
        return document if not _KINDS.isdisjoint(map(kind, document)) else None
    if kind(document) == "featurecollection":
        features = document.get("features")
        if not isinstance(features, list):
            raise Refused("not_geojson")
        return features
    return [document] if kind(document) in _KINDS else None


def _write(rows: Rows, source: Source, members: dict[str, Any]) -> None:
    name = members.get("name")
    crs, unknown = _crs(members.get("crs"))
    rows.write(name if isinstance(name, str) and name else source.stem, crs, unknown)


def _crs(member: Any) -> tuple[str | None, str | None]:
    """(CRS, None), or (None, the name not known), of a "crs" member; a link is refused, never followed."""
    if member is None:
        return WGS84, None
    kind, properties = (
        (member.get("type"), member.get("properties")) if isinstance(member, dict) else (None, None)
    )
    properties = properties if isinstance(properties, dict) else {}
    if str(kind).lower() == "link" or "href" in properties:
        raise Refused("crs_link", value=str(properties.get("href", "")))
    name = str(properties.get("name") or "")
    if str(kind).upper() == "EPSG":
        name = f"EPSG:{properties.get('code')}"
    if _CRS84.fullmatch(name):
        return WGS84, None
    found = _EPSG.fullmatch(name)
    return (f"EPSG:{found[1]}", None) if found else (None, name or str(member))
