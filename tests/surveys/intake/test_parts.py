"""A large file is looked at part by part: whatever the parts are, the same becomes of every row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest

from surveys.intake import batches, equal_texts, keys, match, numbers
from surveys.intake.examination import Examination
from surveys.intake.keys import fold, person
from surveys.store.staging import read
from tests.conftest import Intake

Row = dict[str, str]


def household(house: int, **cells: str) -> Row:
    return {
        "ชุมชน": "ริมคลอง", "ลำดับบ้าน": str(house), "ครัวเรือนที่": "1", "ชื่อหัวหน้าครัวเรือน": f"นาย{house} สมมติ",
        "จำนวนสมาชิก": "4", "รายได้": str(9000 + house), "สีรั้ว": "แดง", "เลขบัตรประชาชน": "",
        "lat": f"13.7{house:02}", "lon": "100.5",
    } | cells  # fmt: skip


FIRST = [household(n) for n in range(1, 12)] + [household(3, ครัวเรือนที่="2"), household(12, lat="", lon="")]
SECOND = [
    household(1), household(2, รายได้="ไม่ทราบ"), household(3, รายได้="1", สีรั้ว="เขียว"), household(4, lat="13.9"),
    household(5, ชื่อหัวหน้าครัวเรือน="นางอื่น คนละคน"), household(6, รายได้=""), household(6, รายได้="77"),
    household(7, เลขบัตรประชาชน="1112034563562"), household(20), household(21, ลำดับบ้าน=""),
    household(8, ครัวเรือนที่=""), household(9, ชุมชน="ริม คลอง", จำนวนสมาชิก="สี่คนครึ่ง"), household(12, สีรั้ว=""),
    household(10, lat="0", lon="0"), household(11), household(3, ครัวเรือนที่="2", จำนวนสมาชิก="6"),
]  # fmt: skip


def staged(found: Examination) -> list[Mapping[str, Any]]:
    """Return the rows to be written, in order, without what is new in every examination: ids, what is sealed."""
    rows: list[Mapping[str, Any]] = []
    for part in found.parts:
        for name in part.staged:
            for row in read(found.folder / name).to_pylist():
                made = {"head_id"} if row.get("fid") else {"head_id", "id"}
                rows.append({k: v for k, v in row.items() if v is not None and k not in made})
    return rows


@pytest.mark.parametrize("existing", ["update", "skip", "refuse"])
@pytest.mark.parametrize("most", [1, 3])
def test_rows_examined_few_at_a_time_become_the_same(
    take: Intake, monkeypatch: pytest.MonkeyPatch, most: int, existing: str
) -> None:
    take.rows(FIRST, "household.csv")
    file = take.write(SECOND, "household.csv")
    whole = take.examine(file, type="household", existing=existing)
    monkeypatch.setattr(batches, "MATCHED_ROWS", most)
    for module in (equal_texts, keys, match, numbers):
        monkeypatch.setattr(module, "_AT_ONCE", most)
    parts = take.examine(file, type="household", existing=existing)
    assert [row["source_row"] for row in staged(whole)]
    assert staged(parts) == staged(whole)
    assert parts.counts == whole.counts and parts.aside == whole.aside
    assert sorted(map(repr, parts.problems)) == sorted(map(repr, whole.problems))
    assert parts.changes == whole.changes
    for one, other in zip(parts.parts, whole.parts, strict=True):
        assert (one.new, one.updated, one.unchanged, one.quarantined) == (
            other.new, other.updated, other.unchanged, other.quarantined
        )  # fmt: skip


@pytest.mark.parametrize("made", [fold, person])
def test_texts_folded_part_by_part(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    names = pd.Series(["นาย ก", None, "Mr. A", "นาย ก", "", "นาง ข"], dtype="str", index=[3, 1, 4, 15, 9, 2])
    whole = made(names)
    monkeypatch.setattr(keys, "_AT_ONCE", 2)
    pd.testing.assert_series_equal(made(names), whole)
