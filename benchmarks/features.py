"""Records as GeoJSON features for the map: ours (shapely and orjson) beside ``GeoDataFrame.to_json``.

``python -m benchmarks.features [ROWS ...]`` (10,000 houses when none are given). Both run in this process, in turn;
what is compared is the least of five runs each. Ours writes codes in words as well, the peer what stands in the frame.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import shapely

from benchmarks import side_by_side
from maps import layers
from surveys.codes import Code, Codes
from surveys.records import ALL
from surveys.store.frames import arrow_types, to_frame

HOUSE = ALL["house"]
_RUNS = 5
_WEST, _SOUTH, _STEP = 100.5, 13.7, 0.0004


def houses(rows: int) -> gpd.GeoDataFrame:
    """Return houses as the store hands them out, with a value in every column of the map."""
    types = arrow_types(HOUSE)
    columns: dict[str, Any] = {"id": [f"house-{n}" for n in range(rows)]}
    for name in layers.columns(HOUSE):
        if name in HOUSE.by_name:
            columns[name] = _values(name, rows, types[name])
    frame = to_frame(pa.table(columns), HOUSE)
    x, y = _WEST + _STEP * (np.arange(rows) % 200), _SOUTH + _STEP * (np.arange(rows) // 200)
    shapes = shapely.box(x, y, x + _STEP * 0.8, y + _STEP * 0.8)
    return frame.set_geometry(gpd.GeoSeries(shapes, frame.index, crs=4326))


def _values(name: str, rows: int, kind: pa.DataType) -> pa.Array:
    declared = HOUSE.by_name[name].kind
    if isinstance(declared, Code):
        codes = [choice.code for choice in declared.choices]
        texts = [f'["{code}"]' for code in codes] if isinstance(declared, Codes) else codes
        return pa.array([texts[n % len(texts)] for n in range(rows)])
    if declared.column == "DATE":
        return pa.array(["2026-11-22"] * rows)
    if pa.types.is_string(kind):
        return pa.array([f"{name} {n}" for n in range(rows)])
    return pa.array(np.arange(rows) % 2, kind)


def main(arguments: list[str]) -> None:
    """Time both in turn at every size."""
    for rows in side_by_side.sizes(arguments, (10_000,)):
        frame = houses(rows)
        wanted = [name for name in layers.columns(HOUSE) if name in frame]
        peer = frame[list(dict.fromkeys([*wanted, "geometry"]))]
        ours, theirs = list[float](), list[float]()
        for _ in range(_RUNS):
            theirs.append(_seconds(peer.to_json))
            ours.append(
                _seconds(lambda frame=frame: layers.features(layers.LAYERS["house"], HOUSE, frame, "th"))
            )
        print(f"{rows:>9,} houses  to_json {min(theirs):.3f} s, ours {min(ours):.3f} s")
        print(f"  ratio to_json's time / ours: {min(theirs) / min(ours):.2f}", flush=True)


def _seconds(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


if __name__ == "__main__":
    main(sys.argv[1:])
