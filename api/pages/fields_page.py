"""A network's own fields and choices as their pages show them, and their forms as they are typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from surveys.codes import Code
from surveys.custom_fields import OPEN_TYPES, NewChoice, NewField
from surveys.errors import Refused
from surveys.privacy import Privacy
from surveys.record import Field, RecordType
from surveys.store.custom import KIND_WORDS
from surveys.words import Words, words

# Who sees a field, the class that is meant first.
PRIVACY: dict[Privacy, Words] = {
    Privacy.HOUSEHOLD: words("ผู้ที่ดูข้อมูลครัวเรือนได้", "those who may see households"),
    Privacy.NETWORK: words("ทุกคนในเครือข่าย", "everyone in the network"),
    Privacy.PUBLIC: words("ใครก็ดูได้", "anyone"),
    Privacy.SENSITIVE: words("เช่น สุขภาพ ศาสนา เก็บไว้แต่ไม่แสดง", "such as health or religion: kept, not shown"),
    Privacy.SECRET: words("เช่น เลขบัตร เก็บแบบเข้ารหัส", "such as card numbers: kept encrypted"),
}
_NO_PRIVACY = words("กรุณาเลือกว่าใครเห็นช่องนี้ได้", "Choose who may see the field.")
_NO_LIST = words("กรุณาเลือกช่องที่มีรายการให้เลือก", "Choose a field that has a list of choices.")


class FieldForm(BaseModel):
    """The form of a new field as it is sent; ``do`` is "", "look" or "add". ``job`` is the upload it came from."""

    type: str = "house"
    heading: str = ""
    name: str = ""
    th: str = ""
    en: str = ""
    kind: str = "text"
    unit_th: str = ""
    unit_en: str = ""
    aliases: str = ""
    privacy: str = Privacy.HOUSEHOLD.name.lower()
    group: str = ""
    job: str = ""
    do: str = ""

    def new(self) -> NewField:
        """Return the field that is asked for.

        Raises
        ------
        Refused
            If nobody was chosen who may see it.
        """
        if self.privacy.upper() not in Privacy.__members__:
            raise Refused(_NO_PRIVACY)
        unit = Words(self.unit_th, self.unit_en) if self.unit_th.strip() else None
        return NewField(
            self.type, self.name, Words(self.th or self.heading, self.en), self.kind, unit,
            tuple(self.aliases.splitlines()), Privacy[self.privacy.upper()], self.group,
        )  # fmt: skip


class ChoiceForm(BaseModel):
    """The form of a new choice as it is sent; ``field`` is "TYPE.NAME"."""

    field: str = ""
    code: str = ""
    th: str = ""
    en: str = ""
    aliases: str = ""

    def place(self) -> tuple[str, str]:
        """Return the record type and the field.

        Raises
        ------
        Refused
            If none was chosen.
        """
        type_name, dot, name = self.field.partition(".")
        if not (type_name and dot and name):
            raise Refused(_NO_LIST)
        return type_name, name

    def new(self) -> NewChoice:
        """Return the choice that is asked for."""
        aliases = tuple(self.aliases.splitlines())
        return NewChoice(*self.place(), self.code, Words(self.th, self.en), aliases)


class RetireForm(BaseModel):
    """What is to be retired, or brought back."""

    type: str = ""
    field: str = ""
    choice: str = ""
    back: bool = False


@dataclass(frozen=True)
class Lists:
    """The fields of a record type that have a list of choices."""

    type: RecordType
    fields: tuple[Field, ...]


def open_types(types: Mapping[str, RecordType]) -> list[RecordType]:
    """Return the record types that a network may add to."""
    return [types[name] for name in OPEN_TYPES]


def lists(types: Mapping[str, RecordType]) -> list[Lists]:
    """Return the fields that a choice may be added to, by record type; what follows from others is none."""
    found = []
    for record_type in open_types(types):
        derived = {rule.field for rule in record_type.derived}
        coded = [one for one in record_type.fields if isinstance(one.kind, Code) and one.name not in derived]
        if coded:
            found.append(Lists(record_type, tuple(coded)))
    return found


def kind_words(field: Field, kind: str) -> Words:
    """Say what a field takes, with its unit."""
    said = KIND_WORDS[kind]
    if field.unit is None:
        return said
    return words(f"{said.th} ({field.unit.th})", f"{said.en} ({field.unit.en})")
