# ruff: noqa: E501 - rows of test data, one a line.
"""Kobo and ODK exports: the members of a repeat sheet become members of their household."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
import xlsxwriter

from gis.formats import ReadOptions, read
from surveys import records
from surveys.intake.attached import import_folder
from surveys.intake.kept_out import write_xlsx
from surveys.intake.mapping import map_columns
from surveys.intake.plan import LayerPlan, open_layer
from surveys.intake.repeats import links, with_parent
from tests import workbooks
from tests.conftest import NETWORK, Intake

Rows = list[dict[str, Any]]
MAIN: Rows = [
    {"ชุมชน": "ก", "ลำดับบ้าน": 1, "หัวหน้าครัวเรือน": "นายหนึ่ง", "_uuid": "u1", "_index": 1, "KEY": "uuid:u1"},
    {"ชุมชน": "ก", "ลำดับบ้าน": 1, "หัวหน้าครัวเรือน": "นายสอง", "_uuid": "u2", "_index": 2, "KEY": "uuid:u2"},
    {"ชุมชน": "ก", "ลำดับบ้าน": 2, "หัวหน้าครัวเรือน": "นายสาม", "_uuid": "u3", "_index": 3, "KEY": "uuid:u3"},
]
MEMBERS: Rows = [
    {"ชื่อ": name, "อาชีพ": "ค้าขาย", "_parent_index": at, "_submission__uuid": f"u{at}", "PARENT_KEY": f"uuid:u{at}", "_index": n}
    for n, (name, at) in enumerate([("ก1", 2), ("ก2", 1), ("ก3", 2), ("ก4", 3)], 1)
]  # fmt: skip


def workbook(path: Path, **sheets: Rows) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            headings = list(rows[0])
            sheet.write_row(0, 0, headings)
            for n, row in enumerate(rows, 1):
                sheet.write_row(n, 0, [row[heading] for heading in headings])
    return path


def only(rows: Rows, *names: str) -> Rows:
    return [{name: row[name] for name in names} for row in rows]


def households_of_members(take: Intake) -> dict[str, tuple[str, str]]:
    """The house and household of each member by name."""
    rows = take.store.read_table(NETWORK, "member").to_pylist()
    return {row["name"]: (row["house_seq"], row["household_no"]) for row in rows}


@pytest.mark.parametrize(
    "link", [("_index", "_parent_index"), ("_uuid", "_submission__uuid"), ("KEY", "PARENT_KEY")]
)
@pytest.mark.parametrize("first", ["household", "member"])
def test_members_go_to_their_household(
    take: Intake, tmp_path: Path, link: tuple[str, str], first: str
) -> None:
    sheets = {
        "household": only(MAIN, "ชุมชน", "ลำดับบ้าน", "หัวหน้าครัวเรือน", link[0]),
        "member": only(MEMBERS, "ชื่อ", "อาชีพ", link[1]),
    }
    order = sheets if first == "household" else dict(reversed(sheets.items()))
    report = take(workbook(tmp_path / "kobo.xlsx", **order))
    assert (report["quarantined"], report["new"]) == (0, 7), report["problems"]
    # The second family of house 1 is household 2, though neither sheet says so.
    assert households_of_members(take) == {
        "ก1": ("1", "2"),
        "ก2": ("1", "1"),
        "ก3": ("1", "2"),
        "ก4": ("2", "1"),
    }


def test_a_household_whose_number_cell_says_nothing_is_found(take: Intake, tmp_path: Path) -> None:
    sheets = {
        "household": [
            row | {"ครัวเรือนที่": said}
            for row, said in zip(
                only(MAIN, "ชุมชน", "ลำดับบ้าน", "หัวหน้าครัวเรือน", "_index"), ("-", "ไม่ทราบ", "4"), strict=True
            )
        ],
        "member": only(MEMBERS, "ชื่อ", "_parent_index"),
    }
    report = take(workbook(tmp_path / "kobo.xlsx", **sheets))
    assert (report["quarantined"], report["new"]) == (0, 7), report["problems"]
    assert households_of_members(take) == {
        "ก1": ("1", "2"),
        "ก2": ("1", "1"),
        "ก3": ("1", "2"),
        "ก4": ("2", "4"),
    }


def test_members_take_the_number_that_their_household_is_given(take: Intake, tmp_path: Path) -> None:
    """Whoever knows what numbers the households here have says so; the members follow."""
    sheets = {
        "household": only(MAIN, "ชุมชน", "ลำดับบ้าน", "_index"),
        "member": only(MEMBERS, "ชื่อ", "_parent_index"),
    }
    book = workbook(tmp_path / "kobo.xlsx", **sheets)
    reading = read(book, book.name, ReadOptions(), tmp_path / "work")
    household, member = reading.layers
    columns = map_columns(records.ALL["household"], household.columns)
    parent = LayerPlan(household, records.ALL["household"], columns, None, False)
    link = links(reading.layers, open_layer)["member"]
    kept, _ = with_parent(member, link, parent, open_layer, lambda *_: pa.array(["7", "8", "9"]))
    assert open_layer(kept).read_all()["ครัวเรือนที่"].to_pylist() == ["8", "7", "8", "9"]
    ordered, _ = with_parent(member, link, parent, open_layer)
    assert open_layer(ordered).read_all()["ครัวเรือนที่"].to_pylist() == ["2", "1", "2", "1"]


def test_the_same_export_again_changes_nothing(take: Intake, tmp_path: Path) -> None:
    sheets = {"household": only(MAIN, "ชุมชน", "ลำดับบ้าน", "หัวหน้าครัวเรือน", "_uuid", "_index"),
              "member": only(MEMBERS, "ชื่อ", "_parent_index", "_index")}  # fmt: skip
    take(workbook(tmp_path / "kobo.xlsx", **sheets))
    more = {name: [*rows] for name, rows in sheets.items()}
    more["household"].append(
        {"ชุมชน": "ก", "ลำดับบ้าน": 9, "หัวหน้าครัวเรือน": "นายเก้า", "_uuid": "u9", "_index": 4}
    )
    more["member"].append({"ชื่อ": "ก9", "_parent_index": 4, "_index": 5})
    report = take(workbook(tmp_path / "kobo-2.xlsx", **more))
    assert (report["new"], report["updated"], report["quarantined"]) == (2, 0, 0), report["problems"]
    assert households_of_members(take)["ก9"] == ("9", "1")


@pytest.mark.parametrize("told_by", ["หัวหน้าครัวเรือน", "_uuid"])
def test_members_join_the_household_that_is_here_already(take: Intake, tmp_path: Path, told_by: str) -> None:
    """Sorted otherwise the second time, without numbers: the second family of house 1 stays household 2."""
    columns = ("ชุมชน", "ลำดับบ้าน", told_by)
    take(workbook(tmp_path / "first.xlsx", household=only(MAIN, *columns)))
    later = [row | {"_index": n} for n, row in enumerate(only([MAIN[1], MAIN[0]], *columns), 1)]
    people = [{"ชื่อ": "ของสอง", "_parent_index": 1}, {"ชื่อ": "ของหนึ่ง", "_parent_index": 2}]
    report = take(workbook(tmp_path / "second.xlsx", household=later, member=people))
    assert (report["new"], report["quarantined"]) == (2, 0), report["problems"]
    assert households_of_members(take) == {"ของสอง": ("1", "2"), "ของหนึ่ง": ("1", "1")}
    assert take.store.counts(NETWORK)["household"] == 3


def test_a_member_whose_parent_is_not_there_is_kept_out(take: Intake, tmp_path: Path) -> None:
    sheets = {"household": only(MAIN, "ชุมชน", "ลำดับบ้าน", "_index"),
              "member": [*only(MEMBERS, "ชื่อ", "_parent_index"), {"ชื่อ": "หลง", "_parent_index": 99}]}  # fmt: skip
    report = take(workbook(tmp_path / "kobo.xlsx", **sheets))
    (said,) = [p for p in report["problems"] if p["severity"] == "quarantine"]
    assert report["quarantined"] == 1 and (said["code"], said["row"]) == ("parent_missing", 6)


# Two exports put together: both number their households from 1.
PASTED: Rows = [
    {"ชุมชน": "ก", "ลำดับบ้าน": 1, "หัวหน้าครัวเรือน": "นายหนึ่ง", "_index": 1},
    {"ชุมชน": "ก", "ลำดับบ้าน": 2, "หัวหน้าครัวเรือน": "นายสอง", "_index": 2},
    {"ชุมชน": "ก", "ลำดับบ้าน": 3, "หัวหน้าครัวเรือน": "นายสาม", "_index": 1},
]
PEOPLE: Rows = [{"ชื่อ": "ลูกหนึ่ง", "_parent_index": 1}, {"ชื่อ": "ลูกสอง", "_parent_index": 2}]


@pytest.mark.parametrize("house", [3, 1])
def test_members_of_one_of_several_households_of_a_number_are_kept_out_and_can_be_mended(
    take: Intake, tmp_path: Path, house: int
) -> None:
    """Also where both are families of one house."""
    pasted = [*PASTED[:2], PASTED[2] | {"ลำดับบ้าน": house}]
    report = take(workbook(tmp_path / "kobo.xlsx", household=pasted, member=PEOPLE))
    (said,) = [p for p in report["problems"] if p["severity"] == "quarantine"]
    assert (report["new"], said["code"], said["row"]) == (4, "parent_ambiguous", 2)
    assert households_of_members(take) == {"ลูกสอง": ("2", "1")}
    target = tmp_path / "mended.xlsx"
    write_xlsx(import_folder(take.store, report["import_id"]), target)
    book = openpyxl.load_workbook(target)
    (sheet,) = book.worksheets
    headings = [cell.value for cell in sheet[1]]
    number = "2" if house == 1 else "1"
    for heading, text in (("ชุมชน", "ก"), ("ลำดับบ้าน", str(house)), ("ครัวเรือนที่", number)):
        sheet.cell(2, headings.index(heading) + 1).value = text
    book.save(target)
    again = take(target)
    assert (again["new"], again["quarantined"]) == (1, 0), again["problems"]
    assert households_of_members(take) == {"ลูกหนึ่ง": (str(house), number), "ลูกสอง": ("2", "1")}


# What a row that repeats the number of another is, so that the members of both are told all the same.
ONE_HOUSEHOLD: list[tuple[Rows, str]] = [
    # The same export twice.
    ([PASTED[0], PASTED[1], PASTED[0], PASTED[1]], "equal"),
    ([row | {"ครัวเรือนที่": 1} for row in (PASTED[0], PASTED[1], PASTED[0] | {"หัวหน้าครัวเรือน": "นายหนึ่ง ก."})],
     "the same household, said otherwise"),
]  # fmt: skip


@pytest.mark.parametrize("rows", [case[0] for case in ONE_HOUSEHOLD], ids=[case[1] for case in ONE_HOUSEHOLD])
def test_a_household_that_stands_twice_is_still_one(take: Intake, tmp_path: Path, rows: Rows) -> None:
    report = take(workbook(tmp_path / "kobo.xlsx", household=rows, member=PEOPLE))
    assert "parent_ambiguous" not in report["problem_counts"]
    assert households_of_members(take) == {"ลูกหนึ่ง": ("1", "1"), "ลูกสอง": ("2", "1")}


def test_a_member_with_an_id_and_no_household_in_the_file_is_kept_out_unless_it_is_here(
    take: Intake, tmp_path: Path
) -> None:
    """Its household cannot be told from the file; where the member is here already it is known."""
    sheets = {"household": only(MAIN, "ชุมชน", "ลำดับบ้าน", "KEY"),
              "member": [{"ชื่อ": "ก1", "PARENT_KEY": "uuid:u2", "KEY": "uuid:u2/members[1]"},
                         {"ชื่อ": "หลง", "PARENT_KEY": "uuid:x", "KEY": "uuid:x/members[1]"}]}  # fmt: skip
    report = take(workbook(tmp_path / "central.xlsx", **sheets))
    assert (report["quarantined"], report["problem_counts"]["parent_missing"]) == (1, 1)
    again = {"household": sheets["household"][2:], "member": [sheets["member"][0] | {"ชื่อ": "ก2"}]}
    report = take(workbook(tmp_path / "later.xlsx", **again))
    assert (report["quarantined"], report["updated"]) == (0, 1), report["problems"]
    assert households_of_members(take) == {"ก2": ("1", "2")}


def test_layers_that_are_no_repeats_stay_as_they_are(take: Intake, tmp_path: Path) -> None:
    sheets = {"household": only(MAIN, "ชุมชน", "ลำดับบ้าน", "_index"),
              "road": [{"รหัสถนน": "r1", "ชื่อถนน": "ซอย 1", "_index": 1}]}  # fmt: skip
    report = take(workbook(tmp_path / "two.xlsx", **sheets))
    assert {part["type"]: part["new"] for part in report["parts"]} == {"household": 3, "road": 1}


def zipped(path: Path, members: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_members_of_odk_central_find_a_household_that_is_told_within_a_group(
    take: Intake, tmp_path: Path
) -> None:
    """Central writes groups with "-", which the table of a repeat has nowhere."""
    file = zipped(tmp_path / "hh.zip", {
        "hh.csv": "SubmissionDate,id-community,id-house_seq,head_name,SET-OF-members,KEY\n2025-10-12T01:00:00Z,ก,1,นายเอ,uuid:1/members,uuid:1\n",
        "hh-members.csv": "name,surname,PARENT_KEY,KEY,SET-OF-members\nเอ,หนึ่ง,uuid:1,uuid:1/members[1],uuid:1/members\n",
    })  # fmt: skip
    report = take(file)
    assert (report["new"], report["quarantined"]) == (2, 0)
    # The names of the repeats' rows are no numbers of people, and nobody is asked about them.
    assert set(report["problem_counts"]) == {"community_unknown"}
    assert households_of_members(take) == {"เอ": ("1", "1")}
    extra = [take.store.read_table(NETWORK, name).to_pylist()[0]["extra"] for name in ("household", "member")]
    assert [set(json.loads(text)) for text in extra] == [
        {"SubmissionDate", "SET-OF-members"},
        {"PARENT_KEY", "SET-OF-members"},
    ]


def told_by_form(path: Path, repeat: str) -> Path:
    """An export whose headings are names of questions, and the form that says what they ask."""
    survey: list[list[workbooks.Cell]] = [
        ["type", "name", "label::ไทย (th)"], ["begin_group", "g1", "ที่ตั้ง"], ["text", "q1", "ชุมชน"], ["integer", "q2", "ลำดับบ้าน"],
        ["end_group", None, None], ["text", "q3", "ชื่อหัวหน้าครัวเรือน"], ["begin_repeat", repeat, "สมาชิก"], ["text", "n1", "ชื่อ"],
        ["text", "n2", "นามสกุล"], ["end_repeat", None, None],
    ]  # fmt: skip
    data: dict[str, list[list[workbooks.Cell]]] = {
        "แบบสำรวจ": [["g1/q1", "g1/q2", "q3", "_uuid", "_index"], ["ก", 1, "นายเอ", "u1", 1], ["ก", 2, "นายบี", "u2", 2]],
        repeat: [
            [f"{repeat}/n1", f"{repeat}/n2", "_index", "_parent_table_name", "_parent_index"],
            ["เอ", "หนึ่ง", 1, "แบบสำรวจ", 2], ["บี", "หนึ่ง", 2, "แบบสำรวจ", 1],
        ],
    }  # fmt: skip
    return zipped(
        path,
        {"form.xlsx": workbooks.xlsx({"survey": survey}), "data.xlsx": workbooks.xlsx(data)},
    )


@pytest.mark.parametrize("repeat", ["members", "r1"])
def test_members_find_their_household_where_only_the_form_tells_the_questions(
    take: Intake, tmp_path: Path, repeat: str
) -> None:
    report = take(told_by_form(tmp_path / "แบบ.zip", repeat))
    assert {part["type"]: part["new"] for part in report["parts"]} == {"household": 2, "member": 2}
    assert households_of_members(take) == {"เอ": ("2", "1"), "บี": ("1", "1")}


@pytest.mark.parametrize("repeat", ["members", "r1"])
def test_members_alone_are_asked_for_and_told_by_their_households(
    take: Intake, tmp_path: Path, repeat: str
) -> None:
    file = told_by_form(tmp_path / "แบบ.zip", repeat)
    report = take(file, layers={repeat: "member"})
    assert {part["type"]: part["new"] for part in report["parts"]} == {"member": 2}
    assert households_of_members(take) == {"เอ": ("2", "1"), "บี": ("1", "1")}
    assert take.store.counts(NETWORK).get("household", 0) == 0
    # What was said of one sheet is not said of the file when it comes again.
    assert {part["type"] for part in take(file)["parts"]} == {"household", "member"}
