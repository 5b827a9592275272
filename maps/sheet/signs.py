"""The signs of a plan: how each is drawn in black and white, and what it means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import shapely

from maps.sheet.paper import Box
from maps.sheet.pdf import Page, Pen, Type
from surveys.words import Words, words

HOUSE, OTHER_HOUSE, PLOT = Pen(0.22), Pen(0.12, 0.65), Pen(0.12, 0.6)
# A plot that people look for by its number.
NUMBERED_PLOT = Pen(0.25, 0.25)
# On, off, on, off in mm: walked boundaries as on Thai maps; one in dispute is dotted.
BOUNDARY, DISPUTED = Pen(0.6, 0.0, (5.0, 1.2, 0.8, 1.2)), Pen(0.6, 0.0, (0.8, 1.2))
# A way and water: the pen of their edge, and their grey.
ROAD, CANAL = (Pen(0.15, 0.5), 0.96), (Pen(0.15, 0.45), 0.84)
# A railway is a dark line with white dashes on it.
RAILWAY = (Pen(0.9, 0.35), Pen(0.5, 1.0, (2.0, 2.0)))
UNNUMBERED_HATCH = "/////"
HOUSE_MM, PLACE_MM = 1.3, 1.8


@dataclass(frozen=True)
class Sign:
    """A sign of the legend: what it means, how it is drawn into a box of 10 x 3.4 mm."""

    words: Words
    draw: Callable[[Page, Box], None]


def place_mark(page: Page, x: float, y: float) -> None:
    """Mark a landmark."""
    page.box(Box(x - PLACE_MM / 2, y - PLACE_MM / 2, PLACE_MM, PLACE_MM), None, fill=0.0)


def railway(page: Page, shapes: list[shapely.Geometry]) -> None:
    """Draw a railway."""
    for pen in RAILWAY:
        page.shapes(shapes, pen)


def _square(box: Box) -> list[shapely.Geometry]:
    return [shapely.box(box.x + 2, box.y, box.x + 8, box.bottom)]


def _across(box: Box) -> list[tuple[float, float]]:
    middle = box.y + box.height / 2
    return [(box.x, middle), (box.right, middle)]


def _house(page: Page, box: Box) -> None:
    page.shapes(_square(box), HOUSE, 1.0)
    page.text(box.x + 5, box.bottom - 0.8, "12", Type(7, bold=True, align="centre"))


def _plot(page: Page, box: Box) -> None:
    page.shapes(_square(box), NUMBERED_PLOT)
    page.text(box.x + 5, box.bottom - 0.8, "12", Type(7, bold=True, align="centre"))


def _line(pen: Pen) -> Callable[[Page, Box], None]:
    return lambda page, box: page.line(_across(box), pen)


def _strip(look: tuple[Pen, float]) -> Callable[[Page, Box], None]:
    return lambda page, box: page.box(box, look[0], fill=look[1])


SIGNS: dict[str, Sign] = {
    "house": Sign(
        words(
            "บ้าน 12 = ลำดับในผัง (45/6) = บ้านเลขที่",
            "House: 12 = number on the plan, (45/6) = house number",
        ),
        _house,
    ),
    "unnumbered": Sign(
        words("บ้านที่ยังไม่มีเลข ช่วยเติม", "House without a number: please add it"),
        lambda page, box: page.shapes(_square(box), HOUSE, 1.0, UNNUMBERED_HATCH),
    ),
    "point": Sign(
        words("บ้านที่รู้แต่ตำแหน่ง", "House known by its place only"),
        lambda page, box: page.circle(box.x + 5, box.y + box.height / 2, HOUSE_MM, HOUSE, 1.0),
    ),
    "numbered_plot": Sign(words("แปลงที่ดิน 12 = เลขแปลง", "Plot of land: 12 = plot number"), _plot),
    "unnumbered_plot": Sign(
        words("แปลงที่ยังไม่มีเลข ช่วยเติม", "Plot without a number: please add it"),
        lambda page, box: page.shapes(_square(box), NUMBERED_PLOT, None, UNNUMBERED_HATCH),
    ),
    "other": Sign(
        words("บ้านนอกชุมชนนี้", "House of another community"),
        lambda page, box: page.shapes(_square(box), OTHER_HOUSE),
    ),
    "plot": Sign(words("แนวแปลงที่ดิน", "Edge of a plot"), _line(PLOT)),
    "boundary": Sign(words("ขอบเขตชุมชน", "Boundary of the community"), _line(BOUNDARY)),
    "disputed": Sign(words("ขอบเขตที่ยังโต้แย้งกัน", "Boundary in dispute"), _line(DISPUTED)),
    "road": Sign(words("ถนน ซอย ทางเดิน", "Road, lane, footpath"), _strip(ROAD)),
    "canal": Sign(words("คลอง ทางน้ำ", "Canal, water"), _strip(CANAL)),
    "railway": Sign(
        words("ทางรถไฟ", "Railway"), lambda page, box: railway(page, [shapely.LineString(_across(box))])
    ),
    "landmark": Sign(
        words("สถานที่สำคัญ", "Landmark"),
        lambda page, box: place_mark(page, box.x + 5, box.y + box.height / 2),
    ),
}
