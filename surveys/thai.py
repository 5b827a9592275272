"""Field kinds of Thai survey sheets: dates, years, areas, 13-digit ids, DOPA codes, references."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gis.units import format_area, parse_area
from surveys.cells import Cell, unreadable
from surveys.dates import BUDDHIST_OFFSET, common_year, parse_date, show_date
from surveys.fields import SHORTENED, THAI_DIGITS, Kind, Text
from surveys.mangled import LIKE_DATE, numbers_before
from surveys.words import Lang, Words, normal, words

_MANGLED = re.compile(r"\d([.,]\d+)?[eE]\+?\d+")
# What is left of an id once a spreadsheet has rounded it and kept it as a number: no identity card ends so.
_ROUNDED = "000000"
# What people write below a name instead of the name; composed as :func:`surveys.words.normal` does.
_DITTO = frozenset(
    normal(mark)
    for mark in (
        '"',
        "''",
        "\u3003",
        "\u201c",
        "\u201d",
        "\u201e",
        "\u2033",
        "\u2036",
        ",,",
        "``",
        "\u2018\u2018",
        "\u2019\u2019",
    )
)
ID_WEIGHTS = range(13, 1, -1)
SQUARE_METRES = words("ตร.ม.", "m²")
# A heading that says so, and names no other measure, tells the unit of the bare numbers below it.
_IN_SQUARE_METRES = re.compile(
    r"ตารางเมตร|ตร\.?\s*ม(?![ก-๛])|(?:เมตร|(?<![a-zก-๙])[mม])[²2](?![a-z0-9])"
    r"|sq(?:uare)?\.?\s*m(?:et(?:re|er)s?)?(?![a-z])",
    re.IGNORECASE,
)
_IN_OTHER_MEASURES = re.compile(
    r"ไร่|งาน|วา|ตร\.?\s*ว|(?<![a-z])(?:rai|ngan|wa|hectares?|ha)(?![a-z])", re.IGNORECASE
)
_BARE = r"^\s*((?:[0-9๐-๙]+|[0-9๐-๙]{1,3}(?:,[0-9๐-๙]{3})+)(?:\.[0-9๐-๙]+)?(?:[eE][+-]?[0-9]{1,2})?)\s*$"


@dataclass(frozen=True)
class Day(Kind):
    """A date, Buddhist or Christian, in any of the spellings of :mod:`surveys.dates`."""

    arrow: ClassVar[pa.DataType] = pa.date32()
    column: ClassVar[str] = "DATE"

    @property
    def rule(self) -> Words:
        """Say what is accepted."""
        return words("วันที่ เช่น 21 ส.ค. 2551 หรือ 21/08/2551", "a date such as 2008-08-21 or 21/08/2551")

    @property
    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of a value."""
        return {"type": "string", "format": "date"}

    def value(self, text: str) -> Cell:
        """Read a date."""
        day = parse_date(text)
        if day is None:
            return unreadable("date_unreadable")
        return Cell(day) if day.year >= 1800 else unreadable("date_impossible")

    def show(self, value: Any, lang: Lang) -> str:
        """Write the date with the year of the reader's calendar."""
        return show_date(value if isinstance(value, date) else date.fromisoformat(value), lang)


@dataclass(frozen=True)
class Year(Kind):
    """A year, Buddhist or Christian; kept as a Christian year."""

    arrow: ClassVar[pa.DataType] = pa.int64()
    column: ClassVar[str] = "INTEGER"

    @property
    def rule(self) -> Words:
        """Say what is accepted."""
        return words("ปี พ.ศ. หรือ ค.ศ. สี่หลัก", "a year of four digits, Buddhist or Christian")

    @property
    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of a value."""
        return {"type": "integer"}

    def value(self, text: str) -> Cell:
        """Read a year, with or without พ.ศ. or ค.ศ., or the year of a whole date."""
        plain = re.sub(r"^(ปี)?\s*(พ\.?ศ\.?|ค\.?ศ\.?)?\s*", "", text.translate(THAI_DIGITS))
        if re.fullmatch(r"[1-9]\d{3}", plain):
            year = common_year(int(plain))
        elif day := parse_date(text):
            year = day.year
        else:
            return unreadable("year_unreadable")
        return Cell(year) if 1700 <= year <= 2150 else unreadable("date_impossible")

    def show(self, value: Any, lang: Lang) -> str:
        """Write the year of the reader's calendar."""
        return str(int(value) + BUDDHIST_OFFSET) if lang == "th" else str(int(value))


