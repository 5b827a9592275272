"""Which record type a layer is and which column is which field, told by headings and names alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from surveys import records
from surveys.fields import Text
from surveys.intake.geometry_kinds import fits
from surveys.intake.mapping import guess_type, map_columns
from surveys.intake.plan import key_words
from surveys.record import field
from surveys.words import words

MAPPED = [
    # (type, headings, field to column)
    ("household", ["ชุมชน", "ลำดับบ้าน", "ครัวเรือนที่"], {"community": 0, "house_seq": 1, "household_no": 2}),
    ("household", ["COMMUNITY", "House No.", "hh size"], {"community": 0, "house_no": 1, "people": 2}),
    ("household", ["  ชื่อ - สกุล ", "เลขบัตรประชาชน"], {"head_name": 0, "head_id": 1}),
    # The earliest alias of a field wins, whatever the order of the columns.
    ("household", ["รายได้", "รายได้ครัวเรือน"], {"income": 1}),
    ("admin_area", ["ADM1_PCODE", "ADM2_PCODE", "ADM2_TH", "ADM1_TH"], {"code": 1, "name": 2}),
    ("admin_area", ["ADM3_PCODE", "ADM2_PCODE"], {"code": 0}),
    # A form's group before the heading is left out, unless the whole heading has a meaning.
    ("household", ["section_A/comm", "section_A/house_no"], {"community": 0, "house_no": 1}),
    ("member", ["วัน/เดือน/ปีเกิด"], {"birth_date": 0}),
    ("member", ["ปีเกิด", "ข้อมูล/ชื่อ"], {"birth_year": 0, "name": 1}),
    ("road", ["ซอย", "ความกว้าง (ม.)"], {"name": 0, "width": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "headings", "wanted"), MAPPED)
def test_headings_find_their_fields(name: str, headings: list[str], wanted: dict[str, int]) -> None:
    found = map_columns(records.ALL[name], headings)
    assert found.fields == {field: headings[at] for field, at in wanted.items()}
    assert set(found.unmapped) == set(headings) - set(found.fields.values())


@pytest.mark.parametrize("name", records.ALL)
def test_every_field_is_known_by_the_heading_of_our_spreadsheets(name: str) -> None:
    for field_ in records.ALL[name].fields:
        for heading in (field_.heading.th, field_.heading.en):
            assert map_columns(records.ALL[name], [heading]).fields == {field_.name: heading}


def test_what_a_person_decides_goes_before_what_headings_say() -> None:
    headings = ["ชุมชน", "ลำดับบ้าน", "เลข", "หมายเหตุ"]
    chosen = {"เลข": "household_no", "หมายเหตุ": "-"}
    found = map_columns(records.ALL["household"], headings, (), chosen)
    assert found.fields == {"community": "ชุมชน", "house_seq": "ลำดับบ้าน", "household_no": "เลข"}
    assert found.unmapped == ("หมายเหตุ",)


def test_an_almost_right_heading_is_offered_not_taken() -> None:
    found = map_columns(records.ALL["household"], ["ชุมชน", "จำนวนสมาชิค"])
    assert "people" not in found.fields
    assert found.near == {"จำนวนสมาชิค": ("people",)}


def test_a_column_a_person_left_alone_is_not_asked_about_again() -> None:
    found = map_columns(records.ALL["household"], ["ชุมชน", "จำนวนสมาชิค"], (), {"จำนวนสมาชิค": "-"})
    assert found.near == {} and found.unmapped == ("จำนวนสมาชิค",)


def test_a_heading_of_two_fields_is_asked_never_guessed() -> None:
    own = field(Text(), "โทรศัพท์", "phone", "ติดต่อ", "จำนวนสมาชิก")
    household = records.ALL["household"].with_fields([replace(own, name="phone", custom=True)])
    headings = ["ชุมชน", "จำนวนสมาชิก", "ติดต่อ"]
    found = map_columns(household, headings)
    assert found.fields == {"community": "ชุมชน", "phone": "ติดต่อ"}
    assert found.ambiguous == {"จำนวนสมาชิก": ("people", "phone")} and found.near == {}
    assert found.unmapped == ("จำนวนสมาชิก",)
    chosen = map_columns(household, headings, (), {"จำนวนสมาชิก": "people"})
    assert chosen.ambiguous == {} and chosen.fields["people"] == "จำนวนสมาชิก"
    # What a person says of one field leaves one meaning for the other column.
    other = map_columns(household, headings, (), {"ติดต่อ": "phone"})
    assert other.ambiguous == {} and other.fields["people"] == "จำนวนสมาชิก"


# (type, headings, field to column, columns to choose from, columns beside the one that is used)
OF_ONE_FIELD = [
    # The field's own name goes before other names of it, and that is said.
    ("household", ["จำนวนคน", "จำนวนสมาชิก"], {"people": 1}, [], [0]),
    ("household", ["จำนวนคน", "people", "hh_size"], {"people": 1}, [], [0, 2]),
    ("house", ["ชุมชน", "ชื่อชุมชน"], {"community": 0}, [], [1]),
    # None says it better: a person chooses.
    ("household", ["รายได้", "รายได้ต่อเดือน"], {}, [0, 1], []),
    ("household", ["จำนวนสมาชิก", "people"], {}, [0, 1], []),
    ("household", ["a/จำนวนคน", "b/จำนวนคน"], {}, [0, 1], []),
    # A heading that stands twice is numbered by the reader.
    ("household", ["รายได้", "รายได้ (2)"], {}, [0, 1], []),
    ("house", ["ชุมชน", "ชุมชน (2)"], {"community": 0}, [], [1]),
    # What tells one record from another is never left empty: the earliest name counts, and that is said.
    ("house", ["a/ชุมชน", "b/ชุมชน"], {"community": 0}, [], [1]),
    # Levels of one thing are no rivals.
    ("admin_area", ["ADM1_PCODE", "ADM2_PCODE"], {"code": 1}, [], []),
]  # fmt: skip


@pytest.mark.parametrize(("name", "headings", "fed", "asked", "second"), OF_ONE_FIELD)
def test_of_two_columns_of_one_field_none_is_passed_over_in_silence(
    name: str, headings: list[str], fed: dict[str, int], asked: list[int], second: list[int]
) -> None:
    found = map_columns(records.ALL[name], headings)
    assert found.fields == {field: headings[at] for field, at in fed.items()}
    assert set(found.ambiguous) == {headings[at] for at in asked}
    assert set(found.second) == {headings[at] for at in second}
    assert {*found.ambiguous, *found.second} <= set(found.unmapped) and not found.near
    # One click settles it.
    for column, fields in found.ambiguous.items():
        settled = map_columns(records.ALL[name], headings, (), {column: fields[0]})
        assert settled.fields == {fields[0]: column} and not settled.ambiguous and not settled.second
        assert column not in found.instead_of(column) and found.instead_of(column)


@pytest.mark.parametrize(
    "heading", ["_uuid", "X_uuid", "meta/instanceID", "instanceID", "KEY", "osm_id", "source_id"]
)
def test_the_row_ids_of_other_programs_are_known(heading: str) -> None:
    found = map_columns(records.ALL["facility"], ["name", heading])
    assert found.source_id == heading and heading not in found.unmapped


NONE: dict[int, int] = {}
POINTS, LINES, AREAS = {0: 3}, {1: 3}, {3: 3}
# (file, layer, headings, shapes by shapely type id, type)
GUESSED = [
    ("house.csv", "house", ["ชุมชน", "ลำดับบ้าน"], POINTS, "house"),
    ("บ้าน.csv", "บ้าน", ["ชุมชน", "ลำดับบ้าน"], NONE, "house"),
    ("household.csv", "household", ["ชุมชน", "ลำดับบ้าน"], NONE, "household"),
    ("ครัวเรือน.xlsx", "Sheet1", ["ชุมชน", "บ้านเลขที่", "ชื่อ-สกุล"], NONE, "household"),
    ("สำรวจ.csv", "สำรวจ", ["ชุมชน", "ลำดับบ้าน", "ครัวเรือนที่", "รายได้"], NONE, "household"),
    ("แปลง.geojson", "แปลง", ["แปลงที่", "เนื้อที่"], AREAS, "land_plot"),
    ("ชุมชน.csv", "ชุมชน", ["ชื่อชุมชน", "จำนวนครัวเรือน"], NONE, "community"),
    ("mumbai_slum_clusters.geojson", "mumbai_slum_clusters", ["POLYNO", "CLUSTER"], AREAS, "community"),
    ("Bangkok.kml", "Bangkok", ["ADM2_PCODE", "ADM2_TH", "ADM2_EN"], AREAS, "admin_area"),
    ("thai_districts.csv", "thai_districts", ["id", "name_th", "name_en"], NONE, "admin_area"),
    ("soi.geojson", "soi", ["name", "highway"], LINES, "road"),
    ("โรงเรียน.csv", "โรงเรียน", ["ชื่อสถานที่", "ประเภทสถานที่"], POINTS, "facility"),
    ("poi.csv", "poi", ["name"], POINTS, "facility"),
    # Lines are no houses, whatever the file is called; a few among areas change nothing.
    ("buildings.geojson", "buildings", ["name", "building"], LINES, None),
    ("houses.geojson", "houses", ["ชุมชน", "ลำดับบ้าน"], {3: 2193, 1: 87}, "house"),
    ("แปลง.geojson", "แปลง", ["แปลงที่", "เนื้อที่"], LINES, None),
    # Nothing tells: "points" is no "poi", and a questionnaire about settlements is no settlement.
    ("waypoints.gpx", "track_points", ["name", "desc"], POINTS, None),
    ("settlement_profile_xlsform.xlsx", "survey", ["type", "name", "label"], NONE, None),
    ("data.csv", "data", ["a", "b"], POINTS, None),
    ("data.csv", "data", ["ชุมชน", "ลำดับบ้าน"], POINTS, None),
]  # fmt: skip


@pytest.mark.parametrize(("file", "layer", "headings", "shapes", "wanted"), GUESSED)
def test_the_type_of_a_layer(
    file: str, layer: str, headings: list[str], shapes: dict[int, int], wanted: str | None
) -> None:
    assert guess_type(records.ALL.values(), headings, (), (file, layer), shapes).type == wanted


# What files and sheets are called; None: the columns alone must tell.
NAMED = [
    ("ครัวเรือน.csv", "household"), ("household.csv", "household"), ("Households 2568.xlsx", "household"),
    ("สำรวจครัวเรือน ชุมชนริมคลอง 12.xlsx", "household"), ("ครัวเรือน เขตคลองเตย.csv", "household"),
    ("สมาชิก.csv", "member"), ("สมาชิกครัวเรือน.csv", "member"), ("รายชื่อสมาชิกในครัวเรือน ชุมชนริมคลอง.xlsx", "member"),
    ("household_members.csv", "member"), ("household members.xlsx", "member"), ("roster.csv", "member"),
    ("แปลงที่ดิน.csv", "land_plot"), ("Land plot.csv", "land_plot"), ("land_plots.gpkg", "land_plot"),
    ("แปลงที่ดินชุมชนริมคลอง.xlsx", "land_plot"), ("แปลง.csv", "land_plot"), ("parcels.csv", "land_plot"),
    ("บ้าน.csv", "house"), ("บ้านริมคลอง.csv", "house"), ("บ้านในชุมชน.csv", "house"), ("houses.csv", "house"),
    ("หลังคาเรือน.csv", "house"), ("building footprints.csv", "house"),
    ("ชุมชน.csv", "community"), ("ชุมชนริมคลองลาดพร้าว.csv", "community"), ("ชุมชนบ้านครัว.csv", "community"),
    ("ขอบเขตชุมชน.csv", "community"), ("แนวเขตชุมชน.csv", "community"), ("communities.csv", "community"),
    ("ชุมชนในเขตคลองเตย.csv", "community"), ("slum_clusters.csv", "community"),
    ("ถนนและซอย.csv", "road"), ("ซอย.csv", "road"), ("คลองและทางน้ำ.csv", "canal"), ("khlong.csv", "canal"),
    ("สถานที่สำคัญ.csv", "facility"), ("facilities.csv", "facility"), ("ผังเมืองรวม.csv", "zoning_area"),
    ("Zoning area.csv", "zoning_area"), ("พื้นที่ปกครอง.csv", "admin_area"), ("Administrative area.csv", "admin_area"),
    ("เขตคลองเตย.csv", "admin_area"), ("Sheet1", None), ("data.csv", None), ("แผ่น1", None), ("points.csv", None),
    ("ขอบเขต.csv", None), ("Book1.xlsx", None), ("2026-03-01.gpx", None),
]  # fmt: skip
# Headings that many types have, and the shapes of what a map holds.
COMMON = {
    "household": ["ชุมชน", "ลำดับบ้าน"], "house": ["ชุมชน", "ลำดับบ้าน"], "member": ["ชุมชน", "ลำดับบ้าน", "ชื่อ"],
    "land_plot": ["ชุมชน", "เลขแปลง"], "community": ["ชื่อ", "ชุมชน", "หมายเหตุ"],
}  # fmt: skip


DRAWN = {"road": LINES, "canal": LINES, "facility": POINTS, "zoning_area": AREAS, "admin_area": AREAS}


@pytest.mark.parametrize(("name", "wanted"), NAMED)
def test_a_name_says_what_it_is_about(name: str, wanted: str | None) -> None:
    columns = COMMON.get(str(wanted), ["name", "code", "type"])
    shapes = DRAWN.get(str(wanted), NONE)
    in_file = guess_type(records.ALL.values(), columns, (), (name, "Sheet1"), shapes).type
    on_sheet = guess_type(records.ALL.values(), columns, (), ("data.xlsx", name.split(".")[0]), shapes).type
    assert (in_file, on_sheet) == (wanted, wanted)


# A workbook is called by one thing, a sheet by another.
SHEETS = [
    ("household.xlsx", "member", ["ชุมชน", "ลำดับบ้าน", "ครัวเรือนที่", "ชื่อ"], "member"),
    ("สมาชิก.xlsx", "ครัวเรือน", ["ชุมชน", "ลำดับบ้าน", "ครัวเรือนที่"], "household"),
    ("บ้าน.xlsx", "ครัวเรือน", ["ชุมชน", "ลำดับบ้าน"], "household"),
    ("ครัวเรือน.xlsx", "บ้าน", ["ชุมชน", "ลำดับบ้าน"], "house"),
    # One sheet for each community, each with its households.
    ("ครัวเรือน.xlsx", "ชุมชนริมคลอง", ["ชุมชน", "ลำดับบ้าน", "ครัวเรือนที่"], "household"),
    ("household.xlsx", "ชุมชน", ["ชุมชน", "บ้านเลขที่", "ชื่อ-สกุล"], "household"),
    ("ชุมชนริมคลอง.xlsx", "แปลงที่ดิน", ["ชุมชน", "เลขแปลง"], "land_plot"),
]


@pytest.mark.parametrize(("file", "sheet", "headings", "wanted"), SHEETS)
def test_a_sheet_is_told_by_its_own_name_before_its_files(
    file: str, sheet: str, headings: list[str], wanted: str
) -> None:
    assert guess_type(records.ALL.values(), headings, (), (file, sheet), NONE).type == wanted


def test_a_layer_that_may_be_two_things_names_both() -> None:
    found = guess_type(records.ALL.values(), ["ชุมชน", "ลำดับบ้าน"], (), ("data.csv", "data"), POINTS)
    assert found.type is None and {"house", "household"} <= set(found.candidates)


# What a phone sends has a name and a description at most.
LIKELY = [
    (["name", "desc"], POINTS, ("house", "facility", "community")),
    (["name"], LINES, ("road", "canal", "community", "facility")),
    ([], LINES, ("road", "canal", "facility")),
    (["name"], AREAS, ("land_plot", "house", "canal", "community")),
    (["ชื่อเจ้าของ"], AREAS, ("land_plot", "house", "canal", "facility")),
    (["a", "b"], NONE, ()),
    # A blank form and the list of its choices hold no answers: nothing in them is likely.
    (["type", "name", "label"], NONE, ()),
    (["list name", "name", "label"], NONE, ()),
]  # fmt: skip


@pytest.mark.parametrize(("headings", "shapes", "wanted"), LIKELY)
def test_the_likely_types_follow_from_shapes_and_headings(
    headings: list[str], shapes: dict[int, int], wanted: tuple[str, ...]
) -> None:
    found = guess_type(records.ALL.values(), headings, (), ("2026-03-01.gpx", "tracks"), shapes)
    assert found.type is None and found.candidates == wanted


def test_types_that_no_file_brings_are_never_guessed() -> None:
    found = guess_type(
        records.ALL.values(), ["number", "title", "option", "state"], (), ("land_proposal.csv",), POINTS
    )
    assert found.type != "land_proposal"


def test_a_few_stray_shapes_make_no_type_possible() -> None:
    assert fits("place", {3: 20, 1: 80}) and not fits("place", {3: 19, 1: 81})
    assert fits("course", {1: 3}) and fits(None, {1: 3}) and fits("point", {})


@pytest.mark.parametrize("form", ["formhub/uuid", "formhub_uuid", "formhub.uuid", "X/formhub/uuid"])
@pytest.mark.parametrize("own", ["_uuid", "X_uuid", "meta/instanceID", "meta.instanceID", None])
def test_what_names_the_form_names_no_row(form: str, own: str | None) -> None:
    columns = [form, "community", "house_seq", *([own] if own else [])]
    known_as = {form: ("uuid",), "meta.instanceID": ("instanceID",)}
    found = map_columns(records.ALL["household"], columns, known_as=known_as)
    assert found.source_id == own and form in found.unmapped and not found.near


def test_what_tells_a_plot_is_said_once() -> None:
    said = key_words(records.ALL["land_plot"])
    assert said == words("ชุมชน + เลขแปลงในผัง หรือ เลขที่โฉนด", "community + plot number or deed number")
