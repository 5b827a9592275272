"""A mended workbook that comes back: which import its rows were kept out of, and how that one was read.

The workbook of rows kept out names the file they stood in, by the beginning of its SHA-256, and which part of it
that was. The rows that come back are taken as that file was: its type, its coordinate system, its mapping by hand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pyarrow.compute as pc
import sqlalchemy as sa

from gis.formats import Layer, Reading
from surveys.intake.mapping import OF_FILE, SHAPE_HEADING
from surveys.intake.options import Options
from surveys.intake.plan import open_layer
from surveys.store.schema import table
from surveys.store.store import Store
from surveys.words import folded

# How much of a digest stands in the workbook: enough to tell all files of a network apart.
MARK_LETTERS = 16
# The beginning of the digest, and the number of the part; workbooks made earlier do not tell that. What follows
# is of a ragged row (ragged.py).
MARK = f"(?P<digest>[0-9a-f]{{{MARK_LETTERS}}})(?:-(?P<part>[0-9]{{1,4}}))?(?P<cells>[-+][0-9a-f]{{12}})?"
_MARK = re.compile(MARK)
# What is kept of an import beside its report, for those that continue it.
CONTINUES, OPTIONS = "continues", "options"


@dataclass(frozen=True)
class Continued:
    """The import whose rows come back, what was said of its file, and what it was taken for.

    ``digest`` is that of its file; ``type`` and ``crs`` are None where its layers differed.
    """

    import_id: int
    digest: str
    options: Mapping[str, Any]
    type: str | None
    crs: str | None

    @property
    def mark(self) -> str:
        """The beginning of the digest, as the workbook names the file."""
        return self.digest[:MARK_LETTERS]


def mark(digest: str, part: int) -> str:
    """Return what the workbook says of the file, and of the part of it (from 0)."""
    return f"{digest[:MARK_LETTERS]}-{part}"


def continued(reading: Reading, store: Store, network: str) -> Continued | None:
    """Find the standing import that the rows of a file were kept out of."""
    marks = [found for layer in reading.layers if (found := _mark_in(layer))]
    if not marks:
        return None
    change = table("change")
    query = (
        sa.select(change.c.number, change.c.report)
        .where(
            change.c.network == network, change.c.kind == "import", change.c.state == "done",
            sa.func.json_extract(change.c.report, "$.digest").like(f"{marks[0]}%"),
        )
        .order_by(change.c.id.desc())
    )  # fmt: skip
    with store.reading() as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    report = json.loads(row.report)
    types, systems = ({part[name] for part in report["parts"]} for name in ("type", "crs"))
    said = report.get(OPTIONS) or {}
    return Continued(row.number, report["digest"], said, _only(types), _only(systems - {None}))


def _only(found: set[str | None]) -> str | None:
    return next(iter(found)) if len(found) == 1 else None


def continued_by(store: Store, network: str, import_id: int) -> list[int]:
    """Return the standing imports that brought mended rows of an import back, in order."""
    change = table("change")
    query = (
        sa.select(change.c.number)
        .where(
            change.c.network == network, change.c.kind == "import", change.c.state == "done",
            sa.func.json_extract(change.c.report, f"$.{CONTINUES}") == import_id,
        )
        .order_by(change.c.id)
    )  # fmt: skip
    with store.reading() as connection:
        return list(connection.scalars(query))


def _mark_in(layer: Layer) -> str | None:
    column = next((name for name in layer.columns if folded(name) == folded(OF_FILE)), None)
    source = open_layer(layer) if column is not None else None
    for n in range(source.num_record_batches if source is not None else 0):
        batch = source.get_batch(n)  # type: ignore[union-attr]
        texts = pc.drop_null(batch.column(column))
        if len(texts):
            found = _MARK.fullmatch(str(texts[0].as_py()).strip())
            return found["digest"] if found else None
    return None


def as_before(options: Options, before: Continued, reading: Reading) -> Options:
    """Return the options with what was said of the first file, where nothing is said of this one.

    They are as they are where the person wants nothing of earlier choices.
    """
    if options.afresh:
        return options
    headings = {column for layer in reading.layers for column in (*layer.columns, *layer.coordinate_columns)}
    kept = {
        column: field for column, field in (before.options.get("columns") or {}).items() if column in headings
    }
    # A shape written beside its row says its own system, or is in degrees.
    asked = any(
        layer.has_geometry and layer.crs is None and layer.coordinate_columns != (SHAPE_HEADING,)
        for layer in reading.layers
    )
    told = before.options.get("crs") if asked else None
    return replace(
        options,
        type=options.type or before.options.get("type") or before.type,
        crs=options.crs or before.crs or told,
        columns=kept | dict(options.columns),
        # "update" is what is said by saying nothing.
        existing=before.options.get("existing", options.existing)
        if options.existing == "update"
        else options.existing,
    )
