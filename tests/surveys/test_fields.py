"""Every field kind: what each cell becomes, and that a whole column says the same as its cells one by one."""

from __future__ import annotations

import sys
import time
import unicodedata
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from surveys import lists, records
from surveys.cells import BLANKS, MISSING_BY_WORD, Cell, Missing
from surveys.codes import Choice, Code, Codes, choices
from surveys.fields import Flag, Integer, Kind, Number, Text
from surveys.thai import (
    AreaCode,
    Day,
    HouseNumber,
    LandArea,
    PersonId,
    Ref,
    Sequence,
    Year,
    id_check_digit,
    valid_person_id,
)
from surveys.words import Words, folded

UNKNOWN, NO_ANSWER, NOT_APPLICABLE = Missing.UNKNOWN, Missing.NO_ANSWER, Missing.NOT_APPLICABLE


def lost(problem: str) -> Cell:
    """What is left of a filled cell that could not be read."""
    return Cell(None, Missing.UNREADABLE, problem)


def kept(value: object, problem: str) -> Cell:
    """A value kept with a remark."""
    return Cell(value, None, problem)


RETIRED = Code(choices=(*lists.CONDITIONS, Choice("burnt", Words("ไหม้", "burnt"), retired=True)))
# Spelled like words for a missing value or a blank: the list has the say.
ODD = Code(
    choices=choices(("dash", "-", "dash"), ("na", "n/a", "not asked"), ("no", "ไม่มี", "none", ("ไม่ทราบ",)))
)
KINDS: dict[str, Kind] = {
    "text": Text(),
    "short text": Text(limit=5),
    "lines": Text(limit=30, lines=True),
    "number": Number(),
    "money": Number(low=0, high=100_000_000),
    "degrees": Number(low=-180, high=180),
    "integer": Integer(),
    "people": Integer(low=0, high=200),
    "from one": Integer(low=1),
    "flag": Flag(),
    "registration": Code(choices=lists.REGISTRATIONS),
    "land kind": Code(choices=lists.LAND_KINDS),
    "tenure": Code(choices=lists.LAND_TENURES),
    "retired": RETIRED,
    "odd": ODD,
    "empty list": Code(),
    "causes": Codes(choices=lists.CAUSES),
    "wants": Codes(choices=lists.WANTS),
    "day": Day(),
    "year": Year(),
    "area": LandArea(),
    "person": PersonId(),
    "area code": AreaCode(),
    "sequence": Sequence(),
    "short sequence": Sequence(limit=3),
    "plot number": Sequence(called=("แปลงที่", "แปลง", "plot")),
    "house number": HouseNumber(),
    "community": Ref(target="community"),
}

