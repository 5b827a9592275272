"""What a file changes in the records that are here: old value beside new, for who may see it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import shapely

from gis.units import geodesic_distance_m
from surveys.intake.accept import import_folder
from surveys.intake.changed import changed, listed
from surveys.intake.differences import LISTED
from surveys.intake.examination import Examination
from surveys.roles import Actor
from tests.conftest import NETWORK, Intake

HOUSEHOLD = {"ชุมชน": "ริมคลอง", "ลำดับบ้าน": "1", "ครัวเรือนที่": "1"}
FIRST = HOUSEHOLD | {
    "ชื่อหัวหน้าครัวเรือน": "นายหนึ่ง สมมติ", "เลขบัตรประชาชน": "1112034563562", "จำนวนสมาชิก": "4", "รายได้": "9000",
    "สถานะบ้าน": "เจ้าของ", "วันที่สำรวจ": "1/2/2568", "สีรั้ว": "แดง",
}  # fmt: skip
# (column, new cell, field, old and new value, old and new reason for none, old and new text)
CELLS = [
    ("จำนวนสมาชิก", "5", "people", (4, 5), (None, None), (None, None)),
    ("รายได้", "ไม่ทราบ", "income", (9000.0, None), (None, "unknown"), (None, None)),
    ("สถานะบ้าน", "เช่าบ้าน", "house_tenure", ("owner", "rents_house"), (None, None), (None, None)),
    ("สถานะบ้าน", "ฝากเลี้ยง", "house_tenure", ("owner", "other"), (None, None), (None, "ฝากเลี้ยง")),
    ("วันที่สำรวจ", "2/2/2568", "visit_date", ("2025-02-01", "2025-02-02"), (None, None), (None, None)),
    ("สีรั้ว", "เขียว", "สีรั้ว", ("แดง", "เขียว"), (None, None), (None, None)),
    ("เลขบัตรประชาชน", "3100500000011", "head_id", ("•••••", "•••••"), (None, None), (None, None)),
]  # fmt: skip


def examined(take: Intake, *rows: dict[str, str], name: str = "household.csv", **more: Any) -> Examination:
    return take.examine(take.write(rows, name), **more)


@pytest.mark.parametrize(("column", "cell", "field", "values", "missing", "text"), CELLS)
def test_one_cell_is_one_line(
    take: Intake, column: str, cell: str, field: str,
    values: tuple[Any, Any], missing: tuple[str | None, str | None], text: tuple[str | None, str | None],
) -> None:  # fmt: skip
    own = {"_uuid": "a1"}
    take.rows([own | FIRST], "household.csv")
    found = examined(take, own | FIRST | {column: cell})
    (one,) = found.changes
    assert (one["type"], one["row"], one["shape"]) == ("household", 2, None)
    assert one["id"] == take.store.read(NETWORK, "household").index[0]
    assert one["fields"] == [{
        "field": field, "old": values[0], "new": values[1], "old_missing": missing[0], "new_missing": missing[1],
        "old_text": text[0], "new_text": text[1],
    }]  # fmt: skip
    assert "1112034563562" not in json.dumps(found.report("ready", None))
    assert Examination.load(found.folder) == found


def test_what_stays_is_not_listed_and_a_new_file_writes_nothing_of_it(take: Intake) -> None:
    new = examined(take, FIRST, FIRST | {"ลำดับบ้าน": "2"})
    assert new.changes == () and not list(new.folder.glob("changed*"))
    take.accept(new)
    found = examined(
        take, FIRST, FIRST | {"ลำดับบ้าน": "2", "รายได้": "9500"}, FIRST | {"ลำดับบ้าน": "3"}, type="household"
    )
    assert [(one["row"], [f["field"] for f in one["fields"]]) for one in found.changes] == [(3, ["income"])]
    for existing in ("skip", "refuse"):
        kept = examined(take, FIRST | {"รายได้": "1"}, type="household", existing=existing)
        assert kept.changes == () and not list(kept.folder.glob("changed*"))


def point(east_m: float) -> str:
    return f"SRID=32647;POINT ({668700 + east_m} 1517400)"


def square(side_m: float) -> str:
    return "SRID=32647;" + shapely.box(668700, 1517400, 668700 + side_m, 1517400 + side_m).wkt


# (shape before, after, geometry types, metres moved, square metres)
SHAPES = [
    (point(0), point(12), ("Point", "Point"), 12, (None, None)),
    ("", point(0), (None, "Point"), None, (None, None)),
    (point(0), square(10), ("Point", "Polygon"), None, (None, 100)),
    (square(10), square(11), ("Polygon", "Polygon"), None, (100, 121)),
]


@pytest.mark.parametrize(("before", "after", "kinds", "metres", "areas"), SHAPES)
def test_a_shape_that_moves_says_how_far(
    take: Intake, before: str, after: str, kinds: tuple[str | None, str], metres: float | None, areas: Any
) -> None:
    house = {"ชุมชน": "ริมคลอง", "ลำดับบ้าน": "1"}
    take.rows([house | {"wkt": before, "สภาพบ้าน": "ชำรุด"}], "house.csv", type="house", crs="EPSG:32647")
    found = examined(take, house | {"wkt": after}, name="house.csv", type="house", crs="EPSG:32647")
    (one,) = found.changes
    shape = one["shape"]
    assert one["fields"] == [] and (shape["before"], shape["after"]) == kinds
    assert shape["moved_m"] == (None if metres is None else pytest.approx(metres, abs=0.05))
    told = [shape["area_before_m2"], shape["area_after_m2"]]
    assert told == [None if area is None else pytest.approx(area, rel=0.002) for area in areas]


def test_only_the_first_are_listed_and_all_are_in_the_file(take: Intake) -> None:
    rows = [HOUSEHOLD | {"ลำดับบ้าน": str(n), "จำนวนสมาชิก": "2"} for n in range(LISTED + 5)]
    take.rows(rows, "household.csv")
    found = examined(take, *(row | {"จำนวนสมาชิก": "3"} for row in rows))
    assert len(found.changes) == LISTED and found.total("updated") == LISTED + 5
    every = list(changed(take.store, found, take.actor))
    assert [one.row for one in every] == list(range(2, LISTED + 7))
    report = take.accept(found)
    assert len(report["changes"]) == LISTED
    kept = Examination.load(import_folder(take.store, report["import_id"]))
    assert len(list(changed(take.store, kept, take.actor))) == LISTED + 5


def test_who_may_not_see_a_value_is_not_told_that_it_changes(take: Intake) -> None:
    own = {"_uuid": "a1"}
    take.rows([own | FIRST], "household.csv")
    other = {column: cell for column, cell, *_ in CELLS}
    found = examined(take, own | FIRST | other)
    for role, hidden in (("surveyor", set()), ("secretary", {"income", "head_id", "สีรั้ว"})):
        (one,) = listed(take.store, found, Actor("x", role))
        assert {cell[2] for cell in CELLS} - {f["field"] for f in one["fields"]} == hidden
        assert "1112034563562" not in json.dumps(one) and "3100500000011" not in json.dumps(one)
    sealed = b"".join(path.read_bytes() for path in found.folder.glob("changed*"))
    assert b"enc:1:" not in sealed and b"1112034563562" not in sealed


def test_distances_are_between_points_only() -> None:
    points = np.array([shapely.Point(100.5, 13.7), shapely.Point(100.5, 13.7), None], dtype=object)
    others = np.array(
        [shapely.Point(100.5, 13.71), shapely.box(0, 0, 1, 1), shapely.Point(0, 0)], dtype=object
    )
    metres = geodesic_distance_m(points, others)
    assert metres[0] == pytest.approx(1106.4, abs=0.5) and np.isnan(metres[1:]).all()
