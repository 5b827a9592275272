"""Rows of one layer on their way: those to be written, and those kept out, in Arrow files."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gis.formats import DEFECT
from surveys.planning.place import place, placed
from surveys.record import RecordType
from surveys.store.schema import GEOMETRY
from surveys.store.store import Store

REASON = "#reason"


class Spool:
    """Two growing Arrow files of one layer; made on the first row, closed by the ``with`` block."""

    def __init__(self, folder: Path, number: int, record_type: RecordType) -> None:
        self._paths = {"rows": folder / f"rows-{number}.arrow", "kept": folder / f"kept-out-{number}.arrow"}
        self._writers: dict[str, pa.ipc.RecordBatchFileWriter] = {}
        self._type = record_type
        self._unplaced: list[pa.Table] = []

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in self._writers.values():
            writer.close()

    @property
    def rows_path(self) -> str | None:
        """The file of rows to write, None when there is none."""
        return self._paths["rows"].name if "rows" in self._writers else None

    @property
    def kept_path(self) -> str | None:
        """The file of rows kept out, None when there is none."""
        return self._paths["kept"].name if "kept" in self._writers else None

    def write(self, rows: pa.Table) -> None:
        """Spool rows to be written; remember what places those without a shape."""
        if not len(rows):
            return
        self._write("rows", rows)
        if self._type.geometry is not None:
            self._unplaced.append(rows.filter(pc.is_null(rows[GEOMETRY])).select(self._place_columns))

    def keep_out(self, batch: pa.RecordBatch, reasons: object) -> None:
        """Spool rows kept out, as they stood in the file, each with its reason."""
        if len(batch):
            reason = pa.array(list(reasons), pa.string())  # type: ignore[call-overload]
            self._write("kept", pa.Table.from_batches([batch]).drop_columns([DEFECT]).append_column(REASON, reason))

    def _write(self, name: str, rows: pa.Table) -> None:
        if name not in self._writers:
            self._writers[name] = pa.ipc.new_file(self._paths[name], rows.schema)
        self._writers[name].write_table(rows)

    @property
    def _place_columns(self) -> list[str]:
        return ["id", *dict.fromkeys(name for rule in self._type.place for name in rule.on)]

    def unplaced(self, store: Store, network: str) -> int:
        """Count the spooled rows that have no shape and find no place by key among the records here."""
        if not self._unplaced:
            return 0
        rows = pa.concat_tables(self._unplaced).to_pandas().set_index("id").astype("str")
        if rows.empty or not self._type.place:
            return len(rows)
        types = {rule.type for rule in self._type.place} | {"community", "house", "land_plot"}
        here, _ = placed({name: store.read(network, name) for name in types})
        frame = gpd.GeoDataFrame(rows, geometry=gpd.GeoSeries([None] * len(rows), index=rows.index, crs=4326))
        found = place(frame, self._type.place, here)
        return int(pd.isna(found["placed_by"]).sum())
