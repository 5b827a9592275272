"""What the pages of a network ask again and again, computed once for each revision of its records."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from functools import cached_property
from threading import Thread
from typing import Any, TypeVar

import geopandas as gpd
from fastapi import Request

from api.context import for_people, get_actor, get_store
from api.pages import gathered
from surveys import communities, networks, view
from surveys.city import double_decisions
from surveys.city.doubles import Doubles
from surveys.planning.analysis import Frames, Result
from surveys.planning.match import COMMUNITY
from surveys.roles import Actor
from surveys.store.store import Store

Found = TypeVar("Found")
# Whoever opens a page of a very large network waits this many seconds for what is counted of it.
PATIENCE_S = 2.0


class Counting(Exception):
    """The ``records`` of a very large network are still being counted; whoever comes again finds the answer."""

    def __init__(self, records: int) -> None:
        super().__init__(records)
        self.records = records


@dataclass(frozen=True)
class Kept:
    """What was found at one revision of a network, and what is being found."""

    revision: int
    found: dict[str, Future[Any]] = field(default_factory=dict)


class Answers:
    """The answers about one network that an actor asks for, valid while its records stay as they are.

    ``patience`` is for how many seconds a very large network is waited for, None for as long as it takes; every
    answer about one raises :class:`Counting` then.
    """

    def __init__(
        self, store: Store, network: str, actor: Actor, kept: Kept, patience: float | None = None
    ) -> None:
        self.store, self.network, self.actor, self._kept = store, network, actor, kept
        self._patience = patience

    def _once(self, name: str, make: Callable[[], Found], beside: bool = False) -> Found:
        """Return what is made once; ``beside`` the request it goes on when nobody waits any more."""
        # What is kept was asked for by somebody who may; so must whoever asks again.
        self.actor.must("see")
        # Whoever asks while it is made waits for it, and does not make it once more.
        mine: Future[Found] = Future()
        found: Future[Found] = self._kept.found.setdefault(name, mine)
        if found is mine and beside:
            Thread(target=_fill, args=(mine, make), daemon=True).start()
        elif found is mine:
            _fill(mine, make)
        if not wait([found], self._patience if beside else None).done:
            raise Counting(sum(self.counts.values()))
        try:
            return found.result()
        except BaseException:
            # Those who wait fail with it, and who comes again for it; who asks after them tries again.
            if self._kept.found.get(name) is found:
                del self._kept.found[name]
            raise

    @property
    def counts(self) -> dict[str, int]:
        """How many current records of each type there are."""
        return networks.counts(self.store, self.network, self.actor)

    @cached_property
    def asked(self) -> frozenset[str]:
        """The names of the analyses whose answers the actor may see."""
        return frozenset(one.name for one in view.questions(self.store, self.network, self.actor))

    @property
    def communities(self) -> gpd.GeoDataFrame:
        """The communities, to be counted."""
        return view.counted(self.store, self.network, self.actor, [COMMUNITY])[COMMUNITY]

    @cached_property
    def _frames(self) -> Frames:
        return gathered.frames(self.store, self.network, self.actor)

    def _counted(self, name: str) -> Any:
        """Return what is made by a name, of all records."""
        if self._very_many:
            return self._apart[name]
        return self._once(name, lambda: gathered.made(name, self._frames, self.store.types(self.network)))

    @cached_property
    def _very_many(self) -> bool:
        return sum(self.counts.values()) >= gathered.APART

    @property
    def _apart(self) -> dict[str, Any]:
        return self._once(
            "all", lambda: gathered.made_apart(self.store, self.network, self.actor), beside=True
        )

    def result(self, name: str) -> Result:
        """Return the answer of an analysis.

        Raises
        ------
        NotAllowed, NotFound
            If the actor may not see the answer, or there is no such analysis.
        """
        view.question(name, self.actor)
        found: Result = self._counted(name)
        return found

    def unplaced(self, type_name: str) -> list[str]:
        """Return the ids of records that are not on the map yet."""
        found: list[str] = self._counted(gathered.unplaced(type_name))
        return found

    def doubles(self, type_name: str) -> list[str]:
        """Return the ids of records that share their key with another one."""
        found: list[str] = self._counted(gathered.doubles(type_name))
        return found

    @property
    def pairs(self) -> Doubles:
        """The households that may be one, with what makes them alike."""
        if self._very_many:
            found: Doubles = self._apart[gathered.PAIRS]
            return found
        return self._once(gathered.PAIRS, lambda: double_decisions.find(self.store, self.network))

    @property
    def unknown_communities(self) -> list[dict[str, Any]]:
        """The communities that records name and nobody has entered."""
        return self._once("unknown", lambda: communities.unknown(self.store, self.network, self.actor))


def _fill(mine: Future[Found], make: Callable[[], Found]) -> None:
    try:
        mine.set_result(make())
    except BaseException as error:
        mine.set_exception(error)


def answers(request: Request, network: str, as_file: bool = False) -> Answers:
    """Return the answers of a network; those of an older revision are dropped.

    A person who opens a page is told that a very large network is being counted; programs, forms and
    whoever downloads a file wait for it.

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
    kept: Kept | None = state.kept_answers.get(network)
    if kept is None or kept.revision != revision:
        kept = state.kept_answers[network] = Kept(revision)
    opened = request.method == "GET" and for_people(request) and not as_file
    return Answers(store, network, get_actor(request), kept, PATIENCE_S if opened else None)
