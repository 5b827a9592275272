"""Fields and checks that several record types share."""

from __future__ import annotations

import pandas as pd

from surveys.dates import today
from surveys.fields import Number, Text
from surveys.privacy import Privacy
from surveys.record import Check, Field, Group, field
from surveys.thai import Ref, Sequence
from surveys.words import Words, words

PUBLIC = Privacy.PUBLIC
PERSONAL = Privacy.HOUSEHOLD

# Sections of forms and of record pages.
IDENTITY = Group("identity", words("ข้อมูลระบุตัว", "Identity"))
STANDING = Group("standing", words("สถานะ", "Standing"))
BUILDING = Group("building", words("ตัวบ้าน", "Building"))
TENURE = Group("tenure", words("การอยู่อาศัยและที่ดิน", "Tenure"))
MONEY = Group("money", words("รายได้ หนี้ และการออม", "Money"))
WISHES = Group("wishes", words("ความต้องการและการเข้าร่วม", "Wishes and joining"))
PERSON = Group("person", words("บุคคล", "Person"))
LAND = Group("land", words("ที่ดิน", "Land"))
SURVEY = Group("survey", words("การสำรวจ", "Survey"))

BAHT = words("บาท", "baht")
BAHT_A_MONTH = words("บาท/เดือน", "baht a month")
METRES = words("เมตร", "m")


def community_ref(brief: bool = True) -> Field:
    """Declare the reference to a community."""
    return field(
        Ref(target="community"),
        "ชุมชน",
        "community",
        "รหัสชุมชน",
        "ชื่อชุมชน",
        "community_code",
        "community_name",
        "comm",
        "settlement_name",
        "slum",
        group=IDENTITY,
        brief=brief,
    )


def house_sequence() -> Field:
    """Declare the number of a house on the community plan."""
    return field(
        Sequence(),
        "ลำดับบ้านในผัง",
        "house sequence on the plan",
        "ลำดับบ้าน",
        "ลำดับหลัง",
        "หลังที่",
        "บ้านลำดับที่",
        "เลขผัง",
        "house_seq",
        "house_sequence",
        "seq",
        group=IDENTITY,
        brief=True,
    )


def plot_number(*aliases: str, brief: bool = False) -> Field:
    """Declare the number of a plot on the plan: "แปลงที่ 2" is plot 2."""
    return field(
        Sequence(called=("แปลงเลขที่", "แปลงหมายเลข", "แปลงที่", "แปลง", "plot number", "plot no", "plot")),
        "เลขแปลงในผัง",
        "plot number",
        "แปลงที่",
        "เลขแปลง",
        "แปลงเลขที่",
        "plot",
        *aliases,
        group=IDENTITY,
        brief=brief,
    )


def house_number() -> Field:
    """Declare the house number of the registry; never a key by itself."""
    return field(
        Text(limit=80),
        "บ้านเลขที่",
        "house number",
        "เลขที่บ้าน",
        "เลขที่",
        "house_number",
        "house_no",
        "hnum",
        group=IDENTITY,
        brief=True,
    )


# The field by which a person says at which record (by its id) a record stands, when no number tells.
LINK = "linked_to"


def linked_to() -> Field:
    """Declare the link made by hand; it is no part of a key, so the next file still finds its record."""
    return field(Text(limit=40), "เชื่อมด้วยมือกับ", "linked by hand to", LINK, group=IDENTITY)


def free_note() -> Field:
    """Declare a free note; private, because people write names into it."""
    return field(
        Text(lines=True),
        "หมายเหตุ",
        "note",
        "บันทึก",
        "ข้อสังเกต",
        "remark",
        "remarks",
        "notes",
        "comment",
        group=SURVEY,
        privacy=PERSONAL,
    )


def baht(th: str, en: str, *aliases: str, unit: Words = BAHT_A_MONTH) -> Field:
    """Declare an amount of money."""
    return field(Number(low=0, high=100_000_000), th, en, *aliases, group=MONEY, privacy=PERSONAL, unit=unit)


def future_year(field: str) -> Check:
    """Make the check that a year has not come yet."""
    return Check("date_future", field, (field,), lambda f: f[field] > today().year)


def future_day(field: str) -> Check:
    """Make the check that a date has not come yet."""

    def failing(frame: pd.DataFrame) -> pd.Series:
        return pd.to_datetime(frame[field]) > pd.Timestamp(today())

    return Check("date_future", field, (field,), failing)
