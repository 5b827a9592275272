"""Records that a person closed: ended ("moved away"), or found to be a double of another.

The next file still names them. Taken as new, what a person decided would come undone by itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import sqlalchemy as sa

from surveys import records
from surveys.dates import day_of, moment, show_date
from surveys.record import RecordType
from surveys.store import changes
from surveys.store.frames import arrow_types, to_table
from surveys.store.schema import HISTORY, table
from surveys.store.store import Store

HOUSEHOLD = records.ALL["household"].name
_DECISION = records.ALL["double_decision"].name
_DECISIONS = (_DECISION, _DECISION + HISTORY)
# Chains of doubles are followed so far: each was decided by a person.
_MOST = 100


@dataclass(frozen=True)
class Closing:
    """What closed a record: its change, and when and why it was ended; ``why`` is empty for a double."""

    kind: str
    day: str
    why: str

    @property
    def told(self) -> str:
        """Say when, and why if a person said so."""
        return f"{self.day}: {self.why}" if self.why else self.day


def closed(store: Store, network: str, record_type: RecordType, columns: Sequence[str]) -> pd.DataFrame:
    """Read the records of a network that an ending or a decision on doubles closed, and that stay closed.

    ``columns`` are read of the last version of each; ``closing`` holds a :class:`Closing`, ``fid`` the
    negative number of that version in the history.

    A double is left out when the household kept is gone with its import; when that was ended, so was the double.
    """
    here, history, change = table(record_type.name), table(record_type.name + HISTORY), table("change")
    standing = sa.and_(
        change.c.network == network,
        change.c.state == "done",
        change.c.kind.in_((changes.END, changes.DOUBLE)),
    )
    query = (
        sa.select(history.c.hid, history.c.closed_by, *(history.c[name] for name in columns if name != "fid"))
        .where(history.c.closed_by.in_(sa.select(change.c.id).where(standing)))
        .where(history.c.id.not_in(sa.select(here.c.id)))
        .order_by(history.c.closed_by)
    )
    with store.reading() as connection:
        rows = {row["id"]: dict(row) for row in connection.execute(query).mappings()}
        closings = _closings(connection, {row["closed_by"] for row in rows.values()})
        rows = _settled(connection, network, record_type.name, (rows, closings))
    told = [[-row["hid"] if name == "fid" else row[name] for name in columns] for row in rows.values()]
    frame = to_table(told, list(columns), arrow_types(record_type)).to_pandas()
    made: pd.DataFrame = frame.assign(closing=[closings[row["closed_by"]] for row in rows.values()])
    return made


def _closings(connection: sa.Connection, numbers: set[int]) -> dict[int, Closing]:
    change = table("change")
    query = sa.select(change.c.id, change.c.kind, change.c.at, change.c.report)
    found = {}
    for row in connection.execute(query.where(change.c.id.in_(numbers))).mappings():
        day = day_of(moment(row["at"]))
        why = json.loads(row["report"] or "{}").get("reason", "") if row["kind"] == changes.END else ""
        found[row["id"]] = Closing(row["kind"], f"{show_date(day, 'th')} ({day.isoformat()})", why)
    return found


def _settled(
    connection: sa.Connection, network: str, type_name: str,
    found: tuple[Mapping[str, Any], Mapping[int, Closing]],
) -> dict[str, Any]:  # fmt: skip
    """Follow each double to the household that was kept: what became of that became of it."""
    rows, closings = found
    kept, settled = _kept(connection, network), dict[str, Any]()
    here = _still_here(connection, network) if kept else set()
    standing = {change for (_, change), one in kept.items() if one in here}
    for record_id, row in rows.items():
        last, at = record_id, row
        for _ in range(_MOST if type_name == HOUSEHOLD else 0):
            last = kept.get((last, at["closed_by"]), last)
            if last not in rows or rows[last] is at:
                break
            at = rows[last]
        if closings[at["closed_by"]].kind == changes.END:
            settled[record_id] = row | {"closed_by": at["closed_by"]}
        elif last in here or (type_name != HOUSEHOLD and at["closed_by"] in standing):
            settled[record_id] = row
    return settled


def _still_here(connection: sa.Connection, network: str) -> set[str]:
    """Return the ids of the households that decisions kept and that are here now."""
    source = table(HOUSEHOLD)
    decided = sa.union(*(sa.select(table(name).c.kept) for name in _DECISIONS))
    query = sa.select(source.c.id).where(source.c.network == network, source.c.id.in_(decided))
    return set(connection.scalars(query))


def _kept(connection: sa.Connection, network: str) -> dict[tuple[str, int], str]:
    """Return, by the double and the change that closed it, the household that was kept."""
    found = {}
    for name in _DECISIONS:
        source = table(name)
        query = sa.select(source.c.first, source.c.second, source.c.kept, source.c.opened_by).where(
            source.c.network == network, source.c.kept.is_not(None)
        )
        for first, second, kept, opened_by in connection.execute(query):
            found[(second if kept == first else first, opened_by)] = kept
    return found
