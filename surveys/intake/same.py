"""Which import a file repeats: the same bytes, taken in the same way.

Where nothing since takes them otherwise, nothing is done. Else the file is examined, and only what was not
taken from it comes in.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from surveys.dates import day_of, moment, show_date
from surveys.intake import returned, seen
from surveys.intake.attached import import_folder
from surveys.intake.examination import Examination
from surveys.intake.options import Options, coordinates
from surveys.intake.plan import LayerPlan
from surveys.intake.problem import Problem
from surveys.store.changes import IMPORT
from surveys.store.schema import table
from surveys.store.store import Store
from surveys.words import words

# What is kept of an import beside its report: the revision of the network that it made.
REVISION = "revision"
# The code of the remark that the very same file was taken before.
TAKEN_BEFORE = "taken_before"
# Why a row is kept out for what is here: each may be otherwise once somebody has written.
_FOR_WHAT_IS_HERE = ("exists_already", "key_of_several", "record_ended", "outside_bounds")
# What leaves taken rows as taken: a correction, or a later file, says more than the same file again.
_ADDS = (IMPORT, "edit", "return", "proposal", "lists")


def identity(digest: str, network: str, plans: Sequence[LayerPlan], options: Options) -> str:
    """Return the text that tells the same import from another one: the file, and all that says how it is taken."""
    layers = [
        {"layer": p.layer.name, "type": p.record_type.name, "crs": p.crs, "encoding": p.layer.encoding,
         "fields": dict(sorted(p.columns.fields.items())), "ids": [p.columns.own_id, p.columns.source_id],
         "unmapped": p.columns.unmapped, "coordinates": p.layer.coordinate_columns} for p in plans
    ]  # fmt: skip
    told = [
        digest,
        network,
        options.existing,
        layers,
        coordinates(options),
        *([options.communities] if options.communities else ()),
    ]
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def repeated(store: Store, network: str, told: str) -> int | None:
    """Return the import of this identity that still stands, None where the file must be examined.

    It stands while nobody has written to the network since. It stands after corrections and other files too, so that
    they are not overwritten, unless they may let rows in that were kept out for what was here. An undo, an ending or
    a decision on doubles may have any row taken otherwise.
    """
    change, state, later = table("change"), table("network_state"), table("change").alias()
    revision = sa.select(state.c.revision).where(state.c.network == network).scalar_subquery()
    turned = sa.exists().where(
        later.c.network == network, later.c.id > change.c.id, later.c.kind.not_in(_ADDS)
    )
    settled = sa.and_(
        *(
            sa.func.json_extract(change.c.report, f"$.problem_counts.{code}").is_(None)
            for code in _FOR_WHAT_IS_HERE
        )
    )
    query = sa.select(change.c.number).where(
        change.c.network == network, change.c.identity == told, change.c.state == "done",
        (sa.func.json_extract(change.c.report, f"$.{REVISION}") == revision) | (settled & ~turned),
    ).order_by(change.c.number.desc())  # fmt: skip
    with store.reading() as connection:
        found: int | None = connection.scalar(query)
        return found


@dataclass(frozen=True)
class Before:
    """The standing imports of the very same file, the latest first, by number and by the id of their change.

    ``at`` is when the latest was taken; ``here`` are the store and the network. What they made of the file is read
    once for all its layers.
    """

    numbers: tuple[int, ...]
    changes: tuple[int, ...]
    at: str
    here: tuple[Store, str]

    @property
    def since(self) -> int:
        """The change that took the file first."""
        return min(self.changes)

    def remark(self) -> Problem:
        """Say once that the file was taken, and that what came of it stays."""
        day = day_of(moment(self.at))
        near = words(show_date(day, "th"), show_date(day, "en"))
        return Problem(TAKEN_BEFORE, value=str(self.numbers[0]), near=near)

    def rows_of(self, number: int, plan: LayerPlan) -> RowsBefore:
        """Tell what became of the rows of a layer (its number and its plan)."""
        empty = pa.table({"row": pa.array([], pa.int64()), "id": pa.array([], pa.string())})
        own = [_of_layer(one, plan) for one in self._lists if one is not None]
        whole = pa.concat_tables([empty, *own]).combine_chunks()
        rows, ids = (pa.concat_arrays(whole[name].chunks or [empty[name].chunk(0)]) for name in ("row", "id"))
        out = [
            returned.kept_out(one.folder, part)
            for one in self._examinations
            for part in one.parts[number:][:1]
        ]
        return RowsBefore(
            rows, ids, np.concatenate([np.array([], np.int64), *out]),
            np.array([row for of, row in self._back if of == number], np.int64), len(own) == len(self._lists),
        )  # fmt: skip

    @property
    def _folders(self) -> list[Path]:
        return [import_folder(self.here[0], number) for number in self.numbers]

    @cached_property
    def _lists(self) -> list[pa.Table | None]:
        lists = [seen.read(folder) for folder in self._folders]
        return [None if one is None else one.combine_chunks() for one in lists]

    @cached_property
    def _examinations(self) -> list[Examination]:
        return [one for one in map(Examination.there, self._folders) if one is not None]

    @cached_property
    def _back(self) -> list[tuple[int, int]]:
        found = [returned.came_back(*self.here, number) for number in self.numbers]
        return sorted(frozenset[tuple[int, int]]().union(*found))


@dataclass(frozen=True)
class RowsBefore:
    """What standing imports of the same file made of the rows of a layer.

    ``rows`` are those that they took, with the ``ids`` of their records; of several imports the latest stands first.
    ``out`` are those that they kept out, ``back`` of these the ones that came back mended. ``listed`` tells that all
    of that is known.
    """

    rows: pa.Array
    ids: pa.Array
    out: np.ndarray
    back: np.ndarray
    listed: bool

    def ids_of(self, rows: np.ndarray) -> pa.StringArray:
        """Return the record that each row became, null where it became none."""
        return self.ids.take(pc.index_in(pa.array(rows, pa.int64()), value_set=self.rows))

    def left(self, rows: np.ndarray) -> np.ndarray:
        """Mark the rows that are here already: what became of their records stays."""
        if not self.listed:
            return np.ones(len(rows), dtype=bool)
        return self.had(rows) | np.isin(rows, self.back)

    def had(self, rows: np.ndarray) -> np.ndarray:
        """Mark the rows that were taken."""
        return np.asarray(pc.is_in(pa.array(rows, pa.int64()), value_set=self.rows))

    def passed_over(self, rows: np.ndarray) -> np.ndarray:
        """Mark the rows that were neither taken nor kept out, such as those that repeat another one."""
        return ~self.had(rows) & ~np.isin(rows, self.out)


def before(store: Store, network: str, told: str) -> Before | None:
    """Return the standing imports of this identity."""
    change = table("change")
    query = (
        sa.select(change.c.number, change.c.id, change.c.at)
        .where(change.c.network == network, change.c.identity == told, change.c.state == "done")
        .where(change.c.kind == IMPORT)
        .order_by(change.c.number.desc())
    )
    with store.reading() as connection:
        found = connection.execute(query).all()
    if not found:
        return None
    return Before(tuple(r.number for r in found), tuple(r.id for r in found), found[0].at, (store, network))


def _of_layer(listing: pa.Table, plan: LayerPlan) -> pa.Table:
    own = pc.and_(
        pc.equal(listing["type"], plan.record_type.name), pc.equal(listing["layer"], plan.layer.name)
    )
    return listing.filter(own).select(["row", "id"])
