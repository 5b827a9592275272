"""The columns of a table that hold places, and the geometry of its rows: two numbers, or one text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

import numpy as np
import pyarrow as pa

from gis.formats import celltext, shapes
from gis.formats.celltext import WGS84
from gis.formats.model import Defect
from gis.formats.output import Codes, Output
from gis.formats.written_numbers import Axis, is_blank, numbers

# So many coordinate systems are brought into one in a layer.
MOST_SYSTEMS = 8


class Places(Protocol):
    """The coordinate columns of a table: their names, other candidates, and the geometry of a batch."""

    columns: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def crs(self) -> str | None:
        """The CRS known once every batch was built."""

    def remarks(self) -> list[Defect]:
        """What is to be said of the coordinates once every batch was built."""

    def build(self, columns: Sequence[pa.Array], output: Output) -> tuple[pa.Array, Codes]:
        """WKB of a batch and the codes of the rows whose coordinates cannot be used."""

    def cells(self, columns: Sequence[pa.Array], position: int) -> str:
        """The raw text of one row's coordinates."""


@dataclass
class XY:
    """Two columns of numbers."""

    places: tuple[int, int]
    columns: tuple[str, ...]
    axis: Axis
    others: tuple[str, ...] = ()
    reach: float = 0.0

    @property
    def crs(self) -> str | None:
        """WGS 84 for degrees; None for metres, and for plain x/y that leave the range of degrees."""
        in_degrees = self.axis == "degrees" or (self.axis == "either" and self.reach <= 180)
        return WGS84 if in_degrees else None

    def remarks(self) -> list[Defect]:
        """Nothing: numbers name no CRS."""
        return []

    def build(self, columns: Sequence[pa.Array], output: Output) -> tuple[pa.Array, Codes]:
        """Points where both cells are numbers; coordinates_unreadable where only one is, or neither reads."""
        x, x_blank = numbers(columns[self.places[0]], self.axis)
        y, y_blank = numbers(columns[self.places[1]], self.axis)
        good = np.isfinite(x) & np.isfinite(y)
        faulty = ~good & ~(x_blank & y_blank)
        if good.any():
            self.reach = max(self.reach, float(np.abs(x[good]).max()), float(np.abs(y[good]).max()))
        output.count_vertices(int(good.sum()))
        return shapes.point_wkb(x, y, good), dict.fromkeys(
            np.flatnonzero(faulty).tolist(), "coordinates_unreadable"
        )

    def cells(self, columns: Sequence[pa.Array], position: int) -> str:
        """Both cells, x first."""
        return joined(columns, self.places, position)


def joined(columns: Sequence[pa.Array], places: Sequence[int], position: int) -> str:
    """The cells of one row in some columns, with commas between."""
    return ", ".join(str(columns[place][position].as_py() or "") for place in places)


@dataclass
class Text:
    """One column whose cells are read by `parse`: text -> geometry and the CRS it names, or a defect code.

    Rows that name another CRS than the first are brought into the first, if theirs is among the first
    MOST_SYSTEMS: to know one takes PROJ some 30 ms. `unnamed` counts shapes whose cells name none. `by_cells`
    says that neither the heading nor the way of writing is one of places, only the numbers are.
    """

    place: int
    columns: tuple[str, ...]
    parse: celltext.Parser
    default_crs: str | None
    others: tuple[str, ...] = ()
    seen: dict[str, None] = field(default_factory=dict)
    by_cells: bool = False
    unnamed: int = 0

    @property
    def crs(self) -> str | None:
        """The first SRID a cell named, else what the kind of cell implies."""
        return next(iter(self.seen), self.default_crs)

    def remarks(self) -> list[Defect]:
        """That the cells name several coordinate systems, too many, or some none; that only the cells tell of
        places.
        """
        seen = list(self.seen)
        told = {
            "crs_mixed": ", ".join(seen[:MOST_SYSTEMS]) if len(seen) > 1 else None,
            "crs_too_many": ", ".join(seen[MOST_SYSTEMS : 4 * MOST_SYSTEMS]),
            "crs_unnamed": str(self.unnamed) if seen and self.unnamed else None,
        }
        return [Defect(code, value=value) for code, value in told.items() if value] + [
            Defect("coordinates_by_cells", value=column) for column in self.columns if self.by_cells
        ]

    def build(self, columns: Sequence[pa.Array], output: Output) -> tuple[pa.Array, Codes]:
        """Shapes of the cells; blank cells have none."""
        cells = [None if is_blank(cell) else cell.strip() for cell in columns[self.place].to_pylist()]
        built, codes, crss = self.parse(cells, output)
        here: dict[str, list[int]] = defaultdict(list)
        for at, (crs, shape) in enumerate(zip(crss, built, strict=True)):
            if shape is not None:
                here[crs or ""].append(at)
        self.unnamed += len(here.pop("", ()))
        self.seen |= dict.fromkeys(here)
        known = list(islice(self.seen, MOST_SYSTEMS))
        for crs, rows in here.items():
            if crs != known[0] and not (crs in known and _brought(built, rows, crs, known[0])):
                built[rows] = None
                codes |= dict.fromkeys(rows, "coordinates_unreadable")
        wkb, more = shapes.finished(built, output)
        return wkb, {**codes, **more}

    def cells(self, columns: Sequence[pa.Array], position: int) -> str:
        """The cell."""
        return joined(columns, (self.place,), position)


def _brought(built: shapes.Shapes, here: list[int], crs: str, into: str) -> bool:
    """Bring shapes from one CRS into another, in place; False, with nothing changed, when one of them is unknown."""
    from gis.crs import UnknownCrs, from_wgs84, to_wgs84  # only here: PROJ takes 0.1 s to load

    try:
        built[here] = from_wgs84(to_wgs84(built[here], crs), into)
    except UnknownCrs:
        return False
    return True
