"""What became of records between two survey rounds: new, changed, moved, not found, ended, or the same.

The states of the records after either round go in, a judgement comes out; nothing is read here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis.crs import from_wgs84, metric_crs
from gis.geometry import within_1cm
from surveys.planning.match import COMMUNITY, community_of
from surveys.record import SHAPE, RecordType
from surveys.store.blobs import to_geometries
from surveys.store.schema import DIGEST, GEOMETRY, SRID
from surveys.words import folded

# Nearer than this a point has not moved: a phone errs by so much (metres).
MOVED_M = 15.0
# A name or an id that more records have than this, on either side, says of none that it may be another.
_MOST_ALIKE = 20


@dataclass(frozen=True)
class Told:
    """What is known of records by id: those that the later round spoke of, those ended or doubles by now.

    ``reasons`` say why one was ended.
    """

    spoken: frozenset[str]
    ended: frozenset[str]
    doubled: frozenset[str]
    reasons: Mapping[str, str]


def judged(
    record_type: RecordType,
    fields: Sequence[str],
    states: tuple[pd.DataFrame, pd.DataFrame],
    told: Told,
    names: dict[str, str],
) -> gpd.GeoDataFrame:
    """Judge the records by their states after the earlier and the later round, each indexed by record id.

    ``gone`` marks in a state those ended by then; ``names`` are the communities by id.

    Returns
    -------
    The frame of :func:`surveys.rounds.compare`.
    """
    before, after = (state[~state["gone"]] for state in states)
    # What neither stood before nor is spoken of now came between the rounds, and is no part of either.
    ids = before.index.union(after.index[after.index.isin(told.spoken)])
    old, new = before.reindex(ids), after.reindex(ids)
    shown = new.where(new["opened_by"].notna(), old)
    differs = pd.DataFrame({name: _differs(old[name], new[name]) for name in fields}, index=ids)
    place = _compared(record_type, old, new)
    differs[SHAPE] = place.reshaped
    where = _where(shown, names)
    on = dict.fromkeys(p for rule in record_type.place for p in rule.on)
    placing = [name for name in on if name in fields]
    moved = place.moved | (differs[placing].any(axis=1) if placing else False)
    what = _what(old, new, where, told, (moved, differs.any(axis=1)), states[1])
    differing = [
        tuple(n.removesuffix(DIGEST) for n in (*fields, SHAPE) if row[n])
        for row in differs.to_dict("records")
    ]
    kept = [n for n in dict.fromkeys([*record_type.title, *placing]) if n in shown and n != COMMUNITY]
    found = {
        "what": what,
        "fields": pd.Series(
            [f if w in ("moved", "changed") else () for f, w in zip(differing, what, strict=True)], index=ids
        ),
        "moved_m": place.far_m,
        "reason": pd.Series(
            [told.reasons.get(at) if w == "ended" else None for at, w in zip(ids, what, strict=True)], index=ids,
            dtype=object,
        ),
        "perhaps": _perhaps(record_type, shown, what, where),
        COMMUNITY: where,
        **{name: shown[name] for name in kept},
    }  # fmt: skip
    shapes = _shapes(shown[GEOMETRY]) if GEOMETRY in shown else np.full(len(ids), None, dtype=object)
    return gpd.GeoDataFrame(found, index=ids, geometry=gpd.GeoSeries(shapes, index=ids, crs=SRID))


def _what(
    old: pd.DataFrame,
    new: pd.DataFrame,
    where: pd.Series[Any],
    told: Told,
    differing: tuple[pd.Series, pd.Series],
    later: pd.DataFrame,
) -> pd.Series[Any]:
    """Say in a word of :data:`surveys.rounds.WHAT` what became of each record.

    One that the later round missed and a person ended afterwards is ended; one that it found was there.
    """
    ids, (moved, differs) = old.index, differing
    spoken, by_then = ids.isin(told.spoken), ids.isin(later.index[later["gone"]])
    surveyed = where.isin(set(where[spoken].dropna())) | where.isna()
    both = old["opened_by"].notna() & new["opened_by"].notna()
    what = np.select(
        [old["opened_by"].isna(), (by_then | ~spoken) & ids.isin(told.doubled),
         by_then | (~spoken & ids.isin(told.ended)), ~spoken & ~surveyed, ~spoken, both & moved, both & differs],
        ["new", "doubled", "ended", "not_surveyed", "not_found", "moved", "changed"], "same",
    )  # fmt: skip
    return pd.Series(what, index=ids, dtype="str")


def _perhaps(
    record_type: RecordType, shown: pd.DataFrame, what: pd.Series[Any], where: pd.Series[Any]
) -> pd.Series[Any]:
    """Return, of each record that is new or not found, the ids of the other kind that it may be: never merged.

    It may be one with the same id of a person, or of the same name in the same community; of what very many have
    there is no telling.
    """
    ids = [name + DIGEST for name in record_type.rivals if name + DIGEST in shown]
    named = [name for name in record_type.rivals if name in shown]
    sides: dict[str, dict[Any, list[str]]] = {name: defaultdict(list) for name in _OPPOSITE}
    keys: dict[str, tuple[str, list[Any]]] = {}
    became, places = dict(what.items()), dict(where.items())
    for at, row in shown[what.isin(list(_OPPOSITE))].to_dict("index").items():
        mine: list[Any] = [(name, row[name]) for name in ids if pd.notna(row[name])]
        texts = [folded(str(row[name])) for name in named if pd.notna(row[name])]
        if texts and len(texts) == len(named) and pd.notna(places[at]):
            mine.append((places[at], *texts))
        keys[str(at)] = became[at], mine
        for key in mine:
            sides[became[at]][key].append(str(at))

    def telling(key: Any) -> bool:
        return all(len(there.get(key, ())) <= _MOST_ALIKE for there in sides.values())

    told = {
        at: tuple(
            dict.fromkeys(
                one for key in mine if telling(key) for one in sides[_OPPOSITE[is_now]].get(key, ())
            )
        )
        for at, (is_now, mine) in keys.items()
    }
    return pd.Series([told.get(str(at), ()) for at in shown.index], index=shown.index, dtype=object)


_OPPOSITE = {"new": "not_found", "not_found": "new"}


def _where(shown: pd.DataFrame, names: dict[str, str]) -> pd.Series[Any]:
    """Return the community of each record: its id, its name where it is not known here, NaN where none."""
    if COMMUNITY not in shown:
        return pd.Series(np.nan, index=shown.index, dtype="str")
    known: pd.Series[Any] = community_of(shown, names)
    return shown[COMMUNITY].astype("str").where(known.isna(), known)


def _differs(old: pd.Series, new: pd.Series) -> pd.Series:
    """Tell where two columns differ; what the later one does not say does not differ."""
    return (new.notna() & ~old.eq(new).fillna(False)).astype(bool)


def _shapes(blobs: pd.Series) -> npt.NDArray[np.object_]:
    return np.asarray(to_geometries(blobs.where(blobs.notna(), None).tolist()), dtype=object)


@dataclass(frozen=True)
class _Shapes:
    """Shapes of two states compared, record by record.

    ``far_m`` is how far the centre is from where it was (metres, NaN where there is nothing to measure);
    ``moved``: it stands elsewhere; ``reshaped``: it stands there still, with another shape, or has its first.
    """

    far_m: pd.Series
    moved: pd.Series
    reshaped: pd.Series


def _compared(record_type: RecordType, old: pd.DataFrame, new: pd.DataFrame) -> _Shapes:
    """Compare shapes: a point by its place, for a phone never says it twice alike; others as the import does.

    An area or a line has moved where it would be the same shape put back to its old centre, to within what a
    phone errs, or where it has nothing in common with where it was; a boundary that grew has not.
    """
    far, moved = np.full(len(old), np.nan), np.zeros(len(old), dtype=bool)
    if record_type.geometry is None or not len(old):
        return _Shapes(*(pd.Series(one, index=old.index) for one in (far, moved, moved)))
    was, now = (_shapes(part[GEOMETRY]) for part in (old, new))
    points = (shapely.get_dimensions(was) == 0) & (shapely.get_dimensions(now) == 0)
    both = np.flatnonzero(~shapely.is_missing(was) & ~shapely.is_missing(now))
    if len(both):
        crs = metric_crs(tuple(shapely.total_bounds(np.concatenate([was[both], now[both]])).tolist()))
        here, there = (from_wgs84(part[both], crs) for part in (was, now))
        step = shapely.get_coordinates(shapely.centroid(there)) - shapely.get_coordinates(
            shapely.centroid(here)
        )
        far[both] = np.hypot(*step.T)
        left, at = shapely.get_coordinates(here, return_index=True)
        put = shapely.set_coordinates(here.copy(), left + step[at])
        alike = shapely.hausdorff_distance(put, there) <= MOVED_M
        moved[both] = (far[both] > MOVED_M) & (points[both] | alike | shapely.disjoint(here, there))
    other = ~points & ~within_1cm(was, now) & ~shapely.is_missing(now) & old["opened_by"].notna().to_numpy()
    return _Shapes(*(pd.Series(one, index=old.index) for one in (far, moved, other & ~moved)))
