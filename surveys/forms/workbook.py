"""The template workbook: one sheet to fill in whose headings the import understands, one that explains.

The first row to fill in is an example; its first cell says so, and the readers leave a row out that says it, so that
none comes in as a household.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from gis.formats.table import EXAMPLES
from surveys.codes import Codes
from surveys.fields import Integer, Number
from surveys.forms import explain
from surveys.forms.form import Form, either_words, is_community, not_asked
from surveys.intake.mapping import EXPLAINS, map_columns
from surveys.privacy import Privacy
from surveys.record import Field, RecordType
from surveys.thai import Year
from surveys.words import LANGS, Lang, Words, words

NOTES = words("คำอธิบาย", "Notes")
# Headings of the place of a record that may be a point; the readers know them.
PLACE = (words("ละติจูด", "latitude"), words("ลองจิจูด", "longitude"))
_PLACE_SHOWN = ("13.719150", "100.567820")
# What a sheet, a title and a message of Excel hold.
_SHEET_CHARS, _TITLE_CHARS, _MESSAGE_CHARS = 31, 32, 255
_LAST_ROW = 1_048_575
_FILLS = ("#DDEBE6", "#F3EFE2")
_SURE = words("ต้องกรอก", "required")
_EITHER = words("กรอกอย่างน้อยหนึ่งช่องในกลุ่มนี้", "at least one of these")
_UNSURE = words("ไม่บังคับ", "optional")
_NOT_IN_LIST = words(
    "ไม่อยู่ในรายการ ใช้ต่อได้ ระบบจะเก็บข้อความนี้ไว้เป็น “อื่น ๆ” และเตือน",
    "This is not in the list. It may stay: it is kept as “other”, with a warning.",
)
_NOT_SO = words(
    "ไม่ตรงกับที่คอลัมน์นี้รับ ถ้าไม่มีคำตอบให้เขียน ไม่ทราบ ไม่ตอบ หรือ ไม่เกี่ยวข้อง",
    "This column takes something else. Where there is no answer, write unknown, no answer or not applicable.",
)


@dataclass(frozen=True)
class Column:
    """A column of the sheet: its heading, and the field it is (None: a coordinate)."""

    heading: str
    field: Field | None
    section: int


def columns(form: Form, lang: Lang) -> tuple[Column, ...]:
    """Return the columns of a template; every heading is one the import takes for its field, and no other."""
    numbered = [(n, field) for n, section in enumerate(form.sections) for field in section.fields]
    fields = [field for _, field in numbered]
    names = dict(zip((field.name for field in fields), headings(form.record_type, fields, lang), strict=True))
    made = [Column(names[field.name], field, n) for n, field in numbered]
    if form.record_type.geometry in ("point", "place", "any"):
        made += [Column(word.of(lang), None, len(form.sections)) for word in PLACE]
    return tuple(made)


def headings(record_type: RecordType, fields: Sequence[Field], lang: Lang) -> list[str]:
    """Return a heading for each field that means it and no other: its words if they do, else another name of it."""

    def means(heading: str, field: Field) -> bool:
        return dict(map_columns(record_type, [heading]).fields) == {field.name: heading}

    named = [(field, (field.words.of(lang), field.name, *field.aliases)) for field in fields]
    return [next((text for text in names if means(text, field)), field.name) for field, names in named]


def write(form: Form, path: Path, lang: Lang) -> None:
    """Write the template of a form."""
    listed = columns(form, lang)
    # Nothing is a formula: what stands here are names and labels, some of them people's own.
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet(sheet_name(form.record_type.words.of(lang)))
        notes = book.add_worksheet(NOTES.of(lang))
        ranges = _Notes(form, lang, listed).write(book, notes)
        _fill_in(book, sheet, (form, lang, listed), ranges)


def sheet_name(text: str) -> str:
    """Return a name that Excel takes for a sheet."""
    return re.sub(r"[\[\]:*?/\\']", " ", text)[:_SHEET_CHARS].strip() or "1"


def _fill_in(
    book: Any, sheet: Any, what: tuple[Form, Lang, Sequence[Column]], ranges: dict[str, str]
) -> None:
    """Make the sheet to fill in: headings, and what each cell below takes."""
    form, lang, listed = what
    text = book.add_format({"num_format": "@", "valign": "top"})
    plain = book.add_format({"valign": "top"})
    shown = book.add_format({"num_format": "@", "valign": "top", "italic": True, "font_color": "#6B7280"})
    for place, column in enumerate(listed):
        needed = column.field is not None and column.field.name in form.required
        head = book.add_format(
            {"bold": needed, "text_wrap": True, "valign": "vcenter", "border": 1, "font_size": 12,
             "bg_color": _FILLS[column.section % 2], "bottom": 2 if needed else 1}
        )  # fmt: skip
        numeric = column.field is None or isinstance(column.field.kind, Number | Year)
        sheet.set_column(place, place, _width(column.heading), plain if numeric else text)
        sheet.write_string(0, place, column.heading, head)
        sheet.write_string(1, place, _shown(column, place, lang), shown)
        allowed = _allowed(column, ranges, lang)
        sheet.data_validation(1, place, _LAST_ROW, place, allowed | _said(form, column, lang))
    sheet.set_row(0, 48)
    sheet.freeze_panes(1, len(form.sections[0].fields[:3]))
    sheet.set_landscape()
    sheet.repeat_rows(0)


def _shown(column: Column, place: int, lang: Lang) -> str:
    """Return what the example row has in a column; its first cell says what it is."""
    if place == 0:
        return EXAMPLES[LANGS.index(lang)]
    if column.field is None:
        return _PLACE_SHOWN[[word.of(lang) for word in PLACE].index(column.heading)]
    return explain.example(column.field).of(lang)


def _width(heading: str) -> int:
    return min(max(len(heading) + 2, 12), 26)


def _allowed(column: Column, ranges: dict[str, str], lang: Lang) -> dict[str, Any]:
    """Return what Excel checks in a column; anything else is asked about, never refused."""
    field = column.field
    if field is None:
        return {"validate": "any"}
    told = {"error_type": "warning", "error_title": _cut(column.heading, _TITLE_CHARS)}
    if field.name in ranges:
        several = isinstance(field.kind, Codes) or is_community(field)
        return told | {
            "validate": "list", "source": ranges[field.name], "show_error": not several,
            "error_message": _NOT_IN_LIST.of(lang),
        }  # fmt: skip
    kind = field.kind
    if isinstance(kind, Number) and kind.low is not None and kind.high is not None:
        whole = "integer" if isinstance(kind, Integer) else "decimal"
        bounds = {"criteria": "between", "minimum": kind.low, "maximum": kind.high}
        return told | {"validate": whole, **bounds, "error_message": _NOT_SO.of(lang)}
    return {"validate": "any"}


def _said(form: Form, column: Column, lang: Lang) -> dict[str, str]:
    """Return what Excel says beside a cell that is chosen."""
    if column.field is None:
        return {}
    parts = [need(form, column.field).of(lang), explain.rule(column.field).of(lang)]
    if shown := explain.example(column.field).of(lang):
        parts.append(f"{words('เช่น', 'e.g.').of(lang)} {shown}")
    return {
        "input_title": _cut(column.heading, _TITLE_CHARS),
        "input_message": _cut("\n".join(parts), _MESSAGE_CHARS),
    }


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def need(form: Form, field: Field) -> Words:
    """Say whether a field must be filled in."""
    if field.name in form.required:
        return _SURE
    return _EITHER if any(field.name in one for one in form.either) else _UNSURE


_PRIVACY = {
    Privacy.SECRET: words("เก็บแบบเข้ารหัส", "kept encrypted"),
    Privacy.HOUSEHOLD: words("ไม่แสดงบนแผนที่", "never on a map"),
}
_PLACE_RULE = words(
    "ค่าพิกัดจากมือถือ องศาทศนิยม เว้นว่างได้ถ้ามีผังหรือแผนที่แล้ว",
    "decimal degrees from a phone; may be left empty where there is a plan",
)
_PLACE_EXAMPLES = (words("13.7265", "13.7265"), words("100.5892", "100.5892"))


@dataclass(frozen=True)
class _Notes:
    """The sheet that explains: how to fill in, then a line or more for each column."""

    form: Form
    lang: Lang
    listed: Sequence[Column]

    def write(self, book: Any, sheet: Any) -> dict[str, str]:
        """Write it; return the range of the choices of each field that has some."""
        bold = book.add_format({"bold": True, "font_size": 14})
        head = book.add_format({"bold": True, "bottom": 2, "text_wrap": True, "valign": "top"})
        cell = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        for place, width in enumerate((26, 20, 18, 38, 22, 22, 30)):
            sheet.set_column(place, place, width)
        lines = self.how_to()
        for row, line in enumerate(lines):
            sheet.write_string(row, 0, line, bold if row == 0 else None)
        start = len(lines) + 1
        for place, word in enumerate(EXPLAINS):
            sheet.write_string(start, place, word.of(self.lang), head)
        sheet.freeze_panes(start + 1, 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return self._table(sheet, start + 1, cell)

    def how_to(self) -> list[str]:
        """Return the lines above the table."""
        of = self.form.record_type
        said = [
            words(f"วิธีกรอกแบบสำรวจ{of.words.th}", f"How to fill in: {of.words.en}"),
            words(
                f"กรอกในแผ่น “{of.words.th}” หนึ่งแถวต่อหนึ่ง{of.words.th} คอลัมน์ที่ไม่ใช้เว้นว่างหรือลบได้",
                f"Fill in the sheet “{of.words.en}”, one row each. Columns not used may stay empty or be deleted.",
            ),
            words(
                "แถวแรกตัวเอียงสีเทาเป็นตัวอย่าง ลบทั้งแถวได้ ถ้าเหลือไว้ระบบจะไม่รับเข้า",
                "The first row, in grey, is an example. Delete it; left in, it is not taken.",
            ),
            words(
                "ไม่มีคำตอบให้เขียนว่า ไม่ทราบ ไม่ตอบ หรือ ไม่เกี่ยวข้อง สามคำนี้ความหมายต่างกัน อย่าใส่ 0",
                "Where there is no answer write unknown, no answer or not applicable: three different things. Never 0.",
            ),
            words(
                "วันที่เขียนได้ทั้ง 21/08/2568, 21 ส.ค. 2568 และ 2025-08-21 ปีเป็น พ.ศ. หรือ ค.ศ. ก็ได้ เลขไทยได้",
                "Dates: 2025-08-21, 21/08/2025 or 21/08/2568; the day before the month, years of either calendar.",
            ),
            words(
                "กรอกเสร็จแล้วส่งไฟล์นี้ได้เลย ไม่ต้องเลือกประเภทหรือจับคู่คอลัมน์",
                "Send this file as it is: there is no type to choose and no column to map.",
            ),
        ]
        if left := [field.words for field in not_asked(of)]:
            said.append(
                words(
                    f"แบบนี้ไม่ถาม{' และ'.join(w.th for w in left)} เพราะเป็นข้อมูลอ่อนไหว",
                    f"This form does not ask for {' and '.join(w.en for w in left)}: sensitive data.",
                )
            )
        if one_of := either_words(self.form):
            said.append(words(f"แต่ละแถวต้องมี {one_of.th}", f"Every row needs {one_of.en}."))
        return [one.of(self.lang) for one in said]

    def _table(self, sheet: Any, row: int, cell: Any) -> dict[str, str]:
        """Write the lines of the columns from ``row`` on, choices below each other."""
        ranges = {}
        for column in self.listed:
            for place, text in enumerate(self._facts(column)):
                sheet.write_string(row, place, text, cell)
            listed = self.choices(column.field)
            for n, text in enumerate(listed):
                sheet.write_string(row + n, len(EXPLAINS) - 1, text, cell)
            if listed and column.field is not None:
                letter = chr(ord("A") + len(EXPLAINS) - 1)
                name = NOTES.of(self.lang)
                ranges[column.field.name] = f"='{name}'!${letter}${row + 1}:${letter}${row + len(listed)}"
            row += max(len(listed), 1)
        return ranges

    def _facts(self, column: Column) -> list[str]:
        lang, field = self.lang, column.field
        if field is None:
            at = [word.of(lang) for word in PLACE].index(column.heading)
            where = words("ตำแหน่ง", "Place")
            return [column.heading, where.of(lang), _UNSURE.of(lang), _PLACE_RULE.of(lang),
                    _PLACE_EXAMPLES[at].of(lang)]  # fmt: skip
        return [
            column.heading, self.form.sections[column.section].group.words.of(lang),
            need(self.form, field).of(lang), explain.rule(field).of(lang), explain.example(field).of(lang),
            _PRIVACY.get(field.privacy, explain.NOTHING).of(lang),
        ]  # fmt: skip

    def choices(self, field: Field | None) -> tuple[str, ...]:
        """Return what may be chosen in a column, each text once."""
        if field is None:
            return ()
        if is_community(field):
            return self.form.communities
        return tuple(dict.fromkeys(word.of(self.lang) for word in explain.choices(field)))
