"""The commands about giving the data back (คืนข้อมูล): how it stands with each community, and correcting a meeting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api import output
from api.cli_options import JsonOption, NetworkOption, StoreOption, open_store, person, there
from surveys import communities
from surveys.city import returns as meetings
from surveys.city.return_corrections import Amendment, amended
from surveys.city.return_corrections import correct as correct_meeting
from surveys.dates import parse_date, show_date
from surveys.errors import NotFound, Refused
from surveys.store.store import Store
from surveys.words import words

if TYPE_CHECKING:
    from api.schemas_returns import ReturnsOut


returns_app = typer.Typer()


@returns_app.command("returns")
def returns(network: NetworkOption, store: StoreOption = None, as_object: JsonOption = False) -> None:
    """List how the data of each community stands with it, and the meetings that gave it back."""
    # Not before it is asked for: it brings the server's libraries along.
    from api.describe_returns import returns_out

    opened = open_store(store)
    told = returns_out(opened, network, person())
    opened.close()
    typer.echo(told.model_dump_json()) if as_object else _print(told)


def _print(told: ReturnsOut) -> None:
    output.table(
        ["ชุมชน", "สถานะข้อมูล", "เมื่อ", "เปลี่ยนหลังรับรอง"],
        [
            [one.name, one.standing_words.th, show_date(one.on, "th") if one.on else "", one.changed]
            for one in told.communities
        ],
    )
    if told.meetings:
        typer.echo("")
        output.table(
            ["ครั้งที่", "ชุมชน", "จัดเมื่อ", "ผู้เข้าร่วม", "ผล", "เอกสารแนบ"],
            [
                [one.number, one.community, show_date(one.held, "th") if one.held else "", one.attended_count,
                 one.state_words.th, one.paper]
                for one in told.meetings
            ],
        )  # fmt: skip
    agreed = sum(one.standing == "agreed" for one in told.communities)
    count = len(told.communities)
    typer.echo(f"รับรองแล้ว {agreed:,} จาก {count:,} ชุมชน / {agreed:,} of {count:,} communities agreed")


OUTCOMES = ("agreed", "not_agreed", "open")
_DAY = "A date, such as 2026-03-02 or 2/3/2569."


@returns_app.command("correct-return")
def correct_return(
    number: Annotated[
        int, typer.Argument(metavar="NUMBER", help="The number of the meeting, as `returns` lists it.")
    ],
    network: NetworkOption,
    why: Annotated[str, typer.Option(help="What was recorded wrongly.")],
    store: StoreOption = None,
    community: Annotated[str | None, typer.Option(help="The code or name of the community.")] = None,
    held: Annotated[str | None, typer.Option(help=f"The day of the meeting. {_DAY}")] = None,
    place: Annotated[str | None, typer.Option(help="Where it was; empty takes it out.")] = None,
    attended_count: Annotated[int | None, typer.Option(help="How many people came.")] = None,
    attended: Annotated[str | None, typer.Option(help="Who came; empty takes it out.")] = None,
    note: Annotated[str | None, typer.Option(help="A note; empty takes it out.")] = None,
    outcome: Annotated[
        str | None, typer.Option(help=" | ".join(OUTCOMES) + ": what the community said; open: nothing yet.")
    ] = None,
    on: Annotated[str | None, typer.Option(help=f"The day of the decision. {_DAY}")] = None,
    reason: Annotated[str | None, typer.Option(help="Why the community did not agree.")] = None,
    paper: Annotated[
        Path | None,
        typer.Option(callback=there, readable=False, help="A scan of the signed list."),
    ] = None,
    seen: Annotated[
        int | None, typer.Option(help="Only if this version of the meeting stands still.")
    ] = None,
    as_object: JsonOption = False,
) -> None:
    """Correct what was recorded wrongly of a return meeting; what is not given stays, the wrong entry too."""
    if outcome not in (None, *OUTCOMES):
        known = ", ".join(OUTCOMES)
        raise Refused(words(f"--outcome ต้องเป็น {known}", f"--outcome is one of {known}, not {outcome}."))
    # Not before it is asked for: it brings the server's libraries along.
    from api.describe_returns import detail_out

    opened = open_store(store)
    meeting = _numbered(opened, network, number)
    facts = {"held": _day("--held", held), "place": place, "attended_count": attended_count, "attended": attended,
             "note": note, "community": _community(opened, network, community)}  # fmt: skip
    agreed = None if outcome in (None, "open") else outcome == "agreed"
    said = {"agreed": agreed, "on": _day("--on", on), "reason": reason, "paper": _kept(paper)}
    right = Amendment(why, _given(facts), _given(said), outcome == "open", seen)
    found = correct_meeting(opened, network, person(), meeting["id"], amended(meeting, right))
    opened.close()
    told = detail_out(network, found)
    if as_object:
        typer.echo(told.model_dump_json())
    else:
        typer.echo(f"#{told.number} {told.community}: {told.state_words.th} / {told.state_words.en}")


def _kept(paper: Path | None) -> tuple[str, bytes] | None:
    """Return the name and the bytes of a paper; one byte more than may be kept tells that it is too large."""
    if paper is None:
        return None
    with paper.open("rb") as file:
        return paper.name, file.read(meetings.MOST_BYTES + 1)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _numbered(store: Store, network: str, number: int) -> dict[str, Any]:
    """Return the meeting of a number."""
    store.revision(network)
    for row in meetings.listed(store, network, person()):
        if row["number"] == number:
            return row
    raise NotFound(words(f"ไม่มีเวทีครั้งที่ {number}", f"There is no return meeting {number}."))


def _community(store: Store, network: str, text: str | None) -> str | None:
    """Return the id of the community that a code or name means."""
    found = communities.known(store, network).of(text)
    if text is not None and found is None:
        raise NotFound(words(f"ไม่มีชุมชน “{text}”", f"There is no community “{text}”."))
    return found


def _day(option: str, text: str | None) -> date | None:
    day = None if text is None else parse_date(text)
    if text is not None and day is None:
        raise Refused(
            words(f"{option}: อ่านวันที่ “{text}” ไม่ได้", f"{option}: “{text}” cannot be read as a date.")
        )
    return day
