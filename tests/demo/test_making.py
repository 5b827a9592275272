"""Making the demonstration city: whole or not there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api import demo
from demo import steps
from surveys import networks
from surveys.errors import Refused, StoreUnavailable
from surveys.store.store import Store
from tests.conftest import STEWARD


def half(store: Store) -> list[dict[str, Any]]:
    """Add the network, then be interrupted."""
    networks.add(store, STEWARD, steps.NETWORK_CODE, "เมือง")
    raise KeyboardInterrupt


def whole(store: Store) -> list[dict[str, Any]]:
    """A city as far as making it is concerned: a network with a key and a file."""
    networks.add(store, STEWARD, steps.NETWORK_CODE, "เมือง")
    assert store.vault.key
    (store.files / "raw").mkdir(mode=0o700)
    (store.files / "raw" / "x").write_text("x")
    return []


def test_an_interrupted_city_is_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mankong.gpkg"
    monkeypatch.setattr(demo, "fill", half)
    with pytest.raises(KeyboardInterrupt):
        demo.make(path)
    assert not list(tmp_path.iterdir())
    # A killed run could not clean up; a store that was deleted left its key and its journal.
    (tmp_path / "mankong.gpkg.making").mkdir()
    (tmp_path / "mankong.gpkg.making" / "mankong.gpkg").write_text("half")
    (tmp_path / "mankong.gpkg-wal").write_text("stale")
    monkeypatch.setattr(demo, "fill", whole)
    demo.make(path)
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "mankong.gpkg",
        "mankong.gpkg.files",
        "mankong.gpkg.key",
    ]
    assert (tmp_path / "mankong.gpkg.files").stat().st_mode & 0o077 == 0
    assert (tmp_path / "mankong.gpkg.files" / "raw" / "x").read_text() == "x"
    assert path.stat().st_mode & 0o077 == 0
    store = Store.open(path)
    assert store.networks() == [steps.NETWORK_CODE]
    store.close()

    # The proposals are missing, so this one is not complete.
    with pytest.raises(Refused, match="half made"):
        demo.make(path)
    monkeypatch.setattr(steps, "PROPOSALS", ())
    capsys.readouterr()
    demo.make(path)
    assert "is kept" in capsys.readouterr().out


def test_the_key_of_a_deleted_store_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mankong.gpkg"
    monkeypatch.setattr(demo, "fill", whole)
    demo.make(path)
    key = (tmp_path / "mankong.gpkg.key").read_bytes()
    path.unlink()
    demo.make(path)
    assert (tmp_path / "mankong.gpkg.key").read_bytes() == key


def test_a_store_with_another_network_gets_the_city_too(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "fill", whole)
    demo.make(store.path)
    assert steps.NETWORK_CODE in store.networks() and len(store.networks()) == 2


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be made"):
        demo.make(tmp_path / "nodir" / "x.gpkg")
