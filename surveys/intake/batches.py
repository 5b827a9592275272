"""Examining a range of a layer's batches: parse, check, compare, stage. Runs here or in a worker process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gis.formats import DEFECT, ROW, Layer
from gis.geometry import Bounds
from surveys.intake.differences import compared
from surveys.intake.fault_words import FAULT_WORDS
from surveys.intake.geometry_kinds import KINDS_OF_SHAPE, shape_words
from surveys.intake.identity import LayerIdentity
from surveys.intake.keys import key_values
from surveys.intake.log import ProblemLog
from surveys.intake.mapping import ColumnMap
from surveys.intake.merge import Existing, Merged, merged
from surveys.intake.options import Options
from surveys.intake.plan import LayerPlan, key_words, open_layer
from surveys.intake.preview import Preview, PreviewRow
from surveys.intake.problem import Problem
from surveys.intake.repeated import Repeated
from surveys.intake.rows import BatchReader
from surveys.intake.shapes import Shapes, read_shapes
from surveys.intake.spool import Spool, Spooled
from surveys.intake.totals import TOTAL_ROW, TOTALS_DIFFER
from surveys.store.store import Store

# Rows examined at a time where some match records here.
MATCHED_ROWS = 10_000


@dataclass
class Tally:
    """Rows by what becomes of them."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    quarantined: int = 0


