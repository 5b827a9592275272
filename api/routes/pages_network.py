"""Pages: the list of networks, one network, its map, its analyses; language and user."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api import city
from api.context import LANG_COOKIE, ROLE_COOKIE, ActorDep, LangDep, StoreDep
from api.forms import media_type
from api.operation import attachment, saved
from api.pages.answers import answers
from api.pages.city_page import city_page
from api.pages.render import local_address, map_head, network_path, page
from api.pages.result_table import listing, shown
from api.routes.problem_page import PageRoute
from gis.geometry import Bounds
from surveys import communities, networks, records, view
from surveys.dates import today
from surveys.errors import NotFound, Refused
from surveys.export import Listing, list_xlsx
from surveys.planning.analysis import ANALYSES, as_json
from surveys.planning.result import as_csv
from surveys.roles import ROLES
from surveys.words import LANGS, Words, words

router = APIRouter(include_in_schema=False, route_class=PageRoute)
_YEAR_S = 365 * 24 * 3600
Facts = list[dict[str, Any]]
# What the list of networks counts.
_COUNTED = ("community", "house", "household")
_NO_NAME = words("กรุณาเขียนชื่อเครือข่าย", "A network needs a name.")
_NO_FILE = words("มีเฉพาะ Excel CSV และ JSON", "There is Excel, CSV and JSON only.")
_BOUNDS = words("ขอบเขตต้องเป็นตัวเลขสี่ตัวคั่นด้วยจุลภาค", "Bounds are four numbers between commas.")


@router.get("/")
def home(request: Request, store: StoreDep, actor: ActorDep) -> HTMLResponse:
    """Show every network."""
    return _home(request, networks.listed(store, actor), {"code": "", "name": "", "bounds": ""})


def _home(
    request: Request, listed: Facts, typed: dict[str, str], error: Words | None = None, status: int = 200
) -> HTMLResponse:
    for one in listed:
        counts = one["counts"]
        one["figures"] = [(records.ALL[name], counts[name]) for name in _COUNTED if name in counts]
    return page(request, "home.html", status=status, networks=listed, typed=typed, error=error)


@router.post("/networks")
def add_network(
    request: Request, store: StoreDep, actor: ActorDep,
    code: Annotated[str, Form()] = "", name: Annotated[str, Form()] = "", bounds: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Add a network; what was typed is kept when something is wrong."""
    try:
        if not name.strip():
            raise Refused(_NO_NAME)
        networks.add(store, actor, code.strip(), name.strip(), _bounds(bounds))
    except Refused as wrong:
        typed = {"code": code, "name": name, "bounds": bounds}
        return _home(request, networks.listed(store, actor), typed, wrong.said, 409)
    return RedirectResponse(network_path(code.strip()), 303)


def _bounds(text: str) -> Bounds | None:
    if not text.strip():
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise Refused(_BOUNDS) from None
    return west, south, east, north


@router.get("/lang/{lang}")
def choose_language(lang: str, next: Annotated[str, Query()] = "/") -> Response:
    """Keep the language a person chose."""
    answer = RedirectResponse(local_address(next), 303)
    if lang in LANGS:
        answer.set_cookie(LANG_COOKIE, lang, max_age=_YEAR_S, httponly=True, samesite="lax")
    return answer


@router.post("/actor")
def choose_actor(role: Annotated[str, Form()] = "", next: Annotated[str, Form()] = "/") -> Response:
    """Keep the role a person chose, until accounts exist."""
    answer = RedirectResponse(local_address(next), 303)
    if role in ROLES:
        answer.set_cookie(ROLE_COOKIE, role, max_age=_YEAR_S, httponly=True, samesite="lax")
    return answer


@router.get("/n/{code}")
def network(request: Request, code: str, actor: ActorDep, lang: LangDep) -> HTMLResponse:
    """Show one network."""
    gathered = city_page(answers(request, code), today(), lang)
    return page(request, "city.html", network=code, section="", city=gathered, TYPES=records.ALL)


@router.post("/n/{code}/communities")
def create_community(
    code: str,
    store: StoreDep,
    actor: ActorDep,
    name: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",
) -> Response:
    """Create a community that records name; it is known, not surveyed."""
    communities.create(store, code, actor, name)
    return RedirectResponse(local_address(next) if next else network_path(code), 303)


@router.get("/n/{code}/map")
def city_map(request: Request, code: str, store: StoreDep, actor: ActorDep, lang: LangDep) -> HTMLResponse:
    """Show the map."""
    head = map_head(request, code)
    return HTMLResponse(city.served_page(store, code, actor, lang, (request.state.nonce, head)))


@router.get("/n/{code}/map.html")
def map_file(code: str, store: StoreDep, actor: ActorDep, lang: LangDep) -> Response:
    """Send the map as one file that needs no server."""
    text = city.standalone_page(store, code, actor, lang)
    return Response(text, media_type="text/html; charset=utf-8", headers=attachment(f"mankong-{code}.html"))


@router.get("/n/{code}/analysis")
def analyses(request: Request, code: str, store: StoreDep, actor: ActorDep) -> HTMLResponse:
    """List the analyses."""
    asked = view.questions(store, code, actor)
    return page(request, "analyses.html", network=code, section="", analyses=asked)


def _workbook(told: Listing, name: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="analysis-") as folder:
        path = Path(folder) / "analysis.xlsx"
        list_xlsx(told, path, name)
        return path.read_bytes()


@router.get("/n/{code}/analysis/{name}")
def analysis(request: Request, code: str, name: str, actor: ActorDep, lang: LangDep) -> Response:
    """Show an analysis as table and chart; with .xlsx, .csv or .json behind its name, as a file."""
    bare, _, suffix = name.partition(".")
    if suffix not in ("", "xlsx", "csv", "json"):
        raise NotFound(_NO_FILE)
    result = answers(request, code, as_file=bool(suffix)).result(bare)
    if suffix == "json":
        text = orjson.dumps(as_json(result), option=orjson.OPT_INDENT_2)
        return Response(text, media_type="application/json", headers=attachment(f"{code}-{bare}.json"))
    if suffix == "xlsx":
        return saved(_workbook(listing(result, lang), bare), f"{code}-{name}", media_type(name))
    table = shown(result, lang)
    if suffix == "csv":
        return Response(
            as_csv(result, lang),
            media_type="text/csv; charset=utf-8",
            headers=attachment(f"{code}-{bare}.csv"),
        )
    known = result.table.index[result.table["known"] == 1] if "known" in result.table else ()
    about = {str(key): network_path(code, "community", key) for key in known}
    facts: dict[str, Any] = {"analysis": ANALYSES[bare], "result": result, "shown": table, "link": about.get}
    return page(request, "analysis.html", network=code, section="", **facts)
