"""Where the households of a community live, as its sheets number it: houses, and plots where no house is recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd

from maps.sheet.order import order
from surveys.planning.links import HOUSE, HOUSEHOLD, PLOT, City
from surveys.records import ALL

HEAD_NAME = ALL[HOUSEHOLD].by_name["head_name"].name
HOUSE_NUMBERS, PLOT_NUMBERS = ("house_seq", "house_no"), ("plot_no", "deed_no")
# What a row of the list says of a household, and the day it was visited.
_ROW_FIELDS = ("house_seq", "house_no", "plot_no", "household_no", "people", HEAD_NAME, "visit_date")


@dataclass(frozen=True)
class Homes:
    """The houses, plots and households of one community (its id), out of the frames of its network."""

    city: City
    frames: Mapping[str, gpd.GeoDataFrame]
    id: str

    @cached_property
    def houses(self) -> gpd.GeoDataFrame:
        """Its houses, sorted by their number on the plan as people count."""
        own = self.frames[HOUSE][(self.city.communities[HOUSE] == self.id).to_numpy()]
        return own.iloc[order(own, HOUSE_NUMBERS)]

    @cached_property
    def households(self) -> dict[tuple[str, ...], pd.DataFrame]:
        """Its households by where they live: the id of their house; none recorded, those of the plots they are on.

        The empty tuple: neither is recorded.
        """
        if HOUSEHOLD not in self.frames:
            return {}
        whole = self.frames[HOUSEHOLD]
        frame = pd.DataFrame(whole[[name for name in _ROW_FIELDS if name in whole]])
        mine, ids = set(self.houses.index), self.frames[HOUSE].index.to_numpy(dtype=object)
        homes: list[tuple[str, ...]] = [
            (str(ids[n]),) if n >= 0 and ids[n] in mine else () for n in self.city.houses["house"].tolist()
        ]
        named = (self.city.communities[HOUSEHOLD] == self.id).to_numpy()
        for row, plots in self._on_plots(named).items():
            homes[row] = plots
        rows: dict[tuple[str, ...], list[int]] = {}
        for n, home in enumerate(homes):
            if home or named[n]:
                rows.setdefault(home, []).append(n)
        return {home: frame.iloc[at] for home, at in rows.items()}

    def _on_plots(self, named: np.ndarray) -> dict[int, tuple[str, ...]]:
        """Return by the position of a household without a house the ids of the plots it is on, in their order.

        Plots of this community; one of no community is where a household of it (``named``) stands.
        """
        plots, pairs = self.frames[PLOT], self.city.plots_of_households
        row, plot = pairs["row"].to_numpy(np.int64), pairs["area"].to_numpy(np.int64)
        of = self.city.communities[PLOT]
        ours = (of == self.id).to_numpy()[plot] | (of.isna().to_numpy()[plot] & named[row])
        ours &= self.city.houses["house"].to_numpy()[row] < 0
        there = np.unique(plot[ours])
        found: dict[int, list[str]] = {}
        for n in order(plots.iloc[there], PLOT_NUMBERS):
            for one in np.unique(row[ours & (plot == there[n])]).tolist():
                found.setdefault(one, []).append(str(plots.index[there[n]]))
        return {one: tuple(held) for one, held in found.items()}

    @cached_property
    def plots(self) -> gpd.GeoDataFrame:
        """The plots people look for, sorted by number: all of it where it has no house, else those with a household.

        Only of households whose house is not recorded.
        """
        frame = self.frames[PLOT]
        houses = set(self.houses.index)
        held = {one for home in self.households for one in home} - houses
        wanted = frame.index.isin(list(held))
        if not len(self.houses):
            wanted |= (self.city.communities[PLOT] == self.id).to_numpy()
        own = frame[wanted]
        return own.iloc[order(own, PLOT_NUMBERS)]

    @cached_property
    def by_plot(self) -> bool:
        """Tell whether its people are found by plot: it has no house, and most households do not give one."""
        if len(self.houses):
            return False
        whole = pd.concat(self.households.values()) if self.households else pd.DataFrame()
        lost = self.households.get((), pd.DataFrame(columns=list(_ROW_FIELDS)))
        by_house = int(lost["house_seq"].notna().sum())
        said = bool(len(whole)) and bool(whole["plot_no"].notna().any())
        return (said or len(self.plots) > 0) and 2 * by_house <= len(whole)

    @cached_property
    def counts(self) -> Counter[str]:
        """How many households each house and plot has, by id."""
        return Counter(
            one for home, part in self.households.items() for one in home for _ in range(len(part))
        )
