"""The rows of a file that were kept out, as a workbook to mend and send again; and the list of problems.

Both come from the folder of an examination or of an import: ``examination.json``, ``problems.csv``,
the Arrow files it names.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import shapely
import xlsxwriter

from gis.formats import BEYOND, GEOMETRY, ROW
from surveys.cells import disarmed
from surveys.errors import NotFound
from surveys.intake import continuation, ragged
from surveys.intake.examination import Examination, Part
from surveys.intake.log import COLUMNS
from surveys.intake.mapping import ADDED_HEADINGS, EXTRA, SHAPE_HEADING, SOURCE_IDS, added
from surveys.intake.plain import Said, plain, plainly
from surveys.intake.spool import REASON
from surveys.words import folded, words

_TOO_LONG = words(
    "รูปใหญ่เกินช่องตาราง แก้ในไฟล์เดิม", "The shape is too long for a cell; mend it in the file itself."
)
# What a spreadsheet holds.
_CELL_CHARS = 32_767
_SHEET_ROWS = 1_048_575
# How many problems are held in memory to say a row's own; further rows have the catalogue's words.
_HELD = 200_000
_SOURCE_IDS = frozenset(folded(name) for name in SOURCE_IDS)

# By layer and row: the code, and the message and remedy.
Told = Mapping[tuple[str, int], tuple[str, Said]]


def write_xlsx(folder: Path, target: Path, back: Collection[tuple[int, int]] = ()) -> int:
    """Write the rows kept out as they stood in the file, each with its number, reason and remedy; count them.

    Every cell is a text, so that no formula runs. Cells of ragged rows beyond the last heading have columns of their
    own. A shape without coordinate columns is written as
    (E)WKT in the coordinate system of the file. ``back`` are rows (part, row) that were taken since: they stay out.

    Raises
    ------
    NotFound
        If there is no examination in the folder (any more), it kept no row out, or all of them were taken since.
    """
    examination = examination_in(folder)
    left = Counter(number for number, _ in back)
    parts = [
        (number, part) for number, part in enumerate(examination.parts) if part.quarantined > left[number]
    ]
    if not parts:
        raise NotFound(
            words("แถวที่กันไว้กลับมาครบแล้ว", "All rows that were kept out have come back.")
            if back
            else words("ไม่มีแถวที่กันไว้", "No row was kept out.")
        )
    told = _told(folder / "problems.csv")
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    count = 0
    with xlsxwriter.Workbook(str(target), options) as book:
        for sheet, (number, part) in enumerate(parts, 1):
            of_part = _Beside(
                told,
                continuation.mark(examination.digest, number),
                pa.array([row for of, row in back if of == number], pa.int64()),
            )
            count += _write_part(book, sheet, part, (folder, of_part))
    return count


@dataclass(frozen=True)
class _Beside:
    """What stands beside the rows of a part: what was said of them, the mark of their file; and rows that came back."""

    told: Told
    mark: str
    back: pa.Array


def examination_in(folder: Path) -> Examination:
    """Return the examination kept in a folder.

    Raises
    ------
    NotFound
        If there is none (any more).
    """
    found = Examination.there(folder)
    if found is None:
        raise NotFound(words("ไม่มีผลตรวจของไฟล์นี้แล้ว", "The examination of this file is no longer here."))
    return found


def _told(path: Path) -> Told:
    """Return what was said of rows kept out: by layer and row, the code and the message and remedy."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = (row for row in csv.DictReader(file) if row["severity"] == "quarantine" and row["row"])
        return {(row["layer"], int(row["row"])): (row["code"], _said(row)) for row in islice(rows, _HELD)}


def _said(row: Mapping[str, str]) -> Said:
    message, remedy = (words(row[f"{name}_th"], row[f"{name}_en"]) for name in ("message", "remedy"))
    return plain(message), plain(remedy)


