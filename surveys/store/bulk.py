"""Writing many rows of a record table: its triggers and indexes are put away meanwhile, and made anew at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import sqlalchemy as sa

from surveys.record import RecordType
from surveys.store import spatial_index
from surveys.store.geopackage import add_triggers, drop_triggers
from surveys.store.schema import table
from surveys.store.spatial_index import Boxes

# From this many rows on, and this share of the rows there, keeping the indexes up row by row costs
# more than making them anew.
BULK, _BULK_SHARE = 2_000, 0.25


@contextmanager
def bulk(connection: sa.Connection, record_type: RecordType, rows: int) -> Iterator[list[Boxes]]:
    """Put a table's triggers and indexes away while many rows are written, and make them anew at the end.

    Whoever writes nothing but new rows and rows that follow others may add the boxes of all of them to the
    list given; the R-tree then need not read the shapes again.
    """
    there = connection.exec_driver_sql(f"SELECT count(*) FROM {record_type.name}").scalar() or 0
    told: list[Boxes] = []
    if rows < max(BULK, there * _BULK_SHARE):
        yield told
        return
    last = last_fid(connection, record_type)
    drop_triggers(connection, record_type)
    indexes = table(record_type.name).indexes
    for index in indexes:
        index.drop(connection)
    yield told
    shapes = (
        spatial_index.rebuilt(connection, record_type, told, last) if record_type.geometry else nullcontext()
    )
    with shapes:
        for index in indexes:
            index.create(connection)
    add_triggers(connection, record_type)


def last_fid(connection: sa.Connection, record_type: RecordType) -> int:
    """Return the highest row number a table has ever given."""
    query = "SELECT seq FROM sqlite_sequence WHERE name=?"
    return int(connection.exec_driver_sql(query, (record_type.name,)).scalar() or 0)
