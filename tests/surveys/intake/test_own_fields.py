"""A network's own fields in files that come again: laid over what is here as declared fields are."""

from __future__ import annotations

import csv
import json
from itertools import count
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys import custom_fields, export
from surveys.custom_fields import NewField
from surveys.privacy import SEALED, Privacy
from surveys.words import words
from tests.conftest import NETWORK, STEWARD, Intake

ROOMS = NewField("house", "own_rooms", words("ห้องของเรา", ""), "integer")
DECLARED = "rooms_let"
CARD = NewField("house", "card", words("บัตร", ""), "text")
ID = "1112034563562"
NUMBERS = count(1)

TEXTS = ["3", "12", "สาม", "ครึ่ง", "ไม่ทราบ", "ไม่ตอบ", "", "-"]
STORIES = [
    ["สาม", "3"],
    ["3", "สาม"],
    ["3", "ไม่ทราบ"],
    ["3", "ไม่ทราบ", "12"],
    ["ไม่ตอบ", "สาม"],
    ["สาม", "ไม่ทราบ", ""],
    ["3", "", "-"],
    ["สาม", "ครึ่ง", "3", "สาม"],
]


@pytest.fixture
def own(take: Intake) -> Intake:
    """Takes files into a network with a field of its own."""
    custom_fields.add_field(take.store, NETWORK, STEWARD, ROOMS)
    return take


def told(take: Intake, number: str) -> list[tuple[Any, Any, Any]]:
    """What a house says in the field that is declared and in the network's own: value, missing, raw."""
    frame = take.store.read(NETWORK, "house")
    row = frame[frame["house_seq"] == number].iloc[0]
    extra, missing, raw = (
        json.loads(row[name]) if isinstance(row[name], str) else {} for name in ("extra", "missing", "raw")
    )
    values = {
        DECLARED: None if pd.isna(row[DECLARED]) else int(row[DECLARED]),
        ROOMS.name: extra.get(ROOMS.name),
    }
    return [(value, missing.get(name), raw.get(name)) for name, value in values.items()]


def follow(take: Intake, texts: list[str]) -> None:
    """Send one house again and again; after each file the two fields must say the same."""
    number = str(next(NUMBERS))
    for text in texts:
        row = {"ชุมชน": "ริมคลอง", "ลำดับบ้าน": number, "ห้องให้เช่า": text, "ห้องของเรา": text}
        report = take.rows([row], f"house-{next(NUMBERS)}.csv", type="house")
        assert report["unmapped"] == []
        declared, own = told(take, number)
        assert own == declared, (texts, text)


@pytest.mark.parametrize("texts", STORIES, ids=" > ".join)
def test_it_follows_file_after_file_as_a_declared_field_does(own: Intake, texts: list[str]) -> None:
    follow(own, texts)


@given(texts=st.lists(st.sampled_from(TEXTS), min_size=2, max_size=5))
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_so_it_does_whatever_is_sent(own: Intake, texts: list[str]) -> None:
    follow(own, texts)


def test_an_export_has_the_value_that_was_mended(own: Intake) -> None:
    for text in ("สาม", "3"):
        own.rows([{"ชุมชน": "ริมคลอง", "ลำดับบ้าน": "1", "ห้องของเรา": text}], f"{text}.csv", type="house")
    out = own.folder / "house.csv"
    export.write(own.store, NETWORK, "house", out, STEWARD)
    with out.open(encoding="utf-8-sig", newline="") as file:
        assert [row["own_rooms"] for row in csv.DictReader(file)] == ["3"]


def extras(take: Intake) -> list[dict[str, Any]]:
    frame = take.store.read(NETWORK, "house").sort_values("house_seq")
    return [json.loads(text) if isinstance(text, str) else {} for text in frame["extra"]]


def test_a_column_left_unmapped_is_not_taken_for_the_field_of_its_name(own: Intake) -> None:
    row = {"ชุมชน": "ริมคลอง", "ลำดับบ้าน": "1", "own_rooms": "มาก"}
    report = own.rows([row], "house.csv", type="house", columns={"own_rooms": "-"})
    assert report["unmapped"] == ["own_rooms"]
    assert extras(own) == [{"own_rooms (extra)": "มาก"}]
    out = own.folder / "house.csv"
    export.write(own.store, NETWORK, "house", out, STEWARD)
    assert own(out, type="house")["unchanged"] == 1 and extras(own) == [{"own_rooms (extra)": "มาก"}]


