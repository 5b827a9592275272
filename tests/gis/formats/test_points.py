"""Places in the cells of a table: which columns hold them, and every way of writing them."""

from __future__ import annotations

import csv
import io
import math
import time
from collections.abc import Callable

import pytest
import shapely

from gis.crs import from_wgs84
from gis.formats import Layer, Reading, headings
from gis.formats.written_numbers import Axis, number

Read = Callable[..., Reading]
Wkt = Callable[[Layer], list[str | None]]
WGS84 = "EPSG:4326"
PLOT = "POLYGON ((100 13, 101 13, 101 14, 100 13))"


def table(*records: list[str]) -> str:
    file = io.StringIO(newline="")
    csv.writer(file).writerows(records)
    return file.getvalue()


COLUMNS: list[tuple[list[str], list[str], tuple[str, ...], str | None, str | None]] = [
    (["lat", "lon"], ["13.75", "100.5"], ("lon", "lat"), "POINT (100.5 13.75)", WGS84),
    (["Latitude", "Longitude"], ["13.75", "100.5"], ("Longitude", "Latitude"), "POINT (100.5 13.75)", WGS84),
    (["ละติจูด", "ลองจิจูด"], ["13.75", "100.5"], ("ลองจิจูด", "ละติจูด"), "POINT (100.5 13.75)", WGS84),
    (["พิกัดละติจูด", "พิกัดลองจิจูด"], ["๑๓.๗๕", "๑๐๐.๕"], ("พิกัดลองจิจูด", "พิกัดละติจูด"), "POINT (100.5 13.75)", WGS84),
    (["lat (N)", "lng (E)"], ["13,75", "100,5"], ("lng (E)", "lat (N)"), "POINT (100.5 13.75)", WGS84),
    (
        ["_gps_latitude", "_gps_longitude"],
        ["13.75", "100.5"],
        ("_gps_longitude", "_gps_latitude"),
        "POINT (100.5 13.75)",
        WGS84,
    ),
    (
        ["gps-Latitude", "gps-Longitude"],
        ["13.75", "100.5"],
        ("gps-Longitude", "gps-Latitude"),
        "POINT (100.5 13.75)",
        WGS84,
    ),
    (["X", "Y"], ["100.5", "13.75"], ("X", "Y"), "POINT (100.5 13.75)", WGS84),
    (["x_coord", "y_coord"], ["665000", "1520000"], ("x_coord", "y_coord"), "POINT (665000 1520000)", None),
    (["พิกัด X", "พิกัด Y"], ["665,000.5", "1,520,000"], ("พิกัด X", "พิกัด Y"), "POINT (665000.5 1520000)", None),
    (
        ["easting", "northing"],
        ["665,000", "1,520,000"],
        ("easting", "northing"),
        "POINT (665000 1520000)",
        None,
    ),
    (["UTM_E", "UTM_N"], ["665000", "1520000"], ("UTM_E", "UTM_N"), "POINT (665000 1520000)", None),
    (["พิกัด", "b"], ["13.75, 100.5", ""], ("พิกัด",), "POINT (100.5 13.75)", WGS84),
    (["gps", "b"], ["13.75 100.5 0 5", ""], ("gps",), "POINT (100.5 13.75)", WGS84),
    (["_geolocation", "b"], ["[13.75, 100.5]", ""], ("_geolocation",), "POINT (100.5 13.75)", WGS84),
    (["location", "b"], ["13,75; 100,5", ""], ("location",), "POINT (100.5 13.75)", WGS84),
    (["coordinates", "b"], ["13°45'00\"N, 100°30'00\"E", ""], ("coordinates",), "POINT (100.5 13.75)", WGS84),
    (["q12", "b"], ["13 100 0 0;13 101 0 0;14 101 0 0;13 100 0 0", ""], ("q12",), PLOT, WGS84),
    (
        ["q12", "b"],
        ["13 100 0 0;13 101 0 0;14 101 0 0", ""],
        ("q12",),
        "LINESTRING (100 13, 101 13, 101 14)",
        WGS84,
    ),
    (["wkt", "b"], [PLOT, ""], ("wkt",), PLOT, None),
    (["the_geom", "b"], [f"SRID=32647;{PLOT}", ""], ("the_geom",), PLOT, "EPSG:32647"),
    (["geometry", "b"], [shapely.from_wkt(PLOT).wkb_hex, ""], ("geometry",), PLOT, None),
    (
        ["geom", "b"],
        [shapely.to_wkb(shapely.set_srid(shapely.Point(1, 2), 4326), hex=True, include_srid=True), ""],
        ("geom",),
        "POINT (1 2)",
        WGS84,
    ),
    (
        ["geojson", "b"],
        ['{"type":"Point","coordinates":[100.5,13.75]}', ""],
        ("geojson",),
        "POINT (100.5 13.75)",
        WGS84,
    ),
    (["wkt", "b"], ["POINT Z (100.5 13.75 4)", ""], ("wkt",), "POINT (100.5 13.75)", None),
    (["จุด", "b"], ["13.75, 100.5", ""], ("จุด",), "POINT (100.5 13.75)", WGS84),
    (["พิกัดบ้าน", "b"], ["13.75,100.5", ""], ("พิกัดบ้าน",), "POINT (100.5 13.75)", WGS84),
    (["q7", "b"], ["13.7563, 100.5018", ""], ("q7",), "POINT (100.5018 13.7563)", WGS84),
    (["q7", "b"], ["3.7, 10.5", ""], (), None, None),
    (["รายได้", "b"], ["12,100.50", "10,100"], (), None, None),
    (["q7", "b"], ["SRID=32647;POINT (665000 1520000)", ""], ("q7",), "POINT (665000 1520000)", "EPSG:32647"),
    (["q7", "b"], [shapely.Point(1, 2).wkb_hex, ""], ("q7",), "POINT (1 2)", None),
    (["id", "b"], ["0" * 32, ""], (), None, None),
    (["sha256", "b"], ["01" + "9f" * 31, ""], (), None, None),
    (["q7", "b"], ['{"type":"Point","coordinates":[1,2]}', ""], ("q7",), "POINT (1 2)", WGS84),
    (["E", "N"], ["665000", "1520000"], ("E", "N"), "POINT (665000 1520000)", None),
    (["n", "e"], ["3", "4"], (), None, None),
    (["ทิศเหนือ", "ทิศตะวันออก"], ["คลอง", "ถนน"], (), None, None),
    (["location", "b"], ["ซอยสุขุมวิท 71", ""], (), None, None),
    (["shape", "b"], ["square", ""], (), None, None),
    (["x", "y"], ["yes", "no"], (), None, None),
    (["flat", "salon"], ["13.75", "100.5"], (), None, None),
]


