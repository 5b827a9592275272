"""Numbers given to rows without one: a person already known here keeps the number the person has."""

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
    record_type: RecordType, keys: Keys, rivals: Callable[[], pd.DataFrame], here: pd.DataFrame
) -> Keys:
    """Give rows whose number was made up the number of the same person here, else the next free one.

    So a sheet without household numbers may be sorted otherwise the next time. Rows that name nobody
    keep the number of their order.
    """
    if record_type.ordinal is None or here.empty or not keys.given.notna().any():
        return keys
    part = rf"{record_type.ordinal}=([^|]*)\|"
    known = _known(here, part, list(record_type.rivals))
    bare = holders(keys).str.replace(part, "", regex=True)
    todo = bare[keys.given.notna() & bare.isin(list(known))]
    if todo.empty:
        return keys
    persons = rivals().loc[todo.index].itertuples(index=False, name=None)
    numbers = _numbers(todo, list(persons), known)
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


def _numbers(todo: pd.Series, persons: list[tuple[Any, ...]], known: _Known) -> pd.Series:
    """Find the number of each row that names somebody."""
    chosen: dict[Any, str] = {}
    taken: dict[str, set[str]] = {}
    for at, holder, who in zip(todo.index, todo, persons, strict=True):
        if not any(isinstance(value, str) for value in who):
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
