"""Pairs of equal texts of two columns, as a database would join them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.intake import equal_texts
from surveys.intake.equal_texts import pairs_of

TEXTS = st.lists(
    st.none() | st.sampled_from(["", "ก", "ก\x1f1", "a", "A", "1"]) | st.text(max_size=2), max_size=12
)


def column(texts: Sequence[str | None]) -> pd.Series:
    return pd.Series(texts, dtype="str")


def joined(ours: Sequence[str | None], theirs: Sequence[str | None]) -> list[tuple[int, int]]:
    return [
        (at, entry)
        for at, one in enumerate(ours)
        for entry, other in enumerate(theirs)
        if one is not None and one == other
    ]


def found(ours: pd.Series, theirs: pd.Series) -> list[tuple[int, int]]:
    pairs = pairs_of(ours, theirs)
    return list(zip(pairs["at"].tolist(), pairs["entry"].tolist(), strict=True))


@given(TEXTS, TEXTS)
def test_every_pair_of_equal_texts_is_found_in_order(
    ours: Sequence[str | None], theirs: Sequence[str | None]
) -> None:
    assert found(column(ours), column(theirs)) == joined(ours, theirs)


@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_some_at_a_time_are_the_same_pairs(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(equal_texts, "_AT_ONCE", at_once)
    ours, theirs = ["a", None, "b", "a", "x"], ["b", "a", None, "a"]
    assert found(column(ours), column(theirs)) == joined(ours, theirs)


def test_unlike_texts_of_one_number_are_no_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(equal_texts, "hash", lambda text: len(text), raising=False)
    ours, theirs = ["ab", "cd", "e"], ["cd", "ab", "xx", "e", "y"]
    assert found(column(ours), column(theirs)) == joined(ours, theirs)


def test_columns_of_pieces_and_of_nothing() -> None:
    pieces = pd.concat([column(["a", "b"]), column([None, "a"])], ignore_index=True)
    assert found(pieces, column(["a"])) == [(0, 0), (3, 0)]
    assert found(pieces, pd.Series([], dtype=object)) == []
    assert found(pd.Series(np.nan, index=range(3), dtype="str"), pieces) == []
