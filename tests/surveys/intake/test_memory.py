"""What was chosen by hand for one file is proposed for the next with the same headings, and said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gis.formats import ReadOptions
from surveys.intake import imports
from surveys.intake.examination import Examination
from surveys.intake.memory import Remembered, as_remembered
from surveys.intake.options import Options
from tests import quick
from tests.conftest import NETWORK, STEWARD, Intake

ROW = {"ที่": "ริมคลอง", "เลข": "1", "แข็งแรง": "ชำรุด", "e": "668700", "n": "1517400"}
CHOSEN: dict[str, Any] = {
    "type": "house",
    "columns": {"ที่": "community", "เลข": "house_seq", "แข็งแรง": "condition", "e": "x", "n": "y"},
    "crs": "EPSG:32647",
}


def next_file(take: Intake, row: dict[str, str] = ROW, **options: Any) -> Examination:
    """Another file with the headings of :data:`ROW`, in another order."""
    rows = [{name: row[name] for name in reversed(row)} | {"เลข": n} for n in ("1", "2")]
    return take.examine(take.write(rows, "week 2.csv"), **options)


def test_choices_are_made_again_for_the_same_headings(take: Intake) -> None:
    first = take.rows([ROW], "week 1.csv", **CHOSEN)
    found = next_file(take)
    assert (found.remembers, found.total("new"), found.total("unchanged")) == (first["import_id"], 1, 1)
    assert (found.parts[0].crs, found.options.columns) == ("EPSG:32647", CHOSEN["columns"])
    (said,) = [p for p in found.problems if p.code == "mapping_remembered"]
    assert said.value == str(first["import_id"]) and "แข็งแรง → สภาพบ้าน" in said.message.th
    take.accept(found)
    assert take.store.read(NETWORK, "house").geometry.notna().all()
    # A third file remembers the second, which chose nothing anew.
    assert next_file(take, ROW | {"แข็งแรง": "ดี"}).remembers is not None
    # The same bytes again are the same import, with or without saying so again.
    again = take.examine(found.raw, "week 2.csv")
    assert again.same_as is not None


ANEW: list[tuple[dict[str, Any], str]] = [
    ({"afresh": True}, "asked for anew"),
    ({"type": "facility"}, "another type is said"),
    ({"columns": {"ที่": "note"}, "type": "house"}, "another mapping is said"),
]


@pytest.mark.parametrize(("options", "why"), ANEW)
def test_what_a_person_says_now_goes_before(take: Intake, options: dict[str, Any], why: str) -> None:
    take.rows([ROW], "week 1.csv", **CHOSEN)
    assert next_file(take, **options).remembers is None, why


def test_other_headings_undone_imports_and_other_networks_remind_of_nothing(take: Intake) -> None:
    first = take.rows([ROW], "week 1.csv", **CHOSEN)
    assert next_file(take, ROW | {"ใหม่": "1"}).remembers is None
    imports.undo(take.store, first["import_id"], STEWARD)
    assert next_file(take).remembers is None


def test_a_file_taken_without_choices_reminds_of_nothing(take: Intake) -> None:
    row = {"ชุมชน": "ริมคลอง", "ลำดับบ้าน": "1"}
    take.rows([row], "house.csv")
    assert take.examine(take.write([row | {"ลำดับบ้าน": "2"}], "house.csv")).remembers is None


def test_a_field_that_is_gone_is_no_reason_to_refuse_the_file(
    take: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    take.rows([ROW], "week 1.csv", **CHOSEN)
    types = take.store.types(NETWORK)
    house = types["house"]
    fewer = replace(house, fields=tuple(f for f in house.fields if f.name != "condition"))
    left = {name: t for name, t in types.items() if "condition" not in t.by_name} | {"house": fewer}
    monkeypatch.setattr(type(take.store), "types", lambda *_: left)
    found = next_file(take)
    assert found.remembers is None and [p.code for p in found.problems] == ["type_unknown"]


def test_two_columns_chosen_for_one_field_are_refused(take: Intake) -> None:
    row = {
        "ชุมชน": "ริมคลอง",
        "ลำดับบ้าน": "1",
        "จำนวนคน": "3",
        "จำนวน": "7",
        "a": "13.7",
        "b": "13.8",
        "c": "100.5",
    }
    file = take.write([row], "household.csv")
    found = take.examine(file, columns={"จำนวนคน": "people", "จำนวน": "people"})
    (said,) = found.problems
    assert found.refused and said.code == "mapping_twice"
    assert said.value == "จำนวนคน / จำนวน" and "จำนวนสมาชิก" in said.message.th
    places = take.examine(file, columns={"a": "lat", "b": "y", "c": "lon"})
    assert [problem.code for problem in places.problems] == ["mapping_twice"]


def test_two_columns_of_one_field_taken_once_are_not_proposed_again(take: Intake) -> None:
    file = take.write([{"ชุมชน": "ริมคลอง", "ลำดับบ้าน": "1", "a": "3", "b": "7"}], "household.csv")
    reading = quick.read(file, file.name, ReadOptions(), take.folder / "work", lambda _done, _total: None)
    types = take.store.types(NETWORK)
    fits = {"type": "household", "columns": {"a": "people", "b": "-"}}
    assert as_remembered(Options(), Remembered(1, fits), reading, types) is not None
    clash = {"type": "household", "columns": {"a": "people", "b": "people"}}
    assert as_remembered(Options(), Remembered(1, clash), reading, types) is None
