"""What cells call pictures, and which picture of an archive is meant by a name in a row."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from urllib.parse import unquote

import orjson

from gis.formats.archive import Member

# Under this heading a survey server lists the files of a submission, those of its repeats among them.
LISTED = "_attachments"
_SUFFIXES = "jpg|jpeg|png|webp|heic"
# A cell that has a name in it, and one that is a name.
HAS_ONE = rf"(?i)\.({_SUFFIXES})\b"
IS_ONE = rf"(?i)^\s*[^:?*\"<>|\r\n\t]{{1,250}}\.({_SUFFIXES})\s*$"
_NAME = re.compile(IS_ONE)
_BETWEEN = (re.compile(r"[;,|\r\n\t\"'<>]+"), re.compile(r"[\s;,|\"'<>]+"))
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# A name is looked for among the ends of paths of so many parts.
_PARTS = 8
_DROPPED = re.compile(r"[^-\w.]")


def base(path: str) -> str:
    """The name behind the folders of a path."""
    return path.rpartition("/")[2]


def path_of(text: str) -> str:
    """A name or path as names are compared: letters without case, one kind of slash, nothing before the first part."""
    folded = unicodedata.normalize("NFC", text).casefold().replace("\\", "/").strip()
    return folded.removeprefix("./").lstrip("/")


def as_kept(name: str) -> str:
    """The name under which a Kobo server keeps a file of this one: without blanks and marks, Thai vowels among them."""
    return _DROPPED.sub("", base(name).replace(" ", "_"))


def listed(cell: str) -> list[str]:
    """The names of pictures in what a survey server lists of a submission as JSON; those deleted there are left out."""
    try:
        files = orjson.loads(cell)
    except orjson.JSONDecodeError:
        return []
    told = [file for file in files if isinstance(file, dict)] if isinstance(files, list) else []
    names = [
        str(file.get("filename") or file.get("name") or "") for file in told if not file.get("is_deleted")
    ]
    return [name for name in names if _NAME.match(name)]


def submissions_of(texts: Iterable[str]) -> set[str]:
    """The ids of submissions that stand in cells."""
    return {found.lower() for text in texts for found in _UUID.findall(text)}


def _names(cell: str) -> Iterator[str]:
    """The names a cell may write: the whole cell, or several in one; as addresses in HTML write them, too."""
    for text in {cell, unescape(cell)}:
        yield text
        for between in _BETWEEN:
            yield from between.split(text)


def _paths(cell: str) -> set[str]:
    written = {name for name in _names(cell) if name}
    return {path_of(name) for name in written | {unquote(name) for name in written if "%" in name}}


class Index:
    """Pictures by their names, to be found from the cells of a row."""

    def __init__(self, pictures: Sequence[Member]) -> None:
        # By the end of their path, and of that by the submission in whose folder they are, "" for that of none:
        # those of one content once, and no more than tell whether there are several.
        self._any: dict[str, list[Member]] = {}
        self._of: dict[str, dict[str, list[Member]]] = {}
        for member in pictures:
            path = path_of(member.name)
            folder = _UUID.search(base(path.rpartition("/")[0]))
            for tail in _tails(path):
                _keep(self._any.setdefault(tail, []), member)
                of = self._of.setdefault(tail, {})
                _keep(of.setdefault(folder[0] if folder else "", []), member)

    def _tail(self, name: str) -> str | None:
        """The end of paths here that is meant by a name, as it stands or, without folders, as a server keeps it."""
        tried = (name,) if "/" in name else (name, as_kept(name))
        return next((tail for tail in tried if tail in self._any), None)

    def knows(self, cell: str) -> bool:
        """Whether a cell writes the name of a picture here."""
        return any(self._tail(name) for name in _paths(cell))

    def meant(self, cells: Iterable[str], own: set[str]) -> tuple[dict[int, Member], bool]:
        """The pictures that cells of a row of these submissions name, each once, by where it is in the archive.

        Where several have the name, the one in the folder of the row's own submission is meant, and none where
        that is not plain. One in the folder of another submission is never meant; the second value tells whether a
        name is only that of such.
        """
        found: dict[int, Member] = {}
        strange = False
        for name in {name for cell in cells for name in _paths(cell)}:
            tail = self._tail(name)
            if tail is None:
                continue
            of = self._of[tail]
            here: list[Member] = []
            # A row may tell thousands of ids, and so many folders may have the name: only what both have is looked at.
            for submission in of.keys() & own:
                for member in of[submission]:
                    _keep(here, member)
            here = here or (of.get("", []) if own else self._any[tail])
            if len(here) == 1:
                found[here[0].info.header_offset] = here[0]
            strange = strange or not here
        return found, strange


def _tails(path: str) -> Iterator[str]:
    """A path, and its ends of few parts."""
    parts = path.split("/")
    yield path
    for count in range(1, min(len(parts), _PARTS)):
        yield "/".join(parts[-count:])


def _keep(held: list[Member], member: Member) -> None:
    if len(held) < 2 and all(_content(member) != _content(other) for other in held):
        held.append(member)


def _content(member: Member) -> tuple[int, int]:
    return member.info.CRC, member.info.file_size
