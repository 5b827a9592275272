"""What examining a file found: a value that can be looked at, shown, kept between two requests, accepted."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from surveys.intake.left_out import LeftOut, as_json
from surveys.intake.log import LISTED
from surveys.intake.options import Options
from surveys.intake.problem import Problem
from surveys.words import Words

# Beside the spools it names.
FILE = "examination.json"
Status = Literal["ready", "taken", "partly", "refused", "same", "dry_run"]


@dataclass(frozen=True)
class Part:
    """One layer of the file as one record type: what becomes of its rows, and where they wait.

    ``staged`` are the Arrow files of the rows to write, ``kept_out`` the Arrow files of the
    quarantined rows as they stood in the file, ``seen`` those that list the records of all other rows,
    ``changed`` those of the records that change, before and after. ``unplaced_rows`` are the first of those unplaced.
    """

    layer: str
    type: str
    crs: str | None
    encoding: str | None
    fields: Mapping[str, str]
    unmapped: tuple[str, ...]
    rows: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    quarantined: int = 0
    unplaced: int = 0
    staged: tuple[str, ...] = ()
    kept_out: tuple[str, ...] = ()
    preview: str | None = None
    encoding_note: str | None = None
    sample: str = ""
    seen: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unplaced_rows: tuple[int, ...] = ()

    @property
    def taken(self) -> int:
        """Count the rows that change the store."""
        return self.new + self.updated

    def as_json(self) -> dict[str, Any]:
        """Return the part as scripts read it."""
        names = (
            "layer",
            "type",
            "rows",
            "new",
            "updated",
            "unchanged",
            "quarantined",
            "unplaced",
            "crs",
            "encoding",
        )
        return {name: getattr(self, name) for name in names} | {
            "taken": self.taken,
            "unmapped": list(self.unmapped),
        }


@dataclass(frozen=True)
class Examination:
    """What examining a file found. Nothing was written to the store for it.

    ``folder`` holds the raw file and the spools; ``identity`` tells the same import from another;
    ``revision`` is the network's at the time; ``same_as`` is the import this one repeats,
    ``continues`` the one whose rows kept out come back mended, ``remembers`` the one whose choices by
    hand are made again because its file had the same ``headings``. ``aside``
    counts, of ``counts``, the warnings about rows that are kept out. ``changes`` are the first records
    that change, as far as whoever had the file examined sees them. ``attached`` counts the pictures of the
    archive that its records do not have yet. ``left_out`` are layers that are not taken beside others, with their rows.
    """

    folder: Path
    file_name: str
    digest: str
    network: str
    options: Options
    revision: int
    parts: tuple[Part, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    aside: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    changes: tuple[Mapping[str, Any], ...] = ()
    identity: str = ""
    same_as: int | None = None
    continues: int | None = None
    remembers: int | None = None
    headings: str = ""
    attached: int = 0
    left_out: LeftOut = ()

    @property
    def refused(self) -> bool:
        """Tell whether the file as a whole cannot be taken."""
        return any(problem.severity == "refuse" for problem in self.problems)

    def total(self, name: str) -> int:
        """Sum a count of the parts."""
        return sum(getattr(part, name) for part in self.parts)

    @property
    def main(self) -> Part | None:
        """Return the largest part."""
        return max(self.parts, key=lambda part: part.rows, default=None)

    @property
    def raw(self) -> Path:
        """The file as it was sent."""
        return self.folder / "raw"

    @property
    def problem_file(self) -> Path:
        """Every problem, as CSV."""
        return self.folder / "problems.csv"

    def report(self, status: Status, import_id: int | None) -> dict[str, Any]:
        """Return the report as scripts read it (``import --json``)."""
        main = self.main
        sums = {
            name: self.total(name)
            for name in ("rows", "taken", "new", "updated", "unchanged", "quarantined", "unplaced")
        }
        return {
            "import_id": import_id, "status": status, **sums,
            "type": main.type if main else None, "crs": main.crs if main else None,
            "encoding": main.encoding if main else None, "not_taken": as_json(self.left_out),
            "unmapped": sorted({column for part in self.parts for column in part.unmapped}),
            "parts": [part.as_json() for part in self.parts], "problem_counts": dict(self.counts),
            "problems": [problem.as_json() for problem in self._listed()], "changes": list(self.changes),
        }  # fmt: skip

    def _listed(self) -> Iterator[Problem]:
        """Give the first hundred problems of each code, those of rows that are taken before the others."""
        listed: Counter[str] = Counter()
        for problem in sorted(self.problems, key=lambda problem: problem.kept_out):
            listed[problem.code] += 1
            if listed[problem.code] <= LISTED:
                yield problem

    def save(self) -> None:
        """Write the examination beside its spools, to be loaded by another process."""
        raw = dataclasses.asdict(self) | {"folder": str(self.folder)}
        (self.folder / FILE).write_text(json.dumps(raw, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def there(cls, folder: Path) -> Examination | None:
        """Read what :meth:`save` wrote; None when there is none, or somebody drops it at this moment."""
        try:
            return cls.load(folder)
        except FileNotFoundError:
            return None

    @classmethod
    def load(cls, folder: Path) -> Examination:
        """Read what :meth:`save` wrote."""
        raw = json.loads((folder / FILE).read_text(encoding="utf-8"))
        parts = tuple(Part(**part | _tuples(part)) for part in raw.pop("parts"))
        problems = tuple(_problem(problem) for problem in raw.pop("problems"))
        options = Options(**raw.pop("options"))
        if any(not isinstance(name, str) for part in parts for name in part.staged):
            # An older program staged otherwise: the file is examined again when it is confirmed.
            raw["revision"] = _OLDER
        rest = raw | {
            "folder": folder,
            "counts": Counter(raw["counts"]),
            "changes": tuple(raw.get("changes", ())),
            "left_out": tuple((layer, rows) for layer, rows in raw.get("left_out", ())),
        }
        return cls(**rest, parts=parts, problems=problems, options=options)


# A revision that no network has.
_OLDER = -1


def _tuples(part: dict[str, Any]) -> dict[str, Any]:
    names = ("unmapped", "staged", "kept_out", "seen", "changed", "unplaced_rows")
    return {name: tuple(part.get(name, ())) for name in names}


def _problem(raw: dict[str, Any]) -> Problem:
    said = {name: Words(**raw[name]) if raw[name] else None for name in ("rule", "near")}
    return Problem(**raw | said | {"likely": tuple(raw.get("likely", ()))})
