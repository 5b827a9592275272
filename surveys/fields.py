"""Field kinds: each reads a cell, checks it, and explains its rule in Thai and English.

``parse(cell)`` is the rule. ``read(column)`` gives the same answers for a whole column: distinct
texts are read once, the usual spellings among them by Arrow (:meth:`Kind.quick`), the rest by
``parse``. A table and a hypothesis test hold the two equal for every kind. Code lists are in
:mod:`surveys.codes`, Thai dates, areas and ids in :mod:`surveys.thai`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from surveys.cells import (
    BLANKS,
    EMPTY,
    MISSING_BY_WORD,
    Cell,
    Column,
    blank,
    missing_code,
    unreadable,
)
from surveys.words import SARA_AM, SARA_AM_APART, Lang, Words, normal, words

THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d*)?")
# As programs write large and small numbers: 1.25E+05. A number of more digits than this is no more exact.
_POWER = re.compile(r"[+-]?\d+(\.\d*)?[eE][+-]?\d{1,3}")
_EXACT_DIGITS = 15
# What a spreadsheet makes of a long number in a narrow column: whose digits they were nobody can tell.
SHORTENED = r"[+-]?[0-9](\.[0-9]+)?[eE][+-][0-9]{2,3}"


@dataclass(frozen=True)
class Kind:
    """A kind of field: its Arrow type, its GeoPackage column type, its rule."""

    arrow: ClassVar[pa.DataType] = pa.string()
    column: ClassVar[str] = "TEXT"

    @property
    def rule(self) -> Words:
        """Say in one sentence what is accepted."""
        raise NotImplementedError

    @property
    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of a value."""
        return {"type": "string"}

    def value(self, text: str) -> Cell:
        """Read a normalised text that is neither blank nor a missing code."""
        raise NotImplementedError

    def quick(self, texts: pa.Array) -> tuple[pa.Array, pa.Array]:
        """Read the usual spellings among distinct texts: (values, which were read)."""
        return pa.nulls(len(texts), self.arrow), pa.repeat(False, len(texts))

    def show(self, value: Any, lang: Lang) -> str:
        """Write a value for people."""
        return str(value)

    def write(self, value: Any) -> Any:
        """Give a value as files hold it, so that it is read back the same."""
        return value

    def tidy(self, cell: str) -> str:
        """Fold the text of a cell, before it is read."""
        return normal(cell)

    def below(self, heading: str, texts: pa.Array) -> pa.Array:
        """Give the texts of a column what its heading says of them all, such as a unit."""
        return texts

    def parse(self, cell: str | None) -> Cell:
        """Read one cell as it stands in the file."""
        if cell is None:
            return EMPTY
        text = self.tidy(cell)
        if blank(text):
            return EMPTY
        if code := missing_code(text):
            return Cell(None, code)
        return self.value(text)

    def read(self, column: pa.Array) -> Column:
        """Read a column of strings; equals :meth:`parse` row by row."""
        coded = column.dictionary_encode()
        values, done = self.quick(coded.dictionary)
        rest = pc.invert(done)
        cells = [self.parse(text) for text in coded.dictionary.filter(rest).to_pylist()]
        parts = []
        for part, start in (("value", values), ("missing", None), ("problem", None)):
            whole = pa.nulls(len(done), pa.string()) if start is None else start
            said = pa.array([getattr(cell, part) for cell in cells], whole.type)
            parts.append(pc.replace_with_mask(whole, rest, said).take(coded.indices))
        return Column(*parts)


# What :func:`surveys.words.folded` drops, for Arrow's regular expressions.
_DROPPED = "[ _\\-./()\\[\\]:,'\"‘’“”\u200b\ufeff]"
_UNTIDY = (
    rf"^{SHORTENED}$|" r"^[\s\p{Z}]|[\s\p{Z}]$|[^\S ]|  |[\p{Zl}\p{Zp}\x{1680}\x{85}\x{0b}\x{1c}-\x{1f}]"
)


@dataclass(frozen=True)
class Text(Kind):
    """Free text of at most ``limit`` characters; of ``lines`` line breaks are kept, else all is one line."""

    limit: int = 4000
    lines: bool = field(default=False, kw_only=True)

    @property
    def rule(self) -> Words:
        """Say what is accepted."""
        return words(f"ข้อความไม่เกิน {self.limit:,} ตัวอักษร", f"text of at most {self.limit:,} characters")

    def tidy(self, cell: str) -> str:
        """Fold each line by itself where line breaks are kept."""
        return "\n".join(map(normal, cell.splitlines())).strip("\n") if self.lines else normal(cell)

    def value(self, text: str) -> Cell:
        """Keep the text; one over the limit is not cut silently, and 1.1E+09 is no number of anything."""
        if re.fullmatch(SHORTENED, text):
            return unreadable("digits_lost")
        return unreadable("text_too_long") if len(text) > self.limit else Cell(text)

    def quick(self, texts: pa.Array) -> tuple[pa.Array, pa.Array]:
        """Take texts that are tidy once composed, short enough, no shortened number and no word for a missing value."""
        text = pc.utf8_normalize(texts, form="NFKC")
        text = pc.replace_substring_regex(text, SARA_AM_APART, SARA_AM)
        lower = pc.utf8_lower(text)
        bare = pc.replace_substring_regex(lower, _DROPPED, "")
        missing = pc.or_(
            pc.is_in(bare, pa.array(list(MISSING_BY_WORD))), pc.is_in(lower, pa.array(list(BLANKS)))
        )
        unusual = pc.or_(missing, pc.match_substring_regex(text, _UNTIDY))
        done = pc.and_(pc.invert(unusual), pc.less_equal(pc.utf8_length(text), self.limit))
        return pc.if_else(done, text, pa.scalar(None, pa.string())), done


