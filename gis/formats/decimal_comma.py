"""Numbers with a decimal comma, as spreadsheets of some countries write them between semicolons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
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
# What a decimal point is for certain, and what may be one or stand between thousands.
_POINT = r"^[+-]?(\d+\.(\d{1,2}|\d{4,})|\d{4,}\.\d+|0+\.\d+)$"
_THOUSANDS = r"^[+-]?[1-9]\d{0,2}(\.\d{3})+$"
_EITHER = r"^[+-]?[1-9]\d{0,2}\.\d{3}$"


def pointed(batches: Iterator[Batch], names: Sequence[str | None]) -> Iterator[Batch]:
    """The batches of a table cut at semicolons, decimal commas as points, and each such column noted.

    A column counts whose filled cells in the first 1,000 rows all are whole numbers or have one comma, one
    of them where no thousands separator can be; and only in a table where no number has a decimal point for
    certain. In such a column "12.000" is twelve thousand; in others of the table it stays, and that is noted.
    """
    first = next(batches, None)
    if first is None:
        return
    sample = [column.slice(0, _SAMPLE) for column in first.columns]
    certain = any(_any(column, _POINT) for column in sample)
    chosen = [] if certain else _chosen(sample)
    first.notes += [Defect("decimal_comma", column=names[place]) for place in chosen]
    for place, column in enumerate(sample):
        if not certain and place not in chosen and (at := _unclear(column)) is not None:
            text = column[at].as_py()
            detail = {"read": f"{float(text):g}"}
            first.notes.append(
                Defect("point_or_thousands", "", int(first.rows[at]), names[place], text, detail)
            )
    for batch in chain([first], batches):
        for place in chosen:
            batch.columns[place] = _with_points(batch.columns[place])
        yield batch


def _chosen(sample: Sequence[pa.Array]) -> list[int]:
    return [place for place, column in enumerate(sample) if _any(column, _CERTAIN) and _numbers(column)]


def _any(column: pa.Array, pattern: str) -> bool:
    return pc.any(pc.match_substring_regex(column, pattern)).as_py() is True


def _numbers(column: pa.Array) -> bool:
    return pc.all(_matching(column, _COMMA, _THOUSANDS, _WHOLE)).as_py() is True


def _matching(column: pa.Array, *patterns: str) -> pa.Array:
    return reduce(pc.or_, (pc.match_substring_regex(column, pattern) for pattern in patterns))


def _unclear(column: pa.Array) -> int | None:
    """The place of the first "12.000" in a column of nothing but such and whole numbers; None in any other."""
    either = pc.fill_null(pc.match_substring_regex(column, _EITHER), False)
    if not pc.any(either).as_py() or pc.all(_matching(column, _EITHER, _WHOLE)).as_py() is not True:
        return None
    place: int = pc.index(either, True).as_py()
    return place


def _with_points(column: pa.Array) -> pa.Array:
    plain = pc.replace_substring(pc.replace_substring(column, ".", ""), ",", ".")
    return pc.if_else(_matching(column, _COMMA, _THOUSANDS), plain, column)
