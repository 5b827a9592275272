"""A file that is read before anybody has asked for it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from gis.formats import ReadOptions, reading
from gis.formats.reading import begun, is_begun, read
from tests.processes import lives

USUAL = ReadOptions()
THAI = "ชุมชน,บ้าน\nก,1\nข,2\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "บ้าน\nสองบรรทัด.csv"
    path.write_text(THAI, encoding="utf-8")
    return path


def at_work(work: Path) -> int:
    """The process that reads into a folder."""
    return reading._begun[work / "request.json"][1].pid


def test_what_was_begun_is_what_is_read(file: Path, tmp_path: Path) -> None:
    work, rows = tmp_path / "work", list[int]()
    with begun(file, file.name, USUAL, work):
        assert is_begun(work)
        child = at_work(work)
        found = read(file, file.name, USUAL, work, lambda done, total: rows.append(done))
        assert not is_begun(work) and not lives(child)
    assert found.refusal is None and found.layers[0].rows == 2 and rows[-1] == 2
    assert found.layers[0].columns == ("ชุมชน", "บ้าน")


@pytest.mark.parametrize(
    ("name", "options"),
    [("other.csv", USUAL), (None, ReadOptions(encoding="cp874")), (None, ReadOptions(layer=("ไม่มี",)))],
    ids=["name", "encoding", "layer"],
)
def test_a_file_asked_for_otherwise_is_read_anew(
    file: Path, tmp_path: Path, name: str | None, options: ReadOptions
) -> None:
    work, name = tmp_path / "work", name or file.name
    with begun(file, file.name, USUAL, work):
        child = at_work(work)
        found = read(file, name, options, work)
    assert not lives(child)
    plain = read(file, name, options, tmp_path / "plain")
    assert (found.refusal, [layer.name for layer in found.layers]) == (
        plain.refusal,
        [layer.name for layer in plain.layers],
    )
    assert [layer.columns for layer in found.layers] == [layer.columns for layer in plain.layers]


def test_what_nobody_asks_for_ends(file: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    with pytest.raises(ZeroDivisionError), begun(file, file.name, USUAL, work):
        child = at_work(work)
        raise ZeroDivisionError
    assert not lives(child) and not is_begun(work)


def test_a_child_that_died_meanwhile_is_a_refusal(file: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    with begun(file, file.name, USUAL, work):
        reading._begun[work / "request.json"][1].kill()
        found = read(file, file.name, USUAL, work)
    assert found.refusal is not None and found.refusal.code == "reader_died"


def test_a_child_that_waits_reads_the_next_file(file: Path, tmp_path: Path) -> None:
    reading.warm()
    waiting = reading._waiting[-1].pid
    time.sleep(0.2)
    with begun(file, file.name, USUAL, tmp_path / "work"):
        assert at_work(tmp_path / "work") == waiting
