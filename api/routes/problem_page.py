"""The page that says what went wrong, where, and what to do; and the one that says what still goes on."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from api import errors
from api.context import for_people, get_lang, get_reader
from api.operation import EdgeRefusal
from api.pages.answers import Counting
from api.pages.render import local_address, page
from surveys.errors import MankongError
from surveys.store.store import Store
from surveys.words import Words, words

# What is wrong, and what a person can do, by status.
_HEADINGS: dict[int, tuple[Words, Words]] = {
    403: (
        words("ผู้ใช้งานนี้ทำสิ่งนี้ไม่ได้", "This user may not do that"),
        words(
            "เปลี่ยนผู้ใช้งานที่หัวหน้าเว็บ หรือขอให้ผู้ที่มีสิทธิทำให้",
            "Choose another user in the head of the page, or ask somebody who may.",
        ),
    ),
    404: (
        words("ไม่พบหน้าหรือข้อมูลนี้", "There is no such page or record"),
        words("ตรวจที่อยู่เว็บ หรือเริ่มจากหน้าแรก", "Check the address, or start from the first page."),
    ),
    413: (
        words("ไฟล์ใหญ่เกินไป", "The file is too large"),
        words("แบ่งไฟล์ให้เล็กลงแล้วส่งทีละไฟล์", "Split it into smaller files and send them one by one."),
    ),
    409: (
        words("ทำรายการนี้ไม่ได้ในตอนนี้", "This cannot be done now"),
        words("กลับไปหน้าก่อน ตรวจข้อมูลล่าสุด แล้วลองใหม่", "Go back, look at the latest state, and try again."),
    ),
    422: (
        words("ข้อมูลที่ส่งมาไม่ครบหรือไม่ถูกต้อง", "What was sent is incomplete or wrong"),
        words("กลับไปหน้าก่อน ตรวจช่องที่กรอก แล้วส่งใหม่", "Go back, check the fields, and send again."),
    ),
    503: (
        words("ฐานข้อมูลไม่พร้อมใช้งาน", "The store cannot be used just now"),
        words("รอสักครู่แล้วลองใหม่ ถ้ายังไม่ได้ แจ้งผู้ดูแลระบบ", "Wait a moment and try again; if it stays so, tell the steward."),
    ),
    507: (
        words("ดิสก์ของเครื่องเหลือที่ว่างไม่พอ", "The disk of the server is too full"),
        words("แจ้งผู้ดูแลระบบให้เพิ่มที่ว่าง แล้วส่งไฟล์ใหม่", "Ask the steward to make room, then send the file again."),
    ),
    500: (
        words("ระบบขัดข้อง", "Something of ours broke"),
        words(
            "ข้อมูลที่ยืนยันแล้วไม่หาย ลองใหม่ หรือแจ้งผู้ดูแลระบบ",
            "Nothing that was confirmed is lost. Try again, or tell the steward.",
        ),
    ),
}  # fmt: skip
_INCOMPLETE = words("คำขอไม่ครบหรือไม่ถูกต้อง", "The request is incomplete or wrong.")
_NOT_THERE = words("ที่อยู่นี้ไม่มีในระบบ", "Nothing is at this address.")
_FAULT = words("เกิดข้อผิดพลาดที่ไม่คาดไว้", "An unexpected fault occurred.")


def error_page(request: Request, said: Words, status: int) -> Response:
    """Say what went wrong in the layout of the site; the network's head stands where it is known."""
    heading, remedy = _HEADINGS.get(status) or _HEADINGS[422 if status < 500 else 500]
    facts = {
        "heading": heading,
        "said": said,
        "remedy": remedy,
        "status_code": status,
        "back": _back(request),
    }
    answer = page(request, "problem.html", network=_network(request), status=status, **facts)
    if status == 503:
        answer.headers["Retry-After"] = "5"
    if "HX-Request" in request.headers:
        answer.headers["X-Said"] = quote(said.of(get_lang(request)))
    return answer


def _counting_page(request: Request, counting: Counting) -> Response:
    """Say that a very large network is being counted; the page comes back by itself until that is done."""
    return page(request, "counting.html", network=_network(request), status=202, records=counting.records)


class PageRoute(APIRoute):
    """A page: whatever it refuses is said as a page."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, its refusals turned into pages."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except MankongError as error:
                return error_page(request, error.said, errors.of(error, errors.STATUS))
            except Counting as counting:
                return _counting_page(request, counting)
            except EdgeRefusal as error:
                return error_page(request, error.said, error.status)
            except RequestValidationError as error:
                in_path = any(fault["loc"][0] == "path" for fault in error.errors())
                return (
                    error_page(request, _NOT_THERE, 404) if in_path else error_page(request, _INCOMPLETE, 422)
                )

        return answer


def _network(request: Request) -> str | None:
    """Return the network the address names, if it is there, can be read, and the reader may know of it."""
    parts = request.url.path.split("/")
    if len(parts) < 3 or parts[1] != "n" or not get_reader(request).may("see_public"):
        return None
    store: Store = request.app.state.store
    try:
        return parts[2] if parts[2] in store.networks() else None
    except MankongError:
        # The store itself is what is wrong; the page that says so needs no network's head.
        return None


def _back(request: Request) -> str:
    """Return the page the person came from, if it is ours."""
    referer = request.headers.get("referer", "")
    origin = f"{request.url.scheme}://{request.url.netloc}"
    return local_address(referer.removeprefix(origin)) if referer.startswith(origin) else "/"


def http_error(request: Request, error: Exception) -> Response:
    """Answer an error of the frame (no such address, wrong method) with a page, or JSON for programs."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    said = (
        _NOT_THERE
        if status == 404
        else _FAULT
        if status >= 500
        else words("คำขอนี้ใช้ไม่ได้", "This request cannot be used.")
    )
    headers = error.headers if isinstance(error, HTTPException) else None
    return error_answer(request, error, said, (status, headers))


def error_answer(
    request: Request, error: Exception, said: Words, sent: tuple[int, Mapping[str, str] | None]
) -> Response:
    """Answer an error with a page for people, or JSON with a status and headers for programs."""
    status, headers = sent
    if for_people(request):
        return error_page(request, said, status)
    body = {"error": type(error).__name__, "th": said.th, "en": said.en}
    return JSONResponse(body, status, headers=headers)
