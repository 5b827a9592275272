"""Which blocks of a plan stand too close for their numbers, and how they are drawn again, larger: in metres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
import shapely
from numpy.typing import NDArray

from maps.sheet import grid
from maps.sheet.grid import Extent, Extents, Grid, Window

# Houses this close to the next on paper, in mm, belong to a block beside them: their numbers only just fit.
_CLOSE_MM = 3.2
# Troubled houses nearer to each other than this on paper are one block, in mm.
_LINK_MM = 15.0
# Fewer numbers than this that are led away from their house can still be read.
_FEW = 3
# How far houses of a block stand from each other on its own sheet, in mm, and the ground around it, in metres.
_READABLE_MM = 6.0
_AROUND_M = 4.0


@dataclass(frozen=True)
class Trouble:
    """The houses whose number found no place of its own on a plan, by position; ``over`` lie on another number."""

    away: frozenset[int]
    over: frozenset[int]

    @property
    def count(self) -> int:
        """How many houses there are of both."""
        return len(self.away | self.over)


@dataclass(frozen=True)
class Block:
    """A dense part of a plan: its edges, and its own sheets."""

    extent: Extent
    grid: Grid


def blocks(
    trouble: Trouble, edges: Extents, points: Extents, made: Grid, windows: Sequence[Window]
) -> list[Block]:
    """Return the blocks to be drawn again, each on as few sheets as its numbers allow; numbered after the plan's.

    Parameters
    ----------
    edges, points : the edges of every house and a point in it, one row each, in metres
    made : the plan in which the numbers were in trouble
    """
    found = [_extent(edges[part]) for part in _parts(trouble, points, made.scale)]
    told: list[Block] = []
    number = len(made.tiles)
    for extent in _joined(found, points, windows):
        inside = _inside(extent, points)
        laid = grid.layout(
            extent, edges[inside], _legible(points[inside]), windows, max(1, int(inside.sum()))
        )
        if laid.scale >= made.scale:
            continue
        tiles = tuple(replace(tile, number=tile.number + number) for tile in laid.tiles)
        number += len(tiles)
        told.append(Block(extent, replace(laid, tiles=tiles)))
    return told


def _parts(trouble: Trouble, points: Extents, scale: int) -> list[NDArray[np.intp]]:
    """Part the troubled houses by where they stand; those that can be read all the same are left out."""
    troubled = trouble.away | trouble.over
    if not troubled:
        return []
    close = np.flatnonzero(grid.nearest(points) * 1000 / scale < _CLOSE_MM)
    chosen = np.array(sorted(troubled | set(close.tolist())), dtype=np.intp)
    places = shapely.points(points[chosen])
    areas = shapely.get_parts(shapely.union_all(shapely.buffer(places, _LINK_MM * scale / 2000)))
    parts = [chosen[shapely.intersects(area, places)] for area in areas]
    held = [set(part.tolist()) for part in parts]
    return [
        part for part, has in zip(parts, held, strict=True)
        if len(troubled & has) >= _FEW or trouble.over & has
    ]  # fmt: skip


def _extent(edges: Extents) -> Extent:
    west, south = edges[:, :2].min(axis=0)
    east, north = edges[:, 2:].max(axis=0)
    return (
        float(west - _AROUND_M),
        float(south - _AROUND_M),
        float(east + _AROUND_M),
        float(north + _AROUND_M),
    )


def _joined(found: Sequence[Extent], points: Extents, windows: Sequence[Window]) -> list[Extent]:
    """Join blocks that lie on each other, and those that one sheet shows together so that all can be read."""
    left = list(found)
    while pair := _pair(left, points, windows):
        one, other = pair
        left = [extent for extent in left if extent not in pair]
        left.append(_both(one, other))
    # From the north, as sheets are counted.
    return sorted(left, key=lambda extent: (-extent[3], extent[0]))


def _pair(
    extents: Sequence[Extent], points: Extents, windows: Sequence[Window]
) -> tuple[Extent, Extent] | None:
    for n, one in enumerate(extents):
        for other in extents[n + 1 :]:
            both = _both(one, other)
            if _touch(one, other) or _fits(both, points, windows):
                return one, other
    return None


def _fits(extent: Extent, points: Extents, windows: Sequence[Window]) -> bool:
    """Tell whether one sheet shows a part so that its numbers can be read."""
    scale = min(grid.fitting(extent, window) for window in windows)
    return scale <= _legible(points[_inside(extent, points)])


def _legible(points: Extents) -> float:
    return grid.spacing(points, 0.1) * 1000 / _READABLE_MM


def _inside(extent: Extent, points: Extents) -> NDArray[np.bool_]:
    west, south, east, north = extent
    x, y = points[:, 0], points[:, 1]
    inside: NDArray[np.bool_] = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    return inside


def _touch(a: Extent, b: Extent) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _both(*extents: Extent) -> Extent:
    return reduce(lambda a, b: (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])), extents)
