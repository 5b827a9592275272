"""A file that says what is here already: it was surveyed, so it is kept, and belongs to a round."""

from __future__ import annotations

from typing import Any

from surveys import rounds
from surveys.intake import imports, originals
from tests.conftest import NETWORK, STEWARD, Intake


def household(community: str, house: int, people: int = 3) -> dict[str, Any]:
    return {"ชุมชน": community, "ลำดับบ้าน": house, "ครัวเรือนที่": 1, "จำนวนสมาชิก": people}


def test_a_file_that_changes_nothing_is_kept_and_named_to_a_round(take: Intake) -> None:
    first = take.rows([household("เอ", 1), household("เอ", 2), household("บี", 1)], "household.csv")
    rounds.name(take.store, NETWORK, STEWARD, first["import_id"], "1")
    again = take.write([household("เอ", 1), household("เอ", 2)], "household.csv")
    again.write_bytes(again.read_bytes().replace(b"\r\n", b"\n"))
    report = take(again)
    told = [report[name] for name in ("status", "new", "updated", "unchanged")]
    assert told == ["same", 0, 0, 2] and report["import_id"] != first["import_id"]
    kept = originals.original(take.store, NETWORK, STEWARD, report["import_id"])
    assert kept.path.read_bytes() == again.read_bytes()
    assert imports.history(take.store, NETWORK, STEWARD)[0]["import_id"] == report["import_id"]
    rounds.name(take.store, NETWORK, STEWARD, report["import_id"], "2")
    changed = take.rows([household("บี", 1, people=6)], "household.csv")
    rounds.name(take.store, NETWORK, STEWARD, changed["import_id"], "2")
    frame = rounds.compare(take.store, NETWORK, STEWARD, "household", ("1", "2"))
    assert frame["what"].value_counts().to_dict() == {"same": 2, "changed": 1}


def test_the_same_bytes_again_are_no_second_import(take: Intake) -> None:
    file = take.write([household("เอ", 1)], "household.csv")
    first, again = take(file), take(file)
    assert again["status"] == "same" and again["import_id"] == first["import_id"]
    assert len(imports.history(take.store, NETWORK, STEWARD)) == 1


def test_an_import_without_changes_can_be_undone(take: Intake) -> None:
    take.rows([household("เอ", 1)], "household.csv")
    report = take.rows([household("เอ", 1), household("เอ", 1)], "household.csv")
    here = take.store.read_table(NETWORK, "household")
    imports.undo(take.store, report["import_id"], STEWARD)
    assert take.store.read_table(NETWORK, "household").equals(here)
    imports.redo(take.store, report["import_id"], STEWARD)
    assert take.store.read_table(NETWORK, "household").equals(here)


def test_a_day_in_the_future_is_told_as_the_file_writes_it(take: Intake) -> None:
    rows = [household("เอ", 1) | {"วันที่สำรวจ": "1/2/2580"}, household("เอ", 2) | {"ปีที่ย้ายเข้า": "2599"}]
    report = take.rows(rows, "household.csv")
    assert {p["value"] for p in report["problems"] if "future" in p["code"]} == {"1/2/2580", "2599"}
