"""Real files, each into a fresh store: what is taken, what is not and why, and that nothing ever breaks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from surveys import networks
from surveys.intake.examination import Examination
from surveys.intake.problems import CATALOGUE
from surveys.store.store import Store
from tests.conftest import NETWORK, STEWARD, Intake
from tests.real import folder, real

MUMBAI = (72.7, 18.8, 73.1, 19.4)
WORLD = (-180.0, -90.0, 180.0, 90.0)
COUNTS = ("rows", "new", "updated", "unchanged", "quarantined", "unplaced")
# What is about programs, not about the file: none of it may reach a person.
FORBIDDEN = re.compile(
    r'Traceback|File "|Error:|Exception|[Ee]rrno|/tmp|site-packages|<class|0x[0-9a-f]{6}|\bGDAL|\bOGR'
)


@pytest.fixture
def take_anywhere(tmp_path: Path) -> Iterator[Callable[..., Intake]]:
    """A store with a network of these bounds."""
    opened: list[Store] = []

    def made(bounds: tuple[float, float, float, float]) -> Intake:
        store = Store.open(tmp_path / "anywhere.gpkg", create=True)
        opened.append(store)
        networks.add(store, STEWARD, NETWORK, "ที่อื่น", bounds)
        return Intake(store, tmp_path)

    yield made
    for store in opened:
        store.close()


def counts(report: dict[str, Any]) -> tuple[int, ...]:
    return tuple(report[name] for name in COUNTS)


def areas(take: Intake) -> gpd.GeoDataFrame:
    return take.store.read(NETWORK, "admin_area").sort_values("code")


def sound(report: dict[str, Any]) -> None:
    """A report adds up, and speaks to people."""
    assert report["rows"] == report["taken"] + report["unchanged"] + report["quarantined"]
    assert report["taken"] == report["new"] + report["updated"]
    for name in (*COUNTS, "taken"):
        assert report[name] == sum(part[name] for part in report["parts"])
    listed = report["problems"]
    assert {problem["code"] for problem in listed} <= set(report["problem_counts"]) <= set(CATALOGUE)
    for problem in listed:
        assert all(problem[f"{part}_{lang}"] for part in ("message", "remedy") for lang in ("th", "en")), (
            problem
        )
    refusals = [problem for problem in listed if problem["severity"] == "refuse"]
    assert bool(refusals) == (report["status"] == "refused")
    assert not FORBIDDEN.search(json.dumps(report, ensure_ascii=False))


# --- shown by the issue -----------------------------------------------------------------------------------


AREAS = [
    # (file, rows, CRS, encoding, first: code, name, parent)
    ("thai_admin/bangkok_khet_50.geojson", 50, "EPSG:4326", None, ("1001", "พระนคร", "10")),
    ("thai_admin/bangkok_khet_50.kml", 50, "EPSG:4326", None, ("1001", "พระนคร", "10")),
    ("thai_admin/bangkok_khwaeng_169_shp.zip", 169, "EPSG:4326", "utf-8", ("100101", "พระบรมมหาราชวัง", "1001")),
    ("nasty_thai/bangkok_khet_utm47_cp874_oem874.zip", 50, "EPSG:32647", "cp874", ("1001", "พระนคร", "10")),
]  # fmt: skip


@pytest.mark.parametrize(("file", "rows", "crs", "encoding", "first"), AREAS)
def test_boundaries_are_taken_with_their_thai_names(
    take: Intake, file: str, rows: int, crs: str, encoding: str | None, first: tuple[str, str, str]
) -> None:
    report = take(real(file))
    assert (report["status"], report["type"]) == ("taken", "admin_area")
    assert counts(report) == (rows, rows, 0, 0, 0, 0)
    assert (report["crs"], report["encoding"]) == (crs, encoding)
    sound(report)
    found = areas(take)
    assert tuple(found.iloc[0][["code", "name", "parent"]]) == first
    assert found["name"].str.fullmatch(r"[\u0e00-\u0e7f ]+").all(), "Thai, and nothing but Thai"
    assert found.geometry.is_valid.all() and found.geometry.within(gpd.GeoSeries.from_wkt(
        ["POLYGON ((100.3 13.4, 101 13.4, 101 14, 100.3 14, 100.3 13.4))"]).iloc[0]).all()  # fmt: skip


def test_the_same_khet_come_from_every_format(take: Intake) -> None:
    """The KML has more detail than the others; a name, a code and a parent are the same in all."""
    takes = {}
    for file, *_ in (AREAS[0], AREAS[1], AREAS[3]):
        report = take(real(file))
        assert report["quarantined"] == 0
        takes[file] = areas(take)[["code", "name", "name_en", "level", "parent"]].reset_index(drop=True)
    first, *others = takes.values()
    for other in others:
        assert first.equals(other)
    assert len(first) == 50 and first["level"].eq("2").all()


def test_indian_1975_without_prj_is_refused_with_the_remedy_and_right_once_it_is_named(take: Intake) -> None:
    file = real("nasty_thai/bangkok_khet_indian1975_no_prj_no_cpg.zip")
    refused = take(file)
    assert refused["status"] == "refused" and refused["rows"] == 0
    (why,) = [problem for problem in refused["problems"] if problem["severity"] == "refuse"]
    assert why["code"] == "crs_needed"
    assert (
        "--crs" in why["remedy_en"] and "EPSG:24047" in why["remedy_en"] and "Indian 1975" in why["remedy_th"]
    )
    assert take.store.counts(NETWORK)["admin_area"] == 0
    sound(refused)

    report = take(file, crs="EPSG:24047")
    assert counts(report) == (50, 50, 0, 0, 0, 0)
    assert (report["crs"], report["encoding"]) == ("EPSG:24047", "cp874")
    found = areas(take).set_index("code").to_crs(32647)
    wanted = gpd.read_file(real("thai_admin/bangkok_khet_50.geojson")).to_crs(32647)
    wanted = wanted.set_index(wanted["ADM2_PCODE"].str.removeprefix("TH"))
    assert set(found.index) == set(wanted.index) and (found["name"] == wanted["ADM2_TH"][found.index]).all()
    apart = found.geometry.hausdorff_distance(wanted.geometry, align=True)
    assert apart.max() < 0.5, "metres"
    assert found.geometry.centroid.distance(wanted.geometry.centroid, align=True).max() < 0.5


DISTRICTS = (
    ("thai_admin/thai_districts.csv", "utf-8"),
    ("thai_admin/thai_districts.xlsx", None),
    ("nasty_thai/thai_districts_cp874_crlf.csv", "cp874"),
)


def test_the_same_929_districts_come_from_csv_xlsx_and_cp874(take: Intake) -> None:
    first = None
    for file, encoding in DISTRICTS:
        report = take(real(file))
        assert report["type"] == "admin_area" and report["encoding"] == encoding
        # The second and third say nothing new.
        assert counts(report) == (929, 929, 0, 0, 0, 929) if first is None else (929, 0, 0, 929, 0, 0)
        sound(report)
        found = areas(take).drop(columns=["opened_at"])
        assert len(found) == 929 and tuple(found.iloc[0][["code", "name", "parent"]]) == (
            "1001",
            "เขตพระนคร",
            "10",
        )
        assert first is None or first.equals(found)
        first = found


def test_a_code_is_no_serial_number_of_the_file(take: Intake) -> None:
    """province_id 1 is Bangkok in this file, 10 by code: the parent comes from the code."""
    take(real("thai_admin/thai_districts.csv"))
    found = areas(take)
    assert found["parent"].eq(found["code"].str[:2]).all() and found["parent"].nunique() == 77
    assert json.loads(found.iloc[0]["extra"])["province_id"] == "1"


def test_the_sub_districts_stand_where_they_say_but_for_330(take: Intake) -> None:
    report = take(real("thai_admin/thai_sub_districts.csv"))
    assert counts(report) == (7451, 7451, 0, 0, 0, 330)
    assert report["crs"] == "EPSG:4326"
    found = areas(take)
    assert found.geometry.notna().sum() == 7451 - 330
    assert set(found.geometry.dropna().geom_type) == {"Point"} and found["level"].eq("3").all()
    sound(report)


def test_the_provinces_whose_numbers_are_serial_are_kept_out_with_the_reason(take: Intake) -> None:
    report = take(real("thai_admin/thai_provinces.csv"))
    assert counts(report) == (77, 0, 0, 0, 77, 0)
    assert (report["problem_counts"]["code_is_serial"], report["problem_counts"]["key_missing"]) == (68, 9)
    assert take.store.counts(NETWORK)["admin_area"] == 0
    sound(report)


def test_the_invalid_slum_clusters_of_mumbai_are_kept_out_and_named(
    take_anywhere: Callable[..., Intake],
) -> None:
    take = take_anywhere(MUMBAI)
    report = take(real("parcels/mumbai_slum_clusters.geojson"), type="community")
    assert counts(report) == (2542, 2516, 0, 0, 26, 0) and report["status"] == "partly"
    # Of the sound ones a hundred lie over others (135 pairs): said, and taken.
    assert report["problem_counts"] == {
        "geometry_invalid": 26,
        "community_overlaps": 100,
        "vertices_repeated": 1,
    }
    named = [problem for problem in report["problems"] if problem["severity"] == "quarantine"]
    assert len({problem["row"] for problem in named}) == 26
    features = json.loads(real("parcels/mumbai_slum_clusters.geojson").read_text(encoding="utf-8"))[
        "features"
    ]
    wrong = gpd.GeoDataFrame.from_features(features).geometry
    assert {problem["row"] for problem in named} == {
        n + 1 for n in range(len(wrong)) if not wrong.iloc[n].is_valid
    }
    what = "the outline (crosses|touches) itself|it has too few different corners"
    assert all(
        re.search(rf"({what}) \(1[89]\.\d+, 7[23]\.\d+\)$", problem["message_en"]) for problem in named
    )
    sound(report)
    again = take(real("parcels/mumbai_slum_clusters.geojson"), type="community")
    assert again["status"] == "same" and (again["quarantined"], again["unchanged"]) == (26, 2516)


def test_slum_clusters_of_mumbai_are_nowhere_in_thailand(take: Intake) -> None:
    report = take(real("parcels/mumbai_slum_clusters.geojson"), type="community")
    assert (report["new"], report["quarantined"]) == (0, 2542)
    assert report["problem_counts"]["outside_bounds"] == 2542


TAKEN = [
    # Other real files of Thailand: (file, type, rows taken, rows kept out)
    ("thai_admin/th_adm1_provinces_77.geojson", "admin_area", 77, 0),
    ("thai_admin/th_adm2_amphoe_928.geojson", "admin_area", 928, 0),
    ("thai_admin/bangkok_metropolitan_region_79.zip", "admin_area", 79, 0),
    ("thai_admin/bangkok_metropolitan_region.xlsx", "admin_area", 79, 0),
    # The sois and corridors among the buildings are lines, and lines are no houses.
    ("thai_city/sukhumvit71_buildings_sois.geojson", "house", 2193, 87),
    ("thai_city/bangkok_rowhouse_atlas.geojson", "house", 32, 32),
]


@pytest.mark.parametrize(("file", "kind", "rows", "out"), TAKEN)
def test_other_real_files_of_thailand_are_taken(
    take: Intake, file: str, kind: str, rows: int, out: int
) -> None:
    report = take(real(file))
    assert (report["type"], report["new"], report["quarantined"]) == (kind, rows, out)
    assert {p["code"] for p in report["problems"] if p["severity"] == "quarantine"} <= {"geometry_kind"}
    shapes = take.store.read(NETWORK, kind).geom_type
    assert kind != "house" or not shapes.str.contains("Line").any()
    sound(report)


AGAIN = (
    [file for file, *_ in AREAS] + [file for file, _ in DISTRICTS] + ["survey/reach_raw_household_survey.csv"]
)


@pytest.mark.parametrize("file", AGAIN)
def test_importing_again_changes_nothing(take: Intake, file: str) -> None:
    first = take(real(file))
    before = take.store.counts(NETWORK)
    rows = take.store.read(NETWORK, first["type"])
    again = take(real(file))
    assert again["status"] == "same" and again["import_id"] == first["import_id"]
    assert (again["taken"], again["unchanged"], again["rows"]) == (0, first["taken"], first["rows"])
    # The same file under another name, and one byte longer: not the same bytes, still nothing new; but it is kept.
    longer = take.folder / f"again{Path(file).suffix}"
    longer.write_bytes(real(file).read_bytes() + (b"" if file.endswith((".zip", ".xlsx")) else b"\n"))
    third = take(longer, type=first["type"])
    assert (third["taken"], third["unchanged"]) == (0, first["rows"])
    assert (third["import_id"] == first["import_id"]) is (longer.read_bytes() == real(file).read_bytes())
    assert take.store.counts(NETWORK) == before
    pd.testing.assert_frame_equal(pd.DataFrame(rows), pd.DataFrame(take.store.read(NETWORK, first["type"])))
    sound(again)
    sound(third)


# --- every other file: taken or refused, never broken -----------------------------------------------------

# What a file is refused for that names no type; not in the table: no heading tells what it is.
REFUSED = {
    "nasty/csvkit_null_byte.csv": "nul_byte",
    "nasty/gdal_truncated.kml": "xml_unreadable",
    "nasty/geojsonhint_bad-json.geojson": "json_unreadable",
    "nasty/javarosa_invalid-type.geojson": "not_geojson",
    "nasty/libkml_nokml.kmz": "archive_nothing_readable",
    "nasty/mbx_duplicate_layers.kml": "no_rows",
    "nasty/shpjs_badzip.zip": "content_mismatch",
    "nasty/zip_relative_path.zip": "archive_unsafe_path",
    "nasty/zip_truncated.zip": "archive_too_large",
}
# (type, rows, new, kept out, problems) of what tells its type.
TOLD: dict[str, tuple[str, int, int, int, dict[str, int]]] = {
    "survey/cadasta_import_wkt.csv": ("household", 10, 0, 10, {"outside_bounds": 10}),
    "survey/epworth_settlement_profile_sdi.csv": ("community", 1, 1, 0, {}),
    "survey/reach_raw_household_survey.csv": (
        "household",
        632,
        632,
        0,
        {"choice_unknown": 8},
    ),
}
EVERY = [*folder("phone"), *folder("nasty"), *folder("survey")]


@pytest.mark.parametrize("file", EVERY)
def test_every_file_is_taken_or_refused_with_a_reason(take: Intake, file: str) -> None:
    report = take(real(file))
    sound(report)
    if file in TOLD:
        kind, rows, new, out, problems = TOLD[file]
        assert (report["type"], report["rows"], report["new"], report["quarantined"]) == (
            kind,
            rows,
            new,
            out,
        )
        assert problems.items() <= report["problem_counts"].items()
    else:
        assert report["status"] == "refused" and sum(take.store.counts(NETWORK).values()) == 1
        (why,) = [problem["code"] for problem in report["problems"] if problem["severity"] == "refuse"]
        assert why == REFUSED.get(file, "type_unknown")
        assert take.store.revision(NETWORK) == 1


@pytest.mark.parametrize(
    "file", ["nasty/csvkit_null_byte.csv", "nasty/gdal_truncated.kml", "nasty/zip_truncated.zip"]
)
def test_a_good_file_goes_in_right_after_a_bad_one(take: Intake, file: str) -> None:
    assert take(real(file), type="house")["status"] == "refused"
    assert take.rows([{"ชุมชน": "ก", "ลำดับบ้าน": "1"}], "house.csv")["new"] == 1


def test_the_tables_name_files_that_are_here() -> None:
    missing = [file for file in (*REFUSED, *TOLD) if not real(file).is_file()]
    assert missing == []


# Phone files whose type a person names, into a network that is the whole world: rows, new, repeated, kept out.
PHONE = {
    "phone/gpx1.1_with_all_fields.gpx": (12, 10, 0, 2),
    "phone/korita-zbevnica.gpx": (877, 876, 0, 1),
    "phone/togeojson_addresses.kml": (15, 7, 0, 8),
    "phone/togeojson_extended_data.kml": (1, 1, 0, 0),
    "phone/togeojson_gxtrack.kml": (1, 1, 0, 0),
    "phone/togeojson_multigeometry.kml": (1, 1, 0, 0),
    "phone/togeojson_polygon.kml": (1, 1, 0, 0),
    "phone/togeojson_trek.gpx": (121, 121, 0, 0),
    "phone/togeojson_wpt.gpx": (40, 29, 11, 0),
    "phone/unicode.gpx": (6, 6, 0, 0),
}


@pytest.mark.parametrize("file", PHONE)
def test_the_files_of_phones_are_taken_when_a_person_says_what_they_are(
    take_anywhere: Callable[..., Intake], file: str
) -> None:
    report = take_anywhere(WORLD)(real(file), type="facility")
    assert tuple(report[name] for name in ("rows", "new", "unchanged", "quarantined")) == PHONE[file]
    sound(report)


def test_one_layer_of_a_phone_s_track_is_taken_when_it_is_asked_for(
    take_anywhere: Callable[..., Intake],
) -> None:
    take = take_anywhere(WORLD)
    report = take(real("phone/unicode.gpx"), layers={"waypoints": "facility"})
    assert report["new"] == 6
    assert "šđčćž" in take.store.read(NETWORK, "facility")["name"].tolist()
    missing = take(real("phone/unicode.gpx"), layers={"nothing": "facility"})
    assert [problem["code"] for problem in missing["problems"]] == ["layer_unknown"]


@pytest.mark.slow
@pytest.mark.parametrize("file", EVERY)
def test_every_file_is_taken_or_refused_when_a_person_names_its_type(
    take_anywhere: Callable[..., Intake], file: str
) -> None:
    take = take_anywhere(WORLD)
    report = take(real(file), type="facility")
    sound(report)
    if report["status"] != "refused":
        assert report["rows"] > 0 and take.store.counts(NETWORK)["facility"] == report["new"]
        again = take(real(file), type="facility")
        assert again["status"] == "same" and again["taken"] == 0
        sound(again)


UNKNOWN = {
    "phone/unicode.gpx": ("house", "facility", "community"),
    "phone/togeojson_gxtrack.kml": ("road", "canal", "facility"),
    "phone/togeojson_polygon.kml": ("land_plot", "house", "canal", "community"),
}


@pytest.mark.parametrize("file", UNKNOWN)
def test_what_a_phone_sends_is_refused_with_the_types_it_may_be(take: Intake, file: str) -> None:
    found = take.examine(real(file))
    (refused,) = found.problems
    assert (refused.code, refused.likely) == ("type_unknown", UNKNOWN[file])
    assert all(f"--type {name}" in refused.remedy.en for name in refused.likely)
    assert Examination.load(found.folder) == found
