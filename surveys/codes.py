"""Code lists: one code or several; a text that is no code is kept as *other*, with a warning."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from surveys.cells import Cell
from surveys.fields import Kind
from surveys.words import Lang, Words, folded, normal, words

OTHER = "other"
_BETWEEN_CODES = re.compile(r"[;,|\n\[\]\"]+")


@dataclass(frozen=True)
class Choice:
    """One code of a list. Codes are retired, never deleted or redefined."""

    code: str
    words: Words
    aliases: tuple[str, ...] = ()
    retired: bool = False


def choices(*rows: tuple[str, str, str] | tuple[str, str, str, tuple[str, ...]]) -> tuple[Choice, ...]:
    """Make a code list from rows (code, Thai label, English label[, other spellings])."""
    return tuple(Choice(row[0], words(row[1], row[2]), row[3] if len(row) == 4 else ()) for row in rows)


@dataclass(frozen=True)
class Code(Kind):
    """One code of a list."""

    choices: tuple[Choice, ...] = ()

    @property
    def rule(self) -> Words:
        """Say what is accepted."""
        live = [c.words for c in self.choices if not c.retired]
        return words(
            "เลือกหนึ่งอย่าง: " + ", ".join(w.th for w in live), "one of: " + ", ".join(w.en for w in live)
        )

    @property
    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of a value."""
        return {"type": "string", "enum": [*(c.code for c in self.choices), OTHER]}

    @cached_property
    def by_spelling(self) -> dict[str, str]:
        """Map every folded spelling of the list to its code; earlier choices win.

        A label of separators only, such as "-", is no spelling: every empty cell would be its code.
        """
        told = [(c.code, s) for c in self.choices for s in (c.code, c.words.th, c.words.en, *c.aliases)]
        codes = {spelling: code for code, text in reversed(told) if (spelling := folded(text))}
        return {folded(OTHER): OTHER, folded("อื่นๆ"): OTHER} | codes

    def parse(self, cell: str | None) -> Cell:
        """Read a cell; a label of the list such as "ไม่มี" beats a blank or a missing word."""
        code = None if cell is None else self.by_spelling.get(folded(cell))
        return super().parse(cell) if code is None else self.chosen([code])

    def value(self, text: str) -> Cell:
        """Keep a text that is no code as *other*."""
        return Cell(OTHER, None, "choice_unknown")

    def chosen(self, codes: list[str]) -> Cell:
        """Make the value of one code."""
        return Cell(codes[0])

    def label(self, code: str) -> Words:
        """Return the label of a code; a code of an older list stands for itself."""
        known = {c.code: c.words for c in self.choices} | {OTHER: words("อื่น ๆ", "other")}
        return known.get(code, words(code, code))

    def show(self, value: Any, lang: Lang) -> str:
        """Write the label."""
        return self.label(value).of(lang)


@dataclass(frozen=True)
class Codes(Code):
    """Several codes of one list; the value is a JSON list in the list's order."""

    @property
    def rule(self) -> Words:
        """Say what is accepted."""
        one = super().rule
        return words(
            one.th.replace("หนึ่งอย่าง", "ได้หลายอย่าง คั่นด้วย ;", 1),
            one.en.replace("one", "one or several, separated by ;", 1),
        )

    @property
    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of a value."""
        return {"type": "array", "items": super().schema}

    def value(self, text: str) -> Cell:
        """Read labels between ; , | or, when every part is a code, between spaces."""
        parts = [part for part in _BETWEEN_CODES.split(text) if normal(part)]
        if len(parts) == 1 and all(folded(part) in self.by_spelling for part in text.split()):
            parts = text.split()
        found = [self.by_spelling.get(folded(part)) for part in parts]
        return self.chosen([code or OTHER for code in found], "choice_unknown" if None in found else None)

    def chosen(self, codes: list[str], problem: str | None = None) -> Cell:
        """Make the value of several codes, in the list's order."""
        order = [*(c.code for c in self.choices), OTHER]
        return Cell(json.dumps(sorted(set(codes), key=order.index)), None, problem)

    def show(self, value: Any, lang: Lang) -> str:
        """Write the labels."""
        return ", ".join(self.label(code).of(lang) for code in json.loads(value))
