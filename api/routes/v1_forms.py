"""Forms to fill in and sheets to print, as files."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from api.context import ActorDep, LangDep, StoreDep
from api.forms import SHEETS, FormAsked, SheetAsked, form_file, media_type, print_sheet, sheet_name
from api.operation import ApiRoute, NetworkCode, answers, file_answer, saved

router = APIRouter(prefix="/api/v1/networks", tags=["forms"], route_class=ApiRoute)

FormName = Annotated[
    str,
    Path(
        description="TYPE.xlsx (a template workbook), TYPE.xlsform.xlsx (for KoboToolbox and ODK) or TYPE.pdf "
        "(a questionnaire), TYPE being the name of a record type",
        examples=["household.xlsx"],
    ),
]
SheetName = Annotated[str, Path(description=" | ".join(SHEETS), examples=["checking"])]
OneCommunity = Annotated[
    str, Query(max_length=200, description="one community: its id, its code or any name of it")
]


@router.get(
    "/{code}/forms/{name}",
    operation_id="get_form",
    summary="A form to fill in: what comes back goes in with no mapping",
    response_class=Response,
    responses=answers(403, 409) | file_answer(media_type(".xlsx"), "The form."),
)
def get_form(
    code: NetworkCode,
    name: FormName,
    store: StoreDep,
    actor: ActorDep,
    lang: LangDep,
    community: OneCommunity = "",
) -> Response:
    """Make the form of a record type with the network's own fields, choices and communities."""
    asked = FormAsked.named(name, lang, community)
    return saved(form_file(store, code, actor, asked), f"{code}-{name}", media_type(name))


def printing(
    community: OneCommunity = "",
    paper: Annotated[str, Query(max_length=10, description="A3 or A4 (in parts): of the plan")] = "A3",
    closing: Annotated[str, Query(max_length=40, description="until when objections are taken, a date")] = "",
) -> SheetAsked:
    """Read how a sheet is to be printed."""
    return SheetAsked(community=community, paper=paper, closing=closing)


Printing = Annotated[SheetAsked, Depends(printing)]


@router.get(
    "/{code}/sheets/{name}.pdf",
    operation_id="print_sheet",
    summary="A sheet to print for a meeting",
    response_class=Response,
    responses=answers(403, 409)
    | file_answer(media_type(".pdf"), "The sheet; that it was printed is logged."),
)
def get_sheet(
    code: NetworkCode, name: SheetName, store: StoreDep, actor: ActorDep, lang: LangDep, how: Printing
) -> Response:
    """Print the plan of a community, its list of houses and heads, or both, for checking; names by right."""
    asked = replace(how, kind=name, lang=lang)
    content = print_sheet(store, code, actor, asked)
    return saved(content, sheet_name(store, code, actor, asked), media_type(".pdf"))
