"""Bilingual words: every label, message and remedy exists in Thai and in English, side by side."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Lang = Literal["th", "en"]
LANGS: tuple[Lang, ...] = ("th", "en")

_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


@dataclass(frozen=True)
class Words:
    """One thing said in Thai and in English."""

    th: str
    en: str

    def of(self, lang: Lang) -> str:
        """Return the text in the language asked for."""
        return self.th if lang == "th" else self.en

    def fill(self, **values: object) -> Words:
        """Fill ``{name}`` places in both languages with the same values, other words each in its own language."""
        if "{" not in self.th and "{" not in self.en:
            return self
        th, en = (
            {name: value.of(lang) if isinstance(value, Words) else value for name, value in values.items()}
            for lang in LANGS
        )
        return Words(self.th.format(**th), self.en.format(**en))


def words(th: str, en: str) -> Words:
    """Make :class:`Words`; short, because declarations are full of it."""
    return Words(th, en)


# NFKC takes SARA AM apart; people, fonts and other programs write it whole, after the tone mark.
SARA_AM_APART = "\u0e4d([\u0e48-\u0e4b]?)\u0e32"
SARA_AM = r"\1" + "\u0e33"
_APART = re.compile(SARA_AM_APART)


def normal(text: str) -> str:
    """Fold a cell's text: NFKC with SARA AM whole, trimmed, inner spaces single."""
    return " ".join(_APART.sub(SARA_AM, unicodedata.normalize("NFKC", text)).split())


# Letters to Unicode, nothing to the eye: Hangul fillers and the Braille blank.
_UNSEEN = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def seen(text: str) -> bool:
    """Tell whether a person sees anything of a text: a letter, figure or sign, not blanks and zero widths."""
    return any(unicodedata.category(one)[0] in "LNPS" and one not in _UNSEEN for one in text)


# Between two digits a separator tells numbers apart: 12/3 is neither 123 nor 1/23.
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])[ _\-./()\[\]:]+(?=[0-9])")
_DROPPED = str.maketrans("", "", ",'\"‘’“”\u200b\ufeff")
_SEPARATORS = str.maketrans("", "", " _-./()[]:")


def folded(text: str) -> str:
    """Fold a text for comparison: :func:`normal`, lower case, Thai digits as 0-9, no separators.

    Headings and code labels differ in spaces, hyphens, dots and case only by accident; between two
    digits any of them is written "/".
    """
    plain = normal(text).casefold().translate(_THAI_DIGITS).translate(_DROPPED)
    return "/".join(part.translate(_SEPARATORS) for part in _BETWEEN_DIGITS.split(plain))
