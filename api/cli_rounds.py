"""The commands about survey rounds: list, name, compare."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from api import output
from api.cli_options import JsonOption, NetworkOption, StoreOption, open_store, person
from api.describe_rounds import Compared, compared, compared_out, round_out
from surveys import rounds
from surveys.dates import moment, show_time
from surveys.errors import Refused
from surveys.intake import imports
from surveys.rounds import WHAT
from surveys.words import normal, words

round_app = typer.Typer(
    no_args_is_help=True, help="Survey rounds, and what a later one says of an earlier one."
)

# How many records a comparison prints for people; --json and --csv tell all.
SHOWN = 50


@round_app.command("list")
def listed(network: NetworkOption, store: StoreOption = None, as_object: JsonOption = False) -> None:
    """List the survey rounds of a network with their imports, the earliest first."""
    opened = open_store(store)
    found = rounds.listed(opened, network, person())
    opened.close()
    if as_object:
        typer.echo(json.dumps([round_out(one).model_dump() for one in found], ensure_ascii=False))
        return
    rows = [
        [one.name or "ยังไม่ได้ระบุรอบ", " ".join(map(str, one.imports)), show_time(moment(one.begun), "th"),
         show_time(moment(one.ended), "th")]
        for one in found
    ]  # fmt: skip
    output.table(["รอบ", "การนำเข้าเลขที่", "เริ่ม", "ถึง"], rows)


@round_app.command("name")
def name(
    import_id: Annotated[int, typer.Argument(metavar="IMPORT", help="Its number, as history shows it.")],
    text: Annotated[
        str, typer.Argument(metavar="NAME", help='The round; "" takes the import out of its round.')
    ],
    store: StoreOption = None,
    as_object: JsonOption = False,
) -> None:
    """Say to which survey round an import belongs."""
    opened = open_store(store)
    network = imports.get(opened, import_id, person())["network"]
    rounds.name(opened, network, person(), import_id, text)
    opened.close()
    given = normal(text) or None
    if as_object:
        typer.echo(json.dumps({"import_id": import_id, "round": given}, ensure_ascii=False))
        return
    typer.echo(f"#{import_id}: {given or 'ไม่อยู่ในรอบใด / of no round'}")


@round_app.command("compare")
def compare(
    before: Annotated[str, typer.Argument(metavar="EARLIER", help="The name of the earlier round.")],
    after: Annotated[str, typer.Argument(metavar="LATER", help="The name of the later round.")],
    network: NetworkOption,
    store: StoreOption = None,
    record_type: Annotated[str, typer.Option("--type", help="The record type.")] = "household",
    what: Annotated[
        list[str] | None, typer.Option(help=" | ".join(WHAT) + "; else all that are not the same.")
    ] = None,
    as_object: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV for a spreadsheet.")] = False,
) -> None:
    """Say what became of the records of a type between two rounds: new, changed, moved, not found, ended."""
    asked = what or []
    if wrong := next((one for one in asked if one not in WHAT), None):
        known = ", ".join(WHAT)
        raise Refused(words(f"--what ต้องเป็น {known}", f"--what is one of {known}, not {wrong}."))
    if as_object and as_csv:
        raise Refused(words("เลือก --json หรือ --csv อย่างใดอย่างหนึ่ง", "Choose --json or --csv, not both."))
    opened = open_store(store)
    found = compared(opened, network, person(), record_type, (before, after))
    opened.close()
    if as_object:
        typer.echo(compared_out(found, asked, 0, None).model_dump_json())
    elif as_csv:
        typer.echo(_csv(found, asked), nl=False)
    else:
        _print(found, asked)


def _csv(found: Compared, what: list[str]) -> str:
    # What writes the table of the page also draws its map; Folium is loaded for who wants it.
    from api.pages.rounds_page import as_csv, lines

    return as_csv(lines(found.type, found.picked(what), found.communities, "th", found.frame))


def _print(found: Compared, what: list[str]) -> None:
    """Print how many there are of each, and the first records."""
    told = compared_out(found, what, 0, SHOWN)
    typer.echo(f"{told.words.th} / {told.words.en}: {told.before} → {told.after}\n")
    output.table(
        ["ผล", "", "จำนวน"], [[WHAT[name].th, WHAT[name].en, count] for name, count in told.counts.items()]
    )
    if told.lines:
        typer.echo("")
        rows = [
            [
                line.what_words.th,
                line.community,
                line.title.th,
                ", ".join([*(one.words.th for one in line.fields), *filter(None, [line.reason])]),
            ]
            for line in told.lines
        ]
        output.table(["ผล", "ชุมชน", "รายการ", "รายละเอียด"], rows)
    if more := told.total - len(told.lines):
        typer.echo(f"… อีก {more:,} รายการ ดูทั้งหมดด้วย --csv หรือ --json / {more:,} more: --csv or --json")
