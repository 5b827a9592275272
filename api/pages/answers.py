"""What the pages of a network ask again and again, computed once for each revision of its records."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

import pandas as pd
from fastapi import Request

from api.context import get_actor, get_store
from surveys import communities, networks, records, view
from surveys.city import double_decisions
from surveys.city.doubles import Doubles
from surveys.planning.analysis import ANALYSES, Frames, Result
from surveys.planning.match import COMMUNITY, community_names, community_of
from surveys.planning.place import has_shape
from surveys.roles import Actor
from surveys.store.store import Store

Found = TypeVar("Found")

# Types whose records find their place by key, and which are listed while they have none.
PLACED = tuple(t.name for t in records.ALL.values() if t.place)
# Types of which two records may turn out to be one.
DOUBLED = tuple(t.name for t in records.ALL.values() if t.rivals)


class Answers:
    """The answers about one network that an actor asks for, valid while its records stay as they are."""

    def __init__(self, store: Store, network: str, actor: Actor, kept: dict[str, Any]) -> None:
        self.store, self.network, self.actor, self._kept = store, network, actor, kept

    def _once(self, name: str, make: Callable[[], Found]) -> Found:
        # What is kept was asked for by somebody who may; so must whoever asks again.
        self.actor.must("see")
        if name not in self._kept:
            self._kept[name] = make()
        found: Found = self._kept[name]
        return found

    @property
    def counts(self) -> dict[str, int]:
        """How many current records of each type there are."""
        return networks.counts(self.store, self.network, self.actor)

    @cached_property
    def asked(self) -> frozenset[str]:
        """The names of the analyses whose answers the actor may see."""
        return frozenset(one.name for one in view.questions(self.store, self.network, self.actor))

    @cached_property
    def frames(self) -> Frames:
        """The records with their places, to be counted; read only when something is not known yet."""
        needed = {name for analysis in ANALYSES.values() for name in analysis.needs} | set(PLACED)
        return view.counted(
            self.store, self.network, self.actor, [name for name in records.ALL if name in needed]
        )

    def result(self, name: str) -> Result:
        """Return the answer of an analysis.

        Raises
        ------
        NotAllowed, NotFound
            If the actor may not see the answer, or there is no such analysis.
        """
        analysis = view.question(name, self.actor)
        return self._once(
            name,
            lambda: analysis.run({n: self.frames[n] for n in analysis.needs}, self.store.types(self.network)),
        )

    def unplaced(self, type_name: str) -> list[str]:
        """Return the ids of records that are not on the map yet."""
        return self._once(f"unplaced {type_name}", lambda: self._unplaced(type_name))

    def _unplaced(self, type_name: str) -> list[str]:
        frame = self.frames[type_name]
        return [str(key) for key in frame.index[~has_shape(frame)]]

    def doubles(self, type_name: str) -> list[str]:
        """Return the ids of records that share their key with another one."""
        return self._once(f"doubles {type_name}", lambda: self._doubles(type_name))

    def _doubles(self, type_name: str) -> list[str]:
        frame = self.frames[type_name]
        known = community_of(frame, community_names(self.frames[COMMUNITY]))
        key = pd.DataFrame({"community": known.fillna(frame["community"]), "key": frame["key"]})
        return [str(one) for one in frame.index[key["key"].notna() & key.duplicated(keep=False)]]

    @property
    def pairs(self) -> Doubles:
        """The households that may be one, with what makes them alike."""
        return self._once("pairs", lambda: double_decisions.find(self.store, self.network))

    @property
    def unknown_communities(self) -> list[dict[str, Any]]:
        """The communities that records name and nobody has entered."""
        return self._once("unknown", lambda: communities.unknown(self.store, self.network, self.actor))


def answers(request: Request, network: str) -> Answers:
    """Return the answers of a network; those of an older revision are dropped.

    Raises
    ------
    NotFound
        If there is no such network.
    """
    store = get_store(request)
    revision = store.revision(network)
    state = request.app.state
    if not hasattr(state, "kept_answers"):
        state.kept_answers = {}
    kept_revision, kept = state.kept_answers.get(network, (None, {}))
    if kept_revision != revision:
        kept = {}
        state.kept_answers[network] = (revision, kept)
    return Answers(store, network, get_actor(request), kept)
