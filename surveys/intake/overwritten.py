"""What is newer here than what a file lays over it: an older survey date, and values that a person corrected.

Told from the records that change (:mod:`surveys.intake.differences`): a file which changes nothing costs nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from surveys.dates import day_of, moment, show_date
from surveys.intake.differences import AFTER, BEFORE
from surveys.intake.examination import Part
from surveys.intake.log import ProblemLog
from surveys.intake.problem import Problem
from surveys.record import Field, RecordType
from surveys.store.schema import DIGEST, HISTORY, table
from surveys.store.store import Store
from surveys.thai import Day
from surveys.words import Words, words

OLDER, CORRECTED = "survey_older", "was_corrected"
# The column that holds the values of a network's own fields.
EXTRA = "extra"
# So many rows are named; the others are counted, and stand in the download of what changes.
_NAMED = 10_000
# How the change of a correction is kept, and the beginning of its identity where it was made at a meeting.
_EDIT, _MEETING = "edit", "meeting="


def remark(
    log: ProblemLog, folder: Path, part: Part, record_type: RecordType, here: tuple[Store, str]
) -> None:
    """Remark on the records that a part of a file changes and that are newer than it."""
    if part.changed:
        days = [field for field in record_type.stored if field.of_visit and isinstance(field.kind, Day)]
        older = [_Older(field, part) for field in days]
        corrected = _Corrected(part, record_type, *here)
        for batch in _batches(folder, part):
            for one in older:
                log.add(one.named(batch))
            log.add(corrected.named(batch))
        # A code that is counted is one that was met.
        if more := sum(one.more for one in older):
            log.count(OLDER, more)


def _batches(folder: Path, part: Part) -> Iterator[pa.RecordBatch]:
    for name in part.changed:
        with pa.memory_map(str(folder / name)) as mapped:
            source = pa.ipc.open_file(mapped)
            for n in range(source.num_record_batches):
                yield source.get_batch(n)


@dataclass
class _Older:
    """Rows whose survey date (one field) is before that of their record; ``more`` are counted and not named."""

    field: Field
    part: Part
    listed: int = 0
    more: int = 0

    def named(self, batch: pa.RecordBatch) -> Iterator[Problem]:
        """Remark on the rows of a batch."""
        was, now = batch.column(BEFORE + self.field.name), batch.column(AFTER + self.field.name)
        found = np.flatnonzero(pc.fill_null(pc.less(now, was), False))
        shown = found[: _NAMED - self.listed]
        self.listed += len(shown)
        self.more += len(found) - len(shown)
        for n in shown.tolist():
            held, sent = was[n].as_py(), now[n].as_py()
            yield Problem(
                OLDER, self.part.layer, batch.column("row")[n].as_py(), self.part.fields.get(self.field.name),
                self.field.name, f"{_shown(sent).th} ({sent})", rule=self.field.words, near=_shown(held),
            )  # fmt: skip


def _shown(day: str) -> Words:
    told = date.fromisoformat(day)
    return words(show_date(told, "th"), show_date(told, "en"))


@dataclass(frozen=True)
class _Edit:
    """A correction of a record by a person: its change, its day, and whether it was made at a return meeting."""

    change: int
    record: str
    day: date
    at_meeting: bool

    @property
    def words(self) -> Words:
        th, en = show_date(self.day, "th"), show_date(self.day, "en")
        if self.at_meeting:
            return words(f"ในเวทีคืนข้อมูลเมื่อ {th}", f"at a return meeting on {en}")
        return words(f"เมื่อ {th}", f"on {en}")


class _Corrected:
    """Rows that change a value as a person corrected it."""

    def __init__(self, part: Part, record_type: RecordType, store: Store, network: str) -> None:
        self._part, self._store = part, store
        self._own = [field.name for field in record_type.fields if field.custom]
        self._columns = {(f.name + DIGEST if f.secret else f.name): f for f in record_type.fields}
        self._past = table(record_type.name + HISTORY)
        self._edits: dict[str, list[_Edit]] = {}
        for edit in _edits(store, network, record_type.name):
            self._edits.setdefault(edit.record, []).append(edit)
        self._ids = pa.array(list(self._edits), pa.string())

    def named(self, batch: pa.RecordBatch) -> Iterator[Problem]:
        """Remark on the rows of a batch, once for each correction that they change."""
        at = np.flatnonzero(pc.is_in(batch.column("id"), value_set=self._ids))
        # Of most files there is none: the other columns are not even read.
        some = batch.take(pa.array(at)).to_pylist() if len(at) else []
        past = self._versions([row["id"] for row in some])
        for row in (self._with_own(one, (BEFORE, AFTER)) for one in some):
            for edit in self._edits[row["id"]]:
                fields = [f for column, f in self._columns.items() if _set(column, row, edit, past)]
                if fields:
                    rule = words(
                        *(", ".join(getattr(f.words, lang) for f in fields) for lang in ("th", "en"))
                    )
                    yield Problem(CORRECTED, self._part.layer, row["row"], rule=rule, near=edit.words)
                    break

    def _versions(self, ids: list[str]) -> _Past:
        """Return the closed versions of records, by the change that opened each and by the one that closed it."""
        if not ids:
            return {}
        past = self._past
        wanted = sa.func.json_each(json.dumps(ids)).table_valued("value")
        stored = [name for name in self._columns if name not in self._own]
        columns = [past.c[name] for name in ("id", "opened_by", "closed_by", EXTRA, *stored)]
        query = sa.select(*columns).where(past.c.id.in_(sa.select(wanted.c.value)))
        found: dict[tuple[str, str, int], Mapping[str, Any]] = {}
        with self._store.reading() as connection:
            for row in connection.execute(query).mappings():
                for by in ("opened_by", "closed_by"):
                    found[row["id"], by, row[by]] = self._with_own(dict(row))
        return found

    def _with_own(self, row: Mapping[str, Any], signs: Sequence[str] = ("",)) -> dict[str, Any]:
        """Put the values of a network's own fields beside those of the others."""
        made = dict(row)
        for sign in signs if self._own else ():
            extra = json.loads(row[sign + EXTRA] or "{}")
            made |= {sign + name: extra.get(name) for name in self._own}
        return made


# Closed versions by the record's id, "opened_by" or "closed_by", and the change that did so.
_Past = Mapping[tuple[str, str, int], Mapping[str, Any]]


def _set(column: str, row: Mapping[str, Any], edit: _Edit, past: _Past) -> bool:
    """Tell whether a row changes a value that a correction set, and that is here as it was set."""
    held = row[BEFORE + column]
    before = past.get((edit.record, "closed_by", edit.change))
    if held == row[AFTER + column] or before is None:
        return False
    # The version of the latest correction is the one that is here.
    made = past.get((edit.record, "opened_by", edit.change), {column: held})
    return bool(before[column] != made[column] and made[column] == held)


def _edits(store: Store, network: str, type_name: str) -> list[_Edit]:
    """Return the standing corrections of records of a type, the latest first."""
    kept = table("change")
    record = sa.func.json_extract(kept.c.report, "$.record")
    query = (
        sa.select(kept.c.id, kept.c.at, kept.c.identity, record.label("record"))
        .where(kept.c.network == network, kept.c.kind == _EDIT, kept.c.state == "done", record.is_not(None))
        .where(sa.func.json_extract(kept.c.report, "$.type") == type_name)
        .order_by(kept.c.id.desc())
    )
    with store.reading() as connection:
        rows = connection.execute(query).all()
    return [
        _Edit(row.id, row.record, day_of(moment(row.at)), (row.identity or "").startswith(_MEETING))
        for row in rows
    ]
