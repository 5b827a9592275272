"""How shapes of one layer lie upon one another: overlaps worth a look, measured in metres."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from gis.crs import from_wgs84, metric_crs
from gis.geometry import Geometries

# Neighbours drawn by hand lie a little upon one another; less than this deep is no overlap (metres).
DEPTH_M = 0.5
_AREAS = (3, 6)


def overlaps(shapes: Geometries, others: Geometries | None = None, depth_m: float = DEPTH_M) -> pd.DataFrame:
    """Find the pairs of areas that lie upon one another more than ``depth_m`` deep.

    Parameters
    ----------
    shapes : shape (n,), EPSG:4326; what is no area, or not there, is left out
    others : shape (m,), EPSG:4326; None compares ``shapes`` with themselves, each pair once

    Returns
    -------
    Frame of pairs by position: ``row`` in ``shapes``, ``other`` in ``others`` (or ``shapes``), ``area_m2``
    of what they share, ``share`` of the smaller one that it is (0 to 1), sorted by both positions.
    """
    ours = np.flatnonzero(np.isin(shapely.get_type_id(shapes), _AREAS))
    if not len(ours):
        return _pairs(np.empty((2, 0), np.int64), np.empty(0), np.empty(0))
    crs = metric_crs(tuple(shapely.total_bounds(shapes[ours])))
    here = from_wgs84(shapes[ours], crs)
    there, theirs = here, ours
    if others is not None:
        theirs = np.flatnonzero(np.isin(shapely.get_type_id(others), _AREAS))
        there = from_wgs84(others[theirs], crs)
    # Drawn in by the depth, neighbours no longer touch: what still meets is an overlap.
    drawn_in = shapely.buffer(here, -depth_m, quad_segs=1, join_style="mitre")
    a, b = shapely.STRtree(there).query(drawn_in, predicate="intersects")
    if others is None:
        # Either of the two may be so thin that nothing of it is left.
        pairs = np.unique(np.sort(np.stack([a, b]), axis=0)[:, a != b], axis=1)
        a, b = pairs
    shared = shapely.area(shapely.intersection(here[a], there[b]))
    smaller = np.minimum(shapely.area(here[a]), shapely.area(there[b]))
    return _pairs(np.stack([ours[a], theirs[b]]), shared, shared / smaller)


def _pairs(positions: np.ndarray, area: np.ndarray, share: np.ndarray) -> pd.DataFrame:
    made = pd.DataFrame({"row": positions[0], "other": positions[1], "area_m2": area, "share": share})
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
