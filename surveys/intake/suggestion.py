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
# How long a page that only leads to them looks for the first (seconds).
GLANCE_S = 0.5


@dataclass(frozen=True)
class Suggestion:
    """A row of a file: its shape as it was sent (EPSG:4326), how it might be mended, and of which type it is."""

    part: int
    row: int
    title: str
    shape: shapely.Geometry
    repair: Repair
    type: str


One = TypeVar("One", bound=Suggestion)


@dataclass(frozen=True)
class Offer(Generic[One]):
    """The first suggestions for an import, and whether more follow once these are taken."""

    rows: Sequence[One]
    more: bool


def any_of(found: Iterator[One | None]) -> bool:
    """Tell whether there is a suggestion; also where none came in time, for what was not looked at may have one."""
    until = time.monotonic() + GLANCE_S
    return any(one is not None or time.monotonic() > until for one in found)


def offer(found: Iterator[One | None]) -> Offer[One]:
    """Take the first suggestions, at most :data:`MOST`, as far as they come in time; None is no suggestion."""
    until, rows = time.monotonic() + PATIENCE_S, list[One]()
    for one in found:
        if time.monotonic() > until or (one is not None and len(rows) == MOST):
            return Offer(rows, True)
        if one is not None:
            rows.append(one)
    return Offer(rows, False)
