"""Records out to files: full-fidelity formats by table, and what programs of the field can hold.

A file of ours goes back in unchanged: our ``id`` comes along, missing codes are written as words, and what
could not be read as it was.
"""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import shapely
import xlsxwriter

from surveys import events, export_kml, export_shapefile
from surveys.cells import BESIDE, SHEET_TEXT, Missing, disarmed
from surveys.errors import Refused
from surveys.fields import Kind
from surveys.privacy import SEALED
from surveys.record import RecordType
from surveys.roles import Actor
from surveys.sight import Sight
from surveys.store.store import Store
from surveys.words import words

# Headings that formats keep for themselves, beside those of ours.
_KEPT = ("source_id", "geometry", "wkt", "fid", "geom")
# So many digits behind the point are all there are of any place.
_DIGITS = 30
# A sheet holds as many rows as this, its heading among them.
_SHEET_ROWS = 1_048_576


def table(store: Store, network: str, type_name: str, actor: Actor) -> gpd.GeoDataFrame:
    """Return what is exported of a type: id, the fields the actor sees whole, unmapped values by right, shape.

    Values are texts, numbers or ISO dates; a missing answer is its word, a cell that could not be read what stood
    in it. Secret fields stay out.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not export or not see the type, there is no such network, or no such type.
    """
    actor.must("export")
    store.revision(network)
    record_type = _exported(store, network, type_name)
    sight = Sight.of(record_type, actor)
    told = {field.name for field in sight.plain}
    frame = store.read(network, type_name)
    columns: dict[str, Any] = {"id": frame.index.to_series()}
    missing, raw = _notes(frame["missing"]), [sight.raw(texts) for texts in _notes(frame["raw"])]
    extra = [_unsealed(row) for row in _notes(frame["extra"])]
    for field in record_type.fields:
        own = [row.pop(field.name, None) for row in extra] if field.custom else ()
        if field.name in told:
            column = pd.Series(own, frame.index, dtype=object) if field.custom else frame[field.name]
            said = [
                (codes.get(field.name), texts.get(field.name))
                for codes, texts in zip(missing, raw, strict=True)
            ]
            columns[field.name] = _as_written(field.kind, column, said)
    taken = {name.casefold() for name in (*columns, *record_type.by_name, *_KEPT)}
    for name in dict.fromkeys(key for row in extra for key in row) if sight.unmapped else ():
        # SQLite tells no "Fence" from "fence".
        heading = name
        while heading.casefold() in taken:
            heading += BESIDE
        taken.add(heading.casefold())
        columns[heading] = pd.Series([row.get(name) for row in extra], index=frame.index, dtype=object)
    columns["source_id"] = frame["source_id"]
    shapes = (
        frame.geometry
        if record_type.geometry
        else gpd.GeoSeries([None] * len(frame), index=frame.index, crs=4326)
    )
    return gpd.GeoDataFrame(pd.DataFrame(columns), geometry=shapes)


def _notes(column: pd.Series) -> list[dict[str, Any]]:
    """Read what is kept beside the values of each row."""
    return [json.loads(text) if isinstance(text, str) else {} for text in column]


def _unsealed(values: dict[str, Any]) -> dict[str, Any]:
    """Leave secret values out."""
    return {name: value for name, value in values.items() if not str(value).startswith(SEALED)}


def _exported(store: Store, network: str, type_name: str) -> RecordType:
    types = store.types(network)
    if type_name not in types:
        raise Refused(words(f"ไม่มีข้อมูลประเภท “{type_name}”", f"There is no record type “{type_name}”."))
    return types[type_name]


def _as_written(kind: Kind, column: pd.Series, notes: list[tuple[str | None, str | None]]) -> pd.Series:
    """Write values as files hold them: missing codes as words, an "other" and what could not be read as they were.

    ``notes`` are the missing code and the raw text kept beside each value.
    """
    if column.dtype.kind == "M":
        column = column.dt.strftime("%Y-%m-%d")
    values = [
        None if value is None or pd.isna(value) else kind.write(value) for value in column.astype(object)
    ]
    for n, (code, text) in enumerate(notes):
        if text is not None and (values[n] is not None or code == Missing.UNREADABLE):
            values[n] = text
        elif code and code != Missing.UNREADABLE:
            values[n] = Missing(code).words.th
    return pd.Series(values, index=column.index, dtype=object)


