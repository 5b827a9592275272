"""Shapes that could be mended: what is wrong and where, a suggestion, and the person's yes, row by row.

A row whose suggestion is accepted goes in as a continuation of the import it was kept out of; the
shape as it was sent stays in the original file, and beside the record as a text. Shapes that were taken
with repeated corners are mended the same way (:mod:`surveys.intake.repeated_records`).
"""

from __future__ import annotations

import tempfile
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
from surveys.intake.fault_words import MENDED, WITHOUT_REPEATED
from surveys.intake.kept_out import examination_in
from surveys.intake.mapping import ADDED_HEADINGS, OF_FILE
from surveys.intake.options import Options
from surveys.intake.repeated_records import Brought, Repeating, feature, repeating
from surveys.intake.returned import came_back
from surveys.intake.spool import REASON
from surveys.intake.suggestion import Offer, Suggestion, any_of, offer
from surveys.records import ALL
from surveys.roles import Actor
from surveys.store.store import Store
from surveys.words import words

# The reasons for which a shape may be mended; a ring left open is closed by the reader already.
INVALID, OPEN = "geometry_invalid", "unclosed_ring"
BEFORE = "รูปเดิม (WKT)"
_LONGEST_WKT = 20_000


def suggestions(store: Store, network: str, actor: Actor, import_id: int) -> Offer[Suggestion]:
    """Suggest how the shapes of rows kept out of an import might be mended.

    A row that came back since, mended in whatever way, is none of them.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not import or read files, there is no such import, or it is undone.
    """
    actor.must("import", "see_files")
    brought = _brought(store, network, actor, import_id)
    return offer(_suggestion(one) for one in _faulty(brought))


def repeated(store: Store, network: str, actor: Actor, import_id: int) -> Offer[Repeating]:
    """Suggest the shapes of records that an import brought without the corners they repeat.

    Raises
    ------
    NotAllowed, NotFound, Refused
        As :func:`suggestions`.
    """
    actor.must("import", "see_files")
    return offer(repeating(_brought(store, network, actor, import_id), actor))


def mendable(store: Store, network: str, actor: Actor, import_id: int) -> bool:
    """Tell whether there may be anything to suggest for an import: not once all is mended.

    Raises
    ------
    NotAllowed, NotFound, Refused
        As :func:`suggestions`.
    """
    actor.must("import", "see_files")
    brought = _brought(store, network, actor, import_id)
    faulty = any_of(_suggestion(one) for one in _faulty(brought))
    return faulty or any_of(repeating(brought, actor))


def take(
    store: Store, network: str, actor: Actor, import_id: int, chosen: Collection[tuple[int, int]]
) -> list[dict[str, Any]]:
    """Take the rows chosen (part, row) with their shapes mended as suggested; return the reports.

    Rows that were kept out come in; records that repeat corners get the shape without them. There is a report for
    each part and each of the two.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not import, there is no such import, or nothing that can be mended was chosen.
    """
    actor.must("import", "see_files")
    brought = _brought(store, network, actor, import_id)
    features: dict[tuple[int, str], list[bytes]] = {}
    for one in _faulty(brought):
        suggested = _suggestion(one) if (one.part, one.row) in chosen else None
        if suggested is not None:
            made = _feature(one, suggested.repair, brought.examination)
            features.setdefault((one.part, MENDED.th), []).append(made)
    for record in repeating(brought, actor, chosen):
        if record is not None:
            made = feature(record, brought.examination)
            features.setdefault((record.part, WITHOUT_REPEATED.th), []).append(made)
    if not features:
        raise Refused(words("กรุณาเลือกแถวที่จะซ่อม", "Choose the rows to mend."))
    return [_taken(brought, actor, which, rows) for which, rows in features.items()]


@dataclass(frozen=True)
class _Faulty:
    """A row kept out for its shape, with its cells as they stood in the file."""

    part: int
    row: int
    title: str
    type: str
    shape: shapely.Geometry
    left_open: bool
    cells: dict[str, str]


def _brought(store: Store, network: str, actor: Actor, import_id: int) -> Brought:
    found = imports.get(store, import_id, actor)
    if found["network"] != network or found["state"] != "done":
        raise Refused(words("การนำเข้านี้ถูกยกเลิกไปแล้ว", "This import is undone."))
    examination = examination_in(import_folder(store, import_id))
    return Brought(store, network, import_id, found["id"], examination)


def _faulty(of: Brought) -> Iterator[_Faulty]:
    """Give the rows kept out for their shape that did not come back, in the order of the file."""
    folder, back = import_folder(of.store, of.import_id), came_back(of.store, of.network, of.import_id)
    for number, part in enumerate(of.examination.parts):
        for name in part.kept_out:
            with pa.memory_map(str(folder / name)) as mapped:
                for batch in pa.ipc.open_file(mapped).read_all().to_batches():
                    yield from (one for one in _rows(number, part, batch) if (number, one.row) not in back)


def _suggestion(one: _Faulty) -> Suggestion | None:
    repair = suggest_repair(one.shape, one.left_open)
    return None if repair is None else Suggestion(one.part, one.row, one.title, one.shape, repair, one.type)


def _rows(number: int, part: Part, batch: pa.RecordBatch) -> Iterator[_Faulty]:
    own = [name for name in batch.schema.names if name not in (ROW, REASON, GEOMETRY)]
    titles = [part.fields[name] for name in ALL[part.type].title if name in part.fields]
    for row in batch.to_pylist():
        if row[REASON] not in (INVALID, OPEN) or row[GEOMETRY] is None or part.crs is None:
            continue
        shape = to_wgs84(shapely.from_wkb([row[GEOMETRY]]), part.crs)[0]
        cells = {name: row[name] for name in own if row[name] is not None}
        title = next((cells[column] for column in titles if column in cells), "")
        yield _Faulty(number, row[ROW], title, part.type, shape, row[REASON] == OPEN, cells)


def _feature(one: _Faulty, repair: Repair, examination: Examination) -> bytes:
    before = shapely.to_wkt(one.shape, rounding_precision=9)
    # As the workbook of the rows kept out names them.
    told = one.cells | {
        ADDED_HEADINGS[0]: str(one.row),
        OF_FILE: continuation.mark(examination.digest, one.part),
    }
    told |= {BEFORE: before} if len(before) <= _LONGEST_WKT else {}
    shape = orjson.Fragment(shapely.to_geojson(repair.geometry))
    return orjson.dumps({"type": "Feature", "properties": told, "geometry": shape})


def _taken(of: Brought, actor: Actor, which: tuple[int, str], rows: list[bytes]) -> dict[str, Any]:
    """Take mended rows in as a file of their own."""
    number, called = which
    text = b'{"type":"FeatureCollection","features":[' + b",".join(rows) + b"]}"
    with tempfile.TemporaryDirectory(dir=of.store.files) as folder:
        file = Path(folder) / "mended.geojson"
        file.write_bytes(text)
        work = Path(folder) / "work"
        work.mkdir()
        name = f"{called} {Path(of.examination.file_name).stem}.geojson"
        # What was sent is in metres perhaps; the mended shapes are in degrees. A record is mended as it was said now,
        # whatever was to become of records here when the file came.
        options = Options(
            type=of.examination.parts[number].type, crs="EPSG:4326", afresh=called == WITHOUT_REPEATED.th
        )
        found = examine(Upload(file, name, of.network, options, work), of.store, actor)
        return accept(found, of.store, actor)
