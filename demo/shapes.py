"""The ground of the demonstration city: real footprints gathered into communities and cut into plots.

Everything is in WGS 84 / UTM zone 47N (EPSG:32647), metres, unless a name says else.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from demo.settlements import DISPUTED, HOLLOW, HOLLOW_PLACE, SCATTERED, SCATTERED_EXTENT, SETTLEMENTS
from gis.crs import from_wgs84, to_wgs84

DATA = Path(__file__).parent / "data"
KHET_FILE = DATA / "bangkok_khet_50.geojson"
OSM_FILE = DATA / "sukhumvit71_buildings_sois.geojson"
UTM47 = "EPSG:32647"
WGS84 = "EPSG:4326"

LANE_HALF_WIDTH = 2.0
# Houses are widened and drawn in again: by little for yards (plots), by more for a community's ground.
_YARD = (16.0, 9.0)
_GROUND = (32.0, 24.0)
_CANAL_GAP = 5.0
# How far the disputed boundary reaches over its neighbours.
_CLAIM = 6.0
# A made-up railway beside the railway community.
RAILWAY = ((671684.0, 1516320.0), (671816.0, 1516052.0), (671912.0, 1515870.0))


def in_crs(shapes: Any, crs: str) -> Any:
    """Shapes in UTM 47N metres, in another CRS (x first); the Thai datums as pinned."""
    return from_wgs84(to_wgs84(np.array(list(shapes), dtype=object), UTM47), crs)


@cache
def _osm() -> gpd.GeoDataFrame:
    return gpd.read_file(OSM_FILE).to_crs(UTM47)


def lanes() -> gpd.GeoDataFrame:
    """The real sois, with their OpenStreetMap ids and names."""
    osm = _osm()
    found = osm[osm.geom_type == "LineString"]
    return found[["osm_id", "name_th", "name_en", "geometry"]].reset_index(drop=True)


def houses() -> gpd.GeoDataFrame:
    """The real footprints that belong to a surveyed community, numbered along a curve through each.

    Columns: osm_id, community (code), seq (1..n in the community), geometry.
    """
    osm = _osm()
    found = osm[osm.geom_type == "Polygon"][["osm_id", "geometry"]].reset_index(drop=True)
    found["community"] = _communities(found)
    found = found[found["community"] != ""]
    found["along"] = found.centroid.hilbert_distance()
    found = found.sort_values(["community", "along"], kind="stable").reset_index(drop=True)
    found["seq"] = found.groupby("community").cumcount() + 1
    return found.drop(columns="along")


def _communities(found: gpd.GeoDataFrame) -> list[str]:
    """The community of each footprint: the block nearest within its reach, else scattered."""
    places = np.column_stack([found.centroid.x, found.centroid.y])
    blocks = [(settlement.code, *block) for settlement in SETTLEMENTS for block in settlement.blocks]
    centres = np.array([(east, north) for _, east, north, _ in blocks])
    reach = np.array([far for *_, far in blocks])
    distance = np.linalg.norm(places[:, None, :] - centres[None, :, :], axis=2)
    distance[distance > reach] = np.inf
    nearest = distance.argmin(axis=1)
    within = np.isfinite(distance.min(axis=1))
    west, south, east, north = SCATTERED_EXTENT
    x, y = places.T
    spread = (x > west) & (x < east) & (y > south) & (y < north)
    named = zip(within, nearest, spread, strict=True)
    return [blocks[place][0] if inside else SCATTERED if near else "" for inside, place, near in named]


def boundaries(found: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The boundary of each community: the ground about its houses, up to the middle of a neighbour's.

    The disputed one reaches over its neighbours; the hollow one is a point. Columns: code, geometry.
    """
    cells = _cells(found)
    shapes: dict[str, Any] = {}
    for code, rows in found.groupby("community"):
        ground = _about(rows, _YARD if code == SCATTERED else _GROUND)
        own = shapely.intersection(ground, shapely.union_all(cells[rows.index]))
        claimed = shapely.buffer(own, _CLAIM if code == DISPUTED else 0, join_style="mitre")
        shapes[str(code)] = shapely.simplify(claimed, 0.3)
    shapes[HOLLOW] = shapely.Point(HOLLOW_PLACE)
    codes = sorted(shapes)
    return gpd.GeoDataFrame({"code": codes}, geometry=[shapes[code] for code in codes], crs=UTM47)


