"""Writing records: every write opens versions and closes others under one change, which can be undone.

A type's table holds the current version of each record; closed versions go to ``TYPE_history``.
The current version of a record is the latest one whose change stands; after an ending that stands
there is none. Undoing or redoing a change
says whether it stands and settles the records it touched (:func:`settle`), in whatever order; a
record changed since by something else stays as it is, and is listed.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import sqlalchemy as sa

from surveys import records
from surveys.record import RecordType
from surveys.roles import Actor
from surveys.store.bulk import bulk
from surveys.store.schema import HISTORY, columns_of, table
from surveys.store.store import now

# The kinds of change that end a record: they close a version of it and open none.
END, DOUBLE = "end", "double"
_ENDINGS = ", ".join(f"'{kind}'" for kind in (END, DOUBLE))
IMPORT = "import"
# Changes are counted from here on, so that none is taken for the number of an import.
_FIRST = 1_000_001
_ID_DIGITS = 32
_PICKED = "picked (n INTEGER PRIMARY KEY)"


@dataclass(frozen=True)
class Change:
    """One change in the making: its id, moment and network, on the connection that writes it."""

    connection: sa.Connection
    id: int
    network: str
    at: str


def start(
    connection: sa.Connection, network: str, kind: str, actor: Actor, number: int | None = None
) -> Change:
    """Open a change of a network; raises its revision. ``number`` is that of an import."""
    at, kept = now(), table("change")
    last = connection.scalar(sa.select(sa.func.max(kept.c.id))) or 0
    change = Change(connection, max(last + 1, _FIRST), network, at)
    row = {"id": change.id, "network": network, "kind": kind, "at": at, "actor": actor.name, "state": "done"}
    connection.execute(kept.insert(), row | {"number": number})
    raise_revision(connection, network)
    return change


def start_import(connection: sa.Connection, network: str, actor: Actor) -> tuple[Change, int]:
    """Open the change of an import, and give it the number by which people know it.

    Imports are counted by themselves, 1, 2, 3 and on, over all networks of a store: ``undo 3`` must
    mean one import.
    """
    last = connection.scalar(sa.select(sa.func.max(table("change").c.number))) or 0
    return start(connection, network, IMPORT, actor, last + 1), last + 1


def import_numbers(connection: sa.Connection, network: str) -> dict[int, int]:
    """Return the number of every import of a network, by the id of its change."""
    kept = table("change")
    query = sa.select(kept.c.id, kept.c.number).where(kept.c.network == network, kept.c.number.is_not(None))
    return {row.id: row.number for row in connection.execute(query)}


def raise_revision(connection: sa.Connection, network: str) -> None:
    """Count one more write transaction of a network."""
    state = table("network_state")
    connection.execute(state.update().where(state.c.network == network).values(revision=state.c.revision + 1))


def new_ids(count: int) -> list[str]:
    """Make record ids: 32 hex digits that begin with the time, so that an index grows at its end."""
    ids: list[str] = new_id_column(count).to_pylist()
    return ids


def new_id_column(count: int) -> pa.StringArray:
    """Make record ids as :func:`new_ids` does, as a column."""
    parts = np.empty((count, _ID_DIGITS // 2), np.uint8)
    stamp = bytes.fromhex(f"{time.time_ns() // 1_000_000:012x}7{0:07x}")
    parts[:, :10] = np.frombuffer(stamp, np.uint8)
    # Seven digits count; the eighth from the right is the stamp's last.
    parts[:, 6:10] |= np.arange(count, dtype=">u4").view(np.uint8).reshape(count, 4)
    parts[:, 10:] = np.frombuffer(os.urandom(6 * count), np.uint8).reshape(count, 6)
    ends = np.arange(0, _ID_DIGITS * count + 1, _ID_DIGITS, dtype=np.int32)
    return pa.StringArray.from_buffers(
        count, pa.py_buffer(ends), pa.py_buffer(parts.tobytes().hex().encode())
    )


def insert(change: Change, record_type: RecordType, row: Mapping[str, Any]) -> None:
    """Insert one row, given by column; columns not given are empty."""
    names = ("fid", *(name for name, _ in columns_of(record_type)))
    change.connection.exec_driver_sql(
        f"INSERT INTO {record_type.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
        tuple(row.get(name) for name in names),
    )


def follow(change: Change, record_type: RecordType, staged: str, last: int) -> None:
    """Close the records that rows of a table (``file.table``, attached) follow: those of a ``fid`` up to ``last``."""
    run = change.connection.exec_driver_sql
    run(f"CREATE TEMP TABLE IF NOT EXISTS {_PICKED}")
    run("DELETE FROM picked")
    run(f"INSERT INTO picked SELECT fid FROM {staged} WHERE fid <= ?", (last,))
    _to_history(change, record_type, change.id)


def close(change: Change, record_type: RecordType, fids: Iterable[int]) -> None:
    """Move current versions to the history, closed by this change."""
    _pick(change.connection, fids)
    _to_history(change, record_type, change.id)


def _pick(connection: sa.Connection, numbers: Iterable[int]) -> None:
    """Fill the temporary table ``picked`` with row numbers."""
    connection.exec_driver_sql(f"CREATE TEMP TABLE IF NOT EXISTS {_PICKED}")
    connection.exec_driver_sql("DELETE FROM picked")
    rows = [(int(number),) for number in numbers]
    if rows:
        connection.exec_driver_sql("INSERT INTO picked VALUES (?)", rows)


def _names(record_type: RecordType) -> str:
    return ", ".join(["fid", *(column for column, _ in columns_of(record_type))])


def _to_history(change: Change, record_type: RecordType, by: int) -> None:
    """Move the picked current versions to the history."""
    name, columns = record_type.name, _names(record_type)
    change.connection.exec_driver_sql(
        f"INSERT INTO {name}{HISTORY} ({columns}, closed_by, closed_at) "
        f"SELECT {columns}, ?, ? FROM {name} WHERE fid IN (SELECT n FROM picked)", (by, change.at),
    )  # fmt: skip
    change.connection.exec_driver_sql(f"DELETE FROM {name} WHERE fid IN (SELECT n FROM picked)")


def _from_history(change: Change, record_type: RecordType) -> None:
    """Bring the picked closed versions back exactly as they were."""
    name, columns = record_type.name, _names(record_type)
    picked = f"FROM {name}{HISTORY} WHERE hid IN (SELECT n FROM picked)"
    change.connection.exec_driver_sql(f"INSERT INTO {name} ({columns}) SELECT {columns} {picked}")
    change.connection.exec_driver_sql(f"DELETE {picked}")


@dataclass(frozen=True)
class Reverted:
    """What an undo or redo did to one record type: versions put back, taken away, and left alone.

    ``kept`` lists the records that something else has changed since.
    """

    type: str
    reopened: int
    closed: int
    kept: tuple[str, ...]


# Tells, of pairs of a closed version (``hid``) and a current record (``fid``) of its key and community, which
# closed versions are that record.
Rivals = Callable[[sa.Connection, RecordType, Sequence[tuple[int, int]]], frozenset[int]]


def same_key(_: sa.Connection, __: RecordType, pairs: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Take every record of the same key for a rival; see :data:`Rivals`."""
    return frozenset(hid for hid, _ in pairs)


