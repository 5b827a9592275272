"""KML and KMZ: every folder a layer, every KML document of a KMZ read, ExtendedData as columns."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from gis.formats import archive, ogr, signature, xmlshape
from gis.formats.model import Defect, Refused
from gis.formats.output import Output
from gis.formats.source import Source

_CRS = "EPSG:4326"
_NOTHING: frozenset[str | None] = frozenset((None,))
# What LIBKML adds to every layer, and the values that say nothing.
_FILLING: dict[str | None, frozenset[str | None]] = {
    "id": _NOTHING,
    "Name": _NOTHING,
    "description": _NOTHING,
    "timestamp": _NOTHING,
    "begin": _NOTHING,
    "end": _NOTHING,
    "altitudeMode": frozenset((None, "clampToGround")),
    "drawOrder": _NOTHING,
    "icon": _NOTHING,
    "tessellate": frozenset((None, "-1", "0", "1")),
    "extrude": frozenset((None, "0", "-1", "1")),
    "visibility": frozenset((None, "-1", "0", "1")),
}
_DECLARATION = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<\?xml.*?\?>", re.DOTALL)
_WRAP = (
    b'<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">',
    b"</kml>",
)


def read(source: Source, output: Output) -> None:
    """Read one KML file."""
    copy = source.scratch / f"doc{len(output.layers)}-{output.rows}.kml"
    shutil.copyfile(source.path, copy)
    _read_document(Source(copy, source.name, source.options, source.scratch), output)


def read_kmz(source: Source, output: Output) -> None:
    """Read every KML document of a KMZ; Refused archive_nothing_readable when there is none."""
    members = [member for member in archive.survey(source, output.limits) if member.suffix == ".kml"]
    if not members:
        raise Refused("archive_nothing_readable")
    for number, member in enumerate(members):
        copy = archive.extracted(source, member, source.scratch / f"member{number}.kml", output.limits)
        document = Source(copy, member.name, source.options, source.scratch)
        if not signature.is_kml(document):
            raise Refused("kml_unreadable", value=member.name)
        _read_document(document, output)


def _read_document(source: Source, output: Output) -> None:
    counts = xmlshape.element_counts(source.path)
    if signature.xml_root(source) != "kml":
        _wrap(source.path)
    before = output.rows
    with ogr.refusing("kml_unreadable"):
        for name in ogr.layer_names(source.path):
            shown = source.stem if name == source.path.stem else name.strip() or source.stem
            if output.wants(shown):
                ogr.write(source.path, ogr.OgrLayer(name, shown, _CRS, filling=_FILLING), output)
    missing = counts["Placemark"] - (output.rows - before)
    if missing > 0 and not output.options.layer:
        output.log.add(
            Defect("features_missing", detail={"in_file": str(counts["Placemark"]), "missing": str(missing)})
        )


def _wrap(path: Path) -> None:
    """Put the kml root around a document that lacks it."""
    body = _DECLARATION.sub(b"", path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    path.write_bytes(_WRAP[0] + body + _WRAP[1])
