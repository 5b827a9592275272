"""Every shared file into a network that is the whole world: taken, partly or refused, with counts and the first
problem. A file whose type nothing tells is refused as it is sent; then a person says what it is.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from surveys import networks
from surveys.store.store import Store
from tests.conftest import NETWORK, STEWARD, Intake
from tests.real import real

pytestmark = pytest.mark.slow
WORLD = (-180.0, -90.0, 180.0, 90.0)


@dataclass(frozen=True)
class Expected:
    """What a file gives: rows, those the same as an earlier one, those kept out; the first problem and its row.

    ``said`` is what a person says of it after it was refused with ``first`` as it was sent.
    """

    file: str
    status: str
    type: str | None = None
    rows: int = 0
    same: int = 0
    out: int = 0
    problem: str | None = None
    row: int | None = None
    said: Mapping[str, Any] = field(default_factory=dict)
    first: str = "type_unknown"


def taken(file: str, type: str, rows: int, **more: Any) -> Expected:
    return Expected(file, "taken", type, rows, **more)


def partly(file: str, type: str, rows: int, out: int, problem: str, row: int, **more: Any) -> Expected:
    return Expected(file, "partly", type, rows, out=out, problem=problem, row=row, **more)


def refused(file: str, problem: str, **more: Any) -> Expected:
    return Expected(file, "refused", problem=problem, **more)


FACILITY = {"type": "facility"}
PLACED = {"type": "facility", "crs": "EPSG:4326"}
ROAD = {"type": "road", "crs": "EPSG:4326"}
INDIAN_1975 = {"crs": "EPSG:24047"}
# fmt: off
FILES = [
    refused("nasty/csvkit_bad.csv", "key_columns_missing", said=FACILITY),
    refused("nasty/csvkit_mac_newlines.csv", "key_columns_missing", said=FACILITY),
    refused("nasty/csvkit_null_byte.csv", "nul_byte"),
    taken("nasty/csvkit_test_geo.csv", "facility", 17, said=FACILITY),
    refused("nasty/csvlint_cr-line-endings.csv", "key_columns_missing", said=FACILITY),
    refused("nasty/csvlint_inconsistent-line-endings.csv", "key_columns_missing", said=FACILITY),
    refused("nasty/csvlint_title-row.csv", "key_columns_missing", said=FACILITY),
    partly("nasty/gdal_non_conformant_multi.kml", "facility", 3, 1, "null_island", 3, said=FACILITY),
    refused("nasty/gdal_truncated.kml", "xml_unreadable"),
    refused("nasty/geojsonhint_bad-json.geojson", "json_unreadable"),
    partly("nasty/geojsonhint_bad-polygonloop.geojson", "facility", 1, 1, "geometry_unreadable", 1, said=FACILITY),
    partly("nasty/geojsonhint_badcoord.geojson", "facility", 1, 1, "geometry_unreadable", 1, said=FACILITY),
    partly("nasty/geojsonhint_different-first-last.geojson", "facility", 1, 1, "unclosed_ring", 1, said=FACILITY),
    partly("nasty/geojsonhint_expected_object.geojson", "facility", 1, 1, "feature_unreadable", 1, said=FACILITY),
    partly("nasty/geojsonhint_multiple_problems.geojson", "facility", 4, 3, "geometry_unreadable", 1, said=FACILITY),
    partly("nasty/geojsonhint_nofeaturetype.geojson", "facility", 1, 1, "feature_unreadable", 1, said=FACILITY),
    partly("nasty/geojsonhint_point-labeled-as-a-multipolygon.geojson", "facility", 1, 1, "geometry_unreadable", 1,
           said=FACILITY),
    partly("nasty/geojsonhint_short-linearring.geojson", "facility", 1, 1, "unclosed_ring", 1, said=FACILITY),
    partly("nasty/geojsonhint_stringcoord.geojson", "facility", 2, 1, "geometry_unreadable", 1, said=FACILITY),
    partly("nasty/geopandas_null_geom.geojson", "facility", 2, 1, "key_missing", 1, said=FACILITY),
    taken("nasty/javarosa_feature-collection-no-properties.geojson", "facility", 1, said=FACILITY),
    refused("nasty/javarosa_invalid-type.geojson", "not_geojson"),
    taken("nasty/libkml_badcoords.kml", "facility", 1, said=FACILITY),
    refused("nasty/libkml_doc.kmz", "key_columns_missing", said=FACILITY),
    taken("nasty/libkml_kmlsamples.kml", "facility", 20, said=FACILITY),
    refused("nasty/libkml_multikml-doc.kmz", "key_columns_missing", said=FACILITY),
    refused("nasty/libkml_nokml.kmz", "archive_nothing_readable"),
    partly("nasty/mb_null_records.zip", "facility", 9, 4, "key_missing", 2, said=PLACED),
    refused("nasty/mbx_duplicate_layers.kml", "no_rows"),
    taken("nasty/pyogrio_curvepolygon.gpkg", "facility", 1, said=FACILITY),
    partly("nasty/pyogrio_test_gpkg_nulls.gpkg", "facility", 4, 1, "null_island", 1, said=FACILITY),
    taken("nasty/pyshp_latin1.zip", "facility", 1, said=PLACED),
    partly("nasty/pyshp_multi_shapefile.zip", "facility", 1326, 663, "key_repeated", 1, said=PLACED),
    refused("nasty/shpjs_badzip.zip", "content_mismatch"),
    taken("nasty/shpjs_codepage.zip", "facility", 2, said=FACILITY),
    partly("nasty/shpjs_mixedcase.zip", "facility", 40, 1, "geometry_invalid", 7, said=FACILITY),
    partly("nasty/shpjs_no-dbf.zip", "facility", 14, 9, "geometry_invalid", 1, said=PLACED),
    refused("nasty/shpjs_noshp.zip", "key_columns_missing", said=FACILITY),
    partly("nasty/shpjs_zero-len-line.zip", "facility", 3, 1, "key_missing", 2, said=FACILITY),
    refused("nasty/spectrum_comma_in_quotes.csv", "key_columns_missing", said=FACILITY),
    refused("nasty/spectrum_quotes_and_newlines.csv", "key_columns_missing", said=FACILITY),
    refused("nasty/spectrum_utf8.csv", "key_columns_missing", said=FACILITY),
    refused("nasty/zip_relative_path.zip", "archive_unsafe_path"),
    refused("nasty/zip_truncated.zip", "archive_too_large"),
    taken("nasty_thai/bangkok_khet_indian1975_no_prj_no_cpg.zip", "admin_area", 50, said=INDIAN_1975,
          first="crs_needed"),
    taken("nasty_thai/bangkok_khet_utm47_cp874_oem874.zip", "admin_area", 50),
    taken("nasty_thai/thai_districts_cp874_crlf.csv", "admin_area", 929),
    taken("parcels/djibouti_blocks_wkt.csv", "facility", 540, said=PLACED),
    taken("parcels/djibouti_buildings.geojson", "house", 3855),
    refused("parcels/djibouti_reblock_steiner_lines_wkt.csv", "key_columns_missing", said=ROAD),
    taken("parcels/fmtm_building_footprint.zip", "house", 2378),
    partly("parcels/mumbai_slum_clusters.geojson", "community", 2542, 26, "geometry_invalid", 6),
    partly("phone/gpx1.1_with_all_fields.gpx", "facility", 12, 2, "ring_too_short", 1, said=FACILITY),
    partly("phone/korita-zbevnica.gpx", "facility", 877, 1, "geometry_empty", 1, said=FACILITY),
    partly("phone/togeojson_addresses.kml", "facility", 15, 8, "key_missing", 1, said=FACILITY),
    taken("phone/togeojson_extended_data.kml", "facility", 1, said=FACILITY),
    taken("phone/togeojson_gxtrack.kml", "facility", 1, said=FACILITY),
    taken("phone/togeojson_multigeometry.kml", "facility", 1, said=FACILITY),
    taken("phone/togeojson_polygon.kml", "facility", 1, said=FACILITY),
    taken("phone/togeojson_trek.gpx", "facility", 121, said=FACILITY),
    taken("phone/togeojson_wpt.gpx", "facility", 40, same=11, said=FACILITY),
    taken("phone/unicode.gpx", "facility", 6, said=FACILITY),
    taken("planning/syn100.gpkg", "land_plot", 100),
    taken("planning/syn1000.gpkg", "land_plot", 1000),
    partly("survey/cadasta_export_locations_parties.xlsx", "facility", 10, 4, "key_repeated", 8, said=FACILITY),
    partly("survey/cadasta_import_wkt.csv", "household", 10, 7, "geometry_kind", 3),
    refused("survey/cadasta_standard_questionnaire.xlsx", "key_columns_missing", said=FACILITY),
    taken("survey/epworth_settlement_profile_sdi.csv", "community", 1),
    refused("survey/epworth_settlement_profile_xlsform.xlsx", "key_columns_missing", said=FACILITY),
    refused("survey/fmtm_slum_assessment_xlsform.xlsx", "key_columns_missing", said=FACILITY),
    taken("survey/kobo_all_geo_types.json", "facility", 1, said=FACILITY),
    refused("survey/odk_hhplotdetails.csv", "key_columns_missing", said=FACILITY),
    refused("survey/odk_semicolon.csv", "key_columns_missing", said=FACILITY),
    taken("survey/odk_submission_gps.xml", "facility", 1, said=FACILITY),
    taken("survey/ona_export_geopoint.csv", "facility", 9, said=FACILITY),
    partly("survey/ona_export_points.kml", "facility", 2, 2, "coordinates_unreadable", 1, said=FACILITY),
    refused("survey/ona_household_form.xlsx", "key_columns_missing", said=FACILITY),
    taken("survey/ona_nested_repeats.csv", "facility", 2, said=FACILITY),
    refused("survey/ona_nested_repeats_form.xlsx", "key_columns_missing", said=FACILITY),
    refused("survey/pyxform_gps.xls", "key_columns_missing", said=FACILITY),
    refused("survey/pyxform_utf_csv.csv", "key_columns_missing", said=FACILITY),
    refused("survey/pyxform_widgets.csv", "key_columns_missing", said=FACILITY),
    refused("survey/pyxform_xlsform_spec_test.xlsx", "key_columns_missing", said=FACILITY),
    taken("survey/qfield_bees.gpkg", "facility", 49, said=FACILITY),
    taken("survey/reach_raw_household_survey.csv", "household", 632),
    refused("survey/reach_xlsform_choices_sheet.csv", "key_columns_missing", said=FACILITY),
    refused("survey/reach_xlsform_survey_sheet.csv", "key_columns_missing", said=FACILITY),
    taken("thai_admin/bangkok_khet_50.geojson", "admin_area", 50),
    taken("thai_admin/bangkok_khet_50.kml", "admin_area", 50),
    taken("thai_admin/bangkok_khwaeng_169_shp.zip", "admin_area", 169),
    taken("thai_admin/bangkok_metropolitan_region.xlsx", "admin_area", 79),
    taken("thai_admin/bangkok_metropolitan_region_79.zip", "admin_area", 79),
    taken("thai_admin/th_adm1_provinces_77.geojson", "admin_area", 77),
    taken("thai_admin/th_adm2_amphoe_928.geojson", "admin_area", 928),
    taken("thai_admin/th_adm3_tambon_7425.geojson", "admin_area", 7425),
    taken("thai_admin/thai_districts.csv", "admin_area", 929),
    taken("thai_admin/thai_districts.xlsx", "admin_area", 929),
    partly("thai_admin/thai_provinces.csv", "admin_area", 77, 77, "key_missing", 2),
    taken("thai_admin/thai_sub_districts.csv", "admin_area", 7451),
    partly("thai_city/bangkok_rowhouse_atlas.geojson", "house", 64, 32, "geometry_kind", 1),
    partly("thai_city/sukhumvit71_buildings_sois.geojson", "house", 2280, 87, "geometry_kind", 1),
]
# fmt: on


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a network that is the whole world; copied for each file."""
    path = tmp_path_factory.mktemp("world") / "store.gpkg"
    store = Store.open(path, create=True)
    networks.add(store, STEWARD, NETWORK, "โลก", WORLD)
    assert store.vault.key
    store.close()
    return path


