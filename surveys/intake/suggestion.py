"""A suggestion to mend the shape of a row, and how many of them are made at a time."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import shapely

from gis.geometry import Repair

# How many suggestions are made at a time, and how long that may take (seconds).
MOST, PATIENCE_S = 100, 10.0


@dataclass(frozen=True)
class Suggestion:
    """A row of a file: its shape as it was sent (EPSG:4326), and how it might be mended."""

    part: int
    row: int
    title: str
    shape: shapely.Geometry
    repair: Repair


One = TypeVar("One", bound=Suggestion)


@dataclass(frozen=True)
class Offer(Generic[One]):
    """The first suggestions for an import, and whether more follow once these are taken."""

    rows: Sequence[One]
    more: bool


def offer(found: Iterator[One | None]) -> Offer[One]:
    """Take the first suggestions, at most :data:`MOST`, as far as they come in time; None is no suggestion."""
    until, rows = time.monotonic() + PATIENCE_S, list[One]()
    for one in found:
        if time.monotonic() > until or (one is not None and len(rows) == MOST):
            return Offer(rows, True)
        if one is not None:
            rows.append(one)
    return Offer(rows, False)
