"""What a row becomes: a new record, or the record here with what the row says laid over it.

An empty cell says nothing, so what is here stays; a column the file does not have stays too. Equal
means equal values, equal beside-notes, and a shape within a centimetre.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gis.geometry import within_1cm
from surveys.cells import Missing, cut_by_sheet
from surveys.intake.identity import LayerIdentity
from surveys.intake.keys import make_keys
from surveys.intake.plan import LayerPlan
from surveys.intake.rows import Typed, dumped
from surveys.intake.shapes import Shapes
from surveys.planning.match import COMMUNITY
from surveys.privacy import SEALED, Vault
from surveys.record import SHAPE, RecordType
from surveys.store.blobs import blob_column, geometries_of
from surveys.store.changes import new_id_column
from surveys.store.frames import arrow_types
from surveys.store.schema import DIGEST, GEOMETRY, columns_of, table
from surveys.store.store import Store

_UNREAD = Missing.UNREADABLE.value
# Gives the notes of row n from those here and those of the file.
_Lay = Callable[[int, dict[str, Any], dict[str, Any]], dict[str, Any]]
# How many records are fetched in one statement (SQLite allows 32,766 values).
_FETCH = 10_000


@dataclass(frozen=True)
class Existing:
    """The records here that a batch matches, as an Arrow table in the order of their ``fid``."""

    rows: pa.Table

    @classmethod
    def of(cls, store: Store, network: str, record_type: RecordType, fids: np.ndarray) -> Existing:
        """Read the records of these row numbers."""
        wanted = [int(fid) for fid in np.unique(fids) if fid >= 0]
        source = table(record_type.name)
        parts = [
            store.read_table(network, record_type.name, None, source.c.fid.in_(wanted[n : n + _FETCH]))
            for n in range(0, len(wanted), _FETCH)
        ]
        empty = store.read_table(network, record_type.name, None, source.c.fid == -1) if not parts else None
        return cls(pa.concat_tables(parts).combine_chunks() if empty is None else empty)

    def lined_up(self, fids: np.ndarray) -> pa.Table:
        """Return one row for each ``fid`` asked for, nulls where there is no such record."""
        at = pc.index_in(pa.array(fids, pa.int64()), value_set=self.rows["fid"].combine_chunks())
        return self.rows.take(at)


@dataclass(frozen=True)
class Merged:
    """Rows as the store has them, their shapes, whether each is here already, and whether it changes.

    ``here`` are the records matched, row by row; ``before`` their shapes (empty where none is matched);
    ``differ`` names the columns in which some row differs from its record.
    """

    table: pa.Table
    shapes: np.ndarray
    found: np.ndarray
    changed: np.ndarray
    here: pa.Table
    before: np.ndarray
    differ: frozenset[str]


def merged(
    plan: LayerPlan, typed: Typed, shapes: Shapes, known: LayerIdentity, existing: Existing, vault: Vault
) -> Merged:
    """Lay a batch over the records it matches."""
    count = len(known.fid)
    here = existing.lined_up(known.fid)
    found = np.asarray(here["fid"].is_valid().to_numpy())
    laid = _Laid(plan.record_type, here, found, np.zeros(count, dtype=bool))
    laid.fields(_as_spoken(_with_given(plan.record_type, typed, known), known, here), typed.missing, vault)
    laid.notes(typed, vault)
    placed = laid.shape(shapes)
    laid.system(known)
    names = ["fid", *(name for name, _ in columns_of(plan.record_type))]
    rows = pa.table({name: laid.columns[name] for name in names})
    return Merged(rows, placed, found, laid.changed, here, laid.before, frozenset(laid.differ))


def _with_given(record_type: RecordType, typed: Typed, known: LayerIdentity) -> dict[str, pa.Array]:
    """Add the numbers that were given to rows without one."""
    if record_type.ordinal is None:
        return typed.values
    own = typed.values.get(record_type.ordinal)
    return typed.values | {record_type.ordinal: known.given if own is None else pc.coalesce(own, known.given)}


def _as_spoken(values: dict[str, pa.Array], known: LayerIdentity, here: pa.Table) -> dict[str, pa.Array]:
    """Leave the name of a community as it stands here, where a row only writes it otherwise."""
    if COMMUNITY not in values:
        return values
    same, held = pa.array(known.same_community), here[COMMUNITY].combine_chunks()
    return values | {COMMUNITY: pc.if_else(same, held, values[COMMUNITY])}


@dataclass
class _Laid:
    """The columns of a batch while they are laid over what is here."""

    record_type: RecordType
    here: pa.Table
    found: np.ndarray
    changed: np.ndarray
    columns: dict[str, Any] = dataclasses.field(default_factory=dict)
    differ: set[str] = dataclasses.field(default_factory=set)
    before: np.ndarray = dataclasses.field(default_factory=lambda: np.array([], dtype=object))

    def fields(
        self, values: dict[str, pa.Array], missing: Sequence[dict[str, str] | None], vault: Vault
    ) -> None:
        """Lay the declared fields; a missing code empties what was here."""
        types = arrow_types(self.record_type)
        for field in self.record_type.stored:
            old = self.here[field.name].combine_chunks()
            new = values.get(field.name)
            if field.secret:
                self._secret(field.name, new, vault)
                continue
            if new is None:
                self.columns[field.name] = old
                continue
            new = _as_stored(new, types[field.name])
            if self.found.any():
                # People's answers empty what was here; a cell that could not be read says nothing.
                said = pa.array([(m or {}).get(field.name, _UNREAD) != _UNREAD for m in missing])
                new = pc.if_else(said, new, pc.coalesce(new, old))
                self._differs(field.name, new, old)
            self.columns[field.name] = new

    def _secret(self, name: str, new: pa.Array | None, vault: Vault) -> None:
        """Lay a secret field: sealed text, and the digest it is compared by."""
        old, old_digest = self.here[name].combine_chunks(), self.here[name + DIGEST].combine_chunks()
        if new is None:
            self.columns[name], self.columns[name + DIGEST] = old, old_digest
            return
        texts = new.to_pylist()
        digests = pa.array(vault.digest_all(texts), pa.string())
        fresh = pc.invert(pc.fill_null(pc.equal(digests, old_digest), False)).to_pylist()
        sealed = vault.seal_all([text if new else None for text, new in zip(texts, fresh, strict=True)])
        laid = pc.coalesce(digests, old_digest)
        self._differs(name + DIGEST, laid, old_digest)
        self.columns[name] = pc.coalesce(pa.array(sealed, pa.string()), old)
        self.columns[name + DIGEST] = laid

    def notes(self, typed: Typed, vault: Vault) -> None:
        """Lay extra values, missing codes and raw texts; a value that is known has no code beside it."""
        own = [field.name for field in self.record_type.fields if field.custom]
        self._extra(typed, own, vault)
        given = {name: np.asarray(pc.is_valid(values)) for name, values in typed.values.items()}
        filled = {name: np.asarray(pc.is_valid(self.columns[name])) for name in typed.values}
        given |= _filled(typed.extra, own)
        filled |= _filled(self.columns["extra"], own)

        def unread(n: int) -> list[str]:
            return [name for name, code in (typed.missing[n] or {}).items() if code == Missing.UNREADABLE]

        self._note("missing", typed.missing, lambda n, held, now: _without(held | now, filled, n))
        self._note(
            "raw",
            typed.raw,
            lambda n, held, now: _overlaid(
                held, _without(held, given, n) | _without(now, filled, n, unread(n)), vault
            ),
        )

    def _extra(self, typed: Typed, own: Sequence[str], vault: Vault) -> None:
        """Lay extra values over those here; a missing code empties what was here of a network's own field."""
        old = self.here["extra"].combine_chunks()
        if not self.found.any():
            self.columns["extra"] = typed.extra
            return
        said = [[f for f in own if (m or {}).get(f, _UNREAD) != _UNREAD] for m in typed.missing]
        if typed.extra.null_count == len(typed.extra) and not any(said):
            self.columns["extra"] = old
            return
        pairs = zip(old.to_pylist(), typed.extra.to_pylist(), said, strict=True)
        both = [({k: v for k, v in json.loads(was or "{}").items() if k not in gone}, json.loads(now or "{}"))
                for was, now, gone in pairs]  # fmt: skip
        laid = dumped([_overlaid(was, was | now, vault) for was, now in both])
        self._differs("extra", laid, old)
        self.columns["extra"] = laid

    def _note(self, name: str, notes: Sequence[dict[str, Any] | None], lay: _Lay) -> None:
        """Lay notes by field over those here."""
        old = self.here[name].combine_chunks()
        if old.null_count == len(old) and not any(notes):
            self.columns[name] = old
            return
        rows: list[dict[str, Any] | None] = [None] * len(old)
        for n, (was, now) in enumerate(zip(old.to_pylist(), notes, strict=True)):
            if was or now:
                held = json.loads(was) if was else {}
                # In one order always, so that equal notes are equal texts.
                rows[n] = dict(sorted(lay(n, held, now or {}).items()))
        laid = dumped(rows)
        self._differs(name, laid, old)
        self.columns[name] = laid

    def shape(self, shapes: Shapes) -> np.ndarray:
        """Lay the shape, where none says nothing; return the shapes laid."""
        given = shapes.geometries.copy()
        given[shapes.codes != ""] = None
        if self.record_type.geometry is None:
            return np.full(len(given), None, dtype=object)
        blobs = blob_column(given)
        if not self.found.any():
            self.columns[GEOMETRY] = blobs
            return given
        old = self.here[GEOMETRY].combine_chunks()
        self.before = geometries_of(old)
        laid: np.ndarray = np.where(shapely.is_missing(given), self.before, given)
        moved = self.found & ~within_1cm(self.before, laid)
        self.changed |= moved
        if moved.any():
            self.differ.add(GEOMETRY)
        self.columns[GEOMETRY] = pc.coalesce(blobs, old)
        return laid

    def system(self, known: LayerIdentity) -> None:
        """Fill the columns that every record carries; the change fills in itself when it writes."""
        count = len(self.found)
        fresh, old = new_id_column(count), self.here["id"].combine_chunks()
        key, held = known.key, self.here["key"].combine_chunks()
        # A record whose shape is mended keeps the key of the shape as it was sent: the file it came in finds it again.
        by_shape = pc.fill_null(pc.match_substring(key, f"{SHAPE}="), False)
        self.columns |= {
            "fid": self.here["fid"].combine_chunks(),
            "id": pc.coalesce(old, fresh),
            "network": pa.nulls(count, pa.string()),
            "key": pc.if_else(by_shape, pc.coalesce(held, key), self._strongest(key, held)),
            "version": pc.add(pc.fill_null(self.here["version"].combine_chunks(), 0), 1),
            "opened_by": pa.nulls(count, pa.int64()),
            "opened_at": pa.nulls(count, pa.string()),
            "source_row": pa.array(known.rows, pa.int64()),
            "source_id": pc.coalesce(known.source_id, self.here["source_id"].combine_chunks()),
        }

    def _strongest(self, key: pa.Array, held: pa.Array) -> pa.Array:
        """Return the keys of the rows; of a record told by its id in a row that says less, the one of all it says now.

        Otherwise a house that still has its sequence could be found by its number only.
        """
        firsts = dict.fromkeys(next(p for p in parts if p != COMMUNITY) for parts in self.record_type.keys)
        rank, held_rank = (_rank(texts, tuple(firsts)) for texts in (key, held))
        told = pc.coalesce(key, held)
        weaker = pa.array((held_rank < rank) & (rank < len(firsts)))
        if not pc.any(weaker).as_py():
            return told
        named_by = {p for parts in self.record_type.keys for p in parts if p in self.record_type.by_name}
        said = {
            name: pc.cast(self.columns[name], pa.string()).filter(weaker).to_pandas().astype("str")
            for name in named_by
        }
        nothing = pd.Series(np.nan, index=range(pc.sum(weaker).as_py()), dtype="str")
        whole = make_keys(self.record_type, said.get, nothing, {}).key
        stronger = pa.array(whole, pa.string(), from_pandas=True)
        return pc.replace_with_mask(told, weaker, pc.coalesce(stronger, told.filter(weaker)))

    def _differs(self, name: str, laid: pa.Array, old: pa.Array) -> None:
        if not self.found.any():
            return
        same = pc.fill_null(pc.equal(laid, old), False)
        both_null = pc.and_(pc.is_null(laid), pc.is_null(old))
        differs = ~pc.or_(same, both_null).to_numpy(zero_copy_only=False)
        self.changed |= differs
        if (differs & self.found).any():
            self.differ.add(name)


