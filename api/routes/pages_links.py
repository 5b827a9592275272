"""Pages: records that stand nowhere, the likely ones on the map, and the link a person makes."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel

from api.context import ActorDep, LangDep, StoreDep, get_actor, get_lang
from api.pages.communities import communities
from api.pages.network_reader import reader
from api.pages.record_page import current, groups
from api.pages.render import network_path, page
from api.pages.values import title
from api.routes.problem_page import PageRoute
from surveys import edit, linking, records
from surveys.errors import Refused, no_record
from surveys.shared import LINK
from surveys.sight import Sight
from surveys.store.store import Store
from surveys.words import Words, words

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_NONE_CHOSEN = words("กรุณาเลือกรายการบนแผนที่ที่จะเชื่อม", "Choose the record on the map to link to.")


class LinkForm(BaseModel):
    """The form that links a record as it is sent."""

    target: str = ""
    other: str = ""
    version: int = -1
    reason: str = ""


@router.get("/n/{code}/links")
def links(code: str) -> Response:
    """Lead to the households, which are looked for most."""
    return RedirectResponse(network_path(code, "links", next(iter(reversed(linking.LINKED)))), 303)


@router.get("/n/{code}/links/{type_name}")
def unmatched(request: Request, code: str, type_name: str, store: StoreDep, actor: ActorDep) -> HTMLResponse:
    """List the unmatched on both sides."""
    facts: dict[str, Any] = {
        "type": _type(type_name),
        "types": [records.ALL[name] for name in linking.LINKED],
        "sides": linking.unmatched(store, code, actor, type_name),
        "names": communities(store, code).names,
        "records": records.ALL,
    }
    return page(request, "links.html", network=code, section="table", **facts)


@router.get("/n/{code}/links/{type_name}/{record_id}")
def link_page(request: Request, code: str, type_name: str, record_id: str) -> HTMLResponse:
    """Show one record beside the likely ones, each on a small map."""
    return _link_page(request, code, (type_name, record_id))


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
) -> HTMLResponse:
    store: Store = request.app.state.store
    actor, lang = get_actor(request), get_lang(request)
    record_type, known = _type(where[0]), communities(store, code)
    actor.must("edit")
    sight = Sight.of(store.types(code)[where[0]], actor)
    row = current(store, code, sight, where[1])
    seen, sides = sight.seen(row, lambda: store.vault), linking.unmatched(store, code, actor, where[0])
    lost = next((one for one in sides.missing if one.id == where[1]), None)
    likely = lost.candidates if lost else ()
    at = known.of(row.get("community"))
    facts: dict[str, Any] = {
        "type": record_type,
        "id": where[1],
        "title": title(record_type, seen.values, lang),
        "groups": groups(sight, seen, reader(code, lang, known)),
        "version": row["version"],
        "linked": row.get(LINK),
        "likely": likely,
        "others": [one for one in sides.lonely if one[2] == at and one[1] not in {c.id for c in likely}],
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
    actor, target = get_actor(request), form.target or form.other
    asked = edit.Correction(type_name, record_id, form.version, {}, form.reason)
    try:
        if not target:
            raise Refused(_NONE_CHOSEN)
        linking.link(store, code, actor, asked, "" if target == "none" else target)
    except Refused as wrong:
        return _link_page(request, code, (type_name, record_id), form, wrong.said)
    return RedirectResponse(network_path(code, "links", type_name), 303)
