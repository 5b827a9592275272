"""Pages of rows: columns with headings that stand on every page, rows to write in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

from maps.sheet import fonts
from maps.sheet.frame import FOOT, Facts, Leaf, head, head_height
from maps.sheet.paper import Box, Paper
from maps.sheet.pdf import Align, Page, Pen, Type
from surveys.words import Words

_LEADING = 0.45  # mm from line to line for each point of size
_PAD = 1.2
_NOTE_MM = 2.8
# How high the lines for signatures are, in mm.
SIGNED = 26.0


@dataclass(frozen=True)
class Column:
    """A column: its heading, its share of the width, how its cells stand; ``bold`` cells are found from afar."""

    heading: str
    share: float
    align: Align = "left"
    bold: bool = False


@dataclass(frozen=True)
class Row:
    """A row of cells; a row without a ``top`` line goes on with what the one above it is about.

    Its first ``same`` cells are those of the row above and are written only at the top of a page.
    ``note`` is written small at the foot of its widest cell.
    """

    cells: tuple[str, ...]
    top: bool = True
    note: str = ""
    same: int = 0


@dataclass(frozen=True)
class Table:
    """Rows under their columns. ``height`` of a row and ``size`` of its letters leave room to write.

    A ``whole`` table has one size of letters: a row is as much higher as its text takes.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    height: float = 9.0
    size: float = 11.0
    whole: bool = False

    def widths(self, box: Box) -> list[float]:
        """Return the widths of the columns in mm."""
        whole = sum(column.share for column in self.columns)
        return [box.width * column.share / whole for column in self.columns]

    def high(self, row: Row, box: Box) -> float:
        """Return how high a row is."""
        if not self.whole:
            return self.height
        lines = [
            len(fonts.wrapped(cell, width - 2 * _PAD, self.size, column.bold))
            for column, cell, width in zip(self.columns, row.cells, self.widths(box), strict=True)
        ]
        return max(self.height, max(lines) * self.size * _LEADING + 2 * _PAD)

    def head_height(self, box: Box) -> float:
        """Return how high the headings are."""
        lines = [
            len(fonts.wrapped(column.heading, width - 2 * _PAD, 9, True))
            for column, width in zip(self.columns, self.widths(box), strict=True)
        ]
        return max(lines) * 9 * _LEADING + 2 * _PAD


@dataclass(frozen=True)
class Titled:
    """What stands around a table: the title, the facts of the sheet, lines; what stands for no rows.

    ``after`` draws what stands below the last row, ``after_mm`` high.
    """

    title: str
    facts: Facts
    lines: tuple[str, ...] = ()
    nothing: str = ""
    after: Callable[[Page, Box], None] | None = None
    after_mm: float = 0.0


def pages(table: Table, paper: Paper, titled: Titled) -> Iterator[Leaf]:
    """Part a table into pages, each with the head of the sheet."""
    parts = _parts(table, paper, titled)
    for part in parts:
        last = part is parts[-1]
        yield Leaf(
            paper, titled.title, titled.facts, partial(_page, replace(table, rows=tuple(part)), titled, last)
        )


def _parts(table: Table, paper: Paper, titled: Titled) -> list[Sequence[Row]]:
    """Part the rows into pages; below the last there is room for what stands after them."""
    box = paper.inside.split_bottom(FOOT)[0]
    room = box.height - head_height(box, titled.facts, titled.lines) - table.head_height(box)
    heights = [table.high(row, box) for row in table.rows]
    starts, used = [0], 0.0
    for n, high in enumerate(heights):
        if n > starts[-1] and used + high > room:
            starts.append(n)
            used = 0.0
        used += high
    last = len(heights)
    while titled.after and used > room - titled.after_mm and last > starts[-1] + 1:
        last -= 1
        used -= heights[last]
    cuts = [*starts, *([last] if last < len(heights) else []), len(heights)]
    return [table.rows[a:b] for a, b in pairwise(cuts)]


def _page(table: Table, titled: Titled, last: bool, page: Page, box: Box) -> None:
    rest = head(page, box, titled.title, titled.facts, titled.lines)
    end = rest.y
    if not table.rows and titled.nothing:
        page.text(rest.x, rest.y + 8, titled.nothing, Type(12))
        end += 12
    elif table.rows:
        end = draw(page, rest, table)
    if last and titled.after:
        titled.after(page, rest.split_top(end - rest.y, 3)[1])


def draw(page: Page, box: Box, table: Table) -> float:
    """Draw a table from the top of a box on; return where it ends."""
    widths, top = table.widths(box), box.y
    y = top + table.head_height(box)
    _headings(page, box, table, widths)
    for n, row in enumerate(table.rows):
        page.line([(box.x, y), (box.right, y)], Pen(0.25) if row.top else Pen(0.12, 0.5, (1, 1)))
        shown = row if n == 0 else replace(row, cells=("",) * row.same + row.cells[row.same :])
        high = table.high(row, box)
        _cells(page, (box.x, y), replace(table, height=high), shown, widths)
        y += high
    x = box.x
    for width in [0.0, *widths]:
        x += width
        page.line([(x, top), (x, y)], Pen(0.2))
    page.line([(box.x, y), (box.right, y)], Pen(0.3))
    return y


def _headings(page: Page, box: Box, table: Table, widths: Sequence[float]) -> None:
    high = table.head_height(box)
    page.box(Box(box.x, box.y, sum(widths), high), Pen(0.3), fill=0.9)
    x = box.x
    for column, width in zip(table.columns, widths, strict=True):
        for n, line in enumerate(fonts.wrapped(column.heading, width - 2 * _PAD, 9, True), 1):
            page.text(x + _PAD, box.y + _PAD / 2 + n * 9 * _LEADING, line, Type(9, bold=True))
        x += width


def _cells(page: Page, at: tuple[float, float], table: Table, row: Row, widths: Sequence[float]) -> None:
    x, y = at
    for column, cell, width in zip(table.columns, row.cells, widths, strict=True):
        size, room = table.size, width - 2 * _PAD
        if not table.whole and cell and fonts.width_mm(fonts.printable(cell), size, column.bold) > room:
            size = max(7.0, size * 0.75)
        lines = fonts.wrapped(cell, room, size, column.bold, most=99 if table.whole else 2) if cell else []
        step = size * _LEADING
        high = table.height - (_NOTE_MM if row.note else 0.0)
        base = y + (high - step * len(lines)) / 2 + step * 0.78
        place = {"left": x + _PAD, "centre": x + width / 2, "right": x + width - _PAD}[column.align]
        for n, line in enumerate(lines):
            page.text(place, base + n * step, line, Type(size, bold=column.bold, align=column.align))
        if row.note and width == max(widths):
            page.text(x + _PAD, y + table.height - 0.8, row.note, Type(7, grey=0.25))
        x += width


def signatures(signers: Sequence[Words], facts: Facts, page: Page, box: Box) -> None:
    """Draw where a sheet is signed as a whole."""
    width = box.width / len(signers)
    for n, who in enumerate(signers):
        x = box.x + n * width
        page.line([(x + 4, box.y + 14), (x + width - 4, box.y + 14)], Pen(0.2, 0.3, (0.6, 0.8)))
        page.text(x + width / 2, box.y + 19, facts.of(who), Type(10, align="centre"))
