"""Which picture of its archive each record of an import has: kept beside its report, as rows of the file named them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from surveys.intake.examination import Examination, Part
from surveys.store.schema import table
from surveys.store.store import Store

FILE = "attached.arrow"
# The code of the remark that an archive's pictures are named by rows: imports with it have a list.
NAMED = "pictures_named"
# A picture of a record: its place among the members of the archive, its name there, its size, and the checksum there.
SCHEMA = pa.schema([
    ("type", pa.string()), ("id", pa.string()), ("place", pa.int32()), ("name", pa.string()), ("size", pa.int64()),
    ("crc", pa.int64()),
])  # fmt: skip
_SAME = ("type", "id", "size", "crc")


def import_folder(store: Store, import_id: int) -> Path:
    """Return where the report files of an import are kept."""
    return store.files / "imports" / str(import_id)


def gather(begun: Examination, pictures: Path, parts: Iterable[Part], store: Store) -> int:
    """Write the list of an examination: the pictures that rows taken or unchanged name, by record.

    ``pictures`` is what the reader wrote (:data:`gis.formats.pictures.SCHEMA`). Returns how many of them their
    records do not have from earlier imports.
    """
    with pa.OSFile(str(pictures)) as file:
        named = pa.ipc.open_file(file).read_all()
    found = [
        row
        for part in parts
        for name in part.seen
        for row in _of_records(
            named.filter(pc.equal(named["layer"], part.layer)), part.type, begun.folder / name
        )
    ]
    if not found:
        return 0
    with pa.ipc.new_file(str(begun.folder / FILE), SCHEMA) as writer:
        writer.write_table(pa.Table.from_pylist(found, SCHEMA))
    before = {
        _told(row) for number, _ in standing(store, begun.network) for row in read(store, number).to_pylist()
    }
    return len({_told(row) for row in found} - before)


def _of_records(named: pa.Table, type_name: str, seen: Path) -> list[dict[str, object]]:
    """Return the pictures of the records that rows of a layer spoke of."""
    with pa.memory_map(str(seen)) as file:
        rows = pa.ipc.open_file(file).read_all()
        rows = rows.filter(pc.is_in(rows["row"], pc.unique(named["row"])))
        ids = dict(zip(rows["row"].to_pylist(), rows["id"].to_pylist(), strict=True))
    return [
        {**row, "type": type_name, "id": ids[row["row"]]} for row in named.to_pylist() if row["row"] in ids
    ]


def _told(row: dict[str, object]) -> tuple[object, ...]:
    return tuple(row[name] for name in _SAME)


def standing(store: Store, network: str) -> list[tuple[int, str]]:
    """Return the imports of a network that brought pictures and are not undone, the latest first: number and digest."""
    change = table("change")
    query = (
        sa.select(change.c.number, sa.func.json_extract(change.c.report, "$.digest"))
        .where(
            change.c.network == network, change.c.number.is_not(None), change.c.state == "done",
            sa.func.json_extract(change.c.report, f"$.problem_counts.{NAMED}") > 0,
        )
        .order_by(change.c.id.desc())
    )  # fmt: skip
    with store.reading() as connection:
        return [(int(number), str(digest)) for number, digest in connection.execute(query)]


def read(store: Store, import_id: int) -> pa.Table:
    """Read the list of an import; empty where none of its pictures is a record's."""
    path = import_folder(store, import_id) / FILE
    if not path.exists():
        return SCHEMA.empty_table()
    with pa.OSFile(str(path)) as file:
        return pa.ipc.open_file(file).read_all()
