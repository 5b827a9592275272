"""The demonstration city as the messy files that surveyors really make, its faults among them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from demo import faults, shapes, writers
from demo.city import City
from demo.dwellings import Row
from demo.outlets import (
    CANAL,
    CANVASS,
    COLLECTOR,
    COMMUNITY,
    FACILITY,
    HOUSE,
    KHET_FILE,
    MEMBER,
    OUTLETS,
    PHONE,
    PLOT,
    REVISIT,
    ROAD,
    TITLE_ROW,
    YARD_AREA,
    ZONE,
    Outlet,
)
from demo.settlements import SOURCE
from demo.spelling import CLERK, DESK, OFFICE, TABLET, Hand, area, spelled

INDIAN_1975_UTM47 = "EPSG:24047"
ODBL = "© OpenStreetMap contributors (ODbL)"
_SEED_OF_HANDS = 17
_HANDS: dict[Outlet, Hand] = {
    COMMUNITY: DESK, PLOT: OFFICE, HOUSE: DESK, CANVASS: CLERK, REVISIT: TABLET, MEMBER: TABLET,
    CANAL: OFFICE, FACILITY: OFFICE, ROAD: DESK, ZONE: OFFICE,
}  # fmt: skip
# Layers in another CRS than degrees on WGS 84.
_CRS = {PLOT: INDIAN_1975_UTM47, ZONE: shapes.UTM47}


@dataclass(frozen=True)
class Typed:
    """A layer as typed: cells by heading, shapes in the layer's CRS, and the problems planned in it."""

    rows: list[Row]
    shapes: list[Any]
    problems: tuple[faults.Expected, ...]


def write(city: City, folder: Path) -> None:
    """Write every file of the city into a folder (made when missing); the same city makes the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(shapes.KHET_FILE, folder / KHET_FILE)
    typed = {outlet: type_in(city, outlet) for outlet in OUTLETS}
    for outlet, writer in _WRITERS.items():
        writer(folder / outlet.file, outlet, typed[outlet])
    sheets = {outlet.layer: typed[outlet].rows for outlet in (REVISIT, MEMBER)}
    writers.workbook(folder / REVISIT.file, sheets)


def planned(city: City) -> tuple[faults.Expected, ...]:
    """The problems of every faulty row, in the order of the files."""
    return tuple(problem for outlet in OUTLETS for problem in type_in(city, outlet).problems)


def type_in(city: City, outlet: Outlet) -> Typed:
    """Type one layer in, with its faults and its extra columns."""
    layer = city[outlet]
    rng = np.random.default_rng([_SEED_OF_HANDS, OUTLETS.index(outlet)])
    cells = spelled(rng, _HANDS[outlet], outlet, layer.rows)
    metres = layer.shapes or []
    drawn = list(shapes.in_crs(metres, _CRS.get(outlet, shapes.WGS84))) if metres else []
    planned_here = faults.of(outlet)
    problems = []
    for place, key in enumerate(layer.keys(outlet)):
        if fault := planned_here.get(key):
            cells[place] |= fault.changes
            problems.append(faults.expected(fault, place))
            if make := faults.SHAPES.get(fault.code) if drawn else None:
                drawn[place] = make(drawn[place], metres[place])
    rows = [{outlet.headings[name]: cell for name, cell in row.items()} for row in cells]
    for row, truth in zip(rows, layer.rows, strict=True):
        row |= {name: _EXTRAS[name](rng, truth) for name in outlet.extras}
    return Typed(rows, drawn, tuple(problems))


def _phone(rng: np.random.Generator, truth: Row) -> object:
    """A telephone number of no network: every one begins 000."""
    return f"000-{rng.integers(1000):03d}-{rng.integers(10000):04d}" if rng.random() < 0.6 else None


_EXTRAS: dict[str, Callable[[np.random.Generator, Row], object]] = {
    PHONE: _phone,
    COLLECTOR: lambda rng, truth: f"อาสา {'กขคงจ'[int(rng.integers(5))]}",
    YARD_AREA: lambda rng, truth: area(rng, float(rng.integers(8, 40)) * 4) if rng.random() < 0.3 else None,
}


def _geojson(path: Path, outlet: Outlet, typed: Typed) -> None:
    members = {"name": outlet.layer, "attribution": ODBL, "licence": "ODbL-1.0", "note": SOURCE}
    writers.geojson(path, typed.rows, typed.shapes, members)


def _csv(path: Path, outlet: Outlet, typed: Typed) -> None:
    ragged = [problem.row - outlet.first for problem in typed.problems if problem.code == "ragged_row"]
    writers.csv_thai(path, TITLE_ROW, typed.rows, ragged)


def _kml(path: Path, outlet: Outlet, typed: Typed) -> None:
    writers.kml(path, outlet.layer, typed.rows, typed.shapes, schema=outlet is CANAL)


def _frame(outlet: Outlet, typed: Typed) -> gpd.GeoDataFrame:
    texts = {heading: [None if row[heading] is None else str(row[heading]) for row in typed.rows]
             for heading in outlet.headings.values()}  # fmt: skip
    return gpd.GeoDataFrame(texts, geometry=typed.shapes, crs=_CRS[outlet])


def _shapefile(path: Path, outlet: Outlet, typed: Typed) -> None:
    writers.shapefile_zip(path, outlet.layer, _frame(outlet, typed))


def _geopackage(path: Path, outlet: Outlet, typed: Typed) -> None:
    frame = _frame(outlet, typed)
    frame["geometry"] = [shapely.multipolygons(shapely.get_parts(shape)) for shape in frame.geometry]
    writers.geopackage(path, outlet.layer, frame)


_WRITERS: dict[Outlet, Callable[[Path, Outlet, Typed], None]] = {
    COMMUNITY: _geojson, PLOT: _shapefile, HOUSE: _geojson, CANVASS: _csv, CANAL: _kml, FACILITY: _kml,
    ROAD: _geojson, ZONE: _geopackage,
}  # fmt: skip
