"""The ten made-up communities of the demonstration city, one row each.

Names, owners and facts are invented. Blocks are discs (easting, northing, reach in metres; EPSG:32647)
that gather real building footprints; a settlement without blocks has no surveyed houses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

# The day the demonstration is told from: deadlines and days left count from here.
REFERENCE_DAY = date(2026, 11, 21)
SOURCE = "ข้อมูลสมมติเพื่อการสาธิต"

WATTHANA, KHLONG_TOEI, SUAN_LUANG = "1039", "1033", "1034"

Block = tuple[float, float, float]


@dataclass(frozen=True)
class Settlement:
    """One community: its blocks, the kinds of land its plots stand on (with weights), and its facts.

    ``facts`` are fields of a community by name; codes are those of :mod:`surveys.lists`.
    """

    code: str
    name: str
    everyday_name: str
    area_code: str
    blocks: tuple[Block, ...]
    land: Mapping[str, float]
    facts: Mapping[str, object]
    surveyed_share: float = 0.72


def _facts(
    kind: str, founded: int, survey: str, eviction: str, boundary: tuple[str, str], **more: object
) -> dict[str, object]:
    method, standing = boundary
    plain = {"type": kind, "set_up": "set_up", "year_settled": founded, "survey_state": survey}
    drawn = {"eviction_state": eviction, "boundary_method": method, "boundary_standing": standing}
    return {**plain, **drawn, "boundary_date": date(2026, 3, 15), "source_date": date(2026, 9, 30), **more}


# fmt: off
SETTLEMENTS: tuple[Settlement, ...] = (
    Settlement("WT01", "ชุมชนริมคลองหิ่งห้อย", "ชาวคลอง", WATTHANA,
        ((672450, 1519360, 245),), {"waterway": 0.8, "private": 0.2},
        _facts("crowded", 1968, "confirmed", "notice", ("walked", "community"),
               eviction_deadline=date(2026, 12, 18),
               note="สำนักงานเขต (สมมติ) ปิดประกาศให้รื้อย้ายออกจากแนวคลองภายใน 18 ธ.ค. 2569")),
    Settlement("WT02", "ชุมชนรางรถไฟสายรุ้ง", "หลังราง", KHLONG_TOEI,
        ((671900, 1516060, 240),), {"railway": 1.0},
        _facts("crowded", 1975, "to_return", "sued", ("gps", "community"),
               eviction_deadline=date(2027, 6, 30))),
    Settlement("WT03", "ชุมชนราชพัสดุดาวกระจาย", "ดาวกระจาย", SUAN_LUANG,
        ((672950, 1519450, 225),), {"treasury": 1.0},
        _facts("urban", 1982, "confirmed", "none", ("survey", "landowner"))),
    Settlement("WT04", "ชุมชนสวนลั่นทมขาว", "สวนลั่นทม", WATTHANA,
        ((672850, 1516735, 110),), {"crown": 1.0},
        _facts("urban", 1979, "confirmed", "none", ("walked", "landowner"))),
    Settlement("WT05", "ชุมชนหลังวัดใบโพธิ์เงิน", "หลังวัด", WATTHANA,
        ((672590, 1516700, 175),), {"temple": 0.85, "private": 0.15},
        _facts("crowded", 1961, "confirmed", "rumour", ("walked", "community"))),
    Settlement("WT06", "ชุมชนท่าเรือปลาตะเพียนทอง", "ล็อกปลาตะเพียน", KHLONG_TOEI,
        ((672180, 1516235, 200), (672400, 1516020, 130)), {"port": 1.0},
        _facts("crowded", 1957, "to_return", "rumour", ("imagery", "community"))),
    Settlement("WT07", "ชุมชนตรอกน้ำค้าง", "ตรอกน้ำค้าง", WATTHANA,
        ((672640, 1516500, 170),), {"private": 0.9, "public": 0.1},
        _facts("crowded", 1972, "surveying", "judgment", ("sketch", "disputed"),
               eviction_deadline=date(2027, 2, 15), note="เจ้าของที่ดิน (สมมติ) ไม่ยอมรับแนวเขตด้านทิศเหนือ")),
    Settlement("WT08", "ชุมชนลานมะลิวัลย์", "ลานมะลิ", WATTHANA,
        ((672690, 1517010, 230),), {"public": 0.5, "local": 0.35, "private": 0.15},
        _facts("suburban", 1988, "to_return", "none", ("gps", "draft"), set_up="asking")),
    Settlement("WT09", "กลุ่มบ้านเช่ากระจายใบไม้ผลิ", "กลุ่มกระจาย", WATTHANA,
        (), {"private": 0.75, "treasury": 0.1, "temple": 0.15},
        _facts("scattered", 1990, "surveying", "none", ("sketch", "draft"), set_up="not_set_up"), 0.56),
    Settlement("WT10", "ชุมชนม่านหมอก", "ม่านหมอก", KHLONG_TOEI,
        (), {},
        {"type": "crowded", "set_up": "asking", "survey_state": "known", "eviction_state": "rumour",
         "households_known": 90, "source_date": date(2026, 2, 10),
         "note": "รู้จากการประชุมเครือข่าย ยังไม่ได้ลงสำรวจ"}),
)
# fmt: on
DISPUTED, SCATTERED, HOLLOW = "WT07", "WT09", "WT10"
HOLLOW_PLACE = (671226.0, 1516679.0)
# Where the scattered group's houses lie (west, south, east, north; EPSG:32647).
SCATTERED_EXTENT = (671600.0, 1516380.0, 673350.0, 1519330.0)
# Households that named it live in a community nobody has put on the map yet.
UNKNOWN_COMMUNITY = "ชุมชนปลายสวนสน"
BY_CODE = {settlement.code: settlement for settlement in SETTLEMENTS}
