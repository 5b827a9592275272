"""The communities of a network by any text that means one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import sqlalchemy as sa

from surveys import records
from surveys.planning.match import community_names
from surveys.store.schema import table
from surveys.store.store import Store
from surveys.words import folded

COMMUNITY = records.ALL["community"]


@dataclass(frozen=True)
class Communities:
    """What the communities are called: by id, and by every folded text that means one."""

    names: Mapping[str, str]
    by_text: Mapping[str, str]

    def of(self, text: str | None) -> str | None:
        """Return the id of the community a text means."""
        return None if text is None else self.by_text.get(folded(text))

    def same(self, one: str | None, other: str | None) -> bool:
        """Tell whether two texts mean one community."""
        if one is None or other is None:
            return one == other
        return (self.of(one) or folded(one)) == (self.of(other) or folded(other))


def communities(store: Store, network: str) -> Communities:
    """Read the communities of a network."""
    frame = store.read(network, COMMUNITY.name, ["code", "name", "everyday_name"])
    titles = frame[list(COMMUNITY.title)].bfill(axis=1).iloc[:, 0]
    names = {str(key): str(name) if pd.notna(name) else str(key) for key, name in titles.items()}
    return Communities(names, community_names(frame))


def spellings(store: Store, network: str, type_name: str, known: Communities) -> dict[str, list[str]]:
    """Return, by community id, the texts by which records of a type name it; unknown ones by the text."""
    source = table(type_name)
    query = (
        sa.select(source.c.community)
        .where(source.c.network == network, source.c.community.is_not(None))
        .distinct()
    )
    found: dict[str, list[str]] = {}
    with store.reading() as connection:
        for text in connection.scalars(query):
            found.setdefault(known.of(text) or text, []).append(text)
    return found
