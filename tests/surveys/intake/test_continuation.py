"""Mended rows come back as a continuation of the import they were kept out of, read as its file was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from api.pages.upload_columns import columns_of
from surveys.intake import continuation, imports
from surveys.intake.accept import import_folder
from surveys.intake.kept_out import write_xlsx
from surveys.intake.mapping import ADDED_HEADINGS
from tests.conftest import NETWORK, STEWARD, Intake

HOUSES = [
    {"ชุมชน": "ก", "หลัง": n, "บันทึกพิเศษ": f"x{n}", "lat": lat, "lon": 100.5}
    for n, lat in ((1, 13.7), (2, 0.5), (3, 45.0))
]


@pytest.fixture
def first(take: Intake) -> dict[str, Any]:
    """Three houses mapped by hand, two of them outside Thailand."""
    report = take.rows(HOUSES, "แบบ ก.csv", type="house", columns={"หลัง": "house_seq", "บันทึกพิเศษ": "note"})
    assert (report["taken"], report["quarantined"]) == (1, 2)
    return report


def mended(take: Intake, report: dict[str, Any], target: Path) -> Path:
    """The workbook of the rows kept out, its latitudes put right."""
    write_xlsx(import_folder(take.store, report["import_id"]), target)
    book = openpyxl.load_workbook(target)
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        row[headings.index("lat")].value = "13.8"
    book.save(target)
    return target


def test_mended_rows_come_back_without_a_word(take: Intake, first: dict[str, Any], tmp_path: Path) -> None:
    report = take(mended(take, first, tmp_path / "แก้แล้ว.xlsx"))
    assert (report["status"], report["new"], report["quarantined"], report["type"]) == (
        "taken",
        2,
        0,
        "house",
    )
    assert report["unmapped"] == []
    rows = {row["house_seq"]: row for row in take.store.read_table(NETWORK, "house").to_pylist()}
    assert {number: row["note"] for number, row in rows.items()} == {"1": "x1", "2": "x2", "3": "x3"}
    kept = imports.get(take.store, report["import_id"], STEWARD)["report"]
    assert kept[continuation.CONTINUES] == first["import_id"]
    assert continuation.continued_by(take.store, NETWORK, first["import_id"]) == [report["import_id"]]
    assert continuation.continued_by(take.store, NETWORK, report["import_id"]) == []


FAMILY = {"ชุมชน": "ก", "ครัวเรือนที่": 1, "ชื่อหัวหน้าครัวเรือน": "สม", "สีรั้ว": "แดง"}
AREA = "SRID=4326;POLYGON ((100.5 13.7, 100.6 13.7, 100.5 13.75, 100.6 13.8, 100.5 13.7))"
# Rows that are kept out, their type, their headings, what is unmapped of them, and the first Thai text of theirs.
KEPT_OUT = [
    ([FAMILY | {"ลำดับบ้าน": ""}], "household", [*FAMILY, "ลำดับบ้าน", "wkt"], ["สีรั้ว"], "ก"),
    ([{"แปลงที่": "1", "เจ้าของที่ดิน": "วัด", "wkt": AREA}], "land_plot", ["แปลงที่", "เจ้าของที่ดิน", "wkt"], [], "วัด"),
    ([HOUSES[1]], "house", list(HOUSES[1]), ["บันทึกพิเศษ", "หลัง"], "ก"),
]


@pytest.mark.parametrize(("rows", "kind", "headings", "unmapped", "sample"), KEPT_OUT)
def test_what_the_workbook_adds_is_no_data_however_often_it_comes_back(
    take: Intake, tmp_path: Path, rows: list[dict[str, Any]], kind: str, headings: list[str],
    unmapped: list[str], sample: str,
) -> None:  # fmt: skip
    found = take.examine(take.write(rows, f"{kind}.csv"), type=kind)
    for number in range(3):
        (part,) = found.parts
        assert (sorted(part.unmapped), part.sample, part.quarantined) == (unmapped, sample, 1)
        told = {
            column.name
            for layer in columns_of(found, take.store.types(NETWORK))
            for column in (*layer.asked, *layer.columns)
        }
        assert told - {"wkt"} == {*rows[0]} - {"wkt"}
        assert not {problem.code for problem in found.problems} & {"heading_repeated", "column_near"}
        target = tmp_path / f"{number}.xlsx"
        write_xlsx(found.folder, target)
        (sheet,) = openpyxl.load_workbook(target).worksheets
        heads, cells = ([cell.value for cell in row] for row in sheet.iter_rows())
        assert heads == [*ADDED_HEADINGS, *headings]
        assert cells[len(ADDED_HEADINGS) :] == [str(rows[0].get(name, "")) or None for name in headings]
        found = take.examine(target, type=kind)


def test_what_is_said_of_the_workbook_itself_counts_more(
    take: Intake, first: dict[str, Any], tmp_path: Path
) -> None:
    report = take(mended(take, first, tmp_path / "แก้แล้ว.xlsx"), columns={"บันทึกพิเศษ": "-"})
    assert report["unmapped"] == ["บันทึกพิเศษ"] and report["new"] == 2


def test_the_workbook_of_an_undone_import_continues_nothing(
    take: Intake, first: dict[str, Any], tmp_path: Path
) -> None:
    file = mended(take, first, tmp_path / "แก้แล้ว.xlsx")
    imports.undo(take.store, first["import_id"], STEWARD)
    report = take(file, type="house", columns={"หลัง": "house_seq"})
    assert imports.get(take.store, report["import_id"], STEWARD)["report"][continuation.CONTINUES] is None


def test_a_mark_that_is_none_is_no_data_either(take: Intake) -> None:
    rows = [{"ชุมชน": "ก", "ลำดับบ้าน": 1, "รหัสไฟล์เดิม / mark of the file": "ไม่ใช่รหัส"}]
    report = take.rows(rows, "house.csv")
    assert report["new"] == 1 and report["unmapped"] == []


def test_what_becomes_of_records_here_is_as_it_was_said_of_the_first_file(
    take: Intake, tmp_path: Path
) -> None:
    take.rows([{"ชุมชน": "ก", "ลำดับบ้าน": 2, "หมายเหตุ": "เดิม", "lat": 13.8, "lon": 100.5}], "house.csv")
    rows = [
        {"ชุมชน": "ก", "ลำดับบ้าน": n, "หมายเหตุ": "ใหม่", "lat": lat, "lon": 100.5}
        for n, lat in ((1, 13.7), (2, 0.5))
    ]
    report = take.rows(rows, "แบบ.csv", type="house", existing="skip")
    assert (report["taken"], report["quarantined"]) == (1, 1)
    again = take(mended(take, report, tmp_path / "แก้แล้ว.xlsx"))
    assert (again["updated"], again["unchanged"]) == (0, 1)