AUGUST = date(2008, 8, 21)
# 4 rai 2 ngan 25 square wa.
PLOT = 7_300.0
CASES: dict[str, list[tuple[str | None, Cell]]] = {
    "lines": [
        ("one\ntwo", Cell("one\ntwo")),
        (" one \r\n\ttwo  words \r\n", Cell("one\ntwo words")),
        ("one\n\n\ntwo", Cell("one\n\n\ntwo")),
        ("one\u2028two\x0bthree", Cell("one\ntwo\nthree")),
        ("\n \n", Cell()),
        ("-\n", Cell()),
        ("ไม่\nทราบ", Cell(None, UNKNOWN)),
        ("one line", Cell("one line")),
        ("1.25E+05\n", lost("digits_lost")),
        ("สิบสองตัวอักษร\nสิบสองตัวอักษร\nสิบสอง", lost("text_too_long")),
    ],
    "text": [
        # What Excel makes of a long number in a narrow column, and what only looks like it.
        ("1.25E+05", lost("digits_lost")),
        ("8.12E+08", lost("digits_lost")),
        ("-1e-07", lost("digits_lost")),
        (" 1E+100 ", lost("digits_lost")),
        ("1E5", Cell("1E5")),
        ("12E+05", Cell("12E+05")),
        ("1.25E+05 บาท", Cell("1.25E+05 บาท")),
        ("1.25E+5", Cell("1.25E+5")),
        ("นายสมชาย ใจดี", Cell("นายสมชาย ใจดี")),
        ("  two   spaces\tand a tab ", Cell("two spaces and a tab")),
        ("line\nbreak", Cell("line break")),
        # SARA AM in two letters or one is the same word.
        ("น\u0e4d\u0e32", Cell("นำ")),
        ("น้ำ", Cell("น้ำ")),
        ("น\u0e49\u0e4d\u0e32", Cell("น้ำ")),
        ("น\u0e4d\u0e49\u0e32", Cell("น้ำ")),
        ("ﬁve ²", Cell("five 2")),
        ("\u00a0no-break\u00a0space\u00a0", Cell("no-break space")),
        ("๑๒ หมู่ ๓", Cell("๑๒ หมู่ ๓")),
        ("0", Cell("0")),
        ("=1+1", Cell("=1+1")),
        ("ไม่มี", Cell("ไม่มี")),
        ("ไม่ทราบ", Cell(None, UNKNOWN)),
        (" ไม่ ทราบ. ", Cell(None, UNKNOWN)),
        ("UNKNOWN", Cell(None, UNKNOWN)),
        ("Don’t know", Cell(None, UNKNOWN)),
        ("ไม่ตอบ", Cell(None, NO_ANSWER)),
        ("prefer not to say", Cell(None, NO_ANSWER)),
        ("ไม่เกี่ยวข้อง", Cell(None, NOT_APPLICABLE)),
        ("N/A", Cell(None, NOT_APPLICABLE)),
        ("#N/A", Cell(None, NOT_APPLICABLE)),
        (None, Cell()),
        ("", Cell()),
        ("  \t ", Cell()),
        ("-", Cell()),
        (" – ", Cell()),
        ("NULL", Cell()),
        ("NaN", Cell()),
        (".", Cell()),
        ("x" * 4_000, Cell("x" * 4_000)),
        ("x" * 4_001, lost("text_too_long")),
    ],
    "short text": [
        ("๑๒๓๔๕", Cell("๑๒๓๔๕")),
        (" ab cd ", Cell("ab cd")),
        ("abcdef", lost("text_too_long")),
        # One letter in the cell, three once composed: "⅓" is 1⁄3.
        ("abc⅓", lost("text_too_long")),
    ],
    "number": [
        ("0", Cell(0.0)),
        ("-3.50", Cell(-3.5)),
        ("+7", Cell(7.0)),
        ("1,234.5", Cell(1_234.5)),
        ("1,234,567", Cell(1_234_567.0)),
        ("12,34", lost("not_a_number")),
        ("๑,๒๓๔.๕", Cell(1_234.5)),
        ("8,500 บาท", Cell(8_500.0)),
        ("฿900", Cell(900.0)),
        ("3.", Cell(3.0)),
        (".5", lost("not_a_number")),
        # Excel, R and JSON write large and small numbers so; one that has lost digits cannot be told from one
        # that has not, but none is made more exact than it is.
        ("1.25E+05", Cell(125_000.0)),
        ("-1.25e-1", Cell(-0.125)),
        ("1e3", Cell(1_000.0)),
        ("+1.E+02", Cell(100.0)),
        ("๑.๒๕E+๐๕", Cell(125_000.0)),
        ("1E+05 บาท", Cell(100_000.0)),
        ("1.23456789012345E+14", Cell(123_456_789_012_345.0)),
        ("1.234567890123456E+15", lost("not_a_number")),
        ("1E+15", lost("not_a_number")),
        ("1E-15", Cell(1e-15)),
        ("1E-16", lost("not_a_number")),
        ("1E+999", lost("not_a_number")),
        ("1,250E+02", lost("not_a_number")),
        ("E+05", lost("not_a_number")),
        ("1E", lost("not_a_number")),
        ("1E+1.5", lost("not_a_number")),
        ("1E+0005", lost("not_a_number")),
        ("inf", lost("not_a_number")),
        ("NaN", Cell()),
        ("12 ปี", lost("not_a_number")),
        ("--5", lost("not_a_number")),
        ("1 000", lost("not_a_number")),
        ("ไม่ทราบ", Cell(None, UNKNOWN)),
        ("-", Cell()),
        ("0.1", Cell(0.1)),
        ("123456789012345678", Cell(123456789012345678.0)),
        ("12345.123456789012", Cell(12345.123456789012)),
        (" 5 ", Cell(5.0)),
        ("５", Cell(5.0)),
    ],
    "money": [
        ("1.25E+05", Cell(125_000.0)),
        ("1.1E+09", lost("out_of_range")),
        ("-1E+03", lost("out_of_range")),
        ("1E+999", lost("out_of_range")),
        ("1E-99", lost("not_a_number")),
        ("0", Cell(0.0)),
        ("100000000", Cell(1e8)),
        ("100000000.01", lost("out_of_range")),
        ("-1", lost("out_of_range")),
        ("-0", Cell(0.0)),
        ("๓๐,๐๐๐", Cell(30_000.0)),
    ],
    "integer": [
        ("1.25E+05", Cell(125_000)),
        ("1.25E+01", lost("not_whole")),
        ("1.25E+02", Cell(125)),
        ("0E+00", Cell(0)),
        ("12", Cell(12)),
        ("12.0", Cell(12)),
        ("12.5", lost("not_whole")),
        ("๑๒", Cell(12)),
        ("1,200", Cell(1_200)),
        ("-4", Cell(-4)),
        ("999999999999999", Cell(999_999_999_999_999)),
        ("9007199254740993", lost("not_whole")),
        ("12345678901234567890", lost("not_whole")),
        ("four", lost("not_a_number")),
    ],
    "people": [
        ("0", Cell(0)),
        ("200", Cell(200)),
        ("201", lost("out_of_range")),
        ("-1", lost("out_of_range")),
        ("3.5", lost("not_whole")),
        ("999.5", lost("out_of_range")),
        ("๔", Cell(4)),
        ("ไม่ตอบ", Cell(None, NO_ANSWER)),
    ],
    "from one": [("0", lost("out_of_range")), ("1", Cell(1)), ("1.0", Cell(1))],
    "flag": [
        ("ใช่", Cell(True)),
        ("มี", Cell(True)),
        ("Yes", Cell(True)),
        ("TRUE", Cell(True)),
        ("1", Cell(True)),
        ("/", Cell(True)),
        ("✓", Cell(True)),
        ("ไม่ใช่", Cell(False)),
        ("ไม่มี", Cell(False)),
        ("no", Cell(False)),
        ("False", Cell(False)),
        ("0", Cell(False)),
        ("2", lost("not_yes_no")),
        ("อาจจะ", lost("not_yes_no")),
        ("-", Cell()),
        ("ไม่ทราบ", Cell(None, UNKNOWN)),
        ("n/a", Cell(None, NOT_APPLICABLE)),
    ],
    # "ไม่มี" is an answer here: no registration. A dash is still nothing.
    "registration": [
        ("ไม่มี", Cell("none")),
        ("none", Cell("none")),
        ("None", Cell("none")),
        ("-", Cell()),
        (None, Cell()),
        ("", Cell()),
        ("ท.ร.14", Cell("tr14")),
        ("ทร 14", Cell("tr14")),
        ("ท.ร.๑๔", Cell("tr14")),
        ("TR14", Cell("tr14")),
        ("ทะเบียนบ้านกลาง", Cell("central")),
        ("ไม่ทราบ", Cell(None, UNKNOWN)),
        ("ไม่เกี่ยวข้อง", Cell(None, NOT_APPLICABLE)),
        ("บ้านเช่า", kept("other", "choice_unknown")),
        ("อื่นๆ", Cell("other")),
        ("อื่น ๆ", Cell("other")),
        ("other", Cell("other")),
    ],
    "land kind": [
        ("การรถไฟแห่งประเทศไทย", Cell("railway")),
        ("รฟท", Cell("railway")),
        ("ราชพัสดุ ", Cell("treasury")),
        ("ส.ป.ก.", Cell("land_reform")),
        ("Treasury land", Cell("treasury")),
        ("กรมที่ดิน", kept("other", "choice_unknown")),
    ],
    "tenure": [("เช่า (มีสัญญา)", Cell("lease")), ("เช่า", Cell("lease_oral")), ("เช่าซื้อ", Cell("hire_purchase"))],
    "retired": [("ไหม้", Cell("burnt")), ("burnt", Cell("burnt")), ("ชำรุด", Cell("dilapidated"))],
    "odd": [
        ("n/a", Cell("na")),
        ("ไม่ทราบ", Cell("no")),
        ("ไม่ตอบ", Cell(None, NO_ANSWER)),
        ("dash", Cell("dash")),
        # A label made of separators folds to nothing; it must not swallow the empty cells.
        ("-", Cell()),
        ("", Cell()),
    ],
    "empty list": [("ก", kept("other", "choice_unknown")), ("other", Cell("other")), ("", Cell())],
    "causes": [
        ("ไล่รื้อ", Cell('["eviction"]')),
        ("น้ำท่วม; ไล่ที่", Cell('["eviction", "flood"]')),
        ("ไฟไหม้,น้ำท่วม | แออัด", Cell('["fire", "flood", "crowded"]')),
        ("fire flood", Cell('["fire", "flood"]')),
        ("eviction eviction", Cell('["eviction"]')),
        ('["canal", "railway"]', Cell('["canal", "railway"]')),
        ("ไล่รื้อ; ปลวก", kept('["eviction", "other"]', "choice_unknown")),
        ("ปลวก", kept('["other"]', "choice_unknown")),
        # A label may hold a space; what is known of a cell is not lost for what is not.
        ("ไล่รื้อ แออัด อื่น ๆ", Cell('["eviction", "crowded", "other"]')),
        ("lease ending canal bank  fire", Cell('["canal", "fire", "lease_ending"]')),
        ("fire ปลวก", kept('["fire", "other"]', "choice_unknown")),
        ("ไฟไหม้ ปลวก; แออัด", kept('["fire", "crowded", "other"]', "choice_unknown")),
        ("ไม่ใช่ ไฟไหม้", kept('["other"]', "choice_unknown")),
        ("no fire", kept('["other"]', "choice_unknown")),
        ("fire in the neighbour's kitchen", kept('["other"]', "choice_unknown")),
        ("fire " * 600, kept('["other"]', "choice_unknown")),
        ("ไล่รื้อ;;", Cell('["eviction"]')),
        ("อื่นๆ", Cell('["other"]')),
        ("ไม่ทราบ", Cell(None, UNKNOWN)),
        ("", Cell()),
        ("-", Cell()),
    ],
    "wants": [
        ("อยู่ที่เดิม", Cell('["stay"]')),
        ("เช่า,อยู่ที่เดิม", Cell('["stay", "rent"]')),
        ("stay in place", Cell('["stay"]')),
    ],
    "day": [
        ("2008-08-21", Cell(AUGUST)),
        ("2551-08-21", Cell(AUGUST)),
        ("2008/8/21", Cell(AUGUST)),
        ("2008-08-21T07:30:00Z", Cell(AUGUST)),
        ("2008-08-21 00:00:00", Cell(AUGUST)),
        ("21/08/2551", Cell(AUGUST)),
        ("21/8/2008", Cell(AUGUST)),
        ("21/08/51", Cell(AUGUST)),
        ("21-08-2551", Cell(AUGUST)),
        ("21.08.2551", Cell(AUGUST)),
        ("21 ส.ค. 2551", Cell(AUGUST)),
        ("21 ส.ค. 51", Cell(AUGUST)),
        ("21 สค 2551", Cell(AUGUST)),
        ("21 สิงหาคม 2551", Cell(AUGUST)),
        ("21 สิงหาคม พ.ศ. 2551", Cell(AUGUST)),
        ("วันที่ 21 สิงหาคม 2551", Cell(AUGUST)),
        ("๒๑ ส.ค. ๒๕๕๑", Cell(AUGUST)),
        ("๒๑/๐๘/๕๑", Cell(AUGUST)),
        ("21 Aug 2008", Cell(AUGUST)),
        ("21Aug2008", Cell(AUGUST)),
        ("29/02/2551", Cell(date(2008, 2, 29))),
        ("29/02/2552", lost("date_unreadable")),
        # Day before month: an American date is not guessed.
        ("08/21/2008", lost("date_unreadable")),
        ("31/11/2551", lost("date_unreadable")),
        ("ส.ค. 2551", lost("date_unreadable")),
        ("2551", lost("date_unreadable")),
        ("21 ส.ค.", lost("date_unreadable")),
        # The serial number of a spreadsheet; not of days before 1980 or after 2030.
        ("39681", Cell(AUGUST)),
        ("19681", lost("date_unreadable")),
        ("เมื่อวาน", lost("date_unreadable")),
        ("01/01/1700", lost("date_impossible")),
        ("0000-00-00", lost("date_unreadable")),
        # How programs write no date; 0001 is not the year 2501.
        ("0001-01-01", lost("date_unreadable")),
        ("01/01/0001", lost("date_unreadable")),
        ("ไม่ทราบ", Cell(None, UNKNOWN)),
        ("", Cell()),
    ],
    "year": [
        ("2551", Cell(2008)),
        ("๒๕๕๑", Cell(2008)),
        ("2008", Cell(2008)),
        ("พ.ศ. 2551", Cell(2008)),
        ("พศ2551", Cell(2008)),
        ("ปี 2551", Cell(2008)),
        ("ปี พ.ศ. ๒๕๕๑", Cell(2008)),
        ("ค.ศ. 2008", Cell(2008)),
        ("21 ส.ค. 2551", Cell(2008)),
        ("2400", lost("date_impossible")),
        ("2401", Cell(1858)),
        ("0001", lost("year_unreadable")),
        ("1234", lost("date_impossible")),
        ("51", lost("year_unreadable")),
        ("20080", lost("year_unreadable")),
        ("นานแล้ว", lost("year_unreadable")),
        ("ไม่ทราบ", Cell(None, UNKNOWN)),
    ],
    "area": [
        ("1.6E+03 ตร.ม.", Cell(1600.0)),
        ("1.6E+03", lost("area_unreadable")),
        ("4-2-25", Cell(PLOT)),
        ("๔-๒-๒๕", Cell(PLOT)),
        ("4 - 2 - 25", Cell(PLOT)),
        ("4–2–25", Cell(PLOT)),
        ("4 ไร่ 2 งาน 25 ตร.ว.", Cell(PLOT)),
        ("4 ไร่ 2 งาน 25 ตารางวา", Cell(PLOT)),
        ("3-2-45.5", Cell(5_782.0)),
        ("0-0-50", Cell(200.0)),
        ("50 ตร.ว.", Cell(200.0)),
        ("50 ตรว", Cell(200.0)),
        ("1.5 ไร่", Cell(2_400.0)),
        ("120 ตร.ม.", Cell(120.0)),
        ("120 m²", Cell(120.0)),
        ("1,200 ตร.ม.", Cell(1_200.0)),
        ("2 rai", Cell(3_200.0)),
        ("120", lost("area_unreadable")),
        ("4-2", lost("area_unreadable")),
        ("21-08-51", lost("area_unreadable")),
        ("1-0-100", lost("area_unreadable")),
        ("ประมาณ 2 ไร่", lost("area_unreadable")),
        ("ไม่ทราบ", Cell(None, UNKNOWN)),
        ("-", Cell()),
    ],
    "person": [
        ("1112034563562", Cell("1112034563562")),
        ("1-1120-34563-56-2", Cell("1112034563562")),
        ("1 1120 34563 56 2", Cell("1112034563562")),
        ("๑๑๑๒๐๓๔๕๖๓๕๖๒", Cell("1112034563562")),
        ("1112034563563", kept("1112034563563", "id_check_digit")),
        ("0112034563564", Cell("0112034563564")),
        ("0112034563565", kept("0112034563565", "id_check_digit")),
        ("9112034563562", kept("9112034563562", "id_check_digit")),
        ("111203456356", kept("111203456356", "id_malformed")),
        ("11120345635621", kept("11120345635621", "id_malformed")),
        ("AA1234567", kept("AA1234567", "id_malformed")),
        ("1.10E+12", lost("id_mangled")),
        ("1.11203E+12", lost("id_mangled")),
        ("1e12", lost("id_mangled")),
        ("1,10170E+12", lost("id_mangled")),
        # As a cell keeps such a number; whether the check digit fits is chance.
        ("1101700000000", lost("id_mangled")),
        ("1100000000000", lost("id_mangled")),
        ("3100701000000", lost("id_mangled")),
        ("3100700000000", lost("id_mangled")),
        ("1-1017-00000-00-0", lost("id_mangled")),
        ("1101700100000", kept("1101700100000", "id_check_digit")),
        ("ไม่มี", kept("ไม่มี", "id_malformed")),
        ("ไม่ทราบ", Cell(None, UNKNOWN)),
        ("", Cell()),
        (" 1112034563562 ", Cell("1112034563562")),
    ],
    "area code": [
        ("1.01E+05", lost("digits_lost")),
        ("10", Cell("10")),
        ("1033", Cell("1033")),
        ("103301", Cell("103301")),
        ("TH103301", Cell("103301")),
        ("th10", Cell("10")),
        ("TH 1033", Cell("1033")),
        ("๑๐๓๓", Cell("1033")),
        ("1", lost("area_code_unreadable")),
        ("103", lost("area_code_unreadable")),
        ("10330101", lost("area_code_unreadable")),
        ("กทม", lost("area_code_unreadable")),
        ("ไม่ทราบ", Cell(None, UNKNOWN)),
    ],
    "plot number": [
        ("แปลง 2", Cell("2")),
        ("แปลงที่ ๐๓", Cell("3")),
        ("PLOT: 4/1", Cell("4/1")),
        ("แปลง ก", Cell("แปลง ก")),
        ("แปลง", Cell("แปลง")),
        ("12ก", Cell("12ก")),
    ],
    "sequence": [
        ("1.1E+05", lost("digits_lost")),
        ("12", Cell("12")),
        ("12.0", Cell("12")),
        ("007", Cell("7")),
        ("0", Cell("0")),
        ("000", Cell("0")),
        ("๑๒", Cell("12")),
        ("12ก", Cell("12ก")),
        ("12 ก", Cell("12 ก")),
        ("7/1", Cell("7/1")),
        ("7-ม.ค.", Cell("7-ม.ค.", None, "number_as_date")),
        ("007ก", Cell("007ก")),
        ("1.5", Cell("1.5")),
        ("1" * 40, Cell("1" * 40)),
        ("1" * 41, lost("text_too_long")),
        ("-", Cell()),
        ("ไม่ทราบ", Cell(None, UNKNOWN)),
    ],
    "short sequence": [("123", Cell("123")), ("0123", Cell("123")), ("1234", lost("text_too_long"))],
    "house number": [
        ("12-มี.ค.", Cell("12-มี.ค.", None, "number_as_date")),
        ("๑๒-มี.ค.", Cell("12-มี.ค.", None, "number_as_date")),
        ("Mar-12", Cell("Mar-12", None, "number_as_date")),
        ("12/03/2025", Cell("12/03/2025", None, "number_as_date")),
        ("2025-03-12", Cell("2025-03-12", None, "number_as_date")),
        ("2025-03-12 00:00:00", Cell("2025-03-12 00:00:00", None, "number_as_date")),
        # No month, no day, or no year: numbers of houses.
        ("32/13/2025", Cell("32/13/2025")),
        ("12-3", Cell("12-3")),
        ("12/3/45", Cell("12/3/45")),
        ("1999-77", Cell("1999-77")),
        ("99/2025", Cell("99/2025")),
        ("12 หมู่", Cell("12 หมู่")),
        ("1.88E+05", lost("digits_lost")),
        ("188/64", Cell("188/64")),
        ("๑๘๘/๖๔", Cell("188/64")),
        (" ๑๘๘ / ๖๔ ก", Cell("188 / 64 ก")),
        ("๑2", Cell("12")),
        # What else a registry writes stays as it is written.
        ("007", Cell("007")),
        ("12.0", Cell("12.0")),
        ("หลังที่ ๓", Cell("หลังที่ 3")),
        ("1" * 80, Cell("1" * 80)),
        ("๑" * 81, lost("text_too_long")),
        ("-", Cell()),
        ("ไม่ทราบ", Cell(None, UNKNOWN)),
    ],
    "community": [
        ("1.1E+09", lost("digits_lost")),
        ("ชุมชนริมคลอง", Cell("ชุมชนริมคลอง")),
        (" C-01 ", Cell("C-01")),
        # A mark that repeats the row above is no name, however it is typed.
        ('"', lost("ditto_mark")),
        (" '' ", lost("ditto_mark")),
        ("' '", lost("ditto_mark")),
        ("〃", lost("ditto_mark")),
        ("”", lost("ditto_mark")),
        ("″", lost("ditto_mark")),
        ("＂", lost("ditto_mark")),
        (",,", lost("ditto_mark")),
        ('"ก"', Cell('"ก"')),
        ("'", Cell("'")),
        ("ก" * 201, lost("text_too_long")),
        ("ไม่ทราบ", Cell(None, UNKNOWN)),
    ],
}  # fmt: skip


