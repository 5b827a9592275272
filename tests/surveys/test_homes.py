"""Members stay with their own household when another one with its numbers comes."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest

from surveys import view
from surveys.planning.homes import households_of
from surveys.planning.links import City
from tests.api.conftest import pages
from tests.conftest import NETWORK, STEWARD, Intake

HOME = {"ชุมชน": "ก", "ลำดับบ้าน": 7, "บ้านเลขที่": "188/70", "ครัวเรือนที่": 1}
FIRST = HOME | {"ชื่อหัวหน้าครัวเรือน": "สมชาย ใจดี", "จำนวนสมาชิก": 2}
SECOND = HOME | {"ชื่อหัวหน้าครัวเรือน": "สมศรี ดีใจ", "จำนวนสมาชิก": 4}
FILES: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "first": ("household", [FIRST]),
    "second": ("household", [SECOND]),
    "both": ("household", [FIRST, SECOND]),
    "members": ("member", [HOME | {"สมาชิกลำดับที่": n, "ชื่อ": f"คน{n}"} for n in (1, 2)]),
}


@pytest.mark.parametrize(
    ("order", "head"),
    [
        (("first", "members", "second"), "สมชาย ใจดี"),
        (("members", "first", "second"), "สมชาย ใจดี"),
        (("second", "members", "first"), "สมศรี ดีใจ"),
        (("first", "second", "members"), None),
        (("both", "members"), None),
        (("members", "both"), None),
    ],
)
def test_members_are_of_the_household_that_was_here_when_they_came(
    take: Intake, order: tuple[str, ...], head: str | None
) -> None:
    take.rows([{"ชื่อชุมชน": "ก"}], "community.csv", type="community")
    for name in order:
        kind, rows = FILES[name]
        report = take.rows(rows, f"{kind}.csv", type=kind)
        assert report["new"] == len(rows)
    # The list of another family is not held against what this one says.
    if order[-1] == "second":
        assert set(report["problem_counts"]) == {"possible_double"}
    frames = view.frames(take.store, NETWORK, STEWARD)
    households, members = frames["household"], frames["member"]
    at = City(frames).households_of_members
    assert [households["head_name"].iloc[n] if n >= 0 else None for n in at] == [head, head]
    with pages(take.store.path, "surveyor") as client:
        for one, of in households["head_name"].items():
            page = client.get(f"/n/{NETWORK}/household/{one}").text
            shown = set(re.findall(rf"/n/{NETWORK}/member/([0-9a-f]{{32}})", page))
            assert shown == (set(members.index) if of == head else set())
        for one in members.index:
            page = client.get(f"/n/{NETWORK}/member/{one}").text
            shown = set(re.findall(rf"/n/{NETWORK}/household/([0-9a-f]{{32}})", page))
            assert shown == set(households.index[households["head_name"] == head])


def test_of_two_houses_with_one_number_nobody_can_tell(take: Intake) -> None:
    for seq, row in ((7, FIRST), (8, SECOND)):
        take.rows([row | {"ลำดับบ้าน": seq}], "household.csv")
        if seq == 7:
            members = [row | {"ลำดับบ้าน": ""} for row in FILES["members"][1]]
            take.rows(members, "member.csv", type="member")
    at = City(view.frames(take.store, NETWORK, STEWARD)).households_of_members
    assert set(at.tolist()) == {-2}


@pytest.mark.parametrize(
    ("homes", "member", "at"),
    [((5, 7), 6, 0), ((7, 5), 6, 1), ((5, 7), 4, 0), ((5, 5), 4, -2), ((5, 7), 7, -2), ((5, 5, 9), 6, -2),
     ((9, 5, 9), 6, 1), ((5, 7), 5, 0)],
)  # fmt: skip
def test_the_household_is_told_by_when_both_came(homes: tuple[int, ...], member: int, at: int) -> None:
    assert households_of(numbered([member], "b"), numbered(homes, "a"), {}).tolist() == [at]


def test_a_number_that_very_many_have_costs_no_pairs() -> None:
    """Everybody wrote 1 and 1."""
    households, members = numbered([5] * 1_000, "a"), numbered([4] * 4_000, "b")
    tracemalloc.start()
    try:
        found = households_of(members, households, {})
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert set(found.tolist()) == {-2}
    assert most < 20 << 20


def numbered(came: Sequence[int], kind: str) -> pd.DataFrame:
    """Records that came at these times and have the same numbers, all of them."""
    numbers = {"community": "a", "house_seq": "1", "household_no": "1", "house_no": "9", "plot_no": "2"}
    ids = [f"{when:012x}{kind}{n:019x}" for n, when in enumerate(came)]
    return pd.DataFrame([numbers] * len(ids), ids, dtype="str")
