"""Progress of long work on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from surveys.words import Words


@contextmanager
def shown(silent: bool) -> Iterator[Callable[[Words, int, int | None], None]]:
    """Show progress on one line of a terminal; nothing elsewhere."""
    wanted = sys.stderr.isatty() and not silent

    def show(what: Words, done: int, total: int | None) -> None:
        if wanted:
            part = f"{done:,}" if total is None else f"{done:,} / {total:,}"
            typer.echo(f"\r\x1b[K{what.th}  {part}", nl=False, err=True)

    yield show
    if wanted:
        typer.echo("\r\x1b[K", nl=False, err=True)