def rows() -> list[Any]:
    return [
        pytest.param(KINDS[name], cell, wanted, id=f"{name}: {cell!r:.40}")
        for name, cases in CASES.items()
        for cell, wanted in cases
    ]


@pytest.mark.parametrize(("kind", "cell", "wanted"), rows())
def test_what_a_cell_becomes(kind: Kind, cell: str | None, wanted: Cell) -> None:
    assert kind.parse(cell) == wanted
    assert one_by_one(kind, [cell]) == together(kind, [cell]) == [wanted]


def one_by_one(kind: Kind, cells: list[str | None]) -> list[Cell]:
    return [kind.parse(cell) for cell in cells]


def together(kind: Kind, cells: list[str | None]) -> list[Cell]:
    read = kind.read(pa.array(cells, pa.string()))
    assert read.values.type == kind.arrow
    columns = (read.values, read.missing, read.problem)
    return [
        Cell(value, None if missing is None else Missing(missing), problem)
        for value, missing, problem in zip(*(column.to_pylist() for column in columns), strict=True)
    ]


def exact(cells: list[Cell]) -> list[tuple[str, Cell]]:
    """Cells with their Python type, so that 1, 1.0 and True differ."""
    return [(type(cell.value).__name__, cell) for cell in cells]


@pytest.mark.parametrize("name", KINDS)
def test_a_column_says_what_its_cells_say_for_every_cell_of_the_tables(name: str) -> None:
    cells = [cell for cases in CASES.values() for cell, _ in cases]
    assert exact(together(KINDS[name], cells)) == exact(one_by_one(KINDS[name], cells))


