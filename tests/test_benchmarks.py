"""What the measurements rest on: the same fields in every format, and a watch that sees every process."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyogrio
import pytest

from benchmarks.browser import plain
from benchmarks.households import HEADINGS, MAPPED, SHORT, person_id, write_plots
from benchmarks.side_by_side import timed
from benchmarks.watch import Processes
from surveys.intake.mapping import map_columns
from surveys.records import ALL
from surveys.thai import valid_person_id

PLACES = ("lat", "lon")


def test_a_shapefile_of_households_feeds_the_same_fields_as_the_csv() -> None:
    assert [name for name in SHORT if len(name) > 10 or not name.isascii()] == []
    whole = map_columns(ALL["household"], HEADINGS, PLACES).columns
    short = map_columns(ALL["household"], SHORT, PLACES, MAPPED).columns
    names = dict(zip(HEADINGS, SHORT, strict=True))
    assert {names[heading]: field for heading, field in whole.items()} == short
    assert len(whole) == len(HEADINGS) - len(PLACES) - 3, "two columns are nobody's, one is the row's own id"


def test_every_column_of_the_plots_is_a_field(tmp_path: Path) -> None:
    write_plots(tmp_path / "plots.gpkg", 300, 100)
    found = pyogrio.read_dataframe(tmp_path / "plots.gpkg")
    mapped = map_columns(ALL["land_plot"], [name for name in found.columns if name != "geometry"])
    assert len(found) == 300 and mapped.unmapped == ()
    assert not found.duplicated(["ชุมชน", "เลขแปลงในผัง"]).any() and not found["เลขที่โฉนด"].duplicated().any()


@pytest.mark.parametrize("number", [0, 9, 123_456, 99_999_999])
def test_a_made_up_national_id_is_well_formed(number: int) -> None:
    assert valid_person_id(person_id(number))


def wait_for(met: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not met():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_process_is_watched_after_its_parent_has_gone(tmp_path: Path) -> None:
    # It starts a child in a session of its own, says so, and ends when it is spoken to.
    child = "import sys, time; time.sleep(60)"
    parent = (
        "import subprocess, sys; "
        f"print(subprocess.Popen([sys.executable, '-c', {child!r}], start_new_session=True).pid, flush=True); "
        "sys.stdin.readline()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        orphan = int(process.stdout.readline())
        watch = Processes(process.pid, tmp_path)
        watch.sample()
        assert {process.pid, orphan} <= set(watch.alive())
        held = watch.peaks["start"]
        assert 0 < held.uss <= held.pss <= held.rss
        process.stdin.write("\n")
        process.stdin.flush()
        process.wait(20)
    try:
        assert [command for command in watch.left() if child in command]
    finally:
        subprocess.run(["kill", str(orphan)], check=True)
    wait_for(lambda: not watch.left())


def test_a_command_that_fails_stops_the_measurement() -> None:
    done = timed([sys.executable, "-c", "print('5'); raise SystemExit(3)"], (0, 3))
    assert (done.output, done.seconds > 0, done.peak > 1) == ("5\n", True, True)
    with pytest.raises(SystemExit, match="failed"):
        timed([sys.executable, "-c", "raise SystemExit(4)"], (0, 3))


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ('<p role="status">Reading the file · 2 / 3 rows</p>\n<progress></progress>', "Reading the file · 2 / 3 rows"),
        ("<style>p { a: b }</style><!-- said\nto us --><b>ก</b> &amp; ข", "ก & ข"),
    ],
)  # fmt: skip
def test_what_a_person_reads_of_a_page(page: str, text: str) -> None:
    assert plain(page) == text
