"""Numbers given to rows without one: who is already known here keeps the number the record has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd

from surveys.intake.keys import Keys
from surveys.intake.match import holders, other_than
from surveys.record import RecordType

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
    known = _known(here, part, list(record_type.rivals))
    bare = holders(keys).str.replace(part, "", regex=True)
    todo = bare[keys.given.notna() & bare.isin(list(known))]
    if todo.empty:
        return keys
    kept, strangers = _by_ids(todo, here, part, ids)
    persons = rivals().loc[todo.index].itertuples(index=False, name=None)
    numbers = _numbers(todo, list(persons), known, (kept, strangers))
    given = keys.given.copy()
    given[numbers.index] = numbers
    changed = keys.key[numbers.index].str.replace(part, "", regex=True)
    key = keys.key.copy()
    key[numbers.index] = changed + f"{record_type.ordinal}=" + numbers + "|"
    return replace(keys, given=given, key=key)


def _known(here: pd.DataFrame, part: str, names: list[str]) -> _Known:
    """Return, for each holder (a house), the numbers taken here and whose they are."""
    bare = here["holder"].str.replace(part, "", regex=True)
    numbers = here["holder"].str.extract(part)[0]
    found: _Known = {}
    persons = here[names].itertuples(index=False, name=None)
    for holder, number, who in zip(bare, numbers, persons, strict=True):
        if isinstance(number, str):
            found.setdefault(holder, {})[number] = who
    return found


def _by_ids(
    todo: pd.Series, here: pd.DataFrame, part: str, ids: pd.DataFrame | None
) -> tuple[dict[Any, str], set[Any]]:
    """Find the numbers of rows that are records here by an id, still of the same holder; and which rows are none.

    A row with an id of its own is a stranger where the records of its holder have ids, and none is its.
    """
    kept: dict[Any, str] = {}
    if ids is None:
        return kept, set()
    numbers = here["holder"].str.extract(part)[0]
    records = here.assign(number=numbers, bare=here["holder"].str.replace(part, "", regex=True))
    records = records[numbers.notna()]
    for name in ("source_id", "id"):
        known = records.dropna(subset=[name]).drop_duplicates(name).set_index(name)
        told = ids.loc[todo.index, name]
        same = told[told.map(known["bare"]) == todo]
        kept |= same.map(known["number"]).to_dict()
    same_source = todo.isin(set(records.loc[records["source_id"].notna(), "bare"]))
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
    taken: dict[str, set[str]] = {}
    for at, own in kept.items():
        taken.setdefault(todo[at], set()).add(own)
    for at, holder, who in zip(todo.index, todo, persons, strict=True):
        named = any(isinstance(value, str) for value in who)
        if at in kept or not (named or at in strangers):
            continue
        used = taken.setdefault(holder, set())
        number = next((n for n, other in known[holder].items() if n not in used and _same(who, other)), None)
        if number is None:
            free = (str(n) for n in range(1, len(known[holder]) + len(used) + 2))
            number = next(n for n in free if n not in used and n not in known[holder])
        used.add(number)
        chosen[at] = number
    return pd.Series(chosen, dtype="str")


def _same(who: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Tell whether two rows name one person: something they both say agrees, and nothing differs."""
    both = any(isinstance(a, str) and a == b for a, b in zip(who, other, strict=True))
    return both and not other_than(who, other)
