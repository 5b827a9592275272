"""A table of a survey export: repeats that lie flat in its columns are taken apart, choices that were split
are put together.

Ona writes the second child of a household as "kids[2]/name", and the choices of a question as columns of
True and False without the question itself.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import pyarrow as pa
import pyarrow.compute as pc

from gis.formats import spoken
from gis.formats.form import Form
from gis.formats.header import Heading
from gis.formats.output import Output
from gis.formats.submissions import INDEX, Record, Repeats
from gis.formats.table import Batch, TableOrigin, write_table
from gis.formats.written_numbers import is_blank

_TURN = re.compile(r"(.+)\[(\d{1,4})\]")
_YES = ("True", "TRUE", "true", "1")
_NO = ("False", "FALSE", "false", "0", "n/a")
_SAMPLE = 1_000
_UUIDS = ("_uuid", "meta/instanceID", "KEY")
Levels = tuple[tuple[str, int], ...]


def write(output: Output, name: str, heading: Heading, batches: Iterator[Batch], origin: TableOrigin) -> None:
    """Write a table as one layer, and as further ones the repeats that lie flat in its columns."""
    first = next(batches, None)
    whole = batches if first is None else chain([first], batches)
    split = _Flat.of(heading.names, output)
    joined = _Several.of(heading.names, first, output.form)
    names = heading.names
    if joined.questions:
        whole, names = joined.batches(whole), joined.names(names)
    if split.columns:
        whole, names = split.batches(whole, names), split.names(names)
    if output.wants(name):
        main = output.free_name(name)
        write_table(output, name, replace(heading, names=names), whole, origin)
    elif split.columns:
        main = name
        for _ in whole:
            continue  # the repeats are gathered on the way
    else:
        return
    split.repeats.write(output, main)


@dataclass(frozen=True)
class _Flat:
    """The columns that hold turns of repeats: (place, turns that lead to it, heading inside)."""

    columns: tuple[tuple[int, Levels, str], ...]
    repeats: Repeats

    @classmethod
    def of(cls, names: Sequence[str | None], output: Output) -> _Flat:
        """Those of some headings: "a/kids[2]/toys[1]/name" is under a/kids 2, toys 1."""
        found = [(place, *_levels(name)) for place, name in enumerate(names) if name and "]/" in name]
        return cls(tuple(each for each in found if each[1]), Repeats(output.limits.rows))

    def names(self, names: Sequence[str | None]) -> tuple[str | None, ...]:
        """The headings that stay, and the number of the row."""
        gone = {place for place, _, _ in self.columns}
        kept = tuple(name for place, name in enumerate(names) if place not in gone)
        return kept if INDEX in kept else (*kept, INDEX)

    def batches(self, batches: Iterator[Batch], names: Sequence[str | None]) -> Iterator[Batch]:
        """The columns that stay; the others are gathered as repeats."""
        gone = {place for place, _, _ in self.columns}
        uuid = next((names.index(name) for name in _UUIDS if name in names), None)
        own = names.index(INDEX) if INDEX in names else None
        done = 0
        for batch in batches:
            count = len(batch.rows)
            numbers = [str(number) for number in range(done + 1, done + count + 1)]
            if own is not None:
                numbers = [text or "" for text in batch.columns[own].to_pylist()]
            uuids = batch.columns[uuid].to_pylist() if uuid is not None else [None] * count
            for row, made in enumerate(self._records(batch, count)):
                self.repeats.add(made, numbers[row], uuids[row])
            columns = [column for place, column in enumerate(batch.columns) if place not in gone]
            batch.columns = columns if own is not None else [*columns, pa.array(numbers, pa.string())]
            done += count
            yield batch

    def _records(self, batch: Batch, count: int) -> list[Record]:
        turns: list[dict[Levels, Record]] = [{(): Record()} for _ in range(count)]
        for place, levels, heading in self.columns:
            for row, cell in enumerate(batch.columns[place].to_pylist()):
                if not is_blank(cell):
                    _turn(turns[row], levels).values[heading] = cell
        return [each[()] for each in turns]


def _levels(name: str) -> tuple[Levels, str]:
    levels: list[tuple[str, int]] = []
    path: list[str] = []
    for part in name.split("/"):
        turn = _TURN.fullmatch(part)
        if turn:
            levels.append(("/".join([*path, turn[1]]), int(turn[2])))
            path = []
        else:
            path.append(part)
    return (tuple(levels), "/".join(path)) if path else ((), name)


def _turn(turns: dict[Levels, Record], levels: Levels) -> Record:
    """The turn of a repeat that levels lead to, made where it is not there yet."""
    if levels not in turns:
        turns[levels] = Record()
        _turn(turns, levels[:-1]).repeats.setdefault(levels[-1][0], []).append(turns[levels])
    return turns[levels]


@dataclass(frozen=True)
class _Several:
    """Questions whose choices are columns of their own: heading -> (place of the column, what it stands for)."""

    questions: dict[str, list[tuple[int, str]]]

    @classmethod
    def of(cls, names: Sequence[str | None], first: Batch | None, form: Form | None) -> _Several:
        """Those of a table whose question has no column: by the form, or columns of nothing but True and
        False in a server's export.
        """
        headings = [name or "" for name in names]
        if first is None or not (form or spoken.of_server(headings)):
            return cls({})
        groups: dict[str, list[tuple[int, str]]] = defaultdict(list)
        sure: set[str] = set()
        for place, heading in enumerate(headings):
            group, mark, last = heading.rpartition(spoken.separator(headings))
            option = form.option(heading) if form else None
            if not mark or not group or group in headings or "]/" in heading:
                continue
            groups[group].append((place, option[1] if option else last))
            sure |= {group} if option else set()
        told = {
            group: options
            for group, options in groups.items()
            if len(options) > 1
            and all(_truth(first.columns[place], group in sure) for place, _ in options)
            and any(_any_yes(first.columns[place]) for place, _ in options)
        }
        return cls(told)

    def names(self, names: Sequence[str | None]) -> tuple[str | None, ...]:
        """The headings, and those of the questions behind them."""
        return (*names, *self.questions)

    def batches(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        """The batches with what was chosen in each question, "; " between."""
        for batch in batches:
            batch.columns = [
                *batch.columns,
                *map(lambda options: _chosen(batch, options), self.questions.values()),
            ]
            yield batch


def _truth(column: pa.Array, sure: bool) -> bool:
    """Whether a column holds yes and no only; figures count where the form says that it does."""
    sample = column.slice(0, _SAMPLE).drop_null()
    allowed = pa.array([*_YES, *_NO] if sure else [word for word in (*_YES, *_NO) if word not in ("0", "1")])
    return pc.all(pc.is_in(sample, allowed), min_count=0).as_py() is True


def _any_yes(column: pa.Array) -> bool:
    return pc.any(pc.is_in(column, pa.array(_YES))).as_py() is True


def _chosen(batch: Batch, options: Sequence[tuple[int, str]]) -> pa.Array:
    yes = pa.array(_YES)
    # each label ends with its separator: Arrow's own way to skip nulls drops rows that have nothing else
    said = [
        pc.if_else(pc.is_in(batch.columns[place], yes), pa.scalar(f"{label}; "), pa.scalar(""))
        for place, label in options
    ]
    joined = pc.utf8_slice_codeunits(pc.binary_join_element_wise(*said, ""), 0, -2)
    return pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.string()), joined)
