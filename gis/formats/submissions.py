"""Survey submissions as tables: one row a submission, and for each repeat a table of its own.

The tables are laid out as a Kobo workbook lays out its sheets, whatever the file was: `_index` numbers the
rows of a table from 1; the rows of a repeat have `_parent_table_name`, `_parent_index` and, where it is known,
`_submission__uuid`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gis.formats import cells
from gis.formats.header import Heading
from gis.formats.model import BATCH_ROWS, Refused
from gis.formats.output import Output
from gis.formats.table import Batch, TableOrigin, write_table

INDEX, PARENT_TABLE, PARENT_INDEX, SUBMISSION = (
    "_index",
    "_parent_table_name",
    "_parent_index",
    "_submission__uuid",
)
_UUIDS = ("_uuid", "meta/instanceID", "instanceID", "KEY", "__id")
_DEPTH = 20


@dataclass
class Record:
    """A submission, or one turn of a repeat: values by path ("group/name"), and repeats by path."""

    values: dict[str, Any] = field(default_factory=dict)
    repeats: dict[str, list[Record]] = field(default_factory=dict)

    @property
    def uuid(self) -> str | None:
        """What the survey server calls the submission."""
        return next((str(self.values[name]) for name in _UUIDS if self.values.get(name)), None)


def record(value: Mapping[str, Any], within: str = "") -> Record:
    """The Record of a submission as JSON: objects are groups, lists of objects are repeats.

    What a server adds by itself ("_attachments") and GeoJSON geometries stay one value. `within` is what Kobo
    puts before the names inside a repeat: the whole path of the repeat.
    """
    made = Record()
    _take(value, made, "", within)
    return made


def _take(value: Mapping[str, Any], made: Record, prefix: str, within: str, level: int = 0) -> None:
    for key, item in value.items():
        path = prefix + key.removeprefix(within)
        if isinstance(item, dict) and item and level < _DEPTH and not {"type", "coordinates"} <= set(item):
            _take(item, made, f"{path}/", "", level + 1)
        elif _repeats(key, item):
            made.repeats[path] = [record(each, f"{key}/") for each in item]
        else:
            made.values[path] = item


def _repeats(key: str, item: Any) -> bool:
    whole = isinstance(item, list) and bool(item) and all(isinstance(each, dict) for each in item)
    return whole and not key.startswith("_")


@dataclass
class _Table:
    """The turns of one repeat, of all submissions."""

    name: str
    parent: tuple[str, ...]
    rows: list[dict[str, Any]] = field(default_factory=list)


class Repeats:
    """Gathers the repeats of submissions, and writes them as layers once all are seen."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._tables: dict[tuple[str, ...], _Table] = {}
        self._count = 0

    def __bool__(self) -> bool:
        return bool(self._tables)

    def add(self, made: Record, index: int | str, uuid: str | None, at: tuple[str, ...] = ()) -> None:
        """Take the repeats of a row, itself number `index` of its table; Refused too_many_rows."""
        if len(at) > _DEPTH:
            raise Refused("json_too_deep", detail={"limit": str(_DEPTH)})
        for path, turns in made.repeats.items():
            here = (*at, path)
            table = self._tables.setdefault(here, _Table(path.rsplit("/", 1)[-1], at))
            for turn in turns:
                self._count += 1
                if self._count > self._limit:
                    raise Refused("too_many_rows", detail={"limit": str(self._limit)})
                number = len(table.rows) + 1
                table.rows.append({**turn.values, INDEX: number, PARENT_INDEX: index, SUBMISSION: uuid})
                self.add(turn, number, uuid, here)

    def write(self, output: Output, main: str) -> None:
        """Write each repeat as a layer named by the last part of its path; `main` is the submissions' layer."""
        names: dict[tuple[str, ...], str] = {(): main}
        for at, table in self._tables.items():
            names[at] = output.free_name(table.name)
            linked = [{**row, PARENT_TABLE: names[table.parent]} for row in table.rows]
            if output.wants(table.name):
                write_rows(linked, names[at], output)


def write(records: Sequence[Record], name: str, output: Output) -> None:
    """Write submissions and their repeats as layers."""
    repeats = Repeats(output.limits.rows)
    for number, each in enumerate(records, 1):
        repeats.add(each, number, each.uuid)
    if output.wants(name):
        numbered = [
            {**each.values, **({INDEX: number} if repeats else {})} for number, each in enumerate(records, 1)
        ]
        write_rows(numbered, name, output)
    repeats.write(output, name)


def write_rows(rows: Sequence[Mapping[str, Any]], name: str, output: Output) -> None:
    """Write flat dicts as a layer with the union of their keys as columns, rows numbered from 1."""
    names = list(dict.fromkeys(key for row in rows for key in row))

    def batches() -> Iterator[Batch]:
        for start in range(0, len(rows), BATCH_ROWS):
            part = rows[start : start + BATCH_ROWS]
            columns = [cells.column(row.get(heading) for row in part) for heading in names]
            yield Batch(np.arange(start + 1, start + len(part) + 1, dtype=np.int32), columns)

    write_table(output, name, Heading(tuple(names), 0), batches(), TableOrigin())
