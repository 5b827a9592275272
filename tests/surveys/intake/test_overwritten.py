"""A file that lays older answers over newer ones says so, row by row; one that changes nothing does not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from surveys import custom_fields, edit
from surveys.city import returns
from surveys.custom_fields import NewField
from surveys.edit import Correction
from surveys.intake import overwritten
from surveys.words import words
from tests.conftest import NETWORK, STEWARD, Intake

DAY = "วันที่สำรวจ"


def household(house: int, people: int, day: str, income: str = "9000") -> dict[str, Any]:
    return {"ชุมชน": "เอ", "ลำดับบ้าน": house, "ครัวเรือนที่": 1, "จำนวนสมาชิก": people, DAY: day, "รายได้": income}


def told(report: dict[str, Any], code: str) -> list[dict[str, Any]]:
    return [problem for problem in report["problems"] if problem["code"] == code]


def correct(take: Intake, house: int, meeting: str | None = None, **values: str) -> int:
    rows = take.store.read_table(NETWORK, "household").to_pylist()
    (row,) = [row for row in rows if row["house_seq"] == str(house)]
    correction = Correction("household", row["id"], row["version"], values, "แก้", meeting)
    return edit.correct(take.store, NETWORK, STEWARD, correction).change


def test_an_older_survey_date_is_told_of_each_row_that_changes(take: Intake) -> None:
    take.rows([household(n, 4, "3/3/2569") for n in (1, 2, 3, 4)], "2569.csv")
    rows = [
        household(1, 5, "1/2/2567"), household(2, 4, "3/3/2569"), household(3, 5, "4/3/2569"),
        household(4, 5, ""), household(5, 5, "1/2/2567"),
    ]  # fmt: skip
    report = take.rows(rows, "2567.csv")
    (one,) = told(report, "survey_older")
    assert (one["severity"], one["row"], one["field"], one["column"]) == ("warn", 2, "visit_date", DAY)
    assert one["value"] == "1 ก.พ. 2567 (2024-02-01)"
    assert one["message_th"] == (
        "วันที่สำรวจในไฟล์ 1 ก.พ. 2567 (2024-02-01) เก่ากว่าที่มีอยู่ 3 มี.ค. 2569 ค่าเก่าจะทับค่าใหม่"
    )
    assert "older than that of the record here, 3 Mar 2026" in one["message_en"]
    assert "คงค่าเดิมไว้ รับเฉพาะรายการใหม่" in one["remedy_th"]
    assert "Leave them, take only what is new" in one["remedy_en"]
    assert (report["updated"], report["new"]) == (3, 1)


@pytest.mark.parametrize("existing", ["skip", "refuse"])
def test_what_overwrites_nothing_is_not_warned_of(take: Intake, existing: str) -> None:
    take.rows([household(1, 4, "3/3/2569")], "2569.csv")
    report = take.rows([household(1, 5, "1/2/2567")], "2567.csv", existing=existing)
    assert not told(report, "survey_older") and "survey_older" not in report["problem_counts"]


def test_houses_have_a_survey_date_of_their_own(take: Intake) -> None:
    house = {"ชุมชน": "เอ", "ลำดับบ้าน": 1, "สภาพบ้าน": "ดี", DAY: "3/3/2569"}
    take.rows([house], "house.csv", type="house")
    report = take.rows([house | {DAY: "1/2/2567"}], "house.csv", type="house")
    assert [one["field"] for one in told(report, "survey_older")] == ["survey_date"]


def test_rows_beyond_those_named_are_counted(take: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overwritten, "_NAMED", 2)
    take.rows([household(n, 4, "3/3/2569") for n in range(1, 6)], "2569.csv")
    report = take.rows([household(n, 5, "1/2/2567") for n in range(1, 6)], "2567.csv")
    assert report["problem_counts"]["survey_older"] == 5 and len(told(report, "survey_older")) == 2


def test_a_value_that_was_corrected_at_a_meeting_is_told(take: Intake) -> None:
    take.rows([{"ชื่อชุมชน": "เอ"}], "community.csv", type="community")
    take.rows([household(n, 4, "") for n in (1, 2, 3)], "first.csv")
    (community,) = take.store.read_table(NETWORK, "community", ["id"])["id"].to_pylist()
    meeting = returns.hold(
        take.store, NETWORK, STEWARD, returns.Meeting(community, date(2026, 3, 1), "ศาลา", 12)
    )["id"]
    correct(take, 1, meeting, people="6")
    correct(take, 2, people="7")
    correct(take, 3, people="8", income="8000")
    report = take.rows(
        [household(1, 4, ""), household(2, 7, "", "1"), household(3, 8, "", "9000")], "second.csv"
    )
    first, third = told(report, "was_corrected")
    assert (first["row"], third["row"], report["updated"]) == (2, 4, 3)
    assert first["message_th"].startswith("“จำนวนสมาชิก” มีคนแก้ไขไว้ในเวทีคืนข้อมูลเมื่อ ")
    assert "corrected at a return meeting on " in first["message_en"]
    assert third["message_th"].startswith("“รายได้ครัวเรือน” มีคนแก้ไขไว้เมื่อ ")


def test_an_earlier_correction_is_told_too_and_one_that_something_replaced_is_not(take: Intake) -> None:
    take.rows([household(1, 4, ""), household(2, 4, "")], "first.csv")
    correct(take, 1, people="6")
    correct(take, 1, income="8000")
    correct(take, 2, people="6")
    take.rows([household(2, 5, "")], "second.csv")
    undone = correct(take, 2, people="9")
    edit.take_back(take.store, NETWORK, STEWARD, undone)
    report = take.rows([household(1, 3, "", "8000"), household(2, 3, "")], "third.csv")
    (one,) = told(report, "was_corrected")
    assert (one["row"], report["updated"]) == (2, 2)
    assert one["message_th"].startswith("“จำนวนสมาชิก” ")


def test_a_corrected_value_of_a_field_of_the_networks_own_is_told(take: Intake) -> None:
    new = NewField("household", "stalls", words("จำนวนแผง", "stalls"), "integer")
    custom_fields.add_field(take.store, NETWORK, STEWARD, new)
    rows = [household(n, 4, "") | {"จำนวนแผง": 2} for n in (1, 2)]
    take.rows(rows, "first.csv")
    correct(take, 1, stalls="7")
    take.rows([rows[1] | {"จำนวนแผง": 5}], "second.csv")
    report = take.rows([row | {"จำนวนแผง": 3} for row in rows], "third.csv")
    (one,) = told(report, "was_corrected")
    assert (one["row"], report["updated"]) == (2, 2)
    assert one["message_th"].startswith("“จำนวนแผง” ")
