"""Rows of an XLSX read: our reader child, Arrow files and all, beside openpyxl in its read-only mode.

``python -m benchmarks.read_xlsx [ROWS]`` (100,000 when none is given). The sheet has the 32 columns of the
household file of :mod:`benchmarks.import_csv`. Both run as whole processes in turn; what is compared is
processor time, user and system, which other work on the machine disturbs least. The peer only walks over its
rows; ours looks at the archive and the sheet's range first, reads every cell as text, finds the headings and the
places, and writes the layer.
"""

from __future__ import annotations

import csv
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from benchmarks.import_csv import write_households

_ROUNDS = 3
_PEER = """
import sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1], read_only=True, data_only=True)
print(sum(1 for _ in book.active.iter_rows(values_only=True)) - 1)
"""
_OURS = """
import sys
from pathlib import Path
from gis.formats import ReadOptions, read
print(read(Path(sys.argv[1]), "households.xlsx", ReadOptions(), Path(sys.argv[2])).layers[0].rows)
"""
# What stands in the file as numbers; the rest are texts, as surveyors type them.
_NUMBERS = frozenset(("จำนวนสมาชิก", "รายจ่ายครัวเรือน", "หนี้ในระบบ", "หนี้นอกระบบ", "เงินออม", "lat", "lon"))


def write_workbook(source: Path, target: Path) -> None:
    """Write the CSV of households as a workbook of one sheet."""
    with (
        source.open(encoding="utf-8", newline="") as file,
        xlsxwriter.Workbook(str(target), {"constant_memory": True, "strings_to_formulas": False}) as book,
    ):
        sheet = book.add_worksheet("ครัวเรือน")
        records = csv.reader(file)
        heading = next(records)
        sheet.write_row(0, 0, heading)
        for row, record in enumerate(records, 1):
            for column, (name, cell) in enumerate(zip(heading, record, strict=True)):
                if cell and name in _NUMBERS:
                    sheet.write_number(row, column, float(cell))
                elif cell:
                    sheet.write_string(row, column, cell)


def timed(program: str, arguments: Sequence[str], rows: int) -> tuple[float, float]:
    """Run a program to its end; return processor seconds, its children's too, and wall seconds."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if int(done.stdout) != rows:
        raise SystemExit(f"{done.stdout.strip()} rows were read instead of {rows}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def main(rows: int) -> None:
    """Time both in turn and print the figures and their ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_households(folder / "households.csv", rows)
        book = folder / "households.xlsx"
        write_workbook(folder / "households.csv", book)
        ours, theirs = [], []
        for number in range(_ROUNDS):
            work = folder / f"work-{number}"
            work.mkdir()
            theirs.append(timed(_PEER, [str(book)], rows))
            ours.append(timed(_OURS, [str(book), str(work)], rows))
        print(f"{rows:>9,} rows x 32 columns, {book.stat().st_size / 1e6:.0f} MB")
        for peer, runs in (("openpyxl", theirs), ("reader child", ours)):
            cpu, wall = (statistics.median(run[place] for run in runs) for place in (0, 1))
            print(
                f"  {peer:<13} {cpu:6.1f} s of processor, {wall:6.1f} s  {rows / cpu:8,.0f} rows/s of processor"
            )
        ratios = [their[0] / our[0] for their, our in zip(theirs, ours, strict=True)]
        rounds = ", ".join(f"{ratio:.2f}" for ratio in ratios)
        print(f"  ratio openpyxl's / ours: {statistics.median(ratios):.2f}   (rounds: {rounds})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
