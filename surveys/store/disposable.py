"""Disposable SQLite files: a table of one is declared as the store's own, so that SQLite copies its rows whole.

Between two tables declared alike ``INSERT INTO ... SELECT *`` does not take rows apart (SQLite's transfer
optimization). They are written through ADBC, which binds Arrow columns five times faster than rows of Python, and
which never opens the store; nothing waits for the disk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import sqlalchemy as sa
from adbc_driver_sqlite import dbapi

from surveys.store.connect import PAGE_BYTES

_SETTINGS = ("journal_mode=OFF", "synchronous=OFF")


def declaration(connection: sa.Connection, table: str) -> str:
    """Return how a table of the store is declared; a copy of it counts no numbers, for they are given."""
    query = "SELECT sql FROM main.sqlite_master WHERE type='table' AND name=?"
    declared: str = connection.exec_driver_sql(query, (table,)).scalar_one()
    return declared.replace(" AUTOINCREMENT", "")


@dataclass(frozen=True)
class Table:
    """A table to be written: its name and declaration, and rows whose columns stand in its order."""

    name: str
    declared: str
    rows: pa.Table


def write(path: Path, tables: Sequence[Table]) -> None:
    """Make a file of some tables."""
    path.unlink(missing_ok=True)
    with dbapi.connect(str(path), autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(f"PRAGMA page_size={PAGE_BYTES}")
        for one in tables:
            cursor.execute(one.declared)
    add(path, {one.name: one.rows for one in tables})


def add(path: Path, rows: Mapping[str, pa.Table]) -> None:
    """Add rows to tables of a file; their columns stand in the table's order."""
    with dbapi.connect(str(path), autocommit=True) as connection, connection.cursor() as cursor:
        for setting in _SETTINGS:
            cursor.execute(f"PRAGMA {setting}")
        for name, table in rows.items():
            cursor.adbc_ingest(name, table, mode="append")


def attached(connection: sa.Connection, path: Path, alias: str) -> str:
    """Attach a file to the transaction at hand and return its alias; SQLite attaches ten files at most."""
    connection.exec_driver_sql(f"ATTACH ? AS {alias}", (str(path),))
    return alias


def copy(connection: sa.Connection, alias: str, table: str) -> None:
    """Copy all rows of a table of an attached file into the store's."""
    connection.exec_driver_sql(f"INSERT INTO main.{table} SELECT * FROM {alias}.{table}")
