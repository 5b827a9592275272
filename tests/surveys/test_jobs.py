"""Long work in a process of its own: real processes, their progress, their ends, and being stopped."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from surveys.errors import NotFound, Refused
from surveys.jobs import CPU_SECONDS, ENDED, MEMORY_BYTES, Job, Jobs
from surveys.roles import Actor
from surveys.store.store import Store
from tests.conftest import NETWORK, Intake
from tests.processes import lives

SURVEYOR, SECRETARY = Actor("ผู้สำรวจ", "surveyor"), Actor("เลขา", "secretary")
PATIENCE = 90.0


@pytest.fixture
def jobs(store: Store) -> Jobs:
    return Jobs(store)


@pytest.fixture
def started(jobs: Jobs) -> Iterator[Callable[[str], subprocess.Popen[bytes]]]:
    """Starts jobs; no process outlives its test."""
    processes: list[subprocess.Popen[bytes]] = []

    def start(job_id: str) -> subprocess.Popen[bytes]:
        processes.append(jobs.start(job_id))
        return processes[-1]

    yield start
    for process in processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def rows(count: int) -> list[dict[str, object]]:
    return [{"ชุมชน": "ก", "ลำดับบ้าน": n, "สภาพบ้าน": "ชำรุด"} for n in range(1, count + 1)]


def upload(jobs: Jobs, take: Intake, count: int, actor: Actor = SURVEYOR) -> str:
    """Write an examination down, with its file in place."""
    request = {"file_name": "house.csv", "options": {"type": "house"}}
    job_id = jobs.new("examine", NETWORK, actor, request)
    take.write(rows(count), "house.csv").rename(jobs.folder(job_id) / "raw")
    return job_id


def until(jobs: Jobs, job_id: str, enough: Callable[[Job], bool] = lambda job: job.state in ENDED) -> Job:
    """Wait as a page does, by asking."""
    limit = time.monotonic() + PATIENCE
    while not enough(found := jobs.get(job_id)):
        assert time.monotonic() < limit, found
        time.sleep(0.02)
    return found


def run(jobs: Jobs, started: Callable[[str], Any], job_id: str) -> Job:
    started(job_id)
    return until(jobs, job_id)


def log_of(jobs: Jobs, job_id: str) -> str:
    return (jobs.folder(job_id) / "job.log").read_text(encoding="utf-8")


def test_a_file_is_examined_and_accepted_by_two_jobs(jobs: Jobs, take: Intake, started: Any) -> None:
    job_id = upload(jobs, take, 3)
    waiting = jobs.get(job_id)
    assert (waiting.state, waiting.kind, waiting.network, waiting.result) == (
        "queued",
        "examine",
        NETWORK,
        None,
    )
    examined = run(jobs, started, job_id)
    assert examined.state == "done", log_of(jobs, job_id)
    assert examined.result is not None
    assert (examined.result["status"], examined.result["new"]) == ("ready", 3)
    assert jobs.store.counts(NETWORK)["house"] == 0, "examining writes nothing"

    second = jobs.new("accept", NETWORK, SURVEYOR, {"examined": job_id})
    accepted = run(jobs, started, second)
    assert accepted.state == "done", log_of(jobs, second)
    assert accepted.result is not None and accepted.result["status"] == "taken"
    assert jobs.store.counts(NETWORK)["house"] == 3
    told = accepted.as_json()
    assert told["what"]["th"] and told["what"]["en"] and json.dumps(told)
    with jobs.store.reading() as connection:
        assert (
            connection.exec_driver_sql("SELECT actor FROM change WHERE kind='import'").scalar()
            == SURVEYOR.name
        )
    assert log_of(jobs, job_id) == log_of(jobs, second) == ""


def test_a_refused_file_and_the_same_file_are_no_failures(jobs: Jobs, take: Intake, started: Any) -> None:
    job_id = jobs.new("examine", NETWORK, SURVEYOR, {"file_name": "house.csv", "options": {}})
    (jobs.folder(job_id) / "raw").write_bytes(b"")
    refused = run(jobs, started, job_id)
    assert refused.state == "done" and refused.result is not None and refused.result["status"] == "refused"
    take.rows(rows(2), "house.csv", type="house")
    again = run(jobs, started, upload(jobs, take, 2))
    assert again.state == "done" and again.result is not None and again.result["status"] == "same"
    assert again.result["import_id"] == 1


def test_progress_is_seen_while_it_works(jobs: Jobs, take: Intake, started: Any) -> None:
    job_id = upload(jobs, take, 60_000)
    started(job_id)
    working = until(jobs, job_id, lambda job: job.done > 0 or job.state in ENDED)
    assert working.state == "running", log_of(jobs, job_id)
    assert working.what.th and working.what.en != "Waiting to start"
    assert working.total is None or 0 < working.done <= working.total
    ended = until(jobs, job_id)
    assert ended.state == "done" and ended.result is not None and ended.result["new"] == 60_000


FAILURES: list[tuple[str, str, dict[str, Any], str]] = [
    # A refusal of the domain is told in its own words.
    ("examine", NETWORK, {"file_name": "house.csv", "options": {}}, "may not import"),
    ("examine", "nowhere", {"file_name": "house.csv", "options": {}}, "no network"),
    # A fault of ours is told as one, and only the log has the details.
    ("accept", NETWORK, {"examined": "nothing"}, "fault of ours"),
    ("juggle", NETWORK, {}, "fault of ours"),
]


@pytest.mark.parametrize(("kind", "network", "request_", "said"), FAILURES)
def test_a_failure_is_told_in_words(
    jobs: Jobs, started: Any, kind: str, network: str, request_: dict[str, Any], said: str
) -> None:
    job_id = jobs.new(kind, network, SECRETARY if "import" in said else SURVEYOR, request_)
    (jobs.folder(job_id) / "raw").write_text("ชุมชน,ลำดับบ้าน\nก,1\n", encoding="utf-8")
    failed = run(jobs, started, job_id)
    assert failed.state == "failed" and failed.result is not None
    error = failed.result["error"]
    assert said in error["en"] and error["th"]
    assert "Traceback" not in json.dumps(failed.as_json())
    assert ("Traceback" in log_of(jobs, job_id)) == (said == "fault of ours")


# What a job does that takes all there is, under the limits of the product; time is cut short.
GREEDY = {
    "memory": ("bytearray(jobs.MEMORY_BYTES)", "more memory or time"),
    "time": ("all(iter(int, 1)) or [0 for _ in iter(int, 1)]", "more memory or time"),
    "a helper": ("ProcessPoolExecutor(1).submit(os._exit, 1).result()", "more memory or time"),
    "the disk": ("Path('/dev/full').write_bytes(bytes(9))", "disk of the server is full"),
}


@pytest.mark.parametrize("what", GREEDY)
def test_a_job_that_takes_too_much_is_stopped_and_says_so(jobs: Jobs, what: str) -> None:
    job_id = jobs.new("greedy", NETWORK, SURVEYOR, {})
    program = (
        "import os, sys; from concurrent.futures import ProcessPoolExecutor; from pathlib import Path\n"
        "from surveys import jobs\n"
        f"jobs.CPU_SECONDS = 5; jobs.KINDS['greedy'] = lambda *_: {GREEDY[what][0]}\n"
        "jobs.limit(); jobs.run(Path(sys.argv[1]), sys.argv[2])"
    )
    ended = subprocess.run([sys.executable, "-c", program, jobs.store.path, job_id], capture_output=True)
    failed = jobs.get(job_id)
    assert failed.state == "failed" and failed.result is not None, ended.stderr
    assert GREEDY[what][1] in failed.result["error"]["en"]


def test_a_job_and_all_it_starts_are_bounded(jobs: Jobs, take: Intake, started: Any) -> None:
    job_id = upload(jobs, take, 60_000)
    process = started(job_id)
    until(jobs, job_id, lambda job: job.state != "queued")
    limits = Path(f"/proc/{process.pid}/limits").read_text(encoding="ascii")
    assert f"{MEMORY_BYTES}" in limits and f"{CPU_SECONDS}" in limits
    assert until(jobs, job_id).state == "done"


def test_a_cancelled_job_stops_and_leaves_nothing(jobs: Jobs, take: Intake, started: Any) -> None:
    job_id = upload(jobs, take, 60_000)
    process = started(job_id)
    until(jobs, job_id, lambda job: job.state == "running")
    assert jobs.cancel(job_id).state == "cancelled"
    assert process.wait(timeout=10) == -signal.SIGKILL
    assert jobs.get(job_id).state == "cancelled" and jobs.store.counts(NETWORK)["house"] == 0
    with pytest.raises(Refused, match="ended already"):
        jobs.cancel(job_id)
    # The store works on.
    assert take.rows(rows(1), "house.csv", type="house")["new"] == 1


def readers(folder: Path) -> list[int]:
    """Find the reader children that read a file below a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        # It may end while it is looked at.
        with suppress(OSError):
            reads = b"gis.formats.child" in (process / "cmdline").read_bytes()
            if reads and (process / "cwd").readlink().is_relative_to(folder.resolve()):
                found.append(int(process.name))
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only the group of a job is ended")
@pytest.mark.parametrize("how", ["cancelled", "killed alone"])
def test_the_reader_of_a_job_ends_with_it(jobs: Jobs, started: Any, how: str) -> None:
    job_id = jobs.new(
        "examine", NETWORK, SURVEYOR, {"file_name": "house.geojson", "options": {"type": "house"}}
    )
    feature = (
        '{"type":"Feature","properties":{"ลำดับบ้าน":"1"},"geometry":{"type":"Point","coordinates":[100,13]}}'
    )
    text = f'{{"type":"FeatureCollection","features":[{",".join([feature] * 300_000)}]}}'
    (jobs.folder(job_id) / "raw").write_text(text, encoding="utf-8")
    process = started(job_id)
    limit = time.monotonic() + PATIENCE
    while not readers(jobs.folder(job_id)):
        assert time.monotonic() < limit
        time.sleep(0.02)
    # It is in the midst of it.
    time.sleep(1.0)
    if how == "cancelled":
        jobs.cancel(job_id)
    else:
        os.kill(process.pid, signal.SIGKILL)
    process.wait()
    time.sleep(0.2)
    assert readers(jobs.folder(job_id)) == []


