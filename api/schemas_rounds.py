"""What goes in and comes out of the interface, as types: survey rounds, and the difference between two."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from api.schemas import Answer, FeatureCollection, Request, Said


class RoundOut(Answer):
    """A survey round: the imports that belong to it and stand."""

    name: str | None = Field(description="null: imports of which nobody has said the round")
    imports: list[int] = Field(description="the numbers of its imports, the earliest first")
    begun: str = Field(description="when its first import was taken, UTC")
    ended: str = Field(description="when its last import was taken, UTC")


class RoundGiven(Request):
    """To which round an import belongs."""

    name: str = Field(
        max_length=10_000,
        json_schema_extra={"maxLength": 80},
        description="an empty text takes the import out of its round",
        examples=["รอบ 2/2568"],
    )


class RoundNamed(Answer):
    """An import and its round."""

    import_id: int
    round: str | None


class DifferingField(Answer):
    """A field that differs between two rounds; what it said stands in the history of the record."""

    field: str = Field(description="its name; #geometry: its place or shape on the map")
    words: Said


class RoundLine(Answer):
    """What became of one record between two rounds."""

    id: str
    title: Said
    community: str | None = Field(description="its name; as it is written where it is not known here")
    community_id: str | None
    what: str = Field(description="a key of counts")
    what_words: Said
    fields: list[DifferingField] = Field(description="the fields that differ, of one changed or moved")
    moved_m: float | None = Field(description="how far its shape is from where it was, in metres")
    on_map: bool = Field(description="whether it has a shape of its own")
    reason: str | None = Field(description="why a person ended it, of one ended")
    perhaps: list[str] = Field(
        description="the ids of records of the other round that one new or not found may be: the same id of a person,"
        " or the same name in the community; nothing is merged"
    )


class RoundsCompared(Answer):
    """The records of a type between two rounds; not found is not gone: somebody ends a record, with a reason."""

    before: str
    after: str
    type: str
    words: Said
    total: int = Field(description="how many fit what was asked")
    counts: dict[str, int] = Field(
        description="how many are new, changed, moved, same, not_found, not_surveyed (their community was not"
        " visited) and ended"
    )
    lines: list[RoundLine]


class RoundShapes(FeatureCollection):
    """What became of each record, where it stands: the later place, else the earlier one."""

    before: str
    after: str
    record_type: str
    counts: dict[str, int]
    features: list[dict[str, Any]] = Field(description="properties are those of the lines of the comparison")
