"""Which records belong to a record: the households of a house, the members of a household, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import sqlalchemy as sa

from api.pages.communities import Communities
from surveys import records
from surveys.planning.homes import households_of
from surveys.planning.links import HOUSEHOLD, MEMBER
from surveys.planning.match import COMMUNITY
from surveys.record import RecordType
from surveys.roles import Actor
from surveys.shared import LINK
from surveys.sight import Seen, Sight, sees
from surveys.store.schema import table
from surveys.store.store import Store

Row = Mapping[str, Any]
# The id of a record, and what is seen of it.
Relative = tuple[str, Seen]
# More than belong to any record of a city.
_MOST = 2_000


@dataclass(frozen=True)
class Link:
    """Records of ``child`` belong to one of ``parent`` equal in the first of ``keys`` they have, or linked by hand."""

    parent: RecordType
    child: RecordType
    keys: tuple[tuple[str, ...], ...]


def _placing(child: str, parent: str) -> Link:
    """A record belongs to the one that places it by its key."""
    declared, other = records.ALL[child], records.ALL[parent]
    keys = tuple(rule.on for rule in declared.place if rule.type == parent and rule.on in other.keys)
    return Link(other, declared, keys)


def _homes(members: Sequence[Row], households: Sequence[Row]) -> list[Row | None]:
    """Return the household of each member, of several of one community with its numbers; None where nobody can tell."""
    parts = list(dict.fromkeys(part for key in records.ALL[HOUSEHOLD].keys for part in key))
    own, homes = (
        pd.DataFrame(
            [[one[part] for part in parts] for one in rows], [one["id"] for one in rows], parts, "str"
        )
        for rows in (members, households)
    )
    # They are of one community already, in whatever words.
    at = households_of(own.assign(community="one"), homes.assign(community="one"), {})
    return [households[n] if n >= 0 else None for n in at]


LINKS: tuple[Link, ...] = (
    _placing("household", "house"),
    _placing("house", "land_plot"),
    Link(records.ALL["household"], records.ALL["member"], records.ALL["household"].keys),
)


@dataclass(frozen=True)
class Family:
    """Finds the relatives of records of one network, as far as an actor sees them."""

    store: Store
    network: str
    actor: Actor
    communities: Communities

    def children(self, type_name: str, row: Row) -> list[tuple[Sight, list[Relative]]]:
        """Return the records that belong to a record, by type."""
        links = [link for link in LINKS if link.parent.name == type_name and sees(link.child, self.actor)]
        sights = [self._sight(link.child) for link in links]
        return [
            (sight, [self._told(sight, one) for one in self._children(link, row)])
            for link, sight in zip(links, sights, strict=True)
        ]

    def parents(self, type_name: str, row: Row) -> list[tuple[Sight, Relative]]:
        """Return the records that a record belongs to."""
        links = [link for link in LINKS if link.child.name == type_name and sees(link.parent, self.actor)]
        found = [(self._sight(link.parent), self._parent(link, row)) for link in links]
        return [(sight, self._told(sight, parent)) for sight, parent in found if parent is not None]

    def _sight(self, declared: RecordType) -> Sight:
        return Sight.of(self.store.types(self.network)[declared.name], self.actor)

    def _told(self, sight: Sight, row: Row) -> Relative:
        return row["id"], sight.seen(row, lambda: self.store.vault)

    def _children(self, link: Link, row: Row) -> list[Row]:
        found: list[Row] = []
        for place, key in enumerate(link.keys):
            if any(row[name] is None for name in key):
                continue
            rivals = self._equal(link.parent, key, row) if place or link.child.name == MEMBER else []
            if place and len(rivals) != 1 and link.child.name != MEMBER:
                continue
            earlier = [name for other in link.keys[:place] for name in other if name not in key]
            named = [
                one
                for one in self._equal(link.child, key, row)
                if not earlier or any(one[n] is None for n in earlier)
            ]
            if len(rivals) > 1:
                whose = _homes(named, rivals)
                named = [
                    one for one, home in zip(named, whose, strict=True) if home and home["id"] == row["id"]
                ]
            found += named
        own = [one for one in found if one.get(LINK) in (None, row["id"])]
        return list({one["id"]: one for one in [*self._linked(link.child, row), *own]}.values())

    def _linked(self, child: RecordType, row: Row) -> list[Row]:
        """Return the records that a person linked to a row by hand."""
        return self._where(child, table(child.name).c[LINK] == row["id"]) if LINK in child.by_name else []

    def _parent(self, link: Link, row: Row) -> Row | None:
        if row.get(LINK) and (by_hand := self._where(link.parent, table(link.parent.name).c.id == row[LINK])):
            return by_hand[0]
        key = next((key for key in link.keys if all(row[name] is not None for name in key)), None)
        found = self._equal(link.parent, key, row) if key else []
        if len(found) > 1 and link.child.name == MEMBER:
            return _homes([row], found)[0]
        return found[0] if len(found) == 1 else None

    def _equal(self, record_type: RecordType, key: tuple[str, ...], row: Row) -> list[Row]:
        """Return the records of a type equal to a row in every part of a key."""
        source = table(record_type.name)
        same = [source.c[name] == row[name] for name in key if name != COMMUNITY]
        return self._where(record_type, *same, self._in_community(source, same, row[COMMUNITY]))

    def _in_community(
        self, source: sa.Table, same: list[sa.ColumnElement[bool]], community: str | None
    ) -> sa.ColumnElement[bool]:
        """Ask for the community a text means by every text that means it; every community has a house 1."""
        if community is None:
            return source.c[COMMUNITY].is_(None)
        query = sa.select(source.c[COMMUNITY]).where(source.c.network == self.network, *same).distinct()
        with self.store.reading() as connection:
            texts = list(connection.scalars(query))
        return source.c[COMMUNITY].in_([text for text in texts if self.communities.same(text, community)])

    def _where(self, record_type: RecordType, *wanted: sa.ColumnElement[bool]) -> list[Row]:
        source = table(record_type.name)
        names = ["id", "extra", "missing", "raw", *(one.name for one in record_type.stored)]
        query = sa.select(*(source.c[name] for name in names)).where(
            source.c.network == self.network, *wanted
        )
        with self.store.reading() as connection:
            found = connection.execute(query.order_by(source.c.fid).limit(_MOST)).mappings().all()
        return [dict(one) for one in found]
