"""What tests do by the hundred, without a new interpreter each time: small texts are read in this process,
jobs run in processes that have their libraries loaded.

The door itself is tested where it is the subject: the reader child in ``tests/gis`` and wherever a file is
neither CSV nor GeoJSON, the start of a job in ``tests/surveys/test_jobs.py``, both behind a real server in
``tests/browser`` and ``tests/api/test_v1_server.py``.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from multiprocessing.context import ForkServerContext
from pathlib import Path

from gis.formats import Reading, ReadOptions, reading
from gis.formats.child import answer, read_here
from gis.formats.model import Refused, reading_from
from gis.formats.readers import READERS, choose
from gis.formats.source import Source
from surveys import jobs as jobs_
from surveys.intake import examine
from surveys.jobs import Jobs

# Formats that need no GDAL, which would be confined for the rest of this process.
_HERE = ("csv", "geojson")
_SMALL_BYTES = 1 << 20
# GDAL is loaded where its one file is read, with the drivers for it.
_READERS = [each.function.split(":")[0] for each in READERS if not each.needs_gdal]
_LOADED = ["surveys.jobs", "gis.formats.child", *_READERS]


def _is_small_text(path: Path, name: str, options: ReadOptions, folder: Path) -> bool:
    if path.stat().st_size > _SMALL_BYTES:
        return False
    try:
        return choose(Source(path, name, options, folder)).name in _HERE
    except Refused:
        return False


def read(
    path: Path,
    name: str,
    options: ReadOptions,
    workdir: Path,
    on_progress: Callable[[int, int | None], None] | None = None,
) -> Reading:
    """Read a small CSV or GeoJSON here and hand it back as the child would; any other file in a fork."""
    if not _is_small_text(path, name, options, workdir):
        return _read_in_fork(path, name, options, workdir)
    directory = (workdir / "read").resolve()
    told = on_progress or (lambda done, total: None)
    read = read_here(path.resolve(), name, options, directory, lambda rows: told(rows, None))
    return reading_from(json.loads(json.dumps(asdict(read), default=str)))


def _read_in_fork(path: Path, name: str, options: ReadOptions, workdir: Path) -> Reading:
    """Read a file as the child does, in a process that has its libraries loaded; progress is told to nobody."""
    _, content = reading._request(path, name, options, workdir)
    (workdir / "read" / "scratch").mkdir(parents=True, exist_ok=True)
    process = _server().Process(target=_child, args=(content,), daemon=True)
    process.start()
    process.join(options.limits.seconds)
    if process.exitcode is None:
        process.kill()
        process.join()
        return reading._result(None, workdir / "read")
    return reading._result(process.exitcode, workdir / "read")


def _child(content: bytes) -> None:
    gc.disable()
    answer(json.loads(content), lambda rows: None)
    os._exit(0)


def begun(path: Path, name: str, options: ReadOptions, workdir: Path) -> AbstractContextManager[None]:
    """Begin nothing: :func:`read` reads here."""
    return nullcontext()


def _server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_LOADED)
    return context


def start(jobs: Jobs, job_id: str) -> None:
    """Start a job in a process of its own, as ``api.work.start`` does; nobody needs to wait for its end."""
    log = jobs.folder(job_id) / "job.log"
    process = _server().Process(target=_run, args=(jobs.store.path, job_id, log))
    process.start()
    pid = process.pid
    assert pid
    # Whoever cancels the job ends the group of its process.
    while jobs_._alive(pid, None) and os.getpgid(pid) != pid:
        time.sleep(0.001)
    jobs.write(job_id, pid=pid, born=jobs_._born(pid))


def _run(store: Path, job_id: str, log: Path) -> None:
    os.setsid()
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    examine.read = read
    jobs_.limit()
    jobs_.run(store, job_id)
