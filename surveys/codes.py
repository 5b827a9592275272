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
# A text with such a word says what is not chosen.
_NOT = re.compile(r"ไม่|(no|not|never|without|don'?t)$", re.IGNORECASE)
# Longer labels are known where nothing stands beside them; longer texts are no answers of a list.
_LABEL_WORDS, _MOST_WORDS = 20, 500
_DIGITS = frozenset("0123456789")
# A part of a cell, and the code it is.
Part = tuple[str, str | None]


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

    def unknown(self, text: str) -> str:
        """Return what of a text is no code of the list."""
        return text

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
        """Read labels between ; , | or, where choices of the list stand in it, between spaces."""
        found = self._read(text)
        problem = "choice_unknown" if any(code is None for _, code in found) else None
        return self.chosen([code or OTHER for _, code in found], problem)

    def unknown(self, text: str) -> str:
        """Return the parts of a text that are no codes of the list, ; between."""
        return "; ".join(part for part, code in self._read(text) if code is None) or text

    def _read(self, text: str) -> list[Part]:
        """Return the parts of a text, each with its code, None where it is none of the list."""
        parts = filter(None, map(normal, _BETWEEN_CODES.split(text)))
        return [one for part in parts for one in self._between_spaces(part)]

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        """What a spelling of the list begins with."""
        return frozenset(text[:count] for text in self.by_spelling for count in range(len(text) + 1))

    def _between_spaces(self, text: str) -> list[Part]:
        """Return the choices in a text, from the left the longest that fits: "เช่า อื่น ๆ" is two.

        A text that says no to something, or with more words of no list than a list has, is a sentence: one part.
        """
        whole = self.by_spelling.get(folded(text))
        apart = [] if whole else text.split()
        if len(apart) > _MOST_WORDS:
            return [(text, whole)]
        plain = [folded(word) for word in apart]
        found, at = list[Part](), 0
        while at < len(apart):
            count, code = self._first(plain[at : at + _LABEL_WORDS])
            found.append((" ".join(apart[at : at + count]), code))
            at += count
        strange = [part for part, code in found if code is None]
        sentence = len(strange) > len(found) - len(strange) + 1 or any(map(_NOT.match, strange))
        return [(text, whole)] if sentence or len(strange) == len(found) else found

    def _first(self, rest: list[str]) -> tuple[int, str | None]:
        """Return how many folded words from the left are a choice, and which; 1 and None where none is."""
        found: tuple[int, str | None] = (1, None)
        text = ""
        for count, word in enumerate(rest, 1):
            # as :func:`folded` writes what stands between two digits
            text += "/" + word if _DIGITS.issuperset((text[-1:], word[:1])) else word
            if text not in self._beginnings:
                break
            if code := self.by_spelling.get(text):
                found = count, code
        return found

    def chosen(self, codes: list[str], problem: str | None = None) -> Cell:
        """Make the value of several codes, in the list's order."""
        order = [*(c.code for c in self.choices), OTHER]
        return Cell(json.dumps(sorted(set(codes), key=order.index)), None, problem)

    def show(self, value: Any, lang: Lang) -> str:
        """Write the labels."""
        return ", ".join(self.label(code).of(lang) for code in json.loads(value))
