"""Long work in a process of its own, with progress and cancel; kept in a second, disposable SQLite file.

:mod:`surveys.job` is that process. It opens the store's own file anew; the two never share it.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import traceback
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gis.formats.model import is_full
from surveys.errors import MankongError, NotFound, Refused
from surveys.intake.accept import accept
from surveys.intake.examination import Examination
from surveys.intake.examine import Upload, examine
from surveys.intake.options import Options
from surveys.roles import Actor
from surveys.store.store import Store
from surveys.words import Words, words

_TABLE = """CREATE TABLE IF NOT EXISTS job (id TEXT PRIMARY KEY, kind TEXT, network TEXT, actor TEXT, role TEXT,
 state TEXT, what_th TEXT, what_en TEXT, done INTEGER, total INTEGER, request TEXT, result TEXT, pid INTEGER,
 at REAL, born TEXT)"""
# Progress is written this often at most, in seconds.
_PACE = 0.25
# How many of the latest files are listed.
_LISTED = 100
# Files sent but never confirmed are kept a week.
_KEPT_SECONDS = 7 * 24 * 3600
# What a process of a job may use at most, its helpers as much each; a million rows take 1.2 GB and a minute.
MEMORY_BYTES, CPU_SECONDS = 8 << 30, 3600
# How long a job that has used up its time may take to say so, in seconds.
_LAST_WORDS = 30
WAITING = words("รอเริ่ม", "Waiting to start")
FAILED = words(
    "งานหยุดเพราะข้อผิดพลาดในระบบ แจ้งผู้ดูแลระบบ", "The work stopped on a fault of ours; tell the steward."
)
DISK_FULL = words(
    "ดิสก์ของเครื่องที่เก็บข้อมูลเต็ม งานจึงหยุด ไม่มีอะไรถูกบันทึก ให้ผู้ดูแลเครื่องลบไฟล์ที่ไม่ใช้ แล้วส่งใหม่",
    "The disk of the server is full, so the work stopped and nothing was stored. Have the one who runs the server "
    "make room, then send it again.",
)
STOPPED = words("งานหยุดกลางคัน ลองใหม่อีกครั้ง", "The work was interrupted; try again.")
TOO_MUCH = words(
    "ไฟล์นี้ใช้หน่วยความจำหรือเวลามากเกินกว่าที่ระบบให้ได้ จึงหยุด ไม่มีอะไรถูกบันทึก แบ่งไฟล์ให้เล็กลงแล้วส่งทีละส่วน",
    "This file needs more memory or time than a job may use, so it was stopped; nothing was stored. "
    "Split it and send the parts.",
)
_STRANGER = words("หยุดงานนี้ไม่ได้ ต้องรอจนจบ", "This job cannot be stopped from here; wait until it has ended.")
ENDED = ("done", "failed", "cancelled")


@dataclass(frozen=True)
class Job:
    """One job as people see it; ``state`` is queued, running, done, failed or cancelled."""

    id: str
    kind: str
    network: str
    state: str
    what: Words
    done: int
    total: int | None
    result: dict[str, Any] | None

    def as_json(self) -> dict[str, Any]:
        """Return the job as scripts read it."""
        return asdict(self) | {"what": {"th": self.what.th, "en": self.what.en}}


@dataclass(frozen=True)
class Jobs:
    """The jobs of one store."""

    store: Store

    @property
    def path(self) -> Path:
        """The disposable file beside the store."""
        return self.store.path.with_name(self.store.path.name + ".work")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        # Results tell of people's rows: the file is for its owner only, from its first moment. One that is there
        # is not opened here: closing it would end the locks SQLite holds on it for other threads of this process.
        with suppress(FileExistsError):
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        connection = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute(_TABLE)
            if "born" not in {row[1] for row in connection.execute("PRAGMA table_info(job)")}:
                # Made by an older program.
                connection.execute("ALTER TABLE job ADD COLUMN born TEXT")
            yield connection
        finally:
            connection.close()

    def folder(self, job_id: str) -> Path:
        """Return the private folder of a job's files: made with the job, gone once it is dropped."""
        return self.store.files / "jobs" / job_id

    def new(self, kind: str, network: str, actor: Actor, request: Mapping[str, Any]) -> str:
        """Write a job down without starting it; return its id."""
        job_id = uuid.uuid4().hex
        row = (job_id, kind, network, actor.name, actor.role, "queued", *asdict(WAITING).values(), 0, None,
               json.dumps(request), None, None, time.time(), None)  # fmt: skip
        self.folder(job_id).mkdir(mode=0o700, parents=True)
        with self._open() as connection:
            connection.execute(f"INSERT INTO job VALUES ({','.join('?' * len(row))})", row)
        return job_id

    def start(self, job_id: str) -> subprocess.Popen[bytes]:
        """Start a job in a process of its own."""
        log, raw = (self.folder(job_id) / "job.log").open("ab"), self.folder(job_id) / "raw"
        file = [str(raw)] if raw.exists() else []
        process = subprocess.Popen(
            [sys.executable, "-m", "surveys.job", str(self.store.path), job_id, *file],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        log.close()
        self.write(job_id, pid=process.pid, born=_born(process.pid))
        return process

    def write(self, job_id: str, **facts: Any) -> None:
        """Write facts of a job."""
        sets = ", ".join(f"{name}=?" for name in facts)
        with self._open() as connection:
            connection.execute(f"UPDATE job SET {sets} WHERE id=?", (*facts.values(), job_id))

    def row(self, job_id: str) -> dict[str, Any]:
        """Return a job as it is written down.

        Raises
        ------
        NotFound
            If there is no such job.
        """
        with self._open() as connection:
            found = connection.execute("SELECT * FROM job WHERE id=?", (job_id,)).fetchone()
        if found is None:
            raise NotFound(words("ไม่พบงานนี้", "There is no such job."))
        return dict(found)

    def get(self, job_id: str) -> Job:
        """Return a job; one whose process is gone without an end has failed."""
        row = self.row(job_id)
        if row["state"] not in ENDED and row["pid"] and not _alive(row["pid"], row["born"]):
            row = self.row(job_id)
            if row["state"] not in ENDED:
                self.write(job_id, state="failed", result=json.dumps({"error": asdict(STOPPED)}))
                row = self.row(job_id)
        return Job(row["id"], row["kind"], row["network"], row["state"], Words(row["what_th"], row["what_en"]),
                   row["done"], row["total"], json.loads(row["result"]) if row["result"] else None)  # fmt: skip

    def examinations(self, network: str) -> list[dict[str, Any]]:
        """Return the examinations of a network as they are written down, the newest first; dropped ones left out."""
        query = ("SELECT * FROM job WHERE network=? AND kind='examine' AND state IN ('queued', 'running', 'done')"
                 " ORDER BY at DESC LIMIT ?")  # fmt: skip
        with self._open() as connection:
            return [dict(row) for row in connection.execute(query, (network, _LISTED))]

    def sweep(self) -> None:
        """Delete the jobs of the past and their files: nothing is kept of what nobody confirmed."""
        before = time.time() - _KEPT_SECONDS
        with self._open() as connection:
            old = [row[0] for row in connection.execute("SELECT id FROM job WHERE at < ?", (before,))]
            connection.execute("DELETE FROM job WHERE at < ?", (before,))
        for job_id in old:
            shutil.rmtree(self.store.files / "jobs" / job_id, ignore_errors=True)

    def cancel(self, job_id: str) -> Job:
        """Stop a job; what it had not committed never was."""
        row = self.row(job_id)
        if row["state"] in ENDED:
            raise Refused(words("งานนี้จบไปแล้ว", "This job has ended already."))
        if row["pid"] and _alive(row["pid"], row["born"]):
            _kill(row["pid"], row["born"])
        if self.row(job_id)["state"] not in ENDED:
            # It may have come to its end in the meantime.
            self.write(job_id, state="cancelled")
        return self.get(job_id)


def _born(pid: int) -> str | None:
    """Return when a process began, as the system counts it; None where that is not told."""
    try:
        # What stands before the bracket may hold anything: a program's name.
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None
    # Field 22 of proc(5), counted from the third; a moment of another boot is another.
    return f"{boot} {fields[19]}"


def _alive(pid: int, born: str | None) -> bool:
    """Tell whether a process still works; one that has ended but was not waited for does not.

    After a restart its number may be another program's.
    """
    try:
        if os.waitpid(pid, os.WNOHANG) != (0, 0):
            return False
    except ChildProcessError:
        # Not a child of this process: another worker of the server started it.
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        # Somebody else's: none of ours has this number.
        return False
    return born is None or _born(pid) == born


def _kill(pid: int, born: str | None) -> None:
    """End a job's process and its helpers.

    Raises
    ------
    Refused
        If it cannot be told from a stranger's that has its number by now.
    """
    if born is None and not _child(pid):
        raise Refused(_STRANGER)
    # It may come to its end in the meantime.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _child(pid: int) -> bool:
    """Tell whether this process started another and has not waited for it: the number is still its own."""
    try:
        return os.waitpid(pid, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return False


class _Pace:
    """Writes progress, not more often than people can see."""

    def __init__(self, jobs: Jobs, job_id: str) -> None:
        self.jobs, self.job_id, self.last = jobs, job_id, 0.0

    def __call__(self, what: Words, done: int, total: int | None) -> None:
        if time.monotonic() - self.last >= _PACE:
            self.last = time.monotonic()
            self.jobs.write(self.job_id, what_th=what.th, what_en=what.en, done=done, total=total)


def _examine(jobs: Jobs, row: Mapping[str, Any], pace: _Pace) -> dict[str, Any]:
    """Examine the file ``raw`` in the job's folder."""
    request = json.loads(row["request"])
    folder = jobs.folder(row["id"])
    upload = Upload(
        folder / "raw", request["file_name"], row["network"], Options(**request["options"]), folder
    )
    found = examine(upload, jobs.store, Actor(row["actor"], row["role"]), pace)
    return found.report("refused" if found.refused else "same" if found.same_as else "ready", found.same_as)


def _accept(jobs: Jobs, row: Mapping[str, Any], pace: _Pace) -> dict[str, Any]:
    """Accept what another job examined."""
    examination = Examination.load(jobs.folder(json.loads(row["request"])["examined"]))
    return accept(examination, jobs.store, Actor(row["actor"], row["role"]), pace)


class _TooLong(Exception):
    """The processor time of a job is used up."""


def _no_more(*_: object) -> None:
    raise _TooLong


def limit() -> None:
    """Bound what this process and every one it starts may use, so that no file takes the machine down."""
    for what, most, more in (
        (resource.RLIMIT_AS, MEMORY_BYTES, 0), (resource.RLIMIT_CPU, CPU_SECONDS, _LAST_WORDS),
    ):  # fmt: skip
        hard = resource.getrlimit(what)[1]
        allowed = most + more if hard == resource.RLIM_INFINITY else min(most + more, hard)
        resource.setrlimit(what, (min(most, allowed), allowed))
    signal.signal(signal.SIGXCPU, _no_more)


KINDS = {"examine": _examine, "accept": _accept}


def run(store_path: Path, job_id: str) -> None:
    """Run one job to its end; its outcome is written down, whatever it is."""
    jobs = Jobs(Store.open(store_path))
    row = jobs.row(job_id)
    jobs.write(job_id, state="running", pid=os.getpid(), born=_born(os.getpid()))
    try:
        result = KINDS[row["kind"]](jobs, row, _Pace(jobs, job_id))
    except MankongError as error:
        told = {"error": asdict(error.said), "kind": type(error).__name__}
        jobs.write(job_id, state="failed", result=json.dumps(told))
    except (MemoryError, _TooLong, BrokenProcessPool):
        # A helper that is gone was ended by the system, which does so for memory or time alone.
        traceback.print_exc()
        told = {"error": asdict(TOO_MUCH), "kind": Refused.__name__}
        jobs.write(job_id, state="failed", result=json.dumps(told))
    except Exception as error:
        traceback.print_exc()
        said = DISK_FULL if is_full(error) else FAILED
        jobs.write(job_id, state="failed", result=json.dumps({"error": asdict(said)}))
        raise
    else:
        jobs.write(job_id, state="done", result=json.dumps(result, ensure_ascii=False))
