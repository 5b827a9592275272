"""Land proposals: filed, looked at, decided; their history is never lost."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Response

from api.context import ActorDep, StoreDep
from api.operation import ApiRoute, HexId, NetworkCode, answers, named
from api.schemas_proposals import NewProposal, Proposal, ProposalState, StepCorrected, StepTaken
from surveys.city import proposals
from surveys.city.proposal_values import PROPOSAL
from surveys.city.proposals import Correction, Decision, Draft
from surveys.roles import Actor
from surveys.store.store import Store

router = APIRouter(prefix="/api/v1/networks/{code}/proposals", tags=["proposals"], route_class=ApiRoute)

IfMatch = Annotated[str | None, Header(description="the ETag of the proposal as it was read", max_length=200)]


@router.get("", operation_id="list_proposals", summary="The proposals of a network", responses=answers(403))
def list_proposals(code: NetworkCode, store: StoreDep, actor: ActorDep) -> list[ProposalState]:
    """Return the proposals, the newest first."""
    return [ProposalState.model_validate(_told(row)) for row in proposals.listed(store, code, actor)]


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """Turn a proposal of the store into one of the interface."""
    kind = PROPOSAL.by_name["state"].kind
    state = {"th": kind.show(row["state"], "th"), "en": kind.show(row["state"], "en")}
    targets = [{"type": type_name, "id": record_id} for type_name, record_id in row["targets"]]
    more = {"history": [_told(past) for past in row["history"]]} if "history" in row else {}
    return row | {"targets": targets, "state_words": state} | more


def _tag(row: dict[str, Any]) -> str:
    return f'"{row["version"]}"'


def _answer(row: dict[str, Any], response: Response) -> Proposal:
    response.headers["ETag"] = _tag(row)
    return Proposal.model_validate(_told(row))


@router.post(
    "",
    operation_id="file_proposal",
    summary="File a land proposal",
    status_code=201,
    responses=answers(403, 409),
)
def file_proposal(
    code: NetworkCode, new: NewProposal, store: StoreDep, actor: ActorDep, response: Response
) -> Proposal:
    """File a proposal for communities, plots or houses, or none yet; it waits for the committee."""
    targets = [(target.type, target.id) for target in new.targets]
    row = proposals.file(store, code, actor, Draft(new.title, new.option, new.households, targets))
    response.headers["Location"] = f"/api/v1/networks/{code}/proposals/{row['id']}"
    return _answer(row, response)


@router.get("/{record_id}", operation_id="get_proposal", summary="One proposal", responses=answers(403))
def get_proposal(
    code: NetworkCode, record_id: HexId, store: StoreDep, actor: ActorDep, response: Response
) -> Proposal:
    """Return a proposal with its history and the steps that lead on; its ETag is its version."""
    return _answer(proposals.get(store, code, actor, record_id), response)


def _place(code: NetworkCode, record_id: HexId) -> tuple[str, str]:
    return code, record_id


@router.post(
    "/{record_id}/steps",
    operation_id="take_step",
    summary="Record a decision, submit again, or withdraw",
    responses=answers(403, 409, 412),
)
def take_step(
    place: Annotated[tuple[str, str], Depends(_place)],
    taken: StepTaken,
    store: StoreDep,
    actor: ActorDep,
    response: Response,
    if_match: IfMatch = None,
) -> Proposal:
    """Take a step; with If-Match only if the proposal is still as it was read."""
    seen = _seen(store, place, actor, if_match)
    row = proposals.decide(store, place[0], actor, place[1], _decision(taken, seen))
    return _answer(row, response)


@router.post(
    "/{record_id}/corrections",
    operation_id="correct_step",
    summary="Correct the last step, recorded wrongly",
    responses=answers(403, 409, 412),
)
def correct_step(
    place: Annotated[tuple[str, str], Depends(_place)],
    wrong: StepCorrected,
    store: StoreDep,
    actor: ActorDep,
    response: Response,
    if_match: IfMatch = None,
) -> Proposal:
    """Say what should stand in place of the last step, or nothing; the wrong entry stays in the history."""
    seen = _seen(store, place, actor, if_match)
    instead = _decision(wrong.instead) if wrong.instead else None
    row = proposals.correct(store, place[0], actor, place[1], Correction(wrong.why, instead, seen))
    return _answer(row, response)


def _decision(taken: StepTaken, seen: int | None = None) -> Decision:
    return Decision(taken.step, taken.meeting_date, taken.reason, seen)


def _seen(store: Store, place: tuple[str, str], actor: Actor, if_match: str | None) -> int | None:
    """Return the version a client saw: the current one where If-Match names it, else one there is not."""
    if if_match is None:
        return None
    now = proposals.get(store, place[0], actor, place[1])
    return int(now["version"]) if named(if_match, _tag(now)) else 0
