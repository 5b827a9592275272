"""What goes in and comes out of the interface, as types: refusals, networks, record types, records.

The documentation is made from them. Imports and analyses are in :mod:`api.schemas_work`, proposals
in :mod:`api.schemas_proposals`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Json = dict[str, Any]


class Answer(BaseModel):
    """What the server says."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class Request(BaseModel):
    """What a client says; a name that is not known is refused, so that a slip is not lost."""

    model_config = ConfigDict(extra="forbid")


class Said(Answer):
    """One thing said in Thai and in English."""

    th: str
    en: str


class Fault(Answer):
    """One thing that is not right in a request."""

    where: str
    what: str


class Refusal(Answer):
    """Why something was not done, in Thai and in English."""

    error: str = Field(description="the kind of refusal, for programs", examples=["NotFound"])
    th: str
    en: str
    details: list[Fault] | None = None


class Health(Answer):
    """Whether the server can do its work."""

    status: Literal["ok", "unavailable"]
    store: Literal["ok", "unavailable"]
    version: str


# Networks and record types.


class Network(Answer):
    """A city network: facts, number of current records of each type, and how often it was written to."""

    code: str
    name: str
    name_en: str | None
    attribution: str | None = Field(None, description="whose data it shows")
    bounds: list[float] | None = Field(description="west, south, east, north in degrees; null: Thailand")
    made_up: bool = Field(description="whether its data are made up, for demonstration")
    revision: int = Field(description="rises with every write")
    counts: dict[str, int]


class NewNetwork(Request):
    """A city network to be added."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"code": "khlong-toei", "name": "เครือข่ายเมืองคลองเตย"}]}
    )
    code: str = Field(max_length=40)
    name: str = Field(min_length=1, max_length=200)
    bounds: tuple[float, float, float, float] | None = Field(
        None, description="west, south, east, north in degrees; left out: Thailand"
    )


class ChoiceOut(Answer):
    """One code of a list."""

    code: str
    th: str
    en: str
    retired: bool


class FieldOut(Answer):
    """One field of a record type."""

    name: str
    words: Said
    kind: str = Field(examples=["text"])
    rule: Said = Field(description="what is accepted")
    unit: Said | None
    help: Said | None
    privacy: Literal["public", "network", "household", "sensitive", "secret"]
    group: Said | None
    brief: bool = Field(description="whether it stands in the popup of the map")
    custom: bool = Field(description="whether it is this network's own")
    retired: bool = Field(description="whether it is no longer asked for")
    headings: list[str] = Field(description="headings of columns that mean it")
    json_schema: Json = Field(description="JSON schema of a value")
    choices: list[ChoiceOut] | None


class TypeOut(Answer):
    """A record type with its fields."""

    name: str
    words: Said
    unit: Said
    geometry: Literal["point", "line", "polygon", "place", "course", "any"] | None = Field(
        description="a place is a point or an area, a course a line or an area"
    )
    by_file: bool = Field(description="whether its records come in files")
    keys: list[list[str]] = Field(description="the fields that tell one record from another, the best first")
    fields: list[FieldOut]


# Records.


class Origin(Answer):
    """What brought a version of a record."""

    change: int | None
    kind: str | None = Field(examples=["import"])
    actor: str | None
    import_id: int | None
    file: str | None
    row: int | None = Field(description="the row of the file")


class RecordOut(Answer):
    """A current record, as far as the actor may see it."""

    id: str
    type: str
    title: str | None
    version: int
    opened_at: str = Field(description="since when it stands so, UTC")
    on_map: bool = Field(description="whether it has a shape of its own")
    values: Json = Field(description="by field; secret values are masked")
    missing: dict[str, str] = Field(
        description="by field, why there is no value: unknown, no_answer, not_applicable, unreadable"
    )
    unreadable: dict[str, str] = Field(description="by field, the text that could not be read")
    extra: Json = Field(
        description="columns of the file that no field is for; only for those who may see households"
    )


class RecordPage(Answer):
    """Some of the records of a type, in the order they came."""

    type: str
    total: int
    limit: int
    offset: int
    revision: int
    records: list[RecordOut]


class Version(RecordOut):
    """A version of a record, and what brought it."""

    closed_at: str | None = Field(description="until when it stood so; null: it still does")
    origin: Origin


class RecordDetail(Version):
    """A record with its shape, what brought it, and its versions, the newest first."""

    geometry: Json | None = Field(description="GeoJSON geometry, longitude first")
    history: list[Version]


class AttachmentOut(Answer):
    """A photo of a record, which came in one archive with its row."""

    key: str = Field(description="what the address of the photo ends with")
    name: str = Field(description="the name of the file", examples=["1718000000000.jpg"])
    size: int = Field(description="in bytes")
    import_id: int = Field(description="the import whose archive holds it")


class UnplacedRecord(Answer):
    """A record that is not yet on the map."""

    id: str
    title: str | None
    key: str = Field(description="what would place it", examples=["community=ชุมชนริมคลอง|house_seq=12"])


class Unplaced(Answer):
    """Records of a type that are not yet on the map."""

    type: str
    words: Said
    count: int
    records: list[UnplacedRecord] = Field(description="at most 1,000; empty where the actor may not see them")


class UnplacedList(Answer):
    """The records of a network that are not yet on the map."""

    total: int
    types: list[Unplaced]


class NamedCommunity(Answer):
    """A community by its id and name."""

    id: str
    name: str


class UnknownCommunity(Answer):
    """A community that records name and nobody has entered."""

    name: str
    counts: dict[str, int] = Field(description="how many records of each type name it")
    near: list[NamedCommunity] = Field(description="communities it almost names, the nearest first")


class NewCommunity(Request):
    """A community known by its name only."""

    name: str = Field(min_length=1, max_length=200, examples=["ชุมชนริมคลอง"])


class JoinedCommunity(Request):
    """A name that records write, and the community it means."""

    name: str = Field(min_length=1, max_length=200, examples=["ชุมชนริมคลองง"])
    community: str = Field(description="the id of the community meant", pattern="^[0-9a-f]{32}$")


class NewCommunities(Request):
    """Communities that records name, to be created."""

    names: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        min_length=1, max_length=500, examples=[["ชุมชนริมคลอง"]]
    )


class Created(Answer):
    """A record that was created."""

    id: str
    name: str


class FeatureCollection(Answer):
    """Shapes as GeoJSON (EPSG:4326)."""

    type: Literal["FeatureCollection"]
    features: list[Json]


class PreviewCollection(FeatureCollection):
    """Shapes of a file before it is taken: at most 2,000, those kept out first."""

    total: int = Field(description="how many rows of the file could be drawn")
    shown: int
