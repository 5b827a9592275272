"""Pages: shapes of an import that could be mended, each with its suggestion to accept."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel

from api.context import ActorDep, StoreDep, get_actor, get_lang
from api.pages.render import network_path, page
from api.pages.repairs_page import drawings
from api.routes.pages_upload import ImportId
from api.routes.problem_page import PageRoute
from surveys.errors import Refused
from surveys.intake import repair
from surveys.store.store import Store
from surveys.words import Words

_ROW = re.compile(r"([0-9]{1,9}):([0-9]{1,15})")

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/n/{code}/imports/{import_id}/repairs")
def repairs(request: Request, code: str, import_id: ImportId) -> HTMLResponse:
    """Show the shapes that could be mended."""
    return _page(request, code, import_id)


def _page(request: Request, code: str, import_id: int, error: Words | None = None) -> HTMLResponse:
    store: Store = request.app.state.store
    actor, lang = get_actor(request), get_lang(request)
    found = repair.suggestions(store, code, actor, import_id)
    repeated = repair.repeated(store, code, actor, import_id)
    facts: dict[str, Any] = {
        "import_id": import_id,
        "drawings": drawings(found.rows, lang),
        "more": found.more,
        "repeated": drawings(repeated.rows, lang),
        "more_repeated": repeated.more,
        "error": error,
    }
    return page(
        request, "repairs.html", network=code, section="imports", status=409 if error else 200, **facts
    )


class Ticked(BaseModel):
    """The rows ticked, and those that were shown: ``every`` says that all of these are meant."""

    row: list[str] = []
    shown: list[str] = []
    every: str = ""

    @property
    def rows(self) -> set[tuple[int, int]]:
        """The rows meant, each by its part and number; what is none is left out."""
        told = (_ROW.fullmatch(text) for text in (self.shown if self.every else self.row))
        return {(int(found[1]), int(found[2])) for found in told if found}


@router.post("/n/{code}/imports/{import_id}/repairs")
def accept(
    request: Request, code: str, import_id: ImportId, store: StoreDep, actor: ActorDep,
    ticked: Annotated[Ticked, Form()],
) -> Response:  # fmt: skip
    """Take the rows ticked with their shapes mended; at the other button every one that was shown."""
    try:
        taken = repair.take(store, code, actor, import_id, ticked.rows)
    except Refused as wrong:
        return _page(request, code, import_id, wrong.said)
    made = next((report["import_id"] for report in taken if report["import_id"]), import_id)
    return RedirectResponse(network_path(code, "imports", made, new=1), 303)
