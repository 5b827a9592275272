"""A sample of a layer's shapes to look at before confirming: faulty ones first, at most 2,000."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from surveys.intake.examination import Examination, Part
from surveys.intake.log import COLUMNS
from surveys.intake.plain import plain, plainly
from surveys.intake.shapes import Shapes
from surveys.words import Words, words

LIMIT = 2_000
_TOTAL = b"total"
# Beside the shapes, once the whole file is examined: message and remedy of a row kept out, or all
# that was remarked on a row that is taken.
_SAID = ("message_th", "message_en", "remedy_th", "remedy_en")
_AT = {name: COLUMNS.index(name) for name in ("severity", "code", "layer", "row", *_SAID)}

# A shape as WKB, its row, what becomes of it, and the reason.
PreviewRow = tuple[bytes, int, str, str]


class Preview:
    """Collects shapes with what becomes of their rows."""

    def __init__(self) -> None:
        self._rows: dict[str, list[PreviewRow]] = {"quarantined": [], "taken": [], "unchanged": []}
        self.total = 0

    @property
    def rows(self) -> list[PreviewRow]:
        """The shapes to show: faulty ones first, at most the limit."""
        return [row for held in self._rows.values() for row in held][:LIMIT]

    def absorb(self, rows: list[PreviewRow], total: int) -> None:
        """Take in what another sample collected."""
        self.total += total
        for row in rows:
            if len(self._rows[row[2]]) < LIMIT:
                self._rows[row[2]].append(row)

    def add(self, shapes: Shapes, rows: np.ndarray, reasons: np.ndarray, taken: np.ndarray) -> None:
        """Take a batch in; shapes beyond the limit are only counted."""
        drawable = ~shapely.is_missing(shapes.geometries) & ~shapely.is_empty(shapes.geometries)
        drawable &= (shapes.codes != "geometry_not_finite") & (shapes.codes != "degrees_expected")
        self.total += int(drawable.sum())
        kinds = {"quarantined": reasons != "", "taken": taken, "unchanged": (reasons == "") & ~taken}
        for status, which in kinds.items():
            held = self._rows[status]
            chosen = np.flatnonzero(which & drawable)[: LIMIT - len(held)]
            wkb = shapely.to_wkb(shapes.geometries[chosen])
            numbers, why = rows[chosen].tolist(), reasons[chosen].tolist()
            held += zip(wkb, numbers, [status] * len(chosen), why, strict=True)

    def save(self, folder: Path, number: int) -> str | None:
        """Write the sample as an Arrow file; return its name, None when there is nothing to draw."""
        chosen = self.rows
        if not chosen:
            return None
        columns = list(zip(*chosen, strict=True))
        table = pa.table(dict(zip(("wkb", "row", "status", "reason"), columns, strict=True)))
        path = folder / f"preview-{number}.arrow"
        with pa.ipc.new_file(path, table.schema.with_metadata({_TOTAL: str(self.total)})) as writer:
            writer.write_table(table)
        return path.name


@dataclass(frozen=True)
class Shown:
    """A shape to look at: its row, what becomes of it, the code it is kept out for, and what is said of it.

    ``message`` and ``remedy`` are empty where there is nothing to say.
    """

    shape: Any
    row: int
    status: str
    reason: str
    message: Words
    remedy: Words


def tell(found: Examination) -> None:
    """Write beside the shapes kept to look at what was said of their rows, from the list of all problems."""
    wanted = {part.layer: _tables(found.folder / part.preview) for part in found.parts if part.preview}
    if not wanted or not found.problem_file.exists():
        return
    status = {
        (layer, row): reason
        for layer, table in wanted.items()
        for row, reason in zip(table["row"].to_pylist(), table["reason"].to_pylist(), strict=True)
    }
    said = _said(found.problem_file, status)
    for part in found.parts:
        if part.preview:
            table = wanted[part.layer]
            for place, name in enumerate(_SAID):
                texts = [" · ".join(said[part.layer, row][place]) for row in table["row"].to_pylist()]
                table = table.append_column(name, pa.array(texts, pa.string()))
            with pa.ipc.new_file(found.folder / part.preview, table.schema) as writer:
                writer.write_table(table)


def _tables(path: Path) -> pa.Table:
    """Read a sample into memory: its file is written anew."""
    with pa.OSFile(str(path)) as file:
        return pa.ipc.open_file(file).read_all()


def _said(
    problems: Path, reasons: Mapping[tuple[str, int], str]
) -> Mapping[tuple[str, int], tuple[dict[str, None], ...]]:
    """Return what was said of rows: of one kept out its reason, of one taken every remark, each once."""
    said: dict[tuple[str, int], tuple[dict[str, None], ...]] = defaultdict(lambda: ({}, {}, {}, {}))
    with problems.open(encoding="utf-8", newline="") as file:
        for line in csv.reader(file):
            row = line[_AT["row"]]
            at = (line[_AT["layer"]], int(row)) if row.isdecimal() else None
            if at is None or at not in reasons:
                continue
            if reasons[at] == (line[_AT["code"]] if line[_AT["severity"]] == "quarantine" else ""):
                for place, name in enumerate(_SAID):
                    said[at][place][line[_AT[name]]] = None
    return said


def shown(folder: Path, part: Part) -> tuple[int, list[Shown]]:
    """Read the sample of a part: how many of its rows could be drawn, and those to show.

    A row kept out has a message always: where its own was not listed, that of its kind.
    """
    if part.preview is None:
        return 0, []
    table = _tables(folder / part.preview)
    names = ("row", "status", "reason", *_SAID)
    # A sample that an older program wrote has no texts.
    columns = [table[n].to_pylist() if n in table.column_names else [""] * len(table) for n in names]
    shapes = shapely.from_wkb(table["wkb"].to_pylist())
    found = [_shown(part, shape, facts) for shape, *facts in zip(shapes, *columns, strict=True)]
    return int(table.schema.metadata[_TOTAL]), found


def _shown(part: Part, shape: Any, facts: Iterable[Any]) -> Shown:
    row, status, reason, th, en, remedy_th, remedy_en = facts
    message, remedy = plain(words(th, en)), plain(words(remedy_th, remedy_en))
    if reason and not message.th:
        message, remedy = plainly(reason, part.type)
    return Shown(shape, row, status, reason, message, remedy)
