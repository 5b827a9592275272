"""The reader of values of a network's pages: communities and linked records by their names, as links."""

from __future__ import annotations

from api.pages.communities import Communities
from api.pages.linked import linked
from api.pages.render import network_path
from api.pages.values import Reader
from surveys.roles import Actor
from surveys.store.store import Store
from surveys.words import Lang


def reader(store: Store, network: str, actor: Actor, lang: Lang, known: Communities) -> Reader:
    """Make the reader of values of a network for an actor."""
    called = linked(store, network, actor, lang, known)

    def community(text: str) -> tuple[str, str] | None:
        found = known.of(text)
        return None if found is None else (network_path(network, "community", found), known.names[found])

    def record(record_id: str) -> tuple[str, str] | None:
        found = called(record_id)
        if found is None:
            return None
        return network_path(network, found[0], record_id) if found[0] else "", found[1]

    return Reader(lang, community, record)
