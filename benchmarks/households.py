# ruff: noqa: E501 - rows of test data, one a line.
"""The made-up households and plots that the measurements take in, in the formats that surveys come in.

The CSV is written here; the other formats are made of it by ``ogr2ogr``, which finds the types of its columns, as
somebody would who has the table in a desktop GIS. The place of a household is its shape there and no longer two
columns. A Shapefile's names have ten letters at most, so its columns have the short names of :data:`SHORT`, and
:data:`MAPPED` says to the import what the cut ones mean; its texts are as wide as the longest of them.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

from surveys import lists
from surveys.thai import id_check_digit

SEED = 2551
HEADINGS = (
    "ชุมชน", "ลำดับบ้านในผัง", "ครัวเรือนที่", "บ้านเลขที่", "ชื่อหัวหน้าครัวเรือน", "เลขบัตรประชาชน", "จำนวนสมาชิก", "สถานะการอยู่ในบ้าน",
    "สถานะการอยู่บนที่ดิน", "อายุสัญญาเช่า", "สาเหตุความเดือดร้อน", "ครอบครัวขยาย", "ปีที่ย้ายเข้า", "รายได้ครัวเรือน", "รายจ่ายครัวเรือน",
    "หนี้ในระบบ", "หนี้นอกระบบ", "เงินออม", "ผ่อนหรือเช่าได้ต่อเดือน", "เคยได้รับความช่วยเหลือจากรัฐ", "ผลการเยี่ยม", "วันที่สำรวจ", "การเข้าร่วม",
    "ความต้องการ", "ความต้องการอื่น", "หมายเหตุ", "lat", "lon", "เลขแปลงในผัง", "เบอร์โทร", "ผู้เก็บข้อมูล", "source_id",
)  # fmt: skip
_FIRST = ("สมชาย", "สมหญิง", "ประเสริฐ", "วิไล", "บุญมี", "มาลี", "ทองใบ", "จันทร์เพ็ญ", "สุรชัย", "อำไพ")
_LAST = ("ใจดี", "มั่นคง", "ศรีสุข", "แสงทอง", "บุญเรือง", "พรหมมา", "ริมคลอง", "คำแก้ว", "วงศ์ดี", "สุขสันต์")
_MONTHS = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")


def person_id(number: int) -> str:
    """Return a well-formed 13-digit id of the made-up range that begins with 8."""
    digits = f"8{number:011d}"
    return f"{digits}{id_check_digit(digits)}"


def write_households(path: Path, rows: int, first: int = 0, seed: int = SEED) -> None:
    """Write the households from number ``first`` on: 2,000 communities, Thai text, numbers as people write them.

    Another ``seed`` makes other answers of the same households.
    """
    rng = np.random.default_rng(seed)
    draws = {name: rng.integers(0, high, rows).tolist() for name, high in (
        ("first", 10), ("last", 10), ("people", 9), ("tenure", 6), ("land", 8), ("years", 31), ("cause", 7), ("year", 60),
        ("income", 60), ("debt", 300), ("visit", 4), ("day", 28), ("month", 12), ("join", 7), ("want", 4), ("odd", 1000),
    )}  # fmt: skip
    longitude, latitude = rng.uniform(100.4, 100.8, rows).tolist(), rng.uniform(13.6, 13.9, rows).tolist()
    labels = {name: [choice.words.th for choice in choices] for name, choices in (
        ("tenure", lists.HOUSE_TENURES), ("land", lists.LAND_TENURES), ("cause", lists.CAUSES), ("visit", lists.VISIT_RESULTS),
        ("join", lists.JOINING), ("want", lists.WANTS), ("extended", lists.EXTENDED),
    )}  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        for at in range(rows):
            n, d = first + at, {name: values[at] for name, values in draws.items()}
            house = n // 2_000 // 2 + 1
            writer.writerow((
                f"ชุมชนที่ {n % 2_000 + 1}", house, n // 2_000 % 2 + 1, f"{d['income']}/{house}", f"{_FIRST[d['first']]} {_LAST[d['last']]}",
                person_id(n), d["people"] + 1, labels["tenure"][d["tenure"]], labels["land"][d["land"]], d["years"] or "",
                labels["cause"][d["cause"]], labels["extended"][n % 2], 2500 + d["year"], f"{d['income'] * 500 + 3000:,}",
                d["income"] * 400 + 2500, d["debt"] * 1000, d["debt"] * 100 if n % 3 else "", d["income"] * 100, 500 + d["income"] * 20,
                "ไม่เคย" if n % 2 else "บ้านมั่นคง พ.ศ. 2553", labels["visit"][d["visit"]],
                f"{d['day'] + 1} {_MONTHS[d['month']]} 2568", labels["join"][d["join"]], labels["want"][d["want"]],
                "ซ่อมหลังคา" if n % 5 == 0 else "", "" if d["odd"] else "สอบถามอีกครั้ง", f"{latitude[at]:.6f}", f"{longitude[at]:.6f}",
                house, f"08{n % 100_000_000:08d}", f"ทีม {n % 12 + 1}", f"uuid:{n:012d}",
            ))  # fmt: skip


# How ogr2ogr is told where the places are, and to find out what else the columns hold.
CSV_OPTIONS = (
    "-oo", "X_POSSIBLE_NAMES=lon", "-oo", "Y_POSSIBLE_NAMES=lat", "-oo", "AUTODETECT_TYPE=YES", "-a_srs", "EPSG:4326",
)  # fmt: skip
SHORT = (
    "community", "house_seq", "hh_no", "house_no", "head", "citizen_id", "people", "house_ten", "land_ten", "lease_yrs",
    "causes", "extended", "moved_in", "income", "spending", "debt_form", "debt_info", "savings", "can_pay", "state_help",
    "visit_res", "visit_date", "joining", "wants", "other_need", "note", "lat", "lon", "plot_no", "phone", "surveyor",
    "source_id",
)  # fmt: skip
MAPPED = {
    "house_ten": "house_tenure", "land_ten": "land_tenure", "lease_yrs": "lease_years", "debt_form": "debt_formal",
    "debt_info": "debt_informal", "visit_res": "visit_result", "other_need": "other_needs",
}  # fmt: skip
# A part of a Shapefile is no larger: its offsets have 31 bits.
_SHAPEFILE_BYTES = 2**31


@dataclass(frozen=True)
class Dataset:
    """A file of households, what ogr2ogr and ``mankong import`` are told of it, and what is to be said of it."""

    path: Path
    peer_name: str
    peer_options: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    note: str = ""


class CannotHold(Exception):
    """A format that cannot hold so many rows; says why."""


def as_csv(rows: int, folder: Path) -> Dataset:
    """Write the households as CSV."""
    path = folder / "households.csv"
    write_households(path, rows)
    return Dataset(path, str(path), CSV_OPTIONS)


def as_geojson(table: Path) -> Dataset:
    """Write a CSV of households as GeoJSON."""
    path = table.with_suffix(".geojson")
    _convert(table, path, "GeoJSON")
    return Dataset(path, str(path))


def as_geopackage(table: Path) -> Dataset:
    """Write a CSV of households as a GeoPackage of one layer."""
    path = table.with_suffix(".gpkg")
    _convert(table, path, "GPKG")
    return Dataset(path, str(path))


def as_shapefile(table: Path) -> Dataset:
    """Write a CSV of households as a Shapefile in a zip.

    Raises
    ------
    CannotHold
        If a part of it would be over 2 GB.
    """
    folder = table.with_suffix(".parts")
    folder.mkdir()
    short, path = folder / "short.csv", table.with_suffix(".zip")
    with table.open("rb") as source, short.open("wb") as target:
        source.readline()
        target.write(",".join(SHORT).encode() + b"\r\n")
        shutil.copyfileobj(source, target)
    widths = ("-oo", "AUTODETECT_WIDTH=YES", "-oo", "AUTODETECT_SIZE_LIMIT=0", "-lco", "ENCODING=UTF-8")
    _convert(short, folder / "households.shp", "ESRI Shapefile", *widths)
    short.unlink()
    parts = sorted(folder.iterdir())
    largest = max(part.stat().st_size for part in parts)
    if largest >= _SHAPEFILE_BYTES:
        shutil.rmtree(folder)
        raise CannotHold(f"a part of the Shapefile has {largest / 1e6:,.0f} MB, over its limit of 2 GB")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            archive.write(part, part.name)
    shutil.rmtree(folder)
    options = tuple(text for pair in MAPPED.items() for text in ("--map", "=".join(pair)))
    return Dataset(
        path, f"/vsizip/{path}", (), options, f"largest part {largest / 1e6:,.0f} MB, names of ten letters"
    )


def _convert(table: Path, target: Path, driver: str, *more: str) -> None:
    """Write a CSV in another format; the columns of its places become shapes.

    Raises
    ------
    subprocess.CalledProcessError
        If it cannot be written.
    """
    options = (*CSV_OPTIONS, "-oo", "KEEP_GEOM_COLUMNS=NO", "-nln", "households", *more)
    subprocess.run(
        ["ogr2ogr", "-f", driver, str(target), str(table), *options], capture_output=True, check=True
    )


def write_plots(path: Path, count: int, first: int = 0, seed: int = SEED) -> None:
    """Write a GeoPackage of the plots from number ``first`` on: 100 a community, side by side.

    Another ``seed`` makes other answers of the same plots.
    """
    rng = np.random.default_rng(seed)
    at = np.arange(first, first + count)
    # Six metres by ten in rows of 500, a lane of a metre between them, in metres of UTM zone 47.
    west, south = 640_000 + at % 500 * 7.0, 1_510_000 + at // 500 * 11.0
    kinds = np.array([choice.words.th for choice in lists.LAND_KINDS])
    plots = gpd.GeoDataFrame(
        {
            "ชุมชน": [f"ชุมชนที่ {n // 100 + 1}" for n in at], "เลขแปลงในผัง": at % 100 + 1,
            "เลขที่โฉนด": [f"{n + 10_000}" for n in at], "ประเภทที่ดิน": kinds[rng.integers(0, len(kinds), count)],
            "เนื้อที่": np.full(count, "0-0-15"), "หน่วยงานผู้ดูแล": [f"สำนักงานเขตที่ {n % 50 + 1}" for n in at],
        },
        geometry=shapely.box(west, south, west + 6, south + 10), crs=32647,
    )  # fmt: skip
    pyogrio.write_dataframe(plots, path, layer="แปลงที่ดิน", driver="GPKG")
