"""The key of a store: made once, known again, never replaced in silence."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from surveys.errors import StoreUnavailable
from surveys.privacy import Vault
from surveys.store.store import Store


def _key(store_path: Path) -> Path:
    return store_path.with_name(store_path.name + ".key")


def _opened(path: Path) -> Store:
    return Store.open(path)


@pytest.mark.parametrize("harm", ["gone", "another", "cut"])
def test_a_store_without_its_key_says_so(store_path: Path, harm: str) -> None:
    first = _opened(store_path)
    sealed = first.vault.seal("1112034563562")
    first.close()
    key = _key(store_path)
    kept = key.read_bytes()
    key.unlink()
    if harm == "another":
        Vault.at(key)
    if harm == "cut":
        key.write_bytes(kept[:7])
    again = _opened(store_path)
    with pytest.raises(StoreUnavailable, match="key"):
        again.vault.open(sealed)
    key.write_bytes(kept)
    assert again.vault.open(sealed) == "1112034563562"
    again.close()


def test_a_key_is_made_once_and_for_its_owner(tmp_path: Path) -> None:
    path, found = tmp_path / "a.key", []
    threads = [threading.Thread(target=lambda: found.append(Vault.at(path).key)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1 and len(found[0]) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["a.key"]
