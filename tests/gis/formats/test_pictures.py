"""Pictures beside the data: which are pictures, which row names which, and what is opened of them."""

from __future__ import annotations

import io
import struct
import time
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pyarrow as pa
import pytest

from gis.formats import Layer, Limits, Reading
from gis.formats.model import Refused
from gis.formats.pictures import FILE_PICTURES, PICTURE_BYTES, ROW_PICTURES, media_type, opened

Read = Callable[..., Reading]
Rows = Callable[[Layer], list[dict[str, Any]]]
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
    ("an image of a description", '<img src=""files/1.jpg""/>', ["files/1.jpg"], ["files/1.jpg"]),
    ("an address in HTML", "<img src='files/a%20%E0%B8%81&amp;b.jpg'>", ["files/a ก&b.jpg"], ["files/a ก&b.jpg"]),
    ("an address elsewhere", "https://example.org/1.jpg", ["1.jpg"], []),
    ("an address elsewhere in HTML", '<img src=""http://example.org/files/1.jpg"">', ["files/1.jpg"], []),
    ("a name as Kobo keeps it", "ป้าย ที่ 1.jpg", [f"u/{HERE}/ปาย_ท_1.jpg"], [f"u/{HERE}/ปาย_ท_1.jpg"]),
    ("a name both ways", "a b.jpg", ["a b.jpg", "a_b.jpg"], ["a b.jpg"]),
    ("a folder of another", "a/1.jpg", [f"a/{OTHER}/1.jpg"], []),
]  # fmt: skip
# Those of which the picture is not there at all.
MISSING = {
    "another folder",
    "part of a name",
    "a name outside",
    "of another submission",
    "a folder of another",
}
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
    codes += [("pictures_missing", "1")] if what in MISSING else []
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


def test_of_a_row_and_of_a_file_no_more_pictures_are_kept_than_some(here: Read) -> None:
    """A small archive could name each of its pictures in each of its rows."""
    names = [f"{n}.jpg" for n in range(ROW_PICTURES + 9)]
    files = [(name, jpeg(name)) for name in names]
    reading = here(zipped(("d.csv", f"x,photo\n1,{' '.join(names)}\n2,{names[-1]}\n"), *files), "a.zip")
    assert named(reading) == [*(("d", 2, name) for name in names[:ROW_PICTURES]), ("d", 3, names[-1])]
    assert said(reading) == [("pictures_named", str(ROW_PICTURES + 1)), ("pictures_over", "9")]
    cell, rows = " ".join(names[:ROW_PICTURES]), FILE_PICTURES // ROW_PICTURES
    reading = here(
        zipped(("d.csv", "x,photo\n" + f"1,{cell}\n" * (rows + 2)), *files[:ROW_PICTURES]), "a.zip"
    )
    assert len(named(reading)) == FILE_PICTURES
    assert said(reading)[1] == ("pictures_over", str(2 * ROW_PICTURES))


def test_a_list_of_the_server_names_no_more_than_some(here: Read) -> None:
    uuid, names = HERE, [f"{n}.jpg" for n in range(ROW_PICTURES + 9)]
    files = [(f"bob/attachments/f1/{uuid}/{name}", jpeg(name)) for name in names]
    told = submission(uuid, photo=names[0], people=[], _attachments=[{"filename": name} for name, _ in files])
    reading = here(zipped(("a.json", as_json(told)), *files), "a.zip")
    assert len(named(reading)) == ROW_PICTURES
    assert said(reading) == [("pictures_named", str(ROW_PICTURES)), ("pictures_over", "9")]


@pytest.mark.parametrize("name", ["../1.jpg", "/1.jpg", "C:/1.jpg"])
def test_a_picture_outside_the_archive_refuses_it(name: str, here: Read) -> None:
    refusal = here(zipped(("d.csv", "photo\n1.jpg\n"), (name, jpeg())), "a.zip").refusal
    assert refusal is not None and refusal.code == "archive_unsafe_path"


