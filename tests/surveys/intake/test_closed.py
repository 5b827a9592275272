"""Records that a person ended, or decided to be doubles, do not come back by themselves with the next file."""

from __future__ import annotations

import re
from typing import Any

import pytest
import shapely

from surveys import edit, export
from surveys.city import double_decisions
from surveys.city.decided import Said
from surveys.city.double_decisions import Decision
from surveys.edit import Correction
from surveys.intake import imports
from surveys.intake.kept_out import write_xlsx
from tests.conftest import NETWORK, STEWARD, Intake

HEADINGS = ("ชุมชน", "ลำดับบ้าน", "ครัวเรือนที่", "ชื่อหัวหน้าครัวเรือน")
ASIDE = {"community_unknown", "people_differ"}
WHY = "ย้ายออกไปต่างจังหวัด"


def family(*cells: str, **more: str) -> dict[str, str]:
    return dict(zip(HEADINGS, cells, strict=True)) | more


ONE, TWO = family("ก", "1", "1", "นายหนึ่ง สมมติ", _uuid="u1"), family("ก", "2", "1", "นายสอง สมมติ", _uuid="u2")


def households(take: Intake) -> dict[str, dict[str, Any]]:
    """The households by the name of their head."""
    return {row["head_name"]: row for row in take.store.read_table(NETWORK, "household").to_pylist()}


def codes(report: dict[str, Any]) -> dict[str, int]:
    return {code: count for code, count in report["problem_counts"].items() if code not in ASIDE}


def ended(take: Intake, head: str = "นายหนึ่ง สมมติ") -> tuple[str, int]:
    row = households(take)[head]
    done = edit.end(take.store, NETWORK, STEWARD, Correction("household", row["id"], row["version"], {}, WHY))
    return row["id"], done.change


ROWS = [
    # (what the next file says, why it is kept out)
    (ONE, True),
    (ONE | {"ลำดับบ้าน": "70"}, True),  # found by the id of its form
    ({**ONE, "_uuid": ""}, True),
    ({**ONE, "_uuid": "u9"}, True),
    ({**ONE, "_uuid": "", "ชื่อหัวหน้าครัวเรือน": ""}, True),
    # Another family in its house, and another house, are no ended record.
    (family("ก", "1", "1", "นางใหม่ สมมุติ"), False),
    (family("ก", "70", "1", "นายหนึ่ง สมมติ"), False),
    (family("ข", "1", "1", "นายหนึ่ง สมมติ"), False),
]  # fmt: skip


@pytest.mark.parametrize(("row", "kept_out"), ROWS)
def test_an_ended_household_does_not_come_back_by_itself(
    take: Intake, row: dict[str, str], kept_out: bool
) -> None:
    take.rows([ONE, TWO], "household.csv")
    old, change = ended(take)
    report = take.rows([row, TWO | {"จำนวนสมาชิก": "3"}], "household.csv")
    assert (report["new"], report["updated"], report["quarantined"]) == (1 - kept_out, 1, int(kept_out))
    assert codes(report) == ({"record_ended": 1} if kept_out else {})
    if kept_out:
        (said,) = [p for p in report["problems"] if p["code"] == "record_ended"]
        assert re.fullmatch(rf"\d+ \S+ 25\d\d \(20\d\d-\d\d-\d\d\): {WHY}", said["value"])
        assert said["row"] == 2 and WHY in said["message_th"]
        # Once a person brought it back it goes on under its id.
        edit.take_back(take.store, NETWORK, STEWARD, change)
        again = take.rows([row | {"จำนวนสมาชิก": "5"}], "household.csv")
        assert (again["new"], again["updated"]) == (0, 1)
    assert (old in {one["id"] for one in households(take).values()}) is kept_out


def test_a_row_of_our_own_export_names_an_ended_record_by_its_id(take: Intake) -> None:
    take.rows([ONE, TWO], "household.csv")
    file = take.folder / "household.csv"
    export.write(take.store, NETWORK, "household", file, STEWARD)
    ended(take)
    found = take.examine(file)
    assert (found.total("quarantined"), found.total("unchanged"), found.counts["record_ended"]) == (1, 1, 1)
    assert write_xlsx(found.folder, take.folder / "kept.xlsx") == 1


def test_an_ended_record_of_a_number_without_its_community_is_the_one_that_stood_there(take: Intake) -> None:
    def plot(west: float) -> dict[str, str]:
        return {"แปลงที่": "7", "wkt": f"SRID=4326;{shapely.box(west, 13.7, west + 0.0005, 13.7005).wkt}"}

    take.rows([plot(100.5)], "plots.csv", type="land_plot")
    row = take.store.read_table(NETWORK, "land_plot").to_pylist()[0]
    edit.end(take.store, NETWORK, STEWARD, Correction("land_plot", row["id"], row["version"], {}, "รวมแปลง"))
    report = take.rows([plot(100.6)], "plots.csv", type="land_plot")
    assert (report["new"], codes(report)) == (1, {})
    report = take.rows([plot(100.5001)], "plots.csv", type="land_plot")
    assert (report["new"], codes(report)) == (0, {"record_ended": 1})


