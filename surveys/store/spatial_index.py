"""The R-tree of a record table made anew from its shapes, which costs a tenth of filling it row by row.

SQLite keeps an R-tree in three tables whose form is documented and fixed (``sqlite.org/rtree.html``,
"shadow tables"; ``ext/rtree/rtree.c``, "Database Format"). They are packed here by Sort-Tile-Recursive
(Leutenegger, Lopez and Edgington, ICDE 1997), as GDAL does for its own bulk loads; full nodes also
answer faster than those grown by insertion.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa

from surveys.errors import StoreUnavailable
from surveys.record import RecordType
from surveys.store.blobs import envelopes
from surveys.store.geopackage import rtree
from surveys.store.schema import GEOMETRY
from surveys.words import words

_ROOT = 1
# A node is its depth (the root's only), its number of cells, and the cells.
_HEADER = np.dtype([("depth", ">u2"), ("cells", ">u2")])
_CELL = np.dtype([("id", ">i8"), ("box", ">f4", (4,))])
# How many shapes are read at a time.
_BATCH = 2_000
# Row numbers, and (min x, max x, min y, max y) of their shapes in degrees, shape (n, 4).
Boxes = tuple[np.ndarray, np.ndarray]
_NONE: Boxes = (np.empty(0, np.int64), np.empty((0, 4)))
# The highest row number there may be.
_EVERY = 2**63 - 1


@dataclass(frozen=True)
class _Level:
    """The nodes of one level: their first cells' positions in ``order``, and the box of each node."""

    order: np.ndarray
    starts: np.ndarray
    boxes: np.ndarray


@contextmanager
def rebuilt(
    connection: sa.Connection, record_type: RecordType, told: Sequence[Boxes], last: int
) -> Iterator[None]:
    """Make a table's R-tree anew from the shapes that are in the table, in the caller's transaction.

    ``told`` are the boxes of rows written by now, all rows after number ``last`` among them; only the shapes of
    the others are read. Without them all are. The nodes are packed in a thread while the ``with`` block does its
    own work.
    """
    # The driver's own cursor: millions of rows need no objects around them.
    cursor, tree = connection.connection.cursor(), rtree(record_type.name)
    (node_bytes,) = cursor.execute(
        f"SELECT length(data) FROM {tree}_node WHERE nodeno=?", (_ROOT,)
    ).fetchone()
    with ThreadPoolExecutor(1) as thread:
        made = thread.submit(packed, *_boxes(cursor, record_type, told, last), node_bytes)
        yield
        nodes, parents, leaves = made.result()
        rows_of: dict[str, list[Any]] = {"node": nodes, "parent": parents, "rowid": leaves}
        for part, rows in rows_of.items():
            cursor.execute(f"DELETE FROM {tree}_{part}")
            cursor.executemany(f"INSERT INTO {tree}_{part} VALUES (?, ?)", rows)
    _verify(cursor, tree)


def _verify(cursor: Any, tree: str) -> None:
    """Let SQLite check what was written, before it is committed (0.3 s for a million rows).

    Raises
    ------
    StoreUnavailable
        If this SQLite keeps its R-trees in another form; the caller's transaction leaves nothing.
    """
    (said,) = cursor.execute("SELECT rtreecheck(?)", (tree,)).fetchone()
    if said != "ok":
        raise StoreUnavailable(
            words(
                "สร้างดัชนีแผนที่ไม่สำเร็จ ไม่มีอะไรถูกบันทึก",
                f"The index of shapes could not be made, and nothing was written: {said[:200]}",
            )
        )


def _boxes(cursor: Any, record_type: RecordType, told: Sequence[Boxes], last: int) -> Boxes:
    """Return the boxes of all rows that have a shape, by ``fid``: those told, and those read of the table."""
    ids, boxes = zip(*(told or [_NONE]), strict=True)
    fresh = np.concatenate(ids)
    cursor.execute(
        f"SELECT fid, {GEOMETRY} FROM {record_type.name} WHERE {GEOMETRY} IS NOT NULL AND fid <= ? ORDER BY fid",
        (last if told else _EVERY,),
    )
    found = [(fresh, np.concatenate(boxes))]
    while part := cursor.fetchmany(_BATCH):
        fids, blobs = zip(*part, strict=True)
        others = np.array(fids, np.int64)
        unknown = ~np.isin(others, fresh)
        found.append((others[unknown], envelopes(blobs)[unknown]))
    whole, laid = zip(*found, strict=True)
    return np.concatenate(whole), np.concatenate(laid)


