"""The small city of conftest, counted by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from shapely import Point, box

from surveys.planning.communities import UNKNOWN
from surveys.planning.counts import COUNTS, run

Build = Callable[..., Any]

# By community: Rail, River, Hollow, not known; then the total.
EXPECTED = {
    "known": (1, 1, 1, 0, 3),
    "surveyed": (0, 1, 0, 0, 1),
    "returned": (0, 1, 0, 0, 1),
    "plots": (1, 4, 0, 0, 5),
    "houses": (2, 4, 0, 0, 6),
    "houses_without_household": (0, 1, 0, 0, 1),
    "houses_unplaced": (1, 0, 0, 0, 1),
    "households": (2, 6, 0, 1, 9),
    "households_doubtful": (0, 1, 0, 0, 1),
    "in_house_by_key": (2, 4, 0, 0, 6),
    "in_house_by_place": (0, 1, 0, 0, 1),
    "in_several_houses": (0, 0, 0, 0, 0),
    "in_no_house": (0, 1, 0, 1, 2),
    "in_one_plot": (1, 5, 0, 0, 6),
    "in_several_plots": (0, 1, 0, 0, 1),
    "in_no_plot": (1, 0, 0, 1, 2),
    "in_boundary": (1, 6, 0, 0, 7),
    "in_other_boundary": (0, 0, 0, 0, 0),
    "households_unplaced": (1, 0, 0, 1, 2),
    # Four listed members of household 1 (which states five), three stated by 2, two by 5, one listed of 9.
    "people": (None, 10, 0, 4, 14),
    "people_listed": (0, 5, 0, 0, 5),
    "people_stated": (0, 5, 0, 4, 9),
    "people_differ": (0, 1, 0, 0, 1),
    "people_missing_unknown": (0, 1, 0, 0, 1),
    "people_missing_no_answer": (0, 1, 0, 0, 1),
    "people_missing_not_applicable": (1, 0, 0, 0, 1),
    "people_missing_unreadable": (1, 0, 0, 0, 1),
    "people_missing_blank": (0, 0, 0, 0, 0),
    "people_of_no_household": (1, 0, 0, 0, 1),
}


def test_communities_stand_by_name_and_the_unknown_one_last(city: Any) -> None:
    table = run(city).table
    assert list(table.index) == ["rail", "river", "hollow", UNKNOWN]
    assert table["community"].tolist() == ["ชุมชนรถไฟ", "ชุมชนริมคลอง", "ชุมชนใหม่", UNKNOWN]


@pytest.mark.parametrize(("column", "expected"), EXPECTED.items(), ids=EXPECTED)
def test_every_number_is_the_one_counted_by_hand(
    city: Any, column: str, expected: tuple[int | None, ...]
) -> None:
    result = run(city)
    assert [None if pd.isna(n) else n for n in result.table[column]] == list(expected[:-1])
    assert result.totals[column] == expected[-1]


def test_every_count_is_checked() -> None:
    assert [c.name for c in COUNTS if c.kind == "count"] == list(EXPECTED)


def test_the_date_of_a_community_is_its_newest_day_of_survey(city: Any) -> None:
    days = run(city).table["as_of"]
    assert days["river"] == pd.Timestamp("2025-02-03")
    assert pd.isna(days["rail"])


def test_every_total_has_its_source_and_date(city: Any) -> None:
    said = {source.type.en: source for source in run(city).sources}
    assert (said["House"].rows, said["House"].imports) == (6, (1, 2))
    assert str(said["House"].surveyed) == "2025-01-15"
    assert str(said["Household"].newest) == "2025-03-02", "the day in Thailand, not in UTC"
    assert said["Member"].surveyed is None
    assert all(column.unit for column in COUNTS if column.kind == "count")


def test_a_city_without_records_is_counted_too(build: Build) -> None:
    result = run(build())
    assert result.table.empty
    assert set(result.totals.values()) == {0}
    assert [source.newest for source in result.sources] == [None] * 5


def test_two_houses_of_one_number_hold_a_household_only_by_place(build: Build) -> None:
    key = {"community": "C1", "house_seq": "1"}
    households = [{**key, "household_no": "1"}, {**key, "household_no": "2", "at": Point(100.5001, 13.7501)}]
    footprints = [box(100.5, 13.75, 100.501, 13.751), box(100.6, 13.75, 100.601, 13.751)]
    houses = [{**key, "at": footprint} for footprint in footprints]
    totals = run(build(household=households, house=houses)).totals
    assert (totals["in_several_houses"], totals["in_house_by_place"], totals["in_no_house"]) == (1, 1, 0)
    assert totals["houses_without_household"] == 1


def test_a_household_in_the_boundary_of_another_community_is_shown(build: Build) -> None:
    community = [
        {"id": "a", "code": "A", "at": box(100.5, 13.7, 100.6, 13.8)},
        {"id": "b", "code": "B", "at": box(100.6, 13.7, 100.7, 13.8)},
    ]
    here = Point(100.55, 13.75)
    edge = Point(100.6, 13.75)
    household = [
        {"community": name, "at": at} for name, at in (("A", here), ("B", here), ("?", here), ("A", edge))
    ]
    totals = run(build(community=community, household=household)).totals
    assert (totals["in_boundary"], totals["in_other_boundary"]) == (3, 1)
