"""The attachments of a record: the photos that came beside its row, told by name and given to be saved.

They lie in the file as it was sent, and who may read files may have them: pictures show people and homes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PurePosixPath

from gis.formats import pictures
from gis.formats.model import Refused as Unreadable
from gis.formats.pictures import Picture
from surveys import events, records
from surveys.errors import NotFound, StoreUnavailable, no_record
from surveys.intake import attached
from surveys.roles import Actor
from surveys.sight import UNMAPPED, Sight
from surveys.store.store import Store
from surveys.words import words

_KEY_BYTES = 16
# So long a photo waits for what others write, to be written in the log; a person waits no longer for a picture.
_WAIT_MS = 3_000
_DAMAGED = words(
    "เปิดรูปถ่ายนี้ไม่ได้ เพราะไฟล์ที่ส่งมาเสียหาย ส่ง zip ที่มีรูปนี้พร้อมแถวของมันอีกครั้ง",
    "This photo cannot be opened: the file it came in is damaged. Send a zip with the photo and its row again.",
)
_NOT_LOGGED = words(
    "ยังให้รูปถ่ายไม่ได้ เพราะต้องบันทึกไว้ว่าใครเปิดรูป แต่ตอนนี้เขียนลงฐานข้อมูลไม่ได้ รูปยังอยู่ครบ",
    "The photo cannot be given now: it must be logged who takes one, and nothing can be written to the store. "
    "No photo is lost.",
)


@dataclass(frozen=True)
class Attachment:
    """A photo of a record: its key, its file name, its size in bytes, and the import that brought it.

    ``digest`` tells the archive that holds it: the import's, or that of the import whose rows it brought back mended.
    ``place`` and ``member`` are its place among the members of the archive and its name there.
    """

    key: str
    name: str
    size: int
    import_id: int
    digest: str
    place: int
    member: str


def listed(store: Store, network: str, type_name: str, record_id: str, actor: Actor) -> list[Attachment]:
    """Return the photos of a record, those of the latest import first, each once however often it was sent.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see such records or what stands in files; there is no such type or network.
    """
    return [copies[0] for copies in _listed(store, network, (type_name, record_id), actor)]


def _listed(store: Store, network: str, record: tuple[str, str], actor: Actor) -> list[list[Attachment]]:
    """Return the photos of a record, of each all that archives say are the same, the latest first.

    What an archive says of a photo holds only once it is read: a later copy may be damaged, an earlier one sound.
    """
    type_name, record_id = record
    if type_name not in records.ALL:
        raise no_record(type_name, record_id)
    Sight.of(records.ALL[type_name], actor)
    actor.must(*UNMAPPED)
    store.revision(network)
    found: dict[tuple[int, int], dict[str, Attachment]] = {}
    for number, row in attached.of_record(store, network, type_name, record_id):
        one = _attachment(row["place"], row["name"], row["size"], (number, row["digest"]))
        found.setdefault((row["crc"], row["size"]), {}).setdefault(one.key, one)
    return [list(copies.values()) for copies in found.values()]


def _attachment(place: int, member: str, size: int, of: tuple[int, str]) -> Attachment:
    key = hashlib.blake2b(f"{of[1]}/{place}/{member}".encode(), digest_size=_KEY_BYTES).hexdigest()
    name = PurePosixPath(member.replace("\\", "/")).name
    return Attachment(key, name, size, of[0], of[1], place, member)


def opened(store: Store, network: str, record: tuple[str, str], key: str, actor: Actor) -> Picture:
    """Return a photo of a record (type, id) with its bytes; that it was taken out is written in the log.

    Where the copy of the latest import is damaged or gone, that of an earlier one is given.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not, or the record has no photo of this key, or it can no longer be read.
    StoreUnavailable
        If it cannot be written in the log now.
    """
    copies = next(
        (each for each in _listed(store, network, record, actor) if key in {one.key for one in each}), None
    )
    if copies is None:
        raise NotFound(words("ไม่พบรูปถ่ายนี้ของรายการ", "The record has no such photo."))
    found = next(((one, picture) for one in copies if (picture := _read(store, one))), None)
    if found is None:
        raise NotFound(_DAMAGED)
    one, picture = found
    detail = {"type": record[0], "import": one.import_id, "key": key}
    try:
        with store.writing(wait_ms=_WAIT_MS) as connection:
            events.record(connection, actor, network, "attachment_taken", record[1], detail)
    except StoreUnavailable as error:
        raise StoreUnavailable(_NOT_LOGGED) from error
    return picture


def _read(store: Store, one: Attachment) -> Picture | None:
    """Read a copy of a photo; None where its archive is gone, or it is damaged in it."""
    path = store.files / "raw" / one.digest
    try:
        return pictures.opened(path, one.place, one.member) if path.is_file() else None
    except Unreadable:
        return None
