"""What tells one record from another: the key of each row, numbers given where they lack, repeats found."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from surveys.planning.match import fold_all, no_numbers
from surveys.record import SHAPE, RecordType
from surveys.words import Words, folded, words

# Gives the column of a field as texts, None when the file has none; asked only for what is needed.
Cells = Callable[[str], "pd.Series | None"]

# What numbers are called where they are said one after another; others as their field is.
_SPOKEN = {
    "house_seq": words("ลำดับบ้าน", "house"),
    "house_no": words("บ้านเลขที่", "house number"),
    "plot_no": words("แปลง", "plot"),
    "household_no": words("ครัวเรือนที่", "household"),
    "member_no": words("คนที่", "member"),
}

# Texts folded at a time.
_AT_ONCE = 100_000

# Titles that do not make another person; Latin ones stand apart from the name, or they may begin it.
_TITLES = tuple(folded(t) for t in ("นางสาว", "นาง", "นาย", "น.ส.", "ด.ช.", "ด.ญ.", "เด็กชาย", "เด็กหญิง"))
_LATIN_TITLE = r"(?i)^\s*(?:mrs|mr|ms|miss)[.\s]\s*"


def fold(column: pd.Series) -> pd.Series:
    """Fold a column of texts for comparison; each distinct text once."""
    return in_parts(column, _fold)


def _fold(column: pd.Series) -> pd.Series:
    codes, texts = pd.factorize(column, use_na_sentinel=True)
    done = np.array([*fold_all(pd.Index(texts)), None], dtype=object)
    return pd.Series(done[codes], index=column.index, dtype="str")


def person(column: pd.Series) -> pd.Series:
    """Fold names of persons, without their titles."""
    return in_parts(column, _person)


def _person(column: pd.Series) -> pd.Series:
    bare = fold(column.str.replace(_LATIN_TITLE, "", regex=True))
    return bare.str.replace("^(" + "|".join(_TITLES) + ")", "", regex=True)


def in_parts(column: pd.Series, made: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """Make other texts of a long column part by part: only one part of it is there as Python's texts."""
    if len(column) <= _AT_ONCE:
        return made(column)
    parts = [made(column.iloc[n : n + _AT_ONCE]) for n in range(0, len(column), _AT_ONCE)]
    texts = pa.chunked_array(
        [pa.array(part, pa.large_string(), from_pandas=True) for part in parts]
    ).combine_chunks()
    return pd.Series(texts, index=column.index, dtype="str")


@dataclass(frozen=True)
class Keys:
    """The identity of each row of a layer, by row position.

    ``key`` is NaN where a row has none; ``community`` the canonical community the key lives in;
    ``given`` the ordinal numbers assigned here; ``by_shape`` marks keys that are the shape alone;
    ``others`` are further keys that tell the record too, such as the name of a community that has a code, or
    the number of a house that has a sequence.
    """

    key: pd.Series
    community: pd.Series
    given: pd.Series
    by_shape: pd.Series
    others: tuple[pd.Series, ...] = ()


def make_keys(record_type: RecordType, cells: Cells, shapes: pd.Series, canon: Mapping[str, str]) -> Keys:
    """Make the key of each row from its key fields (texts as stored, None: no such column) and its shape's digest.

    The first alternative of ``record_type.keys`` whose parts are all there is the key. The
    community stands apart, so that a community known by several names is one.
    """
    folds = _Folds(cells, record_type)
    spoken = folds.get("community")
    community = _nothing(shapes.index) if spoken is None else canonical(spoken, canon)
    given = _ordinals(record_type, folds, community)
    if record_type.ordinal:
        own = folds.get(record_type.ordinal)
        folds.put(record_type.ordinal, given if own is None else own.fillna(given))
    key = _nothing(shapes.index)
    by_shape = pd.Series(False, index=shapes.index)
    for parts in _asked(record_type, folds):
        if key.notna().all():
            break
        text, there = _alternative(parts, folds, community, shapes)
        use = key.isna() & there
        key = key.mask(use, text)
        by_shape |= use & (parts[-1] == SHAPE)
    # Of what a household is called by there may be several: who is meant its persons say.
    further = [p for p in record_type.keys[1:] if SHAPE not in p and (len(p) == 1 or not record_type.rivals)]
    others = [_alternative(parts, folds, community, shapes) for parts in further]
    told = tuple(text.where(there & (text != key)) for text, there in others)
    return Keys(key, community, given, by_shape, told)


def _nothing(index: pd.Index) -> pd.Series:
    return pd.Series(np.nan, index=index, dtype="str")


class _Folds:
    """The key columns, folded when first asked for, without what is no number of the type."""

    def __init__(self, cells: Cells, record_type: RecordType) -> None:
        self._cells, self._done = cells, dict[str, pd.Series | None]()
        self._none = list(no_numbers(record_type))

    def get(self, name: str) -> pd.Series | None:
        if name not in self._done:
            texts = self._cells(name)
            told = None if texts is None else fold(texts)
            self._done[name] = told if told is None or not self._none else told.mask(told.isin(self._none))
        return self._done[name]

    def put(self, name: str, values: pd.Series) -> None:
        self._done[name] = values


def _asked(record_type: RecordType, folds: _Folds) -> Sequence[tuple[str, ...]]:
    """Return the keys that tell the records of this file."""
    weak = [key for key in record_type.keys if record_type.last_resort in key]
    strong = [key for key in record_type.keys if key not in weak]
    asked = {part for key in strong for part in key}.difference(*weak) if weak else set()
    answers = (folds.get(part) for part in sorted(asked))
    return strong if any(one is not None and one.notna().any() for one in answers) else record_type.keys


