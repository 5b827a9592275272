"""What was recorded wrongly is corrected by a further entry; the wrong one stays, and the state follows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.city import proposals
from surveys.city.proposal_steps import STEPS, told
from surveys.city.proposals import Correction, Decision
from surveys.errors import NotAllowed, NotFound, Outdated, Refused
from surveys.store.store import Store
from tests.conftest import NETWORK
from tests.surveys.test_proposals import MET, PLANNER, SECRETARY, SURVEYOR, decide, file
from tests.surveys.test_store import chain, digests

WHY = "กดผิดช่อง ที่ประชุมให้ปรับแก้"
REVISE = Decision("revise", MET, "ขอผังใหม่")


def correct(
    store: Store, of: dict[str, Any], instead: Decision | None = None, why: str = WHY, **more: Any
) -> dict[str, Any]:
    actor = more.pop("actor", SECRETARY)
    return proposals.correct(store, NETWORK, actor, of["id"], Correction(why, instead, **more))


def outline(found: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The history, oldest first: state, step, what it corrects, what corrected it."""
    return [
        (one["state"], one["step"], one["corrects"], one["corrected_by"])
        for one in reversed(found["history"])
    ]


def test_a_wrong_decision_gives_way_to_the_right_one(store: Store) -> None:
    filed = file(store)
    decided = decide(store, filed, "agree", reason="")
    assert (decided["correctable"], decided["instead"]) == ("agree", ["agree", "revise", "refuse"])
    revision = store.revision(NETWORK)
    right = correct(store, filed, REVISE)
    assert (right["state"], right["reason"], right["meeting_date"]) == (
        "to_revise",
        "ขอผังใหม่",
        MET.isoformat(),
    )
    assert (right["correction"], right["corrects"], right["actor"]) == (WHY, 2, "secretary")
    assert outline(right) == [
        ("submitted", None, None, None),
        ("agreed", "agree", None, 3),
        ("to_revise", "revise", 2, None),
    ]
    assert right["steps"] == ["submit", "withdraw"]
    assert store.revision(NETWORK) == revision + 1
    assert proposals.listed(store, NETWORK, PLANNER)[0]["state"] == "to_revise"
    assert store.read(NETWORK, "land_proposal", ["state"])["state"].tolist() == ["to_revise"]
    assert digests(store) == chain(store)
    # It goes on from there as if it had been said at once.
    again = decide(store, filed, "submit", PLANNER, reason="")
    assert again["state"] == "submitted" and again["corrects"] is None and again["correction"] is None


def test_a_decision_that_was_none_is_taken_back(store: Store) -> None:
    filed = file(store)
    decide(store, filed, "refuse")
    back = correct(store, filed)
    assert (back["state"], back["reason"], back["meeting_date"]) == ("submitted", None, None)
    assert outline(back)[1:] == [("not_agreed", "refuse", None, 3), ("submitted", None, 2, None)]
    # It waits since it was filed, not since the slip was mended.
    (listed,) = proposals.listed(store, NETWORK, PLANNER)
    assert listed["since"] == filed["opened_at"] < listed["opened_at"] == back["opened_at"]
    # Nothing is left to correct; the committee decides anew, and that can be corrected in turn.
    assert (back["correctable"], back["instead"]) == (None, [])
    with pytest.raises(Refused, match="no step to correct"):
        correct(store, filed)
    decide(store, filed, "agree")
    assert correct(store, filed, REVISE)["state"] == "to_revise"


def test_a_correction_is_itself_corrected(store: Store) -> None:
    filed = file(store)
    decide(store, filed, "agree", reason="")
    correct(store, filed, REVISE)
    right = correct(store, filed, Decision("agree", MET), "ที่จริงเห็นชอบแล้ว")
    assert right["state"] == "agreed"
    assert outline(right) == [
        ("submitted", None, None, None), ("agreed", "agree", None, 3), ("to_revise", "revise", 2, 4),
        ("agreed", "agree", 3, None),
    ]  # fmt: skip


def test_only_what_was_said_of_a_decision_can_be_corrected_too(store: Store) -> None:
    filed = file(store)
    decide(store, filed, "revise")
    fixed = correct(store, filed, Decision("revise", MET, "ขอผังและรายชื่อ"), "เขียนเหตุผลตกหล่น")
    assert (fixed["state"], fixed["reason"]) == ("to_revise", "ขอผังและรายชื่อ")
    assert fixed["history"][1]["reason"] == "เพราะแนวเขตไม่ชัด" and fixed["history"][1]["corrected_by"] == 3


