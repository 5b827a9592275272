"""How shapes of one layer lie upon one another: overlaps worth a look, measured in metres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from gis.crs import from_wgs84, metric_crs
from gis.geometry import Geometries

# Neighbours drawn by hand lie a little upon one another; less than this deep is no overlap (metres).
DEPTH_M = 0.5
# A thousand shapes on one footprint are half a million pairs. A pair whose boxes meet counts 1, one that is
# cut counts as much as a hundred and its points; all of it takes some twenty seconds.
MOST_WORK = 150_000_000
_PAIR = 100
# How many shapes are looked up, and how many pairs are cut, at a time.
_ROWS, _SHARED = 64, 20_000
_AREAS = (3, 6)


@dataclass(frozen=True)
class Overlaps:
    """Areas that lie upon one another, and how far they were looked for.

    ``pairs`` has a row for each pair, by position: ``row`` in the shapes, ``other`` in the others (or the
    shapes), ``area_m2`` of what they share, ``share`` of the smaller one that it is (0 to 1), sorted by both
    positions. ``stopped`` is the first position in the shapes that was not compared; None where all were.
    """

    pairs: pd.DataFrame
    stopped: int | None = None


def overlaps(
    shapes: Geometries, others: Geometries | None = None, depth_m: float = DEPTH_M, most: int = MOST_WORK
) -> Overlaps:
    """Find the pairs of areas that lie upon one another more than ``depth_m`` deep.

    Parameters
    ----------
    shapes : shape (n,), EPSG:4326; what is no area, or not there, is left out
    others : shape (m,), EPSG:4326; None compares ``shapes`` with themselves, each pair once
    most : how much is compared before it is left at that; see :data:`MOST_WORK`
    """
    ours = np.flatnonzero(np.isin(shapely.get_type_id(shapes), _AREAS))
    if not len(ours):
        nothing = np.empty(0, np.int64)
        return Overlaps(_pairs(nothing, nothing, np.empty(0), np.empty(0)))
    crs = metric_crs(tuple(shapely.total_bounds(shapes[ours])))
    here = from_wgs84(shapes[ours], crs)
    there, theirs = None, ours
    if others is not None:
        theirs = np.flatnonzero(np.isin(shapely.get_type_id(others), _AREAS))
        there = from_wgs84(others[theirs], crs)
    a, b, stopped = _meeting(here, there, depth_m, most)
    one, two = here[a], (here if there is None else there)[b]
    parts = range(0, len(a), _SHARED)
    shared = np.concatenate(
        [
            np.empty(0),
            *(shapely.area(shapely.intersection(one[n : n + _SHARED], two[n : n + _SHARED])) for n in parts),
        ]
    )
    smaller = np.minimum(shapely.area(one), shapely.area(two))
    return Overlaps(
        _pairs(ours[a], theirs[b], shared, shared / smaller), None if stopped is None else int(ours[stopped])
    )


def _meeting(
    here: Geometries, others: Geometries | None, depth_m: float, most: int
) -> tuple[np.ndarray, np.ndarray, int | None]:
    """Find which areas still meet when one of the two is drawn in; where it was stopped, if it was."""
    there = here if others is None else others
    # Drawn in by the depth, neighbours no longer touch: what still meets is an overlap.
    thin = shapely.buffer(here, -depth_m, quad_segs=1, join_style="mitre")
    points, points_there = shapely.get_num_coordinates(here), shapely.get_num_coordinates(there)
    tree, left = shapely.STRtree(there), most
    found: list[tuple[np.ndarray, np.ndarray]] = [(np.empty(0, np.int64), np.empty(0, np.int64))]
    stopped: int | None = None
    for start in range(0, len(here), _ROWS):
        a, b = tree.query(here[start : start + _ROWS])
        a += start
        if others is None:
            a, b = a[a < b], b[a < b]
        meets = shapely.intersects(thin[a], there[b])
        if others is None:
            # Either of the two may be so thin that nothing of it is left.
            meets |= shapely.intersects(here[a], thin[b])
        left -= len(a)
        a, b = a[meets], b[meets]
        work = np.cumsum(_PAIR + points[a] + points_there[b])
        if left < 0 or (len(work) and work[-1] > left):
            stopped = int(a[np.searchsorted(work, max(left, 0), side="right")]) if len(work) else start
            a, b = a[a < stopped], b[a < stopped]
        found.append((a, b))
        if stopped is not None:
            break
        left -= int(work[-1]) if len(work) else 0
    one, two = zip(*found, strict=True)
    return np.concatenate(one), np.concatenate(two), stopped


def _pairs(rows: np.ndarray, others: np.ndarray, area: np.ndarray, share: np.ndarray) -> pd.DataFrame:
    made = pd.DataFrame({"row": rows, "other": others, "area_m2": area, "share": share})
    return made.sort_values(["row", "other"], ignore_index=True)


def outside_m(shapes: Geometries, areas: Geometries, which: np.ndarray) -> np.ndarray:
    """Return how far each shape lies outside its area, in metres; 0 within or on the edge.

    ``shapes`` (n,) and ``areas`` (m,) are EPSG:4326; ``which`` (n,) gives the position of each shape's
    area, negative for none. NaN where there is no shape, no area, or the area is none.
    """
    far = np.full(len(shapes), np.nan)
    areal = np.isin(shapely.get_type_id(areas), _AREAS)
    both = np.flatnonzero(~shapely.is_missing(shapes) & (which >= 0) & np.append(areal, False)[which])
    if not len(both):
        return far
    crs = metric_crs(tuple(shapely.total_bounds(areas[areal])))
    metric = np.full(len(areas), None, dtype=object)
    metric[areal] = from_wgs84(areas[areal], crs)
    shapely.prepare(metric)
    far[both] = shapely.distance(metric[which[both]], from_wgs84(shapes[both], crs))
    return far
