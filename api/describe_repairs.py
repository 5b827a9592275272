"""Suggestions to mend shapes as programs read them."""

from __future__ import annotations

import json
from collections.abc import Sequence

import shapely

from api.describe import said
from api.schemas import Json
from api.schemas_repairs import RepairOut, RepairsOut
from surveys.intake.fault_words import FAULT_WORDS
from surveys.intake.repair import MOST, Suggestion


def repairs_out(import_id: int, found: Sequence[Suggestion]) -> RepairsOut:
    """Describe the suggestions for an import."""
    return RepairsOut(import_id=import_id, most=MOST, repairs=[_repair_out(one) for one in found])


def _repair_out(one: Suggestion) -> RepairOut:
    repair = one.repair
    x, y = repair.longitude_deg, repair.latitude_deg
    return RepairOut(
        part=one.part, row=one.row, title=one.title, what=repair.what, what_words=said(FAULT_WORDS[repair.what]),
        defect=None if x is None or y is None else {"type": "Point", "coordinates": [x, y]},
        sent=_geojson(one.shape), mended=_geojson(repair.geometry),
        area_before_m2=repair.area_before_m2, area_after_m2=repair.area_after_m2,
        parts_before=repair.parts_before, parts_after=repair.parts_after,
    )  # fmt: skip


def _geojson(shape: shapely.Geometry) -> Json:
    made: Json = json.loads(shapely.to_geojson(shape))
    return made
