"""The sheets of an XLSX looked at as text before a workbook library opens them: how far their cells reach,
and formulas that have no value.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import join, normpath

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from gis.formats import archive
from gis.formats.model import LISTED_DEFECTS, Limits, Refused
from gis.formats.source import Source

_BLOCK = 4 << 20
_OVERLAP = 64
_LONGEST_CELL = 8 << 20
_PART_BYTES = 4 << 20
# Each pattern begins with a literal, or is anchored by one: that is what makes 150 MB a second of them.
_CELLS = (re.compile(rb'"([A-Z]{2,3})[0-9]{1,7}"'), re.compile(rb"'([A-Z]{2,3})[0-9]{1,7}'"))
_FAR_CELLS = (re.compile(rb'"[A-Z]{1,3}([0-9]{7})"'), re.compile(rb"'[A-Z]{1,3}([0-9]{7})'"))
_ROW = re.compile(rb"row\s[^>]*?\br\s*=\s*[\"']([0-9]{1,7})")
_ONE_LETTER = 26
# Every repetition is bounded: a sheet may be made to keep a pattern busy.
_REF = rb'<c r="([A-Z]{1,3})([0-9]{1,7})"'
_FORMULA = rb"(?:<f[^>]{0,300}>[^<]{0,9000}</f>|<f[^>]{0,300}/>)"
_ERROR = re.compile(_REF + rb'[^>]{0,60}? t="e"[^>]{0,60}>' + _FORMULA + rb"?<v>([^<]{0,20})</v>")
_UNKNOWN = re.compile(_REF + rb"(?![^>]{0,60} t=\"str\")[^>]{0,60}>" + _FORMULA + rb"(?:<v></v>|<v ?/>)?</c>")
_WITHOUT_VALUE = (b"</f></c>", b"</f><v></v></c>", b"</f><v/></c>", b"</f><v /></c>")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class Unvalued:
    """A formula without value: row (from 1), column (from 0), and the error it shows ("" for nothing)."""

    row: int
    column: int
    shown: str


def survey(source: Source, limits: Limits) -> dict[str, list[Unvalued]]:
    """Look through every sheet; give formulas without value by sheet name, at most 100 a sheet.

    Raises Refused too_many_cells when the cells of a sheet span more than the limit: calamine allocates the
    span and aborts the process. The sheet's own <dimension> is not looked at, it may lie. Spans hidden from
    this look still only end the child. Refused archive_unreadable when the archive is damaged.
    """
    found: dict[str, list[Unvalued]] = {}
    for member in archive.survey(source, limits):
        if member.name.lower().startswith("xl/worksheets/") and member.suffix == ".xml":
            unvalued = _look(source, member, limits)
            if unvalued:
                found[member.name] = unvalued
    names = _sheet_names(source) if found else {}
    return {names.get(part, part): unvalued for part, unvalued in found.items()}


def _look(source: Source, member: archive.Member, limits: Limits) -> list[Unvalued]:
    rows, columns = 0, _ONE_LETTER
    unvalued: list[Unvalued] = []
    for text in _blocks(source, member):
        rows = max([rows, *map(int, _ROW.findall(text)), *map(int, _found(_FAR_CELLS, text))])
        columns = max([columns, *map(_column_number, _found(_CELLS, text))])
        if len(unvalued) < LISTED_DEFECTS:
            unvalued += _unvalued(text)
    if rows * columns > limits.cells:
        detail = {"rows": str(rows), "columns": str(columns), "limit": str(limits.cells)}
        raise Refused("too_many_cells", value=member.name, detail=detail)
    return unvalued[:LISTED_DEFECTS]


def _blocks(source: Source, member: archive.Member) -> Iterator[bytes]:
    """The text of a sheet in pieces cut before a cell where there is one."""
    tail = b""
    with archive.reading(), zipfile.ZipFile(source.path) as opened, opened.open(member.info) as sheet:
        while block := sheet.read(_BLOCK):
            text = tail + block
            cut = text.rfind(b"<c ")
            whole = cut > 0 and len(text) - cut < _LONGEST_CELL
            yield text[:cut] if whole else text
            tail = text[cut:] if whole else text[-_OVERLAP:]
    yield tail


def _unvalued(text: bytes) -> list[Unvalued]:
    found = []
    if b't="e"' in text:
        found += [_at(*match.groups()) for match in _ERROR.finditer(text)]
    if any(mark in text for mark in _WITHOUT_VALUE):
        found += [_at(*match.groups()) for match in _UNKNOWN.finditer(text)]
    return found


def _at(letters: bytes, row: bytes, shown: bytes = b"") -> Unvalued:
    return Unvalued(int(row), _column_number(letters) - 1, shown.decode("utf-8", "replace"))


def _found(patterns: tuple[re.Pattern[bytes], ...], text: bytes) -> set[bytes]:
    return {match for pattern in patterns for match in pattern.findall(text)}


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _sheet_names(source: Source) -> dict[str, str]:
    """The sheets' names by the member that holds them; empty when the workbook does not say."""
    try:
        with archive.reading(), zipfile.ZipFile(source.path) as opened:
            parts = [opened.getinfo(f"xl/{name}") for name in ("workbook.xml", "_rels/workbook.xml.rels")]
            if any(part.file_size > _PART_BYTES for part in parts):
                return {}
            book, relations = (ElementTree.fromstring(opened.read(part), forbid_dtd=True) for part in parts)
    except (Refused, KeyError, ElementTree.ParseError, DefusedXmlException):
        return {}  # the workbook library says what is wrong with it
    targets = {each.get("Id"): each.get("Target") or "" for each in relations}
    sheets = [each for each in book.iter() if each.tag.endswith("}sheet")]
    return {
        normpath(join("xl", targets.get(sheet.get(_RELATION), ""))).lstrip("/"): sheet.get("name") or ""
        for sheet in sheets
    }
