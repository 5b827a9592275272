"""Commands that give out forms and printed sheets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli_options import NetworkOption, StoreOption, open_store, person
from api.forms import SHEETS, FormAsked, SheetAsked, print_sheet, write_blank, write_form
from surveys.export import whole, written
from surveys.words import Lang

forms_app = typer.Typer(no_args_is_help=True)
LangOption = Annotated[str, typer.Option(help="th | en")]
CommunityOption = Annotated[
    str, typer.Option(help="One community: its code, name or id. A questionnaire then lists its houses.")
]


@forms_app.command("form")
def form(
    record_type: Annotated[str, typer.Argument(metavar="TYPE", help="The record type.")],
    out: Annotated[Path, typer.Argument(help="The file to write: .xlsx or .pdf.")],
    network: Annotated[
        str | None,
        typer.Option("--network", help="With the fields, choices and communities of this network."),
    ] = None,
    community: CommunityOption = "",
    xlsform: Annotated[
        bool, typer.Option("--xlsform", help="An XLSForm, for KoboToolbox and ODK, instead of a template.")
    ] = False,
    lang: LangOption = "th",
    store: StoreOption = None,
) -> None:
    """Make a form: a template workbook, a printable questionnaire, an XLSForm; filled in, it goes in unmapped."""
    asked = FormAsked(record_type, out.suffix.lower(), _lang(lang), xlsform, community)
    if network is None:
        # Nothing of the store is in it, so none is needed.
        with written(out) as half:
            write_blank(asked, half)
    else:
        opened = open_store(store)
        with whole(opened, out) as half:
            write_form(opened, network, person(), asked, half)
        opened.close()
    typer.echo(f"{out}")


def _lang(text: str) -> Lang:
    return "en" if text == "en" else "th"


@forms_app.command("sheet")
def sheet(
    kind: Annotated[str, typer.Argument(help=" | ".join(SHEETS))],
    out: Annotated[Path, typer.Argument(help="The PDF file to write.")],
    network: NetworkOption,
    community: Annotated[
        str, typer.Option(help="Only this community: its code, name or id; else all that have houses.")
    ] = "",
    paper: Annotated[str, typer.Option(help="A3 | A4 (in parts): of the plan. The list is A4.")] = "A3",
    closing: Annotated[str, typer.Option(help="Until when corrections and objections are taken.")] = "",
    lang: LangOption = "th",
    store: StoreOption = None,
) -> None:
    """Print a sheet for a meeting: the plan of a community and its list, for checking."""
    asked = SheetAsked(kind, _lang(lang), community, paper.upper(), closing)
    opened = open_store(store)
    with whole(opened, out) as half:
        half.write_bytes(print_sheet(opened, network, person(), asked))
    opened.close()
    typer.echo(f"{out}")
