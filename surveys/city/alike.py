"""Which rows of a table are alike, without comparing all with all: in one group, by name, by distance.

Rows are positions; a pair stands once, the earlier row first. Groups that are too large to compare
are left out and returned, so that it can be said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from rapidfuzz import fuzz, process

from gis.crs import from_wgs84, metric_crs
from surveys.planning.match import numbered
from surveys.planning.place import Spots

Rows = npt.NDArray[np.int64]
Pairs = tuple[Rows, Rows]
# Makes texts comparable.
Fold = Callable[["pd.Series[str]"], "pd.Series[str]"]

# Names from this likeness on, in percent, may be one name written twice: a letter more, less or other.
ALIKE_PERCENT = 85.0
# How many texts, or points, are objects at a time; how many pairs of neighbours are measured at a time.
_AT_ONCE, _PAIRS = 50_000, 1_000_000


def in_groups(codes: Rows, most: int) -> tuple[Pairs, Rows]:
    """Pair the rows of each group (equal code; negative codes are in none) of at most ``most`` rows.

    Returns the pairs, and the sizes of the larger groups.
    """
    rows = np.argsort(codes, kind="stable")
    rows = rows[np.searchsorted(codes[rows], 0) :]
    starts = np.flatnonzero(np.diff(codes[rows], prepend=-1))
    sizes = np.diff(starts, append=len(rows))
    compared = np.repeat((sizes > 1) & (sizes <= most), sizes)
    rows = rows[compared]
    group = codes[rows]
    left, right = [rows[:0]], [rows[:0]]
    for step in range(1, int(sizes[sizes <= most].max(initial=0))):
        same = np.flatnonzero(group[:-step] == group[step:])
        left.append(rows[same])
        right.append(rows[same + step])
    return (np.concatenate(left), np.concatenate(right)), sizes[sizes > most]


def joined(first: Rows, second: Rows) -> Rows:
    """Number the combinations of two codes of each row; -1 where either is negative."""
    there = (first >= 0) & (second >= 0)
    whole = first * (second.max(initial=0) + 1) + second
    found = np.full(len(first), -1, dtype=np.int64)
    found[there] = np.unique(whole[there], return_inverse=True)[1]
    return found


@dataclass(frozen=True)
class Texts:
    """A text of each row, by number: equal numbers are equal texts, -1 is none."""

    codes: Rows
    distinct: pd.Series[str]

    @classmethod
    def of(cls, column: pd.Series[str], fold: Fold) -> Texts:
        """Take the texts of a column, made comparable; those of which nothing is left are none."""
        codes, texts = numbered(column)
        parts = [pd.Series(texts[n : n + _AT_ONCE], dtype="str") for n in range(0, len(texts), _AT_ONCE)]
        done = pd.concat([fold(part) for part in parts or [pd.Series(dtype="str")]], ignore_index=True)
        numbers, distinct = pd.factorize(done.where(done.ne("")))
        return cls(np.append(numbers, -1)[codes], pd.Series(distinct, dtype="str"))

    def at(self, rows: Rows) -> npt.NDArray[np.object_]:
        """Return the texts of some rows, empty where there is none."""
        numbers, which = np.unique(self.codes[rows], return_inverse=True)
        made: npt.NDArray[np.object_] = self.distinct.reindex(numbers).fillna("").to_numpy(dtype=object)
        return made[which]

    @cached_property
    def lengths(self) -> Rows:
        """The letters of each distinct text."""
        return np.asarray(self.distinct.str.len(), dtype=np.int64)

    def likeness(self, pairs: Pairs) -> npt.NDArray[np.float64]:
        """Tell how alike two texts are in percent; 0 below :data:`ALIKE_PERCENT`, or where one is not there.

        Twice the letters that two texts share in order, by the letters of both (Indel similarity).
        """
        found = np.zeros(len(pairs[0]))
        for start in range(0, len(found), _AT_ONCE):
            left, right = (side[start : start + _AT_ONCE] for side in pairs)
            found[start : start + _AT_ONCE] = self._likeness(left, right)
        return found

    def _likeness(self, left: Rows, right: Rows) -> npt.NDArray[np.float64]:
        lengths = np.append(self.lengths, 0)
        one, other = lengths[self.codes[left]], lengths[self.codes[right]]
        short = np.minimum(one, other)
        # Two texts of these lengths share no more than the shorter one.
        at = np.flatnonzero((short > 0) & (200.0 * short >= ALIKE_PERCENT * (one + other)))
        found = np.zeros(len(left))
        if len(at):
            texts = self.at(left[at]), self.at(right[at])
            found[at] = process.cpdist(
                *texts, scorer=fuzz.ratio, score_cutoff=ALIKE_PERCENT, dtype=np.float64
            )
        return found


def in_metres(places: Spots) -> Spots:
    """Return places of EPSG:4326 in metres (the UTM zone of their middle), NaN where there is none."""
    rows = np.flatnonzero(~np.isnan(places[:, 0]))
    made = np.full(places.shape, np.nan)
    if not len(rows):
        return made
    (west, south), (east, north) = places[rows].min(axis=0).tolist(), places[rows].max(axis=0).tolist()
    crs = metric_crs((west, south, east, north))
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        made[part] = shapely.get_coordinates(from_wgs84(shapely.points(places[part]), crs))
    return made


def close(places: Spots, metres: float, most: int) -> tuple[Iterator[Pairs], Rows]:
    """Pair places (in metres, NaN for none) that are at most ``metres`` apart, some at a time.

    Returns the pairs, and how many rows stand on one point where more than ``most`` do: these are
    left out.
    """
    rows = np.flatnonzero(np.isfinite(places).all(axis=1))
    _, at, counts = np.unique(places[rows, 0] + 1j * places[rows, 1], return_inverse=True, return_counts=True)
    return _neighbours(places, rows[counts[at] <= most], metres), counts[counts > most]


def apart(places: Spots, pairs: Pairs) -> npt.NDArray[np.float64]:
    """Return how far the two places of each pair are apart, in the unit of the places."""
    east, north = (places[pairs[0]] - places[pairs[1]]).T
    made: npt.NDArray[np.float64] = np.sqrt(east * east + north * north)
    return made


def _neighbours(places: Spots, rows: Rows, metres: float) -> Iterator[Pairs]:
    """Look in the square cell of each place, as wide as what is looked for, and in those around it.

    In the order of the cells, column by column, those that touch a cell are two runs: what is left of its
    own column from the place itself on, and three cells of the next column. So each pair is met once.
    """
    if not len(rows):
        return
    # A little wider, so that no rounding puts two places that are just within reach two cells apart.
    cells = np.floor((places[rows] - places[rows].min(axis=0)) / (metres * (1 + 1e-9))).astype(np.int64)
    column = int(cells[:, 1].max()) + 3
    keys = cells[:, 0] * column + cells[:, 1]
    order = np.argsort(keys, kind="stable")
    rows, keys = rows[order], keys[order]
    firsts = np.arange(1, len(rows) + 1), np.searchsorted(keys, keys + column - 1, "left")
    lasts = (np.searchsorted(keys, keys + 1, "right"), np.searchsorted(keys, keys + column + 1, "right"))
    for first, last in zip(firsts, lasts, strict=True):
        for one, other in _runs(first, last - first):
            pairs = np.minimum(rows[one], rows[other]), np.maximum(rows[one], rows[other])
            near = apart(places, pairs) <= metres
            yield pairs[0][near], pairs[1][near]


def _runs(first: Rows, counts: Rows) -> Iterator[Pairs]:
    """Pair each position with a run of ``counts`` positions from ``first`` on, some at a time."""
    ends = np.cumsum(counts)
    start = 0
    while start < len(counts):
        before = int(ends[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + _PAIRS, "right")))
        one = np.repeat(np.arange(start, stop), counts[start:stop])
        begins = first[start:stop] - (ends[start:stop] - counts[start:stop] - before)
        yield one, np.arange(len(one)) + np.repeat(begins, counts[start:stop])
        start = stop
