"""Shapes of a file: which are taken as they are, which as their one part, and what is said of faulty ones."""

from __future__ import annotations

import json
import re
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from python_calamine import CalamineWorkbook

from api.preview import preview_geojson
from gis.geometry import Fault
from surveys.intake import kept_out
from surveys.intake.fault_words import FAULT_WORDS
from surveys.intake.log import LISTED
from surveys.intake.preview import shown
from tests.conftest import NETWORK, Intake

PLACES = [shapely.Point(100.5, 13.75), shapely.Point(100.51, 13.75)]


def _houses(path: Path, shapes: list[shapely.Geometry]) -> Path:
    numbers = [str(n) for n in range(1, len(shapes) + 1)]
    facts = {"ชุมชน": ["ก"] * len(shapes), "ลำดับบ้าน": numbers}
    gpd.GeoDataFrame(facts, geometry=shapes, crs=4326).to_file(path, engine="pyogrio")
    return path


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson"])
@pytest.mark.parametrize("wrap", [shapely.MultiPoint, shapely.GeometryCollection])
def test_several_points_that_are_one_are_that_point(
    take: Intake, tmp_path: Path, suffix: str, wrap: type[shapely.Geometry]
) -> None:
    report = take(_houses(tmp_path / f"house{suffix}", [wrap([place]) for place in PLACES]))
    assert (report["type"], report["taken"], report["quarantined"]) == ("house", 2, 0)
    assert list(take.store.read(NETWORK, "house").geometry) == PLACES


def test_several_points_that_are_several_are_no_house(take: Intake, tmp_path: Path) -> None:
    file = _houses(tmp_path / "house.gpkg", [shapely.MultiPoint(PLACES), shapely.MultiPoint(PLACES[:1])])
    report = take(file, type="house")
    assert (report["taken"], report["problem_counts"]["geometry_kind"]) == (1, 1)


X, Y, D = 100.5, 13.7, 0.001
CORNERS = [(X, Y), (X + D, Y), (X + D, Y + D), (X, Y + D), (X, Y)]
HOLE = [(X + 2 * D, Y), (X + 3 * D, Y), (X + 3 * D, Y + D), (X + 2 * D, Y)]
INVALID = {
    "เส้นขอบตัดกันเอง (13.700500, 100.500500)": shapely.Polygon([CORNERS[n] for n in (0, 2, 1, 3, 0)]),
    "จุดน้อยเกินไปที่จะเป็นรูป (13.700000, 100.500000)": shapely.Polygon([CORNERS[0]] * 4),
    "ช่องว่างอยู่นอกรูป": shapely.Polygon(CORNERS, [HOLE]),
    "รูปซ้อนในรูป": shapely.MultiPolygon([shapely.box(X + n, Y + n, X + D - n, Y + D - n) for n in (0, D / 4)]),
    "เส้นขอบแตะกันเอง": shapely.Polygon([(X, Y), (X + D, Y), (X + D, Y + D), (X + D / 2, Y), (X, Y + D), (X, Y)]),
}  # fmt: skip


def test_what_is_wrong_with_a_shape_is_said_in_thai_and_where_apart(take: Intake, tmp_path: Path) -> None:
    file = tmp_path / "แปลง.gpkg"
    facts = {"เลขแปลง": [str(n) for n in range(len(INVALID))], "ชุมชน": ["ก"] * len(INVALID)}
    gpd.GeoDataFrame(facts, geometry=list(INVALID.values()), crs=4326).to_file(file, engine="pyogrio")
    found = take.examine(file, type="land_plot")
    said = [problem for problem in found.problems if problem.code == "geometry_invalid"]
    for problem, expected in zip(said, INVALID, strict=True):
        assert problem.message.th.startswith(f"รูปไม่ถูกต้อง: {expected}")
        assert not re.search("[A-Za-z]", problem.message.th), problem.message.th
        assert re.fullmatch(r"13\.\d{6}, 100\.\d{6}", problem.value or "")
    book = tmp_path / "แถวที่กันไว้.xlsx"
    assert kept_out.write_xlsx(found.folder, book) == len(INVALID)
    _, *rows = CalamineWorkbook.from_path(book).get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows] == [problem.message.th for problem in said]


def test_every_reason_of_the_library_has_its_words() -> None:
    """As GEOS lists them (operation/valid/TopologyValidationError.cpp), but its general one."""
    reasons = (
        "Repeated Point", "Hole lies outside shell", "Holes are nested", "Interior is disconnected",
        "Self-intersection", "Ring Self-intersection", "Nested shells", "Duplicate Rings",
        "Too few points in geometry component", "Invalid Coordinate", "Ring is not closed",
    )  # fmt: skip
    whats = {Fault(reason, None, None).what for reason in reasons}
    assert "other" not in whats and whats | {"other"} == set(FAULT_WORDS)


