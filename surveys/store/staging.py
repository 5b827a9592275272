"""Rows of Arrow files into record tables, many at a time, in one transaction.

Each share of the rows becomes a disposable file, whose tables SQLite copies; threads make the next shares while one
is copied.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from surveys import records
from surveys.record import RecordType
from surveys.store import disposable
from surveys.store.blobs import envelopes_of
from surveys.store.bulk import bulk, last_fid
from surveys.store.changes import Change, follow
from surveys.store.frames import arrow_types
from surveys.store.schema import GEOMETRY
from surveys.store.spatial_index import Boxes

# SQLite attaches ten files at most: these, and one of R-trees.
_MOST_SHARES = 8
_LEAST_ROWS = 50_000
_THREADS = 2


def take(change: Change, staged: Sequence[tuple[str, Path]], progress: Callable[[int], None]) -> None:
    """Take the rows of Arrow files, each of a record type: a row with a ``fid`` follows that record, others are new.

    The files have columns of the store, some or all; what is absent is empty. New rows are numbered in the order
    of the files. Disposable files are made beside them. ``progress`` is called with the rows taken so far.
    """
    pieces = [_Piece(name, path, *_size(path)) for name, path in staged]
    rows = Counter[str]()
    for piece in pieces:
        rows[piece.type] += piece.rows
    writers = {name: _writer(change, records.ALL[name]) for name in rows}
    with bulk(change.connection, rows) as boxes, ThreadPoolExecutor(_THREADS) as threads:
        shares, done = list(_shares(pieces)), 0
        for share, made in zip(shares, threads.map(lambda one: one.write(writers), shares), strict=True):
            alias = disposable.attached(change.connection, share.path, share.name)
            for name, one in made.items():
                if one.followed:
                    follow(change, records.ALL[name], f"{alias}.{name}", writers[name].last)
                disposable.copy(change.connection, alias, name)
                boxes[name].append(one.boxes)
            done += sum(piece.rows for piece in share.pieces)
            progress(done)


@dataclass(frozen=True)
class _Piece:
    """A file of rows of one type: how many, and how many of them are new."""

    type: str
    path: Path
    rows: int
    new: int


@dataclass(frozen=True)
class _Made:
    """A table that was written: whether rows of it follow others, and the boxes of its shapes by ``fid``."""

    followed: bool
    boxes: Boxes


@dataclass(frozen=True)
class _Share:
    """A share of the rows, and how many new ones of each type come before it."""

    name: str
    pieces: tuple[_Piece, ...]
    before: Mapping[str, int]

    @property
    def path(self) -> Path:
        return self.pieces[0].path.with_name(f"{self.name}.sqlite")

    def write(self, writers: Mapping[str, _Writer]) -> dict[str, _Made]:
        """Write the rows as one table a type; what was made of each."""
        tables, made = [], {}
        for name in dict.fromkeys(piece.type for piece in self.pieces):
            files = [read(piece.path) for piece in self.pieces if piece.type == name]
            rows = pa.concat_tables(files, promote_options="default")
            table, made[name] = writers[name].table(rows, self.before[name])
            tables.append(table)
        disposable.write(self.path, tables)
        return made


def _shares(pieces: Sequence[_Piece]) -> Iterator[_Share]:
    """Deal the files out in order."""
    most = max(_LEAST_ROWS, -(-sum(piece.rows for piece in pieces) // _MOST_SHARES))
    number, before, held = 0, Counter[str](), list[_Piece]()
    for piece in pieces:
        held.append(piece)
        if sum(one.rows for one in held) >= most or piece is pieces[-1]:
            yield _Share(f"staged_{number}", tuple(held), before.copy())
            for one in held:
                before[one.type] += one.new
            number, held = number + 1, []


def _size(path: Path) -> tuple[int, int]:
    """Return the rows of a file, and how many of them are new."""
    rows = read(path)
    return len(rows), rows["fid"].null_count if "fid" in rows.column_names else len(rows)


def read(path: Path) -> pa.Table:
    """Open an Arrow file; its columns stay on the disk until they are looked at."""
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()


@dataclass(frozen=True)
class _Writer:
    """Makes tables of one type as the store's; in threads, so it never touches the connection of the change."""

    record_type: RecordType
    declared: str
    columns: tuple[str, ...]
    last: int
    stamps: Mapping[str, Any]

    def table(self, rows: pa.Table, before: int) -> tuple[disposable.Table, _Made]:
        """Make the table of some rows; ``before`` new ones come before them."""
        fids, followed = self._numbered(rows, before)
        columns = {name: self._column(name, rows) for name in self.columns} | {"fid": fids}
        table = disposable.Table(self.record_type.name, self.declared, pa.table(columns))
        return table, _Made(followed, _boxes(fids, rows))

    def _numbered(self, rows: pa.Table, before: int) -> tuple[pa.Array, bool]:
        """Give new rows the numbers after the last; return all numbers, and whether some rows are not new."""
        given = (
            rows["fid"].combine_chunks() if "fid" in rows.column_names else pa.nulls(len(rows), pa.int64())
        )
        new = np.asarray(pc.is_null(given))
        numbers = self.last + before + np.cumsum(new)
        return pc.coalesce(given, pa.array(numbers, pa.int64())), not bool(new.all())

    def _column(self, name: str, rows: pa.Table) -> Any:
        if name in self.stamps:
            return pa.repeat(pa.scalar(self.stamps[name]), len(rows))
        wanted = arrow_types(self.record_type).get(name, pa.string())
        return rows[name] if name in rows.column_names else pa.nulls(len(rows), wanted)


def _boxes(fids: pa.Array, rows: pa.Table) -> Boxes:
    if GEOMETRY not in rows.column_names:
        return np.empty(0, np.int64), np.empty((0, 4))
    blobs = rows[GEOMETRY].combine_chunks()
    there = pc.is_valid(blobs)
    return np.asarray(fids.filter(there)), envelopes_of(blobs.filter(there))


def _writer(change: Change, record_type: RecordType) -> _Writer:
    run, name = change.connection.exec_driver_sql, record_type.name
    declared = disposable.declaration(change.connection, name)
    columns = tuple(row[1] for row in run(f"PRAGMA main.table_info({name})"))
    stamps = {"network": change.network, "opened_by": change.id, "opened_at": change.at}
    return _Writer(record_type, declared, columns, last_fid(change.connection, record_type), stamps)
