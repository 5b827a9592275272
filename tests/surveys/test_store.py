"""The store: what it is as a file, how it is written and read, and what other programs may do with it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import sqlalchemy as sa

from surveys import events, networks, records
from surveys.errors import NotFound, Refused, StoreUnavailable
from surveys.intake import imports
from surveys.store import changes
from surveys.store.blobs import to_blobs, to_geometries
from surveys.store.geopackage import rtree
from surveys.store.schema import columns_of
from surveys.store.store import Store
from tests.conftest import NETWORK, STEWARD, Intake

SHAPED = [name for name, declared in records.ALL.items() if declared.geometry]
OGRINFO = shutil.which("ogrinfo")
VALUES: dict[str, Any] = {"TEXT": "ก", "INTEGER": 2, "DOUBLE": 1.5, "BOOLEAN": 1, "DATE": "2024-02-29"}
DTYPES = {
    "INTEGER": "Int64",
    "DOUBLE": "float64",
    "BOOLEAN": "boolean",
    "DATE": "datetime64[s]",
    "TEXT": "str",
}
SYSTEM_DTYPES = {
    "fid": "Int64",
    "network": "str",
    "key": "str",
    "version": "Int64",
    "opened_by": "Int64",
    "opened_at": "datetime64[ms, UTC]",
    "source_row": "Int64",
    "source_id": "str",
    "extra": "str",
    "missing": "str",
    "raw": "str",
}


def put(store: Store, type_name: str, network: str = NETWORK, **facts: Any) -> str:
    """Write one record as it stands; return its id."""
    record_id = changes.new_ids(1)[0]
    with store.writing() as connection:
        change = changes.start(connection, network, "edit", STEWARD)
        row = {
            "id": record_id,
            "network": network,
            "version": 1,
            "opened_by": change.id,
            "opened_at": change.at,
        }
        changes.insert(change, records.ALL[type_name], row | facts)
    return record_id


def blob(shape: Any) -> bytes:
    found = to_blobs(np.array([shape], dtype=object))[0]
    assert found is not None
    return found


def python(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a program in another process, every warning an error."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


# --- the file ---------------------------------------------------------------------------------------------


def test_a_store_is_made_only_when_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "new.gpkg"
    with pytest.raises(StoreUnavailable, match=r"There is no store new\.gpkg"):
        Store.open(path)
    assert not path.exists()
    Store.open(path, create=True).close()
    assert path.stat().st_mode & 0o777 == 0o600
    again = Store.open(path)
    assert again.networks() == []
    again.close()


@pytest.mark.parametrize(
    "where", ["postgresql://u:p@db/city", "postgresql+psycopg://db/city", "mysql://db/city"]
)
def test_a_database_server_is_refused_in_one_sentence(where: str) -> None:
    with pytest.raises(StoreUnavailable) as refused:
        Store.open(where, create=True)
    said = refused.value.said.en
    assert where.split("://", maxsplit=1)[0] in said and said.count(".") == 1 and said.endswith(".")
    assert "db/city" not in said and refused.value.said.th
    assert "u:p" not in str(refused.value)


def other_database(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE other (a)")
    connection.close()


def other_geopackage(path: Path) -> None:
    made = python(
        "import sys, geopandas as g, shapely;"
        "g.GeoDataFrame(geometry=[shapely.Point(0, 0)], crs=4326).to_file(sys.argv[1], driver='GPKG')",
        path,
    )
    assert made.returncode == 0, made.stderr


def text_file(path: Path) -> None:
    path.write_text("บ้าน,ชุมชน\n" * 200, encoding="utf-8")


@pytest.mark.parametrize("make", [other_database, other_geopackage, text_file, Path.mkdir])
def test_what_is_no_store_is_refused_and_left_as_it_is(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "other.gpkg"
    make(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(StoreUnavailable) as refused:
        Store.open(path)
    assert refused.value.said.th and refused.value.said.en
    assert (path.read_bytes() if path.is_file() else b"") == before
    assert [file.name for file in tmp_path.iterdir()] == ["other.gpkg"]


def test_a_store_of_a_newer_version_is_refused(store: Store, store_path: Path) -> None:
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE mankong_meta SET value='999' WHERE name='schema'")
    store.close()
    with pytest.raises(StoreUnavailable, match="newer version"):
        Store.open(store_path)


@pytest.mark.parametrize(
    "name", ["ชุมชน ริมคลอง.gpkg", "50%41.gpkg", "a?mode=ro.gpkg", "a#b.gpkg", "a;b'c\".gpkg"]
)
def test_a_store_may_be_called_anything(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    made = Store.open(path, create=True)
    networks.add(made, STEWARD, NETWORK, "คลองเตย")
    assert made.vault.key
    made.close()
    opened = Store.open(path)
    assert opened.networks() == [NETWORK]
    opened.close()
    assert {file.name for file in tmp_path.iterdir()} == {name, f"{name}.key"}


def test_a_damaged_store_is_refused_in_words(store_path: Path) -> None:
    whole = bytearray(store_path.read_bytes())
    whole[100:4000] = os.urandom(3900)
    store_path.write_bytes(whole)
    with pytest.raises(StoreUnavailable):
        Store.open(store_path)


def test_the_key_of_a_store_is_for_its_owner_only(tmp_path: Path) -> None:
    store, key = Store.open(tmp_path / "new.gpkg", create=True), tmp_path / "new.gpkg.key"
    sealed = store.vault.seal("1112034563562")
    assert key.stat().st_mode & 0o777 == 0o600 and len(key.read_bytes()) == 32
    assert store.vault.open(sealed) == "1112034563562" and "1112034563562" not in sealed
    assert store.vault.seal("1112034563562") != sealed, "a fresh nonce each time"
    assert store.vault.digest("1112034563562") == store.vault.digest("1112034563562")
    assert store.files.stat().st_mode & 0o777 == 0o700
    store.close()


def test_the_settings_that_protect_the_data_are_in_force_on_every_connection(store: Store) -> None:
    with store.reading() as one, store.reading() as other, store.writing() as third:
        for connection in (one, other, third):
            wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
            assert found == wanted
    with sqlite3.connect(store.path) as plain:
        assert plain.execute("PRAGMA application_id").fetchone()[0] == 0x47504B47
        assert plain.execute("PRAGMA user_version").fetchone()[0] == 10_300
        assert plain.execute("PRAGMA quick_check").fetchone()[0] == "ok"
        assert plain.execute("PRAGMA foreign_key_check").fetchall() == []
    plain.close()


# --- transactions -----------------------------------------------------------------------------------------


def test_threads_and_stores_that_write_at_once_are_never_locked_out(store: Store) -> None:
    other = Store.open(store.path)
    errors: list[BaseException] = []
    start = threading.Barrier(4)

    def work(target: Store, name: str) -> None:
        try:
            start.wait()
            for n in range(25):
                put(target, "facility", name=f"{name}{n}")
        except BaseException as error:
            errors.append(error)

    threads = [
        threading.Thread(target=work, args=(s, n))
        for s, n in zip((store, store, other, other), "กขคง", strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert store.counts(NETWORK)["facility"] == 100
    # The network itself was the first write.
    assert store.revision(NETWORK) == other.revision(NETWORK) == 101
    other.close()


def test_a_write_takes_its_turn_before_it_reads(store: Store) -> None:
    """BEGIN IMMEDIATE: the second writer waits at the start, so what it read cannot be stale."""
    inside, seen = threading.Event(), []

    def second() -> None:
        inside.wait()
        with store.writing() as connection:
            seen.append(connection.exec_driver_sql("SELECT revision FROM network_state").scalar())

    thread = threading.Thread(target=second)
    thread.start()
    with store.writing() as connection:
        inside.set()
        thread.join(0.3)
        assert thread.is_alive() and seen == []
        changes.start(connection, NETWORK, "edit", STEWARD)
    thread.join()
    assert seen == [2]


def test_a_write_that_fails_leaves_nothing(store: Store) -> None:
    before = store.revision(NETWORK)
    with pytest.raises(ZeroDivisionError), store.writing() as connection:
        change = changes.start(connection, NETWORK, "edit", STEWARD)
        changes.insert(change, records.ALL["facility"], {"id": "x", "network": NETWORK, "name": "ก"})
        raise ZeroDivisionError
    assert store.revision(NETWORK) == before and store.counts(NETWORK)["facility"] == 0
    with store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM change").scalar() == 1


def test_a_reader_sees_one_moment(store: Store) -> None:
    with store.reading() as connection:
        count = sa.text("SELECT count(*) FROM facility")
        assert connection.scalar(count) == 0
        put(store, "facility", name="ก")
        assert connection.scalar(count) == 0
    assert store.counts(NETWORK)["facility"] == 1


# --- reading ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", records.ALL)
def test_a_frame_has_the_types_of_the_declaration_empty_or_filled(store: Store, name: str) -> None:
    declared = records.ALL[name]
    wanted = SYSTEM_DTYPES | {f.name: DTYPES[f.kind.column] for f in declared.stored}
    wanted |= {f"{f.name}_digest": "str" for f in declared.stored if f.secret} | {"geometry": "geometry"}
    networks.add(store, STEWARD, "EMPTY", "ว่าง")
    facts = {f.name: VALUES[f.kind.column] for f in declared.stored}
    shape = {"geom": blob(shapely.Point(100.5, 13.7))} if declared.geometry else {}
    record_id = put(store, name, **facts, **shape)
    put(store, name)
    filled = store.read(NETWORK, name)
    assert {column: str(kind) for column, kind in filled.dtypes.items()} == wanted
    assert isinstance(filled, gpd.GeoDataFrame) and filled.crs == 4326
    row = filled.loc[record_id]
    for f in declared.stored:
        value = pd.Timestamp("2024-02-29") if f.kind.column == "DATE" else VALUES[f.kind.column]
        assert row[f.name] == value, f.name
    assert filled.iloc[-1][[f.name for f in declared.stored]].isna().all()
    if declared.geometry:
        assert (
            filled.geometry.iloc[-2].equals(shapely.Point(100.5, 13.7)) and filled.geometry.iloc[-1] is None
        )
    empty = store.read("EMPTY", name)
    # The network itself is a record of its own network.
    assert len(empty) == (name == "city_network")
    assert {column: str(kind) for column, kind in empty.dtypes.items()} == wanted


def test_only_the_columns_wanted_are_read(store: Store) -> None:
    record_id = put(store, "house", house_no="1/2", house_seq="1", geom=blob(shapely.Point(100.5, 13.7)))
    frame = store.read(NETWORK, "house", ["house_no"])
    assert list(frame.columns) == ["house_no", "geometry"] and frame.index.tolist() == [record_id]
    assert store.read_table(NETWORK, "house", ["house_no"]).to_pydict() == {"house_no": ["1/2"]}


def test_a_network_sees_its_own_records_only(store: Store) -> None:
    networks.add(store, STEWARD, "OTHER", "อื่น")
    ours, theirs = put(store, "house", house_seq="1"), put(store, "house", network="OTHER", house_seq="1")
    assert store.read(NETWORK, "house").index.tolist() == [ours]
    assert store.read("OTHER", "house").index.tolist() == [theirs]
    assert store.history(NETWORK, "house", theirs) == []
    assert store.counts("OTHER")["house"] == 1
    assert store.networks() == [NETWORK, "OTHER"]
    with pytest.raises(NotFound, match="There is no network “nowhere”"):
        store.revision("nowhere")


def test_the_history_of_a_record_is_told_newest_first(take: Intake) -> None:
    for state in ("ชำรุด", "คงทนถาวร", "ไม่ทราบ"):
        take.rows([{"ชุมชน": "ก", "ลำดับบ้าน": "1", "สภาพบ้าน": state}], "บ้าน.csv")
    (record_id,) = take.store.read(NETWORK, "house").index
    versions = take.store.history(NETWORK, "house", record_id)
    assert [(v["version"], v["condition"]) for v in versions] == [
        (3, None),
        (2, "lasting"),
        (1, "dilapidated"),
    ]
    opened = [v["opened_by"] for v in versions]
    assert [v.get("closed_by") for v in versions] == [None, opened[0], opened[1]]
    assert "geom" not in versions[0]
    assert take.store.history(NETWORK, "house", "f" * 32) == []


def test_shapes_pass_through_the_blob_unchanged() -> None:
    square = shapely.box(100.5, 13.7, 100.6, 13.8)
    shapes = [
        shapely.Point(100.5, 13.7),
        shapely.LineString([(100.5, 13.7), (100.6, 13.8)]),
        square.difference(square.buffer(-0.01)),
        shapely.MultiPoint([(1, 2), (3, 4)]),
        shapely.MultiPolygon([square]),
        shapely.GeometryCollection([square, shapely.Point(1, 2)]),
        None,
    ]
    array = np.array(shapes, dtype=object)
    back = to_geometries(to_blobs(array))
    assert all(shapely.equals_identical(back[:-1], array[:-1])) and back[-1] is None
    assert to_blobs(np.array([shapely.Point(), shapely.Polygon()], dtype=object)) == [None, None]


# --- older stores -----------------------------------------------------------------------------------------


def test_a_field_declared_since_becomes_a_column_of_an_older_store(store: Store, store_path: Path) -> None:
    record_id = put(store, "road", name="ซอย 1", width=3.0, surface="earth")
    with store.writing() as connection:
        for table in ("road", "road_history"):
            for column in ("width", "surface"):
                connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {column}")
    store.close()
    assert "width" not in ogr_fields(store_path, "road")
    newer = Store.open(store_path)
    assert newer.read(NETWORK, "road").loc[record_id, "name"] == "ซอย 1"
    assert pd.isna(newer.read(NETWORK, "road").loc[record_id, "width"])
    second = put(newer, "road", name="ซอย 2", width=2.5, surface="boards")
    with newer.writing() as connection:
        change = changes.start(connection, NETWORK, "edit", STEWARD)
        fid = connection.exec_driver_sql("SELECT fid FROM road WHERE id=?", (second,)).scalar()
        changes.close(change, records.ALL["road"], [fid])
    assert newer.history(NETWORK, "road", second)[0]["width"] == 2.5
    newer.close()
    assert {"width", "surface"} <= set(ogr_fields(store_path, "road"))


def test_a_type_declared_since_becomes_a_table_of_an_older_store(store: Store, store_path: Path) -> None:
    put(store, "road", name="ซอย 1")
    with store.writing() as connection:
        for statement in (
            "DROP TABLE facility",
            "DROP TABLE facility_history",
            f"DROP TABLE {rtree('facility')}",
            "DELETE FROM gpkg_geometry_columns WHERE table_name='facility'",
            "DELETE FROM gpkg_extensions WHERE table_name='facility'",
            "DELETE FROM gpkg_contents WHERE table_name='facility'",
        ):
            connection.exec_driver_sql(statement)
    store.close()
    newer = Store.open(store_path)
    record_id = put(newer, "facility", name="วัด", geom=blob(shapely.Point(100.5, 13.7)))
    assert newer.read(NETWORK, "facility").index.tolist() == [record_id] and indexed(newer, "facility") == 1
    assert newer.counts(NETWORK)["road"] == 1
    newer.close()
    assert "name" in ogr_fields(store_path, "facility")


# --- other programs ---------------------------------------------------------------------------------------

WRITES = [
    "UPDATE house SET house_no='9'",
    "DELETE FROM house",
    "INSERT INTO house (network, house_no) VALUES ('KT', '9')",
    "UPDATE member SET name='x'",
    "DELETE FROM member",
    "INSERT INTO member (network) VALUES ('KT')",
    "UPDATE household SET geom=NULL",
]


@pytest.mark.parametrize("statement", WRITES)
def test_another_program_s_write_is_refused_and_reading_works(store: Store, statement: str) -> None:
    put(store, "house", house_no="1/2", geom=blob(shapely.Point(100.5, 13.7)))
    put(store, "member", member_no="1")
    put(store, "household", geom=blob(shapely.Point(100.5, 13.7)))
    tried = python(
        """
