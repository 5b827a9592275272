"""How far a row of a file stands from the record here that has its number: one number, two places is two records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
import sqlalchemy as sa

from gis.geometry import Bounds
from gis.topology import outside_m
from surveys.intake.plan import LayerPlan
from surveys.intake.shapes import read_shapes
from surveys.record import RecordType
from surveys.store.blobs import to_geometries
from surveys.store.schema import GEOMETRY, HISTORY, table
from surveys.store.store import Store

# Further apart than this, no phone and no hand-drawn line makes one plot of two (metres).
APART_M = 50.0
# How many records are fetched in one statement (SQLite allows 32,766 values).
_FETCH = 10_000


@dataclass(frozen=True)
class Nearness:
    """How near pairs of rows and records are: metres (NaN where either has no shape), whether the record has one."""

    metres: np.ndarray
    shaped: np.ndarray


# Gives it for positions of rows and the ``fid`` of a record for each, the negative number of a closed one's last
# version in the history.
Near = Callable[[np.ndarray, np.ndarray], Nearness]


def told_by_place(record_type: RecordType) -> bool:
    """Tell whether a number of these records may stand without its community, so that the place has to agree."""
    return "community" in record_type.by_name and record_type.geometry == "polygon"


def near(plan: LayerPlan, whole: pa.Table, bounds: Bounds, here: tuple[Store, str]) -> Near:
    """Return what measures rows of a layer against records here; only the shapes asked for are read."""

    def measured(at: np.ndarray, fids: np.ndarray) -> Nearness:
        known = np.unique(fids)
        theirs = _records(plan.record_type, known, here)
        which = np.searchsorted(known, fids)
        metres = outside_m(_rows(plan, whole.take(pa.array(at)), bounds), theirs, which)
        return Nearness(metres, ~shapely.is_missing(theirs)[which])

    return measured


def _rows(plan: LayerPlan, rows: pa.Table, bounds: Bounds) -> np.ndarray:
    """Read the shapes of rows; one that cannot be taken is none."""
    shapes = [np.array([], dtype=object)]
    for batch in rows.combine_chunks().to_batches():
        part = read_shapes(batch, plan, bounds)
        sound = part.geometries.copy()
        sound[part.codes != ""] = None
        shapes.append(sound)
    return np.concatenate(shapes)


def _records(record_type: RecordType, fids: np.ndarray, here: tuple[Store, str]) -> np.ndarray:
    """Read the shapes of records, in the order of their sorted ``fid``; see :data:`Near`."""
    store, network = here
    shapes: dict[int, bytes] = {}
    for source, number, wanted in (
        (table(record_type.name), "fid", fids[fids >= 0]),
        (table(record_type.name + HISTORY), "hid", -fids[fids < 0]),
    ):
        sign = 1 if number == "fid" else -1
        query = sa.select(source.c[number], source.c[GEOMETRY]).where(source.c.network == network)
        for n in range(0, len(wanted), _FETCH):
            some = source.c[number].in_(wanted[n : n + _FETCH].tolist())
            with store.reading() as connection:
                shapes |= {sign * found: blob for found, blob in connection.execute(query.where(some))}
    return to_geometries([shapes.get(int(fid)) for fid in fids])


def chosen(pairs: pd.DataFrame, found: Nearness) -> pd.DataFrame:
    """Return, of pairs of a row (``at``) with a number of no community, the one record that is each row's.

    The nearest within :data:`APART_M`, else one without a shape. A row without a shape is the record that
    has none either, else the only one of its number; of several nobody can tell.
    """
    told = pairs.assign(metres=found.metres, shaped=found.shaped)
    told = told[~(told["metres"] > APART_M)]
    several = told["at"].duplicated(keep=False)
    told = told[~(several & told["metres"].isna() & told["shaped"])]
    ranked = told.assign(metres=told["metres"].fillna(np.inf)).sort_values(
        ["metres", "shaped"], kind="stable"
    )
    return ranked.drop_duplicates("at")[list(pairs.columns)]