def canonical(column: pd.Series, canon: Mapping[str, str]) -> pd.Series:
    """Name each community by its record where it is known, by its folded name where it is not."""
    codes, texts = pd.factorize(column, use_na_sentinel=True)
    named = np.array([canon.get(text, text) for text in texts] + [None], dtype=object)
    return pd.Series(named[codes], index=column.index, dtype="str")


def _alternative(
    parts: tuple[str, ...], folds: _Folds, community: pd.Series, shapes: pd.Series
) -> tuple[pd.Series, pd.Series]:
    """Return one alternative key of every row, and where all its parts are there."""
    text = pd.Series("", index=community.index, dtype="str")
    there = pd.Series(True, index=community.index)
    for part in parts:
        values = community if part == "community" else shapes if part == SHAPE else folds.get(part)
        if values is None:
            return text, pd.Series(False, index=community.index)
        there &= values.notna()
        if part != "community":
            text = text + f"{part}=" + values.fillna("") + "|"
    return text, there


def _ordinals(record_type: RecordType, folds: _Folds, community: pd.Series) -> pd.Series:
    """Number the rows of each holder (the households of a house) that have no number of their own."""
    nothing = _nothing(community.index)
    if record_type.ordinal is None:
        return nothing
    own = folds.get(record_type.ordinal)
    own = nothing if own is None else own
    lacking = own.isna()
    if not lacking.any():
        return nothing
    for key in _asked(record_type, folds):
        if not (lacking & nothing.isna()).any():
            break
        holders = [
            community if part == "community" else folds.get(part)
            for part in key
            if part != record_type.ordinal
        ]
        if any(holder is None for holder in holders):
            continue
        frame = pd.concat([h for h in holders if h is not None], axis=1, ignore_index=True)
        here = frame.notna().all(axis=1)
        todo = here & lacking & nothing.isna()
        if todo.any():
            holder = frame[here].groupby(list(frame.columns), sort=False).ngroup()
            nothing = nothing.mask(todo, _next_free(holder, own[here], todo[here]).reindex(nothing.index))
    return nothing


def _next_free(holder: pd.Series, own: pd.Series, todo: pd.Series) -> pd.Series:
    """Give each row to do the next number its holder has not used."""
    if todo.all():
        return (holder.groupby(holder, sort=False).cumcount() + 1).astype("str")
    used: dict[Any, frozenset[str]] = own[~todo].groupby(holder[~todo]).agg(frozenset).to_dict()
    numbers, following = [], dict[Any, Iterator[str]]()
    for group in holder[todo]:
        if group not in following:
            following[group] = free_numbers(used.get(group, frozenset()))
        numbers.append(next(following[group]))
    return pd.Series(numbers, index=holder.index[todo], dtype="str")


def free_numbers(taken: Container[str]) -> Iterator[str]:
    """Count on, without the numbers that are taken."""
    return (text for text in map(str, count(1)) if text not in taken)


def shape_digests(wkb: pd.Series) -> pd.Series:
    """Return a short digest of each shape, NaN where there is none."""
    return wkb.map(lambda b: hashlib.sha256(b).hexdigest()[:20], na_action="ignore").astype("str")


def other_person(a: pd.DataFrame, b: pd.DataFrame) -> pd.Series:
    """Tell, row by row, whether two rows with one key speak of different persons.

    Columns are those of ``RecordType.rivals``: ids first, then names. Equal ids are one person;
    different ids are two; without ids the names decide; with neither there is no saying.
    """
    differ = pd.Series(False, index=a.index)
    decided = pd.Series(False, index=a.index)
    for name in a.columns:
        both = a[name].notna() & b[name].notna() & ~decided
        differ |= both & (a[name] != b[name])
        if name.endswith("_id"):
            decided |= both
    return differ


def somebody_else(a: pd.DataFrame, b: pd.DataFrame) -> pd.Series:
    """Tell, row by row, whether two rows that share a row id speak of different persons.

    As :func:`other_person`, but an id that was corrected under the same name makes nobody else.
    """
    told: dict[tuple[bool, bool], pd.Series] = {}
    for name in a.columns:
        both, equal = a[name].notna() & b[name].notna(), a[name] == b[name]
        for same, found in ((True, both & equal), (False, both & ~equal)):
            of = (name.endswith("_id"), same)
            told[of] = told[of] | found if of in told else found
    nobody = pd.Series(False, index=a.index)
    ids, other_ids, names, other_names = (
        told.get(of, nobody) for of in ((True, True), (True, False), (False, True), (False, False))
    )
    return ~ids & (other_names | (other_ids & ~names))


def key_told(record_type: RecordType, key: str) -> Words:
    """Say a key as people do: "house 8, household 1"."""
    said = [part.split("=", 1) for part in key.split("|") if "=" in part]
    by_name = record_type.by_name
    named = [(_SPOKEN.get(name, by_name[name].words), value) for name, value in said if name in by_name]
    return words(
        " ".join(f"{name.th} {value}" for name, value in named),
        ", ".join(f"{name.en} {value}" for name, value in named),
    )


def key_values(key: str) -> str:
    """Return what a person recognises of a key: its values, without the names of its fields."""
    return " ".join(part.split("=", 1)[1] for part in key.split("|") if "=" in part)
