"""The Thai font of printed sheets: how wide a text is, and where a line of Thai may be broken."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

from matplotlib.font_manager import FontProperties, fontManager, get_font
from matplotlib.ft2font import LoadFlags

from maps.assets import VENDOR
from maps.sheet.paper import POINTS_PER_MM

_FOLDER = VENDOR / "expo-google-fonts-sarabun"
FILES = (_FOLDER / "400Regular/Sarabun_400Regular.ttf", _FOLDER / "700Bold/Sarabun_700Bold.ttf")
# What Sarabun has no letter for comes from the font that matplotlib carries.
_SPARE = "DejaVu Sans"
_UNKNOWN = "\ufffd"
# Written before the consonant they are spoken after, and never parted from it.
_LEADING = "เแโใไ"
# Vowels behind a consonant, and marks over or under it: the consonant begins a syllable.
_CARRIED = "ะาำๅ" + "\u0e31" + "\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e47\u0e48\u0e49\u0e4a\u0e4b"
_OPENING = "([{“‘"
# First and second consonants of clusters, and those that a silent ห leads: พร้าว, กลาง, หมู่.
_FIRST, _SECOND, _LED = "กขคฆจซตทปผพฟศส", "รลว", "งญนมยรลว"


@cache
def _family() -> list[str]:
    """Make the fonts known to matplotlib, once; return the families a letter is looked for in."""
    for file in FILES:
        fontManager.addfont(file)
    return ["Sarabun", _SPARE]


@lru_cache(maxsize=64)
def face(size: float, bold: bool = False) -> FontProperties:
    """Return the font in a size (points)."""
    return FontProperties(family=_family(), size=size, weight="bold" if bold else "normal")


@cache
def _known() -> frozenset[int]:
    spare = fontManager.findfont(_SPARE)
    return frozenset(code for path in (*map(str, FILES[:1]), spare) for code in get_font(path).get_charmap())


def printable(text: str) -> str:
    """Return a text on one line, with a sign in place of every letter that no font here has."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    known = _known()
    return "".join(letter if ord(letter) in known else _UNKNOWN for letter in plain)


@lru_cache(maxsize=20_000)
def width_mm(text: str, size: float, bold: bool = False) -> float:
    """Return how wide a text is, in millimetres."""
    font = get_font(fontManager._find_fonts_by_props(face(size, bold)))
    font.set_size(size, 72)
    font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    width: float = font.get_width_height()[0] / 64
    return width / POINTS_PER_MM


def pieces(text: str) -> list[str]:
    """Part a text where a line may end: after blanks, and between Thai syllables as far as letters tell.

    The pieces joined are the text again.
    """
    found: list[str] = []
    for word in re.findall(r"\S+\s*|\s+", text):
        start = 0
        for n in range(1, len(word)):
            if _breaks(word, n):
                found.append(word[start:n])
                start = n
        found.append(word[start:])
    return found


def _breaks(word: str, n: int) -> bool:
    """Tell whether a line may end before the letter at ``n``.

    Thai has no blanks between words; without a dictionary only the beginning of a syllable that
    shows itself is taken: a leading vowel, or a consonant that carries a vowel or a tone mark.
    """
    before, here, after = word[n - 1], word[n], word[n + 1 : n + 3]
    if before in _LEADING or before in _OPENING:
        return False
    if here in _LEADING:
        return True
    if here in _FIRST and after[:1] and after[0] in _SECOND and after[1:] and after[1] in _CARRIED:
        return True
    joined = (before in _FIRST and here in _SECOND) or (before == "ห" and here in _LED)
    return "\u0e01" <= here <= "\u0e2e" and bool(after) and after[0] in _CARRIED and not joined


def wrapped(text: str, width: float, size: float, bold: bool = False, most: int = 99) -> list[str]:
    """Part a text into lines no wider than ``width`` (mm); after ``most`` lines the rest is cut with "…"."""
    lines, line = [], ""
    for piece in _whole(printable(text), width, size, bold):
        for part in _fitting(piece, width, size, bold):
            if line and width_mm((line + part).rstrip(), size, bold) > width:
                lines.append(line.rstrip())
                line = ""
            line += part
    lines.append(line.rstrip())
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], fitted(lines[most - 1] + "…", width, size, bold, always=True)]


def _whole(text: str, width: float, size: float, bold: bool) -> Iterator[str]:
    """Part a text as :func:`pieces`; a word in brackets that a line can hold stays whole."""
    for word in re.findall(r"\S+\s*|\s+", text):
        kept = word[0] in _OPENING and width_mm(word.rstrip(), size, bold) <= width
        yield from [word] if kept else pieces(word)


def _fitting(piece: str, width: float, size: float, bold: bool) -> list[str]:
    """Part a piece that is wider than a line by itself (a long number, a Latin word) letter by letter."""
    if width_mm(piece.rstrip(), size, bold) <= width:
        return [piece]
    parts, part = [], ""
    for letter in piece:
        if part and not unicodedata.combining(letter) and width_mm(part + letter, size, bold) > width:
            parts.append(part)
            part = ""
        part += letter
    return [*parts, part]


def fitted(text: str, width: float, size: float, bold: bool = False, *, always: bool = False) -> str:
    """Return a text cut with "…" where it is wider than ``width``; ``always``: its last sign stays "…"."""
    plain = printable(text)
    if width_mm(plain, size, bold) <= width:
        return plain
    body = plain.removesuffix("…") if always else plain
    while body and width_mm(body + "…", size, bold) > width:
        body = body[:-1]
    return body + "…"