def tricky() -> st.SearchStrategy[str | None]:
    """Cells of the tables, bits of them run together, decorated ones, and any Unicode text."""
    known = st.sampled_from([cell for cases in CASES.values() for cell, _ in cases if cell is not None])
    words = st.sampled_from([*BLANKS, *MISSING_BY_WORD])
    digits, spaces = "0123456789๐๕๙.,-+/ eE", "\u00a0\u1680\u2028\u3000\u200b\ufeff\x0b\x1c\x85\n"
    letters = "ﬁİßﬃ½²\u0e4d\u0e32\u0e33\u0e49"
    bits = ("+7", "-12", "007", "ไร่", "งาน", "พ.ศ.", "ส.ค.", "ไม่ทราบ", "na", "TH", "บาท", "E+05", "1.2e-")
    pieces = st.sampled_from([*digits, *spaces, *letters, *bits])
    built = st.lists(pieces, max_size=8).map("".join)
    around = st.sampled_from(["", " ", "\u00a0", "\t", ".", "-", "\u200b", "\u2029", "\x1f", "'"])
    decorated = st.tuples(around, st.one_of(known, words, built), around).map("".join)
    ids = st.text("0123456789", min_size=11, max_size=14)
    return st.one_of(st.none(), known, words, built, decorated, ids, st.text(max_size=12))


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=150)
@example(cells=[None])
@example(cells=[])
@given(cells=st.lists(tricky(), max_size=25))
def test_a_column_says_what_its_cells_say(name: str, cells: list[str | None]) -> None:
    assert exact(together(KINDS[name], cells)) == exact(one_by_one(KINDS[name], cells))


