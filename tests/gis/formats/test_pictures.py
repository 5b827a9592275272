"""Pictures beside the data: which are pictures, which row names which, and what is opened of them."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from gis.formats import Limits, Reading
from gis.formats.model import Refused
from gis.formats.pictures import PICTURE_BYTES, media_type, opened

Read = Callable[..., Reading]
HERE, OTHER = "5f0e1d2c-0000-4a4a-8b8b-000000000001", "5f0e1d2c-0000-4a4a-8b8b-000000000002"


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(shade: int = 0) -> bytes:
    """A picture of one grey point."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    data = zlib.compress(bytes((0, shade)))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def jpeg(mark: str = "") -> bytes:
    """The frame of a JPEG with a comment, so that two are told apart."""
    said = mark.encode()
    return b"\xff\xd8\xff\xfe" + struct.pack(">H", len(said) + 2) + said + b"\xff\xd9"


def zipped(*members: tuple[str, bytes | str], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", packing) as archive:
        warnings.simplefilter("ignore")  # two members of one name are what is tried
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def named(reading: Reading) -> list[tuple[str, int, str]]:
    """The layer, row and member of each picture that is named."""
    if reading.pictures is None:
        return []
    with pa.OSFile(str(reading.pictures)) as file:
        rows = pa.ipc.open_file(file).read_all().to_pylist()
    return [(row["layer"], row["row"], row["name"]) for row in rows]


def said(reading: Reading) -> list[tuple[str, str | None]]:
    return [(each.code, each.value) for each in reading.defects]


CASES: list[tuple[str, str, list[str], list[str]]] = [
    # what, a cell, the members, those the row has
    ("the name alone", "1.jpg", ["1.jpg"], ["1.jpg"]),
    ("a name in a folder", "1.jpg", ["media/1.jpg"], ["media/1.jpg"]),
    ("a path of QField", "DCIM/1.JPG", ["project/DCIM/1.jpg"], ["project/DCIM/1.jpg"]),
    ("a path with backslashes", "DCIM\\1.jpg", ["DCIM/1.jpg"], ["DCIM/1.jpg"]),
    ("several", "1.jpg 2.png; 3.webp", ["1.jpg", "2.png", "3.webp"], ["1.jpg", "2.png", "3.webp"]),
    ("a name with spaces", "บ้าน ป้าแดง 1.jpg", ["media/บ้าน ป้าแดง 1.jpg"], ["media/บ้าน ป้าแดง 1.jpg"]),
    ("several with spaces", "a 1.jpg; a 2.jpg", ["a 1.jpg", "a 2.jpg"], ["a 1.jpg", "a 2.jpg"]),
    ("another folder", "media/1.jpg", ["other/1.jpg"], []),
    ("part of a name", "1.jpg", ["11.jpg"], []),
    ("a name outside", "../1.jpg", ["1.jpg"], []),
    ("two of one name", "1.jpg", ["a/1.jpg", "b/1.jpg"], []),
    ("two, and the path", "a/1.jpg", ["a/1.jpg", "b/1.jpg"], ["a/1.jpg"]),
    ("that of the submission", "1.jpg", [f"u/{HERE}/1.jpg", f"u/{OTHER}/1.jpg"], [f"u/{HERE}/1.jpg"]),
    ("as Briefcase has it", "1.jpg", [f"uuid{HERE}/1.jpg", f"uuid{OTHER}/1.jpg"], [f"uuid{HERE}/1.jpg"]),
    ("of another submission", "1.jpg", [f"u/{OTHER}/1.jpg"], []),
    ("a sentence", "ไม่มีรูป", ["1.jpg"], []),
]  # fmt: skip
CONTENT: dict[str, Callable[[str], bytes]] = {
    ".jpg": jpeg,
    ".png": lambda _: png(),
    ".webp": lambda _: b"RIFF\x04\0\0\0WEBPVP8 ",
}


@pytest.mark.parametrize(("what", "cell", "members", "wanted"), CASES, ids=[case[0] for case in CASES])
def test_a_row_names_a_picture(
    what: str, cell: str, members: list[str], wanted: list[str], here: Read
) -> None:
    table = f'_uuid,photo,x\n{HERE},"{cell}",1\n{OTHER},,2\n'
    pictures = [(name, CONTENT[name[-4:] if name[-4] == "." else ".webp"](name)) for name in members]
    reading = here(zipped(("data.csv", table), *pictures), "a.zip")
    assert sorted(named(reading)) == sorted(("data", 2, name) for name in wanted), what
    left = [name for name in members if name not in wanted]
    codes = [("pictures_named", str(len(wanted)))] if wanted else []
    codes += [("pictures_unnamed", f"{', '.join(left)} ({len(left)})")] if left else []
    assert said(reading) == codes


def test_the_same_picture_twice_is_one_picture(here: Read) -> None:
    reading = here(
        zipped(("d.csv", "photo\n1.jpg\n"), ("a/1.jpg", jpeg("x")), ("b/1.jpg", jpeg("x"))), "a.zip"
    )
    assert [name for _, _, name in named(reading)] == ["a/1.jpg"]


def test_a_name_that_stands_twice_in_the_archive_is_not_plain(here: Read) -> None:
    reading = here(zipped(("d.csv", "photo\n1.jpg\n"), ("1.jpg", jpeg("x")), ("1.jpg", jpeg("y"))), "a.zip")
    assert named(reading) == []
    assert said(reading) == [("pictures_unnamed", "1.jpg, 1.jpg (2)")]


def test_what_only_says_it_is_a_picture_is_skipped(here: Read) -> None:
    files = [("1.jpg", b"hello"), ("2.png", b""), ("3.heic", b"<svg/>"), ("4.svg", b"<svg/>")]
    reading = here(zipped(("d.csv", "photo\n1.jpg\n"), *files), "a.zip")
    assert named(reading) == []
    assert said(reading) == [("member_skipped", name) for name, _ in files]


def test_a_picture_too_large_to_be_opened_is_skipped(here: Read) -> None:
    large = jpeg() + bytes(PICTURE_BYTES)
    reading = here(zipped(("d.csv", "photo\n1.jpg\n"), ("1.jpg", large), packing=zipfile.ZIP_STORED), "a.zip")
    assert said(reading) == [("member_skipped", "1.jpg")]


def test_pictures_alone_are_refused_as_before(here: Read) -> None:
    refusal = here(zipped(("1.jpg", jpeg())), "a.zip").refusal
    assert refusal is not None and refusal.code == "archive_nothing_readable"


def test_pictures_have_a_limit_of_their_own(here: Read) -> None:
    files = [(f"{n}.jpg", jpeg(str(n))) for n in range(5)]
    content = zipped(("d.csv", "photo\n1.jpg\n"), *files)
    assert here(content, "a.zip", limits=Limits(members=1, pictures=5)).refusal is None
    refusal = here(content, "a.zip", limits=Limits(members=1, pictures=4)).refusal
    assert refusal is not None and refusal.code == "archive_too_many_members"


def test_no_more_than_some_names_are_told(here: Read) -> None:
    files = [(f"{n}.jpg", jpeg(str(n))) for n in range(9)]
    (told,) = said(here(zipped(("d.csv", "x\n1\n"), *files), "a.zip"))
    assert told == ("pictures_unnamed", "0.jpg, 1.jpg, 2.jpg, 3.jpg, 4.jpg … (9)")


@pytest.mark.parametrize("name", ["../1.jpg", "/1.jpg", "C:/1.jpg"])
def test_a_picture_outside_the_archive_refuses_it(name: str, here: Read) -> None:
    refusal = here(zipped(("d.csv", "photo\n1.jpg\n"), (name, jpeg())), "a.zip").refusal
    assert refusal is not None and refusal.code == "archive_unsafe_path"


HEADS: list[tuple[bytes, str | None]] = [
    (jpeg(), "image/jpeg"), (png(), "image/png"), (b"RIFF\0\0\0\0WEBP", "image/webp"),
    (b"\0\0\0\x18ftypheic", "image/heic"), (b"\0\0\0\x18ftypmif1", "image/heic"),
    (b"\0\0\0\x18ftypmp42", None), (b"<svg xmlns=", None), (b"GIF89a", None), (b"%PDF", None), (b"", None),
]  # fmt: skip


@pytest.mark.parametrize(("head", "wanted"), HEADS)
def test_the_first_bytes_say_what_a_picture_is(head: bytes, wanted: str | None) -> None:
    assert media_type(head[:16]) == wanted


def test_opening_gives_what_is_at_the_place_under_the_name(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(("a.csv", "x"), ("m/1.jpg", jpeg()), ("2.jpg", b"no picture")))
    found = opened(path, 1, "m/1.jpg")
    assert found is not None
    assert (found.name, found.media_type, found.content) == ("1.jpg", "image/jpeg", jpeg())
    for place, name in ((1, "2.jpg"), (2, "2.jpg"), (0, "a.csv"), (9, "m/1.jpg"), (-1, "2.jpg")):
        assert opened(path, place, name) is None


def test_a_damaged_or_boundless_picture_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    whole = zipped(("1.png", png()), packing=zipfile.ZIP_STORED)
    path.write_bytes(whole.replace(b"IDAT", b"IDAX", 1))
    with pytest.raises(Refused):
        opened(path, 0, "1.png")
    path.write_bytes(zipped(("1.jpg", jpeg() + bytes(PICTURE_BYTES))))
    with pytest.raises(Refused):  # thirty megabytes of nothing: the limit of what unpacks to far more
        opened(path, 0, "1.jpg")
    path.write_bytes(zipped(("1.jpg", jpeg() + bytes(PICTURE_BYTES)), packing=zipfile.ZIP_STORED))
    assert opened(path, 0, "1.jpg") is None
