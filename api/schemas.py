"""What goes in and comes out of the interface, as types; the documentation is made from them."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

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
    headings: list[str] = Field(description="headings of columns that mean it")
    json_schema: Json = Field(description="JSON schema of a value")
    choices: list[ChoiceOut] | None


class TypeOut(Answer):
    """A record type with its fields."""

    name: str
    words: Said
    unit: Said
    geometry: Literal["point", "line", "polygon", "any"] | None
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
    extra: Json = Field(description="columns of the file that no field is for; only for those who may see households")


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


class Unplaced(Answer):
    """Records of a type that are not yet on the map."""

    type: str
    words: Said
    count: int
    records: list[UnplacedRecord] = Field(description="at most 1,000; empty where the actor may not see them")


class UnplacedRecord(Answer):
    """A record that is not yet on the map."""

    id: str
    title: str | None
    key: str = Field(description="what would place it", examples=["community=ชุมชนริมคลอง|house_seq=12"])


class UnplacedList(Answer):
    """The records of a network that are not yet on the map."""

    total: int
    types: list[Unplaced]


class UnknownCommunity(Answer):
    """A community that records name and nobody has entered."""

    name: str
    counts: dict[str, int] = Field(description="how many records of each type name it")


class NewCommunity(Request):
    """A community known by its name only."""

    name: str = Field(min_length=1, max_length=200, examples=["ชุมชนริมคลอง"])


class NewCommunities(Request):
    """Communities that records name, to be created."""

    names: list[str] = Field(min_length=1, max_length=500, examples=[["ชุมชนริมคลอง"]])


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


# Imports and jobs.


class ProblemOut(Answer):
    """One problem of a file: where it is, what is wrong, what to do."""

    severity: Literal["refuse", "quarantine", "warn"]
    code: str
    layer: str
    row: int | None = Field(description="the row as the surveyor sees it")
    column: str | None
    field: str | None
    value: str | None
    message_th: str
    message_en: str
    remedy_th: str
    remedy_en: str


class PartOut(Answer):
    """What becomes of one layer of a file."""

    layer: str
    type: str
    rows: int
    taken: int
    new: int
    updated: int
    unchanged: int
    quarantined: int
    unplaced: int
    crs: str | None
    encoding: str | None
    unmapped: list[str]


class Report(Answer):
    """What becomes of a file: rows = taken + unchanged + quarantined, taken = new + updated."""

    import_id: int | None
    status: Literal["ready", "taken", "partly", "refused", "same", "dry_run"]
    file: str
    type: str | None
    crs: str | None
    encoding: str | None
    rows: int
    taken: int
    new: int
    updated: int
    unchanged: int
    quarantined: int
    unplaced: int
    unmapped: list[str]
    parts: list[PartOut]
    problem_counts: dict[str, int]
    problems: list[ProblemOut] = Field(description="the first hundred of each code; the download has all")


class Job(Answer):
    """Long work: how far it is, and in the end what it found, or why it failed."""

    id: str
    kind: Literal["examine", "accept"]
    network: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    what: Said
    done: int
    total: int | None
    report: Report | None
    error: Said | None
    links: dict[str, str] = Field(description="where to go on: self, cancel, confirm, preview, problems, quarantined")


class Accepted(Answer):
    """A file that has arrived and is being examined."""

    job: str
    links: dict[str, str]


class ImportOut(Answer):
    """An import: a file that was taken."""

    import_id: int
    network: str
    at: str = Field(description="when, UTC")
    actor: str
    state: Literal["done", "undone"]
    report: Report
    links: dict[str, str]


class RevertedOut(Answer):
    """What an undo or redo did to one record type."""

    type: str
    reopened: int
    closed: int
    kept: list[str] = Field(description="records changed since; they stay as they are")


class Turned(Answer):
    """What an undo or redo did."""

    import_id: int
    network: str
    state: Literal["done", "undone"]
    types: list[RevertedOut]


class UploadFields(Request):
    """What a person may say about a file, beside it in the form."""

    type: str | None = Field(None, max_length=40, description="the record type; left out: found from the file")
    crs: str | None = Field(
        None, max_length=2000, description="the coordinate system, where the file does not say it", examples=["EPSG:24047"]
    )
    encoding: str | None = Field(None, max_length=40, description="the text encoding, where it is not found")
    existing: Literal["update", "skip", "refuse"] = Field(
        "update", description="what happens to a record that is here with other values"
    )
    columns: dict[str, str] = Field({}, description='JSON: heading to field; the field "-" leaves a column unmapped')
    layers: dict[str, str | None] = Field({}, description="JSON: the layers wanted, each with its record type or null")


# Analyses.


class AnalysisOut(Answer):
    """A question people ask of a network."""

    name: str
    words: Said
    question: Said
    needs: list[str] = Field(description="the record types it reads")


class ColumnOut(Answer):
    """A column of a result."""

    name: str
    kind: Literal["text", "count", "area", "share", "date", "code"]
    heading: Said
    unit: Said | None
    missing_of: list[str] | None = Field(None, description="field and reason, of a column that counts missing answers")


class ChartOut(Answer):
    """How the table is best drawn."""

    kind: Literal["bar", "stacked"]
    label: str
    values: list[str]


class SourceOut(Answer):
    """Where numbers come from: how many records, how new, by which imports."""

    type: Said
    rows: int
    imports: list[int]
    newest: str | None
    surveyed: str | None
    newest_text: Said | None
    surveyed_text: Said | None


class AnalysisResult(AnalysisOut):
    """The answer: a table whose columns say what they are, with notes and sources."""

    revision: int = Field(description="the revision of the network it is about")
    columns: list[ColumnOut]
    rows: list[Json] = Field(description="area is in square metres, a share between 0 and 1; NAME_text is for reading")
    totals: Json
    chart: ChartOut | None
    notes: list[Said]
    sources: list[SourceOut]


# Proposals.


class Target(BaseModel):
    """A community, plot or house that a proposal is about."""

    type: Literal["community", "land_plot", "house"]
    id: str = Field(pattern="^[0-9a-f]{32}$")


class NewProposal(Request):
    """A land proposal to be filed; it waits for the committee at once."""

    title: str = Field(max_length=300, examples=["ขอเช่าที่ดินริมคลอง 15 ปี"])
    option: str = Field(max_length=40, examples=["upgrade_in_place"], description="a code of the field option")
    households: int | None = Field(None, description="households served")
    targets: list[Target] = Field([], max_length=10_000)


class StepTaken(Request):
    """What the committee decided, or that a proposal is submitted again or withdrawn."""

    step: str = Field(max_length=40, examples=["agree"], description="submit, agree, revise, refuse or withdraw")
    meeting_date: date | None = Field(None, description="the day of the meeting, for a decision", examples=["2026-03-02"])
    reason: str = Field("", max_length=2000, description="needed to revise, refuse or withdraw")


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


class ProposalPast(ProposalState):
    """A state a proposal was in, and who brought it there."""

    actor: str | None


class Proposal(ProposalPast):
    """A land proposal with its history and the steps that lead on from here."""

    history: list[ProposalPast]
    steps: list[str]


Unplaced.model_rebuild()