def _about(rows: gpd.GeoDataFrame, widths: tuple[float, float]) -> Any:
    wide, back = widths
    grown = shapely.union_all(shapely.buffer(rows.geometry.values, wide, join_style="mitre"))
    return shapely.buffer(grown, -back, join_style="mitre")


def _cells(found: gpd.GeoDataFrame) -> np.ndarray[Any, Any]:
    """The Voronoi cell of each house's centroid, in the order of the houses."""
    points = shapely.MultiPoint(shapely.get_coordinates(found.centroid.values))
    cells = np.array(shapely.voronoi_polygons(points, ordered=True).geoms, dtype=object)
    return cells


def plots(found: gpd.GeoDataFrame, edges: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """One plot a house: its cell within the community, without the lanes; the largest piece where cut in two.

    Columns: community, house (index of the house), plot_no (by rows from the south-west), geometry.
    """
    ways = shapely.union_all(shapely.buffer(lanes().geometry.values, LANE_HALF_WIDTH))
    edge = dict(zip(edges["code"], edges.geometry, strict=True))
    yards = {code: _about(rows, _YARD) for code, rows in found.groupby("community")}
    ground = {code: shapely.intersection(yard, edge[code]) - ways for code, yard in yards.items()}
    within = np.array([ground[code] for code in found["community"]], dtype=object)
    pieces = shapely.intersection(_cells(found), within)
    whose = {"community": found["community"], "house": found.index}
    cut = gpd.GeoDataFrame(whose, geometry=_largest(pieces), crs=UTM47)
    cut = cut[~cut.is_empty & (cut.area > 4)]
    cut = cut.assign(row=cut.centroid.y // 20, east=cut.centroid.x)
    cut = cut.sort_values(["community", "row", "east"], kind="stable").reset_index(drop=True)
    cut["plot_no"] = cut.groupby("community").cumcount() + 1
    return cut[["community", "house", "plot_no", "geometry"]]


def _largest(pieces: np.ndarray[Any, Any]) -> list[Any]:
    parts, owner = shapely.get_parts(pieces, return_index=True)
    frame = pd.DataFrame({"owner": owner, "area": shapely.area(parts)})
    frame = frame[(shapely.get_type_id(parts) == 3)].sort_values("area", kind="stable")
    best = frame.groupby("owner").tail(1)
    chosen: list[Any] = [shapely.Polygon() for _ in pieces]
    for place, mine in zip(best.index, best["owner"], strict=True):
        chosen[mine] = parts[place]
    return chosen


def canal(edge: Any) -> Any:
    """A made-up canal: the western side of a community's boundary a few metres off, drawn on to both ends."""
    edge = max(shapely.get_parts(edge), key=shapely.area)
    west, south, east, north = edge.bounds
    levels = np.arange(south + 5, north, 20.0)
    rows = [shapely.intersection(edge, shapely.LineString([(west - 9, y), (east + 9, y)])) for y in levels]
    crossed = [(row, float(y)) for row, y in zip(rows, levels, strict=True) if not row.is_empty]
    bank = [(row.bounds[0] - _CANAL_GAP, y) for row, y in crossed]
    smooth = shapely.simplify(shapely.LineString(_outermost(bank)), 2.0)
    inner = [tuple(place) for place in shapely.get_coordinates(smooth)]
    (x0, y0), (x1, y1) = inner[0], inner[-1]
    return shapely.LineString([(x0 - 40, y0 - 330), (x0 + 4, y0 - 90), *inner, (x1 + 12, y1 + 90)])


def _outermost(bank: list[tuple[float, float]], reach: int = 3) -> list[tuple[float, float]]:
    """The running westmost bank, so that the water goes round no yard."""
    easts = np.array([x for x, _ in bank])
    wide = [float(easts[max(0, i - reach) : i + reach + 1].min()) for i in range(len(bank))]
    return [(x, y) for x, (_, y) in zip(wide, bank, strict=True)]
