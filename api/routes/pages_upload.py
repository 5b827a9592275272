"""Pages: sending a file, what was found in it, confirming it; the imports it and others became."""

from __future__ import annotations

import json
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api import work
from api.context import ActorDep, JobsDep, LangDep, SettingsDep, StoreDep, get_actor, get_lang
from api.pages import imports_page, upload_map
from api.pages.answers import answers
from api.pages.changes import Teller, Told
from api.pages.communities import communities
from api.pages.lists_page import about_lists
from api.pages.network_reader import reader
from api.pages.render import fragment, local_address, network_path, page
from api.pages.upload_choices import EXISTING, PLACES, choices, chosen
from api.pages.upload_columns import asked_columns, columns_of
from api.pages.upload_communities import asked, by_name
from api.pages.upload_report import CRS, ENCODINGS, report
from api.pages.upload_waiting import waiting
from api.routes.problem_page import PageRoute
from api.uploads import MB
from gis.formats import Limits
from gis.formats.readers import BY_SUFFIX
from surveys import records
from surveys.communities import join
from surveys.errors import MankongError, NotFound
from surveys.intake import imports
from surveys.intake.accept import import_folder
from surveys.intake.changed import changed
from surveys.intake.continuation import continued_by
from surveys.intake.differences import LISTED
from surveys.intake.examination import Examination
from surveys.intake.problem_kinds import layer_word
from surveys.intake.returned import came_back
from surveys.jobs import ENDED, Job, Jobs
from surveys.roles import Actor
from surveys.store.store import Store
from surveys.words import words

router = APIRouter(include_in_schema=False, route_class=PageRoute)
_NO_JOB = words("ไม่มีงานนี้ในเครือข่ายนี้", "There is no such upload in this network.")

# The places of a report where a person is asked something, to which an answer leads back.
_PLACES = ("columns", "communities")
# Three fields a column of the widest file that is read, two a layer, and the other questions.
_MOST_FIELDS = 3 * Limits().columns + 2 * Limits().layers + 50
# No store has a billion imports, and SQLite takes no number of any length.
_LONGEST_ID = 9


def _import_id(import_id: str) -> int:
    """Read the number of an import in an address; what cannot be one is not there."""
    if not import_id.isdecimal() or len(import_id) > _LONGEST_ID:
        raise NotFound(words("ไม่มีการนำเข้านี้", "There is no such import."))
    return int(import_id)


ImportId = Annotated[int, Depends(_import_id)]


@router.get("/n/{code}/upload")
def upload_form(
    request: Request, code: str, actor: ActorDep, jobs: JobsDep, settings: SettingsDep,
    dropped: Annotated[str, Query()] = "",
) -> HTMLResponse:  # fmt: skip
    """Ask for a file, and list those that wait for a person."""
    facts: dict[str, Any] = {
        "suffixes": sorted(BY_SUFFIX),
        "limit_mb": settings.max_upload_mb,
        "limit": settings.max_upload_mb * MB,
        "waiting": waiting(jobs, code, actor),
    }
    return page(request, "upload.html", network=code, section="upload", dropped=bool(dropped), **facts)


@router.post("/n/{code}/upload")
async def send(
    request: Request, code: str, jobs: JobsDep, settings: SettingsDep, actor: ActorDep
) -> Response:
    """Take a file in and start examining it."""
    job_id = await work.send(request, jobs, code, actor, settings.max_upload_mb)
    return _go(request, network_path(code, "upload", job_id))


def _go(request: Request, address: str) -> Response:
    """Lead on to a page, for htmx as for a plain form."""
    if "HX-Request" in request.headers:
        return Response(status_code=204, headers={"HX-Redirect": address})
    return RedirectResponse(address, 303)


def _job(jobs: Jobs, code: str, job_id: str) -> Job:
    """Return a job of this network, and of no other."""
    job = jobs.get(job_id)
    if job.network != code:
        raise NotFound(_NO_JOB)
    return job


@router.get("/n/{code}/upload/{job_id}")
def upload_page(
    request: Request, code: str, job_id: str, jobs: JobsDep, actor: ActorDep, at: Annotated[str, Query()] = ""
) -> Response:
    """Show how far the work is, then what was found, from the place ``at`` of the report where it was asked."""
    actor.must("import")
    job = _job(jobs, code, job_id)
    if (newest := work.newest(jobs, job_id)) != job_id:
        return RedirectResponse(network_path(code, "upload", newest), 303)
    if job.state not in ENDED:
        return page(request, "upload_wait.html", network=code, section="upload", job=job)
    if job.kind == "accept":
        return _accepted(request, jobs, job)
    if at in _PLACES:
        return RedirectResponse(f"{network_path(code, 'upload', job_id)}#{at}", 303)
    taken = work.taken_by(jobs, job_id)
    if taken is not None and taken.state not in ENDED:
        return RedirectResponse(network_path(code, "upload", taken.id), 303)
    found = Examination.there(jobs.folder(job_id))
    if taken is not None or job.state == "cancelled" or (job.state == "done" and found is None):
        receipt = (taken.result or {}).get("import_id") if taken else None
        return page(
            request, "upload_gone.html", network=code, section="upload", job=job, taken=taken, receipt=receipt
        )
    if job.state == "failed" or found is None:
        return page(request, "upload_failed.html", network=code, section="upload", job=job, again=job_id)
    return _report(request, jobs, job, found)


