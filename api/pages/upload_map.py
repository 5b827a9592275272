"""The rows of a sent file on a map before anything is stored, those with faults on top."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa

from api.pages.upload_behind import far_km, ground
from maps.preview import MOST_SHAPES, ROW, box, preview
from surveys.intake.examination import Examination, Part
from surveys.intake.preview import shown
from surveys.roles import Actor
from surveys.store.store import Store
from surveys.words import Lang

_FIRST = {"quarantined": 0, "taken": 1, "unchanged": 2}


def drawable(found: Examination) -> int:
    """Count the rows of a file that have a shape to draw."""
    return sum(_total(found.folder / part.preview) for part in found.parts if part.preview)


def drawn(found: Examination) -> int:
    """Count the rows that the map shows."""
    return min(drawable(found), MOST_SHAPES)


def _total(path: Path) -> int:
    with pa.memory_map(str(path)) as mapped:
        return int(pa.ipc.open_file(mapped).schema.metadata[b"total"])


def upload_map(found: Examination, behind: tuple[Store, Actor], lang: Lang, nonce: str) -> str:
    """Write the page with the map of an examined file, upon what is here already as far as the actor sees it."""
    rows = _rows(found, lang)
    order = rows["status"].map(_FIRST).to_numpy()
    chosen = rows.iloc[np.argsort(order, kind="stable")[:MOST_SHAPES]].replace(
        {"status": {"unchanged": "taken"}}
    )
    store, actor = behind
    under = ground(store, found.network, actor, box(rows), lang)
    frame = gpd.GeoDataFrame(chosen, geometry="geometry", crs="EPSG:4326")
    return preview(frame, lang, nonce, ground=under, total=drawable(found))


def far(found: Examination, store: Store, actor: Actor) -> int | None:
    """Return how many kilometres the shapes of a file lie from all that is here, None where they are not far."""
    return far_km(store, found.network, actor, box(_rows(found, "th")))


def _rows(found: Examination, lang: Lang) -> gpd.GeoDataFrame:
    parts = [_frame(found, part, lang) for part in found.parts if part.preview]
    return pd.concat(parts, ignore_index=True) if parts else _nothing()


def _nothing() -> gpd.GeoDataFrame:
    columns = {name: pd.Series([], dtype="str") for name in ("row", "status", "reason", "title")}
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries([], crs="EPSG:4326"))


def _frame(found: Examination, part: Part, lang: Lang) -> gpd.GeoDataFrame:
    """Return the sample of one layer: shape, row, what becomes of it, and why."""
    _, rows = shown(found.folder, part)
    frame = {
        "row": [one.row for one in rows],
        "status": ["warned" if one.status == "taken" and one.message.th else one.status for one in rows],
        "title": [f"{ROW.of(lang)} {one.row}" for one in rows],
        "reason": [one.message.of(lang) for one in rows],
    }
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries([one.shape for one in rows], crs="EPSG:4326"))
