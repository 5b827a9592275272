"""What Kobo, Ona and ODK export: repeats as layers of their own, groups, choices, and the form beside the data."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from gis.formats import Layer, Limits, Reading
from gis.formats.form import Form, from_asset, from_sheets
from gis.formats.spoken import known_as
from tests import workbooks

Read = Callable[..., Reading]
Rows = Callable[[Layer], list[dict[str, Any]]]
Wkt = Callable[[Layer], list[str | None]]

# Two households; the first has two members, one of them with a job, the second has one.
HOUSEHOLDS = [("a", "สมชาย", "13.75 100.5 0 4"), ("b", "สมหญิง", None)]
MEMBERS = [("ก", "30", "1"), ("ข", None, "1"), ("ค", "7", "2")]
JOBS = [("ขับรถ", "1")]


def zipped(*members: tuple[str, bytes | str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def table(*records: list[str | None], delimiter: str = ",") -> str:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows(records)
    return file.getvalue()


def kobo_json(_: Path) -> bytes:
    """API v2: paths whole, also inside repeats."""
    members: list[dict[str, Any]] = [
        {
            "hh/members/name": "ก",
            "hh/members/age": "30",
            "hh/members/jobs": [{"hh/members/jobs/job": "ขับรถ"}],
        },
        {"hh/members/name": "ข"},
    ]
    first = {
        "_uuid": "a",
        "hh/head": "สมชาย",
        "gps": "13.75 100.5 0 4",
        "hh/members": members,
        "_attachments": [{"x": 1}],
    }
    second = {
        "_uuid": "b",
        "hh/head": "สมหญิง",
        "gps": None,
        "hh/members": [{"hh/members/name": "ค", "hh/members/age": "7"}],
    }
    return json.dumps({"count": 2, "results": [first, second]}, ensure_ascii=False).encode()


def odata_json(_: Path) -> bytes:
    """ODK Central: groups as objects, repeats expanded."""
    members: list[dict[str, Any]] = [
        {"name": "ก", "age": "30", "jobs": [{"job": "ขับรถ"}]},
        {"name": "ข", "age": None},
    ]
    point = {"type": "Point", "coordinates": [100.5, 13.75, 0], "properties": {"accuracy": 4}}
    first = {"_uuid": "a", "hh": {"head": "สมชาย", "members": members}, "gps": point}
    second = {"_uuid": "b", "hh": {"head": "สมหญิง", "members": [{"name": "ค", "age": "7"}]}, "gps": None}
    return json.dumps({"value": [first, second]}, ensure_ascii=False).encode()


def _submission(uuid: str, head: str, gps: str, members: str) -> str:
    return (
        f'<data id="f" xmlns:orx="http://openrosa.org/xforms"><start>x</start><hh><head>{head}</head>{members}</hh>'
        f"<gps>{gps}</gps><orx:meta><orx:instanceID>{uuid}</orx:instanceID></orx:meta></data>"
    )


SUBMISSIONS = (
    _submission(
        "a", "สมชาย", "13.75 100.5 0 4",
        "<members><name>ก</name><age>30</age><jobs><job>ขับรถ</job></jobs></members><members><name>ข</name><age/></members>",
    ),
    _submission("b", "สมหญิง", "", "<members><name>ค</name><age>7</age></members>"),
)  # fmt: skip
JOBS_FORM = {
    "survey": [
        ["type", "name", "label"], ["begin group", "hh", ""], ["text", "head", "หัวหน้า"],
        ["begin repeat", "members", ""],
        ["text", "name", "ชื่อ"], ["integer", "age", "อายุ"], ["begin_repeat", "jobs", ""], ["text", "job", "งาน"],
        ["end_repeat", "", ""], ["end repeat", "", ""], ["end group", "", ""], ["geopoint", "gps", "พิกัด"],
    ],
}  # fmt: skip


def briefcase(_: Path) -> bytes:
    """One submission a file, their photos beside them, and the form, which tells the repeats with one turn."""
    files = [(f"instances/uuid{n}/submission.xml", text) for n, text in enumerate(SUBMISSIONS)]
    return zipped(
        *files, ("form.xlsx", workbooks.xlsx(JOBS_FORM)), ("instances/uuid0/1.jpg", b"\xff\xd8\xff")
    )


def xml_list(_: Path) -> bytes:
    """Kobo's list as XML; that jobs repeat shows in the second submission."""
    both = "<jobs><job>ขับรถ</job></jobs><jobs/>"
    text = (
        "".join(SUBMISSIONS)
        .replace("<jobs><job>ขับรถ</job></jobs>", both)
        .replace("<jobs/>", "<jobs><job/></jobs>")
    )
    return f"<root><count>2</count><results>{text}</results></root>".encode()


