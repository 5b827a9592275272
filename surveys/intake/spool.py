"""Rows on their way to the store, in Arrow files: those to be written, by the store's columns, and those kept out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.compute as pc

from gis.formats import DEFECT
from surveys.record import RecordType
from surveys.store.schema import GEOMETRY

REASON = "#reason"


@dataclass(frozen=True)
class Spooled:
    """What one spool wrote: names of files within the examination's folder, None where nothing was.

    ``staged`` are the rows to be written, a file for each batch that has some; ``seen`` lists the records the
    rows spoke of, ``changed`` holds those that change, before and after.
    """

    staged: tuple[str, ...]
    kept_out: str | None
    no_shape: str | None
    seen: str | None
    changed: str | None


# Where a staged row stood in its file.
SOURCE_ROW = "source_row"


class Spool:
    """The growing files of one layer; of a large one each span of batches has its own. Closed by the ``with`` block."""

    def __init__(self, folder: Path, part: tuple[int, int], record_type: RecordType) -> None:
        self._folder, self._name, self._type = folder, f"{part[0]}-{part[1]}", record_type
        self._staged: list[str] = []
        self._writers: dict[str, pa.ipc.RecordBatchFileWriter] = {}

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in self._writers.values():
            writer.close()

    @property
    def files(self) -> Spooled:
        """The files written."""
        kept, no_shape, seen, changed = (
            f"{part}-{self._name}.arrow" if part in self._writers else None
            for part in ("kept", "no-shape", "seen", "changed")
        )
        return Spooled(tuple(self._staged), kept, no_shape, seen, changed)

    def write(self, rows: pa.Table) -> None:
        """Stage rows to be written."""
        if not len(rows):
            return
        # A file a batch: what no row of it has takes no room.
        said = [name for name in rows.column_names if rows[name].null_count < len(rows)]
        name = f"rows-{self._name}-{len(self._staged)}.arrow"
        with pa.ipc.new_file(self._folder / name, rows.select(said).schema) as writer:
            writer.write_table(rows.select(said))
        self._staged.append(name)
        if self._type.geometry is not None:
            lost = rows.filter(pc.is_null(rows[GEOMETRY]))
            self._append("no-shape", lost.select([*place_columns(self._type), SOURCE_ROW]))

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
