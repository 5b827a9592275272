"""A network's own fields and choices: added with the values that came before them, refused, retired."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys import custom_fields, custom_values, events, export, networks, records
from surveys.codes import Code
from surveys.custom_fields import NewChoice, NewField, Outcome, Own
from surveys.errors import MankongError, NotAllowed, NotFound, Refused
from surveys.intake import imports
from surveys.privacy import SEALED, Privacy
from surveys.roles import Actor
from surveys.store.custom import CUSTOM_KINDS
from surveys.store.schema import table
from surveys.store.store import Store
from surveys.words import words
from tests.conftest import NETWORK, STEWARD, Intake

RIVER = "ชุมชนริมคลอง"
HEADING = "น้ำท่วม (ซม.)"
FLOOD = NewField("house", "flood_cm", words(HEADING, "flood depth"), "number", words("ซม.", "cm"))
ROOF = NewField("house", "roof", words("หลังคา", "roof"), "code")
BAMBOO = NewChoice("house", "material", "bamboo", words("ไม้ไผ่", "bamboo"), ("ไผ่",))
ID = "1112034563562"


def houses(take: Intake, column: str, *texts: str, name: str = "house.csv") -> dict[str, Any]:
    """Take houses in, numbered from 1, with one more column."""
    rows = [{"ชุมชน": RIVER, "ลำดับบ้าน": str(n), column: text} for n, text in enumerate(texts, 1)]
    return take.rows(rows, name, type="house")


def add(store: Store, new: NewField, network: str = NETWORK) -> Outcome:
    return custom_fields.add_field(store, network, STEWARD, new)


def kept(store: Store, ending: str = "", network: str = NETWORK) -> list[tuple[Any, Any, Any]]:
    """What stands beside the houses of a network, by number: extra, missing, raw."""
    source = table("house" + ending)
    query = sa.select(source.c.extra, source.c.missing, source.c.raw).where(source.c.network == network)
    with store.reading() as connection:
        rows = connection.execute(query.order_by(source.c.house_seq, source.c.version)).all()
    return [tuple(json.loads(text or "{}") for text in row) for row in rows]


def written(store: Store) -> tuple[Any, ...]:
    """Everything that adding or retiring writes to."""
    with store.reading() as connection:
        tables = ("custom_field", "custom_choice", "event", "house", "house_history")
        return (
            store.revision(NETWORK),
            *(connection.execute(sa.select(table(name))).all() for name in tables),
        )


# --- adding a field ---------------------------------------------------------------------------------------


def test_what_an_import_kept_under_the_heading_becomes_the_field_s(take: Intake) -> None:
    houses(take, HEADING, "30", "สามสิบ", "ไม่ทราบ", "๑,๒๐๐", "")
    before = written(take.store)
    seen = custom_fields.look(take.store, NETWORK, STEWARD, FLOOD)
    assert written(take.store) == before, "a look writes nothing"
    done = add(take.store, FLOOD)
    for outcome in (seen, done):
        assert outcome.headings == {HEADING: 4}
        tally = outcome.tally
        assert (tally.records, tally.read, tally.unreadable, tally.other) == (4, 3, 1, 0)
        assert tally.shown() == ["สามสิบ"]
    assert kept(take.store) == [
        ({"flood_cm": 30.0}, {}, {}),
        ({}, {"flood_cm": "unreadable"}, {"flood_cm": "สามสิบ"}),
        ({}, {"flood_cm": "unknown"}, {}),
        ({"flood_cm": 1200.0}, {}, {}),
        ({}, {}, {}),
    ]
    field = take.store.types(NETWORK)["house"].by_name["flood_cm"]
    assert (field.custom, field.privacy, field.group) == (True, Privacy.HOUSEHOLD, None)
    assert field.unit == words("ซม.", "cm") and field.words == words(HEADING, "flood depth")


def test_the_file_it_came_from_then_changes_nothing(take: Intake) -> None:
    texts = ("30", "สามสิบ", "ไม่ทราบ", "๑,๒๐๐", "")
    houses(take, HEADING, *texts)
    add(take.store, FLOOD)
    report = houses(take, HEADING, *texts, name="again.csv")
    assert (report["status"], report["unchanged"], report["unmapped"]) == ("same", 5, [])
    out = take.folder / "house.csv"
    export.write(take.store, NETWORK, "house", out, STEWARD)
    assert take(out)["status"] == "same"


KINDS = [
    # (kind, text under the heading, value, missing, raw)
    ("text", " สี  แดง ", "สี แดง", None, None),
    ("number", "1,200.50 บาท", 1200.5, None, None),
    ("number", "แพง", None, "unreadable", "แพง"),
    ("integer", "๓", 3, None, None),
    ("integer", "3.5", None, "unreadable", "3.5"),
    ("flag", "ไม่มี", False, None, None),
    ("flag", "ไม่แน่ใจ", None, "unknown", None),
    ("day", "21/08/2551", "2008-08-21", None, None),
    ("day", "เมื่อวาน", None, "unreadable", "เมื่อวาน"),
    ("year", "พ.ศ. 2540", 1997, None, None),
    ("area", "1-2-3", 2412.0, None, None),
    ("code", "สังกะสี", "other", None, "สังกะสี"),
    ("codes", "สังกะสี; จาก", '["other"]', None, "สังกะสี; จาก"),
    ("text", "-", None, None, None),
    ("number", "ไม่ตอบ", None, "no_answer", None),
]


@pytest.mark.parametrize(("kind", "text", "value", "missing", "raw"), KINDS)
def test_a_text_is_read_by_the_rule_of_the_kind(
    take: Intake, kind: str, text: str, value: Any, missing: str | None, raw: str | None
) -> None:
    houses(take, "ค่า", text)
    add(take.store, NewField("house", "own", words("ค่า", ""), kind))
    notes = ({"own": value}, {"own": missing}, {"own": raw})
    expected = tuple({k: v for k, v in note.items() if v is not None} for note in notes)
    assert kept(take.store) == [expected]


def test_every_kind_is_read_in_a_test() -> None:
    assert {row[0] for row in KINDS} == set(CUSTOM_KINDS)


LETTERS = st.text("0123456789๑๒๓ .,-/กขคมีไม่ใช่yesno", max_size=12)
CODES = count()


@given(texts=st.lists(LETTERS, min_size=8, max_size=40))
@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_before_or_after_the_import_makes_no_difference(take: Intake, texts: list[str]) -> None:
    number = next(CODES)
    rows = [
        {"ชุมชน": RIVER, "ลำดับบ้าน": str(n), **{f"ค่า {kind}": text for kind in CUSTOM_KINDS}}
        for n, text in enumerate(texts)
    ]
    found = []
    for code, before in ((f"early-{number}", True), (f"late-{number}", False)):
        networks.add(take.store, STEWARD, code, code)
        for come in (before, not before):
            if come:
                for kind in CUSTOM_KINDS:
                    add(take.store, NewField("house", f"own_{kind}", words(f"ค่า {kind}", ""), kind), code)
            else:
                replace(take, network=code).rows(rows, "house.csv", type="house")
        found.append(kept(take.store, network=code))
    assert found[0] == found[1]


def test_an_alias_and_the_last_part_of_a_heading_mean_the_field_too(take: Intake) -> None:
    houses(take, "บ้าน/ระดับน้ำ", "10")
    houses(take, "ท่วมสูง", "20", "30", name="two.csv")
    outcome = add(take.store, replace(FLOOD, aliases=(" ระดับน้ำ ", "ท่วมสูง", "", "ท่วมสูง")))
    assert outcome.headings == {"บ้าน/ระดับน้ำ": 1, "ท่วมสูง": 2}
    # House 1 has both: the more telling one counts, the other is kept as it was.
    assert [extra for extra, _, _ in kept(take.store)] == [
        {"ท่วมสูง": "20", "flood_cm": 10.0},
        {"flood_cm": 30.0},
    ]
    assert outcome.field.aliases == ("ระดับน้ำ", "ท่วมสูง")


def test_a_heading_that_is_the_name_itself_never_stays_unread(take: Intake) -> None:
    houses(take, "Flood_CM", "1")
    houses(take, "flood_cm", "สอง", name="two.csv")
    add(take.store, FLOOD)
    ((extra, missing, raw),) = kept(take.store)
    assert "flood_cm" not in extra and missing == {"flood_cm": "unreadable"} and raw == {"flood_cm": "สอง"}


def test_versions_that_come_back_later_have_the_field_as_well(take: Intake) -> None:
    first = houses(take, HEADING, "30")
    second = houses(take, HEADING, "40", name="second.csv")
    gone = houses(take, HEADING, "-", "50", name="third.csv")
    imports.undo(take.store, gone["import_id"], STEWARD)
    add(take.store, FLOOD)
    assert kept(take.store) == [({"flood_cm": 40.0}, {}, {})]
    imports.undo(take.store, second["import_id"], STEWARD)
    assert kept(take.store) == [({"flood_cm": 30.0}, {}, {})], "the import can still be taken back"
    imports.redo(take.store, gone["import_id"], STEWARD)
    assert ({"flood_cm": 50.0}, {}, {}) in kept(take.store)
    imports.undo(take.store, gone["import_id"], STEWARD)
    imports.undo(take.store, first["import_id"], STEWARD)
    assert kept(take.store) == []


def test_another_network_keeps_its_column_as_it_is(take: Intake) -> None:
    networks.add(take.store, STEWARD, "B", "อีกเมือง")
    houses(replace(take, network="B"), HEADING, "30")
    add(take.store, FLOOD)
    assert kept(take.store, network="B") == [({HEADING: "30"}, {}, {})]
    assert "flood_cm" not in take.store.types("B")["house"].by_name
    add(take.store, FLOOD, "B")
    assert kept(take.store, network="B") == [({"flood_cm": 30.0}, {}, {})]


def test_more_rows_than_one_batch_are_all_read(take: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custom_values, "_BATCH", 3)
    houses(take, HEADING, *(str(n) for n in range(9)))
    assert add(take.store, FLOOD).tally.read == 9
    assert [extra["flood_cm"] for extra, _, _ in kept(take.store)] == [float(n) for n in range(9)]


# --- what is private --------------------------------------------------------------------------------------


def test_national_ids_kept_encrypted_are_opened_to_nobody(take: Intake) -> None:
    houses(take, "บัตรสวัสดิการ", ID)
    card = NewField("house", "card", words("บัตรสวัสดิการ", "card"), "text")
    before = written(take.store)
    with pytest.raises(Refused, match="must be secret"):
        add(take.store, card)
    assert written(take.store) == before
    outcome = add(take.store, replace(card, privacy=Privacy.SECRET))
    ((extra, _, _),) = kept(take.store)
    assert extra["card"].startswith(SEALED) and take.store.vault.open(extra["card"]) == ID
    assert ID not in str(outcome) and outcome.tally.read == 1


def test_what_becomes_secret_is_sealed_in_every_version(take: Intake) -> None:
    houses(take, "บัญชีธนาคาร", "หนึ่งสองสาม")
    houses(take, "บัญชีธนาคาร", "สี่ห้าหก", name="two.csv")
    add(take.store, NewField("house", "account", words("บัญชีธนาคาร", ""), "text", privacy=Privacy.SECRET))
    rows = [*kept(take.store), *kept(take.store, "_history")]
    opened = [take.store.vault.open(extra.pop("account")) for extra, _, _ in rows]
    assert sorted(opened) == ["สี่ห้าหก", "หนึ่งสองสาม"] and all(row == ({}, {}, {}) for row in rows)


def test_a_text_of_a_secret_field_that_cannot_be_read_is_sealed_and_shown_masked(take: Intake) -> None:
    houses(take, "ลับ", "ก" * 4001)
    outcome = add(take.store, NewField("house", "own", words("ลับ", ""), "text", privacy=Privacy.SECRET))
    ((_, missing, raw),) = kept(take.store)
    assert missing == {"own": "unreadable"} and raw["own"].startswith(SEALED)
    assert outcome.tally.shown()[0].startswith("•")


# --- what is refused --------------------------------------------------------------------------------------

REFUSED_FIELDS: dict[str, tuple[dict[str, Any], str]] = {
    "a declared name": ({"name": "material"}, "“material” already means the field “material”"),
    "a declared alias as name": ({"name": "floors"}, "“floors” already means the field “storeys” (storeys)"),
    "a declared Thai heading": ({"words": words("วัสดุ", "x y")}, "“วัสดุ” already means"),
    "a declared heading in other dress": ({"aliases": ("House-No.",)}, "“House-No.” already means"),
    "a declared English heading": ({"words": words("ก", "Storeys")}, "“Storeys” already means"),
    "its own name again": ({"name": "held"}, "already means the field “held words”"),
    "the alias of one of its own": ({"aliases": ("ชื่อเดิม",)}, "already means the field “held words”"),
    "a column of the table": ({"name": "opened_at"}, "uses that word itself"),
    "a name that other programs give": ({"name": "osm_id"}, "uses that word itself"),
    "a coordinate": ({"aliases": ("Lat",)}, "uses that word itself"),
    "our row id": ({"aliases": ("ID",)}, "uses that word itself"),
    "what an export adds": ({"aliases": ("รั้ว (extra)",)}, "uses that word itself"),
    "a heading of nothing but marks": ({"aliases": ("-",)}, "uses that word itself"),
    "a name with capitals": ({"name": "Flood"}, "no name of a field"),
    "a Thai name": ({"name": "น้ำ"}, "no name of a field"),
    "a name that begins with a digit": ({"name": "1st"}, "no name of a field"),
    "a name of 41 letters": ({"name": "a" * 41}, "no name of a field"),
    "no name": ({"name": " "}, "no name of a field"),
    "no Thai words": ({"words": words(" ", "flood")}, "is a text of at most 200"),
    "words of marks": ({"words": words("--", "flood")}, "is a text of at most 200"),
    "endless words": ({"words": words("ก" * 201, "flood")}, "is a text of at most 200"),
    "an endless alias": ({"aliases": ("ก" * 201,)}, "at most 200 letters each"),
    "too many aliases": ({"aliases": tuple(f"a{n}" for n in range(31))}, "At most 30 words"),
    "an unknown kind": ({"kind": "colour"}, "There is no kind “colour”"),
    "an unknown section": ({"group": "money"}, "There is no section “money”"),
    "an unknown type": ({"type": "ship"}, "record type “ship”"),
    "a type that no file brings": ({"type": "land_proposal"}, "record type “land_proposal”"),
    "a unit of a text": ({"kind": "text"}, "Only a number has a unit"),
    "a secret number": ({"privacy": Privacy.SECRET}, "A secret field is a text"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED_FIELDS)
def test_a_field_that_cannot_be_is_refused_in_words(store: Store, case: str) -> None:
    add(store, NewField("house", "held", words("ของเดิม", "held words"), "text", aliases=("ชื่อเดิม",)))
    before = written(store)
    facts, said = REFUSED_FIELDS[case]
    for use_case in (custom_fields.look, custom_fields.add_field):
        with pytest.raises(Refused) as refused:
            use_case(store, NETWORK, STEWARD, replace(FLOOD, **facts))
        assert said in refused.value.said.en and refused.value.said.th
    assert written(store) == before


def test_the_same_name_may_stand_in_another_type(store: Store) -> None:
    for name in custom_fields.OPEN_TYPES:
        add(store, replace(FLOOD, type=name))
    assert all("flood_cm" in store.types(NETWORK)[name].by_name for name in custom_fields.OPEN_TYPES)
    assert {"city_network", "land_proposal"} <= set(records.ALL) - set(custom_fields.OPEN_TYPES)


def test_a_network_that_is_not_there_and_a_role_that_may_not(store: Store) -> None:
    with pytest.raises(NotFound):
        add(store, FLOOD, "NOWHERE")
    surveyor = Actor("ก", "surveyor")
    for use_case in (custom_fields.look, custom_fields.add_field):
        with pytest.raises(NotAllowed, match="planner, steward"):
            use_case(store, NETWORK, surveyor, FLOOD)
    with pytest.raises(NotAllowed):
        custom_fields.add_choice(store, NETWORK, surveyor, BAMBOO)
    with pytest.raises(NotAllowed):
        custom_fields.listed(store, NETWORK, Actor("ก", "public"))
    assert custom_fields.listed(store, NETWORK, surveyor) == []


def test_of_two_people_who_add_the_same_field_at_once_one_is_told(store: Store) -> None:
    def once(_: int) -> str:
        try:
            return add(store, FLOOD).field.name
        except Refused as refused:
            return refused.said.en

    with ThreadPoolExecutor(4) as pool:
        told = sorted(pool.map(once, range(4)))
    assert told.count("flood_cm") == 1 and sum("already means" in text for text in told) == 3


def test_a_field_its_values_and_its_event_stand_or_fall_together(
    take: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    houses(take, HEADING, "30")
    before = written(take.store)

    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(events, "record", broken)
    with pytest.raises(OSError, match="disk full"):
        add(take.store, FLOOD)
    with pytest.raises(OSError, match="disk full"):
        custom_fields.add_choice(take.store, NETWORK, STEWARD, BAMBOO)
    assert written(take.store) == before


def test_the_log_tells_each_step_and_no_value(take: Intake) -> None:
    houses(take, HEADING, "สามสิบลับ")
    revision = take.store.revision(NETWORK)
    add(take.store, FLOOD)
    add(take.store, ROOF)
    custom_fields.add_choice(
        take.store, NETWORK, STEWARD, NewChoice("house", "roof", "zinc", words("สังกะสี", ""))
    )
    for own in (Own("house", "flood_cm"), Own("house", "roof", "zinc")):
        for back in (False, True):
            custom_fields.retire(take.store, NETWORK, STEWARD, own, back=back)
    assert take.store.revision(NETWORK) == revision + 7
    with take.store.reading() as connection:
        told = events.recent(connection, NETWORK, 7)
    assert [(one["action"], one["subject"]) for one in reversed(told)] == [
        ("field_added", "house.flood_cm"), ("field_added", "house.roof"), ("choice_added", "house.roof=zinc"),
        ("field_retired", "house.flood_cm"), ("field_brought_back", "house.flood_cm"),
        ("choice_retired", "house.roof=zinc"), ("choice_brought_back", "house.roof=zinc"),
    ]  # fmt: skip
    assert {one["action"] for one in told} <= set(events.ACTIONS) and {one["actor"] for one in told} == {
        STEWARD.name
    }
    first = told[-1]["detail"]
    assert (first["records"], first["unread"], first["headings"]) == (1, 1, [HEADING])
    assert "สามสิบลับ" not in json.dumps(told, ensure_ascii=False)


# --- choices ----------------------------------------------------------------------------------------------


def test_records_that_said_so_under_other_have_the_choice(take: Intake) -> None:
    report = houses(take, "วัสดุ", "ไม้ไผ่", "ไม้", "ไผ่", "ดินเผา", "")
    houses(take, "วัสดุ", "ไม้ไผ่", "ไม้ไผ่", name="two.csv")
    assert custom_fields.add_choice(take.store, NETWORK, STEWARD, BAMBOO) == 3
    frame = take.store.read(NETWORK, "house").sort_values("house_seq")
    assert frame["material"].fillna("").tolist() == ["bamboo", "bamboo", "bamboo", "other", ""]
    assert [raw for _, _, raw in kept(take.store)] == [{}, {}, {}, {"material": "ดินเผา"}, {}]
    again = houses(take, "วัสดุ", "ไม้ไผ่", "ไม้ไผ่", "ไผ่", "ดินเผา", "", name="three.csv")
    assert (again["status"], again["problem_counts"]["choice_unknown"]) == ("same", 1)
    assert take.store.read("KT", "house")["version"].max() == 2, "no new version: only the reading is new"
    assert report["problem_counts"]["choice_unknown"] == 3


def test_choices_of_a_field_of_its_own_are_read_one_by_one(take: Intake) -> None:
    houses(take, "หลังคา", "สังกะสี; จาก", "จาก", "ฟาง")
    add(take.store, replace(ROOF, kind="codes"))
    choices = {"zinc": "สังกะสี", "palm": "จาก"}
    found = [
        custom_fields.add_choice(
            take.store, NETWORK, STEWARD, NewChoice("house", "roof", code, words(th, ""))
        )
        for code, th in choices.items()
    ]
    assert found == [1, 2]
    assert kept(take.store) == [
        ({"roof": '["zinc", "palm"]'}, {}, {}), ({"roof": '["palm"]'}, {}, {}),
        ({"roof": '["other"]'}, {}, {"roof": "ฟาง"}),
    ]  # fmt: skip
    kind = take.store.types(NETWORK)["house"].by_name["roof"].kind
    assert isinstance(kind, Code) and kind.label("palm") == words("จาก", "palm")
    (told,) = custom_fields.listed(take.store, NETWORK, STEWARD)
    assert [(own.choice.code, own.records) for own in told.choices] == [("zinc", 1), ("palm", 2)]
    assert [(own.field.name, own.records) for own in told.fields] == [("roof", 3)]
    assert houses(take, "หลังคา", "สังกะสี; จาก", "จาก", "ฟาง", name="again.csv")["status"] == "same"


def test_a_closed_version_has_the_choice_when_it_comes_back(take: Intake) -> None:
    houses(take, "วัสดุ", "ไม้ไผ่")
    second = houses(take, "วัสดุ", "ไม้", name="two.csv")
    assert custom_fields.add_choice(take.store, NETWORK, STEWARD, BAMBOO) == 0
    imports.undo(take.store, second["import_id"], STEWARD)
    assert take.store.read(NETWORK, "house")["material"].tolist() == ["bamboo"]


REFUSED_CHOICES: dict[str, tuple[dict[str, Any], type[MankongError], str]] = {
    "a declared code": ({"code": "wood"}, Refused, "“wood” already means the choice “wood”"),
    "a code of its own": ({"code": "held"}, Refused, "“held” already means the choice"),
    "other": ({"code": "other"}, Refused, "“other” already means"),
    "a declared label": ({"words": words("ไม้", "timber")}, Refused, "“ไม้” already means the choice “wood”"),
    "a declared spelling": ({"aliases": ("ปูน",)}, Refused, "“ปูน” already means the choice “masonry”"),
    "a spelling of its own": ({"aliases": ("เดิม",)}, Refused, "“เดิม” already means"),
    "อื่น ๆ": ({"words": words("อื่น ๆ", "rest")}, Refused, "already means the choice “other”"),
    "a missing answer": ({"words": words("ไม่ทราบ", "not known")}, Refused, "counted apart"),
    "a blank": ({"aliases": ("-",)}, Refused, "counted apart"),
    "no Thai words": ({"words": words("", "bamboo")}, Refused, "a text of at most 200"),
    "a code with capitals": ({"code": "Bamboo"}, Refused, "is no code"),
    "no code": ({"code": ""}, Refused, "is no code"),
    "a field without a list": ({"field": "rooms_let"}, Refused, "has no list of choices"),
    "a field that is not there": ({"field": "roof"}, NotFound, "has no field “roof”"),
    "a type that no file brings": ({"type": "land_proposal", "field": "option"}, Refused, "type “land_proposal”"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED_CHOICES)
def test_a_choice_that_cannot_be_is_refused_in_words(store: Store, case: str) -> None:
    held = replace(BAMBOO, code="held", words=words("ของเดิม", "held"), aliases=("เดิม",))
    custom_fields.add_choice(store, NETWORK, STEWARD, held)
    custom_fields.retire(store, NETWORK, STEWARD, Own("house", "material", "held"))
    before = written(store)
    facts, kind, said = REFUSED_CHOICES[case]
    with pytest.raises(kind) as refused:
        custom_fields.add_choice(store, NETWORK, STEWARD, replace(BAMBOO, **facts))
    assert said in refused.value.said.en and refused.value.said.th
    assert written(store) == before


def test_a_list_may_have_none_for_a_choice(take: Intake) -> None:
    houses(take, "หลังคา", "ไม่มี")
    add(take.store, ROOF)
    none = NewChoice("house", "roof", "none", words("ไม่มี", "none"))
    assert custom_fields.add_choice(take.store, NETWORK, STEWARD, none) == 1


# --- retiring ---------------------------------------------------------------------------------------------


def test_a_retired_field_keeps_its_values_and_its_name(take: Intake) -> None:
    houses(take, HEADING, "30")
    add(take.store, FLOOD)
    custom_fields.retire(take.store, NETWORK, STEWARD, Own("house", "flood_cm"))
    assert take.store.types(NETWORK)["house"].by_name["flood_cm"].retired
    with pytest.raises(Refused, match="retired; it can be brought back"):
        add(take.store, FLOOD)
    report = houses(take, HEADING, "30", "40", name="two.csv")
    assert (report["new"], report["unchanged"], report["unmapped"]) == (1, 1, [])
    out = take.folder / "house.csv"
    export.write(take.store, NETWORK, "house", out, STEWARD)
    assert "flood_cm" in out.read_text("utf-8-sig").splitlines()[0]
    (told,) = custom_fields.listed(take.store, NETWORK, STEWARD)
    assert (told.fields[0].field.retired, told.fields[0].records) == (True, 2)


def test_a_retired_choice_is_read_but_not_offered(take: Intake) -> None:
    custom_fields.add_choice(take.store, NETWORK, STEWARD, BAMBOO)
    own = Own("house", "material", "bamboo")
    custom_fields.retire(take.store, NETWORK, STEWARD, own)
    assert "bamboo" not in take.store.types(NETWORK)["house"].by_name["material"].kind.rule.en
    houses(take, "วัสดุ", "ไผ่")
    (told,) = custom_fields.listed(take.store, NETWORK, STEWARD)
    assert (told.choices[0].choice.retired, told.choices[0].records) == (True, 1)
    custom_fields.retire(take.store, NETWORK, STEWARD, own, back=True)
    assert "bamboo" in take.store.types(NETWORK)["house"].by_name["material"].kind.rule.en


NOT_RETIRED: list[tuple[Own, bool, type[MankongError], str]] = [
    (Own("house", "flood_cm"), True, Refused, "is in use"),
    (Own("house", "roof"), False, Refused, "is retired already"),
    (Own("house", "material"), False, Refused, "the program's"),
    (Own("house", "material", "wood"), False, Refused, "the program's"),
    (Own("house", "material", "gold"), False, NotFound, "has no choice “gold”"),
    (Own("house", "colour"), False, NotFound, "has no field “colour”"),
    (Own("ship", "colour"), False, Refused, "record type “ship”"),
]


@pytest.mark.parametrize(("own", "back", "kind", "said"), NOT_RETIRED)
def test_what_cannot_be_retired_is_said(
    store: Store, own: Own, back: bool, kind: type[MankongError], said: str
) -> None:
    add(store, FLOOD)
    add(store, ROOF)
    custom_fields.retire(store, NETWORK, STEWARD, Own("house", "roof"))
    before = written(store)
    with pytest.raises(kind) as refused:
        custom_fields.retire(store, NETWORK, STEWARD, own, back=back)
    assert said in refused.value.said.en and refused.value.said.th
    assert written(store) == before


def test_an_older_store_gets_the_columns_of_own_fields(store_path: Path) -> None:
    store = Store.open(store_path)
    with store.writing() as connection:
        for column in ("unit_th", "unit_en", "section", "retired"):
            connection.exec_driver_sql(f"ALTER TABLE custom_field DROP COLUMN {column}")
        row = {
            "network": NETWORK,
            "type": "house",
            "name": "fence",
            "th": "รั้ว",
            "en": "fence",
            "kind": "text",
        }
        names = ", ".join(row)
        connection.exec_driver_sql(
            f"INSERT INTO custom_field ({names}, privacy, aliases) VALUES (?, ?, ?, ?, ?, ?, 1, '[]')",
            tuple(row.values()),
        )
        connection.exec_driver_sql("DROP TABLE custom_choice")
    store.close()
    store = Store.open(store_path)
    field = store.types(NETWORK)["house"].by_name["fence"]
    assert (field.retired, field.unit, field.group) == (False, None, None)
    add(store, replace(FLOOD, group="building"))
    found = store.types(NETWORK)["house"].by_name["flood_cm"].group
    assert found is records.ALL["house"].by_name["material"].group
    assert custom_fields.add_choice(store, NETWORK, STEWARD, BAMBOO) == 0
    store.close()