# --- doubles ----------------------------------------------------------------------------------------------

LIST_A = [family("ก", "1", "1", "นายหนึ่ง สมมติ"), family("ก", "2", "1", "นายสอง สมมติ")]
LIST_B = [family("ก", "1", "2", "หนึ่ง สมมุติ", _uuid="b1"), family("ก", "3", "1", "นายสาม สมมติ", _uuid="b3")]
MEMBERS = [
    dict(zip((*HEADINGS[:3], "สมาชิกลำดับที่", "ชื่อ"), ("ก", "1", number, "1", name), strict=True))
    for number, name in (("1", "หนึ่ง"), ("2", "หนึ่งข"))
]


def decided(take: Intake, keep: str, gone: str, **more: Any) -> str:
    here = households(take)
    ids = (here[keep]["id"], here[gone]["id"])
    decision = Decision(*ids, "one", Said("คนเดียวกัน"), keep=ids[0], **more)
    return str(double_decisions.decide(take.store, NETWORK, STEWARD, decision)["id"])


@pytest.fixture
def lists(take: Intake) -> Intake:
    """Two lists that name one household each in their way; it was decided that they are one."""
    take.rows(LIST_A, "household.csv")
    take.rows(LIST_B, "household.csv")
    take.rows(MEMBERS, "member.csv")
    return take


FORMS = [{}, {"_uuid": ""}, {"ลำดับบ้าน": "77"}, {"จำนวนสมาชิก": "9"}]


@pytest.mark.parametrize("more", FORMS)
def test_a_double_is_the_household_that_was_kept(lists: Intake, more: dict[str, str]) -> None:
    record = decided(lists, "นายหนึ่ง สมมติ", "หนึ่ง สมมุติ")
    before = households(lists)
    report = lists.rows([LIST_B[0] | more, LIST_B[1] | {"จำนวนสมาชิก": "4"}], "household.csv")
    assert (report["new"], report["updated"], report["unchanged"], report["quarantined"]) == (0, 1, 1, 0)
    assert codes(report) == {"double_decided": 1}
    assert before["นายหนึ่ง สมมติ"] == households(lists)["นายหนึ่ง สมมติ"]
    # The list of the household kept goes on as ever.
    report = lists.rows([LIST_A[0] | {"จำนวนสมาชิก": "2"}], "household.csv")
    assert (report["new"], report["updated"], codes(report)) == (0, 1, {})
    # With the decision taken back the two are two again.
    double_decisions.withdraw(lists.store, NETWORK, STEWARD, record, "สองครัวเรือน")
    report = lists.rows([LIST_B[0] | {"จำนวนสมาชิก": "6"}], "household.csv")
    assert (report["new"], report["updated"], codes(report)) == (0, 1, {})


def test_a_double_of_a_double_and_one_whose_household_was_ended(lists: Intake) -> None:
    decided(lists, "นายหนึ่ง สมมติ", "หนึ่ง สมมุติ")
    decided(lists, "นายสอง สมมติ", "นายหนึ่ง สมมติ")
    report = lists.rows([LIST_A[0], LIST_B[0]], "household.csv")
    assert (report["new"], report["updated"], codes(report)) == (0, 0, {"double_decided": 2})
    ended(lists, "นายสอง สมมติ")
    report = lists.rows([*LIST_A, LIST_B[0] | {"จำนวนสมาชิก": "6"}], "household.csv")
    assert (report["new"], report["quarantined"], codes(report)) == (0, 3, {"record_ended": 3})


def test_when_the_household_kept_is_gone_with_its_import_the_other_comes_back(lists: Intake) -> None:
    decided(lists, "นายหนึ่ง สมมติ", "หนึ่ง สมมุติ", close_members=True)
    imports.undo(lists.store, 1, STEWARD)
    report = lists.rows(LIST_B, "household2.csv", type="household")
    assert (report["new"], codes(report)) == (1, {})
    report = lists.rows(MEMBERS[1:], "member2.csv", type="member")
    assert (report["new"], codes(report)) == (1, {})


@pytest.mark.parametrize("close", [True, False])
def test_members_closed_with_a_double_stay_closed(lists: Intake, close: bool) -> None:
    decided(lists, "นายหนึ่ง สมมติ", "หนึ่ง สมมุติ", close_members=close)
    report = lists.rows([row | {"อาชีพ": "ค้าขาย"} for row in MEMBERS], "member.csv")
    assert (report["new"], report["updated"]) == (0, 2 - close)
    assert codes(report) == ({"double_decided": 1} if close else {})


def test_two_lists_in_one_file_repeat_nothing(lists: Intake) -> None:
    decided(lists, "นายหนึ่ง สมมติ", "หนึ่ง สมมุติ")
    rows = [LIST_B[0], LIST_A[0] | {"จำนวนสมาชิก": "2"}, LIST_B[0]]
    report = lists.rows(rows, "household.csv")
    assert (report["updated"], report["unchanged"], codes(report)) == (1, 2, {"double_decided": 2})
