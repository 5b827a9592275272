"""One import as its page shows it, and what undoing or redoing it did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from surveys import records
from surveys.errors import NotFound
from surveys.intake import imports
from surveys.record import RecordType
from surveys.store.store import Store
from surveys.words import words

# How many records that stayed are named.
_NAMED = 200


@dataclass(frozen=True)
class Turned:
    """What an undo or redo did to one record type; ``kept`` are ids of records changed since."""

    type: RecordType
    reopened: int
    closed: int
    kept: tuple[str, ...]
    kept_count: int


def of_network(store: Store, network: str, import_id: int) -> dict[str, Any]:
    """Return an import of this network.

    Raises
    ------
    NotFound
        If there is no such import here; one of another network is not here.
    """
    made = imports.get(store, import_id)
    if made["network"] != network:
        raise NotFound(words(f"ไม่มีการนำเข้าเลขที่ {import_id}", f"There is no import {import_id}."))
    return made


def turned(store: Store, result: dict[str, Any]) -> tuple[Turned, ...]:
    """Describe the outcome of an undo or redo."""
    return tuple(
        Turned(
            records.ALL[row["type"]],
            row["reopened"],
            row["closed"],
            tuple(row["kept"][:_NAMED]),
            len(row["kept"]),
        )
        for row in result["types"]
    )
