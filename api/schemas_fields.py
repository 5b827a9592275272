"""What goes in and comes out of the interface about a network's own fields and choices, as types."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from api.schemas import Answer, FieldOut, Request, Said
from surveys.custom_rules import MOST_ALIASES, MOST_LETTERS

Kind = Literal["text", "number", "integer", "flag", "day", "year", "area", "code", "codes"]
PrivacyName = Literal["public", "network", "household", "sensitive", "secret"]
Heading = Annotated[str, Field(max_length=MOST_LETTERS)]


class NewWords(Request):
    """One thing said in Thai and, if it is known, in English."""

    th: str = Field(max_length=MOST_LETTERS)
    en: str = Field("", max_length=MOST_LETTERS)


class NewOwnField(Request):
    """A field of the network's own."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "house", "name": "flood_cm", "words": {"th": "น้ำท่วมสูง", "en": "flood depth"},
                    "kind": "number", "unit": {"th": "ซม.", "en": "cm"}, "aliases": ["น้ำท่วม (ซม.)"],
                }
            ]
        }
    )  # fmt: skip
    type: str = Field(max_length=40, description="the record type it belongs to")
    name: str = Field(max_length=100, description="a-z, 0-9 and _; it never changes")
    words: NewWords = Field(description="what it is called, which is a heading of columns that mean it")
    kind: Kind = Field("text", description="what its values are; code is one of a list, codes are several")
    unit: NewWords | None = Field(None, description="of a number")
    aliases: list[Heading] = Field([], max_length=MOST_ALIASES, description="other headings that mean it")
    privacy: PrivacyName = "household"
    group: str = Field("", max_length=40, description="the section of the form, such as building")


class FieldOutcome(Answer):
    """What adding a field does, or would do, with values that earlier files kept under its headings."""

    type: str
    field: FieldOut
    headings: dict[str, int] = Field(
        description="headings that mean the field, with the records that keep a value"
    )
    records: int = Field(description="how many records keep such a value")
    read: int = Field(description="how many of these values the field reads")
    other: int = Field(description="how many are in no list yet, and are kept as other with their text")
    unreadable: int = Field(description="how many cannot be read; their text is kept")
    texts: list[str] = Field(description="some of the texts that were not read, the most frequent first")


class OwnField(Answer):
    """A field of the network's own."""

    field: FieldOut
    records: int = Field(description="how many current records have a value in it")


class OwnChoice(Answer):
    """A choice of the network's own in the list of a field."""

    field: str
    code: str
    words: Said
    aliases: list[str]
    retired: bool
    records: int = Field(description="how many current records give it")


class OwnOfType(Answer):
    """What a network has added to a record type."""

    type: str
    words: Said
    fields: list[OwnField]
    choices: list[OwnChoice]


class NewOwnChoice(Request):
    """A choice of the network's own."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"code": "bamboo", "words": {"th": "ไม้ไผ่", "en": "bamboo"}, "aliases": ["ไผ่"]}]
        }
    )
    code: str = Field(max_length=100, description="a-z, 0-9 and _; it never changes")
    words: NewWords
    aliases: list[Heading] = Field([], max_length=MOST_ALIASES, description="other spellings that mean it")


class ChoiceOutcome(Answer):
    """A choice that was added, and what became of the texts that mean it."""

    type: str
    field: str
    code: str
    records: int = Field(description="how many records had said so under other, and have the choice now")


class Retiring(Request):
    """Whether something is retired."""

    retired: bool = Field(True, description="false brings it back")
