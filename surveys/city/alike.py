"""Which rows of a table are alike, without comparing all with all: in one group, by name, by distance.

Rows are positions; a pair stands once, the earlier row first. Groups that are too large to compare
are left out and returned, so that it can be said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from rapidfuzz import fuzz, process

from gis.crs import from_wgs84, metric_crs

Rows = npt.NDArray[np.int64]
Pairs = tuple[Rows, Rows]

# Names from this likeness on, in percent, may be one name written twice: a letter more, less or other.
ALIKE_PERCENT = 85.0
# How many points look for their neighbours at a time.
_POINTS = 4_000


def in_groups(codes: Rows, most: int) -> tuple[Pairs, Rows]:
    """Pair the rows of each group (equal code; negative codes are in none) of at most ``most`` rows.

    Returns the pairs, and the sizes of the larger groups.
    """
    rows = np.flatnonzero(codes >= 0)
    rows = rows[np.argsort(codes[rows], kind="stable")]
    _, group, sizes = np.unique(codes[rows], return_inverse=True, return_counts=True)
    rows, group = rows[sizes[group] <= most], group[sizes[group] <= most]
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
class Names:
    """The names of rows, made comparable; None where there is none."""

    texts: npt.NDArray[np.object_]

    @cached_property
    def lengths(self) -> Rows:
        """The letters of each name."""
        return np.array([len(text or "") for text in self.texts.tolist()], dtype=np.int64)

    def likeness(self, pairs: Pairs) -> npt.NDArray[np.float64]:
        """Tell how alike two names are in percent; 0 below :data:`ALIKE_PERCENT`, or where one is not there.

        Twice the letters that two texts share in order, by the letters of both (Indel similarity).
        """
        one, other = self.lengths[pairs[0]], self.lengths[pairs[1]]
        short = np.minimum(one, other)
        # Two texts of these lengths share no more than the shorter one.
        at = np.flatnonzero((short > 0) & (200.0 * short >= ALIKE_PERCENT * (one + other)))
        found = np.zeros(len(short))
        if len(at):
            left, right = self.texts[pairs[0][at]], self.texts[pairs[1][at]]
            found[at] = process.cpdist(
                left, right, scorer=fuzz.ratio, score_cutoff=ALIKE_PERCENT, dtype=np.float64
            )
        return found


def in_metres(points: gpd.GeoSeries) -> npt.NDArray[np.object_]:
    """Return points of EPSG:4326 in metres (the UTM zone of their middle); missing and empty ones as None."""
    made = np.asarray(points.array, dtype=object).copy()
    made[shapely.is_empty(made)] = None
    there = ~shapely.is_missing(made)
    if there.any():
        west, south, east, north = (float(edge) for edge in shapely.total_bounds(made[there]))
        made[there] = from_wgs84(made[there], metric_crs((west, south, east, north)))
    return made


def close(points: npt.NDArray[np.object_], metres: float, most: int) -> tuple[Iterator[Pairs], Rows]:
    """Pair points (in metres, None for no place) that are at most ``metres`` apart, some at a time.

    Returns the pairs, and how many rows stand on one point where more than ``most`` do: these are
    left out.
    """
    rows = np.flatnonzero(~shapely.is_missing(points))
    places = shapely.get_coordinates(points[rows])
    _, at, counts = np.unique(places, axis=0, return_inverse=True, return_counts=True)
    rows = rows[counts[at.reshape(-1)] <= most]
    return _neighbours(points, rows, metres), counts[counts > most]


def _neighbours(points: npt.NDArray[np.object_], rows: Rows, metres: float) -> Iterator[Pairs]:
    tree = shapely.STRtree(points[rows])
    for start in range(0, len(rows), _POINTS):
        part = points[rows[start : start + _POINTS]]
        one, other = tree.query(part, predicate="dwithin", distance=metres)
        once = one + start < other
        yield rows[one[once] + start], rows[other[once]]
