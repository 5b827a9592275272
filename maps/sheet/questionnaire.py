"""The printable questionnaire: questions with boxes to tick and lines to write on, and the list of houses.

It asks what the form of the record type asks, in the same words as the template workbook has for
headings: what was written is typed in below them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import pandas as pd

from maps.sheet import fonts, table
from maps.sheet.frame import FOOT, Facts, Leaf, bound, head, head_height
from maps.sheet.order import in_order, text
from maps.sheet.paper import PAPERS, Box
from maps.sheet.pdf import Page, Pen, Type
from maps.sheet.table import Column, Row, Table, Titled
from surveys.codes import Code, Codes
from surveys.fields import Flag, Text
from surveys.forms.form import Form, either_words, is_community, live
from surveys.record import Field
from surveys.thai import PersonId
from surveys.words import Words, words

PAPER = PAPERS["A4"].portrait
TITLE = words("แบบสำรวจ{of}", "Questionnaire: {of}")
HOUSES = words("รายการบ้านในชุมชน", "Houses of the community")
PLOTS = words("รายการแปลงในชุมชน", "Plots of the community")
BOTH = words("รายการบ้านและแปลงในชุมชน", "Houses and plots of the community")
_NOTICE = words(
    "แจ้งผู้ให้ข้อมูลก่อน: เก็บไปเพื่อวางแผนที่อยู่อาศัย ผู้มีสิทธิในเครือข่ายเท่านั้นที่เห็น ขอดู แก้ หรือให้ลบได้ ไม่ตอบข้อใดก็ได้",
    "First say: this is for planning housing; only people of the network with the right see it; "
    "you may see, correct or withdraw it, and skip any question.",
)
_HOW = words(
    "* ต้องตอบ · ไม่มีคำตอบให้เขียนว่า ไม่ทราบ ไม่ตอบ หรือ ไม่เกี่ยวข้อง · ปีเป็น พ.ศ. ได้",
    "* needed. Where there is no answer write unknown, no answer or not applicable. Buddhist years may be written.",
)
_EITHER = words("ต้องมี {of} อย่างน้อยหนึ่งอย่าง", "One of these is needed: {of}.")
_DOTS = "." * 28
_BY = words(f"ผู้สำรวจ {_DOTS}{_DOTS}  วันที่ {_DOTS}", f"Surveyor {_DOTS}{_DOTS}  Date {_DOTS}")
_SEVERAL = words("(ตอบได้หลายข้อ)", "(several)")
_NUMBER = words("ที่", "No.")
_ROOM_FOR = 12
_SIZE, _LINE = 10.0, 5.2
_LABEL_MM, _GUTTER = 4.6, 5.0
_BOX_MM = 3.0
# The line at the top of every further page that says whose it is.
_AGAIN_MM = 9.0


@dataclass(frozen=True)
class Questionnaire:
    """A questionnaire: its form, the form of the people inside, whose community, and its houses if known.

    ``plots`` are those that people look for where no house is recorded, in the order of their numbers.
    """

    form: Form
    inside: Form | None
    facts: Facts
    houses: pd.DataFrame | None = None
    plots: pd.DataFrame | None = None

    @property
    def title(self) -> str:
        """What it is called."""
        of = self.form.record_type.words
        return self.facts.of(words(TITLE.th.format(of=of.th), TITLE.en.format(of=of.en.lower())))

    def pdf(self) -> bytes:
        """Print it."""
        return bound(self.title, [*self._questions(), *self._people(), *self._houses()])

    def _questions(self) -> Iterator[Leaf]:
        """Lay the sections out in two columns of questions, page after page."""
        either = either_words(self.form)
        said = [_BY, _NOTICE, _HOW]
        if either:
            said.append(words(_EITHER.th.format(of=either.th), _EITHER.en.format(of=either.en)))
        lines = tuple(map(self.facts.of, said))
        inside = PAPER.inside.split_bottom(FOOT)[0]
        first = head_height(inside, self.facts, lines)
        for n, rows in enumerate(
            _pages(self._rows(inside.width), inside.height - first, inside.height - _AGAIN_MM)
        ):
            yield Leaf(PAPER, self.title, self.facts, partial(self._page, lines if n == 0 else None, rows))

    def _page(self, lines: Sequence[str] | None, rows: Sequence[_Strip], page: Page, box: Box) -> None:
        if lines is None:
            # Sheets come apart: each says whose it is.
            page.text(box.x, box.y + 5, self._whose(), Type(10))
            rest = box.split_top(_AGAIN_MM)[1]
        else:
            rest = head(page, box, self.title, self.facts, lines)
        y = rest.y
        for row in rows:
            row.draw(page, Box(rest.x, y, rest.width, row.height), self.facts)
            y += row.height

    def _rows(self, width: float) -> Iterator[_Strip]:
        """Give the strips of the questionnaire: headings of sections, and one or two questions beside each other."""
        half = (width - _GUTTER) / 2
        for section in self.form.sections:
            yield _Strip((), 8.5, section.group.words)
            waiting: _Question | None = None
            for field in section.fields:
                one = _Question(field, field.name in self.form.required, self._given(field))
                if one.height(half, self.facts) > one.height(width, self.facts) + 2 * _LINE or one.long:
                    if waiting:
                        yield self._alone(waiting, width)
                    waiting = None
                    yield _strip((one,), width, self.facts)
                elif waiting:
                    yield _strip((waiting, one), half, self.facts)
                    waiting = None
                else:
                    waiting = one
            if waiting:
                yield self._alone(waiting, width)

    def _alone(self, one: _Question, width: float) -> _Strip:
        """Return a question that none stands beside: boxes take the whole line, a line to write on half."""
        return _strip((one,), width if one.answers(self.facts) else (width - _GUTTER) / 2, self.facts)

    def _whose(self) -> str:
        """Return a line to write on it which record a sheet is of."""
        telling = [
            name
            for key in self.form.record_type.keys
            for name in key
            if name in self.form.record_type.by_name
        ]
        fields = [self.form.record_type.by_name[name] for name in dict.fromkeys(telling)]
        return "   ".join(f"{self.facts.of(one.words)} {self._given(one) or _DOTS[:16]}" for one in fields)

    def _given(self, field: Field) -> str:
        return self.facts.place if is_community(field) else ""

    def _people(self) -> Iterator[Leaf]:
        """A page for the people of the household: a row each, the answers to choose from below."""
        if self.inside is None:
            return
        form, of = self.inside, self.facts.of
        keys = {name for key in form.record_type.keys for name in key}
        fields = [one for one in form.fields if one.name not in keys]
        columns = [Column(of(_NUMBER), 7)] + [Column(of(one.words), _share(one)) for one in fields]
        rows = tuple(Row((str(n), *[""] * len(fields))) for n in range(1, _ROOM_FOR + 1))
        listed = [
            words(
                f"{one.words.th}: " + " / ".join(choice.words.th for choice in live(one.kind)),
                f"{one.words.en}: " + " / ".join(choice.words.en for choice in live(one.kind)),
            )
            for one in fields if isinstance(one.kind, Code)
        ]  # fmt: skip
        title = of(words(f"{form.record_type.words.th}ทุกคน", f"Every {form.record_type.words.en.lower()}"))
        made = Table(tuple(columns), rows, 9.0, 10.0)
        yield from table.pages(
            made, PAPERS["A4"].landscape, Titled(title, self.facts, (self._whose(), *map(of, listed)))
        )

    def _houses(self) -> Iterator[Leaf]:
        """The houses and plots known, to be ticked off as they are visited, and empty rows for those that are not."""
        if self.houses is None:
            return
        of = self.facts.of
        columns = tuple(Column(of(said), share, bold=bold) for said, share, bold in _HOUSE_COLUMNS)
        there = [
            *in_order(self.houses, _HOUSE_FIELDS),
            *(("", "", number) for number in self._plot_numbers()),
        ]
        known = [Row((*row, *[""] * (len(columns) - len(row)))) for row in there]
        empty = [Row(("",) * len(columns))] * _ROOM_FOR
        made = Table(columns, (*known, *empty), 8.0, 11.0)
        title = HOUSES if len(there) == len(self.houses) else BOTH if len(self.houses) else PLOTS
        yield from table.pages(made, PAPER, Titled(of(title), self.facts))

    def _plot_numbers(self) -> Iterator[str]:
        """Give the number of each plot; one without is known by its deed, one with neither by "?"."""
        for _, plot in () if self.plots is None else self.plots.iterrows():
            number, deed = text(plot["plot_no"]), text(plot["deed_no"])
            yield number or (f"({deed})" if deed else "?")


_HOUSE_FIELDS = ("house_seq", "house_no", "plot_no")
_HOUSE_COLUMNS = (
    (words("ลำดับบ้าน", "House on the plan"), 18, True), (words("บ้านเลขที่", "House number"), 26, False),
    (words("เลขแปลง", "Plot"), 18, False), (words("วันที่เยี่ยม", "Visited on"), 24, False),
    (words("ผล", "Result"), 24, False), (words("กี่ครัวเรือน", "Households"), 20, False),
    (words("หมายเหตุ", "Note"), 60, False),
)  # fmt: skip


def _share(field: Field) -> float:
    """Return how wide the column of a field is among those of the people."""
    if isinstance(field.kind, PersonId):
        return 30
    return 22 if isinstance(field.kind, Text) and field.kind.limit > 100 else 15


@dataclass(frozen=True)
class _Question:
    """One question: its field, whether it must be answered, an answer already known."""

    field: Field
    needed: bool
    given: str

    @property
    def long(self) -> bool:
        """Tell whether its answer wants a whole line or more."""
        kind = self.field.kind
        return type(kind) is Text and kind.limit > 200

    def label(self, facts: Facts) -> str:
        """Return its words, its unit, and the mark of what is needed."""
        unit = facts.of(self.field.unit) if self.field.unit else ""
        unit = f" ({unit})" if unit and unit != facts.of(self.field.words) else ""
        several = f" {facts.of(_SEVERAL)}" if isinstance(self.field.kind, Codes) else ""
        return f"{facts.of(self.field.words)}{unit}{several}{' *' if self.needed else ''}"

    def answers(self, facts: Facts) -> list[str]:
        """Return what can be ticked, nothing where the answer is written."""
        kind = self.field.kind
        if isinstance(kind, Flag):
            return [facts.of(words("ใช่", "yes")), facts.of(words("ไม่ใช่", "no"))]
        return [facts.of(choice.words) for choice in live(kind)] if isinstance(kind, Code) else []

    def lines(self, width: float, facts: Facts) -> list[list[tuple[float, str]]]:
        """Return the lines of boxes: where on the line each stands, and what it says."""
        made: list[list[tuple[float, str]]] = [[]]
        x = 0.0
        for said in self.answers(facts):
            wide = _BOX_MM + 1.2 + fonts.width_mm(fonts.printable(said), _SIZE) + 3.5
            if made[-1] and x + wide > width:
                made.append([])
                x = 0.0
            made[-1].append((x, said))
            x += wide
        return made

    def height(self, width: float, facts: Facts) -> float:
        """Return how high it is in a column of this width."""
        label = len(fonts.wrapped(self.label(facts), width, _SIZE, True)) * _LABEL_MM
        body = len(self.lines(width, facts)) * _LINE if self.answers(facts) else (2 if self.long else 1) * 7.5
        return label + body + 2.2

    def draw(self, page: Page, box: Box, facts: Facts) -> None:
        """Draw it from the top of a box on."""
        y = box.y
        for line in fonts.wrapped(self.label(facts), box.width, _SIZE, True):
            y += _LABEL_MM
            page.text(box.x, y - 0.8, line, Type(_SIZE, bold=True))
        if not self.answers(facts):
            self._blank(page, Box(box.x, y, box.width, box.bottom - y))
            return
        for row in self.lines(box.width, facts):
            y += _LINE
            for x, said in row:
                page.box(Box(box.x + x, y - _BOX_MM - 0.4, _BOX_MM, _BOX_MM), Pen(0.25))
                page.text(box.x + x + _BOX_MM + 1.2, y - 1.0, said, Type(_SIZE))

    def _blank(self, page: Page, box: Box) -> None:
        """Draw lines to write on; an id has a box for each digit."""
        if isinstance(self.field.kind, PersonId):
            size = min(6.0, box.width / 13)
            for n in range(13):
                page.box(Box(box.x + n * size, box.y + 0.6, size, 6.2), Pen(0.2))
            return
        if self.given:
            page.text(box.x + 1, box.y + 5.4, self.given, Type(12))
        for n in range(2 if self.long else 1):
            y = box.y + 6.8 + 7.5 * n
            page.line([(box.x, y), (box.right, y)], Pen(0.2, 0.3, (0.5, 0.8)))


@dataclass(frozen=True)
class _Strip:
    """What stands across the page: a heading, or one or two questions."""

    questions: tuple[_Question, ...]
    height: float
    heading: Words | None = None
    width: float = 0.0

    def draw(self, page: Page, box: Box, facts: Facts) -> None:
        """Draw it."""
        if self.heading:
            page.box(Box(box.x, box.y + 1.2, box.width, 6.2), None, fill=0.88)
            page.text(box.x + 1.5, box.y + 5.6, facts.of(self.heading), Type(11.5, bold=True))
        for n, one in enumerate(self.questions):
            one.draw(page, replace(box, x=box.x + n * (self.width + _GUTTER), width=self.width), facts)


def _strip(questions: tuple[_Question, ...], width: float, facts: Facts) -> _Strip:
    return _Strip(questions, max(one.height(width, facts) for one in questions), None, width)


def _pages(strips: Iterator[_Strip], first: float, other: float) -> Iterator[list[_Strip]]:
    """Part strips into pages; a heading never stands alone at the foot of one."""
    page: list[_Strip] = []
    room = first
    for strip in strips:
        if page and strip.height > room:
            kept = [page.pop()] if page[-1].heading else []
            yield page
            page, room = kept, other - sum(one.height for one in kept)
        page.append(strip)
        room -= strip.height
    if page:
        yield page
