"""Opening stores of other ages, and stores that are being written."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from surveys import records
from surveys.errors import StoreUnavailable
from surveys.store.store import Store
from tests.conftest import NETWORK


def test_a_store_that_another_process_writes_opens_at_once(store: Store) -> None:
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE network_state SET revision=revision")
        began = time.monotonic()
        other = Store.open(store.path)
        assert other.networks() == [NETWORK]
        # A writer is waited for half a minute.
        assert time.monotonic() - began < 5
        other.engine.dispose()


def test_an_older_store_gets_the_columns_and_types_it_misses(store_path: Path) -> None:
    store = Store.open(store_path)
    with store.writing() as connection:
        for name in ("house", "house_history"):
            connection.exec_driver_sql(f"ALTER TABLE {name} DROP COLUMN note")
        for name in ("member", "member_history"):
            connection.exec_driver_sql(f"DROP TABLE {name}")
        connection.exec_driver_sql("DELETE FROM gpkg_contents WHERE table_name='member'")
    store.close()
    store = Store.open(store_path)
    with store.reading() as connection:
        for name in ("house", "house_history", "member"):
            there = {row[1] for row in connection.exec_driver_sql(f"PRAGMA table_info({name})")}
            assert "note" in there if name != "member" else there
    assert set(store.counts(NETWORK)) == set(records.ALL)
    store.close()


def test_a_store_of_a_newer_program_is_left_alone(store_path: Path) -> None:
    store = Store.open(store_path)
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE mankong_meta SET value='99' WHERE name='schema'")
    store.close()
    with pytest.raises(StoreUnavailable, match="newer version"):
        Store.open(store_path)
