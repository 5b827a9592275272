"""Which household a member is of, also where several households have the numbers it names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from surveys.planning.match import COMMUNITY, SEVERAL, Positions, coded
from surveys.planning.place import belonging
from surveys.records import ALL

_HOUSEHOLD = ALL["household"]
# The digits of a record's id that tell when it came.
_STAMP = 12


def households_of(members: pd.DataFrame, households: pd.DataFrame, names: Mapping[str, str]) -> Positions:
    """Find the household of each member by its numbers: a position, else NONE or SEVERAL.

    Of several households with one number (possible doubles), a member is of the one that was here when it came;
    one that came before all of them is of the first. Where two were here already, nobody can tell. Both
    frames are indexed by id; ``names`` are those of :func:`surveys.planning.match.community_names`.
    """
    found = belonging(members, _HOUSEHOLD.keys, _HOUSEHOLD.name, households, names)
    for place, key in enumerate(_HOUSEHOLD.keys):
        rows = np.flatnonzero(found == SEVERAL)
        if len(rows):
            pairs = _pairs(members.iloc[rows], households, key, names)
            earlier = {part for other in _HOUSEHOLD.keys[:place] for part in other if part not in key}
            told = _told(pairs, members.index[rows], households, sorted(earlier))
            found[rows[told["row"]]] = told["home"]
    return found


def _pairs(
    members: pd.DataFrame, households: pd.DataFrame, key: Sequence[str], names: Mapping[str, str]
) -> pd.DataFrame:
    """Pair each member (``row``) with every household equal in a key (``home``), positions."""
    left, right = coded(members, households, key, {COMMUNITY: names})
    one = pd.DataFrame({"row": np.arange(len(left)), "code": left})[left >= 0]
    other = pd.DataFrame({"home": np.arange(len(right)), "code": right})[np.isin(right, left[left >= 0])]
    return one.merge(other, on="code")[["row", "home"]]


def _told(
    pairs: pd.DataFrame, ids: pd.Index, households: pd.DataFrame, earlier: Sequence[str]
) -> pd.DataFrame:
    """Leave of pairs the one that is told by when both came; households of different houses are no doubles."""
    for name in earlier:
        values = households[name].iloc[pairs["home"]].astype("str").fillna("").to_numpy()
        kinds = pd.Series(values, pairs.index).groupby(pairs["row"]).transform("nunique")
        pairs = pairs[kinds == 1]
    came = pd.Series(ids[pairs["row"]].astype("str").str[:_STAMP], pairs.index)
    home_came = pd.Series(households.index[pairs["home"]].astype("str").str[:_STAMP], pairs.index)
    here = home_came <= came
    before = here.groupby(pairs["row"]).transform("sum")
    first = home_came == home_came.groupby(pairs["row"]).transform("min")
    told = pairs[np.where(before > 0, here, first)]
    return told[~told["row"].duplicated(keep=False)]
