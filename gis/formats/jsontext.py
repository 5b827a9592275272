"""Parsing JSON of strangers: depth looked at before, NaN and Infinity let through to be judged row by row."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from gis.formats.model import Limits, Refused

_BLOCK = 8 << 20
_QUOTE = 2
_MARKS = np.zeros(256, np.int8)  # byte -> 1 opens, -1 closes, 2 quotes
_MARKS[[0x5B, 0x7B]], _MARKS[[0x5D, 0x7D]], _MARKS[0x22] = 1, -1, _QUOTE
_OTHERS = bytes(np.flatnonzero(_MARKS == 0).tolist())
_SOMETHING = re.compile(rb"\S")
_NOT_FINITE = re.compile(rb"\b(?:NaN|Infinity)\b")


def load_bytes(path: Path, limits: Limits) -> bytes:
    """The whole file without a byte order mark; Refused file_too_large, file_empty, nul_byte."""
    size = path.stat().st_size
    if size > limits.json_bytes:
        raise Refused("file_too_large", detail={"bytes": str(size), "limit": str(limits.json_bytes)})
    data = path.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            data = data.decode("utf-16").encode()
        except UnicodeError as error:
            raise Refused("encoding_unknown") from error
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not _SOMETHING.search(data):
        raise Refused("file_empty")
    if b"\0" in data:
        raise Refused("nul_byte", detail={"byte": str(data.index(b"\0"))})
    return data


def parse(data: bytes, limits: Limits) -> Any:
    """The value of one JSON text; Refused json_too_deep or json_unreadable."""
    if depth(data) > limits.json_depth:
        raise Refused("json_too_deep", detail={"limit": str(limits.json_depth)})
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        place = {"line": str(error.lineno), "column": str(error.colno)}
        if not _NOT_FINITE.search(data):
            raise Refused("json_unreadable", detail=place) from error
    try:
        return json.loads(data)  # takes NaN and Infinity, which orjson does not
    except (ValueError, RecursionError) as error:
        raise Refused("json_unreadable", detail=place) from error


def depth(data: bytes) -> int:
    """The deepest nesting of brackets outside strings: a scan without a parser, exact for valid JSON."""
    if b"\\" in data:
        # backslashes stand in strings only: without escaped quotes, every quote left opens or closes one
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    level = deepest = 0
    in_string = False
    for start in range(0, len(data), _BLOCK):
        marks = data[start : start + _BLOCK].translate(None, _OTHERS)
        found = _MARKS[np.frombuffer(marks, np.uint8)]
        inside = (np.cumsum(found == _QUOTE, dtype=np.uint32) & 1).astype(bool) ^ in_string
        in_string = bool(inside[-1]) if len(inside) else in_string
        steps = found[(found != _QUOTE) & ~inside]
        if len(steps):
            levels = level + np.cumsum(steps, dtype=np.int64)
            deepest = max(deepest, int(levels.max()))
            level = int(levels[-1])
    return deepest
