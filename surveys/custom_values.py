"""Values that came before the field or choice they mean: read again, once it is there.

What a record says does not change by this, only how it is read; so every version of a record is read
again where it stands, the closed ones too. An import that is undone or brought back later finds its
records as if the field had been there all along.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import pyarrow as pa
import sqlalchemy as sa

from gis.formats import ROW
from surveys.cells import Missing
from surveys.codes import OTHER, Codes
from surveys.intake.mapping import map_columns
from surveys.intake.problem import Problem
from surveys.intake.rows import BatchReader
from surveys.privacy import SEALED, Vault
from surveys.record import Field, RecordType
from surveys.store.schema import HISTORY, JSON_COLUMNS, table

_BATCH = 20_000
# How many texts that could not be read are shown.
_SHOWN = 5

Notes = dict[str, Any]


@dataclass
class Row:
    """A version of a record: its number in the table, its JSON columns read, and the value of a column."""

    number: int
    extra: Notes
    missing: Notes
    raw: Notes
    value: Any = None


@dataclass
class Tally:
    """How many current records had a text for the field, how many of these were read, and what was not.

    ``other`` texts are in no code list (yet), ``unreadable`` ones break the rule of the field; both are
    kept as they stand. ``texts`` are some of them, the most frequent first.
    """

    records: int = 0
    other: int = 0
    unreadable: int = 0
    texts: Counter[str] = field(default_factory=Counter)

    @property
    def read(self) -> int:
        """Count the records whose text was read."""
        return self.records - self.other - self.unreadable

    def shown(self) -> list[str]:
        """Return some of the texts that were not read."""
        return [text for text, _ in self.texts.most_common(_SHOWN)]


@dataclass(frozen=True)
class Place:
    """Where values are read again: a record type of a network, on a connection."""

    connection: sa.Connection
    network: str
    record_type: RecordType
    vault: Vault

    def headings(self) -> dict[str, int]:
        """Return every name under which current records keep a value in ``extra``, and how many do."""
        source = table(self.record_type.name)
        kept = sa.func.json_each(source.c.extra).table_valued("key")
        query = (
            sa.select(kept.c.key, sa.func.count())
            .select_from(source.join(kept, sa.true()))
            .where(source.c.network == self.network)
            .group_by(kept.c.key)
        )
        return {key: count for key, count in self.connection.execute(query)}

    def sealed(self, heading: str) -> bool:
        """Tell whether a current record keeps an encrypted value under a heading."""
        source = table(self.record_type.name)
        kept = sa.func.json_each(source.c.extra).table_valued("key", "value")
        query = (
            sa.select(sa.literal(1))
            .select_from(source.join(kept, sa.true()))
            .where(source.c.network == self.network, kept.c.key == heading, kept.c.value.startswith(SEALED))
        )
        return self.connection.execute(query.limit(1)).first() is not None

    def answers(self, of: Field) -> dict[str, int]:
        """Return how many current records give each code of a list."""
        source = table(self.record_type.name)
        value: Any = sa.func.json_extract(source.c.extra, f"$.{of.name}") if of.custom else source.c[of.name]
        each = sa.func.json_each(value).table_valued("value")
        several = isinstance(of.kind, Codes)
        told = each.c.value if several else value
        query = (
            sa.select(told, sa.func.count())
            .select_from(source.join(each, sa.true()) if several else source)
            .where(source.c.network == self.network)
            .group_by(told)
        )
        return {code: count for code, count in self.connection.execute(query) if code is not None}

    def others(self, of: Field) -> dict[str, int]:
        """Return the texts kept as *other* of a field with current records, the most frequent first."""
        source = table(self.record_type.name)
        text = sa.func.json_extract(source.c.raw, f"$.{of.name}")
        query = sa.select(text, sa.func.count()).where(source.c.network == self.network, text.is_not(None))
        query = query.group_by(text).order_by(sa.func.count().desc(), text)
        return {text: count for text, count in self.connection.execute(query)}

    def rows(self, source: sa.Table, kept: tuple[str, Sequence[str]], value: str = "") -> Iterator[list[Row]]:
        """Give the rows that keep one of some names in a JSON column, a batch at a time.

        ``kept`` are the column and the names; ``value`` is a column whose value comes along.
        """
        number = _number(source)
        names = sa.func.json_each(source.c[kept[0]]).table_valued("key")
        there = sa.exists(sa.select(names.c.key).where(names.c.key.in_(kept[1])))
        more = [source.c[value]] if value else []
        query = sa.select(number, *(source.c[name] for name in JSON_COLUMNS), *more)
        query, last = query.where(source.c.network == self.network, there).order_by(number).limit(_BATCH), -1
        while found := self.connection.execute(query.where(number > last)).all():
            last = found[-1][0]
            yield [Row(n, *(_loaded(text) for text in notes[:3]), *notes[3:]) for n, *notes in found]

    def write(self, source: sa.Table, rows: Sequence[Row], value: str = "") -> None:
        """Write the JSON columns of rows anew, and the column ``value``."""
        names = [*JSON_COLUMNS, *([value] if value else [])]
        sets = ", ".join(f"{name} = ?" for name in names)
        values = [
            (
                *(_dumped(getattr(row, name)) for name in JSON_COLUMNS),
                *([row.value] if value else []),
                row.number,
            )
            for row in rows
        ]
        if values:
            statement = f"UPDATE {source.name} SET {sets} WHERE {_number(source).name} = ?"
            self.connection.exec_driver_sql(statement, values)

    def sources(self) -> tuple[sa.Table, sa.Table]:
        """Return the table of current versions and that of closed ones."""
        return table(self.record_type.name), table(self.record_type.name + HISTORY)


def _number(source: sa.Table) -> sa.Column[Any]:
    return source.c.hid if source.name.endswith(HISTORY) else source.c.fid


def _loaded(text: str | None) -> Notes:
    found: Notes = orjson.loads(text) if text else {}
    return found


def _dumped(notes: Notes) -> str | None:
    return orjson.dumps(notes).decode() if notes else None


def meaning(record_type: RecordType, name: str, headings: Sequence[str]) -> list[str]:
    """Return the headings that mean a field of a type, as a file would be read; the most telling first."""
    left, found = list(headings), []
    while best := map_columns(record_type, left).best(name):
        found.append(best)
        left.remove(best)
    # The field keeps its own values under its name.
    return sorted(found, key=lambda heading: heading != name)


def take(place: Place, new: Field, headings: Sequence[str], *, write: bool) -> Tally:
    """Read what records keep under some headings as values of a new field.

    Of several headings that one record has a value under, the first counts; the others stay.
    ``write`` False only tells what would become of them.
    """
    tally = Tally()
    current = table(place.record_type.name)
    for source in place.sources() if write else (current,):
        for rows in place.rows(source, ("extra", headings)):
            _take(place, new, headings, rows, tally if source is current else Tally())
            if write:
                place.write(source, rows)
    return tally


def _take(place: Place, new: Field, headings: Sequence[str], rows: Sequence[Row], tally: Tally) -> None:
    """Move the text of each row to the field, read by the reader that reads files."""
    texts = []
    for row in rows:
        text = str(row.extra.pop(next(heading for heading in headings if heading in row.extra)))
        texts.append(place.vault.open(text) if text.startswith(SEALED) else text)
    problems: list[Problem] = []
    columns = map_columns(place.record_type, [new.name])
    reader = BatchReader(place.record_type, columns, "", place.vault, frozenset(), problems.extend)
    numbers = pa.array(range(len(rows)), pa.int64())
    read = reader.read(pa.RecordBatch.from_arrays([numbers, pa.array(texts, pa.string())], [ROW, new.name]))
    for row, own, why, raw in zip(rows, read.extra.to_pylist(), read.missing, read.raw, strict=True):
        row.extra |= _loaded(own)
        row.missing, row.raw = _laid(row.missing, why), _laid(row.raw, raw)
    tally.records += len(rows)
    tally.unreadable += sum(Missing.UNREADABLE in why.values() for why in read.missing if why)
    tally.other += sum(problem.code == "choice_unknown" for problem in problems)
    tally.texts.update(str(problem.value) for problem in problems)


def _laid(held: Notes, now: Notes | None) -> Notes:
    # In one order always, so that equal notes are equal texts.
    return dict(sorted((held | (now or {})).items()))


def read_others(place: Place, of: Field) -> int:
    """Read again the texts kept as *other* of a field whose list has a new choice; count current records."""
    count, value = 0, "" if of.custom else of.name
    for source in place.sources():
        for rows in place.rows(source, ("raw", [of.name]), value):
            changed = [row for row in rows if _told(of, row)]
            place.write(source, changed, value)
            count += 0 if source.name.endswith(HISTORY) else len(changed)
    return count


def _told(of: Field, row: Row) -> bool:
    """Give a row the choice that its text means, where it held *other*; tell whether it does."""
    held = row.extra.get(of.name) if of.custom else row.value
    read = of.kind.parse(row.raw[of.name])
    if held is None or OTHER not in (json.loads(held) if isinstance(of.kind, Codes) else [held]):
        return False
    if read.value is None or read.value == held:
        return False
    if read.problem is None:
        del row.raw[of.name]
    if of.custom:
        row.extra[of.name] = read.value
    row.value = read.value
    return True