@dataclass(frozen=True)
class LayerTask:
    """All a process needs to examine batches of one layer: plain values, so that they can be sent.

    ``since`` is the change that took the same file first, None where none that stands did.
    """

    store: Path
    network: str
    options: Options
    folder: Path
    layer: Layer
    type: str
    columns: ColumnMap
    crs: str | None
    has_geometry: bool
    bounds: Bounds
    number: int
    secret_columns: frozenset[str]
    since: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What a range of batches gave; ``out`` are the numbers of the rows kept out."""

    tally: Tally
    spooled: Spooled
    log: ProblemLog
    out: np.ndarray
    preview: list[PreviewRow] = field(default_factory=list)
    drawable: int = 0
    repeated: Repeated = field(default_factory=Repeated)


def examine_range(task: LayerTask, known: LayerIdentity, first: int, last: int) -> Outcome:
    """Examine batches ``first`` to ``last`` (not included) in a process of its own."""
    store = Store.open(task.store)
    try:
        return examine_batches(store, task, known, (first, last), lambda rows: None)
    finally:
        store.engine.dispose()


def examine_batches(
    store: Store,
    task: LayerTask,
    known: LayerIdentity,
    span: tuple[int, int],
    progress: Callable[[int], None],
) -> Outcome:
    """Examine a span of batches; ``known`` is the identity of exactly their rows."""
    log = ProblemLog(task.folder / f"problems-{task.number}-{span[0]}.csv")
    source = open_layer(task.layer)
    tally, preview, done = Tally(), Preview(), 0
    with Spool(task.folder, (task.number, span[0]), store.types(task.network)[task.type]) as spool:
        examiner = _BatchExaminer(task, store, log, spool, preview, tally)
        for n in range(*span):
            batch = source.get_batch(n)
            part = known.part(done, len(batch))
            # Of rows that match records, all of both is held at once, and what is laid of both.
            most = MATCHED_ROWS if (part.fid >= 0).any() else max(len(batch), 1)
            for start in range(0, len(batch), most):
                examiner.examine(batch.slice(start, most), part.part(start, most))
            done += len(batch)
            progress(done)
        files = spool
    out = np.array(examiner.out, dtype=np.int64)
    return Outcome(tally, files.files, log, out, preview.rows, preview.total, examiner.repeated)


@dataclass(frozen=True)
class _BatchExaminer:
    """Examines one batch after another of one layer."""

    task: LayerTask
    store: Store
    log: ProblemLog
    spool: Spool
    preview: Preview
    tally: Tally
    out: list[int] = field(default_factory=list)
    repeated: Repeated = field(default_factory=Repeated)
    # Remarks on cells of the batch at hand, until it is known which rows are kept out.
    held: list[Problem] = field(default_factory=list)

    @cached_property
    def plan(self) -> LayerPlan:
        record_type = self.store.types(self.task.network)[self.task.type]
        return LayerPlan(
            self.task.layer, record_type, self.task.columns, self.task.crs, self.task.has_geometry
        )

    @cached_property
    def reader(self) -> BatchReader:
        return BatchReader(
            self.plan.record_type, self.plan.columns, self.plan.layer.name, self.store.vault,
            self.task.secret_columns, self.held.extend,
        )  # fmt: skip

    def examine(self, batch: pa.RecordBatch, known: LayerIdentity) -> None:
        """Read one batch, say what becomes of its rows, stage or keep out each."""
        shapes = read_shapes(batch, self.plan, self.task.bounds)
        typed = self.reader.read(batch)
        reasons = _reasons(batch, known, shapes)
        existing = Existing.of(self.store, self.task.network, self.plan.record_type, known.fid[reasons == ""])
        rows = merged(self.plan, typed, shapes, known, existing, self.store.vault)
        wanted = self.task.options.existing
        differ = rows.changed & rows.found & ~known.left
        if wanted == "refuse":
            reasons[differ & (reasons == "")] = "exists_already"
        out = reasons != ""
        update = differ & ~out & ~self._later(rows) & (wanted == "update")
        new = ~rows.found & ~out & ~known.repeat
        self._count(new, update, out)
        written = new | update
        self.spool.write(rows.table.filter(pa.array(written)))
        taken = pa.array(written | (rows.found & ~out))
        self.spool.see(rows.table["id"].filter(taken), batch.column(ROW).filter(taken))
        numbers = batch.column(ROW).to_numpy()
        if update.any():
            self.spool.change(compared(self.plan.record_type, rows, update, numbers))
        self.spool.keep_out(batch.filter(pa.array(out)), reasons[out].tolist())
        self.preview.add(shapes, numbers, reasons, written)
        self.repeated.add(shapes, numbers, ~out)
        self._report(batch, reasons, shapes, known)
        kept_out, totals = numbers[out].tolist(), frozenset(numbers[reasons == TOTAL_ROW].tolist())
        # The cells of a total are no answers: nothing to be said of them.
        held = (one for one in self.held if one.row not in totals)
        self.log.add(aside(held, frozenset(kept_out)))
        self.held.clear()
        self.out.extend(kept_out)

    def _later(self, rows: Merged) -> np.ndarray:
        """Mark the rows whose record was written since this very file was taken first: that says more than it."""
        if self.task.since is None:
            return np.zeros(len(rows.found), dtype=bool)
        later: np.ndarray = pc.fill_null(rows.here["opened_by"], 0).to_numpy() > self.task.since
        return later

    def _count(self, new: np.ndarray, update: np.ndarray, out: np.ndarray) -> None:
        self.tally.new += int(new.sum())
        self.tally.updated += int(update.sum())
        self.tally.quarantined += int(out.sum())
        self.tally.unchanged += int((~out & ~new & ~update).sum())

    def _report(
        self, batch: pa.RecordBatch, reasons: np.ndarray, shapes: Shapes, known: LayerIdentity
    ) -> None:
        """Report rows kept out for reasons of ours (the reader's own defects are listed already)."""
        numbers, read = batch.column(ROW), batch.column(DEFECT)
        rule, layer = key_words(self.plan.record_type), self.plan.layer.name
        problems = []
        for n in np.flatnonzero(reasons != "").tolist():
            if read[n].as_py():
                continue
            seen = shapes.seen[n] or known.seen[n]
            wanted, near = rule, None
            if reasons[n] == "exists_already":
                seen = key_values(str(known.key[int(n)].as_py()))
            if reasons[n] == "geometry_kind":
                wanted, near = KINDS_OF_SHAPE[self.plan.record_type.geometry or "any"], shape_words(seen)
            elif n in shapes.faults:
                near = FAULT_WORDS[shapes.faults[n]]
            problems.append(
                Problem(reasons[n], layer, numbers[n].as_py(), None, None, seen, wanted, near, seen)
            )
        self.log.add(problems)


def aside(problems: Iterable[Problem], out: frozenset[int]) -> Iterator[Problem]:
    """Mark the warnings that are about rows kept out; a total that is wrong is about the others."""
    for problem in problems:
        warned = problem.row in out and problem.severity == "warn" and problem.code != TOTALS_DIFFER
        yield replace(problem, kept_out=True) if warned else problem


def _reasons(batch: pa.RecordBatch, known: LayerIdentity, shapes: Shapes) -> np.ndarray:
    """Return why each row is kept out ("": it is not): the reader's reason first, then ours."""
    reasons = np.asarray(pc.fill_null(batch.column(DEFECT), "").to_numpy(zero_copy_only=False), dtype=object)
    for found in (shapes.codes, known.reasons):
        reasons = np.where(reasons == "", found, reasons)
    return reasons
