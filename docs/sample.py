"""Small survey files to try the product with: made-up households and plots of the demonstration city, some faulty."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import xlsxwriter

FILE = "samples/household-survey.xlsx"
# A later list of the same houses: other values, a head in another house, one told of twice, a number not on the map.
SECOND = "samples/second-list.xlsx"
# Plots walked with a phone, one of which crosses itself.
PLOTS = "samples/plots.geojson"
COMMUNITY = "ชุมชนลานมะลิวัลย์"
HEADINGS = (
    "ชุมชน", "ลำดับบ้าน", "ครัวเรือนที่", "บ้านเลขที่", "ชื่อ-สกุล", "จำนวนคน", "สถานะบ้าน", "สถานะที่ดิน",
    "รายได้ต่อเดือน", "ผลสำรวจ", "วันที่สำรวจ", "การเข้าร่วม", "เบอร์โทร",
)  # fmt: skip
# fmt: off
# Sheet rows 2 to 11. Rows 9 and 11 are kept out; rows 5, 8 and 10 are taken with a warning.
ROWS: tuple[tuple[object, ...], ...] = (
    (1, 1, "188/64", "นางลอง สมมติหนึ่ง", 4, "เจ้าของ", "เช่าไม่มีสัญญา", 14000, "ครบ", "7 ต.ค. 2568", "เข้าร่วม", "000-0001"),
    (1, 2, "188/64", "นายลอง สมมติสอง", 2, "ผู้อาศัย", "เช่าไม่มีสัญญา", 9500, "ครบ", "7 ต.ค. 2568", "สนใจ", ""),
    (2, 1, "188/65", "นางสาวลอง สมมติสาม", 3, "เช่าบ้าน", "", 12000, "ครบ", "๙ ต.ค. ๒๕๖๘", "ยังไม่ตัดสินใจ", ""),
    (4, 1, "188/67", "นายลอง สมมติสี่", 5, "เจ้าของ", "เช่าไม่มีสัญญา", "ราวเก้าพัน", "ครบ", "9/10/2568", "เข้าร่วม", "000-0004"),
    (20, 1, "188/83", "", "", "", "", "", "ไม่พบ", "10/10/2568", "", ""),
    (23, 1, "188/86", "นางลอง สมมติหก", 1, "เจ้าของ", "บุกรุกที่รัฐ", "ไม่ตอบ", "ครบ", "10/10/2568", "สนใจ", ""),
    (28, 1, "188/91", "นายลอง สมมติเจ็ด", 6, "เจ้าของ", "บุกรุกที่รัฐ", 18000, "ครบ", "31/02/2568", "เข้าร่วม", ""),
    ("", 1, "", "นางลอง สมมติแปด", 3, "เช่าห้อง", "", 8000, "ครบ", "11/10/2568", "สนใจ", ""),
    (29, 1, "188/92", "นายลอง สมมติเก้า", 4, "เซ้งต่อจากญาติ", "บุกรุกที่รัฐ", 11000, "ครบ", "11/10/2568", "สนใจ", ""),
    (29, 1, "188/92", "นายลอง สมมติเก้า", 4, "เจ้าของ", "บุกรุกที่รัฐ", 16000, "ครบ", "12/10/2568", "สนใจ", ""),
)
# Two of its columns say how many people there are, equally well: a person says which counts.
LATER_HEADINGS = (
    "ชุมชน", "ลำดับบ้าน", "ครัวเรือนที่", "บ้านเลขที่", "ชื่อ-สกุล", "จำนวนคน", "สมาชิก (คน)", "สถานะบ้าน", "รายได้ต่อเดือน",
    "ผลสำรวจ", "วันที่สำรวจ",
)
TWICE = "นางลอง สมมติหก"
# A house number as the map does not write it.
UNMATCHED = "188/106ก"
LATER_ROWS: tuple[tuple[object, ...], ...] = (
    (1, 1, "188/64", "นางลอง สมมติหนึ่ง", 6, 5, "เจ้าของ", 15500, "ครบ", "4 พ.ย. 2568"),
    (1, 2, "188/64", "นายลอง สมมติสอง", 2, 2, "ผู้อาศัย", 9500, "ครบ", "4 พ.ย. 2568"),
    (2, 1, "188/65", "นางสาวลอง สมมติสาม", 3, 3, "เช่าห้อง", 12000, "ครบ", "4 พ.ย. 2568"),
    (9, 1, "188/72", "นายลอง สมมติสี่", 5, 5, "ผู้อาศัย", 9000, "ครบ", "5 พ.ย. 2568"),
    (20, 1, "188/83", "นางสาวลอง สมมติห้า", 2, 2, "เช่าบ้าน", 13000, "ครบ", "5 พ.ย. 2568"),
    (23, 2, "188/86", TWICE, 1, 1, "เจ้าของ", 6500, "ครบ", "5 พ.ย. 2568"),
    (40, 1, "188/103", "นายลอง สมมติสิบ", 3, 4, "เจ้าของ", 17000, "ครบ", "6 พ.ย. 2568"),
    ("", 1, UNMATCHED, "นางลอง สมมติสิบเอ็ด", 2, 2, "เช่าห้อง", 8500, "ครบ", "6 พ.ย. 2568"),
)
# fmt: on
PLOT_HEADINGS = ("ชุมชน", "เลขแปลง", "ประเภทที่ดิน", "เนื้อที่")
# The corner of the first plot in degrees; every one is as wide and as deep.
WEST, SOUTH, WIDE, DEEP = 100.59636, 13.71644, 0.00008, 0.0001
PLOT_NUMBERS = (901, 902, 903, 904, 905, 906)
CROSSED = 905
_CORNERS = ((0, 1), (1, 1), (1, 0), (0, 0))
# The last point of a walk lies beyond the first: the outline crosses itself.
_BEYOND = (0.15, 1.2)


def write(path: Path, headings: Sequence[str] = HEADINGS, rows: Sequence[Sequence[object]] = ROWS) -> None:
    """Write a sheet as people keep it: Thai headings, Buddhist dates as text."""
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"title": "ข้อมูลสมมติ / made-up data", "created": datetime(2025, 10, 12)})
        sheet = book.add_worksheet("ครัวเรือน")
        sheet.write_row(0, 0, headings, book.add_format({"bold": True}))
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, (COMMUNITY, *row))
        sheet.set_column(0, len(headings) - 1, 16)


def write_later(path: Path) -> None:
    """Write the later list."""
    write(path, LATER_HEADINGS, LATER_ROWS)


def write_plots(path: Path) -> None:
    """Write the plots in two rows of three; one crosses itself."""
    made = []
    for place, number in enumerate(PLOT_NUMBERS):
        west, south = WEST + place % 3 * WIDE, SOUTH + place // 3 * DEEP
        walked = (*_CORNERS, _BEYOND, _CORNERS[0]) if number == CROSSED else (*_CORNERS, _CORNERS[0])
        corners = [[round(west + x * WIDE, 6), round(south + y * DEEP, 6)] for x, y in walked]
        facts = dict(zip(PLOT_HEADINGS, (COMMUNITY, str(number), "ที่สาธารณประโยชน์", "0-0-24"), strict=True))
        shape = {"type": "Polygon", "coordinates": [corners]}
        made.append({"type": "Feature", "properties": facts, "geometry": shape})
    note = "ข้อมูลสมมติ / made-up data"
    whole = {"type": "FeatureCollection", "note": note, "features": made}
    path.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


FILES: dict[str, Callable[[Path], None]] = {FILE: write, SECOND: write_later, PLOTS: write_plots}