def _rank(keys: pa.Array, firsts: Sequence[str]) -> np.ndarray:
    """Say which of a type's keys each text is, by the field it begins with; as many as there are where it is none."""
    rank = np.full(len(keys), len(firsts))
    for n, first in enumerate(firsts):
        rank[pc.fill_null(pc.starts_with(keys, f"{first}="), False).to_numpy(zero_copy_only=False)] = n
    return rank


def _filled(extra: pa.Array, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Say of a network's own fields in which rows they have a value."""
    rows = [json.loads(text or "{}") for text in extra.to_pylist()] if names else []
    return {name: np.array([name in row for row in rows], dtype=bool) for name in names}


def _as_stored(values: pa.Array, wanted: pa.DataType) -> pa.Array:
    """Turn a field's Arrow values into what SQLite holds (dates as ISO texts, yes/no as 1/0)."""
    return values if values.type == wanted else values.cast(wanted)


def _without(
    notes: dict[str, Any], filled: Mapping[str, np.ndarray], n: int, only: Sequence[str] | None = None
) -> dict[str, Any]:
    """Drop the notes of fields that row ``n`` has filled (of ``only`` these, when given)."""
    return {
        name: note
        for name, note in notes.items()
        if not (name in filled and filled[name][n] and (only is None or name in only))
    }


def _overlaid(held: dict[str, Any], now: dict[str, Any], vault: Vault) -> dict[str, Any]:
    """Return the new notes; a text sealed anew or cut by a workbook stays as it is here, for it is no change."""
    return {
        key: held[key] if _says_nothing(held.get(key), value, vault) else value for key, value in now.items()
    }


def _says_nothing(held: Any, now: Any, vault: Vault) -> bool:
    return cut_by_sheet(held, now) or _resealed(held, now, vault)


def _resealed(held: Any, now: Any, vault: Vault) -> bool:
    """Tell whether two sealed texts say the same."""
    if held == now or not (str(held).startswith(SEALED) and str(now).startswith(SEALED)):
        return False
    return vault.open(held) == vault.open(now)
