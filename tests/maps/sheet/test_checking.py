"""The sheets for checking: every house and household once, by right, with what is missing said."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, Point, box

from maps.sheet.checking import HEAD_NAME, NEEDS, Checking, OfCommunity
from maps.sheet.frame import Facts
from maps.sheet.paper import PAPERS
from surveys.records import ALL
from tests.maps.sheet.reading import pixels, sizes, texts

WEST, SOUTH, STEP = 100.5800, 13.7200, 0.00012
FACTS = Facts("เครือข่ายคลองเตย", "th", date(2026, 1, 31), version=42, sources=("© ผู้ทำแผนที่",))
Frame = gpd.GeoDataFrame


def frame(name: str, rows: list[dict[str, Any]], shapes: list[Any]) -> Frame:
    """A frame as the store hands it out: every declared column, the shapes in EPSG:4326."""
    columns = {f.name: pd.Series([row.get(f.name) for row in rows], dtype=object) for f in ALL[name].fields}
    for field in ALL[name].fields:
        if pd.api.types.is_integer_dtype(field.kind.arrow.to_pandas_dtype()):
            columns[field.name] = columns[field.name].astype("Int64")
        elif field.kind.column == "DATE":
            columns[field.name] = pd.to_datetime(columns[field.name])
        else:
            columns[field.name] = columns[field.name].astype("str").where(columns[field.name].notna())
    ids = pd.Index([row.get("id", f"{name}-{n}") for n, row in enumerate(rows)], dtype="str")
    made = gpd.GeoDataFrame(columns, geometry=shapes, crs=4326)
    made.index = ids
    return made


def plot(n: int, wide: float = 0.7) -> Any:
    x, y = WEST + STEP * (n % 10), SOUTH + STEP * (n // 10)
    return box(x, y, x + STEP * wide, y + STEP * wide)


def city(houses: int = 12, *, standing: str = "community") -> dict[str, Frame]:
    """A community of houses in rows; house 3 has two households, 4 none, 5 no number, 6 no place, 7 a point."""
    rows = [{"community": "C1", "house_seq": str(n), "house_no": f"45/{n}", "survey_date": "2025-12-01"}
            for n in range(1, houses + 1)]  # fmt: skip
    shapes: list[Any] = [plot(n) for n in range(houses)]
    rows[4] |= {"house_seq": None, "house_no": None}
    shapes[5], shapes[6] = None, Point(WEST + STEP * 6.5, SOUTH)
    rows.append({"community": "C1", "house_seq": "99", "house_no": "9/9"})
    shapes.append(plot(4000))
    rows.append({"community": "C2", "house_seq": "1", "house_no": "77/1"})
    shapes.append(box(WEST - STEP, SOUTH, WEST - STEP / 2, SOUTH + STEP / 2))
    homes = [
        {"community": "C1", "house_seq": str(n), "household_no": "1", "head_name": f"นายสมมติ ที่{n}", "people": 3}
        for n in range(1, houses + 1) if n not in (4, 5)
    ]  # fmt: skip
    homes.append({"community": "C1", "house_seq": "3", "household_no": "2", "head_name": "นางน้ำผึ้ง ปลายน้ำ"})
    homes.append(
        {"community": "C1", "house_seq": "500", "household_no": "1", "head_name": "นางไร้ บ้าน", "people": 1}
    )
    edge = box(WEST - STEP / 3, SOUTH - STEP / 3, WEST + STEP * 11, SOUTH + STEP * (houses / 10 + 2))
    communities = [{"id": "a" * 32, "code": "C1", "name": "ชุมชนริมคลอง", "boundary_standing": standing,
                    "source": "ทีมสำรวจ"},
                   {"id": "b" * 32, "code": "C2", "name": "ชุมชนข้างเคียง"}]  # fmt: skip
    road = LineString([(WEST - STEP, SOUTH - STEP / 6), (WEST + STEP * 12, SOUTH - STEP / 6)])
    return {
        "community": frame("community", communities, [edge, None]),
        "house": frame("house", rows, shapes),
        "household": frame("household", homes, [None] * len(homes)),
        "land_plot": frame("land_plot", [{"community": "C1", "plot_no": "1"}], [plot(0, 0.9)]),
        "road": frame("road", [{"name": "ซอยริมน้ำ", "kind": "soi"}], [road]),
        "canal": frame("canal", [{"name": "คลองหลอด"}], [LineString([(WEST, SOUTH), (WEST, SOUTH + STEP)])]),
        "facility": frame("facility", [{"name": "ศาลา"}], [Point(WEST + STEP * 5, SOUTH + STEP * 2)]),
    }


def sheets(frames: dict[str, Frame] | None = None, **facts: Any) -> Checking:
    made = frames or city()
    return Checking(made, ["a" * 32], replace(FACTS, **facts), PAPERS["A3"])


def test_the_frames_asked_for_are_those_of_the_city() -> None:
    assert set(NEEDS) == set(city())


def test_the_plan_says_what_it_is_of_which_data_and_from_where() -> None:
    plan = texts(replace(sheets(), parts=("plan",)).pdf())[0]
    for said in ("ผังชุมชนฉบับตรวจทาน", "ชุมชนริมคลอง", "เครือข่ายคลองเตย", "ฉบับข้อมูลที่ 42", "พิมพ์ 31 ม.ค. 2569",
                 "ทีมสำรวจ", "© ผู้ทำแผนที่", "สำรวจล่าสุด 1 ธ.ค. 2568", "มาตราส่วน 1:", "เมตร", "หน้า 1 / 2"):  # fmt: skip
        assert said in plan, said
    assert "ข้อมูลสมมติ" not in plan
    assert "ข้อมูลสมมติ" in texts(sheets(made_up=True).pdf())[0]


def test_every_house_on_the_map_has_its_number_on_the_plan() -> None:
    one = OfCommunity(sheets(), "a" * 32)
    plan = texts(replace(sheets(), parts=("plan",)).pdf())[0]
    numbers = [str(n) for n in (1, 2, 3, 4, 7, 8, 9, 10, 11, 12)]
    for number in numbers:
        assert re.search(rf"(?<![\d/]){number}(?![\d/])", plan), number
    assert "?1" in plan and "(45/2)" in plan
    assert "77/1" not in plan and "9/9" not in plan
    assert one.ground.unnumbered.sum() == 1 and one.ground.stray.sum() == 1


def test_houses_without_number_or_place_are_listed_apart() -> None:
    pages = texts(replace(sheets(), parts=("plan",)).pdf())
    assert len(pages) == 2
    assert "บ้านที่ต้องช่วยกันหา" in pages[1]
    assert "อยู่ในผัง แต่ไม่มีเลข ?1" in pages[1]
    assert "มีข้อมูล แต่ไม่อยู่ในผัง 6 45/6" in pages[1]
    assert "ตำแหน่งไกลจากชุมชนมาก 99 9/9" in pages[1]


def test_a_community_without_such_houses_has_no_such_page() -> None:
    frames = city()
    whole = frames["house"]
    keep = whole["house_seq"].isin(["1", "2", "3"]) & (whole["community"] == "C1")
    frames["house"] = whole[keep.to_numpy()]
    assert len(texts(replace(sheets(frames), parts=("plan",)).pdf())) == 1


def rows(page: str) -> str:
    return page.partition("คำแก้ไข / คำคัดค้าน")[2]


def test_the_list_has_every_household_once_in_the_order_people_count() -> None:
    pages = texts(replace(sheets(), parts=("list",)).pdf())
    body = " ".join(map(rows, pages))
    heads = re.findall(r"นายสมมติ ที่(\d+)", body)
    assert heads == [str(n) for n in (1, 2, 3, 6, 7, 8, 9, 10, 11, 12)]
    assert "3 45/3 1 นายสมมติ ที่3 3 2 นางน้ำผึ้ง ปลายน้ำ" in body
    assert "4 45/4 — ยังไม่มีข้อมูลครัวเรือน" in body
    assert re.search("500 1 นางไร้ บ้าน (1 )?ไม่มีบ้านนี้ในข้อมูล", body)
    assert "บ้าน 13 หลัง · ครัวเรือน 12 ครัวเรือน · สมาชิก 31 คน (ทราบ 11 ครัวเรือน)" in pages[0]
    assert "ลงชื่อ" in pages[0] and "ผู้แทนชุมชน" in pages[-1]
    assert body.index("ที่2 ") < body.index("ที่10 ")


def test_households_of_a_house_stand_in_order_though_one_leaves_out_its_number() -> None:
    frames = city()
    more = [{"community": "C1", "house_seq": "8", "house_no": number, "household_no": n, "head_name": f"คนที่{n}"}
            for n, number in (("10", None), ("3", "45/8"), ("2", None))]  # fmt: skip
    frames["household"] = pd.concat([frames["household"], frame("household", more, [None] * len(more))])
    frames["household"].index = pd.Index(
        [f"household-{n}" for n in range(len(frames["household"]))], dtype="str"
    )
    said = "".join(texts(sheets(frames).pdf()))
    assert said.index("คนที่2") < said.index("คนที่3") < said.index("คนที่10")


def test_the_sources_of_a_plan_are_never_cut() -> None:
    sources = ("ทีมสำรวจของเครือข่าย ร่วมกับสำนักงานเขต " * 4, "© OpenStreetMap contributors, ODbL 1.0")
    made = replace(sheets(sources=sources), paper=PAPERS["A4"], parts=("plan",))
    (page, *_) = texts(made.pdf())
    assert "©OpenStreetMapcontributors,ODbL1.0" in re.sub(r"\s", "", page)


def test_the_closing_day_stands_on_the_list_or_a_line_for_it() -> None:
    assert "รับคำแก้ไขและคำคัดค้านถึงวันที่ 28 ก.พ. 2569" in texts(sheets(closing=date(2026, 2, 28)).pdf())[-1]
    assert "ถึงวันที่ ....." in texts(sheets().pdf())[-1]


def test_names_stand_in_the_list_only_where_they_were_handed_over() -> None:
    frames = city()
    frames["household"] = frames["household"].drop(columns=[HEAD_NAME])
    said = " ".join(texts(sheets(frames).pdf()))
    assert "นายสมมติ" not in said and "น้ำผึ้ง" not in said and "ข้อมูลส่วนบุคคล" not in said
    assert "3 45/3 1 3 2" in said
    del frames["household"]
    plan = texts(replace(sheets(frames), parts=("plan",)).pdf())
    assert "อยู่ในผัง แต่ไม่มีเลข" in plan[1]


def test_a_house_of_two_pages_says_its_number_on_both() -> None:
    frames = city()
    homes = frames["household"]
    many = [
        {"community": "C1", "house_seq": "1", "household_no": str(n), "head_name": f"คนที่ {n}"}
        for n in range(1, 41)
    ]
    frames["household"] = frame("household", many, [None] * len(many))
    pages = texts(replace(sheets(frames), parts=("list",)).pdf())
    assert len(homes) and rows(pages[0]).startswith(" 1 45/1 1 คนที่ 1")
    second = rows(pages[1])
    assert re.match(r" 1 45/1 \d+ คนที่ \d+", second) and second.count("45/1 ") == 1


def test_nothing_on_the_map_yet_is_said() -> None:
    frames = city()
    frames["land_plot"] = frames["land_plot"].iloc[:0]
    for name in ("house", "community"):
        frames[name] = frames[name].assign(
            geometry=gpd.GeoSeries([None] * len(frames[name]), frames[name].index, crs=4326)
        )
    pages = texts(sheets(frames).pdf())
    assert "ยังพิมพ์ผังไม่ได้" in pages[0]
    frames["house"] = frames["house"].iloc[:0]
    frames["household"] = frames["household"].iloc[:0]
    assert "ยังไม่มีบ้านหรือครัวเรือนของชุมชนนี้" in texts(sheets(frames).pdf())[-1]


@pytest.mark.parametrize("name", PAPERS)
def test_the_plan_is_on_its_paper_and_the_list_on_a4(name: str) -> None:
    pages = sizes(replace(sheets(), paper=PAPERS[name]).pdf())
    assert sorted(pages[0]) == sorted({"A3": (420, 297), "A4": (297, 210)}[name])
    assert pages[-1] == (210, 297)


@pytest.mark.slow
def test_a_large_plan_goes_on_from_sheet_to_sheet() -> None:
    frames = city(800)
    made = replace(sheets(frames), paper=PAPERS["A4"], parts=("plan",))
    grid = OfCommunity(made, "a" * 32).plan.grid
    assert grid is not None and len(grid.tiles) > 1
    pages = texts(made.pdf())
    assert "แผ่นที่ 1 จาก" in pages[0] and "ต่อแผ่น 2" in pages[0] and "แผ่นทั้งหมด" in pages[0]
    everything = " ".join(pages[: len(grid.tiles)])
    missing = [
        n for n in range(1, 801) if n not in (5, 6) and not re.search(rf"(?<![\d/]){n}(?![\d/])", everything)
    ]
    assert missing == []


def test_the_plan_needs_no_colour_and_a_disputed_boundary_says_so() -> None:
    disputed = replace(sheets(city(standing="disputed")), parts=("plan",)).pdf()
    assert "ขอบเขตที่ยังโต้แย้งกัน" in texts(disputed)[0]
    assert "ขอบเขตชุมชน" in texts(sheets().pdf())[0]
    seen = pixels(disputed, scale=1.0).astype(int)
    assert int(np.ptp(seen, axis=2).max()) <= 1 and seen.min() < 60


def test_in_english_no_word_of_ours_is_thai() -> None:
    frames = city()
    pages = texts(sheets(frames, lang="en", network="Khlong Toei", sources=()).pdf())
    said = " ".join(pages)
    own = "ชุมชนริมคลอง|ทีมสำรวจ|นายสมมติ ที่|นางน้ำผึ้ง ปลายน้ำ|นางไร้ บ้าน|ซอยริมน้ำ|คลองหลอด|ศาลา"
    assert not re.search("[\u0e00-\u0e7f]", re.sub(own, "", said))
    for words in (
        "Community plan for checking",
        "data version 42",
        "printed 31 Jan 2026",
        "List for checking",
        "Scale 1:",
    ):
        assert words in said
