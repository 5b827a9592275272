"""Every real file: its format, layers (rows and columns), encoding, CRS, or why it is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely

from gis import crs, geometry
from gis.formats import DEFECTS, Layer, Reading, ReadOptions

WGS84 = "EPSG:4326"
GDAL_SUFFIXES = (".zip", ".gpx", ".gpkg")


@dataclass(frozen=True)
class Real:
    """A real file and what it must give; `rows` are those of its layers in order."""

    path: str
    format: str
    rows: tuple[int, ...] = ()
    crs: str | None = None
    note: str | None = None
    refused: str | None = None
    defects: dict[str, int] = field(default_factory=dict)


def csv(path: str, rows: int, note: str = "utf-8", **rest: Any) -> Real:
    return Real(path, "csv", (rows,), note=note, **rest)


def geojson(path: str, rows: int, **defects: int) -> Real:
    return Real(path, "geojson", (rows,), WGS84, defects=defects)


FILES = [
    csv("nasty/csvkit_bad.csv", 3, defects={"ragged_row": 2}),
    csv("nasty/csvkit_mac_newlines.csv", 2),
    Real("nasty/csvkit_null_byte.csv", "csv", refused="nul_byte"),
    csv("nasty/csvkit_test_geo.csv", 17, crs=WGS84),
    csv("nasty/csvlint_cr-line-endings.csv", 2),
    csv("nasty/csvlint_inconsistent-line-endings.csv", 2),
    csv("nasty/csvlint_title-row.csv", 2, defects={"title_row_skipped": 1}),
    csv("nasty/spectrum_comma_in_quotes.csv", 1),
    csv("nasty/spectrum_quotes_and_newlines.csv", 2),
    csv("nasty/spectrum_utf8.csv", 2),
    csv("nasty_thai/thai_districts_cp874_crlf.csv", 929, "cp874 guessed"),
    csv("parcels/djibouti_blocks_wkt.csv", 540, defects={"heading_blank": 1}),
    csv("parcels/djibouti_reblock_steiner_lines_wkt.csv", 176, defects={"heading_blank": 1}),
    csv("survey/cadasta_import_wkt.csv", 10, crs=WGS84),
    csv("survey/epworth_settlement_profile_sdi.csv", 1),
    csv("survey/odk_hhplotdetails.csv", 60),
    csv("survey/odk_semicolon.csv", 8, defects={"ragged_row": 2}),
    csv("survey/ona_export_geopoint.csv", 9, crs=WGS84),
    Real("survey/ona_nested_repeats.csv", "csv", (2, 5, 11), WGS84, "utf-8"),
    csv("survey/pyxform_utf_csv.csv", 1, defects={"heading_blank": 1, "title_row_skipped": 1}),
    csv("survey/pyxform_widgets.csv", 38, defects={"heading_blank": 1, "title_row_skipped": 1}),
    csv("survey/reach_raw_household_survey.csv", 632),
    csv("survey/reach_xlsform_choices_sheet.csv", 969),
    csv("survey/reach_xlsform_survey_sheet.csv", 235),
    csv("thai_admin/thai_districts.csv", 929),
    csv("thai_admin/thai_provinces.csv", 77),
    csv("thai_admin/thai_sub_districts.csv", 7451, crs=WGS84),
    Real("nasty/geojsonhint_bad-json.geojson", "geojson", refused="json_unreadable"),
    geojson("nasty/geojsonhint_bad-polygonloop.geojson", 1, geometry_unreadable=1),
    geojson("nasty/geojsonhint_badcoord.geojson", 1, geometry_unreadable=1),
    geojson("nasty/geojsonhint_different-first-last.geojson", 1, unclosed_ring=1),
    geojson("nasty/geojsonhint_expected_object.geojson", 1, feature_unreadable=1),
    geojson("nasty/geojsonhint_multiple_problems.geojson", 4, geometry_unreadable=1, feature_unreadable=2),
    geojson("nasty/geojsonhint_nofeaturetype.geojson", 1, feature_unreadable=1),
    geojson("nasty/geojsonhint_point-labeled-as-a-multipolygon.geojson", 1, geometry_unreadable=1),
    geojson("nasty/geojsonhint_short-linearring.geojson", 1, unclosed_ring=1),
    geojson("nasty/geojsonhint_stringcoord.geojson", 2, geometry_unreadable=1),
    geojson("nasty/geopandas_null_geom.geojson", 2),
    geojson("nasty/javarosa_feature-collection-no-properties.geojson", 1),
    Real("nasty/javarosa_invalid-type.geojson", "geojson", refused="not_geojson"),
    geojson("parcels/djibouti_buildings.geojson", 3855),
    geojson("parcels/mumbai_slum_clusters.geojson", 2542),
    Real("survey/kobo_all_geo_types.json", "odk_json", (1,), WGS84, defects={"several_coordinates": 1}),
    geojson("thai_admin/bangkok_khet_50.geojson", 50),
    geojson("thai_admin/th_adm1_provinces_77.geojson", 77),
    geojson("thai_admin/th_adm2_amphoe_928.geojson", 928),
    geojson("thai_admin/th_adm3_tambon_7425.geojson", 7425),
    geojson("thai_city/bangkok_rowhouse_atlas.geojson", 64),
    geojson("thai_city/sukhumvit71_buildings_sois.geojson", 2280),
    Real("survey/cadasta_export_locations_parties.xlsx", "xlsx", (10, 10, 10), WGS84),
    Real("survey/cadasta_standard_questionnaire.xlsx", "xlsx", (43, 40, 1)),
    Real("survey/epworth_settlement_profile_xlsform.xlsx", "xlsx", (42, 22, 1)),
    Real("survey/fmtm_slum_assessment_xlsform.xlsx", "xlsx", (296, 668, 1)),
    Real("survey/ona_household_form.xlsx", "xlsx", (14, 1)),
    Real("survey/ona_nested_repeats_form.xlsx", "xlsx", (17, 6, 1)),
    Real("survey/pyxform_xlsform_spec_test.xlsx", "xlsx", (56, 4, 1, 2)),
    Real("survey/pyxform_gps.xls", "xls", (1,)),
    Real("thai_admin/bangkok_metropolitan_region.xlsx", "xlsx", (79,)),
    Real("thai_admin/thai_districts.xlsx", "xlsx", (929,)),
    Real("survey/odk_submission_gps.xml", "odk_xml", (1,), WGS84, defects={"several_coordinates": 1}),
    Real("nasty/mb_null_records.zip", "shapefile", (9,), note="utf-8"),
    Real("nasty/pyshp_latin1.zip", "shapefile", (1,), note="latin-1 guessed"),
    Real("nasty/pyshp_multi_shapefile.zip", "shapefile", (663, 663), note="utf-8"),
    Real("nasty/shpjs_badzip.zip", "", refused="content_mismatch"),
    Real("nasty/shpjs_codepage.zip", "shapefile", (2,), WGS84, "declared by .cpg"),
    Real("nasty/shpjs_mixedcase.zip", "shapefile", (40,), "EPSG:26986", "utf-8"),
    Real("nasty/shpjs_no-dbf.zip", "shapefile", (14,)),
    Real("nasty/shpjs_noshp.zip", "shapefile", (14,), note="utf-8"),
    Real("nasty/shpjs_zero-len-line.zip", "shapefile", (3,), WGS84, "declared by .cpg"),
    Real("nasty/zip_relative_path.zip", "zip", refused="archive_unsafe_path"),
    Real("nasty/zip_truncated.zip", "zip", refused="archive_too_large"),
    Real("nasty_thai/bangkok_khet_indian1975_no_prj_no_cpg.zip", "shapefile", (50,), note="cp874 guessed"),
    Real(
        "nasty_thai/bangkok_khet_utm47_cp874_oem874.zip", "shapefile", (50,), "EPSG:32647", "declared by .cpg"
    ),
    Real("parcels/fmtm_building_footprint.zip", "geojson", (2378,), WGS84),
    Real("thai_admin/bangkok_khwaeng_169_shp.zip", "shapefile", (169,), WGS84, "declared by .cpg"),
    Real("thai_admin/bangkok_metropolitan_region_79.zip", "shapefile", (79,), WGS84, "declared by .cpg"),
    Real("nasty/gdal_non_conformant_multi.kml", "kml", (3,), WGS84),
    Real("nasty/gdal_truncated.kml", "kml", refused="xml_unreadable"),
    Real("nasty/libkml_badcoords.kml", "kml", (1,), WGS84),
    Real("nasty/libkml_kmlsamples.kml", "kml", (3, 1, 1, 1, 6, 4, 1, 4), WGS84),
    Real("nasty/mbx_duplicate_layers.kml", "kml", refused="no_rows"),
    Real("phone/togeojson_addresses.kml", "kml", (15,), WGS84),
    Real("phone/togeojson_extended_data.kml", "kml", (1,), WGS84),
    Real("phone/togeojson_gxtrack.kml", "kml", (1,), WGS84),
    Real("phone/togeojson_multigeometry.kml", "kml", (1,), WGS84),
    Real("phone/togeojson_polygon.kml", "kml", (1,), WGS84),
    Real("survey/ona_export_points.kml", "kml", (2,), WGS84, defects={"coordinates_unreadable": 2}),
    Real("thai_admin/bangkok_khet_50.kml", "kml", (50,), WGS84),
    Real("nasty/libkml_doc.kmz", "kmz", (1, 1), WGS84),
    Real("nasty/libkml_multikml-doc.kmz", "kmz", (1, 1, 1, 1), WGS84),
    Real("nasty/libkml_nokml.kmz", "kmz", refused="archive_nothing_readable"),
    Real("phone/gpx1.1_with_all_fields.gpx", "gpx", (2, 2, 2, 5, 1), WGS84),
    Real("phone/korita-zbevnica.gpx", "gpx", (2, 4, 871), WGS84),
    Real("phone/togeojson_trek.gpx", "gpx", (1, 120), WGS84),
    Real("phone/togeojson_wpt.gpx", "gpx", (40,), WGS84),
    Real("phone/unicode.gpx", "gpx", (6,), WGS84),
    Real("nasty/pyogrio_curvepolygon.gpkg", "gpkg", (1,), WGS84),
    Real("nasty/pyogrio_test_gpkg_nulls.gpkg", "gpkg", (4,), WGS84),
    Real("planning/syn100.gpkg", "gpkg", (100,), "EPSG:32647"),
    Real("planning/syn1000.gpkg", "gpkg", (1000,), "EPSG:32647"),
    Real("survey/qfield_bees.gpkg", "gpkg", (35, 14, 7), "EPSG:3857"),
]


@pytest.mark.parametrize("real", FILES, ids=lambda real: real.path)
def test_a_real_file(real: Real, shared: Path, request: pytest.FixtureRequest) -> None:
    read = request.getfixturevalue("child" if real.path.endswith(GDAL_SUFFIXES) else "here")
    reading: Reading = read(shared / real.path)
    assert reading.format == real.format
    assert (reading.refusal and reading.refusal.code) == real.refused
    assert tuple(layer.rows for layer in reading.layers) == real.rows
    if reading.layers:
        first = reading.layers[0]
        assert (first.crs, first.encoding_note) == (real.crs, real.note)
        assert first.defect_counts == real.defects
    for layer in reading.layers:
        _check_layer(layer)


def _check_layer(layer: Layer) -> None:
    """What holds of every layer: its file says what the manifest says."""
    with pa.memory_map(str(layer.path)) as file:
        table = pa.ipc.open_file(file).read_all()
    assert table.num_rows == layer.rows
    assert table.column_names == ["#row", *layer.columns, "#geometry", "#defect", "#beyond"]
    assert {field.type for field in table.schema if not field.name.startswith("#")} <= {pa.string()}
    numbers = table.column("#row").to_pylist()
    assert numbers == sorted(set(numbers))
    codes = [code for code in table.column("#defect").to_pylist() if code]
    assert all(DEFECTS[code].severity == "quarantine" for code in codes)
    shapely.from_wkb(table.column("#geometry").to_numpy(zero_copy_only=False))
    assert not any("" in table.column(name).to_pylist() for name in layer.columns)


def test_every_real_file_is_in_the_table(shared: Path) -> None:
    there = {str(path.relative_to(shared)) for path in shared.rglob("*") if path.is_file()} - {"MANIFEST.md"}
    assert there == {real.path for real in FILES}


def test_the_thai_names_of_a_damaged_cpg_come_out_right(
    shared: Path, child: Callable[..., Reading], rows: Callable[[Layer], list[dict[str, Any]]]
) -> None:
    wanted = [row["ADM2_TH"] for row in rows(child(shared / "thai_admin/bangkok_khet_50.geojson").layers[0])]
    for name in ("bangkok_khet_utm47_cp874_oem874.zip", "bangkok_khet_indian1975_no_prj_no_cpg.zip"):
        read = rows(child(shared / "nasty_thai" / name).layers[0])
        assert [row["ADM2_TH"] for row in read] == wanted


def test_indian_1975_gives_the_districts_back_to_a_tenth_of_a_metre(
    shared: Path, child: Callable[..., Reading], rows: Callable[[Layer], list[dict[str, Any]]]
) -> None:
    def shapes(path: str) -> geometry.Geometries:
        layer = child(shared / path).layers[0]
        return np.asarray(shapely.from_wkb(np.array([row["#geometry"] for row in rows(layer)], dtype=object)))

    old = crs.to_wgs84(shapes("nasty_thai/bangkok_khet_indian1975_no_prj_no_cpg.zip"), "EPSG:24047")
    new = shapes("thai_admin/bangkok_khet_50.geojson")
    assert np.max(shapely.hausdorff_distance(old, new)) < 0.1 / 111_320
    assert set(geometry.defects(old)) == {""}


def test_the_latin_name_is_not_taken_for_thai(
    shared: Path, child: Callable[..., Reading], rows: Callable[[Layer], list[dict[str, Any]]]
) -> None:
    assert rows(child(shared / "nasty/pyshp_latin1.zip").layers[0])[0]["Name"] == "Ñandú"
    forced = child(shared / "nasty/pyshp_latin1.zip", encoding="cp874").layers[0]
    assert (rows(forced)[0]["Name"], forced.encoding_note) == ("ัand๚", "declared")


def test_one_layer_of_many(shared: Path, child: Callable[..., Reading]) -> None:
    path = shared / "survey/qfield_bees.gpkg"
    assert [layer.name for layer in child(path, layer=("Reviews",)).layers] == ["Reviews"]
    refusal = child(path, layer=("Reviews", "nowhere")).refusal
    assert refusal is not None
    assert (refusal.code, refusal.value) == ("layer_unknown", "nowhere")


def test_progress_is_told(shared: Path, tmp_path: Path) -> None:
    from gis.formats import read

    told: list[tuple[int, int | None]] = []
    path = shared / "thai_admin/thai_sub_districts.csv"
    read(path, path.name, ReadOptions(), tmp_path, lambda done, total: told.append((done, total)))
    assert told[-1] == (7451, None)
