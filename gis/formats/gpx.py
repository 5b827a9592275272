"""GPX from phones and receivers: waypoints, routes, tracks and their points, empty kinds left out."""

from __future__ import annotations

import shutil

from gis.formats import ogr, xmlshape
from gis.formats.output import Output
from gis.formats.source import Source

_CRS = "EPSG:4326"
_FILLING: dict[str | None, frozenset[str | None]] = {None: frozenset((None,))}


def read(source: Source, output: Output) -> None:
    """Read a GPX file; columns the driver adds and nothing fills are left out."""
    copy = source.scratch / f"doc{len(output.layers)}.gpx"
    if xmlshape.utf8(source, copy) != copy:
        shutil.copyfile(source.path, copy)
    xmlshape.walk(copy)
    with ogr.refusing("gpx_unreadable"):
        for name in ogr.layer_names(copy):
            if output.wants(name):
                ogr.write(copy, ogr.OgrLayer(name, name, _CRS, filling=_FILLING, say_empty=False), output)
