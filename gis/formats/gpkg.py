"""GeoPackage: checked and stripped of views and triggers in a copy of ours before GDAL sees it."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pyogrio

from gis.formats import ogr
from gis.formats.model import Defect, Refused
from gis.formats.output import Output
from gis.formats.source import Source

_PLAIN_FIDS = frozenset(("", "fid", "ogc_fid", "rowid"))
_STEPS = 10_000


def read(source: Source, output: Output) -> None:
    """Read every base table of a GeoPackage, with and without shapes; Refused gpkg_damaged or
    gpkg_unreadable.
    """
    copy = source.scratch / f"copy{len(output.layers)}.gpkg"
    shutil.copyfile(source.path, copy)
    with _database(copy, output.limits.seconds / 2) as database:
        _check(database)
        tables = _stripped(database, output)
    with ogr.refusing("gpkg_unreadable"):
        for name in ogr.layer_names(copy):
            if name in tables and output.wants(name):
                fid = pyogrio.read_info(copy, layer=name)["fid_column"] or ""
                layer = ogr.OgrLayer(
                    name, name, ogr.crs_of(copy, name), keep_fid=fid.lower() not in _PLAIN_FIDS
                )
                ogr.write(copy, layer, output)


@contextmanager
def _database(path: Path, seconds: float) -> Iterator[sqlite3.Connection]:
    deadline = time.monotonic() + seconds
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
        database.execute("PRAGMA trusted_schema = OFF")
        database.execute("PRAGMA cell_size_check = ON")
        database.text_factory = lambda raw: raw.decode("utf-8", "replace")
        try:
            yield database
        except sqlite3.OperationalError as error:
            raise Refused("reader_timeout" if "interrupted" in str(error) else "gpkg_unreadable") from error
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            # sqlite3 decodes the message of an error before anyone can say how
            raise Refused("gpkg_damaged") from error


def _check(database: sqlite3.Connection) -> None:
    found = database.execute("PRAGMA quick_check(1)").fetchone()
    if not found or found[0] != "ok":
        raise Refused("gpkg_damaged")
    contents = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'gpkg_contents'").fetchone()
    if contents is None:
        raise Refused("gpkg_unreadable")


def _stripped(database: sqlite3.Connection, output: Output) -> set[str]:
    """Drop triggers and views (a view may never end), and name the tables left."""
    objects = database.execute("SELECT type, name FROM sqlite_master ORDER BY type = 'view'").fetchall()
    for kind, name in objects:
        quoted = name.replace('"', '""')
        if kind == "trigger":
            database.execute(f'DROP TRIGGER IF EXISTS "{quoted}"')
        elif kind == "view":
            database.execute(f'DROP VIEW IF EXISTS "{quoted}"')
            output.log.add(Defect("view_skipped", name))
            for registry in ("gpkg_contents", "gpkg_geometry_columns"):
                database.execute(f"DELETE FROM {registry} WHERE lower(table_name) = lower(?)", (name,))
    return {name for kind, name in objects if kind == "table"}
