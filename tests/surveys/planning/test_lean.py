"""Answers do not depend on how frames hold texts and points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.planning.analysis import ANALYSES, READ, Result
from surveys.planning.match import Frames
from surveys.planning.place import placed, spots
from tests.surveys.lean import lean
from tests.surveys.planning.conftest import RAIL, RIVER, Build, spot, square


def same(one: Result, other: Result) -> None:
    pd.testing.assert_frame_equal(one.table, other.table)
    assert (one.columns, one.totals, one.notes, one.sources) == (
        other.columns, other.totals, other.notes, other.sources)  # fmt: skip


def check(frames: Frames) -> None:
    thin = lean(frames, *READ)
    for analysis in ANALYSES.values():
        same(analysis.run(thin), analysis.run(frames))
    for name in ("house", "household"):
        one, other = (spots(placed(kind)[0][name]) for kind in (thin, frames))
        assert ((one == other) | (one != one) & (other != other)).all()


def test_a_city_gives_the_same_answers(city: dict[str, gpd.GeoDataFrame]) -> None:
    check(city)


@pytest.mark.parametrize("without", ["house", "household", "land_plot", "community"])
def test_a_city_that_lacks_a_type_gives_the_same_answers(
    city: dict[str, gpd.GeoDataFrame], without: str
) -> None:
    check(city | {without: city[without].iloc[:0]})


NUMBER = st.sampled_from(["1", "01", "2", "12/3", None])
WHERE = st.sampled_from([None, spot(5, 5), spot(35, 5), spot(500, 5), shapely.Point()])
SAID = st.dictionaries(
    st.sampled_from(["people", "joining", "condition"]), st.sampled_from(["unknown", "no_answer", "odd"])
)
PLACE = {"community": st.sampled_from([RIVER, "ริมคลอง", RAIL, "ไม่รู้จัก", None]), "house_seq": NUMBER,
         "house_no": NUMBER, "plot_no": NUMBER, "at": WHERE,
         "linked_to": st.sampled_from([None, "h1", "x"])}  # fmt: skip
HOME = st.fixed_dictionaries(
    PLACE | {"household_no": NUMBER, "people": st.sampled_from([None, 0, 3]), "missing": SAID,
             "joining": st.sampled_from([None, "joined", "odd"]), "visit_result": st.sampled_from([None, "double"]),
             "house_tenure": st.sampled_from([None, "owner"]), "land_tenure": st.sampled_from([None, "lease"])}
)  # fmt: skip
HOUSE = st.fixed_dictionaries(
    PLACE | {"condition": st.sampled_from([None, "lasting"]), "land_kind": st.sampled_from([None, "waterway"]),
             "missing": SAID}
)  # fmt: skip
PERSON = st.fixed_dictionaries({name: PLACE[name] for name in ("community", "house_seq", "house_no")} | {
    "household_no": NUMBER})  # fmt: skip


@pytest.mark.slow
@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    homes=st.lists(HOME, max_size=6), houses=st.lists(HOUSE, max_size=4), people=st.lists(PERSON, max_size=4)
)
def test_any_city_gives_the_same_answers(
    build: Build,
    homes: list[Mapping[str, Any]],
    houses: list[Mapping[str, Any]],
    people: list[Mapping[str, Any]],
) -> None:
    named = [{**one, "id": f"h{n}"} for n, one in enumerate(houses)]
    check(
        build(
            community=[{"id": "river", "code": RIVER, "name": "ริมคลอง", "at": square(0, 0, 100)},
                       {"id": "rail", "code": RAIL, "at": square(200, 0, 100)}],
            land_plot=[{"id": "p1", "community": RIVER, "plot_no": "1", "land_kind": "railway", "at": square(0, 0, 20)},
                       {"id": "p2", "community": RIVER, "plot_no": "2", "owner": "ก", "at": square(10, 0, 40)}],
            house=named, household=homes, member=people,
        )
    )  # fmt: skip
