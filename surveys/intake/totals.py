"""Rows of a sheet that are the total of the rows above: kept out, and held against what the columns add up to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gis.formats import DEFECT, GEOMETRY, ROW, Defect, Layer
from gis.units import parse_area
from surveys import thai
from surveys.fields import THAI_DIGITS, Number
from surveys.intake.log import LISTED
from surveys.intake.mapping import added
from surveys.planning.match import BEFORE_NAMES, COMMUNITY
from surveys.record import RecordType
from surveys.words import folded, normal

TOTAL_ROW, TOTALS_DIFFER = "total_row", "totals_differ"
# What a total is of, in what unit a count is given, and how a total is called: a word for it, perhaps with what it
# is of, how many there are or which community; nothing else may stand in the cell.
_UNIT = (
    r"(ครัวเรือน|ครอบครัว|หลังคาเรือน|หลังคา|หลัง|บ้าน|แปลง|ชุมชน|สมาชิก|ประชากร|คน|ราย(การ)?|แถว|"
    r"(households?|famil(y|ies)|houses?|plots?|communit(y|ies)|members?|persons?|people|residents?|records?|rows?))"
)
_COUNT = rf"[0-9๐-๙][0-9๐-๙,]*\s*{_UNIT}"
_COUNTED = rf"(?i)^[\s(*]*{_COUNT}[\s)*:.=]*$"
_CALLED = (
    r"(?i)^[\s(*]*((รวม(ทั้งหมด|ทั้งสิ้น|ทุกชุมชน|ย่อย|ยอด|จ(ำ|ํา)นวน|เป็นเงิน)?|ยอดรวม(ทั้งหมด|ทั้งสิ้น)?|"
    r"ผลรวม(ทั้งหมด)?|จ(ำ|ํา)นวนรวม)"
    rf"(\s*(จ(ำ|ํา)นวน)?{_UNIT})?(ทั้งหมด|ทั้งสิ้น)?(\s*{_COUNT})*|"
    rf"((grand|sub)[\s-]?)?(totals?|sum)((\s+of)?\s+{_UNIT}|\s*:?\s*{_COUNT})*|"
    r"(ยอด)?รวม(ยอด)?\s*ชุมชน\s*\S.*)[\s)*:.=]*$"
)
# A total of a community whose name does not begin with the word: only where that community is named too.
_TOTAL_OF = re.compile(r"(?i)^(ยอดรวม|รวม|((grand|sub)[\s-]?)?total(\s+(of|for))?)\s+(?P<name>\S.*)$")
# Where a number stands that tells a record.
_NUMBERED = (thai.Sequence, thai.HouseNumber)
# Among how many of the first columns the word is looked for.
_FIRST = 6
# A word that stands in more rows than one in this many is an answer, no total.
_SELDOM = 2
_DECIMALS = re.compile(r"\.(\d+)")
_MEASURE = Number()
Floats = npt.NDArray[np.float64]


def set_apart(layer: Layer, record_type: RecordType, fields: Mapping[str, str]) -> Layer:
    """Return a layer with its total rows marked as defects, so that none is taken for a record.

    A row counts whose first text is a word for a total, all its other cells being numbers or counts, and that has
    no place on the map: above or below all records, or all of a community, or somewhere a number of it adds up.
    Where numbers stand before the word, they all must. The community may be repeated beside the word; then a name
    is taken for a total only where a number adds up. The layer's file is written anew only where there is such a
    row.

    Parameters
    ----------
    fields : field to column
    """
    source = pa.ipc.open_file(pa.memory_map(str(layer.path)))
    columns = [name for name in layer.columns if name not in added(layer.columns)]
    table = _Table(source.read_all(), columns, *_telling(record_type, fields))
    likely = [one for n in table.called() if (one := table.likely(n)) is not None]
    if not likely or len(likely) * _SELDOM > max(len(table.whole), _SELDOM + 1):
        return layer
    found = _Sums(table.whole, columns).totals(likely)
    if not found:
        return layer
    path = layer.path.with_name(f"{layer.path.stem}-totals.arrow")
    _marked(source, path, np.array([one.row for one, _ in found]))
    return _with(replace(layer, path=path), list(_said(layer, table.whole, found)))


def _telling(record_type: RecordType, fields: Mapping[str, str]) -> tuple[str | None, frozenset[str]]:
    """Return the columns that tell a record of a type: that of its community, those of numbers."""
    parts = dict.fromkeys(
        p for key in record_type.keys for p in key if p in record_type.by_name and p in fields
    )
    kinds = {fields[part]: record_type.by_name[part].kind for part in parts}
    numbers = frozenset(column for column, kind in kinds.items() if isinstance(kind, _NUMBERED))
    return (fields.get(COMMUNITY) if COMMUNITY in record_type.by_name else None), numbers


def rows_of(layer: Layer) -> frozenset[int]:
    """Return the numbers of the rows that were set apart."""
    if not layer.defect_counts.get(TOTAL_ROW):
        return frozenset()
    whole = pa.ipc.open_file(pa.memory_map(str(layer.path))).read_all()
    return frozenset(whole[ROW].filter(pc.equal(whole[DEFECT], TOTAL_ROW)).to_pylist())


@dataclass(frozen=True)
class _Likely:
    """A row that may be a total: its word, whether no number stands before it, and whether its place tells enough.

    ``ending`` is so where a row at an end is a total whatever its numbers say; ``last`` where its community ends.
    """

    row: int
    word: str
    first: bool
    ending: bool
    last: bool


@dataclass(frozen=True)
class _Table:
    """A table with the columns that tell its records: that of the community, if any, and those of numbers."""

    whole: pa.Table
    columns: Sequence[str]
    community: str | None
    numbers: frozenset[str]

    def called(self) -> list[int]:
        """Find the rows without a defect or a place in which a word for a total stands."""
        found: set[int] = set()
        for name in dict.fromkeys([*self.columns[:_FIRST], *self._told()]):
            hits = pc.match_substring_regex(self.whole[name], _CALLED)
            if name == self.community and self._of_communities:
                hits = pc.or_(hits, pc.is_in(self.whole[name], pa.array(sorted(self._of_communities))))
            # Of most columns this is all: turning them into positions takes longer.
            if pc.any(hits).as_py():
                found |= set(np.flatnonzero(pc.fill_null(hits, False).to_numpy()).tolist())
        if not found:
            return []
        at = pa.array(sorted(found), pa.int64())
        bare = self.whole.select([GEOMETRY, DEFECT]).take(at)
        free = pc.and_(pc.is_null(bare[GEOMETRY]), pc.is_null(bare[DEFECT]))
        rows: list[int] = at.filter(free.combine_chunks()).to_pylist()
        return rows

    def likely(self, row: int) -> _Likely | None:
        """Tell whether the first text of a row is a word for a total, beside numbers, counts and its community."""
        cells = {
            name: cell for name, cell in zip(self.columns, _cells(self.whole, self.columns, row), strict=True)
            if cell
        }  # fmt: skip
        beside = cells.pop(self.community) if self._repeats(row, cells) and self.community else None
        words = {name: cell for name, cell in cells.items() if not _is_number(cell)}
        if not words:
            return None
        column, word = next(iter(words.items()))
        others = [cell for name, cell in words.items() if name != column]
        if not self._is_total(column, word) or not all(re.match(_COUNTED, cell) for cell in others):
            return None
        counted = (
            others or re.search(_COUNT, word) or any(_value(cell) is not None for cell in cells.values())
        )
        # Neither a community nor a number of a house is called so: the word says enough, whatever else is filled.
        telling = column in self._told()
        if not counted and not telling:
            return None
        numbered = any(name in cells for name in self.numbers if name != column)
        last = telling and not numbered and self._closes(row)
        return _Likely(row, word, next(iter(cells)) == column, beside is None or telling, last)

    def _told(self) -> list[str]:
        return [name for name in self.columns if name == self.community or name in self.numbers]

    def _is_total(self, column: str, word: str) -> bool:
        named = column == self.community and any(normal(text) == word for text in self._of_communities)
        return named or re.match(_CALLED, word) is not None

    @cached_property
    def _of_communities(self) -> frozenset[str]:
        """Return the texts under the community that are a total of one that other rows name."""
        if self.community is None:
            return frozenset()
        texts = [text for text in pc.unique(self.whole[self.community]).to_pylist() if text]
        names = {folded(text).removeprefix(BEFORE_NAMES) for text in texts}
        hits = ((text, _TOTAL_OF.match(normal(text))) for text in texts)
        return frozenset(
            t for t, hit in hits if hit and folded(hit["name"]).removeprefix(BEFORE_NAMES) in names
        )

    def _repeats(self, row: int, cells: Mapping[str, str]) -> bool:
        """Tell whether the community of a row is that of a row beside it."""
        here = folded(cells.get(self.community or "", ""))
        return bool(here) and here in (self._named(row - 1), self._named(row + 1))

    def _named(self, row: int) -> str | None:
        if self.community is None or not 0 <= row < len(self.whole):
            return None
        return folded(self.whole[self.community][row].as_py() or "") or None

    def _closes(self, row: int) -> bool:
        """Tell whether the rows above and below are of two communities."""
        above, below = self._named(row - 1), self._named(row + 1)
        return above is not None and below is not None and above != below


def _cells(whole: pa.Table, columns: Sequence[str], row: int) -> list[str]:
    return [normal(whole[name][row].as_py() or "") for name in columns]


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

    ``up_to`` are the sums of all three over the rows before each, ``apart`` those over the totals so far.
    """

    rows: Floats
    up_to: Floats = field(init=False)
    apart: Floats = field(default_factory=lambda: np.zeros(3))

    def __post_init__(self) -> None:
        self.up_to = np.vstack([np.zeros(3), np.cumsum(self.rows, axis=0)])

    def leave_out(self, row: int) -> None:
        """Count a row, which stands below all that were left out before, no more: it is a total."""
        self.apart += self.rows[row]

    def between(self, start: int, end: int) -> tuple[float, int, int]:
        """Return the sum of rows from the first on or below all totals, how many cells are filled, how many numbers."""
        apart = self.apart if start == 0 else 0
        total, filled, numbers = self.up_to[end] - self.up_to[start] - apart
        return float(total), int(filled), int(numbers)


