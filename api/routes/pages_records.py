"""Pages: the tables of a network and the page of each record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.context import ActorDep, LangDep, StoreDep
from api.pages import record_map
from api.pages.answers import DOUBLED, PLACED, answers
from api.pages.communities import Communities, communities, spellings
from api.pages.lists_page import about_lists
from api.pages.network_reader import reader as reader
from api.pages.record_page import child_table, closed, current, groups, versions
from api.pages.relatives import Family
from api.pages.render import network_path, page
from api.pages.tables import NOTHING, Asked, Limits, count, filterable, read_page, stored
from api.pages.values import title
from api.routes.problem_page import PageRoute
from maps.layers import LAYERS
from surveys import networks, records
from surveys.city.proposals import TARGETS
from surveys.errors import NotFound
from surveys.record import RecordType
from surveys.roles import Actor
from surveys.sight import Sight, sees
from surveys.store.store import Store
from surveys.words import Lang, words

router = APIRouter(include_in_schema=False, route_class=PageRoute)

# Types with a table and a page of their own; what people make in meetings has other pages.
BROWSED = tuple(name for name, declared in records.ALL.items() if declared.by_file)
_NO_TYPE = words("ไม่มีตารางนี้", "There is no such table.")


def _sight(store: Store, network: str, actor: Actor, name: str) -> Sight:
    """Return what the actor sees of a record type of a network."""
    store.revision(network)
    if name not in BROWSED:
        raise NotFound(_NO_TYPE)
    return Sight.of(store.types(network)[name], actor)


@router.get("/n/{code}/table")
def tables(code: str, store: StoreDep, actor: ActorDep) -> Response:
    """Lead to the first table that holds anything."""
    shown = _shown(networks.counts(store, code, actor), actor)
    first = next((name for name in ("house", "community", *BROWSED) if name in shown), "community")
    return RedirectResponse(network_path(code, "table", first), 303)


@router.get("/n/{code}/table/{type_name}")
def table_page(
    request: Request, code: str, type_name: str, store: StoreDep, actor: ActorDep, lang: LangDep
) -> HTMLResponse:
    """Show a table of records."""
    sight = _sight(store, code, actor, type_name)
    record_type, seen = sight.record_type, stored(sight)
    counts = networks.counts(store, code, actor)
    known = communities(store, code)
    asked = _asked(request)
    named = spellings(store, code, type_name, known) if "community" in record_type.by_name else {}
    limits = Limits(
        named.get(asked.community, []) if asked.community else None,
        _ids(request, code, type_name, asked.only),
    )
    found = read_page(store, code, sight, asked, limits)
    write = reader(code, lang, known)
    facts: dict[str, Any] = {
        "type": record_type,
        "asked": asked,
        "page": found,
        "seen": seen,
        "filters": filterable(record_type, seen),
        "cells": [[write.value(one, row.seen) for one in found.columns] for row in found.rows],
        "NOTHING": NOTHING,
        "counts": counts,
        "types": [records.ALL[name] for name in _shown(counts, actor)],
        "communities": sorted(((key, known.names.get(key, key)) for key in named), key=lambda pair: pair[1]),
        "titles": [title(record_type, row.seen.values, lang) for row in found.rows],
        "link": _linker(code, type_name, asked),
        "drawn": type_name in LAYERS,
        "can_be_unplaced": type_name in PLACED,
        "can_be_double": type_name in DOUBLED,
    }
    return page(request, "table.html", network=code, section="table", **facts)


def _shown(counts: Mapping[str, int], actor: Actor) -> list[str]:
    """Return the types that hold anything and that the actor may look at."""
    return [name for name in BROWSED if counts.get(name) and sees(records.ALL[name], actor)]


def _asked(request: Request) -> Asked:
    """Read what the address asks of a table; what cannot be is left out."""
    query = request.query_params
    number = query.get("page", "1")
    return Asked(
        search=query.get("q", "").strip()[:200], sort=query.get("sort", ""), descending=query.get("dir") == "desc",
        page=int(number) if number.isdecimal() and len(number) < 8 else 1, community=query.get("community", ""),
        filters={key[2:]: value for key, value in query.items() if key.startswith("f.") and value},
        columns=tuple(query.getlist("col")), only=query.get("only", ""),
    )  # fmt: skip


def _ids(request: Request, code: str, type_name: str, only: str) -> list[str] | None:
    if only == "unplaced" and type_name in PLACED:
        return answers(request, code).unplaced(type_name)
    if only == "double" and type_name in DOUBLED:
        return answers(request, code).doubles(type_name)
    return None


def _linker(code: str, type_name: str, asked: Asked) -> Callable[..., str]:
    """Return what makes the address of the same table with something asked differently."""

    def link(**changed: object) -> str:
        now: dict[str, object] = {
            "q": asked.search, "sort": asked.sort, "dir": "desc" if asked.descending else "",
            "community": asked.community, "only": asked.only, "page": "", "col": list(asked.columns) or None,
            **{f"f.{name}": value for name, value in asked.filters.items()},
        }  # fmt: skip
        return network_path(
            code, "table", type_name, **{name: value for name, value in (now | changed).items() if value}
        )

    return link


def _record(
    request: Request, code: str, type_name: str, record_id: str, actor: Actor, lang: Lang
) -> HTMLResponse:
    store: Store = request.app.state.store
    sight = _sight(store, code, actor, type_name)
    record_type = sight.record_type
    row = current(store, code, sight, record_id)
    seen = sight.seen(row, lambda: store.vault)
    known = communities(store, code)
    write, family = reader(code, lang, known), Family(store, code, actor, known)
    drawn = record_map.drawable(type_name)
    facts: dict[str, Any] = {
        "type": record_type,
        "id": record_id,
        "title": title(record_type, seen.values, lang),
        "groups": groups(sight, seen, write),
        "closed": closed(sight),
        "extras": write.extras(seen),
        "versions": versions(store, code, sight, record_id, write),
        "parents": [
            (of.record_type, key, title(of.record_type, one.values, lang))
            for of, (key, one) in family.parents(type_name, row)
        ],
        "children": [
            (of.record_type, child_table(of, rows, write)) for of, rows in family.children(type_name, row)
        ],
        "placed": record_map.has_place(store, code, actor, type_name, record_id)
        if record_type.geometry
        else None,
        "drawn": drawn,
        "held": _held(store, code, record_id, known) if type_name == "community" else [],
        "proposable": type_name in TARGETS,
        "about_lists": _decided(store, code, record_id, actor) if type_name == "community" else [],
    }
    return page(request, "record.html", network=code, section="table", **facts)


def _decided(store: Store, code: str, record_id: str, actor: Actor) -> list[dict[str, Any]]:
    """Return what was decided on lists of a community."""
    return about_lists(store, code, actor, community=record_id)


def _held(store: Store, code: str, record_id: str, known: Communities) -> list[tuple[RecordType, int]]:
    """Return how many records of each type are in a community."""
    held = []
    for kind in records.ALL.values():
        if "community" in kind.by_name:
            texts = spellings(store, code, kind.name, known).get(record_id, [])
            held.append((kind, count(store, code, kind, Limits(texts))))
    return [(kind, number) for kind, number in held if number]


def _pages_of(type_name: str) -> None:
    """Add the pages of the records of one type: /n/CODE/TYPE/ID and its map."""

    def record(request: Request, code: str, record_id: str, actor: ActorDep, lang: LangDep) -> HTMLResponse:
        return _record(request, code, type_name, record_id, actor, lang)

    def small_map(
        request: Request, code: str, record_id: str, store: StoreDep, actor: ActorDep, lang: LangDep
    ) -> HTMLResponse:
        where = (type_name, record_id)
        return HTMLResponse(record_map.record_map(store, code, actor, where, lang, request.state.nonce))

    router.add_api_route(
        f"/n/{{code}}/{type_name}/{{record_id}}", record, methods=["GET"], name=f"page of {type_name}"
    )
    if record_map.drawable(type_name):
        router.add_api_route(
            f"/n/{{code}}/{type_name}/{{record_id}}/map",
            small_map,
            methods=["GET"],
            name=f"map of {type_name}",
        )


for _name in BROWSED:
    _pages_of(_name)
