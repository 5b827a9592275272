"""The map on which one of several records is chosen: a press chooses, and what is chosen stands out."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd

from maps import layers, popup, style
from maps.layers import Layer
from maps.spec import LayerData
from maps.style import Look
from surveys.record import RecordType
from surveys.words import Lang, Words, words

# From this zoom on the numbers stand on the map: a block of houses is then wide enough.
_NAMES_FROM = 17
# What may be chosen, what lies on top last.
_OFFERED = (
    ("taken", words("มีรายการอยู่แล้ว", "those with a record already"), style.OCCUPIED),
    ("free", words("ที่ยังว่าง", "those that are free"), style.OFFERED),
    ("likely", words("น่าจะเป็น", "likely ones"), style.LIKELY),
)


def choices(
    record_type: RecordType, frames: Mapping[str, gpd.GeoDataFrame], lang: Lang, *, beneath: bool = False
) -> tuple[LayerData, ...]:
    """Make the layers of the records of a type (EPSG:4326) that may be chosen, by the names of :data:`_OFFERED`.

    ``beneath``: they lie under those of another type, and say which they are.
    """
    return tuple(
        _layer(record_type, _beneath(record_type, *of) if beneath else of, frames[of[0]], look, lang)
        for of, look in (((name, rank, title), look) for rank, (name, title, look) in enumerate(_OFFERED))
        if of[0] in frames and len(layers.placed(frames[of[0]]))
    )


def _beneath(record_type: RecordType, name: str, rank: int, title: Words) -> tuple[str, int, Words]:
    """Name a layer of records that lie under those of another type."""
    said = record_type.words
    called = words(f"{said.th}{title.th}", f"{said.en}: {title.en}")
    return f"{name}_{record_type.name}", rank - len(_OFFERED), called


def _layer(
    record_type: RecordType, named: tuple[str, int, Words], frame: gpd.GeoDataFrame, look: Look, lang: Lang
) -> LayerData:
    name, rank, title = named
    there = layers.placed(frame)
    facts = zip(there.index.tolist(), popup.titled(record_type, there, lang).tolist(), strict=True)
    data = layers.collection(
        there.geometry.array,
        ({"id": at, "title": said, "codes": [], "rows": []} for at, said in facts),
        fields=[],
        labels=[],
    )
    return LayerData(
        Layer(name, rank=-rank, names_from=_NAMES_FROM), title=title.of(lang), unit=record_type.unit.of(lang),
        count=len(there), data=data, look=look, records=False, chosen=style.CHOSEN,
    )  # fmt: skip
