"""Two survey rounds: new, changed, moved, the same, not found (and not gone), ended, not surveyed yet."""

from __future__ import annotations

from typing import Any

import pytest

from surveys import custom_fields, edit, events, rounds
from surveys.city import double_decisions
from surveys.city.decided import Said
from surveys.errors import MankongError, NotAllowed, NotFound, Refused
from surveys.intake import imports
from surveys.roles import Actor
from surveys.words import words
from tests.conftest import NETWORK, STEWARD, Intake

ONE, TWO = "รอบ 1/2566", "รอบ 2/2568"


def household(number: int, people: int = 3, community: str = "ก", **more: Any) -> dict[str, Any]:
    at = {"lat": f"{13.7 + number / 1e4:.6f}", "lon": "100.500000"}
    return {"ชุมชน": community, "ลำดับบ้าน": number, "ครัวเรือนที่": 1, "จำนวนสมาชิก": people} | at | more


def sent(take: Intake, name: str, *rows: dict[str, Any]) -> dict[str, Any]:
    report = take.rows(rows, "household.csv")
    rounds.name(take.store, NETWORK, STEWARD, report["import_id"], name)
    return report


def told(
    take: Intake, before: str = ONE, after: str = TWO
) -> dict[tuple[str, str], tuple[str, tuple[str, ...]]]:
    """What became of each household, by community and sequence: what, and which fields differ."""
    frame = rounds.compare(take.store, NETWORK, STEWARD, "household", (before, after))
    return {(row["community"], row["house_seq"]): (row["what"], row["fields"]) for _, row in frame.iterrows()}


@pytest.fixture
def city(take: Intake) -> Intake:
    sent(take, ONE, *(household(n) for n in range(1, 7)), household(1, community="ข"))
    last = {row["house_seq"]: row for row in take.store.read_table(NETWORK, "household").to_pylist()}["6"]
    edit.end(take.store, NETWORK, STEWARD, edit.Correction("household", last["id"], 1, {}, "ย้ายออก"))
    sent(take, TWO, household(1), household(2, people=5), household(3, lat="13.710000"), household(9))
    return take


def test_what_became_of_each(city: Intake) -> None:
    assert told(city) == {
        ("ก", "1"): ("same", ()),
        ("ก", "2"): ("changed", ("people",)),
        ("ก", "3"): ("moved", ()),
        ("ก", "4"): ("not_found", ()),
        ("ก", "5"): ("not_found", ()),
        ("ก", "6"): ("ended", ()),
        ("ก", "9"): ("new", ()),
        ("ข", "1"): ("not_surveyed", ()),
    }
    frame = rounds.compare(city.store, NETWORK, STEWARD, "household", (ONE, TWO))
    moved = frame[frame["what"] == "moved"].iloc[0]
    assert 1070 < moved["moved_m"] < 1080 and moved.geometry.y == 13.71
    assert frame.crs.to_epsg() == 4326 and set(frame["what"]) <= set(rounds.WHAT)


def test_a_household_not_found_is_still_there(city: Intake) -> None:
    kept = {row["house_seq"] for row in city.store.read_table(NETWORK, "household").to_pylist()}
    assert {"4", "5"} <= kept and "6" not in kept


def test_turned_round_what_was_new_is_not_found(city: Intake) -> None:
    back = told(city, TWO, ONE)
    assert back["ก", "9"][0] == "same" or back["ก", "9"][0] == "not_found"
    assert back["ก", "2"] == ("changed", ("people",))


def test_an_undone_file_is_no_part_of_a_round(city: Intake) -> None:
    more = sent(city, TWO, household(4), household(1, community="ข", people=9))
    assert told(city)["ก", "4"] == ("same", ()) and told(city)["ข", "1"] == ("changed", ("people",))
    imports.undo(city.store, more["import_id"], STEWARD)
    assert told(city)["ก", "4"][0] == "not_found" and told(city)["ข", "1"][0] == "not_surveyed"


def test_an_empty_cell_of_the_later_round_is_no_difference(take: Intake) -> None:
    sent(take, ONE, household(1))
    sent(take, TWO, household(1) | {"จำนวนสมาชิก": "", "หมายเหตุ": "ไปใหม่"})
    assert told(take) == {("ก", "1"): ("changed", ("note",))}


