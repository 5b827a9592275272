"""The command that lists the shapes of an import that could be mended, and takes those that are chosen."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Annotated

import typer

from api import output
from api.cli_options import JsonOption, StoreOption, open_store, person
from surveys.errors import Refused
from surveys.intake import imports, repair
from surveys.words import words

if TYPE_CHECKING:
    from api.schemas_repairs import RepairOut, RepairsOut

_ROW = re.compile(r"([0-9]{1,9}):([0-9]{1,15})")


def repairs(
    import_id: Annotated[int, typer.Argument(metavar="IMPORT", help="Its number, as history shows it.")],
    take: Annotated[
        list[str] | None,
        typer.Option(metavar="PART:ROW", help="Take this row as suggested; as often as wanted."),
    ] = None,
    all_repeated: Annotated[
        bool, typer.Option("--all-repeated", help="Remove the repeated corners of all records listed.")
    ] = False,
    store: StoreOption = None,
    as_object: JsonOption = False,
) -> None:
    """List the shapes of an import that could be mended, or take those that are chosen."""
    # Not before it is asked for: it brings the server's libraries along.
    from api.describe_repairs import repairs_of

    chosen = {_row(text) for text in take or ()}
    opened, actor = open_store(store), person()
    network = imports.get(opened, import_id, actor)["network"]
    if all_repeated:
        listed = repair.repeated(opened, network, actor, import_id).rows
        chosen |= {(one.part, one.row) for one in listed}
    if chosen or all_repeated:
        reports = repair.take(opened, network, actor, import_id, chosen)
        opened.close()
        if as_object:
            typer.echo(json.dumps(reports, ensure_ascii=False))
        for report in () if as_object else reports:
            output.report(report, f"{import_id}")
        return
    told = repairs_of(opened, network, actor, import_id)
    opened.close()
    typer.echo(told.model_dump_json()) if as_object else _print(told)


def _row(text: str) -> tuple[int, int]:
    found = _ROW.fullmatch(text.strip())
    if found is None:
        raise Refused(words(f"--take ต้องเป็น ส่วน:แถว ไม่ใช่ {text}", f"--take is PART:ROW, not {text}."))
    return int(found[1]), int(found[2])


def _print(told: RepairsOut) -> None:
    rows = [[*_cells(one), ""] for one in told.repairs] + [
        [*_cells(one), one.corners] for one in told.repeated
    ]
    output.table(["ส่วน:แถว", "รายการ", "ที่ผิด", "พิกัด", "จุดซ้ำ"], rows)
    out, repeated = len(told.repairs), len(told.repeated)
    typer.echo(
        f"กันไว้ {out:,} รับไว้แล้วมีจุดซ้ำ {repeated:,} / kept out {out:,}, taken with repeated corners {repeated:,}"
    )
    if told.more or told.more_repeated:
        typer.echo("ส่วนที่เหลือจะแสดงหลังรับชุดนี้ / the rest follow once these are taken")


def _cells(one: RepairOut) -> list[str]:
    x, y = one.defect["coordinates"] if one.defect else (None, None)
    place = "" if x is None or y is None else f"{y:.6f}, {x:.6f}"
    return [f"{one.part}:{one.row}", one.title, one.what_words.th, place]
