"""Numbers given to rows that have none: by their order, by whom they name, by the record that an id says they are."""

from __future__ import annotations

from typing import Any

import hypothesis
import numpy as np
import pandas as pd
import pytest
from hypothesis import strategies as st

from surveys import records
from surveys.intake import numbers as numbers_module
from surveys.intake.keys import make_keys, person
from surveys.intake.numbers import known_numbers

HOUSEHOLD = records.ALL["household"]
# (house, household number, head, source id, our id) of the records here.
HERE = [("1", "1", "นายหนึ่ง", "u1", "a"), ("1", "2", "นายสอง", "u2", "b"), ("2", "1", "นายสาม", None, "c"),
        ("3", "1", None, "u5", "d"), ("3", "2", None, "u6", "e")]  # fmt: skip

Row = tuple[str, str | None, str | None, str | None]
# What a file says: (house, household number, head, source id); and the number each row is given.
CASES: dict[str, tuple[list[Row], list[str | None]]] = {
    "sorted otherwise": ([("1", None, "นายสอง", None), ("1", None, "นายหนึ่ง", None)], ["2", "1"]),
    "a newcomer first": ([("1", None, "นายใหม่", None), ("1", None, "นายหนึ่ง", None)], ["3", "1"]),
    "a number of its own": ([("1", "7", "นายสอง", "u2"), ("1", None, "นายหนึ่ง", None)], [None, "1"]),
    "nobody named, told by an id": ([("1", None, None, "u2"), ("1", None, None, "u1")], ["2", "1"]),
    "nobody named here, told by an id": ([("3", None, "นายลูก", "u6"), ("3", None, None, "u5")], ["2", "1"]),
    # An id that names somebody else is a slip of the pen, not the record.
    "another head under an id": ([("1", None, "นายลูก", "u2"), ("1", None, "นายหนึ่ง", "u1")], ["3", "1"]),
    "nobody named, an id nobody has": ([("1", None, None, "u9"), ("1", None, None, "u1")], ["3", "1"]),
    "nobody named, no id": ([("1", None, None, None), ("1", None, None, None)], ["1", "2"]),
    "an id where the record here has none": ([("2", None, None, "u3"), ("2", None, None, "u4")], ["1", "2"]),
    "the record of an id moved house": ([("2", None, "นายหนึ่ง", "u1"), ("2", None, "นายสาม", None)], ["2", "1"]),
    "two rows with one id": ([("1", None, None, "u1"), ("1", None, None, "u1")], ["1", "1"]),
    "our own id": ([("1", None, None, "id:b"), ("1", None, None, "id:a")], ["2", "1"]),
}  # fmt: skip


def column(values: list[str | None]) -> pd.Series:
    return pd.Series(values, dtype="str")


def here(records: list[Any] = HERE) -> pd.DataFrame:
    houses, numbers, heads, sources, own = zip(*records, strict=True)
    keys = [
        f"house_seq={house}|household_no={number}|" for house, number in zip(houses, numbers, strict=True)
    ]
    return pd.DataFrame({
        "fid": range(len(records)), "id": column(list(own)), "source_id": column(list(sources)),
        "holder": column([f"ก\x1f{key}" for key in keys]), "head_id": column([None] * len(records)),
        "head_name": person(column(list(heads))),
    })  # fmt: skip


def given(rows: list[Row], *, ids: bool = True, known: list[Any] = HERE) -> list[str | None]:
    houses, numbers, heads, told = (column(list(values)) for values in zip(*rows, strict=True))
    said = {"community": column(["ก"] * len(rows)), "house_seq": houses, "household_no": numbers}
    keys = make_keys(HOUSEHOLD, said.get, column([None] * len(rows)), {})
    rivals = pd.DataFrame({"head_id": column([None] * len(rows)), "head_name": person(heads)})
    own = told.str.startswith("id:").fillna(False).astype(bool)
    by_id = pd.DataFrame({"id": told.str.removeprefix("id:").where(own), "source_id": told.where(~own)})
    found = known_numbers(HOUSEHOLD, keys, lambda: rivals, here(known), by_id if ids else None)
    for number, kept, key in zip(numbers, found.given, found.key, strict=True):
        assert f"household_no={kept if isinstance(kept, str) else number}|" in key
    return [number if isinstance(number, str) else None for number in found.given.replace({np.nan: None})]


@pytest.mark.parametrize("case", CASES)
def test_the_number_a_row_is_given(case: str) -> None:
    rows, wanted = CASES[case]
    assert given(rows) == wanted


def test_without_ids_the_order_tells_rows_that_name_nobody() -> None:
    assert given([("1", None, None, "u2"), ("1", None, None, "u1")], ids=False) == ["1", "2"]


def test_where_nothing_is_here_the_order_tells() -> None:
    rows = column(["1", "1"])
    keys = make_keys(
        HOUSEHOLD, {"community": column(["ก", "ก"]), "house_seq": rows}.get, column([None, None]), {}
    )
    assert known_numbers(HOUSEHOLD, keys, pd.DataFrame, here().iloc[:0]) is keys


HOUSES, NUMBERS = st.sampled_from("1234"), st.sampled_from(["1", "2", "3"])
NAMES = st.none() | st.sampled_from(["นายหนึ่ง", "นายสอง", "นายสาม"])
SOURCES = st.none() | st.sampled_from(["u1", "u2", "u3"])


@hypothesis.settings(max_examples=40)
@hypothesis.given(
    st.lists(st.tuples(HOUSES, NUMBERS, NAMES, SOURCES), min_size=1, max_size=8),
    st.lists(st.tuples(HOUSES, st.none() | NUMBERS, NAMES, SOURCES), min_size=1, max_size=8),
)
def test_houses_looked_at_few_at_a_time_give_the_same_numbers(
    known: list[tuple[str, str, str | None, str | None]], rows: list[Row]
) -> None:
    """Also where an id of another program stands in two houses."""
    here_now = [(*one, f"own{n}") for n, one in enumerate(known)]
    whole = given(rows, known=here_now)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numbers_module, "_AT_ONCE", 1)
        assert given(rows, known=here_now) == whole
