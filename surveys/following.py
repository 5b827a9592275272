"""Records that name another one by its numbers: when those are corrected, they follow in the same change.

A household names its house, and a member its household, by the numbers they have in common. Who
corrects a number on one side would otherwise cut the other off, and hand it to whoever gets the old
number next.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from surveys.city.households import community_texts
from surveys.errors import Refused
from surveys.intake.keys import make_keys
from surveys.planning.homes import households_of
from surveys.planning.links import HOUSE, HOUSEHOLD, MEMBER, PLOT
from surveys.planning.match import (
    BETWEEN_NAMES,
    COMMUNITY,
    NAMED_BY,
    OTHER_NAMES,
    Positions,
    community_names,
)
from surveys.planning.place import belonging
from surveys.record import RecordType
from surveys.records import ALL
from surveys.roles import Actor
from surveys.shared import LINK
from surveys.sight import rights_of
from surveys.store.schema import table
from surveys.store.store import Store, as_json
from surveys.words import Words, folded, words

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Naming:
    """Records of ``child`` name one of ``parent`` by the first of ``keys`` in which one is equal."""

    parent: str
    child: str
    keys: tuple[tuple[str, ...], ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that both sides have in common."""
        return tuple(dict.fromkeys(part for key in self.keys for part in key if part != LINK))


def _placing(parent: str, child: str) -> Naming:
    return Naming(parent, child, tuple(rule.on for rule in ALL[child].place if rule.type == parent))


# Who names whom, those that are named by the most first: what follows may be followed itself.
NAMINGS = (
    _placing(PLOT, HOUSE),
    _placing(PLOT, HOUSEHOLD),
    _placing(HOUSE, HOUSEHOLD),
    Naming(HOUSEHOLD, MEMBER, ALL[HOUSEHOLD].keys),
)


@dataclass(frozen=True)
class Edited:
    """A record as it stands (``old``) and as it is to be (``new``), rows of its table."""

    type: RecordType
    old: Row
    new: Row

    @property
    def id(self) -> str:
        """The record's id."""
        return str(self.old["id"])


