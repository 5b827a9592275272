"""Which columns of a table hold places: as asked, by their headings, or by their cells alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import numpy as np
import pyarrow as pa

from gis.formats import celltext, headings, utm
from gis.formats.celltext import WGS84
from gis.formats.model import Refused
from gis.formats.places import XY, Places, Text
from gis.formats.written_numbers import Axis, is_blank, numbers

_SAMPLE = 1_000
# A column is one of places by its numbers alone when this share of its filled cells is.
_SURE = 0.9
Found = list[tuple[str, Places]]


class _Table:
    """The headings of a table and its first cells."""

    def __init__(self, names: Sequence[str], sample: Sequence[pa.Array]) -> None:
        self.names = names
        self.sample = [column.slice(0, _SAMPLE) for column in sample]

    @cached_property
    def filled(self) -> list[list[str]]:
        """The filled cells of each column."""
        return [[cell.strip() for cell in column.to_pylist() if not is_blank(cell)] for column in self.sample]

    @cached_property
    def plain(self) -> list[str]:
        """The headings for comparing."""
        return [headings.plain(name) for name in self.names]


def find(names: Sequence[str], sample: Sequence[pa.Array], asked: Mapping[str, str]) -> Places | None:
    """The coordinate columns of a table: as asked, else by heading and the first cells; None when there
    are none.

    Order: columns named as shapes, x/y pairs (with their UTM zone), columns named as points, then columns
    whose cells all are shapes or places. What a survey server repeats as "_geolocation" comes last.
    Where there is nothing of these, columns most of whose cells are numbers of a place in Thailand.
    Raises Refused column_unknown when a column asked for is not there.
    """
    table = _Table(names, sample)
    if asked:
        return _asked(table, asked)
    found: Found = [*_shapes(table), *_pairs(table), *_points(table), *_by_cells(table)]
    found.sort(key=lambda each: each[0] == headings.REPEATED)
    found = found or _by_numbers(table)
    if not found:
        return None
    origin, chosen = found[0]
    chosen.others = tuple(", ".join(place.columns) for what, place in found[1:] if what != origin)
    return chosen


def _asked(table: _Table, asked: Mapping[str, str]) -> Places:
    for role, column in asked.items():
        if column not in table.names:
            raise Refused("column_unknown", column=column, detail={"role": role})
    if "x" in asked and "y" in asked:
        named = headings.axis_of(asked["x"])
        places = (table.names.index(asked["x"]), table.names.index(asked["y"]))
        return _pair(table, places, named[2] if named else "either")
    for role in ("wkt", "geopoint"):
        if role in asked:
            return _text(table, table.names.index(asked[role]), role)
    raise Refused("column_unknown", value=", ".join(asked))


def _pair(table: _Table, places: tuple[int, int], axis: Axis) -> Places:
    """Two columns of numbers; in metres with the zone of a heading or a column where one is told."""
    columns = (table.names[places[0]], table.names[places[1]])
    if axis == "degrees" or (axis == "either" and not _beyond_degrees(table, places)):
        return XY(places, columns, axis)
    zone: utm.Zone | int | None = next(filter(None, map(utm.zone_in_heading, columns)), None)
    if zone is None:
        zone = utm.zone_column(table.plain, table.filled, headings.ZONE_WORDS)
    if zone is None:
        return XY(places, columns, axis)
    named = (*columns, table.names[zone]) if isinstance(zone, int) else columns
    return utm.Utm(places, named, zone)


def _beyond_degrees(table: _Table, places: tuple[int, int]) -> bool:
    values = np.concatenate([numbers(table.sample[place], "metres")[0] for place in places])
    return bool((np.abs(values[np.isfinite(values)]) > 180).any())


def _text(table: _Table, place: int, role: str) -> Text:
    parse = celltext.parse_shapes if role == "wkt" else celltext.parse_geopoints
    return Text(place, (table.names[place],), parse, None if role == "wkt" else WGS84)


def _mostly(cells: list[str], test: Callable[[str], bool]) -> bool:
    return bool(cells) and 2 * sum(map(test, cells)) >= len(cells)


def _all(cells: list[str], test: Callable[[str], bool]) -> bool:
    return bool(cells) and all(map(test, cells))


def _shapes(table: _Table) -> Found:
    return [
        (table.plain[place], _text(table, place, "wkt"))
        for place, name in enumerate(table.names)
        if headings.names_shape(name) and _mostly(table.filled[place], celltext.looks_like_shape)
    ]


def _pairs(table: _Table) -> Found:
    found: Found = []
    for pair in headings.pairs(table.names):
        places = (pair.x, pair.y)
        cells = [table.filled[place] for place in places]
        if pair.axis != "degrees" and not all(_numeric(table.sample[place], pair.axis) for place in places):
            continue
        if pair.bare and not utm.plausible(*cells):
            continue
        found.append((pair.prefix, _pair(table, places, pair.axis)))
    return found


def _numeric(column: pa.Array, axis: Axis) -> bool:
    values, blank = numbers(column, axis)
    return 2 * int(np.isfinite(values).sum()) >= int((~blank).sum()) > 0


def _points(table: _Table) -> Found:
    found: Found = []
    for place, name in enumerate(table.names):
        if not headings.names_point(name) or headings.axis_of(name):
            continue
        if _mostly(table.filled[place], utm.looks_like_utm):
            found.append((table.plain[place], utm.Utm((place, place), (name,), place)))
        elif _mostly(table.filled[place], celltext.looks_like_point):
            found.append((table.plain[place], _text(table, place, "geopoint")))
    return found


def _by_cells(table: _Table) -> Found:
    """Columns whose heading says nothing, and every cell of which is a shape or a place."""
    found: Found = []
    for place, cells in enumerate(table.filled):
        if _all(cells, celltext.looks_like_geopoint) or _all(cells, celltext.looks_like_pair):
            found.append((table.plain[place], _text(table, place, "geopoint")))
        elif _all(cells, celltext.looks_like_shape):
            found.append((table.plain[place], _text(table, place, "wkt")))
    return found


def _by_numbers(table: _Table) -> Found:
    """Columns whose heading says nothing, and most cells of which are a place in Thailand."""
    found: Found = []
    for place, cells in enumerate(table.filled):
        if cells and sum(map(celltext.looks_like_place, cells)) >= _SURE * len(cells):
            text = _text(table, place, "geopoint")
            text.by_cells = True
            found.append((table.plain[place], text))
    return found
