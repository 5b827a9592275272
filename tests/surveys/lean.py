"""Frames as :mod:`surveys.counting` reads them, from frames as the store hands them out."""

from __future__ import annotations

import geopandas as gpd

from surveys.planning.match import Frames
from surveys.planning.place import EAST, NORTH, spots
from surveys.records import ALL


def lean(frames: Frames, *names: str) -> dict[str, gpd.GeoDataFrame]:
    """The frames, those of the types named with their texts as categories, and coordinates for points."""
    made = dict(frames)
    for name in names:
        frame = frames[name]
        texts = [column for column, kind in frame.dtypes.items() if kind == "str"]
        one = frame.astype(dict.fromkeys(texts, "category"))
        if ALL[name].geometry == "point":
            one[EAST], one[NORTH] = spots(frame).T
        if ALL[name].geometry in ("point", None):
            one = gpd.GeoDataFrame(one.drop(columns="geometry"))
        made[name] = one
    return made
