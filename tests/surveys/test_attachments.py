"""The photos of a record: those its rows named in the archives they came in, and who may have them."""

from __future__ import annotations

import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest

from gis.formats.pictures import FILE_PICTURES, ROW_PICTURES
from surveys import attachments, events
from surveys.errors import NotAllowed, NotFound
from surveys.intake import attached, imports
from surveys.intake.accept import import_folder
from surveys.intake.kept_out import write_xlsx
from surveys.intake.mapping import ADDED_HEADINGS
from surveys.intake.returned import came_back
from surveys.roles import Actor
from surveys.store.store import Store
from tests.conftest import NETWORK, STEWARD, Intake
from tests.gis.formats.test_pictures import HERE, jpeg, png, zipped

HEAD = "ชุมชน,ลำดับบ้าน,ครัวเรือนที่,ชื่อหัวหน้าครัวเรือน,รูปบ้าน\n"


def table(*rows: tuple[str, str], name: str = "คน") -> str:
    """Households of K1: the number of the house and the cell that names photos."""
    return HEAD + "".join(f'K1,{seq},1,{name} {seq},"{cell}"\n' for seq, cell in rows)


def send(take: Intake, *members: tuple[str, bytes | str], name: str = "survey.zip") -> dict[str, Any]:
    folder = take.folder / f"sent-{next(take.numbers)}"
    folder.mkdir()
    path = folder / name
    path.write_bytes(zipped(*members))
    return take(path, type="household")


def of(store: Store, seq: str) -> str:
    frame = store.read(NETWORK, "household", ["house_seq"])
    return str(frame.index[frame["house_seq"] == seq][0])


def photos(store: Store, seq: str, actor: Actor = STEWARD) -> list[str]:
    return [one.name for one in attachments.listed(store, NETWORK, "household", of(store, seq), actor)]


def content(store: Store, seq: str) -> list[tuple[str, str, bytes]]:
    record = ("household", of(store, seq))
    found = attachments.listed(store, NETWORK, *record, STEWARD)
    opened = [attachments.opened(store, NETWORK, record, one.key, STEWARD) for one in found]
    return [(one.name, one.media_type, one.content) for one in opened]


def test_a_record_has_the_photos_its_row_names(store: Store, take: Intake) -> None:
    rows = table(("1", "1.jpg"), ("2", "media/2.PNG 3.jpg"), ("3", "ไม่มี"), ("4", "4.jpg"))
    pictures = [("media/1.jpg", jpeg("1")), ("media/2.png", png()), ("media/3.jpg", jpeg("3"))]
    report = send(take, ("data.csv", rows), *pictures, ("5.jpg", jpeg("5")))
    assert report["problem_counts"]["pictures_named"] == report["problem_counts"]["pictures_unnamed"] == 1
    assert "member_skipped" not in report["problem_counts"]
    assert [photos(store, seq) for seq in "1234"] == [["1.jpg"], ["2.png", "3.jpg"], [], []]
    assert content(store, "1") == [("1.jpg", "image/jpeg", jpeg("1"))]
    assert content(store, "2")[0] == ("2.png", "image/png", png())


def test_without_an_archive_nothing_is_claimed(store: Store, take: Intake) -> None:
    path = take.folder / "a.csv"
    path.write_text(table(("1", "1.jpg")), "utf-8")
    assert "pictures_named" not in take(path, type="household")["problem_counts"]
    assert photos(store, "1") == []


def test_photos_that_come_after_their_rows_find_them(store: Store, take: Intake) -> None:
    rows = table(("1", "1.jpg"), ("2", "2.jpg"))
    send(take, ("data.csv", rows))
    later = send(take, ("data.csv", rows), ("1.jpg", jpeg("1")))
    assert (later["taken"], later["unchanged"], later["status"]) == (0, 2, "taken")
    assert [photos(store, seq) for seq in "12"] == [["1.jpg"], []]
    again = send(take, ("1.jpg", jpeg("1")), ("data.csv", rows))
    assert again["status"] == "same"
    more = send(take, ("data.csv", rows), ("1.jpg", jpeg("1")), ("2.jpg", jpeg("2")))
    assert more["status"] == "taken"
    assert [photos(store, seq) for seq in "12"] == [["1.jpg"], ["2.jpg"]]


def test_another_photo_of_the_same_name_stands_before_the_earlier_one(store: Store, take: Intake) -> None:
    for mark in ("old", "new"):
        send(take, ("data.csv", table(("1", "1.jpg"))), ("1.jpg", jpeg(mark)))
    assert [one[2] for one in content(store, "1")] == [jpeg("new"), jpeg("old")]


