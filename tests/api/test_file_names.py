"""What a file is called, whatever its name was."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from api.file_names import plain_name
from tests.conftest import Intake

NAMES = [
    ("บ้าน.csv", "บ้าน.csv"), ("../../etc/passwd.csv", "passwd.csv"), ("C:\\x\\บ้าน.csv", "บ้าน.csv"), ("", "file"),
    ("a\r\nb.csv", "ab.csv"), ("ก" * 500 + ".csv", "ก" * 196 + ".csv"), ("\ud800", "file"),
    # Bytes of an older Thai system, as Python hands them on.
    (os.fsdecode(b"\xa1\xd2.csv"), "กา.csv"), (os.fsdecode(b"d/\xa1\xd2\xff.csv"), "กา�.csv"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "told"), NAMES)
def test_a_name_can_be_read_and_written(name: str, told: str) -> None:
    assert plain_name(name) == told and plain_name(name).encode("utf-8")


def test_a_file_whose_name_is_no_utf_8_is_taken(take: Intake, tmp_path: Path) -> None:
    file = Path(os.fsdecode(bytes(tmp_path) + b"/\xa1\xd2.csv"))
    file.write_text("ชุมชน,ลำดับบ้าน\nก,1\n", encoding="utf-8")
    report = take(file, plain_name(file.name), type="house")
    assert report["new"] == 1
