"""The template workbook: filled in as people do and imported by the real intake, nothing is left unmapped."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from gis.formats.table import EXAMPLES
from surveys import records
from surveys.codes import Choice, Code
from surveys.forms import workbook
from surveys.forms.form import Form, form
from surveys.record import Field, RecordType
from surveys.store.schema import table
from surveys.store.store import Store
from surveys.words import Lang, words
from tests.conftest import NETWORK, Intake
from tests.surveys.forms.filling import COMMUNITY, answer, fill_template, know_community, label, value

BY_FILE = [name for name, record_type in records.ALL.items() if record_type.by_file]


def written(record_type: RecordType, folder: Path, lang: Lang = "th") -> tuple[Form, Path]:
    made, _ = form({record_type.name: record_type} | records.ALL, record_type.name, [COMMUNITY])
    made = Form(record_type, made.communities)
    path = folder / f"template-{lang}.xlsx"
    workbook.write(made, path, lang)
    return made, path


def rows_of(made: Form, lang: Lang, count: int = 2) -> list[dict[str, str]]:
    columns = [(column.heading, column.field) for column in workbook.columns(made, lang)]
    return [
        {heading: label(field, answer(field, n)[0], lang) for heading, field in columns if field is not None}
        for n in range(1, count + 1)
    ]


@pytest.mark.parametrize(
    ("name", "lang"), [*((n, "th") for n in BY_FILE), ("household", "en"), ("land_plot", "en")]
)
def test_a_filled_template_goes_in_with_no_mapping(
    name: str, lang: Lang, store: Store, take: Intake, tmp_path: Path
) -> None:
    made, path = written(records.ALL[name], tmp_path, lang)
    rows = rows_of(made, lang)
    fill_template(path, rows)
    know_community(take, name)
    report = take(path)
    assert (report["status"], report["type"], report["new"]) == ("taken", name, len(rows))
    assert [part["layer"] for part in report["parts"]] == [made.record_type.words.of(lang)]
    assert (report["unmapped"], report["problems"]) == ([], [])
    held = store.read(NETWORK, name).sort_values("source_row").iloc[0]
    # Labels stood in the sheet, not codes: what is kept must be the same.
    assert {f.name: value(store, f, held) for f in made.fields} == {
        f.name: answer(f, 1)[1] for f in made.fields
    }


@pytest.mark.parametrize("lang", ["th", "en"])
def test_a_template_has_no_row_that_could_come_in(lang: Lang, take: Intake, tmp_path: Path) -> None:
    _, path = written(records.ALL["household"], tmp_path, lang)
    report = take(path)
    assert (report["status"], report["rows"]) == ("refused", 0)
    # It is not asked what the sheet that explains is.
    assert report["problem_counts"] == {"layer_empty": 1, "no_rows": 1}


@pytest.mark.parametrize("lang", ["th", "en"])
def test_the_example_is_shown_and_left_out_wherever_it_slips(
    lang: Lang, store: Store, take: Intake, tmp_path: Path
) -> None:
    made, path = written(records.ALL["household"], tmp_path, lang)
    know_community(take, "household")
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    said = [cell.value for cell in sheet[2]]
    assert said[0] in EXAMPLES and sum(bool(text) for text in said) > len(said) / 2
    for row in rows_of(made, lang):
        sheet.append([row.get(str(cell.value), "") for cell in sheet[1]])
    sheet.move_range("A3:ZZ3", rows=5)
    book.save(path)
    report = take(path)
    assert (report["status"], report["new"], report["quarantined"]) == ("taken", 2, 0)
    assert [(p["code"], p["row"], p["value"]) for p in report["problems"]] == [
        ("example_left_out", 2, said[0])
    ]
    assert sorted(store.read(NETWORK, "household")["source_row"].tolist()) == [4, 8]


def test_fields_of_a_network_come_back_too(store: Store, take: Intake, tmp_path: Path) -> None:
    field, choice = table("custom_field"), table("custom_choice")
    with store.writing() as connection:
        connection.execute(
            field.insert(),
            {"network": NETWORK, "type": "house", "name": "fence", "th": "สีรั้ว", "en": "fence", "kind": "code",
             "privacy": 1, "aliases": "[]"},
        )  # fmt: skip
        connection.execute(
            choice.insert(),
            [{"network": NETWORK, "type": "house", "field": "fence", "code": code, "th": th, "en": code,
              "aliases": "[]", "retired": retired} for code, th, retired in (("red", "แดง", 0), ("old", "เก่า", 1))],
        )  # fmt: skip
    record_type = store.types(NETWORK)["house"]
    _, path = written(record_type, tmp_path)
    sheet = openpyxl.load_workbook(path)[workbook.NOTES.th]
    assert "แดง" in str(list(sheet.values)) and "เก่า" not in str(list(sheet.values))
    fill_template(path, [{"ชุมชน": COMMUNITY, "ลำดับบ้านในผัง": "7", "สีรั้ว": "แดง"}])
    report = take(path)
    assert (report["taken"], report["unmapped"]) == (1, [])
    assert json.loads(store.read(NETWORK, "house")["extra"].iloc[0]) == {"fence": "red"}


def test_coordinates_typed_beside_a_record_place_it(store: Store, take: Intake, tmp_path: Path) -> None:
    _, path = written(records.ALL["house"], tmp_path)
    fill_template(path, [{"ชุมชน": COMMUNITY, "บ้านเลขที่": "12/3", "ละติจูด": 13.72, "ลองจิจูด": 100.58}])
    report = take(path)
    assert (report["taken"], report["unmapped"], report["unplaced"]) == (1, [], 0)
    assert store.read(NETWORK, "house").geometry.iloc[0].coords[0] == (100.58, 13.72)


@pytest.mark.parametrize("word", ["ไม่ทราบ", "ไม่ตอบ", "ไม่เกี่ยวข้อง"])
def test_the_words_for_no_answer_are_understood_in_any_column(
    word: str, store: Store, take: Intake, tmp_path: Path
) -> None:
    made, path = written(records.ALL["household"], tmp_path)
    keys = {"community", "house_seq", "household_no"}
    headings = {c.field.name: c.heading for c in workbook.columns(made, "th") if c.field is not None}
    row = {heading: "1" if name in keys else word for name, heading in headings.items()}
    fill_template(path, [row])
    report = take(path)
    assert (report["taken"], report["unmapped"]) == (1, [])
    assert set(report["problem_counts"]) <= {"community_unknown"}
    missing = json.loads(store.read(NETWORK, "household")["missing"].iloc[0])
    assert set(missing) == headings.keys() - keys and len(set(missing.values())) == 1


def test_every_list_and_message_is_one_excel_takes(tmp_path: Path) -> None:
    """XlsxWriter warns and leaves out what is too long, and a warning is an error here."""
    long = Code(
        choices=tuple(Choice(f"c{n}", words(f"ตัวเลือกที่ยาวมาก ๆ {n}" * 3, f"choice {n}")) for n in range(40))
    )
    field = Field(
        name="long", kind=long, words=words("คำถามที่ยาวเกินสามสิบสองตัวอักษรอย่างมาก" * 2, "l"), custom=True
    )
    made, path = written(records.ALL["house"].with_fields([field]), tmp_path)
    book = openpyxl.load_workbook(path)
    checks = {str(check.sqref): check for check in book.worksheets[0].data_validations.dataValidation}
    assert len(checks) == len(made.fields)
    notes = book[workbook.NOTES.th]
    for check in checks.values():
        if check.type == "list":
            assert check.errorStyle == "warning"
            area = check.formula1.partition("!")[2].replace("$", "")
            listed = [cell.value for (cell,) in notes[area]] if ":" in area else [notes[area].value]
            assert listed and None not in listed


def test_numbers_that_excel_would_spoil_are_text_columns(tmp_path: Path) -> None:
    _, path = written(records.ALL["household"], tmp_path)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    ranges = [(d.min, d.max, d.number_format) for d in sheet.column_dimensions.values()]
    formats = {c.value: next(f for low, high, f in ranges if low <= c.column <= high) for c in sheet[1]}
    assert formats["บ้านเลขที่"] == formats["เลขประจำตัวหัวหน้าครัวเรือน"] == formats["วันที่สำรวจ"] == "@"
    assert formats["รายได้ครัวเรือน"] == formats["ปีที่ย้ายเข้า"] == "General"
