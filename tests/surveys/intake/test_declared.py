"""How many households communities report, against those that come in and those that are here."""

from __future__ import annotations

from typing import Any

import pytest

from surveys import view
from surveys.counting import REPORTED
from tests.conftest import NETWORK, Intake
from tests.workbooks import Sheets, xlsx

CODES = ("more_than_declared", "fewer_than_declared")


def communities(state: str = "รอคืนข้อมูล", **reported: int | None) -> list[dict[str, Any]]:
    return [
        {"ชื่อชุมชน": name, "จำนวนครัวเรือนที่แจ้ง": number, "สถานะการสำรวจ": state}
        for name, number in reported.items()
    ]


def households(start: int = 1, **counts: int) -> list[dict[str, Any]]:
    return [
        {"ชุมชน": name, "ลำดับบ้านในผัง": n, "ครัวเรือนที่": 1, "จำนวนสมาชิก": 3}
        for name, count in counts.items()
        for n in range(start, start + count)
    ]


def said(report: dict[str, Any]) -> list[tuple[str, int | None, str]]:
    return [(p["code"], p["row"], p["value"]) for p in report["problems"] if p["code"] in CODES]


# What communities report, what is here before, what the file brings: what is said of it.
CASES = [
    ({"ก": 3}, {}, {"ก": 3}, []),
    ({"ก": 3}, {}, {"ก": 4}, [("more_than_declared", 2, "4")]),
    ({"ก": 3}, {}, {"ก": 2}, [("fewer_than_declared", None, "1")]),
    ({"ก": None}, {}, {"ก": 2}, []),
    ({"ก": 0}, {}, {"ก": 2}, [("more_than_declared", 2, "2")]),
    # Of a community that the file does not speak of nothing is said.
    ({"ก": 1, "ข": 1}, {"ข": 5}, {"ก": 1}, []),
    # What is here counts too; another spelling is the same community.
    ({"ก": 3}, {"ก": 3}, {"ชุมชน ก": 1}, [("more_than_declared", 2, "4")]),
    (
        {"ก": 1, "ข": 9, "ค": 9},
        {},
        {"ค": 1, "ก": 2, "ข": 3},
        [("more_than_declared", 3, "2"), ("fewer_than_declared", None, "2")],
    ),
]


@pytest.mark.parametrize(("reported", "here", "brought", "expected"), CASES)
def test_households_that_come_in(
    take: Intake, reported: dict[str, Any], here: dict[str, int], brought: dict[str, int], expected: Any
) -> None:
    take.rows(communities(**reported), "ชุมชน.csv", type="community")
    if here:
        take.rows(households(**here), "before.csv", type="household")
    report = take.rows(households(start=100, **brought), "ครัวเรือน.csv", type="household")
    assert said(report) == expected
    assert report["taken"] == sum(brought.values())


def test_a_community_that_comes_in_is_held_against_the_households_here(take: Intake) -> None:
    take.rows(households(ก=4, ข=2, ค=1), "ครัวเรือน.csv", type="household")
    report = take.rows(communities(ก=3, ข=5, ค=1, ง=7), "ชุมชน.csv", type="community")
    assert said(report) == [("more_than_declared", 2, "4"), ("fewer_than_declared", None, "1")]
    more, fewer = (p for p in report["problems"] if p["code"] in CODES)
    assert (more["column"], more["field"]) == ("จำนวนครัวเรือนที่แจ้ง", REPORTED)
    assert "ชุมชน “ก” แจ้งไว้ 3 ครัวเรือน แต่มีในระบบรวมไฟล์นี้ 4 ครัวเรือน" in more["message_th"]
    assert "“ก” reported 3 households; with this file there are 4" in more["message_en"]
    assert "“ข” แจ้ง 5 มี 2" in fewer["message_th"] and "“ข” reported 5, 2 here" in fewer["message_en"]
    # Once the number is corrected there is nothing to say.
    assert said(take.rows(communities(ก=4, ข=2), "ชุมชน.csv", type="community")) == []


def test_a_workbook_of_communities_and_households_is_held_against_itself(take: Intake) -> None:
    file = take.folder / "สำรวจ.xlsx"
    sheets: Sheets = {
        "ครัวเรือน": [["ชุมชน", "ลำดับบ้านในผัง", "ครัวเรือนที่"], ["ก", 1, 1], ["ก", 2, 1], ["ข", 1, 1]],
        "ชุมชน": [["ชื่อชุมชน", "จำนวนครัวเรือนที่แจ้ง", "สถานะการสำรวจ"], ["ก", 1, ""], ["ข", 40, "ชุมชนรับรองแล้ว"]],
    }
    file.write_bytes(xlsx(sheets))
    report = take(file, layers={"ครัวเรือน": "household", "ชุมชน": "community"})
    assert said(report) == [("more_than_declared", 2, "2"), ("fewer_than_declared", None, "1")]


def test_many_communities_that_are_not_finished_are_one_remark(take: Intake) -> None:
    names = [f"ชุมชน {n}" for n in range(1, 21)]
    take.rows(communities(**dict.fromkeys(names, 9)), "ชุมชน.csv", type="community")
    report = take.rows(households(**dict.fromkeys(names, 2)), "ครัวเรือน.csv", type="household")
    assert said(report) == [("fewer_than_declared", None, "20")]
    (remark,) = (p for p in report["problems"] if p["code"] in CODES)
    assert remark["message_th"].count("แจ้ง 9 มี 2") == 3 and remark["message_th"].endswith("…")


@pytest.mark.parametrize("state", ["", "รู้จักแต่ยังไม่สำรวจ", "กำลังสำรวจ", "ข้อมูลเก่า"])
def test_fewer_than_reported_is_no_fault_while_the_survey_goes_on(take: Intake, state: str) -> None:
    take.rows(communities(state, ก=3), "ชุมชน.csv", type="community")
    assert said(take.rows(households(ก=2), "ครัวเรือน.csv", type="household")) == []
    assert said(take.rows(households(start=7, ก=2), "อีก.csv", type="household")) == [
        ("more_than_declared", 2, "4")
    ]


def test_a_new_version_of_a_household_is_no_second_one(take: Intake) -> None:
    take.rows(communities(ก=2, ข=9), "ชุมชน.csv", type="community")
    rows = households(ก=2)
    take.rows([{"_uuid": f"{n:032x}", **row} for n, row in enumerate(rows)], "a.csv", type="household")
    again = [row | {"จำนวนสมาชิก": 5, "_uuid": f"{n:032x}"} for n, row in enumerate(rows)]
    assert said(take.rows(again, "b.csv", type="household")) == []


def test_it_is_the_coverage_that_the_analysis_says(take: Intake) -> None:
    take.rows(communities(ก=2, ข=5), "ชุมชน.csv", type="community")
    report = take.rows(households(ก=3, ข=2), "ครัวเรือน.csv", type="household")
    table = view.answer(take.store, NETWORK, take.actor, "completeness").table.set_index("community")
    assert said(report) == [
        ("more_than_declared", 2, str(table.loc["ก", "households"])),
        ("fewer_than_declared", None, str(int((table["coverage"] < 1).sum()))),
    ]
