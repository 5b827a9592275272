"""docs/problems.md: every problem a file can have, what it says, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator

from docs.markdown import cell, code, page, table
from surveys.intake.problems import CATALOGUE

INTRO = """\
Every problem the intake can report, from `surveys/intake/problems.py`. A report names with each problem
the row as the surveyor sees it in the file, the column, the value, the reason and the remedy. Words in
braces are filled in from the file."""

SEVERITIES = {
    "refuse": ("The file is refused", "ปฏิเสธทั้งไฟล์", "Nothing of the file is taken."),
    "quarantine": (
        "The row is kept out", "กันแถวไว้",
        "The other rows are taken. The rows kept out can be downloaded with their reasons, mended and sent again.",
    ),
    "warn": ("The row is taken, with a warning", "รับแถวไว้ พร้อมคำเตือน",
             "A cell that could not be read is left empty and its text is kept."),
}  # fmt: skip


def problems_page() -> str:
    """Write the page."""
    return page("Problems a file can have", INTRO, _sections())


def _sections() -> Iterator[str]:
    for severity, (english, thai, meaning) in SEVERITIES.items():
        rows = [_row(name) for name, kind in CATALOGUE.items() if kind.severity == severity]
        yield f"## {english} ({thai})\n\n{meaning}"
        yield table(("Code", "ข้อความ", "วิธีแก้", "Message", "Remedy"), rows)


def _row(name: str) -> list[str]:
    kind = CATALOGUE[name]
    texts = (kind.message.th, kind.remedy.th, kind.message.en, kind.remedy.en)
    return [code(name), *map(cell, texts)]
