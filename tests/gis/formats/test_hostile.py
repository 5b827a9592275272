"""Files made to read elsewhere, to kill or to hang: each is refused with a reason, in time."""

from __future__ import annotations

import io
import json
import os
import socket
import sqlite3
import struct
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from gis.formats import Limits, Reading, ReadOptions, confine, read
from gis.formats.readers import READERS

Read = Callable[..., Reading]
VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="l"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer>'
    "</OGRVRTDataSource>"
)
GDALG = '{{"type":"gdal_streamed_alg","command_line":"gdal vector read {}"}}'
WFS = "<OGRWFSDataSource><URL>http://127.0.0.1:{}/</URL></OGRWFSDataSource>"
SUFFIXES = (".csv", ".geojson", ".json", ".kml", ".gpx", ".gpkg", ".xml", ".shp", ".txt", ".vrt", ".parquet")


def zipped(*members: tuple[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def refused(reading: Reading) -> str:
    assert reading.refusal is not None
    assert reading.layers == ()
    return reading.refusal.code


@pytest.fixture
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """A server that notes whoever calls."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        stop = threading.Event()

        def serve() -> None:
            while not stop.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    heard.append(connection.recv(1000))

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], heard
        stop.set()
        thread.join()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_descriptions_of_other_data_are_never_followed(suffix: str, here: Read, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a,b\nsecret,1\n")
    for text in (VRT.format(secret), GDALG.format(secret)):
        assert refused(here(text, f"a{suffix}")) in (
            "content_mismatch",
            "not_geojson",
            "not_a_submission",
            "format_unknown",
        )


@pytest.mark.parametrize("name", ["a.json", "a.kml", "a.gpx"])
def test_no_reader_calls_out(name: str, child: Read, listener: tuple[int, list[bytes]]) -> None:
    port, heard = listener
    link = {"type": "link", "properties": {"href": f"http://127.0.0.1:{port}/"}}
    kml = (
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><NetworkLink><Link>'
        f"<href>http://127.0.0.1:{port}/x.kml</href></Link></NetworkLink>"
        "<Placemark><name>a</name></Placemark></Document></kml>"
    )
    texts = {"a.json": json.dumps({"type": "FeatureCollection", "crs": link, "features": []}), "a.kml": kml}
    child(texts.get(name, WFS.format(port)), name)
    child(WFS.format(port), name)
    assert heard == []


@pytest.mark.parametrize("member", ["a.kml", "a.gpx", "a.geojson", "a.csv", "a.gpkg", "a.shp"])
def test_nor_inside_an_archive(member: str, child: Read) -> None:
    assert refused(child(zipped((member, VRT.format("/etc/passwd"))), "a.zip")) in (
        "content_mismatch",
        "shapefile_unreadable",
    )


def test_every_gdal_format_gets_its_own_drivers_and_no_others() -> None:
    import subprocess

    allowed = {reader.needs_gdal for reader in READERS if reader.needs_gdal}
    program = (
        (
            "import sys, pyogrio; from gis.formats.confine import confine; "
            "confine(tuple(sys.argv[1:])); print(sorted(pyogrio.list_drivers()) == sorted(sys.argv[1:]))"
        )
        .replace("import sys, pyogrio;", "import sys;")
        .replace("print(", "import pyogrio; print(")
    )
    for drivers in allowed:
        ran = subprocess.run(
            [sys.executable, "-c", program, *drivers], capture_output=True, text=True, check=True
        )
        assert ran.stdout.strip() == "True"
    assert {driver for drivers in allowed for driver in drivers} <= set(confine.DRIVERS)


def test_the_child_sees_none_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    from gis.formats import reading

    monkeypatch.setenv("MANKONG_SECRET", "x")
    assert not any(
        value == "x" or name.startswith("MANKONG") for name, value in reading._environment().items()
    )


BOMB = b"\0" * (30 << 20)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (zipped(("a.csv", BOMB)), "archive_ratio"),
        (zipped(*((f"{number}.txt", "") for number in range(2100))), "archive_too_many_members"),
        (zipped(("../../etc/a.csv", "a,b\n1,2\n")), "archive_unsafe_path"),
        (zipped(("/etc/a.csv", "a,b\n1,2\n")), "archive_unsafe_path"),
        (zipped(("..\\a.csv", "a,b\n1,2\n")), "archive_unsafe_path"),
        (zipped(("C:\\a.csv", "a,b\n1,2\n")), "archive_unsafe_path"),
        (zipped(("inner.zip", zipped(("a.csv", "a,b\n1,2\n")))), "archive_nested"),
        (zipped(("readme.md", "x")), "archive_nothing_readable"),
        (zipped(("a.prj", "x")), "archive_nothing_readable"),
        (zipped(), "archive_nothing_readable"),
        (zipped(("a.csv", "a,b\n1,2\n"))[:60], "archive_unreadable"),
        (zipped(("a.csv", "a,b\n1,2\n" * 500)).replace(b"a.csv", b"b.csv", 1), "archive_unreadable"),
    ],
    # Bytes with the hour in them would make another name for each worker.
    ids=lambda value: value if isinstance(value, str) else "archive",
)
def test_archives(content: bytes, code: str, here: Read) -> None:
    assert refused(here(content, "a.zip")) == code


def test_an_archive_over_its_size_is_refused_before_it_is_unpacked(here: Read) -> None:
    content = zipped(("a.csv", os.urandom(5000)), ("b.csv", os.urandom(5000)))
    assert refused(here(content, "a.zip", limits=Limits(member_bytes=4000))) == "archive_too_large"
    assert refused(here(content, "a.zip", limits=Limits(unpacked_bytes=8000))) == "archive_too_large"


def test_an_encrypted_archive_is_refused(here: Read) -> None:
    content = bytearray(zipped(("a.csv", "a,b\n1,2\n")))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert refused(here(bytes(content), "a.zip")) == "archive_encrypted"


def test_of_many_tables_in_an_archive_each_is_a_layer_and_the_rest_is_named(here: Read) -> None:
    reading = here(
        zipped(
            ("data/บ้าน.csv", "a,b\n1,2\n"),
            ("data/คน.csv", "a,b\n3,4\n"),
            ("readme.txt", "x"),
            ("__MACOSX/x.csv", "y"),
        ),
        "a.zip",
    )
    assert [layer.name for layer in reading.layers] == ["บ้าน", "คน"]
    assert [each.value for each in reading.defects] == ["readme.txt"]


def test_a_geopackage_with_an_endless_view_gives_its_tables(child: Read, tmp_path: Path) -> None:
    import pyogrio.raw

    path = tmp_path / "a.gpkg"
    points = shapely.to_wkb(np.array([shapely.Point(100, 13)], dtype=object))
    pyogrio.raw.write(
        path,
        points,
        [np.array(["x"], dtype=object)],
        ["name"],
        layer="sound",
        geometry_type="Point",
        crs="EPSG:4326",
    )
    with sqlite3.connect(path) as database:
        database.execute(
            "CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
            "SELECT i AS fid FROM n"
        )
        database.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) "
            "VALUES ('endless', 'attributes', 'e', 0)"
        )
    database.close()
    started = time.monotonic()
    reading = child(path, "a.gpkg")
    assert time.monotonic() - started < 10
    assert [(layer.name, layer.rows) for layer in reading.layers] == [("sound", 1)]
    assert [(each.code, each.layer) for each in reading.defects] == [("view_skipped", "endless")]


def test_a_damaged_geopackage_is_refused(child: Read, shared: Path) -> None:
    content = bytearray((shared / "planning/syn1000.gpkg").read_bytes())
    content[20_000:24_000] = bytes(range(250)) * 16
    assert refused(child(bytes(content), "a.gpkg")) in ("gpkg_damaged", "gpkg_unreadable")
    assert refused(child(bytes(content[:50_000]), "a.gpkg")) in ("gpkg_damaged", "gpkg_unreadable")


def test_an_sqlite_file_that_is_no_geopackage_is_refused(child: Read, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.gpkg") as database:
        database.execute("CREATE TABLE a (b)")
    database.close()
    assert refused(child(tmp_path / "a.gpkg", "a.gpkg")) == "gpkg_unreadable"


def nested_wkb(levels: int) -> bytes:
    return struct.pack("<BII", 1, 7, 1) * levels + shapely.to_wkb(shapely.Point(1, 2))


def geoparquet(path: Path, *shapes: bytes, encoding: str = "WKB", crs: object = ...) -> Path:
    about = {"encoding": encoding, "geometry_types": []} | ({} if crs is ... else {"crs": crs})
    geo = {"version": "1.1.0", "primary_column": "geom", "columns": {"geom": about}}
    table = pa.table(
        {"name": [f"n{place}" for place in range(len(shapes))], "geom": pa.array(shapes, pa.binary())}
    )
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), path)
    return path


def test_wkb_nested_deep_is_one_bad_row(here: Read, tmp_path: Path) -> None:
    sound = shapely.to_wkb(shapely.Point(100, 13))
    path = geoparquet(tmp_path / "a.parquet", sound, nested_wkb(50_000), nested_wkb(3), b"\x01\x07", b"")
    layer = here(path, "a.parquet").layers[0]
    assert (layer.rows, layer.crs, layer.defect_counts) == (5, "EPSG:4326", {"geometry_unreadable": 3})


@pytest.mark.parametrize(
    ("crs", "declared"),
    [
        (..., "EPSG:4326"),
        (None, None),
        ({"id": {"authority": "EPSG", "code": 32647}}, "EPSG:32647"),
        ({"id": {"authority": "OGC", "code": "CRS84"}}, "EPSG:4326"),
    ],
)
def test_the_crs_of_geoparquet(crs: object, declared: str | None, here: Read, tmp_path: Path) -> None:
    path = geoparquet(tmp_path / "a.parquet", shapely.to_wkb(shapely.Point(1, 2)), crs=crs)
    assert here(path, "a.parquet").layers[0].crs == declared


def test_other_parquet_is_refused(here: Read, tmp_path: Path) -> None:
    assert (
        refused(here(geoparquet(tmp_path / "b.parquet", b"x", encoding="curve"), "b.parquet"))
        == "not_geoparquet"
    )
    assert refused(here(geoparquet(tmp_path / "c.parquet", b"x", crs=7), "c.parquet")) == "not_geoparquet"
    assert refused(here(b"PAR1 and no more", "a.parquet")) == "parquet_unreadable"
    assert refused(here(b"PAR1" + b"\0" * 50 + b"PAR1", "a.parquet")) == "parquet_unreadable"


def test_a_reader_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "1,2\n" * 1000)
    started = time.monotonic()
    assert (
        refused(read(path, "a.csv", ReadOptions(limits=Limits(seconds=0.01)), tmp_path)) == "reader_timeout"
    )
    assert time.monotonic() - started < 5


def test_a_reader_out_of_memory_or_space_is_a_refusal(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "1,2\n" * 200_000)
    for limits in (Limits(memory_bytes=200 << 20), Limits(written_bytes=10_000)):
        folder = tmp_path / str(limits.written_bytes)
        folder.mkdir()
        assert refused(read(path, "a.csv", ReadOptions(limits=limits), folder)) in (
            "reader_died",
            "reader_failed",
        )


KML = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
RING = "<LinearRing><coordinates>{}</coordinates></LinearRing>"


def placemark(coordinates: str) -> str:
    ring = RING.format(coordinates)
    return f"<Placemark><Polygon><outerBoundaryIs>{ring}</outerBoundaryIs></Polygon></Placemark>"


def test_one_broken_ring_does_not_fail_a_kml(child: Read) -> None:
    body = placemark("0,0 1,0 1,1 0,0") + placemark("0,0 1,0 1,1") + placemark("0,0") + placemark("")
    layer = child(KML.format(body), "a.kml").layers[0]
    assert layer.rows == 4
    assert set(layer.defect_counts) <= {"unclosed_ring", "ring_too_short"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('<!DOCTYPE kml [<!ENTITY a "b">]><kml>&a;</kml>', "xml_dtd"),
        (KML.format("<Folder>" * 400 + "</Folder>" * 400), "xml_too_deep"),
        (KML.format("<Placemark>"), "xml_unreadable"),
        (KML.format(""), "no_rows"),
    ],
)
def test_kml_refused(body: str, code: str, child: Read) -> None:
    assert refused(child(body, "a.kml")) == code


def test_truncated_gpx_is_refused(child: Read) -> None:
    assert (
        refused(
            child(
                '<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><wpt lat="13" lon="1', "a.gpx"
            )
        )
        == "xml_unreadable"
    )


def test_a_shapefile_of_rubbish_is_refused(child: Read) -> None:
    rubbish = b"\0\0\x27\x0a" + os.urandom(300)
    assert refused(child(zipped(("a.shp", rubbish), ("a.dbf", os.urandom(200))), "a.zip")) in (
        "shapefile_unreadable",
        "no_rows",
        "reader_died",
    )
    assert refused(child(rubbish, "a.shp")) in ("shapefile_unreadable", "no_rows", "reader_died")
