"""The original file of an import, to be saved; never opened, never shown."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import FileResponse

from api.context import ActorDep, StoreDep
from api.routes.pages_upload import ImportId
from api.routes.problem_page import PageRoute
from surveys.intake.originals import original

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/n/{code}/imports/{import_id}/file")
def file(code: str, import_id: ImportId, store: StoreDep, actor: ActorDep) -> FileResponse:
    """Give the file as it was sent."""
    found = original(store, code, actor, import_id)
    return FileResponse(found.path, media_type="application/octet-stream", filename=found.name)
