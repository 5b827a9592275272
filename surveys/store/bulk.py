"""Writing many rows of a record table: its triggers and indexes are put away meanwhile, and made anew at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Ahead:
    """What is known of rows before they are written: the boxes of all of them, by record type.

    R-trees are then made by ``threads``, after what these have to do already, in disposable files in ``folder``.
    """

    boxes: Mapping[str, Boxes]
    folder: Path | None
    threads: Executor


@contextmanager
def bulk(connection: sa.Connection, rows: Mapping[str, int], ahead: Ahead | None = None) -> Iterator[None]:
    """Put triggers and indexes away while many rows of some types are written, and make them anew at the end.

    ``rows`` says how many rows of each record type. Whoever writes nothing but new rows and rows that follow others
    may tell ``ahead`` what is known of them; the R-trees are not read from the shapes afterwards then.
    """
    types = [records.ALL[name] for name, count in rows.items() if _many(connection, name, count)]
    indexes = [index for one in types for index in table(one.name).indexes]
    for one in types:
        drop_triggers(connection, one)
    for index in indexes:
        index.drop(connection)
    drawn = [one for one in types if one.geometry]
    with _trees(connection, drawn if ahead else (), ahead):
        yield
        with _trees(connection, () if ahead else drawn, None):
            for index in indexes:
                index.create(connection)
    for one in types:
        add_triggers(connection, one)


def _trees(
    connection: sa.Connection, types: Sequence[RecordType], ahead: Ahead | None
) -> AbstractContextManager[None]:
    trees = [(one, ahead.boxes.get(one.name) if ahead else None) for one in types]
    if not trees:
        return nullcontext()
    if ahead is None:
        return spatial_index.rebuilt(connection, trees)
    return spatial_index.rebuilt(connection, trees, ahead.folder, ahead.threads)


def _many(connection: sa.Connection, name: str, rows: int) -> bool:
    there = connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar() or 0
    return rows >= max(BULK, there * _BULK_SHARE)


def last_fid(connection: sa.Connection, record_type: RecordType) -> int:
    """Return the highest row number a table has ever given."""
    query = "SELECT seq FROM sqlite_sequence WHERE name=?"
    return int(connection.exec_driver_sql(query, (record_type.name,)).scalar() or 0)
