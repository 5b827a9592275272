"""Whoever types a command is the steward of this machine; the rights are asked all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from api import cli, cli_options
from surveys.roles import ROLES, Actor, local
from tests.api.seen_city import CODE, build

READING = (
    "network list",
    "history --network {code}",
    "analyse counts --network {code}",
    "analyse landowners --network {code} --json",
    "map --network {code} {out}.html",
    "export --network {code} --type household {out}.csv",
    "check",
)
# What a member of the public may: the names of the networks are public.
OPEN = {"network list"}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("actor") / "city.gpkg"
    build(made)
    return made


def run(monkeypatch: pytest.MonkeyPatch, command: str, path: Path, out: Path) -> int:
    words = command.format(code=CODE, out=out).split()
    monkeypatch.setattr("sys.argv", ["mankong", *words, "--store", str(path)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.mark.parametrize("command", READING)
def test_the_steward_reads_everything(
    monkeypatch: pytest.MonkeyPatch, path: Path, tmp_path: Path, command: str
) -> None:
    assert cli_options.person().role == local("ก").role == "steward"
    assert run(monkeypatch, command, path, tmp_path / "out") == 0


@pytest.mark.parametrize("command", READING)
def test_a_command_asks_the_right_as_a_page_does(
    monkeypatch: pytest.MonkeyPatch,
    path: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    command: str,
) -> None:
    monkeypatch.setattr(cli_options, "local", lambda name: Actor(name, "public"))
    code, said = run(monkeypatch, command, path, tmp_path / "out"), capsys.readouterr()
    if command in OPEN:
        assert code == 0
        return
    assert code == 5 and said.out == ""
    assert ROLES["steward"].en in said.err and ROLES["steward"].th in said.err
    assert list(tmp_path.iterdir()) == []
