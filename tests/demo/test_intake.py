"""The whole demonstration city through the intake: it finds every planned fault, and nothing else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from demo import faults, steps
from demo.city import City
from surveys import networks
from surveys.intake.accept import accept
from surveys.intake.examine import Upload, examine
from surveys.intake.options import Options
from surveys.roles import local
from surveys.store.store import Store


@dataclass(frozen=True)
class Imported:
    reports: dict[str, dict[str, Any]]
    counts: dict[str, int]


@pytest.fixture(scope="module")
def imported(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Imported:
    work = tmp_path_factory.mktemp("intake")
    store, actor = Store.open(work / "demo.gpkg", create=True), local("demo")
    networks.add(store, actor, steps.NETWORK_CODE, steps.NETWORK_NAME, steps.BOUNDS)
    reports = {}
    for number, step in enumerate(steps.STEPS):
        own = work / str(number)
        own.mkdir()
        options = Options(type=step.type, layers=dict(step.layers))
        found = examine(Upload(folder / step.file, step.file, steps.NETWORK_CODE, options, own), store, actor)
        assert not found.refused, found.problems
        reports[step.file] = accept(found, store, actor)
    counts = store.counts(steps.NETWORK_CODE)
    store.close()
    return Imported(reports, counts)


@pytest.mark.parametrize("file", [step.file for step in steps.STEPS])
def test_the_intake_finds_every_planned_fault_and_nothing_else(
    imported: Imported, planned: tuple[faults.Expected, ...], file: str
) -> None:
    report = imported.reports[file]
    remarks = faults.REMARKS.get(file, {})
    found = [problem for problem in report["problems"] if problem["code"] not in remarks]
    seen = {(problem["layer"], problem["row"], problem["code"], problem["column"]) for problem in found}
    here = [problem for problem in planned if problem.file == file]
    assert seen == {(problem.layer, problem.row, problem.code, problem.column) for problem in here}
    held = Counter(problem["code"] for problem in report["problems"] if problem["code"] in remarks)
    assert held == Counter(remarks)


def test_all_other_rows_are_taken(imported: Imported, city: City) -> None:
    kept_out = sum(report["quarantined"] for report in imported.reports.values())
    assert kept_out == 13
    drawn = sum(len(layer.rows) for layer in city.layers.values())
    taken = sum(count for name, count in imported.counts.items() if name != "city_network")
    assert taken == drawn + 50 - kept_out  # and 50 khets


def test_households_without_coordinates_find_their_place(imported: Imported) -> None:
    unplaced = [report["unplaced"] for report in imported.reports.values()]
    assert sum(unplaced) == 8 + 3 + 3  # of the unknown community, and of houses not on the plan
