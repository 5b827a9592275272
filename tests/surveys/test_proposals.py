"""Land proposals: filed, decided in the room, sent back, and never forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import shapely

from surveys import networks
from surveys.city import proposals
from surveys.city.proposal_steps import STEPS
from surveys.city.proposals import Decision, Draft
from surveys.dates import today
from surveys.errors import NotAllowed, NotFound, Outdated, Refused
from surveys.lists import PROPOSAL_STATES
from surveys.roles import RIGHTS, Actor
from surveys.store.store import Store
from tests.conftest import NETWORK, STEWARD
from tests.surveys.test_store import blob, chain, digests, put

PLANNER, SECRETARY, SURVEYOR = (Actor(role, role) for role in ("planner", "secretary", "surveyor"))
# What is filed in these tests is filed now, and no meeting was before.
MET = today()
DRAFT = Draft("ขอใช้ที่ดินริมคลอง", "onsite", 40)


def file(store: Store, draft: Draft = DRAFT) -> dict[str, Any]:
    return proposals.file(store, NETWORK, PLANNER, draft)


def decide(
    store: Store, filed: dict[str, Any], step: str, actor: Actor = SECRETARY, reason: str = "เพราะแนวเขตไม่ชัด"
) -> dict[str, Any]:
    decision = Decision(step, MET if STEPS[step].meeting else None, reason)
    return proposals.decide(store, NETWORK, actor, filed["id"], decision)


def test_a_proposal_is_filed_and_waits_with_a_number_of_its_own(store: Store) -> None:
    revision = store.revision(NETWORK)
    first, second = file(store), file(store, Draft("  อีกเรื่อง ", "relocation"))
    assert (first["number"], second["number"]) == (1, 2)
    assert (first["state"], first["title"], first["option"], first["households"]) == (
        "submitted",
        DRAFT.title,
        "onsite",
        40,
    )
    assert second["title"] == "อีกเรื่อง" and second["households"] is None and second["targets"] == []
    assert store.revision(NETWORK) == revision + 2
    assert [row["number"] for row in proposals.listed(store, NETWORK, PLANNER)] == [2, 1]
    networks.add(store, STEWARD, "B", "ข")
    assert proposals.listed(store, "B", PLANNER) == []
    assert proposals.file(store, "B", PLANNER, DRAFT)["number"] == 1


OUTCOMES = [("agree", "agreed"), ("revise", "to_revise"), ("refuse", "not_agreed")]


@pytest.mark.parametrize(("step", "state"), OUTCOMES)
def test_the_secretary_records_what_the_committee_said(store: Store, step: str, state: str) -> None:
    filed = file(store)
    revision = store.revision(NETWORK)
    decided = decide(store, filed, step)
    assert (decided["state"], decided["version"]) == (state, 2)
    assert decided["meeting_date"] == MET.isoformat() and decided["reason"] == "เพราะแนวเขตไม่ชัด"
    assert store.revision(NETWORK) == revision + 1
    assert proposals.listed(store, NETWORK, PLANNER)[0]["state"] == state


def test_the_history_tells_every_state_and_who_brought_it(store: Store) -> None:
    filed = file(store)
    decide(store, filed, "revise")
    decide(store, filed, "submit", PLANNER, reason="")
    final = decide(store, filed, "agree", reason="")
    assert [(v["state"], v["actor"], v["version"]) for v in final["history"]] == [
        ("agreed", "secretary", 4),
        ("submitted", "planner", 3),
        ("to_revise", "secretary", 2),
        ("submitted", "planner", 1),
    ]
    # A reason and a meeting belong to their own decision.
    assert [v["reason"] for v in final["history"]] == [None, None, "เพราะแนวเขตไม่ชัด", None]
    assert [v["meeting_date"] for v in final["history"]] == [MET.isoformat(), None, MET.isoformat(), None]
    assert final["steps"] == []
    assert digests(store) == chain(store) and len(digests(store)) == 5


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", [choice.code for choice in PROPOSAL_STATES])
def test_a_step_leads_from_its_states_and_from_no_other(store: Store, state: str, step: str) -> None:
    record_id = put(store, "land_proposal", number=1, title="ก", option="onsite", state=state)
    actor = PLANNER if STEPS[step].right == "propose" else SECRETARY
    if state in STEPS[step].start:
        assert decide(store, {"id": record_id}, step, actor)["state"] == STEPS[step].end
        return
    with pytest.raises(Refused, match="cannot be moved"):
        decide(store, {"id": record_id}, step, actor)
    assert proposals.get(store, NETWORK, PLANNER, record_id)["state"] == state


def test_the_steps_are_whole() -> None:
    states = {choice.code for choice in PROPOSAL_STATES}
    for step in STEPS.values():
        assert {*step.start, step.end} <= states and step.right in RIGHTS and step.words.th and step.words.en
    assert {step.end for step in STEPS.values()} | {"draft"} == states


WANTING = [
    (Decision("revise", MET), "reason"),
    (Decision("refuse", MET, "  \n"), "reason"),
    (Decision("withdraw", None, ""), "reason"),
    (Decision("agree"), "date of the meeting"),
    (Decision("refuse", None, "เพราะ"), "date of the meeting"),
    (Decision("refuse", MET, "\u200b \u2060\u3164"), "reason"),
    (Decision("refuse", MET, "ก" * 2001), "at most 2,000 characters; this one has 2,001"),
    (Decision("agree", MET, "ก" * 2001), "at most 2,000"),
    (Decision("agree", MET + timedelta(days=1)), "not been held"),
    (Decision("refuse", MET + timedelta(days=400), "เพราะ"), "not been held"),
    (Decision("agree", MET - timedelta(days=1)), "before the proposal was filed"),
    (Decision("applaud"), "no step"),
]


@pytest.mark.parametrize(("decision", "said"), WANTING)
def test_what_a_decision_lacks_is_said_and_nothing_is_written(
    store: Store, decision: Decision, said: str
) -> None:
    filed = file(store)
    revision = store.revision(NETWORK)
    actor = PLANNER if decision.step == "withdraw" else SECRETARY
    with pytest.raises(Refused, match=said):
        proposals.decide(store, NETWORK, actor, filed["id"], decision)
    assert (
        store.revision(NETWORK) == revision
        and proposals.get(store, NETWORK, PLANNER, filed["id"])["version"] == 1
    )


@pytest.mark.parametrize("role", ["surveyor", "planner", "steward"])
@pytest.mark.parametrize("step", ["agree", "revise", "refuse"])
def test_only_the_secretary_records_a_decision(store: Store, role: str, step: str) -> None:
    filed = file(store)
    with pytest.raises(NotAllowed, match="secretary"):
        decide(store, filed, step, Actor("ก", role))
    assert proposals.get(store, NETWORK, PLANNER, filed["id"])["state"] == "submitted"


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (Draft("", "onsite"), "needs a title"), (Draft(" \t\n ", "onsite"), "needs a title"),
        (Draft("\u200b\u200d\ufeff", "onsite"), "needs a title"), (Draft("\u00ad \u2060", "onsite"), "needs a title"),
        (Draft("\u3164\u2800", "onsite"), "needs a title"), (Draft("\u0e31\u0e48", "onsite"), "needs a title"),
        (Draft("ก" * 301, "onsite"), "at most 300 characters; this one has 301"),
        (Draft("ก", "castle"), "options"), (Draft("ก", ""), "options"), (Draft("ก", "other"), "options"),
        (Draft("ก", "onsite", -1), "whole number at least 0, at most 100,000"),
        (Draft("ก", "onsite", 100_001), "whole number"), (Draft("ก", "onsite", True), "whole number"),
        (Draft("ก", "onsite", "3.5"), "whole number"), (Draft("ก", "onsite", "สาม"), "whole number"),
        (Draft("ก", "onsite", "-0.1"), "whole number"), (Draft("ก", "onsite", "9" * 5000), "whole number"),
        (Draft("ก", "onsite", "1.5e0"), "whole number"), (Draft("ก", "onsite", "3-4"), "whole number"),
        (Draft("ก", "onsite", 1, [("household", "x")]), "cannot be about a household"),
    ],
)  # fmt: skip
def test_a_draft_that_is_not_whole_is_refused(store: Store, draft: Draft, said: str) -> None:
    with pytest.raises(Refused, match=said):
        file(store, draft)
    assert proposals.listed(store, NETWORK, PLANNER) == []


@pytest.mark.parametrize(
    ("written", "kept"),
    [(0, 0), ("0", 0), (100_000, 100_000), ("1,250", 1250), (" ๔๒ ", 42), ("3.0", 3), ("", None), (None, None),
     ("-", None), ("ไม่ทราบ", None)],
)  # fmt: skip
def test_households_are_read_as_people_write_them(
    store: Store, written: int | str | None, kept: int | None
) -> None:
    assert file(store, Draft("ก", "onsite", written))["households"] == kept


def test_a_title_is_kept_as_it_is_seen(store: Store) -> None:
    longest = "ก" * 300
    for title, kept in (
        (longest, longest),
        (f"  {longest} ", longest),
        (" ขอ \n เช่าที่\tราชพัสดุ ", "ขอ เช่าที่ ราชพัสดุ"),
        ("น้ํา", "น้ำ"),
        ("15 ไร่?", "15 ไร่?"),
    ):
        assert file(store, Draft(title, "onsite"))["title"] == kept


def test_a_decision_goes_by_what_the_person_saw(store: Store) -> None:
    filed = file(store)
    first = proposals.decide(
        store, NETWORK, SECRETARY, filed["id"], Decision("agree", MET, "", filed["version"])
    )
    assert first["version"] == 2
    revision = store.revision(NETWORK)
    late = Decision("refuse", MET, "แนวเขตไม่ชัด", filed["version"])
    with pytest.raises(Outdated, match="“agreed”; somebody recorded that meanwhile"):
        proposals.decide(store, NETWORK, SECRETARY, filed["id"], late)
    # Whoever did not say what they saw is told by the state.
    with pytest.raises(Refused, match="cannot be moved"):
        decide(store, filed, "refuse")
    assert store.revision(NETWORK) == revision


def test_a_proposal_stands_where_what_it_asks_for_stands(store: Store) -> None:
    plots = [
        put(store, "land_plot", plot_no=str(n), geom=blob(shapely.box(100 + n, 13, 100.5 + n, 14)))
        for n in (0, 1)
    ]
    nowhere = put(store, "community", name="ก")
    filed = file(
        store,
        Draft("ก", "reblocking", None, [*(("land_plot", plot) for plot in plots), ("community", nowhere)]),
    )
    assert filed["targets"] == [["land_plot", plots[0]], ["land_plot", plots[1]], ["community", nowhere]]
    shape = store.read(NETWORK, "land_proposal").geometry.iloc[0]
    assert shape.area == pytest.approx(1.0) and shape.bounds == (100, 13, 101.5, 14)
    # It stands there still when it is decided, and one for nothing yet stands nowhere.
    decide(store, filed, "agree")
    assert store.read(NETWORK, "land_proposal").geometry.iloc[0].equals(shape)
    file(store, Draft("ข", "relocation", None, [("community", nowhere)]))
    assert store.read(NETWORK, "land_proposal").geometry.isna().sum() == 1


def test_a_record_of_another_network_is_like_one_that_is_not_there(store: Store) -> None:
    networks.add(store, STEWARD, "B", "ข")
    theirs = put(store, "land_plot", network="B", plot_no="1")
    for target in (theirs, "f" * 32):
        with pytest.raises(NotFound, match=f"There is no land_plot {target}"):
            file(store, Draft("ก", "onsite", None, [("land_plot", target)]))
    filed = file(store)
    for network, record_id in (("B", filed["id"]), (NETWORK, "f" * 32)):
        with pytest.raises(NotFound):
            proposals.get(store, network, PLANNER, record_id)
        with pytest.raises(NotFound):
            proposals.decide(store, network, SECRETARY, record_id, Decision("agree", MET))
    with pytest.raises(NotFound):
        proposals.file(store, "nowhere", PLANNER, DRAFT)
    assert proposals.get(store, NETWORK, PLANNER, filed["id"])["state"] == "submitted"


def test_a_withdrawn_proposal_is_kept_and_can_be_moved_no_more(store: Store) -> None:
    filed = file(store)
    gone = decide(store, filed, "withdraw", PLANNER)
    assert gone["state"] == "withdrawn" and gone["steps"] == [] and len(gone["history"]) == 2
    with pytest.raises(NotAllowed):
        decide(store, filed, "withdraw", SURVEYOR)
    with pytest.raises(Refused):
        decide(store, filed, "agree")


def test_an_old_paper_is_filed_under_its_own_day_with_the_meeting_that_decided_it(store: Store) -> None:
    assert file(store)["filed"] == MET.isoformat()
    filed_on = MET - timedelta(days=40)
    filed = file(store, Draft("เรื่องเก่า", "onsite", filed=filed_on))
    assert filed["filed"] == filed_on.isoformat()
    early = Decision("agree", filed_on - timedelta(days=1))
    with pytest.raises(Refused, match="before the proposal was filed"):
        proposals.decide(store, NETWORK, SECRETARY, filed["id"], early)
    done = proposals.decide(store, NETWORK, SECRETARY, filed["id"], Decision("agree", filed_on))
    assert (done["state"], done["meeting_date"], done["filed"]) == (
        "agreed",
        filed_on.isoformat(),
        filed_on.isoformat(),
    )
    with pytest.raises(Refused, match="has not come yet"):
        file(store, Draft("เรื่องหน้า", "onsite", filed=MET + timedelta(days=1)))
