"""Rows on their way to the store: those to be written, in a staging table; those kept out, in an Arrow file.

Staged rows have the store's own columns, so that accepting them is one INSERT ... SELECT.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.compute as pc
from adbc_driver_sqlite import dbapi

from gis.formats import DEFECT
from surveys.record import RecordType
from surveys.store.schema import GEOMETRY

REASON = "#reason"


@dataclass(frozen=True)
class Spooled:
    """What one spool wrote: names of files within the examination's folder, None where nothing was.

    ``staged`` is (file, table) of the rows to be written; ``seen`` lists the records the rows spoke of,
    ``changed`` holds those that change, before and after.
    """

    staged: tuple[str, str] | None
    kept_out: str | None
    no_shape: str | None
    seen: str | None
    changed: str | None


class Spool:
    """The growing files of one layer; of a large one each span of batches has its own. Closed by the ``with`` block."""

    def __init__(self, folder: Path, part: tuple[int, int], process: int, record_type: RecordType) -> None:
        self._folder, self._name, self._type = folder, f"{part[0]}-{part[1]}", record_type
        # A file a process, a table a layer: SQLite attaches ten files at most.
        self._staged = (f"rows-{process}.sqlite", f"layer_{part[0]}")
        self._writers: dict[str, pa.ipc.RecordBatchFileWriter] = {}
        self._staging: dbapi.Connection | None = None

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in self._writers.values():
            writer.close()
        if self._staging is not None:
            self._staging.close()

    @property
    def files(self) -> Spooled:
        """The files written."""
        kept, no_shape, seen, changed = (
            f"{part}-{self._name}.arrow" if part in self._writers else None
            for part in ("kept", "no-shape", "seen", "changed")
        )
        return Spooled(self._staged if self._staging is not None else None, kept, no_shape, seen, changed)

    def write(self, rows: pa.Table) -> None:
        """Stage rows to be written."""
        if not len(rows):
            return
        if self._staging is None:
            self._staging = _staging(self._folder / self._staged[0])
        with self._staging.cursor() as cursor:
            cursor.adbc_ingest(self._staged[1], rows, mode="create_append")
        if self._type.geometry is not None:
            lost = rows.filter(pc.is_null(rows[GEOMETRY]))
            self._append("no-shape", lost.select(place_columns(self._type)))

    def see(self, ids: pa.Array, rows: pa.Array) -> None:
        """Note the records that rows of the file spoke of, changed or not."""
        self._append("seen", pa.table({"id": ids, "row": rows}))

    def change(self, records: pa.Table) -> None:
        """Keep records that change, before and after."""
        self._append("changed", records)

    def keep_out(self, batch: pa.RecordBatch, reasons: Sequence[str]) -> None:
        """Keep rows out, as they stood in the file, each with its reason."""
        reason = pa.array(list(reasons), pa.string())
        self._append(
            "kept", pa.Table.from_batches([batch]).drop_columns([DEFECT]).append_column(REASON, reason)
        )

    def _append(self, part: str, rows: pa.Table) -> None:
        if not len(rows):
            return
        if part not in self._writers:
            path = self._folder / f"{part}-{self._name}.arrow"
            self._writers[part] = pa.ipc.new_file(path, rows.schema)
        self._writers[part].write_table(rows)


def place_columns(record_type: RecordType) -> list[str]:
    """Return the columns by which a record without a shape finds its place."""
    return ["id", *dict.fromkeys(name for rule in record_type.place for name in rule.on)]


def _staging(path: Path) -> dbapi.Connection:
    """Open a staging file through ADBC, which binds Arrow columns five times faster than rows of Python.

    It is a file of its own, disposable: ADBC never opens the store, and nothing waits for the disk.
    """
    connection = dbapi.connect(str(path), autocommit=True)
    with connection.cursor() as cursor:
        for setting in ("journal_mode=OFF", "synchronous=OFF"):
            cursor.execute(f"PRAGMA {setting}")
    return connection
