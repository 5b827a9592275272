"""Shapefiles: the parts of each set under names of ours, the DBF's encoding told by us, shapes through
GDAL.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from pyogrio.errors import CRSError

from gis.formats import dbf, ogr
from gis.formats.model import Defect
from gis.formats.output import Output
from gis.formats.source import Source

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def read(source: Source, output: Output) -> None:
    """Read a lone .shp: its shapes without attributes and CRS, and the missing parts named."""
    copy = source.scratch / "lone.shp"
    shutil.copyfile(source.path, copy)
    read_set({".shp": copy}, source, output)


def read_set(parts: Mapping[str, Path], source: Source, output: Output) -> None:
    """Read one shapefile given as suffix -> file, all named alike in one folder; or a .dbf alone as a
    table.
    """
    if not output.wants(source.stem):
        return
    declared = parts[".cpg"].read_bytes()[:40].decode("ascii", "ignore") if ".cpg" in parts else None
    found = dbf.encoding_of(parts.get(".dbf"), declared, source.options.encoding)
    if ".cpg" in parts:
        parts[".cpg"].unlink()  # GDAL must not act on it: it knows fewer names than we do
    for part in (".shp", ".dbf", ".prj"):
        if part not in parts:
            code = "shapefile_attributes_missing" if part == ".dbf" else "shapefile_part_missing"
            output.log.add(Defect(code, source.stem, value=f"{source.stem}{part}"))
    main = parts.get(".shp") or parts[".dbf"]
    with ogr.refusing("shapefile_unreadable"):
        name = ogr.layer_names(main)[0]
        crs = _crs(main, name, parts, output)
        encoding = (found.codec, found.note) if ".dbf" in parts else (None, None)
        ogr.write(main, ogr.OgrLayer(name, source.stem, crs, found, *encoding), output)


def _crs(main: Path, name: str, parts: Mapping[str, Path], output: Output) -> str | None:
    """The CRS of the .prj; one that cannot be read is put aside, and its owner is asked."""
    if ".prj" not in parts:
        return None
    try:
        return ogr.crs_of(main, name, encoding="ISO-8859-1")
    except (CRSError, UnboundLocalError):  # the latter where GDAL cannot write it down
        parts[".prj"].unlink()
        output.log.add(Defect("crs_unknown", value=".prj"))
        return None
