"""Real files with bytes changed are read or refused, whatever was changed; and what such files once broke."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks import mutated_files
from gis.formats import Layer, Reading
from tests import workbooks

Read = Callable[..., Reading]


@pytest.mark.slow
def test_300_real_files_with_bytes_changed(shared: Path) -> None:
    outcomes = mutated_files.run(300)
    assert outcomes.troubles == []
    assert outcomes.counts.total() >= 300 and outcomes.counts["read"] > 30
    assert outcomes.counts["reader_died"] <= 3


@pytest.mark.parametrize("group", mutated_files._GROUPS)
def test_every_group_has_real_files(group: str, shared: Path) -> None:
    assert mutated_files.seeds(group)


def dbf(*names: bytes) -> bytes:
    """A DBF of text fields of four letters, and one record."""
    fields = b"".join(struct.pack("<11sc4xBB14x", name, b"C", 4, 0) for name in names)
    head = struct.pack("<BBBBIHH20x", 3, 24, 1, 1, 1, 32 + len(fields) + 1, 1 + 4 * len(names))
    return head + fields + b"\r " + b"".join(b"%-4d" % place for place in range(len(names))) + b"\x1a"


def zipped(*members: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def test_two_fields_of_a_dbf_with_one_name(
    child: Read, rows: Callable[[Layer], list[dict[str, Any]]]
) -> None:
    layer = child(zipped(("a.dbf", dbf(b"NAME", b"NAME", b"X"))), "a.zip").layers[0]
    assert layer.columns == ("NAME", "NAME (2)", "X")
    assert [rows(layer)[0][name] for name in layer.columns] == ["0", "1", "2"]
    assert layer.defect_counts == {"heading_repeated": 1}


def test_a_prj_that_says_nothing_is_put_aside_and_asked(shared: Path, child: Read) -> None:
    made = io.BytesIO()
    with (
        zipfile.ZipFile(shared / "thai_admin/bangkok_metropolitan_region_79.zip") as old,
        zipfile.ZipFile(made, "w") as new,
    ):
        for info in old.infolist():
            new.writestr(info.filename, b'GEOGCS["x"' if info.filename.endswith(".prj") else old.read(info))
    reading = child(made.getvalue(), "a.zip")
    assert reading.refusal is None
    assert (reading.layers[0].rows, reading.layers[0].crs) == (79, None)
    assert [(each.code, each.value) for each in reading.defects] == [("crs_unknown", ".prj")]


@pytest.mark.parametrize(("kind", "member"), [("xlsx", "xl/worksheets/sheet1.xml"), ("ods", "content.xml")])
def test_a_member_that_does_not_unpack_is_a_damaged_archive(kind: str, member: str, child: Read) -> None:
    """Its data overwritten where it lies: neither its size nor its name tells."""
    content = getattr(workbooks, kind)({"s": [["a", "b"], *([str(n), "x" * n] for n in range(200))]})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist()]
        whole = zipped(*members)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        info = archive.getinfo(member)
    start = info.header_offset + 30 + len(member) + 20
    broken = whole[:start] + b"\xff" * 60 + whole[start + 60 :]
    refusal = child(broken, f"a.{kind}").refusal
    assert refusal is not None and refusal.code in ("archive_unreadable", "spreadsheet_unreadable")


def test_a_member_without_a_name_is_left_out(here: Read) -> None:
    # Reading ends a name at a zero byte.
    whole = zipped(("q.q", b"x"), ("a.csv", b"a,b\n1,2\n")).replace(b"q.q", b"\0.q")
    reading = here(whole, "a.zip")
    assert [layer.name for layer in reading.layers] == ["a"]