def test_a_job_that_never_started_can_be_cancelled(jobs: Jobs, take: Intake) -> None:
    job_id = upload(jobs, take, 1)
    assert jobs.cancel(job_id).state == "cancelled"


def test_a_killed_process_is_noticed(jobs: Jobs, take: Intake, started: Any) -> None:
    job_id = upload(jobs, take, 60_000)
    process = started(job_id)
    until(jobs, job_id, lambda job: job.state == "running")
    os.killpg(process.pid, signal.SIGKILL)
    found = until(jobs, job_id)
    assert found.state == "failed" and found.result is not None
    assert "interrupted" in found.result["error"]["en"]
    # Another worker of the server, which did not start it, sees the same.
    asked = subprocess.run(
        [sys.executable, "-c", "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]);"
         "print(c.execute('SELECT state FROM job').fetchone()[0]); c.close()", jobs.path],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert asked.stdout.strip() == "failed"


def test_a_job_s_process_that_ended_is_not_left_as_a_zombie(jobs: Jobs, take: Intake, started: Any) -> None:
    job_id = upload(jobs, take, 1)
    process = started(job_id)
    until(jobs, job_id)
    process.wait()
    assert jobs.get(job_id).state == "done"
    assert not Path(f"/proc/{process.pid}").exists() or not Path("/proc/self").exists()


def test_a_job_that_is_not_there_is_said(jobs: Jobs) -> None:
    for ask in (jobs.get, jobs.cancel):
        with pytest.raises(NotFound, match="no such job"):
            ask("x")


def test_what_jobs_keep_is_for_the_owner_only_and_away_from_the_store(jobs: Jobs, take: Intake) -> None:
    job_id = upload(jobs, take, 1)
    assert jobs.path != jobs.store.path and jobs.path.stat().st_mode & 0o777 == 0o600
    assert jobs.folder(job_id).stat().st_mode & 0o077 == 0
    # The file is disposable: without it the store is whole.
    jobs.path.unlink()
    with pytest.raises(NotFound):
        jobs.get(job_id)
    assert jobs.store.networks() == [NETWORK]


def test_old_jobs_and_their_files_are_swept_away(jobs: Jobs, take: Intake) -> None:
    old, new = upload(jobs, take, 1), upload(jobs, take, 1)
    jobs.write(old, at=time.time() - 366 * 24 * 3600)
    jobs.sweep()
    assert not (jobs.store.files / "jobs" / old).exists() and (jobs.folder(new) / "raw").exists()
    assert jobs.get(new).state == "queued"
    with pytest.raises(NotFound):
        jobs.get(old)


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process of another program, in a group of its own, that no job started."""
    process = subprocess.Popen(["sleep", "60"], start_new_session=True)
    yield process
    process.kill()
    process.wait()


@pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="the system does not tell when a process began"
)
def test_a_number_that_another_program_has_by_now_is_not_the_job(
    jobs: Jobs, take: Intake, stranger: subprocess.Popen[bytes]
) -> None:
    for act in (jobs.get, jobs.cancel):
        job_id = upload(jobs, take, 1)
        jobs.write(job_id, state="running", pid=stranger.pid, born="another boot 1")
        assert act(job_id).state in ("failed", "cancelled")
        assert stranger.poll() is None


def test_where_the_system_tells_no_beginning_only_a_child_is_stopped(
    jobs: Jobs, take: Intake, stranger: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    killed: list[int] = []
    job_id = upload(jobs, take, 1)
    jobs.write(job_id, state="running", pid=os.getppid())
    with monkeypatch.context() as patched:
        # A fault here must not end whatever runs the tests.
        patched.setattr(os, "killpg", lambda pid, _signal: killed.append(pid))
        with pytest.raises(Refused, match="cannot be stopped from here"):
            jobs.cancel(job_id)
    assert killed == []
    jobs.write(job_id, pid=stranger.pid)
    assert jobs.cancel(job_id).state == "cancelled"
    assert stranger.wait(10) == -signal.SIGKILL


@pytest.mark.parametrize("fault", [ProcessLookupError, PermissionError])
def test_a_job_that_ends_while_it_is_cancelled_is_cancelled(
    jobs: Jobs,
    take: Intake,
    stranger: subprocess.Popen[bytes],
    monkeypatch: pytest.MonkeyPatch,
    fault: type[OSError],
) -> None:
    def refuse(*_: int) -> None:
        raise fault

    job_id = upload(jobs, take, 1)
    jobs.write(job_id, state="running", pid=stranger.pid)
    monkeypatch.setattr(os, "killpg", refuse)
    assert jobs.cancel(job_id).state == "cancelled"


@pytest.mark.parametrize("fault", [ProcessLookupError, PermissionError])
def test_a_process_that_is_gone_or_somebody_else_s_is_no_job(
    jobs: Jobs, take: Intake, monkeypatch: pytest.MonkeyPatch, fault: type[OSError]
) -> None:
    def refuse(*_: int) -> None:
        raise fault

    job_id = upload(jobs, take, 1)
    jobs.write(job_id, state="running", pid=os.getppid())
    monkeypatch.setattr(os, "kill", refuse)
    assert jobs.get(job_id).state == "failed"


def test_the_jobs_of_an_older_program_are_still_read(jobs: Jobs) -> None:
    connection = sqlite3.connect(jobs.path)
    connection.execute(
        "CREATE TABLE job (id TEXT PRIMARY KEY, kind TEXT, network TEXT, actor TEXT, role TEXT, state TEXT,"
        " what_th TEXT, what_en TEXT, done INTEGER, total INTEGER, request TEXT, result TEXT, pid INTEGER, at REAL)"
    )
    connection.close()
    assert jobs.get(jobs.new("examine", NETWORK, SURVEYOR, {})).state == "queued"


def test_a_job_asked_for_leaves_what_another_thread_holds_locked(jobs: Jobs) -> None:
    job_id = jobs.new("examine", NETWORK, SURVEYOR, {})
    holder = sqlite3.connect(jobs.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert jobs.get(job_id).state == "queued"
    other = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('BEGIN IMMEDIATE')"
    said = subprocess.run([sys.executable, "-c", other, str(jobs.path)], capture_output=True, text=True)
    holder.close()
    assert "database is locked" in said.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere helpers are not told of the death of a parent")
@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_worker_processes_end_with_the_one_they_help(method: str) -> None:
    program = """
import os, signal
from surveys.intake import helpers

if __name__ == "__main__":
    pool = helpers._started(METHOD)
    pool.submit(helpers._ready).result()
    print(*pool._processes, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    program = program.replace("METHOD", repr(method))
    died = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    workers = [int(number) for number in died.stdout.split()]
    assert died.returncode == -signal.SIGKILL and workers, died.stderr
    until = time.monotonic() + 20
    while any(lives(worker) for worker in workers):
        assert time.monotonic() < until
        time.sleep(0.05)
