"""Giving the data back to a community (คืนข้อมูล): the meeting, the records to check, and what it said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import fields
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from api.context import ActorDep, StoreDep
from api.describe_returns import detail_out, returns_out, to_check
from api.operation import (
    ApiRoute,
    EdgeRefusal,
    HexId,
    Limit,
    NetworkCode,
    Offset,
    answers,
    file_answer,
)
from api.pages.returns_page import READ_OUT
from api.schemas import RecordPage
from api.schemas_returns import CorrectionFields, NewReturn, OutcomeFields, ReturnDetail, ReturnsOut
from api.uploads import invalid, plain_name
from surveys.city import return_corrections, returns
from surveys.city.return_corrections import Amendment, amended
from surveys.city.returns import MOST_BYTES, Meeting, Outcome
from surveys.lookup import Wanted
from surveys.words import words

router = APIRouter(prefix="/api/v1/networks/{code}/returns", tags=["returns"], route_class=ApiRoute)

BYTES = "application/octet-stream"
# What the form may hold besides the paper.
_FORM_BYTES = 1 << 20
_TOO_LARGE = words("ไฟล์แนบใหญ่เกิน 20 MB", "The paper attached is larger than 20 MB.")

# What is said of a meeting itself, and the texts that may be made empty.
_FACTS = tuple(fact.name for fact in fields(Meeting))
_TEXTS = frozenset({"place", "attended", "note", "reason"})

ReadOut = Annotated[
    str, Path(pattern=f"^({'|'.join(READ_OUT)})$", description="what is read out: " + ", ".join(READ_OUT))
]


@router.get(
    "",
    operation_id="list_returns",
    summary="How the data of each community stands with it, and the meetings",
    responses=answers(403),
)
def list_returns(code: NetworkCode, store: StoreDep, actor: ActorDep) -> ReturnsOut:
    """Return of every community whether it has agreed to its data, and the meetings, the newest first."""
    return returns_out(store, code, actor)


@router.post(
    "",
    operation_id="hold_return",
    summary="Record a meeting that gives the data back to a community",
    status_code=201,
    responses=answers(403, 409),
)
def hold(
    code: NetworkCode, new: NewReturn, store: StoreDep, actor: ActorDep, response: Response
) -> ReturnDetail:
    """Record the meeting; the data is being checked from then on, and corrections may name the meeting."""
    actor.must("edit")
    store.revision(code)
    made = returns.hold(store, code, actor, Meeting(**new.model_dump()))
    response.headers["Location"] = f"/api/v1/networks/{code}/returns/{made['id']}"
    return detail_out(code, made)


@router.get(
    "/{record_id}",
    operation_id="get_return",
    summary="One meeting, with what was corrected",
    responses=answers(403),
)
def get_return(code: NetworkCode, record_id: HexId, store: StoreDep, actor: ActorDep) -> ReturnDetail:
    """Return a meeting with the corrections made at it, in the order they were made."""
    return detail_out(code, returns.get(store, code, actor, record_id))


def _place(code: NetworkCode, record_id: HexId, type_name: ReadOut) -> tuple[str, str, str]:
    return code, record_id, type_name


def _wanted(
    limit: Limit = 100,
    offset: Offset = 0,
    q: Annotated[str, Query(max_length=80, description="part of a number, or of the name of a head")] = "",
) -> Wanted:
    return Wanted(q, None, limit, offset)


@router.get(
    "/{record_id}/records/{type_name}",
    operation_id="list_return_records",
    summary="The records that a meeting checks, in the order of the plan",
    responses=answers(403),
)
def records_to_check(
    place: Annotated[tuple[str, str, str], Depends(_place)],
    wanted: Annotated[Wanted, Depends(_wanted)],
    store: StoreDep,
    actor: ActorDep,
) -> RecordPage:
    """Return the current houses, plots or households of the community; each is corrected with `correct_record`."""
    return to_check(store, place[0], actor, place[1:], wanted)


def _form_of(model: type[BaseModel]) -> dict[str, Any]:
    """Describe a form of these texts with the paper."""
    schema = model.model_json_schema()
    paper = {"type": "string", "format": "binary", "description": "a scan of the signed list, at most 20 MB"}
    schema["properties"]["paper"] = paper
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


async def _form(request: Request, actor: ActorDep) -> AsyncIterator[FormData]:
    """Read the form with the paper; one that is too large is not read at all, nor one of somebody who may not."""
    actor.must("edit")
    length = request.headers.get("content-length", "")
    if not (length.isascii() and length.isdecimal()):
        raise invalid("คำขอต้องบอกขนาด (Content-Length)", "The request has to say its Content-Length.")
    if len(length) > 12 or int(length) > MOST_BYTES + _FORM_BYTES:
        raise EdgeRefusal(413, "TooLarge", _TOO_LARGE)
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise invalid("ต้องส่งเป็นแบบฟอร์ม multipart", "Send a multipart/form-data form.")
    try:
        form = await request.form(max_files=1, max_fields=20)
    except HTTPException:
        raise invalid("อ่านแบบฟอร์มไม่ได้", "The multipart form cannot be read.") from None
    try:
        yield form
    finally:
        await form.close()


@router.post(
    "/{record_id}/outcome",
    operation_id="conclude_return",
    summary="Record whether the community agreed",
    responses=answers(403, 409, 413),
    openapi_extra=_form_of(OutcomeFields),
)
def conclude(
    code: NetworkCode, record_id: HexId, form: Annotated[FormData, Depends(_form)], store: StoreDep, actor: ActorDep
) -> ReturnDetail:  # fmt: skip
    """Record the outcome with a scan of the signed list; where it agreed its survey state says so from then on."""
    return detail_out(code, returns.conclude(store, code, actor, record_id, _outcome(form)))


@router.post(
    "/{record_id}/corrections",
    operation_id="correct_return",
    summary="Correct what was recorded wrongly of a meeting",
    responses=answers(403, 409, 412, 413),
    openapi_extra=_form_of(CorrectionFields),
)
def correct(
    code: NetworkCode, record_id: HexId, form: Annotated[FormData, Depends(_form)], store: StoreDep, actor: ActorDep
) -> ReturnDetail:  # fmt: skip
    """Say what is right of a meeting; what is not sent stays, and the wrong entry stands in the history."""
    right = _amendment(form)
    correction = amended(returns.get(store, code, actor, record_id), right)
    return detail_out(code, return_corrections.correct(store, code, actor, record_id, correction))


Fields = TypeVar("Fields", bound=BaseModel)


def _read(form: FormData, model: type[Fields], may_be_empty: frozenset[str] = frozenset()) -> Fields:
    """Read the texts of a form; an empty one says nothing, but of those that may be empty.

    Raises
    ------
    RequestValidationError
        If a part of it is not right.
    """
    texts = {
        name: value
        for name, value in form.items()
        if not (name == "paper" and isinstance(value, UploadFile))
        and (name in may_be_empty or not isinstance(value, str) or value.strip())
    }
    try:
        return model.model_validate(texts)
    except ValidationError as wrong:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in wrong.errors(include_context=False)]
        raise RequestValidationError(faults) from None


def _outcome(form: FormData) -> Outcome:
    said = _read(form, OutcomeFields)
    return Outcome(said.agreed == "true", said.on, said.reason, _paper(form))


def _amendment(form: FormData) -> Amendment:
    said = _read(form, CorrectionFields, _TEXTS)
    given: dict[str, Any] = {**said.model_dump(exclude_unset=True)}
    facts = {name: given[name] for name in _FACTS if name in given}
    outcome: dict[str, Any] = {name: given[name] for name in ("on", "reason") if name in given}
    if said.agreed in ("true", "false"):
        outcome["agreed"] = said.agreed == "true"
    paper = _paper(form)
    return Amendment(
        said.why, facts, outcome | ({"paper": paper} if paper else {}), said.agreed == "open", said.seen
    )


def _paper(form: FormData) -> tuple[str, bytes] | None:
    sent = form.get("paper")
    return _kept(sent) if isinstance(sent, UploadFile) else None


def _kept(paper: UploadFile) -> tuple[str, bytes] | None:
    """Return the name and the bytes of the paper; None for a part of the form in which no file was chosen."""
    content = paper.file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise EdgeRefusal(413, "TooLarge", _TOO_LARGE)
    return (plain_name(paper.filename), content) if paper.filename else None


@router.get(
    "/{record_id}/paper",
    operation_id="get_return_paper",
    summary="The paper attached to a meeting",
    response_class=FileResponse,
    responses=answers(403)
    | file_answer(BYTES, "The paper as it was sent, to be saved; it is never opened here."),
)
def paper(code: NetworkCode, record_id: HexId, store: StoreDep, actor: ActorDep) -> FileResponse:
    """Return the paper under the name it came with; 404 where there is none."""
    name, path = returns.paper(store, code, actor, record_id)
    return FileResponse(path, media_type=BYTES, filename=name)
