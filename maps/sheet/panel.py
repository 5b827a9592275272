"""The panel beside a plan: title, north, scale, what the signs mean, where the sheet lies, lines to write on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from maps.sheet import fonts
from maps.sheet.frame import Facts, fit_size, title_block
from maps.sheet.grid import Extent, Grid, Tile
from maps.sheet.ground import Ground
from maps.sheet.paper import Box
from maps.sheet.pdf import Page, Pen, Type
from maps.sheet.signs import SIGNS
from surveys.words import words

_SHEET = words("แผ่นที่ {n} จาก {all}", "Sheet {n} of {all}")
_SCALE = words("มาตราส่วน 1:{n}", "Scale 1:{n}")
_TRUE = words("เมื่อพิมพ์ขนาดจริง 100%", "when printed at 100 %")
_NORTH = words("น", "N")
_METRES = words("เมตร", "m")
_MEANING = words("เครื่องหมาย", "Signs")
_KEY = words("แผ่นทั้งหมด", "All sheets")
_CORRECTIONS = words("แก้ไขในที่ประชุม", "Corrected at the meeting")
_HOW = words("วงบนผัง เขียนเลขข้อ แล้วเขียนที่นี่", "ring it on the plan, number it, write here")
# Lengths of the scale bar, in metres.
_BARS = (2, 4, 10, 20, 40, 100, 200, 400, 1000, 2000, 4000, 10_000, 20_000, 40_000, 100_000)
_LINE_MM = 8.0
# How many lines to write on a sheet has at least.
_LEAST_LINES = 2
_SCALE_MM = 18.0
# How high the key of the sheets may be, in mm (0: none), and the share of the usual size of the letters: the first
# that leaves room for the lines is taken.
_TIGHTER = (
    (34.0, 1.0),
    (26.0, 1.0),
    (20.0, 1.0),
    (20.0, 0.9),
    (18.0, 0.8),
    (16.0, 0.7),
    (0.0, 0.7),
    (0.0, 0.6),
)


def panel(
    page: Page, box: Box, said: tuple[str, Facts], sheet: tuple[Grid, Tile] | None, ground: Ground | None
) -> None:
    """Draw the panel; without a sheet only its title and the lines to write on."""
    title, facts = said
    page.line([(box.x - 2, box.y), (box.x - 2, box.bottom)], Pen(0.2, 0.5))
    there = _there(ground, sheet[1]) if sheet is not None and ground is not None else []
    for key_mm, share in _TIGHTER:
        block = title_block(title, facts, _sheet_lines(facts, sheet), box.width, share)
        signs = _Signs.of(there, facts, box.width, share)
        key = _Key.of(sheet, box.width, key_mm) if sheet is not None else None
        used = block.height + 4
        if sheet is not None:
            used += _SCALE_MM + 3 + signs.height + (3 + key.height if key else 0)
        if used + 4 + _lines_mm(box.width, facts) <= box.height:
            break
    y = block.draw(page, box) + 4
    if sheet is not None:
        y = _scale(page, Box(box.x, y, box.width, 20), facts, sheet[0])
        y = signs.draw(page, Box(box.x, y + 3, box.width, signs.height), facts)
        if key:
            y = key.draw(page, Box(box.x, y + 3, box.width, key.height), facts, sheet[1])
    _lines(page, Box(box.x, y + 4, box.width, box.bottom - y - 4), facts)


def _sheet_lines(facts: Facts, sheet: tuple[Grid, Tile] | None) -> Sequence[str]:
    if sheet is None or len(sheet[0].tiles) == 1:
        return ()
    return (facts.of(_SHEET.fill(n=sheet[1].number, all=len(sheet[0].tiles))),)


def _scale(page: Page, box: Box, facts: Facts, made: Grid) -> float:
    """Draw the north arrow and the scale bar; return where they end."""
    x, top = box.x + 6, box.y
    page.shapes([shapely.Polygon([(x, top), (x + 3.6, top + 12), (x, top + 9)])], Pen(0.2), fill=0.0)
    page.shapes([shapely.Polygon([(x, top), (x - 3.6, top + 12), (x, top + 9)])], Pen(0.2), fill=1.0)
    page.text(x, top + 16.5, facts.of(_NORTH), Type(10, bold=True, align="centre"))
    left, room = box.x + 17, box.width - 20
    page.text(left, top + 4, facts.of(_SCALE.fill(n=f"{made.scale:,}")), Type(10, bold=True))
    long = max((bar for bar in _BARS if bar * 1000 / made.scale <= room), default=_BARS[0])
    width = long * 1000 / made.scale
    page.box(Box(left, top + 7, width / 2, 1.6), Pen(0.2), fill=0.0)
    page.box(Box(left + width / 2, top + 7, width / 2, 1.6), Pen(0.2), fill=1.0)
    for share in (0.0, 0.5, 1.0):
        page.text(left + width * share, top + 12, f"{long * share:g}", Type(7.5, align="centre"))
    said = f"{facts.of(_METRES)} · {facts.of(_TRUE)}"
    page.text(left, top + 16.5, said, Type(fit_size(said, box.right - left, 7.5)))
    return top + _SCALE_MM


def _there(ground: Ground, tile: Tile) -> list[str]:
    """Return the signs that a sheet uses."""
    here = shapely.box(*tile.extent)
    houses, plots = ground.things[~ground.is_plot], ground.things[ground.is_plot]
    lacking = ground.things[ground.is_plot & ground.unnumbered]
    uses = {
        "house": houses, "unnumbered": ground.houses(unnumbered=True),
        "point": houses[shapely.get_dimensions(houses) != 2], "numbered_plot": plots, "unnumbered_plot": lacking,
        "other": ground.others, "plot": ground.plots, "road": ground.roads.shapes, "canal": ground.canals.shapes,
        "disputed" if ground.disputed else "boundary": ground.boundary, "railway": ground.railways.shapes,
        "landmark": ground.places.shapes,
    }  # fmt: skip
    return [name for name in SIGNS if name in uses and shapely.intersects(uses[name], here).any()]


@dataclass(frozen=True)
class _Signs:
    """What the signs of a sheet mean: the lines of each by its name, and the share of the usual size."""

    lines: dict[str, list[str]]
    share: float

    @classmethod
    def of(cls, there: Sequence[str], facts: Facts, width: float, share: float) -> _Signs:
        """Lay them out in a panel of a width (mm)."""
        return cls(
            {name: fonts.wrapped(facts.of(SIGNS[name].words), width - 13, 8 * share) for name in there}, share
        )

    @property
    def height(self) -> float:
        """How high they are with their heading, in mm."""
        return 5 + sum(map(self._high, self.lines.values()))

    def _high(self, lines: Sequence[str]) -> float:
        return (1.6 + 3.6 * len(lines)) * self.share

    def draw(self, page: Page, box: Box, facts: Facts) -> float:
        """Draw them; return where they end."""
        page.text(box.x, box.y + 3, facts.of(_MEANING), Type(9, bold=True))
        y = box.y + 5
        for name, lines in self.lines.items():
            SIGNS[name].draw(page, Box(box.x, y + 0.8 * self.share, 10, 3.4 * self.share))
            for n, line in enumerate(lines):
                page.text(box.x + 13, y + (3.4 + 3.6 * n) * self.share, line, Type(8 * self.share))
            y += self._high(lines)
        return y


@dataclass(frozen=True)
class _Key:
    """Where each sheet lies: the sheets, their common edges in metres, and how many mm a metre is."""

    tiles: tuple[Tile, ...]
    edges: Extent
    size: float

    @classmethod
    def of(cls, sheet: tuple[Grid, Tile], width: float, height: float) -> _Key | None:
        """Lay it out no larger than it may be, in mm; None of one sheet, and where it may have no height."""
        tiles = sheet[0].tiles
        if len(tiles) == 1 or not height:
            return None
        edges = np.array([tile.extent for tile in tiles])
        west, south = edges[:, :2].min(axis=0).tolist()
        east, north = edges[:, 2:].max(axis=0).tolist()
        return cls(
            tiles, (west, south, east, north), min(width / (east - west), (height - 6) / (north - south))
        )

    @property
    def height(self) -> float:
        """How high it is with its heading, in mm."""
        return 5 + (self.edges[3] - self.edges[1]) * self.size

    def draw(self, page: Page, box: Box, facts: Facts, here: Tile) -> float:
        """Draw it, this sheet dark; return where it ends."""
        page.text(box.x, box.y + 3, facts.of(_KEY), Type(9, bold=True))
        west, _, _, north = self.edges
        for tile in self.tiles:
            left, bottom, right, top = tile.extent
            place = Box(box.x + (left - west) * self.size, box.y + 5 + (north - top) * self.size,
                        (right - left) * self.size, (top - bottom) * self.size)  # fmt: skip
            page.box(place, Pen(0.2), fill=0.75 if tile == here else None)
            size = min(9.0, max(6.0, 2.4 * min(place.width, place.height)))
            page.text(place.x + place.width / 2, place.y + place.height / 2 + size * 0.13, str(tile.number),
                      Type(size, bold=tile == here, align="centre"))  # fmt: skip
        return box.y + self.height


def _lines_mm(width: float, facts: Facts) -> float:
    """Return how high the heading of the lines to write on is with as many of them as a sheet has at least."""
    return 3 + 3.6 * len(fonts.wrapped(facts.of(_HOW), width, 8)) + _LEAST_LINES * _LINE_MM


def _lines(page: Page, box: Box, facts: Facts) -> None:
    """Draw lines to write corrections on, as many as there is room for."""
    page.text(box.x, box.y + 3, facts.of(_CORRECTIONS), Type(9, bold=True))
    how = fonts.wrapped(facts.of(_HOW), box.width, 8)
    for n, line in enumerate(how, 1):
        page.text(box.x, box.y + 3 + 3.6 * n, line, Type(8, grey=0.2))
    y = box.y + 3 + 3.6 * len(how) + _LINE_MM
    number = 1
    while y <= box.bottom:
        page.text(box.x, y - 0.8, f"{number}.", Type(8))
        page.line([(box.x + 5, y), (box.right, y)], Pen(0.15, 0.4))
        y, number = y + _LINE_MM, number + 1
