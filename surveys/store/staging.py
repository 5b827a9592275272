"""Rows of Arrow files into a record table, many at a time, in one transaction.

Each share of the rows becomes a table in a disposable SQLite file, declared word for word as the store's own: between
two such tables SQLite copies rows without taking them apart ("INSERT INTO ... SELECT *", its transfer optimization).
Threads make the next shares while one is copied; their files are written through ADBC, which binds Arrow columns
five times faster than rows of Python, and which never opens the store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from adbc_driver_sqlite import dbapi

from surveys.record import RecordType
from surveys.store.blobs import envelopes_of
from surveys.store.bulk import bulk, last_fid
from surveys.store.changes import Change, follow
from surveys.store.frames import arrow_types
from surveys.store.schema import GEOMETRY
from surveys.store.spatial_index import Boxes

# SQLite attaches ten files at most.
_MOST_SHARES = 8
_LEAST_ROWS = 50_000
_THREADS = 2
# As the store's, so that a row fits a page of either.
_SETTINGS = ("page_size=16384", "journal_mode=OFF", "synchronous=OFF")


def take(
    change: Change, record_type: RecordType, files: Sequence[Path], progress: Callable[[int], None]
) -> None:
    """Take the rows of Arrow files into a table: a row with a ``fid`` follows that record, the others are new.

    The files have columns of the store, some or all; what is absent is empty. New rows are numbered in the order
    of the files. Disposable files are made beside them. ``progress`` is called with the rows taken so far.
    """
    shares = list(_shares(files))
    total, done = sum(share.rows for share in shares), 0
    if not total:
        return
    with bulk(change.connection, record_type, total) as boxes, ThreadPoolExecutor(_THREADS) as threads:
        writer = _writer(change, record_type)
        for share, made in zip(shares, threads.map(writer.write, shares), strict=True):
            change.connection.exec_driver_sql(f"ATTACH ? AS {share.name}", (str(share.path),))
            staged = f"{share.name}.{record_type.name}"
            if made.followed:
                follow(change, record_type, staged, writer.last)
            change.connection.exec_driver_sql(f"INSERT INTO main.{record_type.name} SELECT * FROM {staged}")
            boxes.append(made.boxes)
            done += share.rows
            progress(done)


@dataclass(frozen=True)
class _Share:
    """A share of the rows: its Arrow files, how many rows they hold, and how many new ones come before."""

    name: str
    files: tuple[Path, ...]
    rows: int
    before: int

    @property
    def path(self) -> Path:
        return self.files[0].with_name(f"{self.name}.sqlite")


def _shares(files: Sequence[Path]) -> Iterator[_Share]:
    """Deal the files out in order."""
    sizes = [_size(path) for path in files]
    most = max(_LEAST_ROWS, -(-sum(rows for rows, _ in sizes) // _MOST_SHARES))
    held: list[Path] = []
    number, rows, new, before = 0, 0, 0, 0
    for path, (count, fresh) in zip(files, sizes, strict=True):
        held.append(path)
        rows, new = rows + count, new + fresh
        if rows >= most or path == files[-1]:
            yield _Share(f"staged_{number}", tuple(held), rows, before)
            number, before, held, rows, new = number + 1, before + new, [], 0, 0


def _size(path: Path) -> tuple[int, int]:
    """Return the rows of a file, and how many of them are new."""
    rows = read(path)
    return len(rows), rows["fid"].null_count if "fid" in rows.column_names else len(rows)


def read(path: Path) -> pa.Table:
    """Open an Arrow file; its columns stay on the disk until they are looked at."""
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()


@dataclass(frozen=True)
class _Made:
    """A share that was written: whether rows of it follow others, and the boxes of its shapes by ``fid``."""

    followed: bool
    boxes: Boxes


@dataclass(frozen=True)
class _Writer:
    """Writes shares as tables of SQLite; in threads, so it never touches the connection of the change."""

    record_type: RecordType
    declared: str
    columns: tuple[str, ...]
    last: int
    stamps: Mapping[str, Any]

    def write(self, share: _Share) -> _Made:
        """Write a share."""
        rows = pa.concat_tables([read(path) for path in share.files], promote_options="default")
        fids, followed = self._numbered(rows, share)
        columns = {name: self._column(name, rows) for name in self.columns} | {"fid": fids}
        share.path.unlink(missing_ok=True)
        with dbapi.connect(str(share.path), autocommit=True) as connection, connection.cursor() as cursor:
            for setting in _SETTINGS:
                cursor.execute(f"PRAGMA {setting}")
            cursor.execute(self.declared)
            cursor.adbc_ingest(self.record_type.name, pa.table(columns), mode="append")
        return _Made(followed, self._boxes(fids, rows))

    def _numbered(self, rows: pa.Table, share: _Share) -> tuple[pa.Array, bool]:
        """Give new rows the numbers after the last; return all numbers, and whether some rows are not new."""
        given = (
            rows["fid"].combine_chunks() if "fid" in rows.column_names else pa.nulls(len(rows), pa.int64())
        )
        new = np.asarray(pc.is_null(given))
        numbers = self.last + share.before + np.cumsum(new)
        return pc.coalesce(given, pa.array(numbers, pa.int64())), not bool(new.all())

    def _column(self, name: str, rows: pa.Table) -> Any:
        if name in self.stamps:
            return pa.repeat(pa.scalar(self.stamps[name]), len(rows))
        wanted = arrow_types(self.record_type).get(name, pa.string())
        return rows[name] if name in rows.column_names else pa.nulls(len(rows), wanted)

    def _boxes(self, fids: pa.Array, rows: pa.Table) -> Boxes:
        if GEOMETRY not in rows.column_names:
            return np.empty(0, np.int64), np.empty((0, 4))
        blobs = rows[GEOMETRY].combine_chunks()
        there = pc.is_valid(blobs)
        return np.asarray(fids.filter(there)), envelopes_of(blobs.filter(there))


def _writer(change: Change, record_type: RecordType) -> _Writer:
    run, name = change.connection.exec_driver_sql, record_type.name
    declared = run("SELECT sql FROM main.sqlite_master WHERE type='table' AND name=?", (name,)).scalar_one()
    columns = tuple(row[1] for row in run(f"PRAGMA main.table_info({name})"))
    stamps = {"network": change.network, "opened_by": change.id, "opened_at": change.at}
    # A staging table counts nothing: the numbers are given.
    return _Writer(
        record_type, declared.replace(" AUTOINCREMENT", ""), columns, last_fid(change.connection, record_type), stamps
    )  # fmt: skip
