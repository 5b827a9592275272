"""House standing against land standing, in the small city and in corners of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from shapely import Point, box

from surveys.planning.land import NO_TRACE, SEVERAL_KINDS, labels
from surveys.planning.standing import building, footing, joining, standing
from surveys.records import ALL

Build = Callable[..., Any]

# By land kind: houses, stated by the house record, fleeting, lasting, dilapidated, no answer, blank;
# households, joined, interested, opposed, unknown, blank.
EXPECTED = {
    "treasury": ((1, 0, 0, 1, 0, 0, 0), (1, 0, 0, 0, 0, 1)),
    "railway": ((1, 0, 0, 1, 0, 0, 0), (4, 1, 0, 1, 0, 2)),
    "waterway": ((1, 1, 0, 0, 0, 1, 0), (0, 0, 0, 0, 0, 0)),
    SEVERAL_KINDS: ((1, 0, 1, 0, 1, 0, 0), (1, 0, 0, 0, 1, 0)),
    "?unknown": ((1, 0, 0, 1, 0, 0, 0), (1, 0, 0, 0, 0, 1)),
    "?blank": ((1, 0, 0, 0, 0, 0, 1), (1, 1, 0, 0, 0, 0)),
    NO_TRACE: ((0, 0, 0, 0, 0, 0, 0), (1, 0, 1, 0, 0, 0)),
}
HOUSES = [
    "houses",
    "houses_stated",
    "houses_fleeting",
    *(f"condition_{answer}" for answer in ("lasting", "dilapidated", "missing_no_answer", "missing_blank")),
]
HOUSEHOLDS = [
    "households",
    *(
        f"joining_{answer}"
        for answer in ("joined", "interested", "opposed", "missing_unknown", "missing_blank")
    ),
]


def test_land_kinds_are_the_rows_in_the_order_of_the_list(city: Any) -> None:
    assert standing(city).table["land_kind"].tolist() == list(EXPECTED)
    assert set(EXPECTED) <= set(labels(ALL))


@pytest.mark.parametrize("kind", EXPECTED)
def test_every_number_is_the_one_counted_by_hand(city: Any, kind: str) -> None:
    row = standing(city).table.loc[kind]
    assert (tuple(row[HOUSES]), tuple(row[HOUSEHOLDS])) == EXPECTED[kind]


def test_ties_are_said(city: Any) -> None:
    notes = " ".join(note.en for note in standing(city).notes)
    assert "houses in several plots: 1, of these in plots of different land kinds: 1" in notes
    assert "houses in no plot: 2" in notes


PLOT, OVERLAP = box(100.5, 13.7, 100.6, 13.8), box(100.55, 13.7, 100.65, 13.8)
INSIDE_BOTH, ON_THE_LINE = Point(100.57, 13.75), Point(100.5, 13.75)

TIES = {
    "two plots of one kind agree": (["railway", "railway"], {"at": INSIDE_BOTH}, "railway"),
    "two kinds do not": (["railway", "private"], {"at": INSIDE_BOTH, "land_kind": "railway"}, SEVERAL_KINDS),
    "a kind and none do not": (["railway", None], {"at": INSIDE_BOTH}, SEVERAL_KINDS),
    "plots that do not tell leave it to the house": (
        [None, None],
        {"at": INSIDE_BOTH, "land_kind": "port"},
        "port",
    ),
    "a point on the line is not inside": (["railway"], {"at": ON_THE_LINE, "land_kind": "temple"}, "temple"),
    "a number places a house without coordinates": (["railway", "private"], {"plot_no": "2"}, "private"),
    "coordinates beat a number": (
        ["railway", "private"],
        {"plot_no": "2", "at": Point(100.51, 13.75)},
        "railway",
    ),
    "a number two plots share places nothing": (["railway"] * 3, {"plot_no": "3"}, "?blank"),
    "a choice of the city's own": (["floating"], {"at": INSIDE_BOTH}, "floating"),
    "nothing at all": ([], {"missing": {"land_kind": "no_answer"}}, "?no_answer"),
}


@pytest.mark.parametrize(("plots", "house", "expected"), TIES.values(), ids=TIES)
def test_the_land_kind_of_a_house(
    build: Build, plots: list[Any], house: dict[str, Any], expected: str
) -> None:
    land_plot = [
        {"community": "C1", "plot_no": min(str(n), "3"), "land_kind": kind, "at": shape}
        for n, (kind, shape) in enumerate(zip(plots, (PLOT, OVERLAP, PLOT), strict=False), 1)
    ]
    if len(plots) == 3:
        land_plot += [{**land_plot[2], "at": OVERLAP}]
    result = standing(build(land_plot=land_plot, house=[{"community": "C1", **house}]))
    assert result.table["houses"].to_dict() == {expected: 1}


def test_house_tenure_crosses_land_tenure(city: Any) -> None:
    table = footing(city).table
    assert table["households"].to_dict() == {"owner": 1, "rents_room": 1, "lodger": 1, "?blank": 6}
    assert table.loc["owner", "land_tenure_lease"] == 1
    assert table.loc["rents_room", "land_tenure_squat_state"] == 1
    assert table.loc["?blank", "land_tenure_missing_no_answer"] == 1


def test_the_kind_of_house_crosses_material_and_condition(city: Any) -> None:
    table = building(city).table
    assert table["houses"].to_dict() == {"detached": 1, "row": 1, "temporary": 1, "?blank": 3}
    assert table.loc["temporary", ["material_reused", "condition_dilapidated"]].tolist() == [1, 1]


def test_joining_is_told_by_community_the_hollow_one_too(city: Any) -> None:
    table = joining(city).table
    assert table["households"].to_dict() == {"rail": 2, "river": 6, "hollow": 0, "?": 1}
    assert table["joining_joined"].to_dict() == {"rail": 1, "river": 1, "hollow": 0, "?": 0}
    assert table.loc["river", ["condition_lasting", "condition_dilapidated"]].tolist() == [2, 1]
