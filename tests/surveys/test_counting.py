"""What is read to be counted says what the store says, in less memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from surveys import counting
from surveys.planning.analysis import READ
from surveys.planning.place import has_shape, spots
from surveys.records import ALL
from surveys.store.store import Store
from tests.browser import small_city
from tests.conftest import NETWORK


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A small city with records of every kind, and another one beside it."""
    path = Path(tmp_path_factory.mktemp("counting")) / "city.gpkg"
    small_city.build(path)
    return Store.open(path)


@pytest.mark.parametrize("rows", [1, 3, 20_000])
@pytest.mark.parametrize("name", READ)
def test_records_to_be_counted_are_those_of_the_store(
    whole: Store, monkeypatch: pytest.MonkeyPatch, name: str, rows: int
) -> None:
    monkeypatch.setattr(counting, "_ROWS", rows)
    columns = [*(field.name for field in ALL[name].stored if not field.secret), "key", "opened_at", "missing"]
    there = whole.read(small_city.CODE, name, columns)
    found = counting.read(whole, small_city.CODE, name, columns)
    assert len(there) > 1 and found.index.equals(there.index)
    for column in columns:
        told = found[column]
        if isinstance(told.dtype, pd.CategoricalDtype):
            assert set(told.cat.categories) == set(told.dropna())
            told = told.astype("str")
        pd.testing.assert_series_equal(told, there[column])
    if ALL[name].geometry:
        assert has_shape(found).equals(has_shape(there))
        assert np.array_equal(spots(found), spots(there), equal_nan=True)


def test_texts_that_repeat_are_numbers_and_points_are_no_objects(whole: Store) -> None:
    found = counting.read(whole, small_city.CODE, "household", ["community", "key"])
    assert found["community"].dtype == "category" and "geometry" not in found
    assert "geometry" in counting.read(whole, small_city.CODE, "house", ["community"])


@pytest.mark.parametrize("name", READ)
def test_a_network_without_records_has_the_same_columns(store: Store, name: str) -> None:
    columns = [field.name for field in ALL[name].stored if not field.secret]
    found = counting.read(store, NETWORK, name, columns)
    assert len(found) == 0 and set(columns) <= set(found.columns)
