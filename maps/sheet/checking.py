"""The sheets a community checks its data by: the plan with house numbers, and the list of houses and heads.

ผังชุมชนฉบับตรวจทาน and รายชื่อฉบับตรวจทาน. Where no house is recorded of a household that is known by its plot,
the plot is numbered in its place (:mod:`maps.sheet.homes`). Names stand in the list where they are in the
frame handed in: whoever may not see them is given none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, Literal

import geopandas as gpd
import pandas as pd

from maps.sheet import table
from maps.sheet.frame import Facts, Leaf, bound
from maps.sheet.ground import Ground, ground
from maps.sheet.homes import HEAD_NAME, Homes
from maps.sheet.listing import PLOT, Listing, columns
from maps.sheet.order import text
from maps.sheet.paper import PAPERS, Paper
from maps.sheet.plan import Plan
from maps.sheet.table import Row, Table, Titled
from surveys.dates import show_date
from surveys.planning.links import City
from surveys.planning.place import has_shape
from surveys.records import ALL
from surveys.words import words

Part = Literal["plan", "list"]
COMMUNITY, HOUSE, HOUSEHOLD = (ALL[name].name for name in ("community", "house", "household"))
# What the sheets are made of.
NEEDS = ("community", "house", "household", "land_plot", "road", "canal", "facility")

PLAN = words("ผังชุมชนฉบับตรวจทาน", "Community plan for checking")
LIST = words("รายชื่อฉบับตรวจทาน", "List for checking")
APART = words("บ้านที่ต้องช่วยกันหา", "Houses to be found together")
PLOTS_APART = words("แปลงที่ต้องช่วยกันหา", "Plots to be found together")
BOTH_APART = words("บ้านและแปลงที่ต้องช่วยกันหา", "Houses and plots to be found together")
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
_TOTAL_BOTH = words(
    "บ้าน {houses} หลัง · แปลงในรายชื่อนี้ {plots} แปลง · ครัวเรือน {households} ครัวเรือน · "
    "สมาชิก {people} คน (ทราบ {known} ครัวเรือน)",
    "{houses} houses · {plots} plots in this list · {households} households · "
    "{people} people (known of {known} households)",
)
_TOTAL_PLOTS = words(
    "แปลง {plots} แปลง · ครัวเรือน {households} ครัวเรือน · สมาชิก {people} คน (ทราบ {known} ครัวเรือน)",
    "{plots} plots · {households} households · {people} people (known of {known} households)",
)
_PERSONAL = words(
    "มีข้อมูลส่วนบุคคล ใช้ตรวจทานในชุมชนเท่านั้น เก็บคืนทุกแผ่นหลังประชุม",
    "Personal data: for checking in the community only; collect every sheet after the meeting.",
)
_NO_ROWS = words(
    "ยังไม่มีบ้านหรือครัวเรือนของชุมชนนี้ในข้อมูล", "No house or household of this community is recorded yet."
)
_APART_COLUMNS = (
    (words("เรื่อง", "What is lacking"), 44, False), (words("ลำดับบ้าน", "House on the plan"), 18, True),
    (words("บ้านเลขที่", "House number"), 26, False), (words("เลขแปลง", "Plot"), 20, False),
    (words("ครัวเรือน", "Households"), 18, False), (words("เลขที่ถูก / อยู่ตรงไหน", "Right number / where"), 64, False),
)  # fmt: skip
_PLOTS_APART_COLUMNS = (
    _APART_COLUMNS[0], (words("เลขแปลง", "Plot"), 26, True), *_APART_COLUMNS[4:],
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
    def homes(self) -> Homes:
        """Its houses, plots and households."""
        return Homes(self.whole.city, self.whole.frames, self.id)

    @cached_property
    def record(self) -> gpd.GeoDataFrame:
        """The community itself: one row, or none where it is not there."""
        frame = self.whole.frames[COMMUNITY]
        return frame[frame.index == self.id]

    @cached_property
    def facts(self) -> Facts:
        """What its sheets say of themselves."""
        facts = self.whole.facts
        names = [name for name in ALL[COMMUNITY].title if len(self.record)]
        place = next(
            (str(self.record[n].iloc[0]) for n in names if pd.notna(self.record[n].iloc[0])), self.id
        )
        visits = [part["visit_date"] for part in self.homes.households.values() if self.homes.by_plot]
        days = pd.concat(
            [pd.to_datetime(one) for one in (self.homes.houses["survey_date"], *visits)]
        ).dropna()
        surveyed = words("สำรวจล่าสุด {day}", "last surveyed {day}")
        known = days[days <= pd.Timestamp(facts.printed)]
        last = [facts.of(surveyed.fill(day=show_date(known.max().date(), facts.lang)))] if len(known) else []
        own = [str(text) for text in self.record["source"].dropna()]
        return replace(facts, place=place, sources=(*own, *last, *facts.sources))

    @cached_property
    def ground(self) -> Ground:
        """What its plan shows."""
        houses, plots = (frame[has_shape(frame).to_numpy()] for frame in self._looked_for)
        return ground(self.record, houses, plots, self.whole.frames, self._plot_called)

    @property
    def _looked_for(self) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
        return self.homes.houses, self.homes.plots

    def _plot_called(self, number: str) -> str:
        """Return what stands for a plot: its number, said to be of a plot where houses are numbered, too."""
        return number if self.homes.by_plot else self.facts.of(PLOT.fill(n=number))

    @property
    def plan(self) -> Plan:
        """Its plan."""
        return Plan(self.ground, self.whole.paper, self.facts.of(PLAN), self.facts)

    def apart(self) -> Iterator[Leaf]:
        """The houses and plots without a number, not on the map, or far from the others: none, no page."""
        of, homes = self.facts.of, self.homes
        there = [frame[has_shape(frame).to_numpy()] for frame in self._looked_for]
        missing = [frame[~has_shape(frame).to_numpy()] for frame in self._looked_for]
        lacking, stray = (
            [part[~self.ground.is_plot], part[self.ground.is_plot]]
            for part in (self.ground.unnumbered & ~self.ground.stray, self.ground.stray)
        )
        told = [(of(_NO_NUMBER), frame[rows]) for frame, rows in zip(there, lacking, strict=True)]
        told += [(of(_NO_PLACE), frame) for frame in missing]
        told += [(of(_STRAY), frame[rows]) for frame, rows in zip(there, stray, strict=True)]
        rows = [self._apart_row(what, row) for what, part in told for _, row in part.iterrows()]
        if not rows:
            return
        both = any(one in homes.plots.index for _, part in told for one in part.index)
        title = PLOTS_APART if homes.by_plot else BOTH_APART if both else APART
        shown = columns(_PLOTS_APART_COLUMNS if homes.by_plot else _APART_COLUMNS, self.facts)
        made = Table(shown, tuple(rows), 9.0, 10.5)
        yield from table.pages(made, PAPERS["A4"].portrait, Titled(of(title), self.facts))

    @cached_property
    def _called(self) -> dict[str, str]:
        """What the plan calls the houses and plots on it, by id."""
        ids = [one for frame in self._looked_for for one in frame.index[has_shape(frame).to_numpy()]]
        return dict(zip(ids, self.ground.numbers, strict=True))

    def _apart_row(self, what: str, row: pd.Series[Any]) -> Row:
        id_ = str(row.name)
        count = str(self.homes.counts[id_] or "")
        if id_ in self.homes.plots.index:
            number = self._plot_number(id_)
            return Row((what, number, count, "") if self.homes.by_plot else (what, "", "", number, count, ""))
        number = self._called.get(id_, text(row["house_seq"]))
        return Row((what, number, text(row["house_no"]), text(row["plot_no"]), count, ""))

    def _plot_number(self, id_: str) -> str:
        """Return what a plot is called on the plan, and in the list."""
        plot_no, deed_no = (text(self.homes.plots.at[id_, name]) for name in ("plot_no", "deed_no"))
        said = plot_no or (f"({deed_no})" if deed_no else "")
        return self._called.get(id_) or (self._plot_called(said) if said else "")

    def list(self) -> Iterator[Leaf]:
        """The list: a row for every household, and for every house, or plot looked for, that has none."""
        listing = Listing(self.homes, self.facts, self._plot_number)
        made = Table(listing.columns, tuple(listing.rows()), 9.5, 11.0)
        titled = Titled(
            self.facts.of(LIST), self.facts, self._lines(), self.facts.of(_NO_ROWS),
            partial(table.signatures, _SIGNERS, self.facts), table.SIGNED,
        )  # fmt: skip
        yield from table.pages(made, PAPERS["A4"].portrait, titled)

    def _lines(self) -> tuple[str, ...]:
        of, closing = self.facts.of, self.facts.closing
        day = show_date(closing, self.facts.lang) if closing else _BLANK_DAY
        frames = list(self.homes.households.values())
        people = (
            pd.concat([part["people"] for part in frames]).dropna() if frames else pd.Series(dtype="Int64")
        )
        plots = len(self.homes.plots)
        said = _TOTAL_PLOTS if self.homes.by_plot else _TOTAL_BOTH if plots else _TOTAL
        total = said.fill(
            houses=f"{len(self.homes.houses):,}", plots=f"{plots:,}", households=f"{sum(map(len, frames)):,}",
            people=f"{int(people.sum()):,}", known=f"{len(people):,}",
        )  # fmt: skip
        personal = (of(_PERSONAL),) if HEAD_NAME in self.whole.frames.get(HOUSEHOLD, ()) else ()
        return (of(total), of(_CHECK), of(_CLOSES.fill(day=day)), *personal)
