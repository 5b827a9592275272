"""Exports: what may not be written over, and what other programs' columns and shapes do to a format."""

from __future__ import annotations

import csv
import json
import os
import shutil
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.formats import ReadOptions
from gis.formats.child import read_here
from surveys import events, export
from surveys.errors import Refused
from surveys.roles import Actor
from surveys.store.store import Store
from tests.conftest import NETWORK, STEWARD, Intake

HOUSES = [{"ชุมชน": "ก", "ลำดับบ้าน": str(n), "wkt": f"SRID=4326;POINT (100.5{n} 13.7)"} for n in range(1, 4)]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of the store's folder but SQLite's index of its journal."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith("-shm")
    }


@pytest.mark.parametrize(
    "ending", ["", ".key", ".work", "-wal", "-shm", ".work-wal", ".files", ".files/raw/h.gpkg"]
)
def test_nothing_is_written_over_the_store(take: Intake, ending: str) -> None:
    take.rows(HOUSES, "house.csv")
    store = take.store
    target = Path(f"{store.path}{ending}")
    before = contents(store.path.parent)
    with pytest.raises(Refused, match="belongs to the store"), export.whole(store, target) as half:
        half.write_text("gone")
    assert contents(store.path.parent) == before
    if not target.is_dir():
        link = take.folder / "link.gpkg"
        link.symlink_to(target)
        with pytest.raises(Refused, match="belongs to the store"):
            export.write(store, NETWORK, "house", link, STEWARD)
    assert store.counts(NETWORK)["house"] == 3


def test_another_name_of_the_store_is_the_store(take: Intake) -> None:
    other = take.folder / "other.gpkg"
    os.link(take.store.path, other)
    with pytest.raises(Refused, match="belongs to the store"):
        export.write(take.store, NETWORK, "house", other, STEWARD)
    shutil.copyfile(take.store.path, take.folder / "copy.gpkg")
    export.write(take.store, NETWORK, "house", take.folder / "copy.gpkg", STEWARD)


def test_a_file_that_could_not_be_written_is_not_logged_and_leaves_what_was_there(
    take: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    take.rows(HOUSES, "house.csv")
    out = take.folder / "out" / "house.csv"
    with pytest.raises(Refused, match="cannot be written"):
        export.write(take.store, NETWORK, "house", out, STEWARD)
    out.parent.mkdir()
    out.write_text("before")

    def half(_frame: object, path: Path, _name: str) -> None:
        path.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(export.WRITERS, ".csv", half)
    with pytest.raises(Refused, match="No space left"):
        export.write(take.store, NETWORK, "house", out, STEWARD)
    assert [path.name for path in out.parent.iterdir()] == ["house.csv"] and out.read_text() == "before"
    with take.store.reading() as connection:
        told = connection.exec_driver_sql("SELECT count(*) FROM event WHERE action='export'").scalar()
    assert told == 0


def test_an_export_is_logged_before_anybody_has_it(take: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    take.rows(HOUSES, "house.csv")
    out = take.folder / "house.csv"

    def refuse(*_: object) -> None:
        raise Refused(export.words("ไม่ได้", "no"))

    monkeypatch.setattr(events, "record", refuse)
    with pytest.raises(Refused, match="no"):
        export.write(take.store, NETWORK, "house", out, STEWARD)
    assert not out.exists()


# What QGIS, a sheet and a careless hand call their columns.
FOREIGN = {"fid": "7", "geom": "x", "Geometry": "y", "ID": "9", "Fence": "a", "fence": "b"}


@pytest.mark.parametrize("suffix", export.WRITERS)
def test_columns_called_as_a_format_calls_its_own_go_out_and_come_back(take: Intake, suffix: str) -> None:
    take.rows([row | FOREIGN for row in HOUSES], "house.csv", type="house")
    out = take.folder / f"house{suffix}"
    assert export.write(take.store, NETWORK, "house", out, STEWARD) == 3
    found = take.examine(out)
    told = {name: found.total(name) for name in ("rows", "new", "unchanged", "quarantined")}
    assert told == {"rows": 3, "new": 0, "unchanged": 3, "quarantined": 0}


def test_a_column_in_three_spellings_goes_out(take: Intake) -> None:
    take.rows([row | {"fid": "1", "FID": "2", "Fid": "3"} for row in HOUSES], "house.csv")
    out = take.folder / "house.gpkg"
    assert export.write(take.store, NETWORK, "house", out, STEWARD) == 3


SHAPES = [
    shapely.Point(100.5, 13.7),
    shapely.box(100.51, 13.7, 100.52, 13.71),
    None,
    shapely.MultiPolygon([shapely.box(100.53, 13.7, 100.54, 13.71)]),
]


def test_a_shapefile_a_kind_of_shape(take: Intake) -> None:
    rows = [
        {"ชื่อชุมชน": f"ชุมชน {n}", "wkt": f"SRID=4326;{shape.wkt}" if shape else ""}
        for n, shape in enumerate(SHAPES)
    ]
    assert take.rows(rows, "community.csv", type="community")["new"] == 4
    out = take.folder / "community.zip"
    assert export.write(take.store, NETWORK, "community", out, STEWARD) == 4
    with zipfile.ZipFile(out) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".shp"))
    assert names == ["community_point.shp", "community_polygon.shp"]
    found = take.examine(out)
    assert (found.total("rows"), found.total("unchanged"), found.total("quarantined")) == (4, 4, 0)


