"""Correcting a record by hand: read as a cell is, refused where a file would be warned of, taken back."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from surveys import edit
from surveys.city import returns
from surveys.communities import create
from surveys.edit import Correction, correct
from surveys.edit_values import Unreadable
from surveys.errors import MankongError, NotAllowed, NotFound, Outdated, Refused
from surveys.roles import Actor
from surveys.store.store import Store
from tests.conftest import NETWORK, STEWARD, Intake

PERSON = "1112034563562"


@pytest.fixture
def household(take: Intake) -> dict[str, Any]:
    """Two families of one house; the first is given."""
    take.rows(
        [
            {"ชุมชน": "ริมคลอง", "ลำดับบ้าน": 1, "ครัวเรือนที่": n, "ชื่อหัวหน้าครัวเรือน": f"คน {n}", "จำนวนสมาชิก": "ไม่ทราบ",
             "รายได้ครัวเรือน": "หมื่นกว่า", "เลขบัตรประชาชน": PERSON if n == 1 else "", "แมว": n}
            for n in (1, 2)
        ],
        "household.csv",
    )  # fmt: skip
    return row(take.store)


def row(store: Store, number: int = 1) -> dict[str, Any]:
    """The current version of a household of house 1."""
    rows = store.read_table(NETWORK, "household").to_pylist()
    return next(r for r in rows if r["household_no"] == str(number))


def correction(of: dict[str, Any], reason: str = "แก้ในเวทีคืนข้อมูล", **values: str) -> Correction:
    return Correction("household", of["id"], of["version"], values, reason)


@pytest.mark.parametrize(
    ("values", "now", "missing"),
    [
        ({"people": "๔"}, {"people": 4}, {}),
        ({"people": ""}, {"people": None}, {}),
        ({"people": "ไม่ตอบ"}, {"people": None}, {"people": "no_answer"}),
        ({"income": "12,500"}, {"income": 12500}, {"people": "unknown"}),
        ({"visit_date": "21 ส.ค. 2551"}, {"visit_date": "2008-08-21"}, {"people": "unknown"}),
        ({"land_tenure": "เช่าไม่มีสัญญา"}, {"land_tenure": "lease_oral"}, {"people": "unknown"}),
    ],
)
def test_a_text_is_read_as_a_cell_of_its_field(
    store: Store,
    household: dict[str, Any],
    values: dict[str, str],
    now: dict[str, Any],
    missing: dict[str, str],
) -> None:
    done = correct(store, NETWORK, STEWARD, correction(household, **values))
    after = row(store)
    assert done.fields == tuple(values) and after["version"] == household["version"] + 1
    assert {name: after[name] for name in now} == now
    kept = json.loads(after["missing"] or "{}")
    assert {k: v for k, v in kept.items() if k not in ("income",)} == missing
    # A value that is known has no unread text beside it.
    assert ("income" in json.loads(after["raw"] or "{}")) == ("income" not in values)
    assert json.loads(after["extra"]) == {"แมว": "1"}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"people": "สี่"}, "จำนวนสมาชิก"),
        ({"land_tenure": "อยู่เฉย ๆ"}, "สถานะการอยู่บนที่ดิน"),
        ({"visit_date": "31 ก.พ. 2551"}, "วันที่สำรวจ"),
        ({"head_id": "1112034563563"}, "เลขประจำตัวหัวหน้าครัวเรือน"),
        ({"nonsense": "1"}, "nonsense"),
        ({"household_no": "2"}, "อยู่แล้ว"),
    ],
)
def test_what_a_file_would_be_warned_of_is_refused(
    store: Store, household: dict[str, Any], values: dict[str, str], said: str
) -> None:
    with pytest.raises(Refused, match=said):
        correct(store, NETWORK, STEWARD, correction(household, **values))
    assert row(store) == household


SURVEYOR = Actor("demo:surveyor", "surveyor")


def test_every_text_that_cannot_be_read_is_told_with_what_was_typed(
    store: Store, household: dict[str, Any]
) -> None:
    wrong = {"people": "หก", "income": "9" * 200, "head_id": "1112034563563", "note": "ดี"}
    with pytest.raises(Unreadable) as refused:
        correct(store, NETWORK, STEWARD, correction(household, **wrong))
    told = refused.value.by_field
    assert set(told) == {"people", "income", "head_id"} and "“หก”" in told["people"].th
    assert "9" * 81 not in told["income"].th and "1112034563563" not in str(refused.value)


def test_a_field_that_is_closed_is_neither_written_nor_guessed(take: Intake) -> None:
    take.rows(
        [{"ชุมชน": "ก", "ลำดับบ้าน": 1, "ครัวเรือนที่": 1, "สมาชิกลำดับที่": 1, "ศาสนา": "อิสลาม"}],
        "m.csv",
        type="member",
    )
    (before,) = take.store.read_table(NETWORK, "member").to_pylist()
    for guess in ("อิสลาม", "พุทธ", ""):
        with pytest.raises(Refused, match="no field religion"):
            asked = Correction("member", before["id"], 1, {"religion": guess}, "เดา")
            correct(take.store, NETWORK, SURVEYOR, asked)
    assert take.store.read_table(NETWORK, "member").to_pylist() == [before]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"meeting": "nonsense<script>"}, "community_return"),
        ({"values": {"linked_to": "nowhere"}}, "house"),
        ({"values": {"linked_to": "0" * 32, "people": "4"}}, "house"),
    ],
)
def test_what_a_correction_names_must_be_there(
    store: Store, household: dict[str, Any], more: dict[str, Any], said: str
) -> None:
    asked = Correction(**(vars(correction(household, people="3")) | more))
    with pytest.raises(NotFound, match=said):
        correct(store, NETWORK, STEWARD, asked)
    if "meeting" in more:
        with pytest.raises(NotFound, match=said):
            edit.end(store, NETWORK, STEWARD, asked)
    assert row(store) == household


def test_a_secret_stays_sealed_and_is_matched_by_its_digest(store: Store, household: dict[str, Any]) -> None:
    done = correct(store, NETWORK, STEWARD, correction(household, head_id=PERSON))
    assert done == edit.Done(0)
    other = row(store, 2)
    correct(store, NETWORK, STEWARD, correction(other, head_id=PERSON))
    after = row(store, 2)
    assert PERSON not in json.dumps(after, default=str) and store.vault.open(after["head_id"]) == PERSON
    assert after["head_id_digest"] == household["head_id_digest"]


def test_a_corrected_number_becomes_the_key(take: Intake, household: dict[str, Any]) -> None:
    correct(take.store, NETWORK, STEWARD, correction(household, house_seq="๗", household_no="1"))
    report = take.rows([{"ชุมชน": "ริมคลอง", "ลำดับบ้าน": 7, "ครัวเรือนที่": 1, "จำนวนสมาชิก": 3}], "household.csv")
    assert (report["new"], report["updated"]) == (0, 1)
    rows = take.store.read_table(NETWORK, "household").to_pylist()
    assert {r["id"] for r in rows if r["house_seq"] == "7"} == {household["id"]}


@pytest.mark.parametrize(
    ("actor", "changes", "error"),
    [
        (Actor("ก", "secretary"), {}, NotAllowed),
        (STEWARD, {"id": "0" * 32}, NotFound),
        (STEWARD, {"version": 7}, Outdated),
        (STEWARD, {"reason": "  "}, Refused),
        (STEWARD, {"type": "land_proposal"}, Refused),
        (STEWARD, {"type": "sqlite_master"}, Refused),
    ],
)
def test_what_is_not_to_be_is_refused(
    store: Store, household: dict[str, Any], actor: Actor, changes: dict[str, Any], error: type[MankongError]
) -> None:
    asked = vars(correction(household, people="3")) | changes
    for act in (correct, edit.end):
        with pytest.raises(error):
            act(store, NETWORK, actor, Correction(**asked))
    assert row(store) == household


def test_a_correction_and_an_ending_are_taken_back(store: Store, household: dict[str, Any]) -> None:
    done = correct(store, NETWORK, STEWARD, correction(household, people="3"))
    edit.take_back(store, NETWORK, STEWARD, done.change)
    assert row(store) == household
    with pytest.raises(Refused):
        edit.take_back(store, NETWORK, STEWARD, done.change)
    ended = edit.end(store, NETWORK, STEWARD, correction(household, "ย้ายออกแล้ว ยืนยันโดยประธานชุมชน"))
    assert store.counts(NETWORK)["household"] == 1
    history = store.history(NETWORK, "household", household["id"])
    assert ended.change in {version["closed_by"] for version in history}
    edit.take_back(store, NETWORK, STEWARD, ended.change)
    assert row(store) == household
    with pytest.raises(NotFound):
        edit.take_back(store, NETWORK, STEWARD, household["opened_by"])


def test_an_ending_is_not_taken_back_while_another_has_the_number(
    take: Intake, household: dict[str, Any]
) -> None:
    """It was said to be done, and nothing was."""
    ended = edit.end(take.store, NETWORK, STEWARD, correction(household, "ย้ายออก"))
    # Another list says its community otherwise.
    take.rows(
        [{"ชุมชน": "ริม คลอง", "ลำดับบ้าน": 1, "ครัวเรือนที่": 1, "ชื่อหัวหน้าครัวเรือน": "คนใหม่"}],
        "ใหม่.csv",
        type="household",
    )
    before = take.store.read_table(NETWORK, "household").to_pylist()
    with pytest.raises(Refused, match=r"“ลำดับบ้านในผัง 1 ครัวเรือนที่ 1 \(คนใหม่\)” ใช้เลขนี้อยู่แล้ว"):
        edit.take_back(take.store, NETWORK, STEWARD, ended.change)
    assert take.store.read_table(NETWORK, "household").to_pylist() == before
    newcomer = row(take.store)
    correct(take.store, NETWORK, STEWARD, correction(newcomer, household_no="9"))
    edit.take_back(take.store, NETWORK, STEWARD, ended.change)
    assert row(take.store) == household


def test_what_was_changed_since_is_taken_back_from_the_latest_on(
    store: Store, household: dict[str, Any]
) -> None:
    first = correct(store, NETWORK, STEWARD, correction(household, people="3"))
    second = correct(store, NETWORK, STEWARD, correction(row(store), income="9000"))
    before = row(store)
    with pytest.raises(Refused, match="มีการแก้ไขหลังจากนี้"):
        edit.take_back(store, NETWORK, STEWARD, first.change)
    assert row(store) == before
    for done in (second, first):
        edit.take_back(store, NETWORK, STEWARD, done.change)
    assert row(store) == household


def test_one_of_two_that_share_a_number_is_brought_back_to_it(
    take: Intake, household: dict[str, Any]
) -> None:
    other = {"ชุมชน": "ริมคลอง", "ลำดับบ้าน": 1, "ครัวเรือนที่": 1, "ชื่อหัวหน้าครัวเรือน": "เพชร ดี"}
    take.rows([other | {"เลขบัตรประชาชน": "3101200034562"}], "อีกบัญชี.csv", type="household")
    for act, values in ((edit.end, {}), (correct, {"household_no": "7"})):
        change = act(take.store, NETWORK, STEWARD, correction(household, **values))
        edit.take_back(take.store, NETWORK, STEWARD, change.change)
        here = take.store.read_table(NETWORK, "household").to_pylist()
        assert len(here) == 3 and household in here


def test_a_record_ended_comes_back_with_no_undone_or_redone_import(
    take: Intake, household: dict[str, Any]
) -> None:
    from surveys.intake import imports

    edit.end(take.store, NETWORK, STEWARD, correction(household, "ย้ายออก"))
    (taken,) = imports.history(take.store, NETWORK, STEWARD)
    imports.undo(take.store, taken["import_id"], STEWARD)
    imports.redo(take.store, taken["import_id"], STEWARD)
    assert {r["household_no"] for r in take.store.read_table(NETWORK, "household").to_pylist()} == {"2"}


def test_what_a_meeting_corrected_is_listed(store: Store, household: dict[str, Any]) -> None:
    community = create(store, NETWORK, STEWARD, "ริมคลอง")
    meeting = returns.hold(store, NETWORK, STEWARD, returns.Meeting(community, date(2025, 8, 1), "", 4))["id"]
    asked = vars(correction(household, people="3")) | {"meeting": meeting}
    correct(store, NETWORK, STEWARD, Correction(**asked))
    correct(store, NETWORK, STEWARD, correction(row(store), people="4"))
    found = edit.made_in(store, NETWORK, meeting, STEWARD)
    assert [(one["record"], one["fields"], one["reason"]) for one in found] == [
        (household["id"], ["people"], "แก้ในเวทีคืนข้อมูล")
    ]


def test_households_that_share_a_number_are_corrected_one_by_one(
    take: Intake, household: dict[str, Any]
) -> None:
    """Two persons said to live in one house under one number: each is corrected, neither takes a third's number."""
    other = {"ชุมชน": "ริมคลอง", "ลำดับบ้าน": 1, "ครัวเรือนที่": 1, "ชื่อหัวหน้าครัวเรือน": "เพชร ดี"}
    take.rows([other | {"เลขบัตรประชาชน": "3101200034562"}], "อีกบัญชี.csv", type="household")
    here = take.store.read_table(NETWORK, "household").to_pylist()
    both = [one for one in here if one["key"] == household["key"]]
    assert len(both) == 2
    for one in both:
        assert correct(take.store, NETWORK, STEWARD, correction(one, people="3")).fields == ("people",)
    second = next(one for one in here if one["household_no"] == "2")
    with pytest.raises(Refused, match="already"):
        correct(take.store, NETWORK, STEWARD, correction(second, household_no="1"))
