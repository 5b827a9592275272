"""Persons and free numbers are found at once; the old slow way, kept here, finds the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.intake import keys, match
from surveys.intake.numbers import _numbers
from surveys.intake.persons import Persons, Who, other_than

NAN = float("nan")
TOLD = st.sampled_from(["ก", "ข", "ค", None, NAN])
WHOS = [st.lists(st.tuples(*[TOLD] * parts), max_size=30) for parts in (2, 3, 1)]


def agrees(a: Who, b: Who) -> bool:
    return any(isinstance(x, str) and x == y for x, y in zip(a, b, strict=True))


def slowly(
    shared: pd.Series, persons: Sequence[Who], sound: np.ndarray, into: tuple[np.ndarray, np.ndarray]
) -> None:
    """How rows of one key were sorted before: each against all persons of the key."""
    repeat, double = into
    firsts: dict[str, dict[int, Who]] = {}
    for at, holder, who, good in zip(shared.index, shared, persons, sound, strict=True):
        if not good:
            continue
        known = firsts.setdefault(holder, {})
        same = next((first for first, other in known.items() if not other_than(who, other)), None)
        if same is None:
            double[at] = bool(known)
            known[at] = who
        else:
            repeat[at] = same


@given(data=st.data(), whos=st.one_of(WHOS))
def test_rows_of_one_key_are_sorted_as_one_by_one(data: st.DataObject, whos: list[Who]) -> None:
    several = [data.draw(st.lists(kind, min_size=len(whos), max_size=len(whos)))
               for kind in (st.sampled_from("xy"), st.booleans())]  # fmt: skip
    shared, sound = pd.Series(several[0], dtype="str"), np.array(several[1], dtype=bool)
    found = []
    for way in (slowly, match._persons):
        into = (np.full(len(whos), -1), np.zeros(len(whos), dtype=bool))
        way(shared, whos, sound, into)
        found.append([part.tolist() for part in into])
    assert found[0] == found[1]


@given(data=st.data(), whos=st.one_of(WHOS), agreeing=st.booleans())
def test_the_first_person_not_used_is_found_as_one_by_one(
    data: st.DataObject, whos: list[Who], agreeing: bool
) -> None:
    known, used = Persons(), set[int]()
    for number, who in enumerate(whos):
        known.add(who, number)
    for who in [*data.draw(st.permutations(whos)), *whos]:
        same = [n for n, other in enumerate(whos) if n not in used and not other_than(who, other)]
        wanted = next((n for n in same if not agreeing or agrees(who, whos[n])), None)
        assert known.first(who, used, agreeing) == wanted
        if wanted is not None:
            used.add(wanted)


def freely(holder: pd.Series, own: pd.Series, todo: pd.Series) -> list[str]:
    """How free numbers were found before: from 1 on for each row."""
    used: dict[Any, set[str]] = own[~todo].groupby(holder[~todo]).agg(set).to_dict()
    numbers = []
    for group in holder[todo]:
        taken = used.setdefault(group, set())
        numbers.append(next(str(n) for n in range(1, len(taken) + 2) if str(n) not in taken))
        taken.add(numbers[-1])
    return numbers


ROW = st.tuples(st.integers(0, 2), st.sampled_from(["1", "2", "3", "5", "2ก", None]))


@given(rows=st.lists(ROW, min_size=1, max_size=40))
def test_free_numbers_are_those_of_before(rows: list[tuple[int, str | None]]) -> None:
    holder = pd.Series([group for group, _ in rows])
    own = pd.Series([number for _, number in rows], dtype="str")
    todo = own.isna()
    assert keys._next_free(holder, own, todo).tolist() == freely(holder, own, todo)


def numbered(
    todo: pd.Series, persons: Sequence[Who], known: dict[str, dict[str, Who]], kept: dict[int, str]
) -> dict[int, str]:
    """How persons found their numbers before: each against all that are known of the house."""
    chosen, taken = dict(kept), dict[str, set[str]]()
    for at, own in kept.items():
        taken.setdefault(todo[at], set()).add(own)
    for at, holder, who in zip(todo.index, todo, persons, strict=True):
        if at in kept or not any(isinstance(value, str) for value in who):
            continue
        used, there = taken.setdefault(holder, set()), known[holder]
        same = (n for n, other in there.items() if agrees(who, other) and not other_than(who, other))
        free = (str(n) for n in range(1, len(there) + len(used) + 2))
        number = next((n for n in same if n not in used), None)
        chosen[at] = number or next(n for n in free if n not in used and n not in there)
        used.add(chosen[at])
    return chosen


@given(data=st.data())
def test_persons_find_the_numbers_of_before(data: st.DataObject) -> None:
    who = st.tuples(TOLD, TOLD, TOLD)
    houses = st.dictionaries(st.sampled_from(["1", "2", "3", "4", "7ก"]), who)
    known = {"x": data.draw(houses), "y": data.draw(houses)}
    todo = pd.Series(data.draw(st.lists(st.sampled_from("xy"), max_size=12)), dtype="str")
    persons = [data.draw(who) for _ in todo]
    kept = {at: data.draw(st.sampled_from(list(known[todo[at]])))
            for at in todo.index if known[todo[at]] and data.draw(st.booleans())}  # fmt: skip
    found = _numbers(todo, persons, known, (kept, set()))
    assert found.to_dict() == numbered(todo, persons, known, kept)


@pytest.mark.parametrize("count", [8_000])
def test_a_house_of_thousands_is_no_work(count: int) -> None:
    """It took minutes when each row was asked about all before it; counted in steps, not in seconds."""
    known, steps = Persons(), 0
    for number in range(count):
        steps += len(list(known._asked((None, f"คน{number}"), False)))
        assert known.first((None, f"คน{number}")) is None
        known.add((None, f"คน{number}"), number)
    assert steps <= 4 * count
    own = pd.Series(["1", *[None] * (count - 1)], dtype="str")
    given_ = keys._next_free(pd.Series([0] * count), own, own.isna())
    assert given_.tolist() == [str(n) for n in range(2, count + 1)]
