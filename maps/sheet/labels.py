"""Where the numbers of houses are written, so that none lies on another: pure geometry in mm."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from maps.sheet import fonts
from maps.sheet.paper import Box
from maps.sheet.pdf import Page, Pen, Type

_CELL = 12.0
# What stays white between numbers side by side: 17 and 18 must not read 1718.
_GAP = 0.9
# What the letters of a size (points) take, in mm: from the baseline up, and all in all.
_RISE, _HIGH = 0.26, 0.34
# Where a text is tried around its place when there is no room on it: at once, then further away.
_AROUND = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1))
_RINGS = (1.0, 1.9)
# How large the small text is beside its label, and a label where there is no room for a larger one.
_SMALL, _TIGHT = 0.75, 0.8


@dataclass(frozen=True)
class Label:
    """A text for a place on the page; ``small`` is written below it where there is room.

    ``spots`` are where it may stand and still be seen to belong there: inside the house. Anywhere
    else a line leads to its place, unless it stands beside a mark (``aside``).
    """

    x: float
    y: float
    text: str
    small: str = ""
    size: float = 7.0
    bold: bool = True
    spots: tuple[tuple[float, float], ...] = ()
    aside: bool = False


@dataclass(frozen=True)
class Written:
    """A text where it is written: the middle of its box; ``leads`` where a line leads to its place.

    ``over`` says that no free place was found: it lies on another text.
    """

    label: Label
    text: str
    box: Box
    size: float
    bold: bool
    leads: bool = False
    over: bool = False

    @property
    def away(self) -> bool:
        """Tell whether it is smaller than it should be, or not at its place."""
        return self.leads or self.size < self.label.size


class Room:
    """What of a page is taken by writing already."""

    def __init__(self, inside: Box) -> None:
        self.inside = inside
        self._taken: dict[tuple[int, int], list[Box]] = defaultdict(list)

    def free(self, box: Box) -> bool:
        """Tell whether a box is on the page and touches nothing that is taken."""
        within = (
            box.x >= self.inside.x and box.right <= self.inside.right
            and box.y >= self.inside.y and box.bottom <= self.inside.bottom
        )  # fmt: skip
        return within and not any(_touch(box, other) for cell in _cells(box) for other in self._taken[cell])

    def take(self, box: Box) -> None:
        """Remember a box as taken."""
        for cell in _cells(box):
            self._taken[cell].append(box)


def _cells(box: Box) -> Iterable[tuple[int, int]]:
    for column in range(int(box.x // _CELL), int(box.right // _CELL) + 1):
        for row in range(int(box.y // _CELL), int(box.bottom // _CELL) + 1):
            yield column, row


def _touch(a: Box, b: Box) -> bool:
    return a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom


def place(labels: Sequence[Label], room: Room) -> list[Written]:
    """Find a place for every label, then for the small texts that still have room below theirs.

    A label that finds none is written on its place all the same: a house must not lose its number.
    """
    found = [_placed(label, room) for label in labels]
    small = [_below(written, room) for written in found if written.label.small]
    return [*found, *(one for one in small if one is not None)]


def _placed(label: Label, room: Room) -> Written:
    for size in (label.size, label.size * _TIGHT):
        for x, y in label.spots:
            if room.free(box := _box(label, x, y, size)):
                return _written(label, room, box, size)
    size = label.size * (_TIGHT if label.spots else 1.0)
    for ring in _RINGS:
        for right, down in _AROUND:
            wide, high = _size(label, size)
            x, y = label.x + right * ring * (wide / 2 + 1.2), label.y + down * ring * (high / 2 + 1.2)
            if room.free(box := _box(label, x, y, size)):
                return _written(label, room, box, size, leads=not label.aside or ring > _RINGS[0])
    return replace(_written(label, room, _box(label, label.x, label.y, size), size), over=True)


def _written(label: Label, room: Room, box: Box, size: float, *, leads: bool = False) -> Written:
    room.take(box)
    return Written(label, label.text, box, size, label.bold, leads)


def _size(label: Label, size: float) -> tuple[float, float]:
    return fonts.width_mm(fonts.printable(label.text), size, label.bold) + _GAP, size * _HIGH


def _box(label: Label, x: float, y: float, size: float) -> Box:
    """Return the box of a label whose middle is at a place."""
    wide, high = _size(label, size)
    return Box(x - wide / 2, y - high / 2, wide, high)


def _below(written: Written, room: Room) -> Written | None:
    size = written.size * _SMALL
    text = written.label.small
    wide, high = fonts.width_mm(fonts.printable(text), size), size * _HIGH
    middle = written.box.x + written.box.width / 2
    box = Box(middle - wide / 2, written.box.bottom + 0.15, wide, high)
    if not room.free(box):
        return None
    room.take(box)
    return Written(written.label, text, box, size, bold=False)


def write(page: Page, written: Sequence[Written]) -> None:
    """Write labels on a page: first the lines that lead to their places, then the texts on white."""
    for one in written:
        if one.leads:
            middle = (one.box.x + one.box.width / 2, one.box.y + one.box.height / 2)
            page.line([(one.label.x, one.label.y), middle], Pen(0.12, 0.3))
    for one in written:
        page.box(one.box, None, fill=1.0)
        base = one.box.y + one.box.height / 2 + one.size * _RISE / 2
        page.text(
            one.box.x + one.box.width / 2, base, one.text, Type(one.size, bold=one.bold, align="centre")
        )
