"""A community written otherwise than it is called: the near one is named, joined, and known to the next file."""

from __future__ import annotations

from typing import Any

import pytest

from surveys import communities, edit
from surveys.communities import Communities
from surveys.errors import NotAllowed, NotFound, Refused
from surveys.intake.options import CREATE
from surveys.roles import Actor
from surveys.store.schema import table
from surveys.words import folded
from tests.conftest import NETWORK, STEWARD, Intake

NAME, SLIP = "ชุมชนริมคลองลาดพร้าว", "ชุมชนริมคลองลาดพร้าวว"
NAMES = {"1": NAME, "2": "ชุมชนหมู่บ้านมั่นคง 1", "3": "ชุมชนหมู่บ้านมั่นคง 2", "4": "วัดโพธิ์", "5": "ริมคลองเหนือ"}
NEAR = [
    (SLIP, ["1"]),
    ("ริมคลองลาดพราว", ["1"]),  # no tone mark, no word before the name
    ("ชุมชน ริมคลอง-ลาดพร้าว.", []),  # the same name: not asked for
    ("หมู่บ้านมันคง 1", ["2"]),
    ("หมู่บ้านมั่นคง ๒", ["3"]),
    ("หมู่บ้านมั่นคง 3", []),  # another number is another community
    ("วัดโพธ", ["4"]),
    ("ริมคลองเหนื่อ", ["5"]),
    ("ริมคลองใต้", []),
    ("k1", ["1"]),
    ("K02", []),
    ("ชุมชน", []),
    ("วัด", []),
]


def known() -> Communities:
    texts = {folded(name): one for one, name in NAMES.items()} | {folded("K01"): "1"}
    return Communities(NAMES, {"1": "K01"}, texts)


@pytest.mark.parametrize(("text", "wanted"), NEAR)
def test_a_name_that_is_almost_one_here(text: str, wanted: list[str]) -> None:
    here = known()
    assert [one for one in here.near(text) if here.of(text) is None] == wanted


@pytest.fixture
def river(take: Intake) -> str:
    """The id of a community with a code."""
    take.rows([{"รหัสชุมชน": "K01", "ชื่อชุมชน": NAME}], "ชุมชน.csv", type="community")
    return str(take.store.read(NETWORK, "community").index[0])


HOUSE = {"ชุมชน": SLIP, "ลำดับบ้าน": "1", "สภาพบ้าน": "ชำรุด"}


def unknown(take: Intake) -> list[dict[str, Any]]:
    return communities.unknown(take.store, NETWORK, STEWARD)


def test_the_near_community_is_named_with_what_to_type(take: Intake, river: str) -> None:
    found = take.examine(take.write([HOUSE | {"ชุมชน": f" {SLIP} "}], "house.csv"))
    (said,) = [p for p in found.problems if p.code == "community_unknown"]
    assert said.value == SLIP and f"“{NAME}”" in said.remedy.th
    assert f"--community '{SLIP}=K01'" in said.remedy.en
    take.accept(found)
    (row,) = unknown(take)
    assert (row["name"], row["counts"], row["near"]) == (SLIP, {"house": 1}, [{"id": river, "name": NAME}])


@pytest.mark.parametrize("meant", ["K01", NAME, "id"])
def test_a_name_joined_is_known_to_the_next_file(take: Intake, river: str, meant: str) -> None:
    take.rows([HOUSE | {"ชุมชน": NAME}], "house.csv")
    meant = river if meant == "id" else meant
    revision = take.store.revision(NETWORK)
    found = take.examine(take.write([HOUSE | {"สภาพบ้าน": "ดี"}], "house.csv"), communities={SLIP: meant})
    # The joined name finds the house that is here under the right one; looking writes nothing.
    assert (found.total("updated"), dict(found.counts)) == (1, {})
    assert (
        take.store.revision(NETWORK) == revision
        and not take.store.read(NETWORK, "community")["other_names"].any()
    )
    take.accept(found)
    assert take.store.read(NETWORK, "community")["other_names"].tolist() == [SLIP]
    again = take.rows([HOUSE | {"ลำดับบ้าน": "2"}], "house.csv")
    assert again["problem_counts"] == {} and unknown(take) == []


def test_a_join_is_remembered_though_nothing_else_changes_and_can_be_taken_back(
    take: Intake, river: str
) -> None:
    take.rows([HOUSE], "house.csv")
    assert [row["name"] for row in unknown(take)] == [SLIP]
    report = take.rows([HOUSE], "house.csv", communities={SLIP: "K01"})
    assert (report["status"], report["taken"], unknown(take)) == ("same", 0, [])
    with take.store.reading() as connection:
        change = connection.scalar(
            table("community").select().with_only_columns(table("community").c.opened_by)
        )
    edit.take_back(take.store, NETWORK, STEWARD, change)
    assert [row["name"] for row in unknown(take)] == [SLIP]
    take.rows([HOUSE], "house.csv", communities={SLIP: "K01"})
    assert unknown(take) == []