def ona_csv(_: Path) -> bytes:
    """Repeats flat in the columns; "n/a" for turns that are not there."""
    heading: list[str | None] = [
        "_uuid", "hh/head", "gps", "hh/members[1]/name", "hh/members[1]/age", "hh/members[2]/name", "hh/members[2]/age",
        "hh/members[1]/jobs[1]/job",
    ]  # fmt: skip
    first: list[str | None] = ["a", "สมชาย", "13.75 100.5 0 4", "ก", "30", "ข", "", "ขับรถ"]
    second: list[str | None] = ["b", "สมหญิง", "", "ค", "7", "n/a", "n/a", "n/a"]
    return table(heading, first, second).encode()


def kobo_xlsx(_: Path) -> bytes:
    """Repeats on sheets of their own, joined by _parent_index."""
    link = ["_index", "_parent_table_name", "_parent_index", "_submission__uuid"]
    return workbooks.xlsx({
        "main": [["hh/head", "gps", "_uuid", "_index"], *([h, g, u, n] for n, (u, h, g) in enumerate(HOUSEHOLDS, 1))],
        "members": [
            ["name", "age", *link],
            *([n, a, i, "main", int(p), "ab"[int(p) - 1]] for i, (n, a, p) in enumerate(MEMBERS, 1)),
        ],
        "jobs": [["job", *link], *([j, i, "members", int(p), "a"] for i, (j, p) in enumerate(JOBS, 1))],
    })  # fmt: skip


EXPORTS = [("main.json", kobo_json), ("main.json", odata_json), ("main.zip", briefcase), ("main.xml", xml_list),
           ("main.csv", ona_csv), ("main.xlsx", kobo_xlsx)]  # fmt: skip


@pytest.mark.parametrize(("name", "make"), EXPORTS, ids=[make.__name__ for _, make in EXPORTS])
def test_the_same_households_and_members_from_every_export(
    name: str, make: Callable[[Path], bytes], tmp_path: Path, here: Read, rows: Rows, wkt: Wkt
) -> None:
    layers = here(make(tmp_path), name).layers
    assert [(layer.name, layer.rows, layer.parent) for layer in layers] == [
        ("main", 2, None), ("members", 3, "main"), ("jobs", 1, "members"),
    ]  # fmt: skip
    main, members, jobs = map(rows, layers)
    uuid = next(name for name in ("_uuid", "meta/instanceID") if name in layers[0].columns)
    assert [(row[uuid], row["hh/head"], row["_index"]) for row in main] == [
        ("a", "สมชาย", "1"),
        ("b", "สมหญิง", "2"),
    ]
    assert wkt(layers[0]) == ["POINT (100.5 13.75)", None]
    told = [(row["name"], row["age"], row["_parent_index"]) for row in members]
    assert told == MEMBERS
    assert [row["_index"] for row in members] == ["1", "2", "3"]
    assert [row["_submission__uuid"] for row in members] == ["a", "a", "b"]
    assert {row["_parent_table_name"] for row in members} == {"main"}
    assert [(row["job"], row["_parent_index"], row["_parent_table_name"]) for row in jobs] == [
        ("ขับรถ", "1", "members")
    ]
    assert layers[0].known_as["hh/head"][0] == "head"


