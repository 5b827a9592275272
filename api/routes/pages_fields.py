"""Pages: a network's own fields and choices, adding one, retiring one."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from api.context import ActorDep, StoreDep, get_actor
from api.pages.fields_page import PRIVACY, ChoiceForm, FieldForm, RetireForm, kind_words, lists, open_types
from api.pages.render import network_path, page
from api.routes.problem_page import PageRoute
from surveys import custom_fields, custom_rules
from surveys.custom_fields import OPEN_TYPES, Own
from surveys.errors import NotFound, Refused
from surveys.store.custom import KIND_WORDS, SECTIONS, kind_of
from surveys.store.store import Store
from surveys.words import Words

router = APIRouter(include_in_schema=False, route_class=PageRoute)
_NAMES = {"KIND_WORDS": KIND_WORDS, "PRIVACY": PRIVACY, "kind_of": kind_of, "kind_words": kind_words}


class JustAdded(BaseModel):
    """What was added just now, how many records are read by it, and the upload it was added for."""

    added: Annotated[str, Field(max_length=200)] = ""
    read: Annotated[int, Field(ge=0, le=2**53)] = 0
    job: Annotated[str, Field(max_length=64)] = ""


@router.get("/n/{code}/fields")
def field_list(
    request: Request, code: str, store: StoreDep, actor: ActorDep, just: Annotated[JustAdded, Query()]
) -> HTMLResponse:
    """List what a network has added."""
    facts: dict[str, Any] = {"own": custom_fields.listed(store, code, actor), **just.model_dump(), **_NAMES}
    return page(request, "fields.html", network=code, section="fields", **facts)


@router.get("/n/{code}/fields/new")
def new_field(
    request: Request, code: str, actor: ActorDep, asked: Annotated[FieldForm, Query()]
) -> HTMLResponse:
    """Ask what the field is; with ``do=look`` say what adding it would do.

    A heading that means a field by now is said at once, before anything is typed.
    """
    actor.must("define")
    try:
        if asked.do != "look":
            _check_heading(request.app.state.store, code, asked)
            return _field_form(request, code, asked)
        outcome = custom_fields.look(request.app.state.store, code, actor, asked.new())
    except Refused as wrong:
        return _field_form(request, code, asked, error=wrong.said, status=409)
    return _field_form(request, code, asked, outcome=outcome)


def _check_heading(store: Store, code: str, asked: FieldForm) -> None:
    if asked.heading and asked.type in OPEN_TYPES:
        custom_rules.check_heading(store.types(code)[asked.type], asked.heading)


def _field_form(
    request: Request, code: str, typed: FieldForm, *, status: int = 200, **more: Any
) -> HTMLResponse:
    store: Store = request.app.state.store
    types = store.types(code)
    if typed.type not in OPEN_TYPES:
        typed.type = "house"
    facts: dict[str, Any] = {
        "typed": typed, "types": open_types(types), "sections": SECTIONS[typed.type], "error": None, "outcome": None,
        **_NAMES, **more,
    }  # fmt: skip
    return page(request, "field_new.html", network=code, section="fields", status=status, **facts)


@router.post("/n/{code}/fields")
def add_field(
    request: Request, code: str, store: StoreDep, actor: ActorDep, form: Annotated[FieldForm, Form()]
) -> Response:
    """Add a field; what was typed is kept when something is wrong."""
    try:
        outcome = custom_fields.add_field(store, code, actor, form.new())
    except Refused as wrong:
        return _field_form(request, code, form, error=wrong.said, status=409)
    name = f"{form.type}.{outcome.field.name}"
    return RedirectResponse(
        network_path(code, "fields", added=name, read=outcome.tally.read, job=form.job), 303
    )


@router.get("/n/{code}/fields/choice")
def new_choice(
    request: Request, code: str, actor: ActorDep, asked: Annotated[ChoiceForm, Query()]
) -> HTMLResponse:
    """Ask what the choice is."""
    actor.must("define")
    return _choice_form(request, code, asked)


def _choice_form(
    request: Request, code: str, typed: ChoiceForm, error: Words | None = None, status: int = 200
) -> HTMLResponse:
    store: Store = request.app.state.store
    facts: dict[str, Any] = {
        "typed": typed, "lists": lists(store.types(code)), "error": error, "others": _others(request, code, typed),
    }  # fmt: skip
    return page(request, "choice_new.html", network=code, section="fields", status=status, **facts)


def _others(request: Request, code: str, typed: ChoiceForm) -> dict[str, int]:
    """Return the texts that wait for a choice in the field chosen."""
    try:
        found = custom_fields.others(request.app.state.store, code, get_actor(request), *typed.place())
    except (Refused, NotFound):
        # No field is chosen yet, or none that is there.
        return {}
    return dict(list(found.items())[:12])


@router.post("/n/{code}/fields/choices")
def add_choice(
    request: Request, code: str, store: StoreDep, actor: ActorDep, form: Annotated[ChoiceForm, Form()]
) -> Response:
    """Add a choice; what was typed is kept when something is wrong."""
    actor.must("define")
    try:
        read = custom_fields.add_choice(store, code, actor, form.new())
    except (Refused, NotFound) as wrong:
        return _choice_form(request, code, form, wrong.said, 409)
    added = f"{form.field}={form.code.strip()}"
    return RedirectResponse(network_path(code, "fields", added=added, read=read), 303)


@router.post("/n/{code}/fields/retire")
def retire(code: str, store: StoreDep, actor: ActorDep, form: Annotated[RetireForm, Form()]) -> Response:
    """Retire a field or choice of the network's own, or bring it back."""
    custom_fields.retire(store, code, actor, Own(form.type, form.field, form.choice), back=form.back)
    return RedirectResponse(network_path(code, "fields") + f"#{form.type}", 303)
