"""What can be wrong with a shape, in words: for reports, maps, workbooks and suggestions to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gis.geometry import What
from surveys.words import Words, words

FAULT_WORDS: Mapping[What, Words] = {
    "self_crossing": words("เส้นขอบตัดกันเอง", "the outline crosses itself"),
    "self_touching": words("เส้นขอบแตะกันเอง", "the outline touches itself"),
    "hole_outside": words("ช่องว่างอยู่นอกรูป", "a hole lies outside"),
    "nested": words("รูปซ้อนในรูป", "one part lies within another"),
    "duplicate_ring": words("เส้นขอบซ้ำ", "an outline is repeated"),
    "disconnected": words("รูปขาดออกจากกัน", "the shape falls apart"),
    "duplicate_vertices": words("จุดซ้ำ", "corners are repeated"),
    "unclosed_ring": words("เส้นขอบไม่ปิด", "the outline is left open"),
    "too_few_points": words("จุดน้อยเกินไปที่จะเป็นรูป", "it has too few different corners"),
    "bad_coordinate": words("มีพิกัดที่ไม่ใช่ตัวเลข", "a coordinate is not a number"),
    "other": words("ผิดหลักของรูปแผนที่", "it breaks the rules of shapes"),
}

# What the files are called by which mended shapes go in: stored by the Thai words, before the name of the file sent.
MENDED = words("ซ่อมรูป", "Mended shapes of")
WITHOUT_REPEATED = words("ลบจุดซ้ำ", "Repeated corners removed:")


def file_words(report: Mapping[str, Any]) -> Words:
    """Say what the file of an import is called: by its name, or in words where mending a shape made it."""
    name = str(report.get("file") or "")
    made = next((one for one in (MENDED, WITHOUT_REPEATED) if name.startswith(f"{one.th} ")), None)
    if made is None or not report.get("continues"):
        return words(name, name)
    return words(name, made.en + name.removeprefix(made.th))
