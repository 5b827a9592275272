"""How many households communities say they have, against those here and in the file: remarks, never refusals.

It is the coverage of the analysis of completeness (:mod:`surveys.planning.completeness`), looked at while a file
comes in. What the whole file brings counts, whichever layer it is in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from surveys.communities import Communities
from surveys.counting import REPORTED, by_community
from surveys.intake.differences import AFTER, BEFORE
from surveys.intake.examination import Part
from surveys.intake.problem import Problem
from surveys.planning.match import COMMUNITY, NAMED_BY, community_names, community_of
from surveys.records import ALL
from surveys.store import staging
from surveys.store.store import Store
from surveys.words import Words, words

HOUSEHOLD = ALL["household"].name
# Of each community that comes in: where it stands, how it is called, what it reports.
_STATE = ALL[COMMUNITY].by_name["survey_state"].name
_OF_COMMUNITY = ("id", "source_row", *NAMED_BY, REPORTED, _STATE)
# While a survey goes on every file leaves households out: fewer are a fault where it is said to be done.
_SURVEYED = ("to_return", "confirmed")
_NOTHING = pd.DataFrame({"text": [], "count": [], "row": []}).astype(
    {"text": "str", "count": "int64", "row": "int64"}
)
# How many communities a remark on several names.
_NAMED = 3


@dataclass(frozen=True)
class _Place:
    """Where in the file a community is spoken of."""

    layer: str
    row: int
    column: str | None
    field: str


def remarks(
    folder: Path, parts: Sequence[Part], known: Communities, here: tuple[Store, str]
) -> Iterator[Problem]:
    """Yield what is to be said of the communities that a file tells of, or whose households it holds.

    ``known`` are the communities here, with what a person said of names. Fewer households
    than reported are remarked where the survey is said to be done; a community without any waits for its survey.
    """
    store, network = here
    if not any(part.type in (COMMUNITY, HOUSEHOLD) and part.taken for part in parts):
        return
    coming = _communities(folder, parts)
    told_of = [*NAMED_BY, REPORTED, _STATE]
    before = store.read(network, COMMUNITY, told_of)
    communities = pd.concat([before[~before.index.isin(coming.index)][told_of], coming])
    reported = communities[REPORTED].dropna().astype("int64")
    if reported.empty:
        return
    names = {**known.by_text, **community_names(communities[list(NAMED_BY)])}
    more = _more(folder, parts, names)
    places = {**_first_rows(more), **_own_rows(parts, coming)}
    told = reported[reported.index.isin(list(places))]
    if told.empty:
        return
    counts = by_community(store, network, HOUSEHOLD, names).add(
        more["count"].groupby(more["community"]).sum(), fill_value=0
    )
    counted = counts.reindex(told.index).fillna(0).astype("int64")
    called = communities[list(ALL[COMMUNITY].title)].bfill(axis=1).iloc[:, 0]
    for one in counted.index[counted > told]:
        at, name = places[one], str(called[one])
        yield Problem(
            "more_than_declared", at.layer, at.row, at.column, at.field, f"{counted[one]:,}",
            near=words(name, name), detail=f"{told[one]:,}",
        )  # fmt: skip
    done = communities[_STATE].reindex(told.index).isin(_SURVEYED)
    fewer = list(counted.index[(counted < told) & (counted > 0) & done])
    if fewer:
        said = _few([(str(called[one]), int(told[one]), int(counted[one])) for one in fewer])
        yield Problem("fewer_than_declared", places[fewer[0]].layer, value=f"{len(fewer):,}", near=said)


def _few(communities: Sequence[tuple[str, int, int]]) -> Words:
    """Say of the first communities what they reported and what is there."""
    first, more = communities[:_NAMED], " …" if len(communities) > _NAMED else ""
    th = ", ".join(f"“{name}” แจ้ง {told:,} มี {there:,}" for name, told, there in first)
    en = ", ".join(f"“{name}” reported {told:,}, {there:,} here" for name, told, there in first)
    return words(th + more, en + more)


def _communities(folder: Path, parts: Sequence[Part]) -> pd.DataFrame:
    """Read the communities of the file by id: how they are called, what they report, where they stand."""
    columns = {
        name: pa.int64() if name in (REPORTED, "source_row") else pa.string() for name in _OF_COMMUNITY
    }
    tables = [pa.schema(columns.items()).empty_table().append_column("part", pa.array([], pa.int64()))]
    for number, part in enumerate(parts):
        for name in part.staged if part.type == COMMUNITY else ():
            rows = staging.read(folder / name)
            rows = rows.select([column for column in columns if column in rows.column_names])
            tables.append(rows.append_column("part", pa.repeat(pa.scalar(number), len(rows))))
    whole: pd.DataFrame = pa.concat_tables(tables, promote_options="permissive").to_pandas()
    texts = dict.fromkeys(("id", *NAMED_BY), "str")
    return whole.astype(texts).set_index("id").rename_axis(index=None)


def _own_rows(parts: Sequence[Part], coming: pd.DataFrame) -> dict[str, _Place]:
    """Return where the communities of the file stand."""
    return {
        str(one): _Place(parts[n].layer, int(row), parts[n].fields.get(REPORTED), REPORTED)
        for one, row, n in zip(coming.index, coming["source_row"], coming["part"], strict=True)
    }


def _more(folder: Path, parts: Sequence[Part], names: dict[str, str]) -> pd.DataFrame:
    """Count by text the households a file adds to communities, less those it takes from them.

    Columns ``community`` (id), ``count``, ``row`` (the first), ``layer`` and ``column``.
    """
    found = [_NOTHING.assign(layer="", column="")]
    for part in parts:
        if part.type != HOUSEHOLD:
            continue
        where = {"layer": part.layer, "column": part.fields.get(COMMUNITY)}
        for name in part.staged:
            found.append(_counted(_new(staging.read(folder / name)), COMMUNITY, 1).assign(**where))
        for name in part.changed:
            rows = staging.read(folder / name)
            found += [_counted(rows, BEFORE + COMMUNITY, -1).assign(**where)]
            found += [_counted(rows, AFTER + COMMUNITY, 1).assign(**where)]
    whole = pd.concat(found, ignore_index=True)
    texts = pd.DataFrame({COMMUNITY: whole["text"].astype("str")})
    return whole.assign(community=community_of(texts, names)).dropna(subset="community")


def _new(rows: pa.Table) -> pa.Table:
    """Return the rows that are no new version of a record, with their numbers called as those of changes are."""
    wanted = [name for name in (COMMUNITY, "source_row") if name in rows.column_names]
    new = rows.filter(pc.is_null(rows["fid"])) if "fid" in rows.column_names else rows
    return new.select(wanted).rename_columns({"source_row": "row"})


def _counted(rows: pa.Table, column: str, sign: int) -> pd.DataFrame:
    """Count rows by a text, with the first row of each."""
    if column not in rows.column_names:
        return _NOTHING
    told = rows.select([column, "row"]).group_by(column).aggregate([("row", "count"), ("row", "min")])
    made: pd.DataFrame = told.to_pandas().rename(
        columns={column: "text", "row_count": "count", "row_min": "row"}
    )
    return made.assign(count=made["count"] * sign).dropna(subset="text").astype({"text": "str"})


def _first_rows(more: pd.DataFrame) -> dict[str, _Place]:
    """Return where the households a file adds first name each community."""
    added = more[more["count"] > 0].drop_duplicates("community")
    names = ("community", "layer", "row", "column")
    return {
        one: _Place(layer, row, column, COMMUNITY)
        for one, layer, row, column in zip(*(added[name].tolist() for name in names), strict=True)
    }
