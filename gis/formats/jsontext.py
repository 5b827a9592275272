"""Parsing JSON of strangers: depth looked at before, NaN and Infinity let through to be judged row by row."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from gis.formats.model import Limits, Refused

# A piece this large and what is made of it stay in the processor's cache: twice as fast as larger ones.
BLOCK = 1 << 20
_QUOTE = 2
_MARKS = np.zeros(256, np.int8)  # byte -> 1 opens, -1 closes, 2 quotes
_MARKS[[0x5B, 0x7B]], _MARKS[[0x5D, 0x7D]], _MARKS[0x22] = 1, -1, _QUOTE
_OTHERS = bytes(np.flatnonzero(_MARKS == 0).tolist())
_SOMETHING = re.compile(rb"\S")
NOT_FINITE = re.compile(rb"\b(?:NaN|Infinity)\b")
# What digits are in a text, and the fewest that 64 bits do not hold, behind a minus or not.
_DIGITS = bytes(0x30 if chr(byte) in "0123456789" else 0x2E for byte in range(256))
_LONG = b"0" * 19
_LONG_WHOLE = re.compile(rb"(?:-\d|[\s\[,:]?\d\d)\d{18,}(?![\d.eE])")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def blocks(path: Path) -> Iterator[bytes]:
    """The text of a file in UTF-8 without a byte order mark, in parts of about BLOCK bytes, none empty.

    Raises Refused encoding_unknown or nul_byte when it comes to that.
    """
    done = 0
    with path.open("rb", buffering=0) as file:
        wide = file.read(2) in _UTF16
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-16")() if wide else None
        ended = False
        while not ended:
            block = file.read(BLOCK)
            ended = not block
            if decoder:
                try:
                    block = decoder.decode(block, final=ended).encode()
                except UnicodeError as error:
                    raise Refused("encoding_unknown") from error
            if not done:
                block = block.removeprefix(b"\xef\xbb\xbf")
            if b"\0" in block:
                raise Refused("nul_byte", detail={"byte": str(done + block.index(b"\0"))})
            done += len(block)
            if block:
                yield block


def load_bytes(path: Path, limits: Limits) -> bytes:
    """The whole file without a byte order mark; Refused file_too_large, file_empty, nul_byte."""
    size = path.stat().st_size
    if size > limits.json_bytes:
        raise Refused("file_too_large", detail={"bytes": str(size), "limit": str(limits.json_bytes)})
    data = b"".join(blocks(path))
    if not _SOMETHING.search(data):
        raise Refused("file_empty")
    return data


def parse(data: bytes, limits: Limits) -> Any:
    """The value of one JSON text; Refused json_too_deep or json_unreadable."""
    if depth(data) > limits.json_depth:
        raise Refused("json_too_deep", detail={"limit": str(limits.json_depth)})
    try:
        return value(data)
    except orjson.JSONDecodeError as error:
        place = {"line": str(error.lineno), "column": str(error.colno)}
        raise Refused("json_unreadable", detail=place) from error


def value(data: bytes) -> Any:
    """The value of one JSON text whose depth is known to be small; orjson.JSONDecodeError when it has none."""
    try:
        made = orjson.loads(data)
        # orjson rounds whole numbers past 64 bits, such as long ids; Python has their every digit
        return json.loads(data) if _holds_long_whole(data) else made
    except orjson.JSONDecodeError:
        if NOT_FINITE.search(data):
            with suppress(ValueError, RecursionError):
                return json.loads(data)  # takes NaN and Infinity, which orjson does not
        raise


def _holds_long_whole(data: bytes) -> bool:
    """Whether a JSON text may hold a whole number past 64 bits; never False when it does."""
    plain = data.translate(_DIGITS)
    at = plain.find(_LONG)
    while at >= 0:
        if _LONG_WHOLE.match(data, max(0, at - 1)):
            return True
        ends = plain.find(b".", at)
        at = plain.find(_LONG, ends) if ends >= 0 else -1
    return False


def depth(data: bytes) -> int:
    """The deepest nesting of brackets outside strings: a scan without a parser, exact for valid JSON."""
    nesting = Nesting()
    for start in range(0, len(data), BLOCK):
        nesting.feed(data[start : start + BLOCK])
    return nesting.deepest


@dataclass(frozen=True)
class Brackets:
    """The brackets outside strings in a block of text: which of its `marks` (brackets and quotes) each is,
    1 for opening and -1 for closing, and the level behind it. `text` is the block with escapes blotted out.
    """

    text: bytes
    marks: int
    which: npt.NDArray[np.int64]
    steps: npt.NDArray[np.int8]
    levels: npt.NDArray[np.int64]

    def places(self, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The places of brackets in the block, in bytes."""
        if not len(numbers):
            return numbers
        return np.flatnonzero(_MARKS[np.frombuffer(self.text, np.uint8)])[self.which[numbers]]

    def place(self, number: int) -> int:
        """The place of one bracket in the block, in bytes; quick when it is near the end."""
        behind = self.marks - 1 - int(self.which[number])
        width = 4096
        while True:
            start = max(0, len(self.text) - width)
            found = np.flatnonzero(_MARKS[np.frombuffer(self.text, np.uint8, offset=start)])
            if len(found) > behind:
                return start + int(found[-1 - behind])
            width *= 8


class Nesting:
    """Follows the nesting of brackets through a JSON text; exact for whatever a valid one may begin with."""

    def __init__(self) -> None:
        self.level = 0
        self.deepest = 0
        self._in_string = False
        self._escaped = False

    def feed(self, block: bytes) -> Brackets:
        """The brackets of the next part of the text, which is not empty."""
        # Backslashes stand in strings only: without escaped quotes, every quote left opens or closes one.
        text = b"_" + block[1:] if self._escaped else block
        if b"\\" in text:
            text = text.replace(b"\\\\", b"__").replace(b'\\"', b"__")
        self._escaped = text.endswith(b"\\")
        marks = _MARKS[np.frombuffer(text.translate(None, _OTHERS), np.uint8)]
        quotes = marks == _QUOTE
        inside = (np.cumsum(quotes, dtype=np.uint32) & 1).astype(bool) ^ self._in_string
        self._in_string = bool(inside[-1]) if len(inside) else self._in_string
        which = np.flatnonzero(~(quotes | inside))
        steps = marks[which]
        levels = self.level + np.cumsum(steps, dtype=np.int64)
        if len(levels):
            self.deepest = max(self.deepest, int(levels.max()))
            self.level = int(levels[-1])
        return Brackets(text, len(marks), which, steps, levels)
