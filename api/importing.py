"""A survey file taken in on the command line, once the command is understood."""

from __future__ import annotations

import json
import sys

import typer

from api.cli_options import open_store, person
from api.progress import shown
from surveys.intake.accept import accept
from surveys.intake.examination import Examination
from surveys.intake.examine import Upload, examine
from surveys.intake.helpers import prepare
from surveys.roles import Actor
from surveys.store.store import Store

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
    with shown(as_object) as progress:
        found = examine(upload, opened, actor, progress)
        if found.refused:
            report = found.report("refused", None)
        elif dry_run and found.same_as is None:
            report = found.report("dry_run", None)
        else:
            report = accept(found, opened, actor, progress)
    if as_object:
        typer.echo(json.dumps(report, ensure_ascii=False))
    else:
        _tell(report, found, opened, actor)
    opened.close()
    return 4 if report["status"] == "refused" else 3 if report["quarantined"] else 0


def _tell(report: dict[str, object], found: Examination, opened: Store, actor: Actor) -> None:
    # What is only read by people is loaded when the work is done.
    from api import output
    from api.pages.changes import first_changes

    dry = report["status"] == "dry_run"
    output.report(report, found.file_name)
    output.changes(first_changes(opened, found, actor, _CHANGES_SHOWN) if dry else [], found.total("updated"))
    output.to_type(found.problems, sys.argv[1:])
