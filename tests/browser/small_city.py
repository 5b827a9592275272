"""A city of two communities, written out: what the tests of pages and browsers look at."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from surveys import networks
from surveys.intake.accept import accept
from surveys.intake.examine import Upload, examine
from surveys.intake.options import Options
from surveys.roles import Actor
from surveys.store.store import Store

CODE = "KLONG"
STEWARD = Actor("demo:steward", "steward")
WEST, SOUTH = 100.5600, 13.7200


def box(x: float, y: float, width: float, height: float) -> dict[str, Any]:
    """A rectangle, placed in thousandths of a degree from the corner of the city."""
    west, south = WEST + x / 1000, SOUTH + y / 1000
    east, north = west + width / 1000, south + height / 1000
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def geojson(*features: tuple[dict[str, Any], dict[str, Any]]) -> str:
    """A collection of (properties, geometry)."""
    made = [{"type": "Feature", "properties": facts, "geometry": shape} for facts, shape in features]
    return json.dumps({"type": "FeatureCollection", "features": made}, ensure_ascii=False)


COMMUNITIES = geojson(
    ({"รหัสชุมชน": "K01", "ชื่อชุมชน": "ชุมชนริมคลอง", "สถานะการสำรวจ": "ชุมชนรับรองแล้ว", "สถานะไล่รื้อ": "ได้หนังสือ",
      "กำหนดไล่รื้อ": "1/12/2590", "จำนวนครัวเรือน": "5"}, box(0, 0, 4, 2)),
    ({"รหัสชุมชน": "K02", "ชื่อชุมชน": "ชุมชนหลังวัด", "สถานะการสำรวจ": "รู้จักแต่ยังไม่สำรวจ"}, box(5, 0, 2, 2)),
)  # fmt: skip
PLOTS = geojson(
    *(
        ({"ชุมชน": "K01", "เลขแปลง": str(n + 1), "ประเภทที่ดิน": kind, "เนื้อที่": "0-0-50"}, box(n, 0, 1, 2))
        for n, kind in enumerate(("ราชพัสดุ", "ราชพัสดุ", "แนวคลอง/แม่น้ำ", "เอกชน"))
    )
)
HOUSES = geojson(
    *(
        ({"ชุมชน": "K01", "ลำดับบ้าน": str(n + 1), "บ้านเลขที่": f"9/{n + 1}", "สภาพบ้าน": condition, "วัสดุ": "ไม้"},
         box(n + 0.2, 0.4, 0.6, 1))
        for n, condition in enumerate(("คงทนถาวร", "ชำรุด", "คงทนถาวร"))
    )
)  # fmt: skip
HOUSEHOLDS = """ชุมชน,ลำดับบ้าน,ครัวเรือนที่,บ้านเลขที่,ชื่อหัวหน้าครัวเรือน,เลขบัตรประชาชน,สถานะบ้าน,การเข้าร่วม,รายได้,สีประตู
K01,1,1,9/1,นายหนึ่ง สมมติ,1112034563562,เจ้าของ,เข้าร่วม,12000,แดง
K01,1,2,9/1,นางสอง สมมติ,,ผู้อาศัย,สนใจ,ไม่ตอบ,
K01,2,1,9/2,นายสาม สมมติ,,เช่าบ้าน,ไม่สนใจ,หมื่นห้า,
ชุมชนใหม่,7,1,8,นางสี่ สมมติ,,เจ้าของ,สนใจ,9000,
"""
MEMBERS = """ชุมชน,ลำดับบ้าน,ครัวเรือนที่,สมาชิกลำดับที่,ชื่อ,นามสกุล,เพศ,ปีเกิด
K01,1,1,1,หนึ่ง,สมมติ,ชาย,2520
K01,1,1,2,แดง,สมมติ,หญิง,2525
"""
FILES = (
    ("community.geojson", COMMUNITIES, "community"), ("land_plot.geojson", PLOTS, "land_plot"),
    ("house.geojson", HOUSES, "house"), ("ครัวเรือน.csv", HOUSEHOLDS, "household"), ("สมาชิก.csv", MEMBERS, "member"),
)  # fmt: skip
# A file to send: two rows that can be taken, a warning, and two that cannot.
NEW_HOUSES = geojson(
    ({"ชุมชน": "K01", "ลำดับบ้าน": "4", "บ้านเลขที่": "9/4", "สภาพบ้าน": "ชำรุด"}, box(3.2, 0.4, 0.6, 1)),
    ({"ชุมชน": "K01", "ลำดับบ้าน": "5", "บ้านเลขที่": "9/5", "สภาพบ้าน": "พังนิดหน่อย"}, box(3.2, 1.5, 0.6, 0.4)),
    ({"ชุมชน": "K01", "ลำดับบ้าน": "6", "บ้านเลขที่": "9/6"}, {"type": "Point", "coordinates": [0, 0]}),
    ({"ชุมชน": "K01", "ลำดับบ้าน": "7", "บ้านเลขที่": "9/7"}, {"type": "Point", "coordinates": [13.72, 100.56]}),
)


def take(store: Store, name: str, text: str, type_name: str, code: str = CODE) -> dict[str, Any]:
    """Take a file in as in life."""
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw"
        raw.write_text(text, encoding="utf-8")
        upload = Upload(raw, name, code, Options(type=type_name), Path(folder))
        return accept(examine(upload, store, STEWARD), store, STEWARD)


def build(path: Path, *, full: bool = True) -> None:
    """Put a store with the made-up network at ``path``, with its records or without."""
    made = _made(full)
    for part in made.parent.iterdir():
        target = path.with_name(path.name + part.name.removeprefix(made.name))
        (shutil.copytree if part.is_dir() else shutil.copyfile)(part, target)


@cache
def _made(full: bool) -> Path:
    """Make the store once for a run of the tests; it goes when the run ends."""
    folder = tempfile.mkdtemp(prefix="mankong-city-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder) / "made.gpkg"
    store = Store.open(path, create=True)
    more = {"made_up": True, "name_en": "Klong network"}
    networks.add(store, STEWARD, CODE, "เครือข่ายคลอง", None, more)
    for name, text, type_name in FILES if full else ():
        report = take(store, name, text, type_name)
        assert report["taken"], report
    assert store.vault.key
    store.close()
    return path
