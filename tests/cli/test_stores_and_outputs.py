"""The command line at its edges: which stores it opens, and which files it writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from api import cli
from surveys.store.store import Store
from tests.conftest import NETWORK, Intake

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs ``mankong`` as a shell does; gives its exit code and what it said on stderr."""

    def command(*words: object) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["mankong", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        code = ended.value.code
        assert isinstance(code, int)
        return code, capsys.readouterr().err

    return command


def test_no_command_writes_over_the_store(take: Intake, run: Run) -> None:
    take.rows([{"ชุมชน": "ก", "ลำดับบ้าน": "1"}], "house.csv")
    path = take.store.path
    where = ("--network", NETWORK, "--store", path)
    for command in (
        ("export", path, "--type", "house"),
        ("map", path),
        ("map", f"{path}.key"),
        ("analyse", "completeness", "--out", path),
    ):
        code, said = run(*command, *where)
        assert (code, "belongs to the store" in said) == (2, True), command
    store = Store.open(path)
    assert store.counts(NETWORK)["house"] == 1
    store.close()


def test_outputs_are_written_where_asked(take: Intake, run: Run) -> None:
    take.rows([{"ชุมชน": "ก", "ลำดับบ้าน": "1"}], "house.csv")
    where = ("--network", NETWORK, "--store", take.store.path)
    out = take.folder / "out"
    out.mkdir()
    for command in (
        ("export", out / "h.gpkg", "--type", "house"),
        ("map", out / "m.html"),
        ("analyse", "completeness", "--out", out / "c.csv"),
    ):
        assert run(*command, *where)[0] == 0, command
    assert sorted(path.name for path in out.iterdir()) == ["c.csv", "h.gpkg", "m.html"]
    code, said = run("map", Path(take.folder / "nowhere" / "m.html"), *where)
    assert code == 2 and "cannot be written" in said


@pytest.mark.parametrize("given", ["option", "environment"])
@pytest.mark.parametrize(
    "words", [["network", "list"], ["network", "add", "A", "ก"], ["check"], ["demo"], ["serve"]]
)
def test_a_database_server_is_refused_in_a_sentence(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch, given: str, words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    address = "postgresql://somebody:secret@h/db"
    if given == "environment":
        monkeypatch.setenv("MANKONG_STORE", address)
    code, said = run(*words, *(["--store", address] if given == "option" else []))
    assert code == 6 and "Only a GeoPackage file is served for now, not postgresql." in said
    assert "secret" not in said and len(said.splitlines()) == 2
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_said(tmp_path: Path, run: Run) -> None:
    code, said = run("network", "add", "A", "ก", "--store", tmp_path / "nodir" / "x.gpkg")
    assert code == 6 and "The store x.gpkg cannot be made in the folder nodir: No such file" in said
    assert run("network", "list", "--store", tmp_path / "nodir" / "x.gpkg")[0] == 6
