"""What blocks and cells find is what comparing all with all finds."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from surveys.city import alike
from surveys.city.alike import ALIKE_PERCENT, Texts, close, in_groups

# About the width of what is looked for, so that many are just within it, just outside, and on the lines of cells.
METRES = st.one_of(st.sampled_from([0.0, 20.0, 40.0, 20.000001, 19.999999]), st.floats(-70, 70))
PLACE = st.one_of(st.none(), st.tuples(METRES, METRES))


def brute(places: np.ndarray, metres: float) -> set[tuple[int, int]]:
    return {
        (one, other)
        for one, other in combinations(range(len(places)), 2)
        if np.sqrt(((places[one] - places[other]) ** 2).sum()) <= metres
    }


@given(drawn=st.lists(PLACE, max_size=30), pairs=st.sampled_from([1, 7, 1_000_000]))
def test_neighbours_are_those_within_reach(drawn: list[tuple[float, float] | None], pairs: int) -> None:
    places = np.array([one or (np.nan, np.nan) for one in drawn], dtype=float).reshape(-1, 2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alike, "_PAIRS", pairs)
        found, crowds = close(places, 20.0, 1_000)
        listed = [(int(a), int(b)) for one, other in found for a, b in zip(one, other, strict=True)]
    assert sorted(listed) == sorted(brute(places, 20.0)) and not len(crowds)


def test_more_than_so_many_on_one_point_are_left_out() -> None:
    places = np.array([(5.0, 5.0)] * 4 + [(6.0, 5.0)] * 3 + [(np.nan, np.nan)])
    found, crowds = close(places, 20.0, 3)
    listed = {(int(a), int(b)) for one, other in found for a, b in zip(one, other, strict=True)}
    assert listed == {(4, 5), (4, 6), (5, 6)} and crowds.tolist() == [4]


@given(drawn=st.lists(st.integers(-1, 4), max_size=20), most=st.integers(1, 6))
def test_groups_are_paired_whole_or_not_at_all(drawn: list[int], most: int) -> None:
    (left, right), crowds = in_groups(np.array(drawn, dtype=np.int64), most)
    size = {code: drawn.count(code) for code in drawn}
    assert sorted(zip(left.tolist(), right.tolist(), strict=True)) == [
        (one, other) for one, other in combinations(range(len(drawn)), 2)
        if drawn[one] == drawn[other] >= 0 and size[drawn[one]] <= most]  # fmt: skip
    assert crowds.tolist() == [size[code] for code in sorted(size) if code >= 0 and size[code] > most]


NAMES = st.sampled_from(["สมชายใจดี", "สมชัยใจดี", "สมชายใจด", "มาลี", " ", "", None])


@given(drawn=st.lists(NAMES, max_size=8), at_once=st.sampled_from([1, 3, 50_000]))
def test_texts_are_folded_and_compared_in_any_parts(drawn: list[str | None], at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alike, "_AT_ONCE", at_once)
        texts = Texts.of(pd.Series(drawn, dtype="str"), lambda part: part.str.strip())
        pairs = tuple(
            np.array(side, dtype=np.int64) for side in zip(*combinations(range(len(drawn)), 2), strict=True)
        )
        one, other = pairs or (np.array([], dtype=np.int64),) * 2
        found = texts.likeness((one, other))
    names = [(text or "").strip() for text in drawn]
    assert texts.at(np.arange(len(drawn))).tolist() == names
    assert [code >= 0 for code in texts.codes.tolist()] == [bool(name) for name in names]
    for a, b, percent in zip(one.tolist(), other.tolist(), found.tolist(), strict=True):
        plain = fuzz.ratio(names[a], names[b]) if names[a] and names[b] else 0.0
        assert percent == (plain if plain >= ALIKE_PERCENT else 0.0)
