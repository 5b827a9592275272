"""What stands on every printed page: title, place, version, date, source, the mark of made-up data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from maps.sheet import fonts
from maps.sheet.paper import Box, Paper
from maps.sheet.pdf import Document, Page, Pen, Type
from surveys.dates import show_date
from surveys.words import Lang, Words, words

FOOT = 9.0
MADE_UP = words("ข้อมูลสมมติ ห้ามใช้จริง", "MADE-UP DATA, not for use")
_VERSION = words("ฉบับข้อมูลที่ {n}", "data version {n}")
_PRINTED = words("พิมพ์ {day}", "printed {day}")
_PAGE = words("หน้า {n} / {all}", "page {n} of {all}")
_SOURCE = words("ที่มา: ", "Source: ")
_MADE_WITH = words("จัดทำด้วยระบบมั่นคง", "made with Mankong")


@dataclass(frozen=True)
class Facts:
    """What a sheet says of itself.

    ``place`` is the community it is of, empty for a whole network or none; ``version`` the revision
    of the network whose data is printed, None on a form that holds none.
    """

    network: str
    lang: Lang
    printed: date
    version: int | None = None
    place: str = ""
    sources: tuple[str, ...] = ()
    made_up: bool = False
    closing: date | None = None

    def of(self, said: Words) -> str:
        """Say words in the language of the sheet."""
        return said.of(self.lang)

    @property
    def edition(self) -> str:
        """Which data, printed when."""
        day = _PRINTED.fill(day=show_date(self.printed, self.lang))
        version = () if self.version is None else (_VERSION.fill(n=f"{self.version:,}"),)
        return " · ".join(self.of(said) for said in (*version, day))


@dataclass(frozen=True)
class Leaf:
    """One page to be printed, of a sheet with a title and facts.

    ``draw`` gets the page and the box between its margins and its foot.
    """

    paper: Paper
    title: str
    facts: Facts
    draw: Callable[[Page, Box], None]


def bound(title: str, leaves: Sequence[Leaf]) -> bytes:
    """Print leaves as one file; each gets its foot with the number of the page."""
    document = Document(title)
    for number, leaf in enumerate(leaves, 1):
        with document.page(leaf.paper) as page:
            inside, foot = leaf.paper.inside.split_bottom(FOOT)
            if leaf.facts.made_up:
                _watermark(page, leaf.facts)
            leaf.draw(page, inside)
            _foot(page, foot, leaf, (number, len(leaves)))
    return document.finish()


def _watermark(page: Page, facts: Facts) -> None:
    """Say across the page that the data is made up, so pale that it can be written over and copied."""
    width, height = page.paper.width, page.paper.height
    size = min(width, height) / 5.2
    said = facts.of(MADE_UP)
    page.text(width / 2, height / 2, said, Type(size, bold=True, grey=0.95, align="centre", angle=30))


def _foot(page: Page, box: Box, leaf: Leaf, where: tuple[int, int]) -> None:
    facts = leaf.facts
    page.line([(box.x, box.y + 3), (box.right, box.y + 3)], Pen(0.2, 0.4))
    base = box.bottom - 1
    left = " · ".join(filter(None, (leaf.title, facts.place, facts.network)))
    right = f"{facts.edition} · {facts.of(_PAGE.fill(n=where[0], all=where[1]))}"
    how = Type(8, grey=0.2)
    taken = page.text(box.right, base, right, Type(8, grey=0.2, align="right"))
    page.text(box.x, base, fonts.fitted(left, box.width - taken - 4, how.size), how)


_HEAD, _LINE = 13.0, 5.0
# How many lines the sources of a plan may take.
_MOST_LINES = 16


def head(page: Page, box: Box, title: str, facts: Facts, lines: Sequence[str] = ()) -> Box:
    """Write the head of a page of rows; return what is left below it."""
    right = _mark(page, box, facts) if facts.made_up else box.right
    size = fit_size(title, right - box.x - 4, 17, bold=True)
    page.text(box.x, box.y + 6.5, title, Type(size, bold=True))
    y = box.y + _HEAD
    who = " · ".join(filter(None, (facts.place, facts.network)))
    page.text(box.x, y, fonts.fitted(who, box.width, 12), Type(12))
    for part in _head_lines(box, facts, lines):
        y += _LINE
        page.text(box.x, y, part, Type(9.5, grey=0.15))
    return box.split_top(head_height(box, facts, lines))[1]


def head_height(box: Box, facts: Facts, lines: Sequence[str] = ()) -> float:
    """Return how high the head of a page of rows is, in mm."""
    return _HEAD + _LINE * len(_head_lines(box, facts, lines)) + 4


def _head_lines(box: Box, facts: Facts, lines: Sequence[str]) -> list[str]:
    return [part for line in (facts.edition, *lines) for part in fonts.wrapped(line, box.width, 9.5)]


def _mark(page: Page, box: Box, facts: Facts) -> float:
    """Set the mark of made-up data in a box at the upper right; return where the box begins."""
    said = facts.of(MADE_UP)
    width = fonts.width_mm(said, 11, True) + 6
    page.box(Box(box.right - width, box.y, width, 8), Pen(0.5), fill=1.0)
    page.text(box.right - width / 2, box.y + 5.6, said, Type(11, bold=True, align="centre"))
    return box.right - width - 2


@dataclass(frozen=True)
class Block:
    """The block of a plan's panel: its lines, each with its size and whether it is bold, paragraph by paragraph."""

    mark: str
    told: tuple[tuple[tuple[str, ...], float, bool], ...]

    @property
    def height(self) -> float:
        """How high it is, in mm."""
        return (10 if self.mark else 0) + sum(len(lines) * size * 0.49 + 0.6 for lines, size, _ in self.told)

    def draw(self, page: Page, box: Box) -> float:
        """Write it; return where it ends."""
        y = box.y
        if self.mark:
            size = fit_size(self.mark, box.width - 4, 11, bold=True)
            page.box(Box(box.x, y, box.width, 8), Pen(0.5), fill=1.0)
            page.text(box.x + box.width / 2, y + 5.6, self.mark, Type(size, bold=True, align="centre"))
            y += 10
        for lines, size, bold in self.told:
            for line in lines:
                y += size * 0.49
                page.text(box.x, y, line, Type(size, bold=bold))
            y += 0.6
        return y


def title_block(title: str, facts: Facts, lines: Sequence[str], width: float, share: float = 1.0) -> Block:
    """Lay out the block of a plan's panel: title, place, version, date, sources; ``share`` of the usual sizes."""
    told = [(title, 14.0, True), (facts.place, 12.0, True), (facts.network, 10.0, False)]
    told += [(line, 9.0, False) for line in (facts.edition, *lines)]
    # Whose map it is must stand there whole, however long.
    source = facts.of(_SOURCE) + " · ".join(facts.sources) if facts.sources else ""
    told += [(source, 8.0, False), (facts.of(_MADE_WITH), 7.0, False)]
    wrapped = (
        (
            tuple(fonts.wrapped(said, width, size * share, bold, _MOST_LINES if said is source else 4)),
            size,
            bold,
        )
        for said, size, bold in told
        if said
    )
    mark = facts.of(MADE_UP) if facts.made_up else ""
    return Block(mark, tuple((part, size * share, bold) for part, size, bold in wrapped))


def fit_size(text: str, width: float, size: float, *, bold: bool = False, least: float = 6.0) -> float:
    """Return the largest size up to ``size`` (points) in which a text is no wider than ``width`` mm."""
    wide = fonts.width_mm(fonts.printable(text), size, bold)
    return size if wide <= width else max(least, size * width / wide)