def _report(request: Request, jobs: Jobs, job: Job, found: Examination) -> HTMLResponse:
    types, here = jobs.store.types(job.network), communities(jobs.store, job.network)
    facts: dict[str, Any] = {
        "job": job,
        "found": found,
        "report": report(found, types),
        "choices": choices(found, types),
        "CRS": CRS,
        "ENCODINGS": ENCODINGS,
        "EXISTING": EXISTING,
        "drawable": upload_map.drawable(found),
        "drawn": upload_map.drawn(found),
        "far_km": upload_map.far(found, jobs.store, get_actor(request)),
        "changes": _changes(request, jobs.store, found),
        "strangers": asked(found, here),
        "asked_columns": asked_columns(found, types),
        "communities": by_name(here),
    }
    return page(request, "upload_report.html", network=job.network, section="upload", **facts)


def _changes(request: Request, store: Store, found: Examination) -> list[Told]:
    """Tell the first records that a file changes."""
    actor, lang = get_actor(request), get_lang(request)
    known = communities(store, found.network)
    teller = Teller(store, found.network, actor, reader(store, found.network, actor, lang, known))
    return list(teller.told(islice(changed(store, found, actor), LISTED)))


def _accepted(request: Request, jobs: Jobs, job: Job) -> Response:
    """Lead to the receipt of a file that was taken, or say why it could not be."""
    sent = json.loads(jobs.row(job.id)["request"])["examined"]
    try:
        done = work.settled(jobs, sent, job)
    except MankongError:
        return page(request, "upload_failed.html", network=job.network, section="upload", job=job, again=sent)
    if done["import_id"] is None or done["status"] == "same":
        return page(
            request, "upload_same.html", network=job.network, section="upload", same_as=done["import_id"]
        )
    return RedirectResponse(network_path(job.network, "imports", done["import_id"], new=1), 303)


@router.get("/n/{code}/upload/{job_id}/progress")
def progress(request: Request, code: str, job_id: str, jobs: JobsDep, actor: ActorDep) -> Response:
    """Return how far a job is; once it has ended the page is loaded anew."""
    actor.must("import")
    job = _job(jobs, code, job_id)
    if job.state in ENDED:
        return Response(status_code=204, headers={"HX-Refresh": "true"})
    return fragment(request, "upload_progress.html", {"job": job})


@router.get("/n/{code}/upload/{job_id}/map")
def preview_map(
    request: Request, code: str, job_id: str, jobs: JobsDep, actor: ActorDep, lang: LangDep
) -> HTMLResponse:
    """Show the rows of a file on a map."""
    actor.must("import")
    found = _found(jobs, code, job_id)
    return HTMLResponse(upload_map.upload_map(found, (jobs.store, actor), lang, request.state.nonce))


@router.get("/n/{code}/upload/{job_id}/columns")
def columns(request: Request, code: str, job_id: str, jobs: JobsDep, actor: ActorDep) -> HTMLResponse:
    """Return the columns of a file with samples, to be mapped by hand."""
    actor.must("import")
    found = _found(jobs, code, job_id)
    layers = columns_of(found, jobs.store.types(code))
    facts: dict[str, Any] = {
        "layers": layers,
        "layer_word": layer_word(found.file_name),
        "PLACES": PLACES,
        "job": _job(jobs, code, job_id),
        "code": code,
    }
    if "HX-Request" in request.headers:
        return fragment(request, "upload_columns.html", facts)
    return page(request, "upload_columns_page.html", network=code, section="upload", **facts)


def _found(jobs: Jobs, code: str, job_id: str) -> Examination:
    """Return what examining a file found, while it is here."""
    _job(jobs, code, job_id)
    work.examined(jobs, job_id)
    found = Examination.there(jobs.folder(job_id))
    if found is None:
        raise NotFound(work.DROPPED)
    return found


@router.post("/n/{code}/upload/{job_id}/again")
async def again(request: Request, code: str, job_id: str, jobs: JobsDep, actor: ActorDep) -> Response:
    """Examine the same file anew with what a person chose; it is not sent again."""
    form = dict(await request.form(max_files=0, max_fields=_MOST_FIELDS))
    return _go(request, await run_in_threadpool(_again, jobs, (code, job_id), actor, form))