def _geojson(frame: gpd.GeoDataFrame, path: Path, record_type: RecordType) -> None:
    shapes = shapely.to_geojson(np.asarray(frame.geometry.array, dtype=object))
    plain = frame.drop(columns="geometry").to_dict("records")
    features = [
        {
            "type": "Feature",
            "properties": _without_nan(row),
            "geometry": orjson.Fragment(shape) if shape else None,
        }
        for row, shape in zip(plain, shapes, strict=True)
    ]
    path.write_bytes(
        orjson.dumps({"type": "FeatureCollection", "name": record_type.name, "features": features})
    )


def _without_nan(row: dict[Any, Any]) -> dict[str, Any]:
    return {
        str(k): v.item() if isinstance(v, np.generic) else v
        for k, v in row.items()
        if v is not None and v == v
    }


def _cells(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the frame with its shape as EWKT, for files that hold texts."""
    plain = pd.DataFrame(frame.drop(columns="geometry")).astype(object)
    texts = shapely.to_wkt(np.asarray(frame.geometry.array, dtype=object), rounding_precision=_DIGITS)
    if shapely.is_geometry(frame.geometry.array).any():
        plain["wkt"] = [None if text is None else f"SRID=4326;{text}" for text in texts]
    return plain.astype(object).where(lambda f: f.notna(), None)


@dataclass(frozen=True)
class Listing:
    """A table as a spreadsheet holds it: headings, and rows of cells, which are read one after another."""

    headings: Sequence[str]
    rows: Iterable[Sequence[Any]]


def _csv(frame: gpd.GeoDataFrame, path: Path, record_type: RecordType) -> None:
    cells = _cells(frame)
    list_csv(Listing([*map(str, cells.columns)], cells.itertuples(index=False)), path, record_type.name)


def list_csv(listing: Listing, path: Path, _name: str) -> int:
    """Write a listing as CSV in which nothing is run as a formula; return how many rows."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([disarmed(heading) for heading in listing.headings])
        for row in listing.rows:
            count += 1
            writer.writerow([disarmed(value) if isinstance(value, str) else value for value in row])
    return count


def _xlsx(frame: gpd.GeoDataFrame, path: Path, record_type: RecordType) -> None:
    """Write attributes and keys; a cell cannot hold most shapes."""
    cells = _cells(frame).drop(columns="wkt", errors="ignore")
    list_xlsx(Listing([*map(str, cells.columns)], cells.itertuples(index=False)), path, record_type.name)


def list_xlsx(listing: Listing, path: Path, name: str) -> int:
    """Write a listing as a workbook, on as many sheets as it needs; return how many rows."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    rows, most, count = iter(listing.rows), _SHEET_ROWS - 1, 0
    with xlsxwriter.Workbook(str(path), options) as book:
        # One sheet even of nothing, another while there are rows left.
        for number, first in enumerate(chain([None], rows), 1):
            ending = f"_{number}" if number > 1 else ""
            sheet = book.add_worksheet(name[: 31 - len(ending)] + ending)
            begun = [] if first is None else [first]
            count += _fill(sheet, listing.headings, islice(chain(begun, rows), most))
    return count


def _fill(sheet: Any, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write a sheet: headings, then rows; return how many."""
    sheet.freeze_panes(1, 0)
    row = 0
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading)
    for row, values in enumerate(rows, 1):
        for column, value in enumerate(values):
            if isinstance(value, str):
                sheet.write_string(row, column, value[:SHEET_TEXT])
            elif value is not None:
                sheet.write(row, column, value.item() if isinstance(value, np.generic) else value)
    return row


