"""Layers through GDAL, in the confined child only: Arrow batches in, checked WKB and text columns out."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import pyogrio.raw
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from gis.formats import cells, shapes
from gis.formats.dbf import DbfText
from gis.formats.model import BATCH_ROWS, Refused
from gis.formats.output import LayerWriter, Output

_log = logging.getLogger(__name__)
# UnboundLocalError is what pyogrio raises for a coordinate system that GDAL cannot write down.
_FAULTS = (
    DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError, pa.ArrowInvalid, OSError,
    UnboundLocalError,
)  # fmt: skip
_GDAL_GEOMETRY = ("wkb_geometry", "geometry")


@dataclass(frozen=True)
class OgrLayer:
    """One layer to read: GDAL's name for it and ours, how its texts decode, and what is the driver's own
    filling.

    `text` decodes texts that are to be read as Latin-1; None = they are right as they are.
    `filling` maps a column the driver always adds to the values that mean nothing; None as a key stands for
    every column. Such columns are left out when they hold nothing else.
    """

    name: str
    shown: str
    crs: str | None = None
    text: DbfText | None = None
    encoding: str | None = None
    encoding_note: str | None = None
    filling: Mapping[str | None, frozenset[str | None]] = field(default_factory=dict)
    keep_fid: bool = False
    say_empty: bool = True


@contextmanager
def refusing(code: str) -> Iterator[None]:
    """Turn GDAL's errors into a refusal; their text goes to the log only."""
    try:
        yield
    except _FAULTS as error:
        _log.exception("GDAL")
        raise Refused(code) from error


def layer_names(path: Path, **options: Any) -> list[str]:
    """GDAL's names of all layers of a file."""
    return [str(name) for name, _ in pyogrio.list_layers(path, **options)]


def crs_of(path: Path, layer: str, **options: Any) -> str | None:
    """The CRS a layer declares as "EPSG:n" or WKT; None when it declares none or an undefined one."""
    declared = pyogrio.read_info(path, layer=layer, **options)["crs"]
    if not declared or "undefined" in declared.lower() or declared.startswith(("LOCAL_CS", "ENGCRS")):
        return None
    return str(declared)


def write(path: Path, layer: OgrLayer, output: Output) -> None:
    """Write one layer of a GDAL file; a row whose shape cannot be built keeps its attributes and gets a
    code.
    """
    encoding = "ISO-8859-1" if layer.text else None
    with pyogrio.raw.open_arrow(
        path,
        layer=layer.name,
        encoding=encoding,
        use_pyarrow=True,
        batch_size=BATCH_ROWS,
        return_fids=layer.keep_fid,
        datetime_as_string=True,
    ) as (meta, reader):
        names = list(reader.schema.names)
        shape = next((names.index(name) for name in _shape_names(meta) if name in names), None)
        batches: Iterator[pa.RecordBatch] = iter(reader)
        # by their places: two fields of a DBF, cut at ten letters, may have one name
        places = [place for place in range(len(names)) if place != shape]
        if layer.filling:
            table = reader.read_all()
            dull = {
                place for place in places if _is_filling(table.column(place), names[place], layer.filling)
            }
            places = [place for place in places if place not in dull]
            batches = iter(table.to_batches(BATCH_ROWS))
        headings = [layer.text.decode(names[place])[0] if layer.text else names[place] for place in places]
        writer = output.layer(layer.shown, headings)
        for batch in batches:
            _write_batch(writer, batch, places, shape, (path, layer))
    crs = layer.crs if shape is not None else None
    writer.close(crs, layer.encoding, layer.encoding_note, say_empty=layer.say_empty)


def _shape_names(meta: Mapping[str, Any]) -> tuple[str, ...]:
    named = meta.get("geometry_name")
    return (named, *_GDAL_GEOMETRY) if named else _GDAL_GEOMETRY


def _is_filling(
    column: pa.ChunkedArray, name: str, filling: Mapping[str | None, frozenset[str | None]]
) -> bool:
    dull = filling.get(name, filling.get(None))
    if dull is None:
        return False
    found = {cells.text(value) for value in pc.unique(column).to_pylist()}
    return found <= dull


def _write_batch(
    writer: LayerWriter,
    batch: pa.RecordBatch,
    places: list[int],
    shape: int | None,
    origin: tuple[Path, OgrLayer],
) -> None:
    if not batch.num_rows:
        return
    start = writer.rows
    rows = np.arange(start + 1, start + batch.num_rows + 1, dtype=np.int32)
    columns = []
    for place, shown in zip(places, writer.columns[: len(places)], strict=True):
        column = cells.strings(batch.column(place))
        columns.append(_decoded(column, shown, start, writer, origin[1].text))
    if shape is None:
        writer.write(rows, columns)
        return
    blobs = batch.column(shape)
    if shapes.curves(blobs).any():
        blobs = pa.array(_straightened(origin, start, len(blobs)), pa.binary())
    built, codes = shapes.from_wkb(blobs, writer.output)
    wkb, more = shapes.finished(built, writer.output)
    codes = {**codes, **more}
    shapes.note(writer, built, codes, start)
    writer.write(rows, columns, wkb, codes)


def _straightened(origin: tuple[Path, OgrLayer], start: int, count: int) -> list[bytes | None]:
    """The same rows' shapes with curves as many short lines, which only pyogrio's other way of reading
    does.
    """
    path, layer = origin
    found = pyogrio.raw.read(path, layer=layer.name, columns=[], skip_features=start, max_features=count)
    return list(found[2])


def _decoded(column: pa.Array, name: str, start: int, writer: LayerWriter, text: DbfText | None) -> pa.Array:
    """A text column read as Latin-1 in its real encoding, each distinct text once; cut or broken texts are noted."""
    if text is None or pc.all(pc.string_is_ascii(column)).as_py() is not False:
        return column
    coded = column.dictionary_encode()
    latin = coded.dictionary.to_pylist()
    texts = text.decode_all(latin)
    if texts is None:
        decoded = [text.decode(one) for one in latin]
        texts, codes = [one for one, _ in decoded], dict(enumerate(code for _, code in decoded))
        for position, which in enumerate(coded.indices.to_pylist()):
            if which is not None and (code := codes[which]):
                writer.note(code, start + position + 1, name, texts[which])
    return pa.array([one or None for one in texts], pa.string()).take(coded.indices)
