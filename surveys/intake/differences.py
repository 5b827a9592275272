"""What a file changes in the records that are here: each before and after, kept beside the staged rows.

A new record changes nothing, so the import of a new file writes nothing of this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from gis.geometry import within_1cm
from gis.units import geodesic_area_m2, geodesic_distance_m
from surveys.intake.examination import Part
from surveys.intake.merge import Merged
from surveys.record import RecordType
from surveys.store.frames import arrow_types
from surveys.store.schema import DIGEST, GEOMETRY, JSON_COLUMNS

# How many records with what changes in them a report lists; all of them are in the download.
LISTED = 200
# What a shape was and becomes; a distance only where both are points.
_OF_SHAPES = {
    "shape_before": pa.string(),
    "shape_after": pa.string(),
    "moved_m": pa.float64(),
    "area_before_m2": pa.float64(),
    "area_after_m2": pa.float64(),
}
# Rows that become Python values at a time: a report reads only the first.
_AT_ONCE = 500
BEFORE, AFTER = "before ", "after "


@dataclass(frozen=True)
class ShapeChange:
    """How a shape changes: geometry types (None: no shape), metres moved (points), square metres (areas)."""

    before: str | None
    after: str | None
    moved_m: float | None
    area_before_m2: float | None
    area_after_m2: float | None


@dataclass(frozen=True)
class Difference:
    """A record that a row changes, as the store has it before and after.

    Both rows hold only the columns that differ in some record near it; of a secret there is its digest.
    """

    part: Part
    row: int
    id: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    shape: ShapeChange | None


def compared(record_type: RecordType, merged: Merged, update: np.ndarray, rows: np.ndarray) -> pa.Table:
    """Return the records that rows update, before and after; columns equal in all of them stay empty.

    ``update`` marks the rows, ``rows`` are their numbers in the file.
    """
    which, count = pa.array(update), int(update.sum())
    columns: dict[str, Any] = {
        "row": pa.array(rows[update], pa.int64()),
        "id": merged.here["id"].filter(which),
    }
    types = arrow_types(record_type)
    for name in _columns(record_type):
        for sign, source in ((BEFORE, merged.here), (AFTER, merged.table)):
            differ = name in merged.differ
            columns[sign + name] = source[name].filter(which) if differ else pa.nulls(count, types[name])
    if GEOMETRY in merged.differ:
        columns |= _shapes(merged.before[update], merged.shapes[update])
    else:
        columns |= {name: pa.nulls(count, kind) for name, kind in _OF_SHAPES.items()}
    return pa.table(columns)


def _columns(record_type: RecordType) -> list[str]:
    """Return the columns that are compared: never a secret, only its digest."""
    declared = [field.name + DIGEST if field.secret else field.name for field in record_type.stored]
    return [*declared, *JSON_COLUMNS]


def _shapes(before: np.ndarray, after: np.ndarray) -> dict[str, pa.Array]:
    """Describe what becomes of shapes; nothing of those that stay."""
    stays = within_1cm(before, after)
    facts = (
        *([None if one is None else one.geom_type for one in shapes] for shapes in (before, after)),
        geodesic_distance_m(before, after),
        *(_areas(shapes) for shapes in (before, after)),
    )
    return {
        name: pa.array(values, kind, mask=stays | _nothing(values))
        for (name, kind), values in zip(_OF_SHAPES.items(), facts, strict=True)
    }


def _areas(shapes: np.ndarray) -> np.ndarray:
    areas = geodesic_area_m2(shapes)
    areas[shapely.get_dimensions(shapes) < 2] = np.nan
    return areas


def _nothing(values: Any) -> np.ndarray:
    return np.array([value is None or value != value for value in values], dtype=bool)


def differences(folder: Path, part: Part) -> Iterator[Difference]:
    """Read what a part of a file changes, record by record in the order of its rows."""
    for name in part.changed:
        with pa.memory_map(str(folder / name)) as mapped:
            source = pa.ipc.open_file(mapped)
            for n in range(source.num_record_batches):
                batch = source.get_batch(n)
                for start in range(0, len(batch), _AT_ONCE):
                    yield from _read(part, batch.slice(start, _AT_ONCE))


def _read(part: Part, batch: pa.RecordBatch) -> Iterator[Difference]:
    signs = {sign: [c for c in batch.schema.names if c.startswith(sign)] for sign in (BEFORE, AFTER)}
    # Empty columns are most of them.
    filled = {c for c in batch.schema.names if batch.column(c).null_count < len(batch)}
    for row in batch.to_pylist():
        both = (
            {c.removeprefix(sign): row[c] for c in columns if c in filled} for sign, columns in signs.items()
        )
        before, after = both
        yield Difference(part, row["row"], row["id"], before, after, _shape(row))


def _shape(row: Mapping[str, Any]) -> ShapeChange | None:
    if row["shape_before"] is None and row["shape_after"] is None:
        return None
    return ShapeChange(*(row[name] for name in _OF_SHAPES))
