"""The merged cells of an ODS, which calamine does not tell."""

from __future__ import annotations

import re
import zipfile
from collections import defaultdict
from xml.parsers import expat

from gis.formats import archive
from gis.formats.header import MERGED, Range
from gis.formats.model import Limits, Refused
from gis.formats.source import Source

_BLOCK = 4 << 20
_OVERLAP = 64
_SPANS = re.compile(rb"number-(?:rows|columns)-spanned=[\"'](?!1[\"'])")


def merged(source: Source, limits: Limits) -> dict[str, list[Range]]:
    """The merged cells of every sheet by its name, at most MERGED in all.

    Raises Refused as archive.survey does, and spreadsheet_unreadable when the content is no XML.
    """
    content = next((m for m in archive.survey(source, limits) if m.name == "content.xml"), None)
    if content is None or not _spans(source, content):
        return {}
    sheets = _Sheets()
    parser = expat.ParserCreate()
    parser.StartElementHandler = sheets.start
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse
    with archive.reading(), zipfile.ZipFile(source.path) as opened, opened.open(content.info) as file:
        try:
            while block := file.read(_BLOCK):
                parser.Parse(block, False)
        except expat.ExpatError as error:
            raise Refused("spreadsheet_unreadable") from error
    return dict(sheets.found)


def _refuse(*_: object) -> None:
    raise Refused("xml_dtd")


def _spans(source: Source, content: archive.Member) -> bool:
    """Whether any cell spans others: most files have none, and need no second reading."""
    tail = b""
    with archive.reading(), zipfile.ZipFile(source.path) as opened, opened.open(content.info) as file:
        while block := file.read(_BLOCK):
            if _SPANS.search(tail + block):
                return True
            tail = block[-_OVERLAP:]
    return False


class _Sheets:
    """Where a parser is in the sheets, and the merged cells it passed."""

    def __init__(self) -> None:
        self.found: dict[str, list[Range]] = defaultdict(list)
        self.name = ""
        self.row = self.column = self.next_row = 0
        self.left = MERGED

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Step to the sheet, row or cell that begins."""
        kind = tag.rsplit(":", 1)[-1]
        plain = {name.rsplit(":", 1)[-1]: value for name, value in attributes.items()}
        if kind == "table":
            self.name, self.next_row = plain.get("name", ""), 0
        elif kind == "table-row":
            self.row, self.column = self.next_row, 0
            self.next_row += _count(plain, "number-rows-repeated")
        elif kind in ("table-cell", "covered-table-cell"):
            down, across = (_count(plain, f"number-{way}-spanned") for way in ("rows", "columns"))
            if down * across > 1 and self.left:
                self.left -= 1
                bottom, right = self.row + down - 1, self.column + across - 1
                self.found[self.name].append((self.row, self.column, bottom, right))
            self.column += _count(plain, "number-columns-repeated")


def _count(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 8 else 1
