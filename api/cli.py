"""The command line: every use case of the web, for scripts and for people without a browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from api import output
from api.cli_doubles import doubles
from api.cli_fields import field_app
from api.cli_forms import forms_app
from api.cli_import import import_file
from api.cli_links import links
from api.cli_options import JsonOption, NetworkOption, StoreOption
from api.cli_options import open_store as _open
from api.cli_options import person as _actor
from api.cli_options import settings_of as _settings
from api.cli_repairs import repairs
from api.cli_returns import returns_app
from api.cli_rounds import round_app
from api.settings import Settings
from api.start import command_line, run
from gis.geometry import Bounds
from surveys import networks, view
from surveys.errors import Refused
from surveys.export import WRITERS, whole
from surveys.export import write as write_export
from surveys.intake import imports
from surveys.planning.analysis import ANALYSES, as_json
from surveys.roles import Actor
from surveys.store.store import Store
from surveys.words import words

app = command_line("Mankong: community mapping and housing survey.")
network_app = typer.Typer(no_args_is_help=True, help="City networks.")
app.add_typer(network_app, name="network")
app.command("import")(import_file)
app.add_typer(field_app, name="field")
app.command("doubles")(doubles)
app.add_typer(returns_app)
app.command("links")(links)
app.command("repairs")(repairs)
app.add_typer(round_app, name="round")
app.add_typer(forms_app)


@network_app.command("add")
def network_add(
    code: str,
    name: str,
    store: StoreOption = None,
    bounds: Annotated[
        str | None, typer.Option(help="W,S,E,N in degrees, for a city outside Thailand.")
    ] = None,
) -> None:
    """Add a city network; the first one makes the store."""
    opened = _open(store, create=True)
    made = networks.add(opened, _actor(), code, name, _bounds(bounds))
    opened.close()
    typer.echo(f"{made['code']}  {made['name']}")


def _bounds(text: str | None) -> Bounds | None:
    if text is None:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise Refused(words("ขอบเขตต้องเป็น W,S,E,N เป็นองศา", "Bounds are W,S,E,N in degrees.")) from None
    return west, south, east, north


@network_app.command("list")
def network_list(store: StoreOption = None, as_object: JsonOption = False) -> None:
    """List the city networks."""
    opened = _open(store)
    found = networks.listed(opened, _actor())
    opened.close()
    if as_object:
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        output.networks(found)


@app.command()
def undo(
    import_id: Annotated[int, typer.Argument(metavar="IMPORT", help="Its number, as history shows it.")],
    store: StoreOption = None,
    as_object: JsonOption = False,
) -> None:
    """Take an import back; what was changed since stays and is listed."""
    _turned(store, imports.undo, import_id, as_object)


@app.command()
def redo(
    import_id: Annotated[int, typer.Argument(metavar="IMPORT", help="Its number, as history shows it.")],
    store: StoreOption = None,
    as_object: JsonOption = False,
) -> None:
    """Bring an undone import back."""
    _turned(store, imports.redo, import_id, as_object)


def _turned(
    store: str | None,
    use_case: Callable[[Store, int, Actor], dict[str, Any]],
    import_id: int,
    as_object: bool,
) -> None:
    opened = _open(store)
    done = use_case(opened, import_id, _actor())
    opened.close()
    typer.echo(json.dumps(done, ensure_ascii=False)) if as_object else output.turned(done)


@app.command()
def history(network: NetworkOption, store: StoreOption = None, as_object: JsonOption = False) -> None:
    """List the imports of a network, the newest first."""
    opened = _open(store)
    found = imports.history(opened, network, _actor())
    opened.close()
    typer.echo(json.dumps(found, ensure_ascii=False)) if as_object else output.history(found)


@app.command()
def export(
    out: Annotated[Path, typer.Argument(help=" ".join(WRITERS).replace(".zip", ".zip (Shapefile)"))],
    network: NetworkOption,
    record_type: Annotated[str, typer.Option("--type", help="The record type.")],
    store: StoreOption = None,
) -> None:
    """Write the current records of a type to a file."""
    opened = _open(store)
    count = write_export(opened, network, record_type, out, _actor())
    opened.close()
    typer.echo(f"{out}: {count:,}")


@app.command("map")
def map_file(
    out: Annotated[Path, typer.Argument(help="The HTML file to write.")],
    network: NetworkOption,
    store: StoreOption = None,
    lang: Annotated[str, typer.Option(help="th | en")] = "th",
) -> None:
    """Write the map of a network as one HTML file that opens without a server."""
    # Folium is loaded only to draw.
    from api import city

    opened = _open(store)
    with whole(opened, out) as half:
        text = city.standalone_page(opened, network, _actor(), "en" if lang == "en" else "th")
        half.write_text(text, encoding="utf-8")
    opened.close()
    typer.echo(f"{out}: {out.stat().st_size / 1e6:.1f} MB")


@app.command()
def analyse(
    name: Annotated[str, typer.Argument(help=" | ".join(ANALYSES))],
    network: NetworkOption,
    store: StoreOption = None,
    as_object: JsonOption = False,
    out: Annotated[Path | None, typer.Option(help="Write the table to this file (.csv or .json).")] = None,
) -> None:
    """Answer a question about a network: a table, its sources and dates."""
    if name not in ANALYSES:
        known = ", ".join(ANALYSES)
        raise Refused(
            words(f"ไม่มีการวิเคราะห์ “{name}” มี: {known}", f"There is no analysis “{name}”; there are {known}.")
        )
    opened = _open(store)
    result = view.answer(opened, network, _actor(), name)
    if out is not None:
        with whole(opened, out) as half:
            output.write_result(result, half)
    opened.close()
    typer.echo(json.dumps(as_json(result), ensure_ascii=False)) if as_object else output.result(
        ANALYSES[name].words, result
    )


@app.command()
def check(store: StoreOption = None) -> None:
    """Check that the store is sound and its settings protect the data."""
    opened = _open(store)
    output.checked(opened, _actor())
    opened.close()


@app.command()
def settings(store: StoreOption = None) -> None:
    """Print the settings in force and where each comes from."""
    output.settings(_settings(store))


@app.command()
def serve(
    store: StoreOption = None,
    host: Annotated[str | None, typer.Option(help="Only this machine until accounts exist.")] = None,
    port: Annotated[
        int | None, typer.Option(help="The port; the next free one is taken when it is busy.")
    ] = None,
    workers: Annotated[int | None, typer.Option(help="How many server processes.")] = None,
) -> None:
    """Serve the pages on this machine."""
    # The web is loaded only to be served: an import of a file should start at once.
    from api.server import run

    given = {"store": store, "host": host, "port": port, "workers": workers}
    run(Settings(**{name: value for name, value in given.items() if value is not None}))  # type: ignore[arg-type]


@app.command()
def demo(
    store: StoreOption = None,
    serve_it: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve it afterwards.")] = True,
) -> None:
    """Make the demonstration city through the ordinary intake, and serve it; a second run keeps the store."""
    from api.demo import make as make_demo
    from api.server import run

    chosen = _settings(store)
    make_demo(chosen.store)
    if serve_it:
        run(chosen)


def main() -> NoReturn:
    """Run the command line."""
    run(app)
