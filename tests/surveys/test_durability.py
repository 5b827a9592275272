"""kill -9 at any moment of an import: all of it, or nothing; the store is sound; the same import then takes all."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from surveys.store import connect
from surveys.store.store import Store
from tests.conftest import NETWORK, Intake
from tests.surveys.test_store import chain, digests, indexed

ROWS, BEFORE = 20_000, 500
pytestmark = pytest.mark.slow
COMMAND = [sys.executable, "-c", "from api.start import main; main()"]


def mankong(*arguments: object) -> list[str]:
    return [*COMMAND, *map(str, arguments)]


def write(path: Path, count: int, condition: str) -> Path:
    lines = [f"ก,{n},{condition},{13.7 + n * 1e-6:.6f},100.5,เลขที่ {n}" for n in range(1, count + 1)]
    path.write_text("\n".join(["ชุมชน,ลำดับบ้าน,สภาพบ้าน,lat,lon,หมายเหตุ", *lines, ""]), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20,000 houses; the first 500 of them are here already, in worse condition."""
    return write(tmp_path_factory.mktemp("survey") / "house.csv", ROWS, "คงทนถาวร")


@pytest.fixture
def begun(store_path: Path, tmp_path: Path) -> Path:
    """A store with the first survey in it."""
    first = write(tmp_path / "first.csv", BEFORE, "ชำรุด")
    subprocess.run(
        mankong("import", first, "--network", NETWORK, "--type", "house", "--store", store_path, "--json"),
        check=True, capture_output=True,
    )  # fmt: skip
    return store_path


