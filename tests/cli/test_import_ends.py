"""However an import ends, nothing of a file stays behind beside the store, and what became of it is said."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from surveys.store.store import Store
from tests.conftest import NETWORK

HOUSES = "ชุมชน,ลำดับบ้าน,สภาพบ้าน\n" + "".join(f"ริมคลอง,{n},ดี\n" for n in range(1, 501))
# Programs that stop at a moment of an import, say so, and wait.
ACCEPTING = """
import time
from api import importing
def waiting(*_):
    print("here", flush=True)
    time.sleep(60)
importing.accept = waiting
"""
# What is laid into the transaction goes with it.
WRITING = """
import time
from surveys.intake import accept
def waiting(*_):
    print("here", flush=True)
    time.sleep(60)
accept._record = waiting
"""
HELPING = """
import time
from surveys.intake import helpers, layers
helpers.LARGE_BYTES, layers.SHARED = 1, 1
helpers.helpers = lambda: 2
def busy(task, *_):
    print("here", flush=True)
    while True:
        (task.folder / f"late-{time.time_ns()}").write_text("สมชาย")
layers.examine_range = busy
# The process itself takes no batch from them.
layers.Future.cancel = lambda _: False
"""
Started = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@pytest.fixture
def started(store_path: Path, temporary: Path, tmp_path: Path) -> Iterator[Started]:
    """Starts the import of some houses in a process of its own, after the lines of a program."""
    file = tmp_path / "house.csv"
    file.write_text(HOUSES, encoding="utf-8")
    processes: list[subprocess.Popen[str]] = []

    def start(program: str = "", network: str = NETWORK, **more: object) -> subprocess.Popen[str]:
        # The tests themselves may run under nohup.
        heard = "import signal\nsignal.signal(signal.SIGHUP, signal.SIG_DFL)\n"
        code = heard + program + "\nfrom api.start import main\nmain()\n"
        words = ["import", file, "--network", network, "--store", store_path, "--type", "house", "--json"]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen(  # type: ignore[call-overload]
            [sys.executable, "-W", "error", "-c", code, *map(str, words)], text=True,
            env=os.environ | {"TMPDIR": str(temporary)}, **(pipes | more),
        )  # fmt: skip
        processes.append(process)
        return process  # type: ignore[no-any-return]

    yield start
    for process in processes:
        if process.returncode is None:
            process.kill()
            process.communicate()


def beside(store: Path) -> list[str]:
    """The files that SQLite has beside a store in use."""
    return [path.name for path in store.parent.iterdir() if path.name.endswith(("-wal", "-shm"))]


def records(store: Path) -> int:
    opened = Store.open(store)
    count = len(opened.read_table(NETWORK, "house", ["id"]))
    opened.close()
    return count


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["TERM", "HUP"])
@pytest.mark.parametrize("program", [ACCEPTING, WRITING, HELPING], ids=["accepting", "writing", "helping"])
def test_an_import_that_is_asked_to_end_leaves_nothing_of_the_file(
    started: Started, store_path: Path, temporary: Path, program: str, number: signal.Signals
) -> None:
    process = started(program)
    assert process.stdout is not None and process.stdout.readline() == "here\n"
    assert list(temporary.glob("mankong-*/raw"))
    process.send_signal(number)
    _, complaint = process.communicate(timeout=30)
    assert (process.returncode, complaint) == (128 + number, "")
    assert not list(temporary.iterdir()) and not beside(store_path)
    assert records(store_path) == 0


def test_an_import_under_nohup_outlives_its_terminal(
    started: Started, store_path: Path, temporary: Path
) -> None:
    program = "import signal\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + ACCEPTING.replace("60", "0.5")
    process = started(program)
    assert process.stdout is not None and process.stdout.readline() == "here\n"
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=30)
    # The program gives no report; it came so far.
    assert process.returncode == 1


def test_a_network_that_is_not_there_leaves_the_store_closed(
    started: Started, store_path: Path, temporary: Path
) -> None:
    process = started(network="NOPE")
    _, complaint = process.communicate(timeout=30)
    assert process.returncode == 2 and "NOPE" in complaint
    assert not beside(store_path) and not list(temporary.iterdir())


def test_a_report_that_cannot_be_printed_says_that_the_file_was_taken(
    started: Started, store_path: Path, temporary: Path
) -> None:
    with Path("/dev/full").open("w") as full:
        process = started(stdout=full)
        _, complaint = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "Traceback" not in complaint and "import 1;" in complaint and "การนำเข้าเลขที่ 1" in complaint
    assert records(store_path) == 500 and not beside(store_path)
    again = started()
    assert json.loads(again.communicate(timeout=30)[0])["status"] == "same"
