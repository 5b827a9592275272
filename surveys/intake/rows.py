"""One batch of a layer: strings in, typed columns and problems out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz, process

from gis.formats import ROW
from surveys.cells import BESIDE
from surveys.codes import Code
from surveys.fields import THAI_DIGITS
from surveys.intake.mapping import ColumnMap
from surveys.intake.problem import Problem
from surveys.mangled import numbers_before
from surveys.privacy import Vault, masked, without_ids
from surveys.record import Field, RecordType
from surveys.thai import valid_person_id
from surveys.words import Words, folded, normal, words

# Remarks on a value that does not hold the whole text: the text is kept beside it.
_KEPT_RAW = frozenset({"choice_unknown"})
# Problems of values that say what may have been meant.
_HINTED = frozenset({"choice_unknown", "number_as_date"})

# A cell with nothing in it but what may be a national id.
_LIKE_ID = "^[ -]*[0-8](?:[ -]*[0-9]){12}[ -]*$"
# How much of a cell a problem repeats.
_MOST = 200
# What JSON does not let stand in a text as it is.
_ESCAPED = r'["\\\x00-\x1f]'

Report = Callable[[Sequence[Problem]], None]


@dataclass(frozen=True)
class Typed:
    """A batch read: Arrow arrays by field, and what is kept beside them, row by row.

    ``missing`` and ``raw`` are lists of dicts or None; ``extra`` is JSON text, null for nothing.
    """

    values: dict[str, pa.Array]
    missing: list[dict[str, str] | None]
    raw: list[dict[str, str] | None]
    extra: pa.Array


@dataclass(frozen=True)
class BatchReader:
    """Reads the batches of one layer by its column map; reports what it could not read."""

    record_type: RecordType
    columns: ColumnMap
    layer: str
    vault: Vault
    secret_columns: frozenset[str]
    report: Report

    def read(self, batch: pa.RecordBatch) -> Typed:
        """Read one batch."""
        rows = batch.column(ROW).to_numpy()
        notes: list[list[dict[str, Any] | None]] = [[None] * len(batch) for _ in range(2)]
        beside: list[pa.Array] = []
        values: dict[str, pa.Array] = {}
        written: dict[str, pa.Array] = {}
        own = {field.name for field in self.record_type.fields if field.custom}
        left = [*self.columns.unmapped]
        for name, column in self.columns.fields.items():
            field = self.record_type.by_name[name]
            if not field.secret and column in self.secret_columns:
                # National ids stay encrypted, whatever field a network reads them into.
                left.append(column)
                continue
            texts = batch.column(column)
            read = field.kind.read(field.kind.below(column, texts))
            self._note(field, column, (rows, texts, read), notes)
            written[name] = texts
            if field.custom:
                beside.append(_fragments(name, self._sealed(read.values) if field.secret else read.values))
            else:
                values[name] = read.values
        for column in left:
            texts = batch.column(column)
            # An export of ours named it apart from our own columns.
            name = column.removesuffix(BESIDE) if self.columns.own_id else column
            # Under the name of an own field stand that field's values.
            name += BESIDE if name in own else ""
            beside.append(_fragments(name, self._sealed(texts) if column in self.secret_columns else texts))
        self._derive(values)
        self._check(values, written, rows)
        return Typed(values, notes[0], notes[1], _objects(beside, len(batch)))

    def _sealed(self, values: pa.Array) -> pa.Array:
        texts = [None if value is None else str(value) for value in values.to_pylist()]
        return pa.array(self.vault.seal_all(texts), pa.string())

    def _note(
        self,
        field: Field,
        column: str,
        read: tuple[Any, pa.Array, Any],
        notes: list[list[dict[str, Any] | None]],
    ) -> None:
        """Keep missing codes and unreadable texts beside the values, and report problems."""
        rows, texts, found = read
        for n in np.flatnonzero(pc.is_valid(found.missing).to_numpy(zero_copy_only=False)):
            notes[0][n] = (notes[0][n] or {}) | {field.name: found.missing[int(n)].as_py()}
        problems = []
        for n in np.flatnonzero(pc.is_valid(found.problem).to_numpy(zero_copy_only=False)):
            text, code = texts[int(n)].as_py(), found.problem[int(n)].as_py()
            if code in _KEPT_RAW or not found.values[int(n)].is_valid:
                kept = self.vault.seal(text) if field.secret else text
                notes[1][n] = (notes[1][n] or {}) | {field.name: kept}
            told = (
                field.kind.unknown(text)
                if code == "choice_unknown" and isinstance(field.kind, Code)
                else text
            )
            shown = masked(text) if field.secret else without_ids(told)[:_MOST]
            hint = near(field, told) if code in _HINTED else None
            problems.append(
                Problem(code, self.layer, int(rows[n]), column, field.name, shown, field.kind.rule, hint)
            )  # fmt: skip
        self.report(problems)

    def _derive(self, values: dict[str, pa.Array]) -> None:
        """Compute the fields that follow from others; what a file says of them does not count."""
        for rule in self.record_type.derived:
            if all(name in values for name in rule.needs):
                frame = pd.DataFrame({name: values[name].to_pandas().astype("str") for name in rule.needs})
                found = rule.value(frame)
                values[rule.field] = pa.array(
                    [None if pd.isna(v) else str(v).removesuffix(".0") for v in found], pa.string()
                )

    def _check(self, values: dict[str, pa.Array], written: Mapping[str, pa.Array], rows: Any) -> None:
        """Report the rows that break a rule over typed values, in the words of the file."""
        for check in self.record_type.checks:
            if not all(name in values for name in check.needs):
                continue
            frame = pd.DataFrame({name: values[name].to_pandas(date_as_object=False) for name in check.needs})
            failing = check.failing(frame).fillna(False).to_numpy(dtype=bool)
            column, said = self.columns.fields.get(check.field), written.get(check.field, values[check.field])
            self.report([
                Problem(check.code, self.layer, int(rows[n]), column, check.field, str(said[n].as_py())[:_MOST])
                for n in np.flatnonzero(failing).tolist()
            ])  # fmt: skip


def _fragments(name: str, values: pa.Array) -> pa.Array:
    """Write ``"name":value,`` of each filled cell as JSON, each distinct value once."""
    coded = values.dictionary_encode()
    texts, head = coded.dictionary, orjson.dumps(name).decode() + ":"
    if pa.types.is_string(texts.type):
        written = pc.binary_join_element_wise(head + '"', texts, '",', "")
        odd = pc.match_substring_regex(texts, _ESCAPED)
    else:
        written, odd = pa.nulls(len(texts), pa.string()), pa.repeat(True, len(texts))
    by_hand = [head + orjson.dumps(_plain(v)).decode() + "," for v in texts.filter(odd).to_pylist()]
    return pc.replace_with_mask(written, odd, pa.array(by_hand, pa.string())).take(coded.indices)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool) else str(value)


def _objects(fragments: Sequence[pa.Array], count: int) -> pa.Array:
    """Join the fragments of each row into a JSON object, null where there are none."""
    if not fragments:
        return pa.nulls(count, pa.string())
    # Each fragment ends with its comma: Arrow's own way to skip nulls drops rows that have nothing else.
    joined = pc.binary_join_element_wise(*fragments, "", null_handling="replace", null_replacement="")
    inside = pc.utf8_rtrim(joined, characters=",")
    whole = pc.binary_join_element_wise("{", inside, "}", "")
    return pc.if_else(pc.equal(inside, ""), pa.scalar(None, pa.string()), whole)


def near(field: Field, text: str) -> Words:
    """Say which label of a list a text almost is, or which number it was before it was taken for a date."""
    if not isinstance(field.kind, Code):
        numbers = numbers_before(normal(text).translate(THAI_DIGITS))
        return words(" หรือ ".join(numbers), " or ".join(numbers))
    known = field.kind.by_spelling
    hit = process.extractOne(folded(text), list(known), scorer=fuzz.ratio, score_cutoff=70)
    if hit is None:
        return field.kind.rule
    label = field.kind.label(known[hit[0]])
    return words(f"อาจหมายถึง “{label.th}”", f"Perhaps “{label.en}”.")


def secret_columns(whole: pa.Table, columns: Sequence[str]) -> frozenset[str]:
    """Return the columns that hold national ids, whatever their headings say.

    Of the cells with the shape of an id, half must be well-formed: of other numbers of 13 digits,
    such as times in milliseconds, one in eleven is.
    """
    found = []
    for column in columns:
        like = pc.match_substring_regex(whole[column], _LIKE_ID)
        shaped = whole[column].filter(pc.fill_null(like, False))
        texts = pc.replace_substring_regex(shaped, "[ -]", "").unique().to_pylist()
        if texts and sum(valid_person_id(text) for text in texts) * 2 >= len(texts):
            found.append(column)
    return frozenset(found)


def dumped(notes: Sequence[Mapping[str, Any] | None]) -> pa.Array:
    """Write rows' dicts as JSON texts, null where there is none."""
    return pa.array([orjson.dumps(n).decode() if n else None for n in notes], pa.string())
