"""Which household a member is of, also where several households have the numbers it names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from surveys.planning.match import COMMUNITY, NONE, SEVERAL, Positions, coded
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
            asked = members.iloc[rows]
            earlier = {part for other in _HOUSEHOLD.keys[:place] for part in other if part not in key}
            numbers = coded(asked, households, key, {COMMUNITY: names})
            found[rows] = _told(asked.index, households, numbers, sorted(earlier))
    return found


def _told(
    members: pd.Index, households: pd.DataFrame, numbers: tuple[Positions, Positions], earlier: Sequence[str]
) -> Positions:
    """Find the household of each member among those of its number, by when both came, else SEVERAL.

    ``numbers`` are those of the members and of the households (:func:`surveys.planning.match.coded`). Households of
    different houses are no doubles. Very many may have one number: they are never paired with the members.
    """
    asked, of = numbers
    at = np.flatnonzero(np.isin(of, asked[asked >= 0]))
    homes = pd.DataFrame({"home": at, "number": of[at]})
    for name in earlier:
        homes["value"] = households[name].iloc[homes["home"]].astype("str").fillna("").to_numpy()
        homes = homes[homes.groupby("number")["value"].transform("nunique") == 1]
    came, home_came = _ordered(members, households.index[homes["home"]])
    homes = homes.assign(came=home_came).sort_values(["number", "came"], kind="stable")
    first = homes.drop_duplicates("number").set_index("number")
    second = homes[homes["number"].duplicated()].drop_duplicates("number").set_index("number")
    mine = first.reindex(asked)
    following = second["came"].reindex(asked).fillna(np.inf).to_numpy()
    alone = mine["home"].notna().to_numpy() & (following > np.fmax(mine["came"].to_numpy(), came))
    told: Positions = np.where(alone, mine["home"].fillna(NONE).to_numpy(), SEVERAL).astype(np.int64)
    return told


def _ordered(ids: pd.Index, others: pd.Index) -> tuple[Positions, Positions]:
    """Number the times at which records came, by their ids, in their order."""
    stamps = pd.concat([pd.Series(some, dtype="str").str[:_STAMP] for some in (ids, others)])
    order, _ = pd.factorize(stamps, sort=True)
    return order[: len(ids)], order[len(ids) :]
