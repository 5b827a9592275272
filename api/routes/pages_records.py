"""Pages: the page of each record, and its map."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.context import ActorDep, LangDep, StoreDep
from api.pages import record_map
from api.pages.communities import Communities, communities, spellings
from api.pages.lists_page import about_lists
from api.pages.network_reader import reader as reader
from api.pages.record_page import child_table, closed, done_before, groups, standing, versions
from api.pages.relatives import Family
from api.pages.render import network_path, page
from api.pages.returns_page import about_return
from api.pages.tables import BROWSED, Limits, count, sight_of
from api.pages.values import title
from api.routes.problem_page import PageRoute
from surveys import attachments, records
from surveys.city.proposals import TARGETS
from surveys.corrections import brought_back
from surveys.record import RecordType
from surveys.roles import Actor
from surveys.store.store import Store
from surveys.words import Lang

router = APIRouter(include_in_schema=False, route_class=PageRoute)


def _record(
    request: Request, code: str, type_name: str, record_id: str, actor: Actor, lang: Lang
) -> HTMLResponse:
    store: Store = request.app.state.store
    sight = sight_of(store, code, actor, type_name)
    record_type = sight.record_type
    stands = standing(store, code, sight, record_id, actor)
    row, here = stands.row, stands.closed is None
    seen = sight.seen(row, lambda: store.vault)
    known = communities(store, code)
    write, family = reader(store, code, actor, lang, known), Family(store, code, actor, known)
    of_community = here and type_name == "community"
    facts: dict[str, Any] = {
        "type": record_type,
        "id": record_id,
        "title": title(record_type, seen.values, lang),
        "ended": stands.closed,
        "done": done_before(request, store, code, actor, (type_name, record_id)),
        "RECORDS": records.ALL,
        "groups": groups(sight, seen, write),
        "closed": closed(sight),
        "extras": write.extras(seen),
        "photos": attachments.listed(store, code, type_name, record_id, actor) if sight.unmapped else [],
        "versions": versions(store, code, sight, record_id, write, actor),
        "brought_back": brought_back(store, code, actor, record_id),
        "parents": [
            (of.record_type, key, title(of.record_type, one.values, lang))
            for of, (key, one) in (family.parents(type_name, row) if here else ())
        ],
        "children": [
            (of.record_type, child_table(of, rows, write))
            for of, rows in (family.children(type_name, row) if here else ())
        ],
        "placed": record_map.has_place(store, code, actor, type_name, record_id)
        if here and record_type.geometry
        else None,
        "drawn": record_map.drawable(type_name),
        "held": _held(store, code, record_id, known) if of_community else [],
        "proposable": type_name in TARGETS,
        "about_return": about_return(store, code, actor, record_id) if of_community else None,
        "about_lists": _decided(store, code, record_id, actor) if of_community else [],
    }
    return page(request, "record.html", network=code, section="table", **facts)


def _decided(store: Store, code: str, record_id: str, actor: Actor) -> list[dict[str, Any]]:
    """Return what was decided on lists of a community."""
    return about_lists(store, code, actor, community=record_id)


def _held(store: Store, code: str, record_id: str, known: Communities) -> list[tuple[RecordType, int, str]]:
    """Return how many records of each type are in a community, and the address of the page that lists them."""
    held = []
    for kind in records.ALL.values():
        if "community" in kind.by_name:
            texts = spellings(store, code, kind.name, known).get(record_id, [])
            held.append((kind, count(store, code, kind, Limits(texts)), _list_of(code, kind, record_id)))
    return [one for one in held if one[1]]


def _list_of(code: str, kind: RecordType, community: str) -> str:
    """Return the address of the records of one type in a community; what no file brings has a page of its own."""
    if kind.by_file:
        return network_path(code, "table", kind.name, community=community)
    if kind.name == "double_decision":
        return network_path(code, "doubles", state="decided", community=community)
    if kind.name == "list_decision":
        return network_path(code, "lists", community=community)
    return network_path(code, "returns")


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
