"""XLSForms: pyxform takes them without a warning, and what phones and Kobo make of them goes in unmapped."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyxform.xls2xform import convert

from surveys import records
from surveys.codes import Choice, Code, Codes
from surveys.fields import Text
from surveys.forms.answers import asking
from surveys.forms.form import Form, form, spelled
from surveys.forms.xlsform import THAI, XlsForm, xlsform
from surveys.record import Field, RecordType
from surveys.store.store import Store
from surveys.thai import PersonId, valid_person_id
from surveys.words import folded, words
from tests.conftest import NETWORK, Intake
from tests.surveys.forms.filling import (
    COMMUNITY,
    META,
    answer,
    answers_of,
    know_community,
    kobo_row,
    paths,
    submission,
    value,
    write_csv,
    write_sheets,
)

BY_FILE = [name for name, record_type in records.ALL.items() if record_type.by_file]
PLACES = {
    **dict.fromkeys(("point", "place", "any"), "13.72 100.58 0 5"),
    **dict.fromkeys(("line", "course"), "13.72 100.58 0 0;13.721 100.581 0 0"),
    # As large as the area that filling.py declares.
    "polygon": "13.72 100.58 0 0;13.720286 100.58 0 0;13.720286 100.580292 0 0;13.72 100.58 0 0",
}  # fmt: skip
# What Kobo writes beside the coordinates of a point; they are no answers.
BESIDE_PLACE = re.compile(r"(.*/)?(gps|_gps_(altitude|precision))")


def made_of(name: str, types: Mapping[str, RecordType] = records.ALL) -> tuple[Form, Form | None, XlsForm]:
    asked, inside = form(types, name, [COMMUNITY, "ชุมชน ก"])
    return asked, inside, xlsform(asked, inside, (NETWORK, "เครือข่ายคลองเตย"))


def xform(made: XlsForm, folder: Path, *, validate: bool = False) -> str:
    """The form as pyxform converts it; anything it has to remark is an error."""
    path = folder / f"{made.form_id}.xlsx"
    made.write(path)
    remarks: list[str] = []
    result = convert(path, validate=validate, warnings=remarks)
    assert remarks == [] and result.warnings == []
    return str(result.xform)


def given_to(asked: Form) -> dict[str, str]:
    answers = answers_of(asked) | {"gps": PLACES.get(asked.record_type.geometry or "", "")}
    return answers | ({"community": spelled(COMMUNITY)} if "community" in answers else {})


def called(made: XlsForm) -> str:
    """The file Kobo makes of an export bears the title of the form."""
    return made.title.replace("/", "_") + " - all versions - False - 2025-08-21-03-04-05.csv"


def unexpected(report: dict[str, Any]) -> set[str]:
    return {
        column for column in report["unmapped"] if column not in META and not BESIDE_PLACE.fullmatch(column)
    }


@pytest.mark.parametrize("name", BY_FILE)
def test_pyxform_takes_it_without_a_remark(name: str, tmp_path: Path) -> None:
    _, _, made = made_of(name)
    converted = xform(made, tmp_path)
    for row in made.survey:
        assert f'/{row["name"]}"' in converted or f"/{row['name']}:" in converted if "name" in row else True


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("java") is None, reason="the validator of ODK runs on Java")
@pytest.mark.parametrize("name", BY_FILE)
def test_the_validator_of_odk_finds_no_fault(name: str, tmp_path: Path) -> None:
    assert xform(made_of(name)[2], tmp_path, validate=True)


@pytest.mark.parametrize("name", BY_FILE)
def test_a_submission_goes_in_with_no_mapping(name: str, store: Store, take: Intake, tmp_path: Path) -> None:
    asked, inside, made = made_of(name)
    # As many as the household says there are.
    people = [answers_of(inside, n) for n in range(3)] if inside else []
    know_community(take, name)
    path = tmp_path / "submission.xml"
    path.write_bytes(submission(xform(made, tmp_path), given_to(asked), people))
    report = take(path, f"{called(made)}.xml")
    assert report["status"] == "taken"
    part = next(part for part in report["parts"] if part["type"] == name)
    assert (part["new"], part["quarantined"]) == (1, 0)
    assert [unexpected(part) for part in report["parts"]] == [set()] * (2 if people else 1)
    assert sum(part["taken"] for part in report["parts"] if part["type"] == "member") == (
        len(people) or (name == "member")
    )
    assert report["problems"] == []
    held = store.read(NETWORK, name).iloc[0]
    wanted = {field.name: answer(field)[1] for field in asked.fields}
    wanted |= {"community": spelled(COMMUNITY)} if "community" in wanted else {}
    assert {field.name: value(store, field, held) for field in asked.fields} == wanted
    if records.ALL[name].geometry:
        assert held.geometry is not None


@pytest.mark.parametrize(
    ("name", "groups"), [*((n, True) for n in BY_FILE), ("household", False), ("house", False)]
)
def test_what_kobo_exports_goes_in_with_no_mapping(
    name: str, groups: bool, take: Intake, tmp_path: Path
) -> None:
    asked, _, made = made_of(name)
    know_community(take, name)
    report = take(write_csv(tmp_path / called(made), [kobo_row(made.survey, given_to(asked), groups=groups)]))
    assert (report["status"], report["type"], report["taken"]) == ("taken", name, 1)
    assert unexpected(report) == set()
    assert report["problems"] == []


@pytest.mark.parametrize("name", ["community", "house", "household", "member", "land_plot"])
def test_an_export_with_thai_labels_goes_in_as_well(name: str, take: Intake, tmp_path: Path) -> None:
    """Kobo writes labels instead of names when asked to: of questions and of choices."""
    asked, _, made = made_of(name)
    labels = {row["name"]: row[f"label::{THAI}"] for row in made.survey if f"label::{THAI}" in row}
    choices = {
        (row["list_name"], row["name"]): row[f"label::{THAI}"]
        for rows in made.choices.values()
        for row in rows
    }
    given_answers, row = given_to(asked), {}
    for _, question, kind in paths(made.survey):
        text = given_answers.get(question, "")
        if kind.startswith("select"):
            listed = kind.partition(" ")[2]
            text = "; ".join(
                choices[listed, code] for code in (text.split() if "multiple" in kind else [text])
            )
        if question in labels and question != "gps":
            row[labels[question]] = text
    know_community(take, name)
    report = take(
        write_csv(tmp_path / called(made), [row | {"_uuid": "0b5e6fb4-4a55-4b0b-9a6e-2f3c1d8b7a12"}])
    )
    assert (report["status"], report["type"], report["taken"]) == ("taken", name, 1)
    assert unexpected(report) == set()
    assert report["problems"] == []


def test_the_people_of_a_household_come_in_with_it(store: Store, take: Intake, tmp_path: Path) -> None:
    """In Kobo's workbook a repeat is a sheet of its own; the import finds whose it is."""
    asked, inside, made = made_of("household")
    assert inside is not None
    household = kobo_row(made.survey, given_to(asked), groups=True)
    names = ("title", "name", "surname", "sex", "relation", "birth_year")
    people = [
        {"members/member_no": str(n + 1)}
        | {
            f"members/part_person/{key}": value
            for key, value in answers_of(inside, n).items()
            if key in names
        }
        | {"_index": str(n + 1), "_parent_table_name": made.form_id, "_parent_index": "1"}
        for n in range(2)
    ]
    report = take(write_sheets(tmp_path / "export.xlsx", {made.form_id: [household], "members": people}))
    assert [(part["type"], part["taken"]) for part in report["parts"]] == [("household", 1), ("member", 2)]
    members = next(part for part in report["parts"] if part["type"] == "member")
    assert set(members["unmapped"]) <= META
    held = store.read(NETWORK, "member")
    assert held["member_no"].tolist() == ["1", "2"] and held["household_no"].tolist() == ["12", "12"]
    assert held["house_seq"].tolist() == ["12", "12"]