@pytest.mark.slow
def test_a_column_of_texts_says_what_its_cells_say_for_every_letter_of_unicode() -> None:
    letters = (chr(n) for n in range(1, sys.maxunicode + 1))
    written = [letter for letter in letters if unicodedata.category(letter) not in ("Cs", "Co", "Cn")]
    cells: list[str | None] = [text for letter in written for text in (f"a{letter}b", f"{letter}1")]
    assert together(Text(), cells) == one_by_one(Text(), cells)


def test_the_tables_speak_of_every_kind_that_is_declared() -> None:
    declared = {type(field.kind) for record in records.ALL.values() for field in record.fields}
    assert declared <= {type(KINDS[name]) for name in CASES}


def test_a_slice_of_a_column_is_read_as_that_slice() -> None:
    column = pa.array(["x", "12", "ไม่ทราบ", "13", None])
    read = Integer().read(column.slice(1, 3))
    assert (read.values.to_pylist(), read.missing.to_pylist()) == ([12, None, 13], [None, "unknown", None])


@pytest.mark.parametrize("name", KINDS)
def test_every_rule_is_said_in_thai_and_english_and_its_schema_holds_what_it_reads(name: str) -> None:
    kind = KINDS[name]
    assert kind.rule.th and kind.rule.en and kind.rule.th != kind.rule.en
    kinds_of_json = {"string": str, "number": (int, float), "integer": int, "boolean": bool, "array": str}
    for cell, _ in CASES.get(name, []):
        value = kind.parse(cell).value
        if value is None or isinstance(value, date):
            continue
        assert isinstance(value, kinds_of_json[kind.schema["type"]])
        assert kind.show(value, "th") and kind.show(value, "en")


