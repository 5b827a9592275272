"""Landowner by landowner: owners apart from custodians, every household once, areas of known squares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from shapely import Point, box

from surveys.planning.landowners import run
from surveys.planning.result import as_json

Build = Callable[..., Any]

# By row: land kind, basis, communities, houses, households, people, plots.
EXPECTED = [
    ("treasury", "plot", 1, 1, 1, None, 1),
    ("railway", "plot", 1, 1, 4, 9, 2),
    ("private", "plot", 1, 0, 0, 0, 1),
    ("?unknown", "plot", 1, 1, 1, 1, 1),
    (None, "several", 1, 1, 1, None, 0),
    ("waterway", "stated", 1, 1, 0, 0, 0),
    (None, "none", 1, 1, 2, 4, 0),
]
COLUMNS = ["land_kind", "basis", "communities", "houses", "households", "people", "plots"]


def test_every_number_is_the_one_counted_by_hand(city: Any) -> None:
    table = run(city).table[COLUMNS]
    rows = [
        tuple(None if pd.isna(value) else value for value in row) for row in table.itertuples(index=False)
    ]
    assert rows == EXPECTED


def test_the_totals_are_all_houses_and_households_and_each_community_once(city: Any) -> None:
    totals = run(city).totals
    assert (totals["houses"], totals["households"], totals["people"], totals["plots"]) == (6, 9, 14, 5)
    assert totals["communities"] == 2


def test_the_department_of_lands_is_an_agency_and_no_owner(city: Any) -> None:
    row = run(city).table.iloc[3]
    assert pd.isna(row["owner"])
    assert row["agency"] == "กรมที่ดิน"


def test_owner_and_custodian_are_kept_apart(build: Build) -> None:
    plots = [
        {"land_kind": "local", "owner": "เทศบาล"},
        {"land_kind": "local", "custodian": "เทศบาล"},
        {"land_kind": "local", "owner": "เทศ บาล"},
        {"land_kind": "treasury", "owner": "เทศบาล"},
    ]
    table = run(build(land_plot=plots)).table
    assert table["plots"].tolist() == [1, 1, 2]
    assert table["owner"].fillna("").tolist() == ["เทศบาล", "", "เทศ บาล"]


def test_areas_are_measured_on_the_ellipsoid_and_declared_ones_stand_beside(build: Build) -> None:
    # On the equator 0.001 degrees are 111.3195 m east and 110.5743 m north.
    here = box(100, 0, 100.001, 0.001)
    plots = [
        {"land_kind": "temple", "at": here, "declared_area": 12_000.0},
        {"land_kind": "temple", "at": here},
        {"land_kind": "mosque"},
    ]
    result = run(build(land_plot=plots))
    temple, mosque = result.table.iloc[0], result.table.iloc[1]
    assert temple["area"] == pytest.approx(2 * 111.3195 * 110.5743, rel=1e-5)
    assert (temple["declared"], temple["plots_declared"]) == (12_000.0, 1)
    assert pd.isna(mosque["area"]) and pd.isna(mosque["declared"])
    row = as_json(result, "th")["rows"][0]
    assert row["area_text"].startswith("15-1-54.5") and row["declared_text"].startswith("7-2-0")


def test_overlapping_plots_of_one_owner_are_no_tie(build: Build) -> None:
    here = box(100, 13, 100.001, 13.001)
    plots = [{"land_kind": "railway", "owner": owner, "at": here} for owner in ("รฟท", "ร.ฟ.ท.")]
    house = [{"at": Point(100.0005, 13.0005)}]
    table = run(build(land_plot=plots, house=house)).table
    assert table["houses"].tolist() == [1]


def test_rows_are_named_in_both_languages(city: Any) -> None:
    names = [row["landowner_text"]["en"] for row in as_json(run(city))["rows"]]
    assert names[0] == "Treasury land · กรมธนารักษ์"
    assert names[4:] == [
        "in plots of different owners",
        "canal or river bank · no plot; as the house record says",
        "no plot",
    ]
