# ruff: noqa: E501 - rows of test data, one a line.
"""Shapes mended as suggested: shown, accepted row by row, taken as a continuation, the original kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import shapely

from surveys.errors import NotAllowed, NotFound, Refused
from surveys.intake import imports, repair
from surveys.intake.accept import import_folder
from surveys.intake.kept_out import write_xlsx
from surveys.intake.returned import came_back
from surveys.roles import Actor
from surveys.store.blobs import to_geometries
from tests.conftest import NETWORK, STEWARD, Intake

X, Y, D = 100.5, 13.7, 0.001
BOW = [[X, Y], [X + D, Y + D], [X + D, Y], [X, Y + D], [X, Y]]
OPEN = [[X, Y], [X + D, Y], [X + D, Y + D], [X, Y + D]]
SQUARE = [[X + 2 * D, Y], [X + 3 * D, Y], [X + 3 * D, Y + D], [X + 2 * D, Y + D], [X + 2 * D, Y]]


@pytest.fixture
def first(take: Intake, tmp_path: Path) -> dict[str, Any]:
    """Three plots: one crosses itself, one is left open, one is sound; a heading mapped by hand."""
    rings = {1: BOW, 2: OPEN, 3: SQUARE}
    file = tmp_path / "แปลง.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"หมายเลข": str(n), "ชุมชน": "ก"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for n, ring in rings.items()
    ]}), encoding="utf-8")  # fmt: skip
    report = take(file, type="land_plot", columns={"หมายเลข": "plot_no"})
    assert (report["taken"], report["quarantined"]) == (1, 2), report["problems"]
    return report


def test_what_is_wrong_is_shown_with_a_suggestion(take: Intake, first: dict[str, Any]) -> None:
    offered = repair.suggestions(take.store, NETWORK, STEWARD, first["import_id"])
    found = offered.rows
    assert not offered.more and [(one.row, one.title, one.repair.what) for one in found] == [
        (1, "1", "self_crossing"), (2, "2", "unclosed_ring")]  # fmt: skip
    assert found[0].repair.longitude_deg == pytest.approx(X + D / 2) and found[0].repair.parts_after == 2
    assert all(one.repair.geometry.is_valid for one in found)


def test_an_accepted_repair_is_taken_as_a_continuation(take: Intake, first: dict[str, Any]) -> None:
    (report,) = repair.take(take.store, NETWORK, STEWARD, first["import_id"], {(0, 1)})
    assert (report["new"], report["quarantined"]) == (1, 0), report["problems"]
    rows = {row["plot_no"]: row for row in take.store.read_table(NETWORK, "land_plot").to_pylist()}
    assert set(rows) == {"1", "3"}
    shape = to_geometries([rows["1"]["geom"]])[0]
    assert shape.is_valid and shape.geom_type == "MultiPolygon"
    # The shape as it was sent stands beside the record.
    assert shapely.from_wkt(json.loads(rows["1"]["extra"])[repair.BEFORE]).equals_exact(
        shapely.Polygon(BOW), 1e-9
    )
    kept = imports.get(take.store, report["import_id"], STEWARD)["report"]
    assert kept["continues"] == first["import_id"] and kept["file"] == "ซ่อมรูป แปลง.geojson"
    imports.undo(take.store, report["import_id"], STEWARD)
    assert take.store.counts(NETWORK)["land_plot"] == 1


def left(take: Intake, first: dict[str, Any], target: Path) -> tuple[list[int], list[str]]:
    """The rows that are still offered, and those still in the workbook."""
    offered = repair.suggestions(take.store, NETWORK, STEWARD, first["import_id"]).rows
    back = came_back(take.store, NETWORK, first["import_id"])
    write_xlsx(import_folder(take.store, first["import_id"]), target, back)
    (sheet,) = openpyxl.load_workbook(target).worksheets
    return [one.row for one in offered], [row[0].value for row in sheet.iter_rows(min_row=2)]


def test_a_mended_row_is_neither_offered_nor_listed_until_it_is_undone(
    take: Intake, first: dict[str, Any], tmp_path: Path
) -> None:
    assert left(take, first, tmp_path / "0.xlsx") == ([1, 2], ["1", "2"])
    (report,) = repair.take(take.store, NETWORK, STEWARD, first["import_id"], {(0, 1)})
    assert report["unmapped"] == [repair.BEFORE]
    assert left(take, first, tmp_path / "1.xlsx") == ([2], ["2"])
    with pytest.raises(Refused):
        repair.take(take.store, NETWORK, STEWARD, first["import_id"], {(0, 1)})
    imports.undo(take.store, report["import_id"], STEWARD)
    assert left(take, first, tmp_path / "2.xlsx") == ([1, 2], ["1", "2"])
    imports.redo(take.store, report["import_id"], STEWARD)
    repair.take(take.store, NETWORK, STEWARD, first["import_id"], {(0, 2)})
    with pytest.raises(NotFound, match="กลับมาครบแล้ว"):
        left(take, first, tmp_path / "3.xlsx")


def test_nothing_chosen_or_undone_is_refused(take: Intake, first: dict[str, Any]) -> None:
    for chosen in (set(), {(0, 3)}, {(7, 1)}):
        with pytest.raises(Refused):
            repair.take(take.store, NETWORK, STEWARD, first["import_id"], chosen)
    with pytest.raises(NotAllowed):
        repair.suggestions(take.store, NETWORK, Actor("ก", "secretary"), first["import_id"])
    imports.undo(take.store, first["import_id"], STEWARD)
    with pytest.raises(Refused):
        repair.suggestions(take.store, NETWORK, STEWARD, first["import_id"])