def test_a_later_archive_of_others_lends_no_photo(store: Store, take: Intake) -> None:
    """The name stays with the record; a photo of that name in an archive that tells of another house is not its."""
    send(take, ("data.csv", table(("1", "1.jpg"))))
    send(take, ("data.csv", table(("2", "1.jpg"))), ("1.jpg", jpeg("2")))
    assert [photos(store, seq) for seq in "12"] == [[], ["1.jpg"]]


def test_an_undone_import_takes_its_photos_along_and_brings_them_back(store: Store, take: Intake) -> None:
    rows = table(("1", "1.jpg"))
    send(take, ("data.csv", rows))
    number = send(take, ("data.csv", rows), ("1.jpg", jpeg()))["import_id"]
    imports.undo(store, number, STEWARD)
    assert photos(store, "1") == []
    imports.redo(store, number, STEWARD)
    assert photos(store, "1") == ["1.jpg"]


def test_a_row_kept_out_has_no_record_and_no_photo(store: Store, take: Intake) -> None:
    report = send(take, ("data.csv", table(("1", ""), ("", "1.jpg"))), ("1.jpg", jpeg()))
    assert report["quarantined"] == 1
    assert photos(store, "1") == []


def mended(take: Intake, number: int, cells: dict[str, str]) -> dict[str, Any]:
    """The workbook of an import comes back, its rows changed in these columns."""
    target = take.folder / f"kept-{next(take.numbers)}.xlsx"
    write_xlsx(import_folder(take.store, number), target, came_back(take.store, NETWORK, number))
    book = openpyxl.load_workbook(target)
    heads = [cell.value for cell in book.worksheets[0][1]]
    for row in book.worksheets[0].iter_rows(min_row=2):
        for head, text in cells.items():
            row[heads.index(head)].value = text
    book.save(target)
    return take(target)


def test_a_row_that_comes_back_mended_has_the_photo_it_was_sent_with(store: Store, take: Intake) -> None:
    rows = table(("1", "1.jpg"), ("", "2.jpg 3.jpg"))
    files = [(f"{n}.jpg", jpeg(n)) for n in "123"]
    first = send(take, ("data.csv", rows), *files)["import_id"]
    report = mended(take, first, {"ลำดับบ้าน": "2"})
    assert (report["new"], report["problem_counts"]["pictures_named"]) == (1, 1)
    assert content(store, "2") == [(f"{n}.jpg", "image/jpeg", jpeg(n)) for n in "23"]
    assert photos(store, "1") == ["1.jpg"]
    # The archive is there still when the rest of its import is undone.
    imports.undo(store, first, STEWARD)
    assert photos(store, "2") == ["2.jpg", "3.jpg"]
    imports.undo(store, report["import_id"], STEWARD)
    imports.redo(store, first, STEWARD)
    assert photos(store, "1") == ["1.jpg"]
    imports.redo(store, report["import_id"], STEWARD)
    assert photos(store, "2") == ["2.jpg", "3.jpg"]


def test_a_photo_waits_as_often_as_its_row_is_kept_out(store: Store, take: Intake) -> None:
    first = send(take, ("data.csv", table(("1", ""), ("", "2.jpg"))), ("2.jpg", jpeg("2")))["import_id"]
    second = mended(take, first, {"ชื่อหัวหน้าครัวเรือน": "สม"})
    assert second["quarantined"] == 1 and photos(store, "1") == []
    mended(take, second["import_id"], {"ลำดับบ้าน": "2"})
    assert content(store, "2") == [("2.jpg", "image/jpeg", jpeg("2"))]
    assert photos(store, "1") == []


def test_a_row_whose_number_was_rubbed_out_has_no_photo(store: Store, take: Intake) -> None:
    first = send(take, ("data.csv", table(("1", ""), ("", "2.jpg"))), ("2.jpg", jpeg("2")))["import_id"]
    report = mended(take, first, {"ลำดับบ้าน": "2", ADDED_HEADINGS[0]: ""})
    assert report["new"] == 1 and "pictures_named" not in report["problem_counts"]
    assert photos(store, "2") == []


def test_a_later_copy_that_is_damaged_does_not_hide_the_sound_one(store: Store, take: Intake) -> None:
    """It says to be the same photo, by checksum and size; only reading shows that it is not."""
    rows = table(("1", "1.jpg"))
    whole, other = (jpeg(mark) + bytes(9_000) for mark in ("whole", "other"))
    send(take, ("data.csv", rows), ("1.jpg", whole))
    said, declared = (zlib.crc32(each).to_bytes(4, "little") for each in (other, whole))
    later = zipped(("data.csv", rows + "\n"), ("1.jpg", other), packing=zipfile.ZIP_STORED)
    path = take.folder / "later.zip"
    path.write_bytes(later.replace(said, declared))
    second = take(path, type="household")["import_id"]
    (photo,) = attachments.listed(store, NETWORK, "household", of(store, "1"), STEWARD)
    assert photo.import_id == second
    assert content(store, "1") == [("1.jpg", "image/jpeg", whole)]
    with store.reading() as connection:
        told = events.recent(connection, NETWORK, 1)[0]["detail"]
    assert told["import"] == second - 1


