# ruff: noqa: E501 - rows of test data, one a line.
"""What Kobo, Ona and ODK write beside the answers is nobody's answer; answers they took apart are put together."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from surveys import records
from surveys.intake.mapping import beside_answers, by_server, map_columns
from tests import workbooks
from tests.conftest import NETWORK, Intake
from tests.real import real

BY_FILE = [name for name, declared in records.ALL.items() if declared.by_file]
# As real exports have them: Kobo's CSV and XLSX, Ona's, ODK Central's, and REACH's after R.
BESIDE = [
    "start", "end", "deviceid", "subscriberid", "simserial", "phonenumber", "username", "audit", "__version__",
    "_id", "_uuid", "_index", "_submission_time", "_validation_status", "_notes", "_status", "_submitted_by", "_tags",
    "_geolocation", "_version", "_duration", "_media_count", "_total_media", "_media_all_received", "_xform_id",
    "_gps_latitude", "_gps_longitude", "_gps_altitude", "_gps_precision", "hh/_gps_altitude", "meta/instanceID",
    "meta/instanceName", "meta/rootUuid", "formhub/uuid", "_parent_index", "_parent_table_name", "_submission__uuid",
    "_submission__notes", "_submission___version__", "SubmissionDate", "SubmitterID", "AttachmentsExpected", "KEY",
    "X_id", "X_notes", "X_status", "X_submission_time", "meta.instanceID", "__system/submissionDate",
]  # fmt: skip
ANSWERS = [
    "notes",
    "status",
    "hh/notes",
    "id",
    "tags",
    "latitude",
    "altitude",
    "started",
    "_gps",
    "x_ray",
    "keys",
]


@pytest.mark.parametrize("name", BY_FILE)
def test_what_a_server_adds_is_never_asked_and_never_a_field(name: str) -> None:
    found = map_columns(records.ALL[name], BESIDE)
    assert (found.fields, found.near, found.ambiguous, found.own_id) == ({}, {}, {}, None)
    # It is kept with the record all the same.
    assert {*found.unmapped, found.source_id} == set(BESIDE)


@pytest.mark.parametrize("heading", ANSWERS)
def test_a_question_with_almost_such_a_name_is_a_question(heading: str) -> None:
    assert not by_server(heading) and not beside_answers(heading)


def test_the_notes_of_a_server_are_a_note_where_a_person_says_so() -> None:
    assert map_columns(records.ALL["house"], ["note", "_notes"]).fields == {"note": "note"}
    assert map_columns(records.ALL["house"], ["_notes"]).fields == {}
    assert map_columns(records.ALL["house"], ["_notes"], (), {"_notes": "note"}).fields == {"note": "_notes"}


def test_a_field_that_a_network_calls_as_phones_do_is_what_is_meant() -> None:
    from surveys.fields import Text
    from surveys.record import field

    own = records.ALL["house"].with_fields([field(Text(), "เบอร์โทร", "phonenumber")])
    assert "phonenumber" in map_columns(own, ["phonenumber", "_id"]).columns


KOBO: list[dict[str, str]] = [
    {
        "start": f"2025-08-21T09:0{n}:00.000+07:00", "end": f"2025-08-21T09:1{n}:00.000+07:00", "deviceid": f"collect:{n}",
        "บ้าน/community": "ก", "บ้าน/house_seq": str(n), "บ้าน/head_name": f"นาย {n}",
        "บ้าน/gps": f"13.7{n} 100.5{n} 3.5 4.8", "บ้าน/_gps_latitude": f"13.7{n}", "บ้าน/_gps_longitude": f"100.5{n}",
        "บ้าน/_gps_altitude": "3.5", "บ้าน/_gps_precision": "4.8", **answers, "__version__": "vAb", "_id": f"10{n}", "_uuid": f"u-{n}",
        "_submission_time": "2025-08-21T03:04:05", "_validation_status": "", "_notes": "ตรวจแล้ว", "_status": "submitted_via_web",
        "_submitted_by": "somchai", "_tags": "", "_index": str(n),
    }
    for n, answers in enumerate((
        {"ต้องการ/wants/stay": "1", "ต้องการ/wants/rent": "0", "ต้องการ/wants/move": "1", "ต้องการ/causes/canal": "1", "ต้องการ/causes/flood": "0"},
        {"ต้องการ/wants/stay": "0", "ต้องการ/wants/rent": "1", "ต้องการ/wants/move": "0", "ต้องการ/causes/canal": "0", "ต้องการ/causes/flood": "0"},
        {"ต้องการ/wants/stay": "", "ต้องการ/wants/rent": "", "ต้องการ/wants/move": "", "ต้องการ/causes/canal": "1", "ต้องการ/causes/flood": "1"},
    ), 1)
]  # fmt: skip


def wished(take: Intake) -> list[tuple[Any, Any]]:
    rows = take.store.read_table(NETWORK, "household").to_pylist()
    told = sorted(rows, key=lambda row: row["house_seq"])
    return [tuple(row[name] and json.loads(row[name]) for name in ("wants", "causes")) for row in told]


def as_csv(path: Path, rows: list[dict[str, str]], delimiter: str = ";") -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter, quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)
    return path


def as_xlsx(path: Path, rows: list[dict[str, str]]) -> Path:
    """With figures as figures, as Kobo writes them."""
    cells = [[int(text) if text in ("0", "1") else text or None for text in row.values()] for row in rows]
    path.write_bytes(workbooks.xlsx({"ครัวเรือน": [list(rows[0]), *cells]}))
    return path


def as_said(rows: list[dict[str, str]], yes: str, no: str) -> list[dict[str, str]]:
    words = {"1": yes, "0": no}
    return [
        {
            name: words.get(text, text) if "/wants/" in name or "/causes/" in name else text
            for name, text in row.items()
        }
        for row in rows
    ]


WISHED = [(["stay", "move"], ["canal"]), (["rent"], None), (None, ["canal", "flood"])]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("said", [("1", "0"), ("True", "False"), ("TRUE", "FALSE")], ids="/".join)
def test_answers_in_columns_of_their_own(
    take: Intake, tmp_path: Path, ending: str, said: tuple[str, str]
) -> None:
    rows = as_said(KOBO, *said)
    report = take((as_csv if ending == "csv" else as_xlsx)(tmp_path / f"ครัวเรือน.{ending}", rows))
    assert (report["type"], report["new"], report["quarantined"], report["unplaced"]) == (
        "household",
        3,
        0,
        0,
    )
    assert set(report["problem_counts"]) == {"community_unknown"}
    assert wished(take) == WISHED
    frame = take.store.read(NETWORK, "household").sort_values("house_seq")
    assert [(round(p.x, 2), round(p.y, 2)) for p in frame.geometry] == [
        (100.51, 13.71),
        (100.52, 13.72),
        (100.53, 13.73),
    ]
    assert frame["note"].isna().all()
    # The same export once more, after somebody else sent one: nothing is new.
    assert take(as_csv(tmp_path / "ครัวเรือน-2.csv", rows))["new"] == 0


def test_labels_of_ours_as_headings(take: Intake, tmp_path: Path) -> None:
    rows = [
        {
            "ชุมชน": "ก",
            "ลำดับบ้าน": "1",
            "ความต้องการ/อยู่ที่เดิม": "1",
            "ความต้องการ/เช่า": "1",
            "ความต้องการ/ทำนา": "0",
            "_uuid": "a",
        }
    ]
    report = take(as_csv(tmp_path / "ครัวเรือน.csv", rows))
    assert report["new"] == 1 and wished(take) == [(["stay", "rent"], None)]


def test_with_the_question_itself_its_columns_are_left_alone(take: Intake, tmp_path: Path) -> None:
    rows = [row | {"ต้องการ/wants": "stay move"} for row in KOBO[:1]]
    take(as_csv(tmp_path / "ครัวเรือน.csv", rows))
    assert wished(take) == [(["stay", "move"], ["canal"])]


# Figures that only look like it: numbers of people, a question that is none of ours, one choice alone.
NOT_CHOICES: list[dict[str, str]] = [
    {"members/men": "1", "members/women": "0"},
    {"wants/stay": "2", "wants/rent": "0"},
    {"toilets/stay": "1", "toilets/rent": "0"},
    {"wants/a": "1", "wants/b": "0", "wants/rent": "1"},
    {"wants/stay": "1"},
    {"wants/stay": "0", "wants/rent": "0"},
]


@pytest.mark.parametrize("columns", NOT_CHOICES, ids=str)
def test_figures_that_are_no_answers_stay_figures(
    take: Intake, tmp_path: Path, columns: dict[str, str]
) -> None:
    rows = [{"ชุมชน": "ก", "ลำดับบ้าน": "1"} | columns]
    report = take(as_csv(tmp_path / "ครัวเรือน.csv", rows))
    assert report["new"] == 1 and wished(take) == [(None, None)]
    extra = take.store.read_table(NETWORK, "household").to_pylist()[0]["extra"]
    assert json.loads(extra or "{}") == columns


@pytest.mark.parametrize(
    ("file", "type_name"),
    [("reach_raw_household_survey.csv", None), ("ona_export_geopoint.csv", "facility"), ("ona_nested_repeats.csv", "facility"), ("kobo_all_geo_types.json", "facility"),
     ("odk_submission_gps.xml", "facility"), ("cadasta_import_wkt.csv", "household")],
)  # fmt: skip
def test_no_real_export_asks_about_what_its_server_added(
    take: Intake, file: str, type_name: str | None
) -> None:
    found = take.examine(real(f"survey/{file}"), type=type_name)
    asked = {problem.column for problem in found.problems if problem.column and problem.likely}
    assert not [column for column in asked if beside_answers(column)]
    mapped = {column for part in found.parts for column in part.fields.values()}
    assert not [column for column in mapped if by_server(column)]


@pytest.mark.parametrize("nothing", ["[null, null]", "[null,null]", "null null", "[]", "NA NA", None])
@pytest.mark.parametrize("ending", ["csv", "json"])
def test_a_household_without_a_place_is_taken_where_another_has_one(
    take: Intake, tmp_path: Path, ending: str, nothing: str | None
) -> None:
    rows = [
        {"community": "ก", "house_seq": str(n), "_uuid": f"u{n}", "_geolocation": place}
        for n, place in enumerate(("[13.75, 100.5]", nothing), 1)
    ]
    if ending == "csv":
        file = as_csv(tmp_path / "ครัวเรือน.csv", [{k: v or "" for k, v in row.items()} for row in rows])
    else:
        places = [[13.75, 100.5], [None, None] if nothing == "[null,null]" else nothing]
        file = tmp_path / "ครัวเรือน.json"
        told = [row | {"_geolocation": place} for row, place in zip(rows, places, strict=True)]
        file.write_text(json.dumps(told), encoding="utf-8")
    report = take(file)
    assert (report["new"], report["quarantined"], report["unplaced"]) == (2, 0, 1), report["problems"]
