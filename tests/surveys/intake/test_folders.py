"""Folders within folders: the innermost that names a type says what is in them; what is left out is counted."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import geopandas as gpd
import pytest
import shapely

from tests.conftest import Intake

# A folder: its name, and what is in it, folders or placemarks by number.
Folder = tuple[str, Sequence[Any]]
AREA = "100.5{0},13.70 100.5{0}1,13.70 100.5{0}1,13.701 100.5{0},13.70"
POINT = "<Point><coordinates>100.5{0},13.7{0}</coordinates></Point>"
LINE = f"<LinearRing><coordinates>{AREA}</coordinates></LinearRing>"
RING = f"<Polygon><outerBoundaryIs>{LINE}</outerBoundaryIs></Polygon>"


def data(**cells: str) -> str:
    each = (f'<Data name="{name}"><value>{value}</value></Data>' for name, value in cells.items())
    return f"<ExtendedData>{''.join(each)}</ExtendedData>"


def house(number: int) -> str:
    return data(ชุมชน="กอไผ่", ลำดับบ้าน=str(number)) + POINT.format(number)


def plot(number: int) -> str:
    return data(เจ้าของ="วัด") + RING.format(number)


def sight(number: int) -> str:
    return f"<name>ศาล {number}</name>" + POINT.format(number)


def written(inside: Folder | str) -> str:
    if isinstance(inside, str):
        return f"<Placemark>{inside}</Placemark>"
    name, held = inside
    return f"<Folder><name>{escape(name)}</name>{''.join(map(written, held))}</Folder>"


def kml(*folders: Folder) -> str:
    head = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>zone</name>'
    return head + "".join(map(written, folders)) + "</Document></kml>"


HOUSES: Folder = ("บ้าน", [("โซน 1", [house(1), house(2)]), ("โซน 2", [house(3), house(4)])])
SIGHTS: Folder = ("สถานที่สำคัญ", [sight(5)])
# What is sent, and how many records of each type are taken.
NESTED: list[tuple[str, list[Folder], dict[str, int]]] = [
    ("zones of houses beside places", [HOUSES, SIGHTS], {"house": 4, "facility": 1}),
    ("plots in a folder of plots", [("แปลงที่ดิน", [("ย่อย", [plot(1), plot(2)])])], {"land_plot": 2}),
    ("a path as a name", [("แปลงที่ดิน/ย่อย", [plot(1), plot(2)])], {"land_plot": 2}),
    ("three deep", [("แปลงที่ดิน", [("เขต ก", [("ย่อย", [plot(1)])])])], {"land_plot": 1}),
    ("the inner one decides", [("บ้าน", [("แปลงที่ดิน", [plot(1)]), ("โซน 1", [house(2)])])], {"land_plot": 1, "house": 1}),
    ("a folder a community", [("บ้าน", [("ชุมชนกอไผ่", [house(1), house(2)])])], {"house": 2}),
    ("boundaries beside houses", [("บ้าน", [("ขอบเขตชุมชน", [data(ชื่อชุมชน="กอไผ่") + RING.format(1)])])], {"community": 1}),
]  # fmt: skip


@pytest.mark.parametrize("form", ["kml", "kmz", "kmz in a zip"])
@pytest.mark.parametrize(("folders", "taken"), [one[1:] for one in NESTED], ids=[one[0] for one in NESTED])
def test_the_innermost_folder_that_names_a_type_decides(
    take: Intake, folders: list[Folder], taken: dict[str, int], form: str
) -> None:
    file = take.folder / f"zone.{form[:3]}"
    if form == "kml":
        file.write_text(kml(*folders), "utf-8")
    else:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("a/doc.kml", kml(*folders))
    if "zip" in form:
        with zipfile.ZipFile(take.folder / "zone.zip", "w") as archive:
            archive.write(file, "zone.kmz")
        file = take.folder / "zone.zip"
    report = take(file)
    found: dict[str, int] = {}
    for part in report["parts"]:
        found[part["type"]] = found.get(part["type"], 0) + part["taken"]
    assert (found, report["not_taken"]) == (taken, {"rows": 0, "layers": []})


def shapes(folder: Path, name: str, count: int) -> list[Path]:
    frame = gpd.GeoDataFrame(
        {"COMMUNITY": ["กอไผ่"] * count, "HOUSE_SEQ": [f"{name}{n}" for n in range(count)]},
        geometry=[shapely.Point(100.5 + n / 1000, 13.7 + int(name) / 1000) for n in range(count)], crs=4326,
    )  # fmt: skip
    frame.to_file(folder / f"{name}.shp", encoding="utf-8")
    return list(folder.glob(f"{name}.*"))


def test_folders_of_an_archive_name_the_type_too(take: Intake) -> None:
    parts = [*shapes(take.folder, "1", 2), *shapes(take.folder, "2", 3)]
    with zipfile.ZipFile(take.folder / "zones.zip", "w") as archive:
        for part in parts:
            archive.write(part, f"งาน/บ้าน/โซน {part.name}")
    report = take(take.folder / "zones.zip")
    assert [(part["type"], part["taken"]) for part in report["parts"]] == [("house", 2), ("house", 3)]


MEMBERS = "ชุมชน,ลำดับบ้าน,ครัวเรือนที่,คนที่,ชื่อ,อายุ\nกอไผ่,1,1,1,ก,30\nกอไผ่,1,1,2,ข,40\n"
PLOTS = "ชุมชน,เลขแปลง,เลขที่โฉนด,เนื้อที่\nกอไผ่,1,99,1-0-0\nกอไผ่,2,98,1-0-0\n"
BARE = "ชุมชน,ลำดับบ้าน,lat,lon\nกอไผ่,1,13.7,100.5\nกอไผ่,2,13.701,100.5\n"
# The folder of a table, and what is taken: nothing of what is only asked about.
TABLES = [
    ("สำรวจครัวเรือน", MEMBERS, "member"), ("หมู่บ้านกอไผ่", MEMBERS, "member"), ("โครงการบ้านมั่นคง", MEMBERS, "member"),
    ("สำรวจครัวเรือน", PLOTS, "land_plot"), ("ชุมชนกอไผ่", BARE, None), ("บ้าน/ชุมชนกอไผ่", BARE, "house"),
    ("บ้าน", BARE, "house"),
]  # fmt: skip


@pytest.mark.parametrize(("folder", "table", "type_name"), TABLES)
def test_a_folder_says_what_a_table_is_only_where_its_columns_do_not(
    take: Intake, folder: str, table: str, type_name: str | None
) -> None:
    with zipfile.ZipFile(take.folder / "city.zip", "w") as archive:
        archive.writestr(f"{folder}/ตาราง1.csv", table)
    report = take(take.folder / "city.zip")
    if type_name is None:
        assert (report["status"], set(report["problem_counts"])) == ("refused", {"type_unknown"})
    else:
        assert [(part["type"], part["new"]) for part in report["parts"]] == [(type_name, 2)]


@pytest.mark.parametrize("name", ["หมู่บ้านกอไผ่", "โครงการบ้านมั่นคง", "ชุมชนบ้านมั่นคงกอไผ่"])
def test_a_village_and_the_programme_are_no_houses(take: Intake, name: str) -> None:
    (take.folder / f"{name}.csv").write_text(MEMBERS, "utf-8")
    report = take(take.folder / f"{name}.csv")
    assert (report["type"], report["new"]) == ("member", 2)


def test_what_is_left_out_beside_others_is_counted(take: Intake) -> None:
    (take.folder / "zone.kml").write_text(kml(("งาน", HOUSES[1]), SIGHTS), "utf-8")
    report = take(take.folder / "zone.kml")
    assert (report["status"], report["rows"], report["new"]) == ("taken", 1, 1)
    layers = [{"layer": "โซน 1", "rows": 2}, {"layer": "โซน 2", "rows": 2}]
    assert report["not_taken"] == {"rows": 4, "layers": layers}
    # A person who says what to take has left out the rest.
    asked = take(take.folder / "zone.kml", layers={"โซน 1": "house"})
    assert (asked["new"], asked["not_taken"]) == (2, {"rows": 0, "layers": []})
