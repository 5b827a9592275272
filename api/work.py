"""Jobs as the interface uses them: a file examined, and accepted at most once, whoever asks how often."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from api.operation import EdgeRefusal
from api.uploads import Upload, drop, invalid, receive
from surveys.errors import NotFound, Refused, StoreUnavailable
from surveys.intake.accept import import_folder
from surveys.intake.examination import FILE
from surveys.intake.options import Options
from surveys.jobs import ENDED, FAILED, STOPPED, Job, Jobs
from surveys.roles import Actor
from surveys.words import Words, words

# How often the end of a job is looked for, and for how long, in seconds.
_PACE = 0.1
_PATIENCE = 900
# Where the request of a job says which job its file was examined under next.
_NEXT = "continued_as"
_NOT_DONE = words("ยังตรวจไฟล์ไม่เสร็จ", "The file is still being examined.")
_DROPPED = words("ไฟล์นี้ถูกยกเลิกหรือตรวจไม่สำเร็จ", "The examination of this file was cancelled or failed.")
DROPPED = words("ไฟล์นี้ถูกยกเลิกแล้ว ส่งใหม่ได้", "This file was dropped; send it again.")
_REFUSED = words("ไฟล์นี้ถูกปฏิเสธ ดูเหตุผลในรายงาน", "This file was refused; the report says why.")
_TAKEN = words("ไฟล์นี้รับเข้าไปแล้ว ยกเลิกได้ที่หน้าการนำเข้า", "This file was taken already; undo the import instead.")
_STILL = words("ยังบันทึกไม่เสร็จ ลองถามอีกครั้ง", "It is still being written; ask again.")
_GONE = words("ไม่มีผลตรวจของไฟล์นี้แล้ว", "The examination of this file is no longer here.")


def start(jobs: Jobs, job_id: str) -> None:
    """Start a job; a thread waits for its end, so that no dead process is left behind."""
    process = jobs.start(job_id)
    threading.Thread(target=process.wait, name=f"job {job_id}", daemon=True).start()


async def send(request: Request, jobs: Jobs, code: str, actor: Actor, limit_mb: int) -> str:
    """Take the file of a form in for a network and start examining it; return the job.

    Raises
    ------
    NotAllowed, NotFound, EdgeRefusal
        If the actor may not import, there is no such network, or the form or the file is not right.
    """
    job_id = await run_in_threadpool(_new_examination, jobs, code, actor)
    try:
        upload = await receive(request, jobs.folder(job_id) / "raw", limit_mb)
        await run_in_threadpool(start_examining, jobs, job_id, upload)
    except BaseException as error:
        await run_in_threadpool(cancel, jobs, job_id)
        if isinstance(error, ClientDisconnect):
            raise invalid("การส่งไฟล์ขาดกลางคัน", "The upload was broken off.") from None
        raise
    return job_id


def _new_examination(jobs: Jobs, code: str, actor: Actor) -> str:
    actor.must("import")
    jobs.store.revision(code)
    return jobs.new("examine", code, actor, {})


def start_examining(jobs: Jobs, job_id: str, upload: Upload) -> None:
    """Examine the file that arrived in a job's folder."""
    request = {"file_name": upload.file_name, "options": asdict(upload.options)}
    jobs.write(job_id, request=json.dumps(request))
    start(jobs, job_id)


def options_of(request: Mapping[str, Any]) -> Options:
    """Return what was said of a file when it was sent, from its job's request."""
    return Options(**request["options"])


def examine_anew(jobs: Jobs, job_id: str, options: Options, actor: Actor) -> str:
    """Examine the file of a job anew under another job, to which the first one leads from then on; return that.

    Raises
    ------
    NotFound, Refused
        If the file is being taken, was taken, or is no longer here.
    """
    job, raw = upload_job(jobs, job_id), jobs.folder(job_id) / "raw"
    if taken_by(jobs, job_id) is not None:
        raise Refused(_TAKEN)
    if not raw.exists():
        raise Refused(DROPPED)
    sent = json.loads(jobs.row(job_id)["request"])
    new = jobs.new("examine", job.network, actor, {})
    try:
        _share(raw, jobs.folder(new) / "raw")
        _forget(jobs, job_id)
    except BaseException:
        # Somebody took or dropped it in the meantime: no second copy of it stays.
        cancel(jobs, new)
        raise
    jobs.write(job_id, request=json.dumps(sent | {_NEXT: new}))
    start_examining(jobs, new, Upload(sent["file_name"], options))
    return new


def _share(source: Path, target: Path) -> None:
    """Give another job the same file, without copying it where the file system can."""
    try:
        target.hardlink_to(source)
    except FileNotFoundError:
        raise Refused(DROPPED) from None
    except OSError:
        shutil.copyfile(source, target)


def _forget(jobs: Jobs, job_id: str) -> None:
    """Drop a file that is examined anew under another job, whatever has become of this one."""
    if jobs.get(job_id).state not in ("cancelled", "failed"):
        cancel(jobs, job_id)
    drop(jobs.folder(job_id))


def newest(jobs: Jobs, job_id: str) -> str:
    """Return the job under which a file was examined last: the choices a person makes are a chain of them."""
    while following := json.loads(jobs.row(job_id)["request"]).get(_NEXT):
        job_id = following
    return job_id


def taken_by(jobs: Jobs, job_id: str) -> Job | None:
    """Return the job that takes, or took, an examined file; None where there is none, or it failed."""
    accepting = _accepting(jobs, job_id)
    job = None if accepting is None else jobs.get(accepting)
    return None if job is None or job.state in ("failed", "cancelled") else job


