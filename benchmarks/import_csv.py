# ruff: noqa: E501 - rows of test data, one a line.
"""CSV of households x 32 columns into the live, indexed store: ours, every rule checked, beside ogr2ogr.

``python -m benchmarks.import_csv [ROWS ...]`` (100,000 and 1,000,000 when none are given).

The peer copies the file into a new GeoPackage with a spatial index (``ogr2ogr``, its defaults); it
checks nothing, matches nothing and keeps no history. Ours is the ordinary ``mankong import`` into a
new store: read in the child, types, rules, identity, places by house, one transaction, receipt.
Both run as whole processes; what is compared is wall time, and the peak memory is printed.
"""

from __future__ import annotations

import csv
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

SEED = 2551
_ROUNDS = 3
HEADINGS = (
    "ชุมชน", "ลำดับบ้านในผัง", "ครัวเรือนที่", "บ้านเลขที่", "ชื่อหัวหน้าครัวเรือน", "เลขบัตรประชาชน", "จำนวนสมาชิก", "สถานะการอยู่ในบ้าน",
    "สถานะการอยู่บนที่ดิน", "อายุสัญญาเช่า", "สาเหตุความเดือดร้อน", "ครอบครัวขยาย", "ปีที่ย้ายเข้า", "รายได้ครัวเรือน", "รายจ่ายครัวเรือน",
    "หนี้ในระบบ", "หนี้นอกระบบ", "เงินออม", "ผ่อนหรือเช่าได้ต่อเดือน", "เคยได้รับความช่วยเหลือจากรัฐ", "ผลการเยี่ยม", "วันที่สำรวจ", "การเข้าร่วม",
    "ความต้องการ", "ความต้องการอื่น", "หมายเหตุ", "lat", "lon", "เลขแปลงในผัง", "เบอร์โทร", "ผู้เก็บข้อมูล", "source_id",
)  # fmt: skip
_FIRST = ("สมชาย", "สมหญิง", "ประเสริฐ", "วิไล", "บุญมี", "มาลี", "ทองใบ", "จันทร์เพ็ญ", "สุรชัย", "อำไพ")
_LAST = ("ใจดี", "มั่นคง", "ศรีสุข", "แสงทอง", "บุญเรือง", "พรหมมา", "ริมคลอง", "คำแก้ว", "วงศ์ดี", "สุขสันต์")
_MONTHS = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")


def person_id(number: int) -> str:
    """Return a well-formed 13-digit id of the made-up range that begins with 8."""
    digits = f"8{number:011d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(13, 1, -1), strict=True))
    return digits + str((11 - total % 11) % 10)


def write_households(path: Path, rows: int) -> None:
    """Write the file: 2,000 communities, Thai text, blanks and a few cells that a rule will refuse."""
    rng = np.random.default_rng(SEED)
    draws = {name: rng.integers(0, high, rows).tolist() for name, high in (
        ("first", 10), ("last", 10), ("people", 9), ("tenure", 6), ("land", 8), ("years", 31), ("cause", 7), ("year", 60),
        ("income", 60), ("debt", 300), ("visit", 4), ("day", 28), ("month", 12), ("join", 7), ("want", 4), ("odd", 1000),
    )}  # fmt: skip
    longitude, latitude = rng.uniform(100.4, 100.8, rows).tolist(), rng.uniform(13.6, 13.9, rows).tolist()
    from surveys import lists

    labels = {name: [choice.words.th for choice in choices] for name, choices in (
        ("tenure", lists.HOUSE_TENURES), ("land", lists.LAND_TENURES), ("cause", lists.CAUSES), ("visit", lists.VISIT_RESULTS),
        ("join", lists.JOINING), ("want", lists.WANTS), ("extended", lists.EXTENDED),
    )}  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        for n in range(rows):
            d = {name: values[n] for name, values in draws.items()}
            house = n // 2_000 // 2 + 1
            writer.writerow((
                f"ชุมชนที่ {n % 2_000 + 1}", house, n // 2_000 % 2 + 1, f"{d['income']}/{house}", f"{_FIRST[d['first']]} {_LAST[d['last']]}",
                person_id(n), d["people"] + 1, labels["tenure"][d["tenure"]], labels["land"][d["land"]], d["years"] or "",
                labels["cause"][d["cause"]], labels["extended"][n % 2], 2500 + d["year"], f"{d['income'] * 500 + 3000:,}",
                d["income"] * 400 + 2500, d["debt"] * 1000, d["debt"] * 100 if n % 3 else "", d["income"] * 100, 500 + d["income"] * 20,
                "ไม่เคย" if n % 2 else "บ้านมั่นคง พ.ศ. 2553", labels["visit"][d["visit"]],
                f"{d['day'] + 1} {_MONTHS[d['month']]} 2568", labels["join"][d["join"]], labels["want"][d["want"]],
                "ซ่อมหลังคา" if n % 5 == 0 else "", "" if d["odd"] else "สอบถามอีกครั้ง", f"{latitude[n]:.6f}", f"{longitude[n]:.6f}",
                house, f"08{n % 100_000_000:08d}", f"ทีม {n % 12 + 1}", f"uuid:{n:012d}",
            ))  # fmt: skip


