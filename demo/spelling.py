"""From clean answers to cells as surveyors type them: Thai labels, Buddhist years, missing words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import numpy as np

from demo.dwellings import Row
from demo.outlets import Outlet
from demo.settlements import BY_CODE
from gis.units import rai_ngan_wa
from surveys.cells import Missing
from surveys.codes import Code, Codes
from surveys.dates import BUDDHIST_OFFSET, MONTHS_TH, MONTHS_TH_SHORT
from surveys.fields import Flag, Kind, Number
from surveys.thai import Day, LandArea, Ref, Sequence, Year
from surveys.words import folded

_TO_THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
Draw = np.random.Generator


def thai_digits(text: str) -> str:
    """A text with its digits in Thai."""
    return text.translate(_TO_THAI_DIGITS)


@dataclass(frozen=True)
class Hand:
    """How one group of surveyors writes: dates, numbers, years, and how often in Thai digits."""

    day: Callable[[Draw, date], object]
    number: Callable[[Draw, float], object]
    year: Callable[[Draw, int], object]
    thai_digits: float = 0.0
    community_by_code: bool = False


def _day_in_words(rng: Draw, day: date) -> str:
    year = day.year + BUDDHIST_OFFSET
    roll = rng.random()
    if roll < 0.7:
        return f"{day.day} {MONTHS_TH_SHORT[day.month - 1]} {year}"
    if roll < 0.8:
        return thai_digits(f"{day.day} {MONTHS_TH_SHORT[day.month - 1]} {year}")
    return f"{day.day} {MONTHS_TH[day.month - 1]} {year}" if roll < 0.9 else f"{day:%d/%m}/{year % 100}"


def _day_slashed(rng: Draw, day: date) -> str:
    return f"{day.day}/{day.month}/{day.year + BUDDHIST_OFFSET}"


def _day_half_typed(rng: Draw, day: date) -> object:
    """A real date cell or Buddhist text, as the sheet's owner happened to type it."""
    return day if rng.random() < 0.5 else _day_slashed(rng, day)


def _money_by_hand(rng: Draw, value: float) -> str:
    roll = rng.random()
    if value >= 1000 and roll < 0.3:
        return f"{value:,.0f}"
    return f"{value:.0f} บาท" if value >= 1000 and roll < 0.36 else str(_plain(rng, value))


def _plain(rng: Draw, value: float) -> object:
    return int(value) if float(value).is_integer() else value


def _as_text(rng: Draw, value: float) -> str:
    return f"{value:g}"


def _year_by_hand(rng: Draw, year: int) -> str:
    text = str(year + BUDDHIST_OFFSET)
    return f"พ.ศ. {text}" if rng.random() < 0.15 else text


CLERK = Hand(_day_in_words, _money_by_hand, _year_by_hand, thai_digits=0.04)
TABLET = Hand(_day_half_typed, _plain, lambda rng, year: year + BUDDHIST_OFFSET)
DESK = Hand(_day_slashed, _plain, lambda rng, year: year + BUDDHIST_OFFSET)
OFFICE = Hand(_day_in_words, _as_text, _year_by_hand, community_by_code=True)


@cache
def _labels(kind: Code) -> dict[str, tuple[str, ...]]:
    """The Thai spellings of each code that are read back as that code, its label first."""
    found = {}
    for choice in kind.choices:
        spellings = (choice.words.th, *choice.aliases)
        found[choice.code] = tuple(s for s in spellings if _reads_as(kind, s, choice.code))
    return found


def _reads_as(kind: Code, spelling: str, code: str) -> bool:
    return (not spelling.isascii() or spelling == "GPS") and kind.by_spelling.get(folded(spelling)) == code


def label(rng: Draw, kind: Code, code: str) -> str:
    """One of the Thai spellings of a code, mostly the list's own."""
    spellings = _labels(kind)[code]
    return str(rng.choice(spellings[1:])) if len(spellings) > 1 and rng.random() < 0.15 else spellings[0]


def area(rng: Draw, square_metres: float) -> str:
    """An area in rai-ngan-wa, in one of the ways deeds and sheets write it."""
    rai, ngan, wa = rai_ngan_wa(square_metres)
    dashed = f"{rai}-{ngan}-{wa:.4g}"
    roll = rng.random()
    if roll < 0.8:
        return dashed
    if roll < 0.88:
        return thai_digits(dashed)
    parts = ((rai, "ไร่"), (ngan, "งาน"), (wa, "ตร.ว."))
    return " ".join(f"{number:.4g} {unit}" for number, unit in parts if number)


def cell(rng: Draw, hand: Hand, kind: Kind, value: Any) -> object:
    """One answer as it is typed; None stays an empty cell."""
    if value is None:
        return None
    if isinstance(value, Missing):
        return value.words.th
    return next((write(rng, hand, kind, value) for known, write in _WRITE if isinstance(kind, known)), value)


def _codes(rng: Draw, hand: Hand, kind: Any, value: Any) -> object:
    return ("; " if rng.random() < 0.8 else ", ").join(label(rng, kind, code) for code in value)


def _community(rng: Draw, hand: Hand, kind: Any, value: Any) -> object:
    return value if hand.community_by_code or value not in BY_CODE else BY_CODE[value].name


def _sequence(rng: Draw, hand: Hand, kind: Any, value: Any) -> object:
    return thai_digits(value) if rng.random() < hand.thai_digits else value


# Of each kind of field, how its values are written; the first that fits is taken.
_WRITE: tuple[tuple[type[Kind], Callable[[Draw, Hand, Any, Any], object]], ...] = (
    (Codes, _codes),
    (Code, lambda rng, hand, kind, value: label(rng, kind, value)),
    (Flag, lambda rng, hand, kind, value: "ใช่" if value else "ไม่ใช่"),
    (Day, lambda rng, hand, kind, value: hand.day(rng, value)),
    (Year, lambda rng, hand, kind, value: hand.year(rng, value)),
    (LandArea, lambda rng, hand, kind, value: area(rng, value)),
    (Number, lambda rng, hand, kind, value: hand.number(rng, value)),
    (Ref, _community),
    (Sequence, _sequence),
)


def spelled(rng: Draw, hand: Hand, outlet: Outlet, rows: list[Row]) -> list[Row]:
    """Rows of answers as rows of cells, field by field; what is no field (a coordinate) stays as it is."""
    kinds = {name: found.kind for name, found in outlet.type.by_name.items()}

    def typed(name: str, value: Any) -> object:
        return cell(rng, hand, kinds[name], value) if name in kinds else value

    return [{name: typed(name, row.get(name)) for name in outlet.headings} for row in rows]
