"""Tables inside the HTML that map programs write into descriptions: two cells a row become heading and value."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

_LONGEST = 200_000
# No repetition passes a bracket, so the cost of any text is its length.
_PIECE = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)([^<>]*)>|<[^<>]*>|[^<]+|<")
_SOURCE = re.compile(r"\bsrc\s*=\s*(?:\"([^\"]+)\"|'([^']+)'|([^\"'\s>]+))", re.IGNORECASE)
_BREAKS = frozenset(("br", "p", "div", "tr", "table", "li", "h1", "h2", "h3", "hr"))
_ENDS_CELL = frozenset(("td", "th", "tr", "table"))
_SILENT = frozenset(("script", "style"))


def split(text: str) -> tuple[dict[str, str], str]:
    """(values by heading, the text outside) of an HTML description; ({}, the text as it is) without a table.

    Rows of two cells are a heading and its value; a row of several headings (th) and the row of as many
    cells below it, too. Addresses of images are kept in the text outside.
    """
    if "<table" not in text.lower() or len(text) > _LONGEST:
        return {}, text
    tables = _Tables()
    for piece in _PIECE.finditer(text):
        if piece[2]:
            tables.tag(piece[2].lower(), bool(piece[1]), piece[3])
        elif not piece[0].startswith("<"):
            tables.text(html.unescape(piece[0]))
    tables.end_row("tr")
    values = _pairs(tables.rows)
    return (values, " ".join("".join(tables.outside).split())) if values else ({}, text)


@dataclass
class _Tables:
    """The rows of all tables as (td or th, text) cells, and what stands in no cell.

    A table inside a cell begins rows of its own: what the outer cell held before it is outside.
    """

    rows: list[list[tuple[str, str]]] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    row: list[tuple[str, str]] = field(default_factory=list)
    cell: list[str] | None = None
    kind: str = ""
    silent: bool = False

    def text(self, text: str) -> None:
        """Take text."""
        if not self.silent:
            (self.outside if self.cell is None else self.cell).append(text)

    def tag(self, name: str, ends: bool, rest: str) -> None:
        """Take a tag."""
        if name in _SILENT:
            self.silent = not ends
        if name == "img" and (source := _SOURCE.search(rest)):
            # As one word, whatever stands beside it.
            self.text(f" {html.unescape(source[source.lastindex or 0]).strip().replace(' ', '%20')} ")
        if name in _ENDS_CELL:
            self._end_cell(name)
        if name in _BREAKS:
            self.text(" ")
        if name in ("tr", "table"):
            self.end_row(name)
        if name in ("td", "th") and not ends:
            self.cell, self.kind = [], name

    def _end_cell(self, name: str) -> None:
        if self.cell is None:
            return
        text = " ".join("".join(self.cell).split())
        self.cell = None
        if name == "table" and not self.row:
            self.outside.append(f" {text} ")
        else:
            self.row.append((self.kind, text))

    def end_row(self, name: str) -> None:
        """End the row at hand."""
        self._end_cell(name)
        if self.row:
            self.rows.append(self.row)
            self.row = []


def _pairs(rows: list[list[tuple[str, str]]]) -> dict[str, str]:
    values: dict[str, str] = {}
    heads: list[str] = []
    for row in rows:
        kinds, cells = {kind for kind, _ in row}, [cell for _, cell in row]
        if len(heads) == len(cells) > 2:
            values |= {head: cell for head, cell in zip(heads, cells, strict=True) if head}
        elif len(cells) == 2 and cells[0] and kinds != {"th"}:
            values[cells[0].rstrip(" :：")] = cells[1]
        heads = cells if kinds == {"th"} else []
    return values
