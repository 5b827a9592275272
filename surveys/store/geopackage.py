"""What makes our SQLite file a GeoPackage 1.3: its system tables, R-trees, and guards for writers."""

from __future__ import annotations

import sqlalchemy as sa

from surveys.record import RecordType
from surveys.store.schema import GEOMETRY, GEOMETRY_TYPES, SRID

APPLICATION_ID = 0x47504B47
USER_VERSION = 10300
GUARD = "mankong_guard"

_WGS84 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],'
    'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,'
    'AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]'
)

_SYSTEM_TABLES = (
    """CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY,
       organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL,
       description TEXT)""",
    """CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL,
       identifier TEXT UNIQUE, description TEXT DEFAULT '',
       last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
       min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
       CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))""",
    """CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
       geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
       CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
       CONSTRAINT uk_gc_table_name UNIQUE (table_name),
       CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
       CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id))""",
    """CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
       definition TEXT NOT NULL, scope TEXT NOT NULL,
       CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))""",
)
_REFERENCE_SYSTEMS = (
    ("Undefined Cartesian", -1, "NONE", -1, "undefined", "undefined Cartesian coordinates"),
    ("Undefined geographic", 0, "NONE", 0, "undefined", "undefined geographic coordinates"),
    ("WGS 84 geodetic", SRID, "EPSG", SRID, _WGS84, "longitude and latitude on WGS 84"),
)


def create_system_tables(connection: sa.Connection) -> None:
    """Make an empty GeoPackage of an empty database (``application_id`` is set before WAL, elsewhere)."""
    for statement in _SYSTEM_TABLES:
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(
        "INSERT INTO gpkg_spatial_ref_sys VALUES (?,?,?,?,?,?)", list(_REFERENCE_SYSTEMS)
    )


def register(connection: sa.Connection, record_type: RecordType) -> None:
    """Enter a record table in the GeoPackage's contents; give it an R-tree and its triggers."""
    name = record_type.name
    if record_type.geometry is None:
        _contents(connection, record_type, "attributes", None)
        add_triggers(connection, record_type)
        return
    _contents(connection, record_type, "features", SRID)
    connection.exec_driver_sql(
        "INSERT INTO gpkg_geometry_columns VALUES (?,?,?,?,0,0)",
        (name, GEOMETRY, GEOMETRY_TYPES[record_type.geometry], SRID),
    )
    connection.exec_driver_sql(
        "INSERT INTO gpkg_extensions VALUES (?,?,'gpkg_rtree_index',"
        "'http://www.geopackage.org/spec120/#extension_rtree','write-only')", (name, GEOMETRY),
    )  # fmt: skip
    connection.exec_driver_sql(RTREE.format(name=rtree(name)))
    add_triggers(connection, record_type)


def _contents(connection: sa.Connection, record_type: RecordType, kind: str, srid: int | None) -> None:
    connection.exec_driver_sql(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES (?,?,?,?,?)",
        (record_type.name, kind, record_type.name, record_type.words.th, srid),
    )


# How an R-tree is declared.
RTREE = "CREATE VIRTUAL TABLE {name} USING rtree(id, minx, maxx, miny, maxy)"


def rtree(name: str) -> str:
    """Return the name of a table's R-tree."""
    return f"rtree_{name}_{GEOMETRY}"


def _guards(name: str) -> dict[str, str]:
    """Return triggers that only pass on connections of ours: another program's write is refused."""
    return {
        f"guard_{name}_{verb}": f"CREATE TRIGGER guard_{name}_{verb} BEFORE {verb} ON {name} "
        f"BEGIN SELECT {GUARD}(); END"
        for verb in ("insert", "update", "delete")
    }


def _rtree_triggers(name: str) -> dict[str, str]:
    """Return the R-tree triggers of GeoPackage 1.4 (the older form breaks upserts)."""
    tree, g = rtree(name), GEOMETRY
    there, gone = f"NEW.{g} NOTNULL AND NOT ST_IsEmpty(NEW.{g})", f"NEW.{g} ISNULL OR ST_IsEmpty(NEW.{g})"
    was = f"OLD.{g} NOTNULL AND NOT ST_IsEmpty(OLD.{g})"
    was_not = f"OLD.{g} ISNULL OR ST_IsEmpty(OLD.{g})"
    box = f"ST_MinX(NEW.{g}), ST_MaxX(NEW.{g}), ST_MinY(NEW.{g}), ST_MaxY(NEW.{g})"
    sets = f"minx=ST_MinX(NEW.{g}), maxx=ST_MaxX(NEW.{g}), miny=ST_MinY(NEW.{g}), maxy=ST_MaxY(NEW.{g})"
    bodies = {
        "insert": f"AFTER INSERT ON {name} WHEN ({there}) "
        f"BEGIN INSERT OR REPLACE INTO {tree} VALUES (NEW.fid, {box}); END",
        "update6": f"AFTER UPDATE OF {g} ON {name} WHEN OLD.fid=NEW.fid AND ({there}) AND ({was}) "
        f"BEGIN UPDATE {tree} SET {sets} WHERE id=NEW.fid; END",
        "update7": f"AFTER UPDATE OF {g} ON {name} WHEN OLD.fid=NEW.fid AND ({there}) AND ({was_not}) "
        f"BEGIN INSERT INTO {tree} VALUES (NEW.fid, {box}); END",
        "update2": f"AFTER UPDATE OF {g} ON {name} WHEN OLD.fid=NEW.fid AND ({gone}) "
        f"BEGIN DELETE FROM {tree} WHERE id=OLD.fid; END",
        "update5": f"AFTER UPDATE ON {name} WHEN OLD.fid!=NEW.fid AND ({there}) "
        f"BEGIN DELETE FROM {tree} WHERE id=OLD.fid; INSERT OR REPLACE INTO {tree} VALUES (NEW.fid, {box}); END",
        "update4": f"AFTER UPDATE ON {name} WHEN OLD.fid!=NEW.fid AND ({gone}) "
        f"BEGIN DELETE FROM {tree} WHERE id IN (OLD.fid, NEW.fid); END",
        "delete": f"AFTER DELETE ON {name} WHEN OLD.{g} NOTNULL BEGIN DELETE FROM {tree} WHERE id=OLD.fid; END",
    }
    return {f"{tree}_{verb}": f"CREATE TRIGGER {tree}_{verb} {body}" for verb, body in bodies.items()}


def _triggers(record_type: RecordType) -> dict[str, str]:
    name = record_type.name
    return _guards(name) | (_rtree_triggers(name) if record_type.geometry else {})


def add_triggers(connection: sa.Connection, record_type: RecordType) -> None:
    """Put the triggers of a record table in place."""
    for statement in _triggers(record_type).values():
        connection.exec_driver_sql(statement)


def drop_triggers(connection: sa.Connection, record_type: RecordType) -> None:
    """Take the triggers away, inside the transaction of a bulk write that puts them back."""
    for name in _triggers(record_type):
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
