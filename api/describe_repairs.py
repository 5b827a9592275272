"""Suggestions to mend shapes as programs read them."""

from __future__ import annotations

import json
from typing import Any

import shapely

from api.describe import said
from api.schemas import Json
from api.schemas_repairs import RepairOut, RepairsOut, RepeatedOut
from surveys.intake import repair
from surveys.intake.fault_words import FAULT_WORDS
from surveys.intake.suggestion import MOST, Suggestion
from surveys.roles import Actor
from surveys.store.store import Store


def repairs_of(store: Store, network: str, actor: Actor, import_id: int) -> RepairsOut:
    """Make the suggestions for an import: for rows that were kept out, and for records that repeat corners."""
    out = repair.suggestions(store, network, actor, import_id)
    repeated = repair.repeated(store, network, actor, import_id)
    return RepairsOut(
        import_id=import_id, most=MOST, repairs=[RepairOut(**_facts(one)) for one in out.rows], more=out.more,
        repeated=[
            RepeatedOut(**_facts(one), type=one.type, id=one.id, corners=one.corners) for one in repeated.rows
        ],
        more_repeated=repeated.more,
    )  # fmt: skip


def _facts(one: Suggestion) -> dict[str, Any]:
    made = one.repair
    x, y = made.longitude_deg, made.latitude_deg
    return {
        "part": one.part, "row": one.row, "title": one.title, "what": made.what,
        "what_words": said(FAULT_WORDS[made.what]),
        "defect": None if x is None or y is None else {"type": "Point", "coordinates": [x, y]},
        "sent": _geojson(one.shape), "mended": _geojson(made.geometry),
        "area_before_m2": made.area_before_m2, "area_after_m2": made.area_after_m2,
        "parts_before": made.parts_before, "parts_after": made.parts_after,
    }  # fmt: skip


def _geojson(shape: shapely.Geometry) -> Json:
    made: Json = json.loads(shapely.to_geojson(shape))
    return made
