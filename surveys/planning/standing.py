"""House standing against land standing: what stands on whose land, on what footing, who joins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from surveys.planning.answers import (
    Types,
    answer_columns,
    answer_counts,
    answers,
    choices_of,
    labels_of,
)
from surveys.planning.communities import ByCommunity, heading_columns
from surveys.planning.land import LAND_KIND, SEVERAL_KINDS, Land, labels, land
from surveys.planning.links import HOUSE, HOUSEHOLD, PLOT, City
from surveys.planning.match import COMMUNITY, Frames
from surveys.planning.result import Chart, Column, Result, sources_of, totals_of, typed
from surveys.record import RecordType
from surveys.records import ALL
from surveys.words import Words, words

NEEDS = (COMMUNITY, PLOT, HOUSE, HOUSEHOLD)
FOOTING_NEEDS, BUILDING_NEEDS, JOINING_NEEDS = (HOUSEHOLD,), (HOUSE,), (COMMUNITY, HOUSE, HOUSEHOLD)
CONDITION, KIND, MATERIAL = (ALL[HOUSE].by_name[n].name for n in ("condition", "kind", "material"))
JOINING, HOUSE_TENURE, LAND_TENURE = (
    ALL[HOUSEHOLD].by_name[n].name for n in ("joining", "house_tenure", "land_tenure")
)
# What is not built to last, by kind of house or by material.
FLEETING_KINDS, FLEETING_MATERIALS = ("temporary",), ("impermanent", "reused")

HOUSES = Column("houses", words("บ้าน", "houses"), "count", ALL[HOUSE].unit)
STATED = Column(
    "houses_stated",
    words(
        "ในจำนวนนี้ รู้ประเภทที่ดินจากข้อมูลบ้าน ไม่ใช่จากแปลง",
        "of these: land kind as the house record says, not from a plot",
    ),
    "count",
    ALL[HOUSE].unit,
)
FLEETING = Column(
    "houses_fleeting",
    words("ในจำนวนนี้ บ้านชั่วคราวหรือวัสดุไม่ถาวร", "of these: temporary, or of impermanent or reused material"),
    "count",
    ALL[HOUSE].unit,
)
HOUSEHOLDS = Column("households", words("ครัวเรือน", "households"), "count", ALL[HOUSEHOLD].unit)

EACH_ONCE = words(
    "บ้านแต่ละหลังและครัวเรือนแต่ละครัวเรือนนับครั้งเดียว; คำตอบที่ไม่มีแยกนับตามสาเหตุ",
    "each house and each household is counted once; answers that are not there are counted by reason",
)
WHICH_LAND = words(
    "ประเภทที่ดินมาจากแปลงที่จุดของบ้านอยู่ข้างใน ถ้าไม่มีแปลงใช้ที่ข้อมูลบ้านระบุ; ครัวเรือนใช้ของบ้าน ถ้าไม่รู้บ้านใช้แปลงที่ครัวเรือนอยู่",
    "the land kind is that of the plot the house stands inside, else what the house record says; a household "
    "has that of its house or, when its house is not known, that of the plot it stands in",
)
TIES = words(
    "บ้านที่อยู่ในแปลงซ้อนกัน {tied:,} หลัง ในจำนวนนี้คนละประเภทที่ดิน {several:,} หลัง แสดงเป็นแถวของตนเอง; "
    "บ้านที่ไม่อยู่ในแปลงใด {without:,} หลัง",
    "houses in several plots: {tied:,}, of these in plots of different land kinds: {several:,}, shown in a "
    "row of their own; houses in no plot: {without:,}",
)


@dataclass(frozen=True)
class Part:
    """Some records of one type to count in a table: the row of each, and the fields whose answers count."""

    type: str
    total: Column
    rows: pd.Series[str]
    fields: tuple[str, ...]


def cross(city: City, types: Types, parts: Sequence[Part]) -> pd.DataFrame:
    """Count records and their answers by row: for each part the total, then every answer of its fields."""
    counted: list[pd.Series[int] | pd.DataFrame] = []
    for part in parts:
        counted.append(part.rows.value_counts().rename(part.total.name))
        for field in part.fields:
            told = answers(city.frames[part.type], field)
            counted.append(answer_counts(types[part.type], field, told, part.rows))
    return pd.concat(counted, axis=1).fillna(0)


def labelled(counted: pd.DataFrame, name: str, order: Sequence[str]) -> pd.DataFrame:
    """Put the rows of a cross table in the order of a code list, their codes in a column of their own.

    Codes that the list does not have come last.
    """
    rows = [code for code in order if code in counted.index]
    rows += sorted(counted.index.difference(rows))
    return counted.reindex(rows).assign(**{name: rows})


def standing(frames: Frames, types: Types = ALL) -> Result:
    """Count houses (หลัง) by condition and households (ครัวเรือน) by joining, by land kind.

    Rows are land kinds that occur, then ties, then the reasons why a land kind is not known; the
    rows share nothing and sum to all houses and all households. Points are tested in EPSG:4326.
    ``types`` are the network's: choices of its own have rows and columns of their own.
    """
    city = City(frames)
    found, kinds = land(city), labels(types)
    columns = (
        Column(LAND_KIND, ALL[PLOT].by_name[LAND_KIND].words, "code", labels=kinds),
        *(HOUSES, STATED, FLEETING, *answer_columns(types[HOUSE], CONDITION)),
        *(HOUSEHOLDS, *answer_columns(types[HOUSEHOLD], JOINING)),
    )
    parts = (
        Part(HOUSE, HOUSES, found.houses, (CONDITION,)),
        Part(HOUSE, STATED, found.houses[found.stated], ()),
        Part(HOUSE, FLEETING, found.houses[fleeting(frames[HOUSE])], ()),
        Part(HOUSEHOLD, HOUSEHOLDS, found.households, (JOINING,)),
    )
    table = typed(labelled(cross(city, types, parts), LAND_KIND, list(kinds)), columns)
    chart = Chart("stacked", LAND_KIND, _choice_names(types[HOUSE], CONDITION))
    notes = (EACH_ONCE, WHICH_LAND, _ties(city, found))
    return Result(table, columns, chart, notes, sources_of(frames, NEEDS), totals_of(table, columns))


def footing(frames: Frames, types: Types = ALL) -> Result:
    """Count households (ครัวเรือน) by house tenure (rows) and land tenure (columns)."""
    part = Part(HOUSEHOLD, HOUSEHOLDS, answers(frames[HOUSEHOLD], HOUSE_TENURE), (LAND_TENURE,))
    return _by_answer(frames, types, HOUSE_TENURE, part, LAND_TENURE)


def building(frames: Frames, types: Types = ALL) -> Result:
    """Count houses (หลัง) by kind (rows), and by material and condition (columns)."""
    part = Part(HOUSE, HOUSES, answers(frames[HOUSE], KIND), (MATERIAL, CONDITION))
    return _by_answer(frames, types, KIND, part, CONDITION)


def joining(frames: Frames, types: Types = ALL) -> Result:
    """Count households (ครัวเรือน) by joining and houses (หลัง) by condition, by community."""
    city = City(frames)
    by = ByCommunity(city)
    columns = (
        *heading_columns(types),
        *(HOUSEHOLDS, *answer_columns(types[HOUSEHOLD], JOINING)),
        *(HOUSES, *answer_columns(types[HOUSE], CONDITION)),
    )
    parts = (
        Part(HOUSEHOLD, HOUSEHOLDS, by.of(HOUSEHOLD), (JOINING,)),
        Part(HOUSE, HOUSES, by.of(HOUSE), (CONDITION,)),
    )
    table = typed(by.table({}, cross(city, types, parts)), columns)
    chart = Chart("stacked", COMMUNITY, _choice_names(types[HOUSEHOLD], JOINING))
    sources = sources_of(frames, JOINING_NEEDS)
    return Result(table, columns, chart, (EACH_ONCE,), sources, totals_of(table, columns))


def fleeting(houses: pd.DataFrame) -> pd.Series[bool]:
    """Mark the houses that are not built to last, by kind or by material."""
    return houses[KIND].isin(FLEETING_KINDS) | houses[MATERIAL].isin(FLEETING_MATERIALS)


def _by_answer(frames: Frames, types: Types, field: str, part: Part, drawn: str) -> Result:
    """Make the result of a cross table of one type whose rows are the answers to ``field``."""
    record_type = types[part.type]
    told = labels_of(record_type, field)
    heading = Column(field, record_type.by_name[field].words, "code", labels=told)
    counts = [column for f in part.fields for column in answer_columns(record_type, f)]
    columns = (heading, part.total, *counts)
    table = typed(labelled(cross(City(frames), types, (part,)), field, list(told)), columns)
    chart = Chart("stacked", field, _choice_names(record_type, drawn))
    sources = sources_of(frames, (part.type,))
    return Result(table, columns, chart, (EACH_ONCE,), sources, totals_of(table, columns))


def _choice_names(record_type: RecordType, field: str) -> tuple[str, ...]:
    return tuple(f"{field}_{choice.code}" for choice in choices_of(record_type, field))


def _ties(city: City, found: Land) -> Words:
    plots = np.bincount(city.plots_of_houses["row"], minlength=len(found.houses))
    several = int(found.houses.eq(SEVERAL_KINDS).sum())
    return TIES.fill(tied=int((plots > 1).sum()), several=several, without=int((plots == 0).sum()))
