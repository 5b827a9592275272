"""Connections to the embedded store: durable, ordered writes, and never two SQLite libraries."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import sqlalchemy as sa
from adbc_driver_sqlite import dbapi

from surveys.errors import StoreUnavailable
from surveys.store.blobs import SQL_FUNCTIONS
from surveys.store.geopackage import APPLICATION_ID, GUARD
from surveys.words import words

# SQLite before this may corrupt a database in WAL mode.
_OLDEST_SQLITE = (3, 51, 3)
# So long a write waits for others.
BUSY_MS = 30_000
_PAUSE_S = 0.1
# Syncs the folder of the file as well (SQLite's synchronous=EXTRA).
_EXTRA = 3
# Transactions of this many rows and more avoid the WAL where they can.
STRAIGHT = 50_000
# Survey rows are wide: a million of them commit in 13 s with these pages, in 16 s with pages of 4 kB.
PAGE_BYTES = 16_384
# A server keeps eight connections and more, each with pages of its own: those that only read keep few, for the
# system keeps the file's pages as well.
CACHE_KB, READING_KB = 64_000, 8_000
_PRAGMAS = {
    "synchronous": 2,
    "foreign_keys": 1,
    "busy_timeout": BUSY_MS,
    "temp_store": 2,
}


def sqlite() -> ModuleType:
    """Return the SQLite module to use: the wheel that brings its own, else a new enough standard one."""
    try:
        import pysqlite3
    except ImportError:
        pysqlite3 = sqlite3
    module: ModuleType = pysqlite3
    if module.sqlite_version_info < _OLDEST_SQLITE:
        oldest = ".".join(map(str, _OLDEST_SQLITE))
        raise StoreUnavailable(
            words(
                f"ต้องใช้ SQLite {oldest} ขึ้นไป",
                f"SQLite {oldest} or newer is needed; install the package pysqlite3.",
            )
        )
    return module


def connect(path: Path) -> sa.Engine:
    """Make the engine of a store file; a new file becomes a GeoPackage in WAL mode.

    Raises
    ------
    StoreUnavailable
        If the file cannot be opened, is no store of ours, or SQLite is too old.
    """
    module = sqlite()
    engine = sa.create_engine(
        # Not written as an address: a file may be called anything, "50%.gpkg" and "a?b.gpkg" too.
        sa.URL.create("sqlite+pysqlite", database=str(path)),
        module=module, connect_args={"check_same_thread": False},
        pool_size=8, max_overflow=24,
    )  # fmt: skip

    @sa.event.listens_for(engine, "connect")
    def _prepare(raw: Any, _record: object) -> None:
        raw.isolation_level = None
        raw.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        for name, function in SQL_FUNCTIONS.items():
            raw.create_function(name, 1, function, deterministic=True)
        raw.create_function(GUARD, 0, lambda: None)
        cursor = raw.cursor()
        if not cursor.execute("PRAGMA page_count").fetchone()[0]:
            cursor.execute(f"PRAGMA page_size={PAGE_BYTES}")
            cursor.execute(f"PRAGMA application_id={APPLICATION_ID}")
        # Before WAL: what is not ours is left as it is.
        _recognise(cursor)
        _into_wal(cursor)
        for name, value in _PRAGMAS.items():
            cursor.execute(f"PRAGMA {name}={value}")
        _read_back(cursor)

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql(f"PRAGMA cache_size={-(CACHE_KB if writes else READING_KB)}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def connected(engine: sa.Engine, rows: int) -> Iterator[sa.Connection]:
    """Give a connection to write this many rows; very many go straight into the file, not by way of the WAL.

    Through the WAL each page is written, and read, twice; a rollback journal needs nothing of new pages at the end
    of a file. It takes that nobody else has the store open: where anybody has, the WAL stays, so that readers go on
    reading. A process that dies meanwhile leaves a journal, by which the next connection puts the file back.
    """
    if rows < STRAIGHT:
        with engine.connect() as connection:
            yield connection
        return
    # Idle connections of this process hold the file open too.
    engine.dispose()
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        _ask_for_journal(cursor)
        try:
            yield connection
        finally:
            if not _back_to_wal(cursor):
                # Somebody reads the file right now; the next connection sees to it.
                connection.invalidate()


@contextmanager
def waiting(connection: sa.Connection, milliseconds: int) -> Iterator[None]:
    """Have the transaction begun meanwhile wait so long for others, and no longer."""
    if milliseconds == BUSY_MS:
        yield
        return
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={milliseconds}")
    try:
        yield
    finally:
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")


def _ask_for_journal(cursor: Any) -> None:
    """Leave the WAL if nobody else has the store open; then the folder is synced with the journal, too."""
    cursor.execute("PRAGMA busy_timeout=0")
    try:
        cursor.execute("PRAGMA journal_mode=DELETE")
        cursor.execute(f"PRAGMA synchronous={_EXTRA}")
    except sqlite().OperationalError as error:
        # That is an answer here: somebody has it open.
        if "locked" not in str(error):
            raise
    finally:
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")


def _back_to_wal(cursor: Any) -> bool:
    """Take the WAL again; what was committed is so already, whether that succeeds or not."""
    try:
        (mode,) = cursor.execute("PRAGMA journal_mode=WAL").fetchone()
        cursor.execute(f"PRAGMA synchronous={_PRAGMAS['synchronous']}")
    except sqlite().OperationalError:
        return False
    return bool(mode == "wal")


def _into_wal(cursor: Any) -> None:
    """Set the journal mode; while another process writes straight into the file, wait until it is done.

    SQLite itself does not wait for this.
    """
    until = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite().OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(_PAUSE_S)


def _recognise(cursor: Any) -> None:
    """Refuse a database that another program made; one without tables yet is ours to fill."""
    tables = {row[0] for row in cursor.execute("SELECT name FROM sqlite_master")}
    ours = cursor.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
    if not ours or (tables and "mankong_meta" not in tables):
        raise StoreUnavailable(words("ไฟล์นี้ไม่ใช่ฐานข้อมูลของมั่นคง", "This file is not a store of Mankong."))


def _read_back(cursor: Any) -> None:
    """Refuse to go on when a setting that protects the data did not take."""
    mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
    kept = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "foreign_keys")}
    if mode != "wal" or any(kept[name] != _PRAGMAS[name] for name in kept):
        raise StoreUnavailable(
            words("ตั้งค่าฐานข้อมูลไม่สำเร็จ", f"The store refused its settings: {mode}, {kept}.")
        )


@contextmanager
def spoken() -> Iterator[None]:
    """Turn the database's refusals (locked, full, read-only, damaged) into ours; a wrong statement is a bug."""
    try:
        yield
    except sa.exc.DatabaseError as error:
        if isinstance(error, sa.exc.ProgrammingError | sa.exc.IntegrityError | sa.exc.DataError):
            raise
        raise _unusable(error.orig) from error
    except (sqlite().OperationalError, dbapi.Error) as error:
        # Of the driver itself, and of the disposable files beside the store.
        raise _unusable(error) from error


def _unusable(error: object) -> StoreUnavailable:
    return StoreUnavailable(words(f"ใช้ฐานข้อมูลไม่ได้: {error}", f"The store cannot be used: {error}."))
