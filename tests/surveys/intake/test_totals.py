"""Rows of a sheet that are totals: kept out as what they are, and held against the rows above."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from surveys.intake.totals import _Column
from tests.conftest import Intake
from tests.workbooks import xlsx

HEADINGS = ["ชุมชน", "ลำดับบ้านในผัง", "ครัวเรือนที่", "จำนวนสมาชิก", "รายได้ครัวเรือน"]
ROWS: list[list[Any]] = [["ก", 1, 1, 3, 9000], ["ก", 2, 1, 4, 8000.5], ["ข", 1, 1, 5, 7000]]


def sent(take: Intake, rows: Sequence[Sequence[Any]], headings: Sequence[str] = HEADINGS) -> dict[str, Any]:
    file = take.folder / "ครัวเรือน.xlsx"
    file.write_bytes(xlsx({"ครัวเรือน": [headings, *rows]}))
    return take(file, type="household")


def problems(report: dict[str, Any], *codes: str) -> list[tuple[int, str | None, str]]:
    return [(p["row"], p["column"], p["value"]) for p in report["problems"] if p["code"] in codes]


WORDS = [
    "รวม", "รวมทั้งหมด", "รวมทั้งสิ้น", "ยอดรวม", "ผลรวม", " รวม : ", "(รวม)", "Total", "TOTAL", "Grand total", "sub-total",
    "จำนวนรวม",
]  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_a_total_below_the_records_is_kept_out_and_needs_no_mending(take: Intake, word: str) -> None:
    report = sent(take, [*ROWS, [word, None, None, 12, 24000.5]])
    assert (report["taken"], report["quarantined"]) == (3, 1)
    assert problems(report, "total_row") == [(5, None, " ".join(word.split()))]
    # Nothing else is said of it: no unknown community, no number that is too large, no wrong sum.
    assert [p["code"] for p in report["problems"] if p["row"] == 5] == ["total_row"]
    (said,) = (p for p in report["problems"] if p["code"] == "total_row")
    assert said["severity"] == "quarantine"
    assert "แถวรวมยอด" in said["message_th"] and "ไม่ต้องแก้" in said["remedy_th"]
    assert "a total, no record" in said["message_en"] and "Nothing to mend" in said["remedy_en"]


# The rows below the headings, where totals stand, and what does not add up: row, column, as written.
SHEETS: list[tuple[list[list[Any]], list[int], list[tuple[int, str | None, str]]]] = [
    ([*ROWS, ["รวม", None, None, 13, 24000.5]], [5], [(5, "จำนวนสมาชิก", "13")]),
    ([*ROWS, ["รวม", None, None, 12, 24001]], [5], []),
    ([*ROWS, ["รวม", None, None, 12, 24010]], [5], [(5, "รายได้ครัวเรือน", "24010")]),
    ([*ROWS, ["รวม", None, None, "๑๒", "24,000.50 บาท"]], [5], []),
    # How many there are is a total too.
    ([*ROWS, ["รวม", 3, 3, 12, None]], [5], []),
    ([["รวม", None, None, 12, 24000.5], *ROWS], [2], []),
    (
        [*ROWS[:2], ["รวม", None, None, 7, 17000.5], *ROWS[2:], ["รวมทั้งหมด", None, None, 12, 24000.5]],
        [4, 6],
        [],
    ),
    (
        [*ROWS[:2], ["รวม", None, None, 7, 1], *ROWS[2:], ["รวมทั้งหมด", None, None, 11, 24000.5]],
        [4, 6],
        [(4, "รายได้ครัวเรือน", "1"), (6, "จำนวนสมาชิก", "11")],
    ),
    # Numbers before the word: a total only where all add up.
    ([*ROWS, [None, 4, "รวม", 12, 24000.5]], [5], []),
]


@pytest.mark.parametrize(("rows", "expected", "wrong"), SHEETS)
def test_totals_are_held_against_the_rows(
    take: Intake, rows: list[list[Any]], expected: list[int], wrong: list[tuple[int, str | None, str]]
) -> None:
    report = sent(take, rows)
    assert [row for row, *_ in problems(report, "total_row")] == expected
    assert problems(report, "totals_differ") == wrong
    assert (report["taken"], report["quarantined"]) == (3, len(expected))


def test_a_wrong_total_says_both_numbers(take: Intake) -> None:
    report = sent(take, [*ROWS, ["รวม", None, None, "1,013", None]])
    (said,) = (p for p in report["problems"] if p["code"] == "totals_differ")
    assert "เขียนไว้ 1,013 แต่แถวในไฟล์รวมได้ 12" in said["message_th"]
    assert "says 1,013, but its rows add up to 12" in said["message_en"]
    assert said["severity"] == "warn"


# What is no total: more than numbers beside the word, a name that only begins so, an answer, no number at all.
RECORDS: list[list[list[Any]]] = [
    [*ROWS, ["รวมใจ", 1, 1, 12, None]],
    [*ROWS, ["ก", 3, 1, 12, None]],
    [["รวม", n, 1, 2, None] for n in range(1, 6)],
]


@pytest.mark.parametrize("rows", RECORDS)
def test_a_record_is_no_total(take: Intake, rows: list[list[Any]]) -> None:
    report = sent(take, rows)
    assert problems(report, "total_row", "totals_differ") == []
    assert (report["taken"], report["quarantined"]) == (len(rows), 0)


def test_an_answer_that_is_the_word_is_no_total(take: Intake) -> None:
    headings = ["ลำดับบ้านในผัง", "มิเตอร์", "ครัวเรือนที่", "จำนวนสมาชิก"]
    rows = [[1, "แยก", 1, 3], [2, "รวม", 1, 4], [3, "แยก", 1, 2], [4, "รวม", 1, 9]]
    report = sent(take, [["ก", *row] for row in rows], ["ชุมชน", *headings])
    assert (report["taken"], problems(report, "total_row")) == (4, [])


def test_a_place_called_total_is_no_total(take: Intake) -> None:
    report = take.rows(
        [{"ชื่อสถานที่": name, "lat": 13.7, "lon": lon} for name, lon in (("Shell", 100.5), ("Total", 100.6))],
        "สถานที่สำคัญ.csv",
        type="facility",
    )
    assert (report["taken"], report["quarantined"]) == (2, 0)


HOUSEHOLDS = ["ชุมชน", "ลำดับบ้าน", "ครัวเรือนที่", "บ้านเลขที่", "ชื่อ-สกุล", "จำนวนคน"]
TWO: list[list[Any]] = [["มะลิ", 5, 1, "188/68", "นายใหม่ ก", 3], ["มะลิ", 6, 1, "188/69", "นางใหม่ ข", 4]]
N = None
# Rows below two households of three and four people, the word of a total in the cell of something else.
TOTALS: list[list[Any]] = [
    ["มะลิ", "รวม", N, N, N, 7],
    ["มะลิ", "รวม", N, N, N, 8],
    ["มะลิ", "รวม", 2, N, N, 7],
    ["มะลิ", N, N, "รวม", N, 7],
    ["มะลิ", N, N, "รวมทั้งหมด", N, N],
    ["มะลิ", N, N, N, "รวม", 7],
    [N, N, N, N, "รวม 2 ครัวเรือน", 7],
    ["มะลิ", N, N, N, "รวม 2 ครัวเรือน", 7],
    [N, N, N, N, "รวมสมาชิกทั้งหมด", 7],
    ["รวมจำนวนครัวเรือนทั้งสิ้น", N, N, N, N, 7],
    ["รวม", N, N, N, "2 ครัวเรือน", 7],
    ["รวม", N, N, N, "๒ ครัวเรือน", N],
    ["รวม", N, N, N, N, N],
    ["รวม 2 หลังคาเรือน 7 คน", N, N, N, N, N],
    ["รวม ชุมชนมะลิ", N, N, N, N, 7],
    ["รวมชุมชนมะลิ", N, N, N, N, 7],
    ["รวม มะลิ", N, N, N, N, 7],
    ["Total", N, N, N, "2 households", 7],
    ["Total households", N, N, N, N, 7],
    ["Total of ชุมชนมะลิ", N, N, N, N, 7],
    ["มะลิ", "Total: 2 households", N, N, N, 7],
]


@pytest.mark.parametrize("row", TOTALS)
def test_a_total_under_any_heading_is_kept_out_and_names_no_community(take: Intake, row: list[Any]) -> None:
    report = sent(take, [*TWO, row], HOUSEHOLDS)
    assert [n for n, *_ in problems(report, "total_row")] == [4]
    assert (report["taken"], report["quarantined"]) == (2, 1)
    assert {p["value"] for p in report["problems"] if p["code"] == "community_unknown"} == {"มะลิ"}


def test_the_wrong_total_of_a_community_among_others_is_a_total(take: Intake) -> None:
    rows = [*TWO, ["มะลิ", "รวม", N, N, N, 90], ["บัว", 1, 1, "9", "นายใหม่ ค", 5], ["รวม", N, N, N, N, 12]]
    report = sent(take, rows, HOUSEHOLDS)
    assert [n for n, *_ in problems(report, "total_row")] == [4, 6]
    assert (report["taken"], problems(report, "totals_differ")) == (3, [(4, "จำนวนคน", "90")])


# Really called so: a community, a person, a house; the last row of its file, and numbers that add up.
CALLED_SO: list[list[Any]] = [
    ["รวมใจ", 7, 1, "188/70", "นายใหม่ ค", 7],
    ["รวมใจ", 7, 1, N, N, 7],
    ["ชุมชนรวมใจ", 7, 1, N, N, 7],
    ["รวม ใจ", 7, 1, N, N, 7],
    ["รวมมะลิ", 7, 1, N, N, 7],
    ["Total Village", 7, 1, N, N, 7],
    ["มะลิ", 7, 1, "188/70", "รวม", 7],
    ["มะลิ", 7, 1, N, "รวม", 7],
    ["มะลิ", 7, 1, N, "รวม สมมติหนึ่ง", 7],
    ["มะลิ", 7, 1, N, "นายรวม", 7],
    ["มะลิ", 7, 1, N, "Sum", 2],
    ["รวม", 7, 1, "188/70", "นายใหม่ ค", 7],
]


@pytest.mark.parametrize("row", CALLED_SO)
def test_what_is_really_called_so_stays(take: Intake, row: list[Any]) -> None:
    report = sent(take, [*TWO, row], HOUSEHOLDS)
    assert (report["taken"], problems(report, "total_row", "totals_differ")) == (3, [])


def test_a_filling_station_called_total_in_a_community_stays(take: Intake) -> None:
    rows = [
        {"ชุมชน": "มะลิ", "ชื่อสถานที่": name, "lat": 13.7, "lon": lon, "รหัส": code}
        for name, lon, code in (("Shell", 100.5, "1"), ("Total", 100.6, "2"))
    ]
    report = take.rows(rows, "สถานที่สำคัญ.csv", type="facility")
    assert (report["taken"], report["quarantined"]) == (2, 0)


def test_a_total_that_comes_back_with_the_rows_kept_out_is_still_one(take: Intake) -> None:
    from surveys.intake.kept_out import write_xlsx

    file = take.folder / "ครัวเรือน.xlsx"
    file.write_bytes(xlsx({"ครัวเรือน": [HEADINGS, *ROWS, ["รวม", None, None, 12, 24000.5]]}))
    found = take.examine(file, type="household")
    take.accept(found)
    mended = take.folder / "mended.xlsx"
    assert write_xlsx(found.folder, mended) == 1
    again = take(mended)
    assert (again["type"], again["quarantined"], again["taken"]) == ("household", 1, 0)
    assert [row for row, *_ in problems(again, "total_row")] == [2]


def test_the_report_counts_totals_beyond_those_listed(take: Intake) -> None:
    rows = []
    for n in range(1, 121):
        rows += [["ก", 2 * n, 1, n, None], ["ก", 2 * n + 1, 1, n, None], ["ก", 9000 + n, 1, n, None]]
        rows += [["รวม", None, None, 3 * n, None]]
    report = sent(take, rows)
    assert (report["quarantined"], report["taken"]) == (120, 360)
    assert report["problem_counts"]["total_row"] == 120
    assert len(problems(report, "total_row")) == 100
    assert "totals_differ" not in report["problem_counts"]
    json.dumps(report)


def test_very_many_totals_cost_the_time_of_the_rows() -> None:
    """A total below each house of a long list: none goes through all that stands below it."""
    column = _Column(np.ones((500_000, 3)))
    begun = time.process_time()
    for row in range(4, 500_000, 100):
        assert column.between(row - 4, row) == (4.0, 4, 4)
        column.leave_out(row)
    assert time.process_time() - begun < 1.0
    assert column.between(0, 500_000) == (495_000.0, 495_000, 495_000)
