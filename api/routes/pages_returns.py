"""Pages: giving the data back to a community (คืนข้อมูล): the meeting, house by house, and its outcome."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel
from starlette.datastructures import FormData, UploadFile

from api.context import ActorDep, LangDep, StoreDep, get_actor, get_lang
from api.pages.communities import communities
from api.pages.network_reader import reader
from api.pages.render import network_path, page
from api.pages.returns_page import (
    OPEN,
    TONES,
    Asked,
    CorrectionForm,
    by_community,
    checked,
    correction_form,
    corrections,
)
from api.routes.problem_page import PageRoute
from surveys.city import return_corrections, returns
from surveys.city.return_corrections import Correction
from surveys.city.returns import BY_FILE, STANDINGS, Meeting, Outcome
from surveys.dates import parse_date, today
from surveys.errors import Refused
from surveys.planning.links import PLOT
from surveys.store.store import Store
from surveys.words import Words, words

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_NO_DAY = words(
    "อ่านวันที่ไม่ได้ เขียนแบบ 21 พ.ย. 2569 หรือ 21/11/2569",
    "The date cannot be read; write 21/11/2026 or 21/11/2569.",
)
_NO_NUMBER = words("จำนวนผู้เข้าร่วมต้องเป็นตัวเลข", "The number of people who attended is a number.")
_TOO_LARGE = words("ไฟล์แนบใหญ่เกิน 20 MB", "The paper attached is larger than 20 MB.")
_NO_OUTCOME = words("กรุณาเลือกว่าชุมชนรับรองหรือไม่", "Choose whether the community agreed.")


class MeetingForm(BaseModel):
    """The form of a new meeting as it is sent."""

    community: str = ""
    held: str = ""
    place: str = ""
    attended_count: str = ""
    attended: str = ""
    note: str = ""


@router.get("/n/{code}/returns")
def return_list(request: Request, code: str, store: StoreDep, actor: ActorDep, lang: LangDep) -> HTMLResponse:
    """List how the data of each community stands with it, and the meetings held."""
    facts: dict[str, Any] = {
        "rows": by_community(store, code, actor),
        "meetings": returns.listed(store, code, actor),
        "known": communities(store, code),
        "fields": returns.RETURN.by_name,
        "STANDINGS": STANDINGS,
        "BY_FILE": BY_FILE,
        "TONES": TONES,
    }
    return page(request, "returns.html", network=code, section="", **facts)


@router.get("/n/{code}/returns/new")
def new_return(
    request: Request, code: str, actor: ActorDep, community: Annotated[str, Query()] = ""
) -> HTMLResponse:
    """Ask when and where the data was given back, and who came."""
    actor.must("edit")
    return _new(request, code, MeetingForm(community=community))


def _new(
    request: Request, code: str, typed: MeetingForm, error: Words | None = None, status: int = 200
) -> HTMLResponse:
    store: Store = request.app.state.store
    known = communities(store, code)
    facts: dict[str, Any] = {
        "typed": typed,
        "error": error,
        "communities": sorted(known.names.items(), key=lambda pair: pair[1]),
    }
    return page(request, "return_new.html", network=code, section="", status=status, **facts)


@router.post("/n/{code}/returns")
def hold(
    request: Request, code: str, store: StoreDep, actor: ActorDep, form: Annotated[MeetingForm, Form()]
) -> Response:
    """Record a meeting; what was typed is kept when it cannot be."""
    try:
        made = returns.hold(store, code, actor, _meeting(form))
    except Refused as wrong:
        return _new(request, code, form, wrong.said, 409)
    return RedirectResponse(network_path(code, "returns", made["id"]), 303)


def _meeting(form: MeetingForm) -> Meeting:
    count = form.attended_count.strip()
    if count and not (count.isdecimal() and len(count) < 7):
        raise Refused(_NO_NUMBER)
    day = parse_date(form.held) if form.held.strip() else None
    if form.held.strip() and day is None:
        raise Refused(_NO_DAY)
    return Meeting(form.community, day, form.place, int(count) if count else None, form.attended, form.note)


@router.get("/n/{code}/returns/{record_id}")
def return_page(request: Request, code: str, record_id: str) -> HTMLResponse:
    """Show a meeting: the records to check, one link to correct each, what was corrected, and the outcome."""
    return _meeting_page(request, code, record_id)


def _meeting_page(
    request: Request, code: str, record_id: str, typed: FormData | CorrectionForm | None = None,
    error: Words | None = None,
) -> HTMLResponse:  # fmt: skip
    store: Store = request.app.state.store
    actor, lang = get_actor(request), get_lang(request)
    found = returns.get(store, code, actor, record_id)
    known = communities(store, code)
    write = reader(store, code, actor, lang, known)
    query = request.query_params
    asked = Asked(query.get("q", "")[:80], "all" in query)
    lists = [one for one in checked(store, code, actor, found["community"], write, asked) if one.called_for]
    facts: dict[str, Any] = {
        "meeting": found,
        "community": known.of(found["community"]),
        "known": known,
        "fields": returns.RETURN.by_name,
        "asked": asked,
        "lists": lists,
        "by_plot": any(one.type.name == PLOT for one in lists),
        "corrections": corrections(store, code, actor, found["corrections"], write),
        "typed": {
            name: str(typed.get(name, "")) if isinstance(typed, FormData) else ""
            for name in ("agreed", "on", "reason")
        },
        "correction": correction_form(
            found, known, lang, typed if isinstance(typed, CorrectionForm) else None
        ),
        "communities": sorted(known.names.items(), key=lambda pair: pair[1]),
        "recorded": "recorded" in query and not error,
        "OPEN": OPEN,
        "today": today(),
        "error": error,
        "TONES": TONES,
    }
    return page(request, "return.html", network=code, section="", status=409 if error else 200, **facts)


async def _outcome_form(request: Request) -> AsyncIterator[FormData]:
    """Read the outcome with the paper attached; a body that is too large is not read at all."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > returns.MOST_BYTES + (1 << 20):
        raise Refused(_TOO_LARGE)
    async with request.form(max_files=1, max_fields=20) as form:
        yield form