def timed(command: list[str]) -> tuple[float, str]:
    """Run a command to its end; return its wall seconds and its output."""
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode not in (0, 3):
        raise SystemExit(f"{command[0]} failed: {done.stderr[-2000:]}")
    return seconds, done.stdout


def compare(rows: int, folder: Path) -> None:
    """Time both on one file in turn, the peer around each run of ours, and print the figures.

    The ratio is that of a run of ours to the mean of the peer's runs before and after it: machines drift.
    """
    source = folder / "households.csv"
    write_households(source, rows)
    theirs, ours, report = [_peer(source, folder)], [], {}
    for number in range(_ROUNDS):
        seconds, report = _ours(source, folder / f"ours-{number}.gpkg")
        ours.append(seconds)
        theirs.append(_peer(source, folder))
    ratios = [
        (before + after) / 2 / own for before, after, own in zip(theirs, theirs[1:], ours, strict=False)
    ]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{rows:>9,} rows x {len(HEADINGS)} columns, {source.stat().st_size / 1e6:.0f} MB")
    for name, runs in (("ogr2ogr", theirs), ("mankong import", ours)):
        middle = statistics.median(runs)
        print(
            f"  {name:<14} {middle:6.1f} s  {rows / middle:8,.0f} rows/s   (runs: {', '.join(f'{t:.1f}' for t in runs)})"
        )
    print(
        f"  taken {report['taken']:,}, kept out {report['quarantined']:,}; peak memory of one process {peak:,.0f} MB"
    )
    print(
        f"  ratio ogr2ogr's time / ours: {statistics.median(ratios):.2f}   (rounds: {', '.join(f'{r:.2f}' for r in ratios)})"
    )


def _peer(source: Path, folder: Path) -> float:
    """Time ogr2ogr copying the file into a new GeoPackage."""
    target = folder / "peer.gpkg"
    options = [
        "-oo",
        "X_POSSIBLE_NAMES=lon",
        "-oo",
        "Y_POSSIBLE_NAMES=lat",
        "-oo",
        "AUTODETECT_TYPE=YES",
        "-a_srs",
        "EPSG:4326",
    ]
    seconds, _ = timed(["ogr2ogr", "-f", "GPKG", str(target), str(source), *options, "-nln", "household"])
    target.unlink()
    return seconds


def _ours(source: Path, store: Path) -> tuple[float, dict[str, int]]:
    """Time ``mankong import`` into a new store; return the report too."""
    command = str(Path(sys.executable).with_name("mankong"))
    timed([command, "network", "add", "BENCH", "Benchmark", "--store", str(store)])
    seconds, said = timed(
        [
            command,
            "import",
            str(source),
            "--network",
            "BENCH",
            "--type",
            "household",
            "--store",
            str(store),
            "--json",
        ]
    )
    shutil.rmtree(store.with_name(store.name + ".files"))
    store.unlink()
    return seconds, json.loads(said)


def main() -> None:
    """Compare at every size named on the command line."""
    if shutil.which("ogr2ogr") is None:
        raise SystemExit("ogr2ogr (package gdal-bin) is the peer and is not here.")
    sizes = [int(text.replace("_", "")) for text in sys.argv[1:]] or [100_000, 1_000_000]
    version = subprocess.run(
        ["ogr2ogr", "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()
    print(version)
    for rows in sizes:
        with tempfile.TemporaryDirectory(prefix="mankong-bench-") as folder:
            compare(rows, Path(folder))


if __name__ == "__main__":
    main()
