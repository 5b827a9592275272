"""Numbers given to rows without one: who is already known here keeps the number the record has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from surveys.intake.keys import Keys, free_numbers
from surveys.intake.match import holders
from surveys.intake.persons import Persons, other_than
from surveys.record import RecordType

# Rows and records looked at together: each house with its persons takes kilobytes.
_AT_ONCE = 50_000
# Numbers by holder: those of records here with their persons.
_Known = dict[str, dict[str, tuple[Any, ...]]]


def known_numbers(
    record_type: RecordType,
    keys: Keys,
    rivals: Callable[[], pd.DataFrame],
    here: pd.DataFrame,
    ids: pd.DataFrame | None = None,
) -> Keys:
    """Give rows whose number was made up the number of the same record or person here, else the next free one.

    So a sheet without household numbers may be sorted otherwise the next time. Rows that name nobody
    keep the number of their order.

    Parameters
    ----------
    ids : columns ``id`` and ``source_id``, by which a row is a record here whoever it names
    """
    if record_type.ordinal is None or here.empty or not keys.given.notna().any():
        return keys
    part = rf"{record_type.ordinal}=([^|]*)\|"
    bare = holders(keys).str.replace(part, "", regex=True)
    here = here.assign(latest=_latest(here, part, ids))
    asked = _Asked(part, list(record_type.rivals), rivals, ids)
    # What belongs to one house is in one share, whatever the order.
    shares = -(-max(len(here), len(bare)) // _AT_ONCE)
    theirs = _share(here["holder"].str.replace(part, "", regex=True), shares)
    ours = np.where(keys.given.notna(), _share(bare, shares), -1)
    found = [asked.numbers(bare[ours == n], here[theirs == n]) for n in range(shares)]
    found = [some for some in found if len(some)]
    if not found:
        return keys
    numbers = pd.concat(found)
    given = keys.given.copy()
    given[numbers.index] = numbers
    changed = keys.key[numbers.index].str.replace(part, "", regex=True)
    key = keys.key.copy()
    key[numbers.index] = changed + f"{record_type.ordinal}=" + numbers + "|"
    return replace(keys, given=given, key=key)


def _share(texts: pd.Series, shares: int) -> np.ndarray:
    """Deal texts out in shares, equal ones into one; -1 for those that are missing."""
    dealt = [np.array([], dtype=np.int64)]
    for n in range(0, len(texts), _AT_ONCE):
        some = pa.array(texts.iloc[n : n + _AT_ONCE], from_pandas=True).to_pylist()
        dealt.append(np.array([-1 if text is None else hash(text) % shares for text in some], dtype=np.int64))
    return np.concatenate(dealt)


def _latest(here: pd.DataFrame, part: str, ids: pd.DataFrame | None) -> pd.Series:
    """Return the source ids of the records, each of the last numbered record that has it."""
    sources = here["source_id"]
    if ids is None or not ids["source_id"].notna().any():
        return sources
    numbered = here["holder"].str.replace(part, "", regex=True) != here["holder"]
    return sources.mask(sources.where(numbered).duplicated(keep="last") | ~numbered)


@dataclass(frozen=True)
class _Asked:
    """What is asked of a share of the houses: ``part`` finds the number in a key, ``names`` tell persons apart."""

    part: str
    names: list[str]
    rivals: Callable[[], pd.DataFrame]
    ids: pd.DataFrame | None

    def numbers(self, bare: pd.Series, here: pd.DataFrame) -> pd.Series:
        """Find the numbers of rows by their houses (``bare``), among the records of these houses."""
        here = _told_apart(here, self.part, self.names)
        known = _known(here)
        todo = bare[bare.isin(list(known))]
        if todo.empty:
            return todo
        persons = list(self.rivals().loc[todo.index].itertuples(index=False, name=None))
        return _numbers(todo, persons, known, _by_ids(todo, persons, here, self.ids))


def _told_apart(here: pd.DataFrame, part: str, names: list[str]) -> pd.DataFrame:
    """Return the records here with what they belong to (a house), their number in it, and whose they are."""
    bare = here["holder"].str.replace(part, "", regex=True)
    who = list(here[names].itertuples(index=False, name=None))
    return here.assign(
        bare=bare, number=here["holder"].str.extract(part)[0], who=pd.Series(who, index=here.index)
    )


def _known(here: pd.DataFrame) -> _Known:
    """Return, for each holder (a house), the numbers taken here and whose they are."""
    found: _Known = {}
    for holder, number, who in zip(here["bare"], here["number"], here["who"], strict=True):
        if isinstance(number, str):
            found.setdefault(holder, {})[number] = who
    return found


def _by_ids(
    todo: pd.Series, persons: list[tuple[Any, ...]], here: pd.DataFrame, ids: pd.DataFrame | None
) -> tuple[dict[Any, str], set[Any]]:
    """Find the numbers of rows that are records here by an id, still of the same holder; and which rows are none.

    The id of another program that names somebody else is not believed. A row with such an id is a stranger
    where the records of its holder have ids, and none is its.
    """
    if ids is None:
        return {}, set()
    kept: dict[Any, str] = {}
    for name, told_by in (("source_id", "latest"), ("id", "id")):
        there = here.dropna(subset=[told_by, "number"])
        known = dict(
            zip(there[told_by], zip(there["bare"], there["number"], there["who"], strict=True), strict=True)
        )
        for at, holder, told, who in zip(todo.index, todo, ids.loc[todo.index, name], persons, strict=True):
            bare, number, whose = known.get(told, (None, "", ()))
            if bare == holder and (name == "id" or not other_than(who, whose)):
                kept[at] = number
    same_source = todo.isin(set(here.loc[here["source_id"].notna(), "bare"]))
    strangers = todo.index[same_source & ids.loc[todo.index, "source_id"].notna()]
    return kept, set(strangers) - kept.keys()


def _numbers(
    todo: pd.Series,
    persons: list[tuple[Any, ...]],
    known: _Known,
    by_ids: tuple[dict[Any, str], set[Any]],
) -> pd.Series:
    """Find the number of each row that is a record here, names somebody, or is known to be new."""
    kept, strangers = by_ids
    chosen: dict[Any, str] = dict(kept)
    houses = {holder: _House(known[holder]) for holder in todo.unique()}
    for at, own in kept.items():
        houses[todo[at]].take(own)
    for at, holder, who in zip(todo.index, todo, persons, strict=True):
        named = any(isinstance(value, str) for value in who)
        if at not in kept and (named or at in strangers):
            chosen[at] = houses[holder].number(who)
    return pd.Series(chosen, dtype="str")


class _House:
    """The numbers known of one holder, with whose they are, and those that are free."""

    def __init__(self, known: dict[str, tuple[Any, ...]]) -> None:
        self._known, self._persons, self._used = list(known), Persons(), set[int]()
        self._at = {number: at for at, number in enumerate(known)}
        self._free = free_numbers(known)
        for at, who in enumerate(known.values()):
            self._persons.add(who, at)

    def take(self, number: str) -> None:
        """Use a known number."""
        self._used.add(self._at[number])

    def number(self, who: tuple[Any, ...]) -> str:
        """Use the number of a person, something told of both agreeing and nothing differing; else a free one."""
        at = self._persons.first(who, self._used, agreeing=True)
        if at is None:
            return next(self._free)
        self._used.add(at)
        return self._known[at]
