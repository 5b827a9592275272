"""What a popup says: the brief fields of a record, as text a person reads.

The text travels as plain text; the one place where it becomes HTML is ``textContent`` in
``assets/map.js``, so no value is ever read as markup. A value above ``Privacy.NETWORK`` never
leaves here, whatever the declaration calls brief.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from surveys.fields import Number
from surveys.planning.match import COMMUNITY, community_names, community_of
from surveys.privacy import Privacy
from surveys.record import Field, RecordType
from surveys.records import ALL
from surveys.words import Lang

MOST_PRIVATE = Privacy.NETWORK

Texts = NDArray[np.object_]


def visible(record_type: RecordType, names: tuple[str, ...]) -> tuple[Field, ...]:
    """Return the fields named that may stand in a map."""
    fields = (record_type.by_name[name] for name in names)
    return tuple(field for field in fields if field.privacy <= MOST_PRIVATE)


def titles(record_type: RecordType) -> tuple[Field, ...]:
    """Return the fields whose first filled one is the title."""
    return visible(record_type, record_type.title)


def rows(record_type: RecordType) -> tuple[Field, ...]:
    """Return the fields of the popup; what already is its title is not said again."""
    brief = visible(record_type, tuple(field.name for field in record_type.briefs))
    return tuple(field for field in brief if field.name not in record_type.title[:1])


def searched(record_type: RecordType) -> tuple[Field, ...]:
    """Return the fields a record is found by: its title, and further titles that stand in its popup."""
    named = titles(record_type)
    return tuple(f for f in named if f.name == record_type.title[0] or f in rows(record_type))


def shown(field: Field, frame: pd.DataFrame, lang: Lang) -> Texts:
    """Write a column for people, None where there is no value; each distinct value is written once."""
    if field.name not in frame:
        return np.full(len(frame), None, dtype=object)
    places, values = pd.factorize(frame[field.name])
    unit = f" {field.unit.of(lang)}" if field.unit and isinstance(field.kind, Number) else ""
    texts = [field.kind.show(value, lang) + unit for value in values.tolist()]
    return np.array([*texts, None], dtype=object)[places]


def titled(record_type: RecordType, frame: pd.DataFrame, lang: Lang) -> Texts:
    """Write the title of every record: the first filled of its title fields, None when none is."""
    found: Texts = np.full(len(frame), None, dtype=object)
    for field in titles(record_type):
        found = np.where(pd.isna(found), shown(field, frame, lang), found)
    return found


def by_name(frame: gpd.GeoDataFrame, communities: pd.DataFrame, lang: Lang) -> gpd.GeoDataFrame:
    """Return records with their community by its name where they give its code; the unknown as they stand."""
    if COMMUNITY not in frame or not len(communities):
        return frame
    names = pd.Series(titled(ALL[COMMUNITY], communities, lang), communities.index, dtype="str")
    ids = community_of(frame, community_names(communities))
    return frame.assign(**{COMMUNITY: ids.map(names).fillna(frame[COMMUNITY])})
