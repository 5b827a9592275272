"""How the measurements are taken: whole processes in turn with a peer's, and what is printed of them.

Machines drift and are shared, so that a run is only compared with the peer's runs right before and after it.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.households import HEADINGS, Dataset

ROUNDS = 3
MANKONG = str(Path(sys.executable).with_name("mankong"))
# How `mankong import` ends: all taken, a part kept out, the file refused.
_IMPORTED, _REFUSED = (0, 3), 4
_READ = """
import sys
from pathlib import Path
from gis.formats import ReadOptions, read
found = read(Path(sys.argv[1]), sys.argv[1], ReadOptions(), Path(sys.argv[2]))
print(found.refusal.code if found.refusal else found.layers[0].rows)
"""


def sizes(texts: Sequence[str], usual: Sequence[int]) -> Sequence[int]:
    """Read the numbers of rows on a command line."""
    return [int(text.replace("_", "")) for text in texts] or usual


def peer_version() -> str:
    """Return which ogr2ogr is the peer.

    Raises
    ------
    SystemExit
        If there is none.
    """
    if shutil.which("ogr2ogr") is None:
        raise SystemExit("ogr2ogr (package gdal-bin) is the peer and is not here.")
    return subprocess.run(["ogr2ogr", "--version"], capture_output=True, text=True, check=True).stdout.strip()


@dataclass(frozen=True)
class Run:
    """A command that has ended: wall seconds, processor seconds, its largest process in MB, and its output."""

    seconds: float
    processor: float
    peak: float
    output: str


def timed(command: Sequence[str], ends: Sequence[int] = (0,)) -> Run:
    """Run a command to its end; its processor time and its peak are its children's too.

    Raises
    ------
    SystemExit
        If its exit code is none of ``ends``.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out, tempfile.TemporaryFile("w+") as errors:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=errors)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        errors.seek(0)
        if process.returncode not in ends:
            raise SystemExit(f"{command[0]} failed: {errors.read()[-2000:]}")
        return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, out.read())


def imports(dataset: Dataset, rows: int, folder: Path) -> None:
    """Time ``mankong import`` and ogr2ogr on one file in turn, the peer around each run of ours; print the figures.

    Ours is timed as a command of its own, and in a process that has taken a file in before.
    """
    print(
        f"{rows:>9,} rows x {len(HEADINGS)} columns, {dataset.path.stat().st_size / 1e6:.0f} MB", flush=True
    )
    if dataset.note:
        print(f"  {dataset.note}")
    theirs, ours, loaded, report = [_peer(dataset, folder)], list[Run](), list[float](), {}
    with _Loaded() as process:
        process.seconds(_words(dataset, folder / "first.gpkg"))
        _remove(folder / "first.gpkg")
        for number in range(ROUNDS):
            store = folder / f"ours-{number}.gpkg"
            run = timed([MANKONG, *_words(dataset, store)], (*_IMPORTED, _REFUSED))
            report = json.loads(run.output)
            _remove(store)
            if report["status"] == "refused":
                _tell_refused(report, theirs[0], rows)
                return
            ours.append(run)
            theirs.append(_peer(dataset, folder))
            loaded.append(process.seconds(_words(dataset, store)))
            _remove(store)
            theirs.append(_peer(dataset, folder))
    whole = [run.seconds for run in ours]
    for name, seconds in (
        ("ogr2ogr", [run.seconds for run in theirs]), ("mankong import", whole), ("  once loaded", loaded),
    ):  # fmt: skip
        _tell_runs(name, seconds, rows)
    counts = f"taken {report['taken']:,}, kept out {report['quarantined']:,}"
    print(f"  {counts}; peak memory of one process {max(run.peak for run in ours):,.0f} MB")
    print(f"  ratio ogr2ogr's time / ours: {_ratio(_beside(whole, theirs[:-1:2], theirs[1::2]))}", flush=True)
    print(f"  ratio once loaded:           {_ratio(_beside(loaded, theirs[1::2], theirs[2::2]))}", flush=True)


def _beside(ours: Sequence[float], before: Sequence[Run], after: Sequence[Run]) -> list[float]:
    """Hold each run of ours against the mean of the peer's runs right before and after it."""
    return [
        (first.seconds + last.seconds) / 2 / own for own, first, last in zip(ours, before, after, strict=True)
    ]


