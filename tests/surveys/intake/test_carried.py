"""A record told by a second of its keys: a plot by its deed, a house and a household by the house number."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import NETWORK, Intake
from tests.surveys.intake.test_stories import RIVER, SOMCHAI, SOMSRI, codes

PLOT, SEQ, DEED = "เลขแปลงในผัง", "ลำดับบ้าน", "เลขที่โฉนด"


def told(take: Intake, name: str, *fields: str) -> list[tuple[Any, ...]]:
    rows = take.store.read_table(NETWORK, name).to_pylist()
    return [tuple(row[field] for field in fields) for row in rows]


def taken(take: Intake, name: str, *rows: dict[str, object]) -> dict[str, Any]:
    return take.rows([{"ชุมชน": RIVER} | row for row in rows], f"{name}.csv", type=name)


def test_a_plot_is_told_by_its_deed_alone_and_keeps_its_number(take: Intake) -> None:
    taken(take, "land_plot", {PLOT: 14, DEED: "9901014"}, {PLOT: 15, DEED: "9901015"})
    deed = {DEED: "๙๙๐๑๐๑๔", "เจ้าของที่ดิน": "วัด"}
    for written in (deed, deed | {DEED: "9901014", "เจ้าของที่ดิน": "วัดเหนือ"}):
        report = taken(take, "land_plot", written)
        assert (report["new"], report["updated"], codes(report)) == (0, 1, set())
    # By its number it is found again: its key is the one it had.
    report = taken(take, "land_plot", {PLOT: 14, "เจ้าของที่ดิน": "วัดใต้"})
    assert (report["new"], report["updated"]) == (0, 1)
    assert told(take, "land_plot", "plot_no", "owner", "key")[0] == ("14", "วัดใต้", "plot_no=14|")
    # The deed of another community's plot tells none of this one.
    assert taken(take, "land_plot", deed | {"ชุมชน": "ชุมชนอื่น"})["new"] == 1


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [("land_plot", PLOT, {DEED: "9901014"}), ("house", SEQ, {"บ้านเลขที่": "188/70"}),
     ("household", SEQ, {"บ้านเลขที่": "188/70", "ครัวเรือนที่": 1})],
)  # fmt: skip
def test_a_number_that_several_carry_is_asked_for(
    take: Intake, name: str, first: str, second: dict[str, object]
) -> None:
    taken(take, name, {first: 1} | second, {first: 2} | second)
    report = taken(take, name, second | {"หมายเหตุ": "ใหม่"})
    assert (report["new"], report["updated"], report["quarantined"]) == (0, 0, 1)
    (said,) = [p for p in report["problems"] if p["code"] == "key_of_several"]
    assert said["value"].startswith(next(iter(second.values())))  # type: ignore[arg-type]
    # With the other number there is no question.
    again = taken(take, name, second | {first: 2, "หมายเหตุ": "ใหม่"})
    assert (again["new"], again["updated"], codes(again)) == (0, 1, set())


def test_a_house_is_told_by_its_number_alone(take: Intake) -> None:
    taken(take, "house", {SEQ: 8, "บ้านเลขที่": "188/71"})
    report = taken(take, "house", {"บ้านเลขที่": "188/71", "สภาพบ้าน": "ชำรุด"})
    assert (report["new"], report["updated"]) == (0, 1)
    assert told(take, "house", "house_seq", "condition", "key") == [("8", "dilapidated", "house_seq=8|")]


def test_a_house_first_known_by_its_number_gets_its_sequence(take: Intake) -> None:
    taken(take, "house", {"บ้านเลขที่": "188/71"}, {"บ้านเลขที่": "188/72"})
    report = taken(take, "house", {SEQ: 8, "บ้านเลขที่": "188/71"})
    assert (report["new"], report["updated"]) == (0, 1)
    assert told(take, "house", "house_seq", "house_no")[0] == ("8", "188/71")
    assert taken(take, "house", {SEQ: 8, "สภาพบ้าน": "ชำรุด"})["updated"] == 1
    # Where several of the file have the number, nobody can tell which it was.
    report = taken(take, "house", *({SEQ: n, "บ้านเลขที่": "188/72"} for n in (9, 10)))
    assert (report["new"], report["updated"]) == (2, 0)


def test_a_household_is_told_by_the_house_number_alone_and_by_its_head(take: Intake) -> None:
    house = {SEQ: 8, "บ้านเลขที่": "188/71"}
    taken(take, "household",
          house | {"ครัวเรือนที่": 1, "ชื่อหัวหน้าครัวเรือน": SOMCHAI, "จำนวนสมาชิก": 3},
          house | {"ครัวเรือนที่": 2, "ชื่อหัวหน้าครัวเรือน": SOMSRI, "จำนวนสมาชิก": 4})  # fmt: skip
    row = {"บ้านเลขที่": "188/71", "ชื่อหัวหน้าครัวเรือน": SOMSRI}
    # Without its number it is that of its head.
    for people in (5, 6):
        report = taken(take, "household", row | {"จำนวนสมาชิก": people})
        assert (report["new"], report["updated"], report["quarantined"]) == (0, 1, 0)
        found = told(take, "household", "house_seq", "household_no", "people")
        assert found == [("8", "1", 3), ("8", "2", people)]
    report = taken(take, "household", row | {"ครัวเรือนที่": 1})
    assert (report["new"], codes(report)) == (1, {"possible_double"}), "another person's number"


UUID = "uuid:11111111-1111-4111-8111-111111111111"
LESS: list[tuple[str, dict[str, object], dict[str, object], dict[str, object], str]] = [
    ("house", {SEQ: 3, "บ้านเลขที่": "9/1"}, {"บ้านเลขที่": "9/1"}, {SEQ: 3}, "house_seq=3|"),
    ("house", {SEQ: 3, "บ้านเลขที่": "9/1"}, {"บ้านเลขที่": "9/2", SEQ: ""}, {SEQ: 3}, "house_seq=3|"),
    ("household", {SEQ: 3, "บ้านเลขที่": "9/1", "ครัวเรือนที่": 1}, {"บ้านเลขที่": "9/1", "ครัวเรือนที่": 2},
     {SEQ: 3, "ครัวเรือนที่": 2}, "house_seq=3|household_no=2|"),
    ("land_plot", {PLOT: 14, DEED: "9901014"}, {DEED: "9901014"}, {PLOT: 14}, "plot_no=14|"),
    ("community", {"รหัสชุมชน": "K1", "ชื่อชุมชน": "ริมคลอง"}, {"ชื่อชุมชน": "ริมคลอง"}, {"รหัสชุมชน": "K1"}, "code=k1|"),
]  # fmt: skip


@pytest.mark.parametrize("by", ["id", "_uuid"])
@pytest.mark.parametrize(("name", "whole", "less", "first", "key"), LESS)
def test_a_record_told_by_its_id_keeps_the_key_of_all_it_says(
    take: Intake,
    by: str,
    name: str,
    whole: dict[str, Any],
    less: dict[str, Any],
    first: dict[str, Any],
    key: str,
) -> None:
    """A row that names the number of the house only is no reason to find the house by that alone."""
    taken(take, name, whole | {"_uuid": UUID})
    ((own,),) = told(take, name, "id")
    report = taken(take, name, less | {by: own if by == "id" else UUID, "หมายเหตุ": "แก้"})
    assert (report["new"], report["updated"]) == (0, 1)
    assert told(take, name, "key") == [(key,)]
    report = taken(take, name, first | {"หมายเหตุ": "รอบสอง"})
    assert (report["new"], report["updated"]) == (0, 1)
    assert told(take, name, "id", "note", "key") == [(own, "รอบสอง", key)]