def importing(store: Path, survey: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        mankong("import", survey, "--network", NETWORK, "--type", "house", "--store", store, "--json"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


def killed(process: subprocess.Popen[bytes], after: float) -> bool:
    """Kill the whole import after so many seconds; tells whether it had not ended by itself."""
    try:
        process.wait(timeout=after)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


def looked_at(path: Path) -> bool:
    """Hold the store against what it may be; tells whether the import is in it."""
    opened = Store.open(path)
    with opened.reading() as connection:
        states = dict(
            connection.exec_driver_sql("SELECT condition, count(*) FROM house GROUP BY condition").all()
        )  # type: ignore[arg-type]
        closed = connection.exec_driver_sql("SELECT count(*) FROM house_history").scalar()
        imports = connection.exec_driver_sql("SELECT count(*) FROM change WHERE kind='import'").scalar()
        logged = connection.exec_driver_sql("SELECT count(*) FROM event WHERE action='import'").scalar()
    placed = indexed(opened, "house")
    assert digests(opened) == chain(opened)
    opened.close()
    assert imports == logged
    done = imports == 2
    wanted = ({"lasting": ROWS}, BEFORE, ROWS) if done else ({"dilapidated": BEFORE}, 0, BEFORE)
    assert (states, closed, placed) == wanted
    return done


def copied(begun: Path, target: Path) -> Path:
    for part in ("", ".key"):
        shutil.copyfile(f"{begun}{part}", f"{target}{part}")
    return target


def ended(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    """Let an import come to its end; return its report."""
    said, complaint = process.communicate()
    assert process.returncode == 0, complaint.decode()
    report: dict[str, Any] = json.loads(said)
    return report


def killed_often(deaths: int, moments: Iterator[float], begun: Path, survey: Path) -> None:
    """Kill so many imports, each at another moment, given as a part of the time an import takes."""
    clock = copied(begun, begun.with_name("clock.gpkg"))
    start = time.monotonic()
    ended(importing(clock, survey))
    whole_time = time.monotonic() - start
    assert looked_at(clock)
    died = 0
    for number in range(3 * deaths):
        store = copied(begun, begun.with_name(f"killed-{number}.gpkg"))
        if killed(importing(store, survey), next(moments) * whole_time):
            died += 1
        else:
            # The machine is less busy than it was.
            whole_time *= 0.8
        checked = subprocess.run(
            mankong("check", "--store", store), capture_output=True, text=True, check=False
        )
        assert checked.returncode == 0, checked.stdout + checked.stderr
        taken = looked_at(store)
        # The same import again takes all, or finds that all is there.
        report = ended(importing(store, survey))
        assert (report["status"], report["new"]) == (("same", 0) if taken else ("taken", ROWS - BEFORE))
        assert looked_at(store)
        for file in store.parent.glob(f"{store.name}*"):
            shutil.rmtree(file) if file.is_dir() else file.unlink()
        if died == deaths:
            return
    pytest.fail(f"only {died} imports were killed before they ended")


def test_twenty_imports_killed_at_any_moment_are_whole_or_not_there(begun: Path, survey: Path) -> None:
    """Half of them anywhere, half of them near the end, where an import writes."""
    chance = random.Random(20)
    moments = (chance.uniform(0.02 if number % 2 else 0.6, 1) for number in count())
    killed_often(20, moments, begun, survey)


@pytest.mark.parametrize("straight", [False, True], ids=["by the WAL", "straight"])
def test_an_import_killed_between_its_statements_leaves_nothing(
    begun: Path, survey: Path, straight: bool
) -> None:
    """Killed by itself, inside the transaction, at the worst moments there are."""
    program = """
import os, signal, sys
from api.cli import main
from surveys import events
from surveys.store import connect, staging

at, connect.STRAIGHT = sys.argv.pop(1), int(sys.argv.pop(1))
# So little that pages go to the file before the transaction ends.
connect._PRAGMAS["cache_size"] = -400
module, name = {"taken": (staging, "take"), "logged": (events, "record")}[at]
work = getattr(module, name)

def and_die(*arguments):
    work(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(module, name, and_die)
main()
"""
    for at in ("taken", "logged"):
        died = subprocess.run(
            [sys.executable, "-c", program, at, str(1 if straight else ROWS * 2), "import", survey,
             "--network", NETWORK, "--type", "house", "--store", begun, "--json"],
            capture_output=True, check=False,
        )  # fmt: skip
        assert died.returncode == -signal.SIGKILL, died.stderr
        assert begun.with_name(begun.name + "-journal").exists() is straight
        assert not looked_at(begun), at


@pytest.mark.parametrize("others", [0, 1], ids=["alone", "somebody reads"])
def test_very_many_rows_avoid_the_wal_where_nobody_else_has_the_store_open(
    store_path: Path, monkeypatch: pytest.MonkeyPatch, others: int
) -> None:
    monkeypatch.setattr(connect, "STRAIGHT", 10)
    opened, readers = Store.open(store_path), [Store.open(store_path) for _ in range(others)]
    for reader in readers:
        reader.networks()
    with opened.writing(10) as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
        connection.exec_driver_sql("INSERT INTO mankong_meta VALUES ('tried', 'yes')")
        for reader in readers:
            assert reader.networks() == [NETWORK]
    assert mode == ("wal" if others else "delete")
    with opened.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert (
            connection.exec_driver_sql("SELECT value FROM mankong_meta WHERE name='tried'").scalar() == "yes"
        )
    for each in (opened, *readers):
        each.close()


def test_very_many_rows_that_change_records_are_taken_and_reported(
    take: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The records they follow pass through a temporary table, which a checkpoint must not stumble over."""
    monkeypatch.setattr(connect, "STRAIGHT", 2)
    rows = [{"ชุมชน": "ก", "ลำดับบ้าน": str(n), "สภาพบ้าน": "ชำรุด"} for n in range(1, 6)]
    assert take.rows(rows, "house.csv", type="house")["new"] == 5
    again = [row | {"สภาพบ้าน": "คงทนถาวร"} for row in rows[:3]] + [rows[0] | {"ลำดับบ้าน": "9"}]
    report = take.rows(again, "house.csv", type="house")
    assert (report["new"], report["updated"]) == (1, 3)


def test_who_opens_a_store_into_which_is_written_straight_waits(
    store_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "STRAIGHT", 10)
    opened = Store.open(store_path)
    with ThreadPoolExecutor(1) as thread:
        with opened.writing(10) as connection:
            connection.exec_driver_sql("INSERT INTO mankong_meta VALUES ('tried', 'yes')")
            reading = thread.submit(lambda: Store.open(store_path).networks())
            time.sleep(0.5)
            assert not reading.done()
        assert reading.result(20) == [NETWORK]
    opened.close()
