"""What a server costs while it works: memory of it and its children, and how long others wait for its answers."""

from __future__ import annotations

import statistics
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

from benchmarks.browser import Browser

_PROC = Path("/proc")
_SAMPLED_S = 0.2
_ASKED_S = 0.1
# What the command line of a process of ours tells of it.
_KINDS = {
    "gis.formats.child": "reader",
    "surveys.job": "job",
    "multiprocessing": "worker",
    "mankong": "server",
}
# Started with the first process that counts apart, one for as long as the server runs; it ends with it.
_KEPT = "multiprocessing.resource_tracker"


@dataclass(frozen=True)
class Memory:
    """What processes hold at one moment, in MB: summed RSS counts what they share again and again, PSS counts
    it once, USS not at all; of PSS, ``anonymous`` is not pages of files, which the system can take back.
    """

    rss: float = 0.0
    pss: float = 0.0
    uss: float = 0.0
    anonymous: float = 0.0
    kinds: Mapping[str, float] = field(default_factory=dict)

    def told(self) -> str:
        """Say it in one line, and what of it each kind of process has."""
        kinds = ", ".join(f"{kind} {size:,.0f}" for kind, size in self.kinds.items())
        shares = f"USS {self.uss:,.0f}, RSS {self.rss:,.0f}, PSS without files {self.anonymous:,.0f}"
        return f"PSS {self.pss:,.0f} MB ({kinds}; {shares})"


class Processes(threading.Thread):
    """Watches a server, its children, and whatever names ``folder`` on its command line, wherever it hangs."""

    def __init__(self, server: int, folder: Path) -> None:
        super().__init__(daemon=True)
        self.server, self.folder, self.stage = server, str(folder), "start"
        self.peaks: dict[str, Memory] = {}
        self._seen: set[tuple[int, str]] = set()
        self._known: dict[tuple[int, str], bool] = {}
        self._over = threading.Event()

    def run(self) -> None:
        """Sample until told to stop."""
        while not self._over.wait(_SAMPLED_S):
            self.sample()

    def stop(self) -> None:
        """Stop sampling."""
        self._over.set()
        self.join()

    def sample(self) -> None:
        """Measure once; the most of each stage is kept, by PSS."""
        stage, sums, kinds = self.stage, Counter[str](), Counter[str]()
        for pid in self.alive():
            held = _held(pid)
            sums.update(held)
            kinds[_kind(_command(pid))] += held["Pss"]
        now = Memory(
            *(sums[name] for name in ("Rss", "Pss", "Private", "Pss_Anon")), dict(kinds.most_common())
        )
        if now.pss >= self.peaks.get(stage, Memory()).pss:
            self.peaks[stage] = now

    def alive(self) -> list[int]:
        """Return our processes: the server, what hangs below it, and what once did."""
        found = _processes()
        below = {self.server}
        parents = {pid: parent for (pid, _), parent in found.items()}
        grown = True
        while grown:
            more = {pid for pid, parent in parents.items() if parent in below} - below
            below |= more
            grown = bool(more)
        for one in found:
            if one not in self._known:
                self._known[one] = self.folder in _command(one[0])
            if one[0] in below or self._known[one]:
                self._seen.add(one)
        return [pid for pid, begun in found if (pid, begun) in self._seen]

    def left(self) -> list[str]:
        """Return the command lines of what is alive beside the server itself and what Python keeps for it."""
        running = _processes()
        found = {pid for pid, _ in running if self.folder in _command(pid)} | set(self.alive())
        kept = {
            pid for (pid, _), parent in running.items() if parent == self.server and _KEPT in _command(pid)
        }
        return [_command(pid)[:120] for pid in sorted(found - kept - {self.server})]


def _processes() -> dict[tuple[int, str], int]:
    """Return every process that runs (number and moment of its beginning) and its parent."""
    found = {}
    for entry in _PROC.iterdir():
        if entry.name.isdecimal():
            try:
                # What stands before the bracket may hold anything: a program's name.
                facts = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
            except OSError:
                continue  # it has ended
            if facts[0] != "Z":
                found[int(entry.name), facts[19]] = int(facts[1])
    return found


def _command(pid: int) -> str:
    try:
        return (_PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _kind(command: str) -> str:
    return next((kind for part, kind in _KINDS.items() if part in command), "other")


def _held(pid: int) -> Counter[str]:
    """Return what a process holds in MB, by the names of proc(5); private pages together as "Private"."""
    held = Counter[str]()
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        return held  # it has ended
    for line in lines:
        name, size, *_ = line.split()
        held["Private" if name.startswith("Private_") else name.rstrip(":")] += int(size) * 1024 / 1e6
    return held


class Others(threading.Thread):
    """Somebody else at the same server: asks for one address after another, all the while."""

    def __init__(self, browser: Browser, addresses: Mapping[str, str]) -> None:
        super().__init__(daemon=True)
        self.browser, self.addresses, self.stage = browser, addresses, "start"
        self.waits: dict[str, list[tuple[float, str]]] = {name: [] for name in addresses}
        self.failures: list[str] = []
        self._over = threading.Event()

    def run(self) -> None:
        """Ask until told to stop."""
        while not self._over.is_set():
            for name in self.addresses:
                if not self._over.wait(_ASKED_S):
                    self.ask(name)

    def stop(self) -> None:
        """Stop asking, once the last answer is here."""
        self._over.set()
        self.join()

    def ask(self, name: str) -> float:
        """Ask for one address and keep how long it took."""
        stage, began = self.stage, time.perf_counter()
        try:
            status = self.browser.ask("GET", self.addresses[name]).status
            said = "" if status == 200 else f"HTTP {status}"
        except (OSError, HTTPException) as error:
            said = repr(error)
        seconds = time.perf_counter() - began
        self.waits[name].append((seconds, stage))
        if said:
            self.failures.append(f"{self.addresses[name]} ({stage}): {said}")
        return seconds

    def told(self) -> list[str]:
        """Say a line an address: how many answers, the middle wait, the 95th of a hundred, the worst and when."""
        lines = []
        for name, waits in self.waits.items():
            if waits:
                worst, stage = max(waits)
                of_hundred = _of_hundred([seconds for seconds, _ in waits], 95)
                middle = statistics.median(seconds for seconds, _ in waits)
                figures = f"median {middle * 1000:6,.0f} ms, 95 % {of_hundred * 1000:7,.0f} ms"
                lines.append(
                    f"{name:<13} {len(waits):5,} answers, {figures}, worst {worst * 1000:8,.0f} ms ({stage})"
                )
        return lines


def _of_hundred(values: Sequence[float], percent: int) -> float:
    """Return the value that so many percent of values do not pass."""
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]
