"""The drawn city: what it must contain, and that its ground is sound."""

from __future__ import annotations

from collections import Counter
from datetime import date

import geopandas as gpd
import pytest
import shapely

from demo.city import City
from demo.outlets import CANAL, CANVASS, COMMUNITY, FACILITY, HOUSE, MEMBER, PLOT, REVISIT, ROAD, ZONE
from demo.people import ID_PREFIX
from demo.settlements import DISPUTED, HOLLOW, REFERENCE_DAY, SETTLEMENTS, UNKNOWN_COMMUNITY
from demo.shapes import KHET_FILE, UTM47
from surveys import lists
from surveys.cells import Missing
from surveys.shared import LINK
from surveys.thai import valid_person_id

COUNTS = [
    (COMMUNITY, 11, 11), (PLOT, 1900, 2000), (HOUSE, 1900, 2000), (MEMBER, 850, 1000), (CANAL, 2, 2),
    (FACILITY, 16, 26), (ROAD, 89, 89), (ZONE, 2, 3),
]  # fmt: skip


@pytest.mark.parametrize(("outlet", "least", "most"), COUNTS, ids=lambda given: getattr(given, "layer", None))
def test_the_city_has_about_as_many_records_as_it_says(city: City, outlet, least: int, most: int) -> None:
    assert least <= len(city[outlet].rows) <= most


def homes(city: City) -> list[dict]:
    return [*city[CANVASS].rows, *city[REVISIT].rows]


def test_about_sixteen_hundred_households_answer_every_field(city: City) -> None:
    found = homes(city)
    assert 1500 <= len(found) <= 1700
    # No sheet says to what a record was linked by hand.
    for name in set(CANVASS.type.by_name) - {LINK}:
        assert sum(row.get(name) is not None for row in found) >= 20, name


def test_every_kind_of_answer_occurs(city: City) -> None:
    found = homes(city)
    held = Counter((row["community"], row["house_seq"]) for row in found if row["house_seq"])
    houses = city[HOUSE].rows
    assert sum(count > 1 for count in held.values()) > 50  # several families in one house
    assert sum(row["house_no"] is None for row in houses) > 20
    assert sum(row["owner_presence"] == "absent" for row in houses) > 100
    assert sum(bool(row["rooms_let"]) for row in houses) > 100
    assert {row["visit_result"] for row in found} == {choice.code for choice in lists.VISIT_RESULTS}
    words = {value for row in found for value in row.values() if isinstance(value, Missing)}
    assert words == {Missing.UNKNOWN, Missing.NO_ANSWER, Missing.NOT_APPLICABLE}


def test_households_find_their_place_in_every_way(city: City) -> None:
    planned = {(row["community"], row["house_seq"]) for row in city[HOUSE].rows}
    rows = homes(city)
    away = [row for row in rows if row["house_seq"] and (row["community"], row["house_seq"]) not in planned]
    assert sum("latitude" in row for row in rows) > 300  # by coordinates
    assert sum(row["house_seq"] is None for row in rows) == 12  # by house number
    assert sum(row["plot_no"] is not None for row in away) == 3  # by plot
    assert Counter(row["community"] for row in away if row["plot_no"] is None) == {
        UNKNOWN_COMMUNITY: 8, "WT02": 3, "WT06": 3,
    }  # fmt: skip
    assert sum(row["household_no"] is None for row in rows) == 8


def test_communities_are_hollow_disputed_scattered_and_threatened() -> None:
    facts = {settlement.code: settlement.facts for settlement in SETTLEMENTS}
    assert len(facts) == 10
    assert facts[HOLLOW]["survey_state"] == "known"
    assert facts[DISPUTED]["boundary_standing"] == "disputed"
    assert sum(fact["type"] == "scattered" for fact in facts.values()) == 1
    deadlines = [day for fact in facts.values() if isinstance(day := fact.get("eviction_deadline"), date)]
    assert 0 < (min(deadlines) - REFERENCE_DAY).days < 45


def test_the_ground_is_sound(city: City) -> None:
    bangkok = shapely.union_all(gpd.read_file(KHET_FILE).to_crs(UTM47).geometry.values)
    edges = dict(
        zip((row["code"] for row in city[COMMUNITY].rows), city[COMMUNITY].shapes or [], strict=True)
    )
    for outlet in (COMMUNITY, PLOT, HOUSE, CANAL, FACILITY, ROAD, ZONE):
        shapes = city[outlet].shapes or []
        assert shapely.is_valid(shapes).all()
        assert bangkok.contains(shapely.union_all(shapes))
    plots = city[PLOT].shapes or []
    assert shapely.area(plots).sum() == pytest.approx(
        shapely.union_all(plots).area, rel=1e-6
    )  # none overlaps
    for row, plot in zip(city[PLOT].rows, plots, strict=True):
        assert edges[row["community"]].buffer(0.5).contains(plot)
    water = (city[CANAL].shapes or [])[0]
    assert shapely.distance(water, edges["WT01"]) < 8
    houses = shapely.union_all(city[HOUSE].shapes or [])
    assert not shapely.intersects(city[CANAL].shapes or [], houses).any()


def test_facilities_are_of_every_kind(city: City) -> None:
    kinds = {row["kind"] for row in city[FACILITY].rows} - {None}
    assert kinds == {choice.code for choice in lists.FACILITY_KINDS}


def test_ids_are_well_formed_and_belong_to_nobody(city: City) -> None:
    heads = [row.get("head_id") for row in homes(city)]
    others = [row["person_id"] for row in city[MEMBER].rows if row["relation"] != "head"]
    numbers = [number for number in heads + others if number and not isinstance(number, Missing)]
    assert len(numbers) > 1500
    assert all(valid_person_id(number) and number.startswith(ID_PREFIX) for number in numbers)
    assert len(set(numbers)) == len(numbers)


def test_surnames_are_made_up(city: City) -> None:
    assert {row["surname"][:5] for row in city[MEMBER].rows} == {"สมมติ"}
