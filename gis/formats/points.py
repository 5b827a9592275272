"""Places held in the cells of a table: x and y columns, WKT or WKB or GeoJSON text, survey geopoints."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import pyarrow as pa

from gis.formats import celltext, headings, shapes
from gis.formats.model import Refused
from gis.formats.output import Codes, Output
from gis.formats.written_numbers import Axis, is_blank, numbers

WGS84 = "EPSG:4326"
_SAMPLE = 1_000


class Places(Protocol):
    """The coordinate columns of a table: their names, other candidates, and the geometry of a batch."""

    columns: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def crs(self) -> str | None:
        """The CRS known once every batch was built."""

    @property
    def mixed_crs(self) -> set[str]:
        """CRSs that rows named besides the one taken."""

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
    mixed_crs: set[str] = field(default_factory=set)
    reach: float = 0.0

    @property
    def crs(self) -> str | None:
        """WGS 84 for degrees; None for metres, and for plain x/y that leave the range of degrees."""
        in_degrees = self.axis == "degrees" or (self.axis == "either" and self.reach <= 180)
        return WGS84 if in_degrees else None

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
        return ", ".join(str(columns[place][position].as_py() or "") for place in self.places)


@dataclass
class Text:
    """One column whose cells are read by `parse`: text -> (geometry, SRID or None), or a defect code."""

    place: int
    columns: tuple[str, ...]
    parse: celltext.Parser
    default_crs: str | None
    others: tuple[str, ...] = ()
    seen: list[str] = field(default_factory=list)

    @property
    def crs(self) -> str | None:
        """The first SRID a cell named, else what the kind of cell implies."""
        return self.seen[0] if self.seen else self.default_crs

    @property
    def mixed_crs(self) -> set[str]:
        """SRIDs after the first."""
        return set(self.seen[1:])

    def build(self, columns: Sequence[pa.Array], output: Output) -> tuple[pa.Array, Codes]:
        """Shapes of the cells; blank cells have none."""
        cells = [None if is_blank(cell) else cell.strip() for cell in columns[self.place].to_pylist()]
        built, codes, crss = self.parse(cells, output)
        self.seen += [crs for crs in crss if crs not in self.seen]
        wkb, more = shapes.finished(built, output)
        return wkb, {**codes, **more}

    def cells(self, columns: Sequence[pa.Array], position: int) -> str:
        """The cell."""
        return str(columns[self.place][position].as_py() or "")


def find(names: Sequence[str], sample: Sequence[pa.Array], asked: Mapping[str, str]) -> Places | None:
    """The coordinate columns of a table: as asked, else by heading and the first cells; None when there
    are none.

    Order: shape columns, x/y pairs, point columns, then any column of survey geopoints.
    Raises Refused column_unknown when a column asked for is not there.
    """
    if asked:
        return _asked(names, asked)
    found: list[tuple[str, Places]] = [
        *_shapes(names, sample),
        *_pairs(names, sample),
        *_points(names, sample),
    ]
    if not found:
        return None
    origin, chosen = found[0]
    others = [", ".join(place.columns) for what, place in found[1:] if what != origin]
    chosen.others = tuple(others)
    return chosen


def _asked(names: Sequence[str], asked: Mapping[str, str]) -> Places:
    for role, column in asked.items():
        if column not in names:
            raise Refused("column_unknown", column=column, detail={"role": role})
    if "x" in asked and "y" in asked:
        named = headings.axis_of(asked["x"])
        places = (names.index(asked["x"]), names.index(asked["y"]))
        return XY(places, (asked["x"], asked["y"]), named[2] if named else "either")
    for role in ("wkt", "geopoint"):
        if role in asked:
            return _text(names, names.index(asked[role]), role)
    raise Refused("column_unknown", value=", ".join(asked))


def _text(names: Sequence[str], place: int, role: str) -> Text:
    if role == "wkt":
        return Text(place, (names[place],), celltext.parse_shapes, None)
    return Text(place, (names[place],), celltext.parse_geopoints, WGS84)


def _filled(column: pa.Array) -> list[str]:
    return [cell.strip() for cell in column.slice(0, _SAMPLE).to_pylist() if not is_blank(cell)]


def _mostly(cells: list[str], test: Callable[[str], bool]) -> bool:
    return bool(cells) and 2 * sum(map(test, cells)) >= len(cells)


def _shapes(names: Sequence[str], sample: Sequence[pa.Array]) -> list[tuple[str, Places]]:
    return [
        (headings.plain(name), _text(names, place, "wkt"))
        for place, name in enumerate(names)
        if headings.names_shape(name) and _mostly(_filled(sample[place]), celltext.looks_like_shape)
    ]


def _pairs(names: Sequence[str], sample: Sequence[pa.Array]) -> list[tuple[str, Places]]:
    found: list[tuple[str, Places]] = []
    for pair in headings.pairs(names):
        if pair.axis == "degrees" or all(_numeric(sample[place], pair.axis) for place in (pair.x, pair.y)):
            found.append((pair.prefix, XY((pair.x, pair.y), (names[pair.x], names[pair.y]), pair.axis)))
    return found


def _numeric(column: pa.Array, axis: Axis) -> bool:
    values, blank = numbers(column.slice(0, _SAMPLE), axis)
    return 2 * int(np.isfinite(values).sum()) >= int((~blank).sum()) > 0


def _points(names: Sequence[str], sample: Sequence[pa.Array]) -> list[tuple[str, Places]]:
    named, valued = [], []
    for place, name in enumerate(names):
        cells = _filled(sample[place])
        if headings.names_point(name) and _mostly(cells, celltext.looks_like_point):
            named.append((headings.plain(name), _text(names, place, "geopoint")))
        elif cells and all(map(celltext.looks_like_geopoint, cells)):
            valued.append((headings.plain(name), _text(names, place, "geopoint")))
    return [*named, *valued]
