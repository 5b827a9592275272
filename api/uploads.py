"""Files that arrive: streamed to the private folder of a job, never held whole, never beyond the limit.

The parts of the form are read as they come, so that a file is written once, where it will be examined.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from shutil import disk_usage
from types import TracebackType
from typing import Any, BinaryIO

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from pydantic import ValidationError
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from api.file_names import plain_name as plain_name
from api.operation import EdgeRefusal
from api.schemas_work import UploadFields
from gis.formats.model import is_full
from surveys.intake.options import Options
from surveys.words import Words, words

MB = 1 << 20
# What the form may hold beside the file, in bytes (the heads of its parts among them), and in how many parts.
_FIELD_BYTES = MB
_MOST_PARTS = 50
# What is left on the disk for all else, in bytes.
_SPARE_BYTES = 100 * MB
_MADE_OF_JSON = ("columns", "layers", "communities")


@dataclass(frozen=True)
class Upload:
    """A file that arrived, and what was said of it."""

    file_name: str
    options: Options


def invalid(th: str, en: str) -> EdgeRefusal:
    """Make the refusal of a form that is not right."""
    return EdgeRefusal(422, "Invalid", words(th, en))


def too_large(limit_mb: int) -> EdgeRefusal:
    """Make the refusal of a file over the limit, with what to do."""
    return EdgeRefusal(
        413,
        "TooLarge",
        words(
            f"ไฟล์ใหญ่เกิน {limit_mb:,} MB แบ่งไฟล์ บีบอัดเป็น zip หรือใช้คำสั่ง mankong import",
            f"The file is larger than {limit_mb:,} MB. Split or zip it, or use the command mankong import.",
        ),
    )


def no_room(free_mb: int, wanted_mb: int) -> EdgeRefusal:
    """Make the refusal of a file for which the disk has no room, with what to do."""
    return EdgeRefusal(
        507,
        "NoRoom",
        words(
            f"ดิสก์ของเครื่องที่เก็บข้อมูลเหลือที่ว่าง {free_mb:,} MB ไม่พอรับไฟล์นี้ (ต้องมีราว {wanted_mb:,} MB) "
            "ให้ผู้ดูแลเครื่องลบไฟล์ที่ไม่ใช้ แล้วส่งใหม่",
            f"The disk of the server has {free_mb:,} MB free, too little for this file, which needs about "
            f"{wanted_mb:,} MB. Have the one who runs the server make room, then send it again.",
        ),
    )


async def receive(request: Request, target: Path, limit_mb: int) -> Upload:
    """Write the file of a multipart form to ``target`` (mode 0600) as it comes.

    Raises
    ------
    EdgeRefusal
        413 if the file is over the limit, 422 if the form is none or something in it is not right, 507 if the disk
        has no room for it.
    """
    limit = limit_mb * MB
    most = limit + 2 * _FIELD_BYTES
    told = request.headers.get("content-length", "")
    length = int(told) if told.isdecimal() else 0
    stream = request.stream()
    if length > most:
        await _drain(stream, limit)
        raise too_large(limit_mb)
    free = disk_usage(target.parent).free
    if free < _room(length):
        await _drain(stream, limit)
        raise no_room(free // MB, _room(length) // MB)
    try:
        return await _received(request, stream, target, limit_mb)
    except OSError as error:
        if not is_full(error):
            raise
    size = length or (target.stat().st_size if target.exists() else 0)
    target.unlink(missing_ok=True)
    await _drain(stream, limit)
    raise no_room(disk_usage(target.parent).free // MB, _room(size) // MB)


def _room(size: int) -> int:
    """Tell how many bytes a file takes: its own, and as many for what is read of it and waits to be taken."""
    return 2 * size + _SPARE_BYTES


async def _received(request: Request, stream: AsyncIterator[bytes], target: Path, limit_mb: int) -> Upload:
    """Write the file, piece by piece, and read what is said of it."""
    limit = limit_mb * MB
    most = limit + 2 * _FIELD_BYTES
    with _Form(target, limit) as form:
        parser = MultipartParser(_boundary(request), form.callbacks())
        try:
            async for chunk in stream:
                # Whatever is sent counts, before the first part and after the last too.
                most -= len(chunk)
                await run_in_threadpool(parser.write, chunk)
                if form.size > limit or most < 0:
                    await _drain(stream, limit)
                    raise too_large(limit_mb)
            parser.finalize()
        except FormParserError:
            raise invalid("อ่านแบบฟอร์มไม่ได้", "The multipart form cannot be read.") from None
    if form.file_name is None or not form.ended:
        raise invalid("กรุณาเลือกไฟล์", "The form has no whole file in the part “file”.")
    return Upload(form.file_name, _options(form.fields))


async def _drain(stream: AsyncIterator[bytes], limit: int) -> None:
    """Let a client finish sending, up to the limit again, so that it reads the answer."""
    dropped = 0
    async for chunk in stream:
        dropped += len(chunk)
        if dropped > limit:
            return


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 0 < len(boundary) <= 200:
        raise invalid("ต้องส่งเป็นแบบฟอร์ม multipart", "Send a multipart/form-data form.")
    return boundary


@dataclass
class _Form:
    """Takes the parts of a form: the file to ``target``, the texts to ``fields``."""

    target: Path
    limit: int
    fields: dict[str, str] = field(default_factory=dict)
    file_name: str | None = None
    size: int = 0
    ended: bool = False
    _held: int = 0
    _parts: int = 0
    _name: str = ""
    _header: bytearray = field(default_factory=bytearray)
    _value: bytearray = field(default_factory=bytearray)
    _headers: dict[bytes, bytes] = field(default_factory=dict)
    _file: BinaryIO | None = None
    _in_file: bool = False

    def __enter__(self) -> _Form:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def callbacks(self) -> Any:
        """Return what the parser calls."""
        names = (
            "part_begin",
            "header_field",
            "header_value",
            "header_end",
            "headers_finished",
            "part_data",
            "part_end",
        )
        return {f"on_{name}": getattr(self, name) for name in names}

    def part_begin(self) -> None:
        """Begin a part, unless there are too many."""
        self._parts += 1
        if self._parts > _MOST_PARTS:
            raise invalid(f"แบบฟอร์มมีเกิน {_MOST_PARTS} ส่วน", f"The form has more than {_MOST_PARTS} parts.")
        self._headers, self._header, self._value = {}, bytearray(), bytearray()

    def header_field(self, data: bytes, start: int, end: int) -> None:
        """Take a piece of a header's name."""
        self._hold(end - start)
        self._header += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        """Take a piece of a header's value."""
        self._hold(end - start)
        self._value += data[start:end]

    def header_end(self) -> None:
        """End a header."""
        self._headers[bytes(self._header).lower()] = bytes(self._value)
        self._header, self._value = bytearray(), bytearray()

    def headers_finished(self) -> None:
        """Find out what the part is: the file, or a text."""
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        self._in_file = self._name == "file"
        self._value = bytearray()
        if not self._in_file:
            if self._name not in UploadFields.model_fields:
                called = plain_name(self._name)
                raise invalid(f"ไม่รู้จักช่อง “{called}” ในแบบฟอร์ม", f"The form has no part “{called}”.")
            return
        if self._file is not None:
            raise invalid("ส่งได้ครั้งละหนึ่งไฟล์", "One file at a time.")
        self.file_name = plain_name(options.get(b"filename", b"").decode("utf-8", "replace"))
        self._file = os.fdopen(os.open(self.target, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb")

    def part_data(self, data: bytes, start: int, end: int) -> None:
        """Write a piece of the file, unless it is over the limit; hold a piece of a text."""
        if self._in_file and self._file is not None:
            self.size += end - start
            if self.size <= self.limit:
                self._file.write(data[start:end])
            return
        self._hold(end - start)
        self._value += data[start:end]

    def _hold(self, count: int) -> None:
        """Count bytes that are held in memory."""
        self._held += count
        if self._held > _FIELD_BYTES:
            raise invalid("ข้อความในแบบฟอร์มยาวเกินไป", "The texts of the form are too long.")

    def part_end(self) -> None:
        """End a part."""
        if self._in_file:
            self.ended = True
        else:
            self.fields[self._name] = bytes(self._value).decode("utf-8", "replace")


def _options(texts: Mapping[str, str]) -> Options:
    """Read what was said of the file; an empty text says nothing."""
    said: dict[str, Any] = {name: text for name, text in texts.items() if text.strip()}
    try:
        given = said | {name: json.loads(said[name]) for name in _MADE_OF_JSON if name in said}
        fields = UploadFields.model_validate(given)
    except (ValidationError, ValueError, RecursionError) as error:
        raise EdgeRefusal(422, "Invalid", _reason(error)) from None
    return Options(**fields.model_dump())


def _reason(error: Exception) -> Words:
    """Say which part of the form is not right."""
    if not isinstance(error, ValidationError):
        return words(
            "columns layers และ communities ต้องเป็น JSON",
            "The parts columns, layers and communities are JSON objects.",
        )
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])[:80]
    return words(f"ค่า {where} ไม่ถูกต้อง", f"{where}: {first['msg']}")


def drop(folder: Path) -> None:
    """Delete the files of a job."""
    shutil.rmtree(folder, ignore_errors=True)
