"""Pages: shapes kept out that could be mended, each with its suggestion to accept."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.context import ActorDep, StoreDep, get_actor, get_lang
from api.pages.render import network_path, page
from api.pages.repairs_page import drawings
from api.routes.pages_upload import ImportId
from api.routes.problem_page import PageRoute
from surveys.errors import Refused
from surveys.intake import repair
from surveys.store.store import Store
from surveys.words import Words

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/n/{code}/imports/{import_id}/repairs")
def repairs(request: Request, code: str, import_id: ImportId) -> HTMLResponse:
    """Show the shapes that could be mended."""
    return _page(request, code, import_id)


def _page(request: Request, code: str, import_id: int, error: Words | None = None) -> HTMLResponse:
    store: Store = request.app.state.store
    found = repair.suggestions(store, code, get_actor(request), import_id)
    facts: dict[str, Any] = {
        "import_id": import_id,
        "drawings": drawings(found, get_lang(request)),
        "most": repair.MOST,
        "error": error,
    }
    return page(
        request, "repairs.html", network=code, section="imports", status=409 if error else 200, **facts
    )


@router.post("/n/{code}/imports/{import_id}/repairs")
def accept(
    request: Request, code: str, import_id: ImportId, store: StoreDep, actor: ActorDep,
    row: Annotated[list[str] | None, Form()] = None,
) -> Response:  # fmt: skip
    """Take the rows ticked with their shapes mended."""
    pairs = (text.split(":", 1) for text in row or [] if text.replace(":", "", 1).isdecimal() and ":" in text)
    try:
        taken = repair.take(
            store, code, actor, import_id, {(int(part), int(number)) for part, number in pairs}
        )
    except Refused as wrong:
        return _page(request, code, import_id, wrong.said)
    made = next((report["import_id"] for report in taken if report["import_id"]), import_id)
    return RedirectResponse(network_path(code, "imports", made, new=1), 303)
