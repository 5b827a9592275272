"""Pages: land proposals, filing one, deciding on one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel

from api.context import ActorDep, LangDep, StoreDep, get_actor, get_lang
from api.pages import record_map
from api.pages.communities import communities
from api.pages.proposals_page import DECISIONS, EXPLAINED, TONES, chosen, named, steps_for, targets_of
from api.pages.render import network_path, page, show_day
from api.routes.problem_page import PageRoute
from surveys import records
from surveys.city import proposals
from surveys.dates import parse_date, today
from surveys.errors import Refused
from surveys.lists import OPTIONS
from surveys.roles import RIGHTS
from surveys.store.store import Store
from surveys.words import Words, words

router = APIRouter(include_in_schema=False, route_class=PageRoute)

PROPOSAL = records.ALL["land_proposal"]
_NO_NUMBER = words("จำนวนครัวเรือนต้องเป็นตัวเลข", "The number of households is a number.")
# Python reads no number of any length.
_DIGITS = 9
_NO_DAY = words(
    "อ่านวันที่ไม่ได้ เขียนแบบ 21 พ.ย. 2569 หรือ 21/11/2569",
    "The date cannot be read; write 21/11/2026 or 21/11/2569.",
)
# Servers and browsers take addresses of this many characters, twice: the page is named as the one before, too.
_LONGEST_ADDRESS = 16_000
_NO_STEP = words("กรุณาเลือกมติ", "Choose what was decided.")


class NewForm(BaseModel):
    """The form of a new proposal as it is sent; ``do`` is "file", or "add" for more plots or houses."""

    title: str = ""
    option: str = ""
    households: str = ""
    target: list[str] = []
    kind: str = "land_plot"
    community: str = ""
    numbers: str = ""
    do: str = "file"


class DecisionForm(BaseModel):
    """The form of a decision as it is sent."""

    step: str = ""
    meeting: str = ""
    reason: str = ""


@dataclass
class Typed:
    """What stands in the form of a new proposal."""

    title: str = ""
    option: str = ""
    households: str = ""
    targets: list[tuple[str, str]] = field(default_factory=list)
    kind: str = "land_plot"
    community: str = ""
    numbers: str = ""


@router.get("/n/{code}/proposals")
def proposal_list(request: Request, code: str, store: StoreDep, actor: ActorDep) -> HTMLResponse:
    """List the proposals of a network."""
    facts: dict[str, Any] = {
        "proposals": proposals.listed(store, code, actor),
        "fields": PROPOSAL.by_name,
        "TONES": TONES,
    }
    return page(request, "proposals.html", network=code, section="proposals", **facts)


@router.get("/n/{code}/proposals/new")
def new_proposal(
    request: Request, code: str, actor: ActorDep, asked: Annotated[NewForm, Query()]
) -> HTMLResponse:
    """Ask what a new proposal is about; the address carries what was typed and chosen so far."""
    actor.must("propose")
    return _form(request, code, _typed(asked))


def _typed(form: NewForm) -> Typed:
    return Typed(**form.model_dump(exclude={"target", "do"}), targets=targets_of(form.target))


def _form(
    request: Request, code: str, typed: Typed, error: Words | None = None, status: int = 200
) -> HTMLResponse:
    store: Store = request.app.state.store
    lang, known = get_lang(request), communities(store, code)
    about = named(store, code, typed.targets, known, lang)
    facts: dict[str, Any] = {
        "typed": typed,
        "error": error,
        "about": about,
        "options": OPTIONS,
        "EXPLAINED": EXPLAINED,
        "communities": sorted(known.names.items(), key=lambda pair: pair[1]),
        "TYPES": records.ALL,
        "others": [one for one in about if one.type.name != "community"],
        "in_communities": {one.id for one in about if one.type.name == "community"},
    }
    return page(request, "proposal_new.html", network=code, section="proposals", status=status, **facts)


@router.post("/n/{code}/proposals")
def file_proposal(
    request: Request, code: str, store: StoreDep, actor: ActorDep, form: Annotated[NewForm, Form()]
) -> Response:
    """File a proposal, or add plots and houses to what is being written; what was typed is kept."""
    actor.must("propose")
    typed = _typed(form)
    try:
        if form.do == "add" or form.numbers.strip():
            typed.targets = _added(store, code, typed)
            typed.numbers = ""
        if form.do == "add":
            return _on(request, code, typed)
        made = proposals.file(store, code, actor, _draft(typed))
    except Refused as wrong:
        return _form(request, code, typed, wrong.said, 409)
    return RedirectResponse(network_path(code, "proposals", made["id"]), 303)


def _on(request: Request, code: str, typed: Typed) -> Response:
    """Lead to the form with more in it; what an address cannot carry is shown at once."""
    targets = [f"{kind}:{key}" for kind, key in typed.targets]
    so_far = {name: value for name, value in vars(typed).items() if name != "targets"}
    address = network_path(code, "proposals", "new", **so_far, target=targets)
    if len(address) > _LONGEST_ADDRESS:
        return _form(request, code, typed)
    return RedirectResponse(address, 303)


def _added(store: Store, code: str, typed: Typed) -> list[tuple[str, str]]:
    found = chosen(store, code, typed.kind, (typed.community, typed.numbers), communities(store, code))
    return list(dict.fromkeys([*typed.targets, *found]))


def _draft(typed: Typed) -> proposals.Draft:
    text = typed.households.replace(",", "").strip()
    if text and not (text.isdecimal() and len(text) <= _DIGITS):
        raise Refused(_NO_NUMBER)
    return proposals.Draft(typed.title, typed.option, int(text) if text else None, typed.targets)


@router.get("/n/{code}/proposals/{record_id}")
def proposal_page(request: Request, code: str, record_id: str, actor: ActorDep) -> HTMLResponse:
    """Show a proposal with its history, and what can be done with it."""
    return _proposal(request, code, record_id, {"error": None, "typed": DecisionForm().model_dump()})


def _proposal(
    request: Request, code: str, record_id: str, more: dict[str, Any], status: int = 200
) -> HTMLResponse:
    store: Store = request.app.state.store
    lang, actor = get_lang(request), get_actor(request)
    store.revision(code)
    found = proposals.get(store, code, actor, record_id)
    about = named(
        store, code, [(kind, key) for kind, key in found["targets"]], communities(store, code), lang
    )
    rights = {act for act in RIGHTS if actor.may(act)}
    possible = steps_for(found["state"], rights)
    facts: dict[str, Any] = {
        "proposal": found,
        "fields": PROPOSAL.by_name,
        "about": about,
        "TONES": TONES,
        "decisions": [step for step in possible if step in DECISIONS],
        "other_steps": [step for step in possible if step not in DECISIONS],
        "waits": found["state"] == "submitted",
        "placed": record_map.has_place(store, code, actor, PROPOSAL.name, record_id),
        "today_text": show_day(today(), lang),
        **more,
    }
    return page(request, "proposal.html", network=code, section="proposals", status=status, **facts)


@router.post("/n/{code}/proposals/{record_id}")
def decide(
    request: Request, code: str, record_id: str, actor: ActorDep, form: Annotated[DecisionForm, Form()]
) -> Response:
    """Record what the committee decided, or submit again, or withdraw; what was typed is kept."""
    store: Store = request.app.state.store
    try:
        proposals.decide(store, code, actor, record_id, _decision(form))
    except Refused as wrong:
        return _proposal(request, code, record_id, {"error": wrong.said, "typed": form.model_dump()}, 409)
    return RedirectResponse(network_path(code, "proposals", record_id), 303)


def _decision(form: DecisionForm) -> proposals.Decision:
    if not form.step:
        raise Refused(_NO_STEP)
    day = parse_date(form.meeting) if form.meeting.strip() else None
    if form.meeting.strip() and day is None:
        raise Refused(_NO_DAY)
    return proposals.Decision(form.step, day, form.reason)


@router.get("/n/{code}/proposals/{record_id}/map")
def proposal_map(
    request: Request, code: str, record_id: str, store: StoreDep, actor: ActorDep, lang: LangDep
) -> HTMLResponse:
    """Show the land of a proposal on a small map."""
    where = (PROPOSAL.name, record_id)
    return HTMLResponse(record_map.record_map(store, code, actor, where, lang, request.state.nonce))


@router.get(f"/n/{{code}}/{PROPOSAL.name}/{{record_id}}")
def from_map(code: str, record_id: str) -> Response:
    """Lead from the popup of the map to the proposal's own page."""
    return RedirectResponse(network_path(code, "proposals", record_id), 303)
