"""A plot's number without its community: one number in two places is two plots."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from surveys.intake import imports
from tests.conftest import NETWORK, STEWARD, Intake

# Some 108 m of longitude in Bangkok.
STEP_DEG = 0.001


def plot(number: str, steps: float | None = None, **more: str) -> dict[str, str]:
    """A plot of some 54 m a side, ``steps`` east of a corner of Bangkok."""
    west = 100.5 + (steps or 0) * STEP_DEG
    shape = shapely.box(west, 13.7, west + STEP_DEG / 2, 13.7005)
    return {"แปลงที่": number, "wkt": "" if steps is None else f"SRID=4326;{shape.wkt}"} | more


def taken(take: Intake, *rows: dict[str, str], **options: Any) -> dict[str, Any]:
    return take.rows(rows, "plots.csv", type="land_plot", **options)


def plots(take: Intake) -> list[tuple[str | None, str | None, str | None]]:
    rows = take.store.read_table(NETWORK, "land_plot").to_pylist()
    return [(row["community"], row["plot_no"], row["owner"]) for row in rows]


def codes(report: dict[str, Any]) -> set[str]:
    return {*report["problem_counts"]} - {"community_unknown"}


def test_a_second_file_far_away_overwrites_no_plot(take: Intake) -> None:
    taken(take, *(plot(str(n), n, เจ้าของที่ดิน="วัด") for n in (1, 2, 3)))
    report = taken(take, *(plot(str(n), n + 130, เจ้าของที่ดิน="เทศบาล") for n in (1, 2, 3)))
    assert (report["new"], report["updated"], report["problem_counts"]) == (3, 0, {"number_elsewhere": 3})
    assert plots(take) == [(None, str(n), who) for who in ("วัด", "เทศบาล") for n in (1, 2, 3)]
    # Each is found again where it is; one that has moved a little, too.
    for at, who in ((0.3, "วัด ก"), (130.3, "เทศบาล ก")):
        report = taken(take, *(plot(str(n), n + at, เจ้าของที่ดิน=who) for n in (1, 2, 3)))
        assert (report["new"], report["updated"], codes(report) - {"plot_overlaps"}) == (0, 3, set())
    assert [who for *_, who in plots(take)] == ["วัด ก"] * 3 + ["เทศบาล ก"] * 3


MOVED = [(0.0, 1), (0.4, 1), (0.9, 1), (1.1, 0), (-0.9, 1), (-1.1, 0), (None, 1)]


@pytest.mark.parametrize(("steps", "updated"), MOVED)
def test_within_fifty_metres_it_is_the_plot(take: Intake, steps: float | None, updated: int) -> None:
    taken(take, plot("7", 0))
    report = taken(take, plot("7", steps, เจ้าของที่ดิน="วัด"))
    assert (report["updated"], report["new"]) == (updated, 1 - updated)
    assert codes(report) == (set() if updated else {"number_elsewhere"})


def test_a_record_without_a_shape_gets_the_one_that_comes(take: Intake) -> None:
    taken(take, plot("7"))
    report = taken(take, plot("7", 5))
    assert (report["new"], report["updated"]) == (0, 1)
    # From then on it has its place.
    assert taken(take, plot("7", 50))["new"] == 1


def test_of_several_plots_of_one_number_a_row_without_a_shape_is_none(take: Intake) -> None:
    taken(take, plot("7", 0))
    taken(take, plot("7", 50))
    report = taken(take, plot("7", None, เจ้าของที่ดิน="วัด"))
    assert (report["new"], report["updated"], codes(report)) == (1, 0, {"number_elsewhere"})
    # The next time it is the one without a place, and the other two keep theirs.
    report = taken(take, plot("7", None, เจ้าของที่ดิน="เทศบาล"))
    assert (report["new"], report["updated"], codes(report)) == (0, 1, set())
    report = taken(take, plot("7", 50, เจ้าของที่ดิน="กรม"))
    assert (report["new"], report["updated"], codes(report)) == (0, 1, set())
    assert plots(take) == [(None, "7", None), (None, "7", "กรม"), (None, "7", "เทศบาล")]


def test_a_community_tells_its_plots_wherever_they_are_drawn(take: Intake) -> None:
    taken(take, plot("7", 0, ชุมชน="ก"), plot("7", 9, ชุมชน="ข"))
    report = taken(take, plot("7", 30, ชุมชน="ก"), plot("7", 60))
    assert (report["updated"], report["new"], codes(report)) == (1, 1, set())


@pytest.mark.parametrize(("steps", "new"), [(0.5, 0), (130, 1), (None, 0)])
def test_the_number_of_a_deed_is_no_other_plots(take: Intake, steps: float | None, new: int) -> None:
    taken(take, plot("", 0, เลขที่โฉนด="1234"), plot("8", 3))
    report = taken(take, plot("", steps, เลขที่โฉนด="1234", เจ้าของที่ดิน="วัด"))
    assert (report["new"], report["updated"]) == (new, 1 - new)
    # A plot known by its number gets its deed where it stands, and nowhere else.
    at = None if steps is None else 3 + steps
    report = taken(take, plot("8", at, เลขที่โฉนด="99"))
    assert (report["new"], report["updated"]) == (new, 1 - new)


def test_one_row_and_many_records(take: Intake) -> None:
    """The nearest is taken, whatever the order."""
    for steps in np.random.default_rng(7).permutation(np.arange(0, 40, 4)):
        assert taken(take, plot("1", float(steps)))["new"] == 1
    report = taken(take, *(plot("1", steps + 0.1, เจ้าของที่ดิน=str(steps)) for steps in range(0, 40, 40)))
    assert (report["new"], report["updated"]) == (0, 1)


# The plot that comes back, the one that is here by now, and how many come back: as the import would take it.
REDONE = [
    (plot("7", 0), [plot("7", 130)], 1),
    (plot("7", 0), [plot("7", 0.4)], 0),
    (plot("7", 0), [plot("7", 130), plot("7", 0.4, ชุมชน="ก")], 1),
    (plot("7", 0, ชุมชน="ก"), [plot("7", 130, ชุมชน="ก")], 0),
    (plot("7", 0), [plot("7")], 0),
    (plot("7"), [plot("7", 130)], 0),
    (plot("7"), [plot("7", 60), plot("7", 130)], 1),
    (plot("", 0, เลขที่โฉนด="1234"), [plot("", 130, เลขที่โฉนด="1234")], 1),
]


@pytest.mark.parametrize(("gone", "since", "reopened"), REDONE)
def test_redo_takes_a_plot_back_where_the_import_would(
    take: Intake, gone: dict[str, str], since: list[dict[str, str]], reopened: int
) -> None:
    first = taken(take, gone)
    before = take.store.read_table(NETWORK, "land_plot").to_pylist()
    imports.undo(take.store, first["import_id"], STEWARD)
    for row in since:
        taken(take, row)
    others = plots(take)
    (done,) = imports.redo(take.store, first["import_id"], STEWARD)["types"]
    assert (done["reopened"], len(done["kept"])) == (reopened, 1 - reopened)
    after = take.store.read_table(NETWORK, "land_plot").to_pylist()
    assert [row for row in after if row in before] == before[:reopened]
    assert len(after) == len(others) + reopened
    # What was left out is listed with its own id.
    assert list(done["kept"]) == [row["id"] for row in before][reopened:]
