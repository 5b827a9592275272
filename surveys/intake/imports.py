"""The imports of a network: list them, undo one, redo it, look at what was kept out."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from surveys import events, records
from surveys.errors import NotFound, Refused
from surveys.intake.accept import import_folder
from surveys.intake.rivals import rivals
from surveys.record import RecordType
from surveys.roles import Actor
from surveys.store import changes
from surveys.store.schema import table
from surveys.store.store import Store
from surveys.words import words


def history(store: Store, network: str, actor: Actor, limit: int = 200) -> list[dict[str, Any]]:
    """Return the imports of a network, the newest first, each with its report and state (done | undone)."""
    actor.must("see")
    store.revision(network)
    change = table("change")
    query = (
        sa.select(change).where(change.c.network == network, change.c.number.is_not(None))
        .order_by(change.c.id.desc()).limit(limit)
    )  # fmt: skip
    with store.reading() as connection:
        rows = connection.execute(query).mappings().all()
    return [
        {"import_id": row["number"], "at": row["at"], "actor": row["actor"], "state": row["state"]}
        | {"report": json.loads(row["report"] or "{}")}
        for row in rows
    ]


def kinds(report: dict[str, Any]) -> list[tuple[RecordType, int]]:
    """Return every record type of a file with how many rows of it were taken."""
    counts: dict[str, int] = {}
    for part in report.get("parts") or [report]:
        if part.get("type") in records.ALL:
            counts[part["type"]] = counts.get(part["type"], 0) + part["taken"]
    return [(records.ALL[name], count) for name, count in counts.items()]


def files(store: Store, import_id: int, actor: Actor, taken: str) -> Path:
    """Return the folder of an import with what stood in its rows; that it was taken out is written in the log.

    ``taken`` says what of it: the problems, the changes, the rows kept out, or the receipt with values.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see what stands in files, or there is no import of this number.
    """
    actor.must("see_files")
    network = get(store, import_id, actor)["network"]
    with store.writing() as connection:
        events.record(connection, actor, network, "export", taken, {"import": import_id})
    return import_folder(store, import_id)


def get(store: Store, import_id: int, actor: Actor) -> dict[str, Any]:
    """Return one import with its network and report; ``id`` is that of its change.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see the network, or there is no import of this number.
    """
    actor.must("see")
    change = table("change")
    query = sa.select(change).where(change.c.number == import_id)
    with store.reading() as connection:
        row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(words(f"ไม่มีการนำเข้าเลขที่ {import_id}", f"There is no import {import_id}."))
    return dict(row) | {"import_id": row["number"], "report": json.loads(row["report"] or "{}")}


def undo(store: Store, import_id: int, actor: Actor) -> dict[str, Any]:
    """Take an import back: what it brought goes, what it replaced returns; later changes stay.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not, there is no such import, or it is undone already.
    """
    return _turn(store, import_id, actor, "undo")


def redo(store: Store, import_id: int, actor: Actor) -> dict[str, Any]:
    """Bring an undone import back.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not, there is no such import, or it is not undone.
    """
    return _turn(store, import_id, actor, "redo")


_FROM = {"undo": ("done", "undone"), "redo": ("undone", "done")}
_WRONG = {
    "undo": words("การนำเข้านี้ถูกยกเลิกไปแล้ว", "This import is undone already."),
    "redo": words("การนำเข้านี้ยังไม่ได้ยกเลิก", "This import is not undone."),
}


def _turn(store: Store, import_id: int, actor: Actor, way: str) -> dict[str, Any]:
    actor.must("undo")
    made = get(store, import_id, actor)
    network, taken = made["network"], made["id"]
    before, after = _FROM[way]
    row = table("change")
    with store.writing() as connection:
        state = connection.scalar(sa.select(row.c.state).where(row.c.id == taken))
        if state != before:
            raise Refused(_WRONG[way])
        change = changes.start(connection, network, way, actor)
        connection.execute(row.update().where(row.c.id == change.id).values(identity=str(taken)))
        connection.execute(row.update().where(row.c.id == taken).values(state=after))
        found = changes.settle(change, taken, rivals=rivals)
        events.record(
            connection, actor, network, way, str(import_id), {"kept": sum(len(f.kept) for f in found)}
        )
    store.checkpoint()
    return {"import_id": import_id, "state": after, "network": network, "types": [asdict(f) for f in found]}
