"""Households a digitised map does not know by number: the likely houses, and the link a person makes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from surveys import edit, linking
from surveys.errors import NotFound, Refused
from surveys.words import words
from tests.conftest import NETWORK, STEWARD, Intake

HOUSES = [{"ชุมชน": "ริมคลอง", "ลำดับบ้าน": n, "บ้านเลขที่": no, "lat": 13.7 + n / 1e4, "lon": 100.5}
          for n, no in ((1, "12/3"), (2, "12/4"), (30, "99/1"))]  # fmt: skip
HOUSEHOLDS = [
    {"ชุมชน": "ริมคลอง", "บ้านเลขที่": no, "ครัวเรือนที่": 1, "จำนวนสมาชิก": 2} for no in ("12/3", "12-4ก", "77")
]
ELSEWHERE = {"ชุมชน": "หลังวัด", "บ้านเลขที่": "12/4ก", "ครัวเรือนที่": 1, "จำนวนสมาชิก": 2}


@pytest.fixture(params=["map first", "survey first"])
def city(take: Intake, request: pytest.FixtureRequest) -> Intake:
    files = [(HOUSES, "house.csv"), ([*HOUSEHOLDS, ELSEWHERE], "household.csv")]
    take.rows([{"ชื่อชุมชน": "ริมคลอง"}, {"ชื่อชุมชน": "หลังวัด"}], "community.csv")
    for rows, name in files if request.param == "map first" else reversed(files):
        take.rows(rows, name)
    return take


def sides(city: Intake) -> linking.Sides:
    return linking.unmatched(city.store, NETWORK, STEWARD, "household")


def lost(city: Intake, number: str) -> linking.Unmatched:
    """The household of this house number that stands nowhere."""
    return next(one for one in sides(city).missing if one.label.th.startswith(f"บ้านเลขที่ {number} "))


def test_both_sides_are_listed_with_near_matches(city: Intake) -> None:
    found = sides(city)
    assert found.missing_count == 3 and found.lonely_count == 2
    near = lost(city, "12-4ก").candidates
    assert near[0].label == words(
        "บ้านเลขที่ 12/4 ลำดับบ้านในผัง 2", "house number 12/4, house sequence on the plan 2"
    )
    assert near[0].like > 70
    # A house of another community is no candidate, and a number like nothing has none.
    assert lost(city, "12/4ก").candidates == () and lost(city, "77").candidates == ()
    assert {one.label.th for one in found.lonely} == {
        "บ้านเลขที่ 12/4 ลำดับบ้านในผัง 2", "บ้านเลขที่ 99/1 ลำดับบ้านในผัง 30"}  # fmt: skip


def test_every_record_finds_its_likely_ones_and_every_lonely_one_is_reached(take: Intake) -> None:
    many = linking.MOST + 60
    take.rows([{"ชื่อชุมชน": "ริมคลอง"}, {"ชื่อชุมชน": "หลังวัด"}], "community.csv")
    houses = [
        {"ชุมชน": "ริมคลอง", "บ้านเลขที่": f"{n}", "lat": 13.7 + n / 1e5, "lon": 100.5} for n in range(1, many + 1)
    ]
    take.rows(
        [*houses, {"ชุมชน": "หลังวัด", "บ้านเลขที่": "9", "lat": 13.8, "lon": 100.5}], "house.csv", type="house"
    )
    homes = [{"ชุมชน": "ริมคลอง", "บ้านเลขที่": f"{n}/ก", "ครัวเรือนที่": 1} for n in range(1, many + 1)]
    take.rows(homes, "household.csv", type="household")
    first = linking.unmatched(take.store, NETWORK, STEWARD, "household")
    rest = linking.Window(linking.MOST, linking.MOST)
    second = linking.unmatched(take.store, NETWORK, STEWARD, "household", rest)
    assert len(second.missing) == 60 and len(second.lonely) == 61
    assert len({one.id for one in (*first.missing, *second.missing)}) == many
    last = second.missing[-1]
    found = linking.choice(take.store, NETWORK, STEWARD, ("household", last.id))
    assert found.record == last and found.record.candidates[0].label.en == f"house number {many}"
    # All are in the list or among the likely ones.
    free = found.free
    assert found.community == last.community and free.count == free.fitting == many - linking.NEAREST
    assert len(free.shown) == linking.MOST and found.apart == () and found.free_apart.count == 0
    looked_for = linking.Asked(text=f"{many - 40}")
    (one,) = linking.choice(take.store, NETWORK, STEWARD, ("household", last.id), looked_for).free.shown
    assert one.label.en == f"house number {many - 40}"
    other = second.lonely[-1].community or ""
    elsewhere = linking.choice(take.store, NETWORK, STEWARD, ("household", last.id), linking.Asked(other))
    assert [one.label.th for one in elsewhere.free.shown] == ["บ้านเลขที่ 9"]
    with pytest.raises(NotFound):
        linking.choice(take.store, NETWORK, STEWARD, ("household", "x"))


def square(north: float, east: float = 100.5, side: float = 1e-4) -> str:
    corners = ((0, 0), (side, 0), (side, side), (0, side), (0, 0))
    return f"POLYGON(({', '.join(f'{east + x} {north + y}' for x, y in corners)}))"


# What is said of the record beside its number of people; whether the house on the map is then without one.
STANDS = [
    ({"ลำดับบ้าน": 1}, False),
    ({"ลำดับบ้าน": 1, "lat": 13.9, "lon": 100.6}, False),
    ({"ลำดับบ้าน": 7, "lat": 13.70005, "lon": 100.50005}, False),
    ({"ลำดับบ้าน": 7, "lat": 13.9, "lon": 100.6}, True),
    ({"ลำดับบ้าน": 7}, True),
]


@pytest.mark.parametrize(("said", "free"), STANDS)
def test_a_house_in_which_a_household_stands_or_that_it_names_is_not_without_one(
    take: Intake, said: dict[str, Any], free: bool
) -> None:
    take.rows([{"ชื่อชุมชน": "ริมคลอง"}], "community.csv")
    take.rows(
        [{"ชุมชน": "ริมคลอง", "ลำดับบ้าน": 1, "wkt": square(13.7)}], "house.csv", type="house", crs="EPSG:4326"
    )
    take.rows([{"ชุมชน": "ริมคลอง", "ครัวเรือนที่": 1, **said}], "household.csv", type="household")
    found = sides(take)
    assert (found.lonely_count, len(found.lonely)) == (int(free), int(free))
    assert found.missing_count == int(said == {"ลำดับบ้าน": 7})


def test_plots_are_counted_that_have_no_house_and_not_those_a_house_stands_on(take: Intake) -> None:
    take.rows([{"ชื่อชุมชน": "ริมคลอง"}], "community.csv")
    plots = [{"ชุมชน": "ริมคลอง", "เลขแปลงในผัง": n, "wkt": square(13.7 + n / 1e3)} for n in (1, 2, 3)]
    take.rows(plots, "land_plot.csv", type="land_plot", crs="EPSG:4326")
    houses: list[dict[str, Any]] = [
        {"ชุมชน": "ริมคลอง", "ลำดับบ้าน": 1, "lat": 13.70105, "lon": 100.50005},
        {"ชุมชน": "ริมคลอง", "ลำดับบ้าน": 2, "เลขแปลง": 2},
        {"ชุมชน": "ริมคลอง", "ลำดับบ้าน": 3, "เลขแปลง": "3 ก"},
    ]
    take.rows(houses, "house.csv", type="house")
    found = linking.unmatched(take.store, NETWORK, STEWARD, "house")
    assert [one.label.en for one in found.lonely] == ["plot number 3"]
    assert [one.candidates[0].id for one in found.missing] == [found.lonely[0].id]
    # A house that stands at its plot is on the map, and is there for a household.
    take.rows([{"ชุมชน": "ริมคลอง", "ลำดับบ้าน": "2/1", "ครัวเรือนที่": 1}], "household.csv", type="household")
    assert [one.label.en for one in sides(take).lonely] == [
        "house sequence on the plan 1",
        "house sequence on the plan 2",
    ]


def test_those_of_communities_not_known_here_stand_apart(take: Intake) -> None:
    take.rows([{"ชื่อชุมชน": "ริมคลอง"}], "community.csv")
    houses: list[dict[str, Any]] = [
        {"ชุมชน": said, "บ้านเลขที่": "12/4", "ลำดับบ้าน": n, "lat": 13.7 + n / 1e4, "lon": 100.5}
        for n, said in enumerate(("ริมคลอง", "บ้านใหม่", "ท้ายซอย", ""), 1)
    ]
    take.rows(houses, "house.csv", type="house")
    homes = [{"ชุมชน": said, "บ้านเลขที่": "12-4 ก", "ครัวเรือนที่": 1} for said in ("บ้านใหม่", "ริมคลอง")]
    take.rows(homes, "household.csv", type="household")
    found = sides(take)
    assert (found.missing_count, found.missing_apart, found.lonely_count, found.lonely_apart) == (2, 1, 4, 3)
    # Those of known communities come first, whichever came first in the file.
    assert [(one.community is None, one.said) for one in found.missing] == [(False, ""), (True, "บ้านใหม่")]
    assert [(one.community is None, one.said) for one in found.lonely] == [
        (False, ""), (True, "บ้านใหม่"), (True, "ท้ายซอย"), (True, "")]  # fmt: skip
    # Who says the same name is of the same community, before anybody has entered it.
    ids = {one.said: one.id for one in found.lonely}
    assert [[one.id for one in of.candidates] for of in found.missing] == [
        [found.lonely[0].id],
        [ids["บ้านใหม่"]],
    ]
    for of, own, apart in (
        (found.missing[0], found.lonely[0].id, {"บ้านใหม่", "ท้ายซอย", ""}),
        (found.missing[1], ids["บ้านใหม่"], {"ท้ายซอย", ""}),
    ):
        chosen = linking.choice(take.store, NETWORK, STEWARD, ("household", of.id))
        assert chosen.record == of and [one.id for one in chosen.record.candidates] == [own]
        assert {one.id for one in chosen.apart} == {one.id for one in found.lonely[1:] if one.said in apart}
        assert chosen.free.count == chosen.free_apart.count == 0
        nothing = linking.choice(
            take.store, NETWORK, STEWARD, ("household", of.id), linking.Asked(text="12/9")
        )
        assert nothing.free_apart.shown == () and nothing.apart == chosen.apart


@pytest.mark.parametrize(
    ("file", "known"), [("บ้านริมคลอง รอบ 2.csv", True), ("house.csv", False), ("ริมคลอง-หลังวัด.csv", False)]
)
def test_the_community_of_a_row_without_one_is_that_of_its_file(take: Intake, file: str, known: bool) -> None:
    take.rows([{"ชื่อชุมชน": "ริมคลอง"}, {"ชื่อชุมชน": "หลังวัด"}], "community.csv")
    take.rows(HOUSES, "house.csv", type="house")
    report = take.rows([{"_uuid": "u-1", "บ้านเลขที่": "12-3 ก", "ครัวเรือนที่": 1}], file, type="household")
    assert report["new"] == 1, report["problems"]
    (one,) = linking.unmatched(take.store, NETWORK, STEWARD, "household").missing
    assert (one.community is not None) == known and bool(one.candidates) == known


def test_a_link_places_the_record_and_survives_the_next_file(city: Intake, tmp_path: Path) -> None:
    one = lost(city, "12-4ก")
    asked = edit.Correction("household", one.id, one.version, {}, "เดินดูกับประธานชุมชน")
    done = linking.link(city.store, NETWORK, STEWARD, asked, one.candidates[0].id)
    assert sides(city).missing_count == 2 and sides(city).lonely_count == 1
    again = city.rows([{**HOUSEHOLDS[1], "จำนวนสมาชิก": 5}], "household.csv")
    assert (again["updated"], again["new"], sides(city).missing_count) == (1, 0, 2)
    # The later file's version carries the link, and stands: taking the link back would change nothing.
    with pytest.raises(Refused, match="changed since"):
        edit.take_back(city.store, NETWORK, STEWARD, done.change)
    assert sides(city).missing_count == 2


def test_a_house_with_a_household_already_may_hold_another(city: Intake) -> None:
    one = lost(city, "77")
    found = linking.choice(city.store, NETWORK, STEWARD, ("household", one.id))
    assert [of.label.en for of in found.taken.shown] == ["house number 12/3, house sequence on the plan 1"]
    assert found.free.count == 2 and found.taken.count == 1
    asked = edit.Correction("household", one.id, one.version, {}, "สองครอบครัวในบ้านเดียว")
    linking.link(city.store, NETWORK, STEWARD, asked, found.taken.shown[0].id)
    assert sides(city).missing_count == sides(city).lonely_count == 2


def test_an_empty_target_takes_the_link_away(city: Intake) -> None:
    one = lost(city, "77")
    house = sides(city).lonely[0].id
    linking.link(city.store, NETWORK, STEWARD, edit.Correction("household", one.id, 1, {}, "ลองเชื่อม"), house)
    assert sides(city).missing_count == 2
    linking.link(city.store, NETWORK, STEWARD, edit.Correction("household", one.id, 2, {}, "เชื่อมผิด"), "")
    assert sides(city).missing_count == 3


@pytest.mark.parametrize(
    ("type_name", "target", "error"),
    [("household", "0" * 32, NotFound), ("road", "", Refused), ("member", "", Refused)],
)
def test_what_cannot_be_linked_is_refused(
    city: Intake, type_name: str, target: str, error: type[Exception]
) -> None:
    one = sides(city).missing[0]
    asked: Any = edit.Correction(type_name, one.id, one.version, {}, "ลอง")
    with pytest.raises(error):
        linking.link(city.store, NETWORK, STEWARD, asked, target)
    assert sides(city).missing_count == 3
