"""Pages: two lists of one community compared, and the resolution that decides between them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel

from api.context import ActorDep, LangDep, StoreDep, get_actor, get_lang
from api.pages.lists_page import about_lists
from api.pages.render import network_path, page
from api.routes.pages_doubles import day_of, seen_in
from api.routes.problem_page import PageRoute
from api.routes.v1_lists import MEDIA, choice_of
from surveys.city import list_decisions, rival_table
from surveys.city.decided import Said
from surveys.city.list_decisions import DECISION, Choice, HouseholdList, Resolution
from surveys.city.rival_lists import FOUND_BY, STATUSES
from surveys.city.rival_table import Reading
from surveys.dates import show_date, today
from surveys.errors import NotFound, Refused
from surveys.lists import LISTS_HOLD
from surveys.store.store import Store
from surveys.words import Words, words

router = APIRouter(include_in_schema=False, route_class=PageRoute)

PAGE = 100
_NO_LIST = words("บัญชีนี้ไม่ได้พูดถึงชุมชนนี้", "This list does not speak of this community.")
TONES = {
    "same": "tag-good",
    "other_values": "tag-warn",
    "other_house": "tag-bad",
    "other_plot": "tag-bad",
    "only_a": "",
    "only_b": "",
}


class Asked(BaseModel):
    """What the address asks: a community, two of its lists, one status, a page."""

    community: str = ""
    a: str = ""
    b: str = ""
    status: str = ""
    page: str = "1"


class ResolutionForm(BaseModel):
    """The form of a resolution as it is sent, with the lists it is about."""

    community: str = ""
    a: str = ""
    b: str = ""
    holds: str = ""
    holds_for: str = ""
    reason: str = ""
    resolution: str = ""
    meeting: str = ""
    seen_decision: str = ""


class WithdrawForm(BaseModel):
    """The form that takes a resolution back."""

    community: str = ""
    a: str = ""
    b: str = ""
    decision: str = ""
    reason: str = ""
    seen_decision: str = ""


@router.get("/n/{code}/lists")
def lists_page(request: Request, code: str, asked: Annotated[Asked, Query()]) -> HTMLResponse:
    """Ask for a community and two of its lists; show them compared once they are chosen."""
    return _page(request, code, asked)


def _page(
    request: Request, code: str, asked: Asked, typed: ResolutionForm | None = None, error: Words | None = None
) -> HTMLResponse:
    store: Store = request.app.state.store
    actor = get_actor(request)
    known = list_decisions.communities(store, code, actor)
    found = list_decisions.lists(store, code, actor, asked.community) if asked.community else []
    facts: dict[str, Any] = {
        "asked": asked, "communities": sorted(known.items(), key=lambda pair: pair[1]), "lists": found,
        "name": known.get(asked.community, asked.community), "error": error,
        "about_lists": about_lists(store, code, actor), "fields": DECISION.by_name,
    }  # fmt: skip
    if not (asked.community and asked.a and asked.b):
        return page(
            request,
            "doubles_lists.html",
            network=code,
            section="imports",
            status=409 if error else 200,
            **facts,
        )
    try:
        facts |= _compared(request, code, asked, found)
    except Refused as wrong:
        facts["error"] = wrong.said
        return page(request, "doubles_lists.html", network=code, section="imports", status=409, **facts)
    facts |= {"typed": typed or ResolutionForm(), "HOLDS": LISTS_HOLD}
    return page(
        request,
        "doubles_compare.html",
        network=code,
        section="imports",
        status=409 if error else 200,
        **facts,
    )


def _compared(request: Request, code: str, asked: Asked, found: list[HouseholdList]) -> dict[str, Any]:
    """Compare the two lists that the address names; the earlier import is A."""
    store: Store = request.app.state.store
    actor, lang = get_actor(request), get_lang(request)
    choice = _choice(asked)
    result = list_decisions.compared(store, code, actor, choice)
    by_key = {str(one.key): one for one in found}
    if str(choice.a) not in by_key or str(choice.b) not in by_key:
        raise NotFound(_NO_LIST)
    lines = [line for line in result.lines if asked.status not in STATUSES or line.status == asked.status]
    number = (
        max(int(asked.page), 1)
        if asked.page.isascii() and asked.page.isdigit() and len(asked.page) < 8
        else 1
    )
    reading = Reading.of(store, code, actor, lang)
    # Most communities are known by houses alone: of plots only is said what is there.
    shown = {name: said for name, said in STATUSES.items() if name != "other_plot" or result.counts[name]}
    return {
        "a": by_key[str(choice.a)], "b": by_key[str(choice.b)], "counts": result.counts, "total": len(result.lines),
        "lines": [reading.told(line) for line in lines[(number - 1) * PAGE : number * PAGE]], "found": len(lines),
        "number": number, "pages": max(-(-len(lines) // PAGE), 1), "STATUSES": shown, "FOUND_BY": FOUND_BY,
        "TONES": TONES, "history": list_decisions.history(store, code, actor, choice),
        "standing": {row["id"]: row["opened_by"] for row in list_decisions.decisions(store, code, actor)},
        "today_text": show_date(today(), lang),
    }  # fmt: skip


def _choice(asked: Asked | ResolutionForm | WithdrawForm) -> Choice:
    return choice_of((asked.community, asked.a, asked.b))


def _of(form: ResolutionForm | WithdrawForm) -> Asked:
    return Asked(community=form.community, a=form.a, b=form.b)


def _back(code: str, form: ResolutionForm | WithdrawForm) -> Response:
    choice = _choice(form)
    return RedirectResponse(
        network_path(code, "lists", community=choice.community, a=choice.a, b=choice.b, done=1), 303
    )


@router.post("/n/{code}/lists")
def decide(
    request: Request, code: str, store: StoreDep, actor: ActorDep, form: Annotated[ResolutionForm, Form()]
) -> Response:
    """Record the resolution; what was typed is kept when it cannot be."""
    actor.must("see_households", "decide")
    try:
        said = Said(form.reason, form.resolution, day_of(form.meeting))
        made = Resolution(form.holds, said, form.holds_for, seen_in(form.seen_decision))
        list_decisions.decide(store, code, actor, _choice(form), made)
    except Refused as wrong:
        return _page(request, code, _of(form), form, wrong.said)
    return _back(code, form)


@router.post("/n/{code}/lists/withdraw")
def withdraw(
    request: Request, code: str, store: StoreDep, actor: ActorDep, form: Annotated[WithdrawForm, Form()]
) -> Response:
    """Take a resolution back that was recorded wrongly."""
    actor.must("see_households", "decide")
    try:
        seen = seen_in(form.seen_decision).get(form.decision, 0)
        list_decisions.withdraw(store, code, actor, form.decision, form.reason, seen)
    except Refused as wrong:
        return _page(request, code, _of(form), None, wrong.said)
    return _back(code, form)


@router.get("/n/{code}/lists.{suffix}")
def lists_file(
    code: str, suffix: str, store: StoreDep, actor: ActorDep, lang: LangDep, asked: Annotated[Asked, Query()]
) -> Response:
    """Send two lists compared as a file for a spreadsheet."""
    if suffix not in MEDIA:
        raise NotFound(words("มีเฉพาะ CSV และ Excel", "There is CSV and XLSX only."))
    made = rival_table.export(store, code, actor, _choice(asked), (suffix, lang))
    headers = {"Content-Disposition": f'attachment; filename="{code}-lists.{suffix}"'}
    return Response(made, media_type=MEDIA[suffix], headers=headers)
