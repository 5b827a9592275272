"""Pages: forms to fill in and sheets to print, as files to save."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.context import ActorDep, LangDep, StoreDep
from api.forms import FormAsked, form_file, media_type, print_sheet, sheet_name
from api.operation import saved
from api.routes.problem_page import PageRoute
from api.routes.v1_forms import Printing

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/n/{code}/form/{name}")
def form(
    code: str, name: str, store: StoreDep, actor: ActorDep, lang: LangDep,
    community: Annotated[str, Query()] = "",
) -> Response:  # fmt: skip
    """Send a form: TYPE.xlsx, TYPE.pdf or TYPE.xlsform.xlsx."""
    asked = FormAsked.named(name, lang, community)
    return saved(form_file(store, code, actor, asked), f"{code}-{name}", media_type(name))


@router.get("/n/{code}/sheet/{name}.pdf")
def sheet(code: str, name: str, store: StoreDep, actor: ActorDep, lang: LangDep, how: Printing) -> Response:
    """Print a sheet."""
    asked = replace(how, kind=name, lang=lang)
    content = print_sheet(store, code, actor, asked)
    return saved(content, sheet_name(store, code, actor, asked), media_type(".pdf"))
