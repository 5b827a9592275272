"""Examining one layer: identity of all its rows first, then its batches, here or in worker processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import pyarrow as pa

from surveys import networks
from surveys.communities import Communities
from surveys.fields import Text
from surveys.intake import consistency, overwritten, totals
from surveys.intake.batches import LayerTask, Outcome, aside, examine_batches, examine_range
from surveys.intake.examination import Examination, Part
from surveys.intake.identity import LayerIdentity, brought, identify, once
from surveys.intake.log import ProblemLog
from surveys.intake.mapping import added
from surveys.intake.plan import LayerPlan, open_layer
from surveys.intake.preview import Preview
from surveys.intake.problem import Problem
from surveys.intake.repeated import Repeated
from surveys.intake.rows import secret_columns
from surveys.intake.same import Before, RowsBefore
from surveys.intake.spool import SOURCE_ROW
from surveys.planning.place import place, placed, placing, told_by
from surveys.record import RecordType
from surveys.store import staging
from surveys.store.store import Store

# From this many rows on, worker processes share a layer.
SHARED = 100_000
# How many of the rows without a place are named.
_NAMED = 10
# Remarks on what taking a row does: nothing to be said of one that is kept out.
_OF_TAKING = frozenset({"key_from_shape", "number_assigned", "possible_double"})


@dataclass(frozen=True)
class Help:
    """What the layers of one file share.

    ``plans`` are those of all its layers; ``communities`` are those known, with what a person said of names;
    ``pool`` are worker processes, if any; ``before`` holds, for each type that several layers have, the identity
    of the rows taken so far; ``earlier`` are the standing imports of the very same file.
    """

    plans: tuple[LayerPlan, ...]
    communities: Communities
    pool: ProcessPoolExecutor | None
    before: Mapping[str, dict[str, str]]
    earlier: Before | None = None


@dataclass(frozen=True)
class LayerExaminer:
    """Examines one layer of a file."""

    plan: LayerPlan
    begun: Examination
    store: Store
    log: ProblemLog
    help: Help
    number: int

    def run(self, progress: Callable[[int], None], seen: Iterable[Problem]) -> Part:
        """Examine every row; rows to write are staged, those kept out go to files of their own.

        ``seen`` are the problems known of the layer by now.
        """
        source = open_layer(self.plan.layer)
        pool, before = self.help.pool, self.help.before.get(self.plan.record_type.name)
        with ThreadPoolExecutor(1) as thread:
            # Nobody else holds it: what was looked at stays in memory no longer than this takes.
            secret = thread.submit(
                secret_columns, open_layer(self.plan.layer).read_all(), _watched(self.plan)
            )
            known = identify(
                self.plan, source, self.help.communities, (self.store, self.begun.network), self._earlier()
            )
        if before is not None:
            known = once(known, self.plan.layer.name, before)
        task = self._task(secret.result())
        if pool is None or self.plan.layer.rows < SHARED:
            span = (0, source.num_record_batches)
            outcomes = [examine_batches(self.store, task, known, span, progress)]
        else:
            outcomes = _Shared(self.store, task, known, source, progress).run(pool)
        out = frozenset(row for outcome in outcomes for row in outcome.out.tolist())
        if before is not None:
            # The first layer that brings a record is the one to be named.
            before.update(brought(known, self.plan.layer.name, out) | before)
        sums = totals.rows_of(self.plan.layer)
        remarks = [
            p for p in known.problems if p.row not in sums and not (p.row in out and p.code in _OF_TAKING)
        ]
        self.log.add([*aside(seen, out), *remarks])
        repeated = Repeated()
        for outcome in outcomes:
            self.log.absorb(outcome.log)
            repeated.absorb(outcome.repeated)
        self.log.add(repeated.remarks(self.plan.layer.name))
        part = self._part(outcomes, source)
        files = [self.begun.folder / name for name in part.staged]
        layer = consistency.Layer(part.layer, self.plan.record_type, part.fields, files)
        self.log.add(consistency.remarks(layer, self.store, self.begun.network))
        here = self.store, self.begun.network
        overwritten.remark(self.log, self.begun.folder, part, self.plan.record_type, here)
        return part

    def _earlier(self) -> RowsBefore | None:
        """Read what became of the rows when this very file was taken before."""
        earlier = self.help.earlier
        return None if earlier is None else earlier.rows_of(self.number, self.plan)

    def _task(self, secret: frozenset[str]) -> LayerTask:
        begun, plan = self.begun, self.plan
        self.log.add(Problem("secret_column", plan.layer.name, None, column) for column in sorted(secret))
        return LayerTask(
            self.store.path, begun.network, begun.options, begun.folder, plan.layer, plan.record_type.name,
            plan.columns, plan.crs, plan.has_geometry, networks.bounds(self.store, begun.network), self.number, secret,
            self.help.earlier.since if self.help.earlier else None,
        )  # fmt: skip

    def _part(self, outcomes: list[Outcome], source: pa.ipc.RecordBatchFileReader) -> Part:
        layer, plan = self.plan.layer, self.plan
        total = {name: sum(getattr(o.tally, name) for o in outcomes) for name in vars(outcomes[0].tally)}
        spooled = [outcome.spooled for outcome in outcomes]
        lost = [self.begun.folder / s.no_shape for s in spooled if s.no_shape]
        nowhere = _unplaced(
            self.store, self.begun.network, plan.record_type, [staging.read(path) for path in lost]
        )
        preview = Preview()
        for outcome in outcomes:
            preview.absorb(outcome.preview, outcome.drawable)
        return Part(
            layer.name, plan.record_type.name, plan.crs, layer.encoding, dict(plan.columns.fields),
            plan.columns.unmapped, layer.rows, **total,
            unplaced=len(nowhere), unplaced_rows=tuple(nowhere[:_NAMED]),
            staged=tuple(name for s in spooled for name in s.staged),
            kept_out=tuple(s.kept_out for s in spooled if s.kept_out),
            preview=preview.save(self.begun.folder, self.number), encoding_note=layer.encoding_note,
            sample=_sample(source, layer.columns), seen=tuple(s.seen for s in spooled if s.seen),
            changed=tuple(s.changed for s in spooled if s.changed),
        )  # fmt: skip


@dataclass(frozen=True)
class _Shared:
    """The batches of a large layer, shared among worker processes and this one."""

    store: Store
    task: LayerTask
    known: LayerIdentity
    source: pa.ipc.RecordBatchFileReader
    progress: Callable[[int], None]

    def run(self, pool: ProcessPoolExecutor) -> list[Outcome]:
        """Examine all batches; this process takes, from the end, what no worker has begun."""
        sizes = [len(self.source.get_batch(n)) for n in range(self.source.num_record_batches)]
        parts = [self.known.part(sum(sizes[:n]), size) for n, size in enumerate(sizes)]
        futures = [pool.submit(examine_range, self.task, part, n, n + 1) for n, part in enumerate(parts)]
        own: dict[int, Outcome] = {}

        def tell() -> None:
            self.progress(sum(size for n, size in enumerate(sizes) if n in own or _done(futures[n])))

        for n in reversed(range(len(sizes))):
            if futures[n].cancel():
                own[n] = examine_batches(self.store, self.task, parts[n], (n, n + 1), lambda rows: None)
                tell()
        for n, future in enumerate(futures):
            if n not in own:
                own[n] = future.result()
                tell()
        return [own[n] for n in range(len(sizes))]


def _done(future: Future[Outcome]) -> bool:
    return future.done() and not future.cancelled()


def _watched(plan: LayerPlan) -> list[str]:
    """Return the columns in which national ids would be read by people: unmapped, of free texts, of own fields.

    What tells or places a record is left as it is: encrypted it would do neither.
    """
    record_type = plan.record_type
    parts = (*record_type.keys, *(rule.on for rule in record_type.place))
    told = {name for part in parts for name in part}
    open_fields = {
        field.name for field in record_type.fields
        if not field.secret and field.name not in told and (field.custom or type(field.kind) is Text)
    }  # fmt: skip
    mapped = [column for name, column in plan.columns.fields.items() if name in open_fields]
    return [*plan.columns.unmapped, *mapped]


def _unplaced(store: Store, network: str, record_type: RecordType, lost: list[pa.Table]) -> list[int]:
    """Return the rows, in order, that have no shape and find no place by key among the records here."""
    if not lost:
        return []
    whole = pa.concat_tables(lost)
    numbers = whole[SOURCE_ROW].to_numpy()
    if not record_type.place:
        return sorted(numbers.tolist())
    rows = whole.drop_columns([SOURCE_ROW]).to_pandas().set_index("id").astype("str").rename_axis(index=None)
    types = dict.fromkeys(placing([record_type.name]))
    here, _ = placed({name: store.read(network, name, told_by(name)) for name in types})
    frame = gpd.GeoDataFrame(rows, geometry=gpd.GeoSeries([None] * len(rows), index=rows.index, crs=4326))
    found = place(frame, record_type.place, here)
    return sorted(numbers[pd.isna(found["placed_by"]).to_numpy()].tolist())


def _sample(source: pa.ipc.RecordBatchFileReader, columns: tuple[str, ...]) -> str:
    """Return the first text with Thai letters, so that a wrong encoding is seen."""
    first, helping = source.get_batch(0).slice(0, 200), added(columns)
    for column in (column for column in columns if column not in helping):
        for text in first.column(column).drop_null().to_pylist():
            if any("\u0e00" <= letter <= "\u0e7f" for letter in text):
                return str(text)[:60]
    return ""
