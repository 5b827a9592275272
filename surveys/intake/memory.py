"""What people decided by hand of an earlier file with the same headings: proposed again, and said."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from gis.formats import Reading
from surveys.intake.continuation import OPTIONS
from surveys.intake.options import COORDINATES, Options
from surveys.intake.plan import twice
from surveys.record import RecordType
from surveys.store.schema import table
from surveys.store.store import Store

# What is kept of an import beside its report, to know its file's headings again.
HEADINGS = "headings"
# The choices that are proposed again; others are about one file only.
_CHOICES = ("type", "layers", "columns")


@dataclass(frozen=True)
class Remembered:
    """An earlier import whose file had the same headings, and what was said of it by hand."""

    import_id: int
    said: Mapping[str, Any]


def headings_of(reading: Reading) -> str:
    """Return a text that is the same for files with the same set of headings, whatever their order."""
    names = {name for layer in reading.layers for name in (*layer.columns, *layer.coordinate_columns)}
    return hashlib.sha256("\x1f".join(sorted(names)).encode()).hexdigest()


def remembered(headings: str, store: Store, network: str) -> Remembered | None:
    """Find the latest standing import of the network whose file had these headings, when people chose by hand."""
    change = table("change")
    query = (
        sa.select(change.c.number, change.c.report)
        .where(
            change.c.network == network, change.c.kind == "import", change.c.state == "done",
            sa.func.json_extract(change.c.report, f"$.{HEADINGS}") == headings,
        )
        .order_by(change.c.id.desc()).limit(1)
    )  # fmt: skip
    with store.reading() as connection:
        row = connection.execute(query).first()
    said = json.loads(row.report).get(OPTIONS) or {} if row else {}
    return Remembered(row.number, said) if row and any(said.get(name) for name in _CHOICES) else None


def by_hand(options: Options) -> bool:
    """Tell whether a person says how the file is to be read: nothing is proposed then."""
    return bool(options.type or options.layers or options.columns or options.afresh)


def as_remembered(
    options: Options, found: Remembered, reading: Reading, types: Mapping[str, RecordType]
) -> Options | None:
    """Return the options with the choices made before; None where they do not fit the file or the fields any more."""
    layers = {layer.name for layer in reading.layers}
    chosen, columns = found.said.get("layers") or {}, found.said.get("columns") or {}
    fields = {name for record_type in types.values() for name in record_type.by_name} | {"-", *COORDINATES}
    known = {found.said.get("type"), *chosen.values()} - {None} <= types.keys()
    if not (known and chosen.keys() <= layers and set(columns.values()) <= fields):
        return None
    # A file that says its coordinate system is believed.
    silent = all(layer.crs is None for layer in reading.layers if layer.has_geometry)
    crs = options.crs or (found.said.get("crs") if silent else None)
    said = replace(options, type=found.said.get("type"), layers=chosen, columns=columns, crs=crs)
    # Two columns of one field were taken once; nobody is asked to repeat it.
    return None if any(twice(layer, said) for layer in reading.layers) else said
