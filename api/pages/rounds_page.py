"""The difference between two survey rounds as its page and its file show it."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from api.pages.values import title
from maps import style
from maps.preview import Ground, Kind, Status, preview
from surveys import networks, rounds
from surveys.cells import disarmed
from surveys.planning.match import COMMUNITY
from surveys.record import RecordType
from surveys.round_changes import MOVED_M
from surveys.words import Lang, words

TONES = {
    "new": "tag-good",
    "changed": "tag-warn",
    "moved": "tag-warn",
    "not_found": "tag-bad",
    "ended": "tag-bad",
}


_DETAILS = words("รายละเอียด", "details")
# How far from their place records are drawn that stand in one place, in degrees of latitude (4 m).
_ASIDE_DEG = 4 / 111_320
_PERHAPS = {
    "new": words("อาจเป็น {names} ของรอบก่อน", "may be {names} of the earlier round"),
    "not_found": words("อาจเป็น {names} ของรอบใหม่", "may be {names} of the later round"),
}
# How many records that one may be are named.
_NAMED = 3


@dataclass(frozen=True)
class Line:
    """What became of one record."""

    id: str
    name: str
    community: str
    what: str
    said: str
    details: str


def lines(
    record_type: RecordType,
    frame: pd.DataFrame,
    names: Mapping[str, str],
    lang: Lang,
    whole: pd.DataFrame | None = None,
) -> list[Line]:
    """Return what became of each record of :func:`surveys.rounds.compare`, in their order.

    ``whole`` is the comparison that the frame is a part of: what one may be can stand in another part.
    """
    titles = _titles(record_type, _named(frame, whole), lang)
    told = []
    for at, row in frame.iterrows():
        community = row[COMMUNITY] if pd.notna(row[COMMUNITY]) else ""
        details = _details(record_type, row, lang)
        if hint := hinted(row["what"], [titles[one] for one in row["perhaps"] if one in titles], lang):
            details.append(hint)
        told.append(
            Line(str(at), titles[str(at)], names.get(community, community), row["what"],
                 rounds.WHAT[row["what"]].of(lang), ", ".join(details))
        )  # fmt: skip
    return told


def hinted(what: str, titles: Sequence[str], lang: Lang) -> str:
    """Say which records of the other round one that is new or not found may be; empty where none."""
    if not titles:
        return ""
    more = ", …" if len(titles) > _NAMED else ""
    return _PERHAPS[what].fill(names=", ".join(titles[:_NAMED]) + more).of(lang)


def _named(frame: pd.DataFrame, whole: pd.DataFrame | None) -> pd.DataFrame:
    """Return the records that lines of a frame name: its own, and those that they may be."""
    if whole is None:
        return frame
    return whole.loc[whole.index.isin({*frame.index, *chain.from_iterable(frame["perhaps"])})]


def _titles(record_type: RecordType, frame: pd.DataFrame, lang: Lang) -> dict[str, str]:
    """Return what each record is called."""
    shown = frame[[name for name in record_type.title if name in frame]]
    return {
        str(at): title(record_type, {str(n): v for n, v in row.items() if pd.notna(v)}, lang)
        for at, row in zip(frame.index, shown.to_dict("records"), strict=True)
    }


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
    whole: pd.DataFrame | None = None,
) -> str:
    """Write the page with the map of a comparison: each record where it stands, by what became of it.

    ``network`` are its facts, as :func:`surveys.networks.get` gives them; ``whole`` as in :func:`lines`.
    """
    names, lang = told
    by_id = {line.id: line for line in lines(record_type, frame, names, lang, whole)}
    there = frame[frame.geometry.notna()]
    drawn = gpd.GeoDataFrame(
        {
            "row": [by_id[str(at)].name for at in there.index],
            "status": there["what"].to_numpy(),
            "title": [by_id[str(at)].name for at in there.index],
            "reason": [by_id[str(at)].details for at in there.index],
        },
        geometry=gpd.GeoSeries(_apart(there.geometry.to_numpy()), crs=frame.crs),
    )
    statuses = tuple(Status(name, rounds.WHAT[name], look) for name, look in _LOOKS.items())
    kind = Kind(statuses, (record_type.words, _DETAILS), record_type.unit_of, view_all=True)
    return preview(drawn, lang, nonce, kind, Ground(networks.attributions(network), bool(network["made_up"])))


def _apart(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Draw points that stand in one place around it, so that households of one house do not hide each other."""
    stands: dict[bytes, list[int]] = defaultdict(list)
    for n in np.flatnonzero(shapely.get_type_id(shapes) == 0).tolist():
        stands[shapely.to_wkb(shapes[n])].append(n)
    made = shapes.copy()
    for held in stands.values():
        for at, n in enumerate(held if len(held) > 1 else ()):
            x, y = shapely.get_x(shapes[n]), shapely.get_y(shapes[n])
            turn = 2 * np.pi * at / len(held)
            east = np.sin(turn) / np.cos(np.radians(y))
            made[n] = shapely.Point(x + _ASIDE_DEG * east, y + _ASIDE_DEG * np.cos(turn))
    return made


def _details(record_type: RecordType, row: pd.Series, lang: Lang) -> list[str]:
    """Say how far a record moved, what differs, and why it was ended."""
    said = [rounds.words_of(record_type, name).of(lang) for name in row["fields"]]
    if row["what"] == "moved" and row["moved_m"] > MOVED_M:
        metres = f"{row['moved_m']:,.0f}"
        said.insert(0, f"ย้าย {metres} เมตร" if lang == "th" else f"moved {metres} m")
    return said + ([row["reason"]] if row["reason"] else [])


def as_csv(table: Sequence[Line]) -> str:
    """Write all lines as CSV with a byte order mark, as spreadsheets want Thai."""
    out = io.StringIO()
    writer = csv.writer(out)
    columns = ("id", "name", "community", "what", "said", "details")
    writer.writerow(columns)
    writer.writerows([disarmed(getattr(line, column)) for column in columns] for line in table)
    return "\ufeff" + out.getvalue()
