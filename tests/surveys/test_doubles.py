"""Households that may be one: which pairs are found, by what, and that no order of rows changes anything."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.city import doubles
from surveys.city.double_rules import RULES, Evidence
from surveys.city.doubles import NEEDS, Doubles, candidates, columns_of
from surveys.planning.match import Frames
from surveys.store.schema import DIGEST
from tests.surveys.lean import lean

LON, LAT = 100.56, 13.72
# Degrees of a metre at this latitude, as the earth is there.
EAST, NORTH = 1 / 108_190, 1 / 110_640


def frame(type_name: str, rows: dict[str, dict[str, Any]]) -> gpd.GeoDataFrame:
    """Records by id; what is not said is absent."""
    columns = {
        name: pd.Series([row.get(name) for row in rows.values()], index=list(rows), dtype="str")
        for name in columns_of(type_name)
    }
    shapes = [row.get("at") for row in rows.values()]
    made = gpd.GeoDataFrame(pd.DataFrame(columns), geometry=gpd.GeoSeries(shapes, index=list(rows), crs=4326))
    return made


def point(east_m: float = 0.0, north_m: float = 0.0) -> shapely.Point:
    return shapely.Point(LON + east_m * EAST, LAT + north_m * NORTH)


def network(
    households: dict[str, dict[str, Any]],
    members: dict[str, dict[str, Any]] | None = None,
    houses: dict[str, dict[str, Any]] | None = None,
) -> Frames:
    communities = {"c1": {"code": "K1", "name": "ริมคลอง"}, "c2": {"code": "K2", "name": "หลังวัด"}}
    return {
        "community": frame("community", communities), "house": frame("house", houses or {}),
        "household": frame("household", households), "member": frame("member", members or {}),
    }  # fmt: skip


def rules(found: Doubles) -> dict[tuple[str, str], list[str]]:
    return {(p.first, p.second): [one.rule for one in p.evidence] for p in found.pairs}


def home(name: str | None = None, /, **facts: Any) -> dict[str, Any]:
    return {"community": "K1", "head_name": name, **facts}


# The names of two heads in one house, and how alike they are in percent; 0 is not alike at all.
NAMES = [
    ("สมชาย ใจดี", "นายสมชาย ใจดี", 100),
    ("สมชาย ใจดี", "นาย สมชาย  ใจดี", 100),
    ("สมชาย ใจดี", "สมชายใจดี", 100),
    ("นางสาวมาลี มีสุข", "นาง มาลี มีสุข", 100),
    ("น.ส. มาลี มีสุข", "มาลี มีสุข", 100),
    ("ด.ช.ต้น กล้าแข็ง", "เด็กชายต้น กล้าแข็ง", 100),
    ("Mrs. Suda Chai", "suda chai", 100),
    ("Mr Somchai Jaidee", "Somchai Jaidee", 100),
    ("Mrinal Roy", "Inal Roy", 88),
    # Typed with NIKHAHIT and SARA AA instead of SARA AM.
    ("น้ำฝน ทองดี", "น้ํา" + "ฝน ทองดี", 100),
    ("สมชาย ใจดี", "สมชัย ใจดี", 89),
    ("ประเสริฐ วงศ์ใหญ่", "ประเสิรฐ วงศ์ใหญ่", 94),
    ("สมชาย ใจดี", "มานี มีนา", 0),
    ("สมชาย ใจดี", "สมชาย รักไทย", 0),
    ("แดง", "ดำ", 0),
    (None, None, 0),
    ("สมชาย ใจดี", None, 0),
    ("-", ".", 0),
]


@pytest.mark.parametrize(("one", "other", "alike"), NAMES)
@pytest.mark.parametrize("house", [{"house_no": "9/1"}, {"house_seq": "12"}])
def test_names_in_one_house(one: str | None, other: str | None, alike: int, house: dict[str, str]) -> None:
    found = candidates(network({"a": home(one, **house), "b": home(other, **house)}))
    wanted = [] if alike == 0 else ["same_name"] if alike == 100 else ["near_name"]
    assert rules(found) == ({("a", "b"): wanted} if wanted else {})
    for pair in found.pairs:
        assert round(pair.evidence[0].value or 0) == alike


HOUSES = [
    ({"house_no": "9/1"}, {"house_no": "๙/๑"}, True),
    ({"house_no": "9/1"}, {"house_no": " 9 / 1 "}, True),
    ({"house_no": "9/1"}, {"house_no": "91"}, False),
    ({"house_no": "9/1"}, {"house_no": "9/1", "community": "ริมคลอง"}, True),
    ({"house_no": "9/1"}, {"house_no": "9/1", "community": "K2"}, False),
    ({"house_no": "9/1", "community": "ใหม่"}, {"house_no": "9/1", "community": "ใหม่ "}, True),
    ({"house_no": "9/1", "community": None}, {"house_no": "9/1", "community": None}, False),
    ({"house_seq": "12"}, {"house_seq": "12", "house_no": "5"}, True),
    ({"house_seq": "12"}, {"house_no": "12"}, False),
    ({}, {}, False),
    ({"house_no": "-"}, {"house_no": "-"}, False),
]


@pytest.mark.parametrize(("one", "other", "same"), HOUSES)
def test_what_one_house_is(one: dict[str, Any], other: dict[str, Any], same: bool) -> None:
    found = candidates(
        network({"a": home("มาลี มีสุข") | one, "b": home("นางมาลี มีสุข") | other, "c": home("อื่น") | other})
    )
    assert rules(found) == ({("a", "b"): ["same_name"]} if same else {})


PLOTS = [
    ({"plot_no": "12"}, {"plot_no": "๑๒"}, "same_name_plot"),
    ({"plot_no": "12"}, {"plot_no": "12", "community": "ริมคลอง"}, "same_name_plot"),
    ({"plot_no": "12"}, {"plot_no": "12", "community": "K2"}, ""),
    ({"plot_no": "12"}, {"plot_no": "13"}, ""),
    ({"plot_no": "12", "visit_result": "double"}, {"plot_no": "12", "head_name": "คนอื่น"}, "said_double_plot"),
    ({"plot_no": "12"}, {"plot_no": "12", "head_name": "มาลี มีสุก"}, "near_name_plot"),
    # A house tells more than its plot: several stand on one.
    ({"plot_no": "12", "house_seq": "1"}, {"plot_no": "12", "house_seq": "2"}, ""),
    ({"plot_no": "12", "house_no": "9/1"}, {"plot_no": "12"}, ""),
    ({"plot_no": "12", "at": point()}, {"plot_no": "12", "at": point(5)}, "same_name_plot"),
    ({"plot_no": "12", "at": point()}, {"plot_no": "13", "at": point(5)}, "near_place"),
]


@pytest.mark.parametrize(("one", "other", "rule"), PLOTS)
def test_households_of_one_plot_where_they_say_no_house(
    one: dict[str, Any], other: dict[str, Any], rule: str
) -> None:
    homes = {"a": home("มาลี มีสุข") | one, "b": home("นางมาลี มีสุข") | other, "c": home("อื่น", plot_no="99")}
    found = candidates(network(homes))
    assert rules(found) == ({("a", "b"): [rule]} if rule else {})


IDS = [
    ({"plot_no": "12"}, {"plot_no": "12"}, "same_id"),
    ({"plot_no": "12"}, {"plot_no": "13"}, "two_houses"),
    ({"plot_no": "12"}, {"house_seq": "1"}, "same_id"),
    ({"plot_no": "12", "house_seq": "1"}, {"plot_no": "13"}, "two_houses"),
    ({"plot_no": "12", "house_seq": "1"}, {"plot_no": "13", "house_seq": "1"}, "same_id"),
    ({"plot_no": "12", "house_seq": "1"}, {"plot_no": "13", "house_no": "9/1"}, "same_id"),
]


@pytest.mark.parametrize(("one", "other", "rule"), IDS)
def test_one_id_on_two_plots(one: dict[str, Any], other: dict[str, Any], rule: str) -> None:
    homes = {"a": home("มาลี", head_id_digest="x") | one, "b": home("ปิติ", head_id_digest="x") | other}
    assert rules(candidates(network(homes))) == {("a", "b"): [rule]}


def test_what_was_compared_changes_when_the_plot_does_where_there_is_no_house() -> None:
    def told(house: dict[str, Any], plot: str) -> str:
        homes = {one: home("มาลี", key="k", head_id_digest="x", plot_no=plot, **house) for one in "ab"}
        return candidates(network(homes)).pairs[0].evidence[-1].told

    assert told({}, "12") != told({}, "13") and told({}, "12") == told({}, "๑๒")
    assert told({"house_no": "9/1"}, "12") == told({"house_no": "9/1"}, "13")


PLACES = [(0.0, 100, True), (19.3, 100, True), (20.5, 100, False), (12.0, 89, True), (12.0, 0, False)]


@pytest.mark.parametrize(("metres", "alike", "found_"), PLACES)
@pytest.mark.parametrize("north", [True, False])
def test_names_within_twenty_metres(metres: float, alike: int, found_: bool, north: bool) -> None:
    names = {100: "นายสมชาย ใจดี", 89: "สมชัย ใจดี", 0: "มานี มีนา"}
    away = point(0, metres) if north else point(metres, 0)
    found = candidates(
        network(
            {
                "a": home("สมชาย ใจดี", house_seq="1", at=point()),
                "b": home(names[alike], house_seq="2", at=away),
                "c": home("สมชาย ใจดี", house_seq="3"),
            }
        )
    )
    assert rules(found) == ({("a", "b"): ["near_place"]} if found_ else {})
    if found_:
        evidence = found.pairs[0].evidence[0]
        assert evidence.value == pytest.approx(metres, abs=0.05) and round(evidence.alike or 0) == alike
        assert f"{metres:.0f} เมตร" in evidence.sentence.th and f"{metres:.0f} m " in evidence.sentence.en


def test_a_household_stands_at_its_house_but_not_at_its_plot() -> None:
    houses = {
        "h1": {"community": "K1", "house_seq": "1", "at": shapely.box(LON, LAT, LON + 9 * EAST, LAT + 9 * NORTH)},
        "h2": {"community": "K1", "house_seq": "2", "at": point(15)},
    }  # fmt: skip
    homes = {"a": home("มาลี มีสุข", house_seq="1"), "b": home("มาลี มีสุข", house_seq="2"),
             "c": home("มาลี มีสุข", plot_no="7"), "d": home("มาลี มีสุข", plot_no="7")}  # fmt: skip
    # Two of one plot are of one block without standing there.
    assert rules(candidates(network(homes, houses=houses))) == {
        ("a", "b"): ["near_place"], ("c", "d"): ["same_name_plot"],
    }  # fmt: skip


IDS = [
    ({"house_seq": "1"}, {"house_seq": "1"}, "same_id"),
    ({"house_seq": "1"}, {"house_seq": "2"}, "two_houses"),
    ({"house_seq": "1"}, {"house_seq": "1", "community": "K2"}, "two_houses"),
    # One sequence tells the house, whatever number stands on it.
    ({"house_seq": "1", "house_no": "5"}, {"house_seq": "1", "house_no": "6"}, "same_id"),
    ({"house_seq": "1", "house_no": "5"}, {"house_no": "6"}, "two_houses"),
    ({"house_seq": "1"}, {"house_no": "6"}, "same_id"),
    ({"house_seq": "1"}, {"house_seq": "2", "community": None}, "same_id"),
]


@pytest.mark.parametrize(("one", "other", "rule"), IDS)
def test_one_id_of_two_heads(one: dict[str, Any], other: dict[str, Any], rule: str) -> None:
    homes = {"b": home("ก", head_id_digest="x") | one, "a": home("ข", head_id_digest="x") | other,
             "c": home("ค", head_id_digest="y") | one, "d": home("ง") | other}  # fmt: skip
    assert rules(candidates(network(homes))) == {("a", "b"): [rule]}


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [("นาง แก้ว ดี", "นายนอก ใจ", True), ("นางแก้ว ดี", "แก้ว ดี", False), ("นางแก้ว ดี", None, False)],
)
@pytest.mark.parametrize("seq", ["1", "2"])
def test_one_id_of_two_names_is_no_one_person_and_says_so(
    one: str, other: str | None, differ: bool, seq: str
) -> None:
    number = {"head_id" + DIGEST: "d1"}
    found = candidates(
        network({"a": home(one, house_seq="1", **number), "b": home(other, house_seq=seq, **number)})
    )
    (pair,) = found.pairs
    said = pair.evidence[0].sentence
    assert said.th.startswith("เลขบัตรเดียวกัน") and said.en.startswith("the same id number")
    assert "คนเดียวกัน" not in said.th
    assert ("ชื่อหัวหน้าครัวเรือนต่างกัน" in said.th, "the names of the heads differ" in said.en) == (differ, differ)


def test_a_member_here_who_is_head_or_member_there_is_one_person_in_two_houses() -> None:
    homes = {"a": home("ก", house_seq="1", household_no="1", head_id_digest="x"),
             "b": home("ข", house_seq="2", household_no="1"),
             "c": home("ค", house_seq="3", household_no="1")}  # fmt: skip
    members = {
        # The head is on the list of his own household, too.
        "m1": home(house_seq="1", household_no="1", member_no="1", person_id_digest="x"),
        "m2": home(house_seq="2", household_no="1", member_no="1", person_id_digest="x"),
        "m3": home(house_seq="2", household_no="1", member_no="2", person_id_digest="y"),
        "m4": home(house_seq="3", household_no="1", member_no="1", person_id_digest="y"),
        "m5": home(house_seq="99", household_no="1", member_no="1", person_id_digest="y"),
        "m6": home(house_seq="2", household_no="1", member_no="3", person_id_digest="z"),
        "m7": home(house_seq="3", household_no="1", member_no="3", person_id_digest="z"),
    }
    found = candidates(network(homes, members))
    assert rules(found) == {("a", "b"): ["two_houses"], ("b", "c"): ["two_houses"]}
    assert [pair.evidence[0].value for pair in found.pairs] == [1, 2]


def test_two_records_of_one_number_and_a_surveyors_word() -> None:
    key = "house_seq=1|household_no=1|"
    homes = {"a": home("สมชาย ใจดี", house_seq="1", key=key), "b": home("มานี มีนา", house_seq="1", key=key),
             "c": home("ปิติ ดี", house_seq="1", key="other", visit_result="double"),
             "d": home("ชูใจ", house_seq="2", visit_result="double")}  # fmt: skip
    found = candidates(network(homes))
    assert rules(found) == {
        ("a", "b"): ["same_number"], ("a", "c"): ["said_double"], ("b", "c"): ["said_double"],
    }  # fmt: skip


def test_an_id_that_fills_a_column_pairs_nothing_and_is_said() -> None:
    many = doubles.MOST_OF_ID + 1
    homes = {f"{n:03d}": home(f"คน {n}", house_seq=str(n), head_id_digest="0") for n in range(many)}
    found = candidates(network(homes))
    assert found.pairs == () and [str(many) in note.en and str(many) in note.th for note in found.notes] == [
        True
    ]
    del homes["000"]
    assert len(candidates(network(homes)).pairs) == (many - 1) * (many - 2) // 2


def test_a_building_is_compared_by_equal_names_only_and_that_is_said() -> None:
    many = doubles.MOST_IN_HOUSE + 1
    homes = {
        f"{n:04d}": home(f"{'กขคงจฉชซ'[n % 8] * 9} {n:05d}", house_no="1", at=point()) for n in range(many)
    }
    homes["x1"], homes["x2"], homes["x3"] = (
        home(name, house_no="1") for name in ("สมชาย ดี", "นายสมชาย ดี", "สมชาย ดำ")
    )
    found = candidates(network(homes))
    assert rules(found) == {("x1", "x2"): ["same_name"]}
    assert len(found.notes) == 2 and all(
        str(many) in note.en or str(many + 3) in note.en for note in found.notes
    )


def test_a_network_without_households_or_places_has_no_pairs() -> None:
    assert candidates(network({})).pairs == ()
    assert candidates(network({"a": home("ก", house_seq="1", at=shapely.Point())})).pairs == ()


def test_the_strongest_evidence_stands_first_and_a_pair_stands_once() -> None:
    same = {"house_seq": "1", "house_no": "9/1", "key": "k", "at": point()}
    homes = {"b": home("สมชาย ใจดี", head_id_digest="x", **same),
             "a": home("นายสมชาย ใจดี", head_id_digest="x", **same),
             "d": home("มาลี มีสุข", house_seq="5", at=point(100)),
             "c": home("มาลี มีสุข", house_seq="6", at=point(105))}  # fmt: skip
    found = candidates(network(homes))
    assert list(rules(found).items()) == [
        (("a", "b"), ["same_id", "same_name", "same_number"]), (("c", "d"), ["near_place"]),
    ]  # fmt: skip


def test_what_was_compared_changes_when_a_name_or_house_does_and_only_then() -> None:
    def told(**facts: Any) -> str:
        homes = {
            "a": home("สมชาย ใจดี", house_no="9/1", people="4"),
            "b": home("สมชาย ใจดี", house_no="9/1") | facts,
        }
        return candidates(network(homes)).pairs[0].evidence[0].told

    assert told() == told(people="7") == told(head_name="นายสมชาย  ใจดี") == told(house_no="๙/๑")
    assert told() != told(head_name="สมชัย ใจดี")
    assert told() != told(house_seq="4")


def test_every_rule_is_said_in_both_languages() -> None:
    for name, rule in RULES.items():
        for value in (1.0, 3.0):
            said = Evidence(name, value, 91.4, "").sentence
            assert said.th and said.en and "{" not in said.th + said.en
            assert not set("abcdefghijklmnopqrstuvwxyz") & set(rule.words.th + said.th)


NAME = st.sampled_from(["สมชาย ใจดี", "นายสมชาย ใจดี", "สมชัย ใจดี", "สมชาย ใจดำ", "มาลี มีสุข", "นางมาลี มีสุก", None])
HOME = st.fixed_dictionaries(
    {
        "head_name": NAME, "community": st.sampled_from(["K1", "ริมคลอง", "K2", None]),
        "house_seq": st.sampled_from(["1", "2", None]), "house_no": st.sampled_from(["9/1", "9/2", None]),
        "plot_no": st.sampled_from(["4", "5", None]),
        "household_no": st.sampled_from(["1", "2"]), "key": st.sampled_from(["k", "l", None]),
        "head_id_digest": st.sampled_from(["x", "y", None, None]),
        "visit_result": st.sampled_from(["double", "complete", None]),
        "at": st.one_of(st.none(), st.builds(point, st.sampled_from([0.0, 7.0, 19.0, 26.0]), st.just(0.0))),
    }
)  # fmt: skip


def evidence(found: Doubles) -> dict[tuple[str, str], set[Any]]:
    return {(p.first, p.second): set(p.evidence) for p in found.pairs}


@pytest.mark.slow
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(homes=st.lists(HOME, min_size=2, max_size=5), data=st.data())
def test_no_order_of_rows_changes_anything_and_blocks_lose_no_pair(
    homes: list[dict[str, Any]], data: st.DataObject
) -> None:
    named = {f"{n:02d}": one for n, one in enumerate(homes)}
    found = candidates(network(named))
    whole = evidence(found)
    # However frames hold texts and points.
    thin = candidates(lean(network(named), *NEEDS[1:]))
    pd.testing.assert_frame_equal(thin.rows, found.rows)
    mixed = data.draw(st.permutations(list(named)))
    assert evidence(candidates(network({key: named[key] for key in mixed}))) == whole
    by_twos: dict[tuple[str, str], set[Any]] = {}
    for a, b in combinations(named, 2):
        one, other = data.draw(st.permutations((a, b)))
        by_twos |= evidence(candidates(network({one: named[one], other: named[other]})))
    assert {key: {(e.rule, e.told) for e in found} for key, found in by_twos.items()} == {
        key: {(e.rule, e.told) for e in found} for key, found in whole.items()
    }


def test_frames_are_left_as_they_were() -> None:
    frames = network({"a": home("สมชาย ใจดี", house_no="1"), "b": home("สมชาย ใจดี", house_no="1")})
    before = {name: frames[name].copy() for name in NEEDS}
    candidates(frames)
    for name in NEEDS:
        pd.testing.assert_frame_equal(pd.DataFrame(frames[name]), pd.DataFrame(before[name]))
    assert np.array_equal(frames["household"].index, ["a", "b"])