@dataclass
class _Sheets:
    """The sheets of one part; a full one is followed by another."""

    book: Any
    name: str
    headings: list[str] = field(default_factory=list)
    written: int = 0

    def write(self, cells: list[str]) -> None:
        """Write one row."""
        row = self.written % _SHEET_ROWS
        if row == 0:
            self._start(self.written // _SHEET_ROWS)
        for column, text in enumerate(cells):
            if text:
                self.sheet.write_string(row + 1, column, text[:_CELL_CHARS], self.text)
        self.written += 1

    def _start(self, number: int) -> None:
        self.text = self.book.add_format({"num_format": "@"})
        head = self.book.add_format({"num_format": "@", "bold": True, "bg_color": "#FCE4D6"})
        self.sheet = self.book.add_worksheet(self.name + (f" ({number + 1})" if number else ""))
        self.sheet.freeze_panes(1, 1)
        self.sheet.set_column(1, 4, 36)
        for column, heading in enumerate(self.headings):
            self.sheet.write_string(0, column, heading[:_CELL_CHARS], head)


def _write_part(book: Any, number: int, part: Part, source: tuple[Path, _Beside]) -> int:
    folder, beside = source
    sheets = _Sheets(book, _sheet_name(number, part.layer))
    extras = max((ragged.most(batch) for batch in _kept(folder, part, beside)), default=0)
    for batch in _kept(folder, part, beside):
        _write_batch(sheets, part, batch, beside, extras)
    return sheets.written


def _kept(folder: Path, part: Part, beside: _Beside) -> Iterator[pa.RecordBatch]:
    """Give the rows of a part that are kept out and did not come back."""
    for name in part.kept_out:
        with pa.memory_map(str(folder / name)) as mapped:
            reader = pa.ipc.open_file(mapped)
            for n in range(reader.num_record_batches):
                batch = reader.get_batch(n)
                there = pc.invert(pc.is_in(batch.column(ROW).cast(pa.int64()), beside.back))
                yield batch.filter(there)


def _write_batch(sheets: _Sheets, part: Part, batch: pa.RecordBatch, beside: _Beside, extras: int) -> None:
    # A workbook that came back has its reasons already; the shapes that were mended in it stay.
    past = {ROW, REASON, GEOMETRY, BEYOND, *added(batch.schema.names)} - {SHAPE_HEADING}
    own = [name for name in batch.schema.names if name not in past]
    shaped = not _has_coordinates(part, own)
    further = [EXTRA.format(number=number) for number in range(1, extras + 1)]
    sheets.headings = [*ADDED_HEADINGS, *own, *further, *([SHAPE_HEADING] if shaped else [])]
    columns = [batch.column(name).to_pylist() for name in own]
    shapes = _wkt(part, batch.column(GEOMETRY).to_pylist()) if shaped else None
    more, reasons = ragged.beyond(batch), batch.column(REASON).to_pylist()
    for n, (facts, *cells) in enumerate(zip(_facts(part, batch, beside.told), *columns, strict=True)):
        texts = [(cell or "")[:_CELL_CHARS] for cell in cells]
        mark = beside.mark
        if reasons[n] == ragged.RAGGED:
            mark += ragged.sign(dict(zip(own, texts, strict=True)), long=bool(more[n]))
        padded = [*more[n], *[""] * (extras - len(more[n]))]
        sheets.write([*facts, mark, *texts, *padded, *([shapes[n]] if shapes else [])])


def _sheet_name(number: int, layer: str) -> str:
    """Return a name a spreadsheet takes: of its 31 letters the last 5 are left for a number."""
    plain = re.sub(r"[\[\]:*?/\\'\x00-\x1f]", " ", layer).strip()
    return f"{number} {plain}"[:26].strip()


def _has_coordinates(part: Part, columns: list[str]) -> bool:
    """Tell whether columns of the file hold the place: no field, not left over, no row id."""
    used = {*part.fields.values(), *part.unmapped}
    return any(name not in used and folded(name.rsplit("/", 1)[-1]) not in _SOURCE_IDS for name in columns)


def _wkt(part: Part, shapes: list[bytes | None]) -> list[str]:
    code = (part.crs or "").removeprefix("EPSG:")
    srid = f"SRID={code};" if code.isdigit() and code != "4326" else ""
    texts = [
        None if shape is None else shapely.to_wkt(shapely.from_wkb(shape), rounding_precision=9)
        for shape in shapes
    ]
    whole = ["" if text is None else srid + text for text in texts]
    return [text if len(text) <= _CELL_CHARS else f"{_TOO_LONG.th} / {_TOO_LONG.en}" for text in whole]


def _facts(part: Part, batch: pa.RecordBatch, told: Told) -> Iterator[list[str]]:
    """Tell of each row its number, and why it was kept out and what to do, in Thai and in English."""
    for row, code in zip(batch.column(ROW).to_pylist(), batch.column(REASON).to_pylist(), strict=True):
        known, said = told.get((part.layer, row), ("", None))
        message, remedy = said if said and known == code else plainly(code, part.type)
        yield [str(row), message.th, remedy.th, message.en, remedy.en]


def problem_lines(folder: Path) -> Iterator[str]:
    """Give every problem as lines of CSV that a spreadsheet opens without running a formula.

    Raises
    ------
    NotFound
        If there is no examination in the folder (any more).
    """
    examination_in(folder)
    return _lines(folder / "problems.csv")


def _lines(path: Path) -> Iterator[str]:
    if not path.exists():
        yield from spreadsheet_lines([COLUMNS])
        return
    with path.open(encoding="utf-8", newline="") as file:
        yield from spreadsheet_lines(csv.reader(file))


def spreadsheet_lines(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Write rows as lines of CSV that a spreadsheet opens as UTF-8 and without running a formula."""
    line = _Line()
    writer = csv.writer(line)
    start = "\ufeff"
    for cells in rows:
        writer.writerow([disarmed(cell) for cell in cells])
        yield start + line.text
        start = ""


class _Line:
    """What a CSV writer writes into: it holds the last line."""

    text = ""

    def write(self, text: str) -> int:
        """Take a line."""
        self.text = text
        return len(text)
