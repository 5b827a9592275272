"""The file a reader is given: where its bytes are, what its owner called it, what was said about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gis.formats.model import ReadOptions


@dataclass(frozen=True)
class Source:
    """`path` holds the bytes under a name of ours; `name` is the user's and is never used as a path."""

    path: Path
    name: str
    options: ReadOptions
    scratch: Path

    @property
    def suffix(self) -> str:
        """The user's suffix in lower case with its dot, "" when there is none."""
        return PurePosixPath(self.name.replace("\\", "/")).suffix.lower()

    @property
    def stem(self) -> str:
        """The user's file name without folders and suffix."""
        return PurePosixPath(self.name.replace("\\", "/")).stem or "layer"

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders of an archive that the file lies in, the outermost first."""
        return PurePosixPath(self.name.replace("\\", "/")).parts[:-1]

    def head(self, size: int = 4096) -> bytes:
        """The first bytes of the file."""
        with self.path.open("rb") as file:
            return file.read(size)