@dataclass(frozen=True)
class Numbers:
    """Finds, in the transaction that corrects a record, who names it, and whose the new numbers are already."""

    store: Store
    connection: sa.Connection
    network: str
    actor: Actor
    names: Mapping[str, str]

    @classmethod
    def of(cls, store: Store, connection: sa.Connection, network: str, actor: Actor) -> Numbers:
        """Read what the communities of the network are called."""
        names = community_names(store.read(network, COMMUNITY, list(NAMED_BY)))
        return cls(store, connection, network, actor, names)

    def moved(self, first: Edited) -> list[Edited]:
        """Return the record corrected and everything that follows it, each with its key.

        Raises
        ------
        Refused
            If another record has one of the new keys, or a record would not tell any more whom it names.
        """
        first = self._keyed(self._found_still(first) if first.type.name == COMMUNITY else first)
        self._must_be_free(first, [first.id])
        edited: dict[str, dict[str, Edited]] = {first.type.name: {first.id: first}}
        for naming in NAMINGS:
            parents = [one for one in edited.get(naming.parent, {}).values() if self._differ(naming, one)]
            if parents:
                children = edited.setdefault(naming.child, {})
                children |= self._follow(naming, parents, children)
        keyed = [self._keyed(one) for of_type in edited.values() for one in of_type.values()]
        for one in keyed:
            self._must_be_free(one, [each.id for each in keyed])
        return keyed

    def _found_still(self, edited: Edited) -> Edited:
        """Return a community that records still find: a name they say and it gives up stays another spelling of it."""
        known = self.store.read(self.network, COMMUNITY, list(NAMED_BY))
        for name in NAMED_BY:
            known.at[edited.id, name] = edited.new[name]
        after = community_names(known)
        before, now = (set(_spellings(row)) for row in (edited.old, edited.new))
        kept: dict[str, str] = {}
        for text in self._said():
            plain = folded(text)
            was, means = self.names.get(plain), after.get(plain)
            if was is None or was == means:
                continue
            if was != edited.id or means is not None or BETWEEN_NAMES in text:
                raise Refused(_means_two(text))
            # A spelling that was taken out on purpose is not put back.
            if plain not in before - now:
                kept.setdefault(plain, text)
        if not kept:
            return edited
        told = [part for part in (edited.new[OTHER_NAMES], *kept.values()) if part]
        return replace(edited, new={**edited.new, OTHER_NAMES: f"{BETWEEN_NAMES} ".join(told)})

    def _said(self) -> list[str]:
        """Return the texts by which records of the network name a community."""
        own = [table(name).c for name, of in ALL.items() if COMMUNITY in of.by_name]
        queries = [
            sa.select(c.community).where(c.network == self.network, c.community.is_not(None)) for c in own
        ]
        return sorted(self.connection.scalars(sa.union(*queries)))

    def _must_be_free(self, edited: Edited, but: Sequence[str]) -> None:
        other = self.holder(edited, but)
        if other is not None:
            raise Refused(self._taken(edited.type, other))

    def holder(self, edited: Edited, but: Sequence[str] = ()) -> Row | None:
        """Return another record (``but`` left out) that has the key which one gets; records that share one may."""
        new, old = edited.new, edited.old
        if all(new[name] == old.get(name) for name in ("key", COMMUNITY) if name in new):
            return None
        return next((other for other in self.sharing(edited.type, new) if other["id"] not in but), None)

    def sharing(self, record_type: RecordType, row: Row) -> list[Row]:
        """Return the other records that have the key of a row."""
        source = table(record_type.name)
        query = sa.select(source).where(
            source.c.network == self.network, source.c.key == row["key"], source.c.id != row["id"]
        )
        return [
            dict(other)
            for other in (self.connection.execute(query).mappings() if row["key"] is not None else ())
            if COMMUNITY not in record_type.by_name or self._same(COMMUNITY, other[COMMUNITY], row[COMMUNITY])
        ]

    def _canonical(self, name: str, value: object) -> str:
        text = folded(str(value or ""))
        return self.names.get(text, text) if name == COMMUNITY else text

    def _same(self, name: str, one: object, other: object) -> bool:
        return self._canonical(name, one) == self._canonical(name, other)

    def _differ(self, naming: Naming, edited: Edited) -> bool:
        """Tell whether what a record is named by is corrected."""
        return not all(self._same(name, edited.old[name], edited.new[name]) for name in naming.fields)

    def _keyed(self, edited: Edited) -> Edited:
        """Return a record with its new key; one told by its shape keeps the key it has."""
        of, row = edited.type, edited.new
        named_by = {part for key in of.keys for part in key if part in of.by_name}
        cells = {
            name: pd.Series([str(row[name])], dtype="str") for name in named_by if row.get(name) is not None
        }
        nothing = pd.Series([np.nan], dtype="str")
        key = make_keys(of, cells.get, nothing, self.names).key.iloc[0]
        return replace(edited, new={**row, "key": key if isinstance(key, str) else edited.old["key"]})

    def _follow(
        self, naming: Naming, parents: Sequence[Edited], before: Mapping[str, Edited]
    ) -> dict[str, Edited]:
        """Return, by id, the records that name one of ``parents``, as they are to be."""
        frames = self._around(naming, parents)
        by_id = {one.id: one for one in parents}
        places = frames[naming.parent].index
        homes = {
            str(at): by_id[str(places[home])]
            for at, home in zip(frames[naming.child].index, self._belong(naming, frames), strict=True)
            if home >= 0 and str(places[home]) in by_id
        }
        made = {}
        for row in self._rows(naming.child, homes):
            one = before.get(row["id"], Edited(ALL[naming.child], row, row))
            given = self._given(naming, one.new, homes[one.id])
            if given:
                made[one.id] = replace(one, new=_laid(one.new, given))
        self._still_belong(naming, frames, parents, {**before, **made})
        return made

    def _given(self, naming: Naming, row: Row, parent: Edited) -> dict[str, Any]:
        """Return the values a row gets so that it names a parent by the numbers that one is to have."""
        given = {
            name: parent.new[name]
            for name in naming.fields
            if not self._same(name, parent.old[name], parent.new[name])
            and self._same(name, row[name], parent.old[name])
        }
        keys = [key for key in naming.keys if LINK not in key]
        if not any(_whole(key, {**row, **given}) for key in keys):
            given |= {name: parent.new[name] for key in keys if _whole(key, parent.new) for name in key}
        return given

    def _around(self, naming: Naming, parents: Sequence[Edited]) -> dict[str, pd.DataFrame]:
        """Read both sides of the communities that the parents are in, or come to be in."""
        wanted = {
            self._canonical(COMMUNITY, row[COMMUNITY])
            for one in parents for row in (one.old, one.new)
        }  # fmt: skip
        frames = {}
        for name in (naming.parent, naming.child):
            texts = community_texts(self.connection, self.network, self.names, name)
            here = table(name).c.community.in_([text for key in wanted for text in texts.get(key, [])])
            own = [LINK] if LINK in ALL[name].by_name else []
            read = self.store.read_table(self.network, name, ["id", *naming.fields, *own], here)
            frames[name] = read.to_pandas().set_index("id")
        return frames

    def _belong(self, naming: Naming, frames: Mapping[str, pd.DataFrame]) -> Positions:
        """Return for each record of the child type the position of the one parent it names, else a negative."""
        if naming.child == MEMBER:
            return households_of(frames[MEMBER], frames[HOUSEHOLD], self.names)
        return belonging(frames[naming.child], naming.keys, naming.parent, frames[naming.parent], self.names)

    def _still_belong(
        self,
        naming: Naming,
        frames: Mapping[str, pd.DataFrame],
        parents: Sequence[Edited],
        children: Mapping[str, Edited],
    ) -> None:
        """Refuse when a record that names a parent now would name none or another one after."""
        after = {
            naming.parent: _with(frames[naming.parent], parents),
            naming.child: _with(frames[naming.child], children.values()),
        }
        now, then = self._belong(naming, frames), self._belong(naming, after)
        lost = int(((now >= 0) & (then != now)).sum())
        if lost:
            parent, child = ALL[naming.parent], ALL[naming.child]
            raise Refused(
                words(
                    f"แก้เลขแบบนี้ไม่ได้ เพราะ{child.words.th} {lost} {child.unit.th}จะไม่รู้ว่าอยู่กับ{parent.words.th}ใด "
                    "มีรายการอื่นใช้เลขเดียวกัน หรือเลขที่เหลือไม่พอ",
                    f"This number cannot be: {lost} {child.unit.en} of records of type {child.words.en} would not"
                    f" tell their {parent.words.en} any more; another one has the same number, or none is left.",
                )
            )

    def _taken(self, record_type: RecordType, other: Row) -> Words:
        told = called(record_type, other, self.actor)
        return words(
            f"มี{record_type.words.th} “{told.th}” อยู่แล้ว แก้เลขหรือยุติรายการนั้นก่อน",
            f"There is another {record_type.words.en} “{told.en}” already; correct its number or end it first.",
        )

    def _rows(self, type_name: str, ids: Iterable[str]) -> list[dict[str, Any]]:
        source = table(type_name)
        listed = sa.func.json_each(json.dumps(list(ids))).table_valued("value")
        query = sa.select(source).where(
            source.c.network == self.network, source.c.id.in_(sa.select(listed.c.value))
        )
        return [dict(row) for row in self.connection.execute(query.order_by(source.c.fid)).mappings()]


