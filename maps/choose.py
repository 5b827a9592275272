"""The map on which one of several records is chosen: a press chooses, and what is chosen stands out."""

from __future__ import annotations

import geopandas as gpd

from maps import layers, popup, style
from maps.layers import Layer
from maps.spec import LayerData
from maps.style import Look
from surveys.record import RecordType
from surveys.words import Lang, Words, words

# From this zoom on the numbers stand on the map: a block of houses is then wide enough.
_NAMES_FROM = 17


def choices(
    record_type: RecordType, likely: gpd.GeoDataFrame, others: gpd.GeoDataFrame, lang: Lang
) -> tuple[LayerData, ...]:
    """Make the layers of the records of a type (EPSG:4326) that may be chosen; the likely ones lie on top."""
    said = (
        ("others", words("อื่น ๆ ที่ยังว่าง", "others that are free"), others, style.OFFERED),
        ("likely", words("น่าจะเป็น", "likely ones"), likely, style.LIKELY),
    )
    return tuple(
        _layer(record_type, (name, rank, title), frame, look, lang)
        for rank, (name, title, frame, look) in enumerate(said)
        if len(layers.placed(frame))
    )


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
