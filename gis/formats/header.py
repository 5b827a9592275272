"""The headings of a table: titles above them told apart, headings written over two or three rows joined."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Record = Sequence[str | None]
# First row, first column, last row, last column of merged cells; all from 0, the last ones included.
Range = tuple[int, int, int, int]
# More merged cells than this a sheet has only to keep a reader busy.
MERGED = 10_000
_TITLE_ROWS = 10
_HEADING_ROWS = 4
_LOOKED_AT = 20
_NUMBER = re.compile(r"[+-]?[\d๐-๙][\d๐-๙.,:/\s%-]*")


@dataclass(frozen=True)
class Heading:
    """The headings, the place of their last row among the records (from 0), and the rows above left out."""

    names: tuple[str | None, ...]
    index: int
    titles: tuple[tuple[int, str], ...] = ()


def find_heading(records: Sequence[Record], merged: Sequence[Range] = ()) -> Heading | None:
    """The headings of the first records of a table; None when all is blank.

    The first row with more than one filled cell, above it only titles: rows of one cell, or of a few
    ("วันที่ | 1 ม.ค. 2560") above a row of texts at least twice as wide. A table of one column has its
    first filled row as heading. A wider row that would leave no data below it is no heading either.

    A heading over several columns and those below it are joined: "พิกัด/lat". `merged` are the merged
    cells of a sheet; without them (CSV), cells left blank beside a heading say the same.
    """
    rows = [(index, [cell for cell in record if cell]) for index, record in enumerate(records)]
    rows = [(index, cells) for index, cells in rows if cells]
    if not rows:
        return None
    place = _first_wide(rows)
    first = rows[place][0]
    last = _last_row(records, first, merged)
    titles = tuple((index + 1, " | ".join(cells)) for index, cells in rows[:place])
    return Heading(_joined(records, first, last, merged), last, titles)


def _first_wide(rows: list[tuple[int, list[str]]]) -> int:
    """The place among filled rows of the one the headings begin with."""
    top = rows[: _TITLE_ROWS + 1]
    wide = [place for place, (_, cells) in enumerate(top) if len(cells) > 1 and place < len(rows) - 1]
    if not wide or len(top[first := wide[0]][1]) > _HEADING_ROWS:
        return wide[0] if wide else 0
    return next((place for place in wide[1:] if _heads(rows, first, place)), first)


def _heads(rows: list[tuple[int, list[str]]], first: int, place: int) -> bool:
    """Whether a row is so much more of a heading than the first wide one that the latter is a title."""
    cells = rows[place][1]
    below = [len(filled) for _, filled in rows[place + 1 : place + 1 + _LOOKED_AT]]
    return (
        len(cells) >= max(3, 2 * len(rows[first][1]))
        and len(set(cells)) == len(cells)
        and not any(map(_is_number, cells))
        and all(len(filled) * 2 <= len(cells) for _, filled in rows[first:place])
        and 2 * sum(2 * count >= len(cells) for count in below) > len(below)
    )


def _is_number(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell.strip()))


def _last_row(records: Sequence[Record], first: int, merged: Sequence[Range]) -> int:
    """The last row of headings that begin in row `first`."""
    last = first
    while last + 2 < len(records) and last - first < _HEADING_ROWS - 1:
        down = [bottom for top, _, bottom, _ in merged if first <= top <= last < bottom]
        if down and max(down) - first < _HEADING_ROWS:
            last = max(down)
        elif _goes_on(records, last, merged):
            last += 1
        else:
            break
    return last


def _goes_on(records: Sequence[Record], row: int, merged: Sequence[Range]) -> bool:
    """Whether the row below `row` names the parts of headings that stand over several columns.

    It holds texts only, and only below such headings; below those of one column it is blank, and the rows
    after it are not. Where blanks alone say what stands over several columns ("ชื่อ-สกุล, , หมายเหตุ"), a column
    of numbers must begin below it.
    """
    above, below = records[row], records[row + 1]
    width = max(_end(above), _end(below))
    spans = _spans(above, row, width, merged)
    parts = [place for place in range(width) if _cell(below, place)]
    under = {place for start, end in spans for place in range(start, end + 1)}
    alone = [place for place in range(width) if _cell(above, place) and place not in under]
    return (
        bool(spans)
        and len(parts) > 1
        and bool(alone)
        and all(place in under or not _cell(above, place) for place in parts)
        and all(_cell(below, place) for start, end in spans for place in range(start, end + 1))
        and not any(_is_number(_cell(below, place)) for place in parts)
        and _mostly(records[row + 2 :], alone, bool)
        and (bool(merged) or any(_mostly(records[row + 2 :], [place], _is_number) for place in parts))
    )


def _mostly(records: Sequence[Record], places: Sequence[int], test: Callable[[str], bool]) -> bool:
    """Whether most of some filled rows pass a test in one of these columns."""
    rows = [record for record in records if any(record)][:_LOOKED_AT]
    return 2 * sum(any(test(_cell(record, place)) for place in places) for record in rows) > len(rows)


def _spans(above: Record, row: int, width: int, merged: Sequence[Range]) -> list[tuple[int, int]]:
    """First and last column of each heading of a row that stands over more than one."""
    if merged:
        return [(left, right) for top, left, _, right in merged if top == row and left < right < width]
    filled = [place for place in range(width) if _cell(above, place)]
    ends = [*(place - 1 for place in filled[1:]), width - 1]
    return [(start, end) for start, end in zip(filled, ends, strict=True) if end > start]


def _joined(
    records: Sequence[Record], first: int, last: int, merged: Sequence[Range]
) -> tuple[str | None, ...]:
    if first == last:
        return tuple(_text(cell) for cell in records[first])
    width = max(len(records[row]) for row in range(first, last + 1))
    parts: list[list[str]] = [[] for _ in range(width)]
    for row in range(first, last + 1):
        cells = [_cell(records[row], place) for place in range(width)]
        if row < last:
            for start, end in _spans(records[row], row, width, merged):
                cells[start : end + 1] = [cells[start]] * (end + 1 - start)
        for place, cell in enumerate(cells):
            text = _text(cell)
            if text and text not in parts[place][-1:]:
                parts[place].append(text)
    return tuple("/".join(texts) or None for texts in parts)


def _end(record: Record) -> int:
    return max((place for place, cell in enumerate(record, 1) if cell), default=0)


def _cell(record: Record, place: int) -> str:
    return (record[place] or "") if place < len(record) else ""


def _text(cell: str | None) -> str | None:
    return (cell or "").replace("\ufeff", "").strip() or None