def test_ten_thousand_pictures_of_one_name_go_to_their_rows(here: Read) -> None:
    ids = [str(UUID(int=n)) for n in range(10_000)]
    files = [(f"attachments/u/{one}/1.jpg", jpeg(one)) for one in ids]
    table = "_uuid,photo\n" + "".join(f"{one},1.jpg\n" for one in ids)
    begun = time.process_time()
    reading = here(zipped(("d.csv", table), *files), "a.zip")
    assert time.process_time() - begun < 10
    assert named(reading) == [("d", n, name) for n, (name, _) in enumerate(files, 2)]


def test_a_row_of_many_ids_and_many_names_is_soon_read(here: Read) -> None:
    names = [f"{n}.jpg" for n in range(3_000)]
    ids = " ".join(str(UUID(int=n)) for n in range(10_000))
    files = [(f"u/{UUID(int=n)}/{name}", jpeg(name)) for n, name in enumerate(names)]
    begun = time.process_time()
    reading = here(zipped(("d.csv", f"x,photo\n{ids},{' '.join(names)}\n"), *files), "a.zip")
    assert time.process_time() - begun < 3
    assert len(named(reading)) == ROW_PICTURES


def placemark(description: str, more: str = "") -> str:
    return f"<Placemark><name>1</name><description>{description}</description>{more}</Placemark>"


def datum(text: str) -> str:
    return f"<ExtendedData><Data name='photo'><value>{text}</value></Data></ExtendedData>"


KMZ: list[tuple[str, str, list[str]]] = [
    # what, a placemark, the pictures it has
    ("an image as text", placemark('<![CDATA[ที่บ้าน <img src="files/a.jpg" width="200"/>]]>'), ["files/a.jpg"]),
    ("an image as markup", placemark('<img src="files/a.jpg"/>'), ["files/a.jpg"]),
    ("two images", placemark("<![CDATA[<img src='files/a.jpg'><img src='files/b%20c.png'>]]>"),
     ["files/a.jpg", "files/b c.png"]),
    ("an image in a table", placemark('<![CDATA[<table><tr><td>รูป</td><td><img src="files/b c.png"></td></tr>'
     "<tr><td>บ้าน</td><td>1</td></tr></table>]]>"), ["files/b c.png"]),
    ("an image beside a table", placemark('<![CDATA[<img src="files/b c.png"><img src=files/a.jpg>'
     "<table><tr><td>บ้าน</td><td>1</td></tr></table>]]>"), ["files/a.jpg", "files/b c.png"]),
    ("a cell of data", placemark("", datum("files/a.jpg")), ["files/a.jpg"]),
    ("the name alone", placemark("", datum("A.JPG")), ["files/a.jpg"]),
    ("an image elsewhere", placemark('<![CDATA[<img src="https://example.org/files/a.jpg">]]>'), []),
    ("an image outside", placemark('<![CDATA[<img src="../../files/a.jpg">]]>'), []),
    ("no image", placemark('<![CDATA[<img src="files/c.svg"><img src="files/d.jpg">]]>'), []),
]  # fmt: skip


@pytest.mark.parametrize(("what", "body", "wanted"), KMZ, ids=[case[0] for case in KMZ])
def test_a_placemark_has_the_pictures_of_its_kmz(what: str, body: str, wanted: list[str], here: Read) -> None:
    icon = "<Style id='s'><IconStyle><Icon><href>files/icon.png</href></Icon></IconStyle></Style>"
    icon += "<Style><ListStyle><ItemIcon><href>files/dot.gif</href></ItemIcon></ListStyle></Style>"
    document = f"<kml><Document><name>บ้าน</name>{icon}{placemark('-')}{body}</Document></kml>"
    files = [("files/a.jpg", jpeg("a")), ("files/b c.png", png()), ("files/icon.png", png(9)),
             ("files/c.svg", b"<svg/>"), ("files/d.jpg", b"no picture"), ("files/dot.gif", b"GIF89a")]  # fmt: skip
    reading = here(zipped(("doc.kml", document), *files), "a.kmz")
    assert reading.refusal is None
    assert named(reading) == [("บ้าน", 2, name) for name in wanted], what
    left = ", ".join(name for name in ("files/a.jpg", "files/b c.png") if name not in wanted)
    assert [value for code, value in said(reading) if code == "member_skipped"] == [
        "files/c.svg",
        "files/d.jpg",
    ]
    # What the map is drawn with is nobody's photo.
    told = [value for code, value in said(reading) if code == "pictures_unnamed"]
    assert told == ([f"{left} ({2 - len(wanted)})"] if left else [])


