"""The command that lists the records without a place, with those on the map that may be meant."""

from __future__ import annotations

from typing import Annotated

import typer

from api import output
from api.cli_options import JsonOption, NetworkOption, StoreOption, open_store, person
from api.describe_links import sides_out
from api.schemas_edits import LonelyOut, SidesOut, UnmatchedOut
from surveys import communities, linking


def links(
    network: NetworkOption,
    store: StoreOption = None,
    record_type: Annotated[str, typer.Option("--type", help=" | ".join(linking.LINKED))] = "household",
    as_object: JsonOption = False,
) -> None:
    """List records that stand nowhere, the likely ones on the map, and those on the map that nothing names."""
    opened = open_store(store)
    sides = linking.unmatched(opened, network, person(), record_type)
    told = sides_out(record_type, sides, communities.known(opened, network).names)
    opened.close()
    typer.echo(told.model_dump_json()) if as_object else _print(told)


def _print(told: SidesOut) -> None:
    if told.missing:
        rows = [
            [
                _name(one),
                one.label.th,
                near.label.th if near else "",
                round(near.like) if near else None,
                one.id,
            ]
            for one in told.missing
            for near in [next(iter(one.candidates), None)]
        ]
        output.table(["ชุมชน", "ไม่มีตำแหน่ง", "ใกล้เคียงบนแผนที่", "เหมือน %", "id"], rows)
    if told.lonely:
        typer.echo("")
        output.table(
            ["ชุมชน", "อยู่บนแผนที่ ไม่มีใครอ้างถึง", "id"],
            [[_name(one), one.label.th, one.id] for one in told.lonely],
        )
    missing, lonely = told.missing_count, told.lonely_count
    typer.echo(
        f"ไม่มีตำแหน่ง {missing:,} บนแผนที่ไม่มีใครอ้างถึง {lonely:,} / without a place {missing:,}, on the map alone {lonely:,}"
    )
    if told.missing_apart or told.lonely_apart:
        typer.echo(
            f"ชื่อชุมชนในวงเล็บยังไม่มีในระบบ {told.missing_apart:,} และ {told.lonely_apart:,}"
            f" / of them in communities not known here, in brackets: {told.missing_apart:,} and {told.lonely_apart:,}"
        )


def _name(one: UnmatchedOut | LonelyOut) -> str:
    """Name the community of a record; one that is not known here stands in brackets."""
    if one.community:
        return one.community.name
    return f"({one.community_text})" if one.community_text else "—"
