"""Records that find no place by their numbers: near matches to choose from, and the link a person makes.

The usual case is an Excel survey against a digitised map: a house number typed otherwise on one
side. A link is a field of the record (:data:`surveys.shared.LINK`), written as a correction: it has a
reason and a history, is exported and read back, and the next file still finds its record by key.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import sqlalchemy as sa
from rapidfuzz import fuzz, process

from surveys import edit, records
from surveys.errors import Refused, no_record
from surveys.planning.match import COMMUNITY, Frames, community_names, community_of
from surveys.planning.place import has_shape, placed
from surveys.record import Field, RecordType
from surveys.roles import Actor
from surveys.shared import LINK
from surveys.store.schema import table
from surveys.store.store import Store
from surveys.words import LANGS, Words, folded, words

# The types whose records may be linked by hand, with those they may be linked to.
LINKED: dict[str, tuple[str, ...]] = {
    t.name: tuple(rule.type for rule in t.place if rule.on == (LINK,))
    for t in records.ALL.values()
    if LINK in t.by_name
}
MOST, NEAREST = 500, 5
# Below this likeness (of 100) two numbers have nothing to do with each other.
_LIKE = 55.0
# How many signs of a community's name must stand in a file's name to tell it.
_SPOKEN = 4


@dataclass(frozen=True)
class Candidate:
    """A record on the map that may be the one meant: its id, its numbers as written, and how alike (0-100)."""

    type: str
    id: str
    label: Words
    like: float


@dataclass(frozen=True)
class Unmatched:
    """A record that stands nowhere, its community (id, None: not known) and numbers, and the likely ones."""

    type: str
    id: str
    version: int
    community: str | None
    label: Words
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class Lonely:
    """A record on the map that no record names: its id, its community (id, None: not known), and its numbers."""

    type: str
    id: str
    community: str | None
    label: Words


@dataclass(frozen=True)
class Sides:
    """The unmatched on both sides: records without a place, and records on the map that nothing names.

    ``missing`` are some of ``missing_count``; ``lonely`` some of ``lonely_count``: those of the window asked for.
    """

    missing: tuple[Unmatched, ...]
    missing_count: int
    lonely: tuple[Lonely, ...]
    lonely_count: int


@dataclass(frozen=True)
class Window:
    """Which of the unmatched are told: ``most`` of each side, from these positions on."""

    missing: int = 0
    lonely: int = 0
    most: int = MOST


@dataclass(frozen=True)
class Choice:
    """One record with its likely places, and what may be chosen besides.

    ``lonely`` are the records on the map of a ``community`` (id) that nothing names: its own, or another asked for.
    """

    record: Unmatched
    community: str | None
    lonely: tuple[Lonely, ...]


def unmatched(store: Store, network: str, actor: Actor, type_name: str, window: Window = Window()) -> Sides:
    """List the records of a type that stand nowhere and the records on the map that none of them names.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not see households, or records of the type cannot be linked.
    """
    actor.must("see_households")
    store.revision(network)
    both = _Both.of(store, network, _linkable(type_name))
    lonely, missing = both.lonely(), both.lost.iloc[window.missing : window.missing + window.most]
    shown = lonely[window.lonely : window.lonely + window.most]
    return Sides(both.near(store, network, missing), len(both.lost), tuple(shown), len(lonely))


def choice(store: Store, network: str, actor: Actor, record: tuple[str, str], community: str = "") -> Choice:
    """Find for one record (type, id) the likely places in its community, and all that nothing names there.

    ``community`` is the id of one to choose in; empty is the record's own, by what it says or the name of its file.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not see households, records of the type cannot be linked, or there is no such record.
    """
    actor.must("see_households")
    store.revision(network)
    type_name, record_id = record
    both = _Both.of(store, network, _linkable(type_name))
    if record_id not in both.frames[type_name].index:
        raise no_record(type_name, record_id)
    (own,) = both.near(store, network, both.frames[type_name].loc[[record_id]])
    where = community or own.community
    return Choice(own, where, tuple(one for one in both.lonely() if one.community == where))


@dataclass(frozen=True)
class _Both:
    """Both sides of a network: its frames, the records that stand nowhere, and those on the map."""

    type: RecordType
    frames: Frames
    names: dict[str, str]
    lost: gpd.GeoDataFrame
    known: Frames
    used: frozenset[str]

    @classmethod
    def of(cls, store: Store, network: str, record_type: RecordType) -> _Both:
        targets = LINKED[record_type.name]
        frames = {
            name: store.read(network, name) for name in (record_type.name, *_around(targets), COMMUNITY)
        }
        whole, said = placed(frames)
        found = said[record_type.name]
        lost = frames[record_type.name][found["placed_by"].isna()]
        known = {name: frames[name][has_shape(whole[name])] for name in targets}
        names = community_names(frames[COMMUNITY])
        return cls(record_type, frames, names, lost, known, frozenset(found["place_id"].dropna()))

    def lonely(self) -> list[Lonely]:
        """Return the records on the map that nothing names."""
        return [
            Lonely(name, at, _text(where.get(at)), label)
            for name, frame in self.known.items()
            for where in [community_of(frame, self.names)]
            for at, label in _labels(records.ALL[name], frame).items()
            if at not in self.used
        ]

    def near(self, store: Store, network: str, rows: gpd.GeoDataFrame) -> tuple[Unmatched, ...]:
        """Find for each of some records those of its community whose numbers are most alike."""
        where = community_of(rows, self.names)
        by_file = _by_file(store, rows[rows[COMMUNITY].isna()], self.names)
        return _missing(self.type, rows, where.fillna(by_file), self.known, self.names)


def _by_file(store: Store, rows: gpd.GeoDataFrame, names: dict[str, str]) -> pd.Series[str]:
    """Return the community that the name of a record's file tells; NaN where it tells none, or two."""
    change = table("change")
    file = sa.func.json_extract(change.c.report, "$.file").label("file")
    query = sa.select(change.c.id, file).where(change.c.id.in_(rows["opened_by"].dropna().unique().tolist()))
    with store.reading() as connection:
        told = {row.id: _told(row.file or "", names) for row in connection.execute(query)}
    return pd.Series([told.get(one) for one in rows["opened_by"]], rows.index, dtype="str")