def settle(
    change: Change, target: int, beside: Iterable[str] = (), rivals: Rivals = same_key
) -> list[Reverted]:
    """Bring every record that change ``target`` touched to where its changes now stand.

    The current version of a record is the latest one whose change stands (is not undone); when none
    does, the record is gone. So undoing and redoing come out the same in whatever order they are
    done, and what something else changed since stays. The state of ``target`` is written before.
    A record that another one is by now stays closed, as ``rivals`` tells of those that have its key; ``beside``
    are ids of records that had it with it.
    """
    kept, together = table("change"), json.dumps(list(beside))
    kind = change.connection.scalar(sa.select(kept.c.kind).where(kept.c.id == target))

    def held(record_type: RecordType) -> frozenset[int]:
        # A double had its key together with the record it doubles: it comes back all the same.
        pairs = [] if kind == DOUBLE else _of_one_key(change.connection, record_type, together)
        return rivals(change.connection, record_type, pairs) if pairs else frozenset()

    types = records.ALL.values()
    return [found for record_type in types if (found := _settle_type(change, record_type, target, held))]


def _settle_type(
    change: Change, record_type: RecordType, target: int, held: Callable[[RecordType], frozenset[int]]
) -> Reverted | None:
    name, run = record_type.name, change.connection.exec_driver_sql
    run("CREATE TEMP TABLE IF NOT EXISTS touched (id TEXT PRIMARY KEY, ours INTEGER, best INTEGER)")
    run("DELETE FROM touched")
    for source in (name, name + HISTORY):
        run(
            f"INSERT OR IGNORE INTO touched SELECT id, opened_by, NULL FROM {source} WHERE opened_by=?",
            (target,),
        )
    # What the change closed without opening anything in its place.
    run(
        f"INSERT OR IGNORE INTO touched SELECT id, closed_by, NULL FROM {name}{HISTORY} WHERE closed_by=?",
        (target,),
    )
    for source in (name, name + HISTORY):
        run(
            f"UPDATE touched SET best = v.best FROM (SELECT s.id, max(s.opened_by) AS best FROM {source} s "
            "JOIN touched t ON t.id = s.id JOIN change c ON c.id = s.opened_by AND c.state = 'done' GROUP BY s.id) v "
            "WHERE v.id = touched.id AND v.best > coalesce(touched.best, 0)"
        )
    # An ending that stands, later than the latest version that stands: the record is no more.
    run(
        f"UPDATE touched SET best = NULL WHERE EXISTS (SELECT 1 FROM {name}{HISTORY} h "
        f"JOIN change c ON c.id = h.closed_by AND c.state = 'done' AND c.kind IN ({_ENDINGS}) "
        "WHERE h.id = touched.id AND h.closed_by > touched.best)"
    )
    closing = run(
        f"SELECT s.fid FROM {name} s JOIN touched t ON t.id = s.id WHERE s.opened_by IS NOT t.best"
    ).all()
    back = run(
        f"SELECT h.hid, h.id FROM {name}{HISTORY} h JOIN touched t ON t.id = h.id AND h.opened_by = t.best"
    ).all()
    taken = held(record_type) if back else frozenset()
    later = run("SELECT id FROM touched WHERE best > ours").all()
    kept = {row.id for row in later} | {row.id for row in back if row.hid in taken}
    parts = ([row.fid for row in closing], [row.hid for row in back if row.hid not in taken], sorted(kept))
    return _exchange(change, record_type, parts)


