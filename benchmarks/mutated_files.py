"""Real files with bytes changed, through every reader: what becomes of them, and how long it takes.

``python -m benchmarks.mutated_files [COUNT]`` (20,000 when none is given). Each file is a real one of the
shared folder, changed by a seeded generator: bytes flipped, cut, doubled or overwritten, also inside the
members of archives. Each must be read or refused within 20 seconds. A process reads many files one after the
other, with the limits of the reader child; one that dies is a file refused (in life its parent says so), and
the next process goes on behind it.
"""

from __future__ import annotations

import io
import json
import resource
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
_LARGEST = 300_000
_SECONDS = 20
_MEMORY = 4 << 30
# A process can load GDAL with one set of drivers only.
_GROUPS = ("plain", "shapefile", "gpkg", "gpx")


@dataclass
class Outcomes:
    """What became of mutated files; ``troubles`` are those neither read nor refused as they should be."""

    counts: Counter[str] = field(default_factory=Counter)
    troubles: list[str] = field(default_factory=list)
    slowest: float = 0.0


def seeds(group: str) -> list[Path]:
    """Return the real files whose reader loads the drivers of a group."""
    files = sorted(path for path in SHARED.rglob("*") if path.is_file() and path.stat().st_size <= _LARGEST)
    return [path for path in files if path.name != "MANIFEST.md" and _group(path) == group]


def _group(path: Path) -> str:
    if path.suffix in (".gpkg", ".gpx"):
        return path.suffix[1:]
    if path.suffix != ".zip" or not zipfile.is_zipfile(path):
        return "plain"
    with zipfile.ZipFile(path) as archive:
        shapes = any(name.lower().endswith((".shp", ".dbf")) for name in archive.namelist())
    return "shapefile" if shapes else "plain"


def mutated(content: bytes, rng: np.random.Generator) -> bytes:
    """Change a file: a member of it when it is an archive, more often than not."""
    if content[:4] == b"PK\x03\x04" and rng.random() < 0.7:
        try:
            return _with_member_changed(content, rng)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError, KeyError):
            return _changed(content, rng)  # a broken archive is changed as it is
    return _changed(content, rng)


def _with_member_changed(content: bytes, rng: np.random.Generator) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        infos = old.infolist()
        chosen = int(rng.integers(len(infos)))
        for place, info in enumerate(infos):
            data = old.read(info)
            new.writestr(info.filename, _changed(data, rng) if place == chosen else data)
    return made.getvalue()


def _changed(content: bytes, rng: np.random.Generator) -> bytes:
    data = bytearray(content)
    for _ in range(int(rng.integers(1, 4))):
        at = int(rng.integers(len(data) + 1))
        size = int(rng.integers(1, 2 ** int(rng.integers(1, 12))))
        way = rng.integers(6)
        if way == 0:
            del data[at : at + size]
        elif way == 1:
            data[at:at] = data[at : at + size] * int(rng.integers(1, 20))
        elif way == 2:
            data[at : at + size] = rng.bytes(size)
        elif way == 3:
            data[at : at + 4] = rng.choice(
                [b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\xff\xff\xff\x7f", b"9999"]
            )
        elif way == 4:
            for place in rng.integers(0, max(1, len(data)), 8).tolist():
                data[place : place + 1] = bytes([int(rng.integers(256))])
        else:
            other = int(rng.integers(len(data) + 1))
            data[at : at + size] = data[other : other + size]
    return bytes(data)


def run(count: int, seed: int = 2551) -> Outcomes:
    """Read ``count`` mutated files, shared among the groups by their number of real files."""
    outcomes = Outcomes()
    total = sum(len(seeds(group)) for group in _GROUPS)
    for group in _GROUPS:
        share = max(1, round(count * len(seeds(group)) / total))
        for line in _lines(group, seed, share):
            outcomes.counts[line["outcome"]] += 1
            outcomes.slowest = max(outcomes.slowest, line["seconds"])
            if line["trouble"]:
                outcomes.troubles.append(f"{group} {seed} {line['number']}: {line['trouble']}")
    return outcomes


def _lines(group: str, seed: int, count: int) -> Iterator[dict[str, object]]:
    """Give what workers say of each file; a worker that dies is followed by another."""
    start = 0
    while start < count:
        command = [
            sys.executable,
            "-m",
            "benchmarks.mutated_files",
            "work",
            group,
            *map(str, (seed, start, count)),
        ]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as worker:
            begun, began = start - 1, time.monotonic()
            for text in worker.stdout or ():
                line = json.loads(text)
                if "outcome" in line:
                    yield line
                else:
                    begun, began = line["number"], time.monotonic()
                start = line["number"] + ("outcome" in line)
        if worker.returncode:
            slow = worker.returncode == -signal.SIGALRM
            seconds = time.monotonic() - began
            yield {"number": begun, "outcome": "reader_timeout" if slow else "reader_died", "seconds": seconds,
                   "trouble": f"not done in {_SECONDS} s" if slow else ""}  # fmt: skip
            start = begun + 1


def work(group: str, seed: int, start: int, count: int) -> None:
    """Read files one after the other and print what became of each; run as a process of its own."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    files = seeds(group)
    for number in range(start, count):
        rng = np.random.default_rng((seed, _GROUPS.index(group), number))
        path = files[number % len(files)]
        content = mutated(path.read_bytes(), rng)
        print(json.dumps({"number": number}), flush=True)
        signal.alarm(_SECONDS)
        began = time.perf_counter()
        outcome, trouble = _read(content, path.name)
        signal.alarm(0)
        seconds = time.perf_counter() - began
        line = {
            "number": number,
            "outcome": outcome,
            "seconds": seconds,
            "trouble": trouble and f"{path.name}: {trouble}",
        }
        print(json.dumps(line), flush=True)


def _read(content: bytes, name: str) -> tuple[str, str]:
    """Read one file; return its outcome, and what is wrong with that."""
    import pyarrow as pa
    import shapely

    from gis.formats import DEFECTS, ReadOptions
    from gis.formats.child import read_here

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        path.write_bytes(content)
        reading = read_here(path, name, ReadOptions(), Path(folder) / "out", lambda rows: None)
        if reading.refusal:
            code = reading.refusal.code
            known = code in DEFECTS and DEFECTS[code].severity == "refuse" and not reading.layers
            return code, "" if known and code != "reader_failed" else f"refused as {code}"
        for layer in reading.layers:
            with pa.memory_map(str(layer.path)) as mapped:
                table = pa.ipc.open_file(mapped).read_all()
                shapely.from_wkb(table["#geometry"].to_numpy())
                if table.num_rows != layer.rows or not layer.rows:
                    return "read", f"layer {layer.name} has {table.num_rows} rows, not {layer.rows}"
        return "read", "" if reading.layers else "neither read nor refused"


def main(arguments: list[str]) -> None:
    """Run, or be a worker."""
    if arguments[:1] == ["work"]:
        work(arguments[1], *map(int, arguments[2:]))
        return
    outcomes = run(int(arguments[0]) if arguments else 20_000)
    for outcome, count in outcomes.counts.most_common():
        print(f"{count:>7,} {outcome}")
    print(f"slowest {outcomes.slowest:.1f} s; troubles: {len(outcomes.troubles)}")
    print("\n".join(outcomes.troubles[:50]))


if __name__ == "__main__":
    main(sys.argv[1:])
