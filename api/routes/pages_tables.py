"""Pages: the tables of a network, and the search over all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from api.context import ActorDep, LangDep, StoreDep, get_actor, get_store
from api.forms import media_type
from api.operation import attachment, written
from api.pages.answers import answers
from api.pages.communities import Communities, communities, spellings
from api.pages.gathered import DOUBLED, PLACED
from api.pages.network_reader import reader
from api.pages.render import network_path, page
from api.pages.table_file import listing
from api.pages.tables import (
    BROWSED,
    NOTHING,
    Asked,
    Limits,
    Page,
    columns,
    filterable,
    read_all,
    read_page,
    sight_of,
)
from api.pages.values import title
from api.routes.problem_page import PageRoute
from maps.layers import LAYERS
from surveys import export, networks, records
from surveys.export import Listing
from surveys.roles import Actor
from surveys.sight import Sight, sees
from surveys.store.store import Store
from surveys.words import Lang

router = APIRouter(include_in_schema=False, route_class=PageRoute)

# How many hits of each type the search over all tables shows, and in which order the types come.
_HITS = 5
_FIRST = ("household", "member", "house", "community")


@dataclass(frozen=True)
class _Table:
    """A table of a network as a request asks for it."""

    request: Request
    store: Store
    network: str
    sight: Sight
    asked: Asked

    @cached_property
    def known(self) -> Communities:
        """The communities of the network."""
        return communities(self.store, self.network)

    @cached_property
    def named(self) -> Mapping[str, list[str]]:
        """By community id the texts by which records of the table name it."""
        if "community" not in self.sight.record_type.by_name:
            return {}
        return spellings(self.store, self.network, self.sight.record_type.name, self.known)

    @cached_property
    def limits(self) -> Limits:
        """What narrows the table beside its fields."""
        names = self.known.names
        called = {text: names[key] for key, texts in self.named.items() if key in names for text in texts}
        within = self.named.get(self.asked.community, []) if self.asked.community else None
        return Limits(within, self._ids(), called)

    def _ids(self) -> list[str] | None:
        name, only = self.sight.record_type.name, self.asked.only
        if only == "unplaced" and name in PLACED:
            return answers(self.request, self.network).unplaced(name)
        if only == "double" and name in DOUBLED:
            return answers(self.request, self.network).doubles(name)
        return None

    def page(self) -> Page:
        """Read the page asked for."""
        return read_page(self.store, self.network, self.sight, self.asked, self.limits)

    def shown(self, found: Page, lang: Lang) -> dict[str, Any]:
        """Return what a template needs to show the rows of a page."""
        write = reader(self.store, self.network, get_actor(self.request), lang, self.known)
        record_type = self.sight.record_type
        return {
            "type": record_type,
            "page": found,
            "cells": [[write.value(one, row.seen) for one in found.columns] for row in found.rows],
            "titles": [title(record_type, row.seen.values, lang) for row in found.rows],
        }

    def listing(self, lang: Lang) -> Listing:
        """Return every row that fits what was asked, with the columns shown, for a spreadsheet."""
        shown = columns(self.sight.record_type, self.sight.plain, self.asked)
        rows = read_all(self.store, self.network, self.sight, self.asked, self.limits)
        write = reader(self.store, self.network, get_actor(self.request), lang, self.known)
        return listing(self.sight, shown, rows, write)


@router.get("/n/{code}/table")
def tables(code: str, store: StoreDep, actor: ActorDep) -> Response:
    """Lead to the first table that holds anything."""
    shown = _shown(networks.counts(store, code, actor), actor)
    first = next((name for name in ("house", "community", *BROWSED) if name in shown), "community")
    return RedirectResponse(network_path(code, "table", first), 303)


@router.get("/n/{code}/table/{type_name}.{suffix}")
def table_file(
    request: Request, code: str, type_name: str, suffix: str, actor: ActorDep, lang: LangDep
) -> FileResponse:
    """Send what a table shows, every row of it, for a spreadsheet; the export is logged."""
    store = get_store(request)
    sight = sight_of(store, code, actor, type_name)
    table = _Table(request, store, code, sight, _asked(request))
    name = f"{type_name}.{suffix}"
    headers = attachment(f"{code}-{name}") | {"Cache-Control": "no-store"}
    kind = media_type(name) if suffix == "xlsx" else "text/csv; charset=utf-8"

    def write(path: Path) -> None:
        export.write_listing(store, code, type_name, path, actor, table.listing(lang))

    return written(store, name, write, headers, kind)


@router.get("/n/{code}/table/{type_name}")
def table_page(
    request: Request, code: str, type_name: str, store: StoreDep, actor: ActorDep, lang: LangDep
) -> HTMLResponse:
    """Show a table of records."""
    asked = _asked(request)
    table = _Table(request, store, code, sight_of(store, code, actor, type_name), asked)
    found = table.page()
    counts, names = networks.counts(store, code, actor), table.known.names
    facts: dict[str, Any] = table.shown(found, lang) | {
        "asked": asked,
        "seen": table.sight.plain,
        "filters": filterable(table.sight.record_type, table.sight.plain),
        "NOTHING": NOTHING,
        "counts": counts,
        "types": [records.ALL[name] for name in _shown(counts, actor)],
        "communities": sorted(((key, names.get(key, key)) for key in table.named), key=lambda pair: pair[1]),
        "link": _linker((code, "table", type_name), asked),
        "drawn": type_name in LAYERS,
        "can_be_unplaced": type_name in PLACED,
        "can_be_double": type_name in DOUBLED,
    }
    return page(request, "table.html", network=code, section="table", **facts)


@router.get("/n/{code}/search")
def search(request: Request, code: str, store: StoreDep, actor: ActorDep, lang: LangDep) -> HTMLResponse:
    """Search all tables at once: how many are found in each, and the first of them."""
    shown = _shown(networks.counts(store, code, actor), actor)
    asked = Asked(search=_asked(request).search)
    hits = []
    for name in sorted(shown, key=lambda one: (one not in _FIRST, _place(one))) if asked.search else ():
        table = _Table(request, store, code, sight_of(store, code, actor, name), asked)
        if (found := table.page()).found:
            hits.append(table.shown(_first(found), lang))
    return page(request, "table_search.html", network=code, section="search", asked=asked, hits=hits)


def _place(name: str) -> int:
    return _FIRST.index(name) if name in _FIRST else BROWSED.index(name)


def _first(found: Page) -> Page:
    return replace(found, rows=found.rows[:_HITS])


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


def _linker(parts: tuple[str, str, str], asked: Asked) -> Callable[..., str]:
    """Return what makes the address of the same table with something asked differently."""
    code, *rest = parts

    def link(suffix: str = "", **changed: object) -> str:
        now = asked.query | {"page": ""} | changed
        kept = {name: value for name, value in now.items() if value}
        return network_path(code, *rest[:-1], rest[-1] + suffix, **kept)

    return link
