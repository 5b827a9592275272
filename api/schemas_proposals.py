"""What goes in and comes out of the interface, as types: land proposals."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, Field, StrictInt

from api.schemas import Answer, Request, Said
from surveys.city.proposal_values import PROPOSAL
from surveys.fields import Text

# More than any text of a proposal may have: the domain says how long each one may be.
_FAR_TOO_LONG = 100_000


def _text(of: str, default: Any = ..., **facts: Any) -> Any:
    """Describe a text that the domain looks at: how long it may be is said, and refused there."""
    kind = PROPOSAL.by_name[of].kind
    assert isinstance(kind, Text)
    return Field(default, max_length=_FAR_TOO_LONG, json_schema_extra={"maxLength": kind.limit}, **facts)


class Target(BaseModel):
    """A community, plot or house that a proposal is about."""

    type: Literal["community", "land_plot", "house"]
    id: str = Field(pattern="^[0-9a-f]{32}$")


class NewProposal(Request):
    """A land proposal to be filed; it waits for the committee at once."""

    title: str = _text("title", examples=["ขอเช่าที่ดินริมคลอง 15 ปี"])
    option: str = Field(max_length=40, examples=["onsite"], description="a code of the field option")
    households: StrictInt | None = Field(
        None, description="households served, 0 or more", json_schema_extra={"minimum": 0}
    )
    targets: list[Target] = Field([], max_length=10_000)


class StepTaken(Request):
    """What the committee decided, or that a proposal is submitted again or withdrawn."""

    step: str = Field(
        max_length=40, examples=["agree"], description="submit, agree, revise, refuse or withdraw"
    )
    meeting_date: date | None = Field(
        None,
        description="the day of the meeting, for a decision: not before the filing, not in the future",
        examples=["2026-03-02"],
    )
    reason: str = _text("reason", "", description="needed to revise, refuse or withdraw")


class StepCorrected(Request):
    """What was wrong in the last step, and what should stand in its place."""

    why: str = _text("correction", description="what was recorded wrongly", examples=["กดผิดช่อง"])
    instead: StepTaken | None = Field(
        None, description="the step that was meant; null takes the wrong one back: nothing was decided"
    )


class ProposalState(Answer):
    """A state a proposal was in: since when, by whom, why."""

    id: str
    version: int
    opened_at: str
    number: int
    title: str
    option: str
    households: int | None
    targets: list[Target]
    state: str
    state_words: Said
    meeting_date: date | None
    reason: str | None
    corrects: int | None = Field(description="the version that this one corrects")
    correction: str | None = Field(description="what was recorded wrongly in it")


class ProposalPast(ProposalState):
    """A state a proposal was in, and who brought it there."""

    actor: str | None
    step: str | None = Field(
        description="the step that was taken; null for the filing, and where a wrong one was only taken back"
    )
    corrected_by: int | None = Field(
        description="the version that corrected this one: it was recorded wrongly"
    )


class Proposal(ProposalPast):
    """A land proposal with its history and the steps that lead on from here."""

    history: list[ProposalPast]
    steps: list[str]
    correctable: str | None = Field(description="the last step, which can be corrected")
    instead: list[str] = Field(description="the steps it can be corrected to")
