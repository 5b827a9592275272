"""The XLSForm of a record type, for KoboToolbox and ODK: what a phone sends goes in with no mapping.

Questions are called as their fields, sections are groups, people are a repeat inside their household.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import xlsxwriter

from surveys.cells import MISSING_WORDS, Missing
from surveys.codes import Code
from surveys.forms.answers import Asking, asking
from surveys.forms.form import Form, alternatives, is_community, live, spelled
from surveys.privacy import Privacy
from surveys.record import SHAPE, Field, GeometryKind, RecordType
from surveys.shared import SURVEY
from surveys.thai import Day
from surveys.words import Words, words

THAI, ENGLISH = "ไทย (th)", "English (en)"
# A group is called so that its name before a field's is no heading of another field: "land/owner" is one.
PART = "part_"
PLACE = "gps"
_PLACE_TYPES: dict[GeometryKind, str] = {
    "point": "geopoint", "place": "geopoint", "any": "geopoint", "line": "geotrace", "course": "geotrace",
    "polygon": "geoshape",
}  # fmt: skip
_PLACE_WORDS = {
    "geopoint": words("ตำแหน่ง ยืนหน้าบ้านหรือกลางพื้นที่", "Place: stand in front of it or in its middle"),
    "geotrace": words("แนวเส้น เดินตามแนว", "The line: walk along it"),
    "geoshape": words("ขอบเขต เดินรอบแนวเขต", "The boundary: walk around it"),
}
_TOLD = words(
    "แจ้งผู้ให้ข้อมูลก่อน: เก็บไปทำอะไร ใครเห็น ขอดู แก้ หรือให้ลบได้ ไม่ตอบข้อใดก็ได้",
    "First say what this is for and who sees it; they may see, correct or withdraw it, and skip any question",
)
_NEXT = words("เว้นว่างได้ ระบบให้เลขเอง", "may be left empty: a number is given")
_SEALED = words("เก็บแบบเข้ารหัส เว้นว่างได้", "kept encrypted; may be left empty")
_NEEDED = words("ต้องตอบข้อนี้", "This one is needed")

Row = dict[str, str]
_COLUMNS = (
    "type", "name", f"label::{THAI}", f"label::{ENGLISH}", f"hint::{THAI}", f"hint::{ENGLISH}", "required",
    f"required_message::{THAI}", f"required_message::{ENGLISH}", "constraint",
    f"constraint_message::{THAI}", f"constraint_message::{ENGLISH}", "default", "calculation", "appearance",
)  # fmt: skip
_CHOICE_COLUMNS = ("list_name", "name", f"label::{THAI}", f"label::{ENGLISH}")


@dataclass
class XlsForm:
    """The three sheets of an XLSForm, row by row."""

    title: str
    form_id: str
    survey: list[Row] = field(default_factory=list)
    choices: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """Return a text that is another one whenever the form is."""
        content = json.dumps([self.survey, self.choices], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:12]

    def write(self, path: Path) -> None:
        """Write the workbook."""
        settings = {"form_title": self.title, "form_id": self.form_id, "version": self.version,
                    "default_language": THAI}  # fmt: skip
        if called := self.instance_name():
            settings["instance_name"] = called
        listed = [row for rows in self.choices.values() for row in rows]
        options = {"strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(str(path), options) as book:
            for name, columns, rows in (
                ("survey", _COLUMNS, self.survey), ("choices", _CHOICE_COLUMNS, listed),
                ("settings", tuple(settings), [settings]),
            ):  # fmt: skip
                sheet = book.add_worksheet(name)
                for place, column in enumerate(columns):
                    sheet.write_string(0, place, column)
                    for n, row in enumerate(rows, 1):
                        if row.get(column):
                            sheet.write_string(n, place, row[column])

    def instance_name(self) -> str:
        """Return how a phone lists what was filled in: by what tells the record."""
        telling = [row["name"] for row in self.survey if row.get("telling")]
        return "concat(" + ", ' ', ".join(f"${{{name}}}" for name in telling) + ")" if telling else ""


def xlsform(form: Form, inside: Form | None, network: tuple[str, str] | None = None) -> XlsForm:
    """Make the XLSForm of a form; ``network`` is the code and name of the network it is for."""
    of = form.record_type
    code, name = network or ("", "")
    called = " · ".join(filter(None, (f"แบบสำรวจ{of.words.th} / {of.words.en}", plain(name))))
    made = XlsForm(called, "_".join(filter(None, ("mankong", of.name, code))))
    made.survey += [{"type": kind, "name": kind} for kind in ("start", "end")]
    _Writer(form, made, needed(of)).questions()
    if inside is not None:
        _repeat(inside, made)
    return made


def needed(record_type: RecordType) -> dict[str, str]:
    """Return when each question must be answered: "yes", or an XPath over questions asked before it.

    Of the sets of which one is enough, the one asked last is needed where no other is whole.
    """
    order = {name: n for n, name in enumerate(_order(record_type))}
    sets = [
        frozenset(PLACE if name == SHAPE else name for name in one)
        for one in alternatives(record_type, shape=True)
    ]
    common = frozenset.intersection(*sets)
    rest = sorted((one - common for one in sets), key=lambda one: max(order[name] for name in one or common))
    found = dict.fromkeys(common, "yes")
    if all(rest) and len(rest) > 1:
        lacking = " and ".join(
            "(" + " or ".join(f"${{{n}}} = ''" for n in sorted(one)) + ")" for one in rest[:-1]
        )
        found |= dict.fromkeys(rest[-1], lacking)
    return found


def _order(record_type: RecordType) -> Iterator[str]:
    """Give the names of the questions as they are asked: the place after the first section."""
    for n, section in enumerate(Form(record_type).sections):
        yield from (one.name for one in section.fields)
        if n == 0:
            yield PLACE


@dataclass(frozen=True)
class _Writer:
    """Writes the questions of a form into the sheets.

    ``left_out`` are the fields of a repeat that the record around it tells.
    """

    form: Form
    made: XlsForm
    needed: Mapping[str, str]
    left_out: frozenset[str] = frozenset()

    def questions(self) -> None:
        """Write every section as a group, and the place after the first."""
        kind = self.form.record_type.geometry
        for n, section in enumerate(self.form.sections):
            fields = [one for one in section.fields if one.name not in self.left_out]
            if fields:
                self.group(section.group.name, section.group.words, [self.question(one) for one in fields])
            if n == 0 and kind and not self.left_out:
                asked = _PLACE_TYPES[kind]
                place: Row = {"type": asked, "name": PLACE} | _labels("label", _PLACE_WORDS[asked])
                self.group("place", words("ตำแหน่ง", "Place"), [place | _required(self.needed.get(PLACE, ""))])

    def group(self, name: str, said: Words, rows: Sequence[Row]) -> None:
        """Write a group."""
        self.made.survey.append({"type": "begin group", "name": PART + name} | _labels("label", said))
        self.made.survey += rows
        self.made.survey.append({"type": "end group"})

    def question(self, one: Field) -> Row:
        """Return the row of a field."""
        of = self.form.record_type
        asked = asking(of, one)
        row: Row = {"type": asked.type, "name": one.name,
                    "constraint": asked.constraint, "appearance": asked.appearance}  # fmt: skip
        if is_community(one) and self.form.communities:
            row |= {"type": "select_one", "constraint": "", "appearance": "minimal autocomplete"}
        if row["type"].startswith("select"):
            row["type"] += f" {self._list(one)}"
        row |= _labels("label", one.words) | _labels("hint", self._hint(one, asked))
        if row["constraint"]:
            row |= _labels("constraint_message", asked.message)
        if isinstance(one.kind, Day) and one.group == SURVEY:
            row["default"] = "today()"
        row |= _required(self.needed.get(one.name, ""))
        return row | ({"telling": "yes"} if one.name in of.keys[0] and not self.left_out else {})

    def _hint(self, one: Field, asked: Asking) -> Words:
        """Return what stands beneath a question."""
        said = [_TOLD] if one == self.form.fields[0] and not self.left_out else []
        said.append(_NEXT if one.name == self.form.record_type.ordinal else asked.hint)
        if one.help:
            said.append(one.help)
        if one.privacy == Privacy.SECRET:
            said.append(_SEALED)
        said = [each for each in said if each.th]
        return words(" · ".join(w.th for w in said), " · ".join(w.en for w in said))

    def _list(self, one: Field) -> str:
        """Add the choices of a field to the sheet of choices; return what their list is called."""
        name = f"{self.form.record_type.name}_{one.name}"
        if is_community(one):
            rows = [(spelled(text), words(text, text)) for text in self.form.communities]
        else:
            offered = live(one.kind) if isinstance(one.kind, Code) else ()
            rows = [(spelled(choice.code), choice.words) for choice in offered]
            rows = rows or [("yes", words("ใช่", "yes")), ("no", words("ไม่ใช่", "no"))]
            none = [code for code in Missing if code is not Missing.UNREADABLE]
            rows += [(code.value, MISSING_WORDS[code]) for code in none]
        unique = dict(reversed(rows))
        self.made.choices[name] = [
            {"list_name": name, "name": code} | _labels("label", unique.pop(code))
            for code, _ in rows if code in unique
        ]  # fmt: skip
        return name


def _repeat(inside: Form, made: XlsForm) -> None:
    """Write the repeat of the people of a household; whose they are, the import sees by the submission."""
    inner = inside.record_type
    made.survey.append(
        {"type": "begin repeat", "name": f"{inner.name}s"}
        | _labels("label", words(f"{inner.words.th}แต่ละคน", f"Each {inner.words.en.lower()}"))
    )
    if inner.ordinal:
        made.survey.append({"type": "calculate", "name": inner.ordinal, "calculation": "position(..)"})
    keys = frozenset(name for key in inner.keys for name in key)
    _Writer(inside, made, {}, keys).questions()
    made.survey.append({"type": "end repeat"})


def _required(when: str) -> Row:
    return {"required": when} | _labels("required_message", _NEEDED) if when else {}


def _labels(what: str, said: Words) -> Row:
    return {f"{what}::{THAI}": plain(said.th), f"{what}::{ENGLISH}": plain(said.en)}


def plain(text: str) -> str:
    """Keep a text from being read as a reference to a question."""
    return text.replace("${", "$ {")