def test_only_the_repeat_asked_for(here: Read, tmp_path: Path) -> None:
    for name, make in EXPORTS:
        layers = here(make(tmp_path), name, layer=("members",)).layers
        assert [(layer.name, layer.rows) for layer in layers] == [("members", 3)], make.__name__


def test_the_tables_of_odk_central(here: Read) -> None:
    reading = here(
        zipped(
            ("f.csv", table(["SubmissionDate", "hh-head", "gps-Latitude", "gps-Longitude", "meta-instanceID", "KEY"],
                            ["2024-01-01", "สมชาย", "13.75", "100.5", "uuid:a", "uuid:a"])),
            ("f-members.csv", table(["name", "PARENT_KEY", "KEY"], ["ก", "uuid:a", "uuid:a/members[1]"])),
            ("f-members-jobs.csv", table(["job", "PARENT_KEY", "KEY"],
                                         ["x", "uuid:a/members[1]", "uuid:a/members[1]/jobs[1]"])),
        ),
        "f.zip",
    )  # fmt: skip
    assert [(layer.name, layer.parent) for layer in reading.layers] == [
        ("f", None), ("f-members", "f"), ("f-members-jobs", "f-members"),
    ]  # fmt: skip
    assert reading.layers[0].known_as["hh-head"] == ("head",)
    assert reading.layers[0].crs == "EPSG:4326"


def test_a_sheet_whose_parent_has_a_name_cut_short(here: Read) -> None:
    name = "แบบสำรวจครัวเรือนชุมชนแออัดทั้งเมือง"
    sheets = {name[:31]: [["head", "_index"], ["ก", 1]], "m": [["n", "_parent_table_name"], ["x", name]]}
    assert here(workbooks.xlsx(sheets), "a.xlsx").layers[1].parent == name[:31]


def test_more_turns_than_the_limit_are_refused(here: Read) -> None:
    text = json.dumps([{"_uuid": "a", "m": [{"n": 1}] * 20}])
    refusal = here(text, "a.json", limits=Limits(rows=10)).refusal
    assert refusal is not None and refusal.code == "too_many_rows"


def test_a_repeat_with_the_name_of_another_layer(here: Read, rows: Rows) -> None:
    layers = here(
        json.dumps([{"_uuid": "a", "x": {"m": [{"n": 1}]}, "y": {"m": [{"n": 2, "o": [{"p": 3}]}]}}]),
        "m.json",
    ).layers
    assert [layer.name for layer in layers] == ["m", "m (2)", "m (3)", "o"]
    assert rows(layers[3])[0]["_parent_table_name"] == "m (3)"
    assert layers[3].parent == "m (3)"


# --- the form ---------------------------------------------------------------------------------------------

SURVEY: list[list[workbooks.Cell]] = [
    ["type", "name", "label::English (en)", "label::ไทย (th)", "hint"],
    ["start", "start", None, None, None],
    ["begin_group", "hh", "Household", "ครัวเรือน", None],
    ["text", "head", "1.1 Head of household", "1.1 **ชื่อหัวหน้าครัวเรือน**", "ชื่อ-สกุล"],
    ["select_one tenure", "tenure", "Tenure", "สถานะที่ดิน", None],
    ["select_multiple problems or_other", "problems", "Problems", "ปัญหา", None],
    ["end_group", None, None, None, None],
    ["geopoint", "gps", "Place", "พิกัด", None],
]
CHOICES: list[list[workbooks.Cell]] = [
    ["list_name", "name", "label::English (en)", "label::ไทย (th)"],
    ["tenure", "1", "Rented", "เช่า"],
    ["tenure", "2", "Squatting", "บุกรุก"],
    [None, None, None, None],
    ["problems", "flood", "Floods", "น้ำท่วม"],
    ["problems", "fire", "Fire", None],
]
FORM = workbooks.xlsx({"survey": SURVEY, "choices": CHOICES, "settings": [["form_title"], ["แบบสำรวจ"]]})
DATA = table(
    ["start", "hh/head", "hh/tenure", "hh/problems", "hh/problems/flood", "hh/problems/fire", "gps", "_uuid"],
    ["x", "สมชาย", "1", "flood fire", "1", "1", "13.75 100.5 0 0", "a"],
    ["x", "สมหญิง", "3", "flood other", "1", "0", "", "b"],
    ["x", "วิไล", "เช่า", "fire", "0", "1", "", "c"],
)
WANTED = [("สมชาย", "เช่า", "น้ำท่วม; Fire"), ("สมหญิง", "3", "น้ำท่วม; other"), ("วิไล", "เช่า", "Fire")]


