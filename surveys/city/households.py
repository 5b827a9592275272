"""Households and members by their ids, current or closed, as far as an actor sees them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import sqlalchemy as sa

from surveys import records
from surveys.intake.keys import fold
from surveys.planning.links import HOUSEHOLD
from surveys.record import SHAPE, Field
from surveys.roles import Actor
from surveys.sight import Seen, Sight
from surveys.store.schema import DIGEST, GEOMETRY, HISTORY, table
from surveys.store.store import Store


@dataclass(frozen=True)
class Told:
    """A household or member as an actor sees it.

    ``row`` is what the store holds but its shape, for comparing; it is never shown. ``closed`` tells
    that it is no more a current record. ``import_id`` and ``file`` say which import opened it, if any.
    """

    row: Mapping[str, Any]
    seen: Seen
    closed: bool
    on_map: bool
    import_id: int | None
    file: str | None

    @property
    def id(self) -> str:
        """The record's id."""
        return str(self.row["id"])

    @property
    def version(self) -> int:
        """The version told of."""
        return int(self.row["version"])


def told(
    store: Store, network: str, actor: Actor, ids: Iterable[str], type_name: str = HOUSEHOLD
) -> dict[str, Told]:
    """Return records by id; one that was closed as it was last, one that never was not at all.

    Raises
    ------
    NotAllowed
        If the actor may not see records of this type.
    """
    sight = Sight.of(store.types(network)[type_name], actor)
    wanted = list(dict.fromkeys(ids))
    with store.reading() as connection:
        rows = _rows(connection, network, wanted, type_name)
        origins = _origins(connection, {row["opened_by"] for row in rows.values()})
    made = {}
    for key in (key for key in wanted if key in rows):
        row = rows[key]
        origin = origins.get(row["opened_by"], {})
        made[key] = Told(
            row, sight.seen(row, lambda: store.vault), "closed_by" in row, bool(row["on_map"]),
            origin.get("number"), origin.get("file"),
        )  # fmt: skip
    return made


def communities_of(store: Store, network: str, ids: Iterable[str]) -> dict[str, str | None]:
    """Return by what text current households name their community."""
    source = table(HOUSEHOLD)
    listed = sa.func.json_each(json.dumps(list(dict.fromkeys(ids)))).table_valued("value")
    here = source.c.id.in_(sa.select(listed.c.value))
    rows = store.read_table(network, HOUSEHOLD, ["id", "community"], here).to_pylist()
    return {row["id"]: row["community"] for row in rows}


def community_texts(
    connection: sa.Connection, network: str, known: Mapping[str, str], type_name: str = HOUSEHOLD
) -> dict[str, list[str]]:
    """Return the texts by which records ever named a community, by its id; of one not known by its folded name.

    ``known`` are the names that :func:`surveys.planning.match.community_names` found.
    """
    names = [
        sa.select(source.c.community).where(source.c.network == network, source.c.community.is_not(None))
        for source in (table(type_name), table(type_name + HISTORY))
    ]
    texts = pd.Series(list(connection.scalars(sa.union(*names))), dtype="str")
    found: dict[str, list[str]] = {}
    for text, plain in zip(texts, fold(texts), strict=True):
        found.setdefault(known.get(plain, plain), []).append(text)
    return found


def _rows(
    connection: sa.Connection, network: str, ids: list[str], type_name: str
) -> dict[str, dict[str, Any]]:
    """Read the current version of each record, else the last one that was."""
    placed = records.ALL[type_name].geometry is not None
    listed = sa.func.json_each(json.dumps(ids)).table_valued("value")
    found: dict[str, dict[str, Any]] = {}
    for name in (type_name + HISTORY, type_name):
        source = table(name)
        columns = [column for column in source.c if column.name != GEOMETRY]
        shape = source.c[GEOMETRY].isnot(None) if placed else sa.false()
        query = sa.select(*columns, shape.label("on_map")).where(
            source.c.network == network, source.c.id.in_(sa.select(listed.c.value))
        )
        for row in connection.execute(query.order_by(source.c.version)).mappings():
            found[row["id"]] = dict(row)
    return found


def _origins(connection: sa.Connection, numbers: set[int]) -> dict[int, dict[str, Any]]:
    """Return of each change the number and the name of the file of an import."""
    change = table("change")
    file = sa.func.json_extract(change.c.report, "$.file").label("file")
    query = sa.select(change.c.id, change.c.number, file).where(change.c.id.in_(numbers))
    return {row["id"]: dict(row) for row in connection.execute(query).mappings()}


def held(field: Field, row: Mapping[str, Any]) -> Any:
    """Return what a row holds of a field, comparable: its value, or the digest of a secret one."""
    if field.custom:
        return json.loads(row["extra"] or "{}").get(field.name)
    return row[field.name + DIGEST] if field.secret else row[field.name]


def lacking(sight: Sight, kept: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Return the fields seen that one row lacks and another has, and :data:`SHAPE` where that is so of the place.

    What tells a record, or would tell it before what does now (its community, house, plot and number), is
    never among them: the next file would not know it again.
    """
    own = _telling(sight.record_type.keys, kept)
    found = [
        field.name for field in sight.fields
        if field.name not in own and held(field, kept) is None and held(field, other) is not None
    ]  # fmt: skip
    return found + ([SHAPE] if other["on_map"] and not kept["on_map"] else [])


def _telling(keys: Sequence[tuple[str, ...]], row: Mapping[str, Any]) -> set[str]:
    """Return the parts of the keys up to the one that tells a row; of the first where none does."""
    whole = [n for n, key in enumerate(keys) if all(row[name] is not None for name in key)]
    return {name for key in keys[: whole[0] + 1 if whole else 1] for name in key}
