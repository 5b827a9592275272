"""Which encoding a text is in: declared, byte order mark, strict UTF-8, else Thai CP874 where it fits,
else unknown.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from gis.formats.model import Refused

BLOCK = 4 << 20
# In UTF-8 a byte from the first on begins a letter of up to four bytes, one from the second on is of one.
_BEGINS_LETTER, _HIGH, _LETTER_BYTES = 0xC0, 0x80, 4
THAI = "cp874"
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_UNDEFINED_874 = bytes(byte for byte in range(0x80, 0x100) if bytes([byte]).decode(THAI, "replace") == "�")
# Python's registry also has codecs that are no character sets ("hex", "punycode").
_TEXT_CODECS = (
    "utf-8",
    "utf-16",
    "utf-32",
    "cp",
    "iso8859",
    "tis-620",
    "mac",
    "koi8",
    "big5",
    "gb",
    "euc",
    "shift_jis",
    "ascii",
    "latin",
    "hz",
)
_FORMULA = tuple(b"'" + sign for sign in (b"=", b"+", b"-", b"@", b"\t", b"\r"))


@dataclass(frozen=True)
class TextSurvey:
    """What one pass over the bytes found: encoding and how it was found, and marks that cost time if
    present.
    """

    encoding: str
    note: str
    formula_guards: bool
    longest_line: int


@dataclass
class _Scan:
    """What a pass over the bytes in one encoding found; `high` is the first block with bytes above 127."""

    fits: bool = True
    guards: bool = False
    high: bytes = b""
    longest_line: int = 0


def codec_name(text: str) -> str | None:
    """Python's codec of an encoding as people and .cpg files write it ("OEM 874", "UTF8", "88591"); else
    None.
    """
    plain = text.strip().strip("\0").lower()
    number = re.search(r"\d{3,5}$", plain)
    part = re.search(r"8859[- _]?(\d{1,2})$", plain)
    tries = [plain, plain.replace(" ", "-")]
    tries += [f"iso8859-{part[1]}"] if part else [f"cp{number[0]}"] if number else []
    for candidate in tries:
        try:
            name = codecs.lookup(candidate).name
        except (LookupError, ValueError):
            continue  # not a spelling Python knows; the next may be
        if name.startswith(_TEXT_CODECS):
            return name
    return None


def looks_thai(data: bytes) -> bool:
    """Whether single-byte text may be Thai: its high bytes come in runs, not alone beside Latin letters."""
    if not data or any(byte in data for byte in _UNDEFINED_874):
        return not data
    values = np.frombuffer(b" " + data + b" ", np.uint8)
    high = values > 0x7F
    letter = (values | 0x20) - np.uint8(0x61) < 26  # uint8 wraps round: True for A-Z and a-z only
    alone = high[1:-1] & ~high[:-2] & ~high[2:] & (letter[:-2] | letter[2:])
    return int(alone.sum()) * 2 <= int(high.sum())


def survey(path: Path, forced: str | None) -> TextSurvey:
    """Read a text file once and say its encoding; Refused nul_byte, encoding_wrong or encoding_unknown."""
    with path.open("rb") as file:
        head = file.read(4)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    encoding = codec_name(forced) if forced else marked or "utf-8"
    if encoding is None:
        raise Refused("encoding_wrong", value=forced)
    if encoding == "utf-8" and marked == "utf-8-sig":
        encoding = marked
    scan = _scanned(path, encoding)
    if scan.fits:
        return TextSurvey(encoding, "declared" if forced else encoding, scan.guards, scan.longest_line)
    if forced or marked:
        raise Refused("encoding_wrong", value=forced or marked)
    if looks_thai(scan.high) and _scanned(path, THAI).fits:
        return TextSurvey(THAI, "cp874 guessed", scan.guards, scan.longest_line)
    raise Refused("encoding_unknown")


def _scanned(path: Path, encoding: str) -> _Scan:
    takes = _Utf8().takes if encoding in ("utf-8", "utf-8-sig") else _Decoded(encoding).takes
    wide = encoding.startswith(("utf-16", "utf-32"))
    scan, line, edge = _Scan(guards=wide), 0, b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            if not wide and b"\0" in block:
                raise Refused("nul_byte", detail={"byte": str(file.tell() - len(block) + block.index(b"\0"))})
            marked = b"'" in block and any(mark in block for mark in _FORMULA)
            scan.guards = scan.guards or marked or edge + block[:1] in _FORMULA
            edge = block[-1:]
            scan.high = scan.high or (b"" if block.isascii() else block)
            scan.fits = scan.fits and takes(block)
            line = _measured(scan, block, line)
    scan.fits = scan.fits and takes(b"", final=True)
    return scan


def _measured(scan: _Scan, block: bytes, begun: int) -> int:
    """Note the longest line up to the end of a block; return how much of its last line is there."""
    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n"))
    if not len(ends):
        scan.longest_line = max(scan.longest_line, begun + len(block))
        return begun + len(block)
    within = int(np.diff(ends).max(initial=1)) - 1
    last = len(block) - 1 - int(ends[-1])
    scan.longest_line = max(scan.longest_line, begun + int(ends[0]), within, last)
    return last


class _Decoded:
    """Whether bytes are text of an encoding, block after block."""

    def __init__(self, encoding: str) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)()

    def takes(self, block: bytes, final: bool = False) -> bool:
        try:
            return "\0" not in self._decoder.decode(block, final)
        except UnicodeError:
            return False


class _Utf8:
    """Whether bytes are UTF-8, block after block: Arrow only looks, and makes no text of them."""

    def __init__(self) -> None:
        self._begun = b""

    def takes(self, block: bytes, final: bool = False) -> bool:
        whole = self._begun + block
        cut = len(whole) if final else _before_last_letter(whole)
        self._begun = whole[cut:]
        ends = np.array([0, cut], np.int64)
        text = pa.LargeBinaryArray.from_buffers(
            pa.large_binary(), 1, [None, pa.py_buffer(ends), pa.py_buffer(whole)]
        )
        try:
            text.cast(pa.large_string())
        except pa.ArrowInvalid:
            return False
        return True


def _before_last_letter(block: bytes) -> int:
    """Return where the last letter of a block of UTF-8 begins that may go on in the next one; else its length."""
    for back in range(1, min(_LETTER_BYTES, len(block)) + 1):
        byte = block[-back]
        if byte >= _BEGINS_LETTER:
            return len(block) - back
        if byte < _HIGH:
            break
    return len(block)
