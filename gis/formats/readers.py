"""READERS: one row a format. A new format is one row here and one fixture in the tests."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePath

from gis.formats import signature
from gis.formats.model import Refused
from gis.formats.output import Output
from gis.formats.source import Source

Read = Callable[[Source, Output], None]


@dataclass(frozen=True)
class Reader:
    """A format: its suffixes and media types, its reader, how its bytes begin, the GDAL drivers it may
    use, and whether people call its layers sheets.
    """

    name: str
    suffixes: tuple[str, ...]
    media_types: tuple[str, ...]
    function: str
    looks: Callable[[Source], bool]
    needs_gdal: tuple[str, ...] = ()
    sheets: bool = False

    def load(self) -> Read:
        """The reader function, imported only now: GDAL must not be loaded for a format that needs none."""
        module, name = self.function.split(":")
        function: Read = getattr(import_module(module), name)
        return function


# In the order in which an archive that holds several kinds is understood: shapes before tables before text.
READERS: tuple[Reader, ...] = (
    Reader(
        "shapefile",
        (".shp",),
        ("application/x-shapefile",),
        "gis.formats.shapefile:read",
        signature.is_shapefile,
        ("ESRI Shapefile",),
    ),
    Reader(
        "gpkg",
        (".gpkg",),
        ("application/geopackage+sqlite3",),
        "gis.formats.gpkg:read",
        signature.is_sqlite,
        ("GPKG",),
    ),
    Reader(
        "geojson",
        (".geojson", ".geojsonl", ".geojsons", ".ndjson", ".jsonl", ".json"),
        ("application/geo+json", "application/json", "application/geo+json-seq"),
        "gis.formats.geojson:read",
        signature.is_json,
    ),
    Reader(
        "kml",
        (".kml",),
        ("application/vnd.google-earth.kml+xml",),
        "gis.formats.kml:read",
        signature.is_kml,
    ),
    Reader(
        "kmz",
        (".kmz",),
        ("application/vnd.google-earth.kmz",),
        "gis.formats.kml:read_kmz",
        signature.is_kmz,
    ),
    Reader("gpx", (".gpx",), ("application/gpx+xml",), "gis.formats.gpx:read", signature.is_gpx, ("GPX",)),
    Reader(
        "parquet",
        (".parquet", ".geoparquet"),
        ("application/vnd.apache.parquet",),
        "gis.formats.parquet:read",
        signature.is_parquet,
    ),
    Reader(
        "xlsx",
        (".xlsx", ".xlsm"),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",),
        "gis.formats.sheets:read_xlsx",
        signature.is_xlsx,
        sheets=True,
    ),
    Reader(
        "ods",
        (".ods",),
        ("application/vnd.oasis.opendocument.spreadsheet",),
        "gis.formats.sheets:read_ods",
        signature.is_ods,
        sheets=True,
    ),
    Reader(
        "xls",
        (".xls",),
        ("application/vnd.ms-excel",),
        "gis.formats.sheets:read_xls",
        signature.is_xls,
        sheets=True,
    ),
    Reader(
        "csv",
        (".csv", ".tsv", ".tab", ".txt"),
        ("text/csv", "text/tab-separated-values", "text/plain"),
        "gis.formats.delimited:read",
        signature.is_text,
    ),
    Reader(
        "odk_xml",
        (".xml",),
        ("application/xml", "text/xml"),
        "gis.formats.odk_xml:read",
        signature.is_other_xml,
    ),
    Reader("zip", (".zip",), ("application/zip",), "gis.formats.archive:read", signature.is_zip),
)

BY_SUFFIX: dict[str, Reader] = {suffix: reader for reader in READERS for suffix in reader.suffixes}


def holds_sheets(file_name: str) -> bool:
    """Whether the layers of a file of this name are the sheets of a workbook."""
    reader = BY_SUFFIX.get(PurePath(file_name).suffix.lower())
    return reader is not None and reader.sheets


# Almost any text or markup looks like these: their suffix must say so.
_ANY_TEXT = frozenset(("csv", "odk_xml"))
_TEXT_LIKE = frozenset((".xls", ".xlsx", ".dat", ".asc", ""))
_DELIMITED = re.compile(rb"[^\r\n]*[,;\t|]")


def choose(source: Source) -> Reader:
    """The reader of a file: by its suffix where the bytes agree, else by the bytes; Refused when neither
    helps.
    """
    if not source.head(1):
        raise Refused("file_empty")
    named = BY_SUFFIX.get(source.suffix)
    if named and named.looks(source):
        return named
    # a broken workbook is no archive of XML files
    barred = _ANY_TEXT | {"zip"} if named and named.name in ("xlsx", "ods") else _ANY_TEXT
    for reader in READERS:
        if reader.name not in barred and reader.looks(source):
            return reader
    table = BY_SUFFIX[".csv"]
    if source.suffix in _TEXT_LIKE and table.looks(source) and _DELIMITED.match(source.head()):
        return table
    if named:
        raise Refused("content_mismatch", detail={"format": named.name})
    raise Refused("format_unknown", value=source.suffix)
