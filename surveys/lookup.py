"""Looking records up: a page of a type, one record with its history, those not yet on the map.

An actor sees of a record what :mod:`surveys.sight` opens.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
import sqlalchemy as sa

from surveys import view
from surveys.codes import Code, Codes
from surveys.errors import Refused, no_record
from surveys.fields import THAI_DIGITS, Flag
from surveys.planning.place import has_shape
from surveys.record import Field, RecordType
from surveys.roles import Actor
from surveys.sight import Seen, Sight, sees
from surveys.store.blobs import to_geometries
from surveys.store.geopackage import rtree
from surveys.store.schema import GEOMETRY, table
from surveys.store.store import Store
from surveys.words import normal, words

Box = tuple[float, float, float, float]
# How many of the records not yet on the map are listed of each type.
LISTED = 1_000


@dataclass(frozen=True)
class Wanted:
    """Which records of a type: ``q`` is part of a text, ``bbox`` is west, south, east, north in degrees."""

    q: str = ""
    bbox: Box | None = None
    limit: int = 50
    offset: int = 0


def _told(sight: Sight, row: Mapping[str, Any], store: Store) -> dict[str, Any]:
    """Tell a row of the table or of the history to a program, as far as it is seen."""
    seen = sight.seen(row, lambda: store.vault)
    return {
        "id": row["id"], "type": sight.record_type.name, "title": _title(sight, seen),
        "version": row["version"], "opened_at": row["opened_at"], "on_map": bool(row.get("on_map")),
        "values": {field.name: value_as_json(field, seen.values[field.name]) for field in sight.fields},
        "missing": dict(seen.missing), "unreadable": dict(seen.raw), "extra": dict(seen.extra),
    }  # fmt: skip


def _title(sight: Sight, seen: Seen) -> str | None:
    filled = (name for name in sight.record_type.title if seen.values.get(name) is not None)
    first = next(filled, None)
    return None if first is None else sight.record_type.by_name[first].kind.show(seen.values[first], "th")


def value_as_json(field: Field, value: Any) -> Any:
    """Return a value that is seen as scripts read it: yes and no as such, several codes as a list."""
    if value is None or field.secret:
        return value
    if isinstance(field.kind, Codes):
        return json.loads(value)
    return bool(value) if isinstance(field.kind, Flag) else value


def types(store: Store, network: str, actor: Actor) -> tuple[RecordType, ...]:
    """Return the record types of a network, with its own fields and choices.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see the network, or there is none.
    """
    actor.must("see")
    store.revision(network)
    return tuple(store.types(network).values())


def page(store: Store, network: str, type_name: str, actor: Actor, wanted: Wanted) -> dict[str, Any]:
    """Return some current records of a type, in the order they came, and how many there are.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not see them, there is no such network, or the type has no place for a ``bbox``.
    """
    revision = store.revision(network)
    sight = Sight.of(store.types(network)[type_name], actor)
    source = table(type_name)
    where = sa.and_(source.c.network == network, *_conditions(sight, wanted))
    rows = sa.select(*_columns(sight.record_type)).where(where).order_by(source.c.fid)
    with store.reading() as connection:
        total = connection.scalar(sa.select(sa.func.count()).select_from(source).where(where)) or 0
        found = connection.execute(rows.limit(wanted.limit).offset(wanted.offset)).mappings().all()
    told = [_told(sight, dict(row), store) for row in found]
    facts = {
        "type": type_name,
        "total": total,
        "limit": wanted.limit,
        "offset": wanted.offset,
        "revision": revision,
    }
    return facts | {"records": told}


def _columns(record_type: RecordType) -> list[sa.ColumnElement[Any]]:
    """Return the columns of a table but the shape, and whether there is a shape."""
    source = table(record_type.name)
    shape = source.c[GEOMETRY].isnot(None) if record_type.geometry else sa.false()
    return [*(column for column in source.c if column.name != GEOMETRY), shape.label("on_map")]


def _conditions(sight: Sight, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found = []
    if text := normal(wanted.q):
        source = table(sight.record_type.name)
        spellings = dict.fromkeys((text, text.translate(THAI_DIGITS)))
        names = [f.name for f in sight.plain if _searched(f)]
        found.append(
            sa.or_(sa.false(), *(source.c[n].contains(s, autoescape=True) for n in names for s in spellings))
        )
    if wanted.bbox is not None:
        found.append(_within(sight.record_type, wanted.bbox))
    return found


def _searched(field: Field) -> bool:
    """Tell whether a search looks into a field: texts a person typed."""
    return field.kind.column == "TEXT" and not (field.custom or isinstance(field.kind, Code))


def _within(record_type: RecordType, box: Box) -> sa.ColumnElement[bool]:
    if record_type.geometry is None:
        raise Refused(
            words(
                f"{record_type.words.th}ไม่มีตำแหน่งบนแผนที่", f"Records of type {record_type.name} have no place."
            )
        )
    west, south, east, north = box
    index = rtree(record_type.name)
    fids = f"fid IN (SELECT id FROM {index} WHERE maxx >= :w AND minx <= :e AND maxy >= :s AND miny <= :n)"
    return sa.text(fids).bindparams(w=west, s=south, e=east, n=north)  # type: ignore[return-value]


def detail(store: Store, network: str, type_name: str, record_id: str, actor: Actor) -> dict[str, Any]:
    """Return a current record with its shape and what brought it; its versions, the one that stands first.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see it, or there is no such record in the network.
    """
    store.revision(network)
    sight = Sight.of(store.types(network)[type_name], actor)
    # An undone import leaves a closed version above the one that stands.
    versions = sorted(
        store.history(network, type_name, record_id), key=lambda version: "closed_by" in version
    )
    if not versions or "closed_by" in versions[0]:
        raise no_record(type_name, record_id)
    origins = _origins(store, versions)
    shape = _shape(store, network, sight.record_type, record_id)
    versions[0]["on_map"] = shape is not None
    told = [_told(sight, version, store) | _origin(version, origins) for version in versions]
    return told[0] | {"geometry": shape, "history": told}


def _origin(row: Mapping[str, Any], origins: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    """Tell of a version when it ended and what brought it."""
    origin = dict(origins.get(row["opened_by"], _NO_ORIGIN))
    return {"closed_at": row.get("closed_at"), "origin": origin | {"row": row["source_row"]}}


_NO_ORIGIN = dict.fromkeys(("change", "kind", "actor", "import_id", "file"))


def _origins(store: Store, versions: Sequence[Mapping[str, Any]]) -> dict[int, dict[str, Any]]:
    """Return what each change was that brought a version, by its number."""
    change = table("change")
    numbers = {version["opened_by"] for version in versions}
    query = sa.select(change.c.id, change.c.kind, change.c.actor, change.c.number, change.c.report).where(
        change.c.id.in_(numbers)
    )
    with store.reading() as connection:
        rows = connection.execute(query).mappings().all()
    return {
        row["id"]: {
            "change": row["id"], "kind": row["kind"], "actor": row["actor"],
            "import_id": row["number"],
            "file": json.loads(row["report"] or "{}").get("file"),
        }
        for row in rows
    }  # fmt: skip


def _shape(store: Store, network: str, record_type: RecordType, record_id: str) -> dict[str, Any] | None:
    if record_type.geometry is None:
        return None
    where = table(record_type.name).c.id == record_id
    found = to_geometries(
        store.read_table(network, record_type.name, [GEOMETRY], where)[GEOMETRY].to_pylist()
    )
    if not len(found) or found[0] is None:
        return None
    shape: dict[str, Any] = json.loads(shapely.to_geojson(found[0]))
    return shape


def unplaced(store: Store, network: str, actor: Actor) -> list[dict[str, Any]]:
    """Return the types with records that have no shape and find no place: how many, and the first of them.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see the network, or there is none.
    """
    actor.must("see")
    store.revision(network)
    types = [t for t in store.types(network).values() if t.geometry and t.by_file]
    frames = view.counted(store, network, actor, [t.name for t in types])
    found = []
    for record_type in types:
        frame = frames[record_type.name]
        frame = frame[~has_shape(frame)]
        if len(frame):
            shown = _listed(record_type, actor, frame.iloc[:LISTED])
            found.append(
                {"type": record_type.name, "words": record_type.words, "count": len(frame), "records": shown}
            )
    return found


def _listed(record_type: RecordType, actor: Actor, frame: Any) -> list[dict[str, Any]]:
    """Tell records by their title, and by what would place them; none where the actor sees none of the type."""
    if not sees(record_type, actor):
        return []
    seen = {field.name for field in Sight.of(record_type, actor).plain}
    titles = [record_type.by_name[name] for name in record_type.title if name in seen]
    on = dict.fromkeys(name for rule in record_type.place for name in rule.on if name in seen)
    place = [*on] or [f.name for f in titles]
    cells = frame[[*dict.fromkeys([*place, *(f.name for f in titles)])]].astype(object)
    rows = cells.where(cells.notna(), None).to_dict("index")
    return [
        {
            "id": str(record_id),
            "title": next(
                (f.kind.show(_plain(row[f.name]), "th") for f in titles if row[f.name] is not None), None
            ),
            "key": "|".join(f"{name}={row[name]}" for name in place if row[name] is not None),
        }
        for record_id, row in rows.items()
    ]


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
