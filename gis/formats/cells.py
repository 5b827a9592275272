"""Values of any kind as the text a person would type: "12", "1.5", "2024-01-31", "true", compact JSON."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

_PLAIN = (1e-4, 1e9)  # between these Python and Arrow both write decimals without an exponent
_WHOLE = 2.0**53  # below it every whole float is that integer


def text(value: Any) -> str | None:
    """One value as text; None for none and for an empty string. Floats are shortest, whole ones without
    ".0".
    """
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (dict, list)):
        return _json(value)
    if isinstance(value, bytes):
        return value.hex()
    return str(value)


def _json(value: Any) -> str:
    try:
        return orjson.dumps(value, option=orjson.OPT_PASSTHROUGH_DATETIME, default=str).decode()
    except orjson.JSONEncodeError:
        # whole numbers past 64 bits
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def _number(value: float) -> str | None:
    if value != value:
        return None
    return str(int(value)) if abs(value) < _WHOLE and value == int(value) else repr(value)


def column(values: Iterable[Any]) -> pa.Array:
    """A string array of values of any kind."""
    return pa.array([text(value) for value in values], pa.string())


def sheet_column(values: Sequence[Any]) -> pa.Array:
    """A string array of the cells of a spreadsheet column, "" being an empty cell; fast for texts and
    numbers.
    """
    kinds = set(map(type, values))
    if kinds <= {str}:
        return strings(pa.array(values, pa.string()))
    if kinds <= {float, int, str} and all(value == "" for value in values if type(value) is str):
        numbers = np.array([np.nan if value == "" else value for value in values], dtype=np.float64)
        return _numbers(numbers)
    return column(values)


def _numbers(values: npt.NDArray[np.float64]) -> pa.Array:
    """A string array of floats, NaN being none: by Arrow, which is faster, where it agrees with `text`."""
    empty = np.isnan(values)
    size = np.abs(values)
    whole = empty | ((size < _WHOLE) & (values == np.floor(values)))
    if whole.all():
        return pc.cast(pa.array(np.where(empty, 0, values).astype(np.int64), mask=empty), pa.string())
    if (whole & (size < _PLAIN[1]) | (size >= _PLAIN[0]) & (size < _PLAIN[1]) | empty).all():
        return pc.cast(pa.array(values + 0.0, mask=empty), pa.string())  # + 0.0: no "-0"
    return column(values.tolist())


def strings(array: pa.Array) -> pa.Array:
    """A string array of an Arrow array of any type, by the rules of `text`."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        return strings(array.dictionary_decode())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        plain = array.cast(pa.string())
        return pc.if_else(pc.equal(plain, ""), pa.scalar(None, pa.string()), plain)
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_date32(kind):
        return pc.cast(array, pa.string())
    if pa.types.is_float64(kind):
        return _numbers(array.to_numpy(zero_copy_only=False))
    return column(_python(array))


def _python(array: pa.Array) -> Sequence[Any]:
    if pa.types.is_float32(array.type):
        # the shortest text of a float32 is not that of the same number as a float64
        return [None if item is None else float(item) for item in array.cast(pa.string()).to_pylist()]
    if pa.types.is_timestamp(array.type):
        return list(array.cast(pa.timestamp("us", array.type.tz)).to_pylist())
    return list(array.to_pylist())
