"""Files in: sent, examined, looked at, confirmed; the imports they became, undone and redone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse

from api import work
from api.context import ActorDep, JobsDep, LangDep, SettingsDep, StoreDep
from api.forms import media_type
from api.operation import (
    ApiRoute,
    HexId,
    ImportId,
    NetworkCode,
    answers,
    attachment,
    file_answer,
    saved,
    written,
)
from api.pages.changes import Teller, csv_lines
from api.pages.communities import communities
from api.pages.network_reader import reader
from api.preview import preview_geojson
from api.receipt import print_receipt
from api.schemas import PreviewCollection
from api.schemas_work import Accepted, ChangedOut, ImportOut, Report, Turned, UploadFields
from api.schemas_work import Job as JobOut
from surveys.errors import NotFound
from surveys.intake import imports, kept_out
from surveys.intake.changed import changed, listed
from surveys.intake.examination import Examination
from surveys.intake.returned import came_back_to
from surveys.jobs import Job
from surveys.roles import Actor
from surveys.store.store import Store
from surveys.words import Lang, words

router = APIRouter(prefix="/api/v1", route_class=ApiRoute)

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PROBLEMS = file_answer(
    "text/csv", "Every problem: severity, code, layer, row, column, value, words and remedy."
)
_CHANGES = file_answer("text/csv", "One line a field that changes: record, field, value before and after.")
_KEPT_OUT = file_answer(XLSX, "The rows as they stood in the file, each with its number, reason and remedy.")


def _form_schema() -> dict[str, Any]:
    """Describe the form of an upload; its JSON parts are texts in the form."""
    schema = UploadFields.model_json_schema()
    json_text = {"type": "string", "contentMediaType": "application/json"}
    for name in ("columns", "layers", "communities"):
        schema["properties"][name] = json_text | {"description": schema["properties"][name]["description"]}
    file = {"type": "string", "format": "binary", "description": "the file, in any of the formats read"}
    schema["properties"] = {"file": file, **schema["properties"]}
    return schema | {"required": ["file"]}


_FORM = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _form_schema()}}}}


@router.post(
    "/networks/{code}/imports",
    operation_id="send_file",
    tags=["imports"],
    summary="Send a survey file to be examined",
    status_code=202,
    responses=answers(403, 413, 507),
    openapi_extra=_FORM,
)
async def send_file(
    code: NetworkCode, request: Request, jobs: JobsDep, settings: SettingsDep, actor: ActorDep
) -> Accepted:
    """Take a file in and start examining it; nothing is in the store until it is confirmed."""
    job_id = await work.send(request, jobs, code, actor, settings.max_upload_mb)
    return Accepted(job=job_id, links=_job_links(job_id))


def _job_links(job_id: str) -> dict[str, str]:
    own = f"/api/v1/jobs/{job_id}"
    last = {"problems": "problems.csv", "changes": "changes.csv", "quarantined": "quarantined.xlsx"}
    steps = {name: name for name in ("cancel", "confirm", "preview")} | last
    return {"self": own} | {name: f"{own}/{part}" for name, part in steps.items()}


def _job(job: Job) -> JobOut:
    said = job.as_json()
    result = said.pop("result") or {}
    outcome = (
        {"report": None, "error": result["error"]}
        if "error" in result
        else {"report": result or None, "error": None}
    )
    return JobOut.model_validate(said | outcome | {"links": _job_links(job.id)})


@router.get(
    "/jobs/{job_id}",
    operation_id="get_job",
    tags=["imports"],
    summary="How far the examination of a file is, and what it found",
    responses=answers(403),
)
def get_job(job_id: HexId, jobs: JobsDep, actor: ActorDep) -> JobOut:
    """Return a job; ask again until its state is done, failed or cancelled."""
    actor.must("import")
    job = _job(jobs.get(job_id))
    if job.report is not None:
        # As far as whoever asks sees them, not whoever sent the file.
        found = Examination.there(jobs.folder(job_id))
        told = listed(jobs.store, found, actor) if found else ()
        job.report.changes = [ChangedOut.model_validate(one) for one in told]
    return job


@router.post(
    "/jobs/{job_id}/cancel",
    operation_id="cancel_job",
    tags=["imports"],
    summary="Stop an examination, or drop an examined file",
    responses=answers(403, 409),
)
def cancel_job(job_id: HexId, jobs: JobsDep, actor: ActorDep) -> JobOut:
    """Stop the work and delete the file; nothing of it was in the store."""
    actor.must("import")
    return _job(work.cancel(jobs, job_id))


@router.post(
    "/jobs/{job_id}/confirm",
    operation_id="confirm_job",
    tags=["imports"],
    summary="Take the rows of an examined file",
    status_code=201,
    responses=answers(403, 409)
    | {
        200: {"model": Report, "description": "Nothing changed: all of it was here already (status same)."},
        201: {"description": "The rows are committed; Location is the import."},
    },
    response_model=Report,
)
async def confirm_job(job_id: HexId, jobs: JobsDep, actor: ActorDep) -> Response:
    """Take the rows in one transaction, in a process of its own, and answer once it is committed."""
    actor.must("import")
    report = Report.model_validate(await work.accepted(jobs, job_id, actor))
    if report.status == "same":
        return JSONResponse(report.model_dump(), 200)
    return JSONResponse(report.model_dump(), 201, {"Location": f"/api/v1/imports/{report.import_id}"})


@router.get(
    "/jobs/{job_id}/preview",
    operation_id="preview_job",
    tags=["imports"],
    summary="The shapes of an examined file, those kept out first",
    response_model=PreviewCollection,
    responses=answers(403, 409) | {200: {"content": {"application/geo+json": {}}}},
)
def preview_job(job_id: HexId, jobs: JobsDep, actor: ActorDep) -> Response:
    """Return at most 2,000 shapes with what becomes of their rows, and how many there are in all."""
    actor.must("import")
    work.examined(jobs, job_id)
    try:
        shapes = preview_geojson(jobs.folder(job_id))
    except FileNotFoundError:
        taken = words("ไฟล์นี้รับเข้าแล้ว ดูได้ในแผนที่", "This file was taken; its shapes are on the map.")
        raise NotFound(taken) from None
    return Response(shapes, media_type="application/geo+json")


@router.get(
    "/jobs/{job_id}/problems.csv",
    operation_id="list_job_problems",
    tags=["imports"],
    summary="Every problem of an examined file",
    response_class=StreamingResponse,
    responses=answers(403, 409) | _PROBLEMS,
)
def job_problems(job_id: HexId, jobs: JobsDep, actor: ActorDep) -> StreamingResponse:
    """Return the problems as CSV for a spreadsheet."""
    actor.must("import")
    return _problems(work.report_folder(jobs, job_id), f"problems-{job_id[:8]}.csv")


@router.get(
    "/jobs/{job_id}/quarantined.xlsx",
    operation_id="list_job_quarantined",
    tags=["imports"],
    summary="The rows of an examined file that are kept out, with their reasons",
    response_class=FileResponse,
    responses=answers(403, 409) | _KEPT_OUT,
)
def job_quarantined(job_id: HexId, jobs: JobsDep, actor: ActorDep) -> FileResponse:
    """Return a workbook to mend and send again; 404 where no row is kept out."""
    actor.must("import")
    return _quarantined(jobs.store, work.report_folder(jobs, job_id), f"quarantined-{job_id[:8]}.xlsx")


@router.get(
    "/jobs/{job_id}/changes.csv",
    operation_id="list_job_changes",
    tags=["imports"],
    summary="Every record that an examined file changes, field by field",
    response_class=StreamingResponse,
    responses=answers(403, 409) | _CHANGES,
)
def job_changes(job_id: HexId, jobs: JobsDep, actor: ActorDep, lang: LangDep) -> StreamingResponse:
    """Return old value beside new as CSV for a spreadsheet, as far as the actor sees them."""
    actor.must("import")
    return _changes(jobs.store, work.report_folder(jobs, job_id), f"changes-{job_id[:8]}.csv", (actor, lang))


def _changes(store: Store, folder: Path, name: str, who: tuple[Actor, Lang]) -> StreamingResponse:
    actor, lang = who
    found = kept_out.examination_in(folder)
    known = communities(store, found.network)
    teller = Teller(store, found.network, actor, reader(store, found.network, actor, lang, known))
    lines = csv_lines(teller.told(changed(store, found, actor)), lang, found.file_name)
    return StreamingResponse(lines, media_type=CSV, headers=attachment(name))


def _problems(folder: Path, name: str) -> StreamingResponse:
    lines: Iterator[str] = kept_out.problem_lines(folder)
    return StreamingResponse(lines, media_type=CSV, headers=attachment(name))


def _quarantined(store: Store, folder: Path, name: str) -> FileResponse:
    back = came_back_to(store, folder)

    def write(path: Path) -> None:
        kept_out.write_xlsx(folder, path, back)

    return written(store, "rows.xlsx", write, _named_after(folder, name), XLSX)


def _named_after(folder: Path, plain: str) -> dict[str, str]:
    """Return the headers of a file saved under the name of the file it came from (RFC 5987)."""
    own = quote(f"{Path(Examination.load(folder).file_name).stem}-แถวที่กันไว้.xlsx", safe="")
    return {"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{own}"}


@router.get(
    "/networks/{code}/imports",
    operation_id="list_imports",
    tags=["imports"],
    summary="The imports of a network, the newest first",
    responses=answers(403),
)
def list_imports(code: NetworkCode, store: StoreDep, actor: ActorDep) -> list[ImportOut]:
    """Return the imports with their reports and states."""
    return [_import(row | {"network": code}) for row in imports.history(store, code, actor)]


def _import(row: dict[str, Any]) -> ImportOut:
    own = f"/api/v1/imports/{row['import_id']}"
    parts = {"problems": "problems.csv", "changes": "changes.csv", "quarantined": "quarantined.xlsx"}
    parts |= {"receipt": "receipt.pdf", "undo": "undo", "redo": "redo"}
    links = {"self": own} | {name: f"{own}/{part}" for name, part in parts.items()}
    return ImportOut.model_validate(row | {"file": row["report"]["file"], "links": links})


@router.get(
    "/imports/{import_id}",
    operation_id="get_import",
    tags=["imports"],
    summary="One import with its report",
    responses=answers(403),
)
def get_import(import_id: ImportId, store: StoreDep, actor: ActorDep) -> ImportOut:
    """Return an import; its problems are in the download."""
    return _import(imports.get(store, import_id, actor))


@router.get(
    "/imports/{import_id}/problems.csv",
    operation_id="list_import_problems",
    tags=["imports"],
    summary="Every problem of an import",
    response_class=StreamingResponse,
    responses=answers(403) | _PROBLEMS,
)
def import_problems(import_id: ImportId, store: StoreDep, actor: ActorDep) -> StreamingResponse:
    """Return the problems as CSV for a spreadsheet; they tell values of households."""
    return _problems(imports.files(store, import_id, actor, "problems"), f"problems-{import_id}.csv")


@router.get(
    "/imports/{import_id}/changes.csv",
    operation_id="list_import_changes",
    tags=["imports"],
    summary="Every record that an import changed, field by field",
    response_class=StreamingResponse,
    responses=answers(403) | _CHANGES,
)
def import_changes(import_id: ImportId, store: StoreDep, actor: ActorDep, lang: LangDep) -> StreamingResponse:
    """Return old value beside new as CSV for a spreadsheet, as far as the actor sees them."""
    folder = imports.files(store, import_id, actor, "changes")
    return _changes(store, folder, f"changes-{import_id}.csv", (actor, lang))


@router.get(
    "/imports/{import_id}/quarantined.xlsx",
    operation_id="list_import_quarantined",
    tags=["imports"],
    summary="The rows of an import that were kept out, with their reasons",
    response_class=FileResponse,
    responses=answers(403) | _KEPT_OUT,
)
def import_quarantined(import_id: ImportId, store: StoreDep, actor: ActorDep) -> FileResponse:
    """Return a workbook to mend and send again, without the rows that came back; 404 where none is kept out."""
    folder = imports.files(store, import_id, actor, "quarantined")
    return _quarantined(store, folder, f"quarantined-{import_id}.xlsx")


@router.get(
    "/imports/{import_id}/receipt.pdf",
    operation_id="print_receipt",
    tags=["imports"],
    summary="The receipt of an import, to print or keep",
    response_class=Response,
    responses=answers(403)
    | file_answer(media_type(".pdf"), "The receipt; who may see files is told what stood in faulty rows."),
)
def import_receipt(import_id: ImportId, store: StoreDep, actor: ActorDep, lang: LangDep) -> Response:
    """Return the receipt as PDF: the file, when and by whom, what became of its rows, what to do next."""
    return saved(print_receipt(store, import_id, actor, lang), f"receipt-{import_id}.pdf", media_type(".pdf"))


def _turn(name: str, use_case: Callable[[Store, int, Actor], dict[str, Any]], summary: str) -> None:
    """Add the operation that undoes or redoes an import."""

    def turn(import_id: ImportId, store: StoreDep, actor: ActorDep) -> Turned:
        return Turned.model_validate(use_case(store, import_id, actor))

    turn.__doc__ = f"{summary}. Records changed since stay as they are and are listed."
    router.add_api_route(
        f"/imports/{{import_id}}/{name}",
        turn,
        methods=["POST"],
        operation_id=f"{name}_import",
        tags=["imports"],
        summary=summary,
        responses=answers(403, 409),
    )


_turn("undo", imports.undo, "Take an import back")
_turn("redo", imports.redo, "Bring an undone import back")
