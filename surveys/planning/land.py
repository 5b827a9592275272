"""The land kind a house or household stands on, and how that is known."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from surveys.codes import OTHER
from surveys.planning.answers import MARK, Types, answers, labels_of
from surveys.planning.links import HOUSE, HOUSEHOLD, PLOT, City, one_label
from surveys.records import ALL
from surveys.words import Words, words

LAND_KIND = ALL[PLOT].by_name["land_kind"].name
# Answers that are no code of the list: plots that contradict each other, and nothing to go by.
SEVERAL_KINDS, NO_TRACE = MARK + "several", MARK + "no_trace"
_NO_CODES = {
    SEVERAL_KINDS: words("แปลงซ้อนกัน คนละประเภทที่ดิน", "in plots of different land kinds"),
    NO_TRACE: words("ไม่พบทั้งแปลงและบ้าน", "neither plot nor house found"),
}


def labels(types: Types) -> dict[str, Words]:
    """Return the words of every land kind, in the order of rows.

    First the codes of plots and houses, the network's own among them, then ties, then each reason why
    it is not known.
    """
    told = labels_of(types[PLOT], LAND_KIND) | labels_of(types[HOUSE], LAND_KIND)
    codes = {code: said for code, said in told.items() if not code.startswith(MARK) and code != OTHER}
    return {**codes, OTHER: told[OTHER], SEVERAL_KINDS: _NO_CODES[SEVERAL_KINDS], **told, **_NO_CODES}


@dataclass(frozen=True)
class Land:
    """The land kind of each house and household: a code, or a mark and the reason for none.

    ``stated`` marks the houses whose land kind is what the house record says, for want of a plot
    that tells.
    """

    houses: pd.Series[str]
    households: pd.Series[str]
    stated: pd.Series[bool]


def land(city: City) -> Land:
    """Find the land kind of houses and households.

    A house: the kind of the plot it stands in; of several plots the kind they agree on; where no
    plot tells, what the house record says. A household: that of its house; without a house, that
    of the plot it stands in itself.
    """
    frame = city.frames[HOUSE]
    plots = answers(city.frames[PLOT], LAND_KIND)
    by_plot = one_label(city.plots_of_houses, plots, len(frame), SEVERAL_KINDS).set_axis(frame.index)
    own = answers(frame, LAND_KIND)
    untold = _untold(by_plot)
    stated = untold & frame[LAND_KIND].notna()
    houses = by_plot.mask(untold & (stated | by_plot.isna()), own)
    return Land(houses, _of_households(city, plots, houses), stated)


def _of_households(city: City, plots: pd.Series[str], houses: pd.Series[str]) -> pd.Series[str]:
    index = city.frames[HOUSEHOLD].index
    own = one_label(city.plots_of_households, plots, len(index), SEVERAL_KINDS).set_axis(index)
    house = city.houses["house"].to_numpy()
    home = houses.reset_index(drop=True).reindex(house).set_axis(index)
    return own.mask(_untold(own) & home.notna(), home).fillna(NO_TRACE)


def _untold(kinds: pd.Series[str]) -> pd.Series[bool]:
    """Mark where no land kind is told: nothing there, or only a reason (a tie does tell)."""
    return kinds.isna() | (kinds.str.startswith(MARK).fillna(False).astype(bool) & kinds.ne(SEVERAL_KINDS))
