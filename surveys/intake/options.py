"""What a person says about an upload beside the file itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gis.formats.model import ReadOptions

# Where the reader works, within the folder of a file.
WORK = "work"
# What a name of a community means that is to be created.
CREATE = "+"
Existing = Literal["update", "skip", "refuse"]


@dataclass(frozen=True)
class Options:
    """How to read and take a file.

    ``layers`` maps the layers wanted to their types (None: to be found); empty means every layer.
    ``columns`` maps headings to fields; the field "-" leaves a column unmapped. ``existing`` says
    what happens to a record that is here with other values. ``communities`` maps names of communities, as
    the file writes them, to any text that means the one meant; :data:`CREATE` makes a new one. ``afresh``: choices
    made for an earlier file with the same headings are not proposed again.
    """

    type: str | None = None
    layers: Mapping[str, str | None] = field(default_factory=dict)
    crs: str | None = None
    encoding: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    existing: Existing = "update"
    communities: Mapping[str, str] = field(default_factory=dict)
    afresh: bool = False


# Words that stand for a coordinate in ``columns`` (COLUMN=lat and so on).
COORDINATES = {"lat": "y", "latitude": "y", "y": "y", "lon": "x", "longitude": "x", "x": "x", "wkt": "wkt",
               "geopoint": "geopoint"}  # fmt: skip


def coordinates(options: Options) -> dict[str, str]:
    """Return the coordinate columns a person named, as the readers take them."""
    return {COORDINATES[field]: column for column, field in options.columns.items() if field in COORDINATES}


def read_options(options: Options) -> ReadOptions:
    """Return what the reader is told of a file."""
    return ReadOptions(options.encoding, tuple(options.layers), coordinates(options))


def field_columns(options: Options) -> dict[str, str]:
    """Return the mapping of columns to fields a person gave, without coordinates."""
    return {column: field for column, field in options.columns.items() if field not in COORDINATES}
