"""What is known of the plots and houses of the demonstration city: drawn answers over real footprints."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np

from demo.draws import day, pick
from demo.land import DEEDS, LANDS
from demo.settlements import BY_CODE

Row = dict[str, Any]
_SPARE_SEQUENCES = {"WT05": ("7ก", "7ข")}
# What became of a house: who lives in it, and whether rooms are let.
SITUATIONS = {"owner": 0.67, "two_families": 0.11, "absent_owner": 0.14, "lets_rooms": 0.08}
_MATERIALS = {"masonry": 0.38, "wood": 0.16, "mixed": 0.3, "impermanent": 0.09, "reused": 0.07}
_METERS = {"own_meter": 0.72, "shared": 0.24, "none": 0.04}


def plot_rows(rng: np.random.Generator, plots: gpd.GeoDataFrame) -> list[Row]:
    """The answers of every plot, in the order of the plots; fields of a land plot by name."""
    kinds = _land_kinds(plots)
    known = zip(plots["community"], plots["plot_no"], kinds, plots.area, strict=True)
    return [_plot(rng, str(code), str(number), kind, float(area)) for code, number, kind, area in known]


def _land_kinds(plots: gpd.GeoDataFrame) -> list[str]:
    """The land kinds of a community from west to east, each over its share of the plots."""
    east = plots.centroid.x
    place = east.groupby(plots["community"]).rank(pct=True, method="first")
    kinds = []
    for code, share in zip(plots["community"], place, strict=True):
        weights = BY_CODE[code].land
        edges = np.cumsum(list(weights.values())) / sum(weights.values())
        kinds.append(list(weights)[min(int(np.searchsorted(edges, share - 1e-9)), len(weights) - 1)])
    return kinds


def _plot(rng: np.random.Generator, code: str, number: str, kind: str, area: float) -> Row:
    land = LANDS[kind]
    paper = pick(rng, land.papers)
    owned, leased = paper in DEEDS, paper == "lease"
    running = int(code[2:]) * 1000 + int(number)
    return {
        "community": code, "plot_no": number, "land_kind": kind, "paper": paper,
        "deed_no": f"99{running:05d}" if owned else None,
        "map_sheet": f"สมมติ 9999-{running // 40}" if owned else None,
        "survey_page": str(running % 900 + 100) if owned else None,
        "owner": f"{land.owner} ราย {'กขคงจ'[running // 17 % 5]}" if kind == "private" else land.owner,
        "custodian": land.custodian, "user": "ผู้อยู่อาศัยเดิม" if rng.random() < 0.1 else None,
        "declared_area": _declared(rng, area),
        "lease_ends": date(2027 + int(rng.integers(0, 12)), int(rng.integers(1, 13)), 28) if leased else None,
        "rent": int(rng.integers(2, 60)) * 10 if leased else None,
        "note": None,
    }  # fmt: skip


def _declared(rng: np.random.Generator, area: float) -> float | None:
    """The area on paper: near the measured one, now and then far off, sometimes not written."""
    roll = rng.random()
    if roll < 0.05:
        return None
    factor = rng.normal(1, 0.015)
    if roll < 0.08:
        factor = rng.uniform(0.55, 0.75) if roll < 0.065 else rng.uniform(1.3, 1.6)
    return round(area * float(factor) / 4, 1) * 4


def house_rows(rng: np.random.Generator, houses: gpd.GeoDataFrame, plots: Mapping[int, Row]) -> list[Row]:
    """The answers of every house, in the order of the houses; fields of a house by name.

    ``situation`` and ``osm_id`` stand beside the fields. ``plots`` has the plot of a house by its index.
    """
    totals = houses.groupby("community")["seq"].transform("max")
    rows = []
    for place, (code, seq, total) in enumerate(zip(houses["community"], houses["seq"], totals, strict=True)):
        plot = plots.get(place)
        rows.append(_house(rng, str(code), _sequence(code, int(seq), int(total)), plot))
    _number(rng, rows)
    for row, osm_id in zip(rows, houses["osm_id"], strict=True):
        row["osm_id"] = osm_id
    return rows


def _sequence(code: str, seq: int, total: int) -> str:
    """The number on the plan; houses found late have the number of a neighbour and a letter."""
    spare = _SPARE_SEQUENCES.get(code, ())
    return spare[seq - total - 1] if seq > total - len(spare) else str(seq)


def _house(rng: np.random.Generator, code: str, seq: str, plot: Row | None) -> Row:
    situation = pick(rng, SITUATIONS)
    material = pick(rng, _MATERIALS)
    weak = material in ("impermanent", "reused")
    lets = situation == "lets_rooms" or (situation == "absent_owner" and rng.random() < 0.5)
    return {
        "community": code, "house_seq": seq, "situation": situation,
        "plot_no": None if plot is None else plot["plot_no"],
        "land_kind": None if plot is None else plot["land_kind"],
        "owner_presence": "absent" if situation == "absent_owner" else "present",
        "rooms_let": int(rng.integers(1, 9)) if lets else None,
        "kind": "temporary" if weak else pick(rng, {"row": 0.5, "detached": 0.35, "town": 0.15}),
        "material": material,
        "condition": "dilapidated" if rng.random() < (0.75 if weak else 0.2) else "lasting",
        "storeys": 1 if weak else int(rng.integers(1, 4)),
        "water": pick(rng, _METERS), "power": pick(rng, _METERS),
        "survey_date": day(rng), "note": None,
    }  # fmt: skip


def _number(rng: np.random.Generator, rows: list[Row]) -> None:
    """Give house numbers: most their own, some shared with the house before, some none."""
    registered = {"tr14": 0.72, "tr13": 0.1, "temporary": 0.18}
    for place, row in enumerate(rows):
        before = rows[place - 1]
        roll = rng.random()
        base = 100 + int(row["community"][2:]) * 10
        row["house_no"] = f"{base + place // 150}/{place % 150 + 1}"
        row["registration"] = pick(rng, registered)
        if roll < 0.06:
            row["house_no"], row["registration"] = None, "none" if roll < 0.05 else "central"
        elif roll < 0.1 and before.get("house_no") and before["community"] == row["community"]:
            row["house_no"], row["registration"] = before["house_no"], "shared"
