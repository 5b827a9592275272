"""A table of records as a spreadsheet holds it: what people read, but numbers as numbers; sent back, it is known.

What tells a record from others stands first, each number in a column of its own, and our id last: what somebody
writes into a cell is taken when the file comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from api.pages.tables import Row
from api.pages.values import Reader
from surveys.cells import Missing
from surveys.codes import Code
from surveys.export import Listing
from surveys.fields import Flag, Number
from surveys.intake.mapping import OWN_ID
from surveys.record import Field
from surveys.shared import LINK
from surveys.sight import Seen, Sight
from surveys.thai import Day, LandArea, Ref, Year
from surveys.words import Lang


def listing(sight: Sight, shown: Sequence[Field], rows: Iterable[Row], write: Reader) -> Listing:
    """Return rows with what tells each record, the columns shown and its id; areas are in square metres."""
    told_by = {*sight.record_type.title, *(part for key in sight.record_type.keys for part in key)}
    first = [one for one in sight.plain if one.name in told_by]
    columns = [*first, *(one for one in shown if one not in first)]
    headings = [one.heading.of(write.lang) for one in columns]
    cells = ([*(_cell(one, row.seen, write) for one in columns), row.id] for row in rows)
    return Listing([*headings, OWN_ID], cells)


def _cell(field: Field, seen: Seen, write: Reader) -> Any:
    value, code, text = (told.get(field.name) for told in (seen.values, seen.missing, seen.raw))
    if text is not None and (value is not None or code == Missing.UNREADABLE):
        return _as_it_was(field, text)
    if value is None:
        return Missing(code).words.of(write.lang) if code and code != Missing.UNREADABLE else None
    if isinstance(field.kind, Number | LandArea):
        return value
    if isinstance(field.kind, Code | Day | Year):
        return _read_back(field.kind, value, write.lang)
    if isinstance(field.kind, Ref):
        return _reference(str(value), write)
    if field.name == LINK:
        # Its id: that is what the file is read back with.
        return value
    return field.kind.show(bool(value) if isinstance(field.kind, Flag) else value, write.lang)


def _read_back(kind: Code | Day | Year, value: Any, lang: Lang) -> Any:
    """Return a value as people read it, or as the store holds it where that would be read as another."""
    shown = kind.show(value, lang)
    said = shown if str(kind.parse(shown).value) == str(value) else str(kind.write(value))
    return int(said) if isinstance(kind, Year) else said


def _as_it_was(field: Field, text: str) -> str | None:
    """Return what stood in the file, but no bare number that our heading would give a unit nobody wrote."""
    one = pa.array([text], pa.string())
    return text if field.kind.below(field.heading.th, one).equals(one) else None


def _reference(text: str, write: Reader) -> str:
    """Return the name of what is referred to, where the name means the same."""
    known = write.communities(text)
    return text if known is None or write.communities(known[1]) != known else known[1]
