"""Invented people: names that nobody bears, and national ids that no office gave out.

A Thai surname belongs to one family, so every surname here begins with "สมมติ" (made up). The ids are
well-formed (13 digits, right check digit) and begin 8-9999: no registry office has the number 9999.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np

from surveys.thai import id_check_digit

ID_PREFIX = "89999"
_WOMEN = (
    "ดาวเรือง", "ใบบัว", "สายธาร", "ชบา", "พุดซ้อน", "ลีลาวดี", "บานชื่น", "น้ำค้าง", "ฟ้าใส", "ข้าวหอม",
    "แก้วตา", "มะลิลา", "จำปี", "กระถิน", "ผักบุ้ง", "พวงชมพู", "ราตรี", "เอื้องฟ้า", "ปุยนุ่น", "เดือนเพ็ญ",
)  # fmt: skip
_MEN = (
    "เมฆา", "ภูผา", "ไผ่ทอง", "ต้นกล้า", "สายฟ้า", "ขุนเขา", "ตะวันฉาย", "ลมหนาว", "ทะเลใต้", "กล้าหาญ",
    "ดินดี", "น้ำมั่น", "ไม้แก่น", "เพชรงาม", "หินผา", "แสงแดด", "เรือใบ", "คันไถ", "ปลายนา", "รุ่งสาง",
)  # fmt: skip
_SURNAMES = tuple(
    f"สมมติ{rest}"
    for rest in (
        "สุข", "ทอง", "นา", "ชล", "ดี", "งาม", "ชัย", "ไพร", "วารี", "พนา", "จันทร์", "สวัสดิ์", "เจริญ", "บุญ", "แก้ว",
        "ศรี", "วงศ์", "ธาร", "ทรัพย์", "มั่น", "คง", "ยืนยง", "รุ่ง", "เพชร", "ฟ้า", "ไทร", "พูน", "สิน", "เกษม", "ผล",
    )
)  # fmt: skip
NICKNAMES = ("หนึ่ง", "นก", "แดง", "เล็ก", "ต้อม", "จุ๋ม", "อ้วน", "ไก่", "แมว", "ป้อม", "ตุ๊ก", "โหน่ง")


@dataclass(frozen=True)
class Person:
    """A made-up person."""

    title: str
    name: str
    surname: str
    sex: str
    born: int

    @property
    def full_name(self) -> str:
        """Title, name and surname as a survey sheet has them in one cell."""
        return f"{self.title}{self.name} {self.surname}"


def person(rng: np.random.Generator, born: int, surname: str | None = None, sex: str | None = None) -> Person:
    """Make up a person born in a (Christian) year."""
    sex = sex or ("female" if rng.random() < 0.52 else "male")
    name = str(rng.choice(_WOMEN if sex == "female" else _MEN))
    return Person(_title(rng, sex, born), name, surname or str(rng.choice(_SURNAMES)), sex, born)


def _title(rng: np.random.Generator, sex: str, born: int) -> str:
    if born > 2011:
        return "ด.ญ." if sex == "female" else "ด.ช."
    if sex == "male":
        return "นาย"
    return str(rng.choice(("นาง", "นางสาว", "น.ส.")))


def ids(start: int = 1) -> Iterator[str]:
    """Well-formed national ids, one after another, that belong to nobody."""
    for number in count(start):
        digits = f"{ID_PREFIX}{number * 7919 % 10_000_000:07d}"
        yield f"{digits}{id_check_digit(digits)}"
