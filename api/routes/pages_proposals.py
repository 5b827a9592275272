"""Pages: land proposals, filing one, deciding on one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel

from api.context import ActorDep, LangDep, StoreDep, get_actor, get_lang
from api.pages import record_map
from api.pages.communities import communities
from api.pages.proposal_targets import NUMBERED, chosen, listed_communities, named, targets_of, together
from api.pages.proposals_page import EXPLAINED, TAKE_BACK, TONES, TypedStep, by_turn, carried, possible, since
from api.pages.render import network_path, page, show_day
from api.routes.problem_page import PageRoute
from surveys import records
from surveys.city import proposals
from surveys.city.proposal_steps import STEPS, waits_for
from surveys.dates import day_of, moment, parse_date, today
from surveys.errors import Refused
from surveys.lists import OPTIONS
from surveys.store.store import Store
from surveys.words import Words, words

router = APIRouter(include_in_schema=False, route_class=PageRoute)

PROPOSAL = records.ALL["land_proposal"]
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
    filed: str = ""
    target: list[str] = []
    kind: str = "land_plot"
    community: str = ""
    numbers: str = ""
    do: str = "file"


class StepForm(BaseModel):
    """The form of a step as it is sent; ``seen`` is the version of the proposal the person looked at."""

    step: str = ""
    meeting: str = ""
    reason: str = ""
    seen: int | None = None


class CorrectionForm(StepForm):
    """The form of a correction as it is sent: what should stand, and what was recorded wrongly."""

    why: str = ""


@dataclass
class Typed:
    """What stands in the form of a new proposal."""

    title: str = ""
    option: str = ""
    households: str = ""
    filed: str = ""
    targets: list[tuple[str, str]] = field(default_factory=list)
    kind: str = "land_plot"
    community: str = ""
    numbers: str = ""


@router.get("/n/{code}/proposals")
def proposal_list(request: Request, code: str, store: StoreDep, actor: ActorDep) -> HTMLResponse:
    """List the proposals of a network."""
    facts: dict[str, Any] = {
        "parts": by_turn(proposals.listed(store, code, actor)),
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
        "communities": listed_communities(known),
        "NUMBERED": NUMBERED,
        "numbered": [one for one in about if one.numbered],
        "chosen": {one.value for one in about},
        "today_text": show_day(today(), lang),
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
    return proposals.Draft(typed.title, typed.option, typed.households, typed.targets, _day(typed.filed))


def _day(text: str) -> date | None:
    day = parse_date(text) if text.strip() else None
    if text.strip() and day is None:
        raise Refused(_NO_DAY)
    return day


@router.get("/n/{code}/proposals/{record_id}")
def proposal_page(
    request: Request, code: str, record_id: str, recorded: Annotated[bool, Query()] = False
) -> HTMLResponse:
    """Show a proposal with its history, and what can be done with it."""
    return _proposal(request, (code, record_id), TypedStep(), {"recorded": recorded})


def _proposal(
    request: Request, where: tuple[str, str], typed: TypedStep, more: dict[str, Any], status: int = 200
) -> HTMLResponse:
    store: Store = request.app.state.store
    code, record_id = where
    lang, actor = get_lang(request), get_actor(request)
    found = proposals.get(store, code, actor, record_id)
    targets = [(kind, key) for kind, key in found["targets"]]
    facts: dict[str, Any] = {
        "proposal": found,
        "PROPOSAL": PROPOSAL.name,
        "fields": PROPOSAL.by_name,
        "groups": together(named(store, code, targets, communities(store, code), lang)),
        "TONES": TONES,
        "STEPS": STEPS,
        "TAKE_BACK": TAKE_BACK,
        "possible": possible(found, actor, typed, lang),
        "waits_for": waits_for(found["state"]),
        "typed_in": day_of(moment(found["history"][-1]["opened_at"])).isoformat(),
        "happened": since(found["history"], typed.seen),
        "placed": record_map.has_place(store, code, actor, PROPOSAL.name, record_id),
        "today_text": show_day(today(), lang),
        "error": None,
        "recorded": False,
        **more,
    }
    return page(request, "proposal.html", network=code, section="proposals", status=status, **facts)


@router.post("/n/{code}/proposals/{record_id}")
def decide(
    request: Request, code: str, record_id: str, actor: ActorDep, form: Annotated[StepForm, Form()]
) -> Response:
    """Record what the committee decided, or submit again, or withdraw; what was typed is kept."""
    store: Store = request.app.state.store
    try:
        proposals.decide(store, code, actor, record_id, _decision(form))
    except Refused as wrong:
        typed = TypedStep(**form.model_dump())
        return _proposal(request, (code, record_id), typed, {"error": wrong.said}, 409)
    return RedirectResponse(network_path(code, "proposals", record_id, recorded=1), 303)


@router.post("/n/{code}/proposals/{record_id}/corrections")
def correct(
    request: Request, code: str, record_id: str, actor: ActorDep, form: Annotated[CorrectionForm, Form()]
) -> Response:
    """Correct the last step, recorded wrongly; what was typed is kept."""
    store: Store = request.app.state.store
    try:
        left = (
            {"reason": ""}
            if carried(proposals.get(store, code, actor, record_id), form.step, form.reason)
            else {}
        )
        instead = None if form.step == TAKE_BACK else _decision(form.model_copy(update=left))
        proposals.correct(store, code, actor, record_id, proposals.Correction(form.why, instead, form.seen))
    except Refused as wrong:
        typed = TypedStep(**form.model_dump(), correcting=True)
        return _proposal(request, (code, record_id), typed, {"error": wrong.said}, 409)
    return RedirectResponse(network_path(code, "proposals", record_id, recorded=1), 303)


def _decision(form: StepForm) -> proposals.Decision:
    if not form.step:
        raise Refused(_NO_STEP)
    return proposals.Decision(form.step, _day(form.meeting), form.reason, form.seen)


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
