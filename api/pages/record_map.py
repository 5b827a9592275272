"""The small map of one record: its shape within its community."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import shapely

from api.pages.communities import communities
from maps import layers
from maps.layers import LAYERS, Layer, features
from maps.page import city_map
from maps.popup import by_name, titled
from maps.spec import LayerData, MapSpec, layer_data
from surveys import networks, records, view
from surveys.errors import NotFound
from surveys.roles import Actor
from surveys.sight import sees
from surveys.store.store import Store
from surveys.words import Lang, words

# What is seen around a record, in degrees (about 40 m).
_AROUND_DEG = 0.0004
_NO_PLACE = words("รายการนี้ยังไม่มีตำแหน่งบนแผนที่", "This record has no place on the map yet.")


def drawable(type_name: str) -> bool:
    """Tell whether records of a type are drawn on maps."""
    return type_name in LAYERS


def has_place(store: Store, network: str, actor: Actor, type_name: str, record_id: str) -> bool:
    """Tell whether a record has a place, its own or that of a record it names."""
    frame = view.frames(store, network, actor, [type_name])[type_name]
    return record_id in frame.index and len(layers.placed(frame.loc[[record_id]])) == 1


def _plain(name: str) -> Layer:
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
    around_it = ("community",) if sees(records.ALL["community"], actor) else ()
    frames = view.frames(store, network, actor, [*dict.fromkeys((type_name, *around_it))])
    frame = frames[type_name]
    if record_id not in frame.index or not len(layers.placed(frame.loc[[record_id]])):
        raise NotFound(_NO_PLACE)
    chosen = {type_name: frame.loc[[record_id]]}
    if around_it and type_name != "community" and "community" in frame:
        own = communities(store, network).of(
            frame["community"].get(record_id) if frame["community"].notna()[record_id] else None
        )
        around = frames["community"].loc[[own] if own else []]
        chosen = {"community": around, **chosen} if len(layers.placed(around)) else chosen
    types = store.types(network)

    def named(rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        return by_name(rows, frames["community"], lang) if around_it else rows

    made: tuple[LayerData, ...] = tuple(
        layer_data(
            _plain(name),
            types[name],
            lang,
            count=len(rows),
            data=features(LAYERS[name], types[name], named(rows), lang),
        )
        for name, rows in chosen.items()
    )
    box = shapely.total_bounds(np.asarray(chosen[type_name].geometry.array, dtype=object))
    west, south, east, north = (float(n) for n in box + np.array([-1, -1, 1, 1]) * _AROUND_DEG)
    facts = networks.get(store, network, actor)
    name = titled(types[type_name], frame.loc[[record_id]], lang)[0] or types[type_name].words.of(lang)
    spec = MapSpec(network, str(name), lang, made, bounds=(west, south, east, north), nonce=nonce,
                   attributions=networks.attributions(facts), made_up=facts["made_up"])  # fmt: skip
    return city_map(spec)