def test_of_a_long_list_no_more_is_read_than_a_record_needs(store: Store, take: Intake) -> None:
    number = send(
        take, ("data.csv", table(("1", "1.jpg"), ("", "2.jpg"))), ("1.jpg", jpeg("1")), ("2.jpg", jpeg("2"))
    )["import_id"]
    record, path = of(store, "1"), import_folder(store, number) / attached.FILE
    with pa.OSFile(str(path)) as file:
        kept = pa.ipc.open_file(file).read_all()
    (own,) = (row for row in kept.to_pylist() if row["id"])
    others = [own | {"id": f"{place:032x}"} for place in range(100_000)]
    waiting = [row for row in kept.to_pylist() if row["id"] is None]
    rows = sorted([own, own | {"type": "house"}, *others], key=lambda row: row["id"]) + waiting
    with pa.ipc.new_file(str(path), kept.schema) as writer:
        writer.write_table(pa.Table.from_pylist(rows, kept.schema))
    counted, before = pa.proxy_memory_pool(pa.default_memory_pool()), pa.default_memory_pool()
    pa.set_memory_pool(counted)
    try:
        assert photos(store, "1") == ["1.jpg"]
        for place in (0, 1, 50_000, 99_999):
            found = attachments.listed(store, NETWORK, "household", f"{place:032x}", STEWARD)
            assert [one.name for one in found] == ["1.jpg"]
        assert attachments.listed(store, NETWORK, "household", "f" * 32, STEWARD) == []
    finally:
        pa.set_memory_pool(before)
    assert counted.max_memory() < path.stat().st_size / 20
    assert attachments.listed(store, NETWORK, "house", record, STEWARD)


def test_a_record_keeps_no_more_photos_of_a_file_than_is_told(store: Store, take: Intake) -> None:
    names = [f"{n}.jpg" for n in range(ROW_PICTURES + 2)]
    files = [(name, jpeg(name)) for name in names]
    report = send(take, ("data.csv", table(("1", " ".join(names)))), *files)
    assert photos(store, "1") == names[:ROW_PICTURES]
    (told,) = (one for one in report["problems"] if one["code"] == "pictures_over")
    assert told["value"] == "2" and "pictures_unnamed" not in report["problem_counts"]
    for message in (told["message_th"], told["message_en"]):
        assert str(ROW_PICTURES) in message and f"{FILE_PICTURES:,}" in message
    send(take, ("data.csv", table(("1", " ".join(names[ROW_PICTURES:])))), *files[ROW_PICTURES:])
    assert sorted(photos(store, "1")) == sorted(names)


def test_lists_written_before_rows_were_in_them_are_read(store: Store, take: Intake) -> None:
    number = send(take, ("data.csv", table(("1", "1.jpg"))), ("1.jpg", jpeg("1")))["import_id"]
    path = import_folder(store, number) / attached.FILE
    with pa.OSFile(str(path)) as file:
        kept = (
            pa.ipc.open_file(file)
            .read_all()
            .drop_columns(["part", "row", "digest"])
            .replace_schema_metadata()
        )
    with pa.ipc.new_file(str(path), kept.schema) as writer:
        writer.write_table(kept)
    assert content(store, "1") == [("1.jpg", "image/jpeg", jpeg("1"))]


def test_a_repeat_has_the_photos_of_its_own_rows(store: Store, take: Intake) -> None:
    households = HEAD.replace("รูปบ้าน", "_index,photo") + "K1,1,1,ก,1,house.jpg\n"
    members = "_index,_parent_index,ชื่อ,ความสัมพันธ์,photo\n1,1,ก,หัวหน้า,face.jpg\n2,1,ข,บุตร,\n"
    files = [("ครัวเรือน.csv", households), ("สมาชิก.csv", members)]
    folder = take.folder / "repeat"
    folder.mkdir()
    (folder / "a.zip").write_bytes(zipped(*files, ("face.jpg", jpeg("f")), ("house.jpg", jpeg("h"))))
    take(folder / "a.zip", layers={"ครัวเรือน": "household", "สมาชิก": "member"})
    assert photos(store, "1") == ["house.jpg"]
    found = {
        str(record): [one.name for one in attachments.listed(store, NETWORK, "member", str(record), STEWARD)]
        for record in store.read(NETWORK, "member", []).index
    }
    assert sorted(found.values()) == [[], ["face.jpg"]]