@dataclass(frozen=True)
class Number(Kind):
    """A number between ``low`` and ``high``; thousands separators, exponents and Thai digits are read."""

    low: float | None = None
    high: float | None = None
    arrow: ClassVar[pa.DataType] = pa.float64()
    column: ClassVar[str] = "DOUBLE"
    usual: ClassVar[str] = r"^[+-]?[0-9]{1,15}(\.[0-9]{1,9})?$"

    @property
    def rule(self) -> Words:
        """Say what is accepted."""
        bounds = [("ตั้งแต่", "at least", self.low), ("ไม่เกิน", "at most", self.high)]
        said = [(f" {th} {n:,.10g}", f" {en} {n:,.10g}") for th, en, n in bounds if n is not None]
        return words("ตัวเลข" + "".join(t for t, _ in said), "a number" + ",".join(e for _, e in said))

    @property
    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of a value."""
        bounds = {"minimum": self.low, "maximum": self.high}
        return {"type": "number"} | {k: v for k, v in bounds.items() if v is not None}

    def value(self, text: str) -> Cell:
        """Read a number; one outside the bounds is not kept."""
        plain = text.translate(THAI_DIGITS).removeprefix("฿").removesuffix("บาท").strip()
        power = _POWER.fullmatch(plain) is not None
        if not (power or _NUMBER.fullmatch(plain)):
            return unreadable("not_a_number")
        number = float(plain.replace(",", ""))
        if (self.low is not None and number < self.low) or (self.high is not None and number > self.high):
            return unreadable("out_of_range")
        if power and not _exact(plain):
            return unreadable("not_a_number")
        return self.settle(number)

    def settle(self, number: float) -> Cell:
        """Turn a number within the bounds into the kind's value."""
        return Cell(number)

    def quick(self, texts: pa.Array) -> tuple[pa.Array, pa.Array]:
        """Cast plain digits; what is out of bounds is left for the rule to explain."""
        done = pc.match_substring_regex(texts, self.usual)
        numbers = pc.cast(pc.if_else(done, texts, pa.scalar(None, pa.string())), self.arrow)
        if self.low is not None:
            done = pc.and_(done, pc.fill_null(pc.greater_equal(numbers, self.low), False))
        if self.high is not None:
            done = pc.and_(done, pc.fill_null(pc.less_equal(numbers, self.high), False))
        return pc.if_else(done, numbers, pa.scalar(None, self.arrow)), done

    def show(self, value: Any, lang: Lang) -> str:
        """Write with thousands separators."""
        return f"{value:,.10g}"


def _exact(text: str) -> bool:
    """Tell whether a number with an exponent, written out, has no more digits than are kept of it."""
    _, digits, exponent = Decimal(text).as_tuple()
    assert isinstance(exponent, int)
    return max(len(digits), len(digits) + exponent, -exponent) <= _EXACT_DIGITS


@dataclass(frozen=True)
class Integer(Number):
    """A whole number between ``low`` and ``high``."""

    arrow: ClassVar[pa.DataType] = pa.int64()
    column: ClassVar[str] = "INTEGER"
    usual: ClassVar[str] = r"^-?[0-9]{1,15}$"

    @property
    def rule(self) -> Words:
        """Say what is accepted."""
        one = super().rule
        return words(one.th.replace("ตัวเลข", "จำนวนเต็ม", 1), one.en.replace("a number", "a whole number", 1))

    @property
    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of a value."""
        return super().schema | {"type": "integer"}

    def settle(self, number: float) -> Cell:
        """Accept whole numbers only."""
        return Cell(int(number)) if number.is_integer() and abs(number) < 2**53 else unreadable("not_whole")

    def show(self, value: Any, lang: Lang) -> str:
        """Write with thousands separators."""
        return f"{int(value):,}"


@dataclass(frozen=True)
class Flag(Kind):
    """Yes or no."""

    arrow: ClassVar[pa.DataType] = pa.bool_()
    column: ClassVar[str] = "BOOLEAN"

    @property
    def rule(self) -> Words:
        """Say what is accepted."""
        return words("ใช่ / ไม่ใช่ (มี / ไม่มี)", "yes or no")

    @property
    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of a value."""
        return {"type": "boolean"}

    def value(self, text: str) -> Cell:
        """Read a yes or a no."""
        answer = _FLAGS.get(text.casefold())
        return Cell(answer) if answer is not None else unreadable("not_yes_no")

    def show(self, value: Any, lang: Lang) -> str:
        """Write yes or no."""
        return (words("ใช่", "yes") if value else words("ไม่ใช่", "no")).of(lang)


_FLAGS = dict.fromkeys(("ใช่", "มี", "yes", "y", "true", "1", "✓", "/", "✔", "x"), True) | dict.fromkeys(
    ("ไม่ใช่", "ไม่มี", "ไม่", "no", "n", "false", "0"), False
)
