"""Which shapes a record type takes, and which a layer holds: lines are no houses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gis.formats import GEOMETRY
from surveys.record import GeometryKind
from surveys.words import Words, words

_POINTS, _LINES, _AREAS = (0,), (1, 2, 5), (3, 6)
# The shapes each kind of geometry may be, by shapely type id.
SHAPE_IDS: Mapping[GeometryKind, tuple[int, ...]] = {
    "point": _POINTS,
    "line": _LINES,
    "polygon": _AREAS,
    "place": (*_POINTS, *_AREAS),
    "course": (*_LINES, *_AREAS),
    "any": (*_POINTS, *_LINES, *_AREAS, 4, 7),
}
KINDS_OF_SHAPE: Mapping[GeometryKind, Words] = {
    "point": words("จุด", "a point"),
    "line": words("เส้น", "a line"),
    "polygon": words("รูปปิด (แปลงหรือขอบเขต)", "an area"),
    "place": words("จุดหรือรูปปิด", "a point or an area"),
    "course": words("เส้นหรือรูปปิด", "a line or an area"),
    "any": words("รูปใดก็ได้", "any shape"),
}
_COUNTED: tuple[tuple[tuple[int, ...], Words], ...] = (
    ((*_POINTS, 4), words("จุด", "points")),
    (_LINES, words("เส้น", "lines")),
    (_AREAS, words("รูปปิด", "areas")),
)
_TYPE_WORDS = {
    "Point": words("จุด", "a point"),
    "MultiPoint": words("จุดหลายจุดรวมกัน", "several points together"),
    **dict.fromkeys(("LineString", "LinearRing", "MultiLineString"), words("เส้น", "a line")),
    **dict.fromkeys(("Polygon", "MultiPolygon"), words("รูปปิด", "an area")),
}
# A record type is possible when this share of the shapes is of its kind: surveys mix points and areas, and
# a few sois among buildings do not make them roads.
_SHARE = 0.2
_SAMPLE = 2_000
# Types that hold several parts, and may hold one where its own type was meant.
_WRAPS = (4, 7)


def shape_ids(source: pa.ipc.RecordBatchFileReader) -> Counter[int]:
    """Count the shapes of a layer by shapely type id; of a large layer a sample spread over all of it.

    Several points or shapes together that are one only count as that one.
    """
    shapes: pa.ChunkedArray = source.read_all()[GEOMETRY]
    step = max(1, len(shapes) // _SAMPLE)
    sample = pc.drop_null(shapes.take(pa.array(np.arange(0, len(shapes), step))))
    ids = shapely.get_type_id(unwrapped(shapely.from_wkb(sample.to_numpy()), "place"))
    return Counter(ids.tolist())


def unwrapped(geometries: np.ndarray, kind: GeometryKind) -> np.ndarray:
    """Give the one part of each MultiPoint or collection of one, where a kind of geometry takes only the part."""
    wraps = [one for one in _WRAPS if one not in SHAPE_IDS[kind]]
    alone = np.isin(shapely.get_type_id(geometries), wraps) & (shapely.get_num_geometries(geometries) == 1)
    if not alone.any():
        return geometries
    result = geometries.copy()
    result[alone] = shapely.get_geometry(geometries[alone], 0)
    return result


def fits(kind: GeometryKind | None, ids: Mapping[int, int]) -> bool:
    """Tell whether enough shapes of a layer are of a kind; a type without shapes takes any layer."""
    if kind is None:
        return True
    return sum(ids.get(one, 0) for one in SHAPE_IDS[kind]) >= _SHARE * sum(ids.values())


def counted(ids: Mapping[int, int], rows: int) -> Words:
    """Say what shapes a layer holds, such as "87 lines"; nothing for a table."""
    kinds = [said for own, said in _COUNTED if any(ids.get(one) for one in own)]
    if not kinds:
        return words("", "")
    unit = "row" if rows == 1 else "rows"
    return words(
        f"({rows:,} รายการ: {' '.join(said.th for said in kinds)})",
        f"({rows:,} {unit}: {', '.join(said.en for said in kinds)})",
    )


def shape_words(geom_type: str) -> Words:
    """Say a geometry type of the standard, such as "LineString", in plain words."""
    if geom_type not in _TYPE_WORDS:
        return words("รูปหลายชนิดรวมกัน", "several shapes together")
    return _TYPE_WORDS[geom_type]
