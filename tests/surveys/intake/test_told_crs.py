"""The coordinate system told by a person: for the layers that say nothing, or for all that do."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
import shapely
import xlsxwriter

from gis.crs import to_wgs84
from surveys.intake.accept import import_folder
from surveys.intake.kept_out import write_xlsx
from tests.conftest import NETWORK, Intake

EAST, NORTH = 662_000.0, 1_520_000.0
HERE = shapely.Point(EAST, NORTH)


def _place(crs: str) -> tuple[float, float]:
    placed = to_wgs84(gpd.GeoSeries([HERE]).to_numpy(), crs)[0]
    return placed.x, placed.y


def _points(take: Intake, record_type: str) -> list[tuple[float, float]]:
    return [(shape.x, shape.y) for shape in take.store.read(NETWORK, record_type).geometry]


@pytest.fixture
def layers(tmp_path: Path) -> Path:
    """A GeoPackage of houses, which say WGS 84 / UTM 47N, and of trees, which say nothing."""
    file = tmp_path / "ผัง.gpkg"
    houses = gpd.GeoDataFrame({"ชุมชน": ["ก"], "บ้านเลขที่": ["1"]}, geometry=[HERE], crs="EPSG:32647")
    houses.to_file(file, layer="house", engine="pyogrio")
    shops = gpd.GeoDataFrame({"ชุมชน": ["ก"], "ชื่อสถานที่": ["ร้าน"]}, geometry=[HERE])
    shops.to_file(file, layer="facility", engine="pyogrio")
    return file


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_what_is_told_goes_to_the_layer_that_says_nothing(take: Intake, layers: Path) -> None:
    types = {"house": "house", "facility": "facility"}
    refused = take(layers, layers=types)
    (why,) = [problem for problem in refused["problems"] if problem["severity"] == "refuse"]
    assert (why["code"], why["layer"]) == ("crs_needed", "facility")
    assert "“facility”" in why["message_th"] and "“facility”" in why["message_en"]
    report = take(layers, layers=types, crs="EPSG:24047")
    assert {part["layer"]: part["crs"] for part in report["parts"]} == {
        "house": "EPSG:32647", "facility": "EPSG:24047"}  # fmt: skip
    assert _points(take, "house") == [pytest.approx(_place("EPSG:32647"))]
    assert _points(take, "facility") == [pytest.approx(_place("EPSG:24047"))]


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_where_every_layer_says_one_what_is_told_overrules_it(take: Intake, layers: Path) -> None:
    report = take(layers, layers={"house": "house"}, crs="EPSG:24047")
    assert [part["crs"] for part in report["parts"]] == ["EPSG:24047"]
    assert _points(take, "house") == [pytest.approx(_place("EPSG:24047"))]


def test_degrees_on_one_sheet_stay_when_metres_are_told_for_another(take: Intake, tmp_path: Path) -> None:
    file = tmp_path / "บ้าน.xlsx"
    with xlsxwriter.Workbook(str(file)) as book:
        for name, rows in {
            "หนึ่ง": [("ชุมชน", "ลำดับบ้าน", "lat", "lon"), ("ก", "1", 13.75, 100.5)],
            "สอง": [("ชุมชน", "ลำดับบ้าน", "X", "Y"), ("ก", "2", EAST, NORTH)],
        }.items():
            sheet = book.add_worksheet(name)
            for n, row in enumerate(rows):
                sheet.write_row(n, 0, row)
    (why,) = take(file, type="house")["problems"]
    assert (why["code"], why["layer"]) == ("crs_needed", "สอง") and "ชีต “สอง”" in why["message_th"]
    report = take(file, type="house", crs="EPSG:32647")
    assert (report["taken"], report["quarantined"]) == (2, 0)
    assert sorted(_points(take, "house")) == [
        pytest.approx(_place("EPSG:32647")), pytest.approx((100.5, 13.75))]  # fmt: skip


def test_each_row_stands_by_the_srid_it_names(take: Intake) -> None:
    """One pair of numbers in two coordinate systems is two places, 450 m apart."""
    codes = ["EPSG:32647", "EPSG:24047", "EPSG:4326"]
    at = {code: f"{EAST} {NORTH}" for code in codes} | {"EPSG:4326": "100.5 13.75"}
    rows = [
        {"ชุมชน": "ก", "ลำดับบ้าน": str(n), "geom": f"SRID={code[5:]};POINT ({at[code]})"}
        for n, code in enumerate(codes, 1)
    ]
    report = take.rows(rows, "house.csv", type="house")
    assert (report["taken"], report["crs"]) == (3, "EPSG:32647")
    (said,) = [problem for problem in report["problems"] if problem["code"] == "crs_mixed"]
    assert "EPSG:32647, EPSG:24047, EPSG:4326" in said["message_th"]
    assert sorted(_points(take, "house")) == [
        pytest.approx(place, rel=0, abs=1e-7)
        for place in sorted([_place("EPSG:32647"), _place("EPSG:24047"), (100.5, 13.75)])
    ]


def test_a_row_of_an_srid_nobody_knows_is_kept_out(take: Intake) -> None:
    rows = [
        {"ชุมชน": "ก", "ลำดับบ้าน": "1", "geom": "SRID=32647;POINT (662000 1520000)"},
        {"ชุมชน": "ก", "ลำดับบ้าน": "2", "geom": "SRID=999999;POINT (662000 1520000)"},
    ]
    report = take.rows(rows, "house.csv", type="house")
    assert (report["taken"], report["quarantined"]) == (1, 1)
    assert report["problem_counts"]["coordinates_unreadable"] == 1


def test_shapes_in_plain_degrees_are_wgs_84_and_that_is_said(take: Intake) -> None:
    rows = [{"ชุมชน": "ก", "ลำดับบ้าน": str(n), "geom": f"POINT (100.5{n} 13.75)"} for n in (1, 2)]
    report = take.rows(rows, "house.csv", type="house")
    assert (report["taken"], report["crs"]) == (2, "EPSG:4326")
    assert report["problem_counts"]["degrees_assumed"] == 1


@pytest.mark.parametrize("stray", ["POINT (662000 1520000)", "POINT (2 48)"])
def test_shapes_that_are_no_degrees_of_the_area_are_asked_about(take: Intake, stray: str) -> None:
    rows = [
        {"ชุมชน": "ก", "ลำดับบ้าน": n, "geom": shape}
        for n, shape in [("1", "POINT (100.5 13.75)"), ("2", stray)]
    ]
    assert take.rows(rows, "house.csv", type="house")["problem_counts"] == {"crs_needed": 1}


def test_degrees_can_still_be_told_to_be_of_another_datum(take: Intake) -> None:
    rows = [{"ชุมชน": "ก", "ลำดับบ้าน": "1", "geom": "POINT (100.5 13.75)"}]
    report = take.rows(rows, "house.csv", type="house", crs="EPSG:4240")
    assert report["crs"] == "EPSG:4240" and "degrees_assumed" not in report["problem_counts"]
    assert _points(take, "house") != [pytest.approx((100.5, 13.75))]


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_mended_rows_stand_by_the_system_their_layer_was_taken_in(take: Intake, tmp_path: Path) -> None:
    """Two layers with a row each too far south; one said its system, the other was told."""
    far = shapely.Point(EAST, 100_000)
    file = tmp_path / "ผัง.gpkg"
    for layer, heading, crs in (("house", "ลำดับบ้าน", "EPSG:32647"), ("facility", "ชื่อสถานที่", None)):
        facts = {"ชุมชน": ["ก", "ก"], heading: ["1", "2"]}
        gpd.GeoDataFrame(facts, geometry=[HERE, far], crs=crs).to_file(file, layer=layer, engine="pyogrio")
    report = take(file, layers={"house": "house", "facility": "facility"}, crs="EPSG:24047")
    assert (report["taken"], report["quarantined"]) == (2, 2)
    target = tmp_path / "แก้แล้ว.xlsx"
    write_xlsx(import_folder(take.store, report["import_id"]), target)
    book = openpyxl.load_workbook(target)
    for sheet in book.worksheets:
        cell = next(cell for row in sheet.iter_rows() for cell in row if "100000)" in str(cell.value))
        cell.value = str(cell.value).replace(" 100000)", f" {NORTH + 10})")
    book.save(target)
    names = [sheet.title for sheet in book.worksheets]
    again = take(target, layers={name: name.split()[1] for name in names})
    assert {part["layer"].split()[1]: (part["crs"], part["taken"]) for part in again["parts"]} == {
        "house": ("EPSG:32647", 1), "facility": ("EPSG:24047", 1)}  # fmt: skip