def test_a_name_may_be_created_with_the_file(take: Intake, river: str) -> None:
    report = take.rows(
        [HOUSE, HOUSE | {"ชุมชน": "ตลาดใหม่"}], "house.csv", communities={"ตลาดใหม่": CREATE, SLIP: river}
    )
    assert report["taken"] == 2 and unknown(take) == []
    assert sorted(take.store.read(NETWORK, "community")["name"]) == sorted([NAME, "ตลาดใหม่"])


WRONG = [
    ({SLIP: "K99"}, "community_meant_unknown", NAME),
    ({"ชุมชนอื่น": "K01"}, "community_not_named", SLIP),
]


@pytest.mark.parametrize(("said", "code", "named"), WRONG)
def test_a_slip_in_what_is_said_refuses_the_file(
    take: Intake, river: str, said: dict[str, str], code: str, named: str
) -> None:
    report = take.rows([HOUSE], "house.csv", communities=said)
    (problem,) = [p for p in report["problems"] if p["severity"] == "refuse"]
    assert problem["code"] == code and named in problem["remedy_th"]
    assert take.store.counts(NETWORK)["house"] == 0


def test_joining_after_the_import(take: Intake, river: str) -> None:
    take.rows([HOUSE, HOUSE | {"ชุมชน": "ริมคลองลาดพราว"}], "house.csv")
    for name in (SLIP, "ริมคลองลาดพราว"):
        communities.join(take.store, NETWORK, STEWARD, name, river)
    assert unknown(take) == []
    assert take.store.read(NETWORK, "community")["other_names"].tolist() == [f"{SLIP}; ริมคลองลาดพราว"]
    for name, where, error in (
        (SLIP, river, Refused), ("ก;ข", river, Refused), (" ", river, Refused), ("ใหม่", "0" * 32, NotFound),
    ):  # fmt: skip
        with pytest.raises(error):
            communities.join(take.store, NETWORK, STEWARD, name, where)
    with pytest.raises(NotAllowed):
        communities.join(take.store, NETWORK, Actor("x", "secretary"), "ใหม่", river)


def test_two_spellings_joined_that_name_one_house_are_not_two_houses(take: Intake, river: str) -> None:
    rows = [HOUSE | {"ชุมชน": NAME}, HOUSE | {"สภาพบ้าน": "ดี"}]
    report = take.rows(rows, "house.csv", communities={SLIP: "K01"})
    assert (report["taken"], report["quarantined"]) == (1, 1)
    assert report["problem_counts"] == {"key_repeated": 1}


def test_without_the_word_for_a_community_it_is_the_same_community(take: Intake, river: str) -> None:
    house = HOUSE | {"ชุมชน": NAME}
    take.rows([house], "house.csv")
    report = take.rows([house | {"ชุมชน": "ริมคลองลาดพร้าว", "สภาพบ้าน": "ดี"}], "house.csv")
    assert (report["new"], report["updated"], report["problem_counts"]) == (0, 1, {})
    assert unknown(take) == []
    # How a row writes the name is no change of the record.
    (row,) = take.store.read_table(NETWORK, "house").to_pylist()
    assert row["community"] == NAME
    report = take.rows([house | {"ชุมชน": "K01", "สภาพบ้าน": "ดี"}], "house.csv")
    assert (report["updated"], report["unchanged"]) == (0, 1)
    # A community that is another is one.
    report = take.rows([{**row, "community": "ชุมชนอื่น"}], "house.csv", type="house")
    assert (report["updated"], report["problem_counts"]) == (1, {"community_unknown": 1})


def test_a_ditto_mark_is_no_community(take: Intake, river: str) -> None:
    rows = [HOUSE | {"ชุมชน": NAME}, *(HOUSE | {"ชุมชน": mark, "ลำดับบ้าน": "2"} for mark in ('"', "〃", "''"))]
    report = take.rows(rows, "house.csv")
    assert (report["new"], report["quarantined"]) == (1, 3)
    assert report["problem_counts"] == {"ditto_mark": 3, "key_missing": 3} and unknown(take) == []
    said = [(p["row"], p["value"]) for p in report["problems"] if p["code"] == "ditto_mark"]
    assert said == [(3, '"'), (4, "〃"), (5, "''")]
    # What is told without its community is taken, and nothing is guessed.
    plots = [{"แปลงที่": "1", "ชุมชน": NAME}, {"แปลงที่": "2", "ชุมชน": "〃"}]
    report = take.rows(plots, "plots.csv", type="land_plot")
    assert (report["new"], report["problem_counts"]) == (2, {"ditto_mark": 1})
    assert take.store.read_table(NETWORK, "land_plot")["community"].to_pylist() == [NAME, None]
