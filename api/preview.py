"""The shapes of a file before it is taken, as GeoJSON: those kept out first, at most 2,000."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from maps.layers import collection
from surveys.intake.examination import Examination, Part
from surveys.intake.kept_out import plainly
from surveys.intake.preview import LIMIT

_FIRST = {"quarantined": 0, "taken": 1, "unchanged": 2}


def preview_geojson(folder: Path) -> bytes:
    """Write the sample of shapes that an examination kept in its folder."""
    examination = Examination.load(folder)
    total, rows = 0, []
    for part in examination.parts:
        if part.preview is not None:
            count, found = _read(folder / part.preview, part)
            total += count
            rows += found
    rows.sort(key=lambda row: _FIRST[row[1]["status"]])
    chosen = rows[:LIMIT]
    shapes = np.array([shape for shape, _ in chosen], dtype=object)
    return collection(shapes, (facts for _, facts in chosen), total=total, shown=len(chosen))


def _read(path: Path, part: Part) -> tuple[int, list[tuple[Any, dict[str, Any]]]]:
    """Read the sample of one part: how many rows could be drawn, and shapes with what becomes of them."""
    with pa.memory_map(str(path)) as mapped:
        table = pa.ipc.open_file(mapped).read_all()
    shapes = shapely.from_wkb(table["wkb"].to_pylist())
    drawable = np.isfinite(shapely.bounds(shapes)).all(axis=1)
    columns = (table[name].to_pylist() for name in ("row", "status", "reason"))
    told = [_facts(part, *facts) for facts in zip(*columns, strict=True)]
    found = [(shapes[n], told[n]) for n in np.flatnonzero(drawable)]
    return int(table.schema.metadata[b"total"]), found


def _facts(part: Part, row: int, status: str, reason: str) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "layer": part.layer,
        "type": part.type,
        "row": row,
        "status": status,
        "reason": reason,
    }
    if reason:
        message, remedy = plainly(reason, part.type)
        facts["message"] = {"th": message.th, "en": message.en}
        facts["remedy"] = {"th": remedy.th, "en": remedy.en}
    return facts
