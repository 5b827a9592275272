"""Which rows are records already here: by our id, by the source's row id, by the full key; else new."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from surveys.intake.keys import Keys, canonical, fold, other_person, person
from surveys.record import RecordType
from surveys.store.schema import DIGEST
from surveys.store.store import Store


@dataclass(frozen=True)
class Matches:
    """What each row of a layer matches: ``fid`` of the record here (-1: new), and what was noticed.

    ``double`` marks rows whose key is another person's, ``repeat_of`` gives the position of an
    earlier row of the file with the same identity (-1: none).
    """

    fid: np.ndarray
    double: np.ndarray
    repeat_of: np.ndarray


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


def match(
    record_type: RecordType,
    keys: Keys,
    ids: pd.DataFrame,
    rivals: Callable[[], pd.DataFrame],
    here: pd.DataFrame,
) -> Matches:
    """Match the rows of a layer.

    Parameters
    ----------
    ids : columns ``id`` and ``source_id``, NaN where the file gives none
    rivals : gives the columns of ``RecordType.rivals`` made comparable (digests; names folded);
        asked for only when two rows share a key
    here : what :func:`existing` read
    """
    count = len(keys.key)
    holder = holders(keys)
    fid = np.full(count, -1, dtype=np.int64)
    for name in ("id", "source_id") if len(here) else ():
        table = here.dropna(subset=[name]).drop_duplicates(name).set_index(name)["fid"]
        found = ids[name].map(table)
        fid = np.where((fid < 0) & found.notna(), found.fillna(-1).astype("int64"), fid)
    named = fid >= 0
    by_key, double = _by_key(holder, rivals, here, list(record_type.rivals))
    fid = np.where(named | (by_key < 0), fid, by_key)
    repeat, rival = _repeats(holder, ids["source_id"], rivals)
    return Matches(fid, (double & ~named) | rival, repeat)


def _by_key(
    holder: pd.Series, rivals: Callable[[], pd.DataFrame], here: pd.DataFrame, names: list[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Match by full key; a record of the same key but another person is no match."""
    fid = np.full(len(holder), -1, dtype=np.int64)
    double = np.zeros(len(holder), dtype=bool)
    rows = pd.DataFrame({"holder": holder, "at": np.arange(len(holder))}).dropna(subset=["holder"])
    if here.empty or rows.empty:
        return fid, double
    pairs = rows.merge(here[["holder", "fid", *names]], on="holder", how="inner")
    if pairs.empty:
        return fid, double
    ours = rivals().iloc[pairs["at"]].reset_index(drop=True)
    differ = other_person(ours[names], pairs[names]) if names else pd.Series(False, index=pairs.index)
    same = pairs[~differ].drop_duplicates("at")
    fid[same["at"]] = same["fid"]
    double[np.setdiff1d(pairs.loc[differ, "at"], same["at"])] = True
    return fid, double


def _repeats(
    holder: pd.Series, source_id: pd.Series, rivals: Callable[[], pd.DataFrame]
) -> tuple[np.ndarray, np.ndarray]:
    """Find rows whose identity an earlier row of the file has; another person's is a possible double."""
    repeat = np.full(len(holder), -1, dtype=np.int64)
    double = np.zeros(len(holder), dtype=bool)
    again = source_id.notna() & source_id.duplicated()
    if again.any():
        firsts = pd.Series(np.arange(len(holder))).groupby(source_id.to_numpy()).first()
        repeat[again] = source_id[again].map(firsts)
    keyed = holder.notna() & source_id.isna()
    shared = holder[keyed & holder.duplicated(keep=False)]
    for positions in shared.groupby(shared, sort=False).indices.values():
        _within(shared.index[positions].to_numpy(), rivals(), repeat, double)
    return repeat, double


def _within(at: np.ndarray, rivals: pd.DataFrame, repeat: np.ndarray, double: np.ndarray) -> None:
    """Sort the rows of one key into first rows of distinct persons and repeats of them."""
    firsts: list[int] = []
    for row in at:
        for first in firsts:
            if not other_person(
                rivals.iloc[[first]].reset_index(drop=True), rivals.iloc[[row]].reset_index(drop=True)
            )[0]:
                repeat[row] = first
                break
        else:
            double[row] = bool(firsts)
            firsts.append(int(row))
