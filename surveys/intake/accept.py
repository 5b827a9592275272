"""Accepting an examination: one transaction takes all of its rows, or none."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from surveys import events
from surveys.errors import Refused, StoreUnavailable
from surveys.intake import attached, returned, seen
from surveys.intake.attached import import_folder as import_folder
from surveys.intake.changed import listed
from surveys.intake.continuation import CONTINUES, OPTIONS
from surveys.intake.examination import FILE, Examination, Status
from surveys.intake.examine import Progress, Upload, examine, quiet
from surveys.intake.joins import remember
from surveys.intake.memory import HEADINGS
from surveys.intake.same import REVISION
from surveys.roles import Actor
from surveys.store import changes, staging
from surveys.store.schema import table
from surveys.store.store import Store
from surveys.words import words

WRITING = words("กำลังบันทึก", "Writing")
# What is kept with the report of an import and is not part of it.
_BESIDE_REPORT = ("file", "digest", CONTINUES, OPTIONS, HEADINGS, REVISION)
# How often a file is examined again because another write came between.
_TRIES = 10


def accept(
    examination: Examination, store: Store, actor: Actor, progress: Progress = quiet
) -> dict[str, Any]:
    """Take the rows of an examination into the store and return the report.

    When the network changed since, the file is examined again first. A file that changes nothing is kept too:
    it was surveyed, and belongs to a round. Of one that was imported before, only what was said of names of
    communities is remembered.

    Raises
    ------
    NotAllowed, Refused, StoreUnavailable
        If the actor may not import, the file was refused, or the store cannot be written.
    """
    actor.must("import")
    report = _accepted(examination, store, actor, progress)
    remember(store, examination.network, actor, examination.options.communities)
    store.checkpoint()
    return report


def _accepted(examination: Examination, store: Store, actor: Actor, progress: Progress) -> dict[str, Any]:
    """Commit an examination, examined again as often as other writes come between."""
    for _ in range(_TRIES):
        if store.revision(examination.network) != examination.revision:
            e = examination
            examination = examine(
                Upload(e.raw, e.file_name, e.network, e.options, e.folder), store, actor, progress
            )
        if examination.refused:
            raise Refused(words("ไฟล์นี้ถูกปฏิเสธแล้ว", "This file was refused."))
        if examination.same_as is not None:
            return _same(examination, store)
        # Somebody else may have had the file examined.
        examination = replace(examination, changes=listed(store, examination, actor))
        report = _commit(examination, store, actor, progress)
        if report is not None:
            return report
    raise StoreUnavailable(
        words("มีการบันทึกอื่นแทรกอยู่ตลอด ลองใหม่", "Other writes kept coming between; try again.")
    )


def _commit(
    examination: Examination, store: Store, actor: Actor, progress: Progress
) -> dict[str, Any] | None:
    """Write everything in one transaction; None, and nothing written, when another write came before it."""
    taken: Status = "taken" if examination.total("taken") or examination.attached else "same"
    status = "partly" if examination.total("quarantined") else taken
    with store.writing(examination.total("taken")) as connection:
        # The rows were matched against this revision; nobody else writes from here on.
        if _revision(connection, examination.network) != examination.revision:
            return None
        change, number = changes.start_import(connection, examination.network, actor)
        report = examination.report(status, number)
        total = examination.total("taken")
        staged = [
            (part.type, examination.folder / name) for part in examination.parts for name in part.staged
        ]
        progress(WRITING, 0, total)
        staging.take(change, staged, lambda done: progress(WRITING, done, total))
        _keep_files(examination, store, number)
        _record(connection, change, examination, report, actor)
    return report


def _revision(connection: sa.Connection, network: str) -> int | None:
    state = table("network_state")
    found: int | None = connection.scalar(sa.select(state.c.revision).where(state.c.network == network))
    return found


def _same(examination: Examination, store: Store) -> dict[str, Any]:
    """Return the report of a file that was imported before: nothing changed."""
    change = table("change")
    with store.reading() as connection:
        kept = connection.scalar(sa.select(change.c.report).where(change.c.number == examination.same_as))
    stored = json.loads(kept or "{}")
    before: dict[str, Any] = {name: value for name, value in stored.items() if name not in _BESIDE_REPORT}
    still: dict[str, Any] = {"taken": 0, "new": 0, "updated": 0}
    parts = [part | still | {"unchanged": part["rows"] - part["quarantined"]} for part in before["parts"]]
    unchanged = before["rows"] - before["quarantined"]
    return before | still | {"status": "same", "unchanged": unchanged, "parts": parts, "changes": []}


def _keep_files(examination: Examination, store: Store, import_id: int) -> None:
    """Keep the raw file (once for equal bytes), the rows kept out, and the problems, for their owner only."""
    raw = store.files / "raw"
    raw.mkdir(mode=0o700, exist_ok=True)
    if not (raw / examination.digest).exists():
        _copy(examination.raw, raw / examination.digest, links=True)
    folder = import_folder(store, import_id)
    if folder.exists():
        # Of an import that was not committed: its number is used again.
        shutil.rmtree(folder)
    for made in (folder.parent, folder):
        made.mkdir(mode=0o700, exist_ok=True)
    named = (name for part in examination.parts for name in (*part.kept_out, *part.changed))
    # What the examination names must be there; a file without problems, records or pictures has no list of them.
    lists = (
        name
        for name in ("problems.csv", seen.FILE, attached.FILE, returned.FILE)
        if (examination.folder / name).exists()
    )
    for name in (FILE, *named, *lists):
        _copy(examination.folder / name, folder / name)


def _copy(source: Path, target: Path, links: bool = False) -> None:
    """Copy a file so that it is whole and on the disk, or not there; ``links``: it may be the same file of the disk."""
    half = target.with_name(target.name + ".part")
    half.unlink(missing_ok=True)
    if not (links and _linked(source, half)):
        with (
            source.open("rb") as reader,
            open(os.open(half, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as writer,
        ):
            shutil.copyfileobj(reader, writer)
    half.chmod(0o600)
    with half.open("rb") as file:
        os.fsync(file.fileno())
    half.rename(target)


def _linked(source: Path, target: Path) -> bool:
    """Give a file a second name; False on another disk, and on one that knows no second names."""
    try:
        os.link(source, target)
    except OSError:
        return False
    return True


def _record(
    connection: sa.Connection,
    change: changes.Change,
    examination: Examination,
    report: dict[str, Any],
    actor: Actor,
) -> None:
    # Problems and changes tell values of households; they lie with the files of the import.
    kept = report | {"problems": [], "changes": []}
    said = {name: value for name, value in asdict(examination.options).items() if value}
    e = examination
    told = (e.file_name, e.digest, e.continues, said, e.headings, _revision(connection, e.network))
    beside = dict(zip(_BESIDE_REPORT, told, strict=True))
    row = {
        "identity": examination.identity,
        "report": json.dumps(kept | beside, ensure_ascii=False),
    }
    connection.execute(table("change").update().where(table("change").c.id == change.id).values(row))
    detail = {
        name: report[name] for name in ("rows", "taken", "new", "updated", "unchanged", "quarantined", "type")
    }
    events.record(
        connection,
        actor,
        change.network,
        "import",
        str(report["import_id"]),
        detail | {"digest": examination.digest},
    )
