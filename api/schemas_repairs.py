"""What goes in and comes out of the interface, as types: shapes that could be mended."""

from __future__ import annotations

from pydantic import Field, StrictInt

from api.schemas import Answer, Json, Request, Said


class RepairOut(Answer):
    """A row of a file: what is wrong with its shape and where, and how it might be mended."""

    part: int = Field(description="which layer of the file, from 0")
    row: int = Field(description="the row of the file")
    title: str = Field(description="what the row is called, as written")
    what: str = Field(examples=["self_crossing"])
    what_words: Said
    defect: Json | None = Field(
        description="a GeoJSON point where it is wrong; null where that is not one place"
    )
    sent: Json = Field(description="the shape as it was sent, a GeoJSON geometry in EPSG:4326")
    mended: Json = Field(description="the shape as it might be mended, valid")
    area_before_m2: float = Field(
        description="parts that run the other way round count against the rest, so this may be near 0"
    )
    area_after_m2: float
    parts_before: int
    parts_after: int


class RepeatedOut(RepairOut):
    """A record that was taken as its row was sent, with corners that stand twice in a row: its shape without them."""

    type: str
    id: str
    corners: int = Field(description="how many corners repeat the one before; the defect is the first")


class RepairsOut(Answer):
    """The suggestions for an import, in the order of the file."""

    import_id: int
    most: int = Field(description="no more of either are made at a time: take these and ask again")
    repairs: list[RepairOut]
    more: bool = Field(description="whether more follow")
    repeated: list[RepeatedOut] = Field(
        description="of records whose shape is still as the import brought it"
    )
    more_repeated: bool


class RowChosen(Request):
    """One row of one layer of the file."""

    part: StrictInt = Field(ge=0, le=2**31)
    row: StrictInt = Field(ge=0, le=2**53)


class RepairsTaken(Request):
    """The rows whose shapes are taken as suggested; one look at each is for a person to do."""

    rows: list[RowChosen] = Field(max_length=1000, examples=[[{"part": 0, "row": 7}]])
