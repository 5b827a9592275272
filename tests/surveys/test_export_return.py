"""Exports that come back: what a format cuts, what a manifest says, what of an edit is taken, what no file brings."""

from __future__ import annotations

import csv
import json
import shutil
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely

from gis.formats import ReadOptions, read
from surveys import export, records
from surveys.cells import SHEET_TEXT
from surveys.sight import Sight
from surveys.store.store import Store
from tests.conftest import NETWORK, STEWARD, Intake

FAMILIES = [
    {"ชุมชน": "ก", "ลำดับบ้าน": str(n), "ครัวเรือนที่": "1", "ชื่อหัวหน้าครัวเรือน": f"สม {n}", "สถานะบ้าน": "บ้านตัวเอง",
     "ผลการสำรวจ": "สำรวจแล้ว", "หมายเหตุ": "น้ำท่วม" * 60 * n, "สีรั้ว ของบ้าน": " ฟ้า "}
    for n in (1, 2)
]  # fmt: skip
# Every shape a Shapefile holds otherwise than it was: wound the other way, one of several, several kinds in one.
AREA = shapely.Polygon(
    [(100.5, 13.7), (100.6, 13.7), (100.6, 13.8), (100.5, 13.8)],
    [[(100.52, 13.72), (100.54, 13.72), (100.54, 13.74)]],
)
SHAPES = [
    AREA,
    AREA.reverse(),
    AREA.normalize(),
    shapely.MultiPolygon([AREA]),
    shapely.MultiLineString([[(100.5, 13.7), (100.123456789012345, 13.8)]]),
    shapely.GeometryCollection([shapely.Point(100.5, 13.7), AREA]),
    shapely.Point(100.1 + 0.2, 13.1 + 0.2),
]


@pytest.fixture
def fresh(made_store: Path, tmp_path: Path) -> Iterator[Intake]:
    """A store with nothing in it, beside that of ``take``."""
    folder = tmp_path / "fresh"
    folder.mkdir()
    for part in ("", ".key"):
        shutil.copyfile(f"{made_store}{part}", folder / f"s.gpkg{part}")
    opened = Store.open(folder / "s.gpkg")
    yield Intake(opened, folder)
    opened.close()


def told(take: Intake, type_name: str) -> list[dict[str, Any]]:
    """What an export says of every record, its id aside."""
    frame = export.table(take.store, NETWORK, type_name, STEWARD).drop(columns=["id", "source_id"])
    rows = frame.drop(columns="geometry").astype(object).where(frame.notna(), None).to_dict("records")
    wkb = shapely.to_wkb(frame.geometry.array, hex=True)
    said = [{str(k): v for k, v in row.items() if v is not None} for row in rows]
    return sorted((row | {"shape": shape} for row, shape in zip(said, wkb, strict=True)), key=repr)


def sent(take: Intake, suffix: str, type_name: str = "household") -> Path:
    out = take.folder / f"sent{suffix}"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        export.write(take.store, NETWORK, type_name, out, STEWARD)
    return out


@pytest.mark.parametrize("suffix", [".zip", ".kmz", ".kml"])
def test_everything_comes_back(take: Intake, fresh: Intake, suffix: str, capfd: Any) -> None:
    take.rows([row | {"ควบคุม": "a\r\n b "} for row in FAMILIES], "household.csv", type="household")
    out = sent(take, suffix)
    assert capfd.readouterr() == ("", "")
    found = take.examine(out)
    assert (found.total("rows"), found.total("unchanged")) == (2, 2)
    assert not {problem.code for problem in found.problems} & {
        "text_cut",
        "member_skipped",
        "manifest_unusable",
    }
    assert fresh(out)["new"] == 2
    assert told(fresh, "household") == told(take, "household")


@pytest.mark.parametrize("texts", [("\x1f", None), (None, "a\x1bb"), ("\ufffe", " \x0c "), ("a", "\x08")])
def test_what_xml_cannot_hold_comes_back_from_the_manifest(
    texts: tuple[str | None, str | None], take: Intake, fresh: Intake
) -> None:
    """Also where nothing else is in a column, so that the document has no such column."""
    families = [{k: v for k, v in row.items() if k != "หมายเหตุ"} for row in FAMILIES]
    rows = [row | {"ควบคุม": text or ""} for row, text in zip(families, texts, strict=True)]
    take.rows(rows, "household.csv", type="household")
    out = sent(take, ".kmz")
    assert take.examine(out).total("unchanged") == 2
    assert fresh(out)["new"] == 2
    assert told(fresh, "household") == told(take, "household")
    assert {text for row in told(fresh, "household") if (text := row.get("ควบคุม"))} == {*texts} - {None}