SHOWN = [
    ("money", 8_500.0, "8,500", "8,500"),
    ("people", 1_200, "1,200", "1,200"),
    ("flag", True, "ใช่", "yes"),
    ("flag", False, "ไม่ใช่", "no"),
    ("registration", "none", "ไม่มี", "none"),
    ("registration", "other", "อื่น ๆ", "other"),
    ("registration", "of_an_older_list", "of_an_older_list", "of_an_older_list"),
    ("causes", '["eviction", "other"]', "ไล่รื้อ, อื่น ๆ", "eviction, other"),
    ("day", AUGUST, "21 ส.ค. 2551", "21 Aug 2008"),
    ("day", "2008-08-21", "21 ส.ค. 2551", "21 Aug 2008"),
    ("year", 2008, "2551", "2008"),
    ("area", PLOT, "4-2-25 ไร่", "4-2-25 rai"),
]


@pytest.mark.parametrize(("name", "value", "thai", "english"), SHOWN)
def test_how_a_value_is_shown(name: str, value: object, thai: str, english: str) -> None:
    assert (KINDS[name].show(value, "th"), KINDS[name].show(value, "en")) == (thai, english)


@given(st.text("0123456789", min_size=12, max_size=12))
def test_an_id_made_by_the_rule_is_valid_and_any_other_last_digit_is_not(digits: str) -> None:
    right = str(id_check_digit(digits))
    assert valid_person_id(digits + right) == (digits[0] != "9")
    assert not any(valid_person_id(digits + other) for other in "0123456789" if other != right)


