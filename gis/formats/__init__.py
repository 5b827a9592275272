"""Users' files: every format is read in a child process and handed back as Arrow layers and defects."""

from gis.formats.defects import DEFECTS
from gis.formats.model import (
    BEYOND,
    DEFECT,
    GEOMETRY,
    ROW,
    Defect,
    Layer,
    Limits,
    Reading,
    ReadOptions,
    shortened,
)
from gis.formats.reading import read

__all__ = [
    "BEYOND",
    "DEFECT",
    "DEFECTS",
    "GEOMETRY",
    "ROW",
    "Defect",
    "Layer",
    "Limits",
    "ReadOptions",
    "Reading",
    "read",
    "shortened",
]
