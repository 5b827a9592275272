"""Houses and plots without a number: what is written for that is no number, and no two of them are one for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from surveys import view
from tests.conftest import NETWORK, STEWARD, Intake

COMMUNITY = {"ชุมชน": "ริมคลอง"}
NONE = ["ไม่มี", "ไม่มีเลขที่", "บ้านไม่มีเลขที่", "ไม่มี บ้านเลขที่", "No number"]


def points(folder: Path, numbers: list[str]) -> Path:
    """Houses on the map, each with what stands for its number."""
    features = [
        {"type": "Feature", "properties": COMMUNITY | {"บ้านเลขที่": number},
         "geometry": {"type": "Point", "coordinates": [100.5 + n / 1000, 13.7]}}
        for n, number in enumerate(numbers)
    ]  # fmt: skip
    file = folder / "houses.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return file


def placed_by(take: Intake) -> dict[str, Any]:
    """What places each household, by its head."""
    frame = view.frames(take.store, NETWORK, STEWARD, ["household"])["household"]
    return {row.head_name: row.geometry and row.geometry.x for row in frame.itertuples()}


@pytest.mark.parametrize("number", NONE)
def test_houses_without_a_number_are_told_by_where_they_stand(
    take: Intake, tmp_path: Path, number: str
) -> None:
    report = take(points(tmp_path, [number] * 3), type="house")
    assert (report["new"], report["quarantined"]) == (3, 0)
    assert set(take.store.read(NETWORK, "house")["house_no"]) == {number}, "what was written is kept"


@pytest.mark.parametrize("number", NONE)
def test_households_of_houses_without_a_number_are_not_put_where_one_such_house_stands(
    take: Intake, tmp_path: Path, number: str
) -> None:
    take(points(tmp_path, [number, "12/3"]), type="house")
    rows = [
        COMMUNITY | {"บ้านเลขที่": no, "หัวหน้าครัวเรือน": head}
        for no, head in ((number, "สมชาย ใจดี"), (number, "สมหญิง งามตา"), ("12/3", "วิชัย กล้าหาญ"))
    ]
    report = take.rows(rows, "household.csv")
    assert (report["new"], report["quarantined"], report["unplaced"]) == (3, 0, 2)
    assert placed_by(take) == {"สมชาย ใจดี": None, "สมหญิง งามตา": None, "วิชัย กล้าหาญ": 100.501}


def test_a_house_without_a_number_takes_nothing_from_another_one(take: Intake, tmp_path: Path) -> None:
    take(points(tmp_path, ["ไม่มีเลขที่"]), type="house")
    row = COMMUNITY | {"ลำดับบ้าน": "7", "บ้านเลขที่": "ไม่มีเลขที่", "วัสดุ": "ไม้"}
    report = take.rows([row], "house.csv", type="house")
    assert (report["new"], report["updated"]) == (1, 0)


def test_plots_without_a_number_are_told_by_their_shape(take: Intake, tmp_path: Path) -> None:
    def plot(n: int) -> dict[str, Any]:
        x, d = 100.5 + n / 1000, 0.0002
        ring = [[x, 13.7], [x + d, 13.7], [x + d, 13.7 + d], [x, 13.7 + d], [x, 13.7]]
        shape = {"type": "Polygon", "coordinates": [ring]}
        return {"type": "Feature", "properties": COMMUNITY | {"แปลงที่": "ไม่มี"}, "geometry": shape}

    file = tmp_path / "plots.geojson"
    file.write_text(
        json.dumps({"type": "FeatureCollection", "features": [plot(1), plot(2)]}), encoding="utf-8"
    )
    report = take(file, type="land_plot")
    assert (report["new"], report["quarantined"]) == (2, 0)
