"""What a file changes in the records that are here, as far as an actor sees them: listed, as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from surveys.intake.differences import LISTED, Difference, ShapeChange, differences
from surveys.intake.examination import Examination
from surveys.lookup import value_as_json
from surveys.record import Field, RecordType
from surveys.roles import Actor
from surveys.sight import MASK, Seen, Sight
from surveys.store.schema import DIGEST
from surveys.store.store import Store


@dataclass(frozen=True)
class Changed:
    """A record that a row of a file changes: ``fields`` and columns ``extra`` that differ, before and after.

    Of ``secrets`` it is only told that they differ. What the actor does not see is not in here.
    """

    layer: str
    record_type: RecordType
    row: int
    id: str
    before: Seen
    after: Seen
    fields: tuple[Field, ...]
    secrets: tuple[Field, ...]
    extra: tuple[str, ...]
    shape: ShapeChange | None


def changed(store: Store, found: Examination, actor: Actor) -> Iterator[Changed]:
    """Give every record that a file changes, layer by layer, in the order of its rows."""
    types = store.types(found.network)
    for part in found.parts:
        if part.changed:
            sight = Sight.of(types[part.type], actor)
            for one in differences(found.folder, part):
                yield _seen(one, sight, store)


def listed(store: Store, found: Examination, actor: Actor) -> tuple[dict[str, Any], ...]:
    """Return the first records that a file changes, as scripts read them."""
    return tuple(as_json(one) for one in islice(changed(store, found, actor), LISTED))


def _seen(one: Difference, sight: Sight, store: Store) -> Changed:
    before, after = (sight.seen(row, lambda: store.vault) for row in (one.before, one.after))
    fields = tuple(field for field in sight.plain if _said(field, before) != _said(field, after))
    secrets = tuple(
        field for field in sight.fields
        if field.secret and one.before.get(field.name + DIGEST) != one.after.get(field.name + DIGEST)
    )  # fmt: skip
    names = dict.fromkeys([*before.extra, *after.extra])
    extra = tuple(name for name in names if before.extra.get(name) != after.extra.get(name))
    return Changed(
        one.part.layer, sight.record_type, one.row, one.id, before, after, fields, secrets, extra, one.shape
    )


def _said(field: Field, seen: Seen) -> tuple[Any, ...]:
    return (seen.values.get(field.name), seen.missing.get(field.name), seen.raw.get(field.name))


def as_json(one: Changed) -> dict[str, Any]:
    """Return a changed record as scripts read it; a secret differs without its values."""
    fields = [
        *(_field(field.name, *(_facts(field, seen) for seen in (one.before, one.after))) for field in one.fields),
        *(_field(field.name, {"value": MASK}, {"value": MASK}) for field in one.secrets),
        *(_field(name, *({"value": seen.extra.get(name)} for seen in (one.before, one.after))) for name in one.extra),
    ]  # fmt: skip
    return {
        "layer": one.layer, "type": one.record_type.name, "row": one.row, "id": one.id, "fields": fields,
        "shape": asdict(one.shape) if one.shape else None,
    }  # fmt: skip


def _facts(field: Field, seen: Seen) -> dict[str, Any]:
    value = seen.values.get(field.name)
    return {
        "value": value_as_json(field, value), "missing": seen.missing.get(field.name),
        "text": seen.raw.get(field.name),
    }  # fmt: skip


def _field(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "field": name, "old": old["value"], "new": new["value"],
        "old_missing": old.get("missing"), "new_missing": new.get("missing"),
        "old_text": old.get("text"), "new_text": new.get("text"),
    }  # fmt: skip
