"""Which rows are records already here: by our id, by the source's row id, by the full key; else new."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from surveys.intake.closed import closed
from surveys.intake.equal_texts import pairs_of
from surveys.intake.keys import Keys, canonical, fold, other_person, person, somebody_else
from surveys.intake.nearness import Near, chosen
from surveys.intake.persons import Persons
from surveys.record import RecordType
from surveys.store.frames import release_unused
from surveys.store.schema import DIGEST
from surveys.store.store import Store

# Row ids of which there is one in the world: instance ids of forms, shapes of OpenStreetMap.
_WORLDWIDE = r"(?i)(?:uuid:)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|uuid:|(?:node|way|relation)/\d"
# Pairs of a row and a record that are compared at a time: of a million, the texts of both would fill the memory.
_AT_ONCE = 50_000


@dataclass(frozen=True)
class Matches:
    """What each row of a layer matches: ``fid`` of the record here (-1: none), and what was noticed.

    ``double`` marks rows whose key is another person's, ``repeat_of`` gives the position of an
    earlier row of the file with the same identity (-1: none). ``foreign`` marks rows whose source id
    is that of a record of another community or person, ``elsewhere`` those whose number, of no
    community, is that of a record in another place. ``closings`` tells of rows that match a record which a
    person closed how it was closed, None of all others. ``same_community`` marks rows that name the
    community of their record, in whatever words. ``several`` marks rows whose key is a number that more than
    one record carries. ``key`` is the key of each row: that of its record, where another number told it.
    """

    fid: np.ndarray
    double: np.ndarray
    repeat_of: np.ndarray
    foreign: np.ndarray
    elsewhere: np.ndarray
    closings: np.ndarray
    same_community: np.ndarray
    several: np.ndarray
    key: pd.Series


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
    """Read what tells the records here, comparable: fid, id, source_id, community, holder and rivals.

    Those that a person closed stand last; ``closing`` tells how, None of all others.
    """
    wanted = ["fid", "id", "source_id", "key", *rival_columns(record_type)]
    if "community" in record_type.by_name:
        wanted.append("community")
    current = _frame(store.read_table(network, record_type.name, wanted)).assign(closing=None)
    release_unused()
    gone = closed(store, network, record_type, wanted)
    frame = pd.concat([current, gone], ignore_index=True) if len(current) and len(gone) else current
    frame = gone if frame.empty else frame
    if "community" in frame:
        frame["community"] = canonical(fold(frame["community"]), canon)
    else:
        frame["community"] = pd.Series(np.nan, index=frame.index, dtype="str")
    frame["holder"] = frame["community"].fillna("") + "\x1f" + frame.pop("key").astype("str")
    frame = _comparable(frame, record_type)
    release_unused()
    return frame


def _frame(rows: pa.Table) -> pd.DataFrame:
    """Make a frame, column by column in one piece: rows are asked for by position, and of many pieces that is slow."""
    columns = {}
    for name in rows.column_names:
        columns[name] = rows[name].combine_chunks().to_pandas()
        rows = rows.drop_columns([name])
    return pd.DataFrame(columns)


def _comparable(frame: pd.DataFrame, record_type: RecordType) -> pd.DataFrame:
    for name in record_type.rivals:
        if record_type.by_name[name].secret:
            frame[name] = frame.pop(name + DIGEST).astype("str")
        else:
            frame[name] = person(frame[name])
    return frame


def holders(keys: Keys) -> pd.Series:
    """Return the community and the key of each row as one text, NaN where there is no key."""
    return (keys.community.fillna("") + "\x1f" + keys.key).where(keys.key.notna())


def match(record_type: RecordType, rows: Rows, here: pd.DataFrame, carried: pd.DataFrame) -> Matches:
    """Match the rows of a layer with ``here``, what :func:`existing` read, and with other keys ``carried`` there."""
    holder, names = holders(rows.keys), list(record_type.rivals)
    here = here.assign(gone=here["closing"].notna())
    entry = _by_own_id(rows.ids["id"], here)
    by_source, foreign = _by_source_id(rows, here, names)
    foreign &= entry < 0
    entry = np.where(entry < 0, by_source, entry)
    by_key, double, elsewhere = _by_key(_without(holder, entry >= 0), rows, here, names)
    entry = np.where(entry < 0, by_key, entry)
    entry, far = _by_others(entry, rows, here)
    key, several = rows.keys.key, np.zeros(len(entry), dtype=bool)
    if len(carried):
        found, other, several = _by_carried(_without(holder, entry >= 0), (rows, here, names), carried)
        told = found >= 0
        entry = np.where(told, carried["entry"].to_numpy()[found], entry)
        key = key.mask(told, pd.Series(carried["key"].to_numpy()[found], index=key.index, dtype="str"))
        double = (double | other) & ~told
    fid = np.append(here["fid"].where(~here["gone"], -1).to_numpy(dtype=np.int64), -1)[entry]
    closings = np.append(here["closing"].to_numpy(dtype=object), [None])[entry]
    gone = pd.notna(closings)
    resolved = _Resolved(fid, _without(rows.ids["source_id"], gone | foreign), _without(holder, gone))
    repeat, rival = _repeats(resolved, rows.rivals, rows.sound)
    return Matches(
        fid,
        (double & ~gone) | rival,
        repeat,
        foreign,
        (elsewhere | far) & (entry < 0),
        closings,
        _same_community(rows, here, np.where(fid >= 0, entry, -1)),
        several,
        key,
    )


def _without(texts: pd.Series, those: np.ndarray) -> pd.Series:
    """Leave out the texts of some rows; of none, they are no copy."""
    return texts.mask(those) if those.any() else texts


def _asked(pairs: pd.DataFrame, question: Callable[[np.ndarray, np.ndarray], pd.Series]) -> np.ndarray:
    """Ask something of every pair of a row (``at``) and a record (``entry``), by their positions, some at a time."""
    told = [np.array([], dtype=bool)]
    for n in range(0, len(pairs), _AT_ONCE):
        some = pairs.iloc[n : n + _AT_ONCE]
        told.append(question(some["at"].to_numpy(), some["entry"].to_numpy()).to_numpy(dtype=bool))
    return np.concatenate(told)


def _picked(values: pd.Series, at: np.ndarray) -> pd.Series:
    return values.iloc[at].reset_index(drop=True)


def _same_community(rows: Rows, here: pd.DataFrame, entry: np.ndarray) -> np.ndarray:
    """Mark the rows that name the community of the record they are (-1: none)."""
    found = entry >= 0
    pairs = pd.DataFrame({"at": np.flatnonzero(found), "entry": entry[found]})
    found[found] = _asked(
        pairs,
        lambda at, record: _picked(rows.keys.community, at) == _picked(here["community"], record),
    )
    return found


def _by_own_id(ids: pd.Series, here: pd.DataFrame) -> np.ndarray:
    """Match by our own id."""
    entry = np.full(len(ids), -1, dtype=np.int64)
    pairs = pairs_of(ids, here["id"])
    entry[pairs["at"]] = pairs["entry"]
    return entry


def _by_source_id(rows: Rows, here: pd.DataFrame, names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Match by the row id of another program; a record of another community or person is no match.

    Many programs count 1, 2, 3 in every sheet. Under an id that is one in the world, a name or a
    community was corrected; only where both differ it is another record.
    """
    entry = np.full(len(rows.ids), -1, dtype=np.int64)
    foreign = np.zeros(len(rows.ids), dtype=bool)
    pairs = pairs_of(rows.ids["source_id"], here["source_id"])

    def differ(at: np.ndarray, record: np.ndarray) -> pd.Series:
        ours, theirs = _picked(rows.keys.community, at), _picked(here["community"], record)
        elsewhere = ours.notna() & theirs.notna() & (ours != theirs)
        other = pd.Series(False, index=ours.index)
        if names:
            other = somebody_else(_persons_of(rows.rivals(), at, names), _persons_of(here, record, names))
        unique = _picked(rows.ids["source_id"], at).str.match(_WORLDWIDE)
        return (elsewhere & other).where(unique, elsewhere | other)

    apart = _asked(pairs, differ)
    same = _first(pairs[~apart])
    entry[same["at"]] = same["entry"]
    foreign[np.setdiff1d(_of_current(pairs[apart], here), same["at"])] = True
    return entry, foreign


