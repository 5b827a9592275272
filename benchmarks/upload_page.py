"""Large files through the page: ``python -m benchmarks.upload_page [HOUSEHOLDS [PLOTS]]``.

1,000,000 households as one CSV and 200,000 plots as one GeoPackage when none are given. For each, a real ``mankong
serve`` on a store of its own, in which 2,000 households and 2,000 plots stand already. The file goes in with the
requests that the upload page and its scripts send: the form, the page, its progress twice a second, the report with
its map, the confirmation, the receipt. All the while somebody else asks for the page of the network, its map, a layer
of it and a table. Then a second file, the same records with other answers, is sent three times and given up: broken
off half sent, cancelled while it is read, cancelled while its rows are checked.

Printed are seconds, steps of progress that a person saw and the longest time without a new one, the most memory of
the server and all its children together (from /proc, every 0.2 s; PSS is what counts), and how long the others
waited. It ends with 1 when more than 1,500 MB were held, when a file given up left a record, a file or a process
behind, or when somebody else was not answered.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks.browser import Browser, follow, plain
from benchmarks.households import SEED, write_households, write_plots
from benchmarks.side_by_side import MANKONG, sizes, timed
from benchmarks.watch import Others, Processes
from surveys.intake.examine import CHECKING, READING
from surveys.store.store import Store

CODE = "BENCH"
_BASE = f"/n/{CODE}"
_PORT = 8130
_MOST_MB = 1500
_STANDING = 2_000
# How long what was given up may take to be gone, and how long it must stay so, in seconds.
_GONE, _STAYS = 5, 0.5
_OTHERS = {
    "network page": _BASE,
    "map page": f"{_BASE}/map",
    "layer file": f"/api/v1/networks/{CODE}/layers/land_plot.geojson",
    "table page": f"{_BASE}/table/land_plot",
}

# Writes so many records from a number on, answered by a seed, to a file.
Write = Callable[[Path, int, int, int], None]


@dataclass
class Server:
    """A server that runs, who watches it, and what was wrong so far."""

    browser: Browser
    store: Path
    processes: Processes
    others: Others
    faults: list[str] = field(default_factory=list)

    def stage(self, name: str) -> None:
        """Say what is going on from now."""
        self.processes.stage = self.others.stage = name


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    """Serve a new store with some records in it; at the end nothing of it runs on."""
    store = folder / "city.gpkg"
    timed([MANKONG, "network", "add", CODE, "Benchmark", "--store", str(store)])
    for name, write in (("household", write_households), ("land_plot", write_plots)):
        file = folder / f"standing-{name}{'.csv' if name == 'household' else '.gpkg'}"
        write(file, _STANDING, 0, SEED)
        timed([MANKONG, "import", str(file), "--network", CODE, "--type", name, "--store", str(store)])
        file.unlink()
    (folder / "tmp").mkdir()
    log = folder / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [MANKONG, "serve", "--store", str(store), "--port", str(_PORT)],
            stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=os.environ | {"TMPDIR": str(folder / "tmp")},
        )  # fmt: skip
    browser = Browser(_listening(process, log))
    server = Server(browser, store, Processes(process.pid, folder), Others(browser, _OTHERS))
    try:
        server.processes.start()
        yield server
    finally:
        server.processes.stop()
        process.terminate()
        process.wait(60)
        for pid in server.processes.alive():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _listening(process: subprocess.Popen[bytes], log: Path) -> int:
    """Wait until a server answers; return its port.

    Raises
    ------
    SystemExit
        If it ends before.
    """
    while process.poll() is None:
        time.sleep(0.1)
        found = re.search(r"http://[\d.]+:(\d+)", log.read_text("utf-8"))
        if found:
            with suppress(ConnectionRefusedError):
                Browser(int(found[1])).ask("GET", "/healthz")
                return int(found[1])
    raise SystemExit(f"the server did not start: {log.read_text('utf-8')[-2000:]}")


def take(server: Server, file: Path) -> None:
    """Send a file, look at its report and its map, confirm it, and look at its receipt; print what it took."""
    began = time.monotonic()
    server.stage("sending")
    page = server.browser.send(f"{_BASE}/upload", file)
    sent = time.monotonic()
    server.stage("examining")
    seen, _ = follow(server.browser, page)
    report = server.browser.ask("GET", page)
    preview = time.monotonic()
    drawn = server.browser.ask("GET", f"{page}/map")
    mapped = time.monotonic()
    if report.status != 200 or drawn.status != 200 or f"{page}/confirm" not in report.text:
        raise SystemExit(f"no report to confirm: {plain(report.text)[:1000]}")
    print(f"  preview after {preview - began:.1f} s, {sent - began:.1f} s of them to send the file")
    map_kb, page_kb = len(drawn.text) / 1e3, len(report.text) / 1e3
    print(f"    its page {page_kb:,.0f} kB, its map {map_kb:,.0f} kB in {mapped - preview:.1f} s")
    print(f"    {seen.told()}", flush=True)
    server.stage("storing")
    began = time.monotonic()
    accepting = server.browser.led(server.browser.ask("POST", f"{page}/confirm"))
    seen, _ = follow(server.browser, accepting)
    address = server.browser.led(server.browser.ask("GET", accepting))
    stored = time.monotonic()
    server.stage("receipt")
    receipt = server.browser.ask("GET", address)
    if receipt.status != 200:
        raise SystemExit(f"no receipt: {plain(receipt.text)[:1000]}")
    shown = time.monotonic()
    print(f"  receipt {shown - began:.1f} s after it is confirmed, {shown - stored:.1f} s of them to show it")
    print(f"    {seen.told()}", flush=True)


@dataclass(frozen=True)
class State:
    """What a store holds, and the files around it."""

    revision: int
    counts: dict[str, int]
    files: frozenset[str]


def state_of(server: Server) -> State:
    """Look at a store and at every file and folder that belongs to it or to the server's work."""
    store = Store.open(server.store)
    try:
        revision, counts = store.revision(CODE), store.counts(CODE)
    finally:
        store.close()
    folders = (server.store.with_name(server.store.name + ".files"), server.store.parent / "tmp")
    files = frozenset(
        str(path.relative_to(server.store.parent)) for folder in folders for path in folder.rglob("*")
    )
    return State(revision, counts, files)