def test_the_workbook_offers_nothing_of_the_command_line(take: Intake, tmp_path: Path) -> None:
    row = {"ชุมชน": "ก", "ลำดับบ้าน": "1", "บ้านเลขที่": "1"}
    take.rows([row], "house.csv", type="house")
    file = take.write([row | {"บ้านเลขที่": "2"}], "house.csv")
    found = take.examine(file, type="house", existing="refuse")
    kept_out.write_xlsx(found.folder, tmp_path / "ไว้.xlsx")
    _, first = CalamineWorkbook.from_path(tmp_path / "ไว้.xlsx").get_sheet_by_index(0).to_python()
    assert first[2] == "เลือกให้ปรับปรุงข้อมูลเดิมหรือข้ามรายการนี้"
    assert not any("--" in str(cell) or "skip)" in str(cell) for cell in first)


@pytest.mark.parametrize("invalid", [True, False])
def test_every_shape_on_the_map_has_its_reason(take: Intake, tmp_path: Path, invalid: bool) -> None:
    """More of one kind than are listed: all have their own words."""
    count = LISTED + 50
    shapes = [shapely.box(X + n * 2 * D, Y, X + n * 2 * D + D, Y + D) for n in range(count)]
    if invalid:
        shapes = [shapely.Polygon([one.exterior.coords[n] for n in (0, 2, 1, 3, 0)]) for one in shapes]
    facts = {"เลขแปลง": [str(n) for n in range(count)], "ชุมชน": ["ก"] * count, "เนื้อที่": ["0-0-1"] * count}
    file = tmp_path / "แปลง.geojson"
    gpd.GeoDataFrame(facts, geometry=shapes, crs=4326).to_file(file, engine="pyogrio")
    found = take.examine(file, type="land_plot", columns={"เนื้อที่": "declared_area"})
    total, rows = shown(found.folder, found.parts[0])
    assert total == len(rows) == count
    start = "รูปไม่ถูกต้อง: เส้นขอบตัดกันเอง (13.700500, " if invalid else ""
    assert all(one.message.th.startswith(start) and one.message.th for one in rows)
    assert not invalid or len({one.message.th for one in rows}) == count
    drawn = json.loads(preview_geojson(found.folder))["features"]
    assert all(one["properties"]["message"]["th"] for one in drawn)


def test_a_shapefile_without_attributes_names_the_file_to_add(take: Intake, tmp_path: Path) -> None:
    gpd.GeoDataFrame({"id": ["1", "2"]}, geometry=PLACES, crs=4326).to_file(
        tmp_path / "house.shp", engine="pyogrio"
    )
    report = take(tmp_path / "house.shp", type="house")
    said = {p["value"]: p for p in report["problems"] if p["code"].startswith("shapefile_")}
    assert set(said) == {"house.dbf", "house.prj"}
    assert "house.dbf" in said["house.dbf"]["remedy_th"] and "ไม่มีข้อมูล" in said["house.dbf"]["message_th"]


def test_corners_there_twice_are_taken_and_remarked_once(take: Intake, tmp_path: Path) -> None:
    twice = shapely.Polygon([CORNERS[0], *CORNERS[1:2] * 3, *CORNERS[2:]])
    shapes = [shapely.box(X - 2 * D, Y, X - D, Y + D), twice, shapely.transform(twice, lambda xy: xy + 2 * D)]
    facts = {"เลขแปลง": ["1", "2", "3"], "ชุมชน": ["ก"] * 3}
    file = tmp_path / "แปลง.geojson"
    gpd.GeoDataFrame(facts, geometry=shapes, crs=4326).to_file(file, engine="pyogrio")
    report = take(file, type="land_plot")
    assert (report["taken"], report["problem_counts"]["vertices_repeated"]) == (3, 1)
    (said,) = [problem for problem in report["problems"] if problem["code"] == "vertices_repeated"]
    assert (said["row"], said["value"]) == (2, "4")
    assert said["message_th"] == "มีจุดซ้ำติดกัน 4 จุด ใน 2 รูป จุดแรกอยู่ที่ 13.700000, 100.501000"
    assert sorted(take.store.read(NETWORK, "land_plot").geometry.count_coordinates()) == [5, 7, 7]
