"""A city whose digitised map has plots with numbers and no houses: households keyed by plot, placed and linked."""

from __future__ import annotations

from typing import Any

import pytest

from api.pages.values import title
from surveys import edit, linking, view
from surveys.planning.links import City
from surveys.unmatched import Unmatched
from tests.conftest import NETWORK, STEWARD, Intake
from tests.surveys.test_linking import square

PLOTS = [{"ชุมชน": "ริมคลอง", "plot_no": n, "wkt": square(13.7 + n / 1e3)} for n in range(1, 7)]
# What the sheet says of the plot, and the plot it means, as it is known here.
SAID = [
    ("1", "1"),
    ("แปลง 2", "2"),
    ("๐3", "3"),
    ("แปลงที่ 5", "5"),
    ("6ก", "6ก"),
    ("A4", "A4"),
    ("4/1", "4/1"),
]
SHEET = [
    {"ชุมชน": "ริมคลอง", "เลขแปลง": said, "ชื่อหัวหน้าครัวเรือน": f"คนที่ {n}", "จำนวนสมาชิก": n}
    for n, (said, _) in enumerate(SAID, 1)
]
MEMBERS = [
    {"ชุมชน": "ริมคลอง", "เลขแปลง": "แปลง 2", "ครัวเรือนที่": 1, "สมาชิกลำดับที่": n, "ชื่อ": f"สมาชิก {n}"}
    for n in (1, 2, 3)
]


def take_map(take: Intake, plots: list[dict[str, Any]] = PLOTS) -> None:
    take.rows(plots, "land_plot.csv", type="land_plot", crs="EPSG:4326")


@pytest.fixture(params=["map first", "survey first"])
def city(take: Intake, request: pytest.FixtureRequest) -> Intake:
    take.rows([{"ชื่อชุมชน": "ริมคลอง"}], "community.csv")
    if request.param == "map first":
        take_map(take)
    report = take.rows(SHEET, "ครัวเรือน.csv")
    assert (report["new"], report["quarantined"]) == (len(SHEET), 0), report["problems"]
    if request.param == "survey first":
        take_map(take)
    return take


def sides(city: Intake) -> linking.Sides:
    return linking.unmatched(city.store, NETWORK, STEWARD, "household")


def lost(city: Intake, number: str) -> Unmatched:
    """The household of this plot number that stands nowhere."""
    return next(one for one in sides(city).missing if f"เลขแปลงในผัง {number} " in f"{one.label.th} ")


def test_a_household_is_known_by_its_plot_where_the_sheet_has_no_house(city: Intake) -> None:
    rows = city.store.read(NETWORK, "household", ["plot_no", "household_no"])
    assert set(rows["plot_no"]) == {number for _, number in SAID} and set(rows["household_no"]) == {"1"}
    again = city.rows([SHEET[1] | {"เลขแปลง": "2", "จำนวนสมาชิก": 9}], "ครัวเรือน.csv")
    assert (again["new"], again["updated"]) == (0, 1)
    # A second family of the plot is another household, and is given the next number.
    family = {"ชุมชน": "ริมคลอง", "เลขแปลง": "2", "ชื่อหัวหน้าครัวเรือน": "อีกครอบครัว"}
    assert city.rows([SHEET[1], family], "ครัวเรือน.csv")["new"] == 1
    here = city.store.read(NETWORK, "household", ["plot_no", "household_no"])
    assert sorted(here.loc[here["plot_no"] == "2", "household_no"]) == ["1", "2"]


def test_a_house_tells_a_household_before_its_plot_does(take: Intake) -> None:
    rows = [{"ชุมชน": "ริมคลอง", "ลำดับบ้าน": n, "เลขแปลง": 1, "จำนวนสมาชิก": n} for n in (1, 2)]
    assert take.rows(rows, "ครัวเรือน.csv")["new"] == 2
    moved = take.rows([rows[0] | {"เลขแปลง": 2}], "ครัวเรือน.csv")
    assert (moved["new"], moved["updated"]) == (0, 1)


