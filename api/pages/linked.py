"""What a record that another one is linked to by hand is called: its number and its community, not its id."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from api.pages.communities import COMMUNITY, Communities
from api.pages.values import title
from surveys import records
from surveys.linking import LINKED
from surveys.roles import Actor
from surveys.sight import Sight, sees
from surveys.store.store import Store
from surveys.words import Lang, words

_TARGETS = tuple(dict.fromkeys(name for targets in LINKED.values() for name in targets))
_GONE = words("{name} (ไม่อยู่ในข้อมูลแล้ว)", "{name} (no longer in the data)")

# The type of a record that stands, empty for one that is gone, and what it is called.
Called = tuple[str, str]


def linked(
    store: Store, network: str, actor: Actor, lang: Lang, known: Communities
) -> Callable[[str], Called | None]:
    """Return how a record is called by its id, as far as an actor sees it; None for an id of none that is seen."""

    @cache
    def called(record_id: str) -> Called | None:
        for name in _TARGETS:
            versions = store.history(network, name, record_id) if sees(records.ALL[name], actor) else []
            if not versions:
                continue
            sight = Sight.of(store.types(network)[name], actor)
            values = sight.seen(versions[0], lambda: store.vault).values
            where = values.get(COMMUNITY.name)
            community = known.names.get(known.of(where) or "", where)
            said = " · ".join(part for part in (title(sight.record_type, values, lang), community) if part)
            gone = "closed_by" in versions[0]
            return ("", _GONE.fill(name=said).of(lang)) if gone else (name, said)
        return None

    return called
