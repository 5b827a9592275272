"""What goes in and comes out of the interface, as types: giving the data back to a community."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, StrictInt

from api.schemas import Answer, Request, Said
from api.schemas_edits import RecordId
from surveys.city.returns import RETURN
from surveys.fields import Text

Day = Annotated[date | None, Field(examples=["2026-03-02"])]
_MOST_PEOPLE = 10_000


def _text(of: str, default: Any = ..., **facts: Any) -> Any:
    """Describe a text as long as its field of the record allows."""
    kind = RETURN.by_name[of].kind
    assert isinstance(kind, Text)
    return Field(default, max_length=kind.limit, **facts)


class NewReturn(Request):
    """A meeting at which a community was given its data back."""

    community: RecordId = Field(description="the id of the community")
    held: Day = Field(None, description="the day of the meeting; needed, not in the future")
    place: str = _text("place", "", examples=["ศาลาชุมชน"])
    attended_count: StrictInt | None = Field(
        None, ge=0, le=_MOST_PEOPLE, description="how many people came; needed, 1 or more"
    )
    attended: str = _text("attended", "", description="who came; only for those who may see households")
    note: str = _text("note", "")


class OutcomeFields(Request):
    """What the community said: the texts of the form."""

    agreed: Literal["true", "false"] = Field(description="whether the community agreed")
    on: Day = Field(
        None, description="the day of the decision; needed, not before the meeting, not in the future"
    )
    reason: str = _text("reason", "", description="why it did not agree; needed then")


class CorrectionFields(Request):
    """What was recorded wrongly of a meeting, and what is right: what is not sent stays as it is."""

    why: str = _text("correction", description="what was recorded wrongly")
    seen: Annotated[int, Field(ge=1)] | None = Field(
        None, description="the version looked at; where another stands by now, the answer is 412"
    )
    community: RecordId | None = Field(None, description="the id of the community")
    held: Day = Field(None, description="the day of the meeting")
    place: str | None = _text("place", None, description="empty: none; so `attended`, `note`, `reason`")
    attended_count: Annotated[int, Field(ge=0, le=_MOST_PEOPLE)] | None = None
    attended: str | None = _text("attended", None)
    note: str | None = _text("note", None)
    agreed: Literal["true", "false", "open"] | None = Field(
        None, description="whether the community agreed; open: it has not said yet"
    )
    on: Day = Field(None, description="the day of the decision")
    reason: str | None = _text("reason", None)


class StandingOut(Answer):
    """How the data of one community stands with it, by the latest meeting."""

    id: str
    name: str
    standing: Literal["unchecked", "checking", "agreed", "changed", "not_agreed"]
    standing_words: Said
    on: date | None = Field(description="the day it was decided, of the meeting while nothing is decided")
    changed: int = Field(description="how many records were opened since the community agreed")


class ReturnOut(Answer):
    """A meeting at which a community was given its data back."""

    id: str
    version: int
    opened_at: str = Field(description="since when it stands so, UTC")
    number: int
    community: str = Field(description="the code of the community, else its name")
    held: date | None
    place: str | None
    attended_count: int | None
    attended: str | None
    listing: int | None = Field(description="the revision of the network that was checked")
    state: Literal["checking", "agreed", "not_agreed"]
    state_words: Said
    decided_on: date | None
    reason: str | None
    paper: str | None = Field(description="the name of the paper attached; it is saved from links.paper")
    note: str | None
    links: dict[str, str]


class ReturnsOut(Answer):
    """How the data of each community stands with it, and the meetings held, the newest first."""

    communities: list[StandingOut]
    meetings: list[ReturnOut]


class MadeAtReturn(Answer):
    """A correction or an ending made at a meeting."""

    change: int = Field(description="the number by which it is taken back")
    kind: Literal["edit", "end"]
    type: str
    record: str
    fields: list[str]
    reason: str
    at: str
    actor: str | None
    undone: bool = Field(description="it is taken back")


class EntryOut(Answer):
    """What was recorded of a meeting at one time; a wrong entry stays, and says which one corrected it."""

    version: int
    opened_at: str
    actor: str | None
    community: str
    held: date | None
    place: str | None
    attended_count: int | None
    attended: str | None
    state: Literal["checking", "agreed", "not_agreed"]
    decided_on: date | None
    reason: str | None
    paper: str | None
    note: str | None
    corrects: int | None = Field(description="the version that it corrects")
    correction: str | None = Field(description="what was wrong of that")
    corrected_by: int | None = Field(description="the version that corrected it")


class ReturnDetail(ReturnOut):
    """A meeting with what was corrected at it, and every entry of its own, the newest first."""

    corrections: list[MadeAtReturn]
    history: list[EntryOut]
