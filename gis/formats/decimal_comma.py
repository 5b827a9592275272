"""Numbers with a decimal comma, as spreadsheets of some countries write them between semicolons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import pyarrow as pa
import pyarrow.compute as pc

from gis.formats.model import Defect
from gis.formats.table import Batch

_SAMPLE = 1_000
_COMMA = r"^[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+$"
_WHOLE = r"^[+-]?\d+$"
# What a thousands separator cannot be: not three digits behind it, or more than three before.
_CERTAIN = r"^[+-]?(\d+,(\d{1,2}|\d{4,})|\d{4,},\d+|0,\d+|\d{1,3}(\.\d{3})+,\d+)$"
_POINT = r"^[+-]?\d+\.\d+$"


def pointed(batches: Iterator[Batch], names: Sequence[str | None]) -> Iterator[Batch]:
    """The batches of a table cut at semicolons, decimal commas as points, and each such column noted.

    A column counts whose filled cells in the first 1,000 rows all are whole numbers or have one comma, one
    of them where no thousands separator can be; and only in a table where no number has a decimal point.
    """
    first = next(batches, None)
    if first is None:
        return
    chosen = _chosen([column.slice(0, _SAMPLE) for column in first.columns])
    first.notes += [Defect("decimal_comma", column=names[place]) for place in chosen]
    for batch in chain([first], batches):
        for place in chosen:
            batch.columns[place] = _with_points(batch.columns[place])
        yield batch


def _chosen(sample: Sequence[pa.Array]) -> list[int]:
    if any(_any(column, _POINT) for column in sample):
        return []
    return [place for place, column in enumerate(sample) if _any(column, _CERTAIN) and _numbers(column)]


def _any(column: pa.Array, pattern: str) -> bool:
    return pc.any(pc.match_substring_regex(column, pattern)).as_py() is True


def _numbers(column: pa.Array) -> bool:
    number = pc.or_(pc.match_substring_regex(column, _COMMA), pc.match_substring_regex(column, _WHOLE))
    return pc.all(number).as_py() is True


def _with_points(column: pa.Array) -> pa.Array:
    plain = pc.replace_substring(pc.replace_substring(column, ".", ""), ",", ".")
    return pc.if_else(pc.match_substring_regex(column, _COMMA), plain, column)
