"""The file an import came from, as it was sent: kept once for equal bytes, given to whom may read files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from surveys import events
from surveys.errors import NotFound
from surveys.intake import imports
from surveys.roles import Actor
from surveys.store.store import Store
from surveys.words import words


@dataclass(frozen=True)
class Original:
    """A file as it was sent: its name then, its SHA-256, and where its bytes lie."""

    name: str
    digest: str
    path: Path


def original(store: Store, network: str, actor: Actor, import_id: int) -> Original:
    """Return the file of an import; that it was taken out is written in the log.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not read files, there is no such import in the network, or its file is gone.
    """
    actor.must("see_households", "see_files")
    found = imports.get(store, import_id, actor)
    digest = str(found["report"].get("digest") or "")
    path = store.files / "raw" / digest
    if found["network"] != network or not digest or not path.is_file():
        raise NotFound(words("ไม่พบไฟล์ต้นฉบับของการนำเข้านี้", "The original file of this import is not there."))
    with store.writing() as connection:
        events.record(connection, actor, network, "original_taken", str(import_id), {"digest": digest})
    return Original(str(found["report"].get("file") or digest), digest, path)
