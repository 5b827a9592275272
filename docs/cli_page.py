"""docs/cli.md: the commands, their arguments and options, and what their exit codes mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from api.cli import app
from docs.markdown import NONE, cell, code, page, table

INTRO = """\
Every command of `mankong`; `--help` after any of them says the same. After `make env` the command is
`.venv/bin/mankong`. Errors are one sentence in Thai and in English.

| Exit code | Meaning |
| --- | --- |
| 0 | all rows taken or unchanged |
| 1 | a fault of ours |
| 2 | wrong usage, or an unknown network, import or record |
| 3 | some or all rows were kept out |
| 4 | the file was refused |
| 5 | not allowed |
| 6 | the store is not there or cannot be used |"""


def commands() -> dict[str, Any]:
    """Return every command by what is typed after ``mankong``: "import", "network add"."""
    return dict(_walk(typer.main.get_command(app), ""))


def _walk(group: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _walk(command, f"{prefix}{name} ")
        else:
            yield prefix + name, command


def is_argument(parameter: Any) -> bool:
    """Tell an argument from an option."""
    return not parameter.opts[0].startswith("-")


def cli_page() -> str:
    """Write the page."""
    return page("The command line", INTRO, (_command(name, one) for name, one in commands().items()))


def _command(name: str, command: Any) -> str:
    given = " ".join(_metavar(p) for p in command.params if is_argument(p))
    usage = f"mankong {name} {given} [OPTIONS]".replace("  ", " ")
    rows = [_row(parameter) for parameter in command.params]
    return "\n\n".join([
        f"## mankong {name}", " ".join(command.help.split()), f"```\n{usage}\n```",
        table(("Argument or option", "What it says", "Required", "Default"), rows),
    ])  # fmt: skip


def _metavar(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name.upper())


def _row(parameter: Any) -> list[str]:
    name = (
        _metavar(parameter)
        if is_argument(parameter)
        else "/".join([*parameter.opts, *parameter.secondary_opts])
    )
    often = " May be given several times." if parameter.multiple else ""
    default = parameter.default
    said = NONE if default is None or isinstance(default, bool) else code(str(default))
    return [code(name), cell((parameter.help or "") + often), "yes" if parameter.required else NONE, said]
