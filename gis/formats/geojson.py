"""GeoJSON: a FeatureCollection, a Feature, a bare geometry, or one of these a line (ndjson, GeoJSONSeq)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from gis.formats import cells, geojson_shapes, jsontext, odk_json, shapes
from gis.formats.model import BATCH_ROWS, Limits, Refused
from gis.formats.output import Codes, LayerWriter, Output
from gis.formats.source import Source

WGS84 = "EPSG:4326"
_SOMETHING = re.compile(rb"[^\x1e\s]")
# What Arrow takes from Python as it stands, one kind at a time.
_PLAIN = frozenset((str, int, float, bool))
_KNOWN = frozenset(("type", "geometry", "properties", "bbox", "crs"))
_EPSG = re.compile(r"(?:urn:(?:x-)?ogc:def:crs:)?EPSG:(?:[\d.]*:)?(\d{4,6})", re.IGNORECASE)
_CRS84 = re.compile(r"urn:(?:x-)?ogc:def:crs:OGC:[\d.]*:?CRS84h?|(?:OGC:)?CRS84", re.IGNORECASE)


def read(source: Source, output: Output) -> None:
    """Read JSON as GeoJSON or, failing that, as survey submissions; Refused not_geojson when it is
    neither.
    """
    data = jsontext.load_bytes(source.path, output.limits)
    document = _document(data, output.limits)
    features = _features(document)
    if features is None:
        odk_json.write(document, source, output)
        return
    name = document.get("name") if isinstance(document, dict) else None
    crs, unknown = _crs(document.get("crs") if isinstance(document, dict) else None)
    _write(output, name if isinstance(name, str) and name else source.stem, features, crs, unknown)


def _document(data: bytes, limits: Limits) -> Any:
    begins = found.start() if (found := _SOMETHING.search(data)) else 0
    ends = data.find(b"\n", begins)
    first = data[begins:ends].strip(b"\x1e\r\t ") if ends >= 0 else b""
    if first.endswith(b"}") and _SOMETHING.search(data, ends):
        try:
            head = orjson.loads(first)
        except orjson.JSONDecodeError:
            return jsontext.parse(data, limits)
        if isinstance(head, dict):
            return [_line(line, limits) for line in data.split(b"\n") if line.strip(b"\x1e\r\t ")]
    return jsontext.parse(data, limits)


def _line(line: bytes, limits: Limits) -> Any:
    try:
        return jsontext.parse(line.strip(b"\x1e\r\t "), limits)
    except Refused:
        return {"type": "", "text": line.decode("utf-8", "replace")}  # one bad line is one bad row


def _features(document: Any) -> list[Any] | None:
    """The features of a document as they are; None when it is no GeoJSON."""
    if isinstance(document, list):
        kinds = {_type(item) for item in document}
        return document if document and kinds & {"feature", *geojson_shapes.TYPES} else None
    kind = _type(document)
    if kind == "featurecollection":
        features = document.get("features")
        if not isinstance(features, list):
            raise Refused("not_geojson")
        return features
    if kind == "feature" or kind in geojson_shapes.TYPES:
        return [document]
    return None


def _type(item: Any) -> str:
    return str(item.get("type", "")).lower() if isinstance(item, dict) else ""


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


def _write(output: Output, name: str, features: list[Any], crs: str | None, unknown: str | None) -> None:
    if not output.wants(name):
        return
    rows = [_row(feature) for feature in features]
    names = list(dict.fromkeys(chain.from_iterable(properties for properties, _, _ in rows)))
    writer = output.layer(name, names)
    if unknown:
        writer.note("crs_unknown", value=unknown)
    for start in range(0, len(rows), BATCH_ROWS):
        _write_batch(writer, names, rows[start : start + BATCH_ROWS], start)
    writer.close(crs)


def _row(feature: Any) -> tuple[dict[str, Any], Any, str | None]:
    """Attributes, raw geometry and defect code of one feature; foreign members become attributes too."""
    kind = _type(feature)
    if kind in geojson_shapes.TYPES:
        return {}, feature, None
    if kind != "feature":
        return (feature if isinstance(feature, dict) else {"value": feature}), None, "feature_unreadable"
    properties = feature.get("properties")
    if isinstance(properties, dict) and feature.keys() <= _KNOWN:
        return properties, feature.get("geometry"), None
    code = None
    if properties is not None and not isinstance(properties, dict):
        properties, code = {"properties": properties}, "feature_unreadable"
    extra = {
        key: value for key, value in feature.items() if key not in _KNOWN and key not in (properties or {})
    }
    return {**extra, **(properties or {})}, feature.get("geometry"), code


def _write_batch(
    writer: LayerWriter, names: Sequence[str], rows: list[tuple[dict[str, Any], Any, str | None]], start: int
) -> None:
    attributes = [properties for properties, _, _ in rows]
    columns = [_column(_values(attributes, name)) for name in names]
    built, codes = geojson_shapes.build([geometry for _, geometry, _ in rows])
    wkb, more = shapes.finished(built, writer.output)
    bad: Codes = {position: code for position, (_, _, code) in enumerate(rows) if code}
    codes = {**codes, **more, **bad}
    for position, code in sorted(codes.items()):
        writer.note(code, start + position + 1, value=_seen(code, rows[position][1]))
    writer.write(np.arange(start + 1, start + len(rows) + 1, dtype=np.int32), columns, wkb, codes)


def _seen(code: str, geometry: Any) -> str | None:
    """What is said of a shape at fault: where its ring stops, or how it is written."""
    if code == "unclosed_ring":
        return shapes.place_text(*geojson_shapes.open_end(geometry))
    return cells.text(geometry)


def _values(rows: list[dict[str, Any]], name: str) -> list[Any]:
    try:
        return list(map(itemgetter(name), rows))
    except KeyError:
        return [row.get(name) for row in rows]


def _column(values: list[Any]) -> pa.Array:
    kinds = set(map(type, values)) - {type(None)}
    if len(kinds) > 1 or not kinds <= _PLAIN:
        return cells.column(values)
    try:
        return cells.strings(pa.array(values))
    except (pa.ArrowInvalid, OverflowError):
        return cells.column(values)  # numbers too large for Arrow
