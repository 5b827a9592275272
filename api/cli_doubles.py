"""The command that lists households that may be one, for a person to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from api import output
from api.cli_options import JsonOption, NetworkOption, StoreOption, open_store, person
from surveys.city import double_decisions
from surveys.city.double_decisions import STATES
from surveys.city.double_rules import RULES
from surveys.errors import Refused
from surveys.words import words

if TYPE_CHECKING:
    from api.schemas_doubles import HouseholdOut, PairsOut


def doubles(
    network: NetworkOption,
    store: StoreOption = None,
    state: Annotated[str, typer.Option(help=" | ".join(STATES) + "; else all that are not settled.")] = "",
    rule: Annotated[str, typer.Option(help=" | ".join(RULES) + "; else all.")] = "",
    as_object: JsonOption = False,
) -> None:
    """List households that may be one, and persons counted in two houses, with why; nothing is merged."""
    for name, value, known in (("--state", state, STATES), ("--rule", rule, RULES)):
        if value and value not in known:
            raise Refused(
                words(
                    f"{name} ต้องเป็น {', '.join(known)}", f"{name} is one of {', '.join(known)}, not {value}."
                )
            )
    # Not before it is asked for: it brings the server's libraries along.
    from api.describe_doubles import pairs_out, picked

    opened = open_store(store)
    cases = double_decisions.cases(opened, network, person())
    found = picked(cases, state, rule)
    told = pairs_out(opened, network, person(), cases, found, len(found))
    opened.close()
    typer.echo(told.model_dump_json()) if as_object else _print(told)


def _print(told: PairsOut) -> None:
    """Print the pairs as a table, what was not compared, and how many were decided."""
    why = ["; ".join(one.sentence.th for one in pair.evidence) for pair in told.pairs]
    rows = [
        [_home(pair.first), _home(pair.second), said, pair.state_words.th]
        for pair, said in zip(told.pairs, why, strict=True)
    ]
    output.table(["รายการที่ 1", "รายการที่ 2", "เหตุที่คล้ายกัน", "สถานะ"], rows)
    for note in told.notes:
        typer.echo(f"* {note.th} / {note.en}")
    decided = told.counts["decided"]
    typer.echo(f"{told.total:,} คู่ ตัดสินแล้ว {decided:,} / {told.total:,} pairs, decided {decided:,}")


def _home(home: HouseholdOut) -> str:
    number = f" ({home.household_no})" if home.household_no else ""
    return f"{home.head_name or '—'} · {home.community or '—'} · {home.house.th or '—'}{number}"
