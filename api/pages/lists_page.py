"""Resolutions on rival lists as they stand on the pages of what they are about: imports and communities."""

from __future__ import annotations

from typing import Any

from surveys.city import list_decisions
from surveys.city.list_decisions import DECISION
from surveys.planning.match import community_names
from surveys.roles import Actor
from surveys.store.store import Store
from surveys.words import folded


def about_lists(
    store: Store, network: str, actor: Actor, *, import_id: int | None = None, community: str | None = None
) -> list[dict[str, Any]]:
    """Return the resolutions about an import, a community (its id) or, when neither is said, all that stand.

    Each has what it says in words (``holds_words``) and the key of its community (``community_key``).
    """
    found = list_decisions.about(store, network, actor, import_id=import_id, community=community)
    if not found:
        return []
    known = community_names(store.read(network, "community", ["code", "name", "everyday_name"]))
    kind = DECISION.by_name["holds"].kind
    return [
        row
        | {"holds_words": {lang: kind.show(row["holds"], lang) for lang in ("th", "en")},
           "community_key": known.get(folded(row["community"]), folded(row["community"]))}
        for row in found
    ]  # fmt: skip
