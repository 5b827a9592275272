"""Questions with several answers that an export took apart: a column of 1 and 0 for each choice, none for the question.

Kobo writes "wants/stay" and "wants/move" instead of "wants" when it is asked to keep answers in separate
columns. Figures alone may mean anything ("people/men"); they are answers where the question is a field of
ours with a code list and the columns are called as its choices are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from gis.formats import Layer
from surveys.cells import missing_code
from surveys.codes import Codes
from surveys.intake.widened import widened
from surveys.record import RecordType
from surveys.words import folded

_YES = ("1", "1.0", "True", "TRUE", "true")
_NO = ("0", "0.0", "False", "FALSE", "false", "", "n/a")
# What stands between a question and a choice.
_PARTS = re.compile(r"(.+)[/.:](.+)")

# The columns of a question, each with the choice it stands for.
Options = list[tuple[str, str]]


def put_together(layer: Layer, types: Iterable[RecordType]) -> Layer:
    """Return a layer with a column for each question of ours that has only columns for its choices.

    The columns of the choices stay, and mean nothing by themselves.
    """
    asked = _asked(layer.columns, types)
    if not asked:
        return layer
    source = pa.ipc.open_file(pa.memory_map(str(layer.path)))
    whole = source.read_all()
    asked = {name: options for name, options in asked.items() if _truth(whole, options)}
    if not asked:
        return layer
    path = layer.path.with_name(f"{layer.path.stem}-whole.arrow")
    schema = widened(source.schema, tuple(asked))
    with pa.ipc.new_file(str(path), schema) as writer:
        for n in range(source.num_record_batches):
            batch = source.get_batch(n)
            more = {name: _chosen(batch, options) for name, options in asked.items()}
            columns = [more[name] if name in more else batch.column(name) for name in schema.names]
            writer.write_batch(pa.record_batch(columns, schema=schema))
    choices = {column: () for options in asked.values() for column, _ in options}
    known_as = dict(layer.known_as) | choices | {name: (_last(name),) for name in asked}
    return replace(layer, path=path, columns=(*layer.columns, *asked), known_as=known_as)


def _asked(columns: Sequence[str], types: Iterable[RecordType]) -> dict[str, Options]:
    """Find the questions without a column of their own that are fields of ours, by their headings."""
    groups: dict[str, Options] = defaultdict(list)
    for column in columns:
        found = _PARTS.fullmatch(column)
        if found and found[1] not in columns:
            groups[found[1]].append((column, found[2]))
    several = {name: options for name, options in groups.items() if len(options) > 1}
    if not several:
        return {}
    lists = _lists(types)
    return {
        name: options
        for name, options in several.items()
        if any(2 * _known(options, kind) >= len(options) for kind in lists.get(folded(_last(name)), ()))
    }


def _last(name: str) -> str:
    """The question without the groups of its form."""
    return re.split(r"[/:.]", name)[-1]


def _lists(types: Iterable[RecordType]) -> Mapping[str, list[Codes]]:
    """The fields with several answers, by what their columns are called."""
    lists: dict[str, list[Codes]] = defaultdict(list)
    for field in (field for one in types for field in one.fields):
        if isinstance(field.kind, Codes):
            for heading in field.headings:
                lists[heading].append(field.kind)
    return lists


def _known(options: Options, kind: Codes) -> int:
    """Count the columns that are called as a choice of a list, or as what stands for no answer."""
    return sum(folded(said) in kind.by_spelling or missing_code(said) is not None for _, said in options)


def _truth(whole: pa.Table, options: Options) -> bool:
    """Tell whether columns hold nothing but yes and no, and a yes somewhere."""
    columns = [pc.drop_null(whole[column]) for column, _ in options]
    allowed, yes = pa.array([*_YES, *_NO]), pa.array(_YES)
    plain = all(pc.all(pc.is_in(column, allowed), min_count=0).as_py() for column in columns)
    return plain and any(pc.any(pc.is_in(column, yes), min_count=0).as_py() for column in columns)


def _chosen(batch: pa.RecordBatch, options: Options) -> pa.Array:
    """What was chosen in each row, "; " between; nothing where nothing was."""
    yes, nothing = pa.array(_YES), pa.scalar(None, pa.string())
    said = [
        pc.if_else(pc.is_in(batch.column(column), yes), pa.scalar(choice), nothing)
        for column, choice in options
    ]
    return reduce(_joined, said)


def _joined(one: pa.Array, other: pa.Array) -> pa.Array:
    both = pc.binary_join_element_wise(one, other, "; ")
    return pc.coalesce(both, one, other)
