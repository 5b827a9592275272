"""How many stand on whose land: the numbers a city bargains with, landowner by landowner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce

import numpy as np
import pandas as pd

from gis.units import area_m2
from surveys.planning.answers import Types, answers, reason_columns, reason_counts
from surveys.planning.land import LAND_KIND, labels
from surveys.planning.links import HOUSE, HOUSEHOLD, MEMBER, PLOT, City, one_label
from surveys.planning.match import COMMUNITY, Frames, fold_all, numbered
from surveys.planning.people import PEOPLE, people, people_by
from surveys.planning.result import Chart, Column, Result, sources_of, totals_of, typed
from surveys.records import ALL
from surveys.words import Words, words

NEEDS = (COMMUNITY, PLOT, HOUSE, HOUSEHOLD, MEMBER)
OWNER, CUSTODIAN, DECLARED = (ALL[PLOT].by_name[n].name for n in ("owner", "custodian", "declared_area"))
LANDOWNER, AGENCY, BASIS = "landowner", "agency", "basis"
# The Department of Lands and its offices register land; people write them down as its owner.
_REGISTRARS = ("กรมที่ดิน", "สำนักงานที่ดิน", "departmentoflands", "landdepartment")

# Where a row's land is known from.
BY_PLOT, TIED, STATED, NO_PLOT = "plot", "several", "stated", "none"
BASES: Mapping[str, Words] = {
    BY_PLOT: words("แปลงที่ดิน", "land plots"),
    TIED: words("แปลงซ้อนกัน คนละเจ้าของ", "in plots of different owners"),
    STATED: words("ไม่มีแปลง ตามที่ข้อมูลบ้านระบุ", "no plot; as the house record says"),
    NO_PLOT: words("ไม่มีแปลงที่ดิน", "no plot"),
}
_KEYS = [LAND_KIND, OWNER, CUSTODIAN, AGENCY]
_PLOT = ALL[PLOT].by_name


def _count(name: str, th: str, en: str, type_name: str) -> Column:
    return Column(name, words(th, en), "count", ALL[type_name].unit)


COLUMNS = (
    Column(LANDOWNER, words("ที่ดินของใคร", "whose land"), "text"),
    Column(LAND_KIND, _PLOT[LAND_KIND].words, "code"),
    Column(OWNER, _PLOT[OWNER].words, "text"),
    Column(CUSTODIAN, _PLOT[CUSTODIAN].words, "text"),
    Column(AGENCY, words("หน่วยงานที่ต้องติดต่อ", "agency to deal with"), "text"),
    Column(BASIS, words("ที่มา", "known from"), "code", labels=BASES),
    _count("communities", "ชุมชน", "communities", COMMUNITY),
    _count("houses", "บ้าน", "houses", HOUSE),
    _count("households", "ครัวเรือน", "households", HOUSEHOLD),
    _count("people", "คน", "people", MEMBER),
    *reason_columns(PEOPLE, words("ไม่มีจำนวนคน", "people not counted"), ALL[HOUSEHOLD].unit),
    _count("plots", "แปลงที่ดิน", "land plots", PLOT),
    Column("area", words("เนื้อที่ที่วัดจากแผนที่", "area measured on the map"), "area", words("ตร.ม.", "m²")),
    _count("plots_declared", "แปลงที่มีเนื้อที่ตามเอกสาร", "plots with a declared area", PLOT),
    Column("declared", _PLOT[DECLARED].words, "area", _PLOT[DECLARED].unit),
)

NOTES: tuple[Words, ...] = (
    words(
        "นับทุกครัวเรือนที่สำรวจ ไม่ว่าเข้าร่วมหรือไม่ ครัวเรือนละหนึ่งครั้ง ผลรวมจึงเท่ากับครัวเรือนทั้งหมด",
        "every household surveyed is counted once, whether it joins or not: the rows sum to the total",
    ),
    words(
        "เจ้าของ ผู้ดูแล และหน่วยงานที่ต้องติดต่อแยกจากกัน กรมที่ดินเป็นหน่วยงานที่ต้องติดต่อ ไม่ใช่เจ้าของที่ดิน",
        "owner, custodian and agency to deal with are kept apart; the Department of Lands registers land, it "
        "does not own it",
    ),
    words(
        "เนื้อที่วัดบนทรงรีของโลก (WGS 84) จากแปลงทุกแปลงของเจ้าของ ทั้งที่ไม่มีบ้าน; แปลงที่ซ้อนกันนับเนื้อที่ทั้งสองแปลง; "
        "เนื้อที่ตามเอกสารรวมเฉพาะแปลงที่ระบุ",
        "area is measured on the ellipsoid (WGS 84) over all plots of the owner, empty ones too; where plots "
        "overlap both areas count; declared area sums only the plots that declare one",
    ),
    words(
        "ชุมชนหนึ่งอยู่บนที่ดินหลายเจ้าของได้ ผลรวมของชุมชนจึงนับชุมชนละครั้ง ไม่ใช่ผลบวกของแถว",
        "a community may stand on the land of several owners: the total counts each community once and is "
        "not the sum of the rows",
    ),
)


@dataclass(frozen=True)
class Owners:
    """Which row of the table each plot, house and household belongs to."""

    city: City

    @cached_property
    def of_plots(self) -> pd.DataFrame:
        """The land kind, owner, custodian and agency of each plot, and the ``row`` they make together.

        Owners are one where their folded names are; of several spellings the first in the alphabet
        is shown.
        """
        plots = self.city.frames[PLOT]
        named = pd.DataFrame(
            {LAND_KIND: answers(plots, LAND_KIND), OWNER: plots[OWNER], CUSTODIAN: plots[CUSTODIAN]}
        )
        registrar = _folded(plots[OWNER]).str.startswith(_REGISTRARS)
        named[AGENCY] = named[OWNER].where(registrar)
        named[OWNER] = named[OWNER].mask(registrar)
        parts = [named[LAND_KIND], *(_folded(named[key]) for key in _KEYS[1:])]
        named["row"] = reduce(lambda row, part: row + "|" + part, parts, pd.Series(BY_PLOT, plots.index))
        return named

    @cached_property
    def of_houses(self) -> pd.Series[str]:
        """The row of each house: that of its plots, else the land kind that its record states."""
        frame = self.city.frames[HOUSE]
        kind = frame[LAND_KIND].astype("str")
        stated = (STATED + "|" + kind).fillna(NO_PLOT)
        return self._by_plot(self.city.plots_of_houses, frame.index).fillna(stated)

    @cached_property
    def of_households(self) -> pd.Series[str]:
        """The row of each household: that of its plots, else that of its house."""
        index = self.city.frames[HOUSEHOLD].index
        house = self.city.houses["house"].to_numpy()
        homes = self.of_houses.reset_index(drop=True).reindex(house).set_axis(index)
        own = self._by_plot(self.city.plots_of_households, index)
        return own.fillna(homes).fillna(NO_PLOT)

    def _by_plot(self, pairs: pd.DataFrame, index: pd.Index) -> pd.Series[str]:
        return one_label(pairs, self.of_plots["row"], len(index), TIED).set_axis(index)


def run(frames: Frames, types: Types = ALL) -> Result:
    """Count communities, houses, households, people and land by landowner, over all surveyed households.

    A landowner is land kind (by code) + owner + custodian. Areas are square metres: ``area`` is
    geodesic on WGS 84, ``declared`` what papers say. Plots with different owners at one house are a
    row of their own, so are households with no plot, by what their house record says.
    """
    owners = Owners(City(frames))
    told, rows, communities = people(owners.city), owners.of_households, _communities(owners)
    parts = {
        "houses": owners.of_houses.value_counts(),
        "households": rows.value_counts(),
        "communities": communities.groupby("row")["community"].nunique(),
    }
    counted = pd.concat(
        [pd.DataFrame(parts), reason_counts(PEOPLE, told["why"], rows), _land(owners)], axis=1
    )
    counted = counted.fillna(dict.fromkeys(counted.columns.drop(["area", "declared"]), 0))
    counted[PEOPLE] = people_by(told, rows).reindex(counted.index).mask(counted["households"].eq(0), 0)
    kinds = labels(types)
    table = typed(_headed(counted, owners, list(kinds)), COLUMNS)
    everywhere = {"communities": int(communities["community"].nunique())}
    totals = totals_of(table, COLUMNS) | everywhere
    said = {LANDOWNER: _names(table, kinds), LAND_KIND: kinds}
    columns = tuple(replace(column, labels=said.get(column.name, column.labels)) for column in COLUMNS)
    chart = Chart("bar", LANDOWNER, ("households",))
    return Result(table, columns, chart, NOTES, sources_of(frames, NEEDS), totals)


def _folded(texts: pd.Series[str]) -> pd.Series[str]:
    codes, distinct = numbered(texts)
    return pd.Series(np.array([*fold_all(distinct), ""], dtype=object)[codes], texts.index, dtype="str")


def _communities(owners: Owners) -> pd.DataFrame:
    """Pair rows with the communities known whose plots, houses or households stand on that land."""
    rows = {PLOT: owners.of_plots["row"], HOUSE: owners.of_houses, HOUSEHOLD: owners.of_households}
    pairs = [
        pd.DataFrame({"row": row, "community": owners.city.communities[name]}) for name, row in rows.items()
    ]
    return pd.concat(pairs).dropna()


def _land(owners: Owners) -> pd.DataFrame:
    """Sum plots and their areas (m²) by row; an area is undefined where no plot of the row has one."""
    plots = owners.city.frames[PLOT]
    by = pd.DataFrame({"area": area_m2(plots.geometry), "declared": plots[DECLARED]}).groupby(
        owners.of_plots["row"]
    )
    counts = pd.DataFrame({"plots": by.size(), "plots_declared": by["declared"].count()})
    return counts.join(by.sum(min_count=1))


def _headed(counted: pd.DataFrame, owners: Owners, kinds: Sequence[str]) -> pd.DataFrame:
    """Put land kind, owner, custodian, agency and basis before the counts, and the rows in order.

    ``kinds`` are the land kinds in the order of their rows.
    """
    heads = owners.of_plots.groupby("row")[_KEYS].min().reindex(counted.index)
    row = counted.index.to_series().astype("str")
    heads[BASIS] = row.str.replace(r"\|.*", "", regex=True)
    heads[LAND_KIND] = heads[LAND_KIND].fillna(
        row.str.removeprefix(f"{STATED}|").where(heads[BASIS].eq(STATED))
    )
    order = pd.DataFrame(
        {
            "basis": heads[BASIS].map({basis: place for place, basis in enumerate(BASES)}),
            "kind": heads[LAND_KIND].map({kind: place for place, kind in enumerate(kinds)}),
            "row": row,
        }
    ).sort_values(["basis", "kind", "row"])
    return heads.join(counted).reindex(order.index).assign(**{LANDOWNER: order["row"]})


def _names(table: pd.DataFrame, kinds: Mapping[str, Words]) -> dict[str, Words]:
    """Name each row: the land kind and the owner where a plot tells them, else why no plot does."""
    names = {}
    for key, kind, owner, basis in zip(
        table.index, table[LAND_KIND], table[OWNER], table[BASIS], strict=True
    ):
        said = [] if pd.isna(kind) else [kinds.get(kind, words(kind, kind))]
        said += [words(owner, owner)] if pd.notna(owner) else []
        said += [] if basis == BY_PLOT else [BASES[basis]]
        names[str(key)] = words(" · ".join(one.th for one in said), " · ".join(one.en for one in said))
    return names
