"""Workbooks as other programs save them, written by hand: what tests read must not come from what they test."""

from __future__ import annotations

import datetime
import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

import xlsxwriter

Cell = str | float | bool | datetime.date | None
Sheets = Mapping[str, Sequence[Sequence[Cell]]]
# First row, first column, last row, last column, from 0.
Merged = Sequence[tuple[int, int, int, int]]
_EPOCH = datetime.datetime(1899, 12, 30)
_SECTOR = 512
_ODS_MIME = "application/vnd.oasis.opendocument.spreadsheet"


def _moment(value: datetime.date) -> datetime.datetime:
    return (
        value if isinstance(value, datetime.datetime) else datetime.datetime.combine(value, datetime.time())
    )


def serial(value: datetime.date) -> float:
    """The number a spreadsheet keeps for a date."""
    return (_moment(value) - _EPOCH) / datetime.timedelta(days=1)


def xlsx(sheets: Sheets, merged: Merged = (), date_format: str = "dd/mm/yyyy") -> bytes:
    """An XLSX; a text that begins with "=" is a formula whose value stands behind "->", if any."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    dates = book.add_format({"num_format": date_format})
    for name, records in sheets.items():
        sheet = book.add_worksheet(name)
        for top, left, bottom, right in merged:
            sheet.merge_range(top, left, bottom, right, "")
        for row, record in enumerate(records):
            for column, value in enumerate(record):
                if isinstance(value, datetime.date):
                    sheet.write_datetime(row, column, _moment(value), dates)
                elif isinstance(value, str) and value.startswith("="):
                    formula, _, result = value.partition("->")
                    sheet.write_formula(row, column, formula, None, result or 0)
                elif value is not None:
                    sheet.write(row, column, value)
    book.close()
    return file.getvalue()


def ods(sheets: Sheets, merged: Merged = ()) -> bytes:
    """An ODS as LibreOffice lays it out."""
    spans = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in merged}
    covered = {
        (row, column)
        for top, left, bottom, right in merged
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    } - set(spans)
    tables = []
    for name, records in sheets.items():
        rows = []
        for row, record in enumerate(records):
            cells = [
                _ods_cell(value, (row, column) in covered, spans.get((row, column)))
                for column, value in enumerate(record)
            ]
            rows.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
        tables.append(f'<table:table table:name="{escape(name)}">{"".join(rows)}</table:table>')
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f"{''.join(tables)}</office:spreadsheet></office:body></office:document-content>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", _ODS_MIME)
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODS_MIME}"/></manifest:manifest>',
        )
    return file.getvalue()


def _ods_cell(value: Cell, covered: bool, span: tuple[int, int] | None) -> str:
    tag = "table:covered-table-cell" if covered else "table:table-cell"
    wide = f' table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"' if span else ""
    if value is None or value == "":
        return f"<{tag}{wide}/>"
    if isinstance(value, bool):
        kind, shown = f'"boolean" office:boolean-value="{str(value).lower()}"', str(value).upper()
    elif isinstance(value, datetime.date):
        kind, shown = f'"date" office:date-value="{value.isoformat()}"', value.isoformat()
    elif isinstance(value, int | float):
        kind, shown = f'"float" office:value="{value!r}"', str(value)
    else:
        kind, shown = '"string"', escape(value)
    return f"<{tag}{wide} office:value-type={kind}><text:p>{shown}</text:p></{tag}>"


def xls(sheets: Sheets, merged: Merged = ()) -> bytes:
    """An Excel 97-2003 workbook (BIFF8 in an OLE file)."""
    names = list(sheets)
    bodies = [_xls_sheet(records, merged) for records in sheets.values()]
    head = _record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0x0DBB, 0x07CC, 0, 6)) + _record(
        0x0042, struct.pack("<H", 1200)
    )
    head += b"".join(_record(0x00E0, struct.pack("<HH16x", 0, form)) for form in (0, 14))
    size = len(head) + sum(4 + 8 + 2 * len(name) for name in names) + 4
    starts = [size + sum(map(len, bodies[:place])) for place in range(len(bodies))]
    for name, start in zip(names, starts, strict=True):
        head += _record(0x0085, struct.pack("<IBBBB", start, 0, 0, len(name), 1) + name.encode("utf-16-le"))
    return _ole(head + _record(0x000A, b"") + b"".join(bodies))


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _xls_sheet(records: Sequence[Sequence[Cell]], merged: Merged) -> bytes:
    parts = [_record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0x0DBB, 0x07CC, 0, 6))]
    for row, record in enumerate(records):
        for column, value in enumerate(record):
            at = struct.pack("<HH", row, column)
            if isinstance(value, str) and value:
                text = struct.pack("<HHB", 0, len(value), 1) + value.encode("utf-16-le")
                parts.append(_record(0x0204, at + text))
            elif isinstance(value, bool):
                parts.append(_record(0x0205, at + struct.pack("<HBB", 0, value, 0)))
            elif isinstance(value, datetime.date):
                parts.append(_record(0x0203, at + struct.pack("<Hd", 1, serial(value))))
            elif isinstance(value, int | float):
                parts.append(_record(0x0203, at + struct.pack("<Hd", 0, value)))
    if merged:
        ranges = [struct.pack("<HHHH", top, bottom, left, right) for top, left, bottom, right in merged]
        parts.append(_record(0x00E5, struct.pack("<H", len(ranges)) + b"".join(ranges)))
    return b"".join([*parts, _record(0x000A, b"")])


def _ole(stream: bytes) -> bytes:
    """An OLE file with one stream, Workbook: header, FAT sectors, directory, the stream."""
    stream = stream.ljust(4096, b"\0")
    stream += b"\0" * (-len(stream) % _SECTOR)
    needed = len(stream) // _SECTOR
    tables = 1
    while tables * 128 < needed + tables + 1:
        tables += 1
    chain = [0xFFFFFFFD] * tables + [0xFFFFFFFE]
    chain += [tables + 2 + place for place in range(needed - 1)] + [0xFFFFFFFE]
    chain += [0xFFFFFFFF] * (tables * 128 - len(chain))
    head = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, tables,
        0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0,
    )  # fmt: skip
    fat = [*range(tables), *[0xFFFFFFFF] * (109 - tables)]
    head += struct.pack("<109I", *fat)
    entries = _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + _entry(
        "Workbook", 2, 0xFFFFFFFF, tables + 1, len(stream)
    )
    return head + struct.pack(f"<{len(chain)}I", *chain) + entries.ljust(_SECTOR, b"\0") + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBBIII36xIQ", text, len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child, start, size
    )
