"""Repeat sheets of Kobo, ODK and Ona: each row gets what tells its parent row; so members find their household.

An export has a sheet for the submissions and one for each repeat group; a row of a repeat names its
parent by number or by key. What tells the parent (community, house, household number) stands in the
parent's row only, so it is copied over; the number given to a household without one comes along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gis.formats import ROW, Layer
from surveys import records
from surveys.errors import FileRefused
from surveys.intake.keys import make_keys
from surveys.intake.mapping import for_people
from surveys.intake.problem import Problem
from surveys.intake.split_choices import put_together
from surveys.intake.widened import widened
from surveys.record import SHAPE
from surveys.words import folded

if TYPE_CHECKING:
    from surveys.intake.plan import LayerPlan

# How a row of a repeat names its parent: (column of the repeat, column of the parent).
LINKS = (
    ("_parent_index", "_index"),
    ("PARENT_KEY", "KEY"),
    ("_submission__uuid", "_uuid"),
    ("_parent_uuid", "_uuid"),
)
_PARENT_TABLE = "_parent_table_name"

Open = Callable[[Layer], pa.ipc.RecordBatchFileReader]
# Gives each row of a layer the number it will have within its holder, null where the file says one.
Given = Callable[["LayerPlan", pa.Table], pa.Array]


@dataclass(frozen=True)
class Link:
    """The layer a repeat belongs to, and the columns by which its rows name theirs."""

    parent: str
    own: str
    other: str


def links(layers: Sequence[Layer], opened: Open) -> Mapping[str, Link]:
    """Find the repeats among layers, by name; a repeat of a repeat belongs to its nearest."""
    found: dict[str, Link] = {}
    for layer in layers:
        for own, other in LINKS:
            column = _named(layer, own)
            parents = {one.name: _named(one, other) for one in layers if one.name != layer.name}
            parents = {name: there for name, there in parents.items() if there is not None}
            if column is None or not parents:
                continue
            said = _parent_table(layer, opened)
            name = next((one for one in parents if said and folded(one) == folded(said)), next(iter(parents)))
            found[layer.name] = Link(name, column, str(parents[name]))
            break
    # Two layers that each name the other belong to nobody.
    return {name: link for name, link in found.items() if found.get(link.parent, link).parent != name}


def holders(names: Iterable[str], belonging: Mapping[str, Link]) -> set[str]:
    """Return the layers that the rows of some layers belong to, and those above them."""
    found, waiting = set[str](), list(names)
    while waiting:
        link = belonging.get(waiting.pop())
        if link and link.parent not in found:
            found.add(link.parent)
            waiting.append(link.parent)
    return found


def without_parents(layers: Sequence[Layer], opened: Open) -> bool:
    """Tell whether a layer is a repeat of another that is not among them."""
    belonging = links(layers, opened)
    return any(
        layer.name not in belonging and any(_named(layer, own) for own, _ in LINKS) for layer in layers
    )


def in_order(layers: Sequence[Layer], belonging: Mapping[str, Link]) -> Iterator[Layer]:
    """Give the layers that hold records: parents before their repeats, else in the order of the file.

    Questions whose choices are columns of their own are put together.

    Raises
    ------
    FileRefused
        If there is only what a template says to people: nobody has filled it in.
    """
    done: set[str] = set()
    waiting = [put_together(layer, records.ALL.values()) for layer in layers if not for_people(layer.columns)]
    if not waiting:
        raise FileRefused(Problem("no_rows"))
    while waiting:
        ready = [
            layer for layer in waiting if layer.name not in belonging or belonging[layer.name].parent in done
        ]
        for layer in ready or waiting[:1]:
            done.add(layer.name)
            waiting.remove(layer)
            yield layer


def by_order(parent: LayerPlan, above: pa.Table) -> pa.Array:
    """Give the rows of a layer without a number one by their order in the file, as where nothing is known yet."""
    record_type, fields = parent.record_type, parent.columns.fields

    def cells(name: str) -> pd.Series | None:
        if name not in fields:
            return None
        read = record_type.by_name[name].kind.read(above[fields[name]].combine_chunks())
        texts: pd.Series = read.values.cast(pa.string()).to_pandas().astype("str")
        return texts

    nothing = pd.Series(np.nan, index=pd.RangeIndex(len(above)), dtype="str")
    return pa.array(make_keys(record_type, cells, nothing, {}).given, pa.string(), from_pandas=True)


def with_parent(
    layer: Layer, link: Link, parent: LayerPlan, opened: Open, given: Given = by_order
) -> tuple[Layer, np.ndarray]:
    """Return a repeat with what tells its parent rows as columns of its own, and why a row has no parent.

    Its file is written anew. ``given`` gives the numbers that parent rows without one will have. The reasons are
    codes of problems, "" for a row that has one parent or names none: what parents of several records are called
    by tells none of them.
    """
    above, source = opened(parent.layer).read_all(), opened(layer)
    told = _telling(parent, above, given)
    told = {heading: column for heading, column in told.items() if heading not in layer.columns}
    keys = above[link.other].combine_chunks()
    several = _of_several(above, link.other, told)
    own = source.read_all()[link.own]
    ambiguous = pc.is_in(own, value_set=several)
    lost = pc.and_(pc.is_valid(own), pc.invert(pc.is_in(own, value_set=keys)))
    why = pc.if_else(ambiguous, "parent_ambiguous", pc.if_else(lost, "parent_missing", ""))
    reasons = why.to_numpy().astype(object)
    if not told:
        return layer, reasons
    path = layer.path.with_name(f"{layer.path.stem}-joined.arrow")
    schema = widened(source.schema, tuple(told))
    with pa.ipc.new_file(str(path), schema) as writer:
        for n in range(source.num_record_batches):
            batch = source.get_batch(n)
            names = batch.column(link.own)
            one = pc.if_else(pc.is_in(names, value_set=several), None, names)
            at = pc.index_in(one, value_set=keys, skip_nulls=True)
            more = {heading: column.take(at) for heading, column in told.items()}
            columns = [more[name] if name in more else batch.column(name) for name in schema.names]
            writer.write_batch(pa.record_batch(columns, schema=schema))
    known_as = dict(layer.known_as) | _meant(parent, told)
    return replace(layer, path=path, columns=(*layer.columns, *told), known_as=known_as), reasons


def _of_several(above: pa.Table, column: str, told: Mapping[str, pa.Array]) -> pa.Array:
    """Return the keys that several records have: two exports put together both count from 1.

    Rows that tell the same, and rows that are equal in all they say, are one record.
    """
    keys = above[column].combine_chunks()
    twice = _repeated(
        pa.table([keys, *told.values()], [column, *(f"{column}/{n}" for n in range(len(told)))]), column
    )
    rows = above.filter(pc.is_in(above[column], value_set=twice)).drop_columns([ROW])
    return _repeated(rows, column) if len(twice) else twice


def _repeated(rows: pa.Table, column: str) -> pa.Array:
    """Return what stands in a column of several rows that differ."""
    found = pc.value_counts(rows.group_by(rows.column_names).aggregate([])[column].combine_chunks())
    return pc.drop_null(found.field("values").filter(pc.greater(found.field("counts"), 1)))


def _named(layer: Layer, column: str) -> str | None:
    """Return the heading of a layer that is this column, within whatever group."""
    return next((name for name in layer.columns if name.rsplit("/", 1)[-1] == column), None)


def _parent_table(layer: Layer, opened: Open) -> str | None:
    column = _named(layer, _PARENT_TABLE)
    source = opened(layer)
    if column is None or not source.num_record_batches:
        return None
    texts = pc.drop_null(source.get_batch(0).column(column))
    return str(texts[0].as_py()) if len(texts) else None


def _meant(parent: LayerPlan, told: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return what the columns of a parent are called here too: the fields they are there, however that was told."""
    fields, by_name = parent.columns.columns, parent.record_type.by_name
    return {heading: (by_name[fields[heading]].words.th,) for heading in told if heading in fields}


def _telling(parent: LayerPlan, above: pa.Table, given: Given) -> dict[str, pa.Array]:
    """Return the columns that tell a parent row, by heading; a wanting number is the one it is given."""
    record_type, fields = parent.record_type, parent.columns.fields
    parts = dict.fromkeys(part for key in record_type.keys for part in key if part != SHAPE)
    told = {fields[part]: above[fields[part]].combine_chunks() for part in parts if part in fields}
    ordinal = record_type.ordinal
    if ordinal is None:
        return told
    heading = fields.get(ordinal, record_type.by_name[ordinal].words.th)
    own, numbers = told.get(heading), given(parent, above)
    # A number is given where the cell says nothing that could be one, such as "ไม่ทราบ".
    return told | {heading: numbers if own is None else pc.coalesce(numbers, own)}