@pytest.fixture
def take_here(world: Path, tmp_path: Path) -> Iterator[Intake]:
    shutil.copyfile(world, tmp_path / "store.gpkg")
    shutil.copyfile(f"{world}.key", tmp_path / "store.gpkg.key")
    store = Store.open(tmp_path / "store.gpkg")
    yield Intake(store, tmp_path)
    store.close()


def stops(report: Mapping[str, Any]) -> tuple[str | None, int | None]:
    """The first problem that keeps something out, and its row."""
    listed = (p for p in report["problems"] if p["severity"] != "warn")
    return next(((p["code"], p["row"]) for p in listed), (None, None))


@pytest.mark.parametrize("expected", FILES, ids=[each.file for each in FILES])
def test_a_shared_file(expected: Expected, take_here: Intake) -> None:
    if expected.said:
        as_sent = take_here(real(expected.file))
        assert (as_sent["status"], stops(as_sent)[0]) == ("refused", expected.first)
    report = take_here(real(expected.file), **expected.said)
    assert (report["status"], report["type"]) == (expected.status, expected.type)
    new = expected.rows - expected.same - expected.out
    counts = tuple(report[name] for name in ("rows", "new", "unchanged", "quarantined"))
    assert counts == (expected.rows, new, expected.same, expected.out)
    assert stops(report) == (expected.problem, expected.row)


def test_every_shared_file_is_in_the_table() -> None:
    shared = real("")
    there = {str(path.relative_to(shared)) for path in shared.rglob("*") if path.is_file()} - {"MANIFEST.md"}
    assert there == {each.file for each in FILES}
    assert len(FILES) == len(there)