def packed(
    ids: np.ndarray, boxes: np.ndarray, node_bytes: int
) -> tuple[list[tuple[int, bytes]], list[tuple[int, int]], list[tuple[int, int]]]:
    """Pack boxes into the nodes of an R-tree.

    Parameters
    ----------
    ids : shape (n,), int64
    boxes : shape (n, 4), float64
        (min x, max x, min y, max y); kept as float32, rounded outwards.
    node_bytes : size of a node in this tree

    Returns
    -------
    The rows of the tree's tables: (node number, data), (node number, parent), and (id, its leaf).
    """
    room = (node_bytes - _HEADER.itemsize) // _CELL.itemsize
    held = _outwards(boxes)
    levels: list[_Level] = []
    while not levels or len(levels[-1].starts) > 1:
        levels.append(_level(held, room))
        held = levels[-1].boxes
    # The root is node 1, its children come next, and so on down to the leaves.
    firsts = [_ROOT]
    for level in reversed(levels[1:]):
        firsts.append(firsts[-1] + len(level.starts))
    firsts.reverse()
    nodes: list[tuple[int, bytes]] = []
    parents: list[tuple[int, int]] = []
    leaves: list[tuple[int, int]] = []
    below = ids
    held = _outwards(boxes)
    for number, (level, first) in enumerate(zip(levels, firsts, strict=True)):
        own = np.repeat(np.arange(len(level.starts)), np.diff(np.append(level.starts, len(below)))) + first
        of = np.empty(len(below), np.int64)
        of[level.order] = own
        (parents if number else leaves).extend(zip(below.tolist(), of.tolist(), strict=True))
        depth = number if first == _ROOT else 0
        nodes += zip(
            range(first, first + len(level.starts)), _data(level, below, held, node_bytes, depth), strict=True
        )
        below, held = np.arange(first, first + len(level.starts)), level.boxes
    return nodes, parents, leaves


def _outwards(boxes: np.ndarray) -> np.ndarray:
    """Round to float32 so that no box becomes smaller than it is."""
    near = boxes.astype(np.float32)
    low, high = (np.nextafter(near, np.float32(way)) for way in (-np.inf, np.inf))
    least, most = np.where(near > boxes, low, near), np.where(near < boxes, high, near)
    return np.stack([least[:, 0], most[:, 1], least[:, 2], most[:, 3]], axis=1)


def _level(boxes: np.ndarray, room: int) -> _Level:
    """Sort boxes into tiles: slices from west to east, each from south to north."""
    count = len(boxes)
    nodes = max(1, -(-count // room))
    in_slice = -(-nodes // max(1, round(nodes**0.5))) * room
    by_x = np.argsort(boxes[:, 0] + boxes[:, 1], kind="stable")
    slice_of = np.empty(count, np.int64)
    slice_of[by_x] = np.arange(count) // in_slice
    order = np.lexsort((boxes[:, 2] + boxes[:, 3], slice_of))
    starts = np.arange(nodes) * room
    if not count:
        return _Level(order, starts, np.zeros((1, 4), np.float32))
    laid = boxes[order]
    least, most = np.minimum.reduceat(laid, starts), np.maximum.reduceat(laid, starts)
    return _Level(order, starts, np.stack([least[:, 0], most[:, 1], least[:, 2], most[:, 3]], axis=1))


def _data(
    level: _Level, below: np.ndarray, boxes: np.ndarray, node_bytes: int, depth: int
) -> Iterator[bytes]:
    """Write the nodes of a level as SQLite stores them."""
    cells = np.empty(len(below), _CELL)
    cells["id"], cells["box"] = below[level.order], boxes[level.order]
    whole = cells.tobytes()
    ends = np.append(level.starts[1:], len(below))
    for start, end in zip(level.starts.tolist(), ends.tolist(), strict=True):
        header = np.array((depth, end - start), _HEADER).tobytes()
        body = whole[start * _CELL.itemsize : end * _CELL.itemsize]
        yield (header + body).ljust(node_bytes, b"\0")
