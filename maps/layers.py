"""The layers of the city map, in drawing order, and their shapes as GeoJSON.

A layer says only how it behaves on the page; its popup, legend and colours come from its record
type. Households are no layer: where people live is personal, houses stand for them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import shapely

from maps import popup
from surveys.codes import Codes
from surveys.record import Field, RecordType
from surveys.words import Lang

# Decimals of a degree that are drawn: 0.1 m.
DECIMALS = 6


@dataclass(frozen=True)
class Layer:
    """A layer of the map: the records of one type.

    ``rank``: place in the panel. ``shown``: drawn when the page opens. ``folded``: its legend is
    folded until asked for. ``names_from``, ``names_to``: zooms between which titles are written on
    the map. ``search``: records are found by the search box. ``widens``: lines grow with the zoom,
    points and outlines shrink away from it. ``ground``: lies under everything, so that it is not named
    beside the records that stand on it.
    """

    name: str
    rank: int = 0
    shown: bool = True
    folded: bool = False
    names_from: int = 21
    names_to: int = 21
    search: bool = False
    widens: bool = False
    ground: bool = False


_ORDER = (
    Layer("zoning_area", rank=8, shown=False),
    Layer("admin_area", rank=9, folded=True, names_from=10, names_to=14, ground=True),
    Layer("community", rank=1, names_from=12, search=True),
    Layer("land_plot", rank=3, names_from=20, search=True, widens=True),
    Layer("land_proposal", rank=4, names_from=18, search=True),
    Layer("canal", rank=7, names_from=15, search=True, widens=True),
    Layer("road", rank=6, folded=True, names_from=17, search=True, widens=True),
    Layer("house", rank=2, names_from=19, search=True, widens=True),
    Layer("facility", rank=5, folded=True, names_from=17, search=True, widens=True),
)
LAYERS: dict[str, Layer] = {layer.name: layer for layer in _ORDER}


def check(layer: Layer, record_type: RecordType) -> None:
    """Refuse a record type that is not the layer's, has no place, or is personal.

    Raises
    ------
    ValueError
        Where the program would draw what must not be drawn.
    """
    if layer.name != record_type.name:
        raise ValueError(f"the layer {layer.name} cannot draw records of type {record_type.name}")
    if not record_type.public or record_type.geometry is None:
        raise ValueError(f"records of type {record_type.name} are not drawn on maps")


def attributes(record_type: RecordType) -> tuple[Field, ...]:
    """Return the fields a person may colour the layer by."""
    return popup.visible(record_type, record_type.colour_by)


def columns(record_type: RecordType) -> tuple[str, ...]:
    """Return the columns a map reads of a record type."""
    wanted = (*popup.titles(record_type), *attributes(record_type), *popup.rows(record_type))
    return tuple(dict.fromkeys(field.name for field in wanted))


def coded(field: Field, frame: pd.DataFrame) -> list[str | None]:
    """Return the code of every record as text, None where there is none; of several the first."""
    if field.name not in frame:
        return [None] * len(frame)
    places, values = pd.factorize(frame[field.name])
    texts = [_code(field, value) for value in values.tolist()]
    found: list[str | None] = np.array([*texts, None], dtype=object)[places].tolist()
    return found


def _code(field: Field, value: Any) -> str | None:
    if isinstance(field.kind, Codes):
        several = orjson.loads(value)
        return str(several[0]) if several else None
    return str(value).lower() if isinstance(value, (bool, np.bool_)) else str(value)


def placed(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the records that have a place."""
    return frame[np.isfinite(shapely.bounds(frame.geometry.array)).all(axis=1)]


def features(layer: Layer, record_type: RecordType, frame: gpd.GeoDataFrame, lang: Lang) -> bytes:
    """Write the placed records of a layer as GeoJSON.

    Beside the features stand ``fields`` (what ``codes`` of a feature are codes of) and ``labels``
    (what ``rows`` of a feature are called).
    """
    check(layer, record_type)
    frame = placed(frame)
    by, rows = attributes(record_type), popup.rows(record_type)
    properties = zip(
        frame.index.tolist(),
        popup.titled(record_type, frame, lang).tolist(),
        _together([coded(field, frame) for field in by], len(frame)),
        _together([popup.shown(field, frame, lang).tolist() for field in rows], len(frame)),
        strict=True,
    )
    return collection(
        frame.geometry.array,
        ({"id": i, "title": title, "codes": codes, "rows": said} for i, title, codes, said in properties),
        fields=[field.name for field in by],
        labels=[field.words.of(lang) for field in rows],
    )


def _together(lists: list[list[str | None]], length: int) -> Iterable[tuple[str | None, ...]]:
    return zip(*lists, strict=True) if lists else [()] * length


def collection(geometry: Any, properties: Iterable[dict[str, Any]], **members: Any) -> bytes:
    """Write shapes and their properties as a GeoJSON collection with further members."""
    shapes = shapely.to_geojson(shapely.transform(geometry, lambda xy: xy.round(DECIMALS)))
    found = [
        {"type": "Feature", "geometry": orjson.Fragment(shape), "properties": facts}
        for shape, facts in zip(shapes, properties, strict=True)
    ]
    return orjson.dumps({"type": "FeatureCollection", **members, "features": found})
