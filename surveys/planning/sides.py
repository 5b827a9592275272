"""Both sides of a join: records that stand nowhere, and records on the map at which none of them stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from surveys.planning.links import within
from surveys.planning.match import NONE, Frames
from surveys.planning.place import fits, has_shape, points
from surveys.record import RecordType
from surveys.records import ALL


@dataclass(frozen=True)
class BothSides:
    """What does not find the other side of a join.

    ``lost`` marks the records that stand nowhere. ``there`` are, by type, the ids of what they may be linked to, as
    far as it is on the map; ``free`` marks those of them that no record names or stands in.
    """

    lost: pd.Series[bool]
    there: Mapping[str, pd.Index]
    free: Mapping[str, pd.Series[bool]]


def both_sides(
    record_type: RecordType, targets: Sequence[str], frames: Frames, names: Mapping[str, str]
) -> BothSides:
    """Find both sides of records of a type and of the types they may be linked to.

    ``frames`` are those of the type and of all that place it, in turn: its shape (EPSG:4326) and what its rules
    compare; ``names`` are those of the communities. Nothing is drawn: only who stands at which record is told.
    """
    there = {name: frame[has_shape(frame)] for name, frame in frames.items()}
    own, frame = has_shape(frames[record_type.name]).to_numpy(), frames[record_type.name]
    # In the order declared, so that a house that stands at its plot can place a household.
    for declared in ALL.values():
        if declared.place and declared.name in frames and declared is not record_type:
            one, shaped = frames[declared.name], has_shape(frames[declared.name]).to_numpy()
            by, _ = fits(one, declared.place, there, names, ~shaped)
            there[declared.name] = one[shaped | (by != NONE)]
    # A record with a shape of its own may name another one all the same.
    by, at = fits(frame, record_type.place, there, names, np.full(len(frame), True))
    free = {name: pd.Series(True, there[name].index) for name in targets}
    for number, rule in enumerate(record_type.place):
        if rule.type in free:
            free[rule.type].iloc[at[by == number]] = False
    for name, left in free.items():
        left[left] = ~_holding(there[name][left], frame[own])
    lost = pd.Series(~own & (by == NONE), frame.index)
    return BothSides(lost, {name: there[name].index for name in targets}, free)


def _holding(
    areas: gpd.GeoDataFrame, records: gpd.GeoDataFrame
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell in which areas a record with a shape of its own stands."""
    held = np.full(len(areas), False)
    if len(areas) and len(records):
        held[within(points(records.geometry), areas.geometry)["area"]] = True
    return held