def test_inside_the_repeat_nothing_is_asked_twice() -> None:
    _, inside, made = made_of("household")
    assert inside is not None
    start = next(n for n, row in enumerate(made.survey) if row["type"] == "begin repeat")
    names = [
        row["name"] for row in made.survey[start + 1 :] if row.get("name") and row["type"] != "begin group"
    ]
    keys = {name for key in inside.record_type.keys for name in key}
    assert sorted(names) == sorted({f.name for f in inside.fields} - keys | {"member_no"})


def test_no_number_is_made_up_on_the_phone() -> None:
    """A household number that stood there from the start would make two families of one house one."""
    for name in BY_FILE:
        given_already = {row["name"] for row in made_of(name)[2].survey if row.get("default")}
        assert given_already <= {"visit_date", "survey_date", "source_date"}, name


def test_a_form_is_the_same_version_until_something_in_it_changes(tmp_path: Path) -> None:
    one, other = made_of("house")[2], made_of("house")[2]
    assert one.version == other.version
    more = dict(records.ALL) | {"house": records.ALL["house"].with_fields([_own("fence", Text())])}
    assert made_of("house", more)[2].version != one.version


def _own(name: str, kind: Any, th: str = "สีรั้ว") -> Field:
    return Field(name=name, kind=kind, words=words(th, name), custom=True)


def xpath_check_digit(expression: str, digits: str) -> bool:
    """The constraint on an id as a phone works it out: XPath over digits, in Python."""
    said = expression.partition(" and ")[2]
    said = re.sub(r"number\(substr\(\., (\d+), (\d+)\)\)", lambda m: digits[int(m[1]) : int(m[2])], said)
    left, _, right = said.replace(" mod ", " % ").rpartition(" = ")
    return bool(eval(left) == int(right))


@given(st.from_regex("[0-8][0-9]{12}", fullmatch=True))
def test_the_check_digit_on_the_phone_is_that_of_the_import(digits: str) -> None:
    asked = asking(records.ALL["member"], records.ALL["member"].by_name["person_id"])
    assert isinstance(records.ALL["member"].by_name["person_id"].kind, PersonId)
    assert xpath_check_digit(asked.constraint, digits) == valid_person_id(digits)


LETTERS = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=15
).filter(str.strip)
CODES = LETTERS.map(str.strip).filter(lambda text: folded(text) != "" and not re.search(r"[;,|\[\]\"]", text))
CHOICES = st.lists(st.tuples(CODES, LETTERS), max_size=3, unique_by=lambda pair: folded(pair[0]))


@settings(max_examples=25)
@given(CHOICES, st.sampled_from([Code, Codes]), LETTERS)
def test_whatever_a_network_calls_its_questions_and_choices_is_taken(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]], kind: type[Code], label: str
) -> None:
    choices = tuple(Choice(code, words(th, th)) for code, th in pairs)
    types = dict(records.ALL) | {
        "road": records.ALL["road"].with_fields([_own("own", kind(choices=choices), label)])
    }
    made = made_of("road", types)[2]
    xform(made, tmp_path_factory.mktemp("form"))
    names = [row["name"] for row in made.choices["road_own"]]
    read = types["road"].by_name["own"].kind
    for choice, name in zip(choices, names, strict=False):
        cell = read.parse(name)
        assert cell.problem is None and cell.value in (choice.code, json.dumps([choice.code]))
