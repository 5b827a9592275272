"""Zip archives: limits looked at before anything is unpacked, members opened by content, names never
used as paths.
"""

from __future__ import annotations

import lzma
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from gis.formats.model import Defect, Limits, Refused, is_full
from gis.formats.output import Output
from gis.formats.source import Source

if TYPE_CHECKING:
    from gis.formats.readers import Reader

_RATIO_FROM = 10 << 20
_JUNK = frozenset((".ds_store", "thumbs.db", "desktop.ini"))
_NESTED = frozenset((".zip", ".rar", ".7z", ".tar", ".gz", ".tgz"))
_BESIDE_SHAPES = (".sbn", ".sbx", ".qpj", ".qmd", ".shp.xml")
# Of what phones and survey servers send beside the data; never unpacked, so more of them may come.
PICTURES = frozenset((".jpg", ".jpeg", ".png", ".webp", ".heic"))
_WEAK = frozenset((".json", ".txt", ".xml", ".tab"))
_SHAPEFILE = frozenset((".shp", ".shx", ".dbf", ".prj", ".cpg"))
BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, EOFError, ValueError, OSError, RuntimeError
)  # fmt: skip


@dataclass(frozen=True)
class Member:
    """A file inside an archive: its name as shown to people, and zipfile's record of it."""

    name: str
    info: zipfile.ZipInfo

    @property
    def suffix(self) -> str:
        """Lower-case suffix with its dot."""
        return PurePosixPath(self.name).suffix.lower()

    @property
    def is_picture(self) -> bool:
        """Whether the name is that of a picture; only the content tells whether it is one."""
        return self.suffix in PICTURES

    @property
    def key(self) -> str:
        """Folder and stem in lower case: the same for the parts of one shapefile."""
        return self.name.lower().removesuffix(self.suffix)


@contextmanager
def reading() -> Iterator[None]:
    """Refuse with archive_unreadable whatever goes wrong while an archive is read."""
    try:
        yield
    except BROKEN as error:
        if is_full(error):
            raise
        raise Refused("archive_unreadable") from error


def survey(source: Source | Path, limits: Limits) -> list[Member]:
    """The members of an archive, folders and system files left out; Refused when a limit is passed."""
    path = source if isinstance(source, Path) else source.path
    with reading(), zipfile.ZipFile(path) as opened:
        infos = opened.infolist()
    members = [Member(_shown(info), info) for info in infos]
    pictures = sum(member.is_picture for member in members)
    for count, limit in ((len(members) - pictures, limits.members), (pictures, limits.pictures)):
        if count > limit:
            detail = {"members": str(count), "limit": str(limit)}
            raise Refused("archive_too_many_members", detail=detail)
    for member in members:
        _check(member, limits)
    total = sum(info.file_size for info in infos)
    if total > limits.unpacked_bytes:
        raise Refused("archive_too_large", detail={"bytes": str(total), "limit": str(limits.unpacked_bytes)})
    return [member for member in members if not _is_junk(member)]


