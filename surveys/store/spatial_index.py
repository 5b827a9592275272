"""The R-tree of a record table made anew from its shapes, which costs a tenth of filling it row by row.

SQLite keeps an R-tree in three tables whose form is documented and fixed (``sqlite.org/rtree.html``,
"shadow tables"; ``ext/rtree/rtree.c``, "Database Format"). They are packed here by Sort-Tile-Recursive
(Leutenegger, Lopez and Edgington, ICDE 1997), as GDAL does for its own bulk loads; full nodes also
answer faster than those grown by insertion.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, wait
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import sqlalchemy as sa

from surveys.errors import StoreUnavailable
from surveys.record import RecordType
from surveys.store import disposable
from surveys.store.blobs import envelopes
from surveys.store.connect import CACHE_KB, PAGE_BYTES, sqlite
from surveys.store.geopackage import RTREE, rtree
from surveys.store.schema import GEOMETRY
from surveys.words import words

_ROOT = 1
# The tables an R-tree is kept in.
_PARTS = ("node", "parent", "rowid")
# A node is its depth (the root's only), its number of cells, and the cells.
_HEADER = np.dtype([("depth", ">u2"), ("cells", ">u2")])
_CELL = np.dtype([("id", ">i8"), ("box", ">f4", (4,))])
# How many shapes are read at a time.
_BATCH = 2_000
# Row numbers, and (min x, max x, min y, max y) of their shapes in degrees, shape (n, 4); NaN where there is none.
Boxes = tuple[np.ndarray, np.ndarray]
_NONE: Boxes = (np.empty(0, np.int64), np.empty((0, 4)))


@dataclass(frozen=True)
class _Level:
    """The nodes of one level: their first cells' positions in ``order``, and the box of each node."""

    order: np.ndarray
    starts: np.ndarray
    boxes: np.ndarray


# A record type, and the boxes of the rows that are about to be written, where they are told.
Tree = tuple[RecordType, Boxes | None]


@contextmanager
def rebuilt(
    connection: sa.Connection,
    trees: Sequence[Tree],
    folder: Path | None = None,
    threads: Executor | None = None,
) -> Iterator[None]:
    """Make the R-trees of some tables anew, in the caller's transaction.

    They are made of the shapes that are in the tables by now; boxes that are told take the place of, or come to, those
    of the rows that have their numbers: the ``with`` block writes these. A thread packs the nodes, and has SQLite
    check them, while the block does its own work: one of ``threads``, or one of its own. ``folder`` is where its
    disposable file lies; None: among the temporary files of the system.

    Raises
    ------
    StoreUnavailable
        If this SQLite keeps its R-trees in another form; the caller's transaction leaves nothing.
    """
    # The driver's own cursor: millions of rows need no objects around them.
    cursor, (first, *_) = connection.connection.cursor(), trees
    found = {rtree(one.name): _boxes(cursor, one, told) for one, told in trees}
    held = nullcontext(threads) if threads else ThreadPoolExecutor(1)
    with TemporaryDirectory(prefix="trees-", dir=folder) as own, held as working:
        path = Path(own) / "trees.sqlite"
        made = working.submit(_written, path, found)
        try:
            yield
        except BaseException:
            # The folder stays while the thread writes into it, whosever the thread is.
            if not made.cancel():
                wait([made])
            raise
        made.result()
        alias = disposable.attached(connection, path, f"trees_{first[0].name}")
        for tree in found:
            for part in _PARTS:
                cursor.execute(f"DELETE FROM {tree}_{part}")
                disposable.copy(connection, alias, f"{tree}_{part}")


def _written(path: Path, found: Mapping[str, Boxes]) -> None:
    """Write each tree to a disposable file, as SQLite itself would keep it there, and let it check them."""
    connection = sqlite().connect(str(path), isolation_level=None)
    # The size of a node follows from that of a page.
    connection.execute(f"PRAGMA page_size={PAGE_BYTES}")
    sizes = {}
    for tree in found:
        connection.execute(RTREE.format(name=tree))
        (sizes[tree],) = connection.execute(f"SELECT length(data) FROM {tree}_node").fetchone()
        connection.execute(f"DELETE FROM {tree}_node")
    connection.close()
    for tree, shapes in found.items():
        parts = zip(_PARTS, packed(*shapes, sizes[tree]), strict=True)
        disposable.add(path, {f"{tree}_{part}": rows for part, rows in parts})
    connection = sqlite().connect(str(path))
    # The check looks up every row and node by itself: they are not to be read from the disk, and locked, each time.
    connection.execute(f"PRAGMA cache_size={-CACHE_KB}")
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    for tree in found:
        _verify(connection, tree)
    connection.close()


