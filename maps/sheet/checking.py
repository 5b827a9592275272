"""The sheets a community checks its data by: the plan with house numbers, and the list of houses and heads.

ผังชุมชนฉบับตรวจทาน and รายชื่อฉบับตรวจทาน. Names stand in the list where they are in the frame handed
in: whoever may not see them is given none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from maps.sheet import table
from maps.sheet.frame import Facts, Leaf, bound
from maps.sheet.ground import Ground, ground
from maps.sheet.paper import PAPERS, Paper
from maps.sheet.plan import Plan
from maps.sheet.table import Column, Row, Table, Titled
from surveys.dates import show_date
from surveys.planning.links import City
from surveys.planning.place import has_shape
from surveys.records import ALL
from surveys.words import Words, words

Part = Literal["plan", "list"]
COMMUNITY, HOUSE, HOUSEHOLD = (ALL[name].name for name in ("community", "house", "household"))
# What the sheets are made of.
NEEDS = ("community", "house", "household", "land_plot", "road", "canal", "facility")
# What a row of the list says of a household.
_ROW_FIELDS = ("house_seq", "house_no", "household_no", "people", "head_name")
HEAD_NAME = ALL[HOUSEHOLD].by_name["head_name"].name

PLAN = words("ผังชุมชนฉบับตรวจทาน", "Community plan for checking")
LIST = words("รายชื่อฉบับตรวจทาน", "List for checking")
APART = words("บ้านที่ต้องช่วยกันหา", "Houses to be found together")
_CHECK = words(
    "อ่านชื่อและเลขบ้านของตน ถูกต้องให้ลงชื่อ ไม่ถูกต้องให้เขียนคำแก้หรือคำคัดค้านในช่องขวา",
    "Read your own name and number: sign where they are right, else write the correction or objection at the right.",
)
_CLOSES = words("รับคำแก้ไขและคำคัดค้านถึงวันที่ {day}", "Corrections and objections are taken until {day}")
_BLANK_DAY = "......................................"
_TOTAL = words(
    "บ้าน {houses} หลัง · ครัวเรือน {households} ครัวเรือน · สมาชิก {people} คน (ทราบ {known} ครัวเรือน)",
    "{houses} houses · {households} households · {people} people (known of {known} households)",
)
_PERSONAL = words(
    "มีข้อมูลส่วนบุคคล ใช้ตรวจทานในชุมชนเท่านั้น เก็บคืนทุกแผ่นหลังประชุม",
    "Personal data: for checking in the community only; collect every sheet after the meeting.",
)
_NO_HOUSEHOLD = words("— ยังไม่มีข้อมูลครัวเรือน", "— no household recorded")
_NOT_IN_PLAN = words("ไม่มีบ้านนี้ในข้อมูล", "no such house recorded")
_NO_ROWS = words(
    "ยังไม่มีบ้านหรือครัวเรือนของชุมชนนี้ในข้อมูล", "No house or household of this community is recorded yet."
)
_LIST_COLUMNS = (
    (words("ลำดับบ้าน", "House on the plan"), 16, True), (words("บ้านเลขที่", "House number"), 22, False),
    (words("ครัวเรือนที่", "Household"), 15, False), (words("ชื่อหัวหน้าครัวเรือน", "Head of household"), 54, False),
    (words("คน", "People"), 11, False), (words("ถูกต้อง ลงชื่อ", "Right: signature"), 34, False),
    (words("คำแก้ไข / คำคัดค้าน", "Correction / objection"), 38, False),
)  # fmt: skip
_APART_COLUMNS = (
    (words("เรื่อง", "What is lacking"), 44, False), (words("ลำดับบ้าน", "House on the plan"), 18, True),
    (words("บ้านเลขที่", "House number"), 26, False), (words("เลขแปลง", "Plot"), 20, False),
    (words("ครัวเรือน", "Households"), 18, False), (words("เลขที่ถูก / อยู่ตรงไหน", "Right number / where"), 64, False),
)  # fmt: skip
_NO_NUMBER = words("อยู่ในผัง แต่ไม่มีเลข", "on the plan, without a number")
_NO_PLACE = words("มีข้อมูล แต่ไม่อยู่ในผัง", "recorded, but not on the plan")
_STRAY = words("ตำแหน่งไกลจากชุมชนมาก", "placed far from the community")
_SIGNERS = (
    words("ผู้แทนชุมชน", "For the community"), words("ผู้เก็บข้อมูล", "Surveyor"), words("วันที่ตรวจทาน", "Checked on"),
)  # fmt: skip


@dataclass(frozen=True)
class Checking:
    """The sheets for some communities of a network.

    ``frames`` hold the network's records by type (:data:`NEEDS`), each standing where it can be
    found; ``communities`` are ids. ``facts`` are those of the network: each sheet adds its community.
    """

    frames: Mapping[str, gpd.GeoDataFrame]
    communities: Sequence[str]
    facts: Facts
    paper: Paper = PAPERS["A3"]
    parts: tuple[Part, ...] = ("plan", "list")

    @cached_property
    def city(self) -> City:
        """The records with the links between them."""
        return City(self.frames)

    def pdf(self) -> bytes:
        """Print them."""
        leaves = [leaf for community in self.communities for leaf in self._of(community)]
        named = PLAN if self.parts == ("plan",) else LIST if self.parts == ("list",) else PLAN
        return bound(self.facts.of(named), leaves)

    def _of(self, community: str) -> Iterator[Leaf]:
        one = OfCommunity(self, community)
        if "plan" in self.parts:
            yield from one.plan.leaves()
            yield from one.apart()
        if "list" in self.parts:
            yield from one.list()


@dataclass(frozen=True)
class OfCommunity:
    """What is printed of one community."""

    whole: Checking
    id: str

    @cached_property
    def houses(self) -> gpd.GeoDataFrame:
        """Its houses, sorted by their number on the plan as people count."""
        frame = self.whole.frames[HOUSE]
        own = frame[(self.whole.city.communities[HOUSE] == self.id).to_numpy()]
        order = sorted(
            range(len(own)), key=lambda n: _counted(own["house_seq"].iloc[n], own["house_no"].iloc[n])
        )
        return own.iloc[order]

    @cached_property
    def record(self) -> gpd.GeoDataFrame:
        """The community itself: one row, or none where it is not there."""
        frame = self.whole.frames[COMMUNITY]
        return frame[frame.index == self.id]

    @cached_property
    def households(self) -> dict[str, pd.DataFrame]:
        """Its households by the id of their house; empty text: those whose house is not recorded."""
        if HOUSEHOLD not in self.whole.frames:
            return {}
        city = self.whole.city
        whole = self.whole.frames[HOUSEHOLD]
        frame = pd.DataFrame(whole[[name for name in _ROW_FIELDS if name in whole]])
        at = city.houses["house"].to_numpy()
        ids = self.whole.frames[HOUSE].index.to_numpy(dtype=object)
        house = [str(ids[n]) if n >= 0 else "" for n in at.tolist()]
        mine = set(self.houses.index)
        here = [one if one in mine else "" for one in house]
        own = (city.communities[HOUSEHOLD] == self.id).to_numpy() | np.array(
            [bool(one) for one in here], dtype=bool
        )
        found = frame.assign(house=here)[own]
        return {str(key): part for key, part in found.groupby("house")}

    @cached_property
    def facts(self) -> Facts:
        """What its sheets say of themselves."""
        facts = self.whole.facts
        names = [name for name in ALL[COMMUNITY].title if len(self.record)]
        place = next(
            (str(self.record[n].iloc[0]) for n in names if pd.notna(self.record[n].iloc[0])), self.id
        )
        days = pd.to_datetime(self.houses["survey_date"]).dropna()
        surveyed = words("สำรวจล่าสุด {day}", "last surveyed {day}")
        known = days[days <= pd.Timestamp(facts.printed)]
        last = [facts.of(surveyed.fill(day=show_date(known.max().date(), facts.lang)))] if len(known) else []
        own = [str(text) for text in self.record["source"].dropna()]
        return replace(facts, place=place, sources=(*own, *last, *facts.sources))

    @cached_property
    def ground(self) -> Ground:
        """What its plan shows."""
        here = self.houses[has_shape(self.houses).to_numpy()]
        return ground(self.record, here, self.whole.frames)

    @property
    def plan(self) -> Plan:
        """Its plan."""
        return Plan(self.ground, self.whole.paper, self.facts.of(PLAN), self.facts)

    def apart(self) -> Iterator[Leaf]:
        """The houses without a number, not on the map, or far from the others: none, no page."""
        of = self.facts.of
        here = has_shape(self.houses).to_numpy()
        placed = self.houses[here]
        called = dict(zip(placed.index, self.ground.numbers, strict=True))
        told = [(of(_NO_NUMBER), placed[self.ground.unnumbered & ~self.ground.stray])]
        told += [(of(_NO_PLACE), self.houses[~here]), (of(_STRAY), placed[self.ground.stray])]
        rows = [self._apart_row(what, row, called) for what, part in told for _, row in part.iterrows()]
        if rows:
            made = Table(_columns(_APART_COLUMNS, self.facts), tuple(rows), 9.0, 10.5)
            yield from table.pages(made, PAPERS["A4"].portrait, Titled(of(APART), self.facts))

    def _apart_row(self, what: str, row: pd.Series[Any], called: Mapping[str, str]) -> Row:
        number = called.get(str(row.name), _text(row["house_seq"]))
        count = len(self.households.get(str(row.name), ()))
        return Row((what, number, _text(row["house_no"]), _text(row["plot_no"]), str(count or ""), ""))

    def list(self) -> Iterator[Leaf]:
        """The list: a row for every household, and for every house that has none."""
        rows = list(self._rows())
        made = Table(_columns(_LIST_COLUMNS, self.facts), tuple(rows), 9.5, 11.0)
        titled = Titled(
            self.facts.of(LIST), self.facts, self._lines(), self.facts.of(_NO_ROWS),
            partial(table.signatures, _SIGNERS, self.facts), table.SIGNED,
        )  # fmt: skip
        yield from table.pages(made, PAPERS["A4"].portrait, titled)

    def _lines(self) -> tuple[str, ...]:
        of, closing = self.facts.of, self.facts.closing
        day = show_date(closing, self.facts.lang) if closing else _BLANK_DAY
        frames = list(self.households.values())
        people = (
            pd.concat([part["people"] for part in frames]).dropna() if frames else pd.Series(dtype="Int64")
        )
        total = _TOTAL.fill(
            houses=f"{len(self.houses):,}", households=f"{sum(map(len, frames)):,}",
            people=f"{int(people.sum()):,}", known=f"{len(people):,}",
        )  # fmt: skip
        personal = (of(_PERSONAL),) if HEAD_NAME in self.whole.frames.get(HOUSEHOLD, ()) else ()
        return (of(total), of(_CHECK), of(_CLOSES.fill(day=day)), *personal)

    def _rows(self) -> Iterator[Row]:
        for id_, house in self.houses.iterrows():
            number, other = _text(house["house_seq"]), _text(house["house_no"])
            inside = self.households.get(str(id_))
            if inside is None:
                yield Row((number, other, "", self.facts.of(_NO_HOUSEHOLD), "", "", ""))
                continue
            for n, row in enumerate(
                sorted(inside.to_dict("records"), key=lambda one: _counted(one["household_no"]))
            ):
                yield _household(row, (number, other), top=n == 0)
        for row in _sorted(self.households.get("", pd.DataFrame())):
            number = _text(row["house_seq"])
            yield replace(
                _household(row, (number, _text(row["house_no"])), top=True), note=self.facts.of(_NOT_IN_PLAN)
            )


def _household(row: Mapping[Any, Any], house: tuple[str, str], top: bool) -> Row:
    cells = (*house, _text(row["household_no"]), _text(row.get(HEAD_NAME)), _text(row["people"]), "", "")
    return Row(cells, top, same=0 if top else len(house))


def _sorted(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    rows: list[dict[Any, Any]] = frame.to_dict("records")
    # A household of a house may leave out the number that the one beside it gives.
    return sorted(
        rows,
        key=lambda row: (_counted(_text(row["house_seq"]) or row["house_no"]), _counted(row["household_no"])),
    )


def _order(houses: pd.DataFrame) -> list[int]:
    """Return positions in the order in which people count houses."""
    numbers = list(zip(houses["house_seq"], houses["house_no"], strict=True))
    return sorted(range(len(houses)), key=lambda n: _counted(*numbers[n]))


def in_order(houses: pd.DataFrame, fields: Sequence[str]) -> list[tuple[str, ...]]:
    """Return some fields of houses as texts, in the order in which people count them."""
    found = houses.iloc[_order(houses)]
    return [tuple(map(_text, row)) for row in found[list(fields)].itertuples(index=False)]


def _columns(declared: Sequence[tuple[Words, float, bool]], facts: Facts) -> tuple[Column, ...]:
    return tuple(Column(facts.of(said), share, bold=bold) for said, share, bold in declared)


def _text(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value)


def _counted(*numbers: Any) -> tuple[Any, ...]:
    """Order numbers as people count: 2 before 10, 12 before 12A; what has none stands last."""
    texts = [_text(number) for number in numbers]
    parts = [
        [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in re.findall(r"\d+|\D+", t)] for t in texts
    ]
    return tuple((not part, part) for part in parts)
