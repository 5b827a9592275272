"""Writing many rows of a record table: its triggers and indexes are put away meanwhile, and made anew at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import sqlalchemy as sa

from surveys import records
from surveys.record import RecordType
from surveys.store import spatial_index
from surveys.store.geopackage import add_triggers, drop_triggers
from surveys.store.schema import table
from surveys.store.spatial_index import Boxes

# From this many rows on, and this share of the rows there, keeping the indexes up row by row costs
# more than making them anew.
BULK, _BULK_SHARE = 2_000, 0.25


@contextmanager
def bulk(
    connection: sa.Connection, rows: Mapping[str, int], told: Mapping[str, Boxes] | None = None,
    folder: Path | None = None,
) -> Iterator[None]:  # fmt: skip
    """Put triggers and indexes away while many rows of some types are written, and make them anew at the end.

    ``rows`` says how many rows of each record type. Whoever writes nothing but new rows and rows that follow others
    may tell the boxes of all of them before; their R-trees are then made meanwhile, and not read from the shapes
    afterwards. ``folder`` is where disposable files may lie.
    """
    types = [records.ALL[name] for name, count in rows.items() if _many(connection, name, count)]
    indexes = [index for one in types for index in table(one.name).indexes]
    for one in types:
        drop_triggers(connection, one)
    for index in indexes:
        index.drop(connection)
    drawn = [one for one in types if one.geometry]
    with _trees(connection, drawn if told else (), told or {}, folder):
        yield
        with _trees(connection, () if told else drawn, {}, folder):
            for index in indexes:
                index.create(connection)
    for one in types:
        add_triggers(connection, one)


def _trees(
    connection: sa.Connection, types: Sequence[RecordType], told: Mapping[str, Boxes], folder: Path | None
) -> AbstractContextManager[None]:
    trees = [(one, told.get(one.name)) for one in types]
    return spatial_index.rebuilt(connection, trees, folder) if trees else nullcontext()


def _many(connection: sa.Connection, name: str, rows: int) -> bool:
    there = connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar() or 0
    return rows >= max(BULK, there * _BULK_SHARE)


def last_fid(connection: sa.Connection, record_type: RecordType) -> int:
    """Return the highest row number a table has ever given."""
    query = "SELECT seq FROM sqlite_sequence WHERE name=?"
    return int(connection.exec_driver_sql(query, (record_type.name,)).scalar() or 0)