def test_a_kmz_inside_an_archive_says_that_its_pictures_stay_there(here: Read) -> None:
    document = f"<kml><Document>{placemark('<img/>files/a.jpg')}</Document></kml>"
    inside = zipped(("doc.kml", document), ("files/a.jpg", jpeg()))
    reading = here(zipped(("x/a.kmz", inside)), "a.zip")
    assert (named(reading), said(reading)) == ([], [("pictures_inside", "x/a.kmz (1)")])


@pytest.mark.parametrize("name", ["../files/a.jpg", "/a.jpg", "C:/a.jpg"])
def test_a_picture_outside_its_kmz_refuses_it(name: str, here: Read) -> None:
    document = f"<kml><Document>{placemark('-')}</Document></kml>"
    refusal = here(zipped(("doc.kml", document), (name, jpeg())), "a.kmz").refusal
    assert refusal is not None and refusal.code == "archive_unsafe_path"


def submission(uuid: str, **rest: object) -> dict[str, object]:
    """A submission as the server's JSON has it: its answers, and a list of its files."""
    files = [
        {"filename": f"bob/attachments/f1/{uuid}/{name}", "mimetype": "image/jpeg",
         "download_url": f"https://kc.example.org/media?media_file=bob%2Fattachments%2Ff1%2F{uuid}%2F{name}"}
        for name in ("1.jpg", "face.jpg")
    ]  # fmt: skip
    deleted = {"filename": f"bob/attachments/f1/{uuid}/old.jpg", "is_deleted": True}
    sound = {"filename": f"bob/attachments/f1/{uuid}/a.amr", "mimetype": "audio/amr"}
    answers = {"_uuid": uuid, "photo": "1.jpg", "people": [{"people/photo": "face.jpg", "people/sex": "1"}]}
    return answers | {"_attachments": [*files, deleted, sound]} | rest


def as_json(*submissions: dict[str, object]) -> bytes:
    return orjson.dumps({"count": len(submissions), "results": list(submissions)})


def as_xml(uuid: str) -> str:
    return (
        f'<data id="f1"><photo>1.jpg</photo><people><photo>face.jpg</photo><sex>1</sex></people><people><photo/>'
        f"<sex>2</sex></people><meta><instanceID>uuid:{uuid}</instanceID></meta></data>"
    )


def folders(pattern: str) -> list[tuple[str, bytes]]:
    return [
        (pattern.format(uuid=uuid, name=name), jpeg(uuid + name))
        for uuid in (HERE, OTHER)
        for name in ("1.jpg", "face.jpg")
    ]


BOTH = {
    "a.json": as_json(submission(HERE), submission(OTHER)),
    "a.xml": f"<r>{as_xml(HERE)}{as_xml(OTHER)}</r>",
}
SENT = [(name, pattern) for name in BOTH for pattern in (
    "bob/attachments/f1/{uuid}/{name}", "attachments/bob/f1/{uuid}/{name}", "media/uuid{uuid}/{name}"
)]  # fmt: skip


@pytest.mark.parametrize(("name", "pattern"), SENT)
def test_submissions_have_the_pictures_of_their_own_folders(name: str, pattern: str, here: Read) -> None:
    """Those of a repeat are its own, though the server lists them with the submission."""
    reading = here(zipped((name, BOTH[name]), *folders(pattern)), "a.zip")
    assert said(reading) == [("pictures_named", "4")]
    main, repeat = (layer.name for layer in reading.layers)
    turns = (1, 2) if name == "a.json" else (1, 3)
    assert sorted(named(reading)) == sorted(
        (layer, row, pattern.format(uuid=uuid, name=photo))
        for layer, photo, rows in ((main, "1.jpg", (1, 2)), (repeat, "face.jpg", turns))
        for row, uuid in zip(rows, (HERE, OTHER), strict=True)
    )


