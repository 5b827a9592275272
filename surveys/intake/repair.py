"""Shapes that could be mended: what is wrong and where, a suggestion, and the person's yes, row by row.

A row whose suggestion is accepted goes in as a continuation of the import it was kept out of; the
shape as it was sent stays in the original file, and beside the record as a text.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import shapely

from gis.crs import to_wgs84
from gis.formats import GEOMETRY, ROW
from gis.geometry import Repair, suggest_repair
from surveys.errors import Refused
from surveys.intake import continuation, imports
from surveys.intake.accept import accept, import_folder
from surveys.intake.examination import Examination, Part
from surveys.intake.examine import Upload, examine
from surveys.intake.kept_out import examination_in
from surveys.intake.mapping import OF_FILE
from surveys.intake.options import Options
from surveys.intake.spool import REASON
from surveys.roles import Actor
from surveys.store.store import Store
from surveys.words import words

# The reasons for which a shape may be mended; a ring left open is closed by the reader already.
INVALID, OPEN = "geometry_invalid", "unclosed_ring"
# How many suggestions are made at a time, and how long that may take (seconds).
MOST, PATIENCE_S = 100, 10.0
BEFORE = "รูปเดิม (WKT)"
_LONGEST_WKT = 20_000


@dataclass(frozen=True)
class Suggestion:
    """A row kept out for its shape: the shape as it was sent (EPSG:4326), and how it might be mended."""

    part: int
    row: int
    title: str
    shape: shapely.Geometry
    repair: Repair


def suggestions(store: Store, network: str, actor: Actor, import_id: int) -> list[Suggestion]:
    """Suggest how the shapes of rows kept out of an import might be mended; at most :data:`MOST`.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not import or read files, or there is no such import.
    """
    actor.must("import", "see_files")
    until, found = time.monotonic() + PATIENCE_S, list[Suggestion]()
    for one in _faulty(store, network, actor, import_id):
        if len(found) == MOST or time.monotonic() > until:
            break
        repair = suggest_repair(one.shape, one.left_open)
        if repair is not None:
            found.append(Suggestion(one.part, one.row, one.title, one.shape, repair))
    return found


def take(
    store: Store, network: str, actor: Actor, import_id: int, chosen: Collection[tuple[int, int]]
) -> list[dict[str, Any]]:
    """Take the rows chosen (part, row) with their shapes mended as suggested; return a report a part.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not import, there is no such import, or nothing that can be mended was chosen.
    """
    actor.must("import", "see_files")
    examination = _examination(store, network, actor, import_id)
    features: dict[int, list[bytes]] = {}
    for one in _faulty(store, network, actor, import_id):
        if (one.part, one.row) not in chosen:
            continue
        repair = suggest_repair(one.shape, one.left_open)
        if repair is not None:
            features.setdefault(one.part, []).append(_feature(one, repair, examination))
    if not features:
        raise Refused(words("กรุณาเลือกแถวที่จะซ่อม", "Choose the rows to mend."))
    return [_taken(store, network, actor, (examination, number), rows) for number, rows in features.items()]


@dataclass(frozen=True)
class _Faulty:
    """A row kept out for its shape, with its cells as they stood in the file."""

    part: int
    row: int
    title: str
    shape: shapely.Geometry
    left_open: bool
    cells: dict[str, str]


def _examination(store: Store, network: str, actor: Actor, import_id: int) -> Examination:
    found = imports.get(store, import_id, actor)
    if found["network"] != network or found["state"] != "done":
        raise Refused(words("การนำเข้านี้ถูกยกเลิกไปแล้ว", "This import is undone."))
    return examination_in(import_folder(store, import_id))


def _faulty(store: Store, network: str, actor: Actor, import_id: int) -> Iterator[_Faulty]:
    """Give the rows kept out for their shape, in the order of the file."""
    examination, folder = _examination(store, network, actor, import_id), import_folder(store, import_id)
    for number, part in enumerate(examination.parts):
        for name in part.kept_out:
            with pa.memory_map(str(folder / name)) as mapped:
                for batch in pa.ipc.open_file(mapped).read_all().to_batches():
                    yield from _rows(number, part, batch)


def _rows(number: int, part: Part, batch: pa.RecordBatch) -> Iterator[_Faulty]:
    own = [name for name in batch.schema.names if name not in (ROW, REASON, GEOMETRY)]
    titles = [part.fields[name] for name in part.fields if name not in ("community",)][:1]
    for row in batch.to_pylist():
        if row[REASON] not in (INVALID, OPEN) or row[GEOMETRY] is None or part.crs is None:
            continue
        shape = to_wgs84(shapely.from_wkb([row[GEOMETRY]]), part.crs)[0]
        cells = {name: row[name] for name in own if row[name] is not None}
        title = " ".join(cells[column] for column in titles if column in cells)
        yield _Faulty(number, row[ROW], title, shape, row[REASON] == OPEN, cells)


def _feature(one: _Faulty, repair: Repair, examination: Examination) -> bytes:
    before = shapely.to_wkt(one.shape, rounding_precision=9)
    told = one.cells | {OF_FILE: continuation.mark(examination.digest)}
    told |= {BEFORE: before} if len(before) <= _LONGEST_WKT else {}
    shape = json.loads(shapely.to_geojson(repair.geometry))
    return orjson.dumps({"type": "Feature", "properties": told, "geometry": shape})


def _taken(
    store: Store, network: str, actor: Actor, of: tuple[Examination, int], rows: list[bytes]
) -> dict[str, Any]:
    """Take mended rows in as a file of their own."""
    examination, number = of
    part = examination.parts[number]
    text = b'{"type":"FeatureCollection","features":[' + b",".join(rows) + b"]}"
    with tempfile.TemporaryDirectory(dir=store.files) as folder:
        file = Path(folder) / "mended.geojson"
        file.write_bytes(text)
        work = Path(folder) / "work"
        work.mkdir()
        name = f"ซ่อมรูป {Path(examination.file_name).stem}.geojson"
        # What was sent is in metres perhaps; the mended shapes are in degrees.
        options = Options(type=part.type, crs="EPSG:4326")
        found = examine(Upload(file, name, network, options, work), store, actor)
        return accept(found, store, actor)