@pytest.mark.parametrize("suffix", [".zip", ".kmz", ".csv", ".geojson", ".gpkg", ".parquet"])
def test_shapes_come_back_bit_for_bit(take: Intake, fresh: Intake, suffix: str) -> None:
    features = [
        {"type": "Feature", "properties": {"รหัสสถานที่": str(n), "ชื่อสถานที่": f"วัด {n}"},
         "geometry": json.loads(shapely.to_geojson(shape))}
        for n, shape in enumerate(SHAPES)
    ]  # fmt: skip
    file = take.folder / "facility.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    assert take(file, type="facility")["new"] == len(SHAPES)
    out = sent(take, suffix, "facility")
    assert take.examine(out).total("unchanged") == len(SHAPES)
    assert fresh(out)["new"] == len(SHAPES)
    assert told(fresh, "facility") == told(take, "facility")


@pytest.mark.slow
def test_more_columns_than_a_shapefile_has_come_back(take: Intake, fresh: Intake) -> None:
    """A form of many choices has hundreds; GDAL refuses what is too wide, and few programs read over 255."""
    wide = {f"เลือก {n}": "ก" * 100 for n in range(300)}
    take.rows([row | wide for row in FAMILIES], "household.csv", type="household")
    out = sent(take, ".zip")
    assert len(pyogrio.read_info(f"/vsizip/{out}/household.dbf")["fields"]) == 255
    assert take.examine(out).total("unchanged") == 2
    assert fresh(out)["new"] == 2
    assert told(fresh, "household") == told(take, "household")


def test_a_csv_has_every_digit_of_a_place(take: Intake, fresh: Intake) -> None:
    at = 100.1 + 0.2, 13.123456789012345
    take.rows([{"ชุมชน": "ก", "ลำดับบ้าน": "1", "wkt": f"SRID=4326;POINT ({at[0]!r} {at[1]!r})"}], "house.csv")
    assert fresh(sent(take, ".csv", "house"))["new"] == 1
    (shape,) = fresh.store.read(NETWORK, "house").geometry
    assert (shape.x, shape.y) == at


def repacked(zipped: Path, folder: Path, change: Callable[[Path], None]) -> Path:
    """Unpack an archive, change what is in it, and pack it again."""
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(folder)
    change(folder)
    made = folder.parent / f"again{zipped.suffix}"
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
    return made


def test_an_edited_value_of_a_shapefile_is_taken_and_nothing_else(take: Intake, tmp_path: Path) -> None:
    take.rows(FAMILIES, "household.csv", type="household")
    before = {row["head_name"]: row for row in told(take, "household")}

    def edit(folder: Path) -> None:
        (main,) = folder.glob("*.dbf")
        frame = pyogrio.read_dataframe(main, encoding="utf-8")
        short = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["columns"]
        frame.loc[frame[short["head_name"]] == "สม 1", [short["visit_result"], short["note"]]] = [
            "ไม่อยู่",
            "สั้น",
        ]
        for file in folder.glob("*.[!j]*"):
            file.unlink()
        pyogrio.write_dataframe(frame, main, driver="ESRI Shapefile", encoding="utf-8")

    found = take.examine(repacked(sent(take, ".zip"), tmp_path / "in", edit))
    assert (found.total("updated"), found.total("unchanged")) == (1, 1), found.problems
    assert found.parts[0].unmapped == ("สีรั้ว ของบ้าน",)
    assert [(each.column, each.value) for each in found.problems if each.code == "cut_text_edited"] == [
        ("note", "สั้น")
    ]
    take.accept(found)
    after = {row["head_name"]: row for row in told(take, "household")}
    assert after["สม 2"] == before["สม 2"]
    assert after["สม 1"] == before["สม 1"] | {"visit_result": after["สม 1"]["visit_result"], "note": "สั้น"}
    assert after["สม 1"]["visit_result"] != before["สม 1"]["visit_result"]


