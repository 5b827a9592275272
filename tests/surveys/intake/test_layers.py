"""Several layers of one file: the same record in two of them is taken once, the other row is given back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import xlsxwriter

from surveys.words import normal
from tests.conftest import NETWORK, Intake

HEADINGS = ("ชุมชน", "ลำดับบ้านในผัง", "ครัวเรือนที่", "จำนวนสมาชิก")


def _workbook(path: Path, sheets: dict[str, list[tuple[str, ...]]]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for n, row in enumerate([HEADINGS, *rows]):
                sheet.write_row(n, 0, row)
    return path


def test_a_household_on_two_sheets_is_taken_once(take, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    sheets = {
        "หนึ่ง": [("ริมคลอง", "1", "1", "4"), ("ริมคลอง", "2", "1", "3")],
        "สอง": [("ริมคลอง", "2", "1", "5")],
    }
    report = take(_workbook(tmp_path / "ครัวเรือน.xlsx", sheets), type="household")
    assert (report["taken"], report["quarantined"]) == (2, 1)
    told = [p for p in report["problems"] if p["code"] == "key_repeated"]
    assert [(p["layer"], p["row"], p["value"]) for p in told] == [("สอง", 2, "หนึ่ง")]


@pytest.mark.parametrize(
    ("written", "kept"),
    [("น้ำ", "น้ำ"), ("น้\u0e4d\u0e32", "น้ำ"), ("น\u0e4d้\u0e32", "น้ำ"), ("สํานักงาน", "สำนักงาน"), (" ก  ข ", "ก ข")],
)  # fmt: skip
def test_sara_am_is_kept_whole(written: str, kept: str) -> None:
    assert normal(written) == kept


def test_a_record_two_sheets_name_in_other_words_is_taken_once(take, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """One sheet names it by the id of another program, the other by its number."""
    known = "11111111-1111-1111-1111-111111111110"
    first = [{"house_number": "1/1", "ชุมชน": "ริมคลอง", "_uuid": known, "note": "ก่อน"}]
    take.rows(first, "house.csv", type="house")
    with xlsxwriter.Workbook(str(tmp_path / "บ้าน.xlsx")) as book:
        for name, rows in {
            "หนึ่ง": [("house_number", "ชุมชน", "note", "_uuid"), ("1/1", "ริมคลอง", "ใหม่", known)],
            "สอง": [("house_number", "ชุมชน", "note"), ("1/1", "ริมคลอง", "อื่น"), ("8/8", "ริมคลอง", "ใหม่")],
        }.items():
            sheet = book.add_worksheet(name)
            for n, row in enumerate(rows):
                sheet.write_row(n, 0, row)
    report = take(tmp_path / "บ้าน.xlsx", type="house")
    assert (report["updated"], report["new"], report["quarantined"]) == (1, 1, 1)
    told = [p for p in report["problems"] if p["code"] == "key_repeated"]
    assert [(p["layer"], p["row"], p["value"]) for p in told] == [("สอง", 2, "หนึ่ง")]


HOUSE = ("ชุมชน", "ลำดับบ้าน", "บ้านเลขที่", "lat", "lon", "source_id")


def _houses(path: Path, sheets: Mapping[str, Sequence[tuple[str, ...]]]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for n, row in enumerate([HOUSE, *rows]):
                sheet.write_row(n, 0, row)
    return path


def test_a_row_id_of_a_sheet_is_not_taken_for_a_number_of_ours(take: Intake, tmp_path: Path) -> None:
    houses = [("K1", str(n), str(n), "", "", f"a{n}") for n in range(1, 4)]
    take(_houses(tmp_path / "a.xlsx", {"house": houses}), type="house")
    numbers = take.store.read_table(NETWORK, "house", ["fid", "house_seq"]).to_pylist()
    (third,) = [str(row["fid"]) for row in numbers if row["house_seq"] == "3"]
    sheets = {
        "one": [("K1", "3", "3/1", "", "", "a3")],
        "two": [("K2", "7", "7", "", "", third), ("K2", "8", "8", "", "", "b8")],
    }
    report = take(_houses(tmp_path / "b.xlsx", sheets), type="house")
    assert (report["updated"], report["new"], report["quarantined"]) == (1, 2, 0), report["problems"]


# Why a row of the first sheet is kept out; the second sheet has the same house, sound.
KEPT_OUT = [
    (("K1", "1", "1", "0", "0", ""), "null_island"),
    (("K1", "1", "1", "45", "100.5", ""), "outside_bounds"),
]


@pytest.mark.parametrize(("row", "code"), KEPT_OUT)
def test_a_row_that_is_kept_out_keeps_no_later_sheet_out(
    take: Intake, tmp_path: Path, row: tuple[str, ...], code: str
) -> None:
    sound = ("K1", "1", "1", "13.7", "100.5", "")
    file = _houses(
        tmp_path / "b.xlsx", {"one": [row], "two": [sound], "three": [(*sound[:2], "9", *sound[3:])]}
    )
    report = take(file, type="house")
    told = [(p["code"], p["layer"], p["value"]) for p in report["problems"] if p["severity"] == "quarantine"]
    assert (report["new"], report["quarantined"]) == (1, 2)
    # The third sheet repeats the one that was taken.
    assert [(one[0], one[1]) for one in told] == [(code, "one"), ("key_repeated", "three")]
    assert told[1][2] == "two"
