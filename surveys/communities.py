"""The communities of a network by what people call them; those that records name and nobody has entered.

Such a community is created by one click, hollow, or it is another spelling of one that is here and
joined to that: its records, and those of later files, then find it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
import sqlalchemy as sa
from rapidfuzz import fuzz, process

from surveys import edit, events, records
from surveys.errors import Refused, no_record
from surveys.planning.match import BEFORE_NAMES, BETWEEN_NAMES, NAMED_BY, OTHER_NAMES, community_names
from surveys.roles import Actor
from surveys.store import changes
from surveys.store.schema import table
from surveys.store.store import Store
from surveys.words import Words, folded, normal, seen, words

COMMUNITY = records.ALL["community"]
_REFERRING = tuple(t for t in records.ALL.values() if "community" in t.by_name)
# How alike two names must be to be offered for one another, and how many are offered.
_NEAR, _MOST_NEAR = 84.0, 3
# What is left out and put in by slips: tone marks, MAITAIKHU, THANTHAKHAT.
_MARKS = re.compile("[\u0e47-\u0e4c]")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Communities:
    """What the communities are called: by id their names and codes, and ids by every folded text that means one."""

    names: Mapping[str, str]
    codes: Mapping[str, str]
    by_text: Mapping[str, str]

    def of(self, text: str | None) -> str | None:
        """Return the id of the community a text means."""
        return None if text is None else self.by_text.get(folded(text))

    def same(self, one: str | None, other: str | None) -> bool:
        """Tell whether two texts mean one community."""
        if one is None or other is None:
            return one == other
        return (self.of(one) or folded(one)) == (self.of(other) or folded(other))

    def near(self, text: str) -> tuple[str, ...]:
        """Return the ids of communities whose names are almost a text, the nearest first; numbers must be equal."""
        if not self.by_text:
            return ()
        spoken, numbers = _skeleton(folded(text))
        known = self._skeletons.get(numbers, {})
        hits = process.extract(spoken, list(known), scorer=fuzz.ratio, score_cutoff=_NEAR, limit=_MOST_NEAR)
        return tuple(dict.fromkeys(known[hit[0]] for hit in hits if hit[0]))

    @cached_property
    def _skeletons(self) -> Mapping[tuple[int, ...], dict[str, str]]:
        made: dict[tuple[int, ...], dict[str, str]] = {}
        for text, community in self.by_text.items():
            if text != community:
                skeleton, numbers = _skeleton(text)
                made.setdefault(numbers, {}).setdefault(skeleton, community)
        return made


def _skeleton(text: str) -> tuple[str, tuple[int, ...]]:
    """Return what is left of a folded name without what slips change, and its numbers: 1 is never almost 2."""
    bare = _MARKS.sub("", text).removeprefix(BEFORE_NAMES)
    return _NUMBER.sub("#", bare), tuple(int(number) for number in _NUMBER.findall(bare))


def known(store: Store, network: str) -> Communities:
    """Read what the communities of a network are called."""
    frame = store.read(network, COMMUNITY.name, list(NAMED_BY))
    titles = frame[list(COMMUNITY.title)].bfill(axis=1).iloc[:, 0]
    names = {str(key): str(name) if pd.notna(name) else str(key) for key, name in titles.items()}
    codes = {str(key): str(code) for key, code in frame["code"].dropna().items()}
    return Communities(names, codes, community_names(frame))


def unknown(store: Store, network: str, actor: Actor) -> list[dict[str, Any]]:
    """Return the communities not known here that records name: name, records of each type, and near ones.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see the network, or there is none.
    """
    actor.must("see")
    store.revision(network)
    here = known(store, network)
    found: dict[str, dict[str, Any]] = {}
    for record_type in _REFERRING:
        for text, count in store.tally(network, record_type.name, "community").most_common():
            spoken = folded(text)
            if spoken not in here.by_text:
                row = found.setdefault(spoken, {"name": normal(text), "counts": {}})
                row["counts"][record_type.name] = row["counts"].get(record_type.name, 0) + count
    for row in found.values():
        row["near"] = [{"id": one, "name": here.names[one]} for one in here.near(row["name"])]
    return sorted(found.values(), key=lambda row: -sum(row["counts"].values()))


def create(store: Store, network: str, actor: Actor, name: str) -> str:
    """Create a community known by its name only, not surveyed; return its id.

    Raises
    ------
    NotAllowed, Refused
        If the actor may not edit, the name is empty, or there is such a community.
    """
    actor.must("edit")
    name = normal(name)
    if not seen(name):
        raise Refused(words("กรุณาเขียนชื่อชุมชน", "A community needs a name."))
    record_id = changes.new_ids(1)[0]
    with store.writing() as connection:
        # Nobody else writes from here on: two clicks at once make one community.
        if folded(name) in community_names(store.read(network, "community")):
            raise Refused(_known_already(name))
        change = changes.start(connection, network, "edit", actor)
        row = {"id": record_id, "network": network, "key": f"name={folded(name)}|", "version": 1, "name": name,
               "survey_state": "known", "opened_by": change.id, "opened_at": change.at}  # fmt: skip
        changes.insert(change, COMMUNITY, row)
        events.record(connection, actor, network, "community_created", record_id)
    return record_id


def _known_already(name: str) -> Words:
    return words(f"มีชุมชน “{name}” แล้ว", f"There is a community “{name}” already.")


def join(store: Store, network: str, actor: Actor, name: str, community: str) -> None:
    """Remember a name as another spelling of a community (its id): records that say it belong to that.

    It is a correction of the community's record, with its history, and can be taken back there.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not edit, there is no such community, or the name cannot be kept or means one already.
    """
    actor.must("edit")
    name = must_be_joinable(name)
    if folded(name) in known(store, network).by_text:
        raise Refused(_known_already(name))
    source = table(COMMUNITY.name)
    query = sa.select(source.c.version, source.c[OTHER_NAMES]).where(
        source.c.network == network, source.c.id == community
    )
    with store.reading() as connection:
        row = connection.execute(query).mappings().first()
    if row is None:
        raise no_record(COMMUNITY.name, community)
    told = [part for part in (row[OTHER_NAMES], name) if part]
    values = {OTHER_NAMES: f"{BETWEEN_NAMES} ".join(told)}
    reason = f"รวมชื่อ “{name}” เข้ากับชุมชนนี้"
    edit.correct(
        store, network, actor, edit.Correction(COMMUNITY.name, community, row["version"], values, reason)
    )


def must_be_joinable(name: str) -> str:
    """Return a name as it is kept among other spellings.

    Raises
    ------
    Refused
        If there is nothing of it, or it has the sign that stands between names.
    """
    name = normal(name)
    if not (seen(name) and folded(name)) or BETWEEN_NAMES in name:
        raise Refused(
            words(
                f"รวมชื่อ “{name}” ไม่ได้ ให้แก้ในไฟล์",
                f"The name “{name}” cannot be joined; correct it in the file.",
            )
        )
    return name
