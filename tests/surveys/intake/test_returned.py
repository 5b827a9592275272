# ruff: noqa: E501 - rows of test data, one a line.
"""Rows that came back mended: struck off the workbook of those kept out, as long as the import that took them stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from surveys.errors import NotFound
from surveys.intake import imports
from surveys.intake.accept import import_folder
from surveys.intake.kept_out import write_xlsx
from surveys.intake.mapping import ADDED_HEADINGS, OF_FILE
from surveys.intake.returned import came_back
from tests.conftest import NETWORK, STEWARD, Intake

ROW = ADDED_HEADINGS[0]
Cells = dict[str, str]


@pytest.fixture
def first(take: Intake, tmp_path: Path) -> int:
    """Two sheets, houses and plots: of each the second and third row are kept out for their place."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    heads = {"บ้าน": ["ชุมชน", "ลำดับบ้าน", "lat", "lon"], "สถานที่": ["ชื่อสถานที่", "รหัส", "lat", "lon"]}
    for name, headings in heads.items():
        sheet = book.create_sheet(name)
        sheet.append(headings)
        for number, lat in ((1, 13.7), (2, 0.5), (3, 45.0)):
            sheet.append(["ก", number, lat, 100.5])
    book.save(tmp_path / "สองชีต.xlsx")
    report = take(tmp_path / "สองชีต.xlsx", layers={"บ้าน": "house", "สถานที่": "facility"})
    assert (report["taken"], report["quarantined"]) == (2, 4)
    return int(report["import_id"])


def workbook(take: Intake, number: int) -> Path:
    target = take.folder / f"kept-{next(take.numbers)}.xlsx"
    write_xlsx(import_folder(take.store, number), target, came_back(take.store, NETWORK, number))
    return target


def listed(take: Intake, number: int) -> dict[str, list[str]]:
    """The rows in the workbook of an import, by sheet; nothing when it has none."""
    try:
        book = openpyxl.load_workbook(workbook(take, number))
    except NotFound:
        return {}
    return {
        sheet.title[2:]: [str(row[0].value) for row in sheet.iter_rows(min_row=2)]
        for sheet in book.worksheets
    }


def send(take: Intake, number: int, change: Callable[[str, Cells], Mapping[str, str] | None]) -> int:
    """Change the rows of a workbook (None: left out) and send it; return the number of the import."""
    source = workbook(take, number)
    book = openpyxl.load_workbook(source)
    for sheet in book.worksheets:
        heads = [str(cell.value) for cell in sheet[1]]
        rows = [dict(zip(heads, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)]
        sheet.delete_rows(2, len(rows))
        for row in rows:
            made = change(sheet.title[2:], row)
            if made is not None:
                sheet.append([made.get(head) for head in heads])
    book.save(source)
    report = take(source, layers={}, type=None)
    return int(report["import_id"])


ALL = {"บ้าน": ["3", "4"], "สถานที่": ["3", "4"]}


def sound(row: Cells) -> dict[str, str]:
    """A place of its own for each row."""
    return row | {"lat": f"13.8{row[ROW]}"}


# What is done with each row of the workbook, and what is in the next one.
CASES: list[tuple[str, Callable[[str, Cells], Mapping[str, str] | None], dict[str, list[str]]]] = [
    ("all mended", lambda _, row: sound(row), {}),
    ("one sheet", lambda sheet, row: sound(row) if sheet == "บ้าน" else row, {"สถานที่": ["3", "4"]}),
    ("one row of one sheet", lambda sheet, row: sound(row) if (sheet, row[ROW]) == ("สถานที่", "4") else row, {"บ้าน": ["3", "4"], "สถานที่": ["3"]}),
    ("one left out", lambda _, row: sound(row) if row[ROW] == "3" else None, {"บ้าน": ["4"], "สถานที่": ["4"]}),
    ("number as a spreadsheet has it", lambda _, row: sound(row) | {ROW: f" {row[ROW]}.0 "}, {}),
    ("number rubbed out", lambda _, row: sound(row) | {ROW: ""}, ALL),
    ("number of a row that was taken", lambda _, row: sound(row) | {ROW: "2"}, ALL),
    ("no number", lambda _, row: sound(row) | {ROW: "สอง"}, ALL),
    ("mark of another file", lambda sheet, row: sound(row) | ({OF_FILE: "0" * 16 + "-1"} if sheet == "สถานที่" else {}), {"สถานที่": ["3", "4"]}),
    ("mark without the part", lambda _, row: sound(row) | {OF_FILE: row[OF_FILE][:16]}, ALL),
]  # fmt: skip


@pytest.mark.parametrize(("change", "still"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_rows_that_came_back_are_in_the_workbook_no_more(
    take: Intake, first: int, change: Any, still: dict[str, list[str]]
) -> None:
    assert listed(take, first) == ALL
    number = send(take, first, change)
    assert listed(take, first) == still
    imports.undo(take.store, number, STEWARD)
    assert listed(take, first) == ALL
    imports.redo(take.store, number, STEWARD)
    assert listed(take, first) == still


def test_a_row_that_came_back_by_way_of_another_import(take: Intake, first: int) -> None:
    """It was kept out again, and mended in the workbook of that import."""
    second = send(take, first, lambda _, row: sound(row) if row[ROW] == "3" else row)
    assert listed(take, first) == {"บ้าน": ["4"], "สถานที่": ["4"]}
    third = send(take, second, lambda sheet, row: sound(row) if "บ้าน" in sheet else row)
    assert listed(take, first) == {"สถานที่": ["4"]}
    assert len(listed(take, second)) == 1
    imports.undo(take.store, third, STEWARD)
    assert listed(take, first) == {"บ้าน": ["4"], "สถานที่": ["4"]}
    imports.redo(take.store, third, STEWARD)
    imports.undo(take.store, second, STEWARD)
    assert listed(take, first) == ALL