def _verify(connection: Any, tree: str) -> None:
    (said,) = connection.execute("SELECT rtreecheck(?)", (tree,)).fetchone()
    if said != "ok":
        raise StoreUnavailable(
            words(
                "สร้างดัชนีแผนที่ไม่สำเร็จ ไม่มีอะไรถูกบันทึก",
                f"The index of shapes could not be made, and nothing was written: {said[:200]}",
            )
        )


def _boxes(cursor: Any, record_type: RecordType, told: Boxes | None) -> Boxes:
    """Return the boxes of all rows that have a shape, by ``fid``: those told, and those read of the table."""
    cursor.execute(
        f"SELECT fid, {GEOMETRY} FROM {record_type.name} WHERE {GEOMETRY} IS NOT NULL ORDER BY fid"
    )
    fresh = told or _NONE
    found = [fresh]
    while part := cursor.fetchmany(_BATCH):
        fids, blobs = zip(*part, strict=True)
        others = np.array(fids, np.int64)
        unknown = ~np.isin(others, fresh[0])
        found.append((others[unknown], envelopes(pa.array(blobs, pa.binary()))[unknown]))
    ids, boxes = (np.concatenate(part) for part in zip(*found, strict=True))
    there = ~np.isnan(boxes[:, 0])
    return ids[there], boxes[there]


def packed(ids: np.ndarray, boxes: np.ndarray, node_bytes: int) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Pack boxes into the nodes of an R-tree.

    Parameters
    ----------
    ids : shape (n,), int64
    boxes : shape (n, 4), float64
        (min x, max x, min y, max y); kept as float32, rounded outwards.
    node_bytes : size of a node in this tree

    Returns
    -------
    The rows of the tree's tables, as SQLite declares them: (node number, data), (node number, parent), and
    (id, its leaf).
    """
    room = (node_bytes - _HEADER.itemsize) // _CELL.itemsize
    outer = _outwards(boxes)
    held, levels = outer, list[_Level]()
    while not levels or len(levels[-1].starts) > 1:
        levels.append(_level(held, room))
        held = levels[-1].boxes
    # The root is node 1, its children come next, and so on down to the leaves.
    firsts = [_ROOT]
    for level in reversed(levels[1:]):
        firsts.append(firsts[-1] + len(level.starts))
    firsts.reverse()
    nodes: list[tuple[np.ndarray, Iterator[bytes]]] = []
    holders: list[tuple[np.ndarray, np.ndarray]] = []
    below, held = ids, outer
    for number, (level, first) in enumerate(zip(levels, firsts, strict=True)):
        own = np.arange(first, first + len(level.starts))
        of = np.empty(len(below), np.int64)
        of[level.order] = np.repeat(own, np.diff(np.append(level.starts, len(below))))
        holders.append((below, of))
        depth = number if first == _ROOT else 0
        nodes.append((own, _data(level, below, held, node_bytes, depth)))
        below, held = own, level.boxes
    return (
        _node_rows(nodes),
        _pairs("nodeno", "parentnode", holders[1:]),
        _pairs("rowid", "nodeno", holders[:1]),
    )


def _node_rows(levels: Sequence[tuple[np.ndarray, Iterator[bytes]]]) -> pa.Table:
    numbers = np.concatenate([own for own, _ in levels])
    data = pa.array([one for _, made in levels for one in made], pa.binary())
    order = np.argsort(numbers)
    return pa.table({"nodeno": numbers, "data": data}).take(order)


def _pairs(name: str, of: str, parts: Sequence[tuple[np.ndarray, np.ndarray]]) -> pa.Table:
    """Make a table of two columns of numbers, sorted, so that it grows at its end."""
    empty = np.empty(0, np.int64)
    numbers = np.concatenate([empty, *(first for first, _ in parts)])
    others = np.concatenate([empty, *(second for _, second in parts)])
    order = np.argsort(numbers, kind="stable")
    return pa.table({name: numbers[order], of: others[order]})


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