@dataclass(frozen=True)
class LandArea(Kind):
    """An area of land, written in rai-ngan-wa or square metres; kept in square metres."""

    arrow: ClassVar[pa.DataType] = pa.float64()
    column: ClassVar[str] = "DOUBLE"

    @property
    def rule(self) -> Words:
        """Say what is accepted."""
        return words(
            "เนื้อที่ ไร่-งาน-ตร.ว. เช่น 4-2-25 หรือ 4 ไร่ 2 งาน", "an area in rai-ngan-wa such as 4-2-25, or in m²"
        )

    @property
    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of a value."""
        return {"type": "number", "minimum": 0, "description": "square metres"}

    def value(self, text: str) -> Cell:
        """Read an area."""
        square_metres = parse_area(text)
        return unreadable("area_unreadable") if square_metres is None else Cell(square_metres)

    def below(self, heading: str, texts: pa.Array) -> pa.Array:
        """Give bare numbers their unit where the heading above them says square metres."""
        if not _IN_SQUARE_METRES.search(heading) or _IN_OTHER_MEASURES.search(heading):
            return texts
        return pc.replace_substring_regex(texts, _BARE, rf"\1 {SQUARE_METRES.th}")

    def write(self, value: Any) -> str:
        """Write square metres with their unit: a bare number is no area."""
        return f"{Decimal(repr(float(value))):f} ตร.ม."

    def show(self, value: Any, lang: Lang) -> str:
        """Write the area in rai-ngan-wa."""
        return format_area(float(value), lang)


def id_check_digit(digits: str) -> int:
    """Compute the 13th digit of a Thai national id from its first twelve (weights 13..2, mod 11)."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, ID_WEIGHTS, strict=False))
    return (11 - total % 11) % 10


def valid_person_id(digits: str) -> bool:
    """Tell whether 13 digits are a well-formed Thai national id."""
    return bool(re.fullmatch(r"[0-8]\d{12}", digits)) and id_check_digit(digits) == int(digits[12])


@dataclass(frozen=True)
class PersonId(Kind):
    """A 13-digit national id, kept as text; a wrong one is kept with a warning."""

    @property
    def rule(self) -> Words:
        """Say what is accepted."""
        return words(
            "เลขประจำตัว 13 หลัก (ตั้งคอลัมน์เป็นข้อความ)", "13 digits, the last a check digit, in a text column"
        )

    def value(self, text: str) -> Cell:
        """Read an id; one that Excel turned into 1.10E+12, or into 1100000000000, is lost, and said."""
        digits = re.sub(r"[\s-]", "", text.translate(THAI_DIGITS))
        if _MANGLED.fullmatch(digits):
            return unreadable("id_mangled")
        if not re.fullmatch(r"\d{13}", digits):
            return Cell(digits[:40], None, "id_malformed")
        if digits.endswith(_ROUNDED):
            return unreadable("id_mangled")
        return Cell(digits, None, None if valid_person_id(digits) else "id_check_digit")

    def quick(self, texts: pa.Array) -> tuple[pa.Array, pa.Array]:
        """Check plain 13-digit texts all at once."""
        shaped = pc.match_substring_regex(texts, "^[0-8][0-9]{12}$")
        shaped = pc.and_(shaped, pc.invert(pc.ends_with(texts, _ROUNDED)))
        padded = pc.if_else(shaped, texts, "0" * 13)
        total = _check_digits(padded)
        check = pc.cast(pc.utf8_slice_codeunits(padded, 12, 13), pa.int32())
        done = pc.and_(shaped, pc.equal(total, check))
        return pc.if_else(done, texts, pa.scalar(None, pa.string())), done


def _check_digits(padded: pa.Array) -> pa.Array:
    """Compute the check digit of each 13-character text of digits."""
    digits = (
        np.frombuffer("".join(padded.to_pylist()).encode(), dtype=np.uint8).reshape(-1, 13).astype(np.int32)
        - 48
    )
    totals = digits[:, :12] @ np.fromiter(ID_WEIGHTS, dtype=np.int32)
    return pa.array((11 - totals % 11) % 10, pa.int32())


