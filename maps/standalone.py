"""The map as one file: it opens without a server and without a net, and asks for nothing."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd

from maps import cells, layers
from maps.figure import Inlined
from maps.layers import Layer
from maps.page import page
from maps.spec import NO_HEAD, LayerData, MapSpec, layer_data
from surveys.record import RecordType
from surveys.words import Lang

# Above this many a layer is drawn as cells with counts.
MOST_SHAPES = 3_000


def embedded(layer: Layer, record_type: RecordType, frame: gpd.GeoDataFrame, lang: Lang) -> LayerData:
    """Make a layer that carries its shapes; above ``MOST_SHAPES`` it carries counts, and says so."""
    placed = layers.placed(frame)
    if len(placed) > MOST_SHAPES:
        return cells.counted(layer, record_type, placed, lang)
    data = layers.features(layer, record_type, placed, lang)
    return layer_data(layer, record_type, lang, count=len(frame), data=data)


def standalone(spec: MapSpec) -> str:
    """Write the file. Popups link nowhere, and it has no head: there is no server to go to.

    Raises
    ------
    ValueError
        If a layer would have to be fetched.
    """
    fetched = [data.layer.name for data in spec.layers if not data.data]
    if fetched:
        raise ValueError(f"layers of a file carry their shapes, these do not: {fetched}")
    return page(replace(spec, head=NO_HEAD, nonce=""), Inlined())
