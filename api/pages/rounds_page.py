"""The difference between two survey rounds as its page and its file show it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from api.pages.values import title
from surveys import rounds
from surveys.cells import disarmed
from surveys.planning.match import COMMUNITY
from surveys.record import RecordType
from surveys.words import Lang

TONES = {
    "new": "tag-good",
    "changed": "tag-warn",
    "moved": "tag-warn",
    "not_found": "tag-bad",
    "ended": "tag-bad",
}


@dataclass(frozen=True)
class Line:
    """What became of one record."""

    id: str
    name: str
    community: str
    what: str
    said: str
    details: str


def lines(record_type: RecordType, frame: pd.DataFrame, names: Mapping[str, str], lang: Lang) -> list[Line]:
    """Return what became of each record of :func:`surveys.rounds.compare`, in the order of its parts."""
    order = {name: place for place, name in enumerate(rounds.WHAT)}
    told = []
    for at, row in frame.iterrows():
        filled = {name: row[name] for name in record_type.title if name in row and pd.notna(row[name])}
        community = row[COMMUNITY] if pd.notna(row[COMMUNITY]) else ""
        told.append(
            Line(str(at), title(record_type, filled, lang), names.get(community, community), row["what"],
                 rounds.WHAT[row["what"]].of(lang), _details(record_type, row, lang))
        )  # fmt: skip
    return sorted(told, key=lambda line: (order[line.what], line.community, line.name))


def _details(record_type: RecordType, row: pd.Series, lang: Lang) -> str:
    said = [record_type.by_name[name].words.of(lang) for name in row["fields"]]
    if pd.notna(row["moved_m"]) and row["moved_m"] > rounds.MOVED_M:
        metres = f"{row['moved_m']:,.0f}"
        said.insert(0, f"ย้าย {metres} เมตร" if lang == "th" else f"moved {metres} m")
    return ", ".join(said)


def as_csv(table: Sequence[Line]) -> str:
    """Write all lines as CSV with a byte order mark, as spreadsheets want Thai."""
    out = io.StringIO()
    writer = csv.writer(out)
    columns = ("id", "name", "community", "what", "said", "details")
    writer.writerow(columns)
    writer.writerows([disarmed(getattr(line, column)) for column in columns] for line in table)
    return "\ufeff" + out.getvalue()
