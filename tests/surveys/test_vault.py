"""The key of a store: made once, known again, never replaced in silence."""

from __future__ import annotations

import hmac
import threading
from pathlib import Path

import pytest

from surveys import networks
from surveys.errors import StoreUnavailable
from surveys.intake.examine import Upload, examine
from surveys.intake.options import Options
from surveys.privacy import Vault
from surveys.store.connect import sqlite
from surveys.store.geopackage import GUARD
from surveys.store.store import Store
from tests.conftest import STEWARD


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


def _told(path: Path) -> tuple[bytes, dict[str, bytes]]:
    """The bytes of a store and what lies beside it, its WAL emptied."""
    Store.open(path).close()
    beside = {file.name: file.read_bytes() for file in path.parent.glob(f"{path.name}.key*")}
    return path.read_bytes(), beside


def test_a_first_dry_run_writes_nothing_to_the_store(tmp_path: Path) -> None:
    path = tmp_path / "new.gpkg"
    made = Store.open(path, create=True)
    networks.add(made, STEWARD, "A", "เมือง")
    made.close()
    before = _told(path)
    file = tmp_path / "household.csv"
    file.write_text("ชุมชน,ลำดับบ้าน,ครัวเรือนที่,เลขบัตรประชาชน\nก,1,1,1112034563562\n", encoding="utf-8")
    (tmp_path / "work").mkdir()
    store = Store.open(path)
    upload = Upload(file, file.name, "A", Options(type="household"), tmp_path / "work")
    found = examine(upload, store, STEWARD)
    assert found.total("new") == 1
    store.close()
    assert _told(path) == before and list(before[1]) == ["new.gpkg.key"]


def test_a_store_without_a_mark_gets_it_with_its_next_write(store_path: Path) -> None:
    with sqlite().connect(store_path) as raw:
        raw.create_function(GUARD, 0, lambda: None)
        raw.execute("DELETE FROM mankong_meta WHERE name = 'key'")
    older = _opened(store_path)
    sealed = older.vault.seal("1")
    networks.add(older, STEWARD, "B", "เมือง")
    older.close()
    _key(store_path).unlink()
    again = _opened(store_path)
    with pytest.raises(StoreUnavailable, match="gone"):
        again.vault.open(sealed)
    again.close()


def test_a_digest_is_the_hmac_of_the_text_under_the_key() -> None:
    vault = Vault(bytes(range(32)))
    texts = ["1112034563562", "", "ก" * 200, None]
    told = [
        None if text is None else hmac.digest(vault.key, b"match:" + text.encode(), "sha256").hex()[:32]
        for text in texts
    ]
    assert vault.digest_all(texts) == told


def test_sealed_texts_open_again_in_their_places() -> None:
    vault = Vault(bytes(range(32)))
    texts = ["1112034563562", None, "", "ก" * 200]
    assert [text and vault.open(text) for text in vault.seal_all(texts)] == texts
