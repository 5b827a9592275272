"""Pages: survey rounds, and what a later one says against an earlier one."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from api.context import ActorDep, LangDep, StoreDep
from api.describe_rounds import Compared
from api.pages.communities import communities
from api.pages.render import network_path, page
from api.pages.rounds_page import TONES, as_csv, lines, round_map
from api.routes.problem_page import PageRoute
from surveys import networks, records, rounds
from surveys.errors import Refused
from surveys.intake import imports
from surveys.words import words

router = APIRouter(include_in_schema=False, route_class=PageRoute)

COMPARED = ("household", "house", "land_plot", "community")
# How many lines a page shows; the file has all.
PAGE = 50
_NO_TYPE = words("เทียบข้อมูลประเภทนี้ไม่ได้", "Records of this type are not compared.")


@router.get("/n/{code}/rounds")
def round_list(request: Request, code: str, store: StoreDep, actor: ActorDep) -> HTMLResponse:
    """List the imports by round; name a round, or choose two to compare."""
    found = rounds.listed(store, code, actor)
    facts: dict[str, Any] = {
        "rounds": found,
        "imports": {one["import_id"]: one for one in imports.history(store, code, actor)},
        "named": [one.name for one in found if one.name],
        "types": [records.ALL[name] for name in COMPARED],
    }
    return page(request, "rounds.html", network=code, section="imports", **facts)


@router.post("/n/{code}/rounds")
def name(
    code: str,
    store: StoreDep,
    actor: ActorDep,
    import_id: Annotated[int, Form(ge=1, le=2**53)],
    round: Annotated[str, Form()] = "",
) -> Response:
    """Say to which round an import belongs."""
    rounds.name(store, code, actor, import_id, round)
    return RedirectResponse(network_path(code, "rounds"), 303)


class Asked(BaseModel):
    """What the address asks of a comparison: two rounds, a type, one outcome only, a file, a page of the list."""

    before: str
    after: str
    type: str = COMPARED[0]
    what: str = ""
    format: str = ""
    page: Annotated[int, Field(ge=1, le=2**31)] = 1


@router.get("/n/{code}/rounds/compare")
def compare(
    request: Request,
    code: str,
    store: StoreDep,
    actor: ActorDep,
    lang: LangDep,
    asked: Annotated[Asked, Query()],
) -> Response:
    """Show what became of the records of a type between two rounds, as a page or as a file."""
    type_name = asked.type
    if type_name not in COMPARED:
        raise Refused(_NO_TYPE)
    names, record_type = communities(store, code).names, store.types(code)[type_name]
    if asked.format == "csv":
        frame = rounds.exported(store, code, actor, type_name, (asked.before, asked.after), ".csv")
        every = Compared((asked.before, asked.after), record_type, frame, names).picked(rounds.WHAT)
        return _file(f"{code}-{type_name}-rounds.csv", as_csv(lines(record_type, every, names, lang)))
    frame = rounds.compare(store, code, actor, type_name, (asked.before, asked.after))
    frame = rounds.placed(store, code, actor, type_name, frame)
    chosen = asked.what if asked.what in rounds.WHAT else ""
    found = Compared((asked.before, asked.after), record_type, frame, names)
    shown = found.picked([chosen] if chosen else rounds.TELLING)
    if asked.format == "map":
        of = networks.get(store, code, actor)
        return HTMLResponse(round_map(record_type, shown, (names, lang), request.state.nonce, of, frame))
    number = min(asked.page, max(-(-len(shown) // PAGE), 1))
    first = (number - 1) * PAGE
    facts: dict[str, Any] = {
        "before": asked.before,
        "after": asked.after,
        "type": record_type,
        "types": [records.ALL[name] for name in COMPARED],
        "what": chosen,
        "WHAT": rounds.WHAT,
        "TONES": TONES,
        "counts": found.counts,
        "lines": lines(record_type, shown.iloc[first : first + PAGE], names, lang, frame),
        "number": number,
        "first": first + 1,
        "found": len(shown),
        "total": len(frame),
        "placed": int(shown.geometry.notna().sum()),
    }
    return page(request, "rounds_compare.html", network=code, section="imports", **facts)


def _file(name: str, text: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)
