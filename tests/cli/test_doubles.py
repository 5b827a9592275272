"""``mankong doubles``: pairs with their evidence, for people and for scripts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api import cli
from tests.browser.small_city import CODE
from tests.browser.two_lists import build_two_lists

PERSON_ID = "1112034563562"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("doubles") / "city.gpkg"
    build_two_lists(path)
    return path


def run(
    city: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *more: str
) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["mankong", "doubles", "--network", CODE, "--store", str(city), *more])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr()
    code = ended.value.code
    assert isinstance(code, int)
    return code, said.out, said.err


def test_pairs_are_listed_for_people(
    city: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(city, monkeypatch, capsys)
    assert code == 0 and "นายสมชาย ใจดี" in out and "ถูกนับในสองบ้าน" in out and "3 pairs, decided 0" in out
    assert PERSON_ID not in out
    _, out, _ = run(city, monkeypatch, capsys, "--rule", "two_houses")
    assert "ใหม่ มาเอง" in out and "นายสมชาย ใจดี" not in out and "1 pairs" in out


def test_pairs_are_one_object_for_scripts(
    city: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(city, monkeypatch, capsys, "--json")
    told: dict[str, Any] = json.loads(out)
    assert (code, told["network"], told["total"], len(told["pairs"])) == (0, CODE, 3, 3)
    assert {one["rule"] for pair in told["pairs"] for one in pair["evidence"]} == {
        "same_name", "two_houses", "same_number",
    }  # fmt: skip
    assert PERSON_ID not in out


@pytest.mark.parametrize(("option", "value"), [("--rule", "magic"), ("--state", "settled")])
def test_what_is_not_known_is_said(
    city: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], option: str, value: str
) -> None:
    code, _, said = run(city, monkeypatch, capsys, option, value)
    assert code == 2 and f"{option} is one of" in said