def test_a_form_beside_the_data_tells_labels_and_choices(here: Read, rows: Rows) -> None:
    reading = here(zipped(("ข้อมูล/data.csv", DATA), ("ข้อมูล/แบบสำรวจ.xlsx", FORM)), "a.zip")
    assert (reading.format, [(each.code, each.value) for each in reading.defects]) == (
        "csv",
        [("form_used", "แบบสำรวจ.xlsx")],
    )
    (layer,) = reading.layers
    assert [
        tuple(row[f"hh/{name}"] for name in ("head", "tenure", "problems")) for row in rows(layer)
    ] == WANTED
    assert layer.known_as == {
        "hh/head": (
            "head",
            "1.1 ชื่อหัวหน้าครัวเรือน",
            "ชื่อหัวหน้าครัวเรือน",
            "1.1 Head of household",
            "Head of household",
        ),
        "hh/tenure": ("tenure", "สถานะที่ดิน", "Tenure"),
        "hh/problems": ("problems", "ปัญหา", "Problems"),
        "hh/problems/flood": (),
        "hh/problems/fire": (),
        "gps": ("พิกัด", "Place"),
    }


@pytest.mark.parametrize(
    "form",
    [
        ("f.xls", workbooks.xls({"Survey": SURVEY, "choices": CHOICES})),
        ("f.ods", workbooks.ods({"survey": SURVEY, "choices": CHOICES})),
        ("f.xlsx", FORM),
    ],
    ids=["xls", "ods", "xlsx"],
)
@pytest.mark.parametrize("data", ["data.csv", "data.xlsx", "data.json"])
def test_forms_and_data_in_every_kind_of_file(
    form: tuple[str, bytes], data: str, here: Read, rows: Rows
) -> None:
    records = list(csv.reader(io.StringIO(DATA)))
    named = [dict(zip(records[0], record, strict=True)) for record in records[1:]]
    content: dict[str, bytes | str] = {
        "data.csv": DATA, "data.xlsx": workbooks.xlsx({"data": records}), "data.json": json.dumps(named),
    }  # fmt: skip
    (layer,) = here(zipped(form, (data, content[data])), "a.zip").layers
    assert [
        tuple(row[f"hh/{name}"] for name in ("head", "tenure", "problems")) for row in rows(layer)
    ] == WANTED


def test_a_form_as_two_tables(here: Read, rows: Rows) -> None:
    sheets = [
        (f"{name}.csv", table(*records)) for name, records in (("survey", SURVEY), ("choices", CHOICES))
    ]  # type: ignore[arg-type]
    reading = here(zipped(*sheets, ("data.csv", DATA)), "a.zip")
    assert [layer.name for layer in reading.layers] == ["data"]
    assert rows(reading.layers[0])[0]["hh/tenure"] == "เช่า"


