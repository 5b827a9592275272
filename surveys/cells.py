"""What reading one cell, or one column of cells, gives: a value, a missing code, or a problem."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

from surveys.words import Words, folded


class Missing(StrEnum):
    """Why a value is not there; three different answers of people and one of ours."""

    UNKNOWN = "unknown"
    NO_ANSWER = "no_answer"
    NOT_APPLICABLE = "not_applicable"
    UNREADABLE = "unreadable"

    @property
    def words(self) -> Words:
        """Return what a person reads (and what an export writes into the cell)."""
        return MISSING_WORDS[self]


MISSING_WORDS = {
    Missing.UNKNOWN: Words("ไม่ทราบ", "unknown"),
    Missing.NO_ANSWER: Words("ไม่ตอบ", "no answer"),
    Missing.NOT_APPLICABLE: Words("ไม่เกี่ยวข้อง", "not applicable"),
    Missing.UNREADABLE: Words("อ่านค่าไม่ได้", "unreadable"),
}

# Spellings seen in real sheets and in Kobo, ODK and R exports.
_SPELLINGS = {
    Missing.UNKNOWN: ("ไม่ทราบ", "ไม่รู้", "ไม่แน่ใจ", "unknown", "don't know", "dk", "dont_know"),
    Missing.NO_ANSWER: ("ไม่ตอบ", "ไม่ให้ข้อมูล", "ไม่ประสงค์ตอบ", "no answer", "no_answer", "prefer not to say"),
    Missing.NOT_APPLICABLE: ("ไม่เกี่ยวข้อง", "not applicable", "not_applicable", "n/a", "na", "#n/a"),
}
MISSING_BY_WORD = {folded(word): code for code, spellings in _SPELLINGS.items() for word in spellings}

# Cells that only look filled.
BLANKS = frozenset({"", "-", "--", "–", "—", "null", "none", "nan", "<null>", "."})


@dataclass(frozen=True)
class Cell:
    """One cell as its field understands it.

    ``value`` is None when nothing usable was there. ``problem`` is a code of the problem
    catalogue: with a value it is a remark on it, without one it says why it was not read.
    """

    value: object = None
    missing: Missing | None = None
    problem: str | None = None


EMPTY = Cell()


def unreadable(problem: str) -> Cell:
    """Make the outcome of a filled cell that its rule could not read."""
    return Cell(None, Missing.UNREADABLE, problem)


@dataclass(frozen=True)
class Column:
    """A column as its field understands it, row by row.

    ``values`` has the field's Arrow type; ``missing`` and ``problem`` are strings, null where
    there is nothing to say.
    """

    values: pa.Array
    missing: pa.Array
    problem: pa.Array


def blank(text: str) -> bool:
    """Tell whether a trimmed text counts as an empty cell."""
    return text.casefold() in BLANKS


def missing_code(text: str) -> Missing | None:
    """Return the missing code a text spells, or None when it is an answer."""
    return MISSING_BY_WORD.get(folded(text))


# What an export adds to the heading of an unmapped column that is called like a column of ours.
BESIDE = " (extra)"

# How many characters a cell of a workbook holds.
SHEET_TEXT = 32_767

# Texts that a spreadsheet would run as a formula, and those that would be taken for one disarmed already.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def disarmed(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run; our reader takes one away.

    A text that has some of its own before a formula gets one more, so that every text comes back the same.
    """
    return "'" + text if _FORMULA.match(text) else text


def cut_by_sheet(whole: object, text: object) -> bool:
    """Tell whether a text is what a cell of a workbook holds of a longer one, blanks at its ends aside."""
    if not (isinstance(whole, str) and isinstance(text, str)) or len(whole) <= SHEET_TEXT:
        return False
    return text.strip() == whole[:SHEET_TEXT].strip()