def test_rounds_are_listed_and_renamed(city: Intake) -> None:
    names = [(one.name, len(one.imports)) for one in rounds.listed(city.store, NETWORK, STEWARD)]
    assert names == [(ONE, 1), (TWO, 1)]
    number = rounds.listed(city.store, NETWORK, STEWARD)[1].imports[0]
    rounds.name(city.store, NETWORK, STEWARD, number, "  ")
    assert [one.name for one in rounds.listed(city.store, NETWORK, STEWARD)] == [ONE, None]


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        (lambda s: rounds.compare(s, NETWORK, STEWARD, "household", (ONE, "ไม่มี")), NotFound),
        (lambda s: rounds.compare(s, NETWORK, STEWARD, "land_proposal", (ONE, TWO)), Refused),
        (lambda s: rounds.compare(s, NETWORK, STEWARD, "nothing", (ONE, TWO)), Refused),
        (lambda s: rounds.compare(s, NETWORK, Actor("ก", "public"), "household", (ONE, TWO)), NotAllowed),
        (lambda s: rounds.name(s, NETWORK, STEWARD, 999, ONE), NotFound),
        (lambda s: rounds.name(s, NETWORK, Actor("ก", "secretary"), 2, ONE), NotAllowed),
        (lambda s: rounds.name(s, NETWORK, STEWARD, 2, "ก" * 81), Refused),
    ],
)
def test_what_cannot_be_is_refused(city: Intake, asked: Any, error: type[MankongError]) -> None:
    with pytest.raises(error):
        asked(city.store)


def test_what_is_told_in_a_field_of_the_networks_own_is_compared(take: Intake) -> None:
    flood = custom_fields.NewField("household", "flood_level", words("ระดับน้ำ", "flood level"), "number")
    custom_fields.add_field(take.store, NETWORK, STEWARD, flood)
    rows = [household(n) | {"flood_level": "1"} for n in (1, 2, 3)]
    sent(take, ONE, *rows)
    sent(take, TWO, rows[0], rows[1] | {"flood_level": "2"}, rows[2] | {"flood_level": ""})
    assert told(take) == {
        ("ก", "1"): ("same", ()),
        ("ก", "2"): ("changed", ("flood_level",)),
        ("ก", "3"): ("same", ()),
    }


@pytest.mark.parametrize("decided", ["before the later round", "after it"])
def test_a_household_told_to_be_a_double_was_not_missed(take: Intake, decided: str) -> None:
    sent(take, ONE, household(1), household(2), household(3))
    kept, gone = (row["id"] for row in take.store.read_table(NETWORK, "household").to_pylist()[:2])

    def decide() -> dict[str, Any]:
        one = double_decisions.Decision(kept, gone, "one", Said("คนเดียวกัน"), keep=kept)
        return double_decisions.decide(take.store, NETWORK, STEWARD, one)

    if decided == "before the later round":
        made = decide()
    sent(take, TWO, household(1), household(3, people=5))
    if decided == "after it":
        made = decide()
    assert {at[1]: what for at, (what, _) in told(take).items()} == {
        "1": "same",
        "2": "doubled",
        "3": "changed",
    }
    double_decisions.withdraw(take.store, NETWORK, STEWARD, made["id"], "คนละคน")
    assert told(take)["ก", "2"][0] == "not_found"


def test_a_household_without_a_shape_stands_where_its_house_does(take: Intake) -> None:
    take.rows([{"ชุมชน": "ก", "ลำดับบ้าน": n, "lat": f"13.70{n}", "lon": "100.5"} for n in (1, 2)], "house.csv")
    rows = [household(n) | {"lat": "", "lon": ""} for n in (1, 2, 8)]
    sent(take, ONE, *rows)
    last = take.store.read_table(NETWORK, "household").to_pylist()[1]
    edit.end(take.store, NETWORK, STEWARD, edit.Correction("household", last["id"], 1, {}, "ย้ายออก"))
    sent(take, TWO, rows[0] | {"จำนวนสมาชิก": 5})
    frame = rounds.compare(take.store, NETWORK, STEWARD, "household", (ONE, TWO))
    assert not frame.geometry.notna().any()
    drawn = rounds.placed(take.store, NETWORK, STEWARD, "household", frame)
    at = {row["house_seq"]: row.geometry and (row.geometry.x, row.geometry.y) for _, row in drawn.iterrows()}
    assert at == {"1": (100.5, 13.701), "2": (100.5, 13.702), "8": None}
    assert list(drawn["what"]) == list(frame["what"])


def test_all_of_it_is_taken_along_by_right_and_that_is_logged(city: Intake) -> None:
    asked = (city.store, NETWORK, Actor("ก", "surveyor"), "household", (ONE, TWO), ".csv")
    with pytest.raises(NotAllowed, match="ส่งออก"):
        rounds.exported(*asked)
    taken = rounds.exported(*asked[:2], Actor("ก", "planner"), *asked[3:])
    assert len(taken) == 8
    with city.store.reading() as connection:
        event = events.recent(connection, NETWORK, 1)[0]
    assert (event["action"], event["subject"], event["actor"]) == ("export", "rounds", "ก")
    assert event["detail"] == {"rows": 8, "format": ".csv", "rounds": [ONE, TWO], "type": "household"}
