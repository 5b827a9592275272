"""In which order people count numbers, and the texts that stand for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd


def text(value: Any) -> str:
    """Return what is written of a value: nothing where there is none."""
    return "" if value is None or pd.isna(value) else str(value)


def counted(*numbers: Any) -> tuple[Any, ...]:
    """Order numbers as people count: 2 before 10, 12 before 12A; what has none stands last."""
    texts = [text(number) for number in numbers]
    parts = [
        [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in re.findall(r"\d+|\D+", t)] for t in texts
    ]
    return tuple((not part, part) for part in parts)


def order(frame: pd.DataFrame, fields: Sequence[str]) -> list[int]:
    """Return positions in the order in which people count some fields."""
    numbers = list(zip(*(frame[name] for name in fields), strict=True))
    return sorted(range(len(frame)), key=lambda n: counted(*numbers[n]))


def in_order(houses: pd.DataFrame, fields: Sequence[str]) -> list[tuple[str, ...]]:
    """Return some fields of houses as texts, in the order in which people count them."""
    found = houses.iloc[order(houses, ("house_seq", "house_no"))]
    return [tuple(map(text, row)) for row in found[list(fields)].itertuples(index=False)]
