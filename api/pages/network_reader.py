"""The reader of values of a network's pages: communities by their names, as links."""

from __future__ import annotations

from api.pages.communities import Communities
from api.pages.render import network_path
from api.pages.values import Reader
from surveys.words import Lang


def reader(network: str, lang: Lang, known: Communities) -> Reader:
    """Make the reader of values of a network."""

    def community(text: str) -> tuple[str, str] | None:
        found = known.of(text)
        return None if found is None else (network_path(network, "community", found), known.names[found])

    return Reader(lang, community)