def _again(jobs: Jobs, where: tuple[str, str], actor: Actor, form: dict[str, Any]) -> str:
    actor.must("import")
    code, job_id = where
    _job(jobs, code, job_id)
    # Whoever answers on an older page of the file means the file.
    job_id = work.newest(jobs, job_id)
    # What the file was taken by last, choices of an earlier one among it.
    done = Examination.there(jobs.folder(job_id))
    before = done.options if done else work.options_of(json.loads(jobs.row(job_id)["request"]))
    new = work.examine_anew(jobs, job_id, chosen(form, before), actor)
    return network_path(code, "upload", new, at=form["at"] if form.get("at") in _PLACES else "")


@router.post("/n/{code}/upload/{job_id}/confirm")
def confirm(code: str, job_id: str, jobs: JobsDep, actor: ActorDep) -> Response:
    """Start taking the rows of an examined file."""
    actor.must("import")
    _job(jobs, code, job_id)
    if (newest := work.newest(jobs, job_id)) != job_id:
        # It was examined anew since: nobody confirms what they have not seen.
        return RedirectResponse(network_path(code, "upload", newest), 303)
    return RedirectResponse(network_path(code, "upload", work.confirm(jobs, job_id, actor)), 303)


@router.post("/n/{code}/upload/{job_id}/cancel")
def cancel(code: str, job_id: str, jobs: JobsDep, actor: ActorDep) -> Response:
    """Stop the work or drop the file; nothing of it is stored."""
    actor.must("import")
    if _job(jobs, code, job_id).state not in ("cancelled", "failed"):
        work.cancel(jobs, job_id)
    return RedirectResponse(network_path(code, "upload", dropped=1), 303)


@router.get("/n/{code}/imports")
def import_list(request: Request, code: str, store: StoreDep, actor: ActorDep) -> HTMLResponse:
    """List the imports of a network."""
    rows = [one | {"kinds": imports.kinds(one["report"])} for one in imports.history(store, code, actor)]
    facts: dict[str, Any] = {
        "imports": rows,
        "unknown": answers(request, code).unknown_communities,
        "communities": by_name(communities(store, code)),
        "TYPES": records.ALL,
    }
    return page(request, "imports.html", network=code, section="imports", **facts)


@router.get("/n/{code}/imports/{import_id}")
def import_page(
    request: Request,
    code: str,
    import_id: ImportId,
    store: StoreDep,
    actor: ActorDep,
    new: Annotated[str, Query()] = "",
) -> HTMLResponse:
    """Show the report of an import: after confirming it the receipt, after an undo or redo what it did."""
    made = imports_page.of_network(store, code, import_id, actor)
    folder = import_folder(store, import_id)
    kept = Examination.there(folder)
    facts: dict[str, Any] = {
        "made": made,
        "report": report(kept, store.types(code)) if kept else None,
        "TYPES": records.ALL,
        "new": bool(new),
        "in_sight": imports_page.in_sight(store, made) if new and actor.may("see_files") else "",
        "continued_by": continued_by(store, code, import_id),
        "waiting": made["report"]["quarantined"] - len(came_back(store, code, import_id)),
        "mendable": imports_page.mendable(store, made, actor),
        "about_lists": about_lists(store, code, actor, import_id=import_id),
        "turned": imports_page.turned(store, made) if "turned" in request.query_params else None,
        "unknown": imports_page.named_here(store, code, made, answers(request, code).unknown_communities),
        "communities": by_name(communities(store, code)),
    }
    return page(request, "import.html", network=code, section="imports", **facts)


@router.post("/n/{code}/imports/{import_id}/undo")
def undo(code: str, import_id: ImportId, store: StoreDep, actor: ActorDep) -> Response:
    """Take an import back; its page then says what stayed because it was changed since."""
    imports_page.of_network(store, code, import_id, actor)
    imports_page.keep_turned(store, imports.undo(store, import_id, actor))
    return RedirectResponse(network_path(code, "imports", import_id, turned=1), 303)


@router.post("/n/{code}/imports/{import_id}/redo")
def redo(code: str, import_id: ImportId, store: StoreDep, actor: ActorDep) -> Response:
    """Bring an import back; its page then says what could not come."""
    imports_page.of_network(store, code, import_id, actor)
    imports_page.keep_turned(store, imports.redo(store, import_id, actor))
    return RedirectResponse(network_path(code, "imports", import_id, turned=1), 303)


@router.post("/n/{code}/communities/join")
def join_community(
    code: str, store: StoreDep, actor: ActorDep,
    name: Annotated[str, Form()] = "", community: Annotated[str, Form()] = "", next: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Join a name that records write to the community meant."""
    join(store, code, actor, name, community)
    return RedirectResponse(local_address(next) if next else network_path(code, "imports"), 303)
