"""Filling forms in as people and their phones do: templates, submissions, what Kobo and ODK export."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pandas as pd
import xlsxwriter

from surveys.codes import Code, Codes
from surveys.fields import Flag, Integer, Number, Text
from surveys.forms.form import Form, is_community
from surveys.record import Field
from surveys.store.store import Store
from surveys.thai import AreaCode, Day, LandArea, PersonId, Year
from surveys.thai import Sequence as PlanNumber
from surveys.words import Lang
from tests.conftest import Intake

COMMUNITY = "ชุมชนริมคลอง 12"
JR = "{http://openrosa.org/javarosa}"
# What phones and Kobo add to every submission, and what stands for a place beside its coordinates.
META = {
    "start", "end", "meta/instanceID", "meta/instanceName", "_id", "_uuid", "_submission_time", "_validation_status",
    "_notes", "_status", "_submitted_by", "__version__", "_tags", "_index", "formhub/uuid", "_parent_index",
    "_parent_table_name", "_submission__uuid",
}  # fmt: skip


def answer(field: Field, row: int = 0) -> tuple[str, Any]:
    """An answer as a phone stores it, and the value it must become."""
    kind = field.kind
    if is_community(field):
        return COMMUNITY, COMMUNITY
    if isinstance(kind, Codes):
        codes = [choice.code for choice in kind.choices[:2]]
        return " ".join(codes), json.dumps(codes)
    if isinstance(kind, Code):
        code = kind.choices[row % len(kind.choices)].code
        return code, code
    if isinstance(kind, Flag):
        return "yes", True
    if isinstance(kind, Integer):
        return f"{3 + row}", 3 + row
    if isinstance(kind, Number):
        return f"{7.5 + row}", 7.5 + row
    if isinstance(kind, Day):
        return "2025-08-21", "2025-08-21"
    if isinstance(kind, Year):
        return "2545", 2002
    return _text(field, row)


def _text(field: Field, row: int) -> tuple[str, Any]:
    kind = field.kind
    if isinstance(kind, LandArea):
        return "0-1-25", 500.0
    if isinstance(kind, PersonId):
        return "1112034563562", "1112034563562"
    if isinstance(kind, AreaCode):
        return f"10{row}9", f"10{row}9"
    if isinstance(kind, Text) and kind.limit < 30:
        return f"1011{row}", f"1011{row}"
    if isinstance(kind, PlanNumber):
        return f"{12 + row}", f"{12 + row}"
    return f"{field.words.th} {row}", f"{field.words.th} {row}"


def value(store: Store, field: Field, row: pd.Series) -> Any:
    """What the store holds of a field, as :func:`answer` says it."""
    held = json.loads(row["extra"])[field.name] if field.custom else row[field.name]
    if field.secret:
        return store.vault.open(held)
    return held.strftime("%Y-%m-%d") if isinstance(field.kind, Day) else held


def label(field: Field, text: str, lang: Lang) -> str:
    """The answer as a person writes it into a sheet: labels, not codes; dates as Thais write them."""
    kind = field.kind
    if isinstance(kind, Codes):
        return "; ".join(kind.label(code).of(lang) for code in text.split())
    if isinstance(kind, Code):
        return kind.label(text).of(lang)
    if isinstance(kind, Flag):
        return kind.show(text == "yes", lang)
    return "21/08/2568" if isinstance(kind, Day) else text


def know_community(take: Intake, form_of: str) -> None:
    """Let the network know the community that the answers name, unless the form is of communities."""
    if form_of != "community":
        take.rows([{"ชื่อชุมชน": COMMUNITY}], "ชุมชน.csv", type="community")


def fill_template(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows, by heading, below the headings of the first sheet of a workbook."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    places = {cell.value: cell.column for cell in sheet[1]}
    for number, row in enumerate(rows, 2):
        for heading, value in row.items():
            sheet.cell(number, places[heading], value)
    book.save(path)


def submission(xform: str, answers: Mapping[str, str], people: Sequence[Mapping[str, str]] = ()) -> bytes:
    """A submission of a form, as a phone sends it: every question of the form, answered or not."""
    tree = ElementTree.fromstring(xform)
    instance = next(e for e in tree.iter() if e.tag.endswith("}instance") and len(e) and e[0].get("id"))
    root = instance[0]
    for element in root.iter():
        element.tag = element.tag.rsplit("}", 1)[-1]
        element.attrib.pop(f"{JR}template", None)
    templates = [child for child in root if child.tag == "members"]
    place = list(root).index(templates[0]) if templates else 0
    for child in templates:
        root.remove(child)
    _fill(root, answers)
    for n, person in enumerate(people):
        copy = ElementTree.fromstring(ElementTree.tostring(templates[0]))
        _fill(copy, person)
        root.insert(place + n, copy)
    identity = next(e for e in root.iter() if e.tag == "instanceID")
    identity.text = "uuid:0b5e6fb4-4a55-4b0b-9a6e-2f3c1d8b7a10"
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _fill(parent: ElementTree.Element, answers: Mapping[str, str]) -> None:
    for element in parent.iter():
        if not len(element) and element.tag in answers:
            element.text = answers[element.tag]


def paths(survey: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Every question of a form but those of repeats: its group, its name, its type."""
    groups: list[str] = []
    inside = 0
    for row in survey:
        kind = row["type"]
        inside += (kind == "begin repeat") - (kind == "end repeat")
        if kind == "begin group":
            groups.append(row["name"])
        elif kind == "end group":
            groups.pop()
        elif not inside and not kind.endswith("repeat"):
            yield "/".join(groups), row["name"], kind


def kobo_row(
    survey: Sequence[Mapping[str, str]], answers: Mapping[str, str], *, groups: bool
) -> dict[str, str]:
    """A row as Kobo exports it with XML values as headings, several answers in one column."""
    row: dict[str, str] = {}
    for group, name, kind in paths(survey):
        before = f"{group}/" if groups and group else ""
        row[f"{before}{name}"] = answers.get(name, "")
        if kind == "geopoint":
            parts = answers.get(name, "").split() or [""] * 4
            for axis, value in zip(("latitude", "longitude", "altitude", "precision"), parts, strict=True):
                row[f"{before}_{name}_{axis}"] = value
    uuid = "0b5e6fb4-4a55-4b0b-9a6e-2f3c1d8b7a11"
    return row | {"_id": "1", "_uuid": uuid, "_submission_time": "2025-08-21T03:04:05", "_validation_status": "",
                  "_notes": "", "_status": "submitted_via_web", "_submitted_by": "", "__version__": "v1", "_tags": "",
                  "_index": "1"}  # fmt: skip


def write_csv(path: Path, rows: Sequence[Mapping[str, str]], delimiter: str = ";") -> Path:
    """Write rows as Kobo writes CSV."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter, quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_sheets(path: Path, sheets: Mapping[str, Sequence[Mapping[str, str]]]) -> Path:
    """Write a workbook as Kobo exports a form with a repeat: one sheet each."""
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for column, heading in enumerate(rows[0]):
                sheet.write_string(0, column, heading)
                for n, row in enumerate(rows, 1):
                    sheet.write_string(n, column, row[heading])
    return path


def answers_of(form: Form, row: int = 0, names: Mapping[str, str] | None = None) -> dict[str, str]:
    """An answer to every question of a form, by the name of the question."""
    called = names or {}
    return {called.get(field.name, field.name): answer(field, row)[0] for field in form.fields}
