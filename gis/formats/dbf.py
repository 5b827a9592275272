"""The encoding of a DBF told from its bytes: GDAL trusts a .cpg it does not know and returns garbage."""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from gis.formats import encoding as text
from gis.formats.model import Refused

_SAMPLED = 100_000
# Between texts that are decoded together.
_SEPARATOR = "\x1e"
# Texts of one width, a row of bytes each, padding and all.
_Rows = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class DbfText:
    """The codec of a DBF's texts and how it was found."""

    codec: str
    note: str

    def decode_all(self, latin: Sequence[str]) -> list[str] | None:
        """The texts behind many read as Latin-1; None when one of them does not come out whole."""
        try:
            texts = _SEPARATOR.join(latin).encode("latin-1").decode(self.codec).split(_SEPARATOR)
        except UnicodeError:
            return None
        return texts if len(texts) == len(latin) else None

    def decode(self, latin: str) -> tuple[str, str | None]:
        """The text behind one read as Latin-1, and text_cut or text_undecodable when it does not come
        out whole.
        """
        data = latin.encode("latin-1", "replace")
        try:
            return data.decode(self.codec), None
        except UnicodeDecodeError as error:
            cut = (
                self.codec == "utf-8" and error.end == len(data) and error.reason.startswith("unexpected end")
            )
            whole = data[: error.start].decode(self.codec) if cut else data.decode(self.codec, "replace")
            return whole, "text_cut" if cut else "text_undecodable"


def encoding_of(path: Path | None, declared: str | None, forced: str | None) -> DbfText:
    """The encoding of a DBF: as forced, else as its .cpg says where that decodes, else UTF-8, CP874 or
    Latin-1.

    Raises Refused encoding_wrong when a forced encoding is unknown or does not decode.
    """
    columns = list(_high_rows(path)) if path else []
    if forced:
        codec = text.codec_name(forced)
        if codec is None or not _fit(columns, codec):
            raise Refused("encoding_wrong", value=forced)
        return DbfText(codec, "declared")
    codec = text.codec_name(declared) if declared else None
    if codec and codec not in ("ascii", "iso8859-1") and _fit(columns, codec):
        return DbfText(codec, "declared by .cpg")
    if _fit(columns, "utf-8"):
        return DbfText("utf-8", "utf-8")
    if text.looks_thai(b" ".join(map(_lines, columns))):
        return DbfText(text.THAI, "cp874 guessed")
    return DbfText("latin-1", "latin-1 guessed")


def _fit(columns: Sequence[_Rows], codec: str) -> bool:
    return all(_fits(rows, codec) for rows in columns)


def _fits(rows: _Rows, codec: str) -> bool:
    """Whether every text decodes; a letter cut off at the end of a full UTF-8 field is let pass.

    Those that do not decode together are looked at by halves, so that few are looked at alone.
    """
    try:
        _lines(rows).decode(codec)
        return True
    except UnicodeError:
        if len(rows) > 1:
            half = len(rows) // 2
            return _fits(rows[:half], codec) and _fits(rows[half:], codec)
    try:
        alone = rows[0].tobytes().rstrip(b" \0")
        codecs.getincrementaldecoder(codec)().decode(alone, final=codec != "utf-8")
    except UnicodeError:
        return False
    return True


def _lines(rows: _Rows) -> bytes:
    """The texts as they stand in the file, each with an end of its own."""
    ends = np.full((len(rows), 1), ord("\n"), np.uint8)
    return np.hstack([rows, ends]).tobytes()


def _high_rows(path: Path) -> Iterator[_Rows]:
    """Texts (and field names) with bytes above 127, column by column, at most 100,000 of each."""
    with path.open("rb") as file:
        head = file.read(32)
        if len(head) < 32:
            return
        header_size, record_size = struct.unpack_from("<HH", head, 8)
        fields = _fields(file.read(max(0, header_size - 32)))
    yield from (np.frombuffer(name, np.uint8)[None] for name, _, _ in fields if not name.isascii())
    count = (path.stat().st_size - header_size) // record_size if record_size else 0
    if count <= 0:
        return
    records = np.memmap(path, np.uint8, "r", header_size, (count, record_size))
    for _, at, width in fields:
        column = np.ascontiguousarray(records[:, at : at + width])
        high = column[(column > 0x7F).any(axis=1)][:_SAMPLED]
        if len(high):
            yield high


def _fields(descriptors: bytes) -> list[tuple[bytes, int, int]]:
    """(name, offset in the record, width) of the text fields; other kinds hold digits only."""
    fields, at = [], 1
    for start in range(0, len(descriptors) - 31, 32):
        if descriptors[start] == 0x0D:
            break
        width = descriptors[start + 16]
        if descriptors[start + 11 : start + 12] == b"C":
            width += descriptors[start + 17] << 8
            fields.append((descriptors[start : start + 11].split(b"\0")[0], at, width))
        at += width
    return fields
