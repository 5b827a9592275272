"""What a file of ours says beside what its format can hold: manifest.json in its archive, written and read here.

It tells the headings behind short names, the texts that were cut or changed, and shapes that come back otherwise.
What somebody edited since goes before it: a value is put back only where the file still holds what was written.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pyarrow as pa
import shapely
from shapely import GeometryType
from shapely.errors import GEOSException

from gis.formats.model import Defect, Limits, Refused
from gis.formats.source import Source

if TYPE_CHECKING:
    from gis.formats.archive import Member
    from gis.formats.output import Output

NAME = "manifest.json"
# Under this heading a file of ours has the id of each record.
ID = "id"
# The key by which a manifest is known as ours; its value is the type of the records.
_MARK = "mankong"
_MULTI = {1: shapely.multilinestrings, 3: shapely.multipolygons}


class Unusable(ValueError):
    """A manifest that is damaged, or made by somebody who does not wish well."""


@dataclass(frozen=True)
class Manifest:
    """What an archive of records holds beside their file; records are told by their id.

    ``columns`` maps headings to the names they have in the file. ``cells`` are, by record and heading, the text in
    the file (None: nothing) and the whole text. ``turned`` are records whose rings run the other way in the file,
    ``several`` those whose only part is one of several parts by its type. ``shapes`` are, by record, the digest of
    the shape in the file (:func:`digest`) and the whole shape as WKB in base 64.
    """

    type: str
    columns: dict[str, str]
    cells: dict[str, dict[str, tuple[str | None, str]]] = field(default_factory=dict)
    turned: frozenset[str] = frozenset()
    several: frozenset[str] = frozenset()
    shapes: dict[str, tuple[str, str]] = field(default_factory=dict)

    def dumped(self) -> bytes:
        """Return the manifest as JSON."""
        told = {_MARK: self.type, "columns": self.columns, "cells": self.cells, "turned": sorted(self.turned),
                "several": sorted(self.several), "shapes": self.shapes}  # fmt: skip
        return orjson.dumps(told, option=orjson.OPT_INDENT_2)

    def headings(self, names: Sequence[str | None]) -> list[str | None]:
        """Return the headings behind the names of a file, and behind them those of which only this holds texts.

        Names of others stay.
        """
        known = {short.casefold(): heading for heading, short in self.columns.items()}
        there = [known.get(name.casefold(), name) if name else name for name in names]
        told = {heading for row in self.cells.values() for heading in row} if ID in there else set()
        return [*there, *(heading for heading in self.columns if heading in told.difference(there))]

    def whole(
        self,
        names: Sequence[str],
        columns: Sequence[pa.Array],
        shapes: pa.Array | None,
        spoilt: set[int],
        edited: Callable[[int, str, str], None],
    ) -> tuple[list[pa.Array], pa.Array | None]:
        """Put back what a file could not hold into a batch of its rows: text columns, shapes as WKB.

        ``names`` are the headings (:meth:`headings`), ``columns`` those that the file has. Each record once, so that
        a small manifest makes no large table. Rows ``spoilt`` keep the shape they have. ``edited`` is told the row,
        the heading and the text of each cell that holds another text than the beginning that was written of one.
        """
        laid = list(columns)
        if ID not in names:
            return laid, shapes
        ids = laid[names.index(ID)]
        laid += [pa.nulls(len(ids), pa.string())] * (len(names) - len(laid))
        return self._texts(names, laid, ids, edited), None if shapes is None else self._shapes(
            ids, shapes, spoilt
        )

    def _texts(
        self,
        names: Sequence[str],
        columns: list[pa.Array],
        ids: pa.Array,
        edited: Callable[[int, str, str], None],
    ) -> list[pa.Array]:
        at = {name: place for place, name in enumerate(names)}
        changed: dict[int, list[str | None]] = {}
        for row in _among(ids, self.cells):
            for heading, (held, whole) in self.cells.pop(ids[row].as_py(), {}).items():
                place = at.get(heading)
                if place is None:
                    continue
                there = columns[place][row].as_py()
                if there and there != held and _is_cut(held, whole):
                    edited(row, heading, there)
                if there == held:
                    if place not in changed:
                        changed[place] = columns[place].to_pylist()
                    changed[place][row] = whole
        return [
            pa.array(changed[place], pa.string()) if place in changed else column
            for place, column in enumerate(columns)
        ]

    def _shapes(self, ids: pa.Array, shapes: pa.Array, spoilt: set[int]) -> pa.Array:
        rows = [row for row in _among(ids, self.turned, self.several, self.shapes) if row not in spoilt]
        if not rows:
            return shapes
        laid = shapes.to_pylist()
        for row in rows:
            one = ids[row].as_py()
            held, whole = self.shapes.pop(one, (None, ""))
            if held == digest(laid[row]):
                laid[row] = base64.b64decode(whole)
            elif laid[row] is not None:
                laid[row] = restored(laid[row], one in self.turned, one in self.several)
        return pa.array(laid, pa.binary())


def _is_cut(held: str | None, whole: str) -> bool:
    """Whether a file holds the beginning of a text only."""
    return bool(held) and whole.startswith(held or "") and whole.rstrip() != held


def restored(wkb: bytes, turned: bool, several: bool) -> bytes:
    """Return a shape with its rings the other way round, or as the only part of several."""
    shape = shapely.from_wkb(wkb)
    if turned:
        shape = shapely.reverse(shape)
    if several and (make := _MULTI.get(shapely.get_type_id(shape))):
        shape = make([shape])
    return bytes(shapely.to_wkb(shape, byte_order=1))


def digest(wkb: bytes | None) -> str:
    """Return what tells a shape as a file holds it."""
    return hashlib.blake2b(wkb or b"", digest_size=8).hexdigest()


def _among(ids: pa.Array, *known: Container[str]) -> list[int]:
    """Return the rows whose id is known to one of these; the time is that of the rows, however much is known."""
    some = [each for each in known if each]
    if not some:
        return []
    return [row for row, one in enumerate(ids.to_pylist()) if any(one in each for each in some)]


def find(source: Source, members: Sequence[Member], output: Output) -> list[Member]:
    """Take the manifest of an archive of ours for its output; return the members that hold it, none or one.

    One that is damaged or too large is left aside with a remark; one of somebody else is a file like any other.
    """
    from gis.formats import archive

    held = [member for member in members if PurePosixPath(member.name).name == NAME]
    if len(held) != 1:
        return []
    try:
        if held[0].info.file_size > output.limits.json_bytes:
            raise Unusable
        copy = archive.extracted(source, held[0], source.scratch / NAME, output.limits)
        raw = _parsed(copy.read_bytes())
        if _MARK not in raw:
            return []
        output.manifest = from_json(raw, output.limits)
    except (Unusable, Refused):
        output.log.add(Defect("manifest_unusable", value=held[0].name))
    return held


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        raw = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Unusable from error
    return raw if isinstance(raw, dict) else {}


def from_json(raw: dict[str, Any], limits: Limits) -> Manifest:
    """Return the manifest of a JSON object; Unusable when it is not as one is written."""
    columns, cells, shapes = (_object(raw.get(name)) for name in ("columns", "cells", "shapes"))
    _must(isinstance(raw[_MARK], str))
    _must(all(isinstance(short, str) for short in columns.values()))
    _must(len({short.casefold() for short in columns.values()}) == len(columns) <= limits.columns)
    _must(all(isinstance(row, dict) for row in cells.values()))
    made = {one: {name: _cell(pair, limits) for name, pair in row.items()} for one, row in cells.items()}
    several, turned = (_ids(raw.get(name)) for name in ("several", "turned"))
    whole = {one: _whole(pair, limits) for one, pair in shapes.items()}
    return Manifest(raw[_MARK], columns, made, turned, several, whole)


def _must(right: bool) -> None:
    if not right:
        raise Unusable


def _object(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise Unusable
    return raw


def _ids(raw: Any) -> frozenset[str]:
    _must(isinstance(raw, list) and all(isinstance(one, str) for one in raw))
    return frozenset(raw)


def _cell(pair: Any, limits: Limits) -> tuple[str | None, str]:
    _must(isinstance(pair, list) and len(pair) == 2)
    held, whole = pair
    _must((held is None or isinstance(held, str)) and isinstance(whole, str))
    _must(len(whole) <= limits.cell_bytes)
    return held, whole


def _whole(pair: Any, limits: Limits) -> tuple[str, str]:
    from gis.formats.shapes import depth

    _must(isinstance(pair, list) and len(pair) == 2 and all(isinstance(text, str) for text in pair))
    try:
        wkb = base64.b64decode(pair[1], validate=True)
        _must(depth(wkb) <= limits.depth)
        shape = shapely.from_wkb(wkb)
        parts = np.array([shape])
        while len(parts):
            parts = shapely.get_parts(parts[shapely.get_type_id(parts) == GeometryType.GEOMETRYCOLLECTION])
        _must(shapely.get_num_coordinates(shape) <= limits.shape_vertices)
        _must(bool(np.isfinite(shapely.get_coordinates(shape)).all()))
    except (binascii.Error, GEOSException, NotImplementedError) as error:
        raise Unusable from error  # a curve anywhere is what shapely does not hold
    return pair[0], pair[1]
