"""Rows of a sheet that are the total of the rows above: kept out, and held against what the columns add up to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gis.formats import DEFECT, GEOMETRY, ROW, Defect, Layer
from gis.units import parse_area
from surveys.fields import THAI_DIGITS, Number
from surveys.intake.log import LISTED
from surveys.intake.mapping import added
from surveys.words import normal

TOTAL_ROW, TOTALS_DIFFER = "total_row", "totals_differ"
# How a total is called; nothing else may stand in the cell.
_CALLED = (
    r"(?i)^[\s(*]*(รวม(ทั้งหมด|ทั้งสิ้น|ทุกชุมชน|ย่อย|ยอด|จ(ำ|ํา)นวน|เป็นเงิน)?|ยอดรวม(ทั้งหมด|ทั้งสิ้น)?|"
    r"ผลรวม(ทั้งหมด)?|จ(ำ|ํา)นวนรวม|((grand|sub)[\s-]?)?totals?|sum)[\s)*:.=]*$"
)
# Among how many of the first columns the word is looked for.
_FIRST = 6
# A word that stands in more rows than one in this many is an answer, no total.
_SELDOM = 2
_DECIMALS = re.compile(r"\.(\d+)")
_MEASURE = Number()
Floats = npt.NDArray[np.float64]


def set_apart(layer: Layer) -> Layer:
    """Return a layer with its total rows marked as defects, so that none is taken for a record.

    A row counts whose first text is a word for a total, all its other cells being numbers, and that has no place
    on the map: above or below all records, or somewhere a number of it adds up. Where numbers stand before the
    word, they all must. The layer's file is written anew only where there is such a row.
    """
    source = pa.ipc.open_file(pa.memory_map(str(layer.path)))
    columns = [name for name in layer.columns if name not in added(layer.columns)]
    whole = source.read_all()
    likely = [n for n in _called(whole, columns[:_FIRST]) if _only_numbers(whole, columns, n)]
    if not likely or len(likely) * _SELDOM > max(len(whole), _SELDOM + 1):
        return layer
    found = _Sums(whole, columns).totals(likely)
    if not found:
        return layer
    path = layer.path.with_name(f"{layer.path.stem}-totals.arrow")
    _marked(source, path, np.array([n for n, _ in found]))
    return _with(replace(layer, path=path), list(_said(layer, whole, columns, found)))


def rows_of(layer: Layer) -> frozenset[int]:
    """Return the numbers of the rows that were set apart."""
    if not layer.defect_counts.get(TOTAL_ROW):
        return frozenset()
    whole = pa.ipc.open_file(pa.memory_map(str(layer.path))).read_all()
    return frozenset(whole[ROW].filter(pc.equal(whole[DEFECT], TOTAL_ROW)).to_pylist())


def _called(whole: pa.Table, columns: Sequence[str]) -> list[int]:
    """Find the rows without a defect or a place in which a word for a total stands."""
    found: set[int] = set()
    for name in columns:
        hits = pc.match_substring_regex(whole[name], _CALLED)
        # Of most columns this is all: turning them into positions takes longer.
        if pc.any(hits).as_py():
            found |= set(np.flatnonzero(pc.fill_null(hits, False).to_numpy()).tolist())
    if not found:
        return []
    at = pa.array(sorted(found), pa.int64())
    bare = whole.select([GEOMETRY, DEFECT]).take(at)
    free = pc.and_(pc.is_null(bare[GEOMETRY]), pc.is_null(bare[DEFECT]))
    rows: list[int] = at.filter(free.combine_chunks()).to_pylist()
    return rows


def _cells(whole: pa.Table, columns: Sequence[str], row: int) -> list[str]:
    return [normal(whole[name][row].as_py() or "") for name in columns]


def _only_numbers(whole: pa.Table, columns: Sequence[str], row: int) -> bool:
    """Tell whether the first text of a row is a word for a total, and all that is filled beside it are numbers."""
    cells = _cells(whole, columns, row)
    texts = [cell for cell in cells if cell and not _is_number(cell)]
    numbers = [cell for cell in cells if _value(cell) is not None]
    return len(texts) == 1 and re.match(_CALLED, texts[0]) is not None and bool(numbers)


def _value(cell: str) -> float | None:
    value = _MEASURE.parse(cell).value
    return value if isinstance(value, float) else None


def _is_number(cell: str) -> bool:
    read = _MEASURE.parse(cell)
    return read.problem is None or parse_area(cell.translate(THAI_DIGITS)) is not None


@dataclass(frozen=True)
class _Told:
    """A number of a total row: its column, as it stands there, and the sum that is nearest to it; whether it is it."""

    column: str
    text: str
    counted: float
    right: bool


@dataclass
class _Column:
    """A column without what total rows say: of each row the number, whether it is filled, whether it is a number.

    ``up_to`` are the sums of all three over the rows before each.
    """

    rows: Floats
    up_to: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.up_to = np.vstack([np.zeros(3), np.cumsum(self.rows, axis=0)])

    def leave_out(self, row: int) -> None:
        """Count a row no more: it is a total."""
        self.up_to[row + 1 :] -= self.rows[row]
        self.rows[row] = 0

    def between(self, start: int, end: int) -> tuple[float, int, int]:
        """Return the sum of some rows, how many cells of them are filled, and how many are numbers."""
        total, filled, numbers = self.up_to[end] - self.up_to[start]
        return float(total), int(filled), int(numbers)


@dataclass
class _Sums:
    """What the columns of a table add up to; each is read when a total says something of it."""

    whole: pa.Table
    columns: Sequence[str]
    read: dict[str, _Column] = field(default_factory=dict)
    apart: list[int] = field(default_factory=list)

    def totals(self, likely: Sequence[int]) -> list[tuple[int, list[_Told]]]:
        """Choose among likely rows those that are totals, with what each says of its columns."""
        ends = _ends(likely, len(self.whole))
        found: list[tuple[int, list[_Told]]] = []
        for row in likely:
            since = found[-1][0] + 1 if found else 0
            told = self._told(row, since)
            first = next(cell for cell in _cells(self.whole, self.columns, row) if cell)
            right = [one.right for one in told]
            named = re.match(_CALLED, first) is not None
            if (row in ends or any(right)) if named else bool(right) and all(right):
                found.append((row, told))
                self.apart.append(row)
                for column in self.read.values():
                    column.leave_out(row)
        return found

    def _told(self, row: int, since: int) -> list[_Told]:
        told = []
        for name, cell in zip(self.columns, _cells(self.whole, self.columns, row), strict=True):
            value = _value(cell)
            if value is None:
                continue
            # A total above all records tells of those below.
            parts = [(since, row), (0, row)] if row else [(1, len(self.whole))]
            sums, filled, numbers = zip(*(self._column(name).between(*part) for part in parts), strict=True)
            if numbers[-1] < 2:
                continue
            near = min(sums, key=lambda each: abs(each - value))
            right = any(abs(each - value) <= _rounding(cell) for each in (*sums, *filled))
            told.append(_Told(name, cell, near, right))
        return told

    def _column(self, name: str) -> _Column:
        if name not in self.read:
            chunks = [_MEASURE.read(chunk).values for chunk in self.whole[name].chunks]
            values = np.concatenate([each.to_numpy(zero_copy_only=False) for each in chunks]).astype(float)
            filled = np.asarray(self.whole[name].is_valid().to_numpy(), dtype=float)
            number = ~np.isnan(values)
            # A column of texts with a few numbers among them adds up to nothing.
            number &= bool(2 * number.sum() >= filled.sum())
            made = _Column(np.column_stack([np.where(number, values, 0), filled, number]))
            for row in self.apart:
                made.leave_out(row)
            self.read[name] = made
        return self.read[name]


def _rounding(cell: str) -> float:
    """Return how far a sum may be from a number that was rounded as it is written."""
    found = _DECIMALS.search(cell)
    return 0.5 * 10.0 ** -(len(found[1]) if found else 0) + 1e-9


def _ends(likely: Sequence[int], count: int) -> set[int]:
    """Return those of some rows that stand above or below all others."""
    rows = set(likely)
    above, below = 0, count - 1
    while above in rows:
        above += 1
    while below in rows:
        below -= 1
    return {row for row in rows if row < above or row > below}


def _said(
    layer: Layer, whole: pa.Table, columns: Sequence[str], found: Sequence[tuple[int, list[_Told]]]
) -> Iterator[Defect]:
    for row, told in found:
        number = whole[ROW][row].as_py()
        texts = [cell for cell in _cells(whole, columns, row) if cell and not _is_number(cell)]
        yield Defect(TOTAL_ROW, layer.name, number, None, texts[0])
        for one in told:
            if not one.right:
                counted = f"{one.counted:,.10g}"
                yield Defect(TOTALS_DIFFER, layer.name, number, one.column, one.text, {"counted": counted})


def _with(layer: Layer, defects: Sequence[Defect]) -> Layer:
    """Return a layer with further defects: all counted, the first of each code listed."""
    counts = Counter(defect.code for defect in defects)
    listed = [defect for code in counts for defect in [one for one in defects if one.code == code][:LISTED]]
    return replace(
        layer, defect_counts=dict(Counter(layer.defect_counts) + counts), defects=(*layer.defects, *listed)
    )


def _marked(source: pa.ipc.RecordBatchFileReader, path: Path, rows: npt.NDArray[np.int64]) -> None:
    """Write the batches of a layer anew, these rows marked as total rows."""
    done = 0
    with pa.ipc.new_file(str(path), source.schema) as writer:
        for n in range(source.num_record_batches):
            batch = source.get_batch(n)
            mask = pa.array(np.isin(np.arange(done, done + len(batch)), rows))
            defect = pc.if_else(mask, pa.scalar(TOTAL_ROW), batch.column(DEFECT))
            columns = [defect if name == DEFECT else batch.column(name) for name in source.schema.names]
            writer.write_batch(pa.record_batch(columns, schema=source.schema))
            done += len(batch)