def _persons_of(rivals: pd.DataFrame, at: np.ndarray, names: list[str]) -> pd.DataFrame:
    return rivals[names].iloc[at].reset_index(drop=True)


def _of_current(pairs: pd.DataFrame, here: pd.DataFrame) -> np.ndarray:
    """Return the rows of pairs with records that nobody closed."""
    current: np.ndarray = pairs["at"].to_numpy()[~here["gone"].to_numpy()[pairs["entry"]]]
    return current


def _first(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return one pair of each row: a record that is here before one that a person closed."""
    return pairs.sort_values("entry", kind="stable").drop_duplicates("at")


@dataclass(frozen=True)
class _Resolved:
    """What each row was found to be: the record here (-1: none), by an id, its source id, its key."""

    fid: np.ndarray
    source_id: pd.Series
    holder: pd.Series


def _by_others(entry: np.ndarray, rows: Rows, here: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Match what is left by its other keys: a community first known by its name gets its code this way.

    A text that several rows or several records have tells nothing.
    """
    keys, far = rows.keys, np.zeros(len(entry), dtype=bool)
    if not keys.others or here["gone"].all():
        return entry, far
    current = pd.Series(np.flatnonzero(~here["gone"]), index=here.loc[~here["gone"], "holder"])
    known = current[~current.index.duplicated(keep=False)]
    for other in keys.others:
        spoken = (keys.community.fillna("") + "\x1f" + other).where(other.notna() & (entry < 0))
        found = spoken.mask(_several(spoken)).map(known)
        free = (found.notna() & ~found.isin(entry[entry >= 0])).to_numpy()
        pairs = pd.DataFrame({"at": np.flatnonzero(free), "entry": found[free].to_numpy(dtype=np.int64)})
        same, apart = _in_place(pairs, rows, here)
        entry[same["at"]] = same["entry"]
        far[apart] = True
    return entry, far


def _in_place(pairs: pd.DataFrame, rows: Rows, here: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Leave of pairs with a number of no community those of one place; return also the rows that have none."""
    if rows.near is None or pairs.empty:
        return pairs, np.array([], dtype=np.int64)
    loose = rows.keys.community.isna().to_numpy()[pairs["at"]]
    told = pairs[loose]
    if told.empty:
        return pairs, np.array([], dtype=np.int64)
    fids = here["fid"].to_numpy(dtype=np.int64)[told["entry"]]
    same = chosen(told.assign(gone=fids < 0), rows.near(told["at"].to_numpy(), fids))[list(pairs.columns)]
    return pd.concat([pairs[~loose], same]), np.setdiff1d(told.loc[fids >= 0, "at"], same["at"])


def _by_key(
    holder: pd.Series, rows: Rows, here: pd.DataFrame, names: list[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Match by full key; a record of the same key but another person, or in another place, is no match."""
    entry = np.full(len(holder), -1, dtype=np.int64)
    double, elsewhere = (np.zeros(len(holder), dtype=bool) for _ in range(2))
    pairs = pairs_of(holder, here["holder"])

    others = _other_persons(pairs, rows, here, names)
    same, apart = _in_place(pairs[~others], rows, here)
    same = _first(same)
    entry[same["at"]] = same["entry"]
    double[np.setdiff1d(_of_current(pairs[others], here), same["at"])] = True
    elsewhere[apart] = True
    return entry, double, elsewhere


def _other_persons(pairs: pd.DataFrame, rows: Rows, here: pd.DataFrame, names: list[str]) -> np.ndarray:
    """Mark the pairs of which row and record speak of different persons."""

    def differ(at: np.ndarray, record: np.ndarray) -> pd.Series:
        if not names:
            return pd.Series(False, index=range(len(at)))
        return other_person(_persons_of(rows.rivals(), at, names), _persons_of(here, record, names))

    return _asked(pairs, differ)


def _by_carried(
    holder: pd.Series, told: tuple[Rows, pd.DataFrame, list[str]], carried: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Match by another key that one record carries (positions in ``carried``); mark what several carry."""
    rows, here, names = told
    found = np.full(len(holder), -1, dtype=np.int64)
    double, several = (np.zeros(len(holder), dtype=bool) for _ in range(2))
    pairs = pairs_of(holder, carried["holder"])
    others = _other_persons(
        pairs.assign(entry=carried["entry"].to_numpy()[pairs["entry"]]), rows, here, names
    )
    same = pairs[~others]
    only = same[~same["at"].duplicated(keep=False)]
    found[only["at"]] = only["entry"]
    several[np.setdiff1d(same["at"], only["at"])] = True
    double[np.setdiff1d(pairs["at"][others], same["at"])] = True
    return found, double, several


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
    shared = fresh[_several(fresh)]
    if len(shared):
        persons = list(rivals().iloc[shared.index].itertuples(index=False, name=None))
        _persons(shared, persons, sound(shared.index.to_numpy()), (repeat, double))
    return repeat, double


def _several(told: pd.Series) -> np.ndarray:
    """Mark what several rows say; rows that say nothing are not marked."""
    codes, texts = pd.factorize(told)
    counts = np.bincount(codes[codes >= 0], minlength=len(texts) + 1)
    marked: np.ndarray = (codes >= 0) & (counts[codes] > 1)
    return marked


def _same_text(told: pd.Series, sound: Callable[[np.ndarray], np.ndarray], repeat: np.ndarray) -> None:
    """Mark rows whose text an earlier sound row has."""
    shared = told[_several(told)]
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
    firsts: dict[str, Persons] = {}
    for at, holder, who, good in zip(shared.index, shared, persons, sound, strict=True):
        if not good:
            continue
        known = firsts.setdefault(holder, Persons())
        same = known.first(who)
        if same is None:
            double[at] = bool(known)
            known.add(who, int(at))
        else:
            repeat[at] = same
