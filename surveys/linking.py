"""Records that find no place by their numbers: near matches to choose from, and the link a person makes.

The usual case is an Excel survey against a digitised map: a house number typed otherwise on one
side. A link is a field of the record (:data:`surveys.shared.LINK`), written as a correction: it has a
reason and a history, is exported and read back, and the next file still finds its record by key.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from surveys import edit, records
from surveys.errors import Refused, no_record
from surveys.record import RecordType
from surveys.roles import Actor
from surveys.shared import LINK
from surveys.store.schema import table
from surveys.store.store import Store
from surveys.unmatched import NEAREST as NEAREST
from surveys.unmatched import Both, Candidate, Lonely, Offer, Unmatched
from surveys.words import words

# The types whose records may be linked by hand, with those they may be linked to.
LINKED: dict[str, tuple[str, ...]] = {
    t.name: tuple(rule.type for rule in t.place if rule.on == (LINK,))
    for t in records.ALL.values()
    if LINK in t.by_name
}
MOST = 500


@dataclass(frozen=True)
class Sides:
    """The unmatched on both sides: records without a place, and records on the map at which none of them stands.

    ``missing`` are some of ``missing_count``; ``lonely`` some of ``lonely_count``: those of the window asked for.
    Those whose community is not known here come last on each side, ``apart`` of them. ``kinds`` are the types of the
    lonely; without any, that which is looked for first.
    """

    missing: tuple[Unmatched, ...]
    missing_count: int
    missing_apart: int
    lonely: tuple[Lonely, ...]
    lonely_count: int
    lonely_apart: int
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Window:
    """Which of the unmatched are told: ``most`` of each side, from these positions on."""

    missing: int = 0
    lonely: int = 0
    most: int = MOST


@dataclass(frozen=True)
class Asked:
    """What is asked of one record: in which community (id; empty: its own), with which number, how many at most."""

    community: str = ""
    text: str = ""
    most: int = MOST


@dataclass(frozen=True)
class Choice:
    """One record with its likely places, and what may be chosen besides.

    ``record`` and ``free`` tell the records on the map of ``community`` (id; None: not known here): its own, or the
    one asked for, and ``taken`` those at which another stands already: several may. Those whose community is not known
    here stand apart: ``apart`` are the likely ones, ``free_apart`` the others.
    """

    record: Unmatched
    community: str | None
    apart: tuple[Candidate, ...]
    free: Offer
    taken: Offer
    free_apart: Offer


def unmatched(store: Store, network: str, actor: Actor, type_name: str, window: Window = Window()) -> Sides:
    """List the records of a type that stand nowhere and the records on the map at which none of them stands.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not see households, or records of the type cannot be linked.
    """
    actor.must("see_households")
    store.revision(network)
    both = _both(store, network, type_name)
    lost, free = both.communities(both.lost.index[both.lost]), both.whose[both.alone]
    return Sides(
        both.near(_some(lost, window.missing, window.most)), len(lost), int(lost["id"].isna().sum()),
        both.told(_some(free, window.lonely, window.most).index), len(free), int(free["id"].isna().sum()),
        tuple(free["type"].unique()) or LINKED[type_name][:1],
    )  # fmt: skip


def choice(
    store: Store, network: str, actor: Actor, record: tuple[str, str], asked: Asked = Asked()
) -> Choice:
    """Find for one record (type, id) the likely places in a community, and all that is free there.

    The community is the one asked for, else the record's own, by what it says or the name of its file.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not see households, records of the type cannot be linked, or there is no such record.
    """
    actor.must("see_households")
    store.revision(network)
    type_name, record_id = record
    both = _both(store, network, type_name, (record_id, asked.community))
    own = both.communities(pd.Index([record_id]))
    if asked.community:
        own = own.assign(id=asked.community, key=asked.community)
    (found,), (key,), (at,) = both.near(own), own["key"], own["id"]
    apart = both.apart(record_id, key)
    others = both.whose.drop([one.id for one in (*found.candidates, *apart)])
    free, here, unknown = both.free[others.index], others["key"] == key, others["id"].isna()
    return Choice(
        found, at if isinstance(at, str) else None, apart,
        *(both.matching(others.index[some], asked.text, asked.most)
          for some in (here & free, here & ~free, unknown & ~here & free)),
    )  # fmt: skip


def _both(store: Store, network: str, type_name: str, about: tuple[str, str] | None = None) -> Both:
    return Both.of(store, network, _linkable(type_name), LINKED[type_name], about)


def _some(rows: pd.DataFrame, first: int, most: int) -> pd.DataFrame:
    """Return a window of rows, those first whose community is known."""
    ordered = pd.concat([rows[rows["id"].notna()], rows[rows["id"].isna()]])
    return ordered.iloc[first : first + most]


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
