"""The command ``mankong``: what takes long to load is loaded when it is needed."""

from __future__ import annotations

import gc
import os
import signal
import sys
from contextlib import suppress
from typing import NoReturn

import typer

from api import errors
from surveys.errors import MankongError


def command_line(about: str | None = None) -> typer.Typer:
    """Make a command line without commands."""
    return typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=about)


def main() -> NoReturn:
    """Run the command line."""
    if sys.argv[1:2] == ["import"]:
        _import_alone()
    # Nothing of what is loaded will be garbage.
    gc.disable()
    from api.cli import app

    gc.freeze()
    gc.enable()
    run(app)


def _import_alone() -> NoReturn:
    """Run the command line of the import alone, whose reader starts before the rest is loaded."""
    end_when_asked()
    from api.cli_import import import_app

    try:
        run(import_app)
    except SystemExit as ended:
        # All is written; taking down what was loaded would only keep people waiting. Whoever printed has flushed
        # it, and said so where that could not be.
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError):
                stream.flush()
        os._exit(ended.code if isinstance(ended.code, int) else 1)


def end_when_asked() -> None:
    """Have SIGTERM, and the end of a terminal, end this process as an error does: temporary folders go.

    A signal that is ignored, as under nohup, stays so.
    """
    owner = os.getpid()

    def stop(number: int, _: object) -> NoReturn:
        if os.getpid() != owner:
            # A helper that was forked: it has nothing to put away.
            os._exit(128 + number)
        for one in asked:
            # Putting away takes a moment, and is not to be broken off.
            signal.signal(one, signal.SIG_IGN)
        from multiprocessing import active_children

        for helper in active_children():
            # It would go on writing into a folder that is being removed.
            helper.kill()
            helper.join()
        sys.exit(128 + number)

    asked = [one for one in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(one) is signal.SIG_DFL]
    for one in asked:
        signal.signal(one, stop)


def run(app: typer.Typer) -> NoReturn:
    """Run a command line; an error of the domain is one sentence and its exit code."""
    try:
        app()
    except MankongError as error:
        typer.echo(f"{error.said.th}\n{error.said.en}", err=True)
        sys.exit(errors.of(error, errors.EXIT))
    sys.exit(0)
