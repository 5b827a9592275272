"""Where records stand that carry no coordinates of their own: at the one record they name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from surveys.planning.match import (
    COMMUNITY,
    NAMED_BY,
    NONE,
    Frames,
    Positions,
    community_names,
    is_community,
    matches,
    no_numbers,
    numbered,
)
from surveys.record import PlaceRule
from surveys.records import ALL
from surveys.shared import LINK

# What ``placed_by`` says of a record with coordinates of its own.
OWN = "own"
WGS84 = "EPSG:4326"
# Degrees of EPSG:4326, one row a record, longitude first; NaN where it stands nowhere.
Spots = npt.NDArray[np.float64]
# The columns of a frame to be counted that has coordinates, and no shapes: a million points as
# objects take 200 MB.
EAST, NORTH = "east_deg", "north_deg"


def placing(names: Iterable[str]) -> list[str]:
    """Return the types that place records of these types, directly or in turn, and the communities."""
    rules = [rule.type for name in names for rule in ALL[name].place]
    return [*rules, *placing(rules), COMMUNITY] if rules else []


def told_by(type_name: str) -> list[str]:
    """Return the fields by which a record of a type is placed, or places another one."""
    named = {name for one in ALL.values() for rule in one.place for name in rule.on}
    named |= set(NAMED_BY) if type_name == COMMUNITY else set()
    return sorted(named & set(ALL[type_name].by_name))


def has_shape(frame: gpd.GeoDataFrame) -> pd.Series[bool]:
    """Tell which records have a shape with at least one point, or coordinates."""
    if EAST in frame:
        there: pd.Series[bool] = frame[EAST].notna()
        return there
    shapes = np.asarray(frame.geometry.array, dtype=object)
    return pd.Series(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)), frame.index)


def points(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return a point on each shape, EPSG:4326: a point is itself, an area gives a point inside it."""
    made = np.array(shapes.array, dtype=object)
    wide = np.isin(shapely.get_type_id(made), [-1, 0], invert=True)
    made[wide] = shapely.point_on_surface(made[wide])
    return gpd.GeoSeries(made, shapes.index, crs=WGS84)


def spots(frame: gpd.GeoDataFrame) -> Spots:
    """Return where each record stands: the point on its shape (see :func:`points`), or its coordinates."""
    if EAST in frame:
        return np.asarray(frame[[EAST, NORTH]], dtype=np.float64)
    made = np.asarray(points(frame.geometry).array, dtype=object)
    found = np.full((len(made), 2), np.nan)
    there = ~(shapely.is_missing(made) | shapely.is_empty(made))
    found[there] = shapely.get_coordinates(made[there])
    return found


def place(frame: gpd.GeoDataFrame, rules: Sequence[PlaceRule], others: Frames) -> gpd.GeoDataFrame:
    """Find where each record stands: its own shape, else the one placed record that a rule names.

    The rules are tried in order; the first whose equality (texts folded, every part present) fits
    exactly one placed record of its type places the record. An equality that fits several places
    nothing. A community is the same by code, name or everyday name where ``others`` has the
    communities. ``others`` may carry shapes that this function gave them (see :func:`placed`).

    Returns
    -------
    Frame on the same index: ``geometry`` (EPSG:4326; the own shape, or a point on the other
    record's shape, which is a place and not a footprint; None where unplaced), ``placed_by``
    (:data:`OWN`, or the last field of the rule; NaN where unplaced) and ``place_id`` (the id of
    the record that placed it, NaN otherwise).
    """
    own = has_shape(frame).to_numpy()
    shapes, placed_by, place_id = (np.full(len(frame), None, dtype=object) for _ in range(3))
    shapes[own] = np.asarray(frame.geometry.array, dtype=object)[own]
    placed_by[own] = OWN
    for rule, rows, found, which in _at(frame, rules, others):
        shapes[rows] = np.asarray(points(found.geometry).array, dtype=object)[which]
        placed_by[rows] = rule.on[-1]
        place_id[rows] = found.index.to_numpy(dtype=object)[which]
    texts = {
        "placed_by": pd.Series(placed_by, frame.index, dtype="str"),
        "place_id": pd.Series(place_id, frame.index, dtype="str"),
    }
    return gpd.GeoDataFrame(texts, geometry=gpd.GeoSeries(shapes, frame.index, crs=WGS84))


