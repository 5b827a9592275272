"""Pictures that lie in an archive beside the data: which they are, and which row names which.

A picture is never decoded here: its first bytes say what it is, and its bytes are given as they are.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pyarrow as pa
import pyarrow.compute as pc

from gis.formats.archive import BROKEN, Member, survey
from gis.formats.model import DEFECT, GEOMETRY, ROW, Defect, Layer, Limits, Refused
from gis.formats.output import Output
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
_HEAD = 16
_HEIC = frozenset((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"))
_NAMES_ONE = r"(?i)\.(jpe?g|png|webp|heic)\b"
_BETWEEN = (re.compile(r"[;,|\r\n\t\"'<>]+"), re.compile(r"[\s;,|\"'<>]+"))
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
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
    """The members that are pictures by their suffix and by their first bytes, and not too large to be opened."""
    named = [member for member in members if member.is_picture and member.info.file_size <= PICTURE_BYTES]
    if not named:
        return []
    with zipfile.ZipFile(source.path) as opened:
        return [member for member in named if media_type(_head(opened, member))]


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

    Raises
    ------
    Refused
        If the archive passes a limit or is unreadable.
    """
    limits = limits or Limits()
    there = [member for member in survey(path, limits) if member.name == name]
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        if not (0 <= place < len(infos) and there) or infos[place].file_size > PICTURE_BYTES:
            return None
        if not any(member.info.header_offset == infos[place].header_offset for member in there):
            return None
        try:
            with archive.open(infos[place]) as packed:
                content = packed.read(PICTURE_BYTES + 1)
        except BROKEN as error:
            raise Refused("archive_unreadable") from error
    kind = media_type(content[:_HEAD])
    return Picture(_base(name), kind, content) if kind and len(content) <= PICTURE_BYTES else None


def _base(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).name


def _path(text: str) -> str:
    """A name or path as names are compared: letters without case, one kind of slash, nothing before the first part."""
    folded = unicodedata.normalize("NFC", text).casefold().replace("\\", "/").strip()
    return folded.removeprefix("./").lstrip("/")


class Index:
    """Pictures by their names, to be found from the cells of a row."""

    def __init__(self, pictures: Sequence[Member]) -> None:
        self._by_base: dict[str, list[tuple[str, Member]]] = {}
        for member in pictures:
            path = _path(member.name)
            self._by_base.setdefault(_base(path), []).append((path, member))

    def candidates(self, cell: str) -> dict[str, list[Member]]:
        """The pictures a cell may mean, by the name it writes: the whole cell, or several names in one."""
        found: dict[str, list[Member]] = {}
        for name in {_path(part) for part in _parts(cell)}:
            held = self._by_base.get(_base(name), ()) if name else ()
            meant = [member for path, member in held if path == name or path.endswith(f"/{name}")]
            if meant:
                found[name] = meant
        return found

    def of_row(self, cells: Iterable[str]) -> list[Member]:
        """The pictures a row names, each once.

        Where several have the name, the one in the folder of the row's own submission is meant, and none where
        that is not plain. One in the folder of another submission is never meant.
        """
        texts = list(cells)
        own = {found.lower() for text in texts for found in _UUID.findall(text)}
        meant: dict[int, Member] = {}
        for text in texts:
            for members in self.candidates(text).values():
                member = _plain(members, own)
                if member:
                    meant[member.info.header_offset] = member
        return [meant[offset] for offset in sorted(meant)]


def _parts(cell: str) -> Iterator[str]:
    yield cell
    for between in _BETWEEN:
        yield from between.split(cell)


def _plain(members: Sequence[Member], own: set[str]) -> Member | None:
    folders = [_UUID.search(_base(_path(member.name).rpartition("/")[0])) for member in members]
    pairs = list(zip(members, folders, strict=True))
    of_row = [member for member, folder in pairs if folder and folder[0] in own]
    others = [member for member, folder in pairs if folder is None or not own]
    found = of_row or others
    same = {(member.info.CRC, member.info.file_size) for member in found}
    return found[0] if len(same) == 1 else None


def named(source: Source, pictures: Sequence[Member], output: Output) -> None:
    """Write down which row names which picture, and say how many are named, and which are not."""
    if not pictures:
        return
    with zipfile.ZipFile(source.path) as archive:
        places = {info.header_offset: place for place, info in enumerate(archive.infolist())}
    index, held = Index(pictures), set()
    found: list[dict[str, str | int]] = []
    for layer in output.layers:
        for row, member in _of_layer(layer, index):
            info = member.info
            held.add(info.header_offset)
            found.append({
                "layer": layer.name, "row": row, "place": places[info.header_offset], "name": member.name,
                "size": info.file_size, "crc": info.CRC,
            })  # fmt: skip
    unnamed = [member.name for member in pictures if member.info.header_offset not in held]
    if held:
        output.log.add(Defect("pictures_named", value=str(len(held))))
        output.pictures = output.directory / FILE
        with pa.ipc.new_file(str(output.pictures), SCHEMA) as writer:
            writer.write_table(pa.Table.from_pylist(found, SCHEMA))
    if unnamed:
        more = " …" if len(unnamed) > _TOLD else ""
        told = ", ".join(unnamed[:_TOLD]) + more
        output.log.add(Defect("pictures_unnamed", value=f"{told} ({len(unnamed)})"))


def _of_layer(layer: Layer, index: Index) -> Iterator[tuple[int, Member]]:
    """The rows of a layer that name pictures, with each picture."""
    with pa.memory_map(str(layer.path)) as file:
        reader = pa.ipc.open_file(file)
        for number in range(reader.num_record_batches):
            batch = reader.get_batch(number).drop_columns([GEOMETRY, DEFECT])
            naming = _naming(batch, index)
            if naming is None:
                continue
            for row in batch.filter(naming).to_pylist():
                cells = [text for name, text in row.items() if name != ROW and text]
                for member in index.of_row(cells):
                    yield row[ROW], member


def _naming(batch: pa.RecordBatch, index: Index) -> pa.Array | None:
    """Which rows have a cell that names a picture of the archive; None where no row has."""
    found = None
    for name in batch.schema.names:
        if name == ROW:
            continue
        column = batch.column(name)
        texts = pc.unique(column.filter(pc.match_substring_regex(column, _NAMES_ONE)))
        wanted = [text for text in texts.to_pylist() if text and index.candidates(text)]
        if wanted:
            here = pc.is_in(column, pa.array(wanted, pa.string()))
            found = here if found is None else pc.or_(found, here)
    return found
