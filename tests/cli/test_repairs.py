"""``mankong repairs``: shapes that could be mended, listed and taken, for people and for scripts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.conftest import Run, told
from tests.conftest import Intake

SQUARE = [[100.5, 13.7], [100.501, 13.7], [100.501, 13.701], [100.5, 13.701], [100.5, 13.7]]
BOW = [SQUARE[n] for n in (0, 2, 1, 3, 0)]


@pytest.fixture
def run(take: Intake, mankong: Run) -> Run:
    """Runs ``mankong repairs`` on an import: plot 1 crosses itself and is kept out, 2 and 3 repeat a corner."""
    rings = [BOW, *([[x + n / 100, y] for x, y in [*SQUARE[:2], *SQUARE[1:]]] for n in (1, 2))]
    file = take.folder / "แปลง.geojson"
    features = [
        {"type": "Feature", "properties": {"เลขแปลงในผัง": str(n), "ชุมชน": "ก"},
         "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for n, ring in enumerate(rings, 1)
    ]  # fmt: skip
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    report = take(file, type="land_plot")
    assert (report["import_id"], report["taken"], report["quarantined"]) == (1, 2, 1)

    return lambda *words: mankong("repairs", *words, "--store", str(take.store.path))


def rows(answer: Any) -> tuple[list[int], list[int]]:
    return [one["row"] for one in answer["repairs"]], [one["row"] for one in answer["repeated"]]


def test_shapes_are_listed_and_taken_row_by_row_or_all_that_repeat_corners(run: Run) -> None:
    code, out, _ = run("1")
    assert code == 0 and "0:1" in out and "เส้นขอบตัดกันเอง" in out and "13.700000, 100.511000" in out
    assert rows(told(run("1", "--json"))) == ([1], [2, 3])
    reports = told(run("1", "--take", "0:1", "--take", "0:3", "--json"))
    assert [(report["new"], report["updated"]) for report in reports] == [(1, 0), (0, 1)]
    assert rows(told(run("1", "--json"))) == ([], [2])
    code, out, _ = run("1", "--all-repeated")
    assert code == 0 and "#4" in out
    assert rows(told(run("1", "--json"))) == ([], [])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("1", "--take", "1"), "--take is PART:ROW, not 1."),
        (("1", "--take", "0:x"), "--take is PART:ROW, not 0:x."),
        (("1", "--take", "0:9"), "Choose the rows to mend."),
        (("9",), "There is no import 9."),
    ],
)
def test_what_cannot_be_is_said(run: Run, words: tuple[str, ...], said: str) -> None:
    code, _, wrong = run(*words)
    assert code != 0 and said in wrong
