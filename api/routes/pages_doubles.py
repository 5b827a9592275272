"""Pages: households that may be one, side by side, and what a person decides on them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel

from api.context import ActorDep, StoreDep, get_actor, get_lang
from api.describe_doubles import UNKNOWN_PAIR, counts_of, picked
from api.pages.answers import answers
from api.pages.communities import communities
from api.pages.doubles_page import (
    PAGE,
    TONES,
    compared,
    copied_words,
    home,
    lacking,
    member_lines,
    next_after,
    pair_rows,
)
from api.pages.network_reader import reader
from api.pages.render import network_path, page
from api.routes.problem_page import PageRoute
from surveys.city import double_decisions, households
from surveys.city.decided import Said
from surveys.city.double_decisions import DECISION, STATES, Case, Cases, Decision
from surveys.city.double_rules import RULES
from surveys.city.doubles import between
from surveys.dates import parse_date, show_date, today
from surveys.errors import NotFound, Refused
from surveys.planning.links import HOUSEHOLD
from surveys.sight import Sight
from surveys.store.store import Store
from surveys.words import Words, words

router = APIRouter(include_in_schema=False, route_class=PageRoute)

NO_DAY = words(
    "อ่านวันที่ไม่ได้ เขียนแบบ 21 พ.ย. 2569 หรือ 21/11/2569",
    "The date cannot be read; write 21/11/2026 or 21/11/2569.",
)
# What a form says: which of the two is kept, or the decision itself.
_KEEPS = {"keep_first": 0, "keep_second": 1}


class Asked(BaseModel):
    """What the address asks of the list."""

    state: str = ""
    rule: str = ""
    community: str = ""
    page: str = "1"


class DecisionForm(BaseModel):
    """The form of a decision as it is sent; ``copy`` are "first:FIELD" or "second:FIELD", the side that gets it."""

    said: str = ""
    copy_to: list[str] = []
    close_members: str = ""
    reason: str = ""
    resolution: str = ""
    meeting: str = ""
    seen_first: str = ""
    seen_second: str = ""
    seen_decision: str = ""


class WithdrawForm(BaseModel):
    """The form that takes a decision back."""

    decision: str = ""
    reason: str = ""
    seen_decision: str = ""


def _cases(request: Request, code: str) -> Cases:
    actor, store = get_actor(request), request.app.state.store
    actor.must("see_households")
    return double_decisions.cases(store, code, actor, answers(request, code).pairs)


@router.get("/n/{code}/doubles")
def double_list(request: Request, code: str, asked: Annotated[Asked, Query()]) -> HTMLResponse:
    """List the pairs of households that may be one, and the decisions made."""
    store: Store = request.app.state.store
    actor, lang = get_actor(request), get_lang(request)
    cases, known = _cases(request, code), communities(store, code)
    texts = households.communities_of(store, code, (one for case in cases.waiting for one in case.pair.ids))
    places = {key: known.of(text) or text or "" for key, text in texts.items()}
    there = {places.get(case.pair.first, "") for case in cases.waiting}
    found = _found(cases, asked, places)
    number = (
        max(int(asked.page), 1)
        if asked.page.isascii() and asked.page.isdigit() and len(asked.page) < 8
        else 1
    )
    shown = found[(number - 1) * PAGE : number * PAGE]
    write = reader(store, code, actor, lang, known)
    facts: dict[str, Any] = {
        "asked": asked, "found": len(found), "number": number, "pages": max(-(-len(found) // PAGE), 1),
        "rows": pair_rows(store, code, actor, shown, write), "counts": counts_of(cases), "notes": cases.notes,
        "communities": sorted(((key, known.names.get(key, key)) for key in there if key), key=lambda pair: pair[1]),
        "lost": cases.lost, "decided": cases.decided if asked.state == "decided" else (),
        "STATES": STATES, "RULES": RULES, "fields": DECISION.by_name, "TONES": TONES, "known": known,
    }  # fmt: skip
    return page(request, "doubles.html", network=code, section="", **facts)


def _found(cases: Cases, asked: Asked, places: Mapping[str, str]) -> list[Case]:
    """Return the pairs that the address asks for; what it asks that cannot be is left out."""
    state, rule = asked.state if asked.state in STATES else "", asked.rule if asked.rule in RULES else ""
    among = frozenset(key for key, place in places.items() if place == asked.community)
    return picked(cases, state, rule, among if asked.community else None)


def _place(code: str, first: str, second: str) -> tuple[str, str, str]:
    """Two households in the order their page has them."""
    return code, min(first, second), max(first, second)


Place = Annotated[tuple[str, str, str], Depends(_place)]


@router.get("/n/{code}/doubles/{first}/{second}")
def double_page(request: Request, place: Place) -> HTMLResponse:
    """Show two households side by side, and ask whether they are one."""
    return _pair_page(request, place, DecisionForm())


def _pair_page(
    request: Request,
    place: tuple[str, str, str],
    typed: DecisionForm,
    error: Words | None = None,
    status: int = 200,
) -> HTMLResponse:
    code, *pair = place
    store: Store = request.app.state.store
    actor, lang = get_actor(request), get_lang(request)
    cases = _cases(request, code)
    told = households.told(store, code, actor, pair)
    if len(told) < 2:
        raise NotFound(UNKNOWN_PAIR)
    first, second = (told[one] for one in pair)
    known = communities(store, code)
    sight = Sight.of(store.types(code)[HOUSEHOLD], actor)
    write = reader(store, code, actor, lang, known)
    past = double_decisions.history(store, code, actor, *pair)
    answered = answers(request, code)
    alike = between(answered.pairs.pairs, *pair)
    unplaced = answered.unplaced(HOUSEHOLD)
    members = double_decisions.members_of(store, code, *pair)
    facts: dict[str, Any] = {
        "first": home(first, sight, write), "second": home(second, sight, write),
        "versions": (first.version, second.version), "rows": compared(first, second, sight, write, unplaced),
        "evidence": alike.evidence if alike else (), "RULES": RULES,
        "state": next((case.state for case in cases.waiting if case.pair == alike), None) if alike else None,
        "lacking": {"first": lacking(sight, first, second), "second": lacking(sight, second, first)},
        "members": member_lines(store, code, actor, members, (first, second)),
        "history": [(row, copied_words(row, sight.record_type)) for row in past],
        "standing": next((row for row in cases.decided if [row["first"], row["second"]] == pair), None),
        "next": next_after(cases.waiting, (pair[0], pair[1])), "typed": typed, "error": error, "STATES": STATES,
        "fields": DECISION.by_name, "TONES": TONES, "today_text": show_date(today(), lang),
    }  # fmt: skip
    return page(request, "doubles_pair.html", network=code, section="", status=status, **facts)


@router.post("/n/{code}/doubles/{first}/{second}")
def decide(
    request: Request, place: Place, store: StoreDep, actor: ActorDep, form: Annotated[DecisionForm, Form()]
) -> Response:
    """Record what was decided; what was typed is kept when it cannot be."""
    code, first, second = place
    actor.must("see_households", "settle")
    try:
        decision = _decision(form, (first, second))
        double_decisions.decide(store, code, actor, decision, answers(request, code).pairs)
    except Refused as wrong:
        return _pair_page(request, place, form, wrong.said, 409)
    return RedirectResponse(network_path(code, "doubles", first, second, done=1), 303)


def _decision(form: DecisionForm, pair: tuple[str, str]) -> Decision:
    keep = pair[_KEEPS[form.said]] if form.said in _KEEPS else None
    side = {"keep_first": "first:", "keep_second": "second:"}.get(form.said, "")
    copied = [text.removeprefix(side) for text in form.copy_to if side and text.startswith(side)]
    seen = seen_in(f"{pair[0]}:{form.seen_first}", f"{pair[1]}:{form.seen_second}", form.seen_decision)
    said = Said(form.reason, form.resolution, day_of(form.meeting))
    return Decision(
        *pair, "one" if keep else form.said, said, keep, copied, bool(keep and form.close_members), seen
    )


def seen_in(*texts: str) -> dict[str, int]:
    """Read which versions a person looked at, by id, as forms carry them: "ID:VERSION"; others are left out."""
    parts = (text.partition(":") for text in texts)
    return {
        key: int(number)
        for key, _, number in parts
        if number.isascii() and number.isdigit() and len(number) < 10
    }


def day_of(text: str) -> date | None:
    """Read the day of a meeting; None for an empty field.

    Raises
    ------
    Refused
        If the text is no date.
    """
    if not text.strip():
        return None
    day = parse_date(text)
    if day is None:
        raise Refused(NO_DAY)
    return day


@router.post("/n/{code}/doubles/{first}/{second}/withdraw")
def withdraw(
    request: Request, place: Place, store: StoreDep, actor: ActorDep, form: Annotated[WithdrawForm, Form()]
) -> Response:
    """Take the decision that stands back."""
    code, first, second = place
    try:
        seen = seen_in(form.seen_decision).get(form.decision, 0)
        double_decisions.withdraw(store, code, actor, form.decision, form.reason, seen)
    except Refused as wrong:
        return _pair_page(request, place, DecisionForm(), wrong.said, 409)
    return RedirectResponse(network_path(code, "doubles", first, second, done=1), 303)