def _shown(info: zipfile.ZipInfo) -> str:
    """The member's name; old programs write Thai names in CP874 or UTF-8 without saying so."""
    if info.flag_bits & 0x800 or info.filename.isascii():
        return info.filename
    raw = info.filename.encode("cp437", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp874", "replace")


def _check(member: Member, limits: Limits) -> None:
    info = member.info
    parts = member.name.replace("\\", "/").split("/")
    if ".." in parts or member.name.startswith(("/", "\\")) or ":" in parts[0]:
        raise Refused("archive_unsafe_path", value=member.name)
    if info.flag_bits & 1:
        raise Refused("archive_encrypted", value=member.name)
    if info.file_size > limits.member_bytes:
        raise Refused("archive_too_large", value=member.name, detail={"limit": str(limits.member_bytes)})
    if info.file_size > _RATIO_FROM and info.file_size > limits.ratio * max(info.compress_size, 1):
        raise Refused("archive_ratio", value=member.name, detail={"limit": str(limits.ratio)})


def _is_junk(member: Member) -> bool:
    path = PurePosixPath(member.name)
    return (
        not member.info.filename  # zipfile cannot tell whether a member without a name is a folder
        or member.info.is_dir()
        or "__MACOSX" in path.parts
        or path.name.startswith(".")
        or path.name.lower() in _JUNK
    )


def extracted(source: Source, member: Member, target: Path, limits: Limits) -> Path:
    """Unpack one member to a path of ours; Refused archive_unreadable when its bytes are not as declared."""
    with (
        reading(),
        zipfile.ZipFile(source.path) as opened,
        opened.open(member.info) as packed,
        target.open("wb") as file,
    ):
        shutil.copyfileobj(packed, file, 1 << 20)
    if target.stat().st_size > limits.member_bytes:
        raise Refused("archive_too_large", value=member.name)
    return target


def read(source: Source, output: Output) -> None:
    """Read the members of the best known format an archive holds; the other members are named as skipped.

    A survey form that lies beside the data is not data: it says what the answers mean. Pictures are not read:
    it is written down which row names which.
    """
    from gis.formats import form_files, manifest, pictures
    from gis.formats.confine import confine

    members = survey(source, output.limits)
    output.photos = shown = pictures.among(source, members)
    pictured = {member.info.header_offset for member in shown}
    members = [member for member in members if member.info.header_offset not in pictured]
    output.form, held = form_files.find(source, members, output.limits)
    members = [member for member in members if member not in held]
    reader, chosen = _best(members)
    output.format = reader.name
    if reader.needs_gdal:
        confine(reader.needs_gdal)
    if reader.name == "shapefile":
        chosen = [*chosen, *manifest.find(source, members, output)]
    for member in members:
        if member not in chosen and not member.name.lower().endswith(_BESIDE_SHAPES):
            output.log.add(Defect("member_skipped", value=member.name))
    if reader.name == "shapefile":
        _read_shapefiles(source, chosen, output)
    elif reader.name == "odk_xml":
        _read_submissions(source, chosen, output)
    else:
        _read_members(source, chosen, reader, output)
    if not output.log.counts["form_used"]:
        for member in held:
            output.log.add(Defect("member_skipped", value=member.name))


def _best(members: Sequence[Member]) -> tuple[Reader, list[Member]]:
    """The reader that comes first in READERS for any member, and its members; weak suffixes come last."""
    from gis.formats.readers import BY_SUFFIX, READERS

    by_reader: dict[tuple[bool, int], list[Member]] = {}
    for member in members:
        suffix = ".shp" if member.suffix in _SHAPEFILE else member.suffix
        reader = BY_SUFFIX.get(suffix)
        if reader and reader.name != "zip":
            by_reader.setdefault((suffix in _WEAK, READERS.index(reader)), []).append(member)
    lone_parts = (False, 0)
    if lone_parts in by_reader and not any(
        member.suffix in (".shp", ".dbf") for member in by_reader[lone_parts]
    ):
        del by_reader[lone_parts]
    if not by_reader:
        nested = any(member.suffix in _NESTED for member in members)
        raise Refused("archive_nested" if nested else "archive_nothing_readable")
    best = min(by_reader)
    return READERS[best[1]], by_reader[best]


def _read_shapefiles(source: Source, members: Sequence[Member], output: Output) -> None:
    from gis.formats.shapefile import read_set

    sets: dict[str, dict[str, Member]] = {}
    for member in members:
        if member.suffix in _SHAPEFILE:
            sets.setdefault(member.key, {})[member.suffix] = member
    whole = [parts for parts in sets.values() if ".shp" in parts] or [
        part for part in sets.values() if ".dbf" in part
    ]
    for number, parts in enumerate(whole):
        folder = source.scratch / f"set{number}"
        folder.mkdir()
        files = {
            suffix: extracted(source, member, folder / f"data{suffix}", output.limits)
            for suffix, member in parts.items()
        }
        main = parts.get(".shp") or parts[".dbf"]
        shown = Source(files[main.suffix], main.name, source.options, source.scratch)
        output.folders = shown.folders
        read_set(files, shown, output)


def _parts(source: Source, members: Sequence[Member], reader: Reader, output: Output) -> Iterator[Source]:
    """The members unpacked, each to a folder of its own; those that are not what their name says are named."""
    for number, member in enumerate(members):
        scratch = source.scratch / f"part{number}"
        scratch.mkdir()
        copy = extracted(source, member, scratch / f"member{member.suffix}", output.limits)
        part = Source(copy, member.name, source.options, scratch)
        if reader.looks(part):
            yield part
        else:
            output.log.add(Defect("member_skipped", value=member.name))


def _read_members(source: Source, members: Sequence[Member], reader: Reader, output: Output) -> None:
    read_one, read_any = reader.load(), False
    for part in _parts(source, members, reader, output):
        output.folders = part.folders
        read_one(part, output)
        read_any = True
    if not read_any:
        raise Refused("content_mismatch", detail={"format": reader.name})


def _read_submissions(source: Source, members: Sequence[Member], output: Output) -> None:
    """Read XML submissions, of which each file holds one, as one layer named by the archive."""
    from gis.formats import odk_xml
    from gis.formats.readers import BY_SUFFIX

    odk_xml.read_parts(list(_parts(source, members, BY_SUFFIX[".xml"], output)), source.stem, output)
