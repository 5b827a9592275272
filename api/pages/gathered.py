"""What is counted of all records of a network: analyses, records without a place, records of one key.

For a very large network a process of its own counts: a million households take 0.7 GB and half a minute, and the
server answers others meanwhile.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import pandas as pd

from gis.parentage import end_with
from surveys import records, view
from surveys.city import double_decisions
from surveys.city.alike import joined
from surveys.city.doubles import candidates
from surveys.errors import StoreUnavailable
from surveys.planning.analysis import ANALYSES, Frames
from surveys.planning.answers import Types
from surveys.planning.match import COMMUNITY, community_names, community_of, numbered
from surveys.planning.place import has_shape
from surveys.roles import Actor
from surveys.store.frames import release_unused
from surveys.store.store import Store
from surveys.words import words

# Types whose records find their place by key, and which are listed while they have none.
PLACED = tuple(t.name for t in records.ALL.values() if t.place)
# Types of which two records may turn out to be one.
DOUBLED = tuple(t.name for t in records.ALL.values() if t.rivals)
# From this many records on they are counted apart.
APART = 200_000
# One process counts at a time: two of a million records each have no room beside a server.
_TURN = Lock()
# The households that may be one, among what is made apart.
PAIRS = "pairs"
_UNPLACED, _DOUBLES = "unplaced ", "doubles "
_DIED = words(
    "นับข้อมูลของเครือข่ายนี้ไม่สำเร็จ เครื่องอาจมีหน่วยความจำไม่พอ ลองใหม่อีกครั้ง",
    "The records of this network could not be counted; the machine may be short of memory. Try again.",
)


def unplaced(type_name: str) -> str:
    """Name the list of the ids of records that are not on the map yet."""
    return _UNPLACED + type_name


def doubles(type_name: str) -> str:
    """Name the list of the ids of records that share their key with another one."""
    return _DOUBLES + type_name


def frames(store: Store, network: str, actor: Actor) -> Frames:
    """Read the records with their places, to be counted."""
    needed = {name for analysis in ANALYSES.values() for name in analysis.needs} | set(PLACED)
    return view.counted(store, network, actor, [name for name in records.ALL if name in needed])


def made(name: str, whole: Frames, types: Types) -> Any:
    """Make what is asked for by its name: the result of an analysis, or a list of ids."""
    if name.startswith(_UNPLACED):
        frame = whole[name.removeprefix(_UNPLACED)]
        return [str(key) for key in frame.index[~has_shape(frame)]]
    if name.startswith(_DOUBLES):
        return _doubles(whole[name.removeprefix(_DOUBLES)], whole)
    analysis = ANALYSES[name]
    return analysis.run({one: whole[one] for one in analysis.needs}, types)


def _doubles(frame: pd.DataFrame, whole: Frames) -> list[str]:
    known = community_of(frame, community_names(whole[COMMUNITY]))
    spoken, _ = numbered(known.fillna(frame[COMMUNITY].astype("str")))
    key, _ = numbered(frame["key"])
    # Those without a community are of one.
    both = joined(spoken + 1, key)
    again = np.append(np.bincount(both[both >= 0]), 0)[both] > 1
    return [str(one) for one in frame.index[again]]


def made_apart(store: Store, network: str, actor: Actor) -> dict[str, Any]:
    """Make all there is, in a process of its own.

    Raises
    ------
    NotAllowed, NotFound, StoreUnavailable
        If the actor may not see the network, there is none, or the process died.
    """
    names = [*ANALYSES, *map(unplaced, PLACED), *map(doubles, DOUBLED)]
    try:
        spawned = multiprocessing.get_context("spawn")
        with _TURN, ProcessPoolExecutor(1, spawned, initializer=end_with, initargs=(os.getpid(),)) as process:
            return process.submit(_make, store.path, network, actor, names).result()
    except BrokenProcessPool as error:
        raise StoreUnavailable(_DIED) from error


def _make(path: Path, network: str, actor: Actor, names: Iterable[str]) -> dict[str, Any]:
    gc.freeze()
    store = Store.open(path)
    try:
        whole, types = frames(store, network, actor), store.types(network)
        found = {}
        for name in names:
            _let_go(store)
            found[name] = made(name, whole, types)
        del whole
        _let_go(store)
        frames_of_pairs = double_decisions.compared(store, network)
        _let_go(store)
        return found | {PAIRS: candidates(frames_of_pairs)}
    finally:
        store.engine.dispose()


def _let_go(store: Store) -> None:
    """Give back the memory of what was read from the store, and of tables that are gone."""
    store.engine.dispose()
    gc.collect()
    release_unused()
