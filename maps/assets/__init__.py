"""The files a page loads in the browser, from our own server or embedded, never from a CDN.

The build hook (hatch_build.py) puts them into ``VENDOR``. Everything here is a path relative to it.
"""

from __future__ import annotations

from pathlib import Path

VENDOR = Path(__file__).parent / "vendor"

# What our own pages load.
FILES: dict[str, str] = {
    "bootstrap.css": "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
    "chart.js": "chart.js/dist/chart.umd.min.js",
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "sarabun-400.css": "fontsource-sarabun/400.css",
    "sarabun-600.css": "fontsource-sarabun/600.css",
    "sarabun-700.css": "fontsource-sarabun/700.css",
    "swagger-ui.css": "swagger-ui-dist/swagger-ui.css",
    "swagger-ui.js": "swagger-ui-dist/swagger-ui-bundle.js",
}

_NPM = "https://cdn.jsdelivr.net/npm/"
_CDNJS = "https://cdnjs.cloudflare.com/ajax/libs/"

# What folium 0.20 links: Map, Fullscreen, LocateControl, MiniMap and Search;
# GeoJson and LayerControl link nothing.
URLS: dict[str, str] = {
    "https://code.jquery.com/jquery-3.7.1.min.js": "jquery/dist/jquery.min.js",
    _NPM + "leaflet@1.9.3/dist/leaflet.js": "leaflet/dist/leaflet.js",
    _NPM + "leaflet@1.9.3/dist/leaflet.css": "leaflet/dist/leaflet.css",
    _NPM + "bootstrap@5.2.2/dist/js/bootstrap.bundle.min.js": FILES["bootstrap.js"],
    _NPM + "bootstrap@5.2.2/dist/css/bootstrap.min.css": FILES["bootstrap.css"],
    _NPM + "@fortawesome/fontawesome-free@6.2.0/css/all.min.css":
        "fortawesome-fontawesome-free/css/all.min.css",
    _NPM + "leaflet.fullscreen@3.0.0/Control.FullScreen.min.js": "leaflet.fullscreen/Control.FullScreen.js",
    _NPM + "leaflet.fullscreen@3.0.0/Control.FullScreen.css": "leaflet.fullscreen/Control.FullScreen.css",
    _NPM + "leaflet-search@2.9.7/dist/leaflet-search.min.js": "leaflet-search/dist/leaflet-search.min.js",
    _NPM + "leaflet-search@2.9.7/dist/leaflet-search.min.css": "leaflet-search/dist/leaflet-search.min.css",
    _CDNJS + "Leaflet.awesome-markers/2.0.2/leaflet.awesome-markers.js":
        "leaflet.awesome-markers/dist/leaflet.awesome-markers.min.js",
    _CDNJS + "Leaflet.awesome-markers/2.0.2/leaflet.awesome-markers.css":
        "leaflet.awesome-markers/dist/leaflet.awesome-markers.css",
    _CDNJS + "leaflet-locatecontrol/0.66.2/L.Control.Locate.min.js":
        "leaflet.locatecontrol/dist/L.Control.Locate.min.js",
    _CDNJS + "leaflet-locatecontrol/0.66.2/L.Control.Locate.min.css":
        "leaflet.locatecontrol/dist/L.Control.Locate.min.css",
    _CDNJS + "leaflet-minimap/3.6.1/Control.MiniMap.js": "leaflet-minimap/dist/Control.MiniMap.min.js",
    _CDNJS + "leaflet-minimap/3.6.1/Control.MiniMap.css": "leaflet-minimap/dist/Control.MiniMap.min.css",
}  # fmt: skip

# Linked by folium and left out: no page of ours shows a glyphicon (markers use Font Awesome)
# or a turned marker.
DROPPED: frozenset[str] = frozenset(
    {
        "https://netdna.bootstrapcdn.com/bootstrap/3.0.0/css/bootstrap-glyphicons.css",
        "https://cdn.jsdelivr.net/gh/python-visualization/folium/folium/templates/leaflet.awesome.rotate.min.css",
    }
)


def local(url: str) -> str | None:
    """Path in ``VENDOR`` of what folium links as ``url``; None when it is left out; KeyError when unknown."""
    return None if url in DROPPED else URLS[url]
