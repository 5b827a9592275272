"""What holds for every analysis: names, words, units, plain JSON, and properties of any city."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.planning.analysis import ANALYSES, Result, as_json

Build = Callable[..., Any]

KEYS = {
    "community": st.sampled_from(["C1", "c 2", "ริมคลอง", "ไม่รู้จัก", None]),
    "house_seq": st.sampled_from(["1", "๒", "3", None]),
    "plot_no": st.sampled_from(["1", "2", None]),
}
NUMBERS = st.sampled_from(["1", "2"])
SPOTS = st.none() | st.builds(
    shapely.Point, st.sampled_from([100.0005, 100.0015, 100.0025]), st.sampled_from([13.0005, 13.0015])
)
AREAS = st.integers(0, 4).map(lambda n: shapely.box(100 + n / 2000, 13, 100.001 + n / 2000, 13.001))
KINDS = st.sampled_from(["railway", "private", None])


def rows(size: int, **columns: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(st.fixed_dictionaries(columns), max_size=size)


CITIES = st.fixed_dictionaries(
    {
        "community": st.just(
            [{"code": "C1", "name": "ริมคลอง", "at": shapely.box(100, 13, 100.002, 13.002)}, {"code": "C2"}]
        ),
        "land_plot": rows(
            4, community=KEYS["community"], plot_no=KEYS["plot_no"], land_kind=KINDS, owner=KINDS, at=AREAS
        ),
        "house": rows(
            5,
            **KEYS,
            at=SPOTS | AREAS,
            land_kind=KINDS,
            condition=st.sampled_from(["lasting", "odd", None]),
        ),
        "household": rows(
            6,
            **KEYS,
            household_no=NUMBERS,
            at=SPOTS,
            people=st.none() | st.integers(0, 9),
            joining=st.sampled_from(["joined", None]),
        ),
        "member": rows(
            4,
            community=KEYS["community"],
            house_seq=KEYS["house_seq"],
            household_no=NUMBERS,
        ),
    }
)
NEW = {"community": "C1", "house_seq": "new", "household_no": "new", "people": 3, "joining": "joined"}


def shuffled(frames: dict[str, gpd.GeoDataFrame], seed: int) -> dict[str, gpd.GeoDataFrame]:
    turn = np.random.default_rng(seed)
    return {name: frame.iloc[turn.permutation(len(frame))] for name, frame in frames.items()}


@pytest.mark.slow
@given(given_city=CITIES, seed=st.integers(0, 9))
@settings(max_examples=15)
def test_the_order_of_rows_does_not_matter(build: Build, given_city: dict[str, Any], seed: int) -> None:
    frames = build(**given_city)
    turned = shuffled(frames, seed)
    for analysis in ANALYSES.values():
        one, other = analysis.run(frames), analysis.run(turned)
        pd.testing.assert_frame_equal(one.table, other.table)
        assert one.notes == other.notes and one.sources == other.sources


@pytest.mark.slow
@given(given_city=CITIES)
@settings(max_examples=15)
def test_sums_equal_totals(build: Build, given_city: dict[str, Any]) -> None:
    frames = build(**given_city)
    results = {name: analysis.run(frames) for name, analysis in ANALYSES.items()}
    for result in results.values():
        for column, kind in (("households", "household"), ("houses", "house"), ("plots", "land_plot")):
            if column in result.table:
                assert result.table[column].sum() == result.totals[column] == len(frames[kind])
    counts = results["counts"].totals
    everyone = counts["households"]
    assert counts["in_one_plot"] + counts["in_several_plots"] + counts["in_no_plot"] == everyone
    houses = ("in_house_by_key", "in_house_by_place", "in_several_houses", "in_no_house")
    assert sum(counts[name] or 0 for name in houses) == everyone
    assert (counts["people"] or 0) == (counts["people_listed"] or 0) + (counts["people_stated"] or 0)
    assert answered(results["standing"], "joining") == everyone
    assert answered(results["joining"], "condition") == len(frames["house"])


def answered(result: Result, field: str) -> float:
    return sum(result.totals[c.name] or 0 for c in result.columns if c.name.startswith(f"{field}_"))


@pytest.mark.slow
@given(given_city=CITIES)
@settings(max_examples=15)
def test_a_new_household_raises_exactly_its_counts(build: Build, given_city: dict[str, Any]) -> None:
    before, after = build(**given_city), build(**{**given_city, "household": [*given_city["household"], NEW]})
    raised = {
        "counts": {"households": 1, "in_no_house": 1, "in_no_plot": 1, "households_unplaced": 1, "people": 3,
                   "people_stated": 3},
        "standing": {"households": 1, "joining_joined": 1},
        "joining": {"households": 1, "joining_joined": 1},
        "landowners": {"households": 1, "people": 3},
    }  # fmt: skip
    for name, expected in raised.items():
        old, new = ANALYSES[name].run(before).totals, ANALYSES[name].run(after).totals
        rise = {column: (new[column] or 0) - (old[column] or 0) for column in new}
        assert {column: by for column, by in rise.items() if by and column != "communities"} == expected, name


@pytest.mark.parametrize("name", ANALYSES)
def test_an_analysis_says_what_its_numbers_are(city: Any, name: str) -> None:
    analysis = ANALYSES[name]
    result = analysis.run({needed: city[needed] for needed in analysis.needs})
    assert [column.name for column in result.columns] == list(result.table.columns)
    said = [analysis.words, analysis.question, *result.notes, *(column.words for column in result.columns)]
    assert all(words.th and words.en for words in said)
    assert all(column.unit for column in result.columns if column.kind in ("count", "area"))
    assert result.notes and result.sources
    drawn = result.chart and {result.chart.label, *result.chart.values}
    assert drawn and drawn <= set(result.table.columns)


@pytest.mark.parametrize("lang", [None, "th", "en"])
@pytest.mark.parametrize("name", ANALYSES)
def test_json_is_plain_in_every_language(city: Any, build: Build, name: str, lang: Any) -> None:
    for frames in (city, build()):
        result = ANALYSES[name].run(frames)
        made = as_json(result, lang)
        assert json.loads(json.dumps(made, allow_nan=False)) == made
        assert len(made["rows"]) == len(result.table)


def test_json_keeps_missing_answers_apart_and_writes_what_people_read(city: Any) -> None:
    made = as_json(ANALYSES["counts"].run(city))
    rail, river, hollow, unknown = made["rows"]
    assert rail["people"] is None
    assert rail["missing"]["people"] == {
        "unknown": 0, "no_answer": 0, "not_applicable": 1, "unreadable": 1, "blank": 0}  # fmt: skip
    assert river["as_of"] == "2025-02-03"
    assert river["as_of_text"] == {"th": "3 ก.พ. 2568", "en": "3 Feb 2025"}
    assert hollow["survey_state_text"]["en"] == "known, not surveyed"
    assert unknown["community_text"] == {"th": "ชุมชนยังไม่ทราบ", "en": "community not known"}
    assert made["totals"]["people"] == 14 and made["totals"]["missing"]["people"]["unknown"] == 1
    household = made["sources"][3]
    assert (household["rows"], household["newest"], household["surveyed"]) == (9, "2025-03-02", "2025-02-03")
    assert household["surveyed_text"]["th"] == "3 ก.พ. 2568"


def test_json_in_one_language_has_plain_texts(city: Any) -> None:
    made = as_json(ANALYSES["completeness"].run(city), "th")
    assert made["columns"][0]["heading"] == "ชุมชน"
    assert made["rows"][1]["coverage"] == 0.75 and made["rows"][1]["coverage_text"] == "75%"


def test_columns_of_missing_answers_nobody_misses_are_not_telling(city: Any) -> None:
    result = ANALYSES["counts"].run(city)
    hidden = {column.name for column in result.columns} - {column.name for column in result.telling}
    assert hidden == {"people_missing_blank"}


def test_a_large_city_is_counted(build: Build) -> None:
    n, m = 100_000, 20_000
    base = build(community=[{"code": "C1", "at": shapely.box(99, 12, 102, 14)}])
    house = (
        base["house"].reindex(range(m)).assign(community="c1", house_seq=pd.Series(range(m)).astype("str"))
    )
    house["geometry"] = shapely.points(100 + np.arange(m) / 1e5, 13.0005)
    plots = base["land_plot"].reindex(range(200)).assign(land_kind="railway")
    plots["geometry"] = shapely.box(
        100 - 5e-6 + np.arange(200) / 1e3, 13, 100 - 5e-6 + np.arange(1, 201) / 1e3, 13.001
    )
    where = pd.Series(np.arange(n) % m, dtype="str")
    household = base["household"].reindex(range(n)).assign(community="C1", house_seq=where)
    household["people"] = pd.array(np.full(n, 2), dtype="Int64")
    frames = base | {"house": house, "land_plot": plots, "household": household}
    totals = {name: analysis.run(frames).totals for name, analysis in ANALYSES.items()}
    assert (totals["counts"]["households"], totals["counts"]["people"]) == (n, 2 * n)
    assert totals["counts"]["in_one_plot"] == totals["counts"]["in_boundary"] == n
    assert ANALYSES["landowners"].run(frames).table["households"].tolist() == [n]
