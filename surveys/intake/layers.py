"""Examining one layer: identity of all its rows first, then batch by batch to the rows to be written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gis.formats import DEFECT, ROW
from gis.geometry import THAILAND, Bounds
from surveys import networks
from surveys.intake.examination import Examination, Part
from surveys.intake.identity import LayerIdentity, identify
from surveys.intake.log import ProblemLog
from surveys.intake.merge import Existing, merged
from surveys.intake.plan import LayerPlan, key_words, open_layer
from surveys.intake.preview import Preview
from surveys.intake.problem import Problem
from surveys.intake.rows import BatchReader, secret_columns
from surveys.intake.shapes import KINDS_OF_SHAPE, Shapes, read_shapes
from surveys.intake.spool import Spool
from surveys.store.store import Store


@dataclass
class Tally:
    """Rows of a layer by what becomes of them."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    quarantined: int = 0


@dataclass(frozen=True)
class LayerExaminer:
    """Examines one layer of a file."""

    plan: LayerPlan
    begun: Examination
    store: Store
    log: ProblemLog
    canon: Mapping[str, str]
    number: int

    def run(self, progress: Callable[[int], None]) -> Part:
        """Examine every row; the rows to write go to the spool, those kept out to a file of their own."""
        source = open_layer(self.plan.layer)
        known = identify(self.plan, source, self.canon, (self.store, self.begun.network))
        self.log.add(known.problems)
        tally, done = Tally(), 0
        with Spool(self.begun.folder, self.number, self.plan.record_type) as spool:
            preview = Preview()
            for n in range(source.num_record_batches):
                batch = source.get_batch(n)
                self._batch(batch, known.part(done, len(batch)), (spool, preview, tally))
                done += len(batch)
                progress(done)
        unplaced = spool.unplaced(self.store, self.begun.network)
        return self._part(tally, spool, preview, unplaced, source)

    def _batch(self, batch: pa.RecordBatch, known: LayerIdentity, sinks: tuple[Spool, Preview, Tally]) -> None:
        spool, preview, tally = sinks
        shapes = read_shapes(batch, self.plan, self.bounds)
        typed = self._reader(batch).read(batch)
        reasons = self._reasons(batch, known, shapes)
        out = reasons != ""
        existing = Existing.of(self.store, self.begun.network, self.plan.record_type, known.fid[~out])
        rows = merged(self.plan, typed, shapes, known, existing, self.store.vault)
        refused = rows.changed & rows.found & ~out if self.begun.options.existing == "refuse" else np.zeros(len(out), bool)
        reasons[refused] = "exists_already"
        out = reasons != ""
        update = rows.changed & rows.found & ~out & (self.begun.options.existing == "update")
        new = ~rows.found & ~out & ~known.repeat
        tally.new += int(new.sum())
        tally.updated += int(update.sum())
        tally.quarantined += int(out.sum())
        tally.unchanged += int((~out & ~new & ~update).sum())
        spool.write(rows.table.filter(pa.array(new | update)))
        spool.keep_out(batch.filter(pa.array(out)), reasons[out])
        preview.add(shapes, batch.column(ROW).to_numpy(), reasons, new | update)
        self._report(batch, reasons, shapes, known)

    def _reasons(self, batch: pa.RecordBatch, known: LayerIdentity, shapes: Shapes) -> np.ndarray:
        """Return why each row is kept out ("": it is not): the reader's reason first, then ours."""
        read = np.asarray(pc.fill_null(batch.column(DEFECT), "").to_numpy(zero_copy_only=False), dtype=object)
        reasons = read.copy()
        for found in (shapes.codes, known.reasons):
            reasons = np.where(reasons == "", found, reasons)
        return reasons

    def _report(self, batch: pa.RecordBatch, reasons: np.ndarray, shapes: Shapes, known: LayerIdentity) -> None:
        """Report rows kept out for reasons of ours (the reader's own defects are listed already)."""
        numbers, read = batch.column(ROW), batch.column(DEFECT)
        rule, layer = key_words(self.plan.record_type), self.plan.layer.name
        problems = []
        for n in np.flatnonzero(reasons != ""):
            if read[int(n)].as_py():
                continue
            seen = shapes.seen[n] or known.seen[n]
            wanted = KINDS_OF_SHAPE[self.plan.record_type.geometry or "any"] if reasons[n] == "geometry_kind" else rule
            problems.append(Problem(reasons[n], layer, numbers[int(n)].as_py(), None, None, seen, wanted, detail=seen))
        self.log.add(problems)

    def _reader(self, batch: pa.RecordBatch) -> BatchReader:
        secret = self._secret_columns
        return BatchReader(
            self.plan.record_type, self.plan.columns, self.plan.layer.name, self.store.vault, secret, self.log.add
        )

    @cached_property
    def _secret_columns(self) -> frozenset[str]:
        """The unmapped columns that hold national ids, found in the first batch and said once."""
        first = open_layer(self.plan.layer).get_batch(0)
        found = secret_columns(first, self.plan.columns.unmapped)
        self.log.add(Problem("secret_column", self.plan.layer.name, None, column) for column in sorted(found))
        return found

    @cached_property
    def bounds(self) -> Bounds:
        """The network's own bounds, else those of Thailand, as (west, south, east, north) in degrees."""
        own = networks.get(self.store, self.begun.network)["bounds"]
        return (own[0], own[1], own[2], own[3]) if own else THAILAND

    def _part(
        self, tally: Tally, spool: Spool, preview: Preview, unplaced: int, source: pa.ipc.RecordBatchFileReader
    ) -> Part:
        layer = self.plan.layer
        return Part(
            layer.name, self.plan.record_type.name, self.plan.crs, layer.encoding, dict(self.plan.columns.fields),
            self.plan.columns.unmapped, layer.rows, tally.new, tally.updated, tally.unchanged, tally.quarantined,
            unplaced, spool.rows_path, spool.kept_path, preview.save(self.begun.folder, self.number),
            layer.encoding_note, _sample(source, layer.columns),
        )  # fmt: skip


def _sample(source: pa.ipc.RecordBatchFileReader, columns: tuple[str, ...]) -> str:
    """Return the first text with Thai letters, so that a wrong encoding is seen."""
    first = source.get_batch(0).slice(0, 200)
    for column in columns:
        for text in first.column(column).drop_null().to_pylist():
            if any("\u0e00" <= letter <= "\u0e7f" for letter in text):
                return str(text)[:60]
    return ""



