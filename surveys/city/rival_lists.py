"""Two lists of one community side by side: what both say, what one alone has, and where they differ.

A list is what an import, or one layer of its file, says of the households of a community: the
records it spoke of, each as it stood once the import was taken. Both lists are kept whatever is
decided (:mod:`surveys.city.list_decisions`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
import sqlalchemy as sa

from surveys import records
from surveys.city.households import held
from surveys.intake.keys import person
from surveys.planning.links import HOUSEHOLD
from surveys.record import Field, RecordType
from surveys.store.schema import DIGEST
from surveys.words import Words, folded, words

Row = Mapping[str, Any]

HOUSEHOLDS = records.ALL[HOUSEHOLD]
# The numbers that tell where a household lives, the first that two lists both give deciding: of its house, of its plot.
_NUMBERS = tuple(key[1] for key in HOUSEHOLDS.keys)
PLOT_NO = HOUSEHOLDS.keys[2][1]
_NAME, _ID = (HOUSEHOLDS.by_name[name].name for name in ("head_name", "head_id"))
# What tells where a record is kept, not what a list says of it; nor does the day of a visit.
_NOT_SAID = {"community", HOUSEHOLDS.ordinal, "linked_to"}

# How two lists may stand to each other in one household.
STATUSES: dict[str, Words] = {
    "same": words("เหมือนกัน", "the same"),
    "other_values": words("ค่าต่างกัน", "other values"),
    "other_house": words("อยู่คนละบ้าน", "other house"),
    "other_plot": words("อยู่คนละแปลง", "other plot"),
    "only_a": words("มีเฉพาะบัญชี ก", "only in list A"),
    "only_b": words("มีเฉพาะบัญชี ข", "only in list B"),
}
# By what a household of one list was found in the other.
FOUND_BY: dict[str, Words] = {
    "record": words("เป็นรายการเดียวกันในระบบ", "one record here"),
    "decided": words("ตัดสินแล้วว่าเป็นครัวเรือนเดียวกัน", "decided to be one household"),
    "id": words("เลขประจำตัวหัวหน้าเดียวกัน", "the same id of the head"),
    "name": words("ชื่อหัวหน้าเดียวกัน", "the same head of household"),
    "number": words("เลขบ้านหรือแปลง และลำดับครัวเรือนเดียวกัน", "the same house or plot, and household number"),
}


@dataclass(frozen=True)
class Line:
    """A household of one list or both: where it stands, by what it was found, and which fields differ.

    ``a`` and ``b`` are the rows of the store, None in the list that does not have it; ``differs`` are
    the fields that both lists fill, and not alike.
    """

    status: str
    a: Row | None
    b: Row | None
    found_by: str | None = None
    differs: tuple[str, ...] = ()

    @property
    def row(self) -> Row:
        """The row of the list that has it, A's where both have."""
        found = self.a if self.a is not None else self.b
        assert found is not None
        return found


