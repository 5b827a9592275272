"""Pages: records that stand nowhere, the likely ones on the map, and the link a person makes."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from api.context import ActorDep, LangDep, StoreDep, get_actor, get_lang
from api.pages.choice_map import choice_map
from api.pages.communities import communities
from api.pages.network_reader import reader
from api.pages.record_page import current, groups
from api.pages.render import network_path, page
from api.pages.upload_communities import by_name
from api.pages.values import title
from api.routes.problem_page import PageRoute
from surveys import edit, linking, records
from surveys.errors import Refused, no_record
from surveys.shared import LINK
from surveys.sight import Sight
from surveys.store.store import Store
from surveys.words import Words, words

router = APIRouter(include_in_schema=False, route_class=PageRoute)

# Rows of each side on a page of the list, and choices offered, which are drawn on its map.
_ROWS, _CHOICES = 50, 500
_LAST = 1_000_000
_NONE_CHOSEN = words("กรุณาเลือกรายการบนแผนที่ที่จะเชื่อม", "Choose the record on the map to link to.")


class LinkForm(BaseModel):
    """The form that links a record as it is sent: ``target`` is an id, or says that ``other`` is one, or "none"."""

    target: str = ""
    other: str = ""
    version: int = -1
    reason: str = ""


@router.get("/n/{code}/links")
def links(code: str) -> Response:
    """Lead to the households, which are looked for most."""
    return RedirectResponse(network_path(code, "links", next(iter(reversed(linking.LINKED)))), 303)


class Pages(BaseModel):
    """Which page of each side is shown."""

    page: int = Field(1, ge=1, le=_LAST)
    lonely: int = Field(1, ge=1, le=_LAST)


@router.get("/n/{code}/links/{type_name}")
def unmatched(
    request: Request,
    code: str,
    type_name: str,
    store: StoreDep,
    actor: ActorDep,
    at: Annotated[Pages, Query()],
) -> HTMLResponse:
    """List the unmatched on both sides, a page of each."""
    window = linking.Window((at.page - 1) * _ROWS, (at.lonely - 1) * _ROWS, _ROWS)
    facts: dict[str, Any] = {
        "type": _type(type_name),
        "types": [records.ALL[name] for name in linking.LINKED],
        "sides": linking.unmatched(store, code, actor, type_name, window),
        "names": communities(store, code).names,
        "records": records.ALL,
        "pages": at,
        "ROWS": _ROWS,
    }
    return page(request, "links.html", network=code, section="table", **facts)


@router.get("/n/{code}/links/{type_name}/{record_id}")
def link_page(
    request: Request, code: str, type_name: str, record_id: str, q: Annotated[str, Query(max_length=100)] = "",
    community: Annotated[str, Query(max_length=100)] = "",
) -> HTMLResponse:  # fmt: skip
    """Show one record beside the likely ones, each on a small map, and all that may be chosen in a community."""
    return _link_page(request, code, (type_name, record_id), asked=(q.strip(), community))


@router.get("/n/{code}/links/{type_name}/{record_id}/map")
def choose_map(
    request: Request, code: str, type_name: str, record_id: str, q: Annotated[str, Query(max_length=100)] = "",
    community: Annotated[str, Query(max_length=100)] = "",
) -> HTMLResponse:  # fmt: skip
    """Show on a map what may be chosen for a record: the same as the page lists."""
    store: Store = request.app.state.store
    actor, lang = get_actor(request), get_lang(request)
    _type(type_name)
    asked = linking.Asked(community, q.strip(), _CHOICES)
    found = linking.choice(store, code, actor, (type_name, record_id), asked)
    return HTMLResponse(choice_map(store, code, actor, found, lang, request.state.nonce))


def _type(name: str) -> Any:
    if name not in linking.LINKED:
        raise no_record(name, "")
    return records.ALL[name]


def _link_page(
    request: Request,
    code: str,
    where: tuple[str, str],
    typed: LinkForm | None = None,
    error: Words | None = None,
    asked: tuple[str, str] = ("", ""),
) -> HTMLResponse:
    store: Store = request.app.state.store
    actor, lang = get_actor(request), get_lang(request)
    record_type, known = _type(where[0]), communities(store, code)
    actor.must("edit")
    sight = Sight.of(store.types(code)[where[0]], actor)
    row = current(store, code, sight, where[1])
    seen, (text, elsewhere) = sight.seen(row, lambda: store.vault), asked
    found = linking.choice(store, code, actor, where, linking.Asked(elsewhere, text, _CHOICES))
    facts: dict[str, Any] = {
        "type": record_type,
        "id": where[1],
        "title": title(record_type, seen.values, lang),
        "groups": groups(sight, seen, reader(store, code, actor, lang, known)),
        "version": row["version"],
        "linked": row.get(LINK),
        "found": found,
        "by_file": found.record.community and not (elsewhere or row.get("community")),
        "communities": by_name(known),
        "asked": {"q": text, "community": elsewhere},
        "records": records.ALL,
        "typed": typed or LinkForm(),
        "error": error,
    }
    return page(request, "link.html", network=code, section="table", status=409 if error else 200, **facts)


@router.post("/n/{code}/links/{type_name}/{record_id}")
def link(
    request: Request,
    code: str,
    type_name: str,
    record_id: str,
    lang: LangDep,
    form: Annotated[LinkForm, Form()],
) -> Response:
    """Link a record, or take its link away when nothing is chosen and it has one."""
    store: Store = request.app.state.store
    actor = get_actor(request)
    target = form.other if form.target in ("", "other") else form.target
    asked = edit.Correction(type_name, record_id, form.version, {}, form.reason)
    try:
        if not target:
            raise Refused(_NONE_CHOSEN)
        linking.link(store, code, actor, asked, "" if target == "none" else target)
    except Refused as wrong:
        return _link_page(request, code, (type_name, record_id), form, wrong.said)
    return RedirectResponse(network_path(code, "links", type_name), 303)
