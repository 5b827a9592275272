"""Communities that records speak of but nobody has entered: one click creates them, hollow."""

from __future__ import annotations

from typing import Any

import pandas as pd

from surveys import events, records
from surveys.errors import Refused
from surveys.planning.match import community_names
from surveys.roles import Actor
from surveys.store import changes
from surveys.store.store import Store
from surveys.words import folded, normal, words

COMMUNITY = records.ALL["community"]
_REFERRING = tuple(t for t in records.ALL.values() if "community" in t.by_name)


def unknown(store: Store, network: str, actor: Actor) -> list[dict[str, Any]]:
    """Return the communities not known here that records name: name, and records of each type.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see the network, or there is none.
    """
    actor.must("see")
    store.revision(network)
    known = community_names(store.read(network, "community"))
    found: dict[str, dict[str, Any]] = {}
    for record_type in _REFERRING:
        texts = store.read_table(network, record_type.name, ["community"])["community"].to_pandas()
        for text, count in pd.Series(texts).dropna().value_counts().items():
            spoken = folded(str(text))
            if spoken not in known:
                row = found.setdefault(spoken, {"name": normal(str(text)), "counts": {}})
                row["counts"][record_type.name] = row["counts"].get(record_type.name, 0) + int(count)
    return sorted(found.values(), key=lambda row: -sum(row["counts"].values()))


def create(store: Store, network: str, actor: Actor, name: str) -> str:
    """Create a community known by its name only, not surveyed; return its id.

    Raises
    ------
    NotAllowed, Refused
        If the actor may not edit, the name is empty, or there is such a community.
    """
    actor.must("edit")
    name = normal(name)
    if not name:
        raise Refused(words("กรุณาเขียนชื่อชุมชน", "A community needs a name."))
    record_id = changes.new_ids(1)[0]
    with store.writing() as connection:
        # Nobody else writes from here on: two clicks at once make one community.
        if folded(name) in community_names(store.read(network, "community")):
            raise Refused(words(f"มีชุมชน “{name}” แล้ว", f"There is a community “{name}” already."))
        change = changes.start(connection, network, "edit", actor)
        row = {"id": record_id, "network": network, "key": f"name={folded(name)}|", "version": 1, "name": name,
               "survey_state": "known", "opened_by": change.id, "opened_at": change.at}  # fmt: skip
        changes.insert(change, COMMUNITY, row)
        events.record(connection, actor, network, "community_created", record_id)
    return record_id
