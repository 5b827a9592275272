"""The sheets for checking where plots are known and houses are not: people look for the number of a plot."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from maps.sheet.checking import OfCommunity
from maps.sheet.paper import PAPERS
from tests.maps.sheet.reading import texts
from tests.maps.sheet.test_checking import Frame, city, frame, plot, rows, sheets

ID = "a" * 32
ODD = ("12/3", "6ก")


def home(plot_no: str | None, no: str = "1", **more: Any) -> dict[str, Any]:
    return {"community": "C1", "plot_no": plot_no, "household_no": no, "head_name": f"คนแปลง{plot_no}", "people": 2,
            "visit_date": "2025-11-02"} | more  # fmt: skip


def by_plot() -> dict[str, Frame]:
    """Plots 1 to 12 and some with odd numbers, one known by its deed, one by nothing, one not on the map; no house."""
    frames = city()
    numbers = [str(n) for n in range(1, 13)] + [*ODD, None, None, "77"]
    plots = [{"community": "C1", "plot_no": number} for number in numbers]
    plots[14]["deed_no"] = "9001"
    homes = [home(str(n)) for n in range(1, 11) if n != 4]
    homes += [home("3", "2", head_name="ครอบครัวที่สอง"), home("12/3", house_no="45/6"), home("A9"), home(None),
              home(None, house_seq="500", head_name="คนบ้าน500"), home("77")]  # fmt: skip
    shapes = [plot(n, 0.95) if n < 16 else None for n in range(17)]
    frames["house"] = frame("house", [], [])
    frames["household"] = frame("household", homes, [None] * len(homes))
    frames["land_plot"] = frame("land_plot", plots, shapes)
    return frames


def mixed() -> dict[str, Frame]:
    """The houses of the city; two plots of which households stand that have no house, one that has its house."""
    frames = city()
    plots = [{"community": "C1", "plot_no": n} for n in ("1", "21", "22")]
    homes = [home("21"), home("21", "2"), home("22", house_seq="900"), home("1", house_seq="1", household_no="2"),
             home("Z5")]  # fmt: skip
    frames["land_plot"] = frame("land_plot", plots, [plot(0, 0.9), plot(21, 0.9), plot(22, 0.9)])
    known = frames["household"]
    more = frame("household", [one | {"id": f"more-{n}"} for n, one in enumerate(homes)], [None] * len(homes))
    frames["household"] = pd.concat([known, more])
    return frames


def one(frames: dict[str, Frame]) -> OfCommunity:
    return OfCommunity(sheets(frames), ID)


def printed(frames: dict[str, Frame], part: str, lang: str = "th", paper: str = "A3") -> list[str]:
    made = replace(sheets(frames, lang=lang), parts=(part,), paper=PAPERS[paper])
    return texts(made.pdf())


@pytest.mark.parametrize("paper", PAPERS)
def test_the_plan_of_plots_has_every_plot_number(paper: str) -> None:
    plan = printed(by_plot(), "plan", paper=paper)[0]
    for number in (*map(str, range(1, 13)), *ODD):
        assert re.search(rf"(?<![\d/]){number}(?![\d/])", plan), number
    assert "(9001)" in plan and "?1" in plan
    for said in ("แปลงที่ดิน 12 = เลขแปลง", "แปลงที่ยังไม่มีเลข", "สำรวจล่าสุด 2 พ.ย. 2568"):
        assert said in plan, said
    assert "ลำดับในผัง" not in plan and "แปลง 3" not in plan and "แนวแปลงที่ดิน" not in plan


def test_the_list_of_plots_has_every_household_and_every_plot_without_one() -> None:
    pages = printed(by_plot(), "list")
    body = " ".join(map(rows, pages))
    assert "เลขแปลง" in pages[0] and "ลำดับบ้าน" not in pages[0]
    assert re.findall(r"คนแปลง(\d+) ", body)[:9] == ["1", "2", "3", "5", "6", "7", "8", "9", "10"]
    for said in (
        "3 1 คนแปลง3 2 2 ครอบครัวที่สอง 2", "4 — ยังไม่มีข้อมูลครัวเรือน", "12/3 45/6 1 คนแปลง12/3 2",
        "(9001) — ยังไม่มี", "?1 — ยังไม่มี", "A9 1 คนแปลงA9", "ไม่มีแปลงนี้ในข้อมูล", "ไม่ได้ระบุเลขแปลง",
        "บ้าน 500 1 คนบ้าน500", "ไม่มีบ้านนี้ในข้อมูล", "77 1 คนแปลง77",
    ):  # fmt: skip
        assert said in body, said
    assert "แปลง 17 แปลง · ครัวเรือน 15 ครัวเรือน · สมาชิก 30 คน (ทราบ 15 ครัวเรือน)" in pages[0]
    assert body.index("คนแปลง10") < body.index("คนแปลง77") < body.index("คนแปลงA9")


def test_plots_without_number_or_place_are_listed_apart() -> None:
    (_, apart) = printed(by_plot(), "plan")
    for said in ("แปลงที่ต้องช่วยกันหา", "อยู่ในผัง แต่ไม่มีเลข ?1", "มีข้อมูล แต่ไม่อยู่ในผัง 77 1"):
        assert said in apart, said
    assert "บ้านเลขที่" not in apart and "9001" not in apart


def test_a_household_where_plots_lie_on_each_other_has_both_numbers_once() -> None:
    frames = by_plot()
    frames["land_plot"] = frame(
        "land_plot", [{"community": "C1", "plot_no": n} for n in ("1", "2")], [plot(1), plot(1)]
    )
    frames["household"] = frame(
        "household", [home("2"), home("2", "2")], [plot(1).centroid, plot(1).centroid]
    )
    body = rows(printed(frames, "list")[0])
    assert "1, 2 1 คนแปลง2 2 2 คนแปลง2 2" in body and "ยังไม่มีข้อมูลครัวเรือน" not in body


def test_where_the_survey_says_another_plot_than_that_of_the_household_it_is_said() -> None:
    frames = by_plot()
    frames["household"] = frame("household", [home("2ก")], [plot(1).centroid])
    assert re.search("2 1 คนแปลง2ก (2 )?แบบสำรวจเขียน แปลง 2ก", rows(printed(frames, "list")[0]))


def test_houses_and_the_plots_that_alone_tell_a_household_stand_together() -> None:
    frames = mixed()
    plan, apart = printed(frames, "plan")
    assert "แปลง 21" in plan and "แปลง 22" in plan and "แปลง 1 " not in plan and "(45/2)" in plan
    assert "แปลงที่ดิน 12 = เลขแปลง" in plan and "แนวแปลงที่ดิน" in plan and "บ้านที่ต้องช่วยกันหา" in apart
    pages = printed(frames, "list")
    body = " ".join(map(rows, pages))
    assert "ลำดับบ้าน / แปลง" in pages[0]
    assert "แปลง 21 1 คนแปลง21 2 2 คนแปลง21 2" in body
    assert re.search("แปลง 22 1 คนแปลง22 (2 )?แบบสำรวจเขียน บ้าน 900", body)
    assert re.search("แปลง Z5 1 คนแปลงZ5 (2 )?ไม่มีแปลงนี้ในข้อมูล", body)
    assert re.search("500 1 นางไร้ บ้าน (1 )?ไม่มีบ้านนี้ในข้อมูล", body)
    # The household of plot 1 has its house: it stands there.
    assert "1 45/1 1 นายสมมติ ที่1 3 2 คนแปลง1 2" in body
    assert "บ้าน 13 หลัง · แปลงในรายชื่อนี้ 2 แปลง · ครัวเรือน 17 ครัวเรือน" in pages[0]


def test_plots_of_a_community_with_houses_change_nothing_that_is_printed() -> None:
    without = city()
    without["land_plot"] = without["land_plot"].iloc[:0]
    frames = city()
    assert printed(frames, "list") == printed(without, "list")
    assert one(frames).ground.numbers == one(without).ground.numbers
    assert not one(frames).ground.is_plot.any() and len(one(frames).ground.plots) == 1
    assert len(one(mixed()).ground.plots) == 1


def test_whoever_sees_no_household_gets_the_plan_of_plots() -> None:
    frames = by_plot()
    del frames["household"]
    plan, apart = printed(frames, "plan")
    assert "12/3" in plan and "แปลงที่ดิน 12" in plan and "แปลงที่ต้องช่วยกันหา" in apart


CASES: list[tuple[str, list[dict[str, Any]], bool, bool]] = [
    ("plots alone", [], True, True),
    ("households by plot, plots not drawn yet", [home("1"), home("2")], False, True),
    ("households by house, plots of the land", [home(None, house_seq=str(n)) for n in range(3)], True, False),
    ("households that say neither", [home(None)], False, False),
]


@pytest.mark.parametrize(("said", "homes", "plots", "wanted"), CASES, ids=[case[0] for case in CASES])
def test_what_people_are_found_by(said: str, homes: list[dict[str, Any]], plots: bool, wanted: bool) -> None:
    frames = by_plot()
    frames["household"] = frame("household", homes, [None] * len(homes))
    if not plots:
        frames["land_plot"] = frames["land_plot"].iloc[:0]
    assert one(frames).homes.by_plot is wanted
    assert len(one(frames).homes.plots) == (17 if plots else 0)
    heading = "เลขแปลง" if wanted else "ลำดับบ้าน / แปลง" if plots else "ลำดับบ้าน"
    assert heading in printed(frames, "list")[0]


def test_in_english_no_word_of_ours_is_thai() -> None:
    said = " ".join([page for made in (by_plot(), mixed()) for part in ("plan", "list")
                     for page in printed(made, part, lang="en")])  # fmt: skip
    own = r"ชุมชนริมคลอง|ทีมสำรวจ|นายสมมติ ที่|นางน้ำผึ้ง ปลายน้ำ|นางไร้ บ้าน|ซอยริมน้ำ|คลองหลอด|ศาลา|คนแปลง\S+|ครอบครัวที่สอง"
    own += r"|คนบ้าน|เครือข่ายคลองเตย|ผู้ทำ ?แผนที่|6ก"
    assert not re.search("[\u0e00-\u0e7f]", re.sub(own, "", said))
    for wanted in (
        "Plot 21",
        "Plots to be found together",
        "Plot of land: 12 = plot number",
        "2 plots in this list",
    ):
        assert wanted in said, wanted