class _Loaded:
    """A process that has what an import needs loaded (:mod:`benchmarks.loaded`); ended by the ``with`` block."""

    def __enter__(self) -> _Loaded:
        command = [sys.executable, "-m", "benchmarks.loaded"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=60)

    def seconds(self, words: Sequence[str]) -> float:
        """Return how long a command takes there."""
        sent, said = self._process.stdin, self._process.stdout
        if sent is None or said is None:
            raise RuntimeError("the loaded process has no pipes")
        sent.write(json.dumps(list(words)) + "\n")
        sent.flush()
        answer = said.readline()
        if not answer:
            raise SystemExit("the loaded process failed")
        return float(json.loads(answer))


def _tell_runs(name: str, runs: Sequence[float], rows: int) -> None:
    middle = statistics.median(runs)
    each = ", ".join(f"{seconds:.1f}" for seconds in runs)
    print(f"  {name:<14} {middle:6.1f} s  {rows / middle:8,.0f} rows/s   (runs: {each})")


def _ratio(ratios: Sequence[float]) -> str:
    rounds = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    return f"{statistics.median(ratios):.2f}   (rounds: {rounds})"


def _tell_refused(report: Mapping[str, Any], peer: Run, rows: int) -> None:
    why = report["problems"][0]
    _tell_runs("ogr2ogr", [peer.seconds], rows)
    print(
        f"  mankong import refuses it: {why['message_en']} {why['remedy_en']} ({why['code']}: {why['value']})"
    )
    print("  no ratio", flush=True)


def _peer(dataset: Dataset, folder: Path) -> Run:
    """Time ogr2ogr copying the file into a new GeoPackage with a spatial index."""
    target = folder / "peer.gpkg"
    source = (dataset.peer_name, *dataset.peer_options)
    run = timed(["ogr2ogr", "-f", "GPKG", str(target), *source, "-nln", "household"])
    target.unlink()
    return run


def _words(dataset: Dataset, store: Path) -> list[str]:
    """Make a new store with a network, and return the words of the command that takes the file into it."""
    timed([MANKONG, "network", "add", "BENCH", "Benchmark", "--store", str(store)])
    told = ["--network", "BENCH", "--type", "household", "--store", str(store), "--json", *dataset.options]
    return ["import", str(dataset.path), *told]


def _remove(store: Path) -> None:
    shutil.rmtree(store.with_name(store.name + ".files"), ignore_errors=True)
    store.unlink()


def readers(source: Path, rows: int, peer: tuple[str, str], folder: Path) -> None:
    """Time our reader child, Arrow files and all, and a peer (name and program) on one file; print the figures.

    What is compared is processor time, user and system, which other work on the machine disturbs least. Each
    program is given the file, and ours a folder; it prints how many rows it read.
    """
    print(f"{rows:>9,} rows x {len(HEADINGS)} columns, {source.stat().st_size / 1e6:.0f} MB", flush=True)
    name, program = peer
    ours, theirs = list[Run](), list[Run]()
    for number in range(ROUNDS):
        work = folder / f"work-{number}"
        work.mkdir()
        theirs.append(timed([sys.executable, "-c", program, str(source)]))
        ours.append(timed([sys.executable, "-c", _READ, str(source), str(work)]))
        shutil.rmtree(work)
        if ours[-1].output.strip() != str(rows) or theirs[-1].output.strip() != str(rows):
            said = f"the reader child says {ours[-1].output.strip()}, {name} {theirs[-1].output.strip()}"
            print(f"  {said}; no ratio", flush=True)
            return
    for title, runs in ((name, theirs), ("reader child", ours)):
        processor, wall = (
            statistics.median(each) for each in zip(*((r.processor, r.seconds) for r in runs), strict=True)
        )
        pace = f"{rows / processor:8,.0f} rows/s of processor"
        print(f"  {title:<13} {processor:6.1f} s of processor, {wall:6.1f} s  {pace}")
    ratios = [their.processor / our.processor for their, our in zip(theirs, ours, strict=True)]
    print(f"  ratio {name}'s / ours: {_ratio(ratios)}", flush=True)
