"""A small survey sheet to try the product with: made-up households of the demonstration city, some faulty."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import xlsxwriter

FILE = "samples/household-survey.xlsx"
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
# fmt: on


def write(path: Path) -> None:
    """Write the sheet as people keep it: Thai headings, Buddhist dates as text."""
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"title": "ข้อมูลสมมติ / made-up data", "created": datetime(2025, 10, 12)})
        sheet = book.add_worksheet("ครัวเรือน")
        sheet.write_row(0, 0, HEADINGS, book.add_format({"bold": True}))
        for number, row in enumerate(ROWS, 1):
            sheet.write_row(number, 0, (COMMUNITY, *row))
        sheet.set_column(0, len(HEADINGS) - 1, 16)
