"""The very same file, examined again: what it brought stays as it is by now, the rest comes in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from surveys import edit
from surveys.city import double_decisions
from surveys.city.decided import Said
from surveys.edit import Correction
from surveys.intake import batches, imports, seen
from surveys.intake.accept import import_folder
from surveys.intake.kept_out import write_xlsx
from tests.conftest import NETWORK, STEWARD, Intake


def household(house: int, people: int = 4, head: str = "") -> dict[str, Any]:
    return {"ชุมชน": "เอ", "ลำดับบ้าน": house, "ครัวเรือนที่": 1, "จำนวนสมาชิก": people, "ชื่อหัวหน้าครัวเรือน": head}


def three(take: Intake) -> Path:
    return take.write([household(1), household(2), household(3)], "z1.csv")


def of_house(take: Intake, house: int, type_name: str = "household") -> dict[str, Any]:
    rows = take.store.read_table(NETWORK, type_name).to_pylist()
    found: dict[str, Any]
    (found,) = [row for row in rows if row["house_seq"] == str(house)]
    return found


def said(take: Intake, house: int, **values: str) -> Correction:
    row = of_house(take, house)
    return Correction("household", row["id"], row["version"], values, "แก้ตามเวที")


def correct(take: Intake, house: int, **values: str) -> int:
    return edit.correct(take.store, NETWORK, STEWARD, said(take, house, **values)).change


def end(take: Intake, house: int) -> int:
    return edit.end(take.store, NETWORK, STEWARD, said(take, house)).change


def people(take: Intake) -> dict[str, int]:
    rows = take.store.read_table(NETWORK, "household").to_pylist()
    return {row["house_seq"]: row["people"] for row in rows}


def test_an_ending_elsewhere_does_not_set_a_correction_back(take: Intake) -> None:
    file = three(take)
    number = take(file)["import_id"]
    correct(take, 1, people="6")
    assert take(file)["status"] == "same"
    end(take, 3)
    found = take.examine(file)
    assert (found.total("updated"), found.total("unchanged"), found.total("quarantined")) == (0, 2, 1)
    assert found.changes == () and found.same_as is None
    report = take.accept(found)
    assert (report["problem_counts"]["taken_before"], report["problem_counts"]["record_ended"]) == (1, 1)
    (told,) = [problem for problem in report["problems"] if problem["code"] == "taken_before"]
    assert told["severity"] == "warn" and told["row"] is None
    assert f"การนำเข้าเลขที่ {number} " in told["message_th"] and f"as import {number}:" in told["message_en"]
    assert people(take) == {"1": 6, "2": 4}
    assert of_house(take, 1)["version"] == 2


def another(take: Intake) -> object:
    return take.rows([household(1, people=6)], "later.csv")


def by_hand(take: Intake) -> object:
    return correct(take, 1, people="6")


LATER: list[Callable[[Intake], object]] = [another, by_hand]


@pytest.mark.parametrize("later", LATER)
def test_what_was_written_since_stays_and_an_undone_writing_leaves_the_files_own_values(
    take: Intake, later: Callable[[Intake], object]
) -> None:
    file = three(take)
    take(file)
    later(take)
    end(take, 3)
    assert take(file)["updated"] == 0
    assert people(take)["1"] == 6
    if later is another:
        imports.undo(take.store, 2, STEWARD)
        assert take(file)["updated"] == 0
        assert people(take)["1"] == 4


def test_only_what_is_missing_comes_in(take: Intake) -> None:
    first = take.rows([household(1), household(2)], "first.csv")["import_id"]
    file = three(take)
    assert take(file)["new"] == 1
    correct(take, 3, people="7")
    imports.undo(take.store, first, STEWARD)
    assert people(take) == {"3": 7}
    report = take(file)
    assert (report["new"], report["updated"], report["unchanged"]) == (2, 0, 1)
    assert people(take) == {"1": 4, "2": 4, "3": 7}


def test_an_undone_import_of_the_file_is_none(take: Intake) -> None:
    file = three(take)
    first = take(file)["import_id"]
    imports.undo(take.store, first, STEWARD)
    report = take(file)
    assert report["new"] == 3 and "taken_before" not in report["problem_counts"]
    imports.undo(take.store, report["import_id"], STEWARD)
    imports.redo(take.store, first, STEWARD)
    correct(take, 1, people="6")
    end(take, 3)
    assert take(file)["updated"] == 0 and people(take)["1"] == 6


def test_a_record_ended_after_its_correction_and_brought_back_keeps_the_correction(take: Intake) -> None:
    file = three(take)
    take(file)
    correct(take, 3, people="9")
    ended = end(take, 3)
    assert take(file)["quarantined"] == 1
    edit.take_back(take.store, NETWORK, STEWARD, ended)
    report = take(file)
    assert (report["updated"], report["quarantined"], people(take)["3"]) == (0, 0, 9)


def test_a_row_kept_out_overwrites_nothing_that_was_written_since_the_file_was_taken(take: Intake) -> None:
    take.rows([household(3)], "first.csv")
    ended = end(take, 3)
    file = take.write([household(1), household(2), household(3, people=5)], "z2.csv")
    assert take(file)["quarantined"] == 1
    edit.take_back(take.store, NETWORK, STEWARD, ended)
    correct(take, 3, people="8")
    assert take(file)["updated"] == 0 and people(take)["3"] == 8


def test_a_row_kept_out_then_may_change_its_record_and_the_remark_does_not_deny_it(take: Intake) -> None:
    take.rows([household(3)], "first.csv")
    ended = end(take, 3)
    file = take.write([household(1), household(3, people=5)], "z2.csv")
    take(file)
    edit.take_back(take.store, NETWORK, STEWARD, ended)
    report = take(file)
    assert (report["updated"], people(take)["3"]) == (1, 5)
    (told,) = [problem for problem in report["problems"] if problem["code"] == "taken_before"]
    assert "รายการที่รับไว้แล้วจึงไม่เปลี่ยน" in told["message_th"]
    assert "what was taken from it stays as it is now, only the rest comes in" in told["message_en"]


def test_a_row_that_came_back_mended_is_not_laid_over_again(take: Intake, tmp_path: Path) -> None:
    take.rows([household(3)], "first.csv")
    ended = end(take, 3)
    file = take.write([household(1), household(3, people=5)], "z2.csv")
    number = take(file)["import_id"]
    edit.take_back(take.store, NETWORK, STEWARD, ended)
    book = tmp_path / "kept-out.xlsx"
    write_xlsx(import_folder(take.store, number), book)
    mended(book, {"จำนวนสมาชิก": "4"})
    back = take(book)
    assert (back["rows"], back["unchanged"], back["quarantined"]) == (1, 1, 0)
    assert take(file)["updated"] == 0 and people(take)["3"] == 4
    correct(take, 3, people="8")
    end(take, 1)
    assert take(book)["updated"] == 0 and people(take)["3"] == 8


def mended(book: Path, values: dict[str, str]) -> None:
    """Write values into every row of a workbook of rows kept out."""
    opened = load_workbook(book)
    sheet = opened.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        for name, value in values.items():
            row[headings.index(name)].value = value
    opened.save(book)


def test_a_record_with_another_number_or_name_by_now_does_not_come_in_again(take: Intake) -> None:
    file = take.write([household(1, head="สมชาย ใจดี"), household(2), household(3)], "named.csv")
    take(file)
    correct(take, 1, head_name="สมหญิง รักเรียน")
    correct(take, 2, house_seq="20")
    end(take, 3)
    report = take(file)
    assert (report["new"], report["updated"], report["unchanged"]) == (0, 0, 2)
    assert "possible_double" not in report["problem_counts"]
    assert people(take) == {"1": 4, "20": 4}
    end(take, 20)
    assert take(file)["problem_counts"]["record_ended"] == 2


@pytest.mark.parametrize("existing", ["update", "skip", "refuse"])
def test_a_row_that_stands_twice_in_the_file_does_not_come_in_again(take: Intake, existing: str) -> None:
    rows = [household(1), household(1), household(2), household(2), household(3)]
    file = take.write(rows, "twice.csv")
    assert take(file, existing=existing)["new"] == 3
    correct(take, 1, house_seq="20")
    correct(take, 2, people="8")
    end(take, 3)
    report = take(file, existing=existing)
    assert (report["new"], report["updated"], report["unchanged"], report["quarantined"]) == (0, 0, 4, 1)
    assert people(take) == {"20": 4, "2": 8}


def test_every_part_of_a_workbook_stays_as_it_is(take: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    book = Workbook()
    homes, persons = book.active, book.create_sheet("สมาชิก")
    homes.title = "ครัวเรือน"
    for row in [["ชุมชน", "ลำดับบ้าน", "ครัวเรือนที่", "จำนวนสมาชิก"], ["เอ", 1, 1, 4], ["เอ", 2, 1, 4]]:
        homes.append(row)
    for row in [["ชุมชน", "ลำดับบ้าน", "ครัวเรือนที่", "ลำดับสมาชิก", "ชื่อ", "อายุ"], ["เอ", 1, 1, 1, "ก้อย", 30],
                ["เอ", 1, 1, 2, "แดง", 40], ["เอ", 2, 1, 1, "ดำ", 50]]:  # fmt: skip
        persons.append(row)
    file = take.folder / "both.xlsx"
    book.save(file)
    number = take(file)["import_id"]
    assert [part["type"] for part in imports.get(take.store, number, STEWARD)["report"]["parts"]] == [
        "household", "member",
    ]  # fmt: skip
    member = min(take.store.read_table(NETWORK, "member").to_pylist(), key=lambda row: row["name"])
    edit.correct(
        take.store, NETWORK, STEWARD,
        Correction("member", member["id"], member["version"], {"name": "ก้อยใจ", "nickname": "จ๋า"}, "แก้"),
    )  # fmt: skip
    correct(take, 1, people="6")
    end(take, 2)
    asked, read = list[Path](), seen.read

    def counted(folder: Path) -> Any:
        asked.append(folder)
        return read(folder)

    monkeypatch.setattr(seen, "read", counted)
    report = take(file)
    assert (report["new"], report["updated"]) == (0, 0)
    assert len(asked) == 1, "a file of hundreds of layers reads what became of it once"
    after = {row["id"]: row for row in take.store.read_table(NETWORK, "member").to_pylist()}
    assert len(after) == 3 and after[member["id"]]["name"] == "ก้อยใจ"
    assert report["problem_counts"]["taken_before"] == 1


def test_a_decided_double_does_not_set_others_back(take: Intake) -> None:
    rows = [household(1, head="สมชาย ใจดี"), household(2, head="สมชาย ใจดี"), household(3)]
    file = take.write(rows, "z1.csv")
    take(file)
    correct(take, 3, people="6")
    first, second = of_house(take, 1), of_house(take, 2)
    double_decisions.decide(
        take.store, NETWORK, STEWARD,
        double_decisions.Decision(first["id"], second["id"], "one", Said("คนเดียวกัน"), first["id"]),
    )  # fmt: skip
    report = take(file)
    assert (report["new"], report["updated"]) == (0, 0)
    assert people(take) == {"1": 4, "3": 6}


def test_rows_kept_out_to_be_looked_at_are_those_the_file_never_brought(take: Intake) -> None:
    take.rows([household(1)], "first.csv")
    file = take.write([household(1, people=5), household(2)], "z2.csv")
    assert take(file, existing="refuse")["problem_counts"]["exists_already"] == 1
    correct(take, 2, people="7")
    report = take(file, existing="refuse")
    assert (report["problem_counts"]["exists_already"], report["problem_counts"]["taken_before"]) == (1, 1)
    assert (report["unchanged"], people(take)) == (1, {"1": 4, "2": 7})


def test_a_store_without_lists_of_rows_leaves_every_record(take: Intake) -> None:
    file = three(take)
    number = take(file)["import_id"]
    (import_folder(take.store, number) / seen.FILE).unlink()
    correct(take, 1, people="6")
    end(take, 3)
    assert take(file)["updated"] == 0 and people(take)["1"] == 6


def test_a_correction_between_the_preview_and_its_confirmation_stays(take: Intake) -> None:
    file = three(take)
    waiting = take.examine(file)
    assert waiting.total("new") == 3
    take(file)
    correct(take, 1, people="6")
    end(take, 3)
    report = take.accept(waiting)
    assert (report["new"], report["updated"]) == (0, 0)
    assert report["problem_counts"]["taken_before"] == 1
    assert people(take)["1"] == 6


def test_other_bytes_update_as_before(take: Intake) -> None:
    file = three(take)
    take(file)
    correct(take, 1, people="6")
    other = take.write([household(1, people=5)], "z2.csv")
    assert take(other)["updated"] == 1 and people(take)["1"] == 5


def test_rows_examined_one_by_one_are_left_too(take: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MATCHED_ROWS", 1)
    file = three(take)
    take(file)
    correct(take, 2, people="6")
    end(take, 3)
    assert take(file)["updated"] == 0 and people(take) == {"1": 4, "2": 6}
