"""Giving the data back: the meeting, its corrections, the agreement, and what changes after it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from surveys import edit
from surveys.city import returns
from surveys.city.returns import Meeting, Outcome
from surveys.errors import MankongError, NotAllowed, NotFound, Refused
from surveys.intake import imports
from surveys.roles import Actor
from tests.conftest import NETWORK, STEWARD, Intake

HELD = date(2025, 8, 1)


@pytest.fixture
def city(take: Intake) -> dict[str, str]:
    """Two communities with houses and households; returns the ids of the communities by name."""
    take.rows(
        [{"ชื่อชุมชน": name, "รหัสชุมชน": code} for name, code in (("ริมคลอง", "C1"), ("หลังวัด", ""))],
        "community.csv",
    )
    rows = [
        {"ชุมชน": c, "ลำดับบ้าน": n, "ครัวเรือนที่": 1, "จำนวนสมาชิก": n} for c in ("ริมคลอง", "หลังวัด") for n in (1, 2)
    ]
    take.rows(rows, "household.csv")
    frame = take.store.read(NETWORK, "community", ["name"])
    return dict(zip(frame["name"], frame.index, strict=True))


def held(take: Intake, community: str, **facts: Any) -> dict[str, Any]:
    asked = {"community": community, "held": HELD, "attended_count": 40} | facts
    return returns.hold(take.store, NETWORK, STEWARD, Meeting(**asked))


def standing(take: Intake) -> dict[str, tuple[str, int]]:
    told = returns.standing(take.store, NETWORK, STEWARD)
    return {str(at): (str(row["standing"]), int(row["changed"])) for at, row in told.iterrows()}


def test_data_is_unchecked_until_the_community_agrees(take: Intake, city: dict[str, str]) -> None:
    first, second = city["ริมคลอง"], city["หลังวัด"]
    assert standing(take) == {first: ("unchecked", 0), second: ("unchecked", 0)}
    meeting = held(take, first, place="ศาลาชุมชน", attended="นายสมชาย, นางวิไล")
    assert (meeting["number"], meeting["state"], meeting["community"]) == (1, "checking", "C1")
    assert standing(take)[first] == ("checking", 0)
    one = take.store.read_table(NETWORK, "household").to_pylist()[0]
    asked = edit.Correction(
        "household", one["id"], one["version"], {"people": "5"}, "นางวิไลแจ้ง", meeting["id"]
    )
    edit.correct(take.store, NETWORK, STEWARD, asked)
    done = returns.conclude(
        take.store,
        NETWORK,
        STEWARD,
        meeting["id"],
        Outcome(True, date(2025, 8, 2), paper=("รายชื่อ.jpg", b"scan")),
    )
    assert done["state"] == "agreed" and [c["fields"] for c in done["corrections"]] == [["people"]]
    name, path = returns.paper(take.store, NETWORK, STEWARD, meeting["id"])
    assert name == "รายชื่อ.jpg" and path.read_bytes() == b"scan" and path.stat().st_mode & 0o777 == 0o600
    assert standing(take) == {first: ("agreed", 0), second: ("unchecked", 0)}
    states = take.store.read(NETWORK, "community", ["survey_state"])["survey_state"]
    assert states[first] == "confirmed" and states.isna()[second]


def test_what_changes_after_the_agreement_is_said(take: Intake, city: dict[str, str]) -> None:
    meeting = held(take, city["หลังวัด"])
    returns.conclude(take.store, NETWORK, STEWARD, meeting["id"], Outcome(True, HELD))
    rows = [
        {"ชุมชน": "หลังวัด", "ลำดับบ้าน": 1, "ครัวเรือนที่": 1, "จำนวนสมาชิก": 9},
        {"ชุมชน": "C1", "ลำดับบ้าน": 1, "ครัวเรือนที่": 1, "จำนวนสมาชิก": 9},
    ]
    later = take.rows(rows, "household.csv")
    assert standing(take)[city["หลังวัด"]] == ("changed", 1)
    assert standing(take)[city["ริมคลอง"]] == ("unchecked", 0)
    imports.undo(take.store, later["import_id"], STEWARD)
    assert standing(take)[city["หลังวัด"]] == ("agreed", 0)


def test_a_community_that_does_not_agree_says_why(take: Intake, city: dict[str, str]) -> None:
    meeting = held(take, city["หลังวัด"])
    with pytest.raises(Refused, match="เหตุผล"):
        returns.conclude(take.store, NETWORK, STEWARD, meeting["id"], Outcome(False, HELD))
    returns.conclude(take.store, NETWORK, STEWARD, meeting["id"], Outcome(False, HELD, "รายชื่อขาด 3 หลัง"))
    assert standing(take)[city["หลังวัด"]] == ("not_agreed", 0)
    again = held(take, city["หลังวัด"])
    assert again["number"] == 2 and standing(take)[city["หลังวัด"]] == ("checking", 0)
    assert [one["number"] for one in returns.listed(take.store, NETWORK, STEWARD)] == [2, 1]


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"held": None}, Refused),
        ({"held": date(2999, 1, 1)}, Refused),
        ({"attended_count": None}, Refused),
        ({"attended_count": 0}, Refused),
        ({"community": "0" * 32}, NotFound),
    ],
)
def test_a_meeting_wants_its_facts(
    take: Intake, city: dict[str, str], facts: dict[str, Any], error: type[MankongError]
) -> None:
    with pytest.raises(error):
        held(take, **({"community": city["ริมคลอง"]} | facts))
    assert returns.listed(take.store, NETWORK, STEWARD) == []


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome(True, None), "วันที่ลงมติ"),
        (Outcome(True, date(2999, 1, 1)), "ยังมาไม่ถึง"),
        (Outcome(True, date(2025, 7, 31)), "ก่อนวันจัดเวที"),
        (Outcome(True, HELD, paper=("ก", b"x" * (returns.MOST_BYTES + 1))), "20 MB"),
    ],
)
def test_an_outcome_wants_its_facts(take: Intake, city: dict[str, str], outcome: Outcome, said: str) -> None:
    meeting = held(take, city["ริมคลอง"])
    with pytest.raises(Refused, match=said):
        returns.conclude(take.store, NETWORK, STEWARD, meeting["id"], outcome)
    returns.conclude(take.store, NETWORK, STEWARD, meeting["id"], Outcome(True, HELD))
    with pytest.raises(Refused, match="บันทึกผลแล้ว"):
        returns.conclude(take.store, NETWORK, STEWARD, meeting["id"], Outcome(True, HELD))


def test_only_those_who_may_edit_hold_and_conclude(take: Intake, city: dict[str, str]) -> None:
    secretary = Actor("ก", "secretary")
    with pytest.raises(NotAllowed):
        returns.hold(take.store, NETWORK, secretary, Meeting(city["ริมคลอง"], HELD, attended_count=3))
    meeting = held(take, city["ริมคลอง"])
    with pytest.raises(NotAllowed):
        returns.conclude(take.store, NETWORK, secretary, meeting["id"], Outcome(True, HELD))
    with pytest.raises(NotFound):
        returns.paper(take.store, NETWORK, secretary, meeting["id"])


def agreed_to(take: Intake, community: str) -> None:
    meeting = held(take, community)
    returns.conclude(take.store, NETWORK, STEWARD, meeting["id"], Outcome(True, HELD))


def household(take: Intake, at: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = take.store.read_table(NETWORK, "household").to_pylist()[at]
    return found


def test_what_is_ended_or_taken_away_after_the_agreement_counts(take: Intake, city: dict[str, str]) -> None:
    first = city["ริมคลอง"]
    agreed_to(take, first)
    one = household(take)
    ended = edit.Correction("household", one["id"], one["version"], {}, "ย้ายออก")
    edit.end(take.store, NETWORK, STEWARD, ended)
    assert standing(take)[first] == ("changed", 1)
    assert standing(take)[city["หลังวัด"]] == ("unchecked", 0)
    imports.undo(take.store, 2, STEWARD)
    assert take.store.counts(NETWORK)["household"] == 0 and standing(take)[first] == ("changed", 2)
    imports.redo(take.store, 2, STEWARD)
    assert standing(take)[first] == ("changed", 1)


def test_what_was_ended_before_the_agreement_does_not_count(take: Intake, city: dict[str, str]) -> None:
    first = city["ริมคลอง"]
    one = household(take)
    edit.end(take.store, NETWORK, STEWARD, edit.Correction("household", one["id"], 1, {}, "ย้ายออก"))
    agreed_to(take, first)
    assert standing(take)[first] == ("agreed", 0)


@pytest.mark.parametrize("undone_before", [False, True])
def test_an_import_undone_and_redone_around_the_agreement(
    take: Intake, city: dict[str, str], undone_before: bool
) -> None:
    first = city["ริมคลอง"]
    rows = [{"ชุมชน": "C1", "ลำดับบ้าน": n, "ครัวเรือนที่": 1, "จำนวนสมาชิก": 9} for n in (1, 7)]
    later = take.rows(rows, "household.csv")["import_id"]
    if undone_before:
        imports.undo(take.store, later, STEWARD)
    agreed_to(take, first)
    turn, back = (imports.redo, imports.undo) if undone_before else (imports.undo, imports.redo)
    for do, said in ((turn, ("changed", 2)), (back, ("agreed", 0)), (turn, ("changed", 2))):
        do(take.store, later, STEWARD)
        assert standing(take)[first] == said


def test_a_household_that_moves_to_another_community_changes_both(take: Intake, city: dict[str, str]) -> None:
    for community in city.values():
        agreed_to(take, community)
    one = household(take)
    moved = edit.Correction(
        "household", one["id"], one["version"], {"community": "หลังวัด", "house_seq": "9"}, "ย้าย"
    )
    edit.correct(take.store, NETWORK, STEWARD, moved)
    assert set(standing(take).values()) == {("changed", 1)}
