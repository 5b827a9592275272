"""What every operation of the interface shares: how it refuses, what its addresses look like."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path as FilePath
from tempfile import TemporaryDirectory
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from fastapi.routing import APIRoute
from starlette.background import BackgroundTask

from api.schemas import Refusal
from maps.layers import LAYERS
from surveys import export, records
from surveys.planning.analysis import ANALYSES
from surveys.store.store import Store
from surveys.words import Words, words

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

_NOWHERE = words("ไม่มีสิ่งที่ขอ", "There is nothing at this address.")
_WRONG = words("คำขอไม่ถูกต้อง ดูรายละเอียดใน details", "The request is not right; details says where.")


class EdgeRefusal(Exception):
    """A refusal that only HTTP knows of: too large, stale, not modified in the way asked for."""

    def __init__(self, status: int, error: str, said: Words) -> None:
        super().__init__(f"{said.th} / {said.en}")
        self.status, self.error, self.said = status, error, said


def refusal(
    status: int, error: str, said: Words, details: list[dict[str, str]] | None = None
) -> JSONResponse:
    """Answer with the body that every refusal has."""
    more = {"details": details} if details else {}
    return JSONResponse({"error": error, "th": said.th, "en": said.en, **more}, status)


class ApiRoute(APIRoute):
    """A route whose refusals all have one body, those of wrong parameters too.

    An address whose parts cannot be a code or id is one where nothing is: 404, not 422.
    """

    def get_route_handler(self) -> Handler:
        """Return the handler, its refusals turned into answers."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except EdgeRefusal as error:
                return refusal(error.status, error.error, error.said)
            except RequestValidationError as error:
                return _invalid(error)

        return answer


def _invalid(error: RequestValidationError) -> JSONResponse:
    faults = error.errors()
    if any(fault["loc"][0] == "path" for fault in faults):
        return refusal(404, "NotFound", _NOWHERE)
    details = [
        {"where": ".".join(str(part) for part in fault["loc"]), "what": str(fault["msg"])} for fault in faults
    ]
    return refusal(422, "Invalid", _WRONG, details)


_MEANINGS: dict[int, tuple[str, str, Words]] = {
    403: (
        "The role of the actor may not do this.",
        "NotAllowed",
        words("ผู้เก็บข้อมูลบันทึกมติไม่ได้", "The surveyor may not record a decision."),
    ),
    404: (
        "What was named is not there, or belongs to another network.",
        "NotFound",
        words("ไม่มีเครือข่าย “rama4”", "There is no network “rama4”."),
    ),
    409: (
        "The request contradicts the data or itself.",
        "Refused",
        words("การนำเข้านี้ถูกยกเลิกไปแล้ว", "This import is undone already."),
    ),
    412: (
        "The record has changed since it was read.",
        "Outdated",
        words("มีคนแก้ไขไปก่อนแล้ว", "Somebody has changed it since."),
    ),
    413: (
        "The file is larger than the server takes.",
        "TooLarge",
        words("ไฟล์ใหญ่เกิน 2,048 MB", "The file is larger than 2,048 MB."),
    ),
    422: ("A parameter or the body is not right.", "Invalid", _WRONG),
    503: (
        "The store is locked, full or damaged.",
        "StoreUnavailable",
        words("ใช้ฐานข้อมูลไม่ได้", "The store cannot be used."),
    ),
    507: (
        "The disk of the server has no room for the file.",
        "NoRoom",
        words("ดิสก์เหลือที่ว่างไม่พอรับไฟล์นี้", "The disk has too little room for this file."),
    ),
}


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Document the refusals of an operation; 404, 422 and 503 are every operation's."""
    return {status: _documented(status) for status in sorted({404, 422, 503, *statuses})}


def _documented(status: int) -> dict[str, Any]:
    meaning, error, said = _MEANINGS[status]
    example = {"error": error, "th": said.th, "en": said.en}
    return {"model": Refusal, "description": meaning, "content": {"application/json": {"example": example}}}


def file_answer(media_type: str, description: str) -> dict[int | str, dict[str, Any]]:
    """Document an answer that is a file."""
    return {
        200: {
            "description": description,
            "content": {media_type: {"schema": {"type": "string", "format": "binary"}}},
        }
    }


def attachment(name: str) -> dict[str, str]:
    """Return the headers of a file that is saved, not shown; a name of other letters is told as RFC 5987 says."""
    plain = re.sub(r"-{2,}", "-", re.sub(r'[^ -~]|["\\]', "", name))
    other = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    return {"Content-Disposition": f'attachment; filename="{plain}"{other}'}


def written(
    store: Store, name: str, write: Callable[[FilePath], object], headers: dict[str, str], kind: str
) -> FileResponse:
    """Have a file written beside the store, and send it; it goes once it is sent, or could not be written."""
    folder = TemporaryDirectory(dir=store.files, prefix="export-")
    path = FilePath(folder.name) / name
    try:
        write(path)
    except BaseException:
        folder.cleanup()
        raise
    return FileResponse(path, headers=headers, media_type=kind, background=BackgroundTask(folder.cleanup))


def saved(content: bytes, name: str, kind: str) -> Response:
    """Send a file that is saved, not shown; what lies between keeps no copy."""
    return Response(content, media_type=kind, headers=attachment(name) | {"Cache-Control": "no-store"})


def named(header: str, tag: str) -> bool:
    """Tell whether an If-Match or If-None-Match header names an ETag."""
    given = [part.strip().removeprefix("W/") for part in header.split(",")]
    return "*" in given or tag in given


def _one_of(names: Iterable[str]) -> str:
    return f"^({'|'.join(names)})$"


NetworkCode = Annotated[
    str,
    Path(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$",
        description="the code of the city network",
        examples=["demo"],
    ),
]
TypeName = Annotated[
    str, Path(pattern=_one_of(records.ALL), description="the name of a record type", examples=["household"])
]
LayerName = Annotated[
    str, Path(pattern=_one_of(LAYERS), description="a layer of the map", examples=["house"])
]
AnalysisName = Annotated[
    str, Path(pattern=_one_of(ANALYSES), description="the name of an analysis", examples=["counts"])
]
Suffix = Annotated[
    str,
    Path(
        pattern=_one_of(s.removeprefix(".") for s in export.WRITERS),
        description="the file format",
        examples=["csv"],
    ),
]
HexId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="an id: 32 hexadecimal digits")]
ImportId = Annotated[int, Path(ge=1, le=2**53, description="the number of an import")]
Limit = Annotated[int, Query(ge=1, le=1000, description="how many at most")]
Offset = Annotated[int, Query(ge=0, le=10_000_000, description="how many to pass over")]
