"""Thai land units: 1 rai = 4 ngan = 400 square wa = 1,600 square metres."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

SQUARE_METRES_A_RAI = 1600.0
SQUARE_METRES_A_NGAN = 400.0
SQUARE_METRES_A_WA = 4.0

_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_NUMBER = r"(\d+(?:\.\d+)?)"
_DASHED = re.compile(rf"{_NUMBER}\s*-\s*{_NUMBER}\s*-\s*{_NUMBER}(?:\s*(?:ไร่|ตร\.?ว\.?))?")
_PARTS = (
    (re.compile(rf"{_NUMBER}\s*(?:ไร่|rai)"), SQUARE_METRES_A_RAI),
    (re.compile(rf"{_NUMBER}\s*(?:งาน|ngan)"), SQUARE_METRES_A_NGAN),
    (re.compile(rf"{_NUMBER}\s*(?:ตารางวา|ตร\.?\s*ว\.?|ตรว\.?|วา|sq\.?\s*wa|wa)"), SQUARE_METRES_A_WA),
    (re.compile(rf"{_NUMBER}\s*(?:ตารางเมตร|ตร\.?\s*ม\.?|m2|m²|sq\.?\s*m\.?)"), 1.0),
)


def thai_digits(text: str) -> str:
    """Write Thai digits as 0-9."""
    return text.translate(_THAI_DIGITS)


def parse_area(text: str) -> float | None:
    """Read an area of land in square metres; a bare number is square metres; None when unreadable.

    "4-2-25", "๔-๒-๒๕", "4 ไร่ 2 งาน 25 ตร.ว." are 7,300 m².
    """
    plain = thai_digits(unicodedata.normalize("NFKC", text)).replace(",", "").strip().lower()
    if match := _DASHED.fullmatch(plain):
        rai, ngan, wa = (float(part) for part in match.groups())
        return rai * SQUARE_METRES_A_RAI + ngan * SQUARE_METRES_A_NGAN + wa * SQUARE_METRES_A_WA
    if re.fullmatch(_NUMBER, plain):
        return float(plain)
    total, rest = 0.0, plain
    for pattern, factor in _PARTS:
        if match := pattern.search(rest):
            total += float(match[1]) * factor
            rest = rest[: match.start()] + rest[match.end() :]
    return total if total and not rest.strip() else None


def format_area(square_metres: float, lang: Literal["th", "en"] = "th") -> str:
    """Write square metres as rai-ngan-wa, such as "4-2-25 ไร่"; the wa with one decimal at most."""
    wa = round(square_metres / SQUARE_METRES_A_WA, 1)
    rai, rest = divmod(wa, 400)
    ngan, left = divmod(rest, 100)
    return f"{int(rai):,}-{int(ngan)}-{left:.4g} " + ("ไร่" if lang == "th" else "rai-ngan-wa")
