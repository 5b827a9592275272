"""Made-up landmarks of the demonstration city: facilities, canals, the railway's data, and zoning areas."""

from __future__ import annotations

from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from demo.draws import pick
from demo.dwellings import Row
from demo.shapes import RAILWAY, canal, lanes

# Code, name, kind (None: not said), community it lies by, metres east and north of its middle.
_FACILITIES: tuple[tuple[str, str, str | None, str, float, float], ...] = (
    ("PT01", "โรงเรียนหิ่งห้อยวิทยา (สมมติ)", "school", "WT01", 90, 40),
    ("PT02", "ศาลาชุมชนริมคลองหิ่งห้อย", "hall", "WT01", 12, -20),
    ("PT03", "ศูนย์เด็กเล็กสายรุ้ง", "nursery", "WT02", 25, 30),
    ("PT04", "จุดน้ำดื่มสายรุ้ง", "water_point", "WT02", -15, -25),
    ("PT05", "ตลาดดาวกระจาย", "market", "WT03", 60, -60),
    ("PT06", "ศูนย์บริการสาธารณสุขดาวกระจาย (สมมติ)", "clinic", "WT03", -75, 20),
    ("PT07", "ป้ายรถปากซอยดาวกระจาย", "transit", "WT03", -40, -90),
    ("PT08", "ศาลาชุมชนสวนลั่นทมขาว", "hall", "WT04", 5, 10),
    ("PT09", "จุดดับเพลิงสวนลั่นทม", "fire_point", "WT04", -30, 35),
    ("PT10", "วัดใบโพธิ์เงิน (สมมติ)", "temple", "WT05", 120, 80),
    ("PT11", "โรงเรียนวัดใบโพธิ์เงิน (สมมติ)", "school", "WT05", 150, 60),
    ("PT12", "จุดดับเพลิงหลังวัด", "fire_point", "WT05", -40, -20),
    ("PT13", "มัสยิดปลาตะเพียนทอง (สมมติ)", "mosque", "WT06", 70, 60),
    ("PT14", "ศูนย์เด็กเล็กล็อกปลาตะเพียน", "nursery", "WT06", -60, -20),
    ("PT15", "โรงพยาบาลท่าเรือเมฆขาว (สมมติ)", "hospital", "WT06", 190, -120),
    ("PT16", "ถังน้ำรวมตรอกน้ำค้าง", "water_point", "WT07", 10, 15),
    ("PT17", "สถานีตำรวจน้ำค้าง (สมมติ)", "police", "WT07", -160, 40),
    ("PT18", "ศาลาลานมะลิ", "hall", "WT08", 15, -30),
    ("PT19", "ท่ารถตู้ลานมะลิ", "transit", "WT08", -130, 20),
    ("PT20", "ต้นโพธิ์ใหญ่ ที่นัดประชุม", None, "WT08", 60, 50),
    ("PT21", "หมุดจากมือถือ ไม่มีสัญญาณ", "hall", "WT05", 0, 0),
)
_SPINE = (
    (672390, 1516580),
    (672550, 1517150),
    (672570, 1518200),
    (672780, 1519100),
    (672900, 1519450),
    (673050, 1519640),
)
_PLAN_EXTENT = (670800.0, 1515850.0, 673450.0, 1519640.0)
_PLAN_SPLIT = 1517200.0
_PLAN = "ผังเมืองรวมสมมติ"
Drawn = tuple[list[Row], list[Any]]


def facilities(edges: gpd.GeoDataFrame) -> Drawn:
    """Facilities as points, each by a community; the last one is for a fault."""
    middle = dict(zip(edges["code"], edges.geometry, strict=True))
    rows: list[Row] = []
    places = []
    for code, name, kind, community, east, north in _FACILITIES:
        biggest = max(shapely.get_parts(middle[community]), key=shapely.area)
        rows.append(
            {"code": code, "name": name, "kind": kind, "description": f"เก็บด้วยมือถือ ใกล้ {community} (สมมติ)"}
        )
        places.append(shapely.Point(biggest.centroid.x + east, biggest.centroid.y + north))
    return rows, places


def canals(edges: gpd.GeoDataFrame) -> Drawn:
    """A canal along the canal community, and a drain that runs into it further down."""
    water = canal(edges.set_index("code").geometry["WT01"])
    x, y = shapely.get_coordinates(water)[:2].mean(axis=0)
    drain = shapely.LineString([(x - 420, y - 40), (x - 180, y - 55), (x, y)])
    named = (
        ("K1", "คลองหิ่งห้อย (สมมติ)", "Khlong Hinghoi (made up)", 8, 6),
        ("K2", "ลำรางปลายนา (สมมติ)", "Plai Na drain (made up)", 2.5, 3),
    )
    fields = ("code", "name", "name_en", "width", "strip")
    custodian = {"custodian": "สำนักการระบายน้ำ กรุงเทพมหานคร"}
    rows: list[Row] = [dict(zip(fields, row, strict=True)) | custodian for row in named]
    return rows, [water, drain]


def roads(rng: np.random.Generator) -> Drawn:
    """The real sois with drawn widths, a made-up railway, and one line for a fault."""
    real = lanes().astype(object)
    rows: list[Row] = []
    for number, (osm_id, name, name_en) in enumerate(
        zip(real["osm_id"], real["name_th"], real["name_en"], strict=True), 1
    ):
        named = name if isinstance(name, str) else None
        rows.append({
            "code": f"R{number:02d}", "name": named, "name_en": name_en if isinstance(name_en, str) else None,
            "kind": "road" if named and named.startswith("ถนน") else "soi" if named else "footpath",
            "width": round(float(rng.uniform(1.2, 6.5)), 1), "osm_id": osm_id,
            "surface": pick(rng, {"concrete": 0.75, "asphalt": 0.2, "earth": 0.05}),
        })  # fmt: skip
    rails = {"code": f"R{len(rows) + 1}", "name": "ทางรถไฟสายรุ้ง (สมมติ)", "kind": "railway"}
    spare = {
        "code": f"R{len(rows) + 2}",
        "name": "ทางเดินริมคลอง (สมมติ)",
        "kind": "footpath",
        "surface": "boards",
    }
    line = shapely.LineString(RAILWAY)
    return [*rows, rails, spare], [
        *real["geometry"],
        line,
        shapely.LineString([(672400, 1519300), (672430, 1519420)]),
    ]


def zones() -> Drawn:
    """Three areas of a made-up town plan: a commercial strip along the main street, housing about it."""
    extent = shapely.box(*_PLAN_EXTENT)
    strip = shapely.intersection(shapely.buffer(shapely.LineString(_SPINE), 70, quad_segs=3), extent)
    west, south, east, north = _PLAN_EXTENT
    lower, upper = shapely.box(west, south, east, _PLAN_SPLIT), shapely.box(west, _PLAN_SPLIT, east, north)
    named = (
        ("สมมติ-1", "ย่านริมถนนสายหลัก", "commercial", strip),
        ("สมมติ-2", "ย่านใต้", "high_density", lower - strip),
        ("สมมติ-3", "ย่านเหนือ", "medium_density", upper - strip),
    )
    rows: list[Row] = [
        {"code": code, "name": name, "zone": zone, "plan": _PLAN, "in_force": date(2013, 5, 16)}
        for code, name, zone, _ in named
    ]
    return rows, [shape for *_, shape in named]
