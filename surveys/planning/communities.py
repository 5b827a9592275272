"""One row for each community of a table, the hollow ones and "community not known" among them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from surveys.planning.answers import Types, answers, labels_of
from surveys.planning.links import City
from surveys.planning.match import COMMUNITY
from surveys.planning.result import Column
from surveys.records import ALL
from surveys.words import words

TYPE = ALL[COMMUNITY]
SURVEY_STATE, CODE = TYPE.by_name["survey_state"].name, TYPE.by_name["code"].name
# Survey states that mean the survey has been done, and that its data went back to the community.
SURVEYED = ("to_return", "confirmed", "outdated")
RETURNED = ("confirmed",)
# The row of records whose community is not among the communities known.
UNKNOWN = "?"
UNKNOWN_WORDS = words("ชุมชนยังไม่ทราบ", "community not known")

STATES = (
    Column("known", words("ชุมชนที่รู้จัก", "communities known"), "count", TYPE.unit),
    Column("surveyed", words("ชุมชนที่สำรวจแล้ว", "communities surveyed"), "count", TYPE.unit),
    Column("returned", words("ชุมชนที่คืนข้อมูลแล้ว", "communities with data returned"), "count", TYPE.unit),
)
STATES_NOTE = words(
    "ชุมชนที่สำรวจแล้ว = สถานะการสำรวจเป็นรอคืนข้อมูล ชุมชนรับรองแล้ว หรือข้อมูลเก่า; คืนข้อมูลแล้ว = ชุมชนรับรองแล้ว",
    "surveyed = survey state is waiting to be returned, confirmed or outdated; "
    "returned = confirmed by the community",
)


def heading_columns(types: Types) -> tuple[Column, ...]:
    """Return the columns that name a community and say how far its survey is."""
    labels = labels_of(types[COMMUNITY], SURVEY_STATE)
    return (
        Column(COMMUNITY, TYPE.words, "text", labels={UNKNOWN: UNKNOWN_WORDS}),
        Column(CODE, TYPE.by_name[CODE].words, "text"),
        Column(SURVEY_STATE, TYPE.by_name[SURVEY_STATE].words, "code", labels=labels),
    )


@dataclass(frozen=True)
class ByCommunity:
    """The rows of a table by community: the ids of the communities, by name, then :data:`UNKNOWN`."""

    city: City

    def of(self, type_name: str) -> pd.Series[str]:
        """Return the row each record of a type belongs to."""
        return self._rows[type_name]

    @cached_property
    def _rows(self) -> dict[str, pd.Series[str]]:
        return {name: known.fillna(UNKNOWN) for name, known in self.city.communities.items()}

    def count(self, type_name: str, which: pd.Series[bool] | None = None) -> pd.Series[int]:
        """Count the records of a type by row, or those of them that ``which`` marks."""
        rows = self.of(type_name)
        return rows.value_counts() if which is None else rows[which].value_counts()

    def table(self, columns: dict[str, pd.Series[int]], *more: pd.DataFrame) -> pd.DataFrame:
        """Put counts beside the headings; a row for every community known, 0 where nothing is counted.

        The row :data:`UNKNOWN` is there only when something is counted in it.
        """
        counted = pd.concat([pd.DataFrame(columns), *more], axis=1)
        heads = headings(self.city)
        rows = [*heads.index, *([UNKNOWN] if UNKNOWN in counted.index else [])]
        return heads.reindex(rows).fillna({COMMUNITY: UNKNOWN}).join(counted.reindex(rows).fillna(0))


def headings(city: City) -> pd.DataFrame:
    """Return name, code, survey state and standing of each community, sorted by name and code."""
    frame = city.frames[COMMUNITY]
    name = pd.Series(frame.index, frame.index, dtype="str")
    for part in reversed(TYPE.title):
        name = frame[part].fillna(name)
    state = answers(frame, SURVEY_STATE)
    heads = pd.DataFrame({COMMUNITY: name, CODE: frame[CODE], SURVEY_STATE: state, "id": frame.index})
    return heads.sort_values([COMMUNITY, CODE, "id"]).drop(columns="id")


def states(city: City) -> dict[str, pd.Series[int]]:
    """Say of each community 1 or 0: it is known, it is surveyed, its data was returned."""
    state = city.frames[COMMUNITY][SURVEY_STATE]
    truths = (state.notna() | True, state.isin(SURVEYED), state.isin(RETURNED))
    return {column.name: truth.astype("int64") for column, truth in zip(STATES, truths, strict=True)}
