"""The R-tree made anew: whole by SQLite's own check, and finding what a plain comparison finds."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys import records
from surveys.store import spatial_index
from surveys.store.blobs import envelope, envelopes, to_blobs
from surveys.store.connect import sqlite
from surveys.store.spatial_index import packed, rebuilt
from surveys.store.store import Store

COORDINATE = st.floats(-180, 180, allow_nan=False, width=64)
BOX = st.tuples(COORDINATE, COORDINATE, COORDINATE, COORDINATE)


def tree_of(ids: np.ndarray, boxes: np.ndarray) -> Any:
    """Make an R-tree in memory of packed nodes; return its connection."""
    connection = sqlite().connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING rtree(id, minx, maxx, miny, maxy)")
    (size,) = connection.execute("SELECT length(data) FROM t_node").fetchone()
    nodes, parents, leaves = packed(ids, boxes, size)
    connection.execute("DELETE FROM t_node")
    for part, rows in {"node": nodes, "parent": parents, "rowid": leaves}.items():
        pairs = zip(*(column.to_pylist() for column in rows.columns), strict=True)
        connection.executemany(f"INSERT INTO t_{part} VALUES (?, ?)", pairs)
    return connection


def drawn(count: int, spread: float) -> tuple[np.ndarray, np.ndarray]:
    """Draw boxes about Bangkok: their ids, with gaps, and (min x, max x, min y, max y)."""
    rng = np.random.default_rng(count)
    corner, size = rng.uniform((100.4, 13.6), (100.8, 13.9), (count, 2)), rng.uniform(0, spread, (count, 2))
    boxes = np.column_stack(
        [corner[:, 0], corner[:, 0] + size[:, 0], corner[:, 1], corner[:, 1] + size[:, 1]]
    )
    return np.arange(count) * 3 + 1, boxes


def within(connection: Any, box: tuple[float, float, float, float]) -> set[int]:
    query = "SELECT id FROM t WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?"
    return {row[0] for row in connection.execute(query, box)}


@pytest.mark.parametrize("count", [0, 1, 51, 52, 53, 2_601, 2_602, 20_000])
@pytest.mark.parametrize("spread", [0.0, 0.01])
def test_a_packed_tree_is_whole_and_misses_nothing(count: int, spread: float) -> None:
    ids, boxes = drawn(count, spread)
    connection = tree_of(ids, boxes)
    assert connection.execute("SELECT rtreecheck('t')").fetchone() == ("ok",)
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (count,)
    west, east, south, north = 100.50, 100.52, 13.70, 13.72
    meets = (boxes[:, 1] >= west) & (boxes[:, 0] <= east) & (boxes[:, 3] >= south) & (boxes[:, 2] <= north)
    found = within(connection, (west, east, south, north))
    assert set(ids[meets].tolist()) <= found
    # Boxes are rounded outwards to single precision: a metre at most.
    near = (boxes[:, 1] >= west - 1e-5) & (boxes[:, 0] <= east + 1e-5) & (boxes[:, 3] >= south - 1e-5)
    assert found <= set(ids[near & (boxes[:, 2] <= north + 1e-5)].tolist())


def test_a_packed_tree_takes_and_gives_up_rows() -> None:
    ids, boxes = drawn(5_000, 0.001)
    connection = tree_of(ids, boxes)
    connection.executemany("DELETE FROM t WHERE id=?", [(int(n),) for n in ids[::2]])
    connection.executemany(
        "INSERT INTO t VALUES (?, ?, ?, ?, ?)",
        [(n, 100.5, 100.5, 13.7, 13.7) for n in range(100_000, 101_000)],
    )
    assert connection.execute("SELECT rtreecheck('t')").fetchone() == ("ok",)
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (3_500,)


@settings(max_examples=60)
@given(st.lists(BOX, max_size=120))
def test_no_box_becomes_smaller(corners: list[tuple[float, float, float, float]]) -> None:
    sides = np.array(corners, dtype=float).reshape(-1, 4)
    boxes = np.column_stack([np.sort(sides[:, :2], axis=1), np.sort(sides[:, 2:], axis=1)])
    connection = tree_of(np.arange(len(boxes)), boxes)
    assert connection.execute("SELECT rtreecheck('t')").fetchone() == ("ok",)
    for n, (west, east, south, north) in enumerate(boxes.tolist()):
        assert n in within(connection, (west, east, south, north))


def test_envelopes_of_many_are_those_of_each() -> None:
    shapes = np.array([shapely.Point(100.5, 13.7), shapely.box(100, 13, 101, 14), shapely.LineString([(1, 2), (3, -4)]),
                       shapely.MultiPoint([(1, 1), (2, 5)]), shapely.Point(-1, -2)])  # fmt: skip
    blobs = [blob for blob in to_blobs(shapes) if blob is not None]
    assert envelopes(pa.array(blobs, pa.binary())).tolist() == [list(envelope(blob)) for blob in blobs]
    assert envelopes(pa.array([], pa.binary())).shape == (0, 4)


def test_all_trees_fit_beside_a_store() -> None:
    """Undo makes the trees of each type anew, with a file attached for each: SQLite attaches ten at most."""
    assert sum(one.geometry is not None for one in records.ALL.values()) <= 10


@pytest.mark.parametrize("begun", [True, False])
def test_the_folder_stays_while_a_thread_of_somebody_else_packs(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begun: bool
) -> None:
    """Also when the block fails; what no thread has begun is not waited for."""
    at_work, failing, there = threading.Event(), threading.Event(), list[bool]()
    written = spatial_index._written

    def slow(path: Path, found: Any) -> None:
        at_work.set()
        failing.wait(5)
        # Time enough for whoever does not wait.
        threading.Event().wait(0.3)
        there.append(path.parent.exists())
        written(path, found)

    monkeypatch.setattr(spatial_index, "_written", slow)
    with ThreadPoolExecutor(1) as threads:
        if not begun:
            threads.submit(failing.wait, 5)
        with (
            pytest.raises(OSError, match="full"),
            store.writing() as connection,
            rebuilt(connection, [(records.ALL["house"], None)], tmp_path, threads),
        ):
            assert at_work.wait(5 if begun else 0.1) == begun
            if begun:
                failing.set()
            raise OSError("the disk is full")
        failing.set()
    assert there == [True] * begun
    assert not list(tmp_path.glob("trees-*"))