@pytest.mark.parametrize(("heading", "cells", "used", "shape", "crs"), COLUMNS)
def test_coordinate_columns(
    heading: list[str],
    cells: list[str],
    used: tuple[str, ...],
    shape: str | None,
    crs: str | None,
    here: Read,
    wkt: Wkt,
) -> None:
    layer = here(table(heading, cells), "a.csv").layers[0]
    assert (layer.coordinate_columns, wkt(layer), layer.crs) == (used, [shape], crs)
    assert layer.has_geometry is (shape is not None)
    assert layer.defect_counts == {}


INDIAN = "EPSG:24047"
ZONES: list[tuple[list[str], list[list[str]], list[str], str | None, set[str]]] = [
    # headings, rows, points, CRS, remarks
    (["E", "N", "zone"], [["665000", "1520000", "47N"]], ["POINT (665000 1520000)"], "EPSG:32647",
     {"utm_datum_assumed"}),
    (["x", "y", "โซน"], [["665000", "1520000", "๔๗"]], ["POINT (665000 1520000)"], "EPSG:32647",
     {"utm_datum_assumed"}),
    (["utm_e", "utm_n", "utm_zone"], [["265,000", "1,520,000", "48 P"]], ["POINT (265000 1520000)"],
     "EPSG:32648", {"utm_datum_assumed"}),
    (["easting", "northing", "zone"], [["665000", "1520000", "WGS 84 / UTM zone 47N"]],
     ["POINT (665000 1520000)"], "EPSG:32647", set()),
    (["easting", "northing", "zone"], [["665000", "1520000", "Indian 1975 / UTM zone 47N"]],
     ["POINT (665000 1520000)"], INDIAN, set()),
    (["easting", "northing", "zone"], [["665000", "1520000", "EPSG:24047"]], ["POINT (665000 1520000)"],
     INDIAN, set()),
    (["E (UTM 47N)", "N (UTM 47N)", "b"], [["665000", "1520000", ""]], ["POINT (665000 1520000)"],
     "EPSG:32647", {"utm_datum_assumed"}),
    (["utm47_x", "utm47_y", "b"], [["665000", "1520000", ""]], ["POINT (665000 1520000)"], "EPSG:32647",
     {"utm_datum_assumed"}),
    (["X (WGS84 UTM 48N)", "Y (WGS84 UTM 48N)", "b"], [["265000", "1520000", ""]], ["POINT (265000 1520000)"],
     "EPSG:32648", set()),
    (["พิกัด", "b", "c"], [["47P 665000 1520000", "", ""]], ["POINT (665000 1520000)"], "EPSG:32647",
     {"utm_datum_assumed"}),
    (["พิกัด", "b", "c"], [["UTM 47N 665000E 1520000N", "", ""]], ["POINT (665000 1520000)"], "EPSG:32647",
     {"utm_datum_assumed"}),
    (["พิกัด", "b", "c"], [["47, 665000.5, 1520000", "", ""]], ["POINT (665000.5 1520000)"], "EPSG:32647",
     {"utm_datum_assumed"}),
    (["e", "n", "zone"], [["665000", "1520000", "99"]], ["POINT (665000 1520000)"], None, set()),
    (["e", "n", "time zone"], [["665000", "1520000", "Bangkok"]], ["POINT (665000 1520000)"], None, set()),
    (["x", "y", "zone"], [["100.5", "13.7", "47"]], ["POINT (100.5 13.7)"], WGS84, set()),
    (["E", "N", "zone"], [["500000", "0", "33S"]], ["POINT (500000 0)"], "EPSG:32733",
     {"utm_datum_assumed"}),
]  # fmt: skip


