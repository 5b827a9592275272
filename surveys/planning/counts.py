"""How many: communities, plots, houses, households and people, and how well they are linked."""

from __future__ import annotations

import numpy as np
import pandas as pd

from surveys.planning.answers import Types, reason_columns, reason_counts
from surveys.planning.communities import STATES, STATES_NOTE, ByCommunity, heading_columns, states
from surveys.planning.links import BY_KEY, BY_PLACE, HOUSE, HOUSEHOLD, IN_SEVERAL, MEMBER, NOWHERE, PLOT, City
from surveys.planning.match import COMMUNITY, Frames, Positions
from surveys.planning.people import LISTED, PEOPLE, STATED, people, people_by
from surveys.planning.result import (
    Chart,
    Column,
    Result,
    sources_of,
    survey_days,
    told_days,
    totals_of,
    typed,
)
from surveys.records import ALL
from surveys.words import Words, words

NEEDS = (COMMUNITY, PLOT, HOUSE, HOUSEHOLD, MEMBER)
VISIT_RESULT = ALL[HOUSEHOLD].by_name["visit_result"].name
# Records of a visit that are counted as households, and that a planner may want to take off.
DOUBTFUL = ("double", "empty", "moved_out")


def _count(name: str, th: str, en: str, type_name: str) -> Column:
    return Column(name, words(th, en), "count", ALL[type_name].unit)


COUNTS = (
    Column("as_of", words("ข้อมูล ณ วันที่", "data as of"), "date"),
    *STATES,
    _count("plots", "แปลงที่ดิน", "land plots", PLOT),
    _count("houses", "บ้าน", "houses", HOUSE),
    _count("houses_without_household", "บ้านที่ไม่มีครัวเรือน", "houses with no household", HOUSE),
    _count("houses_unplaced", "บ้านที่ยังไม่มีตำแหน่ง", "houses not on the map", HOUSE),
    _count("households", "ครัวเรือน", "households", HOUSEHOLD),
    _count("households_doubtful", "ในจำนวนนี้ ซ้ำ บ้านว่าง หรือย้ายออก",
           "of these: double, house empty or moved out", HOUSEHOLD),
    _count("in_house_by_key", "รู้บ้านจากเลขในผังหรือบ้านเลขที่", "house found by its number", HOUSEHOLD),
    _count("in_house_by_place", "รู้บ้านจากตำแหน่ง", "house found by place", HOUSEHOLD),
    _count("in_several_houses", "เลขตรงกับบ้านหลายหลัง", "number fits several houses", HOUSEHOLD),
    _count("in_no_house", "ไม่ทราบว่าอยู่บ้านหลังใด", "house not known", HOUSEHOLD),
    _count("in_one_plot", "อยู่ในแปลงที่ดินหนึ่งแปลง", "in one land plot", HOUSEHOLD),
    _count("in_several_plots", "อยู่ในแปลงที่ซ้อนกัน", "in several plots", HOUSEHOLD),
    _count("in_no_plot", "ไม่พบแปลงที่ดิน", "in no plot", HOUSEHOLD),
    _count("in_boundary", "อยู่ในขอบเขตชุมชน", "in a community boundary", HOUSEHOLD),
    _count("in_other_boundary", "อยู่ในขอบเขตชุมชนอื่น", "in another community's boundary", HOUSEHOLD),
    _count("households_unplaced", "ครัวเรือนที่ยังไม่มีตำแหน่ง", "households not on the map", HOUSEHOLD),
    _count("people", "คน", "people", MEMBER),
    _count("people_listed", "คน (นับจากรายชื่อสมาชิก)", "people counted from member lists", MEMBER),
    _count("people_stated", "คน (ตามจำนวนที่ครัวเรือนแจ้ง)", "people as households state", MEMBER),
    _count("people_differ", "จำนวนที่แจ้งไม่ตรงกับรายชื่อ", "stated number differs from the list", HOUSEHOLD),
    *reason_columns(PEOPLE, words("ไม่มีจำนวนคน", "people not counted"), ALL[HOUSEHOLD].unit),
    _count("people_of_no_household", "รายชื่อที่ไม่รู้ครัวเรือน", "people listed, household not known", MEMBER),
)  # fmt: skip

NOTES: tuple[Words, ...] = (
    words(
        "หลัง ครัวเรือน และคน นับแยกกัน บ้านหนึ่งหลังมีได้หลายครัวเรือนหรือไม่มีเลย",
        "houses, households and people are counted apart: a house holds several households, or none",
    ),
    words(
        "จำนวนคนนับจากรายชื่อสมาชิกถ้ามี มิฉะนั้นใช้จำนวนที่ครัวเรือนแจ้ง ครัวเรือนที่ไม่มีทั้งสองอย่าง"
        "แยกนับตามสาเหตุ ไม่นับเป็นศูนย์; รายชื่อที่ไม่รู้ครัวเรือนแยกไว้ ไม่รวมในจำนวนคน",
        "people are counted from member lists where there are any, else as the household states; households "
        "with neither are counted by reason, never as 0; listed people whose household is not known stand "
        "apart and are not in the number of people",
    ),
    words(
        "แปลงที่ดินของครัวเรือนคือแปลงที่จุดของบ้าน (หรือของครัวเรือนเอง) อยู่ข้างใน ถ้าไม่มีพิกัดใช้เลขแปลง "
        "จุดบนเส้นแนวเขตไม่นับว่าอยู่ข้างใน",
        "a household's plot is the one its house (or it itself) stands inside, or the plot number where "
        "there are no coordinates; a point on the line is not inside",
    ),
    STATES_NOTE,
)


