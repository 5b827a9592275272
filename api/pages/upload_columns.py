"""The columns of a sent file with samples of their cells, read in the child, for mapping by hand."""

from __future__ import annotations

import json
import shutil
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from api.pages.upload_report import ASKED_COLUMNS
from gis.formats import Layer, ReadOptions, read
from surveys.intake.examination import Examination, Part
from surveys.intake.mapping import added, map_columns
from surveys.intake.options import coordinates
from surveys.intake.plan import key_words
from surveys.intake.problem import Problem
from surveys.privacy import masked
from surveys.record import Field, RecordType
from surveys.thai import valid_person_id
from surveys.words import Words, words

_SAMPLES, _LOOKED_AT, _CHARS = 3, 200, 40
_KEPT = "columns.json"


@dataclass(frozen=True)
class Column:
    """A column of a layer: samples of its cells, and the field it feeds now ("" for none).

    ``perhaps`` are fields it may mean, of which only a person can say; ``by_hand``: a person said already;
    ``clashes``: another column was chosen for the same field.
    """

    name: str
    samples: tuple[str, ...]
    field: str
    perhaps: tuple[Field, ...]
    by_hand: bool
    clashes: bool


@dataclass(frozen=True)
class LayerColumns:
    """The columns of a layer; ``type`` is None while the record type is not known.

    ``asked`` are those of which only a person can say what they mean, ``columns`` all others, as in the file.
    """

    layer: str
    type: RecordType | None
    asked: tuple[Column, ...]
    columns: tuple[Column, ...]
    keys: Words | None


def columns_of(found: Examination, types: Mapping[str, RecordType]) -> tuple[LayerColumns, ...]:
    """Return the columns of every layer of an examined file."""
    by_layer = {part.layer: part for part in found.parts}
    told = []
    for layer, samples in _samples(found).items():
        part = by_layer.get(layer)
        name = (
            part.type
            if part
            else found.options.layers.get(layer) or found.options.type or _told(found, layer)
        )
        record_type = types.get(name or "")
        feeds = _feeds(part, record_type, tuple(samples))
        feeds |= {column: field for column, field in found.options.columns.items() if field != "-"}
        fed = Counter(feeds.values())
        perhaps = {p.column: p.likely for p in found.problems if p.layer == layer and p.column and p.likely}
        columns = [
            Column(
                column, tuple(cells), feeds.get(column, ""),
                tuple(record_type.by_name[one] for one in perhaps.get(column, ()) if record_type),
                column in found.options.columns, fed[feeds.get(column, "")] > 1,
            )
            for column, cells in samples.items()
        ]  # fmt: skip
        asked = tuple(column for column in columns if column.perhaps or column.clashes)
        others = tuple(column for column in columns if not (column.perhaps or column.clashes))
        told.append(
            LayerColumns(layer, record_type, asked, others, key_words(record_type) if record_type else None)
        )
    return tuple(told)


def _told(found: Examination, layer: str) -> str:
    """Return the type that a layer was taken for when two of its columns were refused for one field."""
    said = (
        p.likely[0] for p in found.problems if p.code == "mapping_twice" and p.layer == layer and p.likely
    )
    return next(said, "")


def _feeds(part: Part | None, record_type: RecordType | None, columns: tuple[str, ...]) -> dict[str, str]:
    """Return the field of each column that has one; of a file that was refused what its headings say."""
    if part is not None:
        return {column: field for field, column in part.fields.items()}
    return map_columns(record_type, columns).columns if record_type else {}


@dataclass(frozen=True)
class AskedColumn:
    """A column that is not used yet, the fields it may mean, and why it was not taken for one."""

    name: str
    perhaps: tuple[Field, ...]
    why: Words


def _why(problem: Problem) -> Words:
    other = problem.value or ""
    return {
        "column_ambiguous": words("หัวนี้เป็นได้มากกว่าหนึ่งช่อง", "this heading may be more than one field"),
        "column_rival": words(
            f"กับคอลัมน์ “{other}” เป็นช่องเดียวกันได้ทั้งคู่ เลือกใช้ได้คอลัมน์เดียว",
            f"this and “{other}” may be the same field; only one can be used",
        ),
        "column_near": words("เกือบเหมือนช่องนี้", "almost the heading of"),
        "column_second": words(f"ตอนนี้ช่องนี้ใช้คอลัมน์ “{other}”", f"“{other}” is used for this field now"),
    }[problem.code]


def asked_columns(found: Examination, types: Mapping[str, RecordType]) -> tuple[AskedColumn, ...]:
    """Return the columns of which only a person can say what they mean, the most doubtful first."""
    type_of = {part.layer: types[part.type] for part in found.parts}
    asked = sorted(
        (p for p in found.problems if p.code in ASKED_COLUMNS and p.column and p.layer in type_of),
        key=lambda p: ASKED_COLUMNS.index(p.code),
    )
    told = {
        p.column: AskedColumn(p.column, tuple(type_of[p.layer].by_name[one] for one in p.likely), _why(p))
        for p in asked
        if p.column
    }
    return tuple(told.values())


def _samples(found: Examination) -> dict[str, dict[str, list[str]]]:
    """Read the file once; what was seen is kept beside it."""
    kept = found.folder / _KEPT
    if kept.exists():
        seen: dict[str, dict[str, list[str]]] = json.loads(kept.read_text(encoding="utf-8"))
        return seen
    work = found.folder / f"columns-{uuid.uuid4().hex}"
    work.mkdir(mode=0o700)
    try:
        options = ReadOptions(encoding=found.options.encoding, coordinates=coordinates(found.options))
        layers = read(found.raw, found.file_name, options, work, lambda _done, _total: None).layers
        told = {layer.name: _of_layer(layer) for layer in layers}
    finally:
        shutil.rmtree(work, ignore_errors=True)
    _keep(kept, told)
    return told


def _keep(path: Path, told: Mapping[str, Mapping[str, list[str]]]) -> None:
    half = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    half.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    half.rename(path)


def _of_layer(layer: Layer) -> dict[str, list[str]]:
    with pa.memory_map(str(layer.path)) as mapped:
        source, helping = pa.ipc.open_file(mapped), added(layer.columns)
        told = [name for name in layer.columns if name not in helping]
        if not source.num_record_batches:
            return {name: [] for name in told}
        first = source.get_batch(0).slice(0, _LOOKED_AT)
        return {name: _few(first.column(name).drop_null().to_pylist()) for name in told}


def _few(cells: list[str]) -> list[str]:
    """Return a few different cells; an identity number is masked."""
    different = list(dict.fromkeys(cell.strip() for cell in cells if cell.strip()))[:_SAMPLES]
    return [
        masked(cell) if valid_person_id(cell.replace("-", "").replace(" ", "")) else cell[:_CHARS]
        for cell in different
    ]
