"""Record types that people make in meetings, not in files; part of the domain of :mod:`surveys.records`."""

# One field a line, as a table.
# fmt: off

from __future__ import annotations

from surveys import lists
from surveys.codes import Code
from surveys.fields import Integer, Text
from surveys.record import field, record_type
from surveys.shared import IDENTITY, LAND, PERSONAL, STANDING, SURVEY, community_ref, free_note
from surveys.thai import Day
from surveys.words import words

_HOUSEHOLDS = words("ครัวเรือน", "households")


@record_type(
    "land_proposal", words("ข้อเสนอที่ดิน", "Land proposal"), unit=words("เรื่อง", "proposals"), keys=(("number",),),
    geometry="any", title=("title",), colour_by=("state",),
    made_in=words("หน้า “ข้อเสนอที่ดิน”", "on the page “Land proposals”"),
)
class LandProposal:
    """A proposal about land that a city committee reviews; its behaviour is in surveys.city.proposals."""

    number = field(Integer(low=1), "เลขที่", "number", group=IDENTITY, brief=True)
    title = field(Text(limit=300), "เรื่อง", "title", group=IDENTITY, brief=True)
    option = field(Code(choices=lists.OPTIONS), "ทางเลือก", "option", group=LAND, brief=True)
    households = field(Integer(low=0, high=100_000), "ครัวเรือนที่ได้รับประโยชน์", "households served", group=LAND,
        brief=True, unit=words("ครัวเรือน", "households"))
    filed = field(Day(), "วันยื่นเรื่อง", "day of filing", group=IDENTITY)
    targets = field(Text(), "ที่ดิน บ้าน หรือชุมชนที่ขอ", "plots, houses or communities", group=LAND)
    state = field(Code(choices=lists.PROPOSAL_STATES), "สถานะ", "state", group=STANDING, brief=True)
    meeting_date = field(Day(), "วันที่ประชุม", "date of the meeting", group=STANDING, brief=True)
    reason = field(Text(limit=2000), "เหตุผล", "reason", group=STANDING, brief=True)
    corrects = field(Integer(low=1), "แก้รายการที่", "corrects entry", group=STANDING)
    correction = field(Text(limit=2000), "เหตุที่แก้", "why it was corrected", group=STANDING)


@record_type(
    "community_return", words("เวทีคืนข้อมูล", "Return meeting"), unit=words("ครั้ง", "meetings"), keys=(("number",),),
    title=("number",), made_in=words("หน้า “คืนข้อมูล”", "on the page “Giving data back”"), public=False,
)
class CommunityReturn:
    """A meeting that gives the data back to a community; its behaviour is in surveys.city.returns."""

    number = field(Integer(low=1), "ครั้งที่", "number", group=IDENTITY, brief=True)
    community = community_ref()
    held = field(Day(), "วันที่จัดเวที", "day of the meeting", group=IDENTITY, brief=True)
    place = field(Text(limit=200), "สถานที่", "place", group=IDENTITY)
    attended_count = field(Integer(low=1, high=10_000), "ผู้เข้าร่วม", "people who attended", group=SURVEY, brief=True,
        unit=words("คน", "people"))
    attended = field(Text(limit=4000), "รายชื่อผู้เข้าร่วม", "who attended", group=SURVEY, privacy=PERSONAL)
    listing = field(Integer(low=0), "ฉบับของรายการที่นำมาตรวจ", "version of the list that was checked", group=SURVEY)
    state = field(Code(choices=lists.RETURN_STATES), "ผล", "outcome", group=STANDING, brief=True)
    decided_on = field(Day(), "วันที่ลงมติ", "day of the decision", group=STANDING, brief=True)
    reason = field(Text(limit=2000), "เหตุผล", "reason", group=STANDING)
    evidence = field(Text(limit=64), "รหัสเอกสารแนบ", "digest of the paper attached", group=STANDING)
    evidence_name = field(Text(limit=200), "เอกสารแนบ", "paper attached", group=STANDING)
    note = free_note()
    corrects = field(Integer(low=1), "แก้รายการที่", "corrects entry", group=STANDING)
    correction = field(Text(limit=2000), "เหตุที่แก้", "why it was corrected", group=STANDING)


