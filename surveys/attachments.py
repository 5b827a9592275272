"""The attachments of a record: the photos that came beside its row, told by name and given to be saved.

They lie in the file as it was sent, and who may read files may have them: pictures show people and homes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PurePosixPath

import pyarrow.compute as pc

from gis.formats import pictures
from gis.formats.model import Refused as Unreadable
from gis.formats.pictures import Picture
from surveys import events, records
from surveys.errors import NotFound, no_record
from surveys.intake import attached
from surveys.roles import Actor
from surveys.sight import UNMAPPED, Sight
from surveys.store.store import Store
from surveys.words import words

_KEY_BYTES = 16


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
    if type_name not in records.ALL:
        raise no_record(type_name, record_id)
    Sight.of(records.ALL[type_name], actor)
    actor.must(*UNMAPPED)
    store.revision(network)
    found: dict[tuple[int, int], Attachment] = {}
    for number, digest in attached.standing(store, network):
        rows = attached.read(store, number)
        of_record = pc.and_(pc.equal(rows["type"], type_name), pc.equal(rows["id"], record_id))
        for row in rows.filter(of_record).to_pylist():
            one = _attachment(row["place"], row["name"], row["size"], (number, row["digest"] or digest))
            found.setdefault((row["crc"], row["size"]), one)
    return list(found.values())


def _attachment(place: int, member: str, size: int, of: tuple[int, str]) -> Attachment:
    key = hashlib.blake2b(f"{of[1]}/{place}/{member}".encode(), digest_size=_KEY_BYTES).hexdigest()
    name = PurePosixPath(member.replace("\\", "/")).name
    return Attachment(key, name, size, of[0], of[1], place, member)


def opened(store: Store, network: str, record: tuple[str, str], key: str, actor: Actor) -> Picture:
    """Return a photo of a record (type, id) with its bytes; that it was taken out is written in the log.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not, or the record has no photo of this key, or it can no longer be read.
    """
    gone = NotFound(words("ไม่พบรูปถ่ายนี้ของรายการ", "The record has no such photo."))
    one = next((each for each in listed(store, network, *record, actor) if each.key == key), None)
    path = store.files / "raw" / (one.digest if one else "")
    if one is None or not path.is_file():
        raise gone
    try:
        picture = pictures.opened(path, one.place, one.member)
    except Unreadable as error:
        raise gone from error
    if picture is None:
        raise gone
    with store.writing() as connection:
        detail = {"type": record[0], "import": one.import_id, "key": key}
        events.record(connection, actor, network, "attachment_taken", record[1], detail)
    return picture
