"""Which picture of an archive each record of an import has: kept beside its report, as rows of the file named them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from gis.formats import ROW
from surveys.intake.examination import Examination, Part
from surveys.store.schema import table
from surveys.store.store import Store

FILE = "attached.arrow"
# The code of the remark that an archive's pictures are named by rows: imports with it have a list.
NAMED = "pictures_named"
# A picture of a record: its place among the members of the archive, its name there, its size, and the checksum there;
# the row that names it, and the digest of the archive where that is an earlier import's. A row that is kept out has
# no ``id``: its pictures wait for it to come back mended.
SCHEMA = pa.schema([
    ("type", pa.string()), ("id", pa.string()), ("place", pa.int32()), ("name", pa.string()), ("size", pa.int64()),
    ("crc", pa.int64()), ("part", pa.int16()), ("row", pa.int64()), ("digest", pa.string()),
])  # fmt: skip
_SAME = ("type", "id", "size", "crc")
_PICTURE = ("place", "name", "size", "crc", "part", "row", "digest")

# A picture that a row of the file names, as in the list of an import but for the record.
Named = Mapping[str, Any]


def import_folder(store: Store, import_id: int) -> Path:
    """Return where the report files of an import are kept."""
    return store.files / "imports" / str(import_id)


def beside(pictures: Path | None, parts: Sequence[Part]) -> list[Named]:
    """Return the pictures of the archive that its rows name, as the reader wrote them (:mod:`gis.formats.pictures`)."""
    if pictures is None:
        return []
    with pa.OSFile(str(pictures)) as file:
        named = pa.ipc.open_file(file).read_all().to_pylist()
    numbers = {part.layer: number for number, part in enumerate(parts)}
    return [
        {**row, "part": numbers[row["layer"]], "digest": None} for row in named if row["layer"] in numbers
    ]


def waiting(store: Store, import_id: int, digest: str, back: pa.Table) -> list[Named]:
    """Return the pictures that rows kept out of an import name, for the rows of a mended file that they are now.

    ``back`` says which they are (:mod:`surveys.intake.returned`); ``digest`` is that of the import's file.
    """
    now = {(row["of_part"], row["of_row"]): row for row in back.to_pylist()}
    return [
        {**one, "part": row["part"], "row": row["row"], "digest": one["digest"] or digest}
        for one in (read(store, import_id).to_pylist() if now else ())
        if one["id"] is None and (row := now.get((one["part"], one["row"])))
    ]


def gather(begun: Examination, named: Sequence[Named], parts: Sequence[Part], store: Store) -> int:
    """Write the list of an examination: the pictures that its rows name, by record, or waiting with a row kept out.

    Returns how many of them their records do not have from earlier imports.
    """
    rows = [found for number, part in enumerate(parts) for found in _of_part(begun, named, number, part)]
    if not rows:
        return 0
    with pa.ipc.new_file(str(begun.folder / FILE), SCHEMA) as writer:
        writer.write_table(pa.Table.from_pylist(rows, SCHEMA))
    before = {
        _told(row) for number, _ in standing(store, begun.network) for row in read(store, number).to_pylist()
    }
    return len({_told(row) for row in rows if row["id"] is not None} - before)


def _of_part(begun: Examination, named: Sequence[Named], number: int, part: Part) -> list[dict[str, Any]]:
    """Return the pictures that rows of a part name: of records, and of rows kept out."""
    own = [one for one in named if one["part"] == number]
    wanted = pa.array([one["row"] for one in own], pa.int64())
    ids: dict[int, str | None] = {}
    for name in (*part.kept_out, *part.seen) if own else ():
        with pa.memory_map(str(begun.folder / name)) as file:
            rows = pa.ipc.open_file(file).read_all()
            row = "row" if name in part.seen else ROW
            rows = rows.filter(pc.is_in(rows[row].cast(pa.int64()), wanted))
            there = rows["id"].to_pylist() if name in part.seen else [None] * len(rows)
            ids |= dict(zip(rows[row].to_pylist(), there, strict=True))
    return [
        {"type": part.type, "id": ids[one["row"]]} | {key: one[key] for key in _PICTURE}
        for one in own
        if one["row"] in ids
    ]


def _told(row: Mapping[str, Any]) -> tuple[object, ...]:
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
        kept = pa.ipc.open_file(file).read_all()
    # Lists written earlier have no rows and no digests.
    return pa.concat_tables([SCHEMA.empty_table(), kept], promote_options="default")
