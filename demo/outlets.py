"""The files of the demonstration city: names, layers, and the heading each field has in each of them.

Headings are field words or aliases that :mod:`surveys.records` knows, but for the columns named in
``extras`` (nobody maps them) and one near miss (:data:`NEAR_MISS`). ``latitude``, ``longitude`` and
``osm_id`` are no fields: they are where a record lies, and its id at its source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from surveys import records
from surveys.record import RecordType


@dataclass(frozen=True, eq=False)
class Outlet:
    """One layer of one file.

    ``first`` is the number of its first row as the surveyor sees it: the sheet row in tables,
    1 for features.
    """

    file: str
    layer: str
    type: RecordType
    headings: Mapping[str, str]
    extras: tuple[str, ...] = ()
    first: int = 1


PHONE, COLLECTOR, YARD_AREA = "เบอร์โทร", "ผู้เก็บข้อมูล", "ขนาดที่ดินที่อยู่ (ไร่-งาน-วา)"
# The heading of "other needs" in the workbook: close to the field, but not it.
NEAR_MISS = "ความต้องการอื่นๆ"
TITLE_ROW = "แบบสำรวจครัวเรือนผู้เดือดร้อน เครือข่ายชุมชนริมคลองวัฒนา (ข้อมูลสมมติ) รอบปี 2569"

COMMUNITY = Outlet("02_ชุมชน.geojson", "02_ชุมชน", records.ALL["community"], {
    "code": "รหัสชุมชน", "name": "ชื่อชุมชน", "everyday_name": "ชื่อเรียก", "area_code": "รหัสเขต/ตำบล",
    "type": "ประเภทชุมชน", "set_up": "การจัดตั้ง", "year_settled": "ปีที่ตั้ง", "survey_state": "สถานะการสำรวจ",
    "eviction_state": "การไล่รื้อ", "eviction_deadline": "กำหนดไล่รื้อ", "boundary_method": "วิธีทำขอบเขต",
    "boundary_standing": "สถานะขอบเขต", "boundary_date": "วันที่ทำขอบเขต", "households_known": "จำนวนครัวเรือน",
    "source": "แหล่งข้อมูล", "source_date": "ข้อมูล ณ วันที่", "note": "หมายเหตุ",
})  # fmt: skip
# DBF: at most ten letters a heading.
PLOT = Outlet("03_แปลงที่ดิน_indian1975.zip", "plots", records.ALL["land_plot"], {
    "community": "ชุมชน", "plot_no": "แปลงที่", "deed_no": "เลขโฉนด", "map_sheet": "ระวาง",
    "survey_page": "หน้าสำรวจ", "land_kind": "ชนิดที่ดิน", "owner": "owner", "custodian": "ผู้ดูแล", "user": "user",
    "paper": "เอกสาร", "declared_area": "เนื้อที่", "lease_ends": "lease_ends", "rent": "ค่าเช่า",
    "note": "หมายเหตุ",
})  # fmt: skip
HOUSE = Outlet("04_บ้าน.geojson", "04_บ้าน", records.ALL["house"], {
    "community": "ชุมชน", "house_seq": "ลำดับบ้าน", "house_no": "บ้านเลขที่", "plot_no": "แปลงที่",
    "owner_presence": "เจ้าของบ้าน", "rooms_let": "จำนวนห้องเช่า", "registration": "ทะเบียนบ้าน",
    "kind": "ลักษณะบ้าน", "material": "วัสดุ", "condition": "สภาพ", "storeys": "จำนวนชั้น", "water": "ประปา",
    "power": "ไฟฟ้า", "land_kind": "ประเภทที่ดิน", "survey_date": "วันที่สำรวจ", "note": "หมายเหตุ",
    "osm_id": "osm_id",
})  # fmt: skip
CANVASS = Outlet("05_ครัวเรือน_ชุด1.csv", "05_ครัวเรือน_ชุด1", records.ALL["household"], {
    "community": "ชุมชน", "house_seq": "ลำดับบ้าน", "household_no": "ครัวเรือนที่", "house_no": "บ้านเลขที่",
    "plot_no": "แปลงที่", "head_name": "ชื่อ-สกุล", "head_id": "เลขบัตรประชาชน", "people": "จำนวนคน",
    "house_tenure": "การครอบครองบ้าน", "land_tenure": "การครอบครองที่ดิน", "lease_years": "สัญญา (ปี)",
    "causes": "ความเดือดร้อน", "extended": "ครอบครัวขยาย", "moved_in": "เข้าอยู่ปี", "income": "รายได้ต่อเดือน",
    "spending": "รายจ่ายต่อเดือน", "debt_formal": "หนี้ในระบบ", "debt_informal": "หนี้นอกระบบ", "savings": "เงินออม",
    "can_pay": "ผ่อนได้เดือนละ", "state_help": "เคยได้รับความช่วยเหลือจากรัฐ", "visit_result": "ผลสำรวจ",
    "visit_date": "วันที่เก็บข้อมูล", "joining": "การเข้าร่วม", "wants": "ความต้องการ",
    "other_needs": "ความต้องการอื่น", "note": "หมายเหตุ",
}, extras=(YARD_AREA, PHONE, COLLECTOR), first=3)  # fmt: skip
REVISIT = Outlet("06_ครัวเรือน_ชุด2.xlsx", "ครัวเรือน", records.ALL["household"], {
    "community": "ชื่อชุมชน", "house_seq": "หลังที่", "household_no": "ครอบครัวที่", "house_no": "เลขที่บ้าน",
    "plot_no": "เลขแปลง", "head_name": "หัวหน้าครัวเรือน", "head_id": "เลขประจำตัวประชาชน",
    "people": "สมาชิกในครัวเรือน", "house_tenure": "สถานะบ้าน", "land_tenure": "สถานะที่ดิน",
    "lease_years": "ระยะเวลาเช่า", "causes": "สาเหตุความเดือดร้อน", "extended": "ครอบครัวขยาย",
    "moved_in": "ปีที่ย้ายเข้า", "income": "รายได้ครัวเรือน", "spending": "รายจ่าย", "debt_formal": "หนี้ในระบบ",
    "debt_informal": "หนี้นอกระบบ", "savings": "ออมทรัพย์", "can_pay": "กำลังผ่อน",
    "state_help": "เคยได้รับความช่วยเหลือจากรัฐ", "visit_result": "ผลการเยี่ยม", "visit_date": "วันสำรวจ",
    "joining": "เข้าร่วมโครงการ", "wants": "ความต้องการที่อยู่อาศัย", "other_needs": NEAR_MISS, "note": "บันทึก",
    "latitude": "ละติจูด", "longitude": "ลองจิจูด",
}, extras=(PHONE, COLLECTOR), first=2)  # fmt: skip
MEMBER = Outlet("06_ครัวเรือน_ชุด2.xlsx", "สมาชิก", records.ALL["member"], {
    "community": "ชื่อชุมชน", "house_seq": "หลังที่", "household_no": "ครอบครัวที่", "house_no": "เลขที่บ้าน",
    "member_no": "คนที่", "title": "คำนำหน้า", "name": "ชื่อ", "surname": "นามสกุล", "former_name": "ชื่อเดิม",
    "nickname": "ชื่อเล่น", "person_id": "เลขประจำตัวประชาชน", "birth_year": "ปีเกิด", "birth_date": "วันเกิด",
    "sex": "เพศ", "relation": "ความสัมพันธ์", "registered": "ทะเบียนบ้าน", "lives_here": "การอยู่อาศัย",
    "occupation": "อาชีพ", "education": "การศึกษา", "health": "โรคประจำตัว", "religion": "ศาสนา",
    "worker": "คนทำงานชุมชน", "note": "หมายเหตุ",
}, first=2)  # fmt: skip
CANAL = Outlet("07_คลอง.kml", "คลอง", records.ALL["canal"], {
    "name": "name", "code": "รหัสคลอง", "name_en": "ชื่ออังกฤษ", "custodian": "หน่วยงานผู้ดูแล", "width": "ความกว้าง",
    "strip": "แนวเขต",
})  # fmt: skip
FACILITY = Outlet("08_สถานที่_มือถือ.kml", "สถานที่", records.ALL["facility"], {
    "name": "name", "description": "description", "code": "code", "kind": "facility_type",
})  # fmt: skip
ROAD = Outlet("09_ซอย.geojson", "09_ซอย", records.ALL["road"], {
    "code": "รหัสถนน", "name": "ชื่อซอย", "name_en": "ชื่ออังกฤษ", "kind": "ประเภททาง", "width": "ความกว้าง",
    "surface": "ผิวทาง", "osm_id": "osm_id",
})  # fmt: skip
ZONE = Outlet("10_ผังเมือง.gpkg", "zoning", records.ALL["zoning_area"], {
    "code": "รหัสบริเวณ", "name": "ชื่อบริเวณ", "zone": "ผังสี", "plan": "ผังเมืองรวม", "in_force": "มีผลใช้บังคับ",
})  # fmt: skip
KHET_FILE = "01_khet.geojson"
OUTLETS = (COMMUNITY, PLOT, HOUSE, CANVASS, REVISIT, MEMBER, CANAL, FACILITY, ROAD, ZONE)
