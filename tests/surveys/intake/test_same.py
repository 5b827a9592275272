"""The very same file sent twice is told so; where anything was written between, it is examined."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from surveys import custom_fields, edit, networks
from surveys.custom_fields import NewField
from surveys.edit import Correction
from surveys.intake import imports
from surveys.words import words
from tests.conftest import NETWORK, STEWARD, Intake

Between = Callable[[Intake, int], object]


def household(house: int, people: int = 3) -> dict[str, Any]:
    return {"ชุมชน": "เอ", "ลำดับบ้าน": house, "ครัวเรือนที่": 1, "จำนวนสมาชิก": people}


def first_of(take: Intake) -> Correction:
    row = min(take.store.read_table(NETWORK, "household").to_pylist(), key=lambda row: row["house_seq"])
    return Correction("household", row["id"], row["version"], {}, "ย้ายออก")


def same_rows(take: Intake, file: Path) -> Path:
    """Write the file again with one more line end."""
    folder = take.folder / f"again-{next(take.numbers)}"
    folder.mkdir()
    again = folder / file.name
    again.write_bytes(file.read_bytes() + b"\n")
    return again


def test_a_file_that_changed_nothing_brings_its_rows_when_the_first_was_undone(take: Intake) -> None:
    file = take.write([household(1), household(2)], "household.csv")
    first, again = take(file), same_rows(take, file)
    assert (take(again)["status"], take(again)["status"]) == ("same", "same")
    imports.undo(take.store, first["import_id"], STEWARD)
    assert len(take.store.read(NETWORK, "household")) == 0
    report = take(again)
    assert (report["status"], report["new"]) == ("taken", 2)
    assert len(take.store.read(NETWORK, "household")) == 2


def test_a_row_kept_out_by_an_ending_comes_in_when_that_is_taken_back(take: Intake) -> None:
    take.rows([household(1), household(2)], "household.csv")
    ended = edit.end(take.store, NETWORK, STEWARD, first_of(take))
    file = take.write([household(1, people=5), household(2)], "household.csv")
    assert take(file)["problem_counts"]["record_ended"] == 1
    edit.take_back(take.store, NETWORK, STEWARD, ended.change)
    report = take(file)
    assert (report["status"], report["updated"], report["quarantined"]) == ("taken", 1, 0)


def ended(take: Intake, _: int) -> None:
    edit.end(take.store, NETWORK, STEWARD, first_of(take))


def undone_and_redone(take: Intake, number: int) -> None:
    imports.undo(take.store, number, STEWARD)
    imports.redo(take.store, number, STEWARD)


def another_file(take: Intake, _: int) -> None:
    take.rows([household(1, people=7)], "household.csv")


def own_field(take: Intake, _: int) -> None:
    new = NewField("household", "cats", words("แมว", "Cats"), "integer")
    custom_fields.add_field(take.store, NETWORK, STEWARD, new)


def corrected(take: Intake, _: int) -> None:
    first = first_of(take)
    edit.correct(take.store, NETWORK, STEWARD, replace(first, values={"people": "9"}))


@pytest.mark.parametrize("between", [ended, undone_and_redone])
def test_what_has_rows_taken_otherwise_has_the_file_examined(take: Intake, between: Between) -> None:
    file = take.write([household(1), household(2)], "household.csv")
    number = take(file)["import_id"]
    assert take.examine(file).same_as == number
    between(take, number)
    found = take.examine(file)
    assert found.same_as is None and found.total("rows") == 2
    report = take(file)
    assert report["import_id"] > number
    if not report["quarantined"]:
        # That is the latest now, and stands.
        assert take.examine(file).same_as == report["import_id"]


@pytest.mark.parametrize("between", [another_file, own_field, corrected])
def test_the_same_file_again_overwrites_no_later_work(take: Intake, between: Between) -> None:
    file = take.write([household(1), household(2)], "household.csv")
    number = take(file)["import_id"]
    between(take, number)
    before = take.store.read(NETWORK, "household")["people"].to_list()
    report = take(file)
    assert (report["status"], report["import_id"]) == ("same", number)
    assert take.store.read(NETWORK, "household")["people"].to_list() == before


@pytest.mark.parametrize("between", [another_file, own_field, corrected])
def test_any_writing_may_let_rows_in_that_were_kept_out_for_what_is_here(
    take: Intake, between: Between
) -> None:
    take.rows([household(1)], "earlier.csv")
    file = take.write([household(1, people=5), household(2)], "household.csv")
    first = take(file, existing="refuse")
    assert first["problem_counts"]["exists_already"] == 1
    assert take.examine(file, existing="refuse").same_as == first["import_id"]
    between(take, first["import_id"])
    assert take.examine(file, existing="refuse").same_as is None


@pytest.mark.parametrize("between", [another_file, own_field, corrected])
def test_a_row_without_a_number_has_none_whatever_is_written(take: Intake, between: Between) -> None:
    file = take.write([household(1), {"ชุมชน": "เอ", "จำนวนสมาชิก": 1}], "household.csv")
    first = take(file)
    assert first["problem_counts"]["key_missing"] == 1
    between(take, first["import_id"])
    assert take.examine(file).same_as == first["import_id"]


def test_what_another_network_does_is_nothing_to_it(take: Intake) -> None:
    networks.add(take.store, STEWARD, "XX", "อื่น")
    file = take.write([household(1)], "household.csv")
    number = take(file)["import_id"]
    Intake(take.store, take.folder, "XX", numbers=take.numbers).rows([household(1)], "household.csv")
    assert take.examine(file).same_as == number


# What is said of the file the second time, after {"ax": "lon", "ay": "lat"}.
PLACED: list[tuple[dict[str, str], tuple[float, float]]] = [
    ({"bx": "lon", "by": "lat"}, (100.57, 13.71)),
    ({"bx": "lon", "ay": "lat"}, (100.57, 13.70)),
]


@pytest.mark.parametrize(("columns", "place"), PLACED)
def test_other_columns_for_the_place_are_another_import(
    take: Intake, columns: dict[str, str], place: tuple[float, float]
) -> None:
    row = {"ชุมชน": "เอ", "ลำดับบ้าน": 1, "ax": 100.56, "ay": 13.70, "bx": 100.57, "by": 13.71}
    file = take.write([row], "house.csv")
    assert take(file, type="house", columns={"ax": "lon", "ay": "lat"})["new"] == 1
    assert take(file, type="house", columns={"ax": "lon", "ay": "lat"})["status"] == "same"
    assert take(file, type="house", columns=columns)["updated"] == 1
    (shape,) = take.store.read(NETWORK, "house").geometry
    assert (shape.x, shape.y) == pytest.approx(place)


def test_a_column_of_row_ids_that_is_none_is_another_import(take: Intake) -> None:
    file = take.write([{"ชุมชน": "เอ", "ลำดับบ้าน": 1, "_uuid": "u1"}], "house.csv")
    number = take(file, type="house")["import_id"]
    found = take.examine(file, type="house", columns={"_uuid": "-"})
    assert found.same_as is None and take.examine(file, type="house", afresh=True).same_as == number
