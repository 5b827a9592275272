"""Near matches: records on the map whose numbers are most like those of a record that found no place by them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

import pandas as pd
from rapidfuzz import fuzz, process

from surveys.planning.match import COMMUNITY, community_of, fold_all
from surveys.record import Field, RecordType
from surveys.shared import LINK
from surveys.words import LANGS, Words, folded, words

# Below this likeness (of 100) two numbers have nothing to do with each other.
_LIKE = 55.0
# How like a part of something divided (4/1) is to the whole of it (4).
_PART = 60.0


def community_keys(frame: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Tell the community of each record: ``id`` where one of that name is known here (else NaN), and ``key``.

    The key is the id, else the name as it is compared: records that say the same name belong together before
    anybody has entered it. NaN where a record says none.
    """
    ids = community_of(frame, names)
    unknown = frame.loc[ids.isna(), COMMUNITY].dropna()
    said = pd.Series(fold_all(pd.Index(unknown)), unknown.index, dtype="str")
    return pd.DataFrame({"id": ids, "key": ids.fillna(said[said.ne("")])})


def numbers_of(record_type: RecordType) -> tuple[Field, ...]:
    """Return the fields that say which record one is: those of its title first, then those of its keys."""
    named = dict.fromkeys((*record_type.title, *(part for key in record_type.keys for part in key)))
    return tuple(
        record_type.by_name[name] for name in named if name in record_type.by_name and name != COMMUNITY
    )


def called(record_type: RecordType, frame: pd.DataFrame) -> dict[str, Words]:
    """Say of each record by its id the numbers it goes by, as written."""
    fields = numbers_of(record_type)
    rows = frame[[of.name for of in fields]].itertuples(name=None)
    return {str(at): _said(record_type, zip(fields, values, strict=True)) for at, *values in rows}


def _said(record_type: RecordType, numbers: Iterable[tuple[Field, object]]) -> Words:
    told = [(_heading(record_type, of), value) for of, value in numbers if isinstance(value, str)]
    if not told:
        return record_type.words
    th, en = ([f"{said.of(lang)} {value}" for said, value in told] for lang in LANGS)
    return words(" ".join(th), ", ".join(en))


def _heading(record_type: RecordType, of: Field) -> Words:
    """Say what a number is; that among equals is called by its type, short: household 2."""
    return words(of.words.th, record_type.words.en.lower()) if of.name == record_type.ordinal else of.words


def compared(child: RecordType, parents: Iterable[str]) -> tuple[str, ...]:
    """Return the fields by whose equality records of a type stand at those of others, but for the community."""
    parts = (part for rule in child.place if rule.type in parents for part in rule.on)
    return tuple(dict.fromkeys(part for part in parts if part not in (COMMUNITY, LINK)))


# Of records on the map that are compared together: by field their folded texts, and their ids.
Texts = Mapping[str, tuple[Sequence[str], Sequence[str]]]


def pools(fields: Sequence[str], frame: pd.DataFrame, keys: pd.Series[str]) -> dict[str, Texts]:
    """Fold the texts of records on the map once for all that is compared with them, by a key of each record."""
    made: dict[str, dict[str, tuple[list[str], list[str]]]] = {}
    for name in fields:
        there = frame[name].dropna()
        folds = pd.DataFrame(
            {
                "text": fold_all(pd.Index(there)),
                "id": there.index,
                "key": keys.reindex(there.index).to_numpy(),
            }
        )
        for key, some in folds.groupby("key"):
            made.setdefault(str(key), {})[name] = some["text"].tolist(), some["id"].tolist()
    return dict(made)


def most_like(row: Mapping[Hashable, object], pool: Texts, most: int) -> list[tuple[str, float]]:
    """Return the ids of those of a pool whose numbers are most like a row's, with how alike (0-100), best first."""
    best: dict[str, float] = {}
    for name, (texts, ids) in pool.items():
        said = row.get(name)
        if not isinstance(said, str):
            continue
        plain = folded(said)
        hits = process.extract(plain, texts, scorer=fuzz.ratio, score_cutoff=_LIKE, limit=most)
        whole, divided, _ = plain.partition("/")
        if divided and whole in texts:
            hits.append((whole, _PART, texts.index(whole)))
        for _, score, at in hits:
            best[ids[at]] = max(best.get(ids[at], 0.0), float(score))
    return sorted(best.items(), key=lambda hit: -hit[1])[:most]
