"""Values of records as people read them: words of codes, units, missing answers, masked secrets."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from surveys.cells import Missing
from surveys.fields import Flag, Number
from surveys.privacy import SEALED, Privacy, Vault, masked
from surveys.record import Field, RecordType
from surveys.roles import RIGHTS, Actor
from surveys.thai import Ref
from surveys.words import Lang, folded, words

HIDDEN = words("ปิดไว้ เป็นข้อมูลอ่อนไหว", "closed: sensitive data")
# Title fields that are names, and need no heading.
_NAMES = ("name", "title", "name_en", "everyday_name", "zone")
SECRET = words("เข้ารหัสไว้", "encrypted")


@dataclass(frozen=True)
class Value:
    """A value as text; ``missing`` says that it is the reason why there is none; ``raw`` is what stood there.

    ``code``: what the record itself gives, where ``text`` is the name it means.
    """

    text: str
    missing: bool = False
    raw: str = ""
    href: str = ""
    code: str = ""

    def __bool__(self) -> bool:
        return bool(self.text)


def up_to(actor: Actor) -> Privacy:
    """Return the highest privacy class an actor sees plainly."""
    return Privacy.HOUSEHOLD if actor.role in RIGHTS["see_households"][1] else Privacy.NETWORK


def title(record_type: RecordType, row: Mapping[str, Any], lang: Lang) -> str:
    """Return what a record is called: the first filled of its title fields, and its number among equals."""
    filled = [name for name in record_type.title if row.get(name) is not None]
    own = number(record_type, row, lang)
    if not filled or filled[0] == record_type.ordinal:
        return own or record_type.words.of(lang)
    field = record_type.by_name[filled[0]]
    said = field.kind.show(row[field.name], lang)
    return f"{said if field.name in _NAMES else f'{field.words.of(lang)} {said}'} {own}".strip()


def number(record_type: RecordType, row: Mapping[str, Any], lang: Lang) -> str:
    """Return the number that tells records of one place apart, such as "household 2"."""
    if record_type.ordinal is None or row.get(record_type.ordinal) is None:
        return ""
    field = record_type.by_name[record_type.ordinal]
    said = field.words.of(lang) if lang == "th" else record_type.words.en
    return f"{said} {field.kind.show(row[field.name], lang)}"


@dataclass(frozen=True)
class Reader:
    """Writes values for one reader: language, rights, the names of communities."""

    lang: Lang
    sees: Privacy
    vault: Vault
    communities: Callable[[str], tuple[str, str] | None]

    def value(self, field: Field, row: Mapping[str, Any]) -> Value:
        """Write the value of a field, or why there is none."""
        found = _extra(row).get(field.name) if field.custom else row.get(field.name)
        if field.secret:
            return self._secret(found)
        if field.privacy > self.sees:
            return Value(HIDDEN.of(self.lang), missing=True) if found is not None else Value("")
        if found is None:
            return self._missing(field, row)
        if isinstance(field.kind, Ref):
            return self._reference(str(found))
        shown = field.kind.show(bool(found) if isinstance(field.kind, Flag) else found, self.lang)
        unit = f" {field.unit.of(self.lang)}" if field.unit and isinstance(field.kind, Number) else ""
        return Value(shown + unit, raw=_loads(row.get("raw")).get(field.name, ""))

    def _missing(self, field: Field, row: Mapping[str, Any]) -> Value:
        code = _loads(row.get("missing")).get(field.name)
        if code is None:
            return Value("")
        raw = _loads(row.get("raw")).get(field.name, "")
        return Value(Missing(code).words.of(self.lang), missing=True, raw=str(raw))

    def _secret(self, found: Any) -> Value:
        if found is None:
            return Value("")
        if self.sees < Privacy.HOUSEHOLD:
            return Value(SECRET.of(self.lang), missing=True)
        text = str(found)
        return Value(masked(self.vault.open(text) if text.startswith(SEALED) else text))

    def _reference(self, text: str) -> Value:
        known = self.communities(text)
        if known is None:
            return Value(text)
        return Value(known[1], href=known[0], code="" if folded(text) == folded(known[1]) else text)

    def extras(self, record_type: RecordType, row: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Return the columns of the file that nobody mapped: private until a person says what they are."""
        if self.sees < Privacy.HOUSEHOLD:
            return []
        own = {field.name for field in record_type.fields if field.custom}
        kept = [(name, value) for name, value in _extra(row).items() if name not in own and value is not None]
        return [
            (name, SECRET.of(self.lang) if str(value).startswith(SEALED) else str(value))
            for name, value in kept
        ]


def _loads(text: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text) if text else {}
    return found


def _extra(row: Mapping[str, Any]) -> dict[str, Any]:
    return _loads(row.get("extra"))
