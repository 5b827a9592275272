"""What stands in or near a box of the map: asked of the R-trees, so that a large network costs no more."""

from __future__ import annotations

import math
from collections.abc import Iterable

from gis.geometry import Bounds
from surveys.store.geopackage import rtree
from surveys.store.store import Store

KM_A_DEGREE = 111.2


def near(store: Store, network: str, type_name: str, box: Bounds, most: int) -> list[str]:
    """Return the ids of at most ``most`` current records of a type whose boxes touch a box in degrees."""
    west, south, east, north = box
    with store.reading() as connection:
        rows = connection.exec_driver_sql(
            f"SELECT r.id FROM {rtree(type_name)} t JOIN {type_name} r ON r.fid = t.id "
            "WHERE r.network = ? AND t.maxx >= ? AND t.minx <= ? AND t.maxy >= ? AND t.miny <= ? LIMIT ?",
            (network, west, east, south, north, most),
        ).all()
    return [row[0] for row in rows]


def distance_km(store: Store, network: str, type_names: Iterable[str], box: Bounds) -> float | None:
    """Return about how many kilometres lie between a box in degrees and the nearest record; None without any."""
    west, south, east, north = box
    narrow = math.cos(math.radians((south + north) / 2))
    across = f"max(t.minx - {east!r}, {west!r} - t.maxx, 0) * {narrow!r}"
    along = f"max(t.miny - {north!r}, {south!r} - t.maxy, 0)"
    found = []
    with store.reading() as connection:
        for name in type_names:
            squared = connection.exec_driver_sql(
                f"SELECT min({across} * {across} + {along} * {along}) FROM {rtree(name)} t "
                f"JOIN {name} r ON r.fid = t.id WHERE r.network = ?", (network,),
            ).scalar()  # fmt: skip
            found += [] if squared is None else [math.sqrt(squared) * KM_A_DEGREE]
    return min(found, default=None)