@dataclass
class _Sums:
    """What the columns of a table add up to; each is read when a total says something of it."""

    whole: pa.Table
    columns: Sequence[str]
    read: dict[str, _Column] = field(default_factory=dict)
    apart: list[int] = field(default_factory=list)

    def totals(self, likely: Sequence[_Likely]) -> list[tuple[_Likely, list[_Told]]]:
        """Choose among likely rows those that are totals, with what each says of its columns."""
        ends = _ends([one.row for one in likely], len(self.whole))
        found: list[tuple[_Likely, list[_Told]]] = []
        for one in likely:
            told = self._told(one.row, found[-1][0].row + 1 if found else 0)
            right = [each.right for each in told]
            at_end = one.ending and (one.row in ends or one.last)
            if (at_end or any(right)) if one.first else bool(right) and all(right):
                found.append((one, told))
                self.apart.append(one.row)
                for column in self.read.values():
                    column.leave_out(one.row)
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


def _said(layer: Layer, whole: pa.Table, found: Sequence[tuple[_Likely, list[_Told]]]) -> Iterator[Defect]:
    for one, told in found:
        number = whole[ROW][one.row].as_py()
        yield Defect(TOTAL_ROW, layer.name, number, None, one.word)
        for each in told:
            if not each.right:
                counted = f"{each.counted:,.10g}"
                yield Defect(TOTALS_DIFFER, layer.name, number, each.column, each.text, {"counted": counted})


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
