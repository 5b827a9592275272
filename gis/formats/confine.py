"""Shut off every GDAL driver but those a format needs, before GDAL is loaded, and make sure of it."""

from __future__ import annotations

import logging
import os

from gis.formats.model import Refused

_log = logging.getLogger(__name__)

# Every vector driver of GDAL 3.12; a newer GDAL with more is caught by the read-back below.
# fmt: off
DRIVERS: tuple[str, ...] = (
    "ADBC", "AIVector", "AVCBin", "AVCE00", "AmigoCloud", "CSV", "CSW", "Carto", "DGN", "DXF", "EDIGEO",
    "EEDA", "ESRI Shapefile", "ESRIJSON", "Elasticsearch", "FlatGeobuf", "GDALG", "GML", "GPKG",
    "GPSBabel", "GPX", "GTFS", "GeoJSON", "GeoJSONSeq", "GeoRSS", "HTTP", "Idrisi", "JML", "JSONFG", "KML",
    "LIBKML", "LVBAG", "MBTiles", "MEM", "MVT", "MapInfo File", "MapML", "MiraMonVector", "NGW", "OAPIF",
    "ODS", "OGCAPI", "OGR_GMT", "OGR_PDS", "OGR_VRT", "OSM", "OpenFileGDB", "PCIDSK", "PDF", "PDS4",
    "PGDUMP", "PLSCENES", "PMTiles", "S57", "SQLite", "SXF", "Selafin", "TopoJSON", "VDV", "VFK", "VICAR",
    "WAsP", "WFS", "XLSX",
)
# fmt: on


def confine(allowed: tuple[str, ...]) -> None:
    """Load GDAL with the allowed drivers only; Refused reader_confinement when any other answers.

    A file that is really a VRT or a service description could otherwise read the server's files or call out.
    """
    os.environ["GDAL_SKIP"] = ",".join(driver for driver in DRIVERS if driver not in allowed)
    os.environ.setdefault("GDAL_HTTP_PROXY", "http://127.0.0.1:9")
    os.environ["CPL_VSIL_CURL_ALLOWED_EXTENSIONS"] = ".none"
    os.environ["SHAPE_RESTORE_SHX"] = "YES"
    os.environ["OGR_GPKG_FOREIGN_KEY_CHECK"] = "NO"
    import pyogrio

    working = set(pyogrio.list_drivers())
    if working != set(allowed):
        _log.error("GDAL drivers %s instead of %s", sorted(working), allowed)
        raise Refused("reader_confinement")
