"""Rows with more or fewer cells than their heading row, on their way through the workbook of rows kept out.

What stood beyond the last heading has columns of its own there. A row that comes back is kept out again as long as
one of these is filled, or as nothing in it was changed: its cells may stand under headings that are not theirs.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gis.formats import BEYOND, DEFECT, ROW, Defect, Layer, shortened
from surveys.intake.continuation import MARK
from surveys.intake.log import LISTED
from surveys.intake.mapping import OF_FILE, SHAPE_HEADING, added, extra
from surveys.intake.plan import open_layer
from surveys.words import folded

RAGGED = "ragged_row"
# Of a row with more cells beyond its headings than this, the last column holds all that is left.
_COLUMNS = 200
_BETWEEN = " | "
_SIGN_LETTERS = 12


def beyond(batch: pa.RecordBatch) -> list[list[str]]:
    """Return for each row of a batch its cells beyond the last heading."""
    if BEYOND not in batch.schema.names:
        # Rows that an earlier program kept out.
        return [[]] * len(batch)
    return [_joined(json.loads(text)) if text else [] for text in batch.column(BEYOND).to_pylist()]


def _joined(cells: list[str]) -> list[str]:
    head, rest = cells[: _COLUMNS - 1], cells[_COLUMNS - 1 :]
    return [*head, _BETWEEN.join(rest)] if rest else head


def most(batch: pa.RecordBatch) -> int:
    """Count the cells beyond the last heading of the row that has most of them."""
    return max(map(len, beyond(batch)), default=0)


def sign(cells: Mapping[str, str | None], long: bool) -> str:
    """Return what tells later whether a row was changed: its cells under their headings, in whatever order.

    It begins with "+" for a row that had more cells than headings, with "-" for another.
    """
    told = sorted((folded(name), " ".join(text.split())) for name, text in cells.items() if text)
    filled = json.dumps([one for one in told if one[1]], ensure_ascii=False)
    digest = hashlib.sha256(filled.encode("utf-8", "surrogatepass")).hexdigest()
    return ("+" if long else "-") + digest[:_SIGN_LETTERS]


def kept_out_again(layer: Layer) -> Layer:
    """Return a layer with the rows marked as ragged that came back from our workbook unmended.

    Its file is written anew only where there is such a row.
    """
    extras = sorted((number, column) for column in layer.columns if (number := extra(column)) is not None)
    of_file = next((column for column in layer.columns if folded(column) == folded(OF_FILE)), None)
    if not extras and of_file is None:
        return layer
    whole = open_layer(layer).read_all()
    # A file may have a column of shapes itself; where the workbook added it, no ragged row has one.
    own = [c for c in layer.columns if c == SHAPE_HEADING or c not in added(layer.columns)]
    found = list(_unmended(_Workbook(whole, own, [column for _, column in extras], of_file)))
    if not found:
        return layer
    path = layer.path.with_name(f"{layer.path.stem}-ragged.arrow")
    # The reader may have found the same row ragged: what it told of cells beyond the last heading stays.
    table = _marked(
        whole, {at: [*rest, *json.loads(whole[BEYOND][at].as_py() or "[]")] for at, _, rest in found}
    )
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table, max_chunksize=max((len(c) for c in whole[ROW].chunks), default=1))
    numbers = whole[ROW].to_pylist()
    said = [
        Defect(RAGGED, layer.name, numbers[at], None, *_shown(cells, rest))
        for at, cells, rest in found
        if whole[DEFECT][at].as_py() != RAGGED
    ]
    counts = Counter(layer.defect_counts) + Counter({RAGGED: len(said)})
    return replace(layer, path=path, defect_counts=dict(counts), defects=(*layer.defects, *said[:LISTED]))


@dataclass(frozen=True)
class _Workbook:
    """The rows of a layer: the columns of its file, those of cells beyond the last heading, that of the marks."""

    whole: pa.Table
    own: Sequence[str]
    extras: Sequence[str]
    of_file: str | None


def _unmended(book: _Workbook) -> Iterator[tuple[int, list[str], list[str]]]:
    """Give the place of each row that is as it was, or has extra cells; its cells, and those that are extra."""
    signs = pa.nulls(len(book.whole), pa.string())
    if book.of_file is not None:
        marks = pc.extract_regex(book.whole[book.of_file], f"^\\s*{MARK}\\s*$").combine_chunks()
        signs = pc.struct_field(marks, "cells")
    likely = pc.not_equal(pc.fill_null(signs, ""), "")
    for column in book.extras:
        filled = pc.not_equal(pc.utf8_trim_whitespace(pc.fill_null(book.whole[column], "")), "")
        likely = pc.or_(likely, filled.combine_chunks())
    places = np.flatnonzero(likely.to_numpy(zero_copy_only=False))
    rows = book.whole.select([*book.own, *book.extras]).take(pa.array(places)).to_pylist()
    for at, told, row in zip(places.tolist(), signs.take(pa.array(places)).to_pylist(), rows, strict=True):
        cells = {name: row[name] for name in book.own}
        rest = _filled([row[name] or "" for name in book.extras])
        # Where the extra cells of a row were emptied, somebody looked at it; not where their columns are gone.
        looked_at = (told or "").startswith("+") and bool(book.extras)
        if rest or (told and not looked_at and told[1:] == sign(cells, long=False)[1:]):
            yield at, [text or "" for text in cells.values()], rest


def _filled(cells: list[str]) -> list[str]:
    """The cells up to the last that is filled."""
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _shown(cells: list[str], rest: list[str]) -> tuple[str, dict[str, str]]:
    """Say of a row what the reader says of a ragged one."""
    return shortened(_BETWEEN.join(cells)), {"rest": shortened(_BETWEEN.join(rest))}


def _marked(whole: pa.Table, rest: Mapping[int, list[str]]) -> pa.Table:
    """Return the rows with those at some places ragged, with their extra cells as the reader tells them."""
    at = np.zeros(len(whole), dtype=bool)
    at[list(rest)] = True
    mask = pa.array(at)
    told = pa.array(
        [json.dumps(cells, ensure_ascii=False) if cells else None for cells in rest.values()], pa.string()
    )
    columns = {
        DEFECT: pc.if_else(mask, pa.scalar(RAGGED), whole[DEFECT]),
        BEYOND: pc.replace_with_mask(whole[BEYOND].combine_chunks(), mask, told),
    }
    for name, column in columns.items():
        whole = whole.set_column(whole.column_names.index(name), whole.schema.field(name), column)
    return whole