import sys, sqlite3
c = sqlite3.connect(sys.argv[1])
# What a program with a spatial extension brings along.
for name in ("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY", "ST_IsEmpty"):
    c.create_function(name, 1, lambda blob: 0)
assert c.execute("SELECT house_no FROM house").fetchall() == [("1/2",)]
try:
    c.execute(sys.argv[2])
    c.commit()
except sqlite3.OperationalError as error:
    print(error)
assert c.execute("SELECT house_no FROM house").fetchall() == [("1/2",)]
c.close()
""",
        store.path,
        statement,
    )
    assert tried.returncode == 0, tried.stderr
    assert tried.stdout.strip() == "no such function: mankong_guard"
    assert store.counts(NETWORK)["house"] == store.counts(NETWORK)["member"] == 1


def test_gdal_reads_the_live_store_and_may_not_append_to_it(store: Store) -> None:
    put(store, "house", house_no="1/2", house_seq="1", geom=blob(shapely.Point(100.5, 13.7)))
    tried = python(
        """
import sys, pyogrio
frame = pyogrio.read_dataframe(sys.argv[1], layer="house")
assert frame["house_no"].tolist() == ["1/2"] and frame.geometry[0].x == 100.5
try:
    pyogrio.write_dataframe(frame[["house_no", "geometry"]], sys.argv[1], layer="house", append=True)
