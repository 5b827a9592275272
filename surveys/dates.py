"""Thai dates: Buddhist years, Thai month names and digits, and files that switch calendars half-way."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from surveys.words import Lang, normal

BANGKOK = ZoneInfo("Asia/Bangkok")
BUDDHIST_OFFSET = 543
# A year above this is Buddhist, whatever the rest of the file says.
_BUDDHIST_FROM = 2400
# "51" in a Thai sheet is 2551; two-digit years are Buddhist, of the century 2500.
_SHORT_YEAR_BASE = 2500

MONTHS_TH = (
    "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
    "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
)  # fmt: skip
MONTHS_TH_SHORT = (
    "ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.",
)  # fmt: skip
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS_EN_LONG = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_MONTHS = {name.replace(".", "").casefold(): n for names in (MONTHS_TH, MONTHS_TH_SHORT, MONTHS_EN, _MONTHS_EN_LONG)
           for n, name in enumerate(names, 1)}  # fmt: skip
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
# A year of four digits does not begin with 0: "0001-01-01" is how programs write no date.
_YMD = re.compile(r"([1-9]\d{3})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ](.*))?")
_DMY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.]([1-9]\d{3}|\d{2})(?:[T ](.*))?")
# The time of day with its zone, as programs write a moment.
_ZONED = re.compile(
    r"(\d{1,2}):(\d{2})(?::\d{2}(?:[.,]\d+)?)? ?(?:(Z|UTC|GMT)|([+-])(\d{2}):?(\d{2})?)", re.I
)
# How spreadsheets keep a date when its cell has lost its format: days since 30 December 1899. Only of 1980 to
# 2030: "50851" is rather 5/08/51.
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_SERIALS = range(29_221, 47_849)
_SERIAL_START = date(1899, 12, 30)
_NAMED = re.compile(r"(?:วันที่\s*)?(\d{1,2})\s*([^\d\s]+)\s*(?:พ\.?ศ\.?\s*)?([1-9]\d{3}|\d{2})")
# As a spreadsheet shows a date, "21-ส.ค.-51" or "21-Aug-08"; it counts English years as Christian, up to 2029.
_DASHED = re.compile(r"(\d{1,2})-([^\d\s-]+)-([1-9]\d{3}|\d{2})")
_SHORT_CHRISTIAN_UNTIL = 29


def common_year(year: int) -> int:
    """Turn a year as written (Buddhist, two-digit or Christian) into a Christian year."""
    if year < 100:
        year += _SHORT_YEAR_BASE
    return year - BUDDHIST_OFFSET if year > _BUDDHIST_FROM else year


def month_named(text: str) -> int | None:
    """Return the number of a month by its name or its abbreviation, Thai or English."""
    return _MONTHS.get(text.replace(".", "").casefold())


def parse_date(text: str) -> date | None:
    """Read a date as it stands in Thai sheets; None when it is none.

    Day comes before month. "2008-08-21", "21/08/51", "21 ส.ค. 2551", "21-Aug-08", "๒๑ สิงหาคม ๒๕๕๑" and
    "39681", the serial number of a spreadsheet, are the same day. A moment with its zone is of the day it
    was in Thailand.
    """
    plain = normal(text).translate(_THAI_DIGITS)
    time = None
    if match := _YMD.fullmatch(plain):
        year, month, day = (int(part) for part in match.groups()[:3])
        time = match[4]
    elif match := _DMY.fullmatch(plain):
        day, month, year = (int(part) for part in match.groups()[:3])
        time = match[4]
    elif match := _DASHED.fullmatch(plain) or _NAMED.fullmatch(plain):
        found = month_named(match[2])
        if found is None:
            return None
        day, month, year = int(match[1]), found, int(match[3])
        if match.re is _DASHED and match[2].isascii() and year < 100:
            year += 2000 if year <= _SHORT_CHRISTIAN_UNTIL else 1900
    elif (match := _SERIAL.fullmatch(plain)) and int(match[1]) in _SERIALS:
        return _SERIAL_START + timedelta(days=int(match[1]))
    else:
        return None
    try:
        return _in_thailand(date(common_year(year), month, day), time)
    except ValueError:
        return None


def _in_thailand(day: date, time: str | None) -> date:
    """Return the day it was in Thailand at a time of day with its zone; without a zone it is Thailand's.

    Raises
    ------
    ValueError
        If there is no such time.
    """
    match = _ZONED.fullmatch(time or "")
    if match is None:
        return day
    hour, minute, _, sign, hours, minutes = match.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    zone = timezone(-offset if sign == "-" else offset)
    return day_of(datetime(day.year, day.month, day.day, int(hour), int(minute), tzinfo=zone))


def show_date(day: date, lang: Lang) -> str:
    """Write a date for people: Buddhist year in Thai, Christian year in English."""
    if lang == "th":
        return f"{day.day} {MONTHS_TH_SHORT[day.month - 1]} {day.year + BUDDHIST_OFFSET}"
    return f"{day.day} {MONTHS_EN[day.month - 1]} {day.year}"


def show_time(moment: datetime, lang: Lang) -> str:
    """Write a UTC moment for people, in Bangkok time."""
    local = moment.astimezone(BANGKOK)
    return f"{show_date(day_of(moment), lang)} {local:%H:%M}" + (" น." if lang == "th" else "")


def day_of(moment: datetime) -> date:
    """Return the day it is in Thailand at a moment (one with its zone)."""
    return moment.astimezone(BANGKOK).date()


def today() -> date:
    """Return the day it is in Thailand, wherever the server stands."""
    return day_of(datetime.now(UTC))


def iso(moment: datetime) -> str:
    """Write a moment as the store keeps it: UTC, milliseconds, ``YYYY-MM-DDTHH:MM:SS.SSSZ``."""
    utc = moment.astimezone(ZoneInfo("UTC"))
    return utc.strftime("%Y-%m-%dT%H:%M:%S.") + f"{utc.microsecond // 1000:03d}Z"


def moment(text: str) -> datetime:
    """Read a moment as the store keeps it."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def days_between(earlier: date, later: date) -> int:
    """Count the days from one date to another."""
    return (later - earlier) // timedelta(days=1)
