"""What of a community's data changed since the community agreed to it: records changed, added, ended or gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import sqlalchemy as sa

from surveys import records
from surveys.planning.match import COMMUNITY, community_of
from surveys.record import RecordType
from surveys.store.changes import DOUBLE, END
from surveys.store.schema import HISTORY, table
from surveys.store.store import Store

# What a community agrees to: the records that name it and come from files.
CHECKED = tuple(
    t for t in records.ALL.values() if t.by_file and "community" in t.by_name and t.name != COMMUNITY
)
_COLUMNS = ("id", "opened_by", COMMUNITY)


def changed(store: Store, network: str, names: Mapping[str, str], agreed: pd.Series) -> pd.Series:
    """Count the records of each community that do not stand as they did when it agreed.

    ``names`` are those of :func:`surveys.planning.match.community_names`; ``agreed`` is the number of
    the change by which a community agreed, by its id. Returns a count by community id.
    """
    counts = pd.Series(0, index=agreed.index, dtype="int64")
    if not len(agreed):
        return counts
    turned = _turned(store, network)
    for record_type in CHECKED:
        versions = _touched(store, network, record_type, int(agreed.min()), turned)
        at = community_of(versions, names)
        there = pd.DataFrame({"id": versions["id"], "at": at}).dropna().drop_duplicates()
        there = there.assign(moment=there["at"].map(agreed).astype("Int64")).dropna(subset="moment")
        both = there.merge(versions.assign(where=at), on="id")
        then, now = _stood(both, turned), both[both["closed_by"].isna()]
        sides = [side[side["where"].eq(side["at"])] for side in (then, now)]
        stood, stands = (side.set_index(["id", "at"])["opened_by"] for side in sides)
        pairs = stood.index.union(stands.index)
        other = ~stood.reindex(pairs).eq(stands.reindex(pairs)).fillna(False).astype(bool)
        told = pairs[other.to_numpy()].get_level_values("at").value_counts()
        counts = counts.add(told, fill_value=0).astype("int64")
    return counts


def _turned(store: Store, network: str) -> pd.DataFrame:
    """Read which changes were undone or redone (``target``), by which change (``by``), in order."""
    kept = table("change")
    query = (
        sa.select(kept.c.id, kept.c.kind, kept.c.identity)
        .where(kept.c.network == network, kept.c.kind.in_(("undo", "redo")))
        .order_by(kept.c.id)
    )
    with store.reading() as connection:
        rows = [(int(row.identity), row.id, row.kind == "undo") for row in connection.execute(query)]
    return pd.DataFrame(rows, columns=["target", "by", "undone"])


def _touched(
    store: Store, network: str, record_type: RecordType, since: int, turned: pd.DataFrame
) -> pd.DataFrame:
    """Read every version of the records of which a version was opened, closed or brought back since a change.

    ``ending`` tells that a person ended the record, or told it is a double, by closing that version.
    """
    current, closed = table(record_type.name), table(record_type.name + HISTORY)
    kept = table("change")
    back = [int(one) for one in turned.loc[turned["by"] > since, "target"].unique()]
    endings = sa.select(kept.c.id).where(kept.c.network == network, kept.c.kind.in_((END, DOUBLE)))
    late = sa.union(
        sa.select(current.c.id).where(
            current.c.network == network, sa.or_(current.c.opened_by > since, current.c.opened_by.in_(back))
        ),
        sa.select(closed.c.id).where(closed.c.network == network, closed.c.closed_by > since),
    )
    with store.reading() as connection:
        rows: list[Any] = []
        for source in (current, closed):
            by = source.c.closed_by if "closed_by" in source.c else sa.null()
            query = sa.select(*(source.c[name] for name in _COLUMNS), by, by.in_(endings)).where(
                source.c.network == network, source.c.id.in_(late)
            )
            rows += connection.execute(query).all()
    made = pd.DataFrame(rows, columns=[*_COLUMNS, "closed_by", "ending"])
    return made.astype(
        {"id": "str", "opened_by": "Int64", COMMUNITY: "str", "closed_by": "Int64", "ending": "boolean"}
    )


def _stood(both: pd.DataFrame, turned: pd.DataFrame) -> pd.DataFrame:
    """Return the versions that stood at the ``moment`` of each row: one of a record, or none."""
    by_then = both[both["opened_by"].le(both["moment"]) & ~_undone(both, "opened_by", turned)]
    last = by_then.sort_values("opened_by").drop_duplicates(["id", "at"], keep="last")
    over = both["ending"].fillna(False) & both["closed_by"].le(both["moment"]).fillna(False)
    ended = both[over.astype(bool) & ~_undone(both, "closed_by", turned)]
    ends = ended.groupby(["id", "at"])["closed_by"].max()
    # A version after the ending stands: the record was brought back by a file.
    end = ends.reindex(pd.MultiIndex.from_frame(last[["id", "at"]])).to_numpy(dtype=float, na_value=-1.0)
    return last[last["opened_by"].to_numpy(dtype=float) > end]


def _undone(both: pd.DataFrame, column: str, turned: pd.DataFrame) -> pd.Series:
    """Tell which changes of a column were undone at the ``moment`` of their row."""
    told = pd.DataFrame({"target": both[column], "moment": both["moment"], "row": range(len(both))})
    turns = told.dropna().merge(turned, on="target")
    turns = turns[turns["by"] <= turns["moment"]].sort_values("by").drop_duplicates("row", keep="last")
    undone = pd.Series(False, index=range(len(both)))
    undone.loc[turns.loc[turns["undone"].astype(bool), "row"]] = True
    return undone.set_axis(both.index)
