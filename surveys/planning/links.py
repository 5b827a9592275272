"""Which records of a city belong together: household and house, member and household, house and plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from surveys.planning.homes import households_of
from surveys.planning.match import (
    COMMUNITY,
    NONE,
    SEVERAL,
    Frames,
    Positions,
    community_names,
    community_of,
    is_community,
)
from surveys.planning.place import Spots, belonging, has_shape, placed, spots
from surveys.records import ALL

HOUSE, HOUSEHOLD, MEMBER, PLOT = (ALL[name].name for name in ("house", "household", "member", "land_plot"))
# How a household was found to be in its house.
BY_KEY, BY_PLACE, IN_SEVERAL, NOWHERE = "key", "place", "several", "none"
_AREAS = (3, 6)
# How many points are looked for in areas at a time; only these are objects.
_POINTS = 50_000


def within(inside: Spots, areas: gpd.GeoSeries) -> pd.DataFrame:
    """Pair each point with every area it lies within (not on the edge), both in EPSG:4326.

    Returns a frame of positions: ``row`` in ``inside`` and ``area`` in ``areas``. A line on a
    curved earth is taken as straight in degrees, as the map draws it.
    """
    shapes = np.array(areas.array, dtype=object)
    where = np.flatnonzero(np.isin(shapely.get_type_id(shapes), _AREAS))
    rows = np.flatnonzero(~np.isnan(inside[:, 0])) if len(where) else where
    tree, row, area = shapely.STRtree(shapes[where]), [rows[:0]], [where[:0]]
    for start in range(0, len(rows), _POINTS):
        part = rows[start : start + _POINTS]
        one, other = tree.query(shapely.points(inside[part]), predicate="within")
        row.append(part[one])
        area.append(where[other])
    return pd.DataFrame({"row": np.concatenate(row), "area": np.concatenate(area)})


def only(pairs: pd.DataFrame, count: int) -> Positions:
    """Return for each row the position of the one area it is in; NONE or SEVERAL otherwise."""
    found = np.full(count, NONE, np.int64)
    found[pairs["row"]] = pairs["area"]
    found[np.bincount(pairs["row"], minlength=count) > 1] = SEVERAL
    return found


@dataclass(frozen=True)
class City:
    """The frames of one city network with the links between records, each found when first asked for."""

    frames: Frames

    @cached_property
    def names(self) -> dict[str, str]:
        """The folded codes and names of the communities, and whose they are."""
        return community_names(self.frames[COMMUNITY]) if COMMUNITY in self.frames else {}

    @cached_property
    def communities(self) -> dict[str, pd.Series[str]]:
        """The community of each record by type name: the community's id, NaN where it is not known."""
        typed = [t.name for t in ALL.values() if COMMUNITY in t.by_name and is_community(t.name, COMMUNITY)]
        return {name: community_of(self.frames[name], self.names) for name in typed if name in self.frames}

    @cached_property
    def places(self) -> dict[str, Spots]:
        """Where each house and household stands, itself or at the record it names."""
        whole, _ = placed(self.frames)
        return {name: spots(whole[name]) for name in (HOUSE, HOUSEHOLD)}

    @cached_property
    def houses(self) -> pd.DataFrame:
        """The house of each household: ``house`` (position, NONE, SEVERAL) and ``how`` it was found.

        By key first (sequence on the plan, then house number), else by the household's own point
        within the footprint of one house.
        """
        on = [rule.on for rule in ALL[HOUSEHOLD].place if rule.type == HOUSE]
        found = self._by_keys(HOUSEHOLD, HOUSE, on)
        how = np.where(found >= 0, BY_KEY, np.where(found == SEVERAL, IN_SEVERAL, NOWHERE)).astype(object)
        own = within(spots(self.frames[HOUSEHOLD]), self.frames[HOUSE].geometry)
        around = only(own, len(found))
        here = (found < 0) & (around >= 0)
        return pd.DataFrame(
            {"house": np.where(here, around, found), "how": np.where(here, BY_PLACE, how)},
            self.frames[HOUSEHOLD].index,
        )

    @cached_property
    def households_of_members(self) -> Positions:
        """The household of each member (:func:`surveys.planning.homes.households_of`): position, NONE or SEVERAL."""
        return households_of(self.frames[MEMBER], self.frames[HOUSEHOLD], self.names)

    @cached_property
    def plots_of_houses(self) -> pd.DataFrame:
        """Pairs of house (``row``) and plot (``area``), positions."""
        return self._plots(HOUSE)

    @cached_property
    def plots_of_households(self) -> pd.DataFrame:
        """Pairs of household (``row``) and plot (``area``): its house's plots, else those it stands in."""
        house = self.houses["house"].to_numpy()
        homes = pd.DataFrame({"row": np.flatnonzero(house >= 0), "house": house[house >= 0]})
        by_house = homes.merge(self.plots_of_houses, left_on="house", right_on="row", suffixes=("", "_house"))
        own = self._plots(HOUSEHOLD)
        own = own[~own["row"].isin(by_house["row"])]
        return pd.concat([by_house[["row", "area"]], own], ignore_index=True)

    @cached_property
    def boundaries(self) -> pd.DataFrame:
        """Pairs of household (``row``) and the community (``area``) within whose boundary it stands."""
        return within(self.places[HOUSEHOLD], self.frames[COMMUNITY].geometry)

    def _plots(self, type_name: str) -> pd.DataFrame:
        """Pair records with plots: by their own coordinates, or by plot number where they have none."""
        frame, plots = self.frames[type_name], self.frames[PLOT]
        on = [rule.on for rule in ALL[type_name].place if rule.type == PLOT]
        by_number = self._by_keys(type_name, PLOT, on)
        rows = np.flatnonzero((by_number >= 0) & ~has_shape(frame).to_numpy())
        numbered = pd.DataFrame({"row": rows, "area": by_number[rows]})
        return pd.concat([within(spots(frame), plots.geometry), numbered], ignore_index=True)

    def _by_keys(self, type_name: str, other: str, keys: Sequence[Sequence[str]]) -> Positions:
        """Find the one record of another type that each record names, by the first key that names one."""
        return belonging(self.frames[type_name], keys, other, self.frames[other], self.names)


def one_label(pairs: pd.DataFrame, labels: pd.Series[str], count: int, several: str) -> pd.Series[str]:
    """Return for each row the label its areas agree on, ``several`` where they differ, NaN where none is."""
    told = pd.DataFrame({"row": pairs["row"], "label": labels.to_numpy(dtype=object)[pairs["area"]]})
    told = told.drop_duplicates()
    found = np.full(count, None, dtype=object)
    found[told["row"]] = told["label"]
    found[np.bincount(told["row"], minlength=count) > 1] = several
    return pd.Series(found, dtype="str")
