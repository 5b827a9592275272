"""Scale, sheets and labels of a plan, as geometry: nothing is lost between sheets, no number on another."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from maps.sheet import grid, labels
from maps.sheet.grid import OVERLAP_MM, SCALES, Window
from maps.sheet.labels import Label, Room
from maps.sheet.paper import Box

WINDOWS = (Window(290, 228, True), Window(167, 351, False))
LENGTH = st.floats(5, 3000)
POINTS = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=60)


def things(points: list[tuple[float, float]], wide: float, high: float) -> np.ndarray:
    at = np.array(points) * (wide, high)
    return np.hstack([at, at])


@pytest.mark.slow
@given(LENGTH, LENGTH, POINTS, st.floats(50, 20_000), st.integers(1, 12))
def test_every_house_is_on_a_sheet_and_there_are_no_more_than_asked(
    wide: float, high: float, points: list[tuple[float, float]], legible: float, most: int
) -> None:
    held = things(points, wide, high)
    made = grid.layout((0, 0, wide, high), held, legible, WINDOWS, most)
    assert made.scale in SCALES and made.window in WINDOWS
    assert len(made.tiles) <= max(most, 1)
    for x, y, _, _ in held:
        assert any(w - 1e-6 <= x <= e + 1e-6 and s - 1e-6 <= y <= n + 1e-6
                   for w, s, e, n in (tile.extent for tile in made.tiles))  # fmt: skip
    assert [tile.number for tile in made.tiles] == list(range(1, len(made.tiles) + 1))
    for tile in made.tiles:
        west, south, east, north = tile.extent
        assert (east - west) * 1000 / made.scale == pytest.approx(made.window.width)
        assert (north - south) * 1000 / made.scale == pytest.approx(made.window.height)


@given(LENGTH, LENGTH, POINTS)
def test_one_sheet_is_as_large_as_it_fits(
    wide: float, high: float, points: list[tuple[float, float]]
) -> None:
    made = grid.layout((0, 0, wide, high), things(points, wide, high), math.inf, WINDOWS, 9)
    assert len(made.tiles) == 1
    larger = [scale for scale in SCALES if scale < made.scale]
    if larger:
        fits = [wide * 1000 / larger[-1] <= w.width and high * 1000 / larger[-1] <= w.height for w in WINDOWS]
        assert not any(fits)


def test_sheets_side_by_side_show_the_same_strip() -> None:
    corners = things([(x / 20, y / 20) for x in range(21) for y in range(21)], 400, 400)
    made = grid.layout((0, 0, 400, 400), corners, 500, WINDOWS, 20)
    assert len(made.tiles) > 1
    first = made.tiles[0]
    beside = made.at(first.column + 1, first.row)
    assert beside is not None
    assert (first.extent[2] - beside.extent[0]) * 1000 / made.scale == pytest.approx(OVERLAP_MM)


def test_sheets_on_which_nothing_stands_of_its_own_are_left_out() -> None:
    two = things([(0, 0), (0.01, 0.01), (1, 1)], 2000, 2000)
    made = grid.layout((0, 0, 2000, 2000), two, 1000, WINDOWS, 30)
    assert len(made.tiles) == 2


SPACINGS = [
    ([(0, 0)], math.inf),
    ([(0, 0), (0, 0.01)], math.inf),
    ([(0, 0), (0, 3), (0, 6), (0, 9)], 3.0),
    ([(0, 0), (0, 10), (4, 0)], 4.0),
]


@pytest.mark.parametrize(("points", "apart"), SPACINGS)
def test_how_close_houses_stand(points: list[tuple[float, float]], apart: float) -> None:
    assert grid.spacing(np.array(points, dtype=float)) == pytest.approx(apart)


PAGE = Box(0, 0, 120, 120)
SPOT = st.tuples(st.floats(8, 112), st.floats(8, 112))


@settings(max_examples=60)
@given(st.lists(st.tuples(SPOT, st.integers(1, 999), st.booleans()), min_size=1, max_size=60))
def test_numbers_never_lie_on_each_other_while_there_is_room(
    places: list[tuple[tuple[float, float], int, bool]],
) -> None:
    asked = [Label(x, y, str(n), f"({n}/1)", spots=((x, y),) if flat else (), aside=not flat)
             for (x, y), n, flat in places]  # fmt: skip
    found = labels.place(asked, Room(PAGE))
    assert [one.text for one in found[: len(asked)]] == [one.text for one in asked]
    written = [one.box for one in found]
    on = [(a, b) for n, a in enumerate(written) for b in written[n + 1 :] if labels._touch(a, b)]
    forced = [one for one in found[: len(asked)] if any(one.box in pair for pair in on)]
    # Only a number that found no place at all is written over another.
    crowded = [one for one in asked if sum(math.hypot(o.x - one.x, o.y - one.y) < 15 for o in asked) > 6]
    assume(len(crowded) < len(asked))
    assert len(forced) <= 2 * len(crowded)


def test_a_number_away_from_its_house_is_led_to_it() -> None:
    room = Room(PAGE)
    taken = Box(59, 59, 3, 3)
    room.take(taken)
    house = Label(60, 60, "12", spots=((60, 60), (61, 61)))
    (written,) = labels.place([house], room)
    assert written.leads and not labels._touch(written.box, taken)
    (alone,) = labels.place([house], Room(PAGE))
    assert not alone.leads and alone.box.x < 60 < alone.box.right


def test_numbers_side_by_side_keep_a_gap() -> None:
    room = Room(PAGE)
    (first,) = labels.place([Label(60, 60, "17", spots=((60, 60),))], room)
    (second,) = labels.place([Label(first.box.right + 0.1, 60, "18", aside=True)], room)
    assert (
        second.box.x >= first.box.right
        or second.box.right <= first.box.x
        or abs(second.box.y - first.box.y) > 2
    )