def _spellings(row: Row) -> list[str]:
    return [folded(part) for part in (row[OTHER_NAMES] or "").split(BETWEEN_NAMES)]


def _means_two(text: str) -> Words:
    return words(
        f"เปลี่ยนชื่อหรือรหัสแบบนี้ไม่ได้ เพราะรายการที่เขียนชุมชนว่า “{text}” จะไปอยู่กับชุมชนอื่น หรือไม่รู้ว่าเป็นชุมชนใด",
        f"This name or code cannot be: records that say “{text}” would belong to another community, or to none.",
    )


def _whole(key: Sequence[str], row: Row) -> bool:
    return all(row[name] is not None for name in key)


def _laid(row: Row, given: Mapping[str, Any]) -> Row:
    """Return a row with other values, and nothing beside them of what they were."""
    beside = {part: json.loads(row[part] or "{}") for part in ("missing", "raw")}
    kept = {
        part: as_json({name: text for name, text in held.items() if name not in given})
        for part, held in beside.items()
    }
    return {**row, **given, **kept}


def _with(frame: pd.DataFrame, edited: Iterable[Edited]) -> pd.DataFrame:
    """Return a frame with the rows that are edited as they are to be."""
    made = frame.copy()
    for one in edited:
        if one.id in made.index:
            made.loc[one.id] = [one.new[name] for name in made.columns]
    return made


def called(record_type: RecordType, row: Row, actor: Actor | None = None) -> Words:
    """Say which record a row is: its numbers, and the name it goes by as far as an actor (None: nobody) sees it."""
    key = next((key for key in record_type.keys if all(row.get(part) is not None for part in key)), ())
    numbers = [record_type.by_name[part] for part in key if part != COMMUNITY]
    names = [record_type.by_name[name] for name in record_type.rivals]
    seen = [of.name for of in names if actor and not of.secret and actor.may(*rights_of(of))]
    spoken = " ".join(str(row[name]) for name in seen if row.get(name) is not None)
    said = (" ".join(f"{of.words.of(lang)} {row[of.name]}" for of in numbers) for lang in ("th", "en"))
    th, en = (f"{one} ({spoken})" if spoken else one for one in said)
    return words(th or record_type.words.th, en or record_type.words.en)
