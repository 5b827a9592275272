"""What a file is called, for people to read: never a path, never a name that cannot be written down."""

from __future__ import annotations

import os

_NAME_CHARS = 200
# In what older Thai programs wrote names.
_THAI = "cp874"


def plain_name(name: str) -> str:
    """Return what a file is called: no folders, no control characters, Thai letters of older systems read as such."""
    last = _readable(name).replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable()).strip()[-_NAME_CHARS:] or "file"


def _readable(name: str) -> str:
    """Read the bytes of a name that are no UTF-8, which Python keeps as characters nothing can write."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(name).decode(_THAI, "replace") if _from_the_system(name) else ""
    return name


def _from_the_system(name: str) -> bool:
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        return False
    return True
