"""City networks: adding one, listing them, telling what one is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gis.geometry import THAILAND, Bounds
from surveys import events, records
from surveys.errors import Refused, no_network
from surveys.roles import Actor
from surveys.sight import sees
from surveys.store import changes
from surveys.store.schema import table
from surveys.store.store import Store
from surveys.words import normal, seen, words

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_EDGES = ("west", "south", "east", "north")
_TEXTS = ("code", "name", "name_en", "attribution")
# Fewer than this many are told to nobody who may not see them: a small number points at people.
LEAST = 10


def add(
    store: Store,
    actor: Actor,
    code: str,
    name: str,
    bounds: Bounds | None = None,
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Add a city network; ``bounds`` (west, south, east, north in degrees) replace Thailand's.

    Raises
    ------
    NotAllowed, Refused
        If the actor may not, the code is no code or taken, or the bounds are none.
    """
    actor.must("manage")
    name = normal(name)
    if not seen(name):
        raise Refused(words("กรุณาเขียนชื่อเครือข่าย", "A network needs a name."))
    _check(code, bounds)
    edges = dict(zip(_EDGES, bounds or (), strict=False))
    with store.writing() as connection:
        if code in store.networks():
            raise Refused(words(f"มีเครือข่าย “{code}” แล้ว", f"There is a network “{code}” already."))
        connection.execute(table("network_state").insert(), {"network": code, "revision": 0})
        change = changes.start(connection, code, "edit", actor)
        row = {"code": code, "name": name, "id": changes.new_ids(1)[0], "network": code, "key": f"code={code.lower()}|",
               "version": 1, "opened_by": change.id, "opened_at": change.at, **edges, **(more or {})}  # fmt: skip
        changes.insert(change, records.ALL["city_network"], row)
        events.record(connection, actor, code, "network_added", code)
    return get(store, code, actor)


def _check(code: str, bounds: Bounds | None) -> None:
    if not _CODE.fullmatch(code):
        raise Refused(
            words(
                "รหัสเครือข่ายใช้ A-Z 0-9 - _ เท่านั้น",
                "A network's code is made of A-Z, 0-9, - and _ (at most 40).",
            )
        )
    if bounds and not (-180 <= bounds[0] < bounds[2] <= 180 and -90 <= bounds[1] < bounds[3] <= 90):
        raise Refused(
            words(
                "ขอบเขตต้องเป็น ตะวันตก,ใต้,ตะวันออก,เหนือ เป็นองศา", "Bounds are west,south,east,north in degrees."
            )
        )


def get(store: Store, code: str, actor: Actor) -> dict[str, Any]:
    """Return what a network is: code, names, attribution, bounds or None, made_up, revision.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see even what is public, or there is no such network.
    """
    actor.must("see_public")
    return _facts(store, code)


def _facts(store: Store, code: str) -> dict[str, Any]:
    revision = store.revision(code)
    rows = store.read_table(code, "city_network", [*_TEXTS, *_EDGES, "made_up"]).to_pylist()
    if not rows:
        raise no_network(code)
    edges = [rows[0][name] for name in _EDGES]
    bounds = None if None in edges else edges
    texts = {name: rows[0][name] for name in _TEXTS}
    return texts | {"bounds": bounds, "made_up": bool(rows[0]["made_up"]), "revision": revision}


def attributions(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Return whose data a network shows, as its facts say, one line each."""
    return tuple((facts["attribution"] or "").splitlines())


def bounds(store: Store, code: str) -> Bounds:
    """Return where a network's records may lie (west, south, east, north): its own bounds, else Thailand's.

    A rule for reading files, asked within their use cases.
    """
    own = _facts(store, code)["bounds"]
    return (own[0], own[1], own[2], own[3]) if own else THAILAND


def counts(store: Store, code: str, actor: Actor) -> dict[str, int]:
    """Return the number of current records of each type.

    To whoever may not see the network, numbers below :data:`LEAST` of records not seen are left out.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see even what is public, or there is no such network.
    """
    actor.must("see_public")
    store.revision(code)
    found = store.counts(code)
    if actor.may("see"):
        return found
    return {name: n for name, n in found.items() if n >= LEAST or sees(records.ALL[name], actor)}


def listed(store: Store, actor: Actor) -> list[dict[str, Any]]:
    """Return every network with its :func:`counts`.

    Raises
    ------
    NotAllowed
        If the actor may not see even what is public.
    """
    actor.must("see_public")
    return [get(store, code, actor) | {"counts": counts(store, code, actor)} for code in store.networks()]
