"""Many shapes as square cells with counts, for a file that cannot carry them all."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from maps import layers, popup, style
from maps.layers import Layer
from maps.spec import Attribute, LayerData, layer_data
from maps.style import Entry, Look
from surveys.record import Field, RecordType
from surveys.words import Lang, words

# Metres; the finest that leaves at most MOST_CELLS is taken.
SIZES = (25, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
MOST_CELLS = 1_500
# Upper ends of the classes of the legend; the last is open.
CLASSES = (9, 24, 49, 99)
METRES_A_DEGREE = 111_320.0
MOST_CODES_SAID = 3

NOTE = words(
    "มี {n} {unit} มากเกินกว่าจะแสดงทีละรูป จึงแสดงเป็นช่องขนาด {size} เมตร พร้อมจำนวน",
    "{n} {unit} are too many to draw one by one: squares of {size} m with their number are shown",
)
HOW_MANY = words("จำนวนในช่อง", "number in the square")

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def grid(x: Floats, y: Floats) -> tuple[int, Integers]:
    """Choose a cell size: (metres, the cell of every point as column and row).

    ``x`` and ``y`` are metres.
    """
    for size in SIZES:
        at = np.stack([np.floor(x / size), np.floor(y / size)], axis=1).astype(np.int64)
        if len(np.unique(at, axis=0)) <= MOST_CELLS:
            break
    return size, at


def counted(layer: Layer, record_type: RecordType, frame: gpd.GeoDataFrame, lang: Lang) -> LayerData:
    """Make a layer of cells: how many records stand in each, and of which kinds most."""
    layers.check(layer, record_type)
    middle = _middles(frame)
    scale = METRES_A_DEGREE * np.array([np.cos(np.radians(middle[:, 1].mean())), 1.0])
    size, at = grid(*(middle * scale).T)
    found, cell, counts = np.unique(at, axis=0, return_inverse=True, return_counts=True)
    corner, side = found * size / scale, size / scale
    squares = shapely.box(*corner.T, *(corner + side).T)
    unit = record_type.unit.of(lang)
    classes = np.searchsorted(CLASSES, counts)
    kinds = _kinds(record_type, frame, cell.ravel(), len(found), lang)
    data = layers.collection(
        squares,
        (
            {"id": str(n), "title": f"{count:,} {unit}", "codes": [str(grade)], "rows": [said]}
            for n, (count, grade, said) in enumerate(zip(counts.tolist(), classes, kinds, strict=True))
        ),
        fields=["count"],
        labels=[by.words.of(lang) for by in layers.attributes(record_type)[:1]] or [""],
    )
    nameless = replace(layer, names_from=21, search=False)
    return replace(
        layer_data(nameless, record_type, lang, count=len(frame), data=data),
        attributes=(Attribute("count", HOW_MANY.of(lang), _legend()),),
        marks=(),
        look=Look(opacity=0.65, width=0.6),
        records=False,
        context=None,
        note=NOTE.fill(n=f"{len(frame):,}", unit=unit, size=f"{size:,}").of(lang),
    )


def _middles(frame: gpd.GeoDataFrame) -> Floats:
    bounds: Floats = shapely.bounds(frame.geometry.array)
    return (bounds[:, :2] + bounds[:, 2:]) / 2


def _legend() -> tuple[Entry, ...]:
    lows = (1, *(high + 1 for high in CLASSES))
    said = [f"{low}–{high}" for low, high in zip(lows, CLASSES, strict=False)] + [f"{lows[-1]}+"]
    looks = [Look(fill=colour, line=style.darker(colour, 0.85)) for colour in style.GRADES]
    return tuple(Entry(str(n), text, look) for n, (text, look) in enumerate(zip(said, looks, strict=True)))


def _kinds(
    record_type: RecordType, frame: gpd.GeoDataFrame, cell: Integers, cells: int, lang: Lang
) -> list[str | None]:
    """Say of every cell which codes of the first attribute are most in it."""
    by: tuple[Field, ...] = layers.attributes(record_type)[:1]
    if not by:
        return [None] * cells
    texts = pd.Series(popup.shown(by[0], frame, lang)).fillna(style.NOT_RECORDED.of(lang))
    tally = texts.groupby(cell).value_counts().groupby(level=0).head(MOST_CODES_SAID)
    of_cell, text = (tally.index.get_level_values(level) for level in (0, 1))
    said = (text + " " + tally.astype(str)).groupby(of_cell).agg(", ".join)
    return list(said.reindex(range(cells)))
