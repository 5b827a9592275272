"""What runs that were killed or undone leave behind, and how many processes share a file."""

from __future__ import annotations

import os
from typing import Any

import pytest

from gis.formats import output
from surveys import events
from surveys.intake import helpers, layers
from surveys.intake.accept import accept, import_folder
from surveys.intake.examine import Upload, examine
from surveys.intake.options import Options
from tests.conftest import NETWORK, STEWARD, Intake

GOOD = {"ชุมชน": "ก", "ลำดับบ้าน": "1", "จำนวนสมาชิก": "3"}


def test_a_number_used_again_shows_nothing_of_the_import_that_was_not_committed(
    take: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_out = GOOD | {"ชุมชน": "", "ลำดับบ้าน": ""}
    first = take.examine(take.write([GOOD, kept_out, kept_out], "household.csv"))
    assert first.total("quarantined") and any(part.kept_out for part in first.parts)

    def fail(*_: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(events, "record", fail)
        with pytest.raises(RuntimeError):
            accept(first, take.store, STEWARD)
    report = take.rows([GOOD], "household.csv")
    folder = import_folder(take.store, report["import_id"])
    assert sorted(path.name for path in folder.iterdir() if path.suffix == ".arrow") == ["seen.arrow"]
    assert folder.stat().st_mode & 0o077 == 0


def test_a_killed_examination_is_done_anew(take: Intake) -> None:
    file = take.write([GOOD], "household.csv")
    folder = take.folder / "killed"
    (folder / "work" / "scratch").mkdir(parents=True)
    (folder / "work" / "manifest.json").write_text("half")
    found = examine(Upload(file, file.name, NETWORK, Options(), folder), take.store, STEWARD)
    assert found.total("new") == 1 and not (folder / "work").exists()


@pytest.mark.parametrize(("cores", "wanted"), [(64, 7), (2, 1), (None, 0)])
def test_workers_help_with_every_core_but_this_ones(
    monkeypatch: pytest.MonkeyPatch, cores: int | None, wanted: int
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert helpers.helpers() == wanted


@pytest.mark.parametrize("cores", [1, 2])
def test_a_file_shared_among_processes_is_taken_in_its_order(
    take: Intake, monkeypatch: pytest.MonkeyPatch, cores: int
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    for module, name, value in (
        (helpers, "LARGE_BYTES", 0),
        (layers, "SHARED", 1),
        (output, "BATCH_ROWS", 20),
    ):
        monkeypatch.setattr(module, name, value)
    rows = [
        {"ชุมชน": "ก", "ลำดับบ้าน": str(n), "จำนวนห้องเช่า": "ก" if n % 50 == 0 else "1"} for n in range(1, 201)
    ]
    seen: list[int] = []
    file, folder = take.write(rows, "house.csv"), take.folder / "shared"
    folder.mkdir()
    upload = Upload(file, file.name, NETWORK, Options(type="house"), folder)
    found = examine(upload, take.store, STEWARD, lambda _what, done, _total: seen.append(done))
    assert take.accept(found)["new"] == 200
    there = take.store.read_table(NETWORK, "house", ["fid", "house_seq", "source_row"])
    assert there["house_seq"].to_pylist() == [row["ลำดับบ้าน"] for row in rows]
    assert there["source_row"].to_pylist() == list(range(2, 202))
    assert [p.row for p in found.problems if p.code == "not_a_number"] == [51, 101, 151, 201]
    assert seen[-1] == 200 and len(set(seen)) > (2 if cores > 1 else 1)
