"""The original file of an import, and the photos of a record, to be saved; never shown as pages of ours."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response

from api.context import ActorDep, StoreDep
from api.operation import saved
from api.routes.pages_upload import ImportId
from api.routes.problem_page import PageRoute
from surveys.attachments import opened
from surveys.intake.originals import original

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/n/{code}/imports/{import_id}/file")
def file(code: str, import_id: ImportId, store: StoreDep, actor: ActorDep) -> FileResponse:
    """Give the file as it was sent."""
    found = original(store, code, actor, import_id)
    return FileResponse(found.path, media_type="application/octet-stream", filename=found.name)


@router.get("/n/{code}/{type_name}/{record_id}/attachments/{key}")
def attachment(
    code: str, type_name: str, record_id: str, key: str, store: StoreDep, actor: ActorDep
) -> Response:
    """Give a photo of a record as it was sent."""
    photo = opened(store, code, (type_name, record_id), key, actor)
    return saved(photo.content, photo.name, photo.media_type)
