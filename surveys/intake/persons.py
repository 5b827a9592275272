"""Persons of one household or house by what is told of them: who is nobody else, found without asking one by one."""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterator
from itertools import combinations
from typing import Any

# A person as told: an id, then names; what is not told is no text.
Who = tuple[Any, ...]
# Whether the person has an id, the names the person has, those looked at, and what they say.
_Key = tuple[bool, tuple[int, ...], tuple[int, ...], tuple[str, ...]] | str


class Persons:
    """Numbers persons in the order they are added, and finds the first who is nobody else.

    Equal ids are one person, different ids are two; where one has none, the names both tell decide.
    """

    def __init__(self) -> None:
        self._numbers: dict[_Key, deque[int]] = {}
        self._told: dict[tuple[bool, tuple[int, ...]], None] = {}

    def __bool__(self) -> bool:
        """Tell whether anybody was added."""
        return bool(self._told)

    def add(self, who: Who, number: int) -> None:
        """Add a person; numbers rise."""
        own, names = _split(who)
        told = tuple(names)
        self._told[own is not None, told] = None
        keys: list[_Key] = [] if own is None else [own]
        for count in range(len(told) + 1):
            keys += [_key(own is not None, told, some, names) for some in combinations(told, count)]
        for key in keys:
            self._numbers.setdefault(key, deque()).append(number)

    def first(self, who: Who, used: Container[int] = (), agreeing: bool = False) -> int | None:
        """Return the number of the first person who is nobody else, None where there is none.

        Parameters
        ----------
        used : numbers not wanted; once in it, a number is never asked for again
        agreeing : something must be told of both, so that who is told by nothing is nobody
        """
        best: int | None = None
        for key in self._asked(who, agreeing):
            numbers = self._numbers.get(key)
            while numbers and numbers[0] in used:
                numbers.popleft()
            if numbers and (best is None or numbers[0] < best):
                best = numbers[0]
        return best

    def _asked(self, who: Who, agreeing: bool) -> Iterator[_Key]:
        own, names = _split(who)
        if own is not None:
            yield own
        for has_id, told in self._told:
            both = tuple(n for n in told if n in names)
            if (own is None or not has_id) and (both or not agreeing):
                yield _key(has_id, told, both, names)


def other_than(a: Who, b: Who) -> bool:
    """Tell whether two rows speak of different persons; the first value is an id, the rest are names.

    As :func:`surveys.intake.keys.other_person`, for one pair.
    """
    if a and isinstance(a[0], str) and isinstance(b[0], str):
        return a[0] != b[0]
    return any(
        isinstance(x, str) and isinstance(y, str) and x != y for x, y in zip(a[1:], b[1:], strict=True)
    )


def _split(who: Who) -> tuple[str | None, dict[int, str]]:
    own = who[0] if who and isinstance(who[0], str) else None
    return own, {n: name for n, name in enumerate(who[1:]) if isinstance(name, str)}


def _key(has_id: bool, told: tuple[int, ...], some: tuple[int, ...], names: dict[int, str]) -> _Key:
    return has_id, told, some, tuple(names[n] for n in some)
