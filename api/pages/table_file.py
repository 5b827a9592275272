"""A table of records as a spreadsheet holds it: what people read, but numbers as numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from api.pages.tables import Row
from api.pages.values import Reader, title
from surveys.export import Listing
from surveys.fields import Number
from surveys.record import Field, RecordType
from surveys.shared import LINK
from surveys.sight import Seen
from surveys.thai import LandArea, Year
from surveys.words import Lang, words

_SQUARE_METRES = words("ตร.ม.", "m²")


def listing(record_type: RecordType, shown: Sequence[Field], rows: Iterable[Row], write: Reader) -> Listing:
    """Return rows with what each record is called and the columns shown; areas are in square metres."""
    lang = write.lang
    headings = [record_type.words.of(lang), *(_heading(one, lang) for one in shown)]
    cells = (
        [title(record_type, row.seen.values, lang), *(_cell(one, row.seen, write) for one in shown)]
        for row in rows
    )
    return Listing(headings, cells)


def _heading(field: Field, lang: Lang) -> str:
    unit = _SQUARE_METRES if isinstance(field.kind, LandArea) else field.unit
    said = field.words.of(lang)
    return f"{said} ({unit.of(lang)})" if unit and isinstance(field.kind, Number | LandArea) else said


def _cell(field: Field, seen: Seen, write: Reader) -> Any:
    value = seen.values.get(field.name)
    if value is not None and isinstance(field.kind, Number | LandArea):
        return value
    if value is not None and isinstance(field.kind, Year):
        return int(field.kind.show(value, write.lang))
    if field.name == LINK:
        # Its id: that is what the file is read back with.
        return value
    return write.value(field, seen).text or None
