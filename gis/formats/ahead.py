"""Making the next item while one is worked on: for iterators that wait for the disk or work outside Python."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def ahead(items: Iterator[T]) -> Iterator[T]:
    """Yield the items in their order; a thread has made the next one meanwhile. Errors come where they would."""
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(_next, items)
        while (made := coming.result()) is not None:
            coming = thread.submit(_next, items)
            yield made[0]


def _next(items: Iterator[T]) -> tuple[T] | None:
    for item in items:
        return (item,)
    return None
