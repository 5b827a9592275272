"""Line breaks of notes are kept, in and out of every format; all other texts are one line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from surveys import export
from surveys.store.store import Store
from tests.conftest import NETWORK, STEWARD, Intake
from tests.workbooks import xlsx

HEADINGS = ["ชุมชน", "ลำดับบ้านในผัง", "ครัวเรือนที่", "ชื่อหัวหน้าครัวเรือน", "หมายเหตุ"]
ROWS = [
    ["ริมคลอง", "1", "1", "สมชาย\nใจดี", "บ้านริมน้ำ\n ต่อเติมปี  2560\r\n\r\nนัดอีกครั้ง \n"],
    ["ริมคลอง", "2", "1", "สมศรี", '"หลังบ้าน", <b>ติดคลอง</b>; ๑๒\n=1+1'],
    ["ริมคลอง", "3", "1", "สมหมาย", "บรรทัดเดียว"],
]
NOTES = [
    "บ้านริมน้ำ\nต่อเติมปี 2560\n\nนัดอีกครั้ง",
    '"หลังบ้าน", <b>ติดคลอง</b>; ๑๒\n=1+1',
    "บรรทัดเดียว",
]


def notes(take: Intake) -> list[str]:
    kept: list[str] = take.store.read(NETWORK, "household").sort_values("house_seq")["note"].tolist()
    return kept


def sent(take: Intake, suffix: str) -> Path:
    """The rows as a table of a format."""
    if suffix == ".csv":
        return take.write([dict(zip(HEADINGS, row, strict=True)) for row in ROWS], "ครัวเรือน.csv")
    file = take.folder / "ครัวเรือน.xlsx"
    file.write_bytes(xlsx({"ครัวเรือน": [HEADINGS, *ROWS]}))
    return file


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_note_keeps_its_lines_and_a_name_is_one(take: Intake, suffix: str) -> None:
    assert take(sent(take, suffix), type="household")["new"] == 3
    assert notes(take) == NOTES
    assert "สมชาย ใจดี" in take.store.read(NETWORK, "household")["head_name"].tolist()


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".gpkg", ".parquet", ".geojson"])
def test_notes_go_out_and_come_back_the_same(
    take: Intake, made_store: Path, tmp_path: Path, suffix: str
) -> None:
    take(sent(take, ".csv"), type="household")
    out = take.folder / f"household{suffix}"
    assert export.write(take.store, NETWORK, "household", out, STEWARD) == 3
    assert take(out)["unchanged"] == 3
    shutil.copyfile(made_store, tmp_path / "other.gpkg")
    shutil.copyfile(f"{made_store}.key", tmp_path / "other.gpkg.key")
    folder = tmp_path / "other"
    folder.mkdir()
    other = Intake(Store.open(tmp_path / "other.gpkg"), folder)
    assert other(out)["new"] == 3
    assert notes(other) == NOTES
    other.store.close()