def test_a_label_of_the_list_goes_before_a_blank_and_a_missing_word() -> None:
    assert RETIRED.rule.th.count("ไหม้") == 0, "a retired code is read but not offered"
    assert RETIRED.parse("ไหม้").value == "burnt"


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [("fire ปลวก", "ปลวก"), ("ไฟไหม้ ปลวก; แออัด; มด", "ปลวก; มด"), ("no fire", "no fire"), ("fire", "fire")],
)
def test_what_of_several_answers_is_none_of_the_list(cell: str, wanted: str) -> None:
    kind = KINDS["causes"]
    assert isinstance(kind, Code) and kind.unknown(cell) == wanted


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [("เชื่อม เหล็ก งานไม้", '["weld", "wood"]'), ("งานไม้ เชื่อม  เหล็ก", '["weld", "wood"]'),
     ("wood weld", '["weld", "wood"]'), ("งานไม้ เชื่อม เหล็ก ดัด", '["bend", "wood"]'),
     ("เชื่อม เหล็ก อื่น ๆ", '["weld", "other"]')],
)  # fmt: skip
def test_labels_with_spaces_in_a_single_column(cell: str, wanted: str) -> None:
    """The longest label that fits is meant."""
    skills = Codes(choices=choices(
        ("weld", "เชื่อม เหล็ก", "welding"), ("bend", "เชื่อม เหล็ก ดัด", "bending"), ("wood", "งานไม้", "wood work"),
    ))  # fmt: skip
    assert skills.parse(cell) == Cell(wanted)