def _parquet(frame: gpd.GeoDataFrame, path: Path, _type: RecordType) -> None:
    _plain_columns(frame).to_parquet(path, index=False)


def _gpkg(frame: gpd.GeoDataFrame, path: Path, record_type: RecordType) -> None:
    plain = _plain_columns(frame)
    plain.to_file(path, layer=record_type.name, driver="GPKG", engine="pyogrio", promote_to_multi=False)


def _plain_columns(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give mixed columns (a word among numbers) one type: text."""
    plain = frame.reset_index(drop=True)
    for column in plain.columns.drop("geometry"):
        held = {type(value) for value in plain[column] if value is not None and value == value}
        if len(held) > 1 or held & {dict, list}:
            plain[column] = [None if v is None or v != v else str(v) for v in plain[column]]
    return plain


WRITERS: dict[str, Callable[[gpd.GeoDataFrame, Path, RecordType], None]] = {
    ".gpkg": _gpkg, ".geojson": _geojson, ".csv": _csv, ".xlsx": _xlsx, ".parquet": _parquet,
    ".zip": export_shapefile.write, ".kmz": export_kml.write_kmz, ".kml": export_kml.write_kml,
}  # fmt: skip


@contextmanager
def whole(store: Store, path: Path) -> Iterator[Path]:
    """Give a name to write a file to that is none of the store's; see :func:`written`.

    Raises
    ------
    Refused
        If ``path`` belongs to the store, or no file can be written there.
    """
    store.guard_output(path)
    with written(path) as half:
        yield half


@contextmanager
def written(path: Path) -> Iterator[Path]:
    """Give a name to write a file to; it becomes ``path`` when it is whole, or nothing does.

    Raises
    ------
    Refused
        If no file can be written there.
    """
    target = path.resolve()
    try:
        # In the same folder, so that it needs no copying; in one of its own for what GDAL writes beside.
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".mankong-") as made:
            half = Path(made) / path.name
            yield half
            half.replace(target)
    except OSError as error:
        raise Refused(
            words(
                f"เขียนไฟล์ {path.name} ไม่ได้: {error.strerror}",
                f"{path.name} cannot be written: {error.strerror}.",
            )
        ) from error


LISTERS: dict[str, Callable[[Listing, Path, str], int]] = {".csv": list_csv, ".xlsx": list_xlsx}


def write_listing(
    store: Store, network: str, type_name: str, path: Path, actor: Actor, listing: Listing
) -> int:
    """Write records of a type as a reader chose and reads them; return how many. The export is logged.

    What is in the listing must be what the actor sees (:mod:`surveys.sight`).

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not export, there is no such network, the suffix is unknown, or the file cannot
        be written.
    """
    actor.must("export")
    store.revision(network)
    lister = LISTERS.get(path.suffix.lower())
    if lister is None:
        raise _no_format(path, LISTERS)
    with whole(store, path) as half:
        count = lister(listing, half, type_name)
        detail = {"rows": count, "format": path.suffix, "columns": len(listing.headings)}
        with store.writing() as connection:
            events.record(connection, actor, network, "export", type_name, detail)
    return count


def _no_format(path: Path, known: Iterable[str]) -> Refused:
    said = " ".join(known)
    return Refused(
        words(f"ส่งออกเป็น {path.suffix} ไม่ได้ ใช้ {said}", f"{path.suffix} is no export format; use {said}.")
    )


def write(store: Store, network: str, type_name: str, path: Path, actor: Actor) -> int:
    """Write the current records of a type to a file by its suffix; return how many. The export is logged.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not export or not see the type, there is no such network, the type or suffix is
        unknown, or the file cannot be written.
    """
    actor.must("export")
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise _no_format(path, WRITERS)
    frame = table(store, network, type_name, actor)
    with whole(store, path) as half:
        writer(frame, half, _exported(store, network, type_name))
        # Logged once there is a file, and before anybody has it.
        with store.writing() as connection:
            events.record(
                connection, actor, network, "export", type_name, {"rows": len(frame), "format": path.suffix}
            )
    return len(frame)
