"""The same rows in every format read the same; any bytes under any name give a Reading."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio.raw
import pytest
import shapely
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.formats import DEFECTS, Layer, Reading, ReadOptions
from gis.formats.child import read_here
from gis.formats.readers import BY_SUFFIX, READERS

ROOT = Path(__file__).resolve().parents[3]
ROWS = [("ก-01", "นางสมศรี ใจดี", 1234567890123, 100.5, 13.75), ("ก-02", None, 7, 100.51, 13.76)]
HEADING = ["code", "head", "number", "lon", "lat"]
WANTED = [("ก-01", "นางสมศรี ใจดี", "1234567890123"), ("ก-02", None, "7")]
SHAPES = ["POINT (100.5 13.75)", "POINT (100.51 13.76)"]


def as_csv(encoding: str, delimiter: str = ",") -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows([HEADING, *ROWS])
    return file.getvalue().encode(encoding)


def as_xlsx(_: Path) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    for row, record in enumerate([HEADING, *ROWS]):
        sheet.write_row(row, 0, record)
    book.close()
    return file.getvalue()


def properties(row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(HEADING[:3], row[:3], strict=True))


def features() -> list[dict[str, Any]]:
    return [
        {
            "type": "Feature",
            "properties": properties(row),
            "geometry": {"type": "Point", "coordinates": row[3:]},
        }
        for row in ROWS
    ]


def as_geojson(_: Path) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features()}, ensure_ascii=False).encode()


def as_ndjson(_: Path) -> bytes:
    return "\n".join(json.dumps(feature) for feature in features()).encode()


def as_kobo(_: Path) -> bytes:
    results = [{**properties(row), "_uuid": row[0], "_geolocation": [row[4], row[3]]} for row in ROWS]
    return json.dumps({"count": 2, "results": results}).encode()


def as_kml(_: Path) -> bytes:
    def placemark(row: tuple[Any, ...]) -> str:
        data = "".join(
            f'<Data name="{name}"><value>{value}</value></Data>'
            for name, value in properties(row).items()
            if value
        )
        return (
            f"<Placemark><ExtendedData>{data}</ExtendedData>"
            f"<Point><coordinates>{row[3]},{row[4]},0</coordinates></Point></Placemark>"
        )

    return (
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"{''.join(map(placemark, ROWS))}</Document></kml>"
    ).encode()


def zipped(*members: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def by_gdal(path: Path, **options: Any) -> None:
    points = shapely.to_wkb(shapely.points([row[3:] for row in ROWS]))
    texts = [np.array([row[place] for row in ROWS], dtype=object) for place in (0, 1)]
    numbers = np.array([row[2] for row in ROWS], dtype=np.int64)
    pyogrio.raw.write(
        path, points, [*texts, numbers], HEADING[:3], geometry_type="Point", crs="EPSG:4326", **options
    )


def as_gpkg(folder: Path) -> bytes:
    by_gdal(folder / "a.gpkg")
    return (folder / "a.gpkg").read_bytes()


def as_shapefile(folder: Path, encoding: str, cpg: bool) -> bytes:
    by_gdal(folder / "a.shp", encoding=encoding)
    parts = [path for path in sorted(folder.iterdir()) if path.suffix != ".cpg" or cpg]
    return zipped(*((f"บ้าน/สำรวจ{path.suffix.upper()}", path.read_bytes()) for path in parts))


def as_geoparquet(folder: Path) -> bytes:
    geo = {
        "version": "1.1.0",
        "primary_column": "geom",
        "columns": {"geom": {"encoding": "WKB", "geometry_types": []}},
    }
    columns = [pa.array([row[place] for row in ROWS]) for place in range(3)]
    shapes = pa.array(list(shapely.to_wkb(shapely.points([row[3:] for row in ROWS]))), pa.binary())
    table = pa.table([*columns, shapes], [*HEADING[:3], "geom"])
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), folder / "a.parquet")
    return (folder / "a.parquet").read_bytes()


FORMATS: list[tuple[str, str, Callable[[Path], bytes]]] = [
    ("a.csv", "csv", lambda _: as_csv("utf-8")),
    ("thai.csv", "csv", lambda _: as_csv("cp874")),
    ("bom.csv", "csv", lambda _: as_csv("utf-8-sig", ";")),
    ("excel.txt", "csv", lambda _: as_csv("utf-16", "\t")),
    ("a.tsv", "csv", lambda _: as_csv("utf-8", "\t")),
    ("csv.zip", "csv", lambda _: zipped(("a.csv", as_csv("utf-8")))),
    ("a.xlsx", "xlsx", as_xlsx),
    ("xlsx.zip", "xlsx", lambda folder: zipped(("a.xlsx", as_xlsx(folder)))),
    ("a.geojson", "geojson", as_geojson),
    ("json.zip", "geojson", lambda folder: zipped(("x/a.geojson", as_geojson(folder)))),
    ("a.ndjson", "geojson", as_ndjson),
    ("a.json", "odk_json", as_kobo),
    ("a.kml", "kml", as_kml),
    ("a.kmz", "kmz", lambda folder: zipped(("doc.kml", as_kml(folder)))),
    ("kmz.zip", "kmz", lambda folder: zipped(("a.kmz", zipped(("doc.kml", as_kml(folder)))))),
    ("a.gpkg", "gpkg", as_gpkg),
    ("gpkg.zip", "gpkg", lambda folder: zipped(("a.gpkg", as_gpkg(folder)))),
    ("utf8.zip", "shapefile", lambda folder: as_shapefile(folder, "UTF-8", True)),
    ("utf8_no_cpg.zip", "shapefile", lambda folder: as_shapefile(folder, "UTF-8", False)),
    ("a.parquet", "parquet", as_geoparquet),
]


@pytest.mark.parametrize(("name", "kind", "make"), FORMATS, ids=[name for name, _, _ in FORMATS])
def test_the_same_rows_in_every_format(
    name: str,
    kind: str,
    make: Callable[[Path], bytes],
    tmp_path: Path,
    child: Callable[..., Reading],
    rows: Callable[[Layer], list[dict[str, Any]]],
    wkt: Callable[[Layer], list[str | None]],
) -> None:
    folder = tmp_path / "made"
    folder.mkdir()
    reading = child(make(folder), name)
    assert (reading.format, reading.refusal) == (kind, None)
    layer = reading.layers[0]
    assert [tuple(row[column] for column in HEADING[:3]) for row in rows(layer)] == WANTED
    assert (wkt(layer), layer.crs, layer.has_geometry) == (SHAPES, "EPSG:4326", True)
    assert not any(row["#defect"] for row in rows(layer))


def test_every_reader_is_among_the_formats_or_has_tests_of_its_own() -> None:
    elsewhere = {"zip", "ods", "xls", "gpx", "odk_xml"}
    assert {reader.name for reader in READERS} - elsewhere == {kind for _, kind, _ in FORMATS} - {"odk_json"}


def test_every_code_raised_is_declared_and_every_declared_code_is_used() -> None:
    modules = [path for path in (ROOT / "gis" / "formats").glob("*.py") if path.name != "defects.py"]
    text = "\n".join(path.read_text("utf-8") for path in modules)
    assert set(DEFECTS) - set(re.findall(r'"([a-z]+(?:_[a-z0-9]+)*)"', text)) == set()
    assert set(re.findall(r'(?:Refused|Defect|note)\(\s*"([a-z_0-9]+)"', text)) <= set(DEFECTS)


NO_GDAL = sorted(
    suffix for suffix, reader in BY_SUFFIX.items() if not reader.needs_gdal and reader.name != "zip"
)
STARTS = [
    b"",
    b"{",
    b"[",
    b"<a>",
    b"PAR1",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"a,b\n",
    b'{"type":"FeatureCollection","features":[',
    b"\xff\xfe",
]


@settings(max_examples=120)
@given(start=st.sampled_from(STARTS), rest=st.binary(max_size=200), suffix=st.sampled_from(NO_GDAL))
def test_any_bytes_under_any_name_give_a_reading(
    start: bytes, rest: bytes, suffix: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    path = folder / "upload"
    path.write_bytes(start + rest)
    reading = read_here(path, f"a{suffix}", ReadOptions(), folder / "out", lambda rows: None)
    assert (reading.refusal is None) == bool(reading.layers)
    if reading.refusal:
        assert DEFECTS[reading.refusal.code].severity == "refuse"
        assert reading.refusal.code != "reader_failed"


SEED = np.random.default_rng(7)


@pytest.mark.parametrize(
    "name", ["a.kml", "a.gpx", "a.gpkg", "a.shp", "a.zip", "a.kmz", "a.xlsx", "a.xls", "a.ods", "a"]
)
def test_any_bytes_in_the_real_child(name: str, child: Callable[..., Reading]) -> None:
    starts = {
        "a.kml": b"<kml>",
        "a.gpx": b"<gpx>",
        "a.gpkg": b"SQLite format 3\0",
        "a.shp": b"\0\0\x27\x0a",
        "a.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    }
    reading = child(starts.get(name, b"PK\x03\x04") + SEED.bytes(3000), name)
    assert reading.refusal is not None
    assert DEFECTS[reading.refusal.code].severity == "refuse"


def test_one_byte_changed_anywhere_never_raises(child: Callable[..., Reading], tmp_path: Path) -> None:
    for place, name in enumerate(("a.gpkg", "a.xlsx", "a.zip")):
        folder = tmp_path / name
        folder.mkdir()
        makers = {"a.gpkg": as_gpkg, "a.xlsx": as_xlsx, "a.zip": lambda at: as_shapefile(at, "UTF-8", True)}
        content = bytearray(makers[name](folder))
        for at in np.random.default_rng(place).integers(0, len(content), 25):
            content[at] ^= 0x55
        reading = child(bytes(content), name)
        assert bool(reading.layers) != bool(reading.refusal)
