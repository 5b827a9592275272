from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis import geometry

BOW = shapely.Polygon([(100, 13), (101, 14), (101, 13), (100, 14)])
CASES: list[tuple[shapely.Geometry | None, str]] = [
    (None, ""),
    (shapely.Point(100.5, 13.7), ""),
    (shapely.box(100, 13, 100.1, 13.1), ""),
    (shapely.Point(), "geometry_empty"),
    (shapely.Polygon(), "geometry_empty"),
    (shapely.Point(np.nan, 13), "geometry_not_finite"),
    (shapely.LineString([(100, 13), (np.inf, 13)]), "geometry_not_finite"),
    (shapely.Point(0, 0), "null_island"),
    (shapely.LineString([(0, 0), (0, 0)]), "null_island"),
    (shapely.Point(13.7, 100.5), "swapped_axes"),
    (shapely.box(13, 100, 13.1, 100.1), "swapped_axes"),
    (shapely.Point(665_000, 1_520_000), "degrees_expected"),
    (shapely.Point(120.9, 14.6), "outside_bounds"),
    (shapely.LineString([(100, 13), (120, 14)]), "outside_bounds"),
    (BOW, "geometry_invalid"),
]


@pytest.mark.parametrize(("shape", "code"), CASES)
def test_each_defect_has_its_code(shape: shapely.Geometry | None, code: str) -> None:
    assert geometry.defects(np.array([shape], dtype=object)).tolist() == [code]


def test_all_at_once_gives_the_same() -> None:
    shapes = np.array([shape for shape, _ in CASES], dtype=object)
    assert geometry.defects(shapes).tolist() == [code for _, code in CASES]
    assert {code for _, code in CASES} - {""} == set(geometry.CODES)


def test_a_networks_own_bounds_replace_thailand() -> None:
    manila = np.array([shapely.Point(120.9, 14.6), shapely.Point(100.5, 13.7)], dtype=object)
    assert geometry.defects(manila, (120, 14, 122, 15)).tolist() == ["", "outside_bounds"]


def test_an_invalid_shape_is_explained_with_its_place() -> None:
    faults = geometry.explain(
        np.array([shapely.Point(1, 1), BOW, None, shapely.Point(np.nan, 1)], dtype=object)
    )
    assert faults == [None, geometry.Fault("Self-intersection", 100.5, 13.5), None, None]


RING = [(100.0, 13.0), (100.1, 13.0), (100.1, 13.1), (100.0, 13.0)]


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (shapely.Point(100, 13), shapely.Point(100.00000005, 13), True),
        (shapely.Point(100, 13), shapely.Point(100.0000002, 13), False),
        (None, None, True),
        (None, shapely.Point(1, 1), False),
        (shapely.Polygon(RING), shapely.MultiPolygon([shapely.Polygon(RING)]), True),
        (shapely.Point(100, 13), shapely.MultiPoint([(100, 13), (100, 13)]), False),
        (shapely.LineString(RING), shapely.Polygon(RING), False),
        (shapely.Polygon(RING), shapely.Polygon(RING[1:3] + RING[:2]), False),
        (shapely.Point(), shapely.Point(), True),
        (shapely.Point(np.nan, 1), shapely.Point(np.nan, 1), False),
        (shapely.MultiLineString([RING[:2], RING[1:]]), shapely.MultiLineString([RING[:3], RING[2:]]), False),
    ],
)
def test_the_same_to_a_centimetre(first: shapely.Geometry, second: shapely.Geometry, same: bool) -> None:
    one, other = np.array([first], dtype=object), np.array([second], dtype=object)
    assert geometry.within_1cm(one, other).tolist() == [same]


@given(st.lists(st.tuples(st.floats(97, 105), st.floats(6, 20)), min_size=4, max_size=9), st.floats(-1, 1))
def test_a_shape_is_the_same_after_a_shift_of_less_than_a_centimetre(
    places: list[tuple[float, float]], part: float
) -> None:
    line = np.array([shapely.LineString(places)], dtype=object)
    moved = shapely.transform(line, lambda xy: xy + part * 0.99 * geometry.CENTIMETRE_DEG)
    assert geometry.within_1cm(line, moved).tolist() == [True]
    far = shapely.transform(line, lambda xy: xy + 1.01 * geometry.CENTIMETRE_DEG)
    assert geometry.within_1cm(line, far).tolist() == [False]


def test_arrays_of_different_length_are_not_compared() -> None:
    with pytest.raises(ValueError, match="length"):
        geometry.within_1cm(np.array([None], dtype=object), np.array([None, None], dtype=object))


def test_repeated_vertices_are_counted_ring_by_ring() -> None:
    """Two parts that touch where one ends and the next starts repeat nothing."""
    touching = shapely.MultiPolygon(
        [shapely.Polygon(RING), shapely.Polygon([RING[0], (99.9, 13.0), (99.9, 12.9)])]
    )
    twice = shapely.Polygon([*RING[:2], *RING[1:]])
    line = shapely.LineString([*RING[:2], *RING[1:]])
    both = shapely.MultiPolygon([*touching.geoms, shapely.transform(twice, lambda xy: xy + 1)])
    shapes = np.array([shapely.Polygon(RING), touching, twice, line, None, both], dtype=object)
    assert geometry.repeated_vertices(shapes).tolist() == [0, 0, 1, 0, 0, 1]
    assert geometry.first_repeated(twice) == RING[1] and geometry.first_repeated(touching) is None