def _of_one_key(connection: sa.Connection, record_type: RecordType, together: str) -> list[tuple[int, int]]:
    """Return the versions of gone records to come back, each with every record that has its key; see :data:`Rivals`.

    Records of ``together``, a JSON list of ids, do not count.
    """
    name = record_type.name
    same = "k.network = h.network AND k.key = h.key AND k.id NOT IN (SELECT value FROM json_each(?))"
    if "community" in record_type.by_name:
        same += " AND k.community IS h.community"
    rows = connection.exec_driver_sql(
        f"SELECT h.hid, k.fid FROM {name}{HISTORY} h JOIN touched t ON t.id = h.id AND h.opened_by = t.best "
        f"JOIN {name} k ON {same} WHERE NOT EXISTS (SELECT 1 FROM {name} c WHERE c.id = h.id) ORDER BY h.hid, k.fid",
        (together,),
    )
    return [(row.hid, row.fid) for row in rows]


def _exchange(
    change: Change, record_type: RecordType, parts: tuple[list[int], list[int], list[str]]
) -> Reverted | None:
    """Close current versions (by fid), then reopen closed ones (by hid)."""
    closing, reopening, kept = parts
    if not any(parts):
        return None
    with bulk(change.connection, {record_type.name: len(closing) + len(reopening)}):
        _pick(change.connection, closing)
        _to_history(change, record_type, change.id)
        _pick(change.connection, reopening)
        _from_history(change, record_type)
    return Reverted(record_type.name, len(reopening), len(closing), tuple(kept))
