"""A city in which every privacy class has a value to look for, and what each role is to see of it."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from surveys import custom_fields, networks
from surveys.city import proposals
from surveys.custom_fields import NewField
from surveys.intake.accept import accept
from surveys.intake.examine import Upload, examine
from surveys.intake.options import Options
from surveys.privacy import Privacy
from surveys.roles import Actor
from surveys.store.store import Store
from surveys.thai import id_check_digit
from surveys.words import words
from tests.browser.small_city import box, geojson

CODE = "SEEN"
STEWARD = Actor("demo:steward", "steward")
FIRST12 = "110170020345"
PERSON = FIRST12 + str(id_check_digit(FIRST12))

# What to look for of each class: a pattern that finds the value however it is written.
MARKS: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "public": "ซอยเปิดเผย",
        "network": "10/77|10/99",
        "own_network": "แผงส้มตำ",
        "household": "มณี ใจเย็น",
        "note": "หลังคารั่ว",
        "owner": "นายทรัพย์ เจ้าที่",
        "money": "12,?34[79]",
        "unread_money": "หมื่นห้าพัน",
        "id_end": f"•{PERSON[-4:]}",
        "unmapped": "ฟ้าหม่น",
        "sensitive": "เบาหวาน",
        "own_sensitive": "ติดเตียง",
        "secret": f"{PERSON}|enc:1:",
    }.items()
}
_NETWORK = {"public", "network", "own_network"}
_HOUSEHOLD = {"household", "note", "owner"}
_COLLECTED = {"money", "unread_money", "id_end", "unmapped"}
# Which of them each role sees where they stand; nobody sees what is sensitive, or a secret whole.
SEES: dict[str, set[str]] = {
    "public": {"public"},
    "surveyor": _NETWORK | _HOUSEHOLD | _COLLECTED,
    "planner": _NETWORK | _HOUSEHOLD | _COLLECTED,
    "secretary": _NETWORK | _HOUSEHOLD,
    "steward": _NETWORK | _HOUSEHOLD | _COLLECTED,
}

HEAD = "ชุมชน,ลำดับบ้าน,ครัวเรือนที่,บ้านเลขที่,ชื่อหัวหน้าครัวเรือน,เลขบัตรประชาชน,รายได้,สีประตู,แผงลอย,ผู้ป่วยในบ้าน"
HOUSEHOLDS = f"""{HEAD}
K01,1,1,10/77,นางมณี ใจเย็น,{PERSON},12347,ฟ้าหม่น,แผงส้มตำ,ติดเตียงหนึ่งคน
K01,9,1,10/99,นางมณี ใจเย็น,,หมื่นห้าพัน,ฟ้าหม่น,,
"""
LATER = f"""{HEAD}
K01,1,1,10/77,นางมณี ใจเย็น,{PERSON},12349,ฟ้าหม่น,แผงส้มตำ,ติดเตียงสองคน
"""
MEMBERS = """ชุมชน,ลำดับบ้าน,ครัวเรือนที่,สมาชิกลำดับที่,ชื่อ,นามสกุล,โรคประจำตัว
K01,1,1,1,มณี ใจเย็น,ใจเย็น,เบาหวาน
"""
FILES: tuple[tuple[str, str, str], ...] = (
    ("ซอย.geojson", geojson(({"ชื่อซอย": "ซอยเปิดเผย"},
     {"type": "LineString", "coordinates": [[100.56, 13.72], [100.57, 13.72]]})), "road"),
    ("ชุมชน.geojson", geojson(({"รหัสชุมชน": "K01", "ชื่อชุมชน": "ชุมชนริมคลอง"}, box(0, 0, 4, 2))), "community"),
    ("แปลง.geojson", geojson(({"ชุมชน": "K01", "เลขแปลง": "1", "ประเภทที่ดิน": "เอกชน",
     "ผู้ถือกรรมสิทธิ์": "นายทรัพย์ เจ้าที่"}, box(0, 0, 1, 2))), "land_plot"),
    ("บ้าน.geojson", geojson(({"ชุมชน": "K01", "ลำดับบ้าน": "1", "บ้านเลขที่": "10/77", "หมายเหตุ": "หลังคารั่ว"},
     box(0.2, 0.4, 0.6, 1))), "house"),
    ("ครัวเรือน.csv", HOUSEHOLDS, "household"), ("ครัวเรือนใหม่.csv", LATER, "household"),
    ("สมาชิก.csv", MEMBERS, "member"),
)  # fmt: skip
OWN = (
    NewField("household", "stall", words("แผงลอย", "stall"), "text", privacy=Privacy.NETWORK),
    NewField("household", "patient", words("ผู้ป่วยในบ้าน", "patient"), "text", privacy=Privacy.SENSITIVE),
)


def build(path: Path) -> None:
    """Make the city at ``path``: every file taken in as in life, and a proposal."""
    store = Store.open(path, create=True)
    networks.add(store, STEWARD, CODE, "เครือข่ายที่มองเห็น")
    for own in OWN:
        custom_fields.add_field(store, CODE, STEWARD, own)
    for name, text, type_name in FILES:
        with tempfile.TemporaryDirectory() as folder:
            raw = Path(folder) / "raw"
            raw.write_text(text, encoding="utf-8")
            upload = Upload(raw, name, CODE, Options(type=type_name), Path(folder))
            report = accept(examine(upload, store, STEWARD), store, STEWARD)
            assert report["taken"], report
    proposals.file(store, CODE, STEWARD, proposals.Draft("ขอเช่าที่ดิน", "onsite"))
    store.close()


def found(text: str) -> set[str]:
    """Return which marks stand in a text."""
    return {name for name, pattern in MARKS.items() if pattern.search(text)}
