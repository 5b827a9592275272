"""What a plan shows, in metres: the community, its houses and plots, and the land, water and ways around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gis.crs import from_wgs84, metric_crs
from maps.sheet.grid import Extent, Extents
from surveys.records import ALL

Shapes = NDArray[np.object_]

HOUSE, COMMUNITY = ALL["house"], ALL["community"]
# How wide a way or a canal is drawn that does not say it, in metres.
_WIDTHS = {"road": 6.0, "soi": 3.5, "footpath": 1.5, "railway": 4.0}
_CANAL_M, _ROAD_M = 5.0, 3.5
# A house or plot further than this from the boundary, in metres, does not make the plan larger; it is listed.
STRAY_M = 150.0
# What is drawn around the outermost thing, in metres.
_AROUND_M = 8.0


@dataclass(frozen=True)
class Named:
    """Shapes with a name each, empty where there is none."""

    shapes: Shapes
    names: tuple[str, ...]


@dataclass(frozen=True)
class Ground:
    """What is drawn, in metres of one UTM zone.

    ``things`` are what people look for by number: the houses of the community on the map, then the
    plots marked by ``is_plot``; ``numbers``, ``more_numbers`` (of the house, or the deed) and the marks
    are by their position. ``unnumbered`` marks those with neither number: they are called ?1, ?2 ...
    ``stray`` marks those too far away to be on the plan. ``others`` are houses of other communities,
    ``plots`` those of which only the edge is drawn.
    """

    boundary: Shapes
    disputed: bool
    things: Shapes
    is_plot: NDArray[np.bool_]
    numbers: tuple[str, ...]
    more_numbers: tuple[str, ...]
    unnumbered: NDArray[np.bool_]
    stray: NDArray[np.bool_]
    others: Shapes
    plots: Shapes
    canals: Named
    roads: Named
    railways: Named
    places: Named
    extent: Extent | None = field(default=None)

    @property
    def points(self) -> Extents:
        """A point in every house or plot that is on the plan, in metres."""
        return np.asarray(shapely.get_coordinates(shapely.point_on_surface(self.things[~self.stray])))

    def houses(self, *, unnumbered: bool) -> Shapes:
        """Return the houses with a number, or those without."""
        found: Shapes = self.things[~self.is_plot & (self.unnumbered == unnumbered)]
        return found


def ground(
    community: gpd.GeoDataFrame, houses: gpd.GeoDataFrame, plots: gpd.GeoDataFrame,
    around: Mapping[str, gpd.GeoDataFrame], plot_called: Callable[[str], str],
) -> Ground:  # fmt: skip
    """Gather what a plan of a community shows.

    Parameters
    ----------
    community : its record, one row or none, EPSG:4326
    houses, plots : its houses, and the plots that are looked for by number, that have a place
    around : frames of everything else by type, among them all houses and plots of the network
    plot_called : what a plot of a number is called beside the houses
    """
    outline = np.asarray(community.geometry.array, dtype=object)
    outline = outline[~(shapely.is_missing(outline) | shapely.is_empty(outline))]
    own = np.concatenate([np.asarray(frame.geometry.array, dtype=object) for frame in (houses, plots)])
    everything = np.concatenate([outline, own])
    if not len(everything):
        return _empty()
    crs = metric_crs(tuple(shapely.total_bounds(everything)))
    edge, own = from_wgs84(outline, crs), from_wgs84(own, crs)
    edge = edge[shapely.area(edge) > 0]
    stray = _stray(edge, own)
    extent = _extent(edge, own[~stray])
    near = {name: _near(frame, everything, crs, extent) for name, frame in around.items()}
    disputed = bool(len(community) and (community["boundary_standing"] == "disputed").any())
    railway = _is_railway(near["road"][1])
    return Ground(
        edge, disputed, own, np.arange(len(own)) >= len(houses), *_numbered(houses, plots, own, plot_called), stray,
        _but(near["house"], houses), _but(near["land_plot"], plots), _wide(near["canal"], _CANAL_M),
        _wide(near["road"], _ROAD_M, ~railway), _named(near["road"], railway), _named(near["facility"]), extent,
    )  # fmt: skip


def _numbered(
    houses: pd.DataFrame, plots: pd.DataFrame, shapes: Shapes, plot_called: Callable[[str], str]
) -> tuple[tuple[str, ...], tuple[str, ...], NDArray[np.bool_]]:
    """Return the numbers on the plan, the other numbers, and which have neither, of houses and then of plots."""
    of_houses = _numbers(houses, ("house_seq", "house_no"), shapes[: len(houses)])
    numbers, deeds, lacking = _numbers(plots, ("plot_no", "deed_no"), shapes[len(houses) :])
    # A plot without a number of its own is known by its deed.
    called = [plot_called(a or f"({b})") for a, b in zip(numbers, deeds, strict=True)]
    beside = tuple(b if a else "" for a, b in zip(numbers, deeds, strict=True))
    return (
        (*of_houses[0], *called), (*of_houses[1], *beside), np.concatenate([of_houses[2], lacking])
    )  # fmt: skip


def _but(found: tuple[Shapes, pd.DataFrame], own: pd.DataFrame) -> Shapes:
    """Leave out of what is near what is drawn for itself."""
    return found[0][~found[1].index.isin(own.index)]


def _empty() -> Ground:
    none, nothing = np.array([], dtype=object), Named(np.array([], dtype=object), ())
    no = np.array([], dtype=bool)
    return Ground(none, False, none, no, (), (), no, no, none, none, nothing, nothing, nothing, nothing)


def _numbers(
    frame: pd.DataFrame, fields: tuple[str, str], shapes: Shapes
) -> tuple[tuple[str, ...], tuple[str, ...], NDArray[np.bool_]]:
    """Return the numbers on the plan, the other numbers, and which have neither.

    Those are counted from the north, so that the plan and the list call them the same.
    """
    numbers, others = list(_texts(frame, fields[0])), _texts(frame, fields[1])
    lacking = np.array([not (a or b) for a, b in zip(numbers, others, strict=True)], dtype=bool)
    north = shapely.get_coordinates(shapely.point_on_surface(shapes))[:, 1]
    for n, at in enumerate(sorted(np.flatnonzero(lacking).tolist(), key=lambda at: -north[at]), 1):
        numbers[at] = f"?{n}"
    return tuple(numbers), others, lacking


def _texts(frame: pd.DataFrame, name: str) -> tuple[str, ...]:
    return tuple("" if pd.isna(value) else str(value) for value in frame[name])


def _stray(edge: Shapes, things: Shapes) -> NDArray[np.bool_]:
    """Mark what is too far from the boundary, or from where most of the rest is."""
    if not len(things):
        return np.array([], dtype=bool)
    points = shapely.point_on_surface(things)
    if len(edge):
        distances = shapely.distance(shapely.union_all(edge), points)
        return np.asarray(distances > STRAY_M)
    xy = shapely.get_coordinates(points)
    low, middle, high = np.quantile(xy, [0.1, 0.5, 0.9], axis=0)
    reach = 3 * (high - low) + STRAY_M
    return np.asarray((np.abs(xy - middle) > reach).any(axis=1))


def _extent(edge: Shapes, things: Shapes) -> Extent | None:
    everything = np.concatenate([edge, things])
    if not len(everything):
        return None
    west, south, east, north = (float(value) for value in shapely.total_bounds(everything))
    return west - _AROUND_M, south - _AROUND_M, east + _AROUND_M, north + _AROUND_M


def _near(
    frame: gpd.GeoDataFrame, everything: Shapes, crs: object, extent: Extent | None
) -> tuple[Shapes, pd.DataFrame]:
    """Return the shapes of a frame near the plan, in metres, and their rows."""
    west, south, east, north = shapely.total_bounds(everything)
    # A page around: what is drawn beyond is cut at its edge.
    pad = 0.5 * max(east - west, north - south) + 0.002
    found = frame.cx[west - pad : east + pad, south - pad : north + pad] if len(frame) else frame
    shapes = from_wgs84(np.asarray(found.geometry.array, dtype=object), crs)  # type: ignore[arg-type]
    return shapes, pd.DataFrame(found.drop(columns="geometry"))


def _is_railway(rows: pd.DataFrame) -> NDArray[np.bool_]:
    return np.asarray(rows["kind"].eq("railway").fillna(False), dtype=bool)


def _named(found: tuple[Shapes, pd.DataFrame], only: NDArray[np.bool_] | None = None) -> Named:
    shapes, rows = found
    chosen = np.ones(len(shapes), dtype=bool) if only is None else only
    return Named(shapes[chosen], _texts(rows[chosen], "name"))


def _wide(found: tuple[Shapes, pd.DataFrame], usual: float, only: NDArray[np.bool_] | None = None) -> Named:
    """Return lines as the ground they take: as wide as they say, else as is usual."""
    shapes, rows = found
    chosen = np.ones(len(shapes), dtype=bool) if only is None else only
    kinds = rows["kind"].map(_WIDTHS) if "kind" in rows else pd.Series(np.nan, rows.index)
    widths = rows["width"].astype(float).fillna(kinds.astype(float)).fillna(usual).to_numpy()[chosen]
    lines = shapely.get_dimensions(shapes[chosen]) == 1
    made = shapes[chosen].copy()
    made[lines] = shapely.buffer(made[lines], widths[lines] / 2, cap_style="flat")
    return Named(made, _texts(rows[chosen], "name"))
