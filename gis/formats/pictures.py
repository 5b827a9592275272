"""Pictures that lie in an archive beside the data: which they are, and which row names which.

A picture is never decoded here: its first bytes say what it is, and its bytes are given as they are.
"""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc

from gis.formats import spoken
from gis.formats.archive import BROKEN, Member, reading, survey
from gis.formats.model import BEYOND, DEFECT, GEOMETRY, ROW, Defect, Layer, Limits
from gis.formats.output import Output
from gis.formats.picture_names import (
    HAS_ONE,
    IS_ONE,
    LISTED,
    Index,
    as_kept,
    base,
    listed,
    path_of,
    submissions_of,
)  # fmt: skip
from gis.formats.source import Source

FILE = "pictures.arrow"
# A picture a row names: the layer and the row as the surveyor sees it, the place of the member in the list of
# its archive, its name there, its size in bytes, and the checksum of the archive.
SCHEMA = pa.schema([
    ("layer", pa.string()), ("row", pa.int64()), ("place", pa.int32()), ("name", pa.string()),
    ("size", pa.int64()), ("crc", pa.int64()),
])  # fmt: skip
# A phone's picture has 2 to 12 MB.
PICTURE_BYTES = 30 << 20
# What unpacks these gives no more bytes than it is asked for. Of other packings a few bytes may become gigabytes
# at one stroke; phones, survey servers and what zips folders use none of them.
_PACKINGS = frozenset((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
_HEAD = 16
# Pictures of kinds that are not kept: some of them can hold programs.
_NOT_KEPT = frozenset((".svg", ".gif", ".bmp", ".tif", ".tiff"))
_HEIC = frozenset((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"))
# The formats of survey servers that have no heading to be told by.
_OF_SERVERS = frozenset(("odk_json", "odk_xml"))
# A layer, a row of it as the surveyor sees it, and a picture it names.
_Naming = tuple[str, int, Member]
# No more pictures are kept of a row, and of a file: a small archive could name each picture in each row.
ROW_PICTURES = 50
FILE_PICTURES = 100_000
# How many pictures that no row names are told by name.
_TOLD = 5


def media_type(head: bytes) -> str | None:
    """The media type of a picture by its first bytes; None for what is no picture of a known kind."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    return "image/heic" if head[4:8] == b"ftyp" and head[8:12] in _HEIC else None


def among(source: Source, members: Iterable[Member]) -> list[Member]:
    """The members that are pictures by their suffix and by their first bytes, and that can be opened safely."""
    named = [member for member in members if member.is_picture and _can_be_opened(member.info)]
    if not named:
        return []
    with zipfile.ZipFile(source.path) as opened:
        return [member for member in named if media_type(_head(opened, member))]


def left_aside(members: Iterable[Member], shown: Iterable[Member], output: Output) -> None:
    """Name the members that look like pictures and are none of those shown, but for what a map is drawn with."""
    kept = {member.info.header_offset for member in shown}
    drawn = {base(path_of(unquote(address))) for address in output.drawn}
    for member in members:
        looks = member.is_picture or member.suffix in _NOT_KEPT
        if looks and member.info.header_offset not in kept and base(path_of(member.name)) not in drawn:
            output.log.add(Defect("member_skipped", value=member.name))


def _can_be_opened(info: zipfile.ZipInfo) -> bool:
    return info.file_size <= PICTURE_BYTES and info.compress_type in _PACKINGS


def _head(opened: zipfile.ZipFile, member: Member) -> bytes:
    try:
        with opened.open(member.info) as packed:
            return packed.read(_HEAD)
    except BROKEN:
        return b""  # a damaged picture is none; the data beside it is read all the same


@dataclass(frozen=True)
class Picture:
    """A picture with its bytes."""

    name: str
    media_type: str
    content: bytes


def opened(path: Path, place: int, name: str, limits: Limits | None = None) -> Picture | None:
    """Open the picture at a place of an archive's list; None when what is there is not of this name or no picture.

    No more is unpacked than the size its archive declares, which is at most PICTURE_BYTES. This runs in the
    server (docs/decisions/0006-photos-opened-in-the-server.md): the archive is one the reader child took.

    Raises
    ------
    Refused
        If the archive passes a limit, or it or the picture is damaged.
    """
    there = {member.info.header_offset for member in survey(path, limits or Limits()) if member.name == name}
    with reading(), zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        if not 0 <= place < len(infos) or infos[place].header_offset not in there:
            return None
        info = infos[place]
        if not _can_be_opened(info):
            return None
        with archive.open(info) as packed:
            content = packed.read(info.file_size)
    kind = media_type(content[:_HEAD])
    return Picture(base(name.replace("\\", "/")), kind, content) if kind else None


def named(source: Source, output: Output) -> None:
    """Write down which row names which picture of the archive, and say how many are named, which are not, and how
    many that rows name are not there.

    Without an archive, or pictures in it, only the rows of a survey server are looked at.
    """
    pictures = output.photos or []
    wanted = [layer for layer in output.layers if pictures or _of_server(layer, output)]
    found = _Found(Index(pictures))
    for layer in wanted:
        found.take(layer)
    rows, missing = found.ended()
    if rows:
        output.log.add(
            Defect("pictures_named", value=str(len({member.info.header_offset for *_, member in rows})))
        )
        output.pictures = output.directory / FILE
        _write(source, rows, output.pictures)
    if found.over:
        output.log.add(Defect("pictures_over", value=str(found.over)))
    held = {member.info.header_offset for *_, member in rows} | found.beyond | found.drawn(output.drawn)
    if unnamed := [member.name for member in pictures if member.info.header_offset not in held]:
        more = " …" if len(unnamed) > _TOLD else ""
        told = ", ".join(unnamed[:_TOLD]) + more
        output.log.add(Defect("pictures_unnamed", value=f"{told} ({len(unnamed)})"))
    if missing:
        output.log.add(Defect("pictures_missing", value=str(missing)))


def _of_server(layer: Layer, output: Output) -> bool:
    return output.format in _OF_SERVERS or spoken.of_server(layer.columns)


def _write(source: Source, rows: Sequence[_Naming], path: Path) -> None:
    with zipfile.ZipFile(source.path) as archive:
        places = {info.header_offset: place for place, info in enumerate(archive.infolist())}
    made = [
        {
            "layer": layer, "row": row, "place": places[member.info.header_offset], "name": member.name,
            "size": member.info.file_size, "crc": member.info.CRC,
        }
        for layer, row, member in rows
    ]  # fmt: skip
    with pa.ipc.new_file(str(path), SCHEMA) as writer:
        writer.write_table(pa.Table.from_pylist(made, SCHEMA))


@dataclass
class _Found:
    """What the rows of all layers name.

    A server lists the files of a submission on its row, those of its repeats too: such a list counts only for
    pictures that no answer names. ``had`` says how many pictures a row has so far, ``over`` how often one more was
    named than is kept, and ``beyond`` where these are in the archive.
    """

    index: Index
    answered: list[_Naming] = field(default_factory=list)
    listed: list[_Naming] = field(default_factory=list)
    missing: int = 0
    said: set[str] = field(default_factory=set)
    not_there: Counter[str] = field(default_factory=Counter)
    had: Counter[tuple[str, int]] = field(default_factory=Counter)
    over: int = 0
    beyond: set[int] = field(default_factory=set)

    def take(self, layer: Layer) -> None:
        """Look through the rows of a layer."""
        with pa.memory_map(str(layer.path)) as file:
            reader = pa.ipc.open_file(file)
            for number in range(reader.num_record_batches):
                batch = reader.get_batch(number).drop_columns([GEOMETRY, DEFECT, BEYOND])
                naming = self._naming(batch)
                if naming is not None:
                    for row in batch.filter(naming).to_pylist():
                        self._row(layer.name, row)

    def _naming(self, batch: pa.RecordBatch) -> pa.Array | None:
        """Which rows have a cell that names a picture of the archive, or a server's list; None where no row has.

        Names of pictures that are not there are counted.
        """
        found = None
        for name in batch.schema.names:
            column = batch.column(name)
            if name == ROW:
                continue
            here = pc.is_valid(column) if name == LISTED else self._known(column)
            if here is not None:
                found = here if found is None else pc.or_(found, here)
        return found

    def _known(self, column: pa.Array) -> pa.Array | None:
        told = pc.value_counts(column.filter(pc.match_substring_regex(column, HAS_ONE)))
        texts, counts = told.field("values"), told.field("counts").to_pylist()
        whole = pc.match_substring_regex(texts, IS_ONE).to_pylist()
        wanted = []
        for text, count, is_name in zip(texts.to_pylist(), counts, whole, strict=True):
            if self.index.knows(text):
                wanted.append(text)
            elif is_name:
                self.missing += count
            if is_name:
                self.said.add(as_kept(path_of(text)))
        return pc.is_in(column, pa.array(wanted, pa.string())) if wanted else None

    def _row(self, layer: str, row: dict[str, Any]) -> None:
        told = row.get(LISTED)
        cells = [text for name, text in row.items() if name not in (ROW, LISTED) and text]
        own = submissions_of([*cells, told or ""])
        answers, strange = self.index.meant(cells, own)
        self.missing += strange
        for offset in sorted(answers):
            self._keep((layer, row[ROW], answers[offset]))
        for name in listed(told) if told else ():
            here, _ = self.index.meant([name], own)
            for member in here.values():
                if len(self.listed) < FILE_PICTURES:
                    self.listed.append((layer, row[ROW], member))
                else:
                    self._leave(member)
            if not here:
                self.not_there[as_kept(path_of(name))] += 1

    def _keep(self, naming: _Naming) -> None:
        layer, row, member = naming
        if self.had[layer, row] < ROW_PICTURES and len(self.answered) < FILE_PICTURES:
            self.had[layer, row] += 1
            self.answered.append(naming)
        else:
            self._leave(member)

    def _leave(self, member: Member) -> None:
        self.over += 1
        self.beyond.add(member.info.header_offset)

    def drawn(self, addresses: Iterable[str]) -> set[int]:
        """Where in the archive the pictures are that a map is drawn with."""
        return {offset for address in addresses for offset in self.index.meant([address], set())[0]}

    def ended(self) -> tuple[list[_Naming], int]:
        """Which row names which picture, and how many named ones are not there."""
        held = {member.info.header_offset for *_, member in self.answered}
        for naming in dict.fromkeys(self.listed):
            if naming[2].info.header_offset not in held:
                self._keep(naming)
        lost = sum(count for name, count in self.not_there.items() if name not in self.said)
        return self.answered, self.missing + lost
