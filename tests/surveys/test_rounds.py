"""Two survey rounds: new, changed, moved, the same, not found (and not gone), ended, not surveyed yet."""

from __future__ import annotations

from typing import Any

import pytest

from surveys import custom_fields, edit, events, rounds
from surveys.city import double_decisions
from surveys.city.decided import Said
from surveys.errors import MankongError, NotAllowed, NotFound, Refused
from surveys.intake import imports
from surveys.record import SHAPE
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


def test_a_household_ended_after_the_round_that_missed_it_is_ended_and_says_why(city: Intake) -> None:
    here = {row["house_seq"]: row for row in city.store.read_table(NETWORK, "household").to_pylist()}
    for number, why in (("4", "รื้อบ้านแล้ว"), ("2", "ย้ายออกหลังสำรวจ")):
        ended = edit.Correction("household", here[number]["id"], len(
            city.store.history(NETWORK, "household", here[number]["id"])), {}, why)  # fmt: skip
        edit.end(city.store, NETWORK, STEWARD, ended)
    frame = rounds.compare(city.store, NETWORK, STEWARD, "household", (ONE, TWO)).set_index("house_seq")
    assert (frame.loc["4", "what"], frame.loc["4", "reason"]) == ("ended", "รื้อบ้านแล้ว")
    assert (frame.loc["6", "what"], frame.loc["6", "reason"]) == ("ended", "ย้ายออก")
    assert frame.loc["5", "what"] == "not_found" and frame.loc["5", "reason"] is None
    assert frame.loc["2", "what"] == "changed", "the round found it; it was there"


def test_the_day_of_a_visit_changes_no_household(take: Intake) -> None:
    sent(take, ONE, *(household(n, วันที่สำรวจ="1 ม.ค. 2566") for n in (1, 2)))
    later = {"วันที่สำรวจ": "3 มี.ค. 2568"}
    sent(take, TWO, household(1, **later), household(2, people=4, **later))
    assert told(take) == {("ก", "1"): ("same", ()), ("ก", "2"): ("changed", ("people",))}


def test_a_household_whose_number_changed_may_be_the_one_not_found(take: Intake) -> None:
    def named(number: int, name: str, **more: Any) -> dict[str, Any]:
        return household(number, ชื่อหัวหน้าครัวเรือน=name, **more)

    number = {"เลขบัตรประชาชน": "1101700230708"}
    sent(take, ONE, named(4, "นายวิชัย ดีงาม"), named(5, "นางแก้ว", **number), named(6, "นางคนเดิม"),
         named(8, "นางแดง", community="ข"), named(1, "นายอยู่"))  # fmt: skip
    sent(take, TWO, named(7, "นายวิชัย  ดีงาม"), named(9, "นางแก้ว ใหม่", **number), named(10, "นางแดง"),
         named(1, "นายอยู่"), named(9, "นายอื่น", community="ข"))  # fmt: skip
    frame = rounds.compare(take.store, NETWORK, STEWARD, "household", (ONE, TWO))
    number_of = dict(zip(frame.index, frame["house_seq"], strict=True))
    perhaps = {
        (row["what"], row["house_seq"]): [number_of[one] for one in row["perhaps"]]
        for _, row in frame.iterrows() if row["perhaps"]
    }  # fmt: skip
    assert perhaps == {
        ("new", "7"): ["4"],
        ("not_found", "4"): ["7"],
        ("new", "9"): ["5"],
        ("not_found", "5"): ["9"],
    }
    assert len(take.store.read_table(NETWORK, "household")) == 9, "a hint merges nothing"


@pytest.mark.parametrize(("missed", "came"), [(20, 1), (21, 1), (1, 21)])
def test_a_name_that_very_many_have_tells_of_none_that_it_may_be_another(
    take: Intake, missed: int, came: int
) -> None:
    """Else every one of a thousand without a proper name would name a thousand others."""
    sent(take, ONE, household(1), *(household(100 + n, ชื่อหัวหน้าครัวเรือน="ไม่มีชื่อ") for n in range(missed)))
    sent(take, TWO, household(1), *(household(200 + n, ชื่อหัวหน้าครัวเรือน="ไม่มีชื่อ") for n in range(came)))
    frame = rounds.compare(take.store, NETWORK, STEWARD, "household", (ONE, TWO)).set_index("house_seq")
    assert len(frame.loc["200", "perhaps"]) == (missed if max(missed, came) <= 20 else 0)
    assert len(frame.loc["100", "perhaps"]) == (came if max(missed, came) <= 20 else 0)


def boundary(grown: float = 1.0, east: float = 0.0, stretched: float = 0.0) -> str:
    """A square of 200 m, grown about its centre, put further east, stretched to the east (degrees)."""
    half = 0.001 * grown
    west, right = 100.5 - half + east, 100.5 + half + east + stretched
    south, north = 13.7 - half, 13.7 + half
    return f"POLYGON (({west} {south}, {right} {south}, {right} {north}, {west} {north}, {west} {south}))"


@pytest.mark.parametrize(
    ("later", "what", "fields"),
    [
        (boundary(), "same", ()),
        (boundary(east=0.5e-7), "same", ()),
        (boundary(grown=1.5), "changed", (SHAPE,)),
        (boundary(grown=1.001), "changed", (SHAPE,)),
        (boundary(stretched=0.001), "changed", (SHAPE,)),
        (boundary(east=0.0005), "moved", ()),
        (boundary(east=0.01, grown=2), "moved", ()),
    ],
)
def test_a_boundary_of_another_shape_is_another(
    take: Intake, later: str, what: str, fields: tuple[str, ...]
) -> None:
    for name, shape, day in ((ONE, boundary(), "2023-01-01"), (TWO, later, "2025-03-03")):
        row = {"รหัสชุมชน": "C1", "ชื่อชุมชน": "ก", "ข้อมูล ณ วันที่": day, "wkt": shape}
        report = take.rows([row], "community.csv", crs="EPSG:4326")
        rounds.name(take.store, NETWORK, STEWARD, report["import_id"], name)
    (row,) = rounds.compare(take.store, NETWORK, STEWARD, "community", (ONE, TWO)).to_dict("records")
    assert (row["what"], row["fields"]) == (what, fields)


def test_a_boundary_where_a_point_stood_is_a_change(take: Intake) -> None:
    rows = [
        {"รหัสชุมชน": "C1", "ชื่อชุมชน": "ก", "wkt": "POINT (100.5 13.7)"},
        {"รหัสชุมชน": "C2", "ชื่อชุมชน": "ข"},
    ]
    for name, shape in ((ONE, None), (TWO, boundary())):
        given = [row | ({"wkt": shape} if shape else {}) for row in rows]
        report = take.rows(given, "community.csv", crs="EPSG:4326")
        rounds.name(take.store, NETWORK, STEWARD, report["import_id"], name)
    frame = rounds.compare(take.store, NETWORK, STEWARD, "community", (ONE, TWO))
    assert [(row["what"], row["fields"]) for _, row in frame.iterrows()] == [("changed", (SHAPE,))] * 2


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
