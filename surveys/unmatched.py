"""The records of a network that find no place by their numbers, read with what they may be linked to.

Only what places records is read, for a city at once; only those shown are compared and told.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import sqlalchemy as sa

from surveys import records
from surveys.errors import no_record
from surveys.near_matches import called, community_keys, compared, most_like, numbers_of, pools
from surveys.planning.match import COMMUNITY, NAMED_BY, community_names
from surveys.planning.sides import BothSides, both_sides, holding
from surveys.record import RecordType
from surveys.shared import LINK
from surveys.store.schema import GEOMETRY, table
from surveys.store.store import Store
from surveys.words import Words, folded

# How many near matches of a record are told.
NEAREST = 5
# How many signs of a community's name must stand in a file's name to tell it.
_SPOKEN = 4
# The key of records whose community is not known here, where they stand together.
_APART = "apart"
# Beside the texts of records, while they are read: whether one has a shape of its own.
_SHAPED = "#shaped"


@dataclass(frozen=True)
class Candidate:
    """A record on the map that may be the one meant: its id, its numbers as written, and how alike (0-100).

    ``said`` is what it calls its community where none of that name is known here.
    """

    type: str
    id: str
    label: Words
    like: float
    said: str


@dataclass(frozen=True)
class Unmatched:
    """A record that stands nowhere, its community and numbers, and the likely ones of that community.

    ``community`` is an id, None where none is known here by the name it says, which is then ``said``
    (empty: it says none).
    """

    type: str
    id: str
    version: int
    community: str | None
    said: str
    label: Words
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class Lonely:
    """A record on the map at which none of those to be linked stands; its community as of :class:`Unmatched`."""

    type: str
    id: str
    community: str | None
    said: str
    label: Words


@dataclass(frozen=True)
class Offer:
    """Records on the map that may be chosen: ``shown`` are some of ``fitting``, these of ``count``."""

    shown: tuple[Lonely, ...]
    fitting: int
    count: int


@dataclass(frozen=True)
class Both:
    """Both sides of a network: the texts of records of a type and of those on the map they may be linked to, by id.

    ``whose`` tells of the latter the type and the community (see :func:`surveys.near_matches.community_keys`).
    ``lost`` marks the former that stand nowhere, ``free`` the latter at which none of them stands.
    """

    store: Store
    network: str
    type: RecordType
    names: Mapping[str, str]
    own: pd.DataFrame
    lost: pd.Series[bool]
    others: pd.DataFrame
    whose: pd.DataFrame
    free: pd.Series[bool]

    @classmethod
    def of(
        cls, store: Store, network: str, record_type: RecordType, targets: Sequence[str],
        about: tuple[str, str] | None = None,
    ) -> Both:  # fmt: skip
        """Read what places records of a type, and what they may be linked to.

        ``about`` a record (id) looked for in a community (id; empty: its own) only what concerns it is read: what is
        of that community, or of none that is known here.

        Raises
        ------
        NotFound
            If there is no such record.
        """
        communities = store.read_table(network, COMMUNITY, ["id", *NAMED_BY]).to_pandas().set_index("id")
        names = community_names(communities)
        scope = _Scope.of(store, network, record_type, names, about) if about else None
        around = [rule.type for name in targets for rule in records.ALL[name].place]
        read = dict.fromkeys((record_type.name, *targets, *around))
        where = {name: scope.concerns(records.ALL[name]) if scope else sa.true() for name in read}
        texts = {name: _texts(store, network, name, where[name]) for name in read}
        shaped = {name: frame.pop(_SHAPED).astype(bool) for name, frame in texts.items()}
        sides = both_sides(record_type, targets, texts, shaped, names)
        if shaped[record_type.name].any():
            records_there = _shapes(store, network, record_type.name, sa.true())
            for name in targets:
                held = holding(_shapes(store, network, name, where[name]), records_there)
                sides.free[name][held] = False
        if scope:
            _hold_one_another(store, network, where, sides)
        there = {name: texts[name].loc[ids] for name, ids in sides.there.items()}
        whose = [community_keys(frame, names).assign(type=name) for name, frame in there.items()]
        return cls(
            store, network, record_type, names, texts[record_type.name], sides.lost,
            pd.concat(there.values()), pd.concat(whose), pd.concat(sides.free.values()),
        )  # fmt: skip

    @property
    def alone(self) -> pd.Series[bool]:
        """Mark the records on the map that lack one of those to be linked: free ones of the first type a community has.

        Where its houses are on the map, a plot without a household lacks nothing.
        """
        codes = pd.Series(pd.factorize(self.whose["type"])[0], self.whose.index)
        return self.free & codes.eq(codes.groupby(self.whose["key"].fillna("")).transform("min"))

    def communities(self, ids: pd.Index) -> pd.DataFrame:
        """Tell the community of some of the records to be linked, by what they say, else by the name of their file."""
        return communities_of(self.store, self.network, self.type, self.own.loc[ids], self.names)

    def near(self, rows: pd.DataFrame) -> tuple[Unmatched, ...]:
        """Find for each of some records (``id`` and ``key`` of its community) the most alike of its community."""
        ids, there = rows.index.tolist(), self.whose["key"].isin(rows["key"].dropna())
        likely = self._likely(rows["key"], self.whose.loc[there, "key"])
        of_ids = table(self.type.name).c.id.in_(ids)
        read = self.store.read_table(self.network, self.type.name, ["id", "version"], of_ids)
        versions = dict(zip(*(column.to_pylist() for column in read.columns), strict=True))
        labels, said = called(self.type, self.own.loc[ids]), _said(rows, self.own)
        return tuple(
            Unmatched(self.type.name, at, versions[at], *said[at], labels[at], likely[at]) for at in ids
        )

    def apart(self, record_id: str, key: str | None) -> tuple[Candidate, ...]:
        """Find for one record the most alike of communities not known here, but for the one it is looked for in."""
        others = self.whose.index[self.whose["id"].isna() & (self.whose["key"] != key)]
        all_one = pd.Series(_APART, others.append(pd.Index([record_id])), dtype="str")
        return self._likely(all_one.loc[[record_id]], all_one.loc[others])[record_id]

    def told(self, ids: pd.Index) -> tuple[Lonely, ...]:
        """Say what records on the map are called."""
        labels, said, kinds = self._labels(ids), _said(self.whose.loc[ids], self.others), self.whose["type"]
        return tuple(Lonely(kinds[at], at, *said[at], labels[at]) for at in ids.tolist())

    def matching(self, ids: pd.Index, text: str, most: int) -> Offer:
        """Return at most so many of some records on the map, those one of whose numbers holds a text."""
        fitting, wanted = np.full(len(ids), not text), folded(text)
        for name in _numbers(self.whose["type"].unique()) if text else ():
            texts = self.others.loc[ids, name]
            fitting |= np.array([isinstance(one, str) and wanted in folded(one) for one in texts], dtype=bool)
        return Offer(self.told(ids[fitting][:most]), int(fitting.sum()), len(ids))

    def _likely(self, keys: pd.Series[str], there: pd.Series[str]) -> dict[str, tuple[Candidate, ...]]:
        """Find for each record the most alike on the map of those that have its key."""
        hits: dict[Hashable, list[tuple[str, float]]] = {at: [] for at in keys.index}
        for name, some in there.groupby(self.whose.loc[there.index, "type"], sort=False):
            fields = compared(self.type, (str(name),))
            pool = pools(fields, self.others.loc[some.index], some)
            said = self.own.loc[keys.index, list(fields)].to_dict("index")
            for at, key in keys.items():
                hits[at] += most_like(said[at], pool.get(key, {}), NEAREST)
        # Of equally like ones those of the first type come first.
        hits = {at: sorted(found, key=lambda hit: -hit[1])[:NEAREST] for at, found in hits.items()}
        ids = pd.Index(dict.fromkeys(at for some in hits.values() for at, _ in some))
        labels, kinds, names = self._labels(ids), self.whose["type"], _said(self.whose.loc[ids], self.others)
        return {
            str(row): tuple(Candidate(kinds[at], at, labels[at], like, names[at][1]) for at, like in some)
            for row, some in hits.items()
        }

    def _labels(self, ids: pd.Index) -> dict[str, Words]:
        """Say what records on the map are called, by id."""
        made: dict[str, Words] = {}
        for name, some in self.whose.loc[ids].groupby("type"):
            made |= called(records.ALL[str(name)], self.others.loc[some.index])
        return made


@dataclass(frozen=True)
class _Scope:
    """What concerns one record: all that is of a community (its key), or of none that is known here."""

    store: Store
    network: str
    names: Mapping[str, str]
    key: str | None
    record: tuple[str, str]

    @classmethod
    def of(
        cls,
        store: Store,
        network: str,
        record_type: RecordType,
        names: Mapping[str, str],
        about: tuple[str, str],
    ) -> _Scope:
        record_id, community = about
        found = store.read_table(
            network, record_type.name, ["id", COMMUNITY], table(record_type.name).c.id == record_id
        )
        if not len(found):
            raise no_record(record_type.name, record_id)
        own = communities_of(store, network, record_type, found.to_pandas().set_index("id"), names)
        key = community or own["key"].iloc[0]
        return cls(
            store, network, names, key if isinstance(key, str) else None, (record_type.name, record_id)
        )

    def concerns(self, record_type: RecordType) -> sa.ColumnElement[bool]:
        """Ask for the records of a type that concern the record, whoever names them and wherever they stand."""
        source = table(record_type.name)
        query = sa.select(source.c[COMMUNITY]).where(source.c.network == self.network).distinct()
        with self.store.reading() as connection:
            texts = [text for text in connection.scalars(query) if text is not None]
        here = [text for text in texts if self.names.get(folded(text), self.key) == self.key]
        asked: list[sa.ColumnElement[bool]] = [source.c[COMMUNITY].in_(here), source.c[COMMUNITY].is_(None)]
        for one in records.ALL.values():
            if any(rule.on == (LINK,) and rule.type == record_type.name for rule in one.place):
                child = table(one.name).c
                linked = sa.select(child[LINK]).where(child.network == self.network, child[LINK].is_not(None))
                asked.append(source.c.id.in_(linked))
        if record_type.name == self.record[0]:
            asked += [
                source.c.id == self.record[1],
                source.c[LINK].is_not(None),
                source.c[GEOMETRY].is_not(None),
            ]
        return sa.or_(*asked)


def communities_of(
    store: Store, network: str, record_type: RecordType, texts: pd.DataFrame, names: Mapping[str, str]
) -> pd.DataFrame:
    """Tell the community of records to be linked, by what they say, else by the name of their file."""
    made = community_keys(texts, names)
    silent = made.index[made["key"].isna()]
    if not len(silent):
        return made
    source, change = table(record_type.name), table("change")
    file = sa.func.json_extract(change.c.report, "$.file").label("file")
    query = sa.select(source.c.id, file).join(change, change.c.id == source.c.opened_by).where(
        source.c.network == network, source.c[COMMUNITY].is_(None), file.is_not(None)
    )  # fmt: skip
    with store.reading() as connection:
        files = {row.id: str(row.file) for row in connection.execute(query)}
    told = {name: _told(name, names) for name in set(files.values())}
    by_file = pd.Series({at: told[name] for at, name in files.items()}, dtype="str").reindex(silent)
    return made.assign(id=made["id"].fillna(by_file), key=made["key"].fillna(by_file))


def _said(rows: pd.DataFrame, texts: pd.DataFrame) -> dict[str, tuple[str | None, str]]:
    """Return of each record by its id the id of its community, or None and what the record says."""
    said = texts.loc[rows.index, COMMUNITY].fillna("").tolist()
    return {
        at: (community, "") if isinstance(community, str) else (None, text)
        for at, community, text in zip(rows.index.tolist(), rows["id"].tolist(), said, strict=True)
    }


def _numbers(type_names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(of.name for name in type_names for of in numbers_of(records.ALL[name])))


def _columns(record_type: RecordType) -> list[str]:
    """Return the columns that place a record, place others at it, or say which one it is."""
    ours = [rule.on for rule in record_type.place]
    theirs = [rule.on for t in records.ALL.values() for rule in t.place if rule.type == record_type.name]
    parts = {part for on in (*ours, *theirs) for part in on} & set(record_type.by_name)
    return sorted(parts | {of.name for of in numbers_of(record_type)} | {COMMUNITY})


def _texts(store: Store, network: str, type_name: str, where: sa.ColumnElement[bool]) -> pd.DataFrame:
    """Read the texts of records by id, and which have a shape of their own: the store keeps no empty one."""
    columns, shape = ["id", *_columns(records.ALL[type_name])], table(type_name).c[GEOMETRY]
    parts = []
    for has, shaped in ((True, shape.is_not(None)), (False, shape.is_(None))):
        read = store.read_table(network, type_name, columns, sa.and_(where, shaped)).to_pandas()
        parts.append(read.astype("str").assign(**{_SHAPED: has}))
    whole: pd.DataFrame = pd.concat(parts).set_index("id").rename_axis(index=None)
    return whole


def _shapes(store: Store, network: str, type_name: str, where: sa.ColumnElement[bool]) -> gpd.GeoSeries:
    shaped = table(type_name).c[GEOMETRY].is_not(None)
    return store.read(network, type_name, [], sa.and_(where, shaped)).geometry


def _hold_one_another(
    store: Store, network: str, where: Mapping[str, sa.ColumnElement[bool]], sides: BothSides
) -> None:
    """Mark as taken the areas in which a record of another type stands: a plot with a house."""
    for name in sides.there:
        inside = [
            other for other in sides.there if any(rule.type == name for rule in records.ALL[other].place)
        ]
        for other in inside if len(sides.there[name]) else ():
            shapes = (_shapes(store, network, one, where[one]) for one in (name, other))
            sides.free[name][holding(*shapes)] = False


def _told(file: str, names: Mapping[str, str]) -> str | None:
    """Return the one community whose name, or the longest of whose names, is part of a file's name."""
    spoken = folded(Path(file).stem)
    inside = [name for name in names if len(name) >= _SPOKEN and not name.isascii() and name in spoken]
    longest = [name for name in inside if not any(name != other and name in other for other in inside)]
    meant = {names[name] for name in longest}
    return meant.pop() if len(meant) == 1 else None