except Exception as error:
    print(error)
""",
        store.path,
    )
    assert "mankong_guard" in tried.stdout, tried.stdout + tried.stderr
    assert store.counts(NETWORK)["house"] == 1
    put(store, "house", house_no="1/3", house_seq="2")
    assert store.counts(NETWORK)["house"] == 2


def filled(store: Store) -> None:
    """Put a record with every field filled into every table."""
    for name, declared in records.ALL.items():
        if name != "city_network":
            shape = {"geom": blob(shapely.box(100.5, 13.7, 100.51, 13.71))} if declared.geometry else {}
            put(store, name, **{f.name: VALUES[f.kind.column] for f in declared.stored}, **shape)


def ogr_fields(path: Path, layer: str) -> list[str]:
    program = "import sys, pyogrio; print(*pyogrio.read_info(sys.argv[1], layer=sys.argv[2])['fields'])"
    read = python(program, path, layer)
    assert read.returncode == 0 and read.stderr == "", read.stderr
    return read.stdout.split()


def test_pyogrio_lists_and_reads_every_declared_field_without_a_warning(store: Store) -> None:
    filled(store)
    store.checkpoint()
    read = python(
        """
import sys, json, pyogrio
told = {}
for name, kind in pyogrio.list_layers(sys.argv[1]):
    info = pyogrio.read_info(sys.argv[1], layer=name)
    frame = pyogrio.read_dataframe(sys.argv[1], layer=name)
    told[name] = [kind, len(frame), dict(zip(info["fields"], map(str, info["dtypes"])))]
