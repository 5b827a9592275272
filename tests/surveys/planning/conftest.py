"""Frames as the store hands them out, and a city small enough to count by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from surveys.fields import Flag, Integer, Number
from surveys.records import ALL
from surveys.thai import Day, LandArea, Year

Row = Mapping[str, Any]
Build = Callable[..., dict[str, gpd.GeoDataFrame]]

DTYPES = {
    Integer: "Int64",
    Year: "Int64",
    Number: "float64",
    LandArea: "float64",
    Flag: "boolean",
    Day: "datetime64[s]",
}
ARRIVED = "2025-03-01T18:30:00Z"  # already 2 March in Bangkok


def frame(type_name: str, rows: Sequence[Row]) -> gpd.GeoDataFrame:
    """A frame of one type; a row may also say ``id``, ``at`` (its shape), ``missing``, ``import_id``."""
    ids = pd.Index([row.get("id", f"{type_name}-{n}") for n, row in enumerate(rows)], dtype="str")
    columns = {
        field.name: pd.Series(
            [row.get(field.name) for row in rows], ids, dtype=DTYPES.get(type(field.kind), "str")
        )
        for field in ALL[type_name].stored
    }
    missing = [json.dumps(row["missing"]) if "missing" in row else None for row in rows]
    more = {
        "import_id": pd.Series([row.get("import_id", 1) for row in rows], ids, dtype="Int64"),
        "opened_at": pd.Series(
            pd.to_datetime([row.get("opened_at", ARRIVED) for row in rows], utc=True), ids
        ),
        "missing": pd.Series(missing, ids, dtype="str"),
    }
    shapes = gpd.GeoSeries([row.get("at") for row in rows], ids, crs="EPSG:4326")
    return gpd.GeoDataFrame(columns | more, index=ids, geometry=shapes)


def frames(**rows: Sequence[Row]) -> dict[str, gpd.GeoDataFrame]:
    """Frames of every record type, empty where no rows are given."""
    return {name: frame(name, rows.get(name, ())) for name in ALL}


@pytest.fixture(scope="session")
def build() -> Build:
    """The builder: ``build(house=[{...}], household=[{...}])``."""
    return frames


def square(east: float, north: float, metres: float = 10) -> shapely.Polygon:
    """A square of about so many metres, its south-west corner metres east and north of 100.5 E 13.75 N."""
    deg = 1 / 110_000
    west, south = 100.5 + east * deg, 13.75 + north * deg
    return shapely.box(west, south, west + metres * deg, south + metres * deg)


def spot(east: float, north: float) -> shapely.Point:
    """A point so many metres east and north of 100.5 E 13.75 N."""
    return shapely.Point(100.5 + east / 110_000, 13.75 + north / 110_000)


RIVER, RAIL, HOLLOW = "C1", "C2", "C3"


@pytest.fixture(scope="session")
def city() -> dict[str, gpd.GeoDataFrame]:
    """Two surveyed communities, a hollow one, and a household in a community nobody knows.

    River (C1, 100 m square): railway plot 1, railway plot 2, private plot 3 that overlaps plot 2,
    plot 4 of which nothing is known. Rail (C2): Treasury plot 1. Houses and households below.
    """
    return frames(
        community=[
            {"id": "river", "code": RIVER, "name": "ชุมชนริมคลอง", "everyday_name": "บ้านล่าง",
             "survey_state": "confirmed",
             "households_known": 8, "at": square(0, 0, 100), "source_date": "2024-12-01"},
            {"id": "rail", "code": RAIL, "name": "ชุมชนรถไฟ", "survey_state": "surveying",
             "at": square(200, 0, 100)},
            {"id": "hollow", "code": HOLLOW, "name": "ชุมชนใหม่", "survey_state": "known",
             "households_known": 40},
        ],
        land_plot=[
            {"id": "p1", "community": RIVER, "plot_no": "1", "land_kind": "railway",
             "owner": "การรถไฟแห่งประเทศไทย",
             "at": square(0, 0, 20), "declared_area": 400.0},
            {"id": "p2", "community": RIVER, "plot_no": "2", "land_kind": "railway",
             "owner": "การรถไฟแห่งประเทศไทย ",
             "at": square(20, 0, 20), "declared_area": 440.0},
            {"id": "p3", "community": RIVER, "plot_no": "3", "land_kind": "private", "owner": "นาง ก.",
             "at": square(30, 0, 20)},
            {"id": "p4", "community": RIVER, "plot_no": "4", "at": square(60, 60, 20),
             "owner": "กรมที่ดิน", "missing": {"land_kind": "unknown"}},
            {"id": "p5", "community": RAIL, "plot_no": "1", "land_kind": "treasury",
             "owner": "กรมธนารักษ์",
             "custodian": "เทศบาล", "at": square(200, 0, 50)},
        ],
        house=[
            # Two families live here, on railway land.
            {"id": "h1", "community": RIVER, "house_seq": "1", "house_no": "1/1",
             "condition": "lasting", "material": "wood",
             "kind": "detached", "at": square(2, 2), "survey_date": "2025-01-15", "import_id": 2},
            # No number of the registry; in two overlapping plots.
            {"id": "h2", "community": RIVER, "house_seq": "2", "condition": "dilapidated",
             "material": "reused",
             "kind": "temporary", "at": spot(35, 5)},
            # In no plot; says itself what land it is on; nobody lives in it; owner absent.
            {"id": "h3", "community": RIVER, "house_seq": "3", "house_no": "1/3",
             "owner_presence": "absent",
             "land_kind": "waterway", "at": spot(5, 90), "missing": {"condition": "no_answer"}},
            # No coordinates; its plot is known by number.
            {"id": "h4", "community": "ชุมชน รถไฟ", "house_seq": "1", "house_no": "2/1", "plot_no": "1",
             "condition": "lasting", "material": "masonry", "kind": "row"},
            # On the plot of which nothing is known.
            {"id": "h5", "community": "บ้านล่าง", "house_seq": "5", "condition": "lasting",
             "at": spot(70, 70)},
            # Nowhere.
            {"id": "h6", "community": RAIL, "house_seq": "9"},
        ],
        household=[
            {"id": "f1", "community": RIVER, "house_seq": "1", "household_no": "1", "people": 5,
             "joining": "joined",
             "house_tenure": "owner", "land_tenure": "lease", "visit_result": "complete",
             "visit_date": "2025-02-01"},
            {"id": "f2", "community": "ชุมชนริมคลอง", "house_no": "1/1", "household_no": "2",
             "people": 3,
             "joining": "opposed", "house_tenure": "rents_room", "land_tenure": "squat_state",
             "visit_result": "complete", "visit_date": "2025-02-03"},
            {"id": "f3", "community": RIVER, "house_seq": "2", "household_no": "1",
             "visit_result": "not_found",
             "missing": {"people": "unknown", "joining": "unknown"}},
            # Its house is not in the list; its point stands on railway plot 1.
            {"id": "f4", "community": RIVER, "house_seq": "77", "household_no": "1", "at": spot(15, 15),
             "visit_result": "partial", "missing": {"people": "no_answer"}},
            # Names no house that is there, but its point is inside house 1.
            {"id": "f5", "community": RIVER, "household_no": "3", "at": spot(5, 5), "people": 2,
             "visit_result": "double", "house_tenure": "lodger"},
            {"id": "f6", "community": RAIL, "house_seq": "1", "household_no": "1",
             "visit_result": "refused",
             "missing": {"people": "not_applicable", "land_tenure": "no_answer"}},
            {"id": "f7", "community": RAIL, "house_seq": "9", "household_no": "1", "joining": "joined",
             "missing": {"people": "unreadable"}},
            {"id": "f8", "community": "ไม่มีใครรู้จัก", "house_seq": "1", "household_no": "1",
             "people": 4,
             "joining": "interested", "visit_result": "complete"},
            {"id": "f9", "community": RIVER, "house_seq": "5", "household_no": "1",
             "visit_result": "complete"},
        ],
        member=[
            # Household 1 says five people and lists four; household 9 only lists.
            *({"id": f"m{n}", "community": RIVER, "house_seq": "1", "household_no": "1", "member_no": str(n)}
              for n in range(1, 5)),
            {"id": "m5", "community": "บ้านล่าง", "house_seq": "5", "household_no": "1",
             "member_no": "1"},
            # A person of a household nobody recorded.
            {"id": "m6", "community": RAIL, "house_seq": "55", "household_no": "1", "member_no": "1"},
        ],
    )  # fmt: skip
