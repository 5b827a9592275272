"""A survey file taken in on the command line, once the command is understood."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import typer

from api.cli_options import open_store, person
from api.progress import shown
from surveys.errors import MankongError
from surveys.intake.accept import accept
from surveys.intake.examination import Examination
from surveys.intake.examine import Upload, examine
from surveys.intake.helpers import prepare
from surveys.roles import Actor
from surveys.store.store import Store
from surveys.words import words

__all__ = ["Upload", "take"]

# How many records that change a dry run tells of.
_CHANGES_SHOWN = 5


def take(upload: Upload, store: str | None, dry_run: bool, as_object: bool) -> int:
    """Examine a file and accept it, print what became of it, and return the exit code.

    Raises
    ------
    MankongError
        If the store or the network is not there, or cannot be written.
    """
    prepare(upload.file)
    opened, actor = open_store(store), person()
    with closing(opened):
        with shown(as_object) as progress:
            found = examine(upload, opened, actor, progress)
            if found.refused:
                report = found.report("refused", None)
            elif dry_run and found.same_as is None:
                report = found.report("dry_run", None)
            else:
                report = accept(found, opened, actor, progress)
        with _printing(report):
            if as_object:
                typer.echo(json.dumps(report, ensure_ascii=False))
            else:
                _tell(report, found, opened, actor)
    return 4 if report["status"] == "refused" else 3 if report["quarantined"] else 0


@contextmanager
def _printing(report: dict[str, Any]) -> Iterator[None]:
    """Say what became of a file whose report cannot be printed, as on a full disk; who has stopped reading knows."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        number = report["import_id"]
        done = words("ไม่มีอะไรถูกบันทึก", "Nothing was written to the store.")
        if number:
            done = words(
                f"แต่ไฟล์นี้อยู่ในการนำเข้าเลขที่ {number} แล้ว ดูได้ด้วย mankong history ไม่ต้องส่งซ้ำ",
                f"The file itself is import {number}; see mankong history. There is no need to send it again.",
            )
        why = error.strerror or str(error)
        raise MankongError(
            words(f"พิมพ์รายงานไม่ได้: {why} {done.th}", f"The report could not be printed: {why}. {done.en}")
        ) from error


def _tell(report: dict[str, Any], found: Examination, opened: Store, actor: Actor) -> None:
    # What is only read by people is loaded when the work is done.
    from api import output
    from api.pages.changes import first_changes

    dry = report["status"] == "dry_run"
    output.report(report, found.file_name)
    output.changes(first_changes(opened, found, actor, _CHANGES_SHOWN) if dry else [], found.total("updated"))
    output.to_type(found.problems, sys.argv[1:])