@router.post("/n/{code}/returns/{record_id}/outcome")
def conclude(
    request: Request, code: str, record_id: str, store: StoreDep, actor: ActorDep,
    typed: Annotated[FormData, Depends(_outcome_form)],
) -> Response:  # fmt: skip
    """Record whether the community agreed."""
    try:
        returns.conclude(store, code, actor, record_id, _outcome(typed))
    except Refused as wrong:
        return _meeting_page(request, code, record_id, typed, wrong.said)
    return RedirectResponse(network_path(code, "returns", record_id, recorded=1), 303)


@router.post("/n/{code}/returns/{record_id}/corrections")
def correct(
    request: Request, code: str, record_id: str, store: StoreDep, actor: ActorDep,
    typed: Annotated[FormData, Depends(_outcome_form)],
) -> Response:  # fmt: skip
    """Correct what was recorded wrongly of a meeting; what was typed is kept."""
    texts = {name: str(typed.get(name, "")) for name in CorrectionForm.model_fields}
    form = CorrectionForm(**texts)
    try:
        outcome = None if form.agreed in ("", OPEN) else _outcome(typed)
        seen = int(form.seen) if form.seen.isascii() and form.seen.isdigit() and len(form.seen) < 10 else 0
        right = Correction(form.why, _meeting(MeetingForm(**texts)), outcome, seen)
        return_corrections.correct(store, code, actor, record_id, right)
    except Refused as wrong:
        return _meeting_page(request, code, record_id, form, wrong.said)
    return RedirectResponse(network_path(code, "returns", record_id, recorded=1), 303)


def _outcome(typed: FormData) -> Outcome:
    said, on, paper = str(typed.get("agreed", "")), str(typed.get("on", "")).strip(), typed.get("paper")
    if said not in ("yes", "no"):
        raise Refused(_NO_OUTCOME)
    day = parse_date(on) if on else None
    if on and day is None:
        raise Refused(_NO_DAY)
    kept = None
    if isinstance(paper, UploadFile) and paper.filename:
        kept = (paper.filename.replace("\\", "/").rsplit("/", 1)[-1], paper.file.read(returns.MOST_BYTES + 1))
    return Outcome(said == "yes", day, str(typed.get("reason", "")), kept)


@router.get("/n/{code}/returns/{record_id}/paper")
def paper(code: str, record_id: str, store: StoreDep, actor: ActorDep) -> FileResponse:
    """Give the paper attached to a meeting, to be saved, never shown in the page."""
    name, path = returns.paper(store, code, actor, record_id)
    return FileResponse(path, media_type="application/octet-stream", filename=name)
