"""Small helpers to draw answers from a seeded generator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np

from surveys.cells import Missing

SURVEY_FROM, SURVEY_UNTIL = date(2026, 1, 12), date(2026, 9, 25)


def pick(rng: np.random.Generator, weights: Mapping[str, float]) -> str:
    """Draw one of the keys by its weight."""
    names = list(weights)
    shares = np.array([weights[name] for name in names], dtype=float)
    return names[int(rng.choice(len(names), p=shares / shares.sum()))]


def some(rng: np.random.Generator, chances: Mapping[str, float]) -> list[str]:
    """Draw each of the keys by its own chance."""
    return [name for name, chance in chances.items() if rng.random() < chance]


def amount(rng: np.random.Generator, median: float, spread: float, step: int) -> int:
    """Draw an amount of money: log-normal about a median, in round steps."""
    return max(step, round(float(rng.lognormal(np.log(median), spread)) / step) * step)


def day(rng: np.random.Generator) -> date:
    """Draw a day of the survey round."""
    return SURVEY_FROM + timedelta(days=int(rng.integers((SURVEY_UNTIL - SURVEY_FROM).days + 1)))


def withheld(rng: np.random.Generator, value: object, chance: float = 0.04) -> object:
    """Keep a value, or now and then put "unknown" or "no answer" in its place."""
    roll = rng.random()
    if roll < chance:
        return Missing.UNKNOWN
    return Missing.NO_ANSWER if roll < 2 * chance else value
