"""How complete the survey is: who was reached, what is on the map, which answers are there."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from surveys.cells import Missing
from surveys.counting import REPORTED
from surveys.planning.answers import (
    MARK,
    Types,
    answer_columns,
    answer_counts,
    answers,
    reason_columns,
    reason_counts,
    reason_names,
    reasons,
)
from surveys.planning.communities import STATES, STATES_NOTE, ByCommunity, heading_columns, states
from surveys.planning.counts import VISIT_RESULT, houses_without_household, unplaced
from surveys.planning.links import HOUSE, HOUSEHOLD, MEMBER, PLOT, City
from surveys.planning.match import COMMUNITY, Frames
from surveys.planning.people import PEOPLE, people
from surveys.planning.result import Chart, Column, Result, sources_of, totals_of, typed
from surveys.records import ALL
from surveys.words import Words, words

NEEDS = (COMMUNITY, PLOT, HOUSE, HOUSEHOLD, MEMBER)
# The answers a plan cannot do without.
KEY_FIELDS: Mapping[str, tuple[str, ...]] = {
    HOUSE: ("condition", "material", "land_kind"),
    HOUSEHOLD: (PEOPLE, "house_tenure", "land_tenure", "causes", "income", "joining", "wants"),
}


def filled(type_name: str, field: str) -> Column:
    """Return the column of the share of records of a type in which a field has an answer."""
    declared = ALL[type_name]
    th, en = declared.by_name[field].words.th, declared.by_name[field].words.en
    said = words(f"{declared.words.th}: มี{th}", f"{declared.words.en}: {en} filled")
    return Column(f"{type_name}_{field}_filled", said, "share")


def _key_columns() -> tuple[Column, ...]:
    columns: list[Column] = []
    for name, fields in KEY_FIELDS.items():
        for field in fields:
            declared = ALL[name]
            columns += [filled(name, field)]
            columns += reason_columns(f"{name}_{field}", declared.by_name[field].words, declared.unit)
    return tuple(columns)


SURVEYED = (
    *STATES,
    Column(REPORTED, ALL[COMMUNITY].by_name[REPORTED].words, "count", ALL[HOUSEHOLD].unit),
    *reason_columns(REPORTED, ALL[COMMUNITY].by_name[REPORTED].words, ALL[COMMUNITY].unit),
    Column("households", words("ครัวเรือนที่สำรวจ", "households surveyed"), "count", ALL[HOUSEHOLD].unit),
    Column("coverage", words("สำรวจแล้วต่อที่แจ้ง", "surveyed of those reported"), "share"),
)
FILLED = (
    Column("households_unplaced", words("ครัวเรือนที่ยังไม่มีตำแหน่ง", "households not on the map"), "count",
           ALL[HOUSEHOLD].unit),
    Column("houses", words("บ้าน", "houses"), "count", ALL[HOUSE].unit),
    Column("houses_without_household", words("บ้านที่ไม่มีครัวเรือน", "houses with no household"), "count",
           ALL[HOUSE].unit),
    *_key_columns(),
)  # fmt: skip


def columns_of(types: Types) -> tuple[Column, ...]:
    """Return the columns of the answer; each visit result of the network's own has one."""
    visits = answer_columns(types[HOUSEHOLD], VISIT_RESULT)
    return (*heading_columns(types), *SURVEYED, *visits, *FILLED)


NOTES: tuple[Words, ...] = (
    words(
        "ชุมชนที่รู้จักแต่ยังไม่สำรวจแสดงเป็นแถวที่มีศูนย์ ไม่หายไป; ไม่พบไม่ได้แปลว่าไม่มี",
        "a community known but not surveyed is a row of zeros, it does not vanish; not found is not gone",
    ),
    words(
        "สัดส่วนที่มีคำตอบ = คำตอบที่มี ÷ (ระเบียนทั้งหมด − ไม่เกี่ยวข้อง); จำนวนคนถือว่ามีเมื่อมีรายชื่อสมาชิก",
        "share filled = answers there ÷ (all records − not applicable); the number of people counts as there "
        "when members are listed",
    ),
    words(
        "สำรวจแล้วต่อที่แจ้งเกินร้อยละ 100 ได้ เพราะนับทุกระเบียน รวมซ้ำ บ้านว่าง และย้ายออก",
        "surveyed of those reported may exceed 100 %: every record counts, doubles, empty houses and "
        "households moved out too",
    ),
    STATES_NOTE,
)


def run(frames: Frames, types: Types = ALL) -> Result:
    """Say by community what is known, surveyed and returned, which visits succeeded, what is filled in.

    Coverage = household records ÷ households reported by the community (share, 1 is all); undefined
    where none are reported.
    """
    city = City(frames)
    by = ByCommunity(city)
    parts = states(city) | {
        "households": by.count(HOUSEHOLD),
        "households_unplaced": by.count(HOUSEHOLD, unplaced(city, HOUSEHOLD)),
        "houses": by.count(HOUSE),
        "houses_without_household": by.count(HOUSE, houses_without_household(city)),
    }
    visits = answers(frames[HOUSEHOLD], VISIT_RESULT)
    table = by.table(
        parts,
        answer_counts(types[HOUSEHOLD], VISIT_RESULT, visits, by.of(HOUSEHOLD)),
        _unreported(frames[COMMUNITY]),
        *(_field(by, name, field) for name, fields in KEY_FIELDS.items() for field in fields),
    )
    table[REPORTED] = frames[COMMUNITY][REPORTED].reindex(table.index)
    table["coverage"] = _share(table["households"], table[REPORTED])
    _add_shares(table, by)
    columns = columns_of(types)
    table = typed(table, columns)
    chart = Chart("bar", COMMUNITY, (REPORTED, "households"))
    return Result(table, columns, chart, NOTES, sources_of(frames, NEEDS), totals_of(table, columns))


def _unreported(communities: pd.DataFrame) -> pd.DataFrame:
    """Say of each community why the number of its households is not reported."""
    own = pd.Series(communities.index, communities.index, dtype="str")
    return reason_counts(REPORTED, reasons(communities, REPORTED), own)


def _field(by: ByCommunity, type_name: str, field: str) -> pd.DataFrame:
    """Count the records of each row that do not answer a field, by reason."""
    listed_too = (type_name, field) == (HOUSEHOLD, PEOPLE)
    why = people(by.city)["why"] if listed_too else reasons(by.city.frames[type_name], field)
    return reason_counts(f"{type_name}_{field}", why, by.of(type_name))


def _add_shares(table: pd.DataFrame, by: ByCommunity) -> None:
    """Add to a table the share of records in which each key field has an answer."""
    for name, fields in KEY_FIELDS.items():
        records = by.count(name).reindex(table.index).fillna(0)
        for field in fields:
            why = reason_names(f"{name}_{field}")
            unanswered = table[list(why.values())].sum(axis=1)
            applicable = records - table[why[MARK + Missing.NOT_APPLICABLE]]
            table[filled(name, field).name] = _share(records - unanswered, applicable)


def _share(part: pd.Series[float], whole: pd.Series[float]) -> pd.Series[float]:
    """Divide, undefined (NaN) where the whole is 0 or not known."""
    known = whole.astype("float64")
    return part.astype("float64") / known.where(known > 0)
