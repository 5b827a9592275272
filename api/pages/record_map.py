"""The small map of one record: its shape within its community."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import geopandas as gpd
import numpy as np
import shapely

from maps import layers
from maps.layers import LAYERS, Layer, features
from maps.page import city_map
from maps.popup import by_name, titled
from maps.spec import LayerData, MapSpec, layer_data
from surveys import networks, records, view
from surveys.errors import NotFound
from surveys.planning.match import COMMUNITY, community_names, community_of
from surveys.roles import Actor
from surveys.sight import sees
from surveys.store.store import Store
from surveys.whereabouts import standing
from surveys.words import Lang, words

# What is seen around a record, in degrees (about 40 m).
AROUND_DEG = 0.0004
_NO_PLACE = words("รายการนี้ยังไม่มีตำแหน่งบนแผนที่", "This record has no place on the map yet.")


def drawable(type_name: str) -> bool:
    """Tell whether records of a type are drawn on maps."""
    return type_name in LAYERS


def has_place(store: Store, network: str, actor: Actor, type_name: str, record_id: str) -> bool:
    """Tell whether a record has a place, its own or that of a record it names."""
    return len(layers.placed(standing(store, network, actor, type_name, [record_id]))) == 1


def plain(name: str) -> Layer:
    """Return a layer without search: there is one record to see."""
    return replace(LAYERS[name], search=False)


def record_map(
    store: Store, network: str, actor: Actor, where: tuple[str, str], lang: Lang, nonce: str
) -> str:
    """Write the page with the map of a record (type, id).

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see the record, or it has no place.
    """
    type_name, record_id = where
    frame = standing(store, network, actor, type_name, [record_id])
    if not len(layers.placed(frame)):
        raise NotFound(_NO_PLACE)
    chosen, known = {type_name: frame}, gpd.GeoDataFrame()
    if type_name != COMMUNITY and COMMUNITY in frame and sees(records.ALL[COMMUNITY], actor):
        known = view.frames(store, network, actor, [COMMUNITY])[COMMUNITY]
        own = community_of(frame, community_names(known)).dropna()
        around = known.loc[known.index.isin(own)]
        chosen = {COMMUNITY: around, **chosen} if len(layers.placed(around)) else chosen
    name = titled(store.types(network)[type_name], frame, lang)[0]
    return _drawn(store, network, actor, chosen, known, (lang, str(name or ""), nonce))


def _drawn(
    store: Store, network: str, actor: Actor, chosen: Mapping[str, gpd.GeoDataFrame], known: gpd.GeoDataFrame,
    page: tuple[Lang, str, str],
) -> str:  # fmt: skip
    """Write the map of records by type; what comes last is what is looked at. ``page`` is language, title, nonce."""
    lang, title, nonce = page
    types, last = store.types(network), [*chosen][-1]
    made: tuple[LayerData, ...] = tuple(
        layer_data(
            plain(name), types[name], lang, count=len(rows),
            data=features(LAYERS[name], types[name], by_name(rows, known, lang), lang),
        )
        for name, rows in chosen.items()
    )  # fmt: skip
    box = shapely.total_bounds(np.asarray(chosen[last].geometry.array, dtype=object))
    west, south, east, north = (float(n) for n in box + np.array([-1, -1, 1, 1]) * AROUND_DEG)
    facts = networks.get(store, network, actor)
    spec = MapSpec(network, title or types[last].words.of(lang), lang, made, bounds=(west, south, east, north),
                   nonce=nonce, attributions=networks.attributions(facts), made_up=facts["made_up"])  # fmt: skip
    return city_map(spec)
