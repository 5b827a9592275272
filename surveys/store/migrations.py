"""Bringing a store up to this program's schema: forward only, in one transaction, when something is missing."""

from __future__ import annotations

import sqlalchemy as sa

from surveys import records
from surveys.errors import StoreUnavailable
from surveys.record import RecordType
from surveys.store.geopackage import USER_VERSION, create_system_tables, register
from surveys.store.schema import HISTORY, columns_of, metadata
from surveys.words import words

# Raised when an older program must not open what this one writes; a new type or field needs no new version.
VERSION = 1
# What a new column of an older table holds, by table and column.
_FILLED = {
    # Imports keep the number that their receipts say; later ones go on from the highest.
    "change.number": "UPDATE change SET number = id WHERE kind = 'import'",
}
_TOO_NEW = words("ฐานข้อมูลนี้สร้างด้วยรุ่นใหม่กว่า", "This store was made by a newer version.")


def bring_up(engine: sa.Engine) -> None:
    """Create what is missing: the whole schema in a new file, else new record types and columns.

    Raises
    ------
    StoreUnavailable
        If the file was made by a newer program.
    """
    with engine.connect() as connection, connection.begin():
        if _complete(connection):
            return
    with engine.connect() as connection:
        connection = connection.execution_options(writes=True)
        with connection.begin():
            # Looked at again: another process may have done it since.
            if not _tables(connection):
                _create(connection)
            _check_version(connection)
            for record_type in records.ALL.values():
                _catch_up(connection, record_type)
            _catch_up_own(connection)


def _complete(connection: sa.Connection) -> bool:
    """Tell whether nothing is missing; only reads, so that opening waits for no writer."""
    if not _tables(connection):
        return False
    _check_version(connection)
    return all(_columns(connection, made.name) >= set(made.c.keys()) for made in metadata().tables.values())


def _tables(connection: sa.Connection) -> int:
    return int(connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one())


def _columns(connection: sa.Connection, name: str) -> set[str]:
    return {row[1] for row in connection.exec_driver_sql(f"PRAGMA table_info({name})")}


def _create(connection: sa.Connection) -> None:
    connection.exec_driver_sql(f"PRAGMA user_version={USER_VERSION}")
    create_system_tables(connection)
    metadata().create_all(connection)
    for record_type in records.ALL.values():
        register(connection, record_type)
    for verb in ("UPDATE", "DELETE"):
        connection.exec_driver_sql(
            f"CREATE TRIGGER event_no_{verb} BEFORE {verb} ON event "
            "BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END"
        )
    connection.exec_driver_sql("INSERT INTO mankong_meta VALUES ('schema', ?)", (str(VERSION),))


def _check_version(connection: sa.Connection) -> None:
    found = connection.exec_driver_sql("SELECT value FROM mankong_meta WHERE name='schema'").scalar()
    if int(str(found)) > VERSION:
        raise StoreUnavailable(_TOO_NEW)


def _catch_up(connection: sa.Connection, record_type: RecordType) -> None:
    """Add the table of a new record type, or the columns of new fields, to an older store."""
    made = metadata()
    there = _columns(connection, record_type.name)
    if not there:
        for name in (record_type.name, record_type.name + HISTORY):
            made.tables[name].create(connection)
        register(connection, record_type)
        return
    for column, kind in columns_of(record_type):
        if column not in there:
            for name in (record_type.name, record_type.name + HISTORY):
                connection.exec_driver_sql(f"ALTER TABLE {name} ADD COLUMN {column} {kind.get_col_spec()}")


def _catch_up_own(connection: sa.Connection) -> None:
    """Add the store's own tables, and columns of them, that an older store misses."""
    of_records = {name + ending for name in records.ALL for ending in ("", HISTORY)}
    for made in (one for one in metadata().tables.values() if one.name not in of_records):
        there = _columns(connection, made.name)
        if not there:
            made.create(connection)
            continue
        for column in (one for one in made.c if one.name not in there):
            spelling = column.type.compile(connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {made.name} ADD COLUMN {column.name} {spelling}")
            if fill := _FILLED.get(str(column)):
                connection.exec_driver_sql(fill)
        for index in made.indexes:
            index.create(connection, checkfirst=True)
