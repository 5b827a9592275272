"""The problem catalogue: every problem a file can have, its severity, and its words.

``refuse`` stops the file, ``quarantine`` keeps a row out of the store (it can be downloaded with
its reason, mended and sent again), ``warn`` takes the row. Places in braces are filled from the
problem: ``value``, ``rule``, ``near``, ``column``, ``detail``.
"""

from __future__ import annotations

from surveys.intake.problem_kinds import Kind, row
from surveys.intake.reader_problems import READER_PROBLEMS

_MEND_CELL = ("แก้ค่าในช่องแล้วส่งไฟล์ใหม่", "Correct the cell and send the file again.")
_MEND_MAP = ("แก้รูปในโปรแกรมแผนที่แล้วส่งใหม่", "Correct the shape in the mapping program and send it again.")

# fmt: off
CATALOGUE: dict[str, Kind] = READER_PROBLEMS | {
    # The file as a whole.
    "type_unknown": row("refuse", "ไม่ทราบว่าเป็นข้อมูลประเภทใด {rule}",
        "It could not be told what type of record this is. {rule}",
        "เลือกประเภทข้อมูล {near}", "Choose the type of record. {near}"),
    "crs_needed": row("refuse", "ไฟล์ไม่ได้บอกระบบพิกัด", "The file does not say its coordinate system.",
        "เลือกระบบพิกัด (--crs เช่น EPSG:32647 สำหรับ WGS 84 / UTM 47N หรือ EPSG:24047 สำหรับ Indian 1975 / UTM 47N)",
        "Choose it (--crs, such as EPSG:32647 for WGS 84 / UTM 47N or EPSG:24047 for Indian 1975 / UTM 47N)."),
    "crs_unreadable": row("refuse", "ไม่รู้จักระบบพิกัด “{value}”", "The coordinate system “{value}” is not known.",
        "ใช้รหัส EPSG เช่น EPSG:32647", "Use an EPSG code such as EPSG:32647."),
    "layer_unknown": row("refuse", "ไม่มีชั้นข้อมูล “{value}” ในไฟล์", "The file has no layer “{value}”.",
        "ชั้นข้อมูลในไฟล์: {near}", "Its layers are: {near}"),
    "mapping_unknown": row("refuse", "จับคู่คอลัมน์ “{value}” ไม่ได้", "The mapping “{value}” names no column or no field.",
        "คอลัมน์ในไฟล์: {near}", "The columns of the file are: {near}"),
    "community_meant_unknown": row("refuse", "ไม่มีชุมชน “{value}” ในเครือข่ายนี้", "There is no community “{value}” in this network.",
        "ใช้รหัสหรือชื่อของชุมชนที่มี: {near}", "Use the code or name of one that is here: {near}."),
    "community_not_named": row("refuse", "ไฟล์ไม่ได้เอ่ยถึงชุมชน “{value}”", "The file does not name the community “{value}”.",
        "ชุมชนในไฟล์: {near}", "It names: {near}."),
    "key_columns_missing": row("refuse", "ไม่มีคอลัมน์ที่ใช้ระบุแต่ละรายการ", "No column tells one record from another.",
        "เพิ่มคอลัมน์ {rule} หรือจับคู่คอลัมน์ (--map)", "Add the columns {rule}, or map columns to them (--map)."),
    # Rows kept out.
    "key_missing": row("quarantine", "ไม่มีเลขหรือรหัสที่ระบุรายการนี้", "The row has no number or code to tell it by.",
        "เติม {rule}", "Fill in {rule}."),
    "key_repeated": row("quarantine", "ซ้ำกับรายการก่อนหน้าในไฟล์เดียวกัน (แถวหรือชีต {value}) แต่ค่าต่างกัน",
        "The same key as an earlier one of this file (row or sheet {value}), with other values.",
        "แก้เลขลำดับให้ไม่ซ้ำ หรือลบแถวที่ซ้ำ", "Give it a number of its own, or delete the repeated row."),
    "exists_already": row("quarantine", "มีอยู่แล้วในระบบด้วยค่าที่ต่างกัน ({value})",
        "It is here already, with other values ({value}).",
        "เลือกให้ปรับปรุงข้อมูลเดิม (--existing update) หรือข้าม (skip)", "Choose to update what is here (--existing update) or to skip it."),
    "code_is_serial": row("quarantine", "เป็นเลขลำดับของไฟล์ ไม่ใช่รหัสพื้นที่ ({value})",
        "A serial number of the file, not an area code ({value}).",
        "ใส่รหัสพื้นที่ของกรมการปกครอง 2, 4 หรือ 6 หลัก", "Give the area code of 2, 4 or 6 digits."),
    "null_island": row("quarantine", "พิกัดเป็น 0,0", "The coordinates are 0,0.",
        "ลบพิกัดหรือใส่พิกัดจริง", "Empty the coordinates or give the real ones."),
    "outside_bounds": row("quarantine", "พิกัดอยู่นอกพื้นที่ของเครือข่าย ({value})", "The place is outside the network's area ({value}).",
        "ตรวจระบบพิกัดและพิกัด", "Check the coordinate system and the coordinates."),
    "swapped_axes": row("quarantine", "ละติจูดกับลองจิจูดสลับกัน ({value})", "Latitude and longitude are swapped ({value}).",
        "สลับสองคอลัมน์นี้", "Swap the two columns."),
    "degrees_expected": row("quarantine", "พิกัดเป็นเมตร แต่ไฟล์บอกว่าเป็นองศา ({value})", "Metres where degrees are declared ({value}).",
        "เลือกระบบพิกัด UTM (--crs)", "Choose the UTM coordinate system (--crs)."),
    "geometry_not_finite": row("quarantine", "พิกัดไม่ใช่ตัวเลข", "A coordinate is not a number.", *_MEND_MAP),
    "geometry_invalid": row("quarantine", "รูปแปลงไม่ถูกต้อง: {detail}", "The shape is not valid: {detail}", *_MEND_MAP),
    "geometry_empty": row("quarantine", "รูปว่างเปล่า", "The shape is empty.", *_MEND_MAP),
    "geometry_kind": row("quarantine", "ชนิดรูปไม่ตรง: เป็น{near} แต่ต้องเป็น{rule}", "The wrong kind of shape: {near}, not {rule}.",
        "เลือกประเภทข้อมูลให้ตรง (--type)", "Choose the right type of record (--type)."),
    # Layers left out beside others that are taken.
    "layer_left_out": row("warn", "ไม่ได้รับชั้นข้อมูล “{value}”: {near}", "The layer “{value}” was left out: {near}",
        "ถ้าเป็นข้อมูลสำรวจ ให้ระบุประเภท (--layer ชื่อ=ประเภท)", "If it holds records, say of what type (--layer NAME=TYPE)."),
    # Cells left empty, the raw text kept.
    "text_too_long": row("warn", "ข้อความยาวเกินไป", "The text is too long.", "ย่อให้สั้นลง: {rule}", "Shorten it: {rule}."),
    "not_a_number": row("warn", "“{value}” ไม่ใช่ตัวเลข", "“{value}” is not a number.", *_MEND_CELL),
    "not_whole": row("warn", "“{value}” ไม่ใช่จำนวนเต็ม", "“{value}” is not a whole number.", *_MEND_CELL),
    "out_of_range": row("warn", "“{value}” อยู่นอกช่วงที่เป็นไปได้", "“{value}” is outside the possible range.",
        "ต้องเป็น{rule}", "It must be {rule}."),
    "not_yes_no": row("warn", "“{value}” ไม่ใช่ ใช่/ไม่ใช่", "“{value}” is neither yes nor no.", *_MEND_CELL),
    "date_unreadable": row("warn", "อ่านวันที่ “{value}” ไม่ได้", "“{value}” could not be read as a date.",
        "ใช้ {rule}", "Use {rule}."),
    "date_impossible": row("warn", "“{value}” ไม่น่าเป็นไปได้", "“{value}” is hardly possible.", *_MEND_CELL),
    "date_future": row("warn", "“{value}” ยังมาไม่ถึง", "“{value}” has not come yet.",
        "ตรวจ พ.ศ./ค.ศ. และวันที่", "Check the calendar (Buddhist or Christian) and the date."),
    "year_unreadable": row("warn", "อ่านปี “{value}” ไม่ได้", "“{value}” could not be read as a year.", "ใช้ {rule}", "Use {rule}."),
    "area_unreadable": row("warn", "อ่านเนื้อที่ “{value}” ไม่ได้", "“{value}” could not be read as an area.",
        "ใช้ {rule}", "Use {rule}."),
    "area_code_unreadable": row("warn", "“{value}” ไม่ใช่รหัสพื้นที่", "“{value}” is no area code.", "ใช้ {rule}", "Use {rule}."),
    "choice_unknown": row("warn", "“{value}” ไม่อยู่ในรายการ เก็บเป็น “อื่น ๆ”", "“{value}” is not in the list; kept as “other”.",
        "{near}", "{near}"),
    # Remarks on what was taken.
    "id_malformed": row("warn", "เลขประจำตัวไม่ครบ 13 หลัก ({value})", "The id has not 13 digits ({value}).", *_MEND_CELL),
    "id_check_digit": row("warn", "เลขประจำตัวไม่ถูกต้อง หลักตรวจสอบไม่ตรง ({value})", "The id's check digit is wrong ({value}).",
        "ตรวจกับบัตรประชาชน", "Compare with the identity card."),
    "id_mangled": row("warn", "โปรแกรมตารางทำให้เลขประจำตัวเสีย ({value})", "The spreadsheet destroyed the id ({value}).",
        "ตั้งคอลัมน์เป็นข้อความแล้วพิมพ์ใหม่", "Format the column as text and type it again."),
    "community_unknown": row("warn", "ยังไม่มีชุมชน “{value}” ในระบบ", "The community “{value}” is not known here.",
        "{near}", "{near}"),
    "possible_double": row("warn", "เลขเดียวกับรายการที่มีอยู่ แต่คนละคน เก็บไว้ทั้งสอง ({value})",
        "The same key as another record but another person; both are kept ({value}).",
        "ตรวจว่าเป็นครัวเรือนเดียวกันหรือไม่", "Check whether they are one household."),
    "number_assigned": row("warn", "ไม่มี “{column}” จึงให้เลข {value}", "“{column}” is empty; {value} was given.",
        "เติมเลขเพื่อให้จับคู่ได้ในครั้งหน้า", "Fill it in, so that the next survey matches."),
    # What rows say against one another and against the records here.
    "outside_community": row("warn", "อยู่นอกขอบเขตชุมชนที่ระบุ {value} เมตร", "It stands {value} m outside the boundary of its community.",
        "ตรวจชื่อชุมชนและพิกัด หรือขอบเขตชุมชน", "Check the community's name, the place, or the boundary."),
    "plot_overlaps": row("warn", "แปลงทับกับแปลง “{near}” {value} ตร.ม.", "It lies upon the plot “{near}” by {value} m².", *_MEND_MAP),
    "community_overlaps": row("warn", "ขอบเขตทับกับชุมชน “{near}” {value} ตร.ม.", "Its boundary lies upon the community “{near}” by {value} m².",
        "ตรวจแนวเขตกับทั้งสองชุมชน ถ้ายังตกลงกันไม่ได้ให้ตั้งสถานะขอบเขตเป็น มีข้อโต้แย้ง",
        "Check the line with both communities; while they do not agree, mark the boundary as contested."),
    "house_number_differs": row("warn", "บ้านเลขที่ {value} แต่บ้านลำดับนี้ในผังคือเลขที่ {near}",
        "House number {value}, but the house of this sequence on the plan is number {near}.",
        "ตรวจลำดับบ้านในผังและบ้านเลขที่", "Check the sequence on the plan and the house number."),
    "people_differ": row("warn", "จำนวนสมาชิก {value} คน แต่มีรายชื่อ {near} คน", "{value} people, but {near} members are listed.",
        "ตรวจรายชื่อสมาชิก ถ้าบางคนไม่ได้อยู่ประจำให้บันทึกไว้", "Check the list of members; note those who do not live here."),
    "members_differ": row("warn", "มีรายชื่อสมาชิก {value} คน แต่ครัวเรือนแจ้งไว้ {near} คน",
        "{value} members are listed, but the household reported {near} people.",
        "ตรวจรายชื่อสมาชิก ถ้าบางคนไม่ได้อยู่ประจำให้บันทึกไว้", "Check the list of members; note those who do not live here."),
    "area_differs": row("warn", "เนื้อที่ตามเอกสาร {value} แต่วัดจากรูปแปลงได้ {near}", "{value} by its paper, but {near} as drawn.",
        "ตรวจรูปแปลงและเนื้อที่ในเอกสาร", "Check the shape and the area on the paper."),
    "key_from_shape": row("warn", "ไม่มีเลขหรือรหัส จึงระบุด้วยรูปบนแผนที่", "No number or code: told by its shape alone.",
        "เติม {rule}", "Fill in {rule}."),
    "column_near": row("warn", "คอลัมน์ “{column}” ไม่ตรงกับช่องใด อาจหมายถึง {near}", "The column “{column}” matched no field; perhaps {near}.",
        "จับคู่เอง (--map) หรือแก้หัวคอลัมน์", "Map it (--map) or correct the heading."),
    "column_ambiguous": row("warn", "คอลัมน์ “{column}” อาจเป็น {near} จึงยังไม่ใช้", "The column “{column}” may be {near}; it is not used yet.",
        "เลือกช่องที่ตรง (--map)", "Choose the field (--map)."),
    "mapping_remembered": row("warn", "หัวคอลัมน์เหมือนไฟล์ของการนำเข้าเลขที่ {value} จึงใช้ตามที่เลือกไว้ครั้งนั้น: {near}",
        "The headings are those of import {value}, so what was chosen then is used again: {near}.",
        "ถ้าไม่ตรงกับไฟล์นี้ ให้เลือกใหม่ (--afresh)", "If it does not fit this file, choose anew (--afresh)."),
    "secret_column": row("warn", "คอลัมน์ “{column}” เป็นเลขประจำตัวประชาชน จึงเก็บแบบเข้ารหัส",
        "The column “{column}” holds national ids; it is kept encrypted.", "ไม่ต้องทำอะไร", "Nothing needs to be done."),
}
# fmt: on
