"""Parquet: the native shapes of GeoParquet 1.1, and plain tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from gis.formats import Layer, Limits, Reading

Read = Callable[..., Reading]
Rows = Callable[[Layer], list[dict[str, Any]]]
Wkt = Callable[[Layer], list[str | None]]


def xy(*places: tuple[float, float]) -> list[dict[str, float]]:
    return [{"x": x, "y": y} for x, y in places]


RING = xy((0, 0), (1, 0), (1, 1), (0, 0))
NATIVE: list[tuple[str, Any, str]] = [
    ("point", {"x": 100.5, "y": 13.75}, "POINT (100.5 13.75)"),
    ("linestring", xy((0, 0), (1, 1)), "LINESTRING (0 0, 1 1)"),
    ("polygon", [RING], "POLYGON ((0 0, 1 0, 1 1, 0 0))"),
    ("multipoint", xy((0, 0), (1, 1)), "MULTIPOINT ((0 0), (1 1))"),
    ("multilinestring", [xy((0, 0), (1, 1))], "MULTILINESTRING ((0 0, 1 1))"),
    ("multipolygon", [[RING]], "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))"),
]


def native(path: Path, encoding: str, *items: Any) -> Path:
    geo = {"primary_column": "g", "columns": {"g": {"encoding": encoding, "geometry_types": []}}}
    table = pa.table({"n": pa.array(range(len(items))), "g": pa.array(items)})
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), path)
    return path


@pytest.mark.parametrize(("encoding", "item", "shape"), NATIVE)
def test_native_shapes(encoding: str, item: Any, shape: str, here: Read, wkt: Wkt, tmp_path: Path) -> None:
    layer = here(native(tmp_path / "a.parquet", encoding, item, None, item), "a.parquet").layers[0]
    assert (wkt(layer), layer.crs, layer.columns, layer.defect_counts) == (
        [shape, None, shape],
        "EPSG:4326",
        ("n",),
        {},
    )


def test_a_native_ring_left_open_is_one_bad_row(here: Read, wkt: Wkt, tmp_path: Path) -> None:
    layer = here(native(tmp_path / "a.parquet", "polygon", [RING], [RING[:3]]), "a.parquet").layers[0]
    assert [(each.code, each.row, each.value) for each in layer.defects] == [
        ("unclosed_ring", 2, "1.000000, 1.000000")
    ]
    assert wkt(layer)[1] == "POLYGON ((0 0, 1 0, 1 1, 0 0))"


def test_a_plain_table(here: Read, rows: Rows, wkt: Wkt, tmp_path: Path) -> None:
    table = pa.table({"ชื่อ": ["ก", None], "lat": [13.75, None], "lon": [100.5, None], "n": [1, 2]})
    pq.write_table(table, tmp_path / "a.parquet")
    layer = here(tmp_path / "a.parquet", "สำรวจ.parquet").layers[0]
    assert (layer.name, layer.crs, wkt(layer)) == ("สำรวจ", "EPSG:4326", ["POINT (100.5 13.75)", None])
    assert [(row["#row"], row["ชื่อ"], row["n"]) for row in rows(layer)] == [(1, "ก", "1"), (2, None, "2")]


def test_a_table_of_wkb_asks_for_its_crs(here: Read, wkt: Wkt, tmp_path: Path) -> None:
    table = pa.table({"geometry": pa.array([shapely.to_wkb(shapely.Point(1, 2))], pa.binary())})
    pq.write_table(table, tmp_path / "a.parquet")
    layer = here(tmp_path / "a.parquet", "a.parquet").layers[0]
    assert (layer.crs, wkt(layer)) == (None, ["POINT (1 2)"])


def test_more_rows_than_the_limit_are_refused_before_they_are_read(here: Read, tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": range(50)}), tmp_path / "a.parquet")
    refusal = here(tmp_path / "a.parquet", "a.parquet", limits=Limits(rows=10)).refusal
    assert refusal is not None and refusal.code == "too_many_rows"
