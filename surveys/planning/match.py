"""Which record another record speaks of: texts compared folded, communities by any of their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from surveys.record import RecordType
from surveys.records import ALL
from surveys.thai import Ref
from surveys.words import folded

Frames = Mapping[str, gpd.GeoDataFrame]
Positions = npt.NDArray[np.int64]

COMMUNITY = ALL["community"].name
# What a position says when there is none.
NONE, SEVERAL = -1, -2

# Folding of plain ASCII, step by step: what is dropped, what separates, and where it does not count.
_FOLDING = (
    (r"[,'\"]", ""),
    (r"[\s\x0b\x1c-\x1f_\-./()\[\]:]+", "/"),
    (r"^/|/$", ""),
    (r"([^0-9])/", r"\1"),
    (r"/([^0-9])", r"\1"),
)
# Names that people write for a community beside its own, several in one text.
OTHER_NAMES, BETWEEN_NAMES = "other_names", ";"
# The word that stands before the name of a community, or is left out.
BEFORE_NAMES = folded("ชุมชน")
# The fields that name a community, the most telling first.
NAMED_BY = (*dict.fromkeys(chain(*ALL[COMMUNITY].keys, ALL[COMMUNITY].title)), OTHER_NAMES)

# What people write where a house or a plot has no number; no two are one for that. As `same` of :func:`matches`.
_NUMBERS = (
    "",
    "เลข",
    "เลขที่",
    "บ้านเลขที่",
    "เลขที่บ้าน",
    "เลขบ้าน",
    "เลขแปลง",
    "เลขที่แปลง",
    "หมายเลข",
    "ทะเบียน",
    "ทะเบียนบ้าน",
)
NO_NUMBER = {
    folded(text): ""
    for text in (
        *(f"{of}ไม่มี{number}" for of in ("", "บ้าน", "แปลง") for number in _NUMBERS),
        *("no number", "no house number", "no plot number", "without number", "unnumbered"),
    )
}


def no_numbers(record_type: RecordType) -> Mapping[str, str]:
    """Return the texts that name no record of a type; households of numberless houses are told by their persons."""
    return {} if record_type.ordinal else NO_NUMBER


def fold_all(texts: pd.Index) -> list[str]:
    """Fold distinct texts as :func:`surveys.words.folded` does; plain ASCII ones all at once."""
    column = pa.array(texts, pa.string())
    lower = pc.ascii_lower(column)
    for pattern, replacement in _FOLDING:
        lower = pc.replace_substring_regex(lower, pattern, replacement)
    plain: list[str] = lower.to_pylist()
    ascii_only = pc.string_is_ascii(column).to_pylist()
    return [short if is_plain else folded(text)
            for short, is_plain, text in zip(plain, ascii_only, texts, strict=True)]  # fmt: skip


def numbered(column: pd.Series[str]) -> tuple[Positions, pd.Index]:
    """Number the texts of a column: the number of each row, -1 where there is none, and the texts."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return np.asarray(column.cat.codes, dtype=np.int64), column.cat.categories
    codes, texts = pd.factorize(column)
    return np.asarray(codes, dtype=np.int64), pd.Index(texts)


def community_names(communities: pd.DataFrame) -> dict[str, str]:
    """Map each folded code, name, everyday name and other spelling to the community's id, the first beating the next.

    A name that two communities share means neither. With or without the word for a community in front it is
    the same name, where no other community has the name as it is written. ``communities`` has the columns of
    :data:`NAMED_BY`; one of them may be absent.
    """
    named = {name: communities[name] for name in NAMED_BY if name in communities}
    if OTHER_NAMES in named:
        named[OTHER_NAMES] = named[OTHER_NAMES].str.split(BETWEEN_NAMES).explode()
    told = [(0, str(one), str(one)) for one in communities.index]
    for rank, column in enumerate(named.values(), 1):
        told += [(rank, str(one), str(text)) for one, text in column.dropna().items()]
    spoken = {rank for rank, name in enumerate(named, 1) if (name,) != ALL[COMMUNITY].keys[0]}
    meant: dict[str, tuple[int, set[str]]] = {}
    for (rank, one, _), text in zip(
        told, fold_all(pd.Index([text for *_, text in told], dtype="str")), strict=True
    ):
        _mean(meant, text, rank, one)
        if rank in spoken and text:
            _mean(meant, _with_or_without(text), len(named) + 1, one)
    return {text: only for text, (_, (only, *others)) in meant.items() if text and not others}