def examined(jobs: Jobs, job_id: str) -> Job:
    """Return the job of a file whose examination has ended well.

    Raises
    ------
    NotFound, Refused
        If there is no such job, it has not ended, or it has not ended well.
    """
    job = upload_job(jobs, job_id)
    if job.state != "done":
        raise Refused(_DROPPED if job.state in ENDED else _NOT_DONE)
    return job


def upload_job(jobs: Jobs, job_id: str) -> Job:
    """Return the job of an upload.

    Raises
    ------
    NotFound
        If there is none of this id.
    """
    job = jobs.get(job_id)
    if job.kind != "examine":
        raise NotFound(words("ไม่พบงานนี้", "There is no such job."))
    return job


def report_folder(jobs: Jobs, job_id: str) -> Path:
    """Return where the report files of an upload are: with the job, or with the import it became.

    Raises
    ------
    NotFound, Refused
        If there is no such job, it has not ended well, or its files are no longer here.
    """
    job = examined(jobs, job_id)
    if (jobs.folder(job_id) / FILE).exists():
        return jobs.folder(job_id)
    accepting = _accepting(jobs, job_id)
    number = ((jobs.get(accepting).result or {}) if accepting else job.result or {}).get("import_id")
    if number is None:
        raise NotFound(_GONE)
    return import_folder(jobs.store, int(number))


def cancel(jobs: Jobs, job_id: str) -> Job:
    """Stop an examination, or drop a file that was examined; its files are deleted.

    Raises
    ------
    NotFound, Refused
        If there is no such job, it has ended unwell already, or the file was taken.
    """
    job = upload_job(jobs, job_id)
    if _accepting(jobs, job_id) is not None:
        raise Refused(_TAKEN)
    if job.state == "done":
        jobs.write(job_id, state="cancelled")
        job = jobs.get(job_id)
    else:
        job = jobs.cancel(job_id)
    drop(jobs.folder(job_id))
    return job


async def accepted(jobs: Jobs, job_id: str, actor: Actor) -> dict[str, Any]:
    """Take the rows of an examined file and return the report, once they are committed.

    The work runs in its own process. Asked again, the same file gives the same report.

    Raises
    ------
    NotFound, Refused, StoreUnavailable, EdgeRefusal
        If the file may not be taken, or the work failed.
    """
    accepting = await run_in_threadpool(confirm, jobs, job_id, actor)
    return await run_in_threadpool(settled, jobs, job_id, await _ended(jobs, accepting))


def confirm(jobs: Jobs, job_id: str, actor: Actor) -> str:
    """Start taking the rows of an examined file, unless somebody has; return the job that does it.

    Raises
    ------
    NotFound, Refused
        If the file may not be taken.
    """
    job = examined(jobs, job_id)
    if (job.result or {}).get("status") == "refused":
        raise Refused(_REFUSED)
    return _start_accepting(jobs, job, actor)


def settled(jobs: Jobs, job_id: str, work: Job) -> dict[str, Any]:
    """Return the report of a job that took a file and has ended; the file's own folder goes.

    Raises
    ------
    Refused, StoreUnavailable, EdgeRefusal
        If it failed; the file can then be confirmed again.
    """
    if work.state == "done":
        drop(jobs.folder(job_id))
        return work.result or {}
    _let_go(jobs, job_id, work.id)
    raise _failure(work)


async def _ended(jobs: Jobs, job_id: str) -> Job:
    """Wait for a job's end without holding the server up."""
    patience = time.monotonic() + _PATIENCE
    while time.monotonic() < patience:
        job = await run_in_threadpool(jobs.get, job_id)
        if job.state in ENDED:
            return job
        await asyncio.sleep(_PACE)
    raise StoreUnavailable(_STILL)


def _failure(work: Job) -> Exception:
    """Turn the end of a job that failed into the error it was."""
    error = (work.result or {}).get("error") or asdict(STOPPED)
    said = Words(error["th"], error["en"])
    if said == FAILED:
        return EdgeRefusal(500, "Failed", said)
    kind = (work.result or {}).get("kind", StoreUnavailable.__name__ if said == STOPPED else None)
    return StoreUnavailable(said) if kind == StoreUnavailable.__name__ else Refused(said)


def _start_accepting(jobs: Jobs, job: Job, actor: Actor) -> str:
    """Start taking a file, unless somebody has; return the job that does it."""
    taken = _accepting(jobs, job.id)
    if taken is not None:
        return taken
    accepting = jobs.new("accept", job.network, actor, {"examined": job.id})
    if not _take(jobs, job.id, accepting):
        jobs.write(accepting, state="cancelled")
        return _accepting(jobs, job.id) or accepting
    start(jobs, accepting)
    return accepting


def _claim(jobs: Jobs, job_id: str) -> Path:
    """Return the file that names the job which takes an examined file; one at a time can make it."""
    return jobs.folder(job_id).with_suffix(".accepting")


def _take(jobs: Jobs, job_id: str, accepting: str) -> bool:
    """Put a job's name on an examined file, whole or not at all; False where another one's is on it."""
    claim = _claim(jobs, job_id)
    draft = claim.with_name(f"{claim.name}.{uuid.uuid4().hex}")
    draft.write_text(accepting, encoding="ascii")
    try:
        os.link(draft, claim)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def _let_go(jobs: Jobs, job_id: str, accepting: str) -> None:
    """Take the name of a job that failed off an examined file, so that it can be tried again."""
    if _accepting(jobs, job_id) == accepting:
        _claim(jobs, job_id).unlink(missing_ok=True)


def _accepting(jobs: Jobs, job_id: str) -> str | None:
    """Return the job that takes, or took, an examined file."""
    claim = _claim(jobs, job_id)
    return claim.read_text(encoding="ascii") if claim.exists() else None
