"""The small city with the lists of two leaders of one community, and members of a household on one of them."""

from __future__ import annotations

from pathlib import Path

from surveys.store.store import Store
from tests.browser.small_city import build, take

LIST_A = """ชุมชน,ลำดับบ้าน,ครัวเรือนที่,บ้านเลขที่,ชื่อหัวหน้าครัวเรือน,จำนวนสมาชิก,รายได้,สถานะบ้าน,เลขบัตรประชาชน
K02,1,1,21/1,นายสมชาย ใจดี,4,9000,เจ้าของ,
K02,2,1,21/2,นางมาลี มีสุข,2,5000,เช่าบ้าน,
K02,3,1,21/3,ปิติ กล้าแข็ง,5,,เจ้าของ,
K02,4,1,21/4,ชูใจ รักไทย,3,7000,,
K02,5,1,21/5,เพชร ดีงาม,1,,,
"""
LIST_B = """ชุมชน,ลำดับบ้าน,ครัวเรือนที่,บ้านเลขที่,ชื่อหัวหน้าครัวเรือน,จำนวนสมาชิก,รายได้,เลขบัตรประชาชน
K02,1,2,21/1,สมชาย ใจดี,4,12000,
K02,2,1,21/2,นางมาลี มีสุข,3,6000,
K02,9,1,21/9,ปิติ กล้าแข็ง,5,,
K02,4,1,21/4,วีระ เก่งกล้า,3,,
K02,6,1,21/6,ใหม่ มาเอง,2,,1112034563562
"""
MEMBERS = """ชุมชน,ลำดับบ้าน,ครัวเรือนที่,สมาชิกลำดับที่,คำนำหน้า,ชื่อ,นามสกุล,เพศ,ปีเกิด
K02,1,2,1,นาย,สมชาย,ใจดี,ชาย,2520
K02,1,2,2,นาง,สมหญิง,ใจดี,หญิง,2525
"""
FILES = (("บัญชีประธานชุมชน.csv", LIST_A, "household"), ("บัญชีรองประธาน.csv", LIST_B, "household"),
         ("สมาชิก-ข.csv", MEMBERS, "member"))  # fmt: skip


def build_two_lists(path: Path) -> tuple[int, int]:
    """Put the store at ``path``; return the numbers of the imports of the two lists."""
    build(path)
    store = Store.open(path)
    numbers = [take(store, name, text, type_name)["import_id"] for name, text, type_name in FILES]
    store.close()
    return numbers[0], numbers[1]