print(json.dumps(told))
""",
        store.path,
    )
    assert read.returncode == 0 and read.stderr == "", read.stderr
    told = json.loads(read.stdout)
    assert set(told) == set(records.ALL), "histories and the store's own tables are no layers"
    in_gdal = {
        "TEXT": "object",
        "INTEGER": "int64",
        "DOUBLE": "float64",
        "BOOLEAN": "bool",
        "DATE": "datetime64[D]",
    }
    for name, declared in records.ALL.items():
        kind, count, fields = told[name]
        assert count == 1 and (kind is None) == (declared.geometry is None)
        wanted = {f.name: in_gdal[f.kind.column] for f in declared.stored}
        assert {field: fields.get(field) for field in wanted} == wanted
        assert set(fields) == {column for column, _ in columns_of(declared)} - {"geom"}


@pytest.mark.skipif(OGRINFO is None, reason="ogrinfo is not installed (gdal-bin)")
def test_ogrinfo_lists_every_declared_field_without_a_warning(store: Store) -> None:
    filled(store)
    store.checkpoint()
    for options in (["-so"], []):
        told = subprocess.run(
            [str(OGRINFO), "-ro", "-al", *options, str(store.path)],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert told.stderr == ""
        assert "warning" not in told.stdout.casefold() and "error" not in told.stdout.casefold()
    summary = subprocess.run(
        [str(OGRINFO), "-ro", "-al", "-so", str(store.path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    sections = dict(part.split("\n", 1) for part in summary.split("Layer name: ")[1:])
    assert set(sections) == set(records.ALL)
    for name, declared in records.ALL.items():
        lines = sections[name].splitlines()
        assert "Feature Count: 1" in lines
        for f in declared.stored:
            assert any(line.startswith(f"{f.name}: ") for line in lines), f"{name}.{f.name}"


def test_a_lone_file_is_whole_after_a_checkpoint_and_a_copy_at_any_time(store: Store, tmp_path: Path) -> None:
    put(store, "facility", name="วัด")
    store.copy_to(tmp_path / "copy.gpkg")
    store.checkpoint()
    shutil.copyfile(store.path, tmp_path / "lone.gpkg")
    for name in ("copy.gpkg", "lone.gpkg"):
        with sqlite3.connect(tmp_path / name) as plain:
            assert plain.execute("SELECT name FROM facility").fetchall() == [("วัด",)]
            assert plain.execute("PRAGMA quick_check").fetchone()[0] == "ok"
        plain.close()
    copy = Store.open(tmp_path / "copy.gpkg")
    assert copy.counts(NETWORK)["facility"] == 1
    copy.close()


def test_an_import_leaves_the_lone_file_whole(take: Intake, tmp_path: Path) -> None:
    take.rows([{"ชุมชน": "ก", "ลำดับบ้าน": "1"}], "บ้าน.csv")
    shutil.copyfile(take.store.path, tmp_path / "lone.gpkg")
    with sqlite3.connect(tmp_path / "lone.gpkg") as plain:
        assert plain.execute("SELECT count(*) FROM house").fetchone()[0] == 1
    plain.close()


# --- the index of shapes ----------------------------------------------------------------------------------


def indexed(store: Store, name: str) -> int:
    """Hold the R-tree of a table against the bounds of its shapes; return how many it holds."""
    with store.reading() as connection:
        boxes = {row[0]: row[1:] for row in connection.exec_driver_sql(f"SELECT * FROM {rtree(name)}")}
        rows = connection.exec_driver_sql(f"SELECT fid, geom FROM {name} WHERE geom IS NOT NULL").all()
        triggers = connection.exec_driver_sql(
            "SELECT count(*) FROM sqlite_master WHERE type='trigger' AND tbl_name=?", (name,)
        ).scalar()
        indexes = connection.exec_driver_sql(
            "SELECT count(*) FROM sqlite_master WHERE type='index' AND tbl_name=?", (name,)
        ).scalar()
    assert (triggers, indexes) == (10, 3), "three guards, seven of the R-tree; id, key, opened"
    assert set(boxes) == {fid for fid, _ in rows}
    if boxes:
        west, south, east, north = shapely.bounds(to_geometries([shape for _, shape in rows])).T
        held = np.array([boxes[fid] for fid, _ in rows])
        # The index keeps 32 bits, rounded outwards.
        for side, edge in ((0, west), (2, south)):
            assert (held[:, side] <= edge).all() and (held[:, side] > edge - 1e-4).all()
        for side, edge in ((1, east), (3, north)):
            assert (held[:, side] >= edge).all() and (held[:, side] < edge + 1e-4).all()
    return len(boxes)


def houses(count: int, moved: float = 0.0, every: int = 5) -> list[dict[str, object]]:
    """Houses as points; every so many have none."""
    return [
        {"ชุมชน": "ก", "ลำดับบ้าน": n}
        | ({} if every and n % every == 0 else {"lat": 13.7 + n * 1e-5 + moved, "lon": 100.5 + moved})
        for n in range(1, count + 1)
    ]


@pytest.mark.parametrize("count", [20, 2_500], ids=["row by row", "in bulk"])
def test_the_index_of_shapes_follows_every_write(take: Intake, count: int) -> None:
    few = count // 5
    first = take.rows(houses(count), "house.csv")
    assert first["new"] == count and indexed(take.store, "house") == count - few
    moved = take.rows(houses(count, moved=0.01, every=0), "house.csv")
    assert moved["updated"] == count and indexed(take.store, "house") == count
    imports.undo(take.store, moved["import_id"], STEWARD)
    assert indexed(take.store, "house") == count - few
    assert take.store.read(NETWORK, "house").geometry.dropna().x.eq(100.5).all()
    imports.redo(take.store, moved["import_id"], STEWARD)
    assert indexed(take.store, "house") == count
    imports.undo(take.store, moved["import_id"], STEWARD)
    imports.undo(take.store, first["import_id"], STEWARD)
    assert indexed(take.store, "house") == 0
    imports.redo(take.store, first["import_id"], STEWARD)
    assert indexed(take.store, "house") == count - few


def test_the_index_follows_every_kind_of_statement(store: Store) -> None:
    """The seven triggers of GeoPackage 1.4, upserts among them."""
    put(store, "road", name="ก", geom=blob(shapely.LineString([(100.5, 13.7), (100.6, 13.8)])))
    put(store, "road", name="ข")
    there, elsewhere = (blob(shapely.LineString([(x, 13.7), (x + 0.1, 13.9)])) for x in (100.5, 101.5))
    statements = [
        ("UPDATE road SET geom=? WHERE fid=1", (elsewhere,), 1),
        ("UPDATE road SET geom=? WHERE fid=2", (there,), 2),
        ("UPDATE road SET geom=NULL WHERE fid=1", (), 1),
        ("UPDATE road SET fid=7 WHERE fid=2", (), 1),
        ("UPDATE road SET fid=8, geom=NULL WHERE fid=7", (), 0),
        (
            "INSERT INTO road (fid, geom) VALUES (8, ?) ON CONFLICT (fid) DO UPDATE SET geom=excluded.geom",
            (there,),
            1,
        ),
        ("INSERT OR REPLACE INTO road (fid, geom) VALUES (8, ?)", (elsewhere,), 1),
        ("DELETE FROM road WHERE fid=8", (), 0),
    ]
    for statement, values, left in statements:
        with store.writing() as connection:
            connection.exec_driver_sql(statement, values)
        assert indexed(store, "road") == left, statement


@pytest.mark.parametrize("name", SHAPED)
def test_every_table_with_shapes_has_its_index(store: Store, name: str) -> None:
    put(store, name, geom=blob(shapely.Point(100.5, 13.7)))
    assert indexed(store, name) == 1


# --- the log ----------------------------------------------------------------------------------------------


def chain(store: Store) -> list[str]:
    """Recompute the digests of the log from its rows."""
    with store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM event ORDER BY id").mappings().all()
    last, found = "", []
    for row in rows:
        plain = {name: value for name, value in row.items() if name not in ("id", "digest")}
        last = hashlib.sha256(
            (last + json.dumps(plain, ensure_ascii=False, sort_keys=True)).encode()
        ).hexdigest()
        found.append(last)
    return found


def digests(store: Store) -> list[str]:
    with store.reading() as connection:
        return [str(d) for d in connection.scalars(sa.text("SELECT digest FROM event ORDER BY id"))]


def test_the_log_is_append_only_and_each_row_carries_the_one_before(store: Store) -> None:
    networks.add(store, STEWARD, "B", "ข")
    networks.add(store, STEWARD, "C", "ค")
    assert len(digests(store)) == 3 and digests(store) == chain(store)
    for statement in ("UPDATE event SET actor='x'", "DELETE FROM event", "DELETE FROM event WHERE id=1"):
        with pytest.raises(sa.exc.IntegrityError, match="append-only"), store.writing() as connection:
            connection.exec_driver_sql(statement)
    assert len(digests(store)) == 3 and digests(store) == chain(store)


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE event SET subject='x' WHERE id=2",
        "DELETE FROM event WHERE id=2",
        "UPDATE event SET at='' WHERE id=1",
    ],
)
def test_tampering_breaks_the_chain(store: Store, tampering: str) -> None:
    networks.add(store, STEWARD, "B", "ข")
    networks.add(store, STEWARD, "C", "ค")
    with store.writing() as connection:
        for verb in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(f"DROP TRIGGER event_no_{verb}")
        connection.exec_driver_sql(tampering)
    assert digests(store) != chain(store)


def test_a_change_and_its_event_stand_or_fall_together(store: Store) -> None:
    with pytest.raises(Refused):
        networks.add(store, STEWARD, NETWORK, "ซ้ำ")
    with pytest.raises(ZeroDivisionError), store.writing() as connection:
        events.record(connection, STEWARD, NETWORK, "export", "house")
        raise ZeroDivisionError
    assert len(digests(store)) == 1
    with store.reading() as connection:
        (told,) = events.recent(connection, NETWORK)
    assert (told["action"], told["subject"], told["actor"]) == ("network_added", NETWORK, STEWARD.name)
    assert set(events.ACTIONS) >= {told["action"]}


# --- networks ---------------------------------------------------------------------------------------------


def test_a_network_is_told_with_its_bounds_and_counts(store: Store) -> None:
    made = networks.add(store, STEWARD, "MUM", "มุมไบ", (72.7, 18.8, 73.1, 19.4), {"name_en": "Mumbai"})
    assert made == {
        "code": "MUM", "name": "มุมไบ", "name_en": "Mumbai", "attribution": None,
        "bounds": [72.7, 18.8, 73.1, 19.4], "made_up": False, "revision": 1,
    }  # fmt: skip
    listed = {network["code"]: network for network in networks.listed(store, STEWARD)}
    assert listed["MUM"]["counts"]["house"] == 0 and listed[NETWORK]["bounds"] is None


@pytest.mark.parametrize(
    ("code", "bounds"),
    [
        ("", None), ("คลองเตย", None), ("a b", None), ("-a", None), ("x" * 41, None), (NETWORK, None),
        ("../x", None),
        ("A", (73.0, 18.0, 72.0, 19.0)), ("A", (72.0, 18.0, 73.0, 91.0)), ("A", (-181.0, 18.0, 73.0, 19.0)),
        ("A", (float("nan"), 18.0, 73.0, 19.0)),
    ],
)  # fmt: skip
def test_a_network_with_a_wrong_code_or_bounds_is_refused(store: Store, code: str, bounds: Any) -> None:
    with pytest.raises(Refused):
        networks.add(store, STEWARD, code, "ชื่อ", bounds)
    assert store.networks() == [NETWORK]