@dataclass(frozen=True)
class AreaCode(Kind):
    """A DOPA area code: 2 digits province, 4 amphoe or khet, 6 tambon or khwaeng; TH is stripped."""

    @property
    def rule(self) -> Words:
        """Say what is accepted."""
        return words(
            "รหัสพื้นที่ 2, 4 หรือ 6 หลัก (มี TH นำหน้าได้)", "an area code of 2, 4 or 6 digits, with or without TH"
        )

    def value(self, text: str) -> Cell:
        """Read a code."""
        digits = text.translate(THAI_DIGITS).upper().removeprefix("TH").strip()
        if re.fullmatch(SHORTENED, digits):
            return unreadable("digits_lost")
        return Cell(digits) if re.fullmatch(r"(\d\d){1,3}", digits) else unreadable("area_code_unreadable")


def _doubted(cell: Cell) -> Cell:
    """Keep a number that a spreadsheet wrote as a date, and doubt it."""
    text = str(cell.value or "")
    return Cell(text, None, "number_as_date") if numbers_before(text) else cell


@dataclass(frozen=True)
class Sequence(Text):
    """A number on the plan that may carry letters (12, 12ก, 7/1): text, so that none is changed.

    ``called`` are words that may stand before the number, and are no part of it.
    """

    limit: int = 40
    called: tuple[str, ...] = ()

    @property
    def rule(self) -> Words:
        """Say what is accepted."""
        return words("ลำดับหรือเลขในผัง เช่น 12 หรือ 12ก", "a number on the plan such as 12 or 12A")

    def value(self, text: str) -> Cell:
        """Read a number; Thai digits become 0-9, "12.0" of a spreadsheet becomes 12, "007" becomes 7."""
        plain = text.translate(THAI_DIGITS)
        if self.called:
            plain = re.sub(rf"(?i)^\s*(?:{'|'.join(map(re.escape, self.called))})[\s.:#]*(?=\d)", "", plain)
        plain = re.sub(r"^(\d+)\.0+$", r"\1", plain)
        return _doubted(super().value(re.sub(r"^0+(?=\d+$)", "", plain)))

    def quick(self, texts: pa.Array) -> tuple[pa.Array, pa.Array]:
        """Take plain numbers as they are."""
        done = pc.match_substring_regex(texts, f"^(0|[1-9][0-9]{{0,{min(self.limit, 16) - 1}}})$")
        return pc.if_else(done, texts, pa.scalar(None, pa.string())), done


@dataclass(frozen=True)
class HouseNumber(Text):
    """A house number of the registry (188/64): text with the digits 0-9, so that a search finds it."""

    limit: int = 80

    @property
    def rule(self) -> Words:
        """Say what is accepted."""
        return words(
            f"บ้านเลขที่ เช่น 188/64 ไม่เกิน {self.limit} ตัวอักษร",
            f"a house number such as 188/64, of at most {self.limit} characters",
        )

    def value(self, text: str) -> Cell:
        """Read a house number; Thai digits become 0-9, all else stays as it is written."""
        return _doubted(super().value(text.translate(THAI_DIGITS)))

    def quick(self, texts: pa.Array) -> tuple[pa.Array, pa.Array]:
        """Take tidy texts that are neither Thai digits nor like a date."""
        values, done = super().quick(texts)
        done = pc.and_(done, pc.invert(pc.match_substring_regex(texts, LIKE_DATE)))
        return pc.if_else(done, values, pa.scalar(None, pa.string())), done


@dataclass(frozen=True)
class Ref(Text):
    """The code or name of another record; found when rows are matched, kept as written until then."""

    target: str = ""
    limit: int = 200

    @property
    def rule(self) -> Words:
        """Say what is accepted."""
        return words("รหัสหรือชื่อที่มีในระบบ", "a code or name known here, or a new one")

    def value(self, text: str) -> Cell:
        """Keep the name; a mark that repeats the row above is none, and which row that was nobody can tell."""
        return unreadable("ditto_mark") if _bare(text) in _DITTO else super().value(text)

    def quick(self, texts: pa.Array) -> tuple[pa.Array, pa.Array]:
        """Take tidy texts but for marks that repeat the row above."""
        values, done = super().quick(texts)
        bare = pc.replace_substring_regex(pc.utf8_normalize(texts, form="NFKC"), r"[\s\p{Z}]", "")
        done = pc.and_(done, pc.invert(pc.is_in(bare, pa.array(sorted(_DITTO)))))
        return pc.if_else(done, values, pa.scalar(None, pa.string())), done


def _bare(text: str) -> str:
    return "".join(text.split())