@pytest.mark.parametrize("name", BOTH)
def test_submissions_without_their_pictures_say_so_once(name: str, here: Read, rows: Rows) -> None:
    reading = here(BOTH[name], name)
    assert (named(reading), said(reading)) == ([], [("pictures_missing", "4")])
    assert [row["photo"] for row in rows(reading.layers[0])] == ["1.jpg", "1.jpg"]
    some = here(zipped((name, BOTH[name]), folders("m/{uuid}/{name}")[0]), "a.zip")
    assert said(some) == [("pictures_named", "1"), ("pictures_missing", "3")]


def test_a_list_of_the_server_names_what_no_answer_does(here: Read) -> None:
    only = submission(HERE, photo=None, people=[])
    files = folders("bob/attachments/f1/{uuid}/{name}")
    reading = here(zipped(("a.json", as_json(only)), files[0], files[2]), "a.zip")
    assert named(reading) == [("a", 1, files[0][0])]
    assert said(reading) == [
        ("pictures_named", "1"), ("pictures_unnamed", f"{files[2][0]} (1)"), ("pictures_missing", "1")
    ]  # fmt: skip


TABLES: list[tuple[str, str | None]] = [
    ("_uuid,photo,photo_URL\nu1,1.jpg,https://kc.example.org/1.jpg\nu2,,\nu3,a b.PNG,\n", "2"),
    ("KEY,บ้าน-photo\nuuid:1,1.heic\n", "1"),
    ("_uuid,note\nu1,ดูรูป 1.jpg แล้ว\nu2,https://example.org/1.jpg\n", None),
    ("บ้าน,photo\n1,1.jpg\n", None),
]


@pytest.mark.parametrize(("table", "missing"), TABLES)
def test_only_tables_of_survey_servers_are_asked_for_pictures(
    table: str, missing: str | None, here: Read
) -> None:
    assert [value for code, value in said(here(table.encode(), "a.csv")) if code == "pictures_missing"] == (
        [missing] if missing else []
    )


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


@pytest.mark.parametrize("packing", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_picture_packed_as_no_phone_packs_it_is_no_picture(
    packing: int, here: Read, tmp_path: Path
) -> None:
    """A few bytes so packed unpack to gigabytes at one stroke, or break in the middle as no other packing does."""
    whole = zipped(("d.csv", "photo\n1.jpg\n"), ("1.jpg", jpeg() + bytes(1 << 20)), packing=packing)
    reading = here(whole, "a.zip")
    assert (named(reading), said(reading)) == ([], [("member_skipped", "1.jpg")])
    path = tmp_path / "b.zip"
    for content in (whole, broken(whole, "1.jpg")):
        path.write_bytes(content)
        assert opened(path, 1, "1.jpg") is None


def broken(archive: bytes, member: str) -> bytes:
    """An archive in which the packed bytes of a member are damaged past their head."""
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        info = file.getinfo(member)
    begun = info.header_offset + 30 + len(member.encode())
    half = begun + info.compress_size // 2
    return (
        archive[:half] + b"\xff" * (begun + info.compress_size - half) + archive[begun + info.compress_size :]
    )


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_data_damaged_in_its_packing_is_an_unreadable_archive(packing: int, here: Read) -> None:
    table = "a\n" + "".join(f"{n * n}\n" for n in range(20_000))
    assert here(zipped(("d.csv", table), packing=packing), "a.zip").refusal is None
    refusal = here(broken(zipped(("d.csv", table), packing=packing), "d.csv"), "a.zip").refusal
    assert refusal is not None and refusal.code == "archive_unreadable"


def test_no_more_is_unpacked_than_the_archive_declares(tmp_path: Path) -> None:
    """The declared size is made smaller in both of its places: what is unpacked no longer fits its checksum."""
    picture = jpeg() + bytes(1 << 20)
    size, less = (struct.pack("<I", number) for number in (len(picture), 1000))
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(("1.jpg", picture)).replace(size, less))
    with pytest.raises(Refused):
        opened(path, 0, "1.jpg")


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
