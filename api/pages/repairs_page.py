"""Suggestions to mend shapes as the page shows them: a small drawing of each, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

import numpy as np
import shapely

from gis.units import format_area
from surveys.intake.fault_words import FAULT_WORDS
from surveys.intake.repeated_records import Repeating
from surveys.intake.suggestion import Suggestion
from surveys.records import ALL
from surveys.words import Lang, Words

_SIZE, _EDGE = 160.0, 12.0


@dataclass(frozen=True)
class Drawing:
    """One suggestion: its place in the form, what is wrong, and the paths of an SVG of 160 by 160.

    Of a record that repeats corners ``record`` is its type and id, and ``corners`` how many there are.
    """

    key: str
    row: int
    title: str
    what: Words
    before: str
    after: str
    fault: tuple[float, float] | None
    area_before: str
    area_after: str
    parts: int
    record: tuple[str, ...] = ()
    corners: int = 0


def drawings(found: Sequence[Suggestion], lang: Lang) -> list[Drawing]:
    """Draw each suggestion: the outline sent, the shape mended, and where it is wrong."""
    return [_drawing(one, lang) for one in found]


def _drawing(one: Suggestion, lang: Lang) -> Drawing:
    repair = one.repair
    west, south, east, north = shapely.total_bounds(
        np.array([one.shape, repair.geometry], dtype=object)
    ).tolist()
    flat = cos(radians((south + north) / 2))
    scale = (_SIZE - 2 * _EDGE) / max((east - west) * flat, north - south, 1e-9)

    def at(x: float, y: float) -> tuple[float, float]:
        return round(_EDGE + (x - west) * flat * scale, 1), round(_EDGE + (north - y) * scale, 1)

    x, y = repair.longitude_deg, repair.latitude_deg
    stop = (x, y) if repair.what == "unclosed_ring" else None

    def path(shape: shapely.Geometry, stop: tuple[float | None, float | None] | None = None) -> str:
        """Draw the rings; the one that stops there is left open, as it was sent."""
        lines = []
        for ring in (ring for part in shapely.get_parts(shape) for ring in shapely.get_rings(part)):
            ends = ring.coords[-2] == stop
            corners = (at(*pair) for pair in (ring.coords[:-1] if ends else ring.coords))
            lines.append("M" + " ".join(f"{x} {y}" for x, y in corners) + ("" if ends else "Z"))
        return " ".join(lines)

    word = ALL[one.type].words.of(lang)
    named = one.title if not one.title or one.title.startswith(word) else f"{word} {one.title}"
    told = ((one.type, one.id), one.corners) if isinstance(one, Repeating) else ((), 0)
    return Drawing(
        f"{one.part}:{one.row}", one.row, named, FAULT_WORDS[repair.what], path(one.shape, stop),
        path(repair.geometry), None if x is None or y is None else at(x, y),
        format_area(abs(repair.area_before_m2), lang), format_area(repair.area_after_m2, lang),
        repair.parts_after, *told,
    )  # fmt: skip
