"""Columns of text that an import adds to a layer, beside those of its file."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from gis.formats import DEFECT, GEOMETRY


def widened(schema: pa.Schema, headings: Sequence[str]) -> pa.Schema:
    """Put columns of text before the shape and the defects."""
    last = [schema.field(GEOMETRY), schema.field(DEFECT)]
    first = [field for field in schema if field.name not in (GEOMETRY, DEFECT)]
    return pa.schema([*first, *(pa.field(heading, pa.string()) for heading in headings), *last])
