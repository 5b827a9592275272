"""Rows with more or fewer cells than the heading: nothing of them is lost, and none comes back unmended."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from surveys.intake.accept import import_folder
from surveys.intake.kept_out import write_xlsx
from surveys.intake.mapping import EXTRA, OF_FILE
from surveys.intake.returned import came_back
from tests.conftest import NETWORK, Intake

HEADINGS = ["ชุมชน", "ลำดับบ้าน", "ครัวเรือนที่", "ชื่อหัวหน้าครัวเรือน", "รายได้", "จำนวนสมาชิก", "หมายเหตุ"]
SOUND = ["กอไผ่", "1", "1", "นายปกติ ดี", "9000", "4", "ok"]
LONG = ["กอไผ่", "2", "1", "นายเกิน เซลล์", "12", "500", "4", "อยู่ริมน้ำ"]
SHORT = ["กอไผ่", "3", "1", "นายขาด เซลล์", "7000"]
BEYOND = EXTRA.format(number=1)
Row = dict[str, str | None]


def send(take: Intake, *rows: list[str], between: str = ",") -> dict[str, Any]:
    lines = [between.join(row) for row in (HEADINGS, SOUND, *rows)]
    file = take.folder / ("rag.csv" if between == "," else "rag.tsv")
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return take(file)


def workbook(take: Intake, number: int) -> Path:
    target = take.folder / f"kept-{next(take.numbers)}.xlsx"
    write_xlsx(import_folder(take.store, number), target, came_back(take.store, NETWORK, number))
    return target


def rows_of(file: Path) -> list[Row]:
    head, *rows = openpyxl.load_workbook(file).worksheets[0].iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]  # type: ignore[arg-type]


def back(take: Intake, number: int, change: Callable[[Row], Row], to: str = "xlsx") -> dict[str, Any]:
    """Change each row of the workbook of an import (a column left out of all is gone) and send it."""
    rows = [change(row) for row in rows_of(workbook(take, number))]
    file = take.folder / f"back-{next(take.numbers)}.{to}"
    if to == "csv":
        with file.open("w", encoding="utf-8", newline="") as text:
            csv.writer(text).writerows([[*rows[0]], *([cell or "" for cell in row.values()] for row in rows)])
        return take(file)
    book = openpyxl.Workbook()
    for cells in ([*rows[0]], *(list(row.values()) for row in rows)):
        book.worksheets[0].append(cells)
    book.save(file)
    return take(file)


def incomes(take: Intake) -> dict[str, tuple[int, int, str | None]]:
    table = take.store.read_table(NETWORK, "household").to_pylist()
    return {row["house_seq"]: (row["income"], row["people"], row["note"]) for row in table}


GOOD = {"1": (9000, 4, "ok")}


@pytest.mark.parametrize("between", [",", "\t"])
def test_nothing_of_a_row_with_too_many_cells_disappears(take: Intake, between: str) -> None:
    report = send(take, LONG, SHORT, [*LONG[:1], "4", *LONG[2:], "ก", "", "ข"], between=between)
    assert (report["new"], report["quarantined"], report["problem_counts"]["ragged_row"]) == (1, 3, 3)
    first, short, longer = rows_of(workbook(take, report["import_id"]))
    head = [*first]
    extras = [EXTRA.format(number=n) for n in range(1, 5)]
    assert head[6:17] == [*HEADINGS, *extras]
    assert [first[name] for name in head[6:17]] == [*LONG, None, None, None]
    assert [short[name] for name in head[6:17]] == [*SHORT, *[None] * 6]
    assert [longer[name] for name in extras] == ["อยู่ริมน้ำ", "ก", None, "ข"]


def move(row: Row) -> Row:
    """Put the cells of a long row where they belong."""
    return row | {"รายได้": "12500", "จำนวนสมาชิก": "4", "หมายเหตุ": "อยู่ริมน้ำ", BEYOND: None}


def without(*gone: str) -> Callable[[Row], Row]:
    return lambda row: {name: cell for name, cell in row.items() if name not in gone}


# The row, what is done with it in the workbook, and whether it is taken.
RETURNS: list[tuple[str, list[str], Callable[[Row], Row], bool]] = [
    ("long, as it was", LONG, lambda row: row, False),
    ("long, moved but the extra cell left", LONG, lambda row: move(row) | {BEYOND: "อยู่ริมน้ำ"}, False),
    ("long, its extra column deleted", LONG, without(BEYOND), False),
    ("long, the mark of the file deleted", LONG, without(OF_FILE), False),
    ("long, columns in another order", LONG, lambda row: dict(reversed(row.items())), False),
    ("long, moved", LONG, move, True),
    ("long, moved and the extra column deleted", LONG, lambda row: without(BEYOND)(move(row)), True),
    ("long, the extra cell emptied", LONG, lambda row: row | {BEYOND: " "}, True),
    ("short, as it was", SHORT, lambda row: row, False),
    ("short, blanks added", SHORT, lambda row: row | {"หมายเหตุ": "  ", "ชุมชน": " กอไผ่ "}, False),
    ("short, filled in", SHORT, lambda row: row | {"จำนวนสมาชิก": "3"}, True),
    ("short, said to be blank", SHORT, lambda row: row | {"จำนวนสมาชิก": "-", "หมายเหตุ": "-"}, True),
]


@pytest.mark.parametrize("to", ["xlsx", "csv"])
@pytest.mark.parametrize(
    ("row", "change", "taken"), [one[1:] for one in RETURNS], ids=[one[0] for one in RETURNS]
)
def test_a_row_comes_back_only_mended(
    take: Intake, row: list[str], change: Callable[[Row], Row], taken: bool, to: str
) -> None:
    first = send(take, row)["import_id"]
    report = back(take, first, change, to)
    told = (report["new"], report["quarantined"], report["problem_counts"].get("ragged_row", 0))
    assert told == ((1, 0, 0) if taken else (0, 1, 1))
    assert len(incomes(take)) == 1 + taken
    assert BEYOND not in report["unmapped"]
    waiting = 1 - len(came_back(take.store, NETWORK, first))
    assert waiting == (not taken)


def test_a_row_that_came_back_unmended_is_whole_in_the_next_workbook_too(take: Intake) -> None:
    first = send(take, LONG, SHORT)["import_id"]
    second = back(take, first, lambda row: row)
    assert (second["new"], second["quarantined"], incomes(take)) == (0, 2, GOOD)
    said = [(p["code"], p["row"]) for p in second["problems"] if p["severity"] == "quarantine"]
    assert said == [("ragged_row", 2), ("ragged_row", 3)]
    again = workbook(take, second["import_id"])
    assert [[row[name] for name in (*HEADINGS, BEYOND)] for row in rows_of(again)] == [
        LONG,
        [*SHORT, None, None, None],
    ]
    third = back(take, second["import_id"], lambda row: move(row) if row[BEYOND] else row)
    assert (third["new"], third["quarantined"]) == (1, 1)
    assert incomes(take) == GOOD | {"2": (12500, 4, "อยู่ริมน้ำ")}
    (left,) = rows_of(workbook(take, first))
    assert left["ชื่อหัวหน้าครัวเรือน"] == "นายขาด เซลล์"


def test_what_is_written_beyond_the_workbook_is_kept_beside_what_stood_beyond_the_file(take: Intake) -> None:
    rows = rows_of(workbook(take, send(take, LONG, SHORT)["import_id"]))
    with (take.folder / "back.csv").open("w", encoding="utf-8", newline="") as text:
        csv.writer(text).writerows(
            [[*rows[0]], *([*(cell or "" for cell in row.values()), "จด"] for row in rows)]
        )
    report = take(take.folder / "back.csv")
    assert (report["quarantined"], report["problem_counts"]["ragged_row"]) == (2, 2)
    extras = [BEYOND, EXTRA.format(number=2)]
    again = rows_of(workbook(take, report["import_id"]))
    assert [[row[name] for name in extras] for row in again] == [["อยู่ริมน้ำ", "จด"], ["จด", None]]


def test_the_workbook_of_a_file_that_is_not_confirmed_does_not_come_in_unmended(take: Intake) -> None:
    lines = [",".join(row) for row in (HEADINGS, SOUND, LONG, SHORT)]
    (take.folder / "rag.csv").write_text("\n".join(lines), "utf-8")
    found = take.examine(take.folder / "rag.csv")
    write_xlsx(found.folder, take.folder / "kept.xlsx")
    report = take(take.folder / "kept.xlsx", type="household")
    assert (report["new"], report["quarantined"]) == (0, 2)


@pytest.mark.parametrize(
    "change", [lambda row: row, lambda row: row | {"สภาพบ้าน": "ดี"}], ids=["as it was", "mended"]
)
def test_a_file_may_have_a_column_of_shapes(take: Intake, change: Callable[[Row], Row]) -> None:
    lines = ["wkt,ชุมชน,ลำดับบ้าน,สภาพบ้าน", "POINT (100.5 13.7),กอไผ่,1,ดี", "POINT (100.51 13.71),กอไผ่,2"]
    (take.folder / "house.csv").write_text("\n".join(lines), "utf-8")
    first = take(take.folder / "house.csv")
    assert (first["new"], first["quarantined"]) == (1, 1)
    report = back(take, first["import_id"], change)
    taken = change({}) != {}
    assert (report["new"], report["quarantined"]) == (int(taken), int(not taken))


def test_of_a_long_row_only_the_beginning_is_shown_and_no_part_of_a_national_id(take: Intake) -> None:
    row = ["กอไผ่", "2", "1", "น" * 179, "1101700203450", "4", "ย" * 30_000, "เกิน"]
    first = send(take, row)
    again = back(take, first["import_id"], lambda row: row)
    assert again["quarantined"] == 1
    for report in (first, again):
        (value,) = [one["value"] for one in report["problems"] if one["code"] == "ragged_row"]
        assert 175 < len(value) <= 200 and "1101" not in value
