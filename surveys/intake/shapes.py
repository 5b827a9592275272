"""The shapes of a batch: brought to WGS 84, looked at, and turned away with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import shapely

from gis.crs import to_wgs84
from gis.formats import GEOMETRY
from gis.geometry import Bounds, What, defects, explain
from surveys.intake.geometry_kinds import SHAPE_IDS, unwrapped
from surveys.intake.plan import LayerPlan

_NO_SHAPE = -1


@dataclass(frozen=True)
class Shapes:
    """Geometries in EPSG:4326 (None where there is none), a problem code per row ("": fine), what was seen.

    ``faults`` are what is wrong with those that are not valid.
    """

    geometries: np.ndarray
    codes: np.ndarray
    seen: list[str]
    faults: Mapping[int, What] = field(default_factory=dict)


def read_shapes(batch: pa.RecordBatch, plan: LayerPlan, bounds: Bounds) -> Shapes:
    """Read the shapes of a batch and say which rows cannot be taken for theirs."""
    count = len(batch)
    if not plan.has_geometry or plan.crs is None:
        return Shapes(np.full(count, None, dtype=object), np.full(count, "", dtype=object), [""] * count)
    wkb = batch.column(GEOMETRY).to_numpy(zero_copy_only=False)
    kind = plan.record_type.geometry or "any"
    sent = unwrapped(np.asarray(shapely.from_wkb(wkb), dtype=object), kind)
    placed = to_wgs84(sent, plan.crs)
    codes = np.asarray(defects(placed, bounds), dtype=object)
    codes[(codes == "") & ~np.isin(shapely.get_type_id(placed), (_NO_SHAPE, *SHAPE_IDS[kind]))] = (
        "geometry_kind"
    )
    return Shapes(placed, codes, *_seen(placed, codes))


def _seen(placed: np.ndarray, codes: np.ndarray) -> tuple[list[str], dict[int, What]]:
    """Say of each shape that is turned away where it is, or where it is wrong, and what is wrong with it."""
    seen, whats = [""] * len(codes), dict[int, What]()
    wrong = np.flatnonzero(codes != "")
    faults = explain(placed[wrong]) if len(wrong) else []
    for n, fault in zip(wrong.tolist(), faults, strict=True):
        if codes[n] == "geometry_kind":
            seen[n] = placed[n].geom_type
        elif fault is not None and codes[n] == "geometry_invalid":
            seen[n], whats[n] = place_of(fault.longitude_deg, fault.latitude_deg), fault.what
        elif not shapely.is_empty(placed[n]):
            west, south, _, _ = shapely.bounds(placed[n])
            seen[n] = place_of(float(west), float(south))
    return seen, whats


def place_of(x: float | None, y: float | None) -> str:
    """Write a place (longitude, latitude in degrees) as "latitude, longitude"; "" where there is none."""
    return "" if x is None or y is None else f"{y:.6f}, {x:.6f}"
