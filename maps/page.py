"""The map of a city network: one Folium page, with our layers, legend and search on it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import folium
from branca.element import JavascriptLink, MacroElement
from folium.plugins import Fullscreen, LocateControl
from folium.template import Template
from folium.utilities import JsCode
from jinja2 import Environment, PackageLoader

from maps.figure import Figure, Fragment, Inlined, Linked, json_data, vendored
from maps.spec import Attribute, LayerData, MapSpec, MarkEntry
from maps.texts import said_in
from surveys.words import Lang

MAX_ZOOM = 20
# As near as the map goes to where a person is: the houses around are still in sight.
LOCATED_ZOOM = 18
# Above this many shapes a page draws on one canvas instead of an element for each.
MOST_ELEMENTS = 5_000

_PAGES = Environment(loader=PackageLoader("maps", "templates"), autoescape=True, trim_blocks=True)
_FONTS = tuple((name, vendored(name)) for name in ("sarabun-400.css", "sarabun-600.css"))
_SHEETS = tuple((name, name) for name in ("head.css", "map.css"))
# In the order they need one another.
_SCRIPTS = tuple((name, name) for name in ("map_tools.js", "map_popup.js", "map_search.js", "map.js"))


def _needed(links: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Keep, of what folium.Map links, what the map needs: Leaflet."""
    return [link for link in links if link[0] in ("leaflet", "leaflet_css")]


class Start(MacroElement):
    """Hands the map, once Folium has made it, to our script."""

    _template = Template(
        "{% macro script(this, kwargs) %}mankong.start({{ this._parent.get_name() }});{% endmacro %}"
    )

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]


class Locate(LocateControl):
    """Folium's control, which cannot itself be given a function."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "L.control.locate({{ this.options|tojavascript }}).addTo({{ this._parent.get_name() }});"
        "{% endmacro %}"
    )


class CityMap(folium.Map):
    """A Folium map without tiles that links Leaflet and our own files, and nothing it does not use."""

    default_js = [*_needed(folium.Map.default_js), *_SCRIPTS]  # noqa: RUF012
    default_css = [*_needed(folium.Map.default_css), *_FONTS, *_SHEETS]  # noqa: RUF012

    def __init__(self, lang: Lang, *, canvas: bool) -> None:
        super().__init__(
            location=(13.75, 100.5),
            zoom_start=11,
            tiles=None,
            zoom_control=False,
            prefer_canvas=canvas,
            maxZoom=MAX_ZOOM,
            minZoom=5,
            zoomSnap=0.5,
            attributionControl=False,
        )
        self._id = "main"
        said = said_in(lang)
        Fullscreen(
            title=said["fullscreen"],
            title_cancel=said["fullscreen_off"],
            force_separate_button=True,
            fullscreen_element=JsCode("document.documentElement"),
        ).add_to(self)
        strings = {"title": said["locate"], "popup": said["you_are_here"], "metersUnit": said["metres"]}
        lost = JsCode("mankong.lost")
        Locate(
            position="topleft",
            strings=strings,
            on_location_error=lost,
            locate_options={"maxZoom": LOCATED_ZOOM},
        ).add_to(self)  # type: ignore[no-untyped-call]
        Start().add_to(self)


def city_map(spec: MapSpec) -> str:
    """Write the served page: shapes are fetched by address, popups link to the records."""
    return page(spec, Linked(spec.nonce), f"/n/{quote(spec.code, safe='')}/")


def page(spec: MapSpec, way: Linked | Inlined, records: str = "") -> str:
    """Write a page; ``records`` is the address below which the records are, none in a file."""
    said = said_in(spec.lang)
    figure = Figure(f"{spec.name} · {said['map']}", spec.lang, way)
    figure.html.add_child(Fragment(_PAGES.get_template("map.html").render(spec=spec, said=said)))
    figure.html.add_child(Fragment(json_data("map-config", config(spec, records))))
    if spec.head:
        figure.header.add_child(JavascriptLink("mankong.js"), name="mankong.js")
    if any(data.chosen for data in spec.layers):
        figure.header.add_child(JavascriptLink("map_choose.js"), name="map_choose.js")
    for data in spec.layers:
        if data.data:
            figure.html.add_child(Fragment(json_data(f"layer-{data.layer.name}", data.data)))
    CityMap(spec.lang, canvas=sum(data.count for data in spec.layers) > MOST_ELEMENTS).add_to(figure)
    text: str = figure.render()
    return text


def config(spec: MapSpec, records: str) -> dict[str, Any]:
    """Return what the script of the page is told."""
    return {
        "bounds": spec.bounds,
        "attributions": spec.attributions,
        "texts": said_in(spec.lang),
        "layers": [_layer(layer, records) for layer in spec.layers],
    }


def _layer(data: LayerData, records: str) -> dict[str, Any]:
    layer = data.layer
    return {
        "name": layer.name,
        "title": data.title,
        "unit": data.unit,
        "count": data.count,
        "url": data.url,
        "rank": layer.rank,
        "shown": layer.shown,
        "folded": layer.folded,
        "names": [layer.names_from, layer.names_to],
        "search": {"by": data.found_by, "rows": data.found_in} if layer.search else None,
        "widens": layer.widens,
        "ground": layer.ground,
        "look": data.look.leaflet(),
        "attributes": [_attribute(by) for by in data.attributes],
        "marks": [_mark(mark) for mark in data.marks],
        "context": data.context,
        "note": data.note,
        "chosen": data.chosen.leaflet() if data.chosen else None,
        "records": f"{records}{quote(layer.name)}/" if records and data.records else "",
    }


def _attribute(by: Attribute) -> dict[str, Any]:
    entries = [{"code": e.code, "label": e.label, "look": e.look.leaflet()} for e in by.entries]
    return {"name": by.name, "title": by.title, "entries": entries}


def _mark(mark: MarkEntry) -> dict[str, Any]:
    return {"field": mark.field, "code": mark.code, "label": mark.label, "look": mark.look.leaflet()}
