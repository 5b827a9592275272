# ruff: noqa: E501 - rows of test data, one a line.
"""What rows say against one another and against the records here: a remark each, and the row is taken."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from gis.topology import outside_m, overlaps
from surveys.intake import consistency
from tests.conftest import Intake

# About 10.8 m east-west and 11.1 m north-south at Bangkok's latitude.
STEP = 0.0001
LON, LAT = 100.5, 13.7


def square(column: float, row: float, size: float = 1.0) -> shapely.Polygon:
    west, south = LON + column * STEP, LAT + row * STEP
    return shapely.box(west, south, west + size * STEP, south + size * STEP)


def features(*rows: tuple[shapely.Geometry | None, dict[str, Any]]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": facts, "geometry": None if shape is None else json.loads(shapely.to_geojson(shape))}
        for shape, facts in rows
    ]})  # fmt: skip


@pytest.fixture
def send(take: Intake, tmp_path: Path) -> Any:
    """Takes features in as GeoJSON of a type; returns the remarks as (code, row, value, the rest of the message)."""

    def sent(
        type_name: str, *rows: tuple[shapely.Geometry | None, dict[str, Any]]
    ) -> list[tuple[str, int, str]]:
        file = tmp_path / f"{type_name}.geojson"
        file.write_text(features(*rows), encoding="utf-8")
        report = take(file, type=type_name)
        assert report["quarantined"] == 0, report["problems"]
        return [
            (p["code"], p["row"], p["value"]) for p in report["problems"] if p["code"] != "community_unknown"
        ]

    return sent


def test_a_plot_upon_another_is_said_and_neighbours_are_not(send: Any) -> None:
    first = send(
        "land_plot",
        (square(0, 0), {"เลขแปลงในผัง": 1, "ชุมชน": "ก"}),
        (square(1, 0), {"เลขแปลงในผัง": 2, "ชุมชน": "ก"}),
    )
    assert first == []
    # A quarter of plot 2, in a later file; within the file, plot 4 lies on plot 3 whole.
    again = send(
        "land_plot",
        (square(1.75, 0), {"เลขแปลงในผัง": 3, "ชุมชน": "ก"}),
        (square(2, 0, 0.5), {"เลขแปลงในผัง": 4, "ชุมชน": "ก"}),
    )
    # One remark a row, however many it lies upon.
    assert [(code, row, int(value)) for code, row, value in again] == [("plot_overlaps", 1, 30)]


def test_a_row_says_its_largest_overlap_and_how_many_more(take: Intake, tmp_path: Path) -> None:
    file = tmp_path / "land_plot.geojson"
    upon = [(0, 1.0), (0.5, 1.0), (0.25, 1.0)]
    file.write_text(
        features(
            *((square(x, 0, size), {"เลขแปลงในผัง": n, "ชุมชน": "ก"}) for n, (x, size) in enumerate(upon, 1))
        ),
        encoding="utf-8",
    )
    found = [p for p in take(file, type="land_plot")["problems"] if p["code"] == "plot_overlaps"]
    assert [(p["row"], p["value"]) for p in found] == [(1, "90"), (2, "90")]
    assert "“3 และแปลงที่ดินอื่นอีก 1”" in found[0]["message_th"] and "“3 and 1 more”" in found[1]["message_en"]


def test_hundreds_of_plots_on_one_footprint_are_a_remark_each(take: Intake, tmp_path: Path) -> None:
    count = 400
    file = tmp_path / "land_plot.geojson"
    file.write_text(
        features(*((square(0, 0), {"เลขแปลงในผัง": n, "ชุมชน": "ก"}) for n in range(1, count + 1))),
        encoding="utf-8",
    )
    report = take(file, type="land_plot")
    # The last one has no pair of its own: it is named by the others.
    assert report["problem_counts"]["plot_overlaps"] == count - 1 and report["taken"] == count


@pytest.mark.parametrize("beside", [False, True])
def test_where_too_much_lies_upon_too_much_the_rest_is_left_and_said(beside: bool) -> None:
    stacked = np.array([square(0, 0)] * 300, dtype=object)
    whole = overlaps(stacked, stacked if beside else None)
    assert whole.stopped is None and len(whole.pairs) == (300 * 300 if beside else 300 * 299 // 2)
    some = overlaps(stacked, stacked if beside else None, most=1_000_000)
    assert some.stopped is not None and 0 < some.stopped < 300
    compared = whole.pairs[whole.pairs["row"] < some.stopped]
    assert some.pairs.equals(compared.reset_index(drop=True))
    assert overlaps(stacked, most=10).stopped == 0


def test_rows_not_compared_are_said(take: Intake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consistency, "overlaps", partial(overlaps, most=60_000))
    file = tmp_path / "land_plot.geojson"
    plots = ((square(0, 0), {"เลขแปลงในผัง": n, "ชุมชน": "ก"}) for n in range(1, 41))
    file.write_text(features(*plots), encoding="utf-8")
    report = take(file, type="land_plot")
    (said,) = (p for p in report["problems"] if p["code"] == "overlaps_unknown")
    assert said["row"] + int(said["value"]) == 41 and said["severity"] == "warn"


def test_a_plot_sent_again_does_not_lie_upon_itself(send: Any) -> None:
    send("land_plot", (square(0, 0), {"เลขแปลงในผัง": 1, "ชุมชน": "ก"}))
    assert send("land_plot", (square(0.1, 0), {"เลขแปลงในผัง": 1, "ชุมชน": "ก"})) == []


def test_communities_upon_one_another(send: Any) -> None:
    found = send("community", (square(0, 0, 10), {"ชื่อชุมชน": "ก"}), (square(9, 0, 10), {"ชื่อชุมชน": "ข"}))
    assert [code for code, _, _ in found] == ["community_overlaps"]


@pytest.mark.parametrize(("column", "said"), [(5.0, []), (10.5, []), (13.0, [("outside_community", 1)])])
def test_a_household_far_from_its_community(send: Any, column: float, said: list[tuple[str, int]]) -> None:
    send("community", (square(0, 0, 10), {"ชื่อชุมชน": "ก"}), (shapely.Point(100, 13), {"ชื่อชุมชน": "จุด"}))
    at = shapely.Point(LON + column * STEP, LAT)
    found = send(
        "household",
        (at, {"ชุมชน": "ก", "ลำดับบ้าน": 1, "ครัวเรือนที่": 1}),
        (at, {"ชุมชน": "จุด", "ลำดับบ้าน": 1, "ครัวเรือนที่": 1}),
    )
    assert [(code, row) for code, row, _ in found] == said


@pytest.mark.parametrize(
    ("declared", "paper", "said"),
    [
        ("0-0-30", "โฉนด", False),
        ("0-0-32", "โฉนด", True),
        ("0-0-32", "ภ.บ.ท.5", False),
        ("0-0-40", "ภ.บ.ท.5", True),
        ("", "โฉนด", False),
    ],
)
def test_a_declared_area_against_the_drawn_one(send: Any, declared: str, paper: str, said: bool) -> None:
    """The square is 119.6 m2: 29.9 square wa."""
    found = send(
        "land_plot", (square(0, 0), {"เลขแปลงในผัง": 1, "ชุมชน": "ก", "เนื้อที่": declared, "เอกสารสิทธิ": paper})
    )
    assert [code for code, _, _ in found] == (["area_differs"] if said else [])


def test_a_house_number_that_is_another_house_s(take: Intake) -> None:
    take.rows([{"ชุมชน": "ก", "ลำดับบ้าน": n, "บ้านเลขที่": f"12/{n}"} for n in (1, 2)], "house.csv")
    rows = [
        {"ชุมชน": "ก", "ลำดับบ้าน": 1, "บ้านเลขที่": "12 / 1", "ครัวเรือนที่": 1},
        {"ชุมชน": "ก", "ลำดับบ้าน": 2, "บ้านเลขที่": "77", "ครัวเรือนที่": 1},
    ]
    report = take.rows(rows, "household.csv")
    assert [
        (p["code"], p["row"], p["value"]) for p in report["problems"] if p["code"].startswith("house_")
    ] == [("house_number_differs", 3, "77")]
    assert "12/2" in report["problems"][-1]["message_th"] or any(
        "12/2" in p["message_th"] for p in report["problems"]
    )


def test_a_house_number_that_the_plan_has_at_another_sequence(take: Intake) -> None:
    houses = [
        {"ชุมชน": "ก", "ลำดับบ้าน": n, "บ้านเลขที่": no} for n, no in ((8, "188/71"), (9, ""), (10, "188/73"))
    ]
    take.rows(houses, "house.csv")
    said = [(500, "188/71"), (9, "188/71"), (8, "188/71"), (500, "188/99"), (10, "188/71"), ("", "188/73")]
    rows = [{"ชุมชน": "ก", "ลำดับบ้าน": n, "บ้านเลขที่": no, "ครัวเรือนที่": 1} for n, no in said]
    report = take.rows(rows, "household.csv")
    found = [(p["code"], p["row"]) for p in report["problems"] if p["code"].startswith("house_")]
    differs = "house_sequence_differs"
    assert sorted(found) == [("house_number_differs", 6), (differs, 2), (differs, 3)]
    first = next(p for p in report["problems"] if p["code"] == differs)
    assert first["message_en"] == "House number 188/71 is house 8 on the plan, the row says 500."
    assert first["message_th"] == "บ้านเลขที่ 188/71 ในผังคือบ้านลำดับที่ 8 แต่แถวนี้บอกลำดับที่ 500"


@pytest.mark.parametrize("order", [("household", "member"), ("member", "household")])
def test_people_and_listed_members(take: Intake, order: tuple[str, str]) -> None:
    """The number of people is held against the list, whichever comes first."""
    home = {"ชุมชน": "ก", "ลำดับบ้าน": 1, "ครัวเรือนที่": 1}
    files = {
        "household": [{**home, "จำนวนสมาชิก": 3}, {**home, "ลำดับบ้าน": 2, "จำนวนสมาชิก": 1}],
        "member": [{**home, "สมาชิกลำดับที่": n, "ชื่อ": f"คน{n}"} for n in (1, 2)]
        + [{**home, "ลำดับบ้าน": 2, "สมาชิกลำดับที่": 1, "ชื่อ": "ก"}],
    }
    take.rows(files[order[0]], f"{order[0]}.csv")
    report = take.rows(files[order[1]], f"{order[1]}.csv")
    found = [(p["code"], p["row"], p["value"]) for p in report["problems"] if p["code"].endswith("_differ")]
    assert found == [("members_differ", 2, "2") if order[1] == "member" else ("people_differ", 2, "3")]


def test_overlaps_are_the_same_from_either_side() -> None:
    rng = np.random.default_rng(3)
    boxes = np.array([square(x, y) for x, y in rng.uniform(0, 8, (60, 2))])
    pairs = overlaps(boxes).pairs
    swapped = overlaps(boxes[::-1]).pairs
    assert {(59 - b, 59 - a) for a, b in zip(swapped["row"], swapped["other"], strict=True)} == set(
        zip(pairs["row"], pairs["other"], strict=True)
    )
    # Held against a plain comparison of all with all.
    plain = {
        (a, b)
        for a in range(60)
        for b in range(a + 1, 60)
        if boxes[a].buffer(-1e-5).intersects(boxes[b].buffer(-1e-5))
    }
    assert plain <= set(zip(pairs["row"], pairs["other"], strict=True)) and len(plain) > 20


def test_what_is_no_area_is_left_out() -> None:
    shapes = np.array([None, shapely.Point(LON, LAT), square(0, 0)], dtype=object)
    assert overlaps(shapes).pairs.empty and overlaps(shapes, shapes[:2]).pairs.empty
    far = outside_m(shapes, np.array([square(0, 0), None], dtype=object), np.array([0, 1, 0]))
    assert np.isnan(far[:2]).all() and far[2] == 0