def test_members_are_of_the_household_of_their_plot(city: Intake) -> None:
    report = city.rows(MEMBERS, "สมาชิก.csv", type="member")
    assert report["new"] == 3, report["problems"]
    # Its household says two people: the file of members lists three.
    assert [p["code"] for p in report["problems"]] == ["members_differ"]
    frames = view.frames(city.store, NETWORK, STEWARD)
    of = City(frames)
    households = frames["household"].index[of.households_of_members]
    assert set(frames["household"].loc[households, "plot_no"]) == {"2"}
    # When the number is corrected its members follow.
    row = city.store.read(NETWORK, "household", ["plot_no", "version"])
    at = row.index[row["plot_no"] == "2"][0]
    asked = edit.Correction("household", at, int(row.at[at, "version"]), {"plot_no": "แปลง 22"}, "อ่านผิด")
    edit.correct(city.store, NETWORK, STEWARD, asked)
    assert set(city.store.read(NETWORK, "member", ["plot_no"])["plot_no"]) == {"22"}


def test_both_sides_of_plots_are_listed_with_near_matches(city: Intake) -> None:
    found = sides(city)
    assert (found.missing_count, found.lonely_count, found.kinds) == (3, 2, ("land_plot",))
    assert [one.label.th for one in found.lonely] == ["เลขแปลงในผัง 4", "เลขแปลงในผัง 6"]
    four, six = (one.id for one in found.lonely)
    assert [(one.type, one.id) for one in lost(city, "6ก").candidates] == [("land_plot", six)]
    assert [(one.type, one.id) for one in lost(city, "A4").candidates] == [("land_plot", four)]
    # A part of a plot is near the whole of it.
    assert [(one.type, one.id) for one in lost(city, "4/1").candidates] == [("land_plot", four)]
    stands = view.frames(city.store, NETWORK, STEWARD, ["household"])["household"]
    placed = stands[~stands.geometry.isna()]
    assert set(placed["plot_no"]) == {"1", "2", "3", "5"}


def test_a_household_is_linked_to_a_plot_by_hand_and_stands_there(city: Intake) -> None:
    one = lost(city, "A4")
    offered = linking.choice(city.store, NETWORK, STEWARD, ("household", one.id))
    assert [each.label.th for each in offered.free.shown] == ["เลขแปลงในผัง 6"]
    assert sorted(each.label.th[-1] for each in offered.taken.shown) == ["1", "2", "3", "5"]
    (four,) = (each.id for each in offered.record.candidates)
    linking.link(
        city.store, NETWORK, STEWARD, edit.Correction("household", one.id, one.version, {}, "เดินดู"), four
    )
    assert (sides(city).missing_count, sides(city).lonely_count) == (2, 1)
    frames = view.frames(city.store, NETWORK, STEWARD, ["household", "land_plot"])
    assert frames["land_plot"].geometry[four].contains(frames["household"].geometry[one.id])
    # The next file finds it by its own number, and the link stays.
    assert city.rows([SHEET[5] | {"จำนวนสมาชิก": 1}], "ครัวเรือน.csv")["updated"] == 1
    assert sides(city).missing_count == 2


def test_where_houses_are_on_the_map_they_come_first_and_plots_are_not_missed(city: Intake) -> None:
    houses: list[dict[str, Any]] = [
        {"ชุมชน": "ริมคลอง", "ลำดับบ้าน": 40, "lat": 13.70405, "lon": 100.50005},
        {"ชุมชน": "ริมคลอง", "ลำดับบ้าน": 41, "เลขแปลง": 3},
    ]
    city.rows(houses, "house.csv", type="house")
    found = sides(city)
    assert found.kinds == ("house",) and found.lonely_count == 2
    offered = linking.choice(city.store, NETWORK, STEWARD, ("household", lost(city, "6ก").id))
    assert [one.type for one in offered.free.shown] == ["house", "house"]
    # The plot with a house is not free any more; that which is likely is among the likely.
    assert [one.label.th for one in offered.record.candidates] == ["เลขแปลงในผัง 6"]
    assert sorted(one.label.th[-1] for one in offered.taken.shown) == ["1", "2", "3", "4", "5"]


def test_a_household_of_a_plot_is_called_by_it(city: Intake) -> None:
    household = city.store.types(NETWORK)["household"]
    assert title(household, {"plot_no": "2", "household_no": "1"}, "th") == "เลขแปลงในผัง 2 ครัวเรือนที่ 1"
    assert lost(city, "A4").label.en == "plot number A4, household 1"
