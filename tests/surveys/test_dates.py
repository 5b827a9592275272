"""The day it is: the one in Thailand, wherever the server stands."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from pathlib import Path

import pandas as pd
import pytest

from surveys import dates
from surveys.dates import day_of, today
from surveys.planning.result import told_days
from surveys.shared import future_day, future_year

NEW_YORK = timezone(timedelta(hours=-5))
# An hour before and after midnight in Bangkok, which is 17:00 UTC.
MOMENTS = [
    (datetime(2026, 11, 21, 16, 59, 59, tzinfo=UTC), date(2026, 11, 21)),
    (datetime(2026, 11, 21, 17, 0, tzinfo=UTC), date(2026, 11, 22)),
    (datetime(2026, 12, 31, 18, 0, tzinfo=UTC), date(2027, 1, 1)),
    (datetime(2026, 11, 21, 13, 0, tzinfo=NEW_YORK), date(2026, 11, 22)),
    (datetime(2026, 11, 22, 0, 0, tzinfo=dates.BANGKOK), date(2026, 11, 22)),
]


@pytest.mark.parametrize(("moment", "day"), MOMENTS)
def test_a_moment_is_of_the_day_in_bangkok(moment: datetime, day: date) -> None:
    assert day_of(moment) == day
    assert dates.show_time(moment, "en").startswith(dates.show_date(day, "en"))


@pytest.fixture(params=MOMENTS)
def now(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[datetime, date]:
    """A moment that the clock stands at, and its day."""
    moment, day = request.param

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Clock:
            assert tz, "the clock of the server is not asked without a zone"
            return cls.fromtimestamp(moment.timestamp(), tz)

    monkeypatch.setattr(dates, "datetime", Clock)
    return moment, day


def test_today_is_the_day_in_bangkok(now: tuple[datetime, date]) -> None:
    assert today() == now[1]


def test_a_day_has_not_come_when_it_has_not_in_bangkok(now: tuple[datetime, date]) -> None:
    day = now[1]
    frame = pd.DataFrame(
        {"day": [day, day + timedelta(days=1), None], "year": [day.year, day.year + 1, None]}
    )
    assert list(future_day("day").failing(frame)) == [False, True, False]
    assert list(future_year("year").failing(frame)) == [False, True, False]


def test_what_was_surveyed_on_the_day_it_came_in_counts_in_the_small_hours_too() -> None:
    came = pd.to_datetime(["2026-11-21T17:30:00Z", "2026-11-21T16:30:00Z"], utc=True)
    frame = pd.DataFrame({"day": pd.to_datetime(["2026-11-22", "2026-11-22"]), "opened_at": came})
    assert list(told_days(frame, "day").notna()) == [True, False]


# Ways to ask the server for its own day or hour.
OWN = {("date", "today"), ("datetime", "today"), ("Timestamp", "today"), ("datetime", "utcnow")}
NAIVE = {("datetime", "now"), ("Timestamp", "now")}
HOUSE = Path(__file__).resolve().parents[2]


def servers_days(text: str) -> Iterator[int]:
    """The lines that ask for the day where the server stands."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            asked = (
                owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", ""),
                node.func.attr,
            )
            if asked in OWN or (asked in NAIVE and not node.args and not node.keywords):
                yield node.lineno


def test_nobody_asks_for_the_day_of_the_server() -> None:
    modules = [
        path
        for name in ("gis", "surveys", "maps", "api", "demo", "tests")
        for path in (HOUSE / name).rglob("*.py")
    ]
    assert len(modules) > 100
    found = {
        f"{path.relative_to(HOUSE)}:{n}" for path in modules for n in servers_days(path.read_text("utf-8"))
    }
    assert found == set()
    asked = (
        "date.today()\nx.datetime.now()\npd.Timestamp.now()\ndatetime.now(UTC)\ntoday()\ndatetime.utcnow()"
    )
    assert list(servers_days(asked)) == [1, 2, 3, 6]


@pytest.mark.parametrize(
    ("serial", "day"),
    [
        ("39681", date(2008, 8, 21)),
        ("39681.75", date(2008, 8, 21)),
        ("๓๙๖๘๑", date(2008, 8, 21)),
        ("29221", date(1980, 1, 1)),
        ("47848", date(2030, 12, 31)),
        ("29220", None),
        ("47849", None),
        ("396810", None),
        ("3968", None),
        ("-39681", None),
    ],
)
def test_the_serial_number_of_a_spreadsheet_is_its_day(serial: str, day: date | None) -> None:
    assert dates.parse_date(serial) == day


AUGUST = date(2008, 8, 21)
WRITTEN = [
    # As Excel shows dates in Thailand, and as people write them with English months.
    ("21-ส.ค.-51", AUGUST),
    ("21-สค-51", AUGUST),
    ("๒๑-ส.ค.-๕๑", AUGUST),
    ("21-ส.ค.-2551", AUGUST),
    ("21-สิงหาคม-2551", AUGUST),
    ("21-Aug-08", AUGUST),
    ("21-Aug-2008", AUGUST),
    ("21-Aug-2551", AUGUST),
    ("21 August 2008", AUGUST),
    ("21 august 2551", AUGUST),
    ("21 Aug 2551", AUGUST),
    ("21 Aug. 2008", AUGUST),
    ("1-May-29", date(2029, 5, 1)),
    ("1-May-30", date(1930, 5, 1)),
    ("31-Feb-08", None),
    ("21-Foo-08", None),
    ("21--08", None),
    ("Aug-08", None),
    ("21-Aug", None),
]
ZONED = [
    ("2026-11-20T18:30:00Z", date(2026, 11, 21)),
    ("2026-11-20T18:30:00+00:00", date(2026, 11, 21)),
    ("2026-11-20 18:30:00.123456+00", date(2026, 11, 21)),
    ("2026/11/20 18:30:00+00", date(2026, 11, 21)),
    ("2026-11-20 18:30 UTC", date(2026, 11, 21)),
    ("2569-11-20T18:30:00Z", date(2026, 11, 21)),
    ("20/11/2026 18:30:00 +0000", date(2026, 11, 21)),
    ("2026-12-31T17:00:00Z", date(2027, 1, 1)),
    ("2026-11-20T16:59:59Z", date(2026, 11, 20)),
    ("2026-11-20T23:59:59+07:00", date(2026, 11, 20)),
    ("2026-11-21T01:00:00+09:00", date(2026, 11, 20)),
    ("2026-11-20T12:00:00-05:00", date(2026, 11, 21)),
    # Without a zone it is Thailand's time.
    ("2026-11-20T18:30:00", date(2026, 11, 20)),
    ("2026-11-20 18:30", date(2026, 11, 20)),
    ("20/11/2569 18:30 น.", date(2026, 11, 20)),
    ("2026-11-20T00:00:00.000Z", date(2026, 11, 20)),
    ("2026-11-20T25:30:00Z", None),
    ("2026-11-20T18:30:00+99:00", None),
]


@pytest.mark.parametrize(("text", "day"), [*WRITTEN, *ZONED])
def test_dates_as_spreadsheets_and_programs_write_them(text: str, day: date | None) -> None:
    assert dates.parse_date(text) == day
