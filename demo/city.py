"""The demonstration city, drawn from a seed: clean answers and shapes, before anyone mistypes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from demo import dwellings, faults, landmarks, shapes
from demo.answers import Home, homes
from demo.dwellings import Row
from demo.members import member_rows
from demo.outlets import (
    CANAL,
    CANVASS,
    COMMUNITY,
    FACILITY,
    HOUSE,
    MEMBER,
    PLOT,
    REVISIT,
    ROAD,
    ZONE,
    Outlet,
)
from demo.people import ids
from demo.settlements import SETTLEMENTS, SOURCE, UNKNOWN_COMMUNITY

SEED = 2569
MEMBERS_WANTED = 900
# Communities of the first survey team (its sheet is the CSV); the second team's is the workbook.
FIRST_TEAM = ("WT01", "WT02", "WT03", "WT04", "WT05")
WITHOUT_NUMBER, BY_HOUSE_NUMBER = 8, 12
_WITH_PHONE_PLACE = 0.55


@dataclass(frozen=True)
class Layer:
    """The rows of one layer (fields by name) and, in the same order, their shapes in EPSG:32647."""

    rows: list[Row]
    shapes: list[Any] | None = None

    def keys(self, outlet: Outlet) -> list[faults.Key]:
        """What tells each row from the others."""
        names = outlet.type.keys[0]
        return [tuple(str(row.get(name)) for name in names) for row in self.rows]


@dataclass(frozen=True)
class City:
    """Everything drawn, a layer for each outlet."""

    layers: dict[Outlet, Layer]

    def __getitem__(self, outlet: Outlet) -> Layer:
        return self.layers[outlet]


def draw(seed: int = SEED) -> City:
    """Draw the city; the same seed draws the same city."""
    rng = np.random.default_rng(seed)
    footprints = shapes.houses()
    edges = shapes.boundaries(footprints)
    cut = shapes.plots(footprints, edges)
    plot_rows = dwellings.plot_rows(rng, cut)
    by_house = dict(zip(cut["house"], plot_rows, strict=True))
    house_rows = dwellings.house_rows(rng, footprints, by_house)
    points = shapes.in_crs(shapely.point_on_surface(footprints.geometry.values), shapes.WGS84)
    places = dict(zip(map(_house_key, house_rows), points, strict=True))
    first, second = _survey(rng, house_rows, places)
    layers = {
        PLOT: Layer(plot_rows, list(cut.geometry)),
        HOUSE: Layer(house_rows, list(footprints.geometry)),
        CANVASS: Layer([home.row for home in first]),
        REVISIT: Layer([home.row for home in second]),
        MEMBER: Layer(_members(rng, second)),
        COMMUNITY: _communities(edges, house_rows),
        CANAL: Layer(*landmarks.canals(edges)),
        FACILITY: Layer(*landmarks.facilities(edges)),
        ROAD: Layer(*landmarks.roads(rng)),
        ZONE: Layer(*landmarks.zones()),
    }
    return City(layers)


def _house_key(row: Row) -> tuple[str, str]:
    return row["community"], row["house_seq"]


def _communities(edges: gpd.GeoDataFrame, houses: list[Row]) -> Layer:
    """The communities with their facts, and an eleventh shape for a fault."""
    known = pd.Series([row["community"] for row in houses]).value_counts()
    rows: list[Row] = []
    for settlement in SETTLEMENTS:
        count = known.get(settlement.code)
        rows.append({
            "code": settlement.code, "name": settlement.name, "everyday_name": settlement.everyday_name,
            "area_code": settlement.area_code, "source": SOURCE,
            "households_known": int(count * 1.15) // 5 * 5 if count else None, **settlement.facts,
        })  # fmt: skip
    rows.append({"code": "WT11", "name": None, "source": SOURCE, "note": "แนวเขตร่างไว้ ยังไม่ได้ใส่ชื่อ"})
    by_code = dict(zip(edges["code"], edges.geometry, strict=True))
    nameless = shapely.box(671640, 1516860, 671700, 1516920)
    return Layer(rows, [*(by_code[row["code"]] for row in rows[:-1]), nameless])


def _survey(
    rng: np.random.Generator, houses: list[Row], places: dict[tuple[str, str], Any]
) -> tuple[list[Home], list[Home]]:
    """The households of the first and of the second team, the odd ones among them."""
    numbers = ids()
    found = homes(rng, houses, numbers, faults.staged(), faults.without_household())
    for home in found:
        located = home.head is None or rng.random() < _WITH_PHONE_PLACE
        if located and home.row["community"] not in FIRST_TEAM:
            place = places[_house_key(home.row)]
            home.row["latitude"], home.row["longitude"] = round(place.y, 6), round(place.x, 6)
    _spoil_numbers(found)
    extra = list(_strangers(rng, numbers))
    first = [home for home in found if home.row["community"] in FIRST_TEAM]
    second = [home for home in found if home.row["community"] not in FIRST_TEAM]
    return first + extra[:-3], second + extra[-3:]


def _spoil_numbers(found: list[Home]) -> None:
    """Take the household number from a few rows, and the house sequence from a few others."""
    houses = pd.Series([_house_key(home.row) for home in found]).value_counts()
    numbers = pd.Series([(home.row["community"], home.row["house_no"]) for home in found]).value_counts()
    staged = faults.staged()
    plain = [
        home.row for home in found
        if home.head and houses[[_house_key(home.row)]].iloc[0] == 1 and _house_key(home.row) not in staged
        and home.row["house_no"] and numbers[[(home.row["community"], home.row["house_no"])]].iloc[0] == 1
        and "latitude" not in home.row
    ]  # fmt: skip
    step = len(plain) // (WITHOUT_NUMBER + BY_HOUSE_NUMBER)
    for row in plain[::step][:WITHOUT_NUMBER]:
        row["household_no"] = None
    for row in plain[step // 2 :: step][:BY_HOUSE_NUMBER]:
        row["house_seq"] = None


def _strangers(rng: np.random.Generator, numbers: Iterator[str]) -> Iterator[Home]:
    """Households of a community nobody put on the map, and some whose house is not on the plan.

    Of the latter the first three name a plot and find their place by it.
    """
    houses = [_stranger(UNKNOWN_COMMUNITY, str(seq), None) for seq in range(1, 9)]
    houses += [_stranger("WT01", str(901 + place), str(60 + place)) for place in range(3)]
    houses += [_stranger("WT02", str(901 + place), None) for place in range(3)]
    houses += [_stranger("WT06", str(901 + place), None) for place in range(3)]
    yield from homes(rng, houses, numbers, dict.fromkeys(map(_house_key, houses), 1), set())


def _stranger(community: str, seq: str, plot: str | None) -> Row:
    told = {"community": community, "house_seq": seq, "plot_no": plot}
    return told | {"house_no": None, "land_kind": "private"}


def _members(rng: np.random.Generator, found: list[Home]) -> list[Row]:
    """The members of some households of the second team: every one that a fault needs, others by chance."""
    numbers = ids(start=5_000)
    wanted = {key[:2] for key in faults.of(MEMBER)}
    ordinary = sum(int(home.row["people"]) for home in found if home.head)
    rows: list[Row] = []
    for home in found:
        asked = home.row["house_seq"] is not None and rng.random() < MEMBERS_WANTED / ordinary
        if asked or _house_key(home.row) in wanted:
            rows += member_rows(rng, home, numbers)
    return rows
