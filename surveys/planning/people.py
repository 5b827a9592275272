"""How many people a household has, and who says so."""

from __future__ import annotations

import numpy as np
import pandas as pd

from surveys.planning.answers import reasons
from surveys.planning.links import HOUSEHOLD, City
from surveys.planning.match import NONE, Positions
from surveys.records import ALL

PEOPLE = ALL[HOUSEHOLD].by_name["people"].name
# Who says how many people a household has.
LISTED, STATED = "listed", "stated"


def people(city: City) -> pd.DataFrame:
    """Count the people of each household: its member records where it has any, else the number it states.

    Returns a frame on the index of households: ``people`` (persons, NA where neither is there),
    ``by`` (:data:`LISTED`, :data:`STATED`, NaN; categories), ``why`` (the reason where neither is there) and
    ``differ`` (both are there and are not equal; the list counts, and the difference is shown).
    """
    households = city.frames[HOUSEHOLD]
    found = city.households_of_members
    lists = np.bincount(found[found >= 0], minlength=len(households))
    stated = households[PEOPLE]
    listed = pd.Series(lists, households.index, dtype="Int64")
    who: Positions = np.where(lists > 0, 0, np.where(stated.isna().to_numpy(), NONE, 1))
    by = pd.Series(pd.Categorical.from_codes(who, pd.Index([LISTED, STATED])), households.index)
    return pd.DataFrame(
        {
            PEOPLE: listed.where(lists > 0, stated),
            "by": by,
            "why": reasons(households, PEOPLE).where(by.isna()),
            "differ": (stated.ne(listed).fillna(False) & (lists > 0)).astype(bool),
        }
    )


def people_by(told: pd.DataFrame, rows: pd.Series[str]) -> pd.Series[int]:
    """Sum the people of households by row of a table; NA where a row's households all give no number."""
    return told[PEOPLE].groupby(rows).sum(min_count=1)
