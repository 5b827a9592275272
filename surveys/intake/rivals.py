"""Which closed records are here by now as others: a row of a file that says the same would be that other one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from gis.topology import outside_m
from surveys.intake.keys import other_person, person
from surveys.intake.match import rival_columns
from surveys.intake.nearness import Nearness, chosen, told_by_place
from surveys.record import RecordType
from surveys.store.blobs import to_geometries
from surveys.store.schema import GEOMETRY, HISTORY, table

# How many records are fetched in one statement (SQLite allows 32,766 values).
_FETCH = 10_000


def rivals(
    connection: sa.Connection, record_type: RecordType, pairs: Sequence[tuple[int, int]]
) -> frozenset[int]:
    """Return, of closed versions, those that a record of their key and community is: see ``changes.settle``.

    ``pairs`` are the ``hid`` of a closed version and the ``fid`` of such a record. It is no rival when an import
    would have taken the two side by side: another person's, or a plot of no community in another place.
    """
    told = pd.DataFrame(pairs, columns=["at", "fid"])
    told = told[~_other_persons(connection, record_type, told)].reset_index(drop=True)
    if told_by_place(record_type) and len(told):
        told = _in_place(connection, record_type, told)
    return frozenset(told["at"].tolist())


def _other_persons(connection: sa.Connection, record_type: RecordType, pairs: pd.DataFrame) -> np.ndarray:
    names = rival_columns(record_type)
    if not names or pairs.empty:
        return np.zeros(len(pairs), dtype=bool)
    gone, here = (
        pd.DataFrame([found[n] for n in pairs[number]], columns=names, dtype="str")
        for number, found in _both(connection, record_type, pairs, names)
    )
    for side in (gone, here):
        for name in set(names) & {*record_type.rivals}:
            side[name] = person(side[name])
        side.columns = pd.Index(record_type.rivals)
    return other_person(gone, here).to_numpy(dtype=bool)


def _in_place(connection: sa.Connection, record_type: RecordType, pairs: pd.DataFrame) -> pd.DataFrame:
    """Leave of pairs of no community those of one place."""
    gone, here = (
        [found[n] for n in pairs[number]]
        for number, found in _both(connection, record_type, pairs, ["community", GEOMETRY])
    )
    loose = np.array([community is None for community, _ in gone])
    shapes, areas = (to_geometries([blob for _, blob in side]) for side in (gone, here))
    metres = outside_m(shapes, areas, np.arange(len(pairs)))
    shaped = np.array([blob is not None for _, blob in here])
    same = chosen(pairs[loose], Nearness(metres[loose], shaped[loose]))
    return pd.concat([pairs[~loose], same])


def _both(
    connection: sa.Connection, record_type: RecordType, pairs: pd.DataFrame, columns: list[str]
) -> Iterator[tuple[str, dict[int, tuple[Any, ...]]]]:
    """Read columns of the closed versions, then of the records; each by its number."""
    for number, source, key in (
        ("at", table(record_type.name + HISTORY), "hid"),
        ("fid", table(record_type.name), "fid"),
    ):
        found: dict[int, tuple[Any, ...]] = {}
        wanted = np.unique(pairs[number].to_numpy()).tolist()
        query = sa.select(source.c[key], *(source.c[name] for name in columns))
        for n in range(0, len(wanted), _FETCH):
            rows = connection.execute(query.where(source.c[key].in_(wanted[n : n + _FETCH])))
            found |= {row[0]: tuple(row[1:]) for row in rows}
        yield number, found