@pytest.mark.parametrize(("heading", "cells", "points", "crs", "remarks"), ZONES)
def test_places_in_utm_zones(
    heading: list[str], cells: list[list[str]], points: list[str], crs: str | None, remarks: set[str],
    here: Read, wkt: Wkt,
) -> None:  # fmt: skip
    layer = here(table(heading, *cells), "a.csv").layers[0]
    assert (wkt(layer), layer.crs, set(layer.defect_counts)) == (points, crs, remarks)


def test_rows_of_two_zones_are_brought_into_the_first(here: Read, wkt: Wkt) -> None:
    """One place on the ground beside 102 E, written in both of its zones."""
    spots = {zone: from_wgs84(shapely.points([[102.0, 15.0]]), f"EPSG:326{zone}")[0] for zone in (47, 48)}
    rows = [[f"{spot.x:.3f}", f"{spot.y:.3f}", f"{zone}N"] for zone, spot in spots.items()]
    layer = here(
        table(["E", "N", "zone"], *rows, ["", "", ""], ["1", "", "47N"], ["1", "2", ""]), "a.csv"
    ).layers[0]
    shapes = shapely.from_wkt(wkt(layer)[:2])
    assert layer.crs == "EPSG:32647" and shapely.distance(*shapes) < 0.01
    assert layer.defect_counts == {"coordinates_unreadable": 2, "zones_joined": 1, "utm_datum_assumed": 1}
    assert [each.row for each in layer.defects if each.row] == [5, 6]


def test_a_zone_beside_the_columns_asked_for(here: Read, wkt: Wkt) -> None:
    text = table(["a", "b", "zone"], ["665000", "1520000", "47"])
    layer = here(text, "a.csv", coordinates={"x": "a", "y": "b"}).layers[0]
    assert (wkt(layer), layer.crs) == (["POINT (665000 1520000)"], "EPSG:32647")


def test_what_the_server_repeats_comes_last(here: Read, wkt: Wkt) -> None:
    plot = "13 100 0 0;13 101 0 0;14 101 0 0;13 100 0 0"
    layer = here(table(["_geolocation", "plot"], ["[13.1, 100.1]", plot]), "a.csv").layers[0]
    assert (wkt(layer), layer.coordinate_columns) == ([PLOT], ("plot",))


def test_a_column_of_shapes_goes_before_points_and_the_others_are_named(here: Read) -> None:
    layer = here(table(["lat", "lon", "wkt"], ["13", "100", PLOT]), "a.csv").layers[0]
    assert layer.coordinate_columns == ("wkt",)
    assert [(each.code, each.detail["also"]) for each in layer.defects] == [
        ("several_coordinates", "lon, lat")
    ]


