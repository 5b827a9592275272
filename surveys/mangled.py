"""Numbers such as 12/3 that a spreadsheet took for a day and wrote as one: what they probably were before."""

from __future__ import annotations

import re

from surveys.dates import month_named

# What a spreadsheet makes of 12/3: a moment, a date with its year, a day of a month; of 3/64: a month of a year.
_MOMENT = re.compile(r"(?:19|20|24|25|26)(\d\d)-(\d{1,2})-(\d{1,2})(?:[T ][\d:.]*)?")
_DATE = re.compile(r"(\d{1,2})([-/])(\d{1,2})\2(?:19|20|24|25|26)\d\d")
_DAY = re.compile(r"(\d{1,2})[- ]([^\d\s/-]+)(?:[- ](?:\d\d){1,2})?")
_MONTH = re.compile(r"([^\d\s/-]+)-(\d\d)")
# What may be one of them; for Arrow.
LIKE_DATE = r"[^0-9/\-.,\s]|^[0-9]{4}-|^[0-9]{1,2}([-/])[0-9]{1,2}[-/][0-9]{4}$"


def numbers_before(text: str) -> tuple[str, ...]:
    """Return the numbers that a text with the digits 0-9 may have been, the likeliest first; none if it is no date."""
    if match := _MOMENT.fullmatch(text):
        month, day = int(match[2]), int(match[3])
        # Without a day it is the first of the month.
        return _valid(day, month, *([f"{month}/{int(match[1])}"] if day == 1 else []))
    if match := _DATE.fullmatch(text):
        return _valid(int(match[1]), int(match[3]))
    if match := _DAY.fullmatch(text):
        return _valid(int(match[1]), month_named(match[2]) or 0)
    if (match := _MONTH.fullmatch(text)) and (named := month_named(match[1])):
        number, of_year = int(match[2]), f"{named}/{int(match[2])}"
        return _valid(number, named, of_year) if 1 <= number <= 12 else (of_year,)
    return ()


def _valid(day: int, month: int, *others: str) -> tuple[str, ...]:
    return (f"{day}/{month}", *others) if 1 <= day <= 31 and 1 <= month <= 12 else ()
