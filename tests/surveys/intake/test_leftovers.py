"""What runs that were killed or undone leave behind, and how many processes share a file."""

from __future__ import annotations

import os
from typing import Any

import pytest

from surveys import events
from surveys.intake import layers
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


@pytest.mark.parametrize(("cores", "wanted"), [(64, 8), (2, 2), (None, 1)])
def test_no_more_processes_than_sqlite_attaches_files(
    monkeypatch: pytest.MonkeyPatch, cores: int | None, wanted: int
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert layers.processes() == wanted
    with layers.workers() as pool:
        assert pool._max_workers == wanted  # type: ignore[attr-defined]
