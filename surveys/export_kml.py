"""Records as KML: shapes, a name, and every column as data of a schema with Thai headings; KMZ says the rest beside.

KML holds all there is but characters that XML does not know; their cells stay empty in a KML alone, which says
nothing when it comes back, and are told by manifest.json in a KMZ.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO
from xml.sax.saxutils import escape, quoteattr

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.formats.kml_features import OWN_SCHEMA
from gis.formats.manifest import ID, NAME, Manifest
from surveys.export_shapefile import short_names, texts_of
from surveys.record import RecordType

_DOCUMENT = "doc.kml"
# What no XML can hold, not even by its number.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# What a parser would read otherwise where it stood as it is.
_AS_NUMBERS = {"\r": "&#13;"}
_TYPES: Mapping[frozenset[type], str] = {
    frozenset({bool}): "bool", frozenset({int}): "double", frozenset({float}): "double",
    frozenset({int, float}): "double",
}  # fmt: skip


def write_kmz(frame: gpd.GeoDataFrame, path: Path, record_type: RecordType) -> None:
    """Write a KMZ: doc.kml, and manifest.json with what it could not hold."""
    texts = texts_of(frame)
    columns = short_names(list(texts.columns), lambda name: bool(name) and not _NO_XML.search(name))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(_DOCUMENT, "w", force_zip64=True) as file:
            _write(frame, texts, columns, record_type, file)
        archive.writestr(NAME, Manifest(record_type.name, columns, _not_held(texts)).dumped())


def write_kml(frame: gpd.GeoDataFrame, path: Path, record_type: RecordType) -> None:
    """Write a KML alone; a cell that it cannot hold stays empty."""
    texts = texts_of(frame)
    with path.open("wb") as file:
        _write(frame, texts, {name: _NO_XML.sub("\ufffd", name) for name in texts.columns}, record_type, file)


def _not_held(texts: pd.DataFrame) -> dict[str, dict[str, tuple[str | None, str]]]:
    """Return the texts that XML cannot hold, by record and heading; there is nothing in their cells."""
    told: dict[str, dict[str, tuple[str | None, str]]] = {}
    for heading in texts.columns:
        for one, text in zip(texts[ID], texts[heading], strict=True):
            if text and _NO_XML.search(text):
                told.setdefault(one, {})[heading] = (None, text)
    return told


def _write(
    frame: gpd.GeoDataFrame,
    texts: pd.DataFrame,
    columns: Mapping[str, str],
    record_type: RecordType,
    file: Any,
) -> None:
    """Write a document, one placemark after another."""
    out: BinaryIO = file

    def write(text: str) -> None:
        out.write(text.encode())

    schema = f"{OWN_SCHEMA}{record_type.name}"
    write('<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>')
    write(
        f"<name>{record_type.name}</name>\n<Schema name={quoteattr(record_type.name)} id={quoteattr(schema)}>\n"
    )
    for heading, name in columns.items():
        field = record_type.by_name.get(heading)
        shown = _element("displayName", field.words.th if field else heading)
        write(f'<SimpleField type="{_type(frame[heading])}" name={quoteattr(name)}>{shown}</SimpleField>\n')
    write("</Schema>\n")
    heads = [f"<SimpleData name={quoteattr(name)}>" for name in columns.values()]
    title = [list(columns).index(name) for name in record_type.title if name in columns]
    rows = zip(texts.itertuples(index=False), frame.geometry.array, strict=True)
    for row, shape in rows:
        name = " ".join(row[place] for place in title if row[place])
        write(
            f"<Placemark>{_element('name', name)}<ExtendedData><SchemaData schemaUrl={quoteattr('#' + schema)}>"
        )
        for head, text in zip(heads, row, strict=True):
            if text and not _NO_XML.search(text):
                write(f"{head}{escape(text, _AS_NUMBERS)}</SimpleData>")
        write("</SchemaData></ExtendedData>")
        write("" if shape is None else _shape(shape))
        write("</Placemark>\n")
    write("</Document></kml>\n")


def _type(column: pd.Series) -> str:
    """Return the type of a column for programs that count with it."""
    held = {type(v.item() if isinstance(v, np.generic) else v) for v in column if v is not None and v == v}
    return _TYPES.get(frozenset(held), "string")


def _element(tag: str, text: str) -> str:
    return f"<{tag}>{escape(_NO_XML.sub('', text), _AS_NUMBERS)}</{tag}>" if text else ""


def _shape(shape: shapely.Geometry) -> str:
    """Return a shape (EPSG:4326) as KML, its places as longitude and latitude with every digit."""
    if shape.geom_type == "Polygon":
        rings = [("outer", shape.exterior), *(("inner", ring) for ring in shape.interiors)]
        edges = (f"<{at}BoundaryIs><LinearRing>{_places(r)}</LinearRing></{at}BoundaryIs>" for at, r in rings)
        return f"<Polygon>{''.join(edges)}</Polygon>"
    if shape.geom_type in ("Point", "LineString"):
        return f"<{shape.geom_type}>{_places(shape)}</{shape.geom_type}>"
    return f"<MultiGeometry>{''.join(_members(shape))}</MultiGeometry>"


def _members(shape: shapely.Geometry) -> Iterator[str]:
    yield from map(_shape, shape.geoms)


def _places(line: shapely.Geometry) -> str:
    places = " ".join(f"{x!r},{y!r}" for x, y in shapely.get_coordinates(line).tolist())
    return f"<coordinates>{places}</coordinates>"
