"""Values of records as people read them: words of codes, units, missing answers, masked secrets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from surveys.cells import Missing
from surveys.fields import Flag, Number
from surveys.record import Field, RecordType
from surveys.shared import LINK
from surveys.sight import MASK, Seen
from surveys.thai import Ref
from surveys.words import Lang, folded, words

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
    """Writes values for one reader: in a language, with the names of communities and of records linked by hand.

    ``communities`` (by a text that means one) and ``linked`` (by a record's id) give an address, or none, and a name.
    """

    lang: Lang
    communities: Callable[[str], tuple[str, str] | None]
    linked: Callable[[str], tuple[str, str] | None]

    def value(self, field: Field, seen: Seen) -> Value:
        """Write the value of a field, or why there is none; nothing of a field that is closed."""
        if field.name not in seen.values:
            return Value("")
        found = seen.values[field.name]
        if found is None:
            return self._missing(field, seen)
        if field.secret:
            return Value(str(found))
        if isinstance(field.kind, Ref):
            return self._reference(str(found))
        if field.name == LINK:
            href, text = self.linked(str(found)) or ("", str(found))
            return Value(text, href=href)
        shown = field.kind.show(bool(found) if isinstance(field.kind, Flag) else found, self.lang)
        unit = f" {field.unit.of(self.lang)}" if field.unit and isinstance(field.kind, Number) else ""
        return Value(shown + unit, raw=seen.raw.get(field.name, ""))

    def _missing(self, field: Field, seen: Seen) -> Value:
        code = seen.missing.get(field.name)
        if code is None:
            return Value("")
        return Value(Missing(code).words.of(self.lang), missing=True, raw=str(seen.raw.get(field.name, "")))

    def _reference(self, text: str) -> Value:
        known = self.communities(text)
        if known is None:
            return Value(text)
        return Value(known[1], href=known[0], code="" if folded(text) == folded(known[1]) else text)

    def extras(self, seen: Seen) -> list[tuple[str, str]]:
        """Return the columns of the file that nobody mapped, as far as they are seen."""
        kept = [(name, value) for name, value in seen.extra.items() if value is not None]
        return [(name, SECRET.of(self.lang) if value == MASK else str(value)) for name, value in kept]