def run(frames: Frames, types: Types = ALL) -> Result:
    """Count communities, plots (แปลง), houses (หลัง), households (ครัวเรือน) and people (คน) by community.

    Every record of a type is counted once, in the row of its community or in "community not known",
    so that each column sums to its total. A household is in one house, in several, or in none; in
    one plot, in several, or in none. Points are tested in EPSG:4326.
    """
    city = City(frames)
    by = ByCommunity(city)
    told, rows = people(city), by.of(HOUSEHOLD)
    parts = states(city) | _plots_and_houses(by) | _households(by) | _people(by, told)
    table = by.table(parts, reason_counts(PEOPLE, told["why"], rows))
    table["as_of"] = newest_day(by).reindex(table.index)
    table[PEOPLE] = people_by(told, rows).reindex(table.index).mask(table["households"].eq(0), 0)
    columns = (*heading_columns(types), *COUNTS)
    table = typed(table, columns)
    chart = Chart("bar", COMMUNITY, ("houses", "households"))
    return Result(table, columns, chart, NOTES, sources_of(frames, NEEDS), totals_of(table, columns))


def newest_day(by: ByCommunity) -> pd.Series[pd.Timestamp]:
    """Return the newest day of survey that the records of each row give; NaT where they give none."""
    days = [
        told_days(by.city.frames[name], day).groupby(by.of(name)).max()
        for name in (HOUSE, HOUSEHOLD)
        for day in survey_days(name)
    ]
    communities = by.city.frames[COMMUNITY]
    days += [told_days(communities, day) for day in survey_days(COMMUNITY)]
    newest: pd.Series[pd.Timestamp] = pd.concat(days, axis=1).max(axis=1)
    return newest


def marked(index: pd.Index, rows: Positions) -> pd.Series[bool]:
    """Mark the records at some positions."""
    flags = np.zeros(len(index), dtype=bool)
    flags[rows] = True
    return pd.Series(flags, index, dtype="bool")


def houses_without_household(city: City) -> pd.Series[bool]:
    """Mark the houses that no household was found to be in."""
    house = city.houses["house"].to_numpy()
    return marked(city.frames[HOUSE].index, house[house >= 0]).eq(False)


def unplaced(city: City, type_name: str) -> pd.Series[bool]:
    """Mark the houses or households that have no place: no shape, and no one placed record they name."""
    return pd.Series(np.isnan(city.places[type_name][:, 0]), city.frames[type_name].index, dtype=bool)


def _plots_and_houses(by: ByCommunity) -> dict[str, pd.Series[int]]:
    return {
        "plots": by.count(PLOT),
        "houses": by.count(HOUSE),
        "houses_without_household": by.count(HOUSE, houses_without_household(by.city)),
        "houses_unplaced": by.count(HOUSE, unplaced(by.city, HOUSE)),
    }


def _households(by: ByCommunity) -> dict[str, pd.Series[int]]:
    city, households = by.city, by.city.frames[HOUSEHOLD]
    how = city.houses["how"]
    plots = np.bincount(city.plots_of_households["row"], minlength=len(households))
    told = {
        "households_doubtful": households[VISIT_RESULT].isin(DOUBTFUL),
        "in_house_by_key": how.eq(BY_KEY),
        "in_house_by_place": how.eq(BY_PLACE),
        "in_several_houses": how.eq(IN_SEVERAL),
        "in_no_house": how.eq(NOWHERE),
        "in_one_plot": pd.Series(plots == 1, households.index),
        "in_several_plots": pd.Series(plots > 1, households.index),
        "in_no_plot": pd.Series(plots == 0, households.index),
        **_boundaries(by),
        "households_unplaced": unplaced(city, HOUSEHOLD),
    }
    return {"households": by.count(HOUSEHOLD)} | {
        name: by.count(HOUSEHOLD, which) for name, which in told.items()
    }


def _boundaries(by: ByCommunity) -> dict[str, pd.Series[bool]]:
    """Mark households within a community's boundary, and those only within that of another community."""
    pairs, index = by.city.boundaries, by.city.frames[HOUSEHOLD].index
    names = by.city.frames[COMMUNITY].index.to_numpy(dtype=object)
    own = names[pairs["area"]] == by.of(HOUSEHOLD).to_numpy(dtype=object)[pairs["row"]]
    inside = marked(index, pairs["row"].to_numpy())
    known = by.city.communities[HOUSEHOLD].notna()
    return {
        "in_boundary": inside,
        "in_other_boundary": inside & known & ~marked(index, pairs["row"].to_numpy()[own]),
    }


def _people(by: ByCommunity, told: pd.DataFrame) -> dict[str, pd.Series[int]]:
    rows = by.of(HOUSEHOLD)
    strays = by.city.households_of_members < 0
    return {
        "people_listed": told[PEOPLE].where(told["by"].eq(LISTED)).groupby(rows).sum(),
        "people_stated": told[PEOPLE].where(told["by"].eq(STATED)).groupby(rows).sum(),
        "people_differ": by.count(HOUSEHOLD, told["differ"]),
        "people_of_no_household": by.count(MEMBER, pd.Series(strays, by.city.frames[MEMBER].index)),
    }