def _mean(meant: dict[str, tuple[int, set[str]]], text: str, rank: int, community: str) -> None:
    """Note that a text means a community, unless it means one by a better rank."""
    best = meant.get(text)
    if best is None or rank < best[0]:
        meant[text] = rank, {community}
    elif rank == best[0]:
        best[1].add(community)


def _with_or_without(text: str) -> str:
    """Return a name without the word for a community where it has it, with it where it has not."""
    bare = text.removeprefix(BEFORE_NAMES)
    return BEFORE_NAMES + text if bare == text else bare


def community_of(frame: pd.DataFrame, known: Mapping[str, str]) -> pd.Series[str]:
    """Return the id of each record's community; NaN where no community goes by that name.

    ``known`` are the names :func:`community_names` found.
    """
    codes, texts = numbered(frame[COMMUNITY])
    ids = np.array([*(known.get(text) for text in fold_all(texts)), None], dtype=object)
    return pd.Series(ids[codes], frame.index, dtype="str")


def is_community(type_name: str, field: str) -> bool:
    """Tell whether a declared field refers to a community."""
    kind = ALL[type_name].by_name[field].kind
    return isinstance(kind, Ref) and kind.target == COMMUNITY


def codes_of(
    column: pd.Series[str], other: pd.Series[str], same: Mapping[str, str]
) -> tuple[Positions, Positions, int]:
    """Number the texts of two columns so that equal folded texts have equal numbers; -1 is absent.

    ``same`` says which folded texts mean one thing (the names of a community).
    """
    (one, texts), (two, others) = numbered(column), numbered(other)
    plain = [same.get(text, text) or None for text in [*fold_all(texts), *fold_all(others)]]
    numbers, distinct = pd.factorize(pd.Series(plain, dtype="str"))
    return (
        np.append(numbers[: len(texts)], NONE)[one],
        np.append(numbers[len(texts) :], NONE)[two],
        len(distinct),
    )


def matches(
    frame: pd.DataFrame, others: pd.DataFrame, on: Sequence[str], same: Mapping[str, Mapping[str, str]]
) -> Positions:
    """Find for each record the position in ``others`` of the one record equal in every field of ``on``.

    Every part must be present. :data:`NONE` where no record is equal, :data:`SEVERAL` where more than
    one is. ``same`` maps a field to the folded texts that mean one thing.
    """
    if not len(frame) or not len(others):
        return np.full(len(frame), NONE, np.int64)
    left, right = coded(frame, others, on, same)
    found = np.full(max(left.max(initial=0), right.max(initial=0)) + 2, NONE, np.int64)
    there = np.flatnonzero(right >= 0)
    found[right[there]] = there
    found[:-1][np.bincount(right[there], minlength=len(found) - 1) > 1] = SEVERAL
    return found[left]


def coded(
    frame: pd.DataFrame, others: pd.DataFrame, on: Sequence[str], same: Mapping[str, Mapping[str, str]]
) -> tuple[Positions, Positions]:
    """Number the records of two frames so that those equal in every field of ``on`` have one number, else -1."""
    left, right = np.zeros(len(frame), np.int64), np.zeros(len(others), np.int64)
    for name in on:
        one, two, distinct = codes_of(frame[name], others[name], same.get(name, {}))
        joined = np.concatenate([_joined(left, one, distinct), _joined(right, two, distinct)])
        compact, _ = pd.factorize(np.where(joined < 0, NONE, joined), use_na_sentinel=False)
        compact = np.where(joined < 0, NONE, compact)
        left, right = compact[: len(frame)], compact[len(frame) :]
    return left, right


def _joined(so_far: Positions, part: Positions, distinct: int) -> Positions:
    """Number the pairs of two numberings; negative where either part is absent."""
    return np.where((so_far < 0) | (part < 0), NONE, so_far * distinct + part)
