"""Exports: what may not be written over, and what other programs' columns and shapes do to a format."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from surveys import events, export
from surveys.errors import Refused
from tests.conftest import NETWORK, STEWARD, Intake

HOUSES = [{"ชุมชน": "ก", "ลำดับบ้าน": str(n), "wkt": f"SRID=4326;POINT (100.5{n} 13.7)"} for n in range(1, 4)]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of the store's folder but SQLite's index of its journal."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith("-shm")
    }


@pytest.mark.parametrize(
    "ending", ["", ".key", ".work", "-wal", "-shm", ".work-wal", ".files", ".files/raw/h.gpkg"]
)
def test_nothing_is_written_over_the_store(take: Intake, ending: str) -> None:
    take.rows(HOUSES, "house.csv")
    store = take.store
    target = Path(f"{store.path}{ending}")
    before = contents(store.path.parent)
    with pytest.raises(Refused, match="belongs to the store"), export.whole(store, target) as half:
        half.write_text("gone")
    assert contents(store.path.parent) == before
    if not target.is_dir():
        link = take.folder / "link.gpkg"
        link.symlink_to(target)
        with pytest.raises(Refused, match="belongs to the store"):
            export.write(store, NETWORK, "house", link, STEWARD)
    assert store.counts(NETWORK)["house"] == 3


def test_another_name_of_the_store_is_the_store(take: Intake) -> None:
    other = take.folder / "other.gpkg"
    os.link(take.store.path, other)
    with pytest.raises(Refused, match="belongs to the store"):
        export.write(take.store, NETWORK, "house", other, STEWARD)
    shutil.copyfile(take.store.path, take.folder / "copy.gpkg")
    export.write(take.store, NETWORK, "house", take.folder / "copy.gpkg", STEWARD)


def test_a_file_that_could_not_be_written_is_not_logged_and_leaves_what_was_there(
    take: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    take.rows(HOUSES, "house.csv")
    out = take.folder / "out" / "house.csv"
    with pytest.raises(Refused, match="cannot be written"):
        export.write(take.store, NETWORK, "house", out, STEWARD)
    out.parent.mkdir()
    out.write_text("before")

    def half(_frame: object, path: Path, _name: str) -> None:
        path.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(export.WRITERS, ".csv", half)
    with pytest.raises(Refused, match="No space left"):
        export.write(take.store, NETWORK, "house", out, STEWARD)
    assert [path.name for path in out.parent.iterdir()] == ["house.csv"] and out.read_text() == "before"
    with take.store.reading() as connection:
        told = connection.exec_driver_sql("SELECT count(*) FROM event WHERE action='export'").scalar()
    assert told == 0


def test_an_export_is_logged_before_anybody_has_it(take: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    take.rows(HOUSES, "house.csv")
    out = take.folder / "house.csv"

    def refuse(*_: object) -> None:
        raise Refused(export.words("ไม่ได้", "no"))

    monkeypatch.setattr(events, "record", refuse)
    with pytest.raises(Refused, match="no"):
        export.write(take.store, NETWORK, "house", out, STEWARD)
    assert not out.exists()
