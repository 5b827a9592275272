"""How the bytes of each format begin; a name is never enough to open a file as something."""

from __future__ import annotations

import re
import zipfile

from gis.formats.source import Source

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SQLITE = b"SQLite format 3\0"
_PARQUET = b"PAR1"
_SHAPEFILE = b"\0\0\x27\x0a"
_BINARY = (
    _ZIP,
    b"PK\x05\x06",
    _OLE,
    _SQLITE,
    _PARQUET,
    _SHAPEFILE,
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"MZ",
    b"\x7fELF",
    b"GIF8",
)
_PROLOG = re.compile(r"(?:\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\])?\s*>))*\s*", re.DOTALL)
_TAG = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)")
_KML_ROOTS = frozenset(("kml", "Document", "Folder", "Placemark"))


def text_head(source: Source) -> str:
    """The first 4 kB as text, for looking only."""
    head = source.head()
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "ignore")
    return head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "ignore")


def xml_root(source: Source) -> str | None:
    """The name of the first element without its prefix; None when the text is no XML."""
    head = text_head(source)
    if not head.lstrip().startswith("<"):
        return None
    prolog = _PROLOG.match(head)
    tag = _TAG.match(head, prolog.end() if prolog else 0)
    return tag[1] if tag else None


def _members(source: Source) -> frozenset[str]:
    if not source.head(4).startswith(_ZIP):
        return frozenset()
    try:
        with zipfile.ZipFile(source.path) as archive:
            return frozenset(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return frozenset()  # a damaged archive is told apart by the archive reader


def is_zip(source: Source) -> bool:
    """A zip archive of any kind."""
    return source.head(4).startswith((_ZIP, b"PK\x05\x06"))


def is_xlsx(source: Source) -> bool:
    """A zip with an Excel workbook inside."""
    return any(name.lower() == "xl/workbook.xml" for name in _members(source))


def is_ods(source: Source) -> bool:
    """A zip with an OpenDocument content part."""
    return {"content.xml", "mimetype"} <= _members(source)


def is_kmz(source: Source) -> bool:
    """A zip with KML inside and no shapefile; or any zip whose name says KMZ."""
    members = [name.lower() for name in _members(source)]
    has_kml = any(name.endswith(".kml") for name in members)
    return (source.suffix == ".kmz" and is_zip(source)) or (
        has_kml and source.suffix != ".zip" and not any(name.endswith(".shp") for name in members)
    )


def is_xls(source: Source) -> bool:
    """An OLE compound file."""
    return source.head(8) == _OLE


def is_sqlite(source: Source) -> bool:
    """An SQLite database."""
    return source.head(16) == _SQLITE


def is_parquet(source: Source) -> bool:
    """A Parquet file."""
    return source.head(4) == _PARQUET


def is_shapefile(source: Source) -> bool:
    """The main file of a shapefile."""
    return source.head(4) == _SHAPEFILE


def is_json(source: Source) -> bool:
    """Text that begins as a JSON object or array (or the record mark of GeoJSONSeq)."""
    return text_head(source).lstrip()[:1] in ("{", "[", "\x1e")


def is_kml(source: Source) -> bool:
    """XML whose root is kml, or an element of KML standing alone as some programs write it."""
    return xml_root(source) in _KML_ROOTS


def is_gpx(source: Source) -> bool:
    """XML whose root is gpx."""
    return xml_root(source) == "gpx"


def is_other_xml(source: Source) -> bool:
    """XML that is neither KML nor GPX; the submission reader looks closer."""
    return xml_root(source) is not None and not is_kml(source) and not is_gpx(source)


def is_text(source: Source) -> bool:
    """None of the binary signatures, no markup, no JSON."""
    return not source.head(16).startswith(_BINARY) and xml_root(source) is None and not is_json(source)