@dataclass(frozen=True)
class Comparison:
    """Two lists compared, household by household, in the order of their houses or plots."""

    lines: tuple[Line, ...]

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many households there are of each status."""
        found = Counter(line.status for line in self.lines)
        return {status: found[status] for status in STATUSES}


@dataclass(frozen=True)
class Verdicts:
    """What persons decided of pairs: which household stands for another, and which two are different."""

    stands_for: Mapping[str, str]
    different: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, decisions: Iterable[Row]) -> Verdicts:
        """Gather the decisions on doubles that stand."""
        stands_for, different = {}, set()
        for made in decisions:
            pair = str(made["first"]), str(made["second"])
            if made["kept"] is not None:
                stands_for[next(one for one in pair if one != made["kept"])] = str(made["kept"])
            elif made["decision"] == "different":
                different.add(pair)
        return cls(stands_for, frozenset(different))

    def kept(self, record_id: str) -> str:
        """Return the household that stands for one at last: itself, when no other does."""
        passed = {record_id}
        while (then := self.stands_for.get(record_id)) is not None and then not in passed:
            record_id = then
            passed.add(then)
        return record_id

    def apart(self, one: str, other: str) -> bool:
        """Tell whether two were decided to be different."""
        return (min(one, other), max(one, other)) in self.different


def compare(record_type: RecordType, a: Sequence[Row], b: Sequence[Row], verdicts: Verdicts) -> Comparison:
    """Compare what two lists say of the households of one community.

    A household of A is found in B as the same record, by a decision, by the id of its head, by the
    name of its head, or by house (or plot) and household number, in this order; an id, name or number that
    stands twice on a list finds nothing.

    Parameters
    ----------
    a, b : rows of the household table (current or closed versions), one a record
    """
    left, right = _Side.of(a), _Side.of(b)
    found = list(_matched(left, right, verdicts))
    lines = [_line(record_type, left.rows[i], right.rows[j], how) for i, j, how in found]
    ours, theirs = {i for i, _, _ in found}, {j for _, j, _ in found}
    lines += [Line("only_a", row, None) for i, row in enumerate(left.rows) if i not in ours]
    lines += [Line("only_b", None, row) for j, row in enumerate(right.rows) if j not in theirs]
    return Comparison(tuple(sorted(lines, key=_order)))


@dataclass(frozen=True)
class _Side:
    """The rows of one list with their heads' names made comparable."""

    rows: tuple[Row, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> _Side:
        names = person(pd.Series([row[_NAME] for row in rows], dtype="str")).fillna("")
        return cls(tuple(rows), tuple(names))


# What finds a household in the other list: a text of row number n, "" for none.
_Told = Callable[[_Side, int], str]


def _matched(left: _Side, right: _Side, verdicts: Verdicts) -> Iterator[tuple[int, int, str]]:
    ways: dict[str, _Told] = {
        "record": lambda side, n: str(side.rows[n]["id"]),
        "decided": lambda side, n: verdicts.kept(str(side.rows[n]["id"])),
        "id": lambda side, n: side.rows[n][_ID + DIGEST] or "",
        "name": lambda side, n: side.names[n],
        "number": lambda side, n: side.rows[n]["key"] or "",
    }
    ours, theirs = set(range(len(left.rows))), set(range(len(right.rows)))
    for way, told in ways.items():
        mine, others = _alone(left, ours, told), _alone(right, theirs, told)
        for text in mine.keys() & others.keys():
            i, j = mine[text], others[text]
            if not verdicts.apart(str(left.rows[i]["id"]), str(right.rows[j]["id"])):
                ours.discard(i)
                theirs.discard(j)
                yield i, j, way


def _alone(side: _Side, of: set[int], told: _Told) -> dict[str, int]:
    """Return the rows by what is told of them, where no other row is told the same."""
    texts = {n: told(side, n) for n in of}
    often = Counter(texts.values())
    return {text: n for n, text in texts.items() if text and often[text] == 1}


def _line(record_type: RecordType, a: Row, b: Row, how: str) -> Line:
    fields = tuple(field.name for field in record_type.fields if differs(field, a, b))
    status = _elsewhere(a, b) or ("other_values" if fields else "same")
    return Line(status, a, b, how, fields)


def _elsewhere(a: Row, b: Row) -> str:
    """Tell whether two rows of one community name two houses or plots: by the first number that both have."""
    for name in _NUMBERS:
        if a[name] is not None and b[name] is not None:
            apart = folded(str(a[name])) != folded(str(b[name]))
            return "" if not apart else "other_plot" if name == PLOT_NO else "other_house"
    return ""


def differs(field: Field, a: Row, b: Row) -> bool:
    """Tell whether two rows both fill a field, and not alike; a title or a space makes no other name."""
    if field.name in _NOT_SAID or field.of_visit:
        return False
    one, other = held(field, a), held(field, b)
    if one is None or other is None or one == other:
        return False
    if field.name == _NAME:
        same = person(pd.Series([one, other], dtype="str"))
        return bool(same.iloc[0] != same.iloc[1])
    if isinstance(one, str) and isinstance(other, str) and not field.secret:
        return folded(one) != folded(other)
    return True


def _order(line: Line) -> tuple[Any, ...]:
    """Order by house, else plot, numbers as numbers; what has no number stands last."""
    told = [line.row[name] for name in (*_NUMBERS, HOUSEHOLDS.ordinal or "")]
    parts = [(text is None, _leading(text), str(text or "")) for text in told]
    return (*parts, str(line.row["id"]))


def _leading(text: str | None) -> int:
    digits = ""
    for letter in text or "":
        if not letter.isascii() or not letter.isdigit():
            break
        digits += letter
    return int(digits[:15] or 0)


@dataclass(frozen=True)
class ListKey:
    """An import, or one layer of its file where several hold households."""

    import_id: int
    layer: str | None = None

    def __str__(self) -> str:
        """Write the key as addresses and decisions hold it: "12" or "12:layer"."""
        return str(self.import_id) if self.layer is None else f"{self.import_id}:{self.layer}"

    @classmethod
    def of(cls, text: str) -> ListKey | None:
        """Read a key; None when it is none."""
        number, _, layer = text.partition(":")
        if not number.isascii() or not number.isdigit() or len(number) > 15:
            return None
        return cls(int(number), layer or None)


# Every version of a household as it stood once an import was taken: of those not undone, or its own.
_AT = """
SELECT * FROM (
  SELECT v.*, row_number() OVER (PARTITION BY v.id ORDER BY v.opened_by DESC) AS place
  FROM (SELECT {columns} FROM {name} UNION ALL SELECT {columns} FROM {name}_history) v
  JOIN change c ON c.id = v.opened_by
  WHERE v.network = :network AND v.opened_by <= :at AND (c.state = 'done' OR v.opened_by = :at)
    AND v.id IN (SELECT value FROM json_each(:ids))
) WHERE place = 1 AND community IN (SELECT value FROM json_each(:texts))
"""


def rows_at(
    connection: sa.Connection, network: str, change: int, of: tuple[Sequence[str], Sequence[str]]
) -> list[Row]:
    """Return households as they stood after a change (its id); ``of`` are ids, and texts of their community."""
    ids, texts = of
    names = ["id", "network", "key", "version", "opened_by", "source_row", "extra", "missing", "raw"]
    for field in HOUSEHOLDS.stored:
        names += [field.name, field.name + DIGEST] if field.secret else [field.name]
    query = sa.text(_AT.format(columns=", ".join(names), name=HOUSEHOLD))
    asked = {
        "network": network,
        "at": change,
        "ids": json.dumps(list(ids)),
        "texts": json.dumps(list(texts)),
    }
    return [dict(row) for row in connection.execute(query, asked).mappings()]
