"""A city network as the pages and the command line show it: frames, map layers, where they come from."""

from __future__ import annotations

import numpy as np
import shapely

from maps import layers, popup
from maps.layers import LAYERS
from maps.page import city_map
from maps.spec import LayerData, Link, MapSpec, layer_data
from maps.standalone import embedded, standalone
from surveys import networks, records, view
from surveys.planning.match import Frames
from surveys.store.store import Store
from surveys.words import Lang, words

frames = view.frames


def attributions(store: Store, network: str) -> tuple[str, ...]:
    """Return whose data the network shows, as it says itself, one line each."""
    return tuple((networks.get(store, network)["attribution"] or "").splitlines())


def drawn(store: Store, network: str) -> Frames:
    """Return the frames of every layer of the map."""
    return view.frames(store, network, [name for name in LAYERS if name in records.ALL])


def _named(store: Store, network: str, frames: Frames, lang: Lang) -> Frames:
    """Return frames whose records say their community by its name."""
    known = store.read(network, "community")
    return {name: popup.by_name(frame, known, lang) for name, frame in frames.items()}


def map_spec(store: Store, network: str, lang: Lang, nonce: str) -> MapSpec:
    """Describe the served map of a network: every layer that has something to draw, by its address."""
    made = []
    for name, frame in drawn(store, network).items():
        if len(layers.placed(frame)):
            url = f"/api/v1/networks/{network}/layers/{name}.geojson?lang={lang}"
            made.append(layer_data(LAYERS[name], store.types(network)[name], lang, count=len(frame), url=url))
    links = (
        Link(words("หน้าเครือข่าย", "City page"), f"/n/{network}"),
        Link(words("ตาราง", "Table"), f"/n/{network}/table/house"),
    )
    return _spec(store, network, lang, tuple(made), (nonce, links))


def standalone_page(store: Store, network: str, lang: Lang) -> str:
    """Write the map of a network as one HTML file that needs no server."""
    named = _named(store, network, drawn(store, network), lang)
    made = [
        embedded(LAYERS[name], store.types(network)[name], frame, lang)
        for name, frame in named.items() if len(layers.placed(frame))
    ]  # fmt: skip
    return standalone(_spec(store, network, lang, tuple(made), ("", ())))


def served_page(store: Store, network: str, lang: Lang, nonce: str) -> str:
    """Write the served map page of a network."""
    return city_map(map_spec(store, network, lang, nonce))


def _spec(
    store: Store, network: str, lang: Lang, made: tuple[LayerData, ...], page: tuple[str, tuple[Link, ...]]
) -> MapSpec:
    facts = networks.get(store, network)
    nonce, links = page
    name = facts["name_en"] if lang == "en" and facts["name_en"] else facts["name"]
    return MapSpec(
        network, name, lang, made, bounds=_bounds(store, network), nonce=nonce,
        attributions=attributions(store, network), made_up=facts["made_up"], links=links,
    )  # fmt: skip


def _bounds(store: Store, network: str) -> tuple[float, float, float, float] | None:
    """Return the box of the communities, houses and plots: what the map opens on."""
    shapes = [store.read(network, name, []).geometry for name in ("community", "house", "land_plot")]
    box = shapely.total_bounds(np.concatenate([np.asarray(s.array, dtype=object) for s in shapes]))
    return None if np.isnan(box).any() else (float(box[0]), float(box[1]), float(box[2]), float(box[3]))


def layer_geojson(store: Store, network: str, layer: str, lang: Lang) -> bytes:
    """Return the shapes of one layer as GeoJSON, with nothing above *network* privacy.

    Raises
    ------
    KeyError
        If the map has no such layer.
    """
    frame = _named(store, network, view.frames(store, network, [layer]), lang)[layer]
    return layers.features(LAYERS[layer], store.types(network)[layer], frame, lang)
