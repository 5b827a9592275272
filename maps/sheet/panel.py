"""The panel beside a plan: title, north, scale, what the signs mean, where the sheet lies, lines to write on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from maps.sheet import fonts
from maps.sheet.frame import Facts, fit_size, title_block
from maps.sheet.grid import Grid, Tile
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


def panel(
    page: Page, box: Box, said: tuple[str, Facts], sheet: tuple[Grid, Tile] | None, ground: Ground | None
) -> None:
    """Draw the panel; without a sheet only its title and the lines to write on."""
    title, facts = said
    page.line([(box.x - 2, box.y), (box.x - 2, box.bottom)], Pen(0.2, 0.5))
    y = title_block(page, box, title, facts, _sheet_lines(facts, sheet)) + 4
    if sheet is not None and ground is not None:
        y = _scale(page, Box(box.x, y, box.width, 20), facts, sheet[0])
        y = _signs(page, Box(box.x, y + 3, box.width, box.bottom - y), facts, _there(ground, sheet[1]))
        if len(sheet[0].tiles) > 1:
            y = _key(page, Box(box.x, y + 3, box.width, 34), facts, sheet)
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
    return top + 18


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


def _signs(page: Page, box: Box, facts: Facts, there: Sequence[str]) -> float:
    page.text(box.x, box.y + 3, facts.of(_MEANING), Type(9, bold=True))
    y = box.y + 5
    for name in there:
        lines = fonts.wrapped(facts.of(SIGNS[name].words), box.width - 13, 8)
        SIGNS[name].draw(page, Box(box.x, y + 0.8, 10, 3.4))
        for n, line in enumerate(lines):
            page.text(box.x + 13, y + 3.4 + 3.6 * n, line, Type(8))
        y += 1.6 + 3.6 * len(lines)
    return y


def _key(page: Page, box: Box, facts: Facts, sheet: tuple[Grid, Tile]) -> float:
    """Draw where each sheet lies, this one dark; return where it ends."""
    made, here = sheet
    page.text(box.x, box.y + 3, facts.of(_KEY), Type(9, bold=True))
    edges = np.array([tile.extent for tile in made.tiles])
    west, south = edges[:, :2].min(axis=0)
    east, north = edges[:, 2:].max(axis=0)
    size = min(box.width / (east - west), (box.height - 6) / (north - south))
    for tile in made.tiles:
        left, bottom, right, top = tile.extent
        place = Box(box.x + (left - west) * size, box.y + 5 + (north - top) * size, (right - left) * size,
                    (top - bottom) * size)  # fmt: skip
        page.box(place, Pen(0.2), fill=0.75 if tile == here else None)
        page.text(place.x + place.width / 2, place.y + place.height / 2 + 1.2, str(tile.number),
                  Type(9, bold=tile == here, align="centre"))  # fmt: skip
    return float(box.y + 5 + (north - south) * size)


def _lines(page: Page, box: Box, facts: Facts) -> None:
    """Draw lines to write corrections on, as many as there is room for."""
    if box.height < 3 * _LINE_MM:
        return
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
