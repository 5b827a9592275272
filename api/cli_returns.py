"""The command that lists how the data of each community stands with it (คืนข้อมูล), and the meetings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from api import output
from api.cli_options import JsonOption, NetworkOption, StoreOption, open_store, person
from surveys.dates import show_date

if TYPE_CHECKING:
    from api.schemas_returns import ReturnsOut


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
