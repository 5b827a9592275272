"""Which rows are records already here: by our id, by the source's row id, by the full key; else new."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from surveys.intake.keys import Keys, canonical, fold, other_person, person, somebody_else
from surveys.intake.nearness import Near, chosen
from surveys.record import RecordType
from surveys.store.schema import DIGEST
from surveys.store.store import Store

# Row ids of which there is one in the world: instance ids of forms, shapes of OpenStreetMap.
_WORLDWIDE = r"(?i)(?:uuid:)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|uuid:|(?:node|way|relation)/\d"


@dataclass(frozen=True)
class Matches:
    """What each row of a layer matches: ``fid`` of the record here (-1: new), and what was noticed.

    ``double`` marks rows whose key is another person's, ``repeat_of`` gives the position of an
    earlier row of the file with the same identity (-1: none). ``foreign`` marks rows whose source id
    is that of a record of another community or person, ``elsewhere`` those whose number, of no
    community, is that of a record in another place.
    """

    fid: np.ndarray
    double: np.ndarray
    repeat_of: np.ndarray
    foreign: np.ndarray
    elsewhere: np.ndarray


@dataclass(frozen=True)
class Rows:
    """What tells the rows of a layer.

    ``ids`` has the columns ``id`` and ``source_id``, NaN where the file gives none. ``rivals`` gives the
    columns of ``RecordType.rivals`` made comparable (digests; names folded); asked for only when two rows
    share a key or a source id. ``sound`` tells of row positions which rows are fit to be taken. ``near``
    measures rows against records where a number without its community does not tell them; else it is None.
    """

    keys: Keys
    ids: pd.DataFrame
    rivals: Callable[[], pd.DataFrame]
    sound: Callable[[np.ndarray], np.ndarray]
    near: Near | None = None


def rival_columns(record_type: RecordType) -> list[str]:
    """Return the stored columns that tell persons apart; a secret one by its digest."""
    return [name + DIGEST if record_type.by_name[name].secret else name for name in record_type.rivals]


def existing(store: Store, network: str, record_type: RecordType, canon: Mapping[str, str]) -> pd.DataFrame:
    """Read what identifies the records here: fid, id, source_id, community, key and rivals, comparable."""
    wanted = ["fid", "id", "source_id", "key", *rival_columns(record_type)]
    if "community" in record_type.by_name:
        wanted.append("community")
    frame = store.read_table(network, record_type.name, wanted).to_pandas()
    if "community" in frame:
        frame["community"] = canonical(fold(frame["community"]), canon)
    else:
        frame["community"] = pd.Series(np.nan, index=frame.index, dtype="str")
    frame["holder"] = frame["community"].fillna("") + "\x1f" + frame["key"].astype("str")
    return _comparable(frame, record_type)


def _comparable(frame: pd.DataFrame, record_type: RecordType) -> pd.DataFrame:
    for name in record_type.rivals:
        if record_type.by_name[name].secret:
            frame[name] = frame[name + DIGEST].astype("str")
        else:
            frame[name] = person(frame[name])
    return frame


def holders(keys: Keys) -> pd.Series:
    """Return the community and the key of each row as one text, NaN where there is no key."""
    return (keys.community.fillna("") + "\x1f" + keys.key).where(keys.key.notna())


def match(record_type: RecordType, rows: Rows, here: pd.DataFrame) -> Matches:
    """Match the rows of a layer with ``here``, what :func:`existing` read."""
    holder, names = holders(rows.keys), list(record_type.rivals)
    fid = _by_own_id(rows.ids["id"], here)
    by_source, foreign = _by_source_id(rows, here, names)
    foreign &= fid < 0
    fid = np.where(fid < 0, by_source, fid)
    named = fid >= 0
    by_key, double, elsewhere = _by_key(holder, rows, here, names)
    fid = np.where(named | (by_key < 0), fid, by_key)
    fid, far = _by_others(fid, rows, here)
    resolved = _Resolved(fid, named, rows.ids["source_id"].mask(pd.Series(foreign)), holder)
    repeat, rival = _repeats(resolved, rows.rivals, rows.sound)
    return Matches(fid, (double & ~named) | rival, repeat, foreign, (elsewhere | far) & (fid < 0))


def _by_own_id(ids: pd.Series, here: pd.DataFrame) -> np.ndarray:
    """Match by our own id."""
    found = ids.map(here.set_index("id")["fid"]) if len(here) else pd.Series(np.nan, index=ids.index)
    return found.fillna(-1).to_numpy(dtype=np.int64)


def _by_source_id(rows: Rows, here: pd.DataFrame, names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Match by the row id of another program; a record of another community or person is no match.

    Many programs count 1, 2, 3 in every sheet. Under an id that is one in the world, a name or a
    community was corrected; only where both differ it is another record.
    """
    fid = np.full(len(rows.ids), -1, dtype=np.int64)
    foreign = np.zeros(len(rows.ids), dtype=bool)
    ours = pd.DataFrame({"source_id": rows.ids["source_id"], "community_of": rows.keys.community})
    ours = ours.assign(at=np.arange(len(ours))).dropna(subset=["source_id"])
    there = here.dropna(subset=["source_id"])
    pairs = ours.merge(there[["source_id", "community", "fid", *names]], on="source_id", how="inner")
    if pairs.empty:
        return fid, foreign
    spoken = pairs["community_of"].notna() & pairs["community"].notna()
    elsewhere = spoken & (pairs["community_of"] != pairs["community"])
    other = pd.Series(False, index=pairs.index)
    if names:
        other = somebody_else(rows.rivals().iloc[pairs["at"]].reset_index(drop=True)[names], pairs[names])
    unique = pairs["source_id"].str.match(_WORLDWIDE)
    differ = (elsewhere & other).where(unique, elsewhere | other)
    same = pairs[~differ].drop_duplicates("at")
    fid[same["at"]] = same["fid"]
    foreign[np.setdiff1d(pairs["at"], same["at"])] = True
    return fid, foreign


