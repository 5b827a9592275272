"""What goes in and comes out of the interface, as types: imports and analyses."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from api.schemas import Answer, Json, Request, Said

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


class ChangedFieldOut(Answer):
    """One field of a record that changes; ``text`` is what stands in the file where the value does not say it."""

    field: str = Field(description="a field, or a column that no field is for")
    old: Any = Field(description="null where there is none; a secret is masked")
    new: Any
    old_missing: str | None = Field(description="why there is no value: unknown, no_answer, ...")
    new_missing: str | None
    old_text: str | None
    new_text: str | None


class ShapeChangeOut(Answer):
    """How a shape changes; null where there is none, or nothing to measure."""

    before: str | None = Field(description="what kind of geometry it was", examples=["Point"])
    after: str | None
    moved_m: float | None = Field(description="metres, from point to point")
    area_before_m2: float | None
    area_after_m2: float | None


class ChangedOut(Answer):
    """A record that a file changes, as far as the actor sees it."""

    layer: str
    type: str
    row: int = Field(description="the row of the file")
    id: str
    fields: list[ChangedFieldOut]
    shape: ShapeChangeOut | None


class LeftOutOut(Answer):
    """A layer that is not taken, beside others that are."""

    layer: str
    rows: int


class NotTakenOut(Answer):
    """What is not taken because nobody could tell what its layers hold; a layer says why among the problems."""

    rows: int
    layers: list[LeftOutOut]


class Report(Answer):
    """What becomes of a file: rows = taken + unchanged + quarantined, taken = new + updated."""

    import_id: int | None
    status: Literal["ready", "taken", "partly", "refused", "same", "dry_run"]
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
    not_taken: NotTakenOut = Field(
        NotTakenOut(rows=0, layers=[]),
        description="layers left out beside those taken; not counted among the rows",
    )
    parts: list[PartOut]
    problem_counts: dict[str, int]
    problems: list[ProblemOut] = Field(description="the first hundred of each code; the download has all")
    changes: list[ChangedOut] = Field(
        [], description="the first 200 records that change, as long as the file is here; the download has all"
    )


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
    links: dict[str, str] = Field(
        description="where to go on: self, cancel, confirm, preview, problems, quarantined"
    )


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
    file: str = Field(description="what the file was called")
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

    type: str | None = Field(
        None, max_length=40, description="the record type; left out: found from the file"
    )
    crs: str | None = Field(
        None,
        max_length=2000,
        description="the coordinate system, where the file does not say it",
        examples=["EPSG:24047"],
    )
    encoding: str | None = Field(None, max_length=40, description="the text encoding, where it is not found")
    existing: Literal["update", "skip", "refuse"] = Field(
        "update", description="what happens to a record that is here with other values"
    )
    columns: dict[str, str] = Field(
        {}, description='JSON: heading to field; the field "-" leaves a column unmapped'
    )
    communities: dict[str, str] = Field(
        {},
        description='JSON: name of a community in the file to the id, code or name of the one meant; "+" creates it',
    )
    afresh: bool = Field(
        False, description="choices made for an earlier file with the same headings are not made again"
    )
    layers: dict[str, str | None] = Field(
        {}, description="JSON: the layers wanted, each with its record type or null"
    )


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
    missing_of: list[str] | None = Field(
        None, description="field and reason, of a column that counts missing answers"
    )


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
    rows: list[Json] = Field(
        description="area is in square metres, a share between 0 and 1; NAME_text is for reading"
    )
    totals: Json
    chart: ChartOut | None
    notes: list[Said]
    sources: list[SourceOut]
