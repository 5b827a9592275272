"""What is on the map already, behind the shapes of a file: by it people see a wrong guess of where they are."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from maps import layers, popup, style
from maps.layers import Layer
from maps.preview import Ground
from maps.spec import Bounds, LayerData
from surveys import nearby, networks, records
from surveys.planning.match import COMMUNITY
from surveys.roles import Actor
from surveys.sight import sees
from surveys.store.schema import table
from surveys.store.store import Store
from surveys.words import Lang, words

HERE = words("ที่มีอยู่แล้ว", "already here")
OF_NETWORK = words("พื้นที่ของเครือข่าย", "area of the network")
# In drawing order; how many of all are drawn.
_DRAWN = (COMMUNITY, "land_plot", "house")
_MOST = 2_000
# From here on it is said how far a file lies from all that is here.
FAR_KM = 50
# How far around a file is looked at least, in degrees (some 2 km).
_AROUND_DEG = 0.02
# How much is seen around a file when its map opens (some 50 m).
_MARGIN_DEG = 5e-4
_WHOLE: Bounds = (-180.0, -90.0, 180.0, 90.0)


def far_km(store: Store, network: str, actor: Actor, box: Bounds | None) -> int | None:
    """Return how many kilometres a box lies from all that is here, None where it is not far."""
    away = None if box is None else nearby.distance_km(store, network, _seen(actor), box)
    return round(away) if away is not None and away > FAR_KM else None


def ground(store: Store, network: str, actor: Actor, box: Bounds | None, lang: Lang) -> Ground:
    """Return what lies behind the shapes of a file within ``box``: records near it, else the area of the network."""
    facts = networks.get(store, network, actor)
    told = (networks.attributions(facts), facts["made_up"])
    frames, room = [], _MOST
    for name in _seen(actor):
        # Communities say where one is from far off; of all else what is near.
        ids = nearby.near(store, network, name, _WHOLE if name == COMMUNITY else _around(box), room)
        if ids:
            frames.append(_titled(store, network, name, ids, lang))
            room -= len(ids)
        if room <= 0:
            break
    if not frames:
        own = facts["bounds"]
        edge = (
            gpd.GeoDataFrame({"title": [OF_NETWORK.of(lang)]}, geometry=[shapely.box(*own)]) if own else None
        )
        return Ground(*told, () if edge is None else (_layer(edge, OF_NETWORK.of(lang), lang),), box)
    here = pd.concat(frames, ignore_index=True)
    if box is not None and here.geometry.intersects(shapely.box(*_around(box))).any():
        return Ground(*told, (_layer(here, HERE.of(lang), lang),), _wider(box, _MARGIN_DEG))
    # Nothing is near: both are shown, and from so far off a community is seen as a point only.
    here = here.set_geometry(here.geometry.representative_point())
    return Ground(*told, (_layer(here, HERE.of(lang), lang),), _both(here, box))


def _seen(actor: Actor) -> list[str]:
    return [name for name in _DRAWN if sees(records.ALL[name], actor)]


def _around(box: Bounds | None) -> Bounds:
    return _WHOLE if box is None else _wider(box, _AROUND_DEG)


def _wider(box: Bounds, least: float) -> Bounds:
    """Widen a box on each side by half its size, by ``least`` degrees at least."""
    west, south, east, north = box
    more = max(least, (east - west) / 2, (north - south) / 2)
    return west - more, south - more, east + more, north + more


def _titled(store: Store, network: str, name: str, ids: list[str], lang: Lang) -> gpd.GeoDataFrame:
    """Return shapes with their plain label: the name of a community, of all else what it is."""
    record_type = records.ALL[name]
    named = [field.name for field in popup.titles(record_type)]
    frame = layers.placed(store.read(network, name, named, table(name).c.id.in_(ids)))
    titles = popup.titled(record_type, frame, lang) if name == COMMUNITY else record_type.words.of(lang)
    return gpd.GeoDataFrame({"title": titles}, index=frame.index, geometry=frame.geometry)


def _both(here: gpd.GeoDataFrame, box: Bounds | None) -> Bounds:
    edges = [shapely.box(*here.total_bounds), *([shapely.box(*box)] if box else [])]
    west, south, east, north = shapely.total_bounds(edges).tolist()
    return west, south, east, north


def _layer(frame: gpd.GeoDataFrame, title: str, lang: Lang) -> LayerData:
    facts = enumerate(frame["title"].tolist())
    data = layers.collection(
        frame.geometry.array,
        ({"id": str(n), "title": said, "codes": [], "rows": [title]} for n, said in facts),
        fields=[], labels=[words("สถานะ", "status").of(lang)],
    )  # fmt: skip
    return LayerData(
        Layer("here", rank=1, ground=True), title=title, unit="", count=len(frame), data=data,
        look=style.HERE, records=False,
    )  # fmt: skip
