"""What was recorded wrongly of a return meeting: corrected with a reason, the wrong entry kept, the state following."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest

from surveys import edit
from surveys.city import return_corrections, returns
from surveys.city.return_corrections import Amendment, Correction, amended
from surveys.city.returns import Meeting, Outcome
from surveys.errors import NotAllowed, NotFound, Outdated, Refused
from surveys.roles import Actor
from tests.conftest import NETWORK, STEWARD, Intake
from tests.surveys.test_returns import HELD, city, held, household, standing

__all__ = ["city"]
AGREED, NOT = Outcome(True, HELD), Outcome(False, HELD, "รายชื่อขาด 3 หลัง")


def conclude(take: Intake, record_id: str, outcome: Outcome = AGREED) -> dict[str, Any]:
    return returns.conclude(take.store, NETWORK, STEWARD, record_id, outcome)


def right(
    take: Intake, record_id: str, outcome: Outcome | None = None, why: str = "กดผิด", seen: int | None = None,
    **facts: Any,
) -> dict[str, Any]:  # fmt: skip
    asked = {"community": "", "held": HELD, "attended_count": 40} | facts
    correction = Correction(why, Meeting(**asked), outcome, seen)
    return return_corrections.correct(take.store, NETWORK, STEWARD, record_id, correction)


def states(take: Intake) -> dict[str, Any]:
    frame = take.store.read(NETWORK, "community", ["survey_state"])
    return {key: None if value != value else value for key, value in frame["survey_state"].items()}


def test_a_wrong_outcome_is_corrected_and_the_community_follows(take: Intake, city: dict[str, str]) -> None:
    first, second = city["ริมคลอง"], city["หลังวัด"]
    meeting = held(take, first)["id"]
    conclude(take, meeting)
    assert states(take) == {first: "confirmed", second: None}
    found = right(take, meeting, NOT, "กดผิดช่อง")
    assert (found["state"], found["reason"], found["version"]) == ("not_agreed", "รายชื่อขาด 3 หลัง", 3)
    told = [(one["version"], one["state"], one["corrects"], one["corrected_by"]) for one in found["history"]]
    assert told == [(3, "not_agreed", 2, None), (2, "agreed", None, 3), (1, "checking", None, None)]
    assert found["history"][0]["correction"] == "กดผิดช่อง" and found["history"][0]["actor"] == STEWARD.name
    assert standing(take)[first] == ("not_agreed", 0) and states(take)[first] is None
    # And back again, to no outcome at all, and to another community.
    right(take, meeting, AGREED)
    assert standing(take)[first] == ("agreed", 0) and states(take)[first] == "confirmed"
    found = right(take, meeting)
    assert (found["state"], found["decided_on"]) == ("checking", None) and states(take)[first] is None
    conclude(take, meeting)
    right(take, meeting, AGREED, community=second)
    assert standing(take) == {first: ("unchecked", 0), second: ("agreed", 0)}
    assert states(take) == {first: None, second: "confirmed"}


def test_facts_are_corrected_and_nothing_else_moves(take: Intake, city: dict[str, str]) -> None:
    first = city["ริมคลอง"]
    meeting = held(take, first)["id"]
    conclude(take, meeting, Outcome(True, HELD, paper=("รายชื่อ.jpg", b"scan")))
    one = household(take)
    edit.correct(
        take.store,
        NETWORK,
        STEWARD,
        edit.Correction("household", one["id"], one["version"], {"people": "7"}, "โทรแจ้ง"),
    )
    found = right(take, meeting, AGREED, attended_count=41, place="ศาลา")
    assert (found["attended_count"], found["place"], found["state"]) == (41, "ศาลา", "agreed")
    assert found["evidence_name"] == "รายชื่อ.jpg" and states(take)[first] == "confirmed"
    # What changed after the agreement is counted from the agreement, not from the correction.
    assert standing(take)[first] == ("changed", 1)


def test_another_meeting_that_agreed_keeps_the_state(take: Intake, city: dict[str, str]) -> None:
    first = city["ริมคลอง"]
    meetings = [held(take, first)["id"] for _ in range(2)]
    for meeting in meetings:
        conclude(take, meeting)
    right(take, meetings[1], NOT)
    assert states(take)[first] == "confirmed"
    right(take, meetings[0], NOT)
    assert states(take)[first] is None


def test_what_the_file_confirmed_stays_confirmed(take: Intake, city: dict[str, str]) -> None:
    rows = [{"ชื่อชุมชน": "ริมคลอง", "รหัสชุมชน": "C1", "สถานะการสำรวจ": "ชุมชนรับรองแล้ว"}]
    take.rows(rows, "community.csv", type="community")
    assert states(take)[city["ริมคลอง"]] == "confirmed"
    # A file alone says so: nobody has recorded a meeting.
    told = returns.standing(take.store, NETWORK, STEWARD)["by_file"]
    assert told.to_dict() == {city["ริมคลอง"]: True, city["หลังวัด"]: False}
    meeting = held(take, city["ริมคลอง"])["id"]
    assert not returns.standing(take.store, NETWORK, STEWARD)["by_file"].any()
    conclude(take, meeting)
    right(take, meeting, NOT)
    assert states(take)[city["ริมคลอง"]] == "confirmed"
    assert standing(take)[city["ริมคลอง"]] == ("not_agreed", 0)


@pytest.mark.parametrize(
    ("more", "error", "said"),
    [
        ({"why": " "}, Refused, "บันทึกผิดอย่างไร"),
        ({"seen": 1}, Outdated, "ไปก่อนแล้ว"),
        ({"outcome": AGREED}, Refused, "เหมือนเดิม"),
        ({"outcome": Outcome(False, HELD)}, Refused, "เหตุผล"),
        ({"outcome": AGREED, "held": date(2025, 8, 2)}, Refused, "ก่อนวันจัดเวที"),
        ({"outcome": AGREED, "held": None}, Refused, "วันที่จัดเวที"),
        ({"outcome": AGREED, "attended_count": 0}, Refused, "ผู้เข้าร่วม"),
        ({"outcome": AGREED, "place": "ก" * 201}, Refused, "200"),
        ({"outcome": AGREED, "community": "0" * 32}, NotFound, "community"),
    ],
)
def test_a_correction_that_cannot_be(
    take: Intake, city: dict[str, str], more: dict[str, Any], error: type[Exception], said: str
) -> None:
    meeting = held(take, city["ริมคลอง"])["id"]
    made = conclude(take, meeting)
    with pytest.raises(error, match=said):
        right(take, meeting, **more)
    assert returns.get(take.store, NETWORK, STEWARD, meeting) == made


def test_an_outcome_is_not_recorded_as_a_correction_and_not_by_all(
    take: Intake, city: dict[str, str]
) -> None:
    meeting = held(take, city["ริมคลอง"])["id"]
    with pytest.raises(Refused, match="ผลของเวที"):
        right(take, meeting, AGREED)
    with pytest.raises(NotFound):
        right(take, "0" * 32)
    correction = Correction("ผิด", Meeting("", HELD, attended_count=4))
    with pytest.raises(NotAllowed):
        return_corrections.correct(take.store, NETWORK, Actor("ก", "secretary"), meeting, correction)
    assert right(take, meeting, held=date(2025, 7, 31), community=city["หลังวัด"])["community"] == "หลังวัด"


def test_a_paper_sent_twice_at_once_is_kept_once_and_only_after_the_checks(
    take: Intake, city: dict[str, str]
) -> None:
    meeting = held(take, city["ริมคลอง"])["id"]
    papers = take.store.files / "papers"
    with pytest.raises(Refused):
        conclude(take, meeting, Outcome(True, date(2025, 7, 1), paper=("ก.pdf", b"x")))
    assert not papers.exists() or not list(papers.iterdir())
    faults: list[BaseException] = []

    def keep() -> None:
        try:
            returns._keep(take.store, ("ก.pdf", b"x" * 9_000_000))
        except OSError as wrong:
            faults.append(wrong)

    for _ in range(4):
        twice = [threading.Thread(target=keep) for _ in range(2)]
        for one in twice:
            one.start()
        for one in twice:
            one.join()
        (kept,) = papers.iterdir()
        assert kept.stat().st_mode & 0o777 == 0o600
        kept.unlink()
    assert faults == []


# What stands, what is named of it, and the outcome that is right then: agreed or not, the day, why not.
AMENDED: list[tuple[Outcome | None, dict[str, Any], Outcome | None]] = [
    (None, {"facts": {"place": "วัด"}}, None),
    (AGREED, {"facts": {"place": "วัด"}}, AGREED),
    (NOT, {"outcome": {"agreed": True}}, AGREED),
    (NOT, {"outcome": {"agreed": False}}, NOT),
    (NOT, {"outcome": {"agreed": True, "reason": "ก"}}, Outcome(True, HELD, "ก")),
    (AGREED, {"outcome": {"on": date(2025, 8, 3)}}, Outcome(True, date(2025, 8, 3))),
    (AGREED, {"open": True}, None),
    (AGREED, {"open": True, "outcome": {"agreed": True}}, None),
    (None, {"outcome": {"on": HELD}}, Outcome(False, HELD)),
]


@pytest.mark.parametrize(("stands", "named", "right_outcome"), AMENDED)
def test_what_is_not_named_stays(
    take: Intake,
    city: dict[str, str],
    stands: Outcome | None,
    named: dict[str, Any],
    right_outcome: Outcome | None,
) -> None:
    meeting = held(take, city["ริมคลอง"], note="ฝนตก", attended="นางวิไล")
    if stands:
        meeting = conclude(take, meeting["id"], stands)
    found = amended(meeting, Amendment("กดผิด", **named))
    place = named.get("facts", {}).get("place", meeting["place"] or "")
    assert found.meeting == Meeting("", HELD, place, meeting["attended_count"], "นางวิไล", "ฝนตก")
    assert (found.outcome, found.seen, found.why) == (right_outcome, meeting["version"], "กดผิด")
    assert amended(meeting, Amendment("กดผิด", seen=7)).seen == 7
