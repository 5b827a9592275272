"""The thirty faulty rows of the demonstration city, as a table: where, what is wrong, and what was written.

``key`` tells the row before it was spoilt (community code, number on the plan, ...). ``field`` is the
field whose cell is at fault, None when it is the row or its shape. ``changes`` are the cells as
written; a fault of a shape is made by the function of :data:`SHAPES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any

import shapely

from demo.outlets import CANVASS, COMMUNITY, FACILITY, HOUSE, MEMBER, PLOT, REVISIT, ROAD, Outlet

Key = tuple[str, ...]


@dataclass(frozen=True)
class Fault:
    """One faulty row."""

    outlet: Outlet
    key: Key
    code: str
    field: str | None = None
    changes: Mapping[str, object] = attribute(default_factory=dict)

    @property
    def column(self) -> str | None:
        """The heading of the cell at fault, of both where two cells make a place."""
        names = self.field.split(", ") if self.field else []
        return ", ".join(self.outlet.headings[name] for name in names) or None


def _cell(outlet: Outlet, key: Key, code: str, name: str, value: object) -> Fault:
    return Fault(outlet, key, code, name, {name: value})


def _place(key: Key, code: str, latitude: object, longitude: object) -> Fault:
    named = "longitude, latitude" if code == "coordinates_unreadable" else None
    return Fault(REVISIT, key, code, named, {"latitude": latitude, "longitude": longitude})


# fmt: off
FAULTS: tuple[Fault, ...] = (
    Fault(COMMUNITY, ("WT11",), "key_missing", None, {"code": None, "name": None}),
    Fault(PLOT, ("WT03", "17"), "geometry_invalid"),
    Fault(PLOT, ("WT04", "31"), "key_repeated", None, {"plot_no": "30"}),
    _cell(PLOT, ("WT07", "58"), "area_unreadable", "declared_area", "ประมาณครึ่งงาน"),
    Fault(HOUSE, ("WT05", "12"), "degrees_expected"),
    Fault(HOUSE, ("WT03", "41"), "key_repeated", None, {"house_seq": "40", "osm_id": "way/1509800021"}),
    _cell(HOUSE, ("WT06", "20"), "out_of_range", "storeys", 250),
    _cell(HOUSE, ("WT08", "9"), "community_unknown", "community", "ชุมชนลานมะลิวัน"),
    _cell(HOUSE, ("WT02", "15"), "choice_unknown", "material", "สังกะสีเก่า"),
    Fault(CANVASS, ("WT01", "8", "1"), "ragged_row", None, {"note": "พบเฉพาะตอนเย็น, วันอาทิตย์"}),
    Fault(CANVASS, ("WT01", "21", "1"), "key_missing", None, {"house_seq": None, "house_no": None}),
    _cell(CANVASS, ("WT02", "6", "1"), "not_a_number", "income", "ประมาณหมื่นห้า"),
    Fault(CANVASS, ("WT02", "30", "2"), "possible_double", None, {"household_no": "1"}),
    _cell(CANVASS, ("WT03", "14", "1"), "date_unreadable", "visit_date", "กลางเดือนที่แล้ว"),
    _cell(CANVASS, ("WT03", "77", "1"), "date_future", "visit_date", "14 ส.ค. 2658"),
    _cell(CANVASS, ("WT04", "5", "1"), "choice_unknown", "land_tenure", "เซ้งต่อจากญาติ"),
    _cell(CANVASS, ("WT04", "52", "1"), "id_mangled", "head_id", "1.10E+12"),
    _cell(CANVASS, ("WT05", "33", "1"), "not_whole", "people", "3.5"),
    _cell(CANVASS, ("WT05", "101", "1"), "year_unreadable", "moved_in", "นานมาแล้ว"),
    _place(("WT06", "11", "1"), "null_island", 0.0, 0.0),
    _place(("WT06", "64", "1"), "swapped_axes", 100.592107, 13.711824),
    _place(("WT07", "9", "1"), "outside_bounds", 13.713566, 110.596214),
    _place(("WT07", "90", "1"), "coordinates_unreadable", 13.712901, "ตรงเสาไฟต้นที่สาม"),
    _cell(REVISIT, ("WT08", "27", "1"), "out_of_range", "income", -4000),
    _cell(REVISIT, ("WT09", "120", "1"), "id_check_digit", "head_id", "8999912345678"),
    _cell(REVISIT, ("WT09", "301", "1"), "id_mangled", "head_id", "8.99999E+12"),
    _cell(MEMBER, ("WT08", "14", "1", "2"), "id_mangled", "person_id", "8.99997E+12"),
    _cell(MEMBER, ("WT09", "15", "1", "3"), "date_future", "birth_year", "2658"),
    Fault(FACILITY, ("PT21",), "null_island"),
    Fault(ROAD, ("R89",), "geometry_kind"),
)
# fmt: on

# Warnings that are meant to be there beside the faults: file -> problem -> how often.
REMARKS: dict[str, dict[str, int]] = {
    # Not every household that communities reported is surveyed yet.
    CANVASS.file: {
        "title_row_skipped": 1,
        "number_assigned": 8,
        "community_unknown": 1,
        "fewer_than_declared": 1,
    },
    REVISIT.file: {"column_near": 1, "fewer_than_declared": 1},
    # Papers tell other areas than the plots that were drawn between the houses.
    PLOT.file: {"area_differs": 57, "vertices_repeated": 1},
    # Footprints are drawn by many hands: some corners stand twice.
    HOUSE.file: {"vertices_repeated": 1},
}


def _bow_tie(shape: Any, metres: Any) -> Any:
    """A plot whose corners were clicked in the wrong order: its outline crosses itself."""
    west, south, east, north = shape.bounds
    below = south + 0.8 * (north - south)
    return shapely.Polygon([(west, south), (east, north), (east, south), (west, below)])


# How a shape is spoilt: from the shape in the layer's CRS and the same in UTM metres.
SHAPES: dict[str, Callable[[Any, Any], Any]] = {
    "geometry_invalid": _bow_tie,
    "degrees_expected": lambda shape, metres: metres,
    "null_island": lambda shape, metres: shapely.Point(0, 0),
    "geometry_kind": lambda shape, metres: shape.interpolate(0.5, normalized=True),
}


def of(outlet: Outlet) -> dict[Key, Fault]:
    """The faults of one layer by the key of their row."""
    return {fault.key: fault for fault in FAULTS if fault.outlet is outlet}


def staged() -> dict[tuple[str, str], int]:
    """Houses that must hold a full household because a fault is planned in it: how many."""
    found: dict[tuple[str, str], int] = {}
    for key in _keys((CANVASS, REVISIT, MEMBER)):
        found[key[:2]] = max(found.get(key[:2], 0), int(key[2]))
    return found


def without_household() -> set[tuple[str, str]]:
    """Houses whose own row is at fault: no household must depend on finding them."""
    return {key[:2] for key in _keys((HOUSE,))}


def _keys(outlets: Iterable[Outlet]) -> list[tuple[str, str, str]]:
    wanted = set(map(id, outlets))
    return [(*fault.key, "")[:3] for fault in FAULTS if id(fault.outlet) in wanted]  # type: ignore[misc]


@dataclass(frozen=True)
class Expected:
    """One problem the intake must report: where the surveyor sees it, and what it is."""

    file: str
    layer: str
    row: int
    code: str
    column: str | None


def expected(fault: Fault, place: int) -> Expected:
    """The problem of a fault whose row stands at a place (from 0) in its layer."""
    outlet = fault.outlet
    return Expected(outlet.file, outlet.layer, outlet.first + place, fault.code, fault.column)
