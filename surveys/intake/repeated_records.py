"""Records an import brought whose shapes repeat corners: where, without them, and the person's yes, row by row.

They were taken as they were sent. What is accepted goes in as a file of ours does, by the ids of the records, so that
it is an import that can be undone; the shape as it was sent stays in the history and in the original file.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import shapely
import sqlalchemy as sa

from gis.geometry import repeated_vertices, suggest_repair
from surveys.intake import continuation, seen
from surveys.intake.attached import import_folder
from surveys.intake.examination import Examination
from surveys.intake.mapping import OF_FILE, OWN_ID
from surveys.intake.suggestion import Suggestion
from surveys.record import SHAPE, RecordType
from surveys.roles import Actor
from surveys.sight import Sight
from surveys.store.blobs import geometries_of
from surveys.store.schema import GEOMETRY, HISTORY, table
from surveys.store.store import Store

# The remark that an import has such records, and what is wrong with them.
REPEATED, WHAT = "vertices_repeated", "duplicate_vertices"
_SOURCE_ID = "source_id"
# How many records are looked at together: their shapes may be large.
_AT_ONCE = 1_000


@dataclass(frozen=True)
class Repeating(Suggestion):
    """A record as an import brought it: how many corners of its shape repeat the one before, and the shape without.

    ``key`` are the values that tell it, as files hold them.
    """

    id: str
    corners: int
    key: Mapping[str, Any]


@dataclass(frozen=True)
class Brought:
    """An import, as its records are looked for: the id and number of its change, and what examining it found."""

    store: Store
    network: str
    import_id: int
    change: int
    examination: Examination


def repeating(
    of: Brought, actor: Actor, only: Collection[tuple[int, int]] | None = None
) -> Iterator[Repeating | None]:
    """Give the records whose shapes repeat corners as the import brought them, in the order of the file.

    One whose shape was changed since is none of them. ``only`` are rows (part, row) that are wanted. None stands for
    records looked at in vain, so that whoever waits can stop.

    Raises
    ------
    NotAllowed
        If the actor may not see records of a type that the import brought.
    """
    listing = seen.read(import_folder(of.store, of.import_id))
    if listing is None or not of.examination.counts.get(REPEATED):
        return
    types = of.store.types(of.network)
    for number, part in enumerate(of.examination.parts):
        own = pc.and_(pc.equal(listing["type"], part.type), pc.equal(listing["layer"], part.layer))
        rows = listing.filter(own)
        if only is not None:
            wanted = pa.array([row for of_part, row in only if of_part == number], pa.int64())
            rows = rows.filter(pc.is_in(rows["row"], wanted))
        if not len(rows) or types[part.type].geometry is None:
            continue
        sight = Sight.of(types[part.type], actor)
        for start in range(0, len(rows), _AT_ONCE):
            yield None
            yield from _among(of, sight, number, rows.slice(start, _AT_ONCE))


def _among(of: Brought, sight: Sight, number: int, rows: pa.Table) -> Iterator[Repeating | None]:
    """Look at the records of some rows."""
    row_of = dict(zip(rows["id"].to_pylist(), rows["row"].to_pylist(), strict=True))
    name = sight.record_type.name
    there = of.store.read_table(
        of.network, name, ["id", "opened_by", GEOMETRY], _listed(table(name), [*row_of])
    )
    shapes = geometries_of(there[GEOMETRY].combine_chunks())
    corners = repeated_vertices(shapes)
    later = there["opened_by"].to_numpy() > of.change
    still = _unmoved(of, name, there.filter(pa.array(later & (corners > 0))))
    ids = there["id"].to_pylist()
    found = [n for n in np.flatnonzero(corners).tolist() if not later[n] or ids[n] in still]
    facts = _facts(of, sight, [ids[n] for n in found])
    for n in sorted(found, key=lambda n: row_of[ids[n]]):
        repair = suggest_repair(shapes[n])
        if repair is None or repair.what != WHAT:
            yield None
            continue
        title, key = facts[ids[n]]
        yield Repeating(
            number, row_of[ids[n]], title, shapes[n], repair, name, ids[n], int(corners[n]), key
        )  # fmt: skip


def _listed(source: sa.Table, ids: Sequence[str]) -> sa.ColumnElement[bool]:
    wanted = sa.func.json_each(json.dumps(ids)).table_valued("value")
    return source.c.id.in_(sa.select(wanted.c.value))


def _unmoved(of: Brought, name: str, later: pa.Table) -> frozenset[str]:
    """Return the ids of records changed since the import whose shape is the one they had then."""
    if not len(later):
        return frozenset()
    source, then = table(name + HISTORY), dict[str, bytes | None]()
    query = (
        sa.select(source.c.id, source.c[GEOMETRY])
        .where(_listed(source, later["id"].to_pylist()), source.c.opened_by <= of.change)
        .order_by(source.c.opened_by)
    )
    with of.store.reading() as connection:
        then |= {row.id: row[1] for row in connection.execute(query)}
    now = zip(later["id"].to_pylist(), later[GEOMETRY].to_pylist(), strict=True)
    return frozenset(record for record, shape in now if then.get(record) == shape)


def _facts(of: Brought, sight: Sight, ids: Sequence[str]) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return of records what they are called, as far as the actor sees it, and the values that tell them."""
    if not ids:
        return {}
    record_type = sight.record_type
    title = [field for field in sight.plain if field.name in record_type.title and not field.custom]
    rows = of.store.read_table(of.network, record_type.name, None, _listed(table(record_type.name), ids))
    return {
        row["id"]: (
            " ".join(field.kind.show(row[field.name], "th") for field in title if row[field.name] is not None),
            _key(record_type, row),
        )
        for row in rows.drop_columns([GEOMETRY]).to_pylist()
    }  # fmt: skip


def _key(record_type: RecordType, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that tell a record, as files hold them: a text kept beside a value goes before it."""
    parts = {part for key in record_type.keys for part in key} - {SHAPE}
    raw = json.loads(row["raw"] or "{}")
    told = {
        name: raw.get(name, record_type.by_name[name].kind.write(row[name]))
        for name in record_type.by_name
        if name in parts and row[name] is not None
    }
    return told | ({_SOURCE_ID: row[_SOURCE_ID]} if row[_SOURCE_ID] else {})


def feature(one: Repeating, examination: Examination) -> bytes:
    """Write a record with its shape mended as a row of a file of ours: by its id, with nothing else that is new."""
    told = {OWN_ID: one.id, **one.key, OF_FILE: continuation.mark(examination.digest, one.part)}
    shape = orjson.Fragment(shapely.to_geojson(one.repair.geometry))
    return orjson.dumps({"type": "Feature", "properties": told, "geometry": shape})