def test_national_ids_stay_encrypted_in_a_field_that_is_not_secret(take: Intake) -> None:
    custom_fields.add_field(take.store, NETWORK, STEWARD, CARD)
    for heading in ("บัตร", "card"):
        rows = [{"ชุมชน": "ริมคลอง", "ลำดับบ้าน": str(n), heading: text} for n, text in enumerate([ID, "ไม่มี"])]
        report = take.rows(rows, f"{heading}.csv", type="house")
        assert report["problem_counts"]["secret_column"] == 1
    for row in extras(take):
        assert "card" not in row and all(text.startswith(SEALED) for text in row.values())
    take.store.checkpoint()
    assert ID.encode() not in take.store.path.read_bytes()


def test_a_secret_field_takes_them(take: Intake) -> None:
    secret = NewField("house", "card", words("บัตร", ""), "text", privacy=Privacy.SECRET)
    custom_fields.add_field(take.store, NETWORK, STEWARD, secret)
    report = take.rows([{"ชุมชน": "ริมคลอง", "ลำดับบ้าน": "1", "บัตร": ID}], "house.csv", type="house")
    assert "secret_column" not in report["problem_counts"]
    (row,) = extras(take)
    assert take.store.vault.open(row["card"]) == ID


def test_a_secret_value_that_changes_is_changed_and_one_that_does_not_is_no_change(take: Intake) -> None:
    secret = NewField("house", "account", words("บัญชี", ""), "text", privacy=Privacy.SECRET)
    custom_fields.add_field(take.store, NETWORK, STEWARD, secret)
    other = "3100602445641"
    for name, account, card, updated in (
        ("one", "111", ID, 0), ("two", "111", ID, 0), ("three", "222", ID, 1), ("four", "222", other, 1),
    ):  # fmt: skip
        row = {"ชุมชน": "ริมคลอง", "ลำดับบ้าน": "1", "บัญชี": account, "เลขบัตรอื่น": card, "ครั้งที่": ""}
        report = take.rows([row], f"{name}.csv", type="house")
        assert report["updated"] == updated, name
        ((account_kept, card_kept),) = [(one["account"], one["เลขบัตรอื่น"]) for one in extras(take)]
        assert (take.store.vault.open(account_kept), take.store.vault.open(card_kept)) == (account, card)


def test_national_ids_stay_encrypted_in_columns_of_free_texts(take: Intake) -> None:
    rows = [{"ชุมชน": "ริมคลอง", "ลำดับบ้าน": "1", "ครัวเรือนที่": "1", "หมายเหตุ": ID, "ชื่อหัวหน้าครัวเรือน": "สมชาย"}]
    report = take.rows(rows, "household.csv")
    assert report["problem_counts"]["secret_column"] == 1
    (kept,) = take.store.read_table(NETWORK, "household").to_pylist()
    assert (kept["note"], kept["head_name"]) == (None, "สมชาย")
    assert take.store.vault.open(json.loads(kept["extra"])["หมายเหตุ"]) == ID


def test_a_first_row_that_is_a_record_is_no_heading(take: Intake) -> None:
    file = take.folder / "household.csv"
    file.write_text(f"ริมคลอง,1,1,{ID},สมชาย\nริมคลอง,2,1,3101200034562,สมหญิง\n", encoding="utf-8")
    report = take(file, type="household")
    assert (report["status"], report["problem_counts"]) == ("refused", {"headings_missing": 1})
    assert ID not in json.dumps(report)


def test_no_problem_repeats_a_national_id(take: Intake) -> None:
    cells = ((ID, "1", ""), ("ก", ID, "2"), ("ก", ID, "3"))
    rows = [{"ชุมชน": a, "ลำดับบ้าน": b, "ครัวเรือนที่": "1", "จำนวนสมาชิก": c} for a, b, c in cells]
    report = take.rows(rows, "household.csv")
    assert {"community_unknown", "key_repeated"} <= report["problem_counts"].keys()
    assert ID not in json.dumps(report["problems"])