@record_type(
    "double_decision", words("ผลตัดสินครัวเรือนซ้ำ", "Decision on double households"), unit=words("คู่", "pairs"),
    keys=(("first", "second"),), title=("number",), public=False,
    made_in=words("หน้า “ครัวเรือนที่อาจซ้ำ”", "on the page “Possible doubles”"),
)
class DoubleDecision:
    """What a person decided on two households that may be one; see surveys.city.double_decisions."""

    number = field(Integer(low=1), "เลขที่", "number", group=IDENTITY, brief=True)
    community = community_ref()
    first = field(Text(limit=32), "ครัวเรือนแรก", "first household", group=IDENTITY)
    second = field(Text(limit=32), "ครัวเรือนที่สอง", "second household", group=IDENTITY)
    decision = field(Code(choices=lists.DOUBLE_DECISIONS), "ผลตัดสิน", "decision", group=STANDING, brief=True)
    kept = field(Text(limit=32), "ครัวเรือนที่ใช้ต่อ", "household kept", group=STANDING)
    copied = field(Text(), "ช่องที่คัดลอกมาเติม", "fields copied to it", group=STANDING)
    members_closed = field(Integer(low=0), "สมาชิกที่ปิดพร้อมกัน", "members closed with the double", group=STANDING,
        unit=words("คน", "people"))
    reason = field(Text(limit=2000), "เหตุผล", "reason", group=STANDING, privacy=PERSONAL)
    resolution = field(Text(limit=100), "มติที่", "resolution", group=STANDING, brief=True)
    meeting_date = field(Day(), "วันที่ประชุม", "date of the meeting", group=STANDING, brief=True)
    alike = field(Text(limit=20_000), "รหัสของสิ่งที่ทำให้คล้ายกัน", "digests of what made them alike", group=STANDING,
        privacy=PERSONAL)


@record_type(
    "list_decision", words("มติเรื่องสองบัญชี", "Decision on two lists"), unit=words("มติ", "decisions"),
    keys=(("community", "list_a", "list_b"),), title=("number",), public=False,
    made_in=words("หน้า “เทียบสองบัญชี”", "on the page “Compare two lists”"),
)
class ListDecision:
    """What was decided on two lists of one community; see surveys.city.list_decisions."""

    number = field(Integer(low=1), "เลขที่", "number", group=IDENTITY, brief=True)
    community = community_ref()
    list_a = field(Text(limit=300), "บัญชี ก", "list A", group=IDENTITY, brief=True)
    list_b = field(Text(limit=300), "บัญชี ข", "list B", group=IDENTITY, brief=True)
    holds = field(Code(choices=lists.LISTS_HOLD), "บัญชีที่ใช้", "list that holds", group=STANDING, brief=True)
    holds_for = field(Text(limit=2000), "บัญชีใดใช้กับเรื่องใด", "which list holds for what", group=STANDING,
        privacy=PERSONAL)
    reason = field(Text(limit=2000), "เหตุผล", "reason", group=STANDING, privacy=PERSONAL)
    resolution = field(Text(limit=100), "มติที่", "resolution", group=STANDING, brief=True)
    meeting_date = field(Day(), "วันที่ประชุม", "date of the meeting", group=STANDING, brief=True)
    same = field(Integer(low=0), "เหมือนกัน", "the same", group=SURVEY, unit=_HOUSEHOLDS)
    other_values = field(Integer(low=0), "ค่าต่างกัน", "other values", group=SURVEY, unit=_HOUSEHOLDS)
    other_house = field(Integer(low=0), "อยู่คนละบ้าน", "other house", group=SURVEY, unit=_HOUSEHOLDS)
    other_plot = field(Integer(low=0), "อยู่คนละแปลง", "other plot", group=SURVEY, unit=_HOUSEHOLDS)
    only_a = field(Integer(low=0), "มีเฉพาะบัญชี ก", "only in list A", group=SURVEY, unit=_HOUSEHOLDS)
    only_b = field(Integer(low=0), "มีเฉพาะบัญชี ข", "only in list B", group=SURVEY, unit=_HOUSEHOLDS)
