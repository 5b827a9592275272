"""A sample of a layer's shapes to look at before confirming: faulty ones first, at most 2,000."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely

from surveys.intake.shapes import Shapes

LIMIT = 2_000


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
        with pa.ipc.new_file(path, table.schema.with_metadata({"total": str(self.total)})) as writer:
            writer.write_table(table)
        return path.name
