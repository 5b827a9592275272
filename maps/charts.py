"""An analysis as a chart: the configuration Chart.js 4 reads, as plain values."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gis.units import SQUARE_METRES_PER_RAI
from maps import style
from surveys.planning.result import Chart, Column, Result, plain, said
from surveys.words import Lang, words

FONT = {"family": "Sarabun, 'Noto Sans Thai', sans-serif", "size": 14}
INK, QUIET, GRID = "#22302f", "#566462", "#e4e7e3"
RAI, PERCENT, NONE_SAID = words("ไร่", "rai"), words("ร้อยละ", "%"), words("ไม่ระบุ", "not said")


def chart(result: Result, lang: Lang) -> dict[str, Any] | None:
    """Return horizontal bars, side by side or stacked; None where the result is better left a table.

    Areas are drawn in rai, shares in percent. Of stacked bars, a series that is nowhere above
    zero is left out.
    """
    drawn = result.chart
    if drawn is None or result.table.empty:
        return None
    columns = {column.name: column for column in result.columns}
    series = [columns[name] for name in drawn.values]
    if drawn.kind == "stacked":
        series = [column for column in series if result.table[column.name].fillna(0).gt(0).any()]
    if not series:
        return None
    labels = [_label(columns[drawn.label], value, lang) for value in result.table[drawn.label]]
    data = [_dataset(column, place, result.table, lang) for place, column in enumerate(series)]
    return {
        "type": "bar",
        "data": {"labels": labels, "datasets": data},
        "options": _options(drawn, series, lang),
    }


def _label(column: Column, value: Any, lang: Lang) -> str:
    bare = plain(column, value)
    text = said(column, bare)
    return text.of(lang) if text else NONE_SAID.of(lang) if bare is None else str(bare)


def _dataset(column: Column, place: int, table: pd.DataFrame, lang: Lang) -> dict[str, Any]:
    return {
        "label": column.words.of(lang),
        "data": [_number(column, value) for value in table[column.name]],
        "backgroundColor": style.series_colour(column.name, place),
        "borderColor": "#ffffff",
        "borderWidth": {"right": 1},
        "maxBarThickness": 26,
    }


def _number(column: Column, value: Any) -> float | int | None:
    bare: float | int | None = plain(column, value)
    if bare is None or column.kind == "count":
        return bare
    return round(bare / SQUARE_METRES_PER_RAI, 2) if column.kind == "area" else round(bare * 100, 1)


def _unit(column: Column, lang: Lang) -> str:
    if column.kind in ("area", "share"):
        return (RAI if column.kind == "area" else PERCENT).of(lang)
    return column.unit.of(lang) if column.unit else ""


def _options(drawn: Chart, series: list[Column], lang: Lang) -> dict[str, Any]:
    units = " / ".join(dict.fromkeys(filter(None, (_unit(column, lang) for column in series))))
    stacked = drawn.kind == "stacked"
    text = {"font": FONT, "color": INK}
    counts = all(column.kind == "count" for column in series)
    return {
        "indexAxis": "y",
        "responsive": True,
        "maintainAspectRatio": False,
        "animation": False,
        "scales": {
            "x": {
                "stacked": stacked,
                "beginAtZero": True,
                "grid": {"color": GRID},
                "ticks": {"font": FONT, "color": QUIET} | ({"precision": 0} if counts else {}),
                "title": {"display": bool(units), "text": units, "font": FONT, "color": QUIET},
            },
            "y": {"stacked": stacked, "grid": {"display": False}, "ticks": text | {"autoSkip": False}},
        },
        "plugins": {
            "legend": {"display": len(series) > 1, "position": "bottom", "labels": text | {"boxWidth": 18}},
            "tooltip": {"titleFont": FONT, "bodyFont": FONT},
        },
    }
