"""The shapes of a file before it is taken, as GeoJSON: those kept out first, at most 2,000."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import shapely

from maps.layers import collection
from surveys.intake.examination import Examination, Part
from surveys.intake.preview import LIMIT, Shown, shown

_FIRST = {"quarantined": 0, "taken": 1, "unchanged": 2}


def preview_geojson(folder: Path) -> bytes:
    """Write the sample of shapes that an examination kept in its folder."""
    examination = Examination.load(folder)
    total, rows = 0, list[tuple[Part, Shown]]()
    for part in examination.parts:
        count, found = shown(folder, part)
        total += count
        rows += [(part, one) for one in found if np.isfinite(shapely.bounds(one.shape)).all()]
    rows.sort(key=lambda row: _FIRST[row[1].status])
    chosen = rows[:LIMIT]
    shapes = np.array([one.shape for _, one in chosen], dtype=object)
    return collection(shapes, (_facts(*row) for row in chosen), total=total, shown=len(chosen))


def _facts(part: Part, one: Shown) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "layer": part.layer,
        "type": part.type,
        "row": one.row,
        "status": one.status,
        "reason": one.reason,
    }
    said = {"message": one.message, "remedy": one.remedy}
    return facts | {name: {"th": text.th, "en": text.en} for name, text in said.items() if text.th}
