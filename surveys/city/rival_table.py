"""Two lists compared as people read them: a table by right, and the same as a file for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from surveys import events
from surveys.cells import disarmed
from surveys.city import list_decisions
from surveys.city.list_decisions import Choice
from surveys.city.rival_lists import FOUND_BY, HOUSEHOLDS, STATUSES, Comparison, Line, Row
from surveys.errors import Refused
from surveys.planning.links import HOUSEHOLD
from surveys.record import Field
from surveys.roles import Actor
from surveys.sight import Seen, Sight
from surveys.store.store import Store
from surveys.words import Lang, Words, words

SEQ, NO = HOUSEHOLDS.keys[0][1], HOUSEHOLDS.keys[1][1]
ORDINAL = HOUSEHOLDS.keys[0][2]
HEAD = HOUSEHOLDS.by_name["head_name"].name
PLOT_NO = HOUSEHOLDS.keys[2][1]
_PLOT_TEXT = words("แปลง {n}", "plot {n}")
_SEQ_TEXT, _NO_TEXT = words("ลำดับ {n}", "no. {n} on the plan"), words("เลขที่ {n}", "house {n}")
_ARROW = " → "


@dataclass(frozen=True)
class Side:
    """A household as one list has it: the record, its house or plot and number in words, its head (None: not seen)."""

    id: str
    house: Words
    number: str | None
    head: str | None
    row: int | None


@dataclass(frozen=True)
class Difference:
    """A field that both lists fill, and not alike; the values are None where the field is closed to the reader."""

    field: Field
    a: str | None
    b: str | None

    def text(self, lang: Lang) -> str:
        """Write the field and both values, the field alone where they are closed."""
        said = self.field.words.of(lang)
        return said if self.a is None or self.b is None else f"{said}: {self.a}{_ARROW}{self.b}"


@dataclass(frozen=True)
class Told:
    """A line of the comparison as an actor reads it."""

    status: str
    found_by: str | None
    a: Side | None
    b: Side | None
    differs: tuple[Difference, ...]


@dataclass(frozen=True)
class Reading:
    """Tells lines of a comparison to one actor in one language."""

    sight: Sight
    store: Store
    lang: Lang

    @classmethod
    def of(cls, store: Store, network: str, actor: Actor, lang: Lang) -> Reading:
        """Find what the actor sees.

        Raises
        ------
        NotAllowed
            If the actor may not see households.
        """
        return cls(Sight.of(store.types(network)[HOUSEHOLD], actor), store, lang)

    def told(self, line: Line) -> Told:
        """Tell a line."""
        a, b = (
            None if row is None else self.sight.seen(row, lambda: self.store.vault)
            for row in (line.a, line.b)
        )
        differs = [self._difference(name, a, b) for name in line.differs] if a and b else []
        return Told(line.status, line.found_by, _side(line.a, a), _side(line.b, b), tuple(differs))

    def _difference(self, name: str, a: Seen, b: Seen) -> Difference:
        field = self.sight.record_type.by_name[name]
        open_ = name in a.values and not field.secret
        values = (field.kind.show(side.values[name], self.lang) if open_ else None for side in (a, b))
        return Difference(field, *values)


def _side(row: Row | None, seen: Seen | None) -> Side | None:
    if row is None or seen is None:
        return None
    return Side(str(row["id"]), house_words(seen.values), seen.values.get(ORDINAL), seen.values.get(HEAD),
                row["source_row"])  # fmt: skip


def house_words(values: Mapping[str, Any]) -> Words:
    """Say which house a household is in, by its sequence on the plan and its number; where it has none, which plot."""
    parts = [
        said.fill(n=values[name]) for name, said in ((SEQ, _SEQ_TEXT), (NO, _NO_TEXT)) if values.get(name)
    ]
    if not parts and values.get(PLOT_NO):
        parts = [_PLOT_TEXT.fill(n=values[PLOT_NO])]
    return words(" · ".join(part.th for part in parts), " · ".join(part.en for part in parts))


_HEADINGS = (
    words("ผลเทียบ", "Result"), words("บ้านหรือแปลง (บัญชี ก)", "House or plot (list A)"),
    words("ครัวเรือนที่ (ก)", "Household (A)"),
    words("หัวหน้าครัวเรือน (ก)", "Head of household (A)"), words("บ้านหรือแปลง (บัญชี ข)", "House or plot (list B)"),
    words("ครัวเรือนที่ (ข)", "Household (B)"), words("หัวหน้าครัวเรือน (ข)", "Head of household (B)"),
    words("พบด้วย", "Found by"), words("ที่ต่างกัน", "Differences"),
)  # fmt: skip


def cells(found: Comparison, reading: Reading) -> list[list[str]]:
    """Write a comparison as texts: headings first, then a row a household."""
    lang = reading.lang
    rows = [[heading.of(lang) for heading in _HEADINGS]]
    for line in found.lines:
        one = reading.told(line)
        sides = [
            text
            for side in (one.a, one.b)
            for text in (
                ((side.house.of(lang), side.number or "", side.head or "")) if side else ("", "", "")
            )
        ]
        how = FOUND_BY[one.found_by].of(lang) if one.found_by else ""
        differs = "; ".join(difference.text(lang) for difference in one.differs)
        rows.append([STATUSES[one.status].of(lang), *sides, how, differs])
    return rows


def _csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([disarmed(cell) for cell in row] for row in rows)
    return ("\ufeff" + text.getvalue()).encode()


def _xlsx(rows: list[list[str]]) -> bytes:
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet("lists")
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                sheet.write_string(number, column, text[:32_767])
        sheet.autofit()
    return file.getvalue()


FORMATS: dict[str, Callable[[list[list[str]]], bytes]] = {"csv": _csv, "xlsx": _xlsx}


def export(store: Store, network: str, actor: Actor, choice: Choice, wanted: tuple[str, Lang]) -> bytes:
    """Write two lists compared as a file, by right; the export is logged. ``wanted`` is csv or xlsx, and the language.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not export, a list is not there, or the format is not known.
    """
    actor.must("see_households", "export")
    suffix, lang = wanted
    if suffix not in FORMATS:
        raise Refused(words("มีเฉพาะ CSV และ Excel", "There is CSV and XLSX only."))
    found = list_decisions.compared(store, network, actor, choice)
    made = FORMATS[suffix](cells(found, Reading.of(store, network, actor, lang)))
    with store.writing() as connection:
        detail = {"rows": len(found.lines), "format": f".{suffix}", "lists": [str(choice.a), str(choice.b)]}
        events.record(connection, actor, network, "export", "lists", detail)
    return made