DAMAGE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "cut off": lambda whole: json.dumps(whole)[:-20],
    "of other columns": lambda whole: whole | {"columns": {"a": "F003", "b": "f003"}},
    "columns no names": lambda whole: whole | {"columns": {"a": 3}},
    "a list for an object": lambda whole: whole | {"cells": []},
    "a cell that is no pair": lambda whole: whole | {"cells": {"0" * 32: {"note": "x"}}},
    "a shape that is none": lambda whole: whole | {"shapes": {"0" * 32: ["00", "AAAA"]}},
    "deep": lambda whole: "[" * 100_000,
    "no type": lambda whole: whole | {"mankong": []},
    "ids that are none": lambda whole: whole | {"turned": {"a": 1}},
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("suffix", [".zip", ".kmz"])
def test_a_damaged_manifest_is_left_aside_with_a_remark(
    take: Intake, tmp_path: Path, damage: str, suffix: str
) -> None:
    take.rows(FAMILIES, "household.csv", type="household")

    def spoil(folder: Path) -> None:
        manifest = folder / "manifest.json"
        made = DAMAGE[damage](json.loads(manifest.read_text(encoding="utf-8")))
        manifest.write_text(made if isinstance(made, str) else json.dumps(made), encoding="utf-8")

    out = repacked(sent(take, suffix), tmp_path / "in", spoil)
    reading = read(out, out.name, ReadOptions(), tmp_path / "read")
    assert reading.refusal is None and sum(layer.rows for layer in reading.layers) == 2
    assert [defect.code for defect in reading.defects] == ["manifest_unusable"]


def test_a_manifest_of_somebody_else_is_a_file_like_any_other(take: Intake, tmp_path: Path) -> None:
    take.rows(FAMILIES, "household.csv", type="household")

    def replace(folder: Path) -> None:
        (folder / "manifest.json").write_text("{}")

    out = repacked(sent(take, ".zip"), tmp_path / "in", replace)
    reading = read(out, out.name, ReadOptions(), tmp_path / "read")
    assert [defect.code for defect in reading.defects] == ["member_skipped"]


def test_what_a_sheet_cuts_stays_as_it_is_here(take: Intake) -> None:
    long = {"เรื่องเล่า": "ก " * 20_000, "หมายเหตุ": "ข" * 40_000}
    take.rows([FAMILIES[0] | long], "household.csv", type="household")
    before = told(take, "household")
    out = sent(take, ".xlsx")
    found = take.examine(out)
    assert (found.total("rows"), found.total("unchanged")) == (1, 1), found.changes
    book = openpyxl.load_workbook(out)
    sheet = book.active
    assert sheet is not None
    column = next(cell.column for cell in sheet[1] if cell.value == "เรื่องเล่า")
    assert len(sheet.cell(2, column).value) == SHEET_TEXT
    sheet.cell(2, column).value = "เล่าใหม่"
    book.save(out)
    assert take(out)["updated"] == 1
    assert told(take, "household") == [before[0] | {"เรื่องเล่า": "เล่าใหม่"}]


ELSEWHERE = [name for name, declared in records.ALL.items() if not declared.by_file]


@pytest.mark.parametrize("suffix", export.WRITERS)
@pytest.mark.parametrize("name", ELSEWHERE)
def test_an_export_of_what_no_file_brings_is_refused_in_plain_words(
    take: Intake, name: str, suffix: str
) -> None:
    declared = records.ALL[name]
    fields = [field.name for field in Sight.of(declared, STEWARD).plain]
    row = {"id": "a" * 32, **dict.fromkeys(fields), **dict.fromkeys(declared.title, "1"), "source_id": None}
    shape = shapely.box(100.5, 13.7, 100.6, 13.8) if declared.geometry else None
    frame = gpd.GeoDataFrame(pd.DataFrame([row], dtype=object), geometry=[shape], crs=4326)
    out = take.folder / f"p{suffix}"
    export.WRITERS[suffix](frame, out, declared)
    for options in ({}, {"type": name}) if suffix == ".csv" else ({},):
        found = take.examine(out, **options)
        assert [problem.code for problem in found.problems if problem.severity == "refuse"] == [
            "type_not_by_file"
        ]
        problem = next(problem for problem in found.problems if problem.severity == "refuse")
        assert declared.words.th in problem.message.th and declared.made_in is not None
        assert declared.made_in.th in problem.remedy.th and declared.made_in.en in problem.remedy.en


@pytest.mark.parametrize("name", [name for name, declared in records.ALL.items() if declared.by_file])
def test_an_export_of_what_files_bring_is_none_of_the_others(take: Intake, name: str) -> None:
    declared = records.ALL[name]
    headings = ["id", *(field.name for field in Sight.of(declared, STEWARD).plain), "source_id"]
    out = take.folder / "p.csv"
    with out.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([headings, ["a" * 32, *headings[1:]]])
    assert "type_not_by_file" not in [problem.code for problem in take.examine(out, type="").problems]