@dataclass(frozen=True)
class _Resolved:
    """What each row was found to be: the record here (-1: new), whether by an id, its source id, its key."""

    fid: np.ndarray
    named: np.ndarray
    source_id: pd.Series
    holder: pd.Series


def _by_others(fid: np.ndarray, rows: Rows, here: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Match what is left by its other keys: a community first known by its name gets its code this way.

    A text that several rows or several records have tells nothing.
    """
    keys, far = rows.keys, np.zeros(len(fid), dtype=bool)
    known = here.drop_duplicates("holder", keep=False).set_index("holder")["fid"]
    for other in keys.others if len(here) else ():
        spoken = (keys.community.fillna("") + "\x1f" + other).where(other.notna() & (fid < 0))
        found = spoken.where(~spoken.duplicated(keep=False)).map(known)
        free = (found.notna() & ~found.isin(fid[fid >= 0])).to_numpy()
        pairs = pd.DataFrame({"at": np.flatnonzero(free), "fid": found[free].to_numpy(dtype=np.int64)})
        same, apart = _in_place(pairs, rows)
        fid[same["at"]] = same["fid"]
        far[apart] = True
    return fid, far


def _in_place(pairs: pd.DataFrame, rows: Rows) -> tuple[pd.DataFrame, np.ndarray]:
    """Leave of pairs with a number of no community those of one place; return also the rows that have none."""
    if rows.near is None or pairs.empty:
        return pairs, np.array([], dtype=np.int64)
    loose = rows.keys.community.isna().to_numpy()[pairs["at"]]
    told = pairs[loose]
    same = chosen(told, rows.near(told["at"].to_numpy(), told["fid"].to_numpy())) if loose.any() else told
    return pd.concat([pairs[~loose], same]), np.setdiff1d(told["at"], same["at"])


def _by_key(
    holder: pd.Series, rows: Rows, here: pd.DataFrame, names: list[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Match by full key; a record of the same key but another person, or in another place, is no match."""
    fid = np.full(len(holder), -1, dtype=np.int64)
    double, elsewhere = (np.zeros(len(holder), dtype=bool) for _ in range(2))
    keyed = pd.DataFrame({"holder": holder, "at": np.arange(len(holder))}).dropna(subset=["holder"])
    if here.empty or keyed.empty:
        return fid, double, elsewhere
    pairs = keyed.merge(here[["holder", "fid", *names]], on="holder", how="inner")
    if pairs.empty:
        return fid, double, elsewhere
    differ = pd.Series(False, index=pairs.index)
    if names:
        ours = rows.rivals().iloc[pairs["at"]].reset_index(drop=True)
        differ = other_person(ours[names], pairs[names])
    same, apart = _in_place(pairs[~differ], rows)
    same = same.drop_duplicates("at")
    fid[same["at"]] = same["fid"]
    double[np.setdiff1d(pairs.loc[differ, "at"], same["at"])] = True
    elsewhere[apart] = True
    return fid, double, elsewhere


def _repeats(
    rows: _Resolved, rivals: Callable[[], pd.DataFrame], sound: Callable[[np.ndarray], np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Find rows that are the same as an earlier row of the file; another person's is a possible double.

    The same: one record here, however each was matched; else one source id; else one key and one
    person. ``sound`` tells which rows of some positions are taken: only these count as earlier ones.
    """
    repeat = np.full(len(rows.fid), -1, dtype=np.int64)
    double = np.zeros(len(rows.fid), dtype=bool)
    here = pd.Series(rows.fid).where(rows.fid >= 0)
    for told in (here, rows.source_id.where(here.isna())):
        _same_text(told, sound, repeat)
    fresh = rows.holder.where(here.isna().to_numpy() & (repeat < 0))
    shared = fresh[fresh.notna() & fresh.duplicated(keep=False)]
    if len(shared):
        persons = list(rivals().iloc[shared.index].itertuples(index=False, name=None))
        _persons(shared, persons, sound(shared.index.to_numpy()), (repeat, double))
    return repeat, double


def _same_text(told: pd.Series, sound: Callable[[np.ndarray], np.ndarray], repeat: np.ndarray) -> None:
    """Mark rows whose text an earlier sound row has."""
    shared = told[told.notna() & told.duplicated(keep=False)]
    if not len(shared):
        return
    good = shared[sound(shared.index.to_numpy())]
    firsts = good.drop_duplicates()
    first = good.map(pd.Series(firsts.index, index=firsts.to_numpy()))
    again = first.index[first.to_numpy() != first.index.to_numpy()]
    repeat[again] = first[again]


def _persons(
    shared: pd.Series, persons: list[tuple[Any, ...]], sound: np.ndarray, into: tuple[np.ndarray, np.ndarray]
) -> None:
    """Sort the rows of each key into first rows of distinct persons and repeats of them."""
    repeat, double = into
    firsts: dict[str, dict[tuple[Any, ...], int]] = {}
    for at, holder, who, good in zip(shared.index, shared, persons, sound, strict=True):
        if not good:
            continue
        known = firsts.setdefault(holder, {})
        same = known.get(who)
        if same is None:
            same = next((first for other, first in known.items() if not other_than(who, other)), None)
        if same is None:
            double[at] = bool(known)
            known[who] = int(at)
        else:
            repeat[at] = same


def other_than(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    """Tell whether two rows speak of different persons; the first value is an id, the rest are names.

    As :func:`surveys.intake.keys.other_person`, for one pair.
    """
    if a and isinstance(a[0], str) and isinstance(b[0], str):
        return a[0] != b[0]
    return any(
        isinstance(x, str) and isinstance(y, str) and x != y for x, y in zip(a[1:], b[1:], strict=True)
    )
