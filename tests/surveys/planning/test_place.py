"""Where records stand: own shape, else the one record they name; several, or half a key, place nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from surveys.planning.match import community_names, community_of, fold_all
from surveys.planning.place import OWN, place, placed
from surveys.record import PlaceRule
from surveys.records import ALL
from surveys.words import folded

Build = Callable[..., Any]
HERE, THERE = shapely.Point(100.5, 13.75), shapely.Point(100.6, 13.85)
FOOTPRINT = shapely.box(100.5, 13.75, 100.501, 13.751)
RULES = ALL["household"].place
AT_ONE = {"community": "C1", "house_seq": "1"}

CASES = {
    "own shape wins": ({**AT_ONE, "at": THERE}, [{**AT_ONE, "at": HERE}], OWN, None),
    "one house": (AT_ONE, [{**AT_ONE, "at": HERE}], "house_seq", "house-0"),
    "folded": ({"community": "c 1", "house_seq": "๑"}, [{**AT_ONE, "at": HERE}], "house_seq", "house-0"),
    "two houses": (AT_ONE, [{**AT_ONE, "at": HERE}, {**AT_ONE, "at": THERE}], None, None),
    "two houses, one of them placed": (AT_ONE, [{**AT_ONE, "at": HERE}, AT_ONE], "house_seq", "house-0"),
    "two houses, then a number only one has": ({**AT_ONE, "house_no": "9/1"},
     [{**AT_ONE, "at": HERE}, {**AT_ONE, "house_no": "9/1", "at": THERE}], "house_no", "house-1"),
    "a house with no place": (AT_ONE, [AT_ONE], None, None),
    "an empty shape is no place": (AT_ONE, [{**AT_ONE, "at": shapely.Point()}], None, None),
    "half a key": ({"house_seq": "1"}, [{**AT_ONE, "at": HERE}], None, None),
    "two halves alike": ({"house_seq": "1"}, [{"house_seq": "1", "at": HERE}], None, None),
    "only separators": ({"community": "C1", "house_seq": "-"},
     [{"community": "C1", "house_seq": "-", "at": HERE}], None, None),
    "another community": ({**AT_ONE, "community": "C2"}, [{**AT_ONE, "at": HERE}], None, None),
}  # fmt: skip


@pytest.mark.parametrize(("household", "houses", "by", "other"), CASES.values(), ids=CASES)
def test_a_household_is_placed_by_the_one_house_it_names(
    build: Build, household: dict[str, Any], houses: list[dict[str, Any]], by: str | None, other: str | None
) -> None:
    city = build(household=[household], house=houses)
    found = place(city["household"], RULES, {"house": city["house"], "land_plot": city["land_plot"]}).iloc[0]
    assert (found["placed_by"] if by else pd.isna(found["placed_by"])) == (by or True)
    assert (found["place_id"] if other else pd.isna(found["place_id"])) == (other or True)
    assert (found["geometry"] is None) == (by is None)


def test_a_place_on_an_area_is_a_point_inside_it(build: Build) -> None:
    city = build(household=[AT_ONE], house=[{**AT_ONE, "at": FOOTPRINT}])
    found = place(city["household"], RULES, city)
    assert found["geometry"].iloc[0].within(FOOTPRINT)


def test_a_community_is_the_same_by_code_and_by_either_name(build: Build) -> None:
    city = build(
        community=[{"id": "river", "code": "C1", "name": "ชุมชนริมคลอง", "everyday_name": "บ้านล่าง"}],
        household=[{"community": "บ้าน ล่าง", "house_seq": "1"}, {"community": "ริมคลองใต้", "house_seq": "1"}],
        house=[{"community": "ชุมชนริมคลอง", "house_seq": "1", "at": HERE}],
    )
    assert place(city["household"], RULES, city)["placed_by"].fillna("").tolist() == ["house_seq", ""]
    alone = {"house": city["house"]}
    assert place(city["household"], RULES, alone)["placed_by"].isna().all()


def test_a_name_that_two_communities_share_means_neither_and_a_code_beats_a_name(build: Build) -> None:
    city = build(
        community=[
            {"id": "a", "code": "1", "name": "ริมคลอง"},
            {"id": "b", "code": "2", "name": "ริมคลอง", "everyday_name": "1"},
        ],
        household=[{"community": text} for text in ("1", "2", "ริม-คลอง", "a", None, "3")],
    )
    assert "ริมคลอง" not in community_names(city["community"])
    found = community_of(city["household"], community_names(city["community"]))
    assert found.fillna("").tolist() == ["a", "b", "", "a", "", ""]


COMMUNITIES = [
    {"id": "a", "code": "C1", "name": "ชุมชนลานมะลิวัลย์", "everyday_name": "บ้านล่าง"},
    {"id": "b", "code": "5", "name": "ชุมชนวัดโพธิ์"},
    {"id": "c", "name": "วัดโพธิ์"},
    {"id": "d", "name": "หลังตลาด"},
    {"id": "e", "name": "ชุมชนท่าเรือ"},
    {"id": "f", "everyday_name": "ชุมชนท่าเรือ"},
    {"id": "g", "name": "ชุมชน"},
]
WITH_AND_WITHOUT = [
    ("ชุมชนลานมะลิวัลย์", "a"), ("ลานมะลิวัลย์", "a"), ("ชุมชน ลานมะลิวัลย์", "a"), ("ลาน มะลิวัลย์", "a"),
    ("ชุมชนบ้านล่าง", "a"), ("ชุมชนชุมชนลานมะลิวัลย์", ""),
    # Each has the name as it is written.
    ("ชุมชนวัดโพธิ์", "b"), ("วัดโพธิ์", "c"),
    ("ชุมชนหลังตลาด", "d"),
    # A name beats an everyday name as it is written; without the word either may be meant.
    ("ชุมชนท่าเรือ", "e"), ("ท่าเรือ", ""),
    # A code is no name.
    ("5", "b"), ("ชุมชน 5", ""), ("ชุมชน", "g"), ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "community"), WITH_AND_WITHOUT)
def test_a_community_is_the_same_with_or_without_the_word_for_it(
    build: Build, text: str, community: str
) -> None:
    city = build(community=COMMUNITIES, household=[{"community": text}])
    found = community_of(city["household"], community_names(city["community"]))
    assert found.fillna("").tolist() == [community]


def test_where_there_is_no_community_no_name_means_one(build: Build) -> None:
    assert community_names(build(community=[])["community"]) == {}


def test_places_pass_from_plot_to_house_to_household(city: Any) -> None:
    frames, said = placed(city)
    assert said["house"]["placed_by"].fillna("").tolist() == [OWN, OWN, OWN, "plot_no", OWN, ""]
    assert said["household"]["placed_by"].fillna("").tolist() == [
        "house_seq", "house_no", "house_seq", OWN, OWN, "house_seq", "", "", "house_seq"]  # fmt: skip
    assert said["household"]["place_id"].fillna("").tolist() == ["h1", "h1", "h2", "", "", "h4", "", "", "h5"]
    assert frames["household"].geometry["f6"].within(city["land_plot"].geometry["p5"])
    assert city["household"].geometry["f6"] is None, "the frame given is not changed"


def test_frames_without_rows_are_placed_too(build: Build) -> None:
    _, said = placed(build())
    assert {name: len(found) for name, found in said.items()} == {"house": 0, "household": 0}


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8"), max_size=8)))
def test_folding_a_column_is_folding_each_text(texts: list[str]) -> None:
    distinct = list(dict.fromkeys(texts))
    assert fold_all(pd.Index(distinct, dtype="str")) == [folded(text) for text in distinct]


def test_every_ascii_character_folds_the_same_alone() -> None:
    texts = [f"a{chr(code)}B" for code in range(128)]
    assert fold_all(pd.Index(texts, dtype="str")) == [folded(text) for text in texts]


def test_a_large_city_is_placed_row_by_row(build: Build) -> None:
    rng = np.random.default_rng(0)
    base = build()
    n, m = 100_000, 20_000
    number, where = pd.Series(np.arange(m).astype(str), dtype="str"), rng.integers(0, m + 2_000, n)
    houses = base["house"].reindex(range(m)).assign(community="C1", house_seq=number)
    houses["geometry"] = shapely.points(100 + np.arange(m) * 1e-5, np.full(m, 13.0))
    wanted = pd.Series(where.astype(str), dtype="str")
    households = base["household"].reindex(range(n)).assign(community="C 1", house_seq=wanted)
    found = place(households, (PlaceRule("house", ("community", "house_seq")),), {"house": houses})
    assert found["placed_by"].notna().to_numpy().tolist() == (where < m).tolist()
    east = found.geometry[where < m].x.to_numpy()
    assert np.allclose(east, 100 + where[where < m] * 1e-5)