def test_the_proposer_takes_back_a_slip_of_their_own(store: Store) -> None:
    filed = file(store)
    decide(store, filed, "revise")
    decide(store, filed, "withdraw", PLANNER, "กดผิด")
    with pytest.raises(NotAllowed, match="surveyor may not file"):
        correct(store, filed, actor=SURVEYOR)
    back = correct(store, filed, actor=PLANNER)
    # What stood before stands again, with what was said of it.
    assert (back["state"], back["reason"], back["meeting_date"]) == (
        "to_revise", "เพราะแนวเขตไม่ชัด", MET.isoformat(),
    )  # fmt: skip
    assert (back["correctable"], back["steps"]) == ("revise", ["submit", "withdraw"])
    # Below it the decision can be corrected, by whom it belongs to.
    with pytest.raises(NotAllowed, match="secretary"):
        correct(store, filed, actor=PLANNER)
    assert correct(store, filed)["state"] == "submitted"


WRONG = [
    (Correction(""), "recorded wrongly"),
    (Correction(" \u200b\n", REVISE), "recorded wrongly"),
    (Correction("ก" * 2001), "at most 2,000"),
    (Correction(WHY, Decision("agree", MET)), "says the same"),
    (Correction(WHY, Decision("revise", MET)), "reason"),
    (Correction(WHY, Decision("agree")), "date of the meeting"),
    (Correction(WHY, Decision("agree", MET + timedelta(days=1))), "not been held"),
    (Correction(WHY, Decision("agree", MET - timedelta(days=1))), "before the proposal was filed"),
    (Correction(WHY, Decision("withdraw", None, "x")), "cannot be corrected to that"),
    (Correction(WHY, Decision("submit")), "cannot be corrected to that"),
    (Correction(WHY, Decision("applaud")), "no step"),
]


@pytest.mark.parametrize(("correction", "said"), WRONG)
def test_what_a_correction_lacks_is_said_and_nothing_is_written(
    store: Store, correction: Correction, said: str
) -> None:
    filed = file(store)
    decided = decide(store, filed, "agree", reason="")
    revision = store.revision(NETWORK)
    with pytest.raises(Refused, match=said):
        proposals.correct(store, NETWORK, SECRETARY, filed["id"], correction)
    assert store.revision(NETWORK) == revision
    assert proposals.get(store, NETWORK, SECRETARY, filed["id"]) == decided


@pytest.mark.parametrize("role", ["planner", "steward", "surveyor"])
def test_a_decision_is_corrected_by_whom_it_belongs_to(store: Store, role: str) -> None:
    filed = file(store)
    decide(store, filed, "agree")
    with pytest.raises(NotAllowed, match="secretary"):
        correct(store, filed, REVISE, actor=type(SECRETARY)("ก", role))
    assert proposals.get(store, NETWORK, PLANNER, filed["id"])["state"] == "agreed"


def test_the_filing_and_what_is_not_there_are_not_corrected(store: Store) -> None:
    filed = file(store)
    with pytest.raises(Refused, match="no step to correct"):
        correct(store, filed)
    with pytest.raises(NotFound):
        correct(store, {"id": "f" * 32})
    with pytest.raises(NotFound):
        proposals.correct(store, "nowhere", SECRETARY, filed["id"], Correction(WHY))


def test_a_correction_goes_by_what_the_person_saw(store: Store) -> None:
    filed = file(store)
    decide(store, filed, "agree")
    correct(store, filed, REVISE, seen=2)
    with pytest.raises(Outdated, match="“to be revised”; somebody recorded that meanwhile"):
        correct(store, filed, seen=2)
    assert proposals.get(store, NETWORK, PLANNER, filed["id"])["version"] == 3


CORRECT = "correct"
ACTS = st.one_of(st.sampled_from([*STEPS, CORRECT]), st.tuples(st.just(CORRECT), st.sampled_from([*STEPS])))


@given(st.lists(ACTS, max_size=8))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_any_order_the_state_is_the_last_that_stands(store: Store, acts: list[Any]) -> None:
    filed = file(store)
    # The same history by hand: what stands, undone from its end.
    standing = ["submitted"]
    for n, act in enumerate(acts):
        step = act[1] if isinstance(act, tuple) else act
        decision = (
            None if step == "correct" else Decision(step, MET if STEPS[step].meeting else None, f"เหตุผล {n}")
        )
        known = proposals.get(store, NETWORK, SECRETARY, filed["id"])
        try:
            if act == "correct" or isinstance(act, tuple):
                correct(store, filed, decision, actor=SECRETARY)
                assert known["correctable"] and (decision is None or step in known["instead"])
                standing.pop()
            else:
                assert decision
                proposals.decide(store, NETWORK, SECRETARY, filed["id"], decision)
                assert step in known["steps"]
            standing += [STEPS[step].end] if decision else []
        except Refused:
            assert act == "correct" or isinstance(act, tuple) or step not in known["steps"]
            assert not (act == "correct" and known["correctable"])
            assert not (isinstance(act, tuple) and step in known["instead"])
        found = proposals.get(store, NETWORK, SECRETARY, filed["id"])
        assert found["state"] == standing[-1]
        assert (found["correctable"] is None) == (len(standing) == 1)
        entries = [one for one in reversed(found["history"]) if one["corrected_by"] is None]
        assert [one["state"] for one in told(list(reversed(found["history"]))).standing] == standing
        assert entries[-1]["state"] == standing[-1]
