"""At which scale a plan is drawn, and over how many sheets: pure geometry, in metres and millimetres."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Extent = tuple[float, float, float, float]
Extents = NDArray[np.float64]

# Scales people can measure with a ruler: 1:100 to 1:7,500,000.
SCALES = tuple(
    int(step * 10**power) for power in range(2, 7) for step in (1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4, 5, 6, 7.5)
)
# Neighbouring sheets show the same strip of ground this wide on paper.
OVERLAP_MM = 12.0


@dataclass(frozen=True)
class Window:
    """The part of a page the plan is drawn in, in mm; ``landscape`` says how the paper lies."""

    width: float
    height: float
    landscape: bool


@dataclass(frozen=True)
class Tile:
    """The ground on one sheet: its number, its place in the grid, its edges in metres."""

    number: int
    column: int
    row: int
    extent: Extent


@dataclass(frozen=True)
class Grid:
    """How a plan is laid on paper: 1 metre is ``1000 / scale`` mm."""

    scale: int
    window: Window
    tiles: tuple[Tile, ...]

    def at(self, column: int, row: int) -> Tile | None:
        """Return the sheet at a place of the grid, None where there is none."""
        return next((tile for tile in self.tiles if (tile.column, tile.row) == (column, row)), None)


def layout(extent: Extent, things: Extents, legible: float, windows: Sequence[Window], most: int) -> Grid:
    """Choose the scale and the sheets of a plan.

    One sheet, as large as it fits, where its numbers can be read; else as many as it takes, without
    those on which nothing stands; never more than ``most``, the scale being coarser then.

    Parameters
    ----------
    extent : west, south, east, north of what is drawn, in metres
    things : edges of what must be on a sheet, one row each, in metres
    legible : the coarsest scale (its denominator) at which numbers can be read
    windows : how a page may lie
    """
    alone = min(
        (_grid(extent, things, window, fitting(extent, window)) for window in windows), key=lambda g: g.scale
    )
    if alone.scale <= legible:
        return alone
    start = max((scale for scale in SCALES if scale <= legible), default=SCALES[0])
    for scale in (one for one in SCALES if start <= one < alone.scale):
        found = _fewest(extent, things, windows, scale)
        if len(found.tiles) <= most:
            return _larger(found, extent, things, windows)
    return alone


def _fewest(extent: Extent, things: Extents, windows: Sequence[Window], scale: int) -> Grid:
    return min((_grid(extent, things, window, scale) for window in windows), key=lambda grid: len(grid.tiles))


def _larger(found: Grid, extent: Extent, things: Extents, windows: Sequence[Window]) -> Grid:
    """Return the largest scale that takes no more sheets."""
    for scale in sorted((one for one in SCALES if one < found.scale), reverse=True):
        better = _fewest(extent, things, windows, scale)
        if len(better.tiles) > len(found.tiles):
            break
        found = better
    return found


def fitting(extent: Extent, window: Window) -> int:
    """Return the largest scale at which an extent is on one sheet."""
    width, height = extent[2] - extent[0], extent[3] - extent[1]
    needed = 1000 * max(width / window.width, height / window.height)
    return next((scale for scale in SCALES if scale >= needed), math.ceil(needed))


def _grid(extent: Extent, things: Extents, window: Window, scale: int) -> Grid:
    wide, high = window.width * scale / 1000, window.height * scale / 1000
    step_x, step_y = wide - OVERLAP_MM * scale / 1000, high - OVERLAP_MM * scale / 1000
    columns = _count(extent[2] - extent[0], wide, step_x)
    rows = _count(extent[3] - extent[1], high, step_y)
    west = (extent[0] + extent[2] - (wide + (columns - 1) * step_x)) / 2
    north = (extent[1] + extent[3] + (high + (rows - 1) * step_y)) / 2
    places = [(column, row) for row in range(rows) for column in range(columns)]
    edges = [_edges((west + c * step_x, north - r * step_y), wide, high) for c, r in places]
    kept = [0] if len(places) == 1 else _needed(things, np.array(edges))
    tiles = (Tile(n, *places[at], edges[at]) for n, at in enumerate(kept, 1))
    return Grid(scale, window, tuple(tiles))


def _edges(corner: tuple[float, float], wide: float, high: float) -> Extent:
    left, top = corner
    return left, top - high, left + wide, top


def _needed(things: Extents, edges: Extents) -> list[int]:
    """Return which sheets are needed: those on which something stands that is on no other."""
    x, y = (things[:, 0] + things[:, 2]) / 2, (things[:, 1] + things[:, 3]) / 2
    on = [set(np.flatnonzero((x >= w) & (x <= e) & (y >= s) & (y <= n)).tolist()) for w, s, e, n in edges]
    kept = {at for at, standing in enumerate(on) if standing}
    for at in sorted(kept, key=lambda at: len(on[at])):
        if on[at] <= set().union(*(on[other] for other in kept - {at})):
            kept.remove(at)
    return sorted(kept)


def _count(length: float, page: float, step: float) -> int:
    # A hair of tolerance: what fits exactly fits.
    return 1 if length <= page * (1 + 1e-9) else math.ceil((length - page) / step - 1e-9) + 1


def spacing(points: Extents, share: float = 0.4) -> float:
    """Return how close things stand, in metres: the distance to the nearest other that ``share`` are below.

    Things at one place are one. Infinite where there is only one.
    """
    distinct = np.unique(points.round(1), axis=0)
    return math.inf if len(distinct) < 2 else float(np.quantile(nearest(distinct), share))


def nearest(points: Extents) -> NDArray[np.float64]:
    """Return how far the nearest other thing is from each, in metres; infinite where there is only one."""
    found = np.full(len(points), math.inf)
    # In strips, so that thousands of points need no square table of all of them.
    for start in range(0, len(points) if len(points) > 1 else 0, 500):
        part = points[start : start + 500]
        apart = np.hypot(part[:, :1] - points[:, 0], part[:, 1:2] - points[:, 1])
        apart[np.arange(len(part)), start + np.arange(len(part))] = math.inf
        found[start : start + 500] = apart.min(axis=1)
    return found
