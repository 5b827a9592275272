from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from gis import crs

BANGKOK = np.array([shapely.Point(665_000, 1_520_000)], dtype=object)

ACCEPTED = [
    ("EPSG:24047", 24047),
    ("epsg: 32647", 32647),
    ("24048", 24048),
    (" 4326 ", 4326),
    ("urn:ogc:def:crs:EPSG::32648", 32648),
    ("OGC:CRS84", 4326),
    ("urn:ogc:def:crs:OGC:1.3:CRS84", 4326),
]
REFUSED = [
    "",
    "บ้าน",
    "EPSG:99999",
    "EPSG:5773",  # heights only
    "EPSG:4978",  # geocentric
    "+proj=longlat +nadgrids=/etc/passwd",
    "+init=epsg:4326",
    "4326.prj",
    'GEOGCS["x"',
]


@pytest.mark.parametrize(("text", "code"), ACCEPTED)
def test_a_crs_is_read_as_people_write_it(text: str, code: int) -> None:
    assert crs.parse(text).to_epsg() == code


@pytest.mark.parametrize("text", REFUSED)
def test_what_names_no_crs_is_refused(text: str) -> None:
    with pytest.raises(crs.UnknownCrs):
        crs.parse(text)


def test_wkt_that_names_a_grid_file_is_refused() -> None:
    wkt = CRS.from_epsg(3857).to_wkt("WKT1_GDAL")
    assert crs.parse(wkt).is_projected
    with pytest.raises(crs.UnknownCrs):
        crs.parse(wkt.replace("nadgrids=@null", "nadgrids=/etc/passwd"))


def written(datum: str, ellipsoid: str) -> str:
    """UTM zone 47 on a datum, as the .prj of a Shapefile writes it."""
    return (
        f'PROJCS["x",GEOGCS["g",DATUM["{datum}",SPHEROID["e",{ellipsoid}]],PRIMEM["Greenwich",0.0],'
        'UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],'
        'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",99.0],PARAMETER["Scale_Factor",0.9996],'
        'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
    )


EVEREST, WGS_84, GRS_80 = "6377276.345,300.8017", "6378137.0,298.257223563", "6378137.0,298.257222101"


@pytest.mark.parametrize(
    "text", [written("Indian_Datum_1975", EVEREST), written("unknown", EVEREST), "EPSG:3821"]
)
def test_a_datum_whose_shift_nobody_knows_is_refused(text: str) -> None:
    with pytest.raises(crs.UnknownCrs):
        crs.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            f"EPSG:{code}"
            for code in (3857, 32647, 32648, 4326, 4979, 27700, 23947, 23948, 24047, 24048, 4240)
        ),
        *(written(f"Unknown_based_on_{name}_ellipsoid", name) for name in (WGS_84, GRS_80)),
        written("D_WGS_1984", WGS_84),
        written("D_Indian_1975", EVEREST),
    ],
)
def test_what_files_are_in_is_taken(text: str) -> None:
    known = crs.parse(text)
    place = np.array([shapely.Point(100.5, 13.7)], dtype=object) if known.is_geographic else BANGKOK
    moved = crs.to_wgs84(place, known)
    assert np.isfinite(shapely.get_coordinates(moved)).all()
    if known.name == "x" and "1975" not in text:
        assert shapely.distance(moved, crs.to_wgs84(BANGKOK, "EPSG:32647"))[0] < 1e-7


@pytest.mark.parametrize("version", [None, "WKT2_2019", "WKT1_GDAL", "WKT1_ESRI"])
def test_indian_1975_is_pinned_whatever_way_it_is_named(version: str | None) -> None:
    name = "EPSG:24047" if version is None else CRS.from_epsg(24047).to_wkt(version)
    point = crs.from_wgs84(crs.to_wgs84(BANGKOK, name), "EPSG:32647")[0]
    assert point.x - 665_000 == pytest.approx(-333.8, abs=0.5)
    assert point.y - 1_520_000 == pytest.approx(303.1, abs=0.5)


def test_indian_1975_with_its_own_towgs84_is_pinned_all_the_same() -> None:
    wkt = CRS.from_epsg(4240).to_wkt("WKT1_GDAL")
    with_shift = wkt.replace(
        '],AUTHORITY["EPSG","6240"]', '],TOWGS84[1,2,3,0,0,0,0],AUTHORITY["EPSG","6240"]'
    )
    assert crs.pinned_shift(crs.parse(with_shift)) == (210.0, 814.0, 289.0)


@pytest.mark.parametrize(
    ("code", "shift"),
    [
        (4240, (210.0, 814.0, 289.0)),
        (24047, (210.0, 814.0, 289.0)),
        (24048, (210.0, 814.0, 289.0)),
        (4239, (217.0, 823.0, 299.0)),
        (23947, (217.0, 823.0, 299.0)),
        (23948, (217.0, 823.0, 299.0)),
        (4326, None),
        (32647, None),
    ],
)
def test_the_pinned_datums(code: int, shift: tuple[float, float, float] | None) -> None:
    assert crs.pinned_shift(CRS.from_epsg(code)) == shift


def test_wgs84_passes_through_untouched() -> None:
    points = np.array([shapely.Point(100.123456789012345, 13.7), None], dtype=object)
    assert crs.to_wgs84(points, "4326") is points
    assert crs.from_wgs84(points, "OGC:CRS84") is points


def test_places_out_of_reach_become_infinite_not_wrong() -> None:
    moved = crs.to_wgs84(np.array([shapely.Point(1e30, 1e30), None], dtype=object), "EPSG:32647")
    assert not np.isfinite(shapely.get_coordinates(moved)).any()
    assert moved[1] is None


@given(
    st.floats(97.5, 105.5), st.floats(5.7, 20.4), st.sampled_from(["24047", "23948", "32647", "4240", "3857"])
)
def test_there_and_back_is_the_same_place(lon: float, lat: float, code: str) -> None:
    place = np.array([shapely.Point(lon, lat)], dtype=object)
    back = crs.to_wgs84(crs.from_wgs84(place, code), code)
    assert shapely.distance(place, back)[0] < 1e-7


@pytest.mark.parametrize(
    ("longitude", "zone"), [(99.0, 47), (101.99, 47), (102.0, 48), (-180.0, 1), (180.0, 1)]
)
def test_utm_zones(longitude: float, zone: int) -> None:
    assert crs.utm_zone(longitude) == zone


@pytest.mark.parametrize(
    ("bounds", "code"),
    [
        ((100.3, 13.5, 100.9, 13.95), 32647),
        ((104.0, 15.0, 104.9, 15.6), 32648),
        ((30.9, -17.95, 31.2, -17.7), 32736),
    ],
)
def test_the_metric_crs_of_a_city(bounds: tuple[float, float, float, float], code: int) -> None:
    assert crs.metric_crs(bounds).to_epsg() == code


def test_bounds_that_are_not_finite_have_no_metric_crs() -> None:
    with pytest.raises(ValueError, match="finite"):
        crs.metric_crs((float("nan"), 0, 1, 1))
