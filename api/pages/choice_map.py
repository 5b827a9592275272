"""The map of the page that links a record: what it may be linked to, chosen by a press."""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from api.pages.record_map import AROUND_DEG, plain
from maps import choose
from maps.layers import LAYERS, features, placed
from maps.page import city_map
from maps.spec import Bounds, LayerData, MapSpec, layer_data
from surveys import networks
from surveys.errors import NotFound
from surveys.linking import LINKED, Choice
from surveys.planning.match import COMMUNITY
from surveys.roles import Actor
from surveys.store.store import Store
from surveys.whereabouts import standing
from surveys.words import Lang, words

_NOTHING = words("ไม่มีรายการบนแผนที่ให้เลือก", "There is nothing on the map to choose.")
# Wider than this (about 500 m) houses are too small to be pressed: the likeliest alone is looked at first.
_WIDE_DEG = 0.0045
_TITLE = words("เลือกบนแผนที่", "Choose on the map")


def choice_map(store: Store, network: str, actor: Actor, found: Choice, lang: Lang, nonce: str) -> str:
    """Write the page with the map of what may be chosen for a record, in its community.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see it, or nothing that may be chosen has a place.
    """
    free, taken, free_apart = (
        [one.id for one in some.shown] for some in (found.free, found.taken, found.free_apart)
    )
    own, apart = ([one.id for one in some] for some in (found.record.candidates, found.apart))
    kinds = {"likely": own + apart, "free": free + free_apart, "taken": taken}
    offered: list[LayerData] = []
    frames: list[gpd.GeoDataFrame] = []
    for name in LINKED[found.record.type]:
        of_type = {kind: standing(store, network, actor, name, ids) for kind, ids in kinds.items()}
        # Houses lie upon their plots.
        offered += choose.choices(store.types(network)[name], of_type, lang, beneath=bool(offered))
        frames += of_type.values()
    # What is seen first: the likely ones of the community, else those that are nearest to it.
    looked_at = next((ids for ids in (own, free, taken, apart, free_apart) if ids), [])
    if not offered:
        raise NotFound(_NOTHING)
    shapes = pd.concat([frame.geometry for frame in frames]).loc[looked_at]
    west, south, east, north = _box(shapes)
    if max(east - west, north - south) > _WIDE_DEG:
        west, south, east, north = _box(shapes.iloc[:1])
    facts = networks.get(store, network, actor)
    spec = MapSpec(network, _TITLE.of(lang), lang, (*_around(store, network, actor, found.community, lang), *offered),
                   bounds=(west, south, east, north), nonce=nonce, attributions=networks.attributions(facts),
                   made_up=facts["made_up"])  # fmt: skip
    return city_map(spec)


def _box(shapes: gpd.GeoSeries) -> Bounds:
    box = shapely.total_bounds(np.asarray(shapes.array, dtype=object)) + np.array([-1, -1, 1, 1]) * AROUND_DEG
    west, south, east, north = (float(n) for n in box)
    return west, south, east, north


def _around(
    store: Store, network: str, actor: Actor, community: str | None, lang: Lang
) -> Iterable[LayerData]:
    """Draw the community in which it is chosen, where it has a boundary."""
    if community is None:
        return
    rows, kind = standing(store, network, actor, COMMUNITY, [community]), store.types(network)[COMMUNITY]
    if len(placed(rows)):
        data = features(LAYERS[COMMUNITY], kind, rows, lang)
        yield layer_data(plain(COMMUNITY), kind, lang, count=len(rows), data=data)
