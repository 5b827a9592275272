"""Rows of an XLSX read: our reader child, Arrow files and all, beside openpyxl in its read-only mode.

``python -m benchmarks.read_xlsx [ROWS ...]`` (100,000 when none are given). The sheet has the 32 columns of the
household file of :mod:`benchmarks.households`. Both run as whole processes in turn; what is compared is
processor time, user and system, which other work on the machine disturbs least. The peer only walks over its
rows; ours looks at the archive and the sheet's range first, reads every cell as text, finds the headings and the
places, and writes the layer.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from pathlib import Path

import xlsxwriter

from benchmarks import side_by_side
from benchmarks.households import write_households

_PEER = """
import sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1], read_only=True, data_only=True)
print(sum(1 for _ in book.active.iter_rows(values_only=True)) - 1)
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


def main(arguments: list[str]) -> None:
    """Time both in turn at every size."""
    for rows in side_by_side.sizes(arguments, (100_000,)):
        with tempfile.TemporaryDirectory(prefix="mankong-bench-") as name:
            folder = Path(name)
            source, book = folder / "households.csv", folder / "households.xlsx"
            write_households(source, rows)
            write_workbook(source, book)
            side_by_side.readers(book, rows, ("openpyxl", _PEER), folder)


if __name__ == "__main__":
    main(sys.argv[1:])
