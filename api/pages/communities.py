"""How records of a network name its communities."""

from __future__ import annotations

import sqlalchemy as sa

from surveys.communities import COMMUNITY as COMMUNITY
from surveys.communities import Communities as Communities
from surveys.communities import known
from surveys.store.schema import table
from surveys.store.store import Store

# As pages call what :func:`surveys.communities.known` reads.
communities = known


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
