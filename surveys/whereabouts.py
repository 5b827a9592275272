"""Where some records stand: read by themselves with the few records that may place them, never a whole type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import sqlalchemy as sa

from surveys import records
from surveys.planning.match import COMMUNITY, NAMED_BY, NONE, community_names, matches
from surveys.planning.place import has_shape, placed
from surveys.privacy import Privacy
from surveys.record import PlaceRule
from surveys.roles import Actor
from surveys.shared import LINK
from surveys.sight import Sight
from surveys.store.schema import SYSTEM, table
from surveys.store.store import Store
from surveys.words import folded

# What stands in most numbers, and what of it does not count when two are compared.
_PLAIN, _SEPARATORS, _MORE = "*[^-0-9/ .]*", "-/ .", "*[^0-9]*"


def standing(
    store: Store, network: str, actor: Actor, type_name: str, ids: Sequence[str]
) -> gpd.GeoDataFrame:
    """Read records (by id) to be shown, standing at their place: as :func:`surveys.view.frames` gives them.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see the type, or there is no such network.
    """
    store.revision(network)
    sight = Sight.of(store.types(network)[type_name], actor)
    columns = [*(name for name, _ in SYSTEM), *(one.name for one in sight.plain if not one.custom)]
    frame = store.read(network, type_name, columns, table(type_name).c.id.in_(ids))
    if not sight.record_type.place or has_shape(frame).all():
        return frame
    communities = store.read(network, COMMUNITY, list(NAMED_BY))
    found = {type_name: frame, COMMUNITY: communities}
    names = community_names(communities)
    # Records that may place it may themselves stand where another does; those come earlier among the types.
    for declared in reversed(records.ALL.values()):
        for rule in declared.place if declared.name in found else ():
            lost = found[declared.name][~has_shape(found[declared.name])]
            near = _fitting(store, network, rule, lost, names)
            both = [near, *(found[name] for name in (rule.type,) if name in found)]
            joined = pd.concat(both)
            found[rule.type] = joined[~joined.index.duplicated()]
    return placed(found)[0][type_name]


def _fitting(
    store: Store, network: str, rule: PlaceRule, lost: gpd.GeoDataFrame, names: Mapping[str, str]
) -> gpd.GeoDataFrame:
    """Read the records of a rule's type that are equal to one of those without a place."""
    source, declared = table(rule.type), records.ALL[rule.type]
    columns = [one.name for one in declared.seen(Privacy.NETWORK) if not one.custom]
    if rule.on == (LINK,):
        return store.read(network, rule.type, columns, source.c.id.in_(lost[LINK].dropna().unique().tolist()))
    whole = lost.dropna(subset=list(rule.on))
    if not len(whole):
        return store.read(network, rule.type, columns, sa.false())
    where = [_alike(source.c[name], whole[name]) for name in rule.on if name != COMMUNITY]
    if COMMUNITY in rule.on:
        meant = {_meant(text, names) for text in whole[COMMUNITY]}
        query = sa.select(source.c[COMMUNITY]).where(source.c.network == network, *where).distinct()
        with store.reading() as connection:
            texts = [text for text in connection.scalars(query) if text and _meant(text, names) in meant]
        where.append(source.c[COMMUNITY].in_(texts))
    rows = store.read(network, rule.type, columns, sa.and_(*where))
    fits = matches(rows, whole, rule.on, {COMMUNITY: names}) != NONE
    return rows[np.asarray(fits)]


def _meant(text: str, names: Mapping[str, str]) -> str:
    return names.get(folded(text), folded(text))


def _alike(column: sa.ColumnElement[str], texts: pd.Series[str]) -> sa.ColumnElement[bool]:
    """Ask for texts that may be equal when folded: those of the same digits, and all that are no plain numbers."""
    said = list(dict.fromkeys(folded(text) for text in texts))
    plain, wanted = column, said
    for sign in _SEPARATORS:
        plain = sa.func.replace(plain, sign, "")
        wanted = [text.replace(sign, "") for text in wanted]
    # Most numbers are digits alone: those are equal or not, and nothing is taken out of them.
    odd = sa.and_(column.op("GLOB")(_MORE), sa.or_(plain.in_(wanted), column.op("GLOB")(_PLAIN)))
    return sa.or_(column.in_(said), odd)
