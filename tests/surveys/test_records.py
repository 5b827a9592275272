"""The declarations: each record type is complete, says nothing twice, and contradicts nothing."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest

from surveys import lists, records
from surveys.codes import OTHER, Choice, Code
from surveys.fields import Flag, Number, Text
from surveys.intake.mapping import OWN_ID, SOURCE_IDS, map_columns
from surveys.privacy import Privacy
from surveys.record import SHAPE, Field, RecordType, field, record_type
from surveys.shared import LINK
from surveys.store.schema import JSON_COLUMNS, SYSTEM, columns_of
from surveys.words import Words, folded, words

TYPES = records.ALL
EACH = pytest.mark.parametrize("declared", TYPES.values(), ids=list(TYPES))
LISTS: dict[str, tuple[Choice, ...]] = {name: rows for name, rows in vars(lists).items() if name.isupper()}
GEOPACKAGE_TYPES = {"TEXT", "INTEGER", "DOUBLE", "BOOLEAN", "DATE", "DATETIME", "BLOB"}


def test_every_record_type_of_the_design_is_declared() -> None:
    spaces = {"city_network", "admin_area", "community", "house", "land_plot", "road", "canal"}
    wanted = spaces | {"household", "member", "facility", "zoning_area", "land_proposal"}
    assert wanted <= set(TYPES)


@EACH
def test_a_type_says_what_it_is_in_both_languages(declared: RecordType) -> None:
    assert Thai(declared.words.th) and declared.words.en
    assert Thai(declared.unit.th) and declared.unit.en
    assert declared.title and declared.keys and declared.fields


@EACH
def test_a_field_says_what_it_is_and_where_it_stands(declared: RecordType) -> None:
    for told in declared.fields:
        assert Thai(told.words.th) and told.words.en, told.name
        assert told.group is not None, told.name
        assert told.kind.column in GEOPACKAGE_TYPES, told.name


def Thai(text: str) -> bool:  # noqa: N802 - the name of a language
    return any("\u0e00" <= letter <= "\u0e7f" for letter in text)


@EACH
def test_a_heading_means_one_field(declared: RecordType) -> None:
    meant = Counter(heading for told in declared.fields for heading in told.headings)
    assert {heading for heading, fields in meant.items() if fields > 1} == set()


@EACH
def test_no_heading_is_empty_or_a_row_id(declared: RecordType) -> None:
    taken = {"", *(folded(name) for name in SOURCE_IDS)}
    for told in declared.fields:
        assert not taken & set(told.headings), told.name
        assert told.name == OWN_ID or folded(told.name) != OWN_ID


@EACH
def test_every_name_alias_and_label_finds_its_own_field(declared: RecordType) -> None:
    for told in declared.fields:
        for heading in (told.name, told.words.th, told.words.en, *told.aliases, told.words.th + " "):
            assert map_columns(declared, [heading]).fields == {told.name: heading}


@EACH
def test_the_popup_is_short_and_tells_nobody_s_secrets(declared: RecordType) -> None:
    assert len(declared.briefs) <= 8
    assert all(told.privacy <= Privacy.NETWORK for told in declared.briefs)


@EACH
def test_what_a_type_names_it_declares(declared: RecordType) -> None:
    names = set(declared.by_name)
    assert {part for key in declared.keys for part in key} - {SHAPE} <= names
    assert {*declared.title, *declared.colour_by, *declared.rivals} <= names
    assert declared.ordinal is None or declared.ordinal in names
    for check in declared.checks:
        assert {check.field, *check.needs} <= names
    for rule in declared.derived:
        assert {rule.field, *rule.needs} <= names
    for place in declared.place:
        # A link made by hand names the other record by its id.
        assert set(place.on) <= names and (
            place.on == (LINK,) or set(place.on) <= set(TYPES[place.type].by_name)
        )
        assert TYPES[place.type].geometry is not None
    assert SHAPE not in {part for key in declared.keys for part in key} or declared.geometry


@EACH
def test_the_key_of_a_record_tells_no_person(declared: RecordType) -> None:
    """Keys stand in the store in the clear, and in problems: nothing personal may be part of one."""
    named = {part for key in declared.keys for part in key} - {SHAPE}
    assert all(declared.by_name[name].privacy <= Privacy.NETWORK for name in named)


@EACH
def test_a_column_of_the_table_has_one_name(declared: RecordType) -> None:
    columns = [name for name, _ in columns_of(declared)]
    assert len(columns) == len(set(columns))
    own = {told.name for told in declared.fields}
    assert not own & {"fid", "geometry", *(name for name, _ in SYSTEM), *JSON_COLUMNS}


def test_personal_data_is_classed() -> None:
    household, member = TYPES["household"], TYPES["member"]
    secret = {told.name for declared in TYPES.values() for told in declared.fields if told.secret}
    assert secret == {"head_id", "person_id"}
    sensitive = {told.name for told in member.fields if told.privacy is Privacy.SENSITIVE}
    assert sensitive == {"health", "religion"}
    for name in ("head_name", "income", "debt_formal", "savings", "note"):
        assert household.by_name[name].privacy >= Privacy.HOUSEHOLD
    for name in ("name", "surname", "birth_year", "birth_date", "occupation"):
        assert member.by_name[name].privacy >= Privacy.HOUSEHOLD
    assert not household.public and not member.public


def test_a_second_family_never_overwrites_the_first() -> None:
    """The key of a household is community + house sequence + household number, never its house number."""
    assert TYPES["household"].keys[0] == ("community", "house_seq", "household_no")
    assert all("household_no" in key for key in TYPES["household"].keys)
    assert TYPES["household"].ordinal == "household_no"


@pytest.mark.parametrize("name", LISTS)
def test_a_code_list_has_one_meaning_for_each_spelling(name: str) -> None:
    rows = LISTS[name]
    codes = [row.code for row in rows]
    assert len(codes) == len(set(codes)) and OTHER not in codes
    own = [{folded(text) for text in (row.code, row.words.th, row.words.en, *row.aliases)} for row in rows]
    spellings = {text for texts in own for text in texts}
    shared = {text for text, count in Counter(text for texts in own for text in texts).items() if count > 1}
    assert shared == set()
    assert "" not in spellings and folded(OTHER) not in spellings and folded("อื่นๆ") not in spellings


@pytest.mark.parametrize("name", LISTS)
def test_every_spelling_of_a_list_is_read_as_its_code(name: str) -> None:
    kind = Code(choices=LISTS[name])
    for row in LISTS[name]:
        for text in (row.code, row.words.th, row.words.en, *row.aliases):
            assert kind.parse(text).value == row.code
        assert kind.show(row.code, "th") == row.words.th and kind.show(row.code, "en") == row.words.en


# Words of the domain that must be in the lists, by the Thai label.
LABELS = {
    "COMMUNITY_TYPES": "แออัด เมือง ชานเมือง อาคารสูง รูปแบบพิเศษ เคหะชุมชน หมู่บ้านจัดสรร กลุ่มกระจัดกระจาย",
    "EVICTION_STATES": "ไม่มี มีข่าว ได้หนังสือ ถูกฟ้อง มีคำพิพากษา บังคับคดี รื้อบางส่วน รื้อแล้ว",
    "HOUSE_TENURES": "เจ้าของ เช่าซื้อ เช่าบ้าน เช่าห้อง ผู้อาศัย ส่วนหนึ่งของค่าจ้าง",
    "LAND_TENURES": "เจ้าของ เช่าซื้อ เช่ามีสัญญา เช่าไม่มีสัญญา เช่าช่วง เจ้าของให้อยู่ บุกรุกที่รัฐ บุกรุกที่เอกชน",
    "VISIT_RESULTS": "ครบ บางส่วน ไม่พบ ปฏิเสธ บ้านว่าง ย้ายออก เพิ่งย้ายเข้า ซ้ำ",
    "JOINING": "ยังไม่คุย สนใจ ไม่สนใจ ยังไม่ตัดสินใจ เข้าร่วม ถอนตัว คัดค้าน",
    "PROPOSAL_STATES": "ร่าง เห็นชอบ ให้ปรับแก้ ไม่เห็นชอบ",
    "LAND_KINDS": "ราชพัสดุ รฟท. ทรัพย์สินพระมหากษัตริย์ การท่าเรือฯ การเคหะฯ ที่สาธารณประโยชน์ แนวคลอง/แม่น้ำ เขตทางหลวง "
    "ป่าชายเลน ส.ป.ก. อปท. วัด มัสยิด เอกชน ซื้อใหม่",
    "PAPERS": "โฉนด น.ส.3ก น.ส.3 น.ส.2 นสล. ส.ค.1 ส.ป.ก.4-01 ภ.บ.ท.5 สัญญาเช่า หนังสือยินยอม ไม่มี",
}  # fmt: skip


@pytest.mark.parametrize("name", LABELS)
def test_the_words_of_the_field_are_in_the_list(name: str) -> None:
    assert set(LABELS[name].split()) <= {row.words.th for row in LISTS[name]}


def test_a_network_s_own_field_and_choice_make_another_type_and_leave_the_declared_one() -> None:
    house = TYPES["house"]
    own = Field(kind=Flag(), words=words("มีบันได", "has stairs"), name="stairs", custom=True)
    longer = house.with_fields([own])
    assert longer.by_name["stairs"] is own and "stairs" not in house.by_name
    assert longer.stored == house.stored
    other = Field(kind=Text(), words=words("วัสดุ", "material"), name="material")
    assert [told.name for told in house.with_fields([other]).fields] == [told.name for told in house.fields]


WRONG = [
    ({"keys": (("nobody",),)}, "nobody"),
    ({"keys": (("a",),), "title": ("nobody",)}, "nobody"),
    ({"keys": (("a",),), "colour_by": ("nobody",)}, "nobody"),
    ({"keys": (("a",),), "rivals": ("nobody",)}, "nobody"),
]


@pytest.mark.parametrize(("facts", "said"), WRONG)
def test_a_declaration_that_contradicts_itself_is_refused(facts: dict[str, object], said: str) -> None:
    class Wrong:
        a = field(Text(), "ก", "a")

    with pytest.raises(ValueError, match=said):
        record_type("wrong", words("ผิด", "wrong"), unit=words("อัน", "things"), **facts)(Wrong)


def test_nine_brief_fields_are_refused() -> None:
    fields = {f"f{n}": field(Number(), f"ก{n}", f"f{n}", brief=True) for n in range(9)}
    with pytest.raises(ValueError, match="more than 8"):
        record_type("wide", words("กว้าง", "wide"), unit=words("อัน", "things"), keys=(("f0",),))(
            type("W", (), fields)
        )


def test_the_level_and_the_parent_of_an_area_come_from_its_code() -> None:
    rules = {rule.field: rule for rule in TYPES["admin_area"].derived}
    codes = pd.DataFrame({"code": ["10", "1033", "103301"]})
    assert [int(level) for level in rules["level"].value(codes)] == [1, 2, 3]
    assert rules["parent"].value(codes).tolist()[1:] == ["10", "1033"]
    assert rules["parent"].value(codes).isna().tolist() == [True, False, False]


ALIKE = [
    ("ลำดับ ที่", "ลําดับที่", " ลำดับ-ที่."),
    ("House_No", "house no.", "HOUSENO"),
    ("แปลง ๑๒", "แปลง12", "แปลง (12)"),
    ("12/3", "๑๒/๓", "12 / 3", "12-3", "12.3"),
    ("ท.ร.14", "ทร 14", "ทร14"),
    ("C-01", "c 01", "c01"),
    ("1,200", "1200"),
    ("ส.ป.ก.4-01", "สปก 4/01"),
]
APART = [
    # The house numbers of three houses.
    ("12/3", "123", "1/23"),
    ("7/1", "71", "7/11", "7/1/1"),
    ("C1-2", "C12"),
    ("12", "12ก", "12 ข"),
    ("ชุมชน 1", "ชุมชน 11"),
    ("1.5", "15"),
]


@pytest.mark.parametrize("texts", ALIKE)
def test_spellings_of_one_thing_fold_alike(texts: tuple[str, ...]) -> None:
    assert len({folded(text) for text in texts}) == 1


@pytest.mark.parametrize("texts", APART)
def test_numbers_that_differ_stay_apart(texts: tuple[str, ...]) -> None:
    assert len({folded(text) for text in texts}) == len(texts)


def test_words_stand_side_by_side() -> None:
    assert folded("House_No.") == "houseno" and folded(" 12 / ๓ ") == "12/3" and folded("-./") == ""
    assert Words("{n} หลัง", "{n} houses").fill(n=3) == Words("3 หลัง", "3 houses")
    assert Words("ก", "a").of("th") == "ก" and Words("ก", "a").of("en") == "a"