def test_choices_split_into_columns_are_put_together(here: Read, rows: Rows) -> None:
    """Ona leaves the question itself out; with 1 and 0 only a form tells them from questions."""
    heading: list[str | None] = [
        "_uuid",
        "hh/problems/flood",
        "hh/problems/fire",
        "rights/vote",
        "rights/own",
    ]
    text = table(
        heading,
        ["a", "True", "False", "1", "0"],
        ["b", "True", "True", "0", "1"],
        ["c", "n/a", "n/a", "", ""],
    )
    layer = here(text, "a.csv").layers[0]
    assert layer.columns == (*heading, "hh/problems")
    assert [row["hh/problems"] for row in rows(layer)] == ["flood", "flood; fire", None]
    assert layer.known_as["hh/problems"] == ("problems",)
    assert layer.known_as["hh/problems/flood"] == ()
    figures = text.replace("True", "1").replace("False", "0")
    assert "hh/problems" not in here(figures, "a.csv").layers[0].columns
    layer = here(zipped(("form.xlsx", FORM), ("a.csv", figures)), "a.zip").layers[0]
    assert [row["hh/problems"] for row in rows(layer)] == ["น้ำท่วม", "น้ำท่วม; Fire", None]


def test_the_form_of_a_kobo_asset(here: Read, rows: Rows) -> None:
    content = {
        "translations": ["English (en)", "Thai (th)", None],
        "survey": [
            {"type": "begin_group", "$autoname": "hh"},
            {
                "type": "select_one", "select_from_list_name": "t", "$autoname": "tenure",
                "label": ["Tenure", "ที่ดิน", "x"],
            },
            {"type": "end_group"},
        ],
        "choices": [{"list_name": "t", "name": "1", "label": ["Rented", "เช่า", None]}, "broken", {"list_name": "t"}],
    }  # fmt: skip
    reading = here(
        json.dumps({"content": content, "submissions": [{"_uuid": "a", "hh/tenure": "1"}]}), "k.json"
    )
    (layer,) = reading.layers
    assert rows(layer)[0]["hh/tenure"] == "เช่า"
    assert layer.known_as["hh/tenure"] == ("tenure", "ที่ดิน", "x", "Tenure")
    assert from_asset({"survey": [7, {"type": "text"}], "choices": "x"}, "f") is None


@pytest.mark.parametrize(
    "form",
    [
        b"PK\x03\x04 broken",
        workbooks.xlsx({"survey": [["a", "b"], ["1", "2"]]}),
        workbooks.xlsx({"survey": []}),
        b"",
    ],
)
def test_what_is_no_form_is_named_as_skipped(form: bytes, here: Read) -> None:
    reading = here(zipped(("data.json", json.dumps([{"_uuid": "a", "x": 1}])), ("form.xlsx", form)), "a.zip")
    codes = {each.code for each in reading.defects}
    # a workbook that opens comes before JSON; one that does not is skipped for what it is
    assert reading.refusal is not None or "member_skipped" in codes or reading.format == "xlsx"


def test_a_form_of_another_survey_changes_nothing(here: Read, rows: Rows) -> None:
    reading = here(zipped(("form.xlsx", FORM), ("a.csv", "x,y\n1,flood\n")), "a.zip")
    assert [(each.code, each.value) for each in reading.defects] == [("member_skipped", "form.xlsx")]
    assert rows(reading.layers[0])[0]["y"] == "flood"


def test_a_form_alone_is_read_as_what_it_holds(here: Read) -> None:
    assert [layer.name for layer in here(FORM, "form.xlsx").layers] == ["survey", "choices", "settings"]
    assert [layer.name for layer in here(zipped(("form.xlsx", FORM)), "a.zip").layers] == [
        "survey",
        "choices",
        "settings",
    ]


TYPES: list[tuple[str, bool, str]] = [
    # type, several?, what "1 2" becomes
    ("select_one t", False, "1 2"),
    ("select one from t", False, "1 2"),
    ("select1 t", False, "1 2"),
    ("select_multiple t", True, "A; B"),
    ("select multiple from t", True, "A; B"),
    ("select all that apply from t", True, "A; B"),
    ("select_multiple t or_other", True, "A; B"),
    ("rank t", True, "A; B"),
    ("text", False, "1 2"),
]


@pytest.mark.parametrize(("kind", "several", "both"), TYPES)
def test_types_of_questions(kind: str, several: bool, both: str) -> None:
    choices = [{"list name": "t", "name": name, "label": label} for name, label in (("1", "A"), ("2", "B"))]
    form = from_sheets([{"type": kind, "name": "q", "label": "Q"}], choices, "f")
    assert form is not None
    (question,) = form.questions
    assert question.several is several
    answers = question.labelled(pa.array(["1", "1 2", "9", None, ""])).to_pylist()
    assert answers == ["A" if question.choices else "1", both, "9", None, ""]


