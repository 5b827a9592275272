"""Rows of Arrow files into record tables, many at a time, in one transaction.

Each share of the rows becomes a disposable file, whose tables SQLite copies; threads make the next shares while one
is copied.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from surveys import records
from surveys.record import RecordType
from surveys.store import disposable
from surveys.store.blobs import envelopes
from surveys.store.bulk import Ahead, bulk, last_fid
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
    writers = {name: _writer(change, records.ALL[name]) for name, _ in staged}
    pieces = list(_pieces(staged, writers))
    rows = Counter[str]()
    for piece in pieces:
        rows[piece.type] += len(piece.fids)
    told = {name: _boxes([piece for piece in pieces if piece.type == name]) for name in rows}
    folder = staged[0][1].parent if staged else None
    with ThreadPoolExecutor(_THREADS) as threads:
        shares = [(share, threads.submit(share.write, writers)) for share in _shares(pieces)]
        with bulk(change.connection, rows, Ahead(told, folder, threads)):
            _copied(change, shares, writers, progress)


def _copied(
    change: Change,
    shares: Sequence[tuple[_Share, Future[None]]],
    writers: Mapping[str, _Writer],
    progress: Callable[[int], None],
) -> None:
    """Copy the shares into the store in their order, each as soon as it is written."""
    done = 0
    for share, written in shares:
        written.result()
        alias = disposable.attached(change.connection, share.path, share.name)
        for name in share.types:
            if share.follows(name):
                follow(change, records.ALL[name], f"{alias}.{name}", writers[name].last)
            disposable.copy(change.connection, alias, name)
        done += share.rows
        progress(done)


@dataclass(frozen=True)
class _Piece:
    """A file of rows of one type: their numbers, and whether some follow others."""

    type: str
    path: Path
    fids: pa.Array
    follows: bool


def _pieces(staged: Sequence[tuple[str, Path]], writers: Mapping[str, _Writer]) -> Iterator[_Piece]:
    """Number the rows: new ones have the numbers after the last of their table, in the order of the files."""
    lasts = {name: writer.last for name, writer in writers.items()}
    for name, path in staged:
        rows = read(path)
        given = (
            rows["fid"].combine_chunks() if "fid" in rows.column_names else pa.nulls(len(rows), pa.int64())
        )
        new = np.asarray(pc.is_null(given))
        numbers = lasts[name] + np.cumsum(new)
        lasts[name] += int(new.sum())
        yield _Piece(name, path, pc.coalesce(given, pa.array(numbers, pa.int64())), not bool(new.all()))


def _boxes(pieces: Sequence[_Piece]) -> Boxes:
    """Return the numbers of all rows of some files, and the boxes of their shapes; NaN where there is none."""
    ids, boxes = [], []
    for piece in pieces:
        rows = read(piece.path)
        laid = np.full((len(rows), 4), np.nan)
        if GEOMETRY in rows.column_names:
            blobs = rows[GEOMETRY].combine_chunks()
            there = np.asarray(pc.is_valid(blobs))
            laid[there] = envelopes(blobs.filter(pa.array(there)))
        ids.append(np.asarray(piece.fids))
        boxes.append(laid)
    return np.concatenate(ids), np.concatenate(boxes)


@dataclass(frozen=True)
class _Share:
    """A share of the rows, and the disposable file it becomes."""

    name: str
    pieces: tuple[_Piece, ...]

    @property
    def path(self) -> Path:
        return self.pieces[0].path.with_name(f"{self.name}.sqlite")

    @property
    def types(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(piece.type for piece in self.pieces))

    @property
    def rows(self) -> int:
        return sum(len(piece.fids) for piece in self.pieces)

    def follows(self, name: str) -> bool:
        return any(piece.follows for piece in self.pieces if piece.type == name)

    def write(self, writers: Mapping[str, _Writer]) -> None:
        """Write the rows as one table a type."""
        tables = []
        for name in self.types:
            own = [piece for piece in self.pieces if piece.type == name]
            rows = pa.concat_tables([read(piece.path) for piece in own], promote_options="default")
            tables.append(writers[name].table(rows, pa.concat_arrays([piece.fids for piece in own])))
        disposable.write(self.path, tables)


def _shares(pieces: Sequence[_Piece]) -> Iterator[_Share]:
    """Deal the files out in order."""
    most = max(_LEAST_ROWS, -(-sum(len(piece.fids) for piece in pieces) // _MOST_SHARES))
    number, held = 0, list[_Piece]()
    for piece in pieces:
        held.append(piece)
        if sum(len(one.fids) for one in held) >= most or piece is pieces[-1]:
            yield _Share(f"staged_{number}", tuple(held))
            number, held = number + 1, []


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

    def table(self, rows: pa.Table, fids: pa.Array) -> disposable.Table:
        """Make the table of some rows with these numbers."""
        columns = {name: self._column(name, rows) for name in self.columns} | {"fid": fids}
        return disposable.Table(self.record_type.name, self.declared, pa.table(columns))

    def _column(self, name: str, rows: pa.Table) -> Any:
        if name in self.stamps:
            return pa.repeat(pa.scalar(self.stamps[name]), len(rows))
        wanted = arrow_types(self.record_type).get(name, pa.string())
        return rows[name] if name in rows.column_names else pa.nulls(len(rows), wanted)


def _writer(change: Change, record_type: RecordType) -> _Writer:
    run, name = change.connection.exec_driver_sql, record_type.name
    declared = disposable.declaration(change.connection, name)
    columns = tuple(row[1] for row in run(f"PRAGMA main.table_info({name})"))
    stamps = {"network": change.network, "opened_by": change.id, "opened_at": change.at}
    return _Writer(record_type, declared, columns, last_fid(change.connection, record_type), stamps)
