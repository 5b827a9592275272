"""The values that pass between the reader child and its parent: options in, layers and defects out."""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROW = "#row"
GEOMETRY = "#geometry"
DEFECT = "#defect"
BEYOND = "#beyond"
RESERVED = (ROW, GEOMETRY, DEFECT, BEYOND)
BATCH_ROWS = 50_000
LISTED_DEFECTS = 100
VALUE_CHARS = 200
_NUMBER_AT_END = re.compile(r"\d[\d -]*$")


@dataclass(frozen=True)
class Limits:
    """What a file may cost before it is refused; every number is per file unless its name says else.

    `json_bytes` is for what is parsed as one JSON text: a document that is no list of features, or one feature.
    `pictures` are the members of an archive that are called so, `members` all others.
    """

    seconds: float = 120.0
    cpu_seconds: int = 240
    memory_bytes: int = 4 << 30
    written_bytes: int = 8 << 30
    file_bytes: int = 4 << 30
    json_bytes: int = 300 << 20
    rows: int = 5_000_000
    columns: int = 4_000
    cells: int = 40_000_000
    cell_bytes: int = 16 << 20
    depth: int = 20
    json_depth: int = 64
    shape_vertices: int = 200_000
    vertices: int = 20_000_000
    members: int = 2_000
    pictures: int = 20_000
    member_bytes: int = 2 << 30
    unpacked_bytes: int = 4 << 30
    ratio: int = 200
    layers: int = 500


@dataclass(frozen=True)
class ReadOptions:
    """What a person may say about a file that the file does not say itself.

    `coordinates` names the columns of a table that hold places: {"x": column, "y": column},
    {"wkt": column} or {"geopoint": column}; empty = found by heading and content.
    `layer` keeps only the layers of these names; empty = every layer.
    """

    encoding: str | None = None
    layer: tuple[str, ...] = ()
    coordinates: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = Limits()


@dataclass(frozen=True)
class Defect:
    """One thing the reader saw; `code` is a key of defects.DEFECTS, `row` is as the surveyor sees it."""

    code: str
    layer: str = ""
    row: int | None = None
    column: str | None = None
    value: str | None = None
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Layer:
    """One table of a file as an Arrow IPC file: `#row`, a string column per heading, `#geometry`, `#defect`, `#beyond`.

    `crs` is what the file or its format declares ("EPSG:n" or WKT), None when nothing does.
    `#geometry` is WKB, 2D, x (longitude or easting) first, in that CRS. A row with a `#defect` has none, but
    for unclosed_ring: there it is the area with its rings closed, a suggestion for its owner.
    `#beyond` holds the cells of a ragged row for which there is no heading, as a JSON array of texts.

    `known_as` are other headings a column of a survey export answers to, best first: the name behind its
    groups, labels of the form; () for a column of one choice of several, which is no field by itself.
    `parent` names the layer whose rows these belong to: a repeat of a form, linked by `_parent_index` to the
    `_index` of the parent, or by PARENT_KEY to its KEY. `folders` names those it lies in, in an archive and in a
    KML document, the outermost first.
    """

    name: str
    columns: tuple[str, ...]
    rows: int
    path: Path
    crs: str | None
    has_geometry: bool
    encoding: str | None
    encoding_note: str | None
    coordinate_columns: tuple[str, ...]
    defect_counts: dict[str, int]
    defects: tuple[Defect, ...]
    known_as: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parent: str | None = None
    folders: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """All a file gave: its layers, or the reason it was refused; `defects` are those of no single layer.

    `pictures` is an Arrow IPC file (pictures.SCHEMA): which row names which picture of the archive; None where
    there are none.
    """

    format: str
    layers: tuple[Layer, ...] = ()
    refusal: Defect | None = None
    defects: tuple[Defect, ...] = ()
    pictures: Path | None = None


class Refused(Exception):
    """The file cannot be taken; carries the Defect that says why. Raised and caught inside formats only."""

    def __init__(self, code: str, **rest: Any) -> None:
        super().__init__(code)
        self.defect = Defect(code, **rest)


def is_full(error: BaseException) -> bool:
    """Whether an error says that a disk, or what somebody may use of it, is full."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def shortened(text: str) -> str:
    """Return the beginning of a text of a file, to be shown; a number that would be cut is left out whole.

    What masks national ids knows none of which the last digit is missing.
    """
    return text if len(text) <= VALUE_CHARS else _NUMBER_AT_END.sub("", text[:VALUE_CHARS])


def defect_from(raw: Mapping[str, Any]) -> Defect:
    """The Defect of a manifest's JSON object."""
    return Defect(**raw)


def layer_from(raw: Mapping[str, Any]) -> Layer:
    """The Layer of a manifest's JSON object."""
    tuples = {name: tuple(raw[name]) for name in ("columns", "coordinate_columns", "folders")}
    defects = tuple(defect_from(each) for each in raw["defects"])
    known = {column: tuple(names) for column, names in raw["known_as"].items()}
    return Layer(**{**raw, **tuples, "path": Path(raw["path"]), "defects": defects, "known_as": known})


def reading_from(raw: Mapping[str, Any]) -> Reading:
    """The Reading of a manifest's JSON object."""
    return Reading(
        format=raw["format"],
        layers=tuple(layer_from(each) for each in raw["layers"]),
        refusal=defect_from(raw["refusal"]) if raw["refusal"] else None,
        defects=tuple(defect_from(each) for each in raw["defects"]),
        pictures=Path(raw["pictures"]) if raw["pictures"] else None,
    )


def options_from(raw: Mapping[str, Any]) -> ReadOptions:
    """The ReadOptions of a request's JSON object."""
    return ReadOptions(raw["encoding"], tuple(raw["layer"]), raw["coordinates"], Limits(**raw["limits"]))
