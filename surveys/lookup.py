"""Looking records up: a page of a type, one record with its history, those not yet on the map.

An actor sees of a record what the privacy of each field allows. Secret values are masked and never
decrypted here; sensitive ones stay out until there is a right to see them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
import sqlalchemy as sa

from surveys import view
from surveys.codes import Code, Codes
from surveys.errors import NotAllowed, Refused, no_record
from surveys.fields import THAI_DIGITS, Flag
from surveys.planning.place import has_shape
from surveys.privacy import SEALED, Privacy
from surveys.record import Field, RecordType
from surveys.roles import Actor
from surveys.store.blobs import to_geometries
from surveys.store.geopackage import rtree
from surveys.store.schema import GEOMETRY, table
from surveys.store.store import Store
from surveys.words import normal, words

Box = tuple[float, float, float, float]
MASK = "•••••"
# How many of the records not yet on the map are listed of each type.
LISTED = 1_000


@dataclass(frozen=True)
class Wanted:
    """Which records of a type: ``q`` is part of a text, ``bbox`` is west, south, east, north in degrees."""

    q: str = ""
    bbox: Box | None = None
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True)
class Sight:
    """What an actor sees of a record type: its fields, and whether values of households are among them."""

    record_type: RecordType
    fields: tuple[Field, ...]
    households: bool

    @classmethod
    def of(cls, record_type: RecordType, actor: Actor) -> Sight:
        """Find what the actor sees.

        Raises
        ------
        NotAllowed
            If the actor may not see the network, or not the households that the type tells of.
        """
        actor.must("see")
        if not record_type.public:
            actor.must("see_households")
        households = sees_households(actor)
        seen = record_type.seen(Privacy.HOUSEHOLD if households else Privacy.NETWORK)
        secret = [field for field in record_type.fields if field.secret and households]
        return cls(record_type, (*seen, *secret), households)

    def told(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Tell a row of the table or of the history, as far as it may be seen."""
        extra = json.loads(row["extra"] or "{}")
        kept: dict[str, Any] = {
            field.name: extra.pop(field.name, None) for field in self.record_type.fields if field.custom
        }
        plain = [field.name for field in self.fields if not field.secret]
        return {
            "id": row["id"], "type": self.record_type.name, "title": self._title(row),
            "version": row["version"], "opened_at": row["opened_at"], "on_map": bool(row.get("on_map")),
            "values": {field.name: _value(field, kept if field.custom else row) for field in self.fields},
            "missing": _picked(row["missing"], [field.name for field in self.fields]),
            "unreadable": _picked(row["raw"], plain),
            "extra": {name: _unsealed(value) for name, value in extra.items()} if self.households else {},
        }  # fmt: skip

    def _title(self, row: Mapping[str, Any]) -> str | None:
        by_name = {field.name: field for field in self.fields}
        filled = (
            by_name[name] for name in self.record_type.title if name in by_name and row[name] is not None
        )
        first = next(filled, None)
        return None if first is None else first.kind.show(row[first.name], "th")


def sees_households(actor: Actor) -> bool:
    """Tell whether an actor may see households."""
    try:
        actor.must("see_households")
    except NotAllowed:
        # A question, not an act: the answer is no.
        return False
    return True


def _value(field: Field, row: Mapping[str, Any]) -> Any:
    value = row[field.name]
    if value is None:
        return None
    if field.secret:
        return MASK
    if isinstance(field.kind, Codes):
        return json.loads(value)
    return bool(value) if isinstance(field.kind, Flag) else value


def _picked(text: str | None, names: Collection[str]) -> dict[str, str]:
    return {name: said for name, said in json.loads(text or "{}").items() if name in names}


def _unsealed(value: Any) -> Any:
    return MASK if isinstance(value, str) and value.startswith(SEALED) else value


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
    told = [sight.told(dict(row)) for row in found]
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
        names = [f.name for f in sight.fields if _searched(f)]
        found.append(sa.or_(*(source.c[n].contains(s, autoescape=True) for n in names for s in spellings)))
    if wanted.bbox is not None:
        found.append(_within(sight.record_type, wanted.bbox))
    return found


def _searched(field: Field) -> bool:
    """Tell whether a search looks into a field: texts a person typed."""
    return field.kind.column == "TEXT" and not (field.custom or field.secret or isinstance(field.kind, Code))


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
    told = [_version(sight, version, origins) for version in versions]
    return told[0] | {"geometry": shape, "history": told}


def _version(
    sight: Sight, row: Mapping[str, Any], origins: Mapping[int, Mapping[str, Any]]
) -> dict[str, Any]:
    origin = dict(origins.get(row["opened_by"], _NO_ORIGIN))
    return sight.told(row) | {
        "closed_at": row.get("closed_at"),
        "origin": origin | {"row": row["source_row"]},
    }


_NO_ORIGIN = dict.fromkeys(("change", "kind", "actor", "import_id", "file"))


def _origins(store: Store, versions: Sequence[Mapping[str, Any]]) -> dict[int, dict[str, Any]]:
    """Return what each change was that brought a version, by its number."""
    change = table("change")
    numbers = {version["opened_by"] for version in versions}
    query = sa.select(change.c.id, change.c.kind, change.c.actor, change.c.report).where(
        change.c.id.in_(numbers)
    )
    with store.reading() as connection:
        rows = connection.execute(query).mappings().all()
    return {
        row["id"]: {
            "change": row["id"], "kind": row["kind"], "actor": row["actor"],
            "import_id": row["id"] if row["kind"] == "import" else None,
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
    frames = view.frames(store, network, [t.name for t in types])
    found = []
    for record_type in types:
        frame = frames[record_type.name]
        frame = frame[~has_shape(frame)]
        if len(frame):
            seen = record_type.public or sees_households(actor)
            listed = _listed(record_type, frame.iloc[:LISTED]) if seen else []
            found.append(
                {"type": record_type.name, "words": record_type.words, "count": len(frame), "records": listed}
            )
    return found


def _listed(record_type: RecordType, frame: Any) -> list[dict[str, Any]]:
    """Tell records by their title, and by what would place them."""
    titles = [record_type.by_name[name] for name in record_type.title]
    place = [*dict.fromkeys(name for rule in record_type.place for name in rule.on)] or [
        f.name for f in titles
    ]
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
