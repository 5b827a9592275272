"""The command ``mankong``: what takes long to load is loaded when it is needed."""

from __future__ import annotations

import gc
import os
import sys
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
    from api.cli_import import import_app

    try:
        run(import_app)
    except SystemExit as ended:
        # All is written; taking down what was loaded would only keep people waiting.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(ended.code if isinstance(ended.code, int) else 1)


def run(app: typer.Typer) -> NoReturn:
    """Run a command line; an error of the domain is one sentence and its exit code."""
    try:
        app()
    except MankongError as error:
        typer.echo(f"{error.said.th}\n{error.said.en}", err=True)
        sys.exit(errors.of(error, errors.EXIT))
    sys.exit(0)
