"""The rows of a sent file on a map before anything is stored, those with faults on top."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from api.pages.upload_behind import far_km, ground
from api.pages.upload_report import plain
from maps.preview import MOST_SHAPES, ROW, box, preview
from surveys.intake.examination import Examination, Part
from surveys.intake.kept_out import plainly
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
    return preview(gpd.GeoDataFrame(chosen, geometry="geometry", crs="EPSG:4326"), lang, nonce, ground=under)


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
    with pa.memory_map(str(found.folder / str(part.preview))) as mapped:
        table = pa.ipc.open_file(mapped).read_all()
    said = _said(found, part, lang)
    rows, codes = table["row"].to_pylist(), table["reason"].to_pylist()
    status = np.array(table["status"].to_pylist(), dtype=object)
    reasons = [
        said.get((row, code)) or _reason(part, code, lang) for row, code in zip(rows, codes, strict=True)
    ]
    warned = np.array([(row, "") in said for row in rows])
    status[(status == "taken") & warned] = "warned"
    frame = {
        "row": rows,
        "status": status,
        "title": [f"{ROW.of(lang)} {row}" for row in rows],
        "reason": reasons,
    }
    return gpd.GeoDataFrame(
        frame, geometry=gpd.GeoSeries(shapely.from_wkb(table["wkb"].to_pylist()), crs="EPSG:4326")
    )


def _said(found: Examination, part: Part, lang: Lang) -> dict[tuple[int, str], str]:
    """Return what was said of rows: by row and code; warnings of a row together under no code."""
    told: dict[tuple[int, str], str] = {}
    for problem in found.problems:
        if problem.layer != part.layer or problem.row is None:
            continue
        text = plain(problem.message).of(lang)
        if problem.severity == "quarantine":
            told[problem.row, problem.code] = text
        elif problem.severity == "warn":
            told[problem.row, ""] = " · ".join(filter(None, (told.get((problem.row, "")), text)))
    return told


def _reason(part: Part, code: str, lang: Lang) -> str:
    return plainly(code, part.type)[0].of(lang) if code else ""
