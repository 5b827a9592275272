"""The command that takes a survey file in: the reader is at work before anything else is loaded."""

from __future__ import annotations

import gc
import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from api.cli_options import JsonOption, NetworkOption, StoreOption, there
from api.file_names import plain_name
from api.start import command_line
from gis.formats.reading import begun
from surveys.errors import Refused
from surveys.intake.options import WORK, Options, read_options
from surveys.words import words

import_app = command_line()


@import_app.callback()
def _alone() -> None:
    """Mankong: community mapping and housing survey."""


@import_app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(callback=there, readable=False, help="The survey file, as it is.")],
    network: NetworkOption,
    store: StoreOption = None,
    record_type: Annotated[
        str | None, typer.Option("--type", help="The record type; else found from the file, and said.")
    ] = None,
    layer: Annotated[list[str] | None, typer.Option(help="NAME[=TYPE]: only these layers.")] = None,
    crs: Annotated[
        str | None, typer.Option(help="The coordinate system, EPSG:N, where the file does not say it.")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="The text encoding, where it is not found.")] = None,
    column_map: Annotated[
        list[str] | None, typer.Option("--map", help="COLUMN=FIELD; FIELD - leaves it unmapped.")
    ] = None,
    community: Annotated[
        list[str] | None,
        typer.Option(help="WRITTEN=CODE: a community written otherwise, and the code or name meant."),
    ] = None,
    existing: Annotated[
        str, typer.Option(help="update | skip | refuse what is here with other values.")
    ] = "update",
    afresh: Annotated[
        bool, typer.Option("--afresh", help="Do not choose again as for an earlier file with these headings.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would happen.")] = False,
    as_object: JsonOption = False,
) -> None:
    """Take a survey file in, whole or not at all; say what was taken, what was not, and why."""
    if existing not in ("update", "skip", "refuse"):
        raise Refused(
            words("--existing ต้องเป็น update, skip หรือ refuse", "--existing is update, skip or refuse.")
        )
    layers = dict(_pair(text, "--layer") if "=" in text else (text, None) for text in layer or [])
    columns = dict(_pair(text, "--map") for text in column_map or [])
    named = dict(_pair(text, "--community") for text in community or [])
    options = Options(record_type, layers, crs, encoding, columns, existing, named, afresh)  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory(prefix="mankong-") as made:
        folder, name = Path(made), plain_name(file.name)
        raw = folder / "raw"
        shutil.copyfile(file, raw)
        with begun(raw, name, read_options(options), folder / WORK):
            # Nothing of what is loaded will be garbage.
            gc.disable()
            from api import importing

            gc.freeze()
            gc.enable()
            upload = importing.Upload(raw, name, network, options, folder)
            raise typer.Exit(importing.take(upload, store, dry_run, as_object))


def _pair(text: str, option: str) -> tuple[str, str]:
    left, sign, right = text.partition("=")
    if not (left and sign and right):
        raise Refused(
            words(f"{option} ต้องเขียนแบบ ชื่อ=ค่า ({text})", f"{option} is written NAME=VALUE, not {text}.")
        )
    return left, right