def test_more_rows_than_a_sheet_holds_go_on_on_the_next(
    take: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    take.rows(HOUSES, "house.csv")
    monkeypatch.setattr(export, "_SHEET_ROWS", 3)
    out = take.folder / "house.xlsx"
    assert export.write(take.store, NETWORK, "house", out, STEWARD) == 3
    found = take.examine(out)
    assert [part.layer for part in found.parts] == ["house", "house_2"]
    assert (found.total("rows"), found.total("unchanged")) == (3, 3)


def test_a_heading_that_would_run_is_disarmed_and_comes_back(take: Intake) -> None:
    take.rows([row | {'=HYPERLINK("x")': "a", "+1": "b", "@x": ""} for row in HOUSES], "house.csv")
    out = take.folder / "house.csv"
    export.write(take.store, NETWORK, "house", out, STEWARD)
    with out.open(encoding="utf-8-sig", newline="") as file:
        headings = next(csv.reader(file))
    assert {'\'=HYPERLINK("x")', "'+1"} < set(headings)
    found = take.examine(out)
    assert (found.total("rows"), found.total("unchanged")) == (3, 3)


# Marks that a spreadsheet runs, what is put before them, and what a CSV keeps for itself.
MARKS = st.text(st.sampled_from([*"'''=+-@\t\r\n ก1,;\""]), max_size=6)
ANY = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=6)


@settings(max_examples=60)
@given(texts=st.lists(st.one_of(MARKS, ANY), max_size=30))
def test_every_text_comes_back_from_a_csv_and_none_is_run(
    texts: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("guard")
    path, sent = folder / "a.csv", ["x", *texts]
    export.list_csv(export.Listing(["n", "text"], [(str(n), text) for n, text in enumerate(sent)]), path, "a")
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert not [cell for row in csv.reader(file) for cell in row if cell.startswith(tuple("=+-@\t\r"))]
    (layer,) = read_here(path, "a.csv", ReadOptions(), folder / "out", lambda rows: None).layers
    with pa.memory_map(str(layer.path)) as file:
        found = pa.ipc.open_file(file).read_all()["text"].to_pylist()
    assert [text or "" for text in found] == sent
    shutil.rmtree(folder)


# What a cell says, by heading, of which nothing can be read; the text stays beside the field named.
UNREAD = {
    "จำนวนสมาชิก": ("people", "4 หรือ 5"),
    "รายได้": ("income", " ราว 5,000?"),
    "วันที่สำรวจ": ("visit_date", "31/11/2551"),
    "บ้านเลขที่": ("house_no", "1.88E+05"),
    "เลขบัตรประชาชน": ("head_id", "1.10E+12"),
}
FAMILY = {"ชุมชน": "ก", "ลำดับบ้าน": "1", "ครัวเรือนที่": "1", "ชื่อหัวหน้าครัวเรือน": "สม", "สถานะบ้าน": "ยืมอยู่"}


def noted(take: Intake) -> tuple[dict[str, str], dict[str, str]]:
    """The missing codes and raw texts kept of the only household; secret texts are sealed."""
    (row,) = take.store.read_table(NETWORK, "household").to_pylist()
    missing, raw = (json.loads(row[name] or "{}") for name in ("missing", "raw"))
    return missing, {name: text if name != "head_id" else "sealed" for name, text in raw.items()}


@pytest.mark.parametrize("suffix", export.WRITERS)
def test_what_could_not_be_read_comes_back_as_it_was(take: Intake, made_store: Path, suffix: str) -> None:
    take.rows([FAMILY | {heading: text for heading, (_, text) in UNREAD.items()}], "household.csv")
    missing, raw = noted(take)
    assert missing == dict.fromkeys(dict(UNREAD.values()), "unreadable")
    assert raw == dict(UNREAD.values()) | {"house_tenure": "ยืมอยู่", "head_id": "sealed"}
    out = take.folder / f"household{suffix}"
    export.write(take.store, NETWORK, "household", out, STEWARD)
    assert b"1.10E+12" not in out.read_bytes()
    assert take(out)["unchanged"] == 1
    for part in ("", ".key"):
        shutil.copyfile(f"{made_store}{part}", take.folder / f"other.gpkg{part}")
    other = Intake(Store.open(take.folder / "other.gpkg"), take.folder, numbers=take.numbers)
    assert other(out)["new"] == 1
    # A secret one stays out of every file.
    told = [{name: text for name, text in notes.items() if name != "head_id"} for notes in (missing, raw)]
    assert list(noted(other)) == told
    other.store.close()


def test_what_is_known_goes_before_what_could_not_be_read(take: Intake) -> None:
    """A later file says nothing that can be read, and another that nobody knows: so do files."""
    take.rows([FAMILY | {"จำนวนสมาชิก": "4", "รายได้": "5000"}], "household.csv")
    take.rows([FAMILY | {"จำนวนสมาชิก": "สี่", "รายได้": "ห้าพัน"}], "household.csv")
    assert noted(take) == ({}, {"house_tenure": "ยืมอยู่"})
    take.rows([FAMILY | {"รายจ่าย": "สามพัน"}], "household.csv")
    take.rows([FAMILY | {"รายจ่าย": "ไม่ทราบ"}], "household.csv")
    frame = export.table(take.store, NETWORK, "household", STEWARD)
    assert [frame[name].iloc[0] for name in ("people", "income", "spending", "house_tenure")] == [
        4,
        5000,
        "ไม่ทราบ",
        "ยืมอยู่",
    ]


def test_what_could_not_be_read_is_for_those_who_see_the_field(take: Intake) -> None:
    take.rows([FAMILY | {heading: text for heading, (_, text) in UNREAD.items()}], "household.csv")
    frame = export.table(take.store, NETWORK, "household", Actor("ส", "secretary"))
    assert "income" not in frame and frame["people"].iloc[0] == "4 หรือ 5"
    assert not [value for value in frame.drop(columns="geometry").iloc[0] if "5,000" in str(value)]
