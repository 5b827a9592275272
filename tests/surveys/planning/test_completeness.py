"""What is known, surveyed, returned, and what is missing; a hollow community is a row of zeros."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from surveys.planning.completeness import KEY_FIELDS, run
from surveys.records import ALL

# By community: Rail, River, Hollow, not known.
EXPECTED = {
    "known": (1, 1, 1, 0),
    "surveyed": (0, 1, 0, 0),
    "returned": (0, 1, 0, 0),
    "households_known": (None, 8, 40, None),
    "households_known_missing_blank": (1, 0, 0, 0),
    "households": (2, 6, 0, 1),
    "coverage": (None, 6 / 8, 0.0, None),
    "visit_result_complete": (0, 3, 0, 1),
    "visit_result_partial": (0, 1, 0, 0),
    "visit_result_not_found": (0, 1, 0, 0),
    "visit_result_refused": (1, 0, 0, 0),
    "visit_result_double": (0, 1, 0, 0),
    "visit_result_missing_blank": (1, 0, 0, 0),
    "households_unplaced": (1, 0, 0, 1),
    "houses": (2, 4, 0, 0),
    "houses_without_household": (0, 1, 0, 0),
    "house_condition_filled": (1 / 2, 3 / 4, None, None),
    "house_condition_missing_no_answer": (0, 1, 0, 0),
    # River: two stated, two listed, of six; Rail: one is not applicable, the other unreadable.
    "household_people_filled": (0.0, 4 / 6, None, 1.0),
    "household_people_missing_not_applicable": (1, 0, 0, 0),
    "household_people_missing_unreadable": (1, 0, 0, 0),
    "household_land_tenure_filled": (0.0, 2 / 6, None, 0.0),
    "household_land_tenure_missing_no_answer": (1, 0, 0, 0),
    "household_joining_filled": (1 / 2, 2 / 6, None, 1.0),
    "household_joining_missing_unknown": (0, 1, 0, 0),
}


@pytest.mark.parametrize(("column", "expected"), EXPECTED.items(), ids=EXPECTED)
def test_every_number_is_the_one_counted_by_hand(city: Any, column: str, expected: tuple[Any, ...]) -> None:
    table = run(city).table
    assert [None if pd.isna(n) else n for n in table[column]] == pytest.approx(list(expected))


def test_the_hollow_community_is_there(city: Any) -> None:
    row = run(city).table.loc["hollow"]
    assert (row["survey_state"], row["known"], row["surveyed"], row["households"]) == ("known", 1, 0, 0)


def test_the_key_fields_are_declared() -> None:
    assert all(set(fields) <= set(ALL[name].by_name) for name, fields in KEY_FIELDS.items())
