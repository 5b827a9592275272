"""The map of an upload before it is taken: what is wrong lies on top, in red, with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from maps import layers, style
from maps.figure import Linked
from maps.layers import Layer
from maps.page import page
from maps.spec import Bounds, LayerData, MapSpec
from maps.style import Look
from surveys.words import Lang, Words, words

MOST_SHAPES = 2_000
# Above this many corners shapes are drawn simpler, to within SIMPLER_DEG degrees (10 m).
MOST_CORNERS = 200_000
SIMPLER_DEG = 1e-4

ROW, REASON = words("แถวในไฟล์", "row of the file"), words("สาเหตุ", "reason")
SHOWN = words("แสดง {shown} จาก {all} แถว", "{shown} of {all} rows are shown")


@dataclass(frozen=True)
class Status:
    """What became of a row, and how it is drawn."""

    name: str
    words: Words
    look: Look


@dataclass(frozen=True)
class Kind:
    """What a map sorts shapes by: statuses in drawing order, and what its popup and its counts speak of.

    Where not all shapes can be shown, those of the last status come first; ``view_all`` says that the map
    opens on all of them, and not on what the last status leaves.
    """

    statuses: tuple[Status, ...]
    labels: tuple[Words, Words]
    unit: Callable[[int], Words]
    view_all: bool = False


UPLOAD = Kind(
    (
        Status("taken", words("รับเข้าได้", "will be taken"), style.TAKEN),
        Status("warned", words("รับเข้าได้ แต่ควรตรวจ", "will be taken, to be checked"), style.WARNED),
        Status("quarantined", words("ยังรับเข้าไม่ได้", "cannot be taken yet"), style.FAULTY),
    ),
    (ROW, REASON),
    lambda count: words("แถว", "row" if count == 1 else "rows"),
)


@dataclass(frozen=True)
class Ground:
    """What lies behind the shapes: whose data it is and whether made up, as the network says, and its layers.

    ``view`` is what the map opens on, None for what the shapes themselves say.
    """

    attributions: tuple[str, ...] = ()
    made_up: bool = False
    layers: tuple[LayerData, ...] = ()
    view: Bounds | None = None


BARE = Ground()


def preview(
    frame: gpd.GeoDataFrame,
    lang: Lang,
    nonce: str,
    kind: Kind = UPLOAD,
    ground: Ground = BARE,
    total: int = 0,
) -> str:
    """Write the page for a frame of columns geometry (EPSG:4326), row, status, title and reason.

    ``total`` says how many rows there are, where the frame has some of them only.
    """
    chosen = _chosen(frame, kind)
    headline = SHOWN.fill(shown=f"{len(chosen):,}", all=f"{max(total, len(frame)):,}").of(lang)
    drawn = tuple(
        _layer(kind, place, (frame, chosen), lang)
        for place, status in enumerate(kind.statuses)
        if (frame["status"] == status.name).any()
    )
    spec = MapSpec(
        code="", name=headline, lang=lang, layers=(*ground.layers, *drawn),
        bounds=ground.view or box(chosen, kind), nonce=nonce, attributions=ground.attributions,
        made_up=ground.made_up,
    )  # fmt: skip
    return page(spec, Linked(nonce))


def box(chosen: gpd.GeoDataFrame, kind: Kind = UPLOAD) -> Bounds | None:
    """Return the box of what can be taken; a shape at 0,0 must not push the rest out of sight."""
    wanted = (chosen["status"] != kind.statuses[-1].name) | kind.view_all
    good = np.asarray(chosen.geometry.array[wanted.to_numpy()], dtype=object)
    good = good[np.isfinite(shapely.bounds(good)).all(axis=1)]
    if not len(good):
        return None
    west, south, east, north = shapely.total_bounds(good).tolist()
    return west, south, east, north


def _chosen(frame: gpd.GeoDataFrame, kind: Kind) -> gpd.GeoDataFrame:
    """Choose what is drawn: of the shapes the earth has room for, the faulty first."""
    west, south, east, north = shapely.bounds(frame.geometry.array).T
    here = (west >= -180) & (east <= 180) & (south >= -85) & (north <= 85)
    drawable = frame[here]
    rank = drawable["status"].map({status.name: -n for n, status in enumerate(kind.statuses)}).to_numpy()
    chosen = drawable.iloc[np.argsort(rank, kind="stable")[:MOST_SHAPES]]
    if shapely.get_num_coordinates(chosen.geometry.array).sum() <= MOST_CORNERS:
        return chosen
    whole = np.asarray(chosen.geometry.array)
    simpler = shapely.simplify(whole, SIMPLER_DEG, preserve_topology=False)
    kept = np.where(shapely.is_empty(simpler), whole, simpler)
    return chosen.set_geometry(gpd.GeoSeries(kept, chosen.index, crs=chosen.crs))


def _layer(
    kind: Kind, place: int, frames: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame], lang: Lang
) -> LayerData:
    """Draw one status: of all rows those chosen to be shown."""
    status, (frame, chosen) = kind.statuses[place], frames
    own = chosen[chosen["status"] == status.name]
    count = int((frame["status"] == status.name).sum())
    facts = zip(own["row"].tolist(), own["title"].tolist(), own["reason"].tolist(), strict=True)
    data = layers.collection(
        own.geometry.array,
        (
            {"id": str(row), "title": title, "codes": [], "rows": [str(row), reason or None]}
            for row, title, reason in facts
        ),
        fields=[],
        labels=[label.of(lang) for label in kind.labels],
    )
    return LayerData(
        Layer(status.name, rank=-place),
        title=status.words.of(lang),
        unit=kind.unit(count).of(lang),
        count=count,
        data=data,
        look=status.look,
        records=False,
        note=SHOWN.fill(shown=f"{len(own):,}", all=f"{count:,}").of(lang) if len(own) < count else "",
    )
