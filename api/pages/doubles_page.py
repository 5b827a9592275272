"""Households that may be one as their pages show them: pairs to decide, and two side by side."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.pages.values import Reader, Value, title
from surveys.city import households
from surveys.city.double_decisions import Case
from surveys.city.double_rules import Pair
from surveys.city.households import Told, held
from surveys.city.rival_lists import differs
from surveys.planning.links import HOUSEHOLD, MEMBER
from surveys.record import SHAPE, Field, RecordType
from surveys.records import ALL
from surveys.roles import Actor
from surveys.sight import Sight
from surveys.store.schema import DIGEST
from surveys.store.store import Store
from surveys.words import Words, words

PLACE = words("ตำแหน่งบนแผนที่", "place on the map")
SAME_ID, OTHER_ID = words("เลขเดียวกัน", "the same id"), words("คนละเลข", "another id")
GIVEN = words("มี", "given")
# Where a household stands, as its own page says it.
OWN_PLACE = words("มีตำแหน่งของตัวเอง", "a place of its own")
BY_HOUSE = words("มีตำแหน่งแล้ว ตามบ้านหรือแปลง", "it has a place, by its house or plot")
NOT_YET, GONE = words("ยังไม่อยู่บนแผนที่", "not on the map yet"), words("ไม่มี", "none")
TONES = {
    "open": "tag-warn",
    "undecided": "tag-warn",
    "changed": "tag-bad",
    "one": "tag-good",
    "different": "tag-good",
}
PAGE = 30
# How many members of a household are named.
_MOST_MEMBERS = 60
_HEAD = ALL[HOUSEHOLD].by_name["head_name"].name


@dataclass(frozen=True)
class Home:
    """A household in a few words."""

    id: str
    name: str
    head: Value
    community: Value
    import_id: int | None
    file: str
    closed: bool


@dataclass(frozen=True)
class PairRow:
    """A pair in the list."""

    case: Case
    first: Home
    second: Home


def home(told: Told, sight: Sight, write: Reader) -> Home:
    """Describe a household in a few words."""
    by_name = sight.record_type.by_name
    return Home(
        told.id, title(sight.record_type, told.seen.values, write.lang), write.value(by_name[_HEAD], told.seen),
        write.value(by_name["community"], told.seen), told.import_id, told.file or "", told.closed,
    )  # fmt: skip


def pair_rows(
    store: Store, network: str, actor: Actor, cases: Sequence[Case], write: Reader
) -> list[PairRow]:
    """Describe pairs for the list; one whose household went meanwhile is left out."""
    sight = Sight.of(store.types(network)[HOUSEHOLD], actor)
    ids = [one for case in cases for one in case.pair.ids]
    known = households.told(store, network, actor, ids)
    homes = {key: home(told, sight, write) for key, told in known.items()}
    return [
        PairRow(case, homes[case.pair.first], homes[case.pair.second])
        for case in cases if case.pair.first in homes and case.pair.second in homes
    ]  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """A field of two households side by side."""

    words: Words
    first: Value
    second: Value
    differs: bool


def compared(
    first: Told, second: Told, sight: Sight, write: Reader, unplaced: Collection[str]
) -> list[Compared]:
    """Return the fields that either household fills; of ids only whether they are one.

    ``unplaced`` are the ids of the households that stand nowhere, not even where their house does.
    """
    rows = []
    for field in sight.record_type.fields:
        if field.secret:
            rows += _ids(field, first, second, write)
            continue
        one, other = write.value(field, first.seen), write.value(field, second.seen)
        if one or other:
            rows.append(Compared(field.words, one, other, differs(field, first.row, second.row)))
    here, there = (Value(_place(told, unplaced).of(write.lang)) for told in (first, second))
    return [*rows, Compared(PLACE, here, there, False)]


def _place(told: Told, unplaced: Collection[str]) -> Words:
    if told.on_map:
        return OWN_PLACE
    if told.closed:
        return GONE
    return NOT_YET if told.id in unplaced else BY_HOUSE


def _ids(field: Field, first: Told, second: Told, write: Reader) -> list[Compared]:
    """Say of an id whether both give one, and whether it is the same; never what it is."""
    one, other = held(field, first.row), held(field, second.row)
    if one is None and other is None:
        return []
    if one is not None and other is not None:
        said = Value((SAME_ID if one == other else OTHER_ID).of(write.lang))
        return [Compared(field.words, said, said, one != other)]
    mine, theirs = (Value("" if given is None else GIVEN.of(write.lang)) for given in (one, other))
    return [Compared(field.words, mine, theirs, False)]


def lacking(sight: Sight, kept: Told, other: Told) -> list[tuple[str, Words]]:
    """Return what one household lacks and the other has: the name a form sends, and the words."""
    names = households.lacking(sight, kept.row, other.row)
    return [(name, PLACE if name == SHAPE else sight.record_type.by_name[name].words) for name in names]


@dataclass(frozen=True)
class MemberLine:
    """A member of a household by name; ``elsewhere`` tells that the other household holds the same id."""

    name: str
    elsewhere: bool


def member_lines(
    store: Store, network: str, actor: Actor, ids: Mapping[str, Sequence[str]], sides: tuple[Told, Told]
) -> dict[str, list[MemberLine]]:
    """Return the members of two households by name, those who are in the other one too marked."""
    wanted = [one for listed in ids.values() for one in listed[:_MOST_MEMBERS]]
    told = households.told(store, network, actor, wanted, MEMBER)
    digests = {side.id: {side.row["head_id" + DIGEST]} for side in sides}
    for home_id, listed in ids.items():
        digests[home_id] |= {told[one].row["person_id" + DIGEST] for one in listed if one in told}
    both = set.intersection(*digests.values()) - {None}
    return {
        home_id: [
            MemberLine(_name(told[one], ALL[MEMBER]), told[one].row["person_id" + DIGEST] in both)
            for one in listed if one in told
        ]
        for home_id, listed in ids.items()
    }  # fmt: skip


def _name(member: Told, record_type: RecordType) -> str:
    seen = member.seen.values
    parts = [str(seen[name]) for name in ("title", "name", "surname") if seen.get(name)]
    return " ".join(parts) or title(record_type, seen, "th")


def copied_words(decision: Mapping[str, Any], record_type: RecordType) -> list[Words]:
    """Return the fields that a decision copied, in words."""
    names: Iterable[str] = json.loads(decision["copied"] or "[]")
    by_name = record_type.by_name
    return [
        PLACE if name == SHAPE else by_name[name].words for name in names if name == SHAPE or name in by_name
    ]


def next_after(cases: Sequence[Case], pair: tuple[str, str]) -> Pair | None:
    """Return the pair that stands first among the others to decide."""
    return next((one.pair for one in cases if (one.pair.first, one.pair.second) != pair), None)
