"""Coordinates as people write them in cells: decimal points and commas, Thai digits,
degrees-minutes-seconds.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Axis = Literal["degrees", "metres", "either"]
# Survey servers write a place nobody gave as two nothings: [null, null].
_NO_PLACE = (
    form.format(word)
    for word in ("null", "none", "na", "nan")
    for form in ("{0} {0}", "{0},{0}", "{0}, {0}", "[{0},{0}]", "[{0}, {0}]", "[{0} {0}]")
)
BLANK_WORDS = frozenset(("", "n/a", "na", "null", "none", "-", "--", "–", "ไม่มี", "ไม่ทราบ", "[]", *_NO_PLACE))
_PLAIN = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_COMMA = re.compile(r"[+-]?\d+,\d+")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_SEXAGESIMAL = re.compile(
    r"([NSEW])?\s*([+-]?\d+(?:[.,]\d+)?)\s*(?:°|º|˚|องศา)?\s*"
    r"(?:(\d+(?:\.\d+)?)\s*(?:'|′|’|ลิปดา))?\s*"
    r"(?:(\d+(?:\.\d+)?)\s*(?:\"|″|”|''|′′|พิลิปดา))?\s*([NSEW])?",
    re.IGNORECASE,
)


def is_blank(cell: str | None) -> bool:
    """Whether a cell says there is no coordinate: empty, or a word exports write for no answer."""
    return cell is None or cell.strip().lower() in BLANK_WORDS


def number(cell: str, axis: Axis = "degrees") -> float:
    r"""One coordinate as a float; NaN when it cannot be read. Source of the forms: Thai survey sheets.

    "13,75" is 13.75; "661,234" is 661234 in metres; "13°45'30\"N" and "N 13.7583" are degrees.
    """
    plain = unicodedata.normalize("NFKC", cell).replace("\u2212", "-").strip()
    try:
        value = float(plain)
        return value if math.isfinite(value) and "_" not in plain else math.nan
    except ValueError:
        return _written(plain, axis)


def _written(plain: str, axis: Axis) -> float:
    if _GROUPED.fullmatch(plain):
        decimal = float(plain.replace(",", ".")) if plain.count(",") == 1 and "." not in plain else math.inf
        grouped = float(plain.replace(",", ""))
        return decimal if axis != "metres" and abs(decimal) <= 180 else grouped
    if _COMMA.fullmatch(plain):
        return float(plain.replace(",", "."))
    found = _SEXAGESIMAL.fullmatch(plain)
    if not found or axis == "metres":
        return math.nan
    before, degrees, minutes, seconds, after = found.groups()
    whole = float(degrees.replace(",", "."))
    size = abs(whole) + float(minutes or 0) / 60 + float(seconds or 0) / 3600
    south_or_west = (before or after or "").upper() in ("S", "W")
    return -size if south_or_west or degrees.startswith("-") else size


def numbers(column: pa.Array, axis: Axis) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Floats of a string column, NaN where blank or unreadable; and which cells are blank."""
    blank = column.is_null().to_numpy(zero_copy_only=False)
    try:
        return _floats(pc.cast(column, pa.float64())), blank
    except pa.ArrowInvalid:
        plain = pc.fill_null(pc.match_substring_regex(column, _PLAIN), False)
    values = _floats(pc.cast(pc.if_else(plain, column, pa.scalar(None, pa.string())), pa.float64()))
    for position in np.flatnonzero(~plain.to_numpy(zero_copy_only=False) & ~blank):
        cell = column[int(position)].as_py()
        blank[position] = is_blank(cell)
        values[position] = number(cell, axis)
    return values, blank


def _floats(column: pa.Array) -> npt.NDArray[np.float64]:
    values: npt.NDArray[np.float64] = column.to_numpy(zero_copy_only=False)
    return np.array(values, dtype=np.float64)
