"""What goes in and comes out of the interface, as types: corrections of a record by hand, and links."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictInt

from api.schemas import Answer, NamedCommunity, Request, Said

# How long a reason may be, as elsewhere; longer texts of a field are refused by its own rule.
MOST_OF_A_REASON = 2000
RecordId = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
VersionSeen = Annotated[
    StrictInt, Field(ge=1, le=2**31, description="the version of the record that was looked at", examples=[1])
]
WhyChanged = Annotated[
    str,
    Field(
        max_length=MOST_OF_A_REASON, description="why, or who said so", examples=["เจ้าของบ้านแจ้งในเวทีคืนข้อมูล"]
    ),
]
AtMeeting = Annotated[
    RecordId | None, Field(description="the id of the return meeting at which it was said, if at one")
]
FieldName = Annotated[str, Field(max_length=100)]
CellText = Annotated[str, Field(max_length=100_000)]


class RecordCorrected(Request):
    """What to correct in a record: texts by field, each read as a cell of a file is."""

    version: VersionSeen
    values: dict[FieldName, CellText] = Field(
        min_length=1,
        max_length=500,
        description="by field, as a person writes it or as its code; several codes with ; between them; an empty text"
        " empties the field, and ไม่ทราบ, ไม่ตอบ, ไม่เกี่ยวข้อง say why there is no value",
        examples=[{"rooms_let": "4", "condition": "lasting"}],
    )
    reason: WhyChanged
    meeting: AtMeeting = None


class RecordEnded(Request):
    """That a record is no more, and why."""

    version: VersionSeen
    reason: WhyChanged
    meeting: AtMeeting = None


class ChangeMade(Answer):
    """A change of one record, and the version that stands after it."""

    change: int | None = Field(
        description="the number by which it is taken back; null: nothing differed, and nothing was written"
    )
    fields: list[str] = Field(description="the fields that it changed")
    version: int | None = Field(description="the version of the record now; null: it is ended")
    followed: dict[str, int] = Field(
        {},
        description="records that name this one by its numbers and got the new ones along with it, by type",
    )


class TakenBack(Answer):
    """A correction or an ending that is taken back, with all that followed it."""

    change: int


# Links made by hand.


class RecordLinked(Request):
    """The record on the map at which another one stands, and why."""

    target: RecordId = Field(description="the id of a record that it may be linked to")
    version: VersionSeen
    reason: WhyChanged


class RecordUnlinked(Request):
    """Why a link is taken away."""

    version: VersionSeen
    reason: WhyChanged


class CandidateOut(Answer):
    """A record on the map that may be the one meant."""

    type: str
    id: str
    label: Said = Field(description="its numbers as written")
    like: float = Field(description="how alike its numbers are, 0 to 100")


class UnmatchedOut(Answer):
    """A record that stands nowhere, and the likely ones on the map, the most alike first."""

    type: str
    id: str
    version: int
    community: NamedCommunity | None = Field(description="null: it names none that is known here")
    community_text: str | None = Field(description="what it says, where none of that name is known here")
    label: Said
    candidates: list[CandidateOut]


class LonelyOut(Answer):
    """A record on the map which no record of the type names, and in which none stands."""

    type: str
    id: str
    community: NamedCommunity | None
    community_text: str | None
    label: Said


class SidesOut(Answer):
    """The unmatched on both sides; at most 500 of each are told, those whose community is not known here last."""

    type: str
    targets: list[str] = Field(description="the types that its records may be linked to")
    missing_count: int
    missing_apart: int = Field(description="how many of them are of no community that is known here")
    missing: list[UnmatchedOut]
    lonely_count: int
    lonely_apart: int = Field(description="how many of them are of no community that is known here")
    lonely: list[LonelyOut]
