"""Texts that a person wrote into fields of a record: read as cells of a file are, and laid over its row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from surveys.errors import Refused
from surveys.intake.problem import Problem
from surveys.record import Field, RecordType
from surveys.sight import MASK, Sight
from surveys.store.frames import arrow_types
from surveys.store.schema import DIGEST, JSON_COLUMNS
from surveys.store.store import Store, as_json
from surveys.words import Words, words

# How much of a text that cannot be read is said again.
_SAID = 80


class Unreadable(Refused):
    """Texts that cannot be read; ``by_field`` says what is wrong with each."""

    def __init__(self, by_field: Mapping[Field, Words]) -> None:
        told = [(of.words, said) for of, said in by_field.items()]
        super().__init__(
            words(
                " · ".join(f"“{of.th}”: {said.th}" for of, said in told),
                " · ".join(f"“{of.en}”: {said.en}" for of, said in told),
            )
        )
        self.by_field = {of.name: said for of, said in by_field.items()}


@dataclass(frozen=True)
class Read:
    """A corrected value as the store holds it, or the missing code a person gave."""

    values: pa.Array
    missing: str | None


def read_all(sight: Sight, texts: Mapping[str, str]) -> dict[str, Read]:
    """Read texts by field as the fields do.

    Raises
    ------
    Unreadable
        Of each text that a file would be warned of.
    Refused
        If there is no such field to correct, or it is closed to the reader: who may not see a value
        could otherwise find it out by guessing, since the right guess changes nothing.
    """
    done, wrong = {}, {}
    for name, text in texts.items():
        of = _field(sight, name)
        read = of.kind.read(pa.array([text], pa.string()))
        code = read.problem[0].as_py()
        if code is None:
            done[name] = Read(read.values, read.missing[0].as_py())
        else:
            wrong[of] = _said(of, code, text)
    if wrong:
        raise Unreadable(wrong)
    return done


def _field(sight: Sight, name: str) -> Field:
    found = next((of for of in sight.fields if of.name == name), None)
    if found is None or any(rule.field == name for rule in sight.record_type.derived):
        raise Refused(words(f"ไม่มีช่อง {name} ให้แก้ไข", f"There is no field {name} to correct."))
    return found


def _said(of: Field, code: str, text: str) -> Words:
    """Say what is wrong with a text, and what is accepted; nothing of a secret is said again."""
    shown = MASK if of.secret else text if len(text) <= _SAID else text[:_SAID] + "…"
    said = Problem(code, "", None, None, of.name, shown, of.kind.rule).message
    return words(f"{said.th} ({of.kind.rule.th})", f"{said.en} ({of.kind.rule.en})")


def laid(
    store: Store, record_type: RecordType, row: dict[str, Any], cells: Mapping[str, Read]
) -> dict[str, Any]:
    """Lay corrected values over a row: a value given has no missing code and no unread text beside it."""
    new, types = dict(row), arrow_types(record_type)
    beside = {name: json.loads(row[name] or "{}") for name in JSON_COLUMNS}
    for name, read in cells.items():
        of = record_type.by_name[name]
        beside["raw"].pop(name, None)
        beside["missing"].pop(name, None)
        if read.missing:
            beside["missing"][name] = read.missing
        if of.custom:
            beside["extra"].pop(name, None)
            beside["extra"] |= _beside(store, of, read)
            continue
        value = read.values.cast(types[name])[0].as_py()
        if of.secret:
            new[name + DIGEST] = store.vault.digest_all([value])[0]
            value = store.vault.seal_all([value])[0]
        new[name] = value
    return new | {name: as_json(dict(sorted(held.items()))) for name, held in beside.items()}


def _beside(store: Store, of: Field, read: Read) -> dict[str, Any]:
    """Return the entry of a network's own field, as an import writes it; empty for no value."""
    value = read.values[0].as_py()
    if value is None:
        return {}
    if of.secret:
        return {of.name: store.vault.seal(str(value))}
    return {of.name: value if isinstance(value, str | int | float | bool) else str(value)}


def told(row: Mapping[str, Any], name: str, record_type: RecordType) -> tuple[Any, ...]:
    """Return what a row says of a field, comparable: its value or digest, and what stands beside it."""
    of = record_type.by_name[name]
    column = name + DIGEST if of.secret and not of.custom else name
    return (row.get(column), *(json.loads(row[beside] or "{}").get(name) for beside in JSON_COLUMNS))
