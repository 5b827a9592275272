"""Values as text: the fast roads for whole columns say what the slow one says for each cell."""

from __future__ import annotations

import datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.formats import cells

ANY = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(-1e9, 1e9),
    st.integers(-(2**52), 2**52),
    st.just(""),
)


@given(st.lists(ANY, max_size=6))
def test_a_column_of_numbers_reads_like_its_cells(values: list[Any]) -> None:
    assert cells.sheet_column(values).to_pylist() == [cells.text(value) for value in values]


@given(st.lists(st.none() | st.floats(), max_size=6))
def test_a_column_of_floats_reads_like_its_cells(values: list[float | None]) -> None:
    assert cells.strings(pa.array(values, pa.float64())).to_pylist() == [
        cells.text(value) for value in values
    ]


@pytest.mark.parametrize(
    ("array", "texts"),
    [
        (pa.array([1, None], pa.int64()), ["1", None]),
        (pa.array([True, False, None]), ["true", "false", None]),
        (pa.array(["", "ก", None]), [None, "ก", None]),
        (pa.array(["a", "b", "a"]).dictionary_encode(), ["a", "b", "a"]),
        (pa.array([1.1, 12.0, None], pa.float32()), ["1.1", "12", None]),
        (pa.array([datetime.date(2008, 8, 21)]), ["2008-08-21"]),
        (pa.array([datetime.datetime(2008, 8, 21, 14, 30)], pa.timestamp("ns")), ["2008-08-21T14:30:00"]),
        (pa.array([[1, 2]]), ["[1,2]"]),
        (pa.array([{"a": "ก"}]), ['{"a":"ก"}']),
        (pa.array([b"\x01\xff"]), ["01ff"]),
        (pa.nulls(2), [None, None]),
    ],
)
def test_arrow_columns_of_any_type(array: pa.Array, texts: list[str | None]) -> None:
    assert cells.strings(array).to_pylist() == texts
