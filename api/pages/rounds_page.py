"""The difference between two survey rounds as its page and its file show it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from api.pages.values import title
from maps import style
from maps.preview import Ground, Kind, Status, preview
from surveys import networks, rounds
from surveys.cells import disarmed
from surveys.planning.match import COMMUNITY
from surveys.record import RecordType
from surveys.words import Lang, words

TONES = {
    "new": "tag-good",
    "changed": "tag-warn",
    "moved": "tag-warn",
    "not_found": "tag-bad",
    "ended": "tag-bad",
}


_DIFFERS = words("ที่ต่าง", "differs in")


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


# What the map of a comparison draws, in drawing order.
_LOOKS = {
    "same": style.TAKEN, "new": style.NEW, "changed": style.WARNED, "moved": style.MOVED, "not_surveyed": style.EMPTY,
    "not_found": style.FAULTY, "doubled": style.GONE, "ended": style.GONE,
}  # fmt: skip


def round_map(
    record_type: RecordType,
    frame: gpd.GeoDataFrame,
    told: tuple[Mapping[str, str], Lang],
    nonce: str,
    network: Mapping[str, Any],
) -> str:
    """Write the page with the map of a comparison: each record where it stands, by what became of it.

    ``network`` are its facts, as :func:`surveys.networks.get` gives them.
    """
    names, lang = told
    by_id = {line.id: line for line in lines(record_type, frame, names, lang)}
    there = frame[frame.geometry.notna()]
    drawn = gpd.GeoDataFrame(
        {
            "row": [by_id[str(at)].name for at in there.index],
            "status": there["what"].to_numpy(),
            "title": [by_id[str(at)].name for at in there.index],
            "reason": [by_id[str(at)].details for at in there.index],
        },
        geometry=gpd.GeoSeries(there.geometry.to_numpy(), crs=frame.crs),
    )
    statuses = tuple(Status(name, rounds.WHAT[name], look) for name, look in _LOOKS.items())
    kind = Kind(statuses, (record_type.words, _DIFFERS), record_type.unit, view_all=True)
    return preview(drawn, lang, nonce, kind, Ground(networks.attributions(network), bool(network["made_up"])))


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
