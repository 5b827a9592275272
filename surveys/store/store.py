"""The door to the store: open it, read frames, write inside one transaction. Nothing else reaches it."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyarrow as pa
import sqlalchemy as sa

from gis.geometry import Bounds
from surveys import records
from surveys.dates import iso
from surveys.errors import Refused, StoreUnavailable, no_network
from surveys.privacy import Vault
from surveys.record import RecordType
from surveys.store import frames, migrations
from surveys.store.connect import BUSY_MS, connect, connected, spoken, waiting
from surveys.store.custom import extend
from surveys.store.geopackage import rtree
from surveys.store.schema import GEOMETRY, HISTORY, table
from surveys.words import words

# How many rows pass through memory at a time.
BATCH = 4_000
# What lies beside a store under its name: its key, its raw files, its jobs, and SQLite's own files.
_KEY, _FILES, _JOBS = ".key", ".files", ".work"
# The digest by which a store knows its key again.
_MARK = sa.select(table("mankong_meta").c.value).where(table("mankong_meta").c.name == "key")
_BESIDE = (_KEY, *(name + own for name in ("", _JOBS) for own in ("", "-wal", "-shm", "-journal")))


@dataclass(frozen=True)
class Store:
    """One store: a GeoPackage, its key, and the folder of raw files beside it."""

    path: Path
    engine: sa.Engine

    @classmethod
    def open(cls, where: Path | str, *, create: bool = False) -> Store:
        """Open a store; make it when asked to.

        Raises
        ------
        StoreUnavailable
            If there is none or it cannot be made, it is damaged, or it is a database server (not served yet).
        """
        if "://" in str(where):
            raise StoreUnavailable(
                words(
                    "ยังใช้ได้เฉพาะไฟล์ GeoPackage",
                    f"Only a GeoPackage file is served for now, not {str(where).split('://')[0]}.",
                )
            )
        path = Path(where).absolute()
        if not path.exists() and not create:
            raise StoreUnavailable(words(f"ไม่พบฐานข้อมูล {path.name}", f"There is no store {path.name}."))
        new = not path.exists()
        if new:
            _begin(path)
        with spoken():
            store = cls(path, connect(path))
            migrations.bring_up(store.engine)
        if new:
            # The first write makes the key and its mark: who only examines a file later writes nothing.
            with store.writing():
                pass
        return store

    @cached_property
    def vault(self) -> Vault:
        """The key of the secret fields, in a file of its own beside the store.

        Raises
        ------
        StoreUnavailable
            If the key is gone, or is another store's: a new one would split every person in two.
        """
        path = self.path.with_name(self.path.name + _KEY)
        with self.reading() as connection:
            mark = connection.scalar(_MARK)
        if mark is not None and not path.exists():
            raise StoreUnavailable(
                words(
                    f"ไม่พบไฟล์กุญแจ {path.name} ของฐานข้อมูลนี้", f"The key file {path.name} of this store is gone."
                )
            )
        try:
            vault = Vault.at(path)
        except ValueError:
            mark, vault = "", Vault(b"")
        if mark is not None and mark != (vault.mark if vault.key else None):
            raise StoreUnavailable(
                words(f"ไฟล์ {path.name} ไม่ใช่กุญแจของฐานข้อมูลนี้", f"{path.name} is not the key of this store.")
            )
        return vault

    def _mark(self, connection: sa.Connection) -> None:
        """Write down in the first write which key is this store's; what is sealed under it comes no earlier."""
        if connection.scalar(_MARK) is None:
            meta = table("mankong_meta")
            connection.execute(meta.insert(), {"name": "key", "value": self.vault.mark})

    @cached_property
    def files(self) -> Path:
        """The folder of raw files and import reports beside the store, for its owner only."""
        folder = self.path.with_name(self.path.name + _FILES)
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def guard_output(self, path: Path) -> None:
        """Refuse to write a file over the store or what belongs to it.

        Raises
        ------
        Refused
            If ``path`` is the store, its key, its jobs, or among the folders of its raw files.
        """
        target = path.resolve()
        for own in {self.path, self.path.resolve()}:
            files = own.with_name(own.name + _FILES)
            kept = files / "raw", files / "imports", files / "jobs"
            beside = [own.with_name(own.name + ending) for ending in _BESIDE]
            # By what it is, too: a hard link, or a name in other letters on a disk that does not tell them.
            same = any(one == target or _same(one, target) for one in beside)
            if same or target == files or any(folder in (target, *target.parents) for folder in kept):
                raise Refused(
                    words(
                        f"เขียนทับ {path.name} ไม่ได้ เพราะเป็นไฟล์ของฐานข้อมูล เลือกชื่ออื่น",
                        f"{path.name} belongs to the store and cannot be written over; choose another name.",
                    )
                )

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection that sees one moment of the store."""
        with spoken(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self, rows: int = 0, wait_ms: int = BUSY_MS) -> Iterator[sa.Connection]:
        """Give a connection whose transaction commits at the end, or leaves nothing.

        While others write, it waits ``wait_ms`` at most.

        Files that are attached meanwhile are let go of. ``rows`` says how many records are to be written: very many
        go straight into the file where nobody else has the store open (:func:`surveys.store.connect.connected`).
        """
        if rows:
            # Looked up by a connection of its own, which a straight write would keep waiting.
            _ = self.vault
        with spoken(), connected(self.engine, rows) as connection, waiting(connection, wait_ms):
            connection = connection.execution_options(writes=True)
            try:
                with connection.begin():
                    self._mark(connection)
                    yield connection
            finally:
                _let_go(connection)

    def types(self, network: str) -> Mapping[str, RecordType]:
        """Return the record types of a network: the declared ones with its own fields and choices."""
        with self.reading() as connection:
            return extend(records.ALL, connection, network)

    def revision(self, network: str) -> int:
        """Return how many write transactions the network has seen.

        Raises
        ------
        NotFound
            If there is no such network.
        """
        state = table("network_state")
        with self.reading() as connection:
            found = connection.scalar(sa.select(state.c.revision).where(state.c.network == network))
        if found is None:
            raise no_network(network)
        return int(found)

    def networks(self) -> list[str]:
        """Return the codes of all networks, in order."""
        with self.reading() as connection:
            return list(connection.scalars(sa.select(table("network_state").c.network).order_by("network")))

    def read_table(
        self,
        network: str,
        type_name: str,
        columns: Sequence[str] | None = None,
        where: sa.ColumnElement[bool] | None = None,
    ) -> pa.Table:
        """Read current rows as an Arrow table (``geom`` as blobs); ``columns`` None reads all."""
        source = table(type_name)
        wanted = [source.c[name] for name in columns or source.c.keys()]
        query = sa.select(*wanted).where(source.c.network == network).order_by(source.c.fid)
        if where is not None:
            query = query.where(where)
        types = frames.arrow_types(records.ALL[type_name])
        names = [column.name for column in wanted]
        with self.reading() as connection:
            batches = [frames.to_table(part, names, types) for part in _parts(connection, query)]
        return pa.concat_tables(batches) if batches else frames.to_table([], names, types)

    def read(
        self,
        network: str,
        type_name: str,
        columns: Sequence[str] | None = None,
        where: sa.ColumnElement[bool] | None = None,
    ) -> gpd.GeoDataFrame:
        """Read current rows as a frame indexed by id; see :func:`surveys.store.frames.to_frame`.

        ``columns`` names declared fields and system columns; id and shape always come along.
        """
        declared = records.ALL[type_name]
        shape = [GEOMETRY] if declared.geometry else []
        wanted = None if columns is None else list(dict.fromkeys(["id", *columns, *shape]))
        return frames.to_frame(self.read_table(network, type_name, wanted, where), declared)

    def history(self, network: str, type_name: str, record_id: str) -> list[dict[str, Any]]:
        """Return every version of a record without shapes: the current one, then the closed ones, newest first."""
        current, closed = table(type_name), table(f"{type_name}_history")
        found: list[dict[str, Any]] = []
        with self.reading() as connection:
            for source in (current, closed):
                query = sa.select(source).where(source.c.network == network, source.c.id == record_id)
                found += [dict(row) for row in connection.execute(query).mappings()]
        versions = [{k: v for k, v in row.items() if k != GEOMETRY} for row in found]
        return sorted(versions, key=lambda row: ("closed_by" not in row, row["version"]), reverse=True)

    def versions(self, network: str, type_name: str, columns: Sequence[str]) -> pa.Table:
        """Read every version of every record as an Arrow table, current and closed ones.

        Beside ``columns`` it has ``id``, ``opened_by``, and ``closed_by``, null for a current version.
        """
        types = frames.arrow_types(records.ALL[type_name]) | {"closed_by": pa.int64()}
        names = list(dict.fromkeys(["id", "opened_by", *columns]))
        parts = []
        with self.reading() as connection:
            for source in (table(type_name), table(type_name + HISTORY)):
                closed = source.c.closed_by if "closed_by" in source.c else sa.null().label("closed_by")
                query = sa.select(*(source.c[name] for name in names), closed).where(
                    source.c.network == network
                )
                for rows in _parts(connection, query):
                    parts.append(frames.to_table(rows, [*names, "closed_by"], types))
        return pa.concat_tables(parts) if parts else frames.to_table([], [*names, "closed_by"], types)

    def counts(self, network: str) -> dict[str, int]:
        """Return the number of current records of each type."""
        with self.reading() as connection:
            return {
                name: connection.scalar(
                    sa.select(sa.func.count()).select_from(table(name)).where(table(name).c.network == network)
                ) or 0
                for name in records.ALL
            }  # fmt: skip

    def tally(
        self, network: str, type_name: str, column: str, where: sa.ColumnElement[bool] | None = None
    ) -> Counter[str]:
        """Count the current rows of a type by the text in one column, those without any left out."""
        source = table(type_name)
        query = sa.select(source.c[column]).where(source.c.network == network, source.c[column].is_not(None))
        # Counted here, part by part: SQLite would sort a million texts in memory to group them.
        counts: Counter[str] = Counter()
        with self.reading() as connection:
            for part in _parts(connection, query if where is None else query.where(where)):
                counts.update(text for (text,) in part)
        return counts

    def extent(self, network: str, type_names: Iterable[str], change: str | None = None) -> Bounds | None:
        """Return the box of all current shapes of some types: west, south, east, north in degrees.

        ``change``: of those only that this change made or changed last.

        Rounded outwards to float32, as the R-trees keep it; None where there is no shape.
        """
        found = []
        with self.reading() as connection:
            for name in type_names:
                edges = connection.exec_driver_sql(
                    f"SELECT min(t.minx), min(t.miny), max(t.maxx), max(t.maxy) FROM {rtree(name)} t "
                    f"JOIN {name} r ON r.fid = t.id WHERE r.network = ? AND (? IS NULL OR r.opened_by = ?)",
                    (network, change, change),
                ).one()  # fmt: skip
                found += [edges] if edges[0] is not None else []
        if not found:
            return None
        west, south, east, north = zip(*found, strict=True)
        return min(west), min(south), max(east), max(north)

    def checkpoint(self) -> None:
        """Move what is in the WAL into the file; a copy of the lone file is then complete."""
        with spoken(), self.engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA main.wal_checkpoint(TRUNCATE)")

    def copy_to(self, path: Path) -> None:
        """Write a consistent copy of the store (VACUUM INTO) for other programs."""
        with spoken(), self.engine.connect() as connection:
            connection.connection.cursor().execute("VACUUM INTO ?", (str(path),))

    def close(self) -> None:
        """Checkpoint and let go of the file."""
        self.checkpoint()
        self.engine.dispose()


def _parts(connection: sa.Connection, query: sa.Select[Any]) -> Iterator[list[tuple[Any, ...]]]:
    """Run a query and give its rows part by part, as the driver has them: millions need no objects around them."""
    cursor: Any = connection.execute(query).cursor
    while part := cursor.fetchmany(BATCH):
        yield part


def _let_go(connection: sa.Connection) -> None:
    """Detach what a transaction attached; it can only be done once that has ended."""
    cursor = connection.connection.cursor()
    for _, name, _ in cursor.execute("PRAGMA database_list").fetchall():
        if name not in ("main", "temp"):
            cursor.execute(f"DETACH {name}")


def _begin(path: Path) -> None:
    """Make the empty file of a new store, for its owner only."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreUnavailable(
            words(
                f"สร้างฐานข้อมูล {path.name} ในโฟลเดอร์ {path.parent.name} ไม่ได้: {error.strerror}",
                f"The store {path.name} cannot be made in the folder {path.parent.name}: {error.strerror}.",
            )
        ) from error


def _same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


def now() -> str:
    """Return this moment as the store writes it."""
    return iso(datetime.now(UTC))


def as_json(values: Mapping[str, Any]) -> str | None:
    """Write the JSON text of a system column; None for nothing."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")) if values else None
