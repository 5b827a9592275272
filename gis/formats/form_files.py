"""The form that lies beside the data in an archive: an XLSForm workbook, or its sheets as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from python_calamine import CalamineError, CalamineWorkbook

from gis.formats import archive, cells, encoding, form, xlsx_parts
from gis.formats.archive import Member
from gis.formats.form import Form, Row
from gis.formats.model import Limits, Refused
from gis.formats.source import Source

_BOOKS = frozenset((".xlsx", ".xlsm", ".xls", ".ods"))
_TABLES = frozenset((".csv", ".tsv"))
_DATA = _BOOKS | _TABLES | frozenset((".json", ".xml", ".geojson"))
# A form is text a person wrote; the largest seen has 235 questions and 995 choices.
_BYTES = 20 << 20
_CELLS = 2_000_000


def find(source: Source, members: Sequence[Member], limits: Limits) -> tuple[Form | None, list[Member]]:
    """The first form among the members of an archive, and the members that hold it; (None, []) when no data
    lies beside it.
    """
    data = [member for member in members if member.suffix in _DATA]
    if len(data) < 2:
        return None, []
    books = [member for member in data if member.suffix in _BOOKS and member.info.file_size <= _BYTES]
    for number, member in enumerate(books):
        made = _of_book(source, member, source.scratch / f"form{number}{member.suffix}", limits)
        if made:
            return made, [member]
    return _of_tables(source, data, limits)


def _of_book(source: Source, member: Member, copy: Path, limits: Limits) -> Form | None:
    archive.extracted(source, member, copy, limits)
    part = Source(copy, member.name, source.options, source.scratch)
    try:
        book = CalamineWorkbook.from_path(str(copy))
        sheets = {name.strip().lower(): name for name in book.sheet_names}
        if "survey" not in sheets:
            return None
        if member.suffix in (".xlsx", ".xlsm"):
            xlsx_parts.survey(part, limits)
        survey, choices = (_rows(book, sheets.get(name)) for name in ("survey", "choices"))
    except (CalamineError, Refused):
        return None  # a damaged workbook is no form; as data its reader says what is wrong with it
    return form.from_sheets(survey, choices, PurePosixPath(member.name).name) if _is_survey(survey) else None


def _rows(book: CalamineWorkbook, name: str | None) -> list[Row]:
    if name is None:
        return []
    sheet = book.get_sheet_by_name(name)
    if sheet.end is None or (sheet.end[0] + 1) * (sheet.end[1] + 1) > _CELLS:
        return []
    return _dicts([[cells.text(value) or "" for value in row] for row in sheet.iter_rows()])


def _dicts(records: Sequence[Sequence[str]]) -> list[Row]:
    """Rows by their headings in lower case, which stand in the first filled row."""
    filled = [record for record in records if any(record)]
    heads = [head.strip() for head in filled[0]] if filled else []
    names = [head.lower() if ":" not in head else head[0].lower() + head[1:] for head in heads]
    return [dict(zip(names, record, strict=False)) for record in filled[1:]]


def _is_survey(rows: Sequence[Row]) -> bool:
    return bool(rows) and {"type", "name"} <= set(rows[0])


def _is_choices(rows: Sequence[Row]) -> bool:
    return bool(rows) and "name" in rows[0] and bool({"list_name", "list name"} & set(rows[0]))


def _of_tables(source: Source, data: Sequence[Member], limits: Limits) -> tuple[Form | None, list[Member]]:
    tables = [member for member in data if member.suffix in _TABLES and member.info.file_size <= _BYTES]
    read = [
        (member, _table(source, member, source.scratch / f"form{number}.csv", limits))
        for number, member in enumerate(tables)
    ]
    surveys = [(member, rows) for member, rows in read if _is_survey(rows)]
    if not surveys:
        return None, []
    choices = [(member, rows) for member, rows in read if _is_choices(rows)]
    member, rows = surveys[0]
    held = [member, *(other for other, _ in choices[:1])]
    made = form.from_sheets(rows, choices[0][1] if choices else [], PurePosixPath(member.name).name)
    return (made, held) if made and len(held) < len(data) else (None, [])


def _table(source: Source, member: Member, copy: Path, limits: Limits) -> list[Row]:
    archive.extracted(source, member, copy, limits)
    with copy.open("rb") as file:
        head = file.readline(4096).lower()
    if b"name" not in head or not (b"type" in head or b"list" in head):
        return []
    try:
        found = encoding.survey(copy, None)
        text = copy.read_bytes().decode(found.encoding)
        return _dicts(list(csv.reader(io.StringIO(text, newline=""))))
    except (Refused, csv.Error):
        return []  # no form; as data its reader says what is wrong with it