SPACED = Codes(
    choices=choices(("a", "12/3 ก", "fire 12"), ("b", "12", "3 4 5"), ("c", "ไฟ ไหม้ บ้าน", "a-b c"))
)
WORDS = [
    "12/3",
    "12",
    "3",
    "๓",
    "4",
    "5",
    "ก",
    "fire",
    "ไฟ",
    "ไหม้",
    "บ้าน",
    "ไฟไหม้บ้าน",
    "a",
    "b",
    "c",
    "-b",
    "-",
    "'",
    "x",
]


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8))
def test_choices_between_spaces_are_the_longest_that_fit_from_the_left(apart: list[str]) -> None:
    whole = SPACED.by_spelling.get(folded(" ".join(apart)))
    codes, at = list[str | None](), 0
    while at < len(apart):
        fits = [
            (end, SPACED.by_spelling.get(folded(" ".join(apart[at:end]))))
            for end in range(at + 1, len(apart) + 1)
        ]
        at, code = max(((end, code) for end, code in fits if code), default=(at + 1, None))
        codes.append(code)
    strange = codes.count(None)
    split = not whole and strange < len(codes) and strange <= len(codes) - strange + 1
    wanted = [code or "other" for code in codes] if split else [whole or "other"]
    problem = "choice_unknown" if (strange if split else not whole) else None
    assert SPACED.value(" ".join(apart)) == SPACED.chosen(wanted, problem)


@pytest.mark.parametrize("word", ["fire", "-", "w{}", "fire w{}"])
def test_long_cells_of_words_cost_little(word: str) -> None:
    cell = " ".join([word.format(n) for n in range(480)][: 480 // len(word.split())])
    began = time.process_time()
    for _ in range(100):
        KINDS["causes"].parse(cell)
    assert time.process_time() - began < 3


AREAS = [
    ("เนื้อที่ตามเอกสาร (ตร.ม.)", "50", 50.0), ("เนื้อที่ (ตารางเมตร)", "๑,๒๐๐.๕", 1200.5), ("area_m2", "1e3", 1000.0),
    ("declared area (m²)", "0-0-50", 200.0), ("area sqm", "1 ไร่", 1600.0), ("เนื้อที่ (ตร.ม.)", "มาก", None),
    ("เนื้อที่ (ตร.ม.)", "1 ไร่ 50", None), ("เนื้อที่ ตร.ม.", " 1,200 ", 1200.0), ("เนื้อที่", "50", None),
    ("เนื้อที่ (ไร่)", "50", None), ("เนื้อที่ (ตร.ว. หรือ ตร.ม.)", "50", None), ("area km2", "50", None),
    ("area (sq mi)", "50", None), ("เนื้อที่ตรม", "50", 50.0), ("sq. metres", "7.5", 7.5),
]  # fmt: skip


@pytest.mark.parametrize(("heading", "text", "wanted"), AREAS)
def test_a_bare_number_is_an_area_where_its_heading_says_square_metres(
    heading: str, text: str, wanted: float | None
) -> None:
    kind = LandArea()
    assert kind.read(kind.below(heading, pa.array([text, None]))).values.to_pylist() == [wanted, None]
    assert Integer().below(heading, pa.array([text])).to_pylist() == [text]
