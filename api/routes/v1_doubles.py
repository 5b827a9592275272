"""Households that may be one: pairs with their evidence, a person's decision, taken back if it was wrong."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from api.context import ActorDep, StoreDep
from api.describe_doubles import (
    UNKNOWN_PAIR,
    decision_out,
    evidence_out,
    household_out,
    pairs_out,
    picked,
)
from api.operation import ApiRoute, HexId, Limit, NetworkCode, Offset, answers
from api.pages.answers import answers as kept_answers
from api.schemas_doubles import (
    DoubleDecisionOut,
    LackingOut,
    NewDoubleDecision,
    PairDetail,
    PairsOut,
    Withdrawing,
    WithdrawnOut,
)
from surveys.city import double_decisions, households
from surveys.city.decided import Said
from surveys.city.double_decisions import STATES, Decision
from surveys.city.double_rules import RULES
from surveys.city.doubles import between
from surveys.errors import NotFound
from surveys.planning.links import HOUSEHOLD
from surveys.sight import Sight

router = APIRouter(prefix="/api/v1/networks/{code}/doubles", tags=["doubles"], route_class=ApiRoute)

State = Annotated[
    str,
    Query(pattern=f"^({'|'.join(STATES)})?$", description="only pairs of this state: " + ", ".join(STATES)),
]
RuleName = Annotated[
    str,
    Query(
        pattern=f"^({'|'.join(RULES)})?$", description="only pairs alike by this rule: " + ", ".join(RULES)
    ),
]


def _asked(
    state: State = "", rule: RuleName = "", limit: Limit = 100, offset: Offset = 0
) -> tuple[str, str, int, int]:
    return state, rule, limit, offset


@router.get(
    "",
    operation_id="list_doubles",
    summary="Households that may be one, for a person to decide",
    responses=answers(403),
)
def list_doubles(
    code: NetworkCode,
    request: Request,
    store: StoreDep,
    actor: ActorDep,
    asked: Annotated[tuple[str, str, int, int], Depends(_asked)],
) -> PairsOut:
    """Return pairs with the evidence that gave them, the strongest first. Nothing is ever merged by itself."""
    state, rule, limit, offset = asked
    actor.must("see_households")
    cases = double_decisions.cases(store, code, actor, kept_answers(request, code).pairs)
    found = picked(cases, state, rule)
    return pairs_out(store, code, actor, cases, found[offset : offset + limit], len(found))


@router.get(
    "/decisions",
    operation_id="list_double_decisions",
    summary="The decisions that stand",
    responses=answers(403),
)
def list_decisions(code: NetworkCode, store: StoreDep, actor: ActorDep) -> list[DoubleDecisionOut]:
    """Return the decisions on pairs of households, the newest first."""
    store.revision(code)
    return [decision_out(row) for row in double_decisions.decisions(store, code, actor)]


def _pair(code: NetworkCode, first: HexId, second: HexId) -> tuple[str, str, str]:
    return code, first, second


@router.get(
    "/{first}/{second}",
    operation_id="get_double",
    summary="Two households side by side",
    responses=answers(403),
)
def get_double(
    place: Annotated[tuple[str, str, str], Depends(_pair)], request: Request, store: StoreDep, actor: ActorDep
) -> PairDetail:
    """Return two households, what makes them alike, what may be copied, and every decision on them."""
    code, *ids = place
    first, second = sorted(ids)
    actor.must("see_households")
    cases = double_decisions.cases(store, code, actor, kept_answers(request, code).pairs)
    told = households.told(store, code, actor, (first, second))
    if len(told) < 2:
        raise NotFound(UNKNOWN_PAIR)
    pair = between(kept_answers(request, code).pairs.pairs, first, second)
    case = next((case for case in cases.waiting if case.pair == pair), None)
    sight = Sight.of(store.types(code)[HOUSEHOLD], actor)
    one, other = told[first].row, told[second].row
    lacking = LackingOut(
        first=households.lacking(sight, one, other), second=households.lacking(sight, other, one)
    )
    members = double_decisions.members_of(store, code, first, second)
    return PairDetail(
        state=case.state if case else None, first=household_out(told[first]), second=household_out(told[second]),
        evidence=[evidence_out(one) for one in pair.evidence] if pair else [], lacking=lacking,
        members={key: len(found) for key, found in members.items()},
        history=[decision_out(row) for row in double_decisions.history(store, code, actor, first, second)],
    )  # fmt: skip


@router.post(
    "/decisions",
    operation_id="decide_double",
    summary="Record what a person decided on two households",
    status_code=201,
    responses=answers(403, 409, 412),
)
def decide(
    code: NetworkCode, new: NewDoubleDecision, request: Request, store: StoreDep, actor: ActorDep
) -> DoubleDecisionOut:
    """Record the decision; of one household the double is closed, and only fields named are copied."""
    decision = Decision(
        new.first, new.second, new.decision, Said(new.reason, new.resolution, new.meeting_date), new.keep,
        new.copy_fields, new.close_members, new.seen,
    )  # fmt: skip
    actor.must("see_households", "settle")
    found = kept_answers(request, code).pairs
    return decision_out(double_decisions.decide(store, code, actor, decision, found))


@router.post(
    "/decisions/{record_id}/withdraw",
    operation_id="withdraw_double_decision",
    summary="Take a decision back",
    responses=answers(403, 409, 412),
)
def withdraw(
    code: NetworkCode, record_id: HexId, asked: Withdrawing, store: StoreDep, actor: ActorDep
) -> WithdrawnOut:
    """Take the decision that stands back: the double is open again as it was, and what was copied goes."""
    done = double_decisions.withdraw(store, code, actor, record_id, asked.reason, asked.seen)
    return WithdrawnOut(id=done["id"], kept=done["kept"])
