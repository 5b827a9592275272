"""Dense blocks of a plan are drawn again, larger: every number of every house can be read somewhere."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import box

from maps.sheet import dense, grid
from maps.sheet.checking import OfCommunity
from maps.sheet.dense import Trouble
from maps.sheet.grid import Window
from maps.sheet.paper import PAPERS
from maps.sheet.plan import Plan
from surveys.words import LANGS, Lang
from tests.maps.sheet.reading import texts
from tests.maps.sheet.test_checking import SOUTH, WEST, city, frame, sheets

WINDOWS = (Window(290, 228, True), Window(167, 351, False))
A_METRE = 1 / 111_000


def community(blocks: int, *, others: int = 30, wide: float = 3.0) -> dict[str, gpd.GeoDataFrame]:
    """Houses far apart, and rows of houses wall to wall, ``blocks`` of them with ten houses a row."""
    at = [(60.0 * (n % 6), 60.0 * (n // 6), 12.0) for n in range(others)]
    at += [(400 + 180.0 * block + wide * n, 40 + 7.0 * row, wide) for block in range(blocks)
           for row in range(2) for n in range(10)]  # fmt: skip
    shapes: list[Any] = [
        box(WEST + x * A_METRE, SOUTH + y * A_METRE, WEST + (x + w) * A_METRE, SOUTH + (y + 6) * A_METRE)
        for x, y, w in at
    ]
    rows = [{"community": "C1", "house_seq": str(n + 1)} for n in range(len(at))]
    frames = city(12)
    homes = frames["community"]
    edge = gpd.GeoSeries(shapes, crs=4326).union_all().envelope
    frames["community"] = homes.assign(geometry=gpd.GeoSeries([edge, None], homes.index, crs=4326))
    frames["house"] = frame("house", rows, shapes)
    return frames


def plan_of(frames: dict[str, gpd.GeoDataFrame], paper: str = "A3") -> tuple[Plan, list[str]]:
    made = replace(sheets(frames), paper=PAPERS[paper], parts=("plan",))
    return OfCommunity(made, "a" * 32).plan, texts(made.pdf())


def unread(plan: Plan) -> set[str]:
    """The numbers that have a place of their own on no sheet at all."""
    numbers = np.array(plan.ground.numbers, dtype=object)
    read: set[str] = set()
    grids = [(plan.grid, plan.blocks), *((block.grid, []) for block in plan.blocks)]
    for made, without in grids:
        assert made is not None
        for tile in made.tiles:
            for held, written in plan._on(made, tile, without).numbered():
                if not written.over:
                    read |= set(numbers[held])
    return set(numbers) - read


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("blocks", [0, 1, 2])
def test_every_number_can_be_read_on_some_sheet(blocks: int, paper: str) -> None:
    plan, pages = plan_of(community(blocks), paper)
    assert unread(plan) == set()
    assert plan.grid is not None
    sheets_ = len(plan.grid.tiles) + sum(len(block.grid.tiles) for block in plan.blocks)
    assert len(pages) == sheets_
    everything = " ".join(pages)
    for number in plan.ground.numbers:
        assert re.search(rf"(?<![\d/:,]){number}(?![\d/,])", everything), number


def test_a_dense_block_is_drawn_larger_on_a_sheet_of_its_own() -> None:
    plan, pages = plan_of(community(1))
    assert plan.grid is not None and len(plan.grid.tiles) == 1
    (block,) = plan.blocks
    assert block.grid.scale < plan.grid.scale / 2
    assert "ดูแผ่น 2" in pages[0] and "แผ่นที่ 1 จาก 2" in pages[0] and "แผ่นที่ 2 จาก 2" in pages[1]
    assert f"1:{block.grid.scale}" in pages[1]
    # What is drawn larger is not numbered twice; the rest stays where it was.
    for number, here in (("12", 0), ("35", 1), ("50", 1)):
        found = [
            bool(re.search(rf"(?<![\d/:,.]){number}(?![\d/,.])", page.partition("ดูแผ่น")[0])) for page in pages
        ]
        assert found[here], number


def test_a_sheet_speaks_only_of_the_dense_blocks_on_it() -> None:
    plan, pages = plan_of(community(2, others=200), "A4")
    assert plan.grid is not None and len(plan.grid.tiles) == len(plan.blocks) == 2
    for tile, page in zip(plan.grid.tiles, pages, strict=False):
        here = {b.grid.tiles[0].number for b in plan.blocks if dense._touch(b.extent, tile.extent)}
        assert {int(n) for n in re.findall(r"ดูแผ่น (\d+)", page)} == here
    assert "ดูแผ่น" not in pages[0]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("paper", PAPERS)
def test_every_sheet_has_lines_for_corrections(paper: str, lang: Lang) -> None:
    sources = (
        "Boundaries: Royal Thai Survey Department / OCHA, CC BY IGO",
        "© OpenStreetMap contributors (ODbL)",
    )
    made = sheets(community(2, others=200), lang=lang, made_up=True, sources=sources * 2)
    pages = texts(replace(made, paper=PAPERS[paper], parts=("plan",)).pdf())
    assert len(pages) > 1
    for page in pages:
        _, heading, below = page.partition({"th": "แก้ไขในที่ประชุม", "en": "Corrected at the meeting"}[lang])
        assert heading and " 1. 2. " in below


def test_a_community_with_room_has_no_more_sheets() -> None:
    plan, pages = plan_of(community(0))
    assert plan.blocks == [] and len(pages) == 1 and "ดูแผ่น" not in pages[0]


def rows_of(points: list[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    at = np.array(points, dtype=float)
    return np.hstack([at - 1, at + 1]), at


POINTS = [(3.0 * n, 0.0) for n in range(8)] + [(900.0, 500.0), (500.0, 800.0)]
NOTHING = frozenset[int]()
TROUBLES = [
    (Trouble(NOTHING, NOTHING), 0),
    (Trouble(frozenset({0, 1}), NOTHING), 0),
    (Trouble(frozenset({0, 1, 2}), NOTHING), 1),
    (Trouble(NOTHING, frozenset({5})), 1),
    # Two numbers that are led away can be read, wherever they are.
    (Trouble(frozenset({8, 9}), NOTHING), 0),
]  # fmt: skip


@pytest.mark.parametrize(("trouble", "count"), TROUBLES)
def test_what_is_worth_a_sheet(trouble: Trouble, count: int) -> None:
    edges, points = rows_of(POINTS)
    made = grid.layout((0, 0, 900, 800), edges, 10_000, WINDOWS, 6)
    found = dense.blocks(trouble, edges, points, made, WINDOWS)
    assert len(found) == count
    for block in found:
        assert block.grid.scale < made.scale
        assert block.grid.tiles[0].number == len(made.tiles) + 1


def test_blocks_side_by_side_share_a_sheet_and_far_ones_do_not() -> None:
    near = [(4.0 * n + 60 * block, 0.0) for block in range(2) for n in range(6)]
    far = [(4.0 * n + 2000 * block, 0.0) for block in range(2) for n in range(6)]
    for places, count in ((near, 1), (far, 2)):
        edges, points = rows_of(places)
        made = grid.layout((0, -700, 2030, 700), edges, 10_000, WINDOWS, 6)
        everything = Trouble(frozenset(range(len(places))), NOTHING)
        found = dense.blocks(everything, edges, points, made, WINDOWS)
        assert len(found) == count