def _stand(frame: gpd.GeoDataFrame, rules: Sequence[PlaceRule], others: Frames) -> gpd.GeoDataFrame:
    """Give the records of a frame with coordinates those :func:`place` finds."""
    found_at = spots(frame).copy()
    for _, rows, found, which in _at(frame, rules, others):
        found_at[rows] = spots(found)[which]
    made: gpd.GeoDataFrame = frame.assign(**{EAST: found_at[:, 0], NORTH: found_at[:, 1]})
    return made


def _at(
    frame: gpd.GeoDataFrame, rules: Sequence[PlaceRule], others: Frames
) -> Iterator[tuple[PlaceRule, Positions, gpd.GeoDataFrame, Positions]]:
    """Give for each rule the rows without a place that it places, the records that place them, and which each."""
    names = community_names(others[COMMUNITY]) if COMMUNITY in others else {}
    wanted = {rule.type for rule in rules} & set(others)
    there = {name: others[name].loc[has_shape(others[name])] for name in wanted}
    by, at = fits(frame, rules, there, names, ~has_shape(frame).to_numpy())
    for number, rule in enumerate(rules):
        rows = np.flatnonzero(by == number)
        if len(rows):
            distinct, which = np.unique(at[rows], return_inverse=True)
            yield rule, rows, there[rule.type].iloc[distinct], which


def fits(
    frame: pd.DataFrame, rules: Sequence[PlaceRule], there: Mapping[str, pd.DataFrame],
    names: Mapping[str, str], wanted: npt.NDArray[np.bool_],
) -> tuple[Positions, Positions]:  # fmt: skip
    """Find for each record ``wanted`` the first rule that fits exactly one record ``there``, by type, and which.

    Returns positions among ``rules`` and in the frame of the rule's type; NONE where no rule fits.
    """
    by, at = (np.full(len(frame), NONE, np.int64) for _ in range(2))
    for number, rule in enumerate(rules):
        rows = np.flatnonzero(wanted & (by == NONE))
        if rule.type not in there or not len(rows):
            continue
        found = named(frame[list(rule.on)].iloc[rows], rule.type, there[rule.type], names)
        by[rows[found >= 0]], at[rows[found >= 0]] = number, found[found >= 0]
    return by, at


def named(keys: pd.DataFrame, type_name: str, others: pd.DataFrame, names: Mapping[str, str]) -> Positions:
    """Find the record of ``type_name`` in ``others`` equal to each row in every column of ``keys``.

    ``names`` are the folded names of communities and what they mean. A link made by hand names a
    record by its id; "no number" names no house and no plot.
    """
    if list(keys.columns) == [LINK]:
        codes, ids = numbered(keys[LINK])
        return np.append(np.asarray(others.index.get_indexer(ids), dtype=np.int64), NONE)[codes]
    numbers = no_numbers(ALL[type_name])
    same = {name: names if is_community(type_name, name) else numbers for name in keys.columns}
    return matches(keys, others, list(keys.columns), same)


def belonging(
    frame: pd.DataFrame, keys: Sequence[Sequence[str]], type_name: str, others: pd.DataFrame,
    names: Mapping[str, str],
) -> Positions:  # fmt: skip
    """Find the one record of ``type_name`` in ``others`` that each row names, by the first of ``keys`` that names one.

    Position, else SEVERAL or NONE (see :func:`named`).
    """
    found = np.full(len(frame), NONE, np.int64)
    for key in keys:
        rows = np.flatnonzero(found < 0)
        hits = named(frame[list(key)].iloc[rows], type_name, others, names)
        found[rows] = np.where(hits == NONE, found[rows], hits)
    return found


def placed(frames: Frames) -> tuple[Frames, dict[str, gpd.GeoDataFrame]]:
    """Place every type that has rules, in the order declared, so that a house can place a household.

    Returns the frames with the shapes found and, by type name, what :func:`place` said; of a frame with
    coordinates nothing is said.
    """
    whole, said = dict(frames), {}
    for declared in ALL.values():
        if declared.place and declared.name in whole and EAST in whole[declared.name]:
            whole[declared.name] = _stand(whole[declared.name], declared.place, whole)
        elif declared.place and declared.name in whole:
            said[declared.name] = place(whole[declared.name], declared.place, whole)
            whole[declared.name] = whole[declared.name].assign(geometry=said[declared.name].geometry)
    return whole, said
