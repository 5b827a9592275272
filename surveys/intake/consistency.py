"""What the rows of a layer say against one another and against the records here: remarks, never refusals.

Each rule is a row of :data:`RULES`: what it speaks of, what it looks at, and a function of frames.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from gis.topology import outside_m, overlaps
from gis.units import format_area, geodesic_area_m2
from surveys.intake.problem import Problem
from surveys.planning.homes import households_of
from surveys.planning.match import COMMUNITY, NONE, Frames, Positions, community_names, community_of
from surveys.planning.place import named
from surveys.record import RecordType
from surveys.records import ALL
from surveys.store import staging
from surveys.store.frames import arrow_types, to_frame
from surveys.store.schema import GEOMETRY, table
from surveys.store.store import Store
from surveys.words import Words, words

# A phone knows where it is to about this many metres.
PHONE_M = 15.0
# Less than this of the smaller area is a matter of drawing (PLANNING 1: real maps are no clean coverage).
_SHARE, _LEAST_M2 = 0.02, 4.0
# How far a declared area may be from the drawn one, by paper: a deed is surveyed, a tax receipt is a guess.
_TOLERANCE = {"chanote": 0.05, "ns3k": 0.10}
_TOLERANCE_ELSE = 0.20
_TELLING = tuple(dict.fromkeys(part for key in ALL["household"].keys for part in key))
_EVERY = ("source_row", "fid", "id")


@dataclass(frozen=True)
class Found:
    """Where a rule found something: positions of rows, the value seen, and what it was held against.

    ``stopped`` is the first position it did not look at; None where it looked at all.
    """

    rows: np.ndarray
    values: list[str]
    near: list[Words]
    stopped: int | None = None


@dataclass(frozen=True)
class Rule:
    """One rule: its problem, the type and field it is about, the fields it needs, the types it looks at.

    The first of ``beside`` is what the rows are held against.
    """

    code: str
    type: str
    field: str | None
    needs: tuple[str, ...]
    beside: tuple[str, ...]
    find: Callable[[gpd.GeoDataFrame, Frames], Found]


def _outside_community(rows: gpd.GeoDataFrame, here: Frames) -> Found:
    """Find records that stand further outside the boundary of their community than a phone errs."""
    communities = here[COMMUNITY]
    areas = np.asarray(communities.geometry.array, dtype=object)
    ids = community_of(rows, community_names(communities))
    which = communities.index.get_indexer(pd.Index(ids))
    far = outside_m(np.asarray(rows.geometry.array, dtype=object), areas, which)
    at = np.flatnonzero(far > PHONE_M)
    return Found(at, [f"{far[n]:,.0f}" for n in at], [words("", "")] * len(at))


def _upon(rows: gpd.GeoDataFrame, here: Frames, type_name: str) -> Found:
    """Find areas that lie upon another of the same type, in the file or among the records here.

    A pair is said once, at the row that comes first; a row says the largest of its overlaps and how many more
    it has.
    """
    shapes = np.asarray(rows.geometry.array, dtype=object)
    kept = here[type_name][~here[type_name].index.isin(rows["id"])]
    own, theirs = overlaps(shapes), overlaps(shapes, np.asarray(kept.geometry.array, dtype=object))
    labels, others = _labels(ALL[type_name], rows), _labels(ALL[type_name], kept)
    inside, beside = _worth_saying(own.pairs), _worth_saying(theirs.pairs)
    inside["label"] = labels.to_numpy(dtype=object)[inside["other"]]
    beside["label"] = others.to_numpy(dtype=object)[beside["other"]]
    pairs = pd.concat([inside, beside], ignore_index=True)
    among = pd.concat([pairs["row"], inside["other"]]).value_counts()
    largest = (
        pairs.sort_values("area_m2", ascending=False, kind="stable").drop_duplicates("row").sort_values("row")
    )
    more = (among.reindex(largest["row"]) - 1).tolist()
    return Found(
        largest["row"].to_numpy(dtype=np.int64),
        [f"{area:,.0f}" for area in largest["area_m2"]],
        [_and_more(type_name, label, count) for label, count in zip(largest["label"], more, strict=True)],
        min((one.stopped for one in (own, theirs) if one.stopped is not None), default=None),
    )


def _worth_saying(pairs: pd.DataFrame) -> pd.DataFrame:
    return pairs[(pairs["share"] > _SHARE) & (pairs["area_m2"] > _LEAST_M2)].copy()


def _and_more(type_name: str, label: str, count: int) -> Words:
    if not count:
        return words(label, label)
    return words(f"{label} และ{ALL[type_name].words.th}อื่นอีก {count:,}", f"{label} and {count:,} more")


def _another_number(rows: gpd.GeoDataFrame, here: Frames) -> Found:
    """Find households whose house number is not that of the house with their sequence."""
    house = ALL["house"]
    names = community_names(here[COMMUNITY])
    others = here[house.name]
    found = named(rows[[COMMUNITY, "house_seq"]], house.name, others, names)
    there = others["house_no"].astype("str").to_numpy(dtype=object)[found]
    said = rows["house_no"].astype("str").to_numpy(dtype=object)
    both = (found >= 0) & ~pd.isna(there) & ~pd.isna(said)
    at = np.flatnonzero(both & (_plain(said) != _plain(there)))
    return Found(at, [str(said[n]) for n in at], [words(str(there[n]), str(there[n])) for n in at])


def _another_sequence(rows: gpd.GeoDataFrame, here: Frames) -> Found:
    """Find households whose house number is of a house with another sequence; theirs has none or is not there."""
    names, others = community_names(here[COMMUNITY]), here["house"]
    by_sequence, by_number = (
        named(rows[[COMMUNITY, on]], "house", others, names) for on in ("house_seq", "house_no")
    )
    numbers, sequences, said = (
        column.astype("str").to_numpy(dtype=object)
        for column in (others["house_no"], others["house_seq"], rows["house_seq"])
    )
    unnumbered = (by_sequence == NONE) | ((by_sequence >= 0) & pd.isna(numbers[by_sequence]))
    there = sequences[by_number]
    both = unnumbered & (by_number >= 0) & ~pd.isna(there) & ~pd.isna(said)
    at = np.flatnonzero(both & (_plain(said) != _plain(there)))
    return Found(
        at,
        rows["house_no"].astype("str").iloc[at].tolist(),
        [
            words(
                f"ลำดับที่ {there[n]} แต่แถวนี้บอกลำดับที่ {said[n]}",
                f"{there[n]} on the plan, the row says {said[n]}",
            )
            for n in at
        ],
    )


def _other_people(rows: gpd.GeoDataFrame, here: Frames) -> Found:
    """Find households whose number of people is not that of their listed members."""
    at = _households(here["member"], rows, here)
    listed = np.bincount(at[at >= 0], minlength=len(rows))
    people = rows["people"].to_numpy(dtype=float, na_value=np.nan)
    at = np.flatnonzero((listed > 0) & ~np.isnan(people) & (people != listed))
    if len(at):
        # A household here with the numbers of a new one keeps its members.
        kept = here["household"][~here["household"].index.isin(rows["id"])]
        whole = pd.concat([rows[list(_TELLING)], kept[list(_TELLING)]])
        of = _households(here["member"], whole, here)
        listed = np.bincount(of[of >= 0], minlength=len(whole))[: len(rows)]
        at = at[(listed[at] > 0) & (people[at] != listed[at])]
    return Found(at, [f"{people[n]:.0f}" for n in at], [words(str(listed[n]), str(listed[n])) for n in at])


def _households(members: pd.DataFrame, households: pd.DataFrame, here: Frames) -> Positions:
    """Find the household of each member by its numbers: a position, else a negative."""
    return households_of(members, households, community_names(here[COMMUNITY]))


def _members_differ(rows: gpd.GeoDataFrame, here: Frames) -> Found:
    """Find households here whose number of people is not that of their members, with those of the file."""
    households = here["household"]
    before = here["member"][~here["member"].index.isin(rows["id"])]
    own, others = (_households(part, households, here) for part in (rows, before))
    listed = np.bincount(np.concatenate([own[own >= 0], others[others >= 0]]), minlength=len(households))
    people = households["people"].to_numpy(dtype=float, na_value=np.nan)
    first = pd.Series(np.arange(len(rows))).groupby(own).first()
    first = first[first.index >= 0]
    differ = first[~np.isnan(people[first.index]) & (people[first.index] != listed[first.index])]
    return Found(
        differ.to_numpy(dtype=np.int64),
        [str(listed[n]) for n in differ.index],
        [words(f"{people[n]:.0f}", f"{people[n]:.0f}") for n in differ.index],
    )


def _area_differs(rows: gpd.GeoDataFrame, _here: Frames) -> Found:
    """Find plots whose declared area is further from the drawn one than their paper lets expect."""
    declared = rows["declared_area"].to_numpy(dtype=float, na_value=np.nan)
    at = np.flatnonzero(~np.isnan(declared))
    measured = geodesic_area_m2(np.asarray(rows.geometry.array, dtype=object)[at])
    tolerance = rows["paper"].map(_TOLERANCE).fillna(_TOLERANCE_ELSE).to_numpy(dtype=float)[at]
    off = np.abs(declared[at] - measured)
    far = (measured > 0) & (off > tolerance * measured) & (off > _LEAST_M2)
    said = [words(format_area(area, "th"), format_area(area, "en")) for area in measured[far].tolist()]
    return Found(at[far], [format_area(area) for area in declared[at][far].tolist()], said)


def _plain(texts: np.ndarray) -> np.ndarray:
    """Fold house numbers: "12 / 3" is "12/3"."""
    return np.array([None if pd.isna(text) else "".join(str(text).split()) for text in texts], dtype=object)


def _overlapping(type_name: str) -> Callable[[gpd.GeoDataFrame, Frames], Found]:
    return lambda rows, here: _upon(rows, here, type_name)


RULES: tuple[Rule, ...] = (
    *(
        Rule("outside_community", name, COMMUNITY, (COMMUNITY, GEOMETRY), (COMMUNITY,), _outside_community)
        for name in ("house", "household", "land_plot")
    ),
    Rule("plot_overlaps", "land_plot", None, (GEOMETRY,), ("land_plot",), _overlapping("land_plot")),
    Rule("community_overlaps", COMMUNITY, None, (GEOMETRY,), (COMMUNITY,), _overlapping(COMMUNITY)),
    Rule("house_number_differs", "household", "house_no", (COMMUNITY, "house_seq", "house_no"),
         ("house", COMMUNITY), _another_number),
    Rule("house_sequence_differs", "household", "house_seq", (COMMUNITY, "house_seq", "house_no"),
         ("house", COMMUNITY), _another_sequence),
    Rule("area_differs", "land_plot", "declared_area", ("declared_area", "paper", GEOMETRY), ("land_plot",),
         _area_differs),
    Rule("members_differ", "member", None, _TELLING,
         ("household", "member", COMMUNITY), _members_differ),
    Rule("people_differ", "household", "people",
         (*_TELLING, "people"), ("member", COMMUNITY), _other_people),
)  # fmt: skip


@dataclass(frozen=True)
class Layer:
    """The staged rows of one layer: its name, its record type and columns, and where they are staged."""

    name: str
    record_type: RecordType
    columns: Mapping[str, str]
    staged: Sequence[Path]


class _Here(dict[str, gpd.GeoDataFrame]):
    """The records here by type, each type read when a rule first asks for it."""

    def __init__(self, store: Store, network: str) -> None:
        super().__init__()
        self._store, self._network = store, network

    def __missing__(self, name: str) -> gpd.GeoDataFrame:
        self[name] = self._store.read(self._network, name)
        return self[name]


def remarks(layer: Layer, store: Store, network: str) -> Iterator[Problem]:
    """Yield what the rules remark on the rows of a layer that are to be written."""
    # Against nothing a rule finds nothing, unless the file's own rows stand against one another.
    rules = [
        rule for rule in RULES
        if rule.type == layer.record_type.name
        and (rule.type == rule.beside[0] or _some(store, network, rule.beside[0]))
    ]  # fmt: skip
    if not rules or not layer.staged:
        return
    beside = _Here(store, network)
    rows = _read(layer, tuple(dict.fromkeys(name for rule in rules for name in rule.needs)))
    for rule in rules:
        found = rule.find(rows, beside)
        column = layer.columns.get(rule.field) if rule.field else None
        numbers = rows["source_row"].to_numpy()
        for at, value, near in zip(found.rows.tolist(), found.values, found.near, strict=True):
            yield Problem(rule.code, layer.name, int(numbers[at]), column, rule.field, value, near=near)
        if found.stopped is not None:
            left = f"{len(rows) - found.stopped:,}"
            yield Problem("overlaps_unknown", layer.name, int(numbers[found.stopped]), value=left)


def _some(store: Store, network: str, type_name: str) -> bool:
    """Tell whether a network has a record of a type."""
    source = table(type_name)
    query = sa.select(source.c.fid).where(source.c.network == network).limit(1)
    with store.reading() as connection:
        return connection.scalar(query) is not None


def _read(layer: Layer, needs: Sequence[str]) -> gpd.GeoDataFrame:
    """Read staged rows as the store's frames are, keeping ``id`` as a column too."""
    types, titles = arrow_types(layer.record_type), layer.record_type.title
    numbers = [part for key in layer.record_type.keys for part in key if part in layer.record_type.by_name]
    names = list(dict.fromkeys([*_EVERY, *needs, *titles, *numbers]))
    schema = pa.schema([(name, types[name]) for name in names])
    parts = [schema.empty_table()]
    for path in layer.staged:
        rows = staging.read(path)
        parts.append(rows.select([name for name in names if name in rows.column_names]))
    whole = pa.concat_tables(parts, promote_options="default").select(names)
    frame = to_frame(whole.combine_chunks(), layer.record_type)
    return frame.assign(id=frame.index)


def _labels(record_type: RecordType, frame: pd.DataFrame) -> pd.Series[str]:
    """Say of each record how people know it: its first title or key field that is filled."""
    told = pd.Series(pd.NA, index=frame.index, dtype="object")
    for name in dict.fromkeys([*record_type.title, *(part for key in record_type.keys for part in key)]):
        if name in frame and name != COMMUNITY:
            told = told.fillna(frame[name].astype("str"))
    return told.fillna("?").astype("str")