def give_up(server: Server, file: Path) -> None:
    """Send a file three times and give it up; print when, and what it left."""
    server.stage("given up")
    before = state_of(server)
    server.browser.send(f"{_BASE}/upload", file, 0.5)
    _nothing_left(server, before, "broken off half sent")
    for what in (READING, CHECKING):
        before = state_of(server)
        page = server.browser.send(f"{_BASE}/upload", file)
        _, ended = follow(server.browser, page, partial(_begins, what.en))
        began = time.monotonic()
        left = server.browser.led(server.browser.ask("POST", f"{page}/cancel"))
        seconds = time.monotonic() - began
        if server.browser.ask("GET", left).status != 200:
            server.faults.append(f"the page after a cancel ({what.en}) is not there")
        moment = f"{what.en}: too late, dropped when examined" if ended else f"cancelled at “{what.en}”"
        _nothing_left(server, before, f"{moment}, answered in {seconds:.1f} s")


def _begins(start: str, step: str) -> bool:
    return step.startswith(start)


def _nothing_left(server: Server, before: State, moment: str) -> None:
    """Wait a moment, then compare what is there with what was; what is more is a fault."""
    began = time.monotonic()
    while (found := _more(server, before)) and time.monotonic() - began < _GONE:
        time.sleep(0.1)
    gone = time.monotonic() - began
    # What works on unseen may write again.
    time.sleep(_STAYS)
    found = found or _more(server, before)
    print(f"  {moment}: {'; '.join(found) or f'nothing left after {gone:.1f} s'}", flush=True)
    server.faults += [f"{moment}: {one} is left" for one in found]


def _more(server: Server, before: State) -> list[str]:
    """Name the processes, the files and folders, and the records that were not there before."""
    now = state_of(server)
    found = [f"process {command}" for command in server.processes.left()]
    new = now.files - before.files
    # A folder says enough of what is in it.
    found += [f"file or folder {name}" for name in sorted(new) if str(Path(name).parent) not in new]
    if (now.revision, now.counts) != (before.revision, before.counts):
        found.append(f"records: {before.counts} became {now.counts}")
    return found


def measure(title: str, write: Write, rows: int, name: str) -> list[str]:
    """Take a file in, then give another one up; print all figures and return what was wrong."""
    with tempfile.TemporaryDirectory(prefix="mankong-bench-") as text:
        folder = Path(text)
        (folder / "sent").mkdir()
        file, second = folder / "sent" / name, folder / "sent" / f"second-{name}"
        write(file, rows, _STANDING, SEED)
        write(second, rows, _STANDING, SEED + 1)
        print(f"{title}: {rows:,} rows, {file.stat().st_size / 1e6:.0f} MB", flush=True)
        with served(folder) as server:
            for one in server.others.addresses:
                server.others.ask(one)
            server.others.start()
            take(server, file)
            server.others.stop()
            _tell(server)
            give_up(server, second)
            _tell_memory(server, ("given up",))
            server.faults += [f"not answered: {one}" for one in dict.fromkeys(server.others.failures)]
            return [f"{title}: {fault}" for fault in server.faults]


def _tell(server: Server) -> None:
    """Print what the way in cost, then what the first pages cost that show it."""
    print("  others meanwhile:")
    for line in server.others.told():
        print(f"    {line}")
    _tell_memory(server, ("start", "sending", "examining", "storing", "receipt"))
    server.stage("first pages after")
    first = ", ".join(f"{name} {server.others.ask(name):.1f} s" for name in server.others.addresses)
    print(
        f"  first pages after it: {first}; {server.processes.peaks['first pages after'].told()}", flush=True
    )


def _tell_memory(server: Server, stages: tuple[str, ...]) -> None:
    """Print the most memory of each stage; over the limit it is a fault."""
    server.processes.sample()
    for stage in stages:
        if stage in server.processes.peaks:
            most = server.processes.peaks[stage]
            print(f"  most memory, {stage}: {most.told()}", flush=True)
            if most.pss > _MOST_MB:
                server.faults.append(f"{stage}: {most.pss:,.0f} MB, more than {_MOST_MB:,}")


def main(arguments: list[str]) -> int:
    """Measure both files; return the exit code."""
    households, plots = (*sizes(arguments, (1_000_000, 200_000)), 200_000)[:2]
    faults = measure("households in one CSV", write_households, households, "ครัวเรือน.csv")
    faults += measure("plots in one GeoPackage", write_plots, plots, "แปลงที่ดิน.gpkg")
    for fault in faults:
        print(f"FAULT {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
