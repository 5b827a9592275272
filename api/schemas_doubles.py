"""What goes in and comes out of the interface, as types: households that may be one, and rival lists."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StrictInt

from api.schemas import Answer, Request, Said

HouseholdId = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
ListName = Annotated[
    str, Field(max_length=300, examples=["12"], description="the number of an import, or NUMBER:LAYER")
]
CommunityKey = Annotated[
    str, Field(max_length=300, description="the id of a community, or the folded name of one not known here")
]
Why = Annotated[str, Field(max_length=10_000, json_schema_extra={"maxLength": 2000})]
ResolutionNumber = Annotated[
    str, Field(max_length=10_000, json_schema_extra={"maxLength": 100}, examples=["3/2569"])
]


Version = Annotated[StrictInt, Field(ge=1)]


class HouseholdOut(Answer):
    """A household, as far as the actor sees it."""

    id: str
    version: int
    closed: bool = Field(description="it is no more a current record")
    house: Said
    community: str | None
    household_no: str | None
    head_name: str | None
    people: int | None
    import_id: int | None
    file: str | None


class EvidenceOut(Answer):
    """One thing that makes two households alike: the rule, what was measured, and a sentence that says both."""

    rule: str
    words: Said
    value: float | None = Field(description="persons, percent or metres, as the rule says")
    alike: float | None = Field(description="how alike the names are, in percent")
    sentence: Said


class Withdrawn(Answer):
    """Who took a decision back, when and why."""

    actor: str | None
    at: str
    reason: str


class DoubleDecisionOut(Answer):
    """What a person decided on two households."""

    id: str
    version: int
    number: int
    first: str
    second: str
    decision: str
    decision_words: Said
    kept: str | None
    copied: list[str]
    members_closed: int | None
    reason: str | None
    resolution: str | None
    meeting_date: date | None
    actor: str | None
    at: str
    withdrawn: Withdrawn | None = None


class PairOut(Answer):
    """Two households that may be one."""

    state: str = Field(description="open, undecided or changed (decided before, and changed since)")
    state_words: Said
    first: HouseholdOut
    second: HouseholdOut
    evidence: list[EvidenceOut]
    decision: DoubleDecisionOut | None = Field(description="the one made before that stands")


class PairsOut(Answer):
    """Pairs to decide, the strongest evidence first."""

    network: str
    revision: int
    total: int = Field(description="how many fit what was asked")
    counts: dict[str, int] = Field(
        description="how many there are of each state, decided, and lost: decided, and the one kept is gone since"
    )
    notes: list[Said] = Field(description="what was not compared, and why")
    pairs: list[PairOut]


class LackingOut(Answer):
    """The fields that one household lacks and the other has: these may be copied to it."""

    first: list[str]
    second: list[str]


class PairDetail(Answer):
    """Two households side by side, whatever made them alike, with every decision made on them."""

    state: str | None = Field(description="None when it is settled, or nothing makes them alike")
    first: HouseholdOut
    second: HouseholdOut
    evidence: list[EvidenceOut]
    lacking: LackingOut
    members: dict[str, int] = Field(description="how many members belong to each, by its id")
    history: list[DoubleDecisionOut]


class NewDoubleDecision(Request):
    """What a person decided on two households."""

    first: HouseholdId
    second: HouseholdId
    decision: Literal["one", "different", "undecided"]
    keep: HouseholdId | None = Field(None, description="the one kept, when they are one household")
    reason: Why
    resolution: ResolutionNumber = ""
    meeting_date: date | None = None
    copy_fields: list[Annotated[str, Field(max_length=100)]] = Field(
        [], max_length=200, description="fields that the one kept lacks, to be copied from the other"
    )
    close_members: bool = Field(False, description="close the members of the other with it")
    seen: dict[str, Version] = Field(
        {},
        max_length=3,
        description="the versions looked at, by id: of the two households, and of the decision that stood. Where one"
        " changed since, or a decision stands that is not named, the answer is 412",
    )


class Withdrawing(Request):
    """Why a decision is taken back."""

    reason: Why
    seen: Version | None = Field(
        None,
        description="the version of the decision looked at; where another stands by now, the answer is 412."
        " Left out, whatever stands is taken back",
    )


class WithdrawnOut(Answer):
    """A decision taken back; ``kept`` are records that changed since and stay as they are."""

    id: str
    kept: list[str] = Field(default_factory=list, description="ids of records that stay as they are")


# Lists.


class ListOut(Answer):
    """A list: what an import, or one layer of its file, says of the households of a community."""

    key: str
    import_id: int
    layer: str | None
    file: str
    at: str
    actor: str | None
    undone: bool
    households: int
    whole: bool = Field(description="False: made before lists were kept; only what it changed is known")


class ListsOut(Answer):
    """The communities that households name, and the lists that speak of one of them."""

    communities: dict[str, str]
    lists: list[ListOut]


class SideOut(Answer):
    """A household as one list has it."""

    id: str
    house: Said
    household_no: str | None
    head_name: str | None
    row: int | None = Field(description="the row of the file")


class DifferenceOut(Answer):
    """A field that both lists fill, and not alike; the values are null where they are closed to the actor."""

    field: str
    words: Said
    a: str | None
    b: str | None


class LineOut(Answer):
    """A household of one list or of both."""

    status: str
    found_by: str | None = Field(description="record, decided, id, name or number")
    a: SideOut | None
    b: SideOut | None
    differs: list[DifferenceOut]


class CompareOut(Answer):
    """Two lists of one community compared."""

    community: str
    a: str
    b: str
    total: int
    counts: dict[str, int]
    lines: list[LineOut]


class ListDecisionOut(Answer):
    """A resolution on two lists, with the figures it was taken on."""

    id: str
    version: int
    number: int
    community: str
    list_a: str
    list_b: str
    holds: str
    holds_words: Said
    holds_for: str | None
    reason: str | None
    resolution: str | None
    meeting_date: date | None
    counts: dict[str, int]
    actor: str | None
    at: str


class NewListDecision(Request):
    """A resolution on two lists; both are kept."""

    community: CommunityKey
    a: ListName
    b: ListName
    holds: Literal["list_a", "list_b", "in_part", "survey", "undecided"]
    holds_for: Why = Field("", description="which list holds for what; needed for in_part")
    reason: Why
    resolution: ResolutionNumber = ""
    meeting_date: date | None = Field(None, description="the day of the meeting; needed unless undecided")
    seen: dict[str, Version] = Field(
        {},
        max_length=1,
        description="the version of the resolution that stood when the lists were looked at, by its id. Where another"
        " stands by now, or one stands that is not named, the answer is 412",
    )
