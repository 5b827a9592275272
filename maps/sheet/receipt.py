"""The receipt of an import on paper: which file, when, by whom, and what became of its rows (ใบรับข้อมูล)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from maps.sheet import table
from maps.sheet.frame import Facts, bound
from maps.sheet.paper import PAPERS
from maps.sheet.table import Column, Row, Table, Titled
from surveys.words import Words, words

RECEIPT = words("ใบรับข้อมูลเลขที่ {n}", "Receipt of import {n}")
_COLUMNS = (
    (words("รายการ", "What"), 92, False), (words("จำนวน", "Number"), 20, True),
    (words("สิ่งที่ต้องทำต่อ", "What to do next"), 78, False),
)  # fmt: skip
_SIGNERS = (words("ผู้ส่งข้อมูล", "Sent by"), words("ผู้รับข้อมูล", "Received by"), words("วันที่", "Date"))


@dataclass(frozen=True)
class Line:
    """One line of a receipt: what is counted, how many, what is to be done about it (empty: nothing), in which rows."""

    what: Words
    count: int
    todo: Words
    rows: Words | None = None


@dataclass(frozen=True)
class Receipt:
    """What a receipt tells: the number of the import, lines about the file, and counts."""

    number: int
    about: Sequence[Words]
    lines: Sequence[Line]

    def pdf(self, facts: Facts) -> bytes:
        """Print it, on A4."""
        title = facts.of(RECEIPT.fill(n=self.number))
        columns = tuple(
            Column(facts.of(heading), share, "right" if number else "left", number)
            for heading, share, number in _COLUMNS
        )
        rows = tuple(self._row(line, facts) for line in self.lines)
        titled = Titled(
            title,
            facts,
            tuple(facts.of(said) for said in self.about),
            after=partial(table.signatures, _SIGNERS, facts),
            after_mm=table.SIGNED,
        )
        made = Table(columns, rows, height=8.0, size=9.5, whole=True)
        return bound(title, list(table.pages(made, PAPERS["A4"].portrait, titled)))

    def _row(self, line: Line, facts: Facts) -> Row:
        told = (line.what, line.rows) if line.rows else (line.what,)
        return Row((" · ".join(map(facts.of, told)), f"{line.count:,}", facts.of(line.todo)))
