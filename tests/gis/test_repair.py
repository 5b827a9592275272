"""Repairs of areas: what was wrong and where, what the repair changes, and shapes that never reach one."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis import geometry

BOW = shapely.Polygon([(100, 13), (101, 14), (101, 13), (100, 14)])
# A plot of 100 x 100 m beside the canal, and the same with what goes wrong in the field.
SIDE = 100 / 111_320
LOOP = [(100.5, 13.7), (100.5 + SIDE, 13.7), (100.5 + SIDE, 13.7 + SIDE), (100.5, 13.7 + SIDE)]
SQUARE = shapely.Polygon(LOOP)
HOLE = [(100.5 + SIDE * x, 13.7 + SIDE * y) for x, y in ((0.2, 0.2), (0.4, 0.2), (0.4, 0.4))]
FAR_HOLE = [(x + 0.01, y) for x, y in HOLE]
AREA = 9_660.0
REPAIRS: list[tuple[str, shapely.Geometry, str | None, float, float, int]] = [
    # what, shape, what was wrong, area before and after, parts after
    ("sound", SQUARE, None, 0, 0, 0),
    ("two corners in the wrong order", shapely.Polygon([LOOP[0], LOOP[2], LOOP[1], LOOP[3]]),
     "self_crossing", 0, AREA / 2, 2),
    ("a small loop at a corner",
     shapely.Polygon([*LOOP[:3], (100.5 - SIDE / 10, 13.7 + SIDE), (100.5, 13.7 + SIDE * 1.1)]),
     "self_crossing", AREA, AREA, 2),
    ("a corner twice", shapely.Polygon([LOOP[0], LOOP[0], *LOOP[1:]]), "duplicate_vertices", AREA, AREA, 1),
    ("a spike out and back", shapely.Polygon([*LOOP[:2], (100.5 + 2 * SIDE, 13.7), *LOOP[1:]]),
     "self_crossing", AREA, AREA, 1),
    ("a hole outside", shapely.Polygon(LOOP, [FAR_HOLE]), "hole_outside", AREA * 0.98, AREA * 1.02, 2),
    ("a hole twice", shapely.Polygon(LOOP, [HOLE, HOLE]), "self_crossing", AREA * 0.96, AREA * 0.98, 1),
    ("the same area twice", shapely.MultiPolygon([SQUARE, SQUARE]), "self_crossing", AREA * 2, AREA, 1),
    ("one area in another", shapely.MultiPolygon([SQUARE, shapely.Polygon(HOLE)]), "nested", AREA * 1.02, AREA, 1),
    ("nothing left", shapely.Polygon([LOOP[0], LOOP[1], LOOP[0], LOOP[0]]), None, 0, 0, 0),
    ("a line", shapely.LineString(LOOP + LOOP[-1:]), None, 0, 0, 0),
    ("a point", shapely.Point(100.5, 13.7), None, 0, 0, 0),
    ("empty", shapely.Polygon(), None, 0, 0, 0),
    ("metres", shapely.Polygon([(0, 0), (500, 500), (500, 0), (0, 500)]), None, 0, 0, 0),
    ("not finite", shapely.from_wkt("POLYGON ((0 0, 1 inf, 1 1, 0 0))"), None, 0, 0, 0),
    ("collection", shapely.GeometryCollection([BOW]), None, 0, 0, 0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("shape", "what", "before", "after", "parts"),
    [case[1:] for case in REPAIRS],
    ids=[case[0] for case in REPAIRS],
)
def test_repairs(shape: shapely.Geometry, what: str | None, before: float, after: float, parts: int) -> None:
    repair = geometry.suggest_repair(shape)
    assert (repair and repair.what) == what
    if repair:
        assert repair.geometry.is_valid and geometry.defects(
            np.array([repair.geometry], dtype=object)
        ).tolist() == [""]
        assert repair.area_before_m2 == pytest.approx(before, rel=0.02, abs=50)
        assert repair.area_after_m2 == pytest.approx(after, rel=0.02, abs=50)
        assert (repair.parts_after, shapely.get_num_geometries(repair.geometry)) == (parts, parts)
        assert shapely.distance(shapely.Point(repair.longitude_deg, repair.latitude_deg), shape) < 1e-9
        assert geometry.suggest_repair(repair.geometry) is None


def test_nothing_has_no_repair() -> None:
    assert geometry.suggest_repair(None) is None


def test_a_ring_left_open_is_suggested_closed() -> None:
    repair = geometry.suggest_repair(SQUARE, left_open=True)
    assert repair is not None
    assert (repair.what, repair.geometry, repair.area_before_m2) == ("unclosed_ring", SQUARE, 0.0)
    assert repair.area_after_m2 == pytest.approx(AREA, rel=0.02)
    assert (repair.longitude_deg, repair.latitude_deg) == LOOP[-1], "where it stops"
    bow = geometry.suggest_repair(BOW, left_open=True)
    assert bow is not None and bow.geometry.is_valid


def ring(count: int, seed: int = 7) -> np.ndarray:
    return np.random.default_rng(seed).random((count, 2)) + np.array([100, 13])


def zigzag(count: int) -> np.ndarray:
    return np.c_[np.tile([100.0, 101.0], count)[:count], np.r_[np.full(count - 1, 13.0), 14.0]]


HOSTILE: list[tuple[str, shapely.Geometry]] = [
    ("a tangle of 300", shapely.Polygon(ring(300))),
    ("a tangle of 1,000", shapely.Polygon(ring(1_000))),
    ("a tangle of 4,999", shapely.Polygon(ring(4_999))),
    ("a tangle past the limit", shapely.Polygon(ring(200_000))),
    ("edges on each other", shapely.Polygon(zigzag(4_999))),
    ("wound 1,000 times", shapely.Polygon(np.tile([(100, 13), (101, 13), (101, 14), (100, 14)], (1_000, 1)))),
    ("a stack of areas", shapely.MultiPolygon([shapely.box(100, 13, 101, 14)] * 900)),
    (
        "a star",
        shapely.Polygon(
            [(100 + np.cos(n * np.pi * 0.998), 13 + np.sin(n * np.pi * 0.998)) for n in range(999)]
        ),
    ),
    ("holes on holes", shapely.Polygon(LOOP, [HOLE] * 1_000)),
    ("beyond all numbers", shapely.Polygon(ring(30) * 1e300)),
]


@pytest.mark.parametrize("shape", [case[1] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
def test_a_shape_made_to_keep_a_repair_busy_never_reaches_it(
    shape: shapely.Geometry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("make_valid was called")

    monkeypatch.setattr(shapely, "make_valid", never)
    started = time.process_time()
    assert geometry.suggest_repair(shape) is None
    assert time.process_time() - started < 2


@pytest.mark.parametrize("count", [10, 60, 90])
def test_a_small_tangle_is_mended_in_time(count: int) -> None:
    started = time.process_time()
    repair = geometry.suggest_repair(shapely.Polygon(ring(count)))
    assert repair is not None and repair.geometry.is_valid
    assert time.process_time() - started < 2


PLACES = st.tuples(st.integers(0, 6), st.integers(0, 6)).map(
    lambda xy: (100 + xy[0] * SIDE, 13 + xy[1] * SIDE)
)


@given(st.lists(PLACES, min_size=3, max_size=14), st.lists(PLACES, min_size=3, max_size=6))
def test_a_repair_is_valid_and_stays_within_what_was_drawn(
    shell: list[tuple[float, float]], other: list[tuple[float, float]]
) -> None:
    for shape in (shapely.Polygon(shell), shapely.Polygon(shell, [other]),
                  shapely.MultiPolygon([shapely.Polygon(shell), shapely.Polygon(other)])):  # fmt: skip
        repair = geometry.suggest_repair(shape)
        if repair is None:
            continue
        assert repair.geometry.is_valid and repair.geometry.geom_type in ("Polygon", "MultiPolygon")
        drawn = shapely.MultiPoint(shapely.get_coordinates(shape))  # bounds leave out holes that lie outside
        assert shapely.box(*drawn.bounds).buffer(1e-9).covers(repair.geometry)
        assert repair.area_after_m2 > 0


def test_real_areas_that_cross_themselves() -> None:
    path = Path(__file__).resolve().parents[2].parent / "shared/data/parcels/mumbai_slum_clusters.geojson"
    if not path.exists():
        pytest.skip("the shared real files are not here")
    features = json.loads(path.read_text("utf-8"))["features"]
    shapes = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features])
    wrong = shapes[~shapely.is_valid(shapes)]
    repairs = [geometry.suggest_repair(shape) for shape in wrong]
    kept = [repair for repair in repairs if repair]
    assert (len(wrong), len(kept)) == (26, 25)
    assert {repair.what for repair in kept} == {"self_crossing", "self_touching"}
    assert all(repair.geometry.is_valid for repair in kept)
    # what a surveyor drew changes by less than one part in a thousand
    assert all(abs(repair.area_after_m2 / repair.area_before_m2 - 1) < 1e-3 for repair in kept)
    unmended = [shape for shape, repair in zip(wrong, repairs, strict=True) if repair is None]
    assert [shapely.is_valid_reason(shape).split("[")[0] for shape in unmended] == [
        "Too few points in geometry component"
    ]
