"""The problems of one upload: counted by code, the first hundred of each listed, all streamed to a file."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from surveys.intake.problem import Problem

LISTED = 100
COLUMNS = (
    "severity",
    "code",
    "layer",
    "row",
    "column",
    "field",
    "value",
    "message_th",
    "message_en",
    "remedy_th",
    "remedy_en",
)


@dataclass
class ProblemLog:
    """Collects problems while a file is examined; every one also goes to the file ``path``.

    ``aside`` counts, of ``counts``, the warnings about rows that are kept out for another reason; the
    first hundred of a code are listed of either sort. ``sheets`` tells that the file is a workbook.
    """

    path: Path
    counts: Counter[str] = field(default_factory=Counter)
    aside: Counter[str] = field(default_factory=Counter)
    listed: list[Problem] = field(default_factory=list)
    sheets: bool = False

    def add(self, problems: Iterable[Problem]) -> None:
        """Take problems in."""
        rows = []
        for one in problems:
            problem = replace(one, sheets=True) if self.sheets and one.row is None else one
            self.counts[problem.code] += 1
            self.aside[problem.code] += problem.kept_out
            same = self.aside[problem.code]
            if (same if problem.kept_out else self.counts[problem.code] - same) <= LISTED:
                self.listed.append(problem)
            said = problem.as_json()
            rows.append([said[name] for name in COLUMNS])
        if rows:
            new = not self.path.exists()
            with self.path.open("a", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerows([COLUMNS, *rows] if new else rows)

    def count(self, code: str, more: int) -> None:
        """Count problems of a code that a reader saw but did not list."""
        self.counts[code] += more

    def absorb(self, other: ProblemLog) -> None:
        """Take in what another log collected; its file is emptied into this one's."""
        held = Counter((problem.code, problem.kept_out) for problem in self.listed)
        for problem in other.listed:
            held[problem.code, problem.kept_out] += 1
            if held[problem.code, problem.kept_out] <= LISTED:
                self.listed.append(problem)
        self.counts.update(other.counts)
        self.aside.update(other.aside)
        if other.path.exists():
            new = not self.path.exists()
            with other.path.open(encoding="utf-8") as source, self.path.open("a", encoding="utf-8") as file:
                heading = source.readline()
                file.write(heading if new else "")
                shutil.copyfileobj(source, file)
            other.path.unlink()
