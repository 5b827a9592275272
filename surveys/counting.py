"""Records read to be counted, a million of them: texts that repeat as numbers, points as coordinates.

A frame of these answers the same questions as one of :meth:`surveys.store.store.Store.read`, in a third of
the memory: rows are turned part by part, and neither texts nor shapes stay as objects.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import sqlalchemy as sa
from pandas.api.extensions import ExtensionArray

from surveys import records
from surveys.planning.match import COMMUNITY, community_of
from surveys.planning.place import EAST, NORTH, spots
from surveys.record import RecordType
from surveys.store import frames
from surveys.store.schema import GEOMETRY, table
from surveys.store.store import Store

# How many households a community itself says it has.
REPORTED = records.ALL[COMMUNITY].by_name["households_known"].name
# How many rows are turned at a time.
_ROWS = 20_000
# Texts that stand in this many rows each, on average, are told by numbers.
_REPEATED = 2


def read(store: Store, network: str, type_name: str, columns: Sequence[str]) -> gpd.GeoDataFrame:
    """Read current rows as a frame indexed by id.

    It is what :meth:`surveys.store.store.Store.read` gives, but for texts that repeat, which are categories
    (only those that occur), and for records whose shape is a point: these have no shape but
    :data:`~surveys.planning.place.EAST` and :data:`~surveys.planning.place.NORTH`, in degrees of EPSG:4326, NaN
    where there is no place.
    """
    declared = records.ALL[type_name]
    shape = [GEOMETRY] if declared.geometry else []
    names = list(dict.fromkeys(["id", *columns, *shape]))
    texts: dict[str, list[pa.Array]] = {}
    parts = []
    for rows in _rows(store, network, type_name, names):
        part, told = _part(rows, declared)
        parts.append(part)
        for name, column in told.items():
            texts.setdefault(name, []).append(column)
    whole: gpd.GeoDataFrame = pd.concat(parts) if len(parts) > 1 else parts[0]
    del parts
    for name in list(texts):
        whole[name] = pd.Series(_column(texts.pop(name)), whole.index)
    return whole


def by_community(store: Store, network: str, type_name: str, names: Mapping[str, str]) -> pd.Series[int]:
    """Count the current records of a type by the id of their community; those of none that is known are left out.

    ``names`` are those :func:`surveys.planning.match.community_names` found. The store counts, so that no record
    is read.
    """
    source = table(type_name)
    query = sa.select(source.c[COMMUNITY], sa.func.count()).group_by(source.c[COMMUNITY])
    with store.reading() as connection:
        rows = connection.execute(query.where(source.c.network == network)).all()
    counts = pd.Series([count for _, count in rows], dtype="int64")
    texts = pd.DataFrame({COMMUNITY: pd.Series([text for text, _ in rows], dtype="str")})
    found: pd.Series[int] = counts.groupby(community_of(texts, names)).sum()
    return found


def _rows(store: Store, network: str, type_name: str, names: Sequence[str]) -> Iterator[pa.Table]:
    """Give the rows of a type as Arrow tables, at least one, all as they stood at one moment."""
    source, other = table(type_name), table(type_name).alias()
    # Whole rows put in order would take the memory of all of them; their numbers alone are put in order.
    numbers = sa.select(other.c.fid).where(other.c.network == network)
    query = (
        sa.select(*(source.c[name] for name in names)).where(source.c.fid.in_(numbers)).order_by(source.c.fid)
    )
    types = frames.arrow_types(records.ALL[type_name])
    with store.reading() as connection:
        cursor: Any = connection.execute(query).cursor
        rows = cursor.fetchmany(_ROWS)
        yield frames.to_table(rows, names, types)
        while rows := cursor.fetchmany(_ROWS):
            yield frames.to_table(rows, names, types)


def _part(rows: pa.Table, declared: RecordType) -> tuple[gpd.GeoDataFrame, dict[str, pa.Array]]:
    """Turn some rows into a frame without texts, and its texts into columns of numbers."""
    part = frames.to_frame(rows, declared)
    named = [name for name, kind in part.dtypes.items() if kind == "str"]
    told = {name: rows[name].combine_chunks().dictionary_encode() for name in named}
    part = part.drop(columns=named)
    if declared.geometry == "point":
        at = spots(part)
        part = part.assign(**{EAST: at[:, 0], NORTH: at[:, 1]})
    if declared.geometry in ("point", None):
        part = gpd.GeoDataFrame(part.drop(columns="geometry"))
    return part, told


def _column(parts: Sequence[pa.Array]) -> ExtensionArray:
    """Join the texts of all parts: as categories where they repeat."""
    whole = pa.chunked_array(parts).unify_dictionaries()
    distinct = whole.chunk(0).dictionary
    if _REPEATED * len(distinct) > len(whole):
        texts: pd.Series[str] = whole.cast(pa.large_string()).to_pandas().astype("str")
        return texts.array
    codes = [np.asarray(part.indices.fill_null(-1)) for part in whole.chunks]
    return pd.Categorical.from_codes(np.concatenate(codes), pd.Index(distinct.to_pylist(), dtype="str"))
