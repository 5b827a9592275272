"""mankong form and mankong sheet, as a person types them."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from pyxform.xls2xform import convert

from api import cli
from tests.api.seen_city import CODE, build
from tests.maps.sheet.reading import texts


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cli-forms") / "city.gpkg"
    build(path)
    return path


def run(monkeypatch: pytest.MonkeyPatch, folder: Path, *words: object) -> int:
    monkeypatch.chdir(folder)
    monkeypatch.delenv("MANKONG_STORE", raising=False)
    monkeypatch.setattr("sys.argv", ["mankong", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_a_blank_form_needs_no_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, more in (
        ("a.xlsx", ()),
        ("b.pdf", ()),
        ("c.xlsx", ("--xlsform",)),
        ("d.XLSX", ("--lang", "en")),
    ):
        assert run(monkeypatch, tmp_path, "form", "household", name, *more) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xlsx", "b.pdf", "c.xlsx", "d.XLSX"]
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames == ["ครัวเรือน", "คำอธิบาย"]
    assert openpyxl.load_workbook(tmp_path / "d.XLSX").sheetnames == ["Household", "Notes"]
    assert texts((tmp_path / "b.pdf").read_bytes())[0].startswith("แบบสำรวจครัวเรือน")
    assert convert(tmp_path / "c.xlsx", warnings=[]).warnings == []


def test_a_form_for_a_network_knows_its_fields_and_houses(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, city: Path
) -> None:
    own = ("--network", CODE, "--store", city)
    assert run(monkeypatch, tmp_path, "form", "household", "own.xlsx", *own) == 0
    assert "แผงลอย" in [cell.value for cell in openpyxl.load_workbook(tmp_path / "own.xlsx").worksheets[0][1]]
    assert run(monkeypatch, tmp_path, "form", "house", "own.pdf", "--community", "K01", *own) == 0
    assert "10/77" in " ".join(texts((tmp_path / "own.pdf").read_bytes()))


def test_a_sheet_is_printed_with_its_closing_day(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, city: Path
) -> None:
    own = ("--network", CODE, "--store", city)
    code = run(
        monkeypatch,
        tmp_path,
        "sheet",
        "checking",
        "sheet.pdf",
        "--paper",
        "a4",
        "--closing",
        "31/12/2569",
        *own,
    )
    assert code == 0
    said = texts((tmp_path / "sheet.pdf").read_bytes())
    assert "ผังชุมชนฉบับตรวจทาน" in said[0] and "นางมณี ใจเย็น" in said[-1] and "31 ธ.ค. 2569" in said[-1]


WRONG = [
    ("form land_proposal x.xlsx", 2),
    ("form dragon x.xlsx", 2),
    ("form household x.docx", 2),
    ("form household x.pdf --xlsform", 2),
    ("form household nowhere/x.pdf", 2),
    ("form household x.pdf --network NOWHERE --store {store}", 2),
    ("form household x.pdf --network {code} --store missing.gpkg", 6),
    ("form household x.pdf --network {code} --community ดาวอังคาร --store {store}", 2),
    ("sheet posted x.pdf --network {code} --store {store}", 2),
    ("sheet checking x.pdf --network {code} --paper A0 --store {store}", 2),
    ("sheet checking x.pdf --network {code} --closing soon --store {store}", 2),
    ("sheet checking {store} --network {code} --store {store}", 2),
]


@pytest.mark.parametrize(("command", "code"), WRONG)
def test_what_cannot_be_made_is_said_and_no_file_is_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, city: Path, command: str,
    code: int,
) -> None:  # fmt: skip
    size = city.stat().st_size
    assert run(monkeypatch, tmp_path, *command.format(code=CODE, store=city).split()) == code
    said = capsys.readouterr()
    assert said.out == "" and len(said.err.strip().splitlines()) == 2 and "Traceback" not in said.err
    assert list(tmp_path.iterdir()) == [] and city.stat().st_size >= size