def test_the_columns_asked_for_are_the_columns_used(here: Read, wkt: Wkt) -> None:
    text = table(["lat", "lon", "a", "b", "p"], ["13", "100", "665000", "1520000", "14 101"])
    layer = here(text, "a.csv", coordinates={"x": "a", "y": "b"}).layers[0]
    assert (wkt(layer), layer.crs) == (["POINT (665000 1520000)"], None)
    layer = here(text, "a.csv", coordinates={"geopoint": "p"}).layers[0]
    assert (wkt(layer), layer.crs) == (["POINT (101 14)"], WGS84)


BAD: list[tuple[list[str], list[str], str | None]] = [
    (["lat", "lon"], ["", ""], None),
    (["lat", "lon"], ["n/a", "-"], None),
    (["lat", "lon"], ["13.75", ""], "coordinates_unreadable"),
    (["lat", "lon"], ["north", "100"], "coordinates_unreadable"),
    (["lat", "lon"], ["nan", "100"], "coordinates_unreadable"),
    (["lat", "lon"], ["inf", "100"], "coordinates_unreadable"),
    (["lat", "lon"], ["1_3", "100"], "coordinates_unreadable"),
    (["พิกัด", "b"], ["ไม่มี", "x"], None),
    (["พิกัด", "b"], ["13.75", "x"], "coordinates_unreadable"),
    (["พิกัด", "b"], ["13 100;x", "x"], "coordinates_unreadable"),
    (["wkt", "b"], ["POLYGON ((0 0, 1 1, 1 0))", "x"], "unclosed_ring"),
    (["wkt", "b"], ["LINESTRING (0 0)", "x"], "ring_too_short"),
    (["wkt", "b"], ["POINT (1 2", "x"], "geometry_unreadable"),
    (["wkt", "b"], ["POINT (nan 2)", "x"], "geometry_not_finite"),
    (["wkt", "b"], ["GEOMETRYCOLLECTION (" * 30 + "POINT (1 2)" + ")" * 30, "x"], "geometry_unreadable"),
    (["wkt", "b"], ["GEOMETRYCOLLECTION (" * 40_000, "x"], "geometry_unreadable"),
    (["wkt", "b"], ["0107000000" + "01000000" + "0107000000" * 3, "x"], "geometry_unreadable"),
    (
        ["wkt", "b"],
        ["010700000001000000" * 30 + "010100000000000000000000000000000000000000", "x"],
        "geometry_unreadable",
    ),
    (["wkt", "b"], ['{"type":"Point","coordinates":["a"]}', "x"], "geometry_unreadable"),
]


@pytest.mark.parametrize(("heading", "cells", "code"), BAD)
def test_coordinates_that_cannot_be_read(
    heading: list[str], cells: list[str], code: str | None, here: Read, wkt: Wkt
) -> None:
    sound = {"lat": ["13.75", "100.5"], "พิกัด": ["13.75, 100.5", "y"], "wkt": ["POINT (100.5 13.75)", "y"]}[
        heading[0]
    ]
    layer = here(table(heading, sound, cells, sound), "a.csv").layers[0]
    assert layer.rows == 3 - (not any(cells))
    assert layer.defect_counts == ({code: 1} if code else {})
    assert [each.row for each in layer.defects] == ([3] if code else [])
    assert wkt(layer)[-1] == "POINT (100.5 13.75)"
    if code == "unclosed_ring":
        assert layer.defects[0].value == "0.000000, 1.000000"
        assert wkt(layer)[1] == "POLYGON ((0 0, 1 1, 1 0, 0 0))"


NUMBERS: list[tuple[str, Axis, float]] = [
    ("13.75", "degrees", 13.75),
    (" 13.75 ", "degrees", 13.75),
    ("13,75", "degrees", 13.75),
    ("๑๓.๗๕", "degrees", 13.75),
    ("-13.75", "degrees", -13.75),
    ("\u221213.75", "degrees", -13.75),
    ("13.75°", "degrees", 13.75),
    ("13°45'", "degrees", 13.75),
    ("13°45'36\"N", "degrees", 13.76),
    ("S 13°45'", "degrees", -13.75),
    ("100°30'0.0\"W", "degrees", -100.5),
    ("13 องศา 45 ลิปดา", "degrees", 13.75),
    ("1e2", "degrees", 100.0),
    ("661,234", "metres", 661234.0),
    ("661,234", "either", 661234.0),
    ("100,512", "degrees", 100.512),
    ("1,520,000.5", "metres", 1520000.5),
    ("", "degrees", math.nan),
    ("N", "degrees", math.nan),
    ("13.75.1", "degrees", math.nan),
    ("13 45", "degrees", math.nan),
    ("13°", "metres", math.nan),
]


