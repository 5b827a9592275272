"""One long array of a JSON document, or its lines, piece by piece: what the whole would give, in little memory.

The brackets say where an element ends (exact for valid JSON), and the parser proves it: the pieces, what stands
before the array and what stands behind it are each parsed as JSON, so together they are valid JSON. A document
that is not valid is refused, wherever it was cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from gis.formats import jsontext
from gis.formats.jsontext import Brackets
from gis.formats.model import Limits, Refused

# An array that is to be read in pieces begins within this many bytes, and the first of several lines ends there.
HEAD = 4 << 20
# A stretch in which no element ends is looked at when it is this many blocks long, and whenever it has doubled.
_STRETCH = 16
_SPACE = b" \t\r\n"
_AROUND = b"\x1e\r\t "  # around the text of a line
_KEY_BYTES = 1000
_NOT_ASCII = bytes(range(128, 256))
_SOMETHING = re.compile(rb"[^\x1e\s]")


class Pieces:
    """The elements of the array called `name` of a file's object, or of the array that is the whole file.

    `keyed` says that it is an object's; `members` holds the other members of the object: those before the array
    at first, all when the pieces have been read to the end. `repeated` says that the name comes again behind it.
    """

    def __init__(self, path: Path, name: str, limits: Limits) -> None:
        self.keyed = self.repeated = False
        self.members: dict[str, Any] = {}
        self._name = name
        self._limits = limits
        self._blocks = jsontext.blocks(path)
        self._nesting = jsontext.Nesting()
        self._level = 0  # inside the array
        self._first: tuple[bytes, Brackets, int] | None = None  # a block, its brackets, which opens the array
        self._done = 0  # bytes parsed

    def found(self) -> bool:
        """Whether the array begins near the beginning of the file, which is read so far; Refused if broken."""
        raw = plain = b""
        begun = False
        for block in self._blocks:
            brackets = self._feed(block)
            plain += brackets.text
            opening = np.flatnonzero((brackets.steps > 0) & (brackets.levels <= 2))
            for number, place in zip(opening.tolist(), brackets.places(opening).tolist(), strict=True):
                level, at = int(brackets.levels[number]), len(raw) + place
                if level == 1 and begun:
                    return False  # something after the whole value
                begun = True
                if plain.startswith(b"[", at) and self._is_ours(plain, at, level):
                    self._first = block, brackets, number
                    self._level, self.keyed = level, level == 2
                    if self.keyed:
                        self.members = self._value(b"", raw + block[:place], b"[]}")
                    self._done = at
                    return True
            raw += block
            if len(raw) > HEAD:
                break
        return False

    def _is_ours(self, plain: bytes, at: int, level: int) -> bool:
        if level == 1:
            return not plain[:at].strip(_SPACE)
        key = plain[max(0, at - _KEY_BYTES) : at].rstrip(_SPACE)
        return key.endswith(b":") and key[:-1].rstrip(_SPACE).endswith(b'"%s"' % self._name.encode())

    def __iter__(self) -> Iterator[list[Any]]:
        """The elements in order, some at a time; raises Refused where the document is at fault."""
        if self._first is None:
            raise ValueError("no array was found")
        first, found, opening = self._first
        rest = ((each, self._feed(each), 0, 0) for each in self._blocks)
        waiting: list[bytes] = []
        before = b""
        for block, brackets, begin, start in chain([(first, found, opening + 1, found.place(opening))], rest):
            levels, steps = brackets.levels[begin:], brackets.steps[begin:]
            over = np.flatnonzero(levels < self._level)
            if len(over):
                end = brackets.place(begin + int(over[0])) + 1
                yield self._elements(before, [*waiting, block[start:end]], b"")
                self._end(block[end:])
                return
            borders = np.flatnonzero((levels == self._level) & (steps < 0))
            if len(borders):
                cut = brackets.place(begin + int(borders[-1])) + 1
                yield self._elements(before, [*waiting, block[start:cut]], b"]")
                waiting, start = [], cut
                before = b"[[]"  # the comma that comes next in the file is for the parser to see
            waiting.append(block[start:])
            self._look_at(before, waiting)
        self._value(before, b"".join(waiting))
        raise Refused("json_unreadable", detail={"byte": str(self._done)})

    def _feed(self, block: bytes) -> Brackets:
        brackets = self._nesting.feed(block)
        if self._nesting.deepest > self._limits.json_depth:
            raise Refused("json_too_deep", detail={"limit": str(self._limits.json_depth)})
        return brackets

    def _elements(self, before: bytes, parts: list[bytes], behind: bytes) -> list[Any]:
        text = b"".join(parts)
        elements: list[Any] = self._value(before, text, behind)
        self._done += len(text)
        return elements[1:] if before else elements

    def _look_at(self, before: bytes, waiting: list[bytes]) -> None:
        """Refuse a long stretch that is broken before it fills the memory, and one past the limit."""
        count = len(waiting)
        _must_fit(waiting, self._limits)
        if count < _STRETCH or count & (count - 1):
            return
        text = b"".join((before, *waiting)).rstrip(_NOT_ASCII)
        if jsontext.NOT_FINITE.search(text):
            return
        try:
            orjson.loads(text)
        except orjson.JSONDecodeError as error:
            if error.pos < len(error.doc) // 2:
                raise self._unreadable(before, error) from error

    def _end(self, text: bytes) -> None:
        parts = [text]
        for block in self._blocks:
            self._feed(block)
            parts.append(block)
            _must_fit(parts, self._limits)
        if not self.keyed:
            self._value(b"[]", b"".join(parts))
            return
        behind = self._value(b'{"":[]', b"".join(parts))
        self.repeated = self._name in behind
        self.members |= behind

    def _value(self, before: bytes, text: bytes, behind: bytes = b"") -> Any:
        try:
            return jsontext.value(b"".join((before, text, behind)))
        except orjson.JSONDecodeError as error:
            raise self._unreadable(before, error) from error

    def _unreadable(self, before: bytes, error: orjson.JSONDecodeError) -> Refused:
        byte = self._done + max(0, len(error.doc[: error.pos].encode()) - len(before))
        return Refused("json_unreadable", detail={"byte": str(byte)})


def _must_fit(parts: list[bytes], limits: Limits) -> None:
    size = sum(map(len, parts))
    if size > limits.json_bytes:
        raise Refused("file_too_large", detail={"bytes": str(size), "limit": str(limits.json_bytes)})


def head(path: Path) -> bytes:
    """The first HEAD bytes of a text, or a little more."""
    parts: list[bytes] = []
    for block in jsontext.blocks(path):
        parts.append(block)
        if sum(map(len, parts)) >= HEAD:
            break
    return b"".join(parts)


def are_lines(text: bytes) -> bool:
    """Whether a text begins with a line that is one whole JSON object, and goes on behind it."""
    begins = found.start() if (found := _SOMETHING.search(text)) else 0
    ends = text.find(b"\n", begins)
    first = text[begins:ends].strip(_AROUND) if ends >= 0 else b""
    if not first.endswith(b"}") or not _SOMETHING.search(text, ends):
        return False
    try:
        return isinstance(orjson.loads(first), dict)
    except orjson.JSONDecodeError:
        return False


def lines(path: Path, limits: Limits) -> Iterator[list[Any]]:
    """The values of the lines of a file, some at a time."""
    waiting: list[bytes] = []
    for block in jsontext.blocks(path):
        cut = block.rfind(b"\n") + 1
        if cut:
            yield values(b"".join((*waiting, block[:cut])), limits)
            waiting = []
        waiting.append(block[cut:])
        _must_fit(waiting, limits)
    yield values(b"".join(waiting), limits)


def values(text: bytes, limits: Limits) -> list[Any]:
    """The value of each line of a text that is not blank; a line that cannot be read is an object of no type."""
    found = [line for line in text.split(b"\n") if line.strip(_AROUND)]
    try:
        if jsontext.depth(text) <= limits.json_depth:
            return [jsontext.value(line.strip(_AROUND)) for line in found]
    except orjson.JSONDecodeError:
        return [
            _value(line, limits) for line in found
        ]  # what was seen of the depth holds for good lines only
    return [_value(line, limits) for line in found]


def _value(line: bytes, limits: Limits) -> Any:
    try:
        return jsontext.parse(line.strip(_AROUND), limits)
    except Refused:
        return {"type": "", "text": line.decode("utf-8", "replace")}  # one bad line is one bad row
