"""What surveyors do with files, told from the first file to what stands in the store."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import orjson
import pandas as pd
import pytest
import shapely
import sqlalchemy as sa
import xlsxwriter

from surveys import communities, export, lookup, records, view
from surveys.codes import Code, Codes
from surveys.errors import NotAllowed, NotFound, Refused
from surveys.fields import Flag, Integer, Number, Text
from surveys.intake.examination import Examination
from surveys.privacy import Privacy
from surveys.record import Field, RecordType
from surveys.roles import Actor
from surveys.store.schema import table
from surveys.thai import AreaCode, Day, HouseNumber, LandArea, PersonId, Ref, Sequence, Year
from surveys.words import Words
from tests.conftest import NETWORK, STEWARD, Intake
from tests.workbooks import xlsx

SOMCHAI, SOMSRI = "นายสมชาย ใจดี", "นางสมศรี ดีใจ"
RIVER = "ชุมชนริมคลอง"
COUNTS = ("new", "updated", "unchanged", "quarantined")
# Well-formed numbers that no one has.
IDS = ("1112034563562", "3100500000011", "5100500000017")


def current(take: Intake, name: str = "household") -> gpd.GeoDataFrame:
    return take.store.read(NETWORK, name)


def family(number: str, head: str, people: int = 2, **more: object) -> dict[str, object]:
    return {"ชุมชน": RIVER, "บ้านเลขที่": number, "ชื่อหัวหน้าครัวเรือน": head, "จำนวนสมาชิก": people} | more


def codes(report: Mapping[str, Any]) -> set[str]:
    return {code for code in report["problem_counts"] if code != "community_unknown"}


# --- who is who -------------------------------------------------------------------------------------------


def test_two_families_in_one_house_from_a_file_with_only_house_numbers(take: Intake) -> None:
    file = take.write([family("12/3", SOMCHAI, 4), family("12/3", SOMSRI, 2)], "household.csv")
    report = take(file)
    assert (report["new"], report["quarantined"]) == (2, 0)
    found = current(take)
    assert dict(zip(found["head_name"], found["household_no"], strict=True)) == {SOMCHAI: "1", SOMSRI: "2"}
    # What changes in one family changes in one family.
    report = take.rows([family("12/3", SOMCHAI, 4), family("12/3", SOMSRI, 3)], "household.csv")
    assert (report["new"], report["updated"], report["unchanged"]) == (0, 1, 1)
    assert dict(zip(current(take)["head_name"], current(take)["people"], strict=True)) == {
        SOMCHAI: 4,
        SOMSRI: 3,
    }


def test_the_houses_12_3_and_123_and_1_23_are_three_houses(take: Intake) -> None:
    rows = [family(number, "") for number in ("12/3", "123", "1/23", "๑๒ / ๓")]
    report = take.rows([row | {"จำนวนสมาชิก": n} for n, row in enumerate(rows)], "household.csv")
    found = current(take)
    assert report["new"] == 4 and found["key"].nunique() == 4
    assert sorted(found["key"]) == sorted(f"house_no={n}|household_no={h}|" for n, h in
                                         [("12/3", 1), ("123", 1), ("1/23", 1), ("12/3", 2)])  # fmt: skip


def test_numbers_in_thai_digits_are_kept_in_those_that_a_search_finds(take: Intake) -> None:
    row = {"ลำดับบ้าน": "๑๒ก", "ครัวเรือนที่": "๑", "เลขแปลงในผัง": "๗/๒"}
    take.rows([family("๑๘๘/๖๔", SOMCHAI) | row], "household.csv")
    (found,) = current(take).to_dict("records")
    told = [found[name] for name in ("house_no", "house_seq", "household_no", "plot_no")]
    assert told == ["188/64", "12ก", "1", "7/2"]
    for q in ("188/64", "๑๘๘/๖๔"):
        assert lookup.page(take.store, NETWORK, "household", STEWARD, lookup.Wanted(q=q))["total"] == 1
    # Written in either digits it is the same, and no change.
    again = take.rows([family("188/64", SOMCHAI) | row | {"ลำดับบ้าน": "12ก"}], "household.csv")
    assert (again["new"], again["updated"], again["unchanged"]) == (0, 0, 1)


def test_the_same_number_but_another_head_is_two_records_and_said(take: Intake) -> None:
    row = {"ชุมชน": RIVER, "ลำดับบ้าน": "5", "ครัวเรือนที่": "1"}
    take.rows([row | {"ชื่อหัวหน้าครัวเรือน": SOMCHAI}], "household.csv")
    report = take.rows([row | {"ชื่อหัวหน้าครัวเรือน": SOMSRI}], "household.csv")
    assert (report["new"], report["updated"]) == (1, 0) and codes(report) == {"possible_double"}
    (said,) = [p for p in report["problems"] if p["code"] == "possible_double"]
    assert said["row"] == 2 and said["severity"] == "warn"
    assert "(ลำดับบ้าน 5 ครัวเรือนที่ 1)" in said["message_th"] and "(house 5, household 1)" in said["message_en"]
    assert sorted(current(take)["head_name"]) == sorted([SOMCHAI, SOMSRI])
    # A title makes no other person, and neither does a space.
    again = take.rows([row | {"ชื่อหัวหน้าครัวเรือน": " สมชาย  ใจดี"}], "household.csv")
    assert (again["new"], again["updated"]) == (0, 1)


def test_the_same_id_is_one_person_whatever_the_name_and_another_id_is_another(take: Intake) -> None:
    row = {"ชุมชน": RIVER, "ลำดับบ้าน": "5", "ครัวเรือนที่": "1", "ชื่อหัวหน้าครัวเรือน": SOMCHAI}
    take.rows([row | {"เลขบัตรประชาชน": IDS[0]}], "household.csv")
    same = take.rows([row | {"เลขบัตรประชาชน": IDS[0], "ชื่อหัวหน้าครัวเรือน": SOMSRI}], "household.csv")
    assert (same["new"], same["updated"]) == (0, 1)
    other = take.rows([row | {"เลขบัตรประชาชน": IDS[1], "ชื่อหัวหน้าครัวเรือน": SOMSRI}], "household.csv")
    assert (other["new"], other["updated"]) == (1, 0) and "possible_double" in codes(other)


def test_a_row_that_repeats_itself_counts_once_and_one_that_contradicts_is_kept_out(take: Intake) -> None:
    row = {"ชุมชน": RIVER, "ลำดับบ้าน": "5", "สภาพบ้าน": "ชำรุด"}
    report = take.rows([row, row, row | {"สภาพบ้าน": "คงทนถาวร"}], "house.csv")
    assert (report["new"], report["unchanged"], report["quarantined"]) == (1, 1, 1)
    (said,) = [p for p in report["problems"] if p["code"] == "key_repeated"]
    assert (said["row"], said["value"]) == (4, "2"), "the row it repeats"
    assert current(take, "house")["condition"].tolist() == ["dilapidated"]


def test_a_row_without_a_number_is_kept_out_and_the_rest_taken(take: Intake) -> None:
    report = take.rows([{"ชุมชน": RIVER, "ลำดับบ้าน": n} for n in ("1", "", "-", "2")], "house.csv")
    assert (report["status"], report["new"], report["quarantined"]) == ("partly", 2, 2)
    assert [p["row"] for p in report["problems"] if p["code"] == "key_missing"] == [3, 4]


def test_the_row_id_of_another_program_finds_its_record_again(take: Intake) -> None:
    rows = [{"_uuid": f"a{n}", "ชุมชน": RIVER, "ลำดับบ้าน": n, "สภาพบ้าน": "ชำรุด"} for n in (1, 2)]
    take.rows(rows, "house.csv")
    # The number on the plan was wrong; the form's own id says which house it is.
    report = take.rows([rows[0] | {"ลำดับบ้าน": 7}], "house.csv")
    assert (report["new"], report["updated"]) == (0, 1)
    assert sorted(current(take, "house")["house_seq"]) == ["2", "7"]


def test_a_warning_about_a_row_that_is_kept_out_is_told_apart(take: Intake) -> None:
    rows = [{"ชุมชน": RIVER, "ลำดับบ้าน": n, "จำนวนสมาชิก": "สี่", "ครัวเรือนที่": 1} for n in ("", "1", "2", "")]
    found = take.examine(take.write(rows, "household.csv"))
    assert (found.counts["not_a_number"], found.aside) == (4, {"not_a_number": 2})
    assert [(p.row, p.kept_out) for p in found.problems if p.code == "not_a_number"] == [
        (2, True), (3, False), (4, False), (5, True),
    ]  # fmt: skip
    report = found.report("ready", None)
    assert report["problem_counts"]["not_a_number"] == 4
    assert [p["row"] for p in report["problems"] if p["code"] == "not_a_number"] == [3, 4, 2, 5]
    assert Examination.load(found.folder) == found


def test_the_first_hundred_are_listed_of_rows_taken_and_of_rows_kept_out(take: Intake) -> None:
    row = {"ชุมชน": RIVER, "ครัวเรือนที่": 1, "จำนวนสมาชิก": "สี่"}
    rows = [row | {"ลำดับบ้าน": ""}] * 120 + [row | {"ลำดับบ้าน": n} for n in range(1, 131)]
    found = take.examine(take.write(rows, "household.csv"))
    assert (found.counts["not_a_number"], found.aside["not_a_number"]) == (250, 120)
    listed = [p.kept_out for p in found.problems if p.code == "not_a_number"]
    assert (listed.count(True), listed.count(False)) == (100, 100)
    told = [p for p in found.report("ready", None)["problems"] if p["code"] == "not_a_number"]
    assert [p["row"] for p in told] == list(range(122, 222))
    assert found.problem_file.read_text("utf-8").count("not_a_number") == 250


def test_what_is_said_of_taking_a_row_is_not_said_of_one_kept_out(take: Intake) -> None:
    shapes = [f"SRID=4326;POINT ({xy})" for xy in ("100.56 13.72", "0 0", "13.72 100.56")]
    found = take.examine(
        take.write([{"สภาพบ้าน": "ชำรุด", "wkt": w} for w in shapes], "house.csv"), type="house"
    )
    assert (found.total("new"), found.total("quarantined")) == (1, 2)
    assert [p.row for p in found.problems if p.code == "key_from_shape"] == [2]
    assert found.counts["key_from_shape"] == 1


# --- files of ours ----------------------------------------------------------------------------------------

SAMPLE: dict[type, str] = {
    Text: "ข้อความ, “ก”; 1", Number: "12.25", Integer: "3", Flag: "ใช่", Day: "21/08/2551", Year: "2551",
    LandArea: "1-2-3.5", PersonId: IDS[0], AreaCode: "1033", Sequence: "12ก", Ref: RIVER, HouseNumber: "188/64",
}  # fmt: skip
SHAPES = {
    "point": lambda x: shapely.Point(x, 13.7),
    "line": lambda x: shapely.LineString([(x, 13.7), (x + 0.01, 13.71)]),
    "polygon": lambda x: shapely.box(x, 13.7, x + 0.001, 13.701),
    "place": lambda x: shapely.box(x, 13.7, x + 0.001, 13.701),
    "course": lambda x: shapely.LineString([(x, 13.7), (x + 0.01, 13.71)]),
    "any": lambda x: shapely.box(x, 13.7, x + 0.001, 13.701),
}
FROM_FILES = [name for name, declared in records.ALL.items() if declared.by_file]


def cell(field: Field) -> str:
    """A filled cell of a field."""
    if isinstance(field.kind, Codes):
        return "; ".join(choice.words.th for choice in field.kind.choices[:2])
    if isinstance(field.kind, Code):
        return field.kind.choices[0].words.th
    return SAMPLE[type(field.kind)]


def full_rows(declared: RecordType) -> list[dict[str, str]]:
    """Five rows: filled, filled, only the key, every missing word, unreadable and unknown values."""
    keyed = [field for field in declared.fields if any(field.name in key for key in declared.keys)]
    own = {field.words.th for field in keyed} - {"ชุมชน"}
    words = ["ไม่ทราบ", "ไม่ตอบ", "ไม่เกี่ยวข้อง"]
    rows = []
    for n in range(5):
        row = {field.words.th: cell(field) for field in declared.fields}
        others = [heading for heading in row if heading not in own and heading != "ชุมชน"]
        row |= dict.fromkeys(others, "") if n == 2 else {}
        row |= {heading: words[at % 3] for at, heading in enumerate(others)} if n == 3 else {}
        row |= dict.fromkeys(others, "อะไรไม่รู้ ๆ") if n == 4 else {}
        for field in keyed:
            if field.words.th in own and not isinstance(field.kind, Code):
                row[field.words.th] = f"10{n + 11}" if isinstance(field.kind, AreaCode) else f"{n + 1}/1"
        if declared.geometry and n != 1:
            row["wkt"] = f"SRID=4326;{SHAPES[declared.geometry](100.5 + n / 100).wkt}"
        # Columns of nobody's; two are called as columns of ours are.
        beside = {"สีรั้ว": f"=แดง {n}", "จำนวน": f"{n}.5", "id": str(n + 1), "version": "เก่า"}
        rows.append(row | beside)
    return rows


@pytest.mark.parametrize("name", FROM_FILES)
def test_files_of_ours_go_back_in_and_change_nothing(take: Intake, name: str) -> None:
    report = take.rows(full_rows(records.ALL[name]), f"{name}.csv", type=name)
    count = report["new"]
    assert (count, report["quarantined"]) == (5, 0)
    before = current(take, name)
    for suffix in (".csv", ".xlsx", ".geojson", ".parquet", ".gpkg"):
        out = take.folder / f"{name}{suffix}"
        assert export.write(take.store, NETWORK, name, out, STEWARD) == count
        found = take.examine(out)
        told = {name: found.total(name) for name in ("rows", "new", "updated", "unchanged", "quarantined")}
        assert told == {"rows": count, "new": 0, "updated": 0, "unchanged": count, "quarantined": 0}, suffix
        assert found.main is not None and found.main.type == name
        assert take.accept(found)["status"] == "same"
    pd.testing.assert_frame_equal(pd.DataFrame(before), pd.DataFrame(current(take, name)))


@pytest.mark.parametrize("name", ["admin_area", "household", "land_plot", "road"])
def test_a_zipped_shapefile_of_ours_finds_its_records(take: Intake, name: str) -> None:
    """Its headings have ten letters and its texts 254 bytes, so it cannot hold all; it doubles nothing."""
    report = take.rows(full_rows(records.ALL[name])[:3], f"{name}.csv", type=name)
    out = take.folder / f"{name}.zip"
    assert export.write(take.store, NETWORK, name, out, STEWARD) == report["new"]
    found = take.examine(out)
    assert (found.total("rows"), found.total("new"), found.total("quarantined")) == (report["new"], 0, 0)


def test_an_edited_export_updates_what_was_edited_and_nothing_else(take: Intake) -> None:
    take.rows([family("1", SOMCHAI), family("2", SOMSRI)], "household.csv")
    out = take.folder / "household.csv"
    export.write(take.store, NETWORK, "household", out, STEWARD)
    text = out.read_text(encoding="utf-8-sig")
    assert text.count(SOMSRI) == 1
    # Even the number that tells the household may be mended: our id says which it is.
    out.write_text(
        text.replace(SOMSRI, "นางสมศรี แก้ไขแล้ว").replace(f"{RIVER},,2,", f"{RIVER},,9,"), encoding="utf-8"
    )
    report = take(out)
    assert (report["new"], report["updated"], report["unchanged"]) == (0, 1, 1)
    assert sorted(current(take)["head_name"]) == sorted([SOMCHAI, "นางสมศรี แก้ไขแล้ว"])


def test_geojson_is_written_in_plain_utf8(take: Intake) -> None:
    take.rows([{"ชุมชน": RIVER, "ลำดับบ้าน": "1", "wkt": "SRID=4326;POINT (100.5 13.7)"}], "house.csv")
    out = take.folder / "house.geojson"
    export.write(take.store, NETWORK, "house", out, STEWARD)
    assert RIVER.encode() in out.read_bytes() and b"\\u0e" not in out.read_bytes()
    (feature,) = orjson.loads(out.read_bytes())["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [100.5, 13.7]}
    assert feature["properties"]["community"] == RIVER and "note" not in feature["properties"]


FORMULAS = [
    "=1+1",
    "+66812345678",
    "-5",
    "@SUM(A1)",
    '=HYPERLINK("http://x")',
    "\tx",
    "'=1+1",
    "''-5",
    "'บ้าน",
    "'",
]


def test_texts_that_look_like_formulas_are_disarmed_in_csv_and_read_back(take: Intake) -> None:
    rows = [{"ชุมชน": RIVER, "ลำดับบ้าน": n, "หมายเหตุ": text, "อื่นใด": text} for n, text in enumerate(FORMULAS)]
    take.rows(rows, "house.csv")
    before = current(take, "house")
    out = take.folder / "house.csv"
    export.write(take.store, NETWORK, "house", out, STEWARD)
    with out.open(encoding="utf-8-sig", newline="") as file:
        cells = [text for row in csv.reader(file) for text in row]
    assert not [text for text in cells if text.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert take(out)["status"] == "same"
    pd.testing.assert_frame_equal(pd.DataFrame(before), pd.DataFrame(current(take, "house")))
    book = take.folder / "house.xlsx"
    export.write(take.store, NETWORK, "house", book, STEWARD)
    assert take(book)["status"] == "same"


def test_an_export_is_logged_and_asked_for_rightly(take: Intake) -> None:
    take.rows([{"ชุมชน": RIVER, "ลำดับบ้าน": "1"}], "house.csv")
    with pytest.raises(NotAllowed):
        export.write(take.store, NETWORK, "house", take.folder / "h.csv", Actor("ก", "surveyor"))
    with pytest.raises(Refused, match="no export format"):
        export.write(take.store, NETWORK, "house", take.folder / "h.docx", STEWARD)
    with pytest.raises(Refused, match="no record type"):
        export.write(take.store, NETWORK, "castle", take.folder / "h.csv", STEWARD)
    with pytest.raises(NotFound):
        export.write(take.store, "nowhere", "house", take.folder / "h.csv", STEWARD)
    assert not (take.folder / "h.csv").exists()
    export.write(take.store, NETWORK, "house", take.folder / "h.csv", STEWARD)
    told = [row for row in logged(take) if row["action"] == "export"]
    assert [(row["subject"], json.loads(row["detail"])) for row in told] == [
        ("house", {"rows": 1, "format": ".csv"})
    ]


# --- finding a place --------------------------------------------------------------------------------------


def test_households_come_first_and_find_their_place_when_the_houses_come(take: Intake) -> None:
    rows = [{"ชุมชน": RIVER, "ลำดับบ้าน": n, "ชื่อหัวหน้าครัวเรือน": f"คน {n}"} for n in (1, 2, 3)]
    first = take.rows(rows, "household.csv")
    assert (first["new"], first["unplaced"]) == (3, 3)
    houses = [{"ชุมชน": RIVER, "ลำดับบ้าน": n, "lat": 13.7, "lon": 100.5 + n / 100} for n in (1, 2)]
    assert take.rows(houses, "house.csv")["unplaced"] == 0
    placed = (
        view.frames(take.store, NETWORK, STEWARD, ["household"])["household"].set_index("house_seq").geometry
    )
    assert [placed["1"].x, placed["2"].x] == [100.51, 100.52] and placed["3"] is None
    # And a file that comes after the houses is placed at once.
    later = take.rows([row | {"จำนวนสมาชิก": 2} for row in rows], "household.csv")
    assert (later["updated"], later["unplaced"]) == (3, 1)


def test_a_house_number_that_two_houses_have_places_nobody(take: Intake) -> None:
    houses = [
        {"ชุมชน": RIVER, "ลำดับบ้าน": n, "บ้านเลขที่": "9", "lat": 13.7, "lon": 100.5 + n / 100} for n in (1, 2)
    ]
    take.rows(houses, "house.csv")
    assert take.rows([family("9", SOMCHAI)], "household.csv")["unplaced"] == 1


def test_a_house_at_123_does_not_stand_at_12_3(take: Intake) -> None:
    take.rows([{"ชุมชน": RIVER, "ลำดับบ้าน": 1, "บ้านเลขที่": "12/3", "lat": 13.7, "lon": 100.5}], "house.csv")
    report = take.rows([family("123", SOMCHAI), family("12/3", SOMSRI)], "household.csv")
    assert report["unplaced"] == 1


def test_the_shape_of_a_house_comes_later_and_keeps_what_is_known(take: Intake) -> None:
    take.rows([{"ชุมชน": RIVER, "ลำดับบ้าน": "1", "สภาพบ้าน": "ชำรุด", "สีรั้ว": "แดง"}], "house.csv")
    shape = shapely.to_geojson(shapely.box(100.5, 13.7, 100.501, 13.701))
    feature = {
        "type": "Feature",
        "properties": {"ชุมชน": RIVER, "ลำดับบ้าน": 1},
        "geometry": orjson.Fragment(shape),
    }
    file = take.folder / "house.geojson"
    file.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": [feature]}))
    report = take(file)
    assert (report["new"], report["updated"]) == (0, 1)
    (row,) = current(take, "house").itertuples()
    assert (row.condition, row.version) == ("dilapidated", 2) and row.geometry.area > 0
    assert json.loads(row.extra) == {"สีรั้ว": "แดง"}
    # A shape moved by less than a centimetre is no change.
    feature["geometry"] = orjson.Fragment(
        shapely.to_geojson(shapely.box(100.50000001, 13.7, 100.501, 13.701))
    )
    file.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert take(file)["unchanged"] == 1


def test_an_unknown_community_waits_is_created_and_is_one_by_code_and_name(take: Intake) -> None:
    first = take.rows([{"ชุมชน": "ชุมชนใหม่", "ลำดับบ้าน": n} for n in (1, 2)], "house.csv")
    assert first["new"] == 2 and first["problem_counts"] == {"community_unknown": 1}, (
        "said once, not for every row"
    )
    (told,) = communities.unknown(take.store, NETWORK, STEWARD)
    assert told == {"name": "ชุมชนใหม่", "counts": {"house": 2}, "near": []}

    record_id = communities.create(take.store, NETWORK, STEWARD, "ชุมชนใหม่")
    assert communities.unknown(take.store, NETWORK, STEWARD) == []
    made = current(take, "community").loc[record_id]
    assert (made["name"], made["survey_state"]) == ("ชุมชนใหม่", "known")
    with pytest.raises(Refused, match="already"):
        communities.create(take.store, NETWORK, STEWARD, " ชุมชน ใหม่ ")

    # Files may say its name, its id here, or spell it otherwise: the houses are the same.
    for spoken in ("ชุมชนใหม่", " ชุมชน  ใหม่ ", record_id):
        report = take.rows([{"ชุมชน": spoken, "ลำดับบ้าน": n, "สภาพบ้าน": "ชำรุด"} for n in (1, 2)], "house.csv")
        assert report["new"] == 0 and not report["problem_counts"], spoken
    assert len(current(take, "house")) == 2


def test_a_community_is_one_by_its_code_and_by_its_names(take: Intake) -> None:
    take.rows([{"รหัสชุมชน": "C-9", "ชื่อชุมชน": "ชุมชนใหม่", "ชื่อที่เรียกกัน": "บ้านล่าง"}], "ชุมชน.csv")
    for spoken in ("C-9", "c 9", "ชุมชนใหม่", "บ้านล่าง"):
        report = take.rows([{"ชุมชน": spoken, "ลำดับบ้าน": n, "สภาพบ้าน": "ชำรุด"} for n in (1, 2)], "house.csv")
        assert report["new"] == (2 if spoken == "C-9" else 0) and not report["problem_counts"], spoken
        household = take.rows([{"ชุมชน": spoken, "ลำดับบ้าน": 1, "ครัวเรือนที่": 1}], "household.csv")
        assert household["new"] == (1 if spoken == "C-9" else 0), spoken


def test_a_community_created_by_name_gets_its_code_from_a_later_list(take: Intake) -> None:
    communities.create(take.store, NETWORK, STEWARD, "ชุมชนใหม่")
    listed = take.rows([{"รหัสชุมชน": "C-9", "ชื่อชุมชน": "ชุมชนใหม่"}], "ชุมชน.csv")
    assert (listed["new"], listed["updated"]) == (0, 1)


def test_a_file_with_only_house_numbers_may_be_sorted_otherwise(take: Intake) -> None:
    take.rows([family("12/3", SOMCHAI), family("12/3", SOMSRI)], "household.csv")
    report = take.rows([family("12/3", SOMSRI), family("12/3", SOMCHAI)], "household.csv")
    assert (report["new"], report["unchanged"]) == (0, 2)


# --- what is here already ---------------------------------------------------------------------------------

EXISTING = [
    # (option, updated, unchanged, kept out, condition afterwards)
    ("update", 1, 1, 0, ["lasting", "lasting", "dilapidated"]),
    ("skip", 0, 2, 0, ["dilapidated", "lasting", "dilapidated"]),
    ("refuse", 0, 1, 1, ["dilapidated", "lasting", "dilapidated"]),
]


@pytest.mark.parametrize(("existing", "updated", "unchanged", "out", "after"), EXISTING)
def test_what_is_here_is_updated_skipped_or_refused(
    take: Intake, existing: str, updated: int, unchanged: int, out: int, after: list[str]
) -> None:
    house = {"ชุมชน": RIVER}
    take.rows(
        [house | {"ลำดับบ้าน": 1, "สภาพบ้าน": "ชำรุด"}, house | {"ลำดับบ้าน": 2, "สภาพบ้าน": "ดี"}], "house.csv"
    )
    rows = [(1, "ดี"), (2, "ดี"), (3, "ชำรุด")]
    report = take.rows(
        [house | {"ลำดับบ้าน": n, "สภาพบ้าน": c} for n, c in rows], "house.csv", existing=existing
    )
    assert (report["new"], report["updated"], report["unchanged"], report["quarantined"]) == (
        1,
        updated,
        unchanged,
        out,
    )
    assert current(take, "house").sort_values("house_seq")["condition"].tolist() == after
    assert ("exists_already" in codes(report)) == (out == 1)


def test_an_empty_cell_says_nothing_and_a_missing_word_says_something(take: Intake) -> None:
    row = {"ชุมชน": RIVER, "ลำดับบ้าน": "1"}
    take.rows([row | {"สภาพบ้าน": "ชำรุด", "วัสดุ": "ไม้"}], "house.csv")
    assert take.rows([row | {"สภาพบ้าน": "", "วัสดุ": " - "}], "house.csv")["unchanged"] == 1
    assert take.rows([row | {"สภาพบ้าน": "ไม่ทราบ"}], "house.csv")["updated"] == 1
    (found,) = current(take, "house").itertuples()
    assert pd.isna(found.condition) and found.material == "wood"
    assert json.loads(found.missing) == {"condition": "unknown"}
    # Known again, the missing word goes.
    take.rows([row | {"สภาพบ้าน": "ดี"}], "house.csv")
    (found,) = current(take, "house").itertuples()
    assert found.condition == "lasting" and pd.isna(found.missing)


def test_an_examined_file_is_examined_again_when_the_network_changed(take: Intake) -> None:
    row = {"ชุมชน": RIVER, "ลำดับบ้าน": "1", "สภาพบ้าน": "ชำรุด"}
    waiting = take.examine(take.write([row], "house.csv"))
    assert waiting.total("new") == 1
    take.rows([row | {"วัสดุ": "ไม้"}], "house.csv")
    report = take.accept(waiting)
    # Examined first, it would have been a second house number 1.
    assert (report["new"], report["unchanged"], report["status"]) == (0, 1, "same")
    assert len(current(take, "house")) == 1


def test_an_examination_writes_nothing_and_can_be_kept_and_loaded(take: Intake) -> None:
    take.store.checkpoint()
    before = take.store.path.read_bytes()
    file = take.write([{"ชุมชน": RIVER, "ลำดับบ้าน": n, "สภาพบ้าน": "?"} for n in ("1", "")], "house.csv")
    found = take.examine(file)
    assert (found.total("new"), found.total("quarantined")) == (1, 1)
    take.store.checkpoint()
    assert take.store.path.read_bytes() == before and not list(take.store.files.rglob("*.arrow"))
    loaded = Examination.load(found.folder)
    assert loaded == found
    assert take.accept(loaded)["new"] == 1


@pytest.mark.parametrize("role", ["secretary", "resident"])
def test_only_those_who_may_import_import(take: Intake, role: str) -> None:
    file = take.write([{"ชุมชน": RIVER, "ลำดับบ้าน": "1"}], "house.csv")
    found = take.examine(file)
    take.actor = Actor("ก", role) if role != "resident" else Actor("ก", "surveyor")
    if role == "resident":
        assert take.accept(found)["new"] == 1
        return
    with pytest.raises(NotAllowed, match="surveyor"):
        take.examine(file)
    with pytest.raises(NotAllowed):
        take.accept(found)
    assert take.store.counts(NETWORK)["house"] == 0


def test_a_surveyor_cannot_bring_a_network_in_a_file(take: Intake) -> None:
    report = take.rows([{"รหัสเครือข่าย": NETWORK, "ชื่อเครือข่าย": "ยึดแล้ว"}], "networks.csv", type="city_network")
    assert report["status"] == "refused" and codes(report) == {"type_not_by_file"}


# --- a network's own fields and choices -------------------------------------------------------------------


def own(take: Intake, **kinds: str) -> None:
    """Give the network fields of its own, and a choice of its own to a list."""
    with take.store.writing() as connection:
        for name, kind in kinds.items():
            row = {
                "network": NETWORK,
                "type": "house",
                "name": name,
                "th": f"ของเรา {name}",
                "en": f"our {name}",
            }
            connection.execute(
                table("custom_field").insert(), row | {"kind": kind, "privacy": 1, "aliases": '["ฉายา"]'}
            )
        row = {
            "network": NETWORK,
            "type": "house",
            "field": "material",
            "code": "bamboo",
            "th": "ไม้ไผ่",
            "en": "bamboo",
        }
        connection.execute(table("custom_choice").insert(), row | {"aliases": '["ไผ่"]', "retired": 0})


def test_a_network_s_own_fields_and_choices_are_read_checked_and_exported(take: Intake) -> None:
    own(take, floors_up="integer", flooded="day", fee="number", fence="text", garden="flag", size="area")
    row = {
        "ชุมชน": RIVER, "ลำดับบ้าน": "1", "ของเรา floors_up": "๓", "our flooded": "21/08/2551", "fee": "1,200.50",
        "fence": " สี  แดง ", "garden": "มี", "size": "1-2-3", "วัสดุ": "ไผ่",
    }  # fmt: skip
    report = take.rows([row, row | {"ลำดับบ้าน": "2", "ของเรา floors_up": "สาม", "fee": "ไม่ทราบ"}], "house.csv")
    assert (
        report["problem_counts"] == {"not_a_number": 1, "community_unknown": 1} and report["unmapped"] == []
    )
    (wrong,) = [p for p in report["problems"] if p["code"] == "not_a_number"]
    assert (wrong["row"], wrong["column"], wrong["field"]) == (3, "ของเรา floors_up", "floors_up")
    first, second = current(take, "house").sort_values("house_seq").itertuples()
    assert json.loads(first.extra) == {
        "floors_up": 3, "flooded": "2008-08-21", "fee": 1200.5, "fence": "สี แดง", "garden": True, "size": 2412.0,
    }  # fmt: skip
    assert first.material == "bamboo"
    assert json.loads(second.missing) == {"fee": "unknown", "floors_up": "unreadable"}
    assert json.loads(second.raw) == {"floors_up": "สาม"}
    out = take.folder / "house.csv"
    export.write(take.store, NETWORK, "house", out, STEWARD)
    written = pd.read_csv(out, dtype=str).set_index("house_seq")
    assert written.loc["1", "fence"] == "สี แดง" and written.loc["1", "floors_up"] == "3"
    assert take(out)["status"] == "same"
    # Another network knows nothing of them.
    assert "bamboo" not in {c.code for c in records.ALL["house"].by_name["material"].kind.choices}  # type: ignore[attr-defined]


def test_a_choice_not_in_the_list_is_other_and_the_nearest_is_offered(take: Intake) -> None:
    row = {"ชุมชน": RIVER, "ลำดับบ้าน": "1", "วัสดุ": "ครึ่งตึกครึ่งไม"}
    report = take.rows([row], "house.csv")
    (said,) = [p for p in report["problems"] if p["code"] == "choice_unknown"]
    assert "ครึ่งตึกครึ่งไม้" in said["remedy_th"] and said["value"] == "ครึ่งตึกครึ่งไม"
    (found,) = current(take, "house").itertuples()
    assert found.material == "other" and json.loads(found.raw) == {"material": "ครึ่งตึกครึ่งไม"}


def test_missing_words_are_kept_apart_exported_and_read_back(take: Intake) -> None:
    words = {"รายได้": "ไม่ตอบ", "จำนวนสมาชิก": "ไม่ทราบ", "สัญญา (ปี)": "ไม่เกี่ยวข้อง", "วันที่สำรวจ": "เมื่อวาน"}
    take.rows([{"ชุมชน": RIVER, "ลำดับบ้าน": "1", **words}], "household.csv")
    (found,) = current(take).itertuples()
    wanted = {
        "income": "no_answer",
        "people": "unknown",
        "lease_years": "not_applicable",
        "visit_date": "unreadable",
    }
    assert json.loads(found.missing) == wanted
    assert json.loads(found.raw) == {"visit_date": "เมื่อวาน"}
    assert pd.isna(found.income) and pd.isna(found.people) and pd.isna(found.visit_date)
    out = take.folder / "household.csv"
    export.write(take.store, NETWORK, "household", out, STEWARD)
    with out.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["income"], row["people"], row["lease_years"]) == ("ไม่ตอบ", "ไม่ทราบ", "ไม่เกี่ยวข้อง")
    assert row["visit_date"] == "เมื่อวาน"
    assert take(out)["status"] == "same"


def test_columns_nobody_mapped_are_kept_and_exported(take: Intake) -> None:
    row = {"ชุมชน": RIVER, "ลำดับบ้าน": "1", "สีรั้ว": "แดง", "จำนวนแมว": "007"}
    report = take.rows([row], "house.csv")
    assert report["unmapped"] == ["จำนวนแมว", "สีรั้ว"]
    (found,) = current(take, "house").itertuples()
    assert json.loads(found.extra) == {"สีรั้ว": "แดง", "จำนวนแมว": "007"}
    # A later file without them leaves them; one with another value changes that one.
    assert take.rows([{"ชุมชน": RIVER, "ลำดับบ้าน": "1", "จำนวนแมว": "8"}], "house.csv")["updated"] == 1
    (found,) = current(take, "house").itertuples()
    assert json.loads(found.extra) == {"สีรั้ว": "แดง", "จำนวนแมว": "8"}


# --- what must not get out --------------------------------------------------------------------------------


def logged(take: Intake) -> list[dict[str, Any]]:
    with take.store.reading() as connection:
        return [dict(row) for row in connection.execute(sa.select(table("event"))).mappings()]


SPELLINGS = [
    # (heading, how an id is written in it)
    ("เลขบัตรประชาชน", "{}"),
    (
        "เลขบัตรประชาชน",
        "{0[0]}-{0[1]}{0[2]}{0[3]}{0[4]}-{0[5]}{0[6]}{0[7]}{0[8]}{0[9]}-{0[10]}{0[11]}-{0[12]}",
    ),
    ("โทรศัพท์", "{}"),
    ("หมายเลขอ้างอิง", "{0[0]}-{0[1]}{0[2]}{0[3]}{0[4]}-{0[5]}{0[6]}{0[7]}{0[8]}{0[9]}-{0[10]}{0[11]}-{0[12]}"),
    ("ref", " {} "),
]


@pytest.mark.parametrize(("heading", "written"), SPELLINGS)
def test_national_ids_are_encrypted_whatever_the_heading_says(
    take: Intake, heading: str, written: str
) -> None:
    wrong = IDS[0][:-1] + "3"
    rows = [
        family(str(n), f"คน {n}") | {heading: written.format(number)}
        for n, number in enumerate([*IDS, wrong])
    ]
    found = take.examine(take.write([*rows, {heading: written.format(IDS[0])}], "household.csv"))
    report = take.accept(found)
    assert (report["new"], report["quarantined"]) == (4, 1)
    out = take.folder / "household.csv"
    export.write(take.store, NETWORK, "household", out, STEWARD)
    # Undone and redone, updated: the history is no other.
    take.rows([row | {"จำนวนสมาชิก": 9} for row in rows], "household.csv")
    take.store.checkpoint()

    said = json.dumps([report, logged(take)], ensure_ascii=False, default=str)
    kept = [found.folder / name for name in ("problems.csv", "examination.json")]
    kept += [*found.folder.glob("preview*"), *found.folder.glob("*.sqlite"), *found.folder.glob("no-shape*")]
    kept += [
        file for file in take.store.files.rglob("*") if file.name in ("problems.csv", "examination.json")
    ]
    kept += [*take.store.path.parent.glob("mankong.gpkg*"), out]
    texts = [(str(file), file.read_bytes()) for file in kept if file.is_file() and "raw" not in file.parts]
    assert len(texts) > 4
    for number in (*IDS, wrong):
        for spelt in (number, written.format(number).strip()):
            assert spelt not in said
            for name, content in texts:
                assert spelt.encode() not in content and spelt.encode("utf-16-le") not in content, name
    secret = take.store.read(NETWORK, "household")
    if heading == "เลขบัตรประชาชน":
        assert take.store.vault.open(secret["head_id"].iloc[0]) == IDS[0]
    else:
        assert "secret_column" in report["problem_counts"]
        sealed = json.loads(secret["extra"].iloc[0])[heading]
        assert sealed.startswith("enc:1:") and IDS[0] in take.store.vault.open(sealed).replace("-", "")


def test_a_wrong_id_is_kept_with_a_masked_warning(take: Intake) -> None:
    rows = [
        family("1", SOMCHAI) | {"เลขบัตรประชาชน": "1112034563569"},
        family("2", SOMSRI) | {"เลขบัตรประชาชน": "1.10E+12"},
    ]
    report = take.rows(rows, "household.csv")
    assert report["new"] == 2
    told = {p["code"]: p for p in report["problems"] if p["field"] == "head_id"}
    assert set(told) == {"id_check_digit", "id_mangled"}
    assert told["id_check_digit"]["value"] == "•••••••••3569" and "1112034563569" not in json.dumps(report)
    assert told["id_mangled"]["row"] == 3


@pytest.mark.parametrize("cell", [1.1e12, 1.1017e12, 1101700000000, "1.10170E+12", "1.1E+12"])
def test_an_id_that_a_spreadsheet_rounded_is_said_to_be_and_never_guessed(
    take: Intake, cell: float | str
) -> None:
    file = take.folder / "household.xlsx"
    headings = ["ชุมชน", "ลำดับบ้าน", "เลขบัตรประชาชน"]
    file.write_bytes(xlsx({"ครัวเรือน": [headings, [RIVER, 1, cell], [RIVER, 2, "1112034563562"]]}))
    report = take(file, type="household")
    (said,) = (p for p in report["problems"] if p["field"] == "head_id")
    assert (said["code"], said["row"], report["new"]) == ("id_mangled", 2, 2)
    assert "Excel" in said["message_th"] and "rounded" in said["message_en"]
    kept = take.store.read(NETWORK, "household").set_index("house_seq")
    assert kept["head_id"].isna().tolist() == [True, False]
    # What stood in the cell is kept beside, encrypted.
    sealed = json.loads(kept.loc["1", "raw"])["head_id"]
    assert take.store.vault.open(sealed) == (f"{cell:.0f}" if not isinstance(cell, str) else cell)


def test_the_files_of_an_import_are_for_their_owner_only(take: Intake) -> None:
    take.rows([{"ชุมชน": RIVER, "ลำดับบ้าน": n} for n in ("1", "")], "house.csv")
    made = [take.store.files, *take.store.files.rglob("*")]
    assert len(made) > 4
    for path in made:
        assert path.stat().st_mode & 0o077 == 0, path
    # The raw file is kept once, as it came.
    (raw,) = (take.store.files / "raw").iterdir()
    assert "ลำดับบ้าน" in raw.read_text(encoding="utf-8")


def test_the_log_tells_who_did_what_and_nothing_of_people(take: Intake) -> None:
    take.rows([family("1", SOMCHAI, note="ป่วย")], "household.csv")
    told = logged(take)[-1]
    assert (told["action"], told["actor"], told["network"]) == ("import", STEWARD.name, NETWORK)
    detail = json.loads(told["detail"])
    assert (detail["new"], detail["type"]) == (1, "household") and re.fullmatch(
        "[0-9a-f]{64}", detail["digest"]
    )
    assert "สมชาย" not in json.dumps(told, ensure_ascii=False)


def test_sensitive_and_secret_values_are_no_part_of_an_export(take: Intake) -> None:
    with take.store.writing() as connection:
        for name, privacy in (("hidden", Privacy.SENSITIVE), ("sealed", Privacy.SECRET)):
            row = {"network": NETWORK, "type": "member", "name": name, "th": name, "en": name, "kind": "text"}
            connection.execute(
                table("custom_field").insert(), row | {"privacy": int(privacy), "aliases": "[]"}
            )
    row = {
        "ชุมชน": RIVER, "ลำดับบ้าน": "1", "ครัวเรือนที่": "1", "สมาชิกลำดับที่": "1", "ชื่อ": "สมชาย",
        "เลขประจำตัวประชาชน": IDS[0], "ศาสนา": "ศาสนาลับ", "โรคประจำตัว": "เบาหวานลับ", "hidden": "เรื่องลับ",
        "sealed": "ปิดผนึก",
    }  # fmt: skip
    take.rows([row], "member.csv")
    (kept,) = current(take, "member").itertuples()
    assert kept.religion == "ศาสนาลับ" and json.loads(kept.extra)["hidden"] == "เรื่องลับ"
    assert take.store.vault.open(json.loads(kept.extra)["sealed"]) == "ปิดผนึก"
    for suffix in (".csv", ".geojson", ".parquet"):
        out = take.folder / f"member{suffix}"
        export.write(take.store, NETWORK, "member", out, STEWARD)
        for text in (IDS[0], "ศาสนาลับ", "เบาหวานลับ", "เรื่องลับ", "ปิดผนึก", "enc:1:"):
            assert text.encode() not in out.read_bytes(), (suffix, text)
    hidden = {f.name for f in records.ALL["member"].fields if f.privacy >= Privacy.SENSITIVE} | {
        "hidden",
        "sealed",
    }
    with (take.folder / "member.csv").open(encoding="utf-8-sig") as file:
        assert not hidden & set(next(csv.reader(file)))


def test_a_roster_that_lacks_a_number_is_refused_not_taken_for_households(take: Intake) -> None:
    row = {"ชุมชน": RIVER, "ลำดับบ้าน": "1", "สมาชิกลำดับที่": "1", "ชื่อ": "สมชาย", "นามสกุล": "ใจดี", "ปีเกิด": "2530"}
    report = take.rows([row], "member.csv")
    assert report["status"] == "refused" and codes(report) == {"key_columns_missing"}
    assert "household number" in report["problems"][0]["remedy_en"]


# --- rules across fields ----------------------------------------------------------------------------------


def test_what_has_not_come_yet_is_said_and_taken(take: Intake) -> None:
    rows = [{"ชุมชน": RIVER, "ลำดับบ้าน": n, "วันที่สำรวจ": day} for n, day in enumerate(["1/1/2680", "1/1/2560"])]
    report = take.rows(rows, "house.csv")
    assert report["new"] == 2
    (said,) = [p for p in report["problems"] if p["code"] == "date_future"]
    assert (said["row"], said["column"], said["field"]) == (2, "วันที่สำรวจ", "survey_date")
    report = take.rows([family("1", SOMCHAI) | {"ปีที่ย้ายเข้า": "2680"}], "household.csv")
    assert codes(report) == {"date_future"}


PLACES = [
    ("0", "0", "null_island"),
    ("100.5", "13.7", "swapped_axes"),
    ("51.5", "-0.1", "outside_bounds"),
    ("เหนือ", "100.5", "coordinates_unreadable"),
    ("13.7", "", "coordinates_unreadable"),
]


@pytest.mark.parametrize(("lat", "lon", "code"), PLACES)
def test_places_that_cannot_be_are_kept_out_and_the_rest_taken(
    take: Intake, lat: str, lon: str, code: str
) -> None:
    house = {"ชุมชน": RIVER}
    good = [house | {"ลำดับบ้าน": n, "lat": "13.7", "lon": "100.5"} for n in range(2, 6)]
    report = take.rows([*good, house | {"ลำดับบ้าน": 1, "lat": lat, "lon": lon}], "house.csv")
    assert (report["new"], report["quarantined"]) == (4, 1)
    assert [(p["code"], p["row"]) for p in report["problems"] if p["severity"] == "quarantine"] == [(code, 6)]


def test_a_sheet_beside_the_data_is_left_out_and_said(take: Intake) -> None:
    houses = gpd.GeoDataFrame(
        {"ชุมชน": [RIVER], "ลำดับบ้าน": ["1"]}, geometry=[shapely.Point(100.5, 13.7)], crs=4326
    )
    file = take.folder / "งาน.gpkg"
    houses.to_file(file, layer="house", driver="GPKG")
    pd.DataFrame({"a": [1], "b": [2]}).pipe(gpd.GeoDataFrame).to_file(file, layer="other", driver="GPKG")
    report = take(file)
    assert (report["new"], [part["layer"] for part in report["parts"]]) == (1, ["house"])
    (said,) = [p for p in report["problems"] if p["code"] == "layer_left_out"]
    assert said["value"] == "other" and "--layer" in said["remedy_en"]
    assert said["message_en"].startswith("The layer “other”") and said["message_th"].startswith(
        "ไม่ได้รับชั้นข้อมูล"
    )
    asked = take(file, layers={"house": None, "other": None})
    assert asked["status"] == "refused", "a layer that was asked for is not left out"


HOUSE_SHEET = [["ชุมชน", "ลำดับบ้าน"], [RIVER, "1"]]
OTHER_SHEET = [["a", "b"], ["1", "2"]]


def workbook(path: Path, sheets: dict[str, list[list[str]]]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for n, row in enumerate(rows):
                sheet.write_row(n, 0, row)
    return path


def test_the_layers_of_a_workbook_are_called_sheets(take: Intake) -> None:
    file = workbook(take.folder / "งาน.xlsx", {"house": HOUSE_SHEET, "other": OTHER_SHEET, "ว่าง": []})
    found = take.examine(file)
    told = {problem.code: problem.message for problem in Examination.load(found.folder).problems}
    assert told["layer_left_out"].th.startswith("ไม่ได้รับชีต “other”:")
    assert told["layer_left_out"].en.startswith("The sheet “other” was left out:")
    assert told["layer_empty"] == Words("ชีต “ว่าง” ว่างเปล่า", "The sheet “ว่าง” is empty and was left out.")
    (asked,) = take.examine(file, layers={"nowhere": None}).problems
    assert (asked.message.en, asked.message.th) == (
        "The file has no sheet “nowhere”.",
        "ไม่มีชีต “nowhere” ในไฟล์",
    )
    assert "The sheet “other”" in found.problem_file.read_text("utf-8")
    # All else has layers, as mapping programs say.
    points = {"type": "FeatureCollection", "features": []}
    (take.folder / "points.geojson").write_text(json.dumps(points), "utf-8")
    (asked,) = take.examine(take.folder / "points.geojson", layers={"nowhere": None}).problems
    assert "sheet" not in asked.message.en and "ชีต" not in asked.message.th


BEFORE = [
    ("12-มี.ค.", "12/3"), ("12-Mar", "12/3"), ("12 มี.ค. 68", "12/3"), ("12/03/2025", "12/3"), ("2025-03-12", "12/3"),
    ("Mar-12", "12/3 หรือ 3/12"), ("Mar-64", "3/64"), ("1964-03-01", "1/3 หรือ 3/64"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "number"), BEFORE)
def test_a_house_number_that_excel_took_for_a_date_is_kept_and_said(
    take: Intake, written: str, number: str
) -> None:
    report = take.rows([{"ชุมชน": "ก", "ลำดับบ้าน": "1", "บ้านเลขที่": written}], "house.csv")
    (said,) = [one for one in report["problems"] if one["code"] == "number_as_date"]
    assert (said["row"], said["field"], said["value"]) == (2, "house_no", written)
    assert said["message_th"].endswith(f"น่าจะเป็น {number}")
    (house,) = take.store.read_table(NETWORK, "house").to_pylist()
    assert house["house_no"] == written and house["raw"] is None


def test_what_excel_shortened_is_read_where_nothing_is_lost_and_told_where_it_is(take: Intake) -> None:
    house = {"ชุมชน": "ก", "ครัวเรือนที่": 1}
    rows = [
        house | {"ลำดับบ้าน": 1, "บ้านเลขที่": "1.88E+05", "รายได้": "1.25E+04"},
        house | {"ลำดับบ้าน": "1.1E+05", "บ้านเลขที่": "188/64", "รายได้": "1.25E+24"},
    ]
    report = take.rows(rows, "household.csv")
    found = {(one["code"], one["row"], one["field"], one["value"]) for one in report["problems"]}
    assert found >= {
        ("digits_lost", 2, "house_no", "1.88E+05"),
        ("digits_lost", 3, "house_seq", "1.1E+05"),
        ("out_of_range", 3, "income", "1.25E+24"),
    }
    first, second = take.store.read_table(NETWORK, "household").to_pylist()
    assert (first["house_no"], first["income"], json.loads(first["raw"])) == (
        None,
        12_500.0,
        {"house_no": "1.88E+05"},
    )
    # The second is told by its house number, not by what is left of its sequence.
    assert (second["key"], second["house_seq"]) == ("house_no=188/64|household_no=1|", None)


def test_an_examination_of_an_older_program_is_made_again(take: Intake) -> None:
    found = take.examine(take.write([{"ชุมชน": RIVER, "ลำดับบ้าน": "1"}], "house.csv"), type="house")
    kept = found.folder / "examination.json"
    raw = json.loads(kept.read_text(encoding="utf-8"))
    raw["parts"][0]["staged"] = [["rows-1.sqlite", "layer_0"]]
    kept.write_text(json.dumps(raw), encoding="utf-8")
    assert take.accept(Examination.load(found.folder))["new"] == 1