@pytest.mark.parametrize(("cell", "axis", "value"), NUMBERS)
def test_numbers_as_people_write_them(cell: str, axis: Axis, value: float) -> None:
    assert number(cell, axis) == pytest.approx(value, nan_ok=True)


def test_pairs_go_together_by_their_prefix() -> None:
    found = headings.pairs(["a_lat", "b_lon", "b_lat", "a_lon", "x", "y", "lat"])
    assert [(pair.x, pair.y, pair.prefix) for pair in found] == [(3, 0, "a"), (1, 2, "b"), (4, 5, "")]


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["13.75, 100.5", "13.76, 100.5", ""], True),
        (["๑๓.๗๕ ๑๐๐.๕"], True),
        (["13.75, 100.5"] * 9 + ["ซอย 5"], True),
        (["13.75, 100.5"] * 8 + ["ซอย 5", "ซอย 6"], False),
        (["13.75, 100.5; 13.76, 100.6"], False),
    ],
)
def test_a_column_no_heading_names_is_found_by_its_numbers(cells: list[str], found: bool, here: Read) -> None:
    layer = here(table(["ที่ตั้ง", "b"], *([cell, "x"] for cell in cells)), "a.csv").layers[0]
    assert (layer.coordinate_columns, layer.crs) == ((("ที่ตั้ง",), WGS84) if found else ((), None))
    assert [each.value for each in layer.defects if each.code == "coordinates_by_cells"] == ["ที่ตั้ง"] * found
    beside = here(table(["ที่ตั้ง", "lat", "lon"], *([cell, "13", "100"] for cell in cells)), "a.csv").layers[0]
    assert beside.coordinate_columns == ("lon", "lat") and not beside.defects


def test_x_and_y_that_leave_the_range_of_degrees_have_no_crs(here: Read) -> None:
    assert here(table(["x", "y"], ["100", "13"], ["665000", "1520000"]), "a.csv").layers[0].crs is None


def test_two_crss_in_one_column_are_told(here: Read) -> None:
    layer = here(
        table(["wkt", "b"], ["SRID=4326;POINT (1 2)", ""], ["SRID=32647;POINT (1 2)", ""]), "a.csv"
    ).layers[0]
    assert (layer.crs, layer.defect_counts) == (WGS84, {"crs_mixed": 1})


def test_rows_of_too_many_crss_have_no_place_and_cost_nothing(here: Read, wkt: Wkt) -> None:
    codes = [4326, *range(32601, 32607), 999999, *range(20000, 23000), 32647]
    rows = [[f"SRID={code};POINT (1 1)", "b"] for code in [*codes, 4326]]
    began = time.process_time()
    layer = here(table(["wkt", "b"], *rows), "a.csv").layers[0]
    assert time.process_time() - began < 5
    assert [text is not None for text in wkt(layer)] == [True] * 7 + [False] * 3002 + [True]
    assert layer.defect_counts == {"crs_mixed": 1, "crs_too_many": 1, "coordinates_unreadable": 3002}
    (beyond,) = [each.value for each in layer.defects if each.code == "crs_too_many"]
    assert beyond is not None and beyond.startswith("EPSG:20000, EPSG:20001")


def test_rows_that_name_no_crs_beside_rows_that_do_are_told(here: Read) -> None:
    rows = [["POINT (1 2)", ""], ["", ""], ["POINT (3 4)", ""], ["SRID=32647;POINT (1 2)", ""]]
    layer = here(table(["wkt", "b"], *rows), "a.csv").layers[0]
    assert layer.crs == "EPSG:32647"
    assert [(each.code, each.value) for each in layer.defects] == [("crs_unnamed", "2")]
    assert not here(table(["wkt", "b"], *rows[:3]), "a.csv").layers[0].defects
