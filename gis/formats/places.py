"""The columns of a table that hold places, and the geometry of its rows: two numbers, or one text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import pyarrow as pa

from gis.formats import celltext, shapes
from gis.formats.celltext import WGS84
from gis.formats.model import Defect
from gis.formats.output import Codes, Output
from gis.formats.written_numbers import Axis, is_blank, numbers


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

    Rows that name another CRS than the first are brought into the first. `by_cells` says that neither the
    heading nor the way of writing is one of places, only the numbers are.
    """

    place: int
    columns: tuple[str, ...]
    parse: celltext.Parser
    default_crs: str | None
    others: tuple[str, ...] = ()
    seen: list[str] = field(default_factory=list)
    by_cells: bool = False

    @property
    def crs(self) -> str | None:
        """The first SRID a cell named, else what the kind of cell implies."""
        return self.seen[0] if self.seen else self.default_crs

    def remarks(self) -> list[Defect]:
        """That the cells name several coordinate systems; that only the cells tell of places."""
        mixed = [Defect("crs_mixed", value=", ".join(self.seen))] if len(self.seen) > 1 else []
        return mixed + [
            Defect("coordinates_by_cells", value=column) for column in self.columns if self.by_cells
        ]

    def build(self, columns: Sequence[pa.Array], output: Output) -> tuple[pa.Array, Codes]:
        """Shapes of the cells; blank cells have none."""
        cells = [None if is_blank(cell) else cell.strip() for cell in columns[self.place].to_pylist()]
        built, codes, crss = self.parse(cells, output)
        self.seen += [crs for crs in dict.fromkeys(crss) if crs and crs not in self.seen]
        for crs in self.seen[1:]:
            here = [at for at, named in enumerate(crss) if named == crs and built[at] is not None]
            codes |= dict.fromkeys(_bring(built, here, crs, self.seen[0]), "coordinates_unreadable")
        wkb, more = shapes.finished(built, output)
        return wkb, {**codes, **more}

    def cells(self, columns: Sequence[pa.Array], position: int) -> str:
        """The cell."""
        return joined(columns, (self.place,), position)


def _bring(built: shapes.Shapes, here: list[int], crs: str, into: str) -> list[int]:
    """Bring shapes from one CRS into another, in place; give those that cannot be, and leave None there."""
    if not here:
        return []
    from gis.crs import UnknownCrs, from_wgs84, to_wgs84  # only here: PROJ takes 0.1 s to load

    try:
        built[here] = from_wgs84(to_wgs84(built[here], crs), into)
    except UnknownCrs:
        built[here] = None
        return here
    return []
