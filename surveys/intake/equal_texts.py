"""Pairs of equal texts of two long columns, found by numbers made of the texts: a million texts are not held twice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

# Texts looked at a time.
_AT_ONCE = 50_000


def pairs_of(ours: pd.Series, theirs: pd.Series) -> pd.DataFrame:
    """Return every pair of equal texts: ``at``, the position in ``ours``, and ``entry``, that in ``theirs``.

    In the order of ``at``, then of ``entry``. What is missing equals nothing.
    """
    one, other = _texts(ours), _texts(theirs)
    entry, known = _numbers(other)
    if not len(entry):
        return pd.DataFrame({"at": entry, "entry": entry})
    at, asked = _numbers(one)
    order = np.argsort(known, kind="stable")
    entry, known = entry[order], known[order]
    first = np.searchsorted(known, asked, side="left")
    several = np.searchsorted(known, asked, side="right") - first
    # The places of the equal numbers of each text of ours, one after another.
    within = np.arange(several.sum()) - np.repeat(np.cumsum(several) - several, several)
    at, entry = np.repeat(at, several), entry[np.repeat(first, several) + within]
    # Unlike texts may have one number.
    equal = _equal(one, at, other, entry)
    return pd.DataFrame({"at": at[equal], "entry": entry[equal]})


def _texts(column: pd.Series) -> pa.Array:
    """Return a column as one piece: texts of many pieces are slow to pick."""
    texts = pa.array(column, pa.large_string(), from_pandas=True)
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def _numbers(texts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions of the texts that are there, and a number for each; equal texts have equal numbers."""
    at = np.flatnonzero(np.asarray(texts.is_valid()))
    made = np.empty(len(at), dtype=np.int64)
    for n in range(0, len(at), _AT_ONCE):
        some = texts.take(pa.array(at[n : n + _AT_ONCE])).to_pylist()
        made[n : n + len(some)] = np.fromiter(map(hash, some), np.int64, len(some))
    return at, made


def _equal(one: pa.Array, at: np.ndarray, other: pa.Array, entry: np.ndarray) -> np.ndarray:
    equal = np.ones(len(at), dtype=bool)
    for n in range(0, len(at), _AT_ONCE):
        cut = slice(n, n + _AT_ONCE)
        equal[cut] = pc.equal(one.take(pa.array(at[cut])), other.take(pa.array(entry[cut])))
    return equal
