"""Answers of people as columns to count: each code of a list, and every missing answer apart."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import pandas as pd

from surveys.cells import MISSING_WORDS, Missing
from surveys.codes import OTHER, Choice, Code
from surveys.planning.match import NONE, Positions, numbered
from surveys.planning.result import Column
from surveys.record import RecordType
from surveys.records import ALL
from surveys.words import Words, words

# The record types of a network, with its own fields and choices.
Types = Mapping[str, RecordType]

# The reason of a field that is empty and of which nothing is said.
BLANK = "blank"
REASONS: Mapping[str, Words] = {
    **{reason.value: MISSING_WORDS[reason] for reason in Missing},
    BLANK: words("ไม่ได้กรอก", "left blank"),
}
# Stands before a reason among answers, where no code can be mistaken for it.
MARK = "?"
REASON_LABELS = {MARK + reason: said for reason, said in REASONS.items()}


def reasons(frame: pd.DataFrame, field: str) -> pd.Series[str]:
    """Say of each record why a field has no value: a missing code or :data:`BLANK`; NaN where it has one."""
    return _reasons(frame, field).astype("str")


def _reasons(frame: pd.DataFrame, field: str) -> pd.Series[str]:
    """Say :func:`reasons` as categories, in the order of :data:`REASONS`."""
    codes, texts = numbered(frame["missing"])
    known = [json.loads(text).get(field, BLANK) for text in texts]
    names = [*REASONS]
    at = [names.index(one if one in REASONS else Missing.UNREADABLE.value) for one in [*known, BLANK]]
    told: Positions = np.where(frame[field].isna(), np.array(at, dtype=np.int64)[codes], NONE)
    return pd.Series(pd.Categorical.from_codes(told, pd.Index(names)), frame.index)


def answers(frame: pd.DataFrame, field: str) -> pd.Series[str]:
    """Return the code each record gives, or :data:`MARK` and the reason why it gives none."""
    return frame[field].astype("str").fillna(MARK + reasons(frame, field))


def choices_of(record_type: RecordType, field: str) -> tuple[Choice, ...]:
    """Return the choices of a field with a code list, the network's own among them, and *other* after them."""
    kind = record_type.by_name[field].kind
    if not isinstance(kind, Code):
        raise TypeError(f"{record_type.name}.{field} has no code list")
    return (*kind.choices, Choice(OTHER, kind.label(OTHER)))


def labels_of(record_type: RecordType, field: str) -> dict[str, Words]:
    """Return the words of every answer to a field, missing ones among them."""
    return {choice.code: choice.words for choice in choices_of(record_type, field)} | REASON_LABELS


def answer_columns(record_type: RecordType, field: str) -> tuple[Column, ...]:
    """Return the columns that count a field: one for each choice, then one for each reason."""
    heading, unit = record_type.by_name[field].words, record_type.unit
    declared = {choice.code for choice in choices_of(ALL[record_type.name], field)}
    return (
        *(
            Column(f"{field}_{c.code}", _heading(heading, c.words), "count", unit, own=c.code not in declared)
            for c in choices_of(record_type, field)
        ),
        *reason_columns(field, heading, unit),
    )


def reason_columns(field: str, heading: Words, unit: Words) -> tuple[Column, ...]:
    """Return the columns that count missing answers to a field, one for each reason."""
    return tuple(
        Column(
            f"{field}_missing_{reason}", _heading(heading, said), "count", unit, missing_of=(field, reason)
        )
        for reason, said in REASONS.items()
    )


def answer_counts(
    record_type: RecordType, field: str, told: pd.Series[str], rows: pd.Series[str]
) -> pd.DataFrame:
    """Count answers by row of a table; a code that the list does not have counts as *other*.

    Returns a frame with the columns of :func:`answer_columns`, indexed by the values of ``rows``.
    """
    codes = [choice.code for choice in choices_of(record_type, field)]
    known = told.where(told.isin([*codes, *REASON_LABELS]), OTHER)
    return _counted(known, rows, {c: f"{field}_{c}" for c in codes} | reason_names(field))


def reason_counts(field: str, told: pd.Series[str], rows: pd.Series[str]) -> pd.DataFrame:
    """Count reasons by row of a table, as :func:`reason_columns` names them; NaN is an answer."""
    return _counted(MARK + told, rows, reason_names(field))


def reason_names(field: str) -> dict[str, str]:
    """Map each marked reason to the name of the column that counts it."""
    return {MARK + reason: f"{field}_missing_{reason}" for reason in REASONS}


def _counted(told: pd.Series[str], rows: pd.Series[str], names: Mapping[str, str]) -> pd.DataFrame:
    # Records that tell nothing are in no group.
    counts = told.groupby([rows.reindex(told.index), told]).size().unstack(fill_value=0)
    return counts.reindex(columns=list(names), fill_value=0).rename(columns=names)


def _heading(field: Words, answer: Words) -> Words:
    return words(f"{field.th}: {answer.th}", f"{field.en}: {answer.en}")
