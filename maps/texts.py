"""What a page with a map says of itself; its script gets the same texts."""

from __future__ import annotations

from surveys.words import Lang, words

TEXTS = {
    "map": words("แผนที่", "Map"),
    "made_up": words(
        "ข้อมูลสมมติ ใช้เพื่อทดลองเท่านั้น / made-up data", "Made-up data, for trying out only / ข้อมูลสมมติ"
    ),
    "search": words("ค้นหาชุมชน บ้าน แปลง ซอย", "Find a community, house, plot or soi"),
    "found": words("พบ {n} แห่ง", "{n} found"),
    "found_more": words("ยังมีอีก {n} แห่ง พิมพ์ให้ละเอียดขึ้น", "{n} more: type more of the name"),
    "found_none": words("ไม่พบ “{text}” บนแผนที่นี้", "Nothing called “{text}” on this map"),
    "search_by": words("ค้นหาได้จาก", "What can be searched for"),
    "no_persons": words("ชื่อคนไม่แสดงบนแผนที่", "Names of people are not on the map"),
    "not_here": words("รายการนี้ไม่มีตำแหน่งบนแผนที่", "This record has no place on the map"),
    "beside": words("ตรงนี้ยังมี", "Also here"),
    "skip": words("ข้ามไปที่แผนที่", "Skip to the map"),
    "panel": words("ชั้นข้อมูลและคำอธิบายสี", "Layers and legend"),
    "colour_by": words("ระบายสีตาม", "Colour by"),
    "legend_of": words("คำอธิบายสี {name}", "Legend of {name}"),
    "loading": words("กำลังโหลด…", "Loading…"),
    "failed": words("โหลดไม่สำเร็จ", "Could not be loaded"),
    "retry": words("ลองใหม่", "Try again"),
    "none_here": words("ยังไม่มีข้อมูล", "Nothing here yet"),
    "unplaced": words("ยังไม่มีตำแหน่ง {n}", "{n} not placed yet"),
    "empty": words("ยังไม่มีข้อมูลบนแผนที่", "There is nothing on this map yet"),
    "empty_hint": words("เมื่อมีข้อมูลที่ระบุตำแหน่งแล้ว จะแสดงที่นี่", "Records appear here as soon as they have a place"),
    "record": words("ดูข้อมูลทั้งหมด", "Open the whole record"),
    "untitled": words("ไม่มีชื่อ", "no name"),
    "close": words("ปิด", "Close"),
    "zoom_in": words("ขยาย", "Zoom in"),
    "zoom_out": words("ย่อ", "Zoom out"),
    "fullscreen": words("เต็มจอ", "Full screen"),
    "fullscreen_off": words("ออกจากเต็มจอ", "Leave full screen"),
    "locate": words("แสดงตำแหน่งของฉัน", "Show where I am"),
    "you_are_here": words(
        "คุณอยู่ในระยะ {distance} {unit} จากจุดนี้", "You are within {distance} {unit} of this point"
    ),
    "no_location": words(
        "หาตำแหน่งไม่ได้ กรุณาเปิดการระบุตำแหน่งของเครื่องหรือเบราว์เซอร์",
        "Your position could not be found: allow it on this device and in the browser",
    ),
    "metres": words("เมตร", "m"),
    "kilometres": words("กม.", "km"),
    "credits": words("ที่มาของข้อมูลแผนที่:", "Sources of the map data:"),
}


def said_in(lang: Lang) -> dict[str, str]:
    """Return every text in one language."""
    return {name: text.of(lang) for name, text in TEXTS.items()}
