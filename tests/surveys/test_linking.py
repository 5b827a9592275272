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
    assert found.community == last.community and len(found.lonely) == many
    other = second.lonely[-1].community or ""
    elsewhere = linking.choice(take.store, NETWORK, STEWARD, ("household", last.id), other)
    assert [one.label.th for one in elsewhere.lonely] == ["บ้านเลขที่ 9"]
    with pytest.raises(NotFound):
        linking.choice(take.store, NETWORK, STEWARD, ("household", "x"))


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
