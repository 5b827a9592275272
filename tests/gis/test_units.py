from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from gis import units

AREAS: list[tuple[str, float | None]] = [
    ("4-2-25", 7300.0),
    ("3-2-45.5", 5782.0),
    ("๔-๒-๒๕", 7300.0),
    ("4 - 2 - 25 ไร่", 7300.0),
    ("0-0-50", 200.0),
    ("4 ไร่ 2 งาน 25 ตร.ว.", 7300.0),
    ("4ไร่2งาน25ตารางวา", 7300.0),
    ("25 ตร.ว.", 100.0),
    ("25 ตรว", 100.0),
    ("25 ตารางวา", 100.0),
    ("๒๕ วา", 100.0),
    ("1.5 ไร่", 2400.0),
    ("2 งาน", 800.0),
    ("120 ตร.ม.", 120.0),
    ("120 ตารางเมตร", 120.0),
    ("1,200 ตร.ม.", 1200.0),
    ("12 m²", 12.0),
    ("12 sq.m.", 12.0),
    ("1 rai 2 ngan 25 wa", 2500.0),
    ("2 ha", 20000.0),
    ("1.6E+03 ตร.ม.", 1600.0),
    ("1.25e+05 m²", 125_000.0),
    ("๑.๒๕E+๐๕ ตร.ม.", 125_000.0),
    ("2E1 ไร่ 1 งาน", 32_400.0),
    ("5E-01 ไร่", 800.0),
    ("1.6E+03", None),
    ("1E+300 ตร.ม.", None),
    ("1E+123 ตร.ม.", None),
    ("1E+02-2-25", None),
    ("E+02 ตร.ม.", None),
    ("120", None),
    ("", None),
    ("ไร่", None),
    ("-4 ไร่", None),
    ("2 งาน 1 ไร่", None),
    ("21-08-51", None),
    ("21/08/2551", None),
    ("4-2", None),
    ("4 ไร่ กว่า", None),
]


@pytest.mark.parametrize(("text", "square_metres"), AREAS)
def test_areas_as_thai_people_write_them(text: str, square_metres: float | None) -> None:
    assert units.parse_area(text) == square_metres


@pytest.mark.parametrize(
    ("square_metres", "thai", "english"),
    [
        (7300.0, "4-2-25 ไร่", "4-2-25 rai"),
        (5782.0, "3-2-45.5 ไร่", "3-2-45.5 rai"),
        (1599.9, "1-0-0 ไร่", "1-0-0 rai"),
        (0.0, "0-0-0 ไร่", "0-0-0 rai"),
        (3_200_000.0, "2,000-0-0 ไร่", "2,000-0-0 rai"),
    ],
)
def test_areas_as_land_papers_write_them(square_metres: float, thai: str, english: str) -> None:
    assert units.format_area(square_metres) == thai
    assert units.format_area(square_metres, "en") == english


@pytest.mark.parametrize("square_metres", [-1.0, float("nan"), float("inf")])
def test_what_is_no_area_is_not_written(square_metres: float) -> None:
    with pytest.raises(ValueError, match="area"):
        units.format_area(square_metres)


@given(st.floats(0, 1e9))
def test_an_area_written_and_read_again_is_the_same_to_a_twentieth_of_a_square_wa(
    square_metres: float,
) -> None:
    read = units.parse_area(units.format_area(square_metres))
    assert read == pytest.approx(square_metres, abs=0.2 + 1e-6)


def test_thai_digits() -> None:
    assert units.thai_digits("๐๑๒๓๔๕๖๗๘๙ บ้าน 7") == "0123456789 บ้าน 7"


def test_geodesic_sizes_agree_with_pyproj_shape_by_shape() -> None:
    hole = shapely.box(100.001, 13.001, 100.002, 13.002)
    plot = shapely.Polygon(shapely.box(100, 13, 100.01, 13.01).exterior.coords, [hole.exterior.coords])
    line = shapely.LineString([(100, 13), (100.5, 13.5), (101, 13)])
    multi = shapely.MultiPolygon([plot, shapely.box(101, 14, 101.01, 14.01)])
    mixed = shapely.GeometryCollection([multi, line, shapely.Point(1, 1)])
    shapes = pd.Series(
        [plot, line, multi, mixed, shapely.Point(1, 2), shapely.Polygon(), None], index=list("abcdefg")
    )
    geod = Geod(ellps="WGS84")
    of_plot, of_multi = (
        abs(geod.geometry_area_perimeter(shapely.orient_polygons(s))[0]) for s in (plot, multi)
    )
    areas = [of_plot, 0, of_multi, of_multi, 0, 0]
    assert units.area_m2(shapes).to_list()[:6] == pytest.approx(areas)
    assert np.isnan(units.area_m2(shapes)["g"])
    assert units.length_m(shapes)["b"] == pytest.approx(geod.geometry_length(line))
    assert units.length_m(shapes)["d"] == pytest.approx(
        geod.geometry_length(line) + geod.geometry_length(multi.boundary)
    )
    assert units.length_m(shapes)["e"] == 0