def _told(file: str, names: dict[str, str]) -> str | None:
    """Return the one community whose name, or the longest of whose names, is part of a file's name."""
    spoken = folded(Path(file).stem)
    inside = [name for name in names if len(name) >= _SPOKEN and not name.isascii() and name in spoken]
    longest = [name for name in inside if not any(name != other and name in other for other in inside)]
    meant = {names[name] for name in longest}
    return meant.pop() if len(meant) == 1 else None


def link(store: Store, network: str, actor: Actor, what: edit.Correction, target: str) -> edit.Done:
    """Link a record to the record (its id) at which it stands; an empty target takes the link away.

    ``what`` names the record, the version seen, and the reason; its ``values`` are not used.

    Raises
    ------
    NotAllowed, NotFound, Outdated, Refused
        As :func:`surveys.edit.correct`; NotFound also when there is no such target in the network.
    """
    _linkable(what.type)
    if target and not any(_there(store, network, name, target) for name in LINKED[what.type]):
        raise no_record(LINKED[what.type][0], target)
    values = {LINK: target}
    asked = edit.Correction(what.type, what.id, what.version, values, what.reason, what.meeting)
    return edit.correct(store, network, actor, asked)


def _linkable(type_name: str) -> RecordType:
    if type_name not in LINKED:
        raise Refused(
            words(f"เชื่อม {type_name} ด้วยมือไม่ได้", f"Records of type {type_name} are not linked by hand.")
        )
    return records.ALL[type_name]


def _there(store: Store, network: str, type_name: str, record_id: str) -> bool:
    return bool(len(store.read_table(network, type_name, ["id"], table(type_name).c.id == record_id)))


def _around(targets: Sequence[str]) -> list[str]:
    """Return the types that place records of these types, and themselves."""
    return list(
        dict.fromkeys([*targets, *(rule.type for name in targets for rule in records.ALL[name].place)])
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _labels(record_type: RecordType, frame: pd.DataFrame) -> dict[str, Words]:
    """Say of each record by its id the numbers it goes by, as written: what its title says of it first."""
    named = dict.fromkeys((*record_type.title, *(part for key in record_type.keys for part in key)))
    fields = [record_type.by_name[name] for name in named if name in frame and name != COMMUNITY]
    rows = frame[[of.name for of in fields]].itertuples(name=None)
    return {str(at): _said(record_type, zip(fields, values, strict=True)) for at, *values in rows}


def _said(record_type: RecordType, numbers: Iterable[tuple[Field, object]]) -> Words:
    told = [(of.words, value) for of, value in numbers if isinstance(value, str)]
    if not told:
        return record_type.words
    th, en = ([f"{said.of(lang)} {value}" for said, value in told] for lang in LANGS)
    return words(" ".join(th), ", ".join(en))


def _missing(
    record_type: RecordType,
    lost: gpd.GeoDataFrame,
    where: pd.Series[str],
    known: Frames,
    names: dict[str, str],
) -> tuple[Unmatched, ...]:
    """Find for each record without a place the records of its community whose numbers are most alike."""
    labels = _labels(record_type, lost)
    pools = {name: _Pool.of(record_type, records.ALL[name], frame, names) for name, frame in known.items()}
    return tuple(
        Unmatched(
            record_type.name, str(at), int(row["version"]), _text(where.get(at)), labels[str(at)],
            tuple(sorted(
                (c for pool in pools.values() for c in pool.like(row, where.get(at))), key=lambda c: -c.like
            )[:NEAREST]),
        )
        for at, row in lost.iterrows()
    )  # fmt: skip


@dataclass(frozen=True)
class _Pool:
    """The records on the map of one type, by community, with the folded texts of what would place others there."""

    type: str
    on: tuple[str, ...]
    rows: dict[str, pd.DataFrame]
    labels: dict[str, Words]

    @classmethod
    def of(
        cls, child: RecordType, parent: RecordType, frame: gpd.GeoDataFrame, names: dict[str, str]
    ) -> _Pool:
        """Group the records of a type by community."""
        parts = (part for rule in child.place if rule.type == parent.name for part in rule.on)
        on = tuple(dict.fromkeys(part for part in parts if part in frame and part not in (COMMUNITY, LINK)))
        texts = pd.DataFrame(
            {name: frame[name].map(folded, na_action="ignore") for name in on}, index=frame.index
        )
        groups = texts.groupby(community_of(frame, names).fillna("").to_numpy())
        return cls(parent.name, on, {str(at): rows for at, rows in groups}, _labels(parent, frame))

    def like(self, row: pd.Series, community: object) -> list[Candidate]:
        """Return the records of the row's community whose numbers are most like its own, best first."""
        rows = self.rows.get(community if isinstance(community, str) else "")
        best: dict[str, float] = {}
        for name in self.on if rows is not None else ():
            said = row.get(name)
            if not isinstance(said, str) or rows is None:
                continue
            there = rows[name].dropna()
            for _, score, at in process.extract(
                folded(said), list(there), scorer=fuzz.ratio, score_cutoff=_LIKE, limit=NEAREST
            ):
                record = str(there.index[at])
                best[record] = max(best.get(record, 0.0), float(score))
        return [Candidate(self.type, at, self.labels[at], like) for at, like in best.items()]
