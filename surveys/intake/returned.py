"""Which rows of an earlier import the rows of a mended file are: kept beside its report, and read back from there.

A row that came back is neither in the workbook of the rows kept out any more nor among the shapes to mend;
it is again once the import that brought it back is undone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gis.formats import ROW
from surveys.intake.attached import import_folder
from surveys.intake.continuation import MARK, Continued, continued_by
from surveys.intake.examination import Examination, Part
from surveys.intake.mapping import ADDED_HEADINGS, OF_FILE
from surveys.intake.plan import LayerPlan, open_layer
from surveys.store.store import Store
from surveys.words import folded

FILE = "returned.arrow"
# A row of this file (its part, its number) and the row it was; ``out``: it is kept out again.
SCHEMA = pa.schema([
    ("part", pa.int16()), ("row", pa.int64()), ("of_part", pa.int16()), ("of_row", pa.int64()), ("out", pa.bool_()),
])  # fmt: skip
_NUMBER = r"^\s*(?P<number>[0-9]{1,15})(?:\.0)?\s*$"


def gather(folder: Path, before: Continued, plans: Sequence[LayerPlan], parts: Sequence[Part]) -> pa.Table:
    """Write down which rows of the import ``before`` the rows of an examined file are, where they say so."""
    pairs = enumerate(zip(plans, parts, strict=True)) if parts else iter(())
    found = pa.concat_tables(
        [SCHEMA.empty_table(), *(_of_layer(folder, before, n, *pair) for n, pair in pairs)]
    )
    if len(found):
        with pa.ipc.new_file(str(folder / FILE), SCHEMA) as writer:
            writer.write_table(found)
    return found


def _of_layer(folder: Path, before: Continued, number: int, plan: LayerPlan, part: Part) -> pa.Table:
    by_name = {folded(name): name for name in plan.layer.columns}
    heads = [by_name.get(folded(heading)) for heading in (OF_FILE, ADDED_HEADINGS[0])]
    if None in heads:
        return SCHEMA.empty_table()
    whole = open_layer(plan.layer).read_all()
    marks = pc.extract_regex(whole[heads[0]], f"^\\s*{MARK}\\s*$").combine_chunks()
    numbers = pc.struct_field(pc.extract_regex(whole[heads[1]], _NUMBER).combine_chunks(), "number")
    of_part = pc.struct_field(marks, "part")
    ours = pc.and_(pc.equal(pc.struct_field(marks, "digest"), before.mark), pc.not_equal(of_part, ""))
    here = pc.and_(pc.fill_null(ours, False), pc.is_valid(numbers))
    rows = whole[ROW].combine_chunks().filter(here)
    columns = [
        pa.repeat(pa.scalar(number, pa.int16()), len(rows)), rows.cast(pa.int64()),
        of_part.filter(here).cast(pa.int16()), numbers.filter(here).cast(pa.int64()),
        pc.is_in(rows.cast(pa.int64()), kept_out(folder, part)),
    ]  # fmt: skip
    return pa.table(columns, schema=SCHEMA)


def kept_out(folder: Path, part: Part) -> pa.Array:
    """Return the numbers of the rows of a part that are kept out."""
    found = []
    for name in part.kept_out:
        with pa.memory_map(str(folder / name)) as mapped:
            found.append(pa.ipc.open_file(mapped).read_all()[ROW].to_numpy())
    return pa.array(np.concatenate(found) if found else [], pa.int64())


def read(store: Store, import_id: int) -> pa.Table:
    """Read the list of an import; empty where none of its rows came back."""
    path = import_folder(store, import_id) / FILE
    if not path.exists():
        return SCHEMA.empty_table()
    with pa.OSFile(str(path)) as file:
        return pa.ipc.open_file(file).read_all()


def came_back(store: Store, network: str, import_id: int) -> frozenset[tuple[int, int]]:
    """Return the rows kept out of an import (part, row) that standing imports took since, straight or in turn."""
    found, folder = set(_came_back(store, network, import_id)), import_folder(store, import_id)
    examination = Examination.there(folder) if found else None
    # A number that somebody wrote into the workbook by hand may be of no row that was kept out.
    return frozenset(
        (number, row)
        for number, part in enumerate(examination.parts if examination else ())
        for row in kept_out(folder, part).to_pylist()
        if (number, row) in found
    )


def came_back_to(store: Store, folder: Path) -> frozenset[tuple[int, int]]:
    """Return the rows that came back of the import with this report folder; none of a file that is not confirmed."""
    found = Examination.there(folder) if folder.parent == import_folder(store, 0).parent else None
    return came_back(store, found.network, int(folder.name)) if found else frozenset()


def _came_back(store: Store, network: str, import_id: int) -> Iterator[tuple[int, int]]:
    # An import continues an earlier one only, so this ends.
    for number in continued_by(store, network, import_id):
        rows = read(store, number).to_pylist()
        later = came_back(store, network, number) if any(row["out"] for row in rows) else frozenset()
        for row in rows:
            if not row["out"] or (row["part"], row["row"]) in later:
                yield row["of_part"], row["of_row"]