def test_submissions_without_their_photos_say_so_and_have_them_once_sent(store: Store, take: Intake) -> None:
    """The server lists the files of a submission with it, those of its repeat too: each goes to its own record."""
    people = [{"ชื่อ": "ก", "ความสัมพันธ์": "หัวหน้า", "รูป": "face.jpg"}, {"ชื่อ": "ข", "ความสัมพันธ์": "บุตร"}]
    folder = f"bob/attachments/f1/{HERE}"
    files = [{"filename": f"{folder}/{name}", "mimetype": "image/jpeg"} for name in ("house.jpg", "face.jpg")]
    house = {"ชุมชน": "K1", "ลำดับบ้าน": "1", "ครัวเรือนที่": "1", "ชื่อหัวหน้าครัวเรือน": "ก", "รูปบ้าน": "house.jpg"}
    text = json.dumps([{"_uuid": HERE, **house, "คน": people, "_attachments": files}])
    alone = take.folder / "a.json"
    alone.write_text(text, "utf-8")
    types = {"a": "household", "คน": "member"}
    report = take(alone, layers=types)
    assert [p["value"] for p in report["problems"] if p["code"] == "pictures_missing"] == ["2"]
    assert (report["new"], photos(store, "1")) == (3, [])
    pictures = [(f"{folder}/house.jpg", jpeg("h")), (f"{folder}/face.jpg", jpeg("f"))]
    with_them = take.folder / "a.zip"
    with_them.write_bytes(zipped(("a.json", text), *pictures))
    report = take(with_them, layers=types)
    assert (report["new"], report["unchanged"]) == (0, 3)
    assert "pictures_missing" not in report["problem_counts"]
    assert photos(store, "1") == ["house.jpg"]
    ids = [str(one) for one in store.read(NETWORK, "member", []).index]
    told = [attachments.listed(store, NETWORK, "member", one, STEWARD) for one in ids]
    assert sorted([one.name for one in each] for each in told) == [[], ["face.jpg"]]


@pytest.mark.parametrize(
    ("role", "may"), [("surveyor", True), ("planner", True), ("secretary", False), ("public", False)]
)
def test_who_reads_files_has_the_photos_and_nobody_else(
    role: str, may: bool, store: Store, take: Intake
) -> None:
    send(take, ("data.csv", table(("1", "1.jpg"))), ("1.jpg", jpeg()))
    record, actor = ("household", of(store, "1")), Actor("x", role)
    (one,) = attachments.listed(store, NETWORK, *record, STEWARD)
    if may:
        assert attachments.opened(store, NETWORK, record, one.key, actor).content == jpeg()
        with store.reading() as connection:
            told = events.recent(connection, NETWORK, 1)[0]
        assert (told["action"], told["subject"]) == ("attachment_taken", record[1])
        return
    with pytest.raises(NotAllowed):
        attachments.listed(store, NETWORK, *record, actor)
    with pytest.raises(NotAllowed):
        attachments.opened(store, NETWORK, record, one.key, actor)


def test_a_photo_is_given_with_its_own_record_only(store: Store, take: Intake) -> None:
    send(
        take, ("data.csv", table(("1", "1.jpg"), ("2", "2.jpg"))), ("1.jpg", jpeg("1")), ("2.jpg", jpeg("2"))
    )
    one, two = ("household", of(store, "1")), ("household", of(store, "2"))
    (photo,) = attachments.listed(store, NETWORK, *one, STEWARD)
    nowhere = (
        (two, photo.key),
        (one, "0" * 32),
        (one, "../1.jpg"),
        (("member", one[1]), photo.key),
        (("x", "y"), "z"),
    )
    for record, key in nowhere:
        with pytest.raises(NotFound):
            attachments.opened(store, NETWORK, record, key, STEWARD)
    with pytest.raises(NotFound):
        attachments.opened(store, "elsewhere", one, photo.key, STEWARD)


def test_a_file_that_is_gone_or_is_another_one_gives_no_photo(store: Store, take: Intake) -> None:
    send(take, ("data.csv", table(("1", "1.jpg"))), ("1.jpg", jpeg()))
    record = ("household", of(store, "1"))
    (photo,) = attachments.listed(store, NETWORK, *record, STEWARD)
    raw = store.files / "raw" / photo.digest
    kept: Path = raw.rename(raw.with_name("kept"))
    for other in (
        None,
        b"no archive",
        zipped(("1.jpg", b"text"), ("data.csv", b"")),
        zipped(("data.csv", b""), ("1.jpg", jpeg()), packing=zipfile.ZIP_LZMA),
        zipped(("../1.jpg", jpeg())),
    ):
        if other is not None:
            raw.write_bytes(other)
        with pytest.raises(NotFound):
            attachments.opened(store, NETWORK, record, photo.key, STEWARD)
    kept.replace(raw)
    assert attachments.opened(store, NETWORK, record, photo.key, STEWARD).content == jpeg()