def test_headings_are_found_by_path_name_and_label() -> None:
    rows = [
        dict(zip(map(str, SURVEY[0]), [str(cell or "") for cell in row], strict=True)) for row in SURVEY[1:]
    ]
    form = from_sheets(rows, [], "f")
    assert isinstance(form, Form)
    for heading in (
        "hh/head",
        "hh-head",
        "hh.head",
        "x/hh/head",
        "head",
        "ชื่อหัวหน้าครัวเรือน",
        "1.1 Head of household:",
        "ครัวเรือน/ชื่อหัวหน้าครัวเรือน",
    ):
        found = form.question(heading)
        assert found is not None and found.name == "head", heading
    for heading in ("other", "ahead", "", "/", "/" * 5000, "head/" + "x" * 10):
        assert form.question(heading) is None, heading[:40]


@pytest.mark.parametrize(
    ("columns", "known"),
    [
        (["a/b", "c"], {"a/b": ("b",)}),
        (["a", "a/b"], {"a/b": ()}),
        (["a-b", "c.d"], {}),
        (["KEY", "a-b", "c-d", "a-b-c"], {"a-b": ("b",), "c-d": ("d",), "a-b-c": ()}),
        (["KEY", "a-b", "a-c", "a-c/d"], {"a-b": ("b",), "a-c": ("c",), "a-c/d": ()}),
        (["KEY", "a/b-c", "d"], {"a/b-c": ("b-c",)}),
        (["_uuid", "a", "a/b", "c-d"], {"a/b": ()}),
        (["X_uuid", "a.b", "a", "q.r"], {"a.b": (), "q.r": ("r",)}),
        (["_uuid", "gps:lat", "_x-y"], {"gps:lat": ("lat",)}),
        (["_uuid", "/a", "b/"], {}),
        (["วัน/เดือน/ปีเกิด"], {"วัน/เดือน/ปีเกิด": ("ปีเกิด",)}),
    ],
)
def test_other_names_of_columns(columns: list[str], known: dict[str, tuple[str, ...]]) -> None:
    assert known_as(columns, None) == known


def test_a_heading_of_separators_only_costs_no_time(here: Read) -> None:
    text = zipped(("form.xlsx", FORM), ("a.csv", f"{'/' * 200_000},_uuid,hh/head\n1,2,3\n"))
    assert here(text, "a.zip").refusal is None


def test_real_exports_with_their_forms(shared: Path, here: Read, rows: Rows) -> None:
    folder = shared / "survey"
    pairs = [
        (name, (folder / name).read_bytes())
        for name in ("ona_nested_repeats.csv", "ona_nested_repeats_form.xlsx")
    ]
    main, kids, doses = here(zipped(*pairs), "ona.zip").layers
    assert [row["web_browsers"] for row in rows(main)] == [
        "Internet Explorer; Safari", "Mozilla Firefox; Google Chrome; Internet Explorer",
    ]  # fmt: skip
    assert [(row["kids_name"], row["_parent_index"]) for row in rows(kids)][:3] == [
        ("Hansel", "1"),
        ("Gretel", "1"),
        ("Tom", "2"),
    ]
    assert (kids.parent, doses.parent, doses.rows) == ("ona_nested_repeats", "kids_details", 11)
    files = (
        "reach_raw_household_survey.csv",
        "reach_xlsform_survey_sheet.csv",
        "reach_xlsform_choices_sheet.csv",
    )
    (reach,) = here(zipped(*((name, (folder / name).read_bytes()) for name in files)), "reach.zip").layers
    assert (reach.rows, rows(reach)[0]["shelter_occupation"]) == (632, "Owned/purchased")
    assert "What is your age?" in reach.known_as["age_respondent_r"]
