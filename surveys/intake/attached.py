"""Which picture of an archive each record of an import has: kept beside its report, as rows of the file named them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
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
# A list with this mark is in the order of its ids, those without last: a record is found without reading all of it.
_BY_ID = {b"order": b"id"}
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
    kept = _read(store, import_id) if now else SCHEMA.empty_table()
    return [
        {**one, "part": row["part"], "row": row["row"], "digest": one["digest"] or digest}
        for one in kept.filter(pc.is_null(kept["id"])).to_pylist()
        if (row := now.get((one["part"], one["row"])))
    ]


def gather(begun: Examination, named: Sequence[Named], parts: Sequence[Part], store: Store) -> int:
    """Write the list of an examination: the pictures that its rows name, by record, or waiting with a row kept out.

    Returns how many of them their records do not have from earlier imports.
    """
    rows = [found for number, part in enumerate(parts) for found in _of_part(begun, named, number, part)]
    if not rows:
        return 0
    _write(rows, begun.folder / FILE)
    wanted = [row for row in rows if row["id"] is not None]
    ids = pa.array({row["id"] for row in wanted}, pa.string())
    lists = (_read(store, number) for number in _standing(store, begun.network))
    before = {_told(row) for kept in lists for row in kept.filter(pc.is_in(kept["id"], ids)).to_pylist()}
    return len({_told(row) for row in wanted} - before)


def _write(rows: Sequence[Named], path: Path) -> None:
    made = pa.Table.from_pylist(list(rows), SCHEMA).replace_schema_metadata(_BY_ID)
    made = made.take(pc.sort_indices(made["id"])).combine_chunks()
    with pa.ipc.new_file(str(path), made.schema) as writer:
        writer.write_table(made)


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


def of_record(store: Store, network: str, type_name: str, record_id: str) -> list[tuple[int, Named]]:
    """Return the pictures of a record, each with the import that brought it, those of the latest import first.

    Imports that are undone have none. ``digest`` is always said. Of the lists no more is read than it takes.
    """
    found = [
        (number, row)
        for number in _standing(store, network)
        for row in _rows_of(store, number, record_id)
        if row["type"] == type_name
    ]
    digests = _digests(store, {number for number, row in found if row["digest"] is None})
    return [(number, {**row, "digest": row["digest"] or digests[number]}) for number, row in found]


def _standing(store: Store, network: str) -> list[int]:
    """Return the imports of a network that brought pictures and are not undone, the latest first."""
    change = table("change")
    query = (
        sa.select(change.c.number)
        .where(change.c.network == network, change.c.number.is_not(None), change.c.state == "done")
        .order_by(change.c.id.desc())
    )
    with store.reading() as connection:
        numbers = [int(number) for number in connection.scalars(query)]
    return [number for number in numbers if (import_folder(store, number) / FILE).exists()]


def _digests(store: Store, numbers: Iterable[int]) -> dict[int, str]:
    """Return the digests of the files of imports."""
    change = table("change")
    digest = sa.func.json_extract(change.c.report, "$.digest")
    query = sa.select(change.c.number, digest).where(change.c.number.in_(sorted(numbers)))
    with store.reading() as connection:
        return {int(number): str(found) for number, found in connection.execute(query)}


def _rows_of(store: Store, import_id: int, record_id: str) -> list[Named]:
    """Return what the list of an import has of a record."""
    with pa.memory_map(str(import_folder(store, import_id) / FILE)) as file:
        kept = pa.ipc.open_file(file).read_all()
        ids = kept["id"]
        if (kept.schema.metadata or {}).items() >= _BY_ID.items():
            end = len(ids) - ids.null_count
            begun = bisect_left(range(end), record_id, key=lambda place: ids[place].as_py())
            ended = bisect_right(range(end), record_id, begun, key=lambda place: ids[place].as_py())
            kept = kept.slice(begun, ended - begun)
        else:
            kept = kept.filter(pc.equal(ids, record_id))
        rows: list[Named] = _whole(kept).to_pylist() if len(kept) else []
    return rows


def _read(store: Store, import_id: int) -> pa.Table:
    """Read the list of an import; empty where none of its pictures is a record's."""
    path = import_folder(store, import_id) / FILE
    if not path.exists():
        return SCHEMA.empty_table()
    with pa.OSFile(str(path)) as file:
        return _whole(pa.ipc.open_file(file).read_all())


def _whole(kept: pa.Table) -> pa.Table:
    """Lists written earlier have no rows and no digests."""
    return pa.concat_tables([SCHEMA.empty_table(), kept], promote_options="default")
