"""Both sides of a join: records that stand nowhere, and records on the map at which none of them stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from surveys.planning.links import within
from surveys.planning.match import NONE, Positions
from surveys.planning.place import fits, spots
from surveys.record import RecordType
from surveys.records import ALL


@dataclass(frozen=True)
class BothSides:
    """What does not find the other side of a join.

    ``lost`` marks the records that stand nowhere. ``there`` are, by type, the ids of what they may be linked to, as
    far as it is on the map; ``free`` marks those of them that no record names, of the type or of one of them: a plot
    that a house names is not free for a household.
    """

    lost: pd.Series[bool]
    there: Mapping[str, pd.Index]
    free: Mapping[str, pd.Series[bool]]


def both_sides(
    record_type: RecordType, targets: Sequence[str], frames: Mapping[str, pd.DataFrame],
    shaped: Mapping[str, pd.Series[bool]], names: Mapping[str, str],
) -> BothSides:  # fmt: skip
    """Find both sides of records of a type and of the types they may be linked to.

    ``frames`` are those of the type and of all that place it, in turn, with what its rules compare; ``shaped`` marks
    the records with a shape of their own; ``names`` are those of the communities. Nothing is drawn: only who stands
    at which record is told.
    """
    there = {name: frame[shaped[name]] for name, frame in frames.items()}
    own, frame = shaped[record_type.name].to_numpy(), frames[record_type.name]
    taken: list[tuple[str, pd.Index]] = []
    # In the order declared, so that a house that stands at its plot can place a household.
    for declared in ALL.values():
        if declared.place and declared.name in frames and declared is not record_type:
            one, stands = frames[declared.name], shaped[declared.name].to_numpy()
            by, at = fits(one, declared.place, there, names, ~stands)
            if declared.name in targets:
                taken += _named(declared, by, at, there)
            there[declared.name] = one[stands | (by != NONE)]
    # A record with a shape of its own may name another one all the same.
    by, at = fits(frame, record_type.place, there, names, np.full(len(frame), True))
    free = {name: pd.Series(True, there[name].index) for name in targets}
    for name, ids in (*taken, *_named(record_type, by, at, there)):
        if name in free:
            free[name][ids] = False
    lost = pd.Series(~own & (by == NONE), frame.index)
    return BothSides(lost, {name: there[name].index for name in targets}, free)


def _named(
    record_type: RecordType, by: Positions, at: Positions, there: Mapping[str, pd.DataFrame]
) -> list[tuple[str, pd.Index]]:
    """Return the ids of the records that others stand at, by rule, with their type; as :func:`fits` found them."""
    rules = enumerate(record_type.place)
    return [(rule.type, there[rule.type].index[at[by == n]]) for n, rule in rules if rule.type in there]


def holding(areas: gpd.GeoSeries, records: gpd.GeoSeries) -> pd.Index:
    """Return the ids of the areas in which a record with a shape of its own stands, both in EPSG:4326."""
    found: pd.Index = areas.index[within(spots(records.to_frame("geometry")), areas)["area"].unique()]
    return found
