"""The identity of every row of a layer, found in one pass over its key columns alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gis.formats import DEFECT, GEOMETRY, ROW
from gis.geometry import Bounds
from surveys import networks
from surveys.communities import Communities
from surveys.intake.carried import besides, carried
from surveys.intake.joins import unknown_hint
from surveys.intake.keys import Cells, Keys, in_parts, key_told, key_values, make_keys, person, shape_digests
from surveys.intake.match import Matches, Rows, existing, holders, match
from surveys.intake.nearness import near, told_by_place
from surveys.intake.numbers import known_numbers
from surveys.intake.plan import LayerPlan, key_words, open_layer
from surveys.intake.problem import Problem
from surveys.intake.row_ids import foreign, ours
from surveys.intake.same import RowsBefore
from surveys.intake.shapes import read_shapes
from surveys.privacy import Vault, without_ids
from surveys.record import SHAPE, RecordType
from surveys.store.changes import END
from surveys.store.frames import release_unused
from surveys.store.store import Store
from surveys.thai import AreaCode
from surveys.words import normal

# How much of a text is shown.
_SHOWN = 200


@dataclass(frozen=True)
class LayerIdentity:
    """What tells each row of a layer: arrays by row position.

    ``rows`` are the row numbers a surveyor sees; ``community`` that in which each ``key`` lives; ``fid`` is
    the row of the record here (-1: new); ``reasons`` a problem code for rows without identity; ``repeat``
    marks rows equal to an earlier row of the file, and those of decided doubles; ``given`` ordinals assigned;
    ``same_community`` marks rows that name the community of their record, in whatever words; ``left`` those that
    an earlier import of the same file brought: what became of their records stays.
    """

    rows: np.ndarray
    key: pa.StringArray
    community: pa.DictionaryArray
    fid: np.ndarray
    given: pa.StringArray
    source_id: pa.StringArray
    reasons: np.ndarray
    seen: np.ndarray
    repeat: np.ndarray
    same_community: np.ndarray
    left: np.ndarray
    problems: tuple[Problem, ...] = ()

    def part(self, start: int, count: int) -> LayerIdentity:
        """Return the rows of one batch."""
        cut = slice(start, start + count)

        def texts(column: pa.StringArray) -> pa.StringArray:
            # A copy: a slice that is sent to another process may take the whole column along.
            return pa.concat_arrays([column[cut]])

        return LayerIdentity(
            self.rows[cut], texts(self.key), self.community[cut], self.fid[cut], texts(self.given),
            texts(self.source_id), self.reasons[cut], self.seen[cut], self.repeat[cut],
            self.same_community[cut], self.left[cut],
        )  # fmt: skip


def identify(
    plan: LayerPlan,
    source: pa.ipc.RecordBatchFileReader,
    known: Communities,
    here: tuple[Store, str],
    before: RowsBefore | None = None,
) -> LayerIdentity:
    """Find the key of every row of a layer, and the record here that it is.

    A row that an earlier layer of the file has already is told by :func:`once`. A row that an import of the same
    file brought (``before``) is the record it became then, whatever its number or name is by now.
    """
    told = _identified(plan, source, known, here, before)
    release_unused()
    return told


def _identified(
    plan: LayerPlan,
    source: pa.ipc.RecordBatchFileReader,
    known: Communities,
    here: tuple[Store, str],
    before: RowsBefore | None,
) -> LayerIdentity:
    # Opened anew, so that what is looked at here stays in memory no longer than this takes.
    whole, record_type = open_layer(plan.layer).read_all(), plan.record_type
    read = _keyed(plan, whole, known, here, before)
    bounds = networks.bounds(*here)
    fit = _fit(plan, whole, bounds)
    place = near(plan, whole, bounds, here) if told_by_place(record_type) else None
    found = match(record_type, Rows(read.keys, read.ids, read.rivals, fit, place), read.here, read.carried)
    told = _identity(plan, (read.keys, read.ids, found), whole, source)
    strangers = _unknown_communities(plan, read.keys, whole, known)
    problems = (*told.problems, *strangers, *_not_ours(plan, whole))
    return replace(told if before is None else _as_before(told, read, before), problems=problems)


def _as_before(told: LayerIdentity, read: _Keyed, before: RowsBefore) -> LayerIdentity:
    """Leave the rows that an import of the same file brought, and those that repeated one of them."""
    names = holders(read.keys).fillna(read.ids["source_id"])
    # The row they repeat is a record here, whatever its number is by now.
    again = names.isin(names[before.had(told.rows)].dropna()).to_numpy() & before.passed_over(told.rows)
    return replace(told, left=before.left(told.rows) | again, repeat=told.repeat | again)


def numbers_given(plan: LayerPlan, whole: pa.Table, known: Communities, here: tuple[Store, str]) -> pa.Array:
    """Return the number that each row without one will have, so that what belongs to it can name it."""
    return pa.array(_keyed(plan, whole, known, here).keys.given, pa.string(), from_pandas=True)


@dataclass(frozen=True)
class _Keyed:
    """The keys of a layer, the ids its rows bring, what tells persons apart, what is here, and its other keys."""

    keys: Keys
    ids: pd.DataFrame
    rivals: Callable[[], pd.DataFrame]
    here: pd.DataFrame
    carried: pd.DataFrame


def _keyed(
    plan: LayerPlan,
    whole: pa.Table,
    known: Communities,
    here: tuple[Store, str],
    before: RowsBefore | None = None,
) -> _Keyed:
    store, network = here
    record_type, canon = plan.record_type, known.by_text

    def cells(name: str) -> pd.Series | None:
        column = plan.columns.fields.get(name)
        return None if column is None else _values(record_type, name, whole[column])

    by_shape = any(SHAPE in key for key in record_type.keys) and plan.has_geometry
    # The shape is read only where it may be all that tells a record.
    shapes = shape_digests(whole[GEOMETRY].to_pandas()) if by_shape else _nothing(len(whole))
    keys = make_keys(record_type, cells, shapes, canon)
    ids = _ids(plan, whole, before)
    rivals = cache(lambda: _rivals(record_type, cells, store, len(whole)))
    known_here = existing(store, network, record_type, canon)
    others = carried(record_type, keys, known_here, store, network)
    if keys.given.notna().any():
        current = besides(known_here[known_here["closing"].isna()], others)
        keys = known_numbers(record_type, keys, rivals, current, ids)
    return _Keyed(keys, ids, rivals, known_here, others)


def _fit(plan: LayerPlan, whole: pa.Table, bounds: Bounds) -> Callable[[np.ndarray], np.ndarray]:
    """Return what tells, of row positions, which rows are fit to be taken: read whole, with a sound shape."""

    def fit(at: np.ndarray) -> np.ndarray:
        rows = whole.take(pa.array(at)).combine_chunks().to_batches()
        parts = [np.asarray(b[DEFECT].is_null()) & (read_shapes(b, plan, bounds).codes == "") for b in rows]
        made: np.ndarray = np.concatenate(parts) if parts else np.array([], dtype=bool)
        return made

    return fit


def once(known: LayerIdentity, layer: str, before: Mapping[str, str]) -> LayerIdentity:
    """Keep out rows whose record an earlier layer of the same file brings.

    ``before`` maps the identity of each row taken so far, within its type, to its layer (:func:`brought`).
    """
    reasons, seen = known.reasons.copy(), known.seen.copy()
    for n, name in enumerate(_names(known)):
        other = before.get(name) if name is not None else None
        if other is not None and other != layer and not reasons[n]:
            reasons[n], seen[n] = "key_repeated", other
    return replace(known, reasons=reasons, seen=seen)


def brought(known: LayerIdentity, layer: str, out: Collection[int]) -> dict[str, str]:
    """Map the identity of each row of a layer to the layer, but for rows kept out, by number, for whatever reason."""
    names = zip(known.rows.tolist(), _names(known), strict=True)
    return {name: layer for row, name in names if name is not None and row not in out}


def _names(known: LayerIdentity) -> list[str | None]:
    """Return what tells each row, with what kind of name it is: a number of ours may be a row id of the source."""
    fids = pa.array(known.fid, mask=known.fid < 0)
    kinds = {"fid": pc.cast(fids, pa.string()), "source_id": known.source_id, "key": _holders(known)}
    told = [pc.binary_join_element_wise(kind, texts, "\x1f") for kind, texts in kinds.items()]
    names: list[str | None] = pc.coalesce(*told).to_pylist()
    return names


def _holders(known: LayerIdentity) -> pa.StringArray:
    """Return the community and the key of each row as one text, null where there is no key."""
    return pc.binary_join_element_wise(pc.fill_null(known.community.cast(pa.string()), ""), known.key, "\x1f")


def _values(record_type: RecordType, name: str, column: pa.ChunkedArray) -> pd.Series:
    """Read a column as its field does, as texts."""
    kind = record_type.by_name[name].kind
    chunks = [kind.read(chunk).values.cast(pa.string()) for chunk in column.chunks]
    made: pd.Series = pa.chunked_array(chunks, pa.string()).to_pandas().astype("str")
    return made


def _nothing(count: int) -> pd.Series:
    return pd.Series(np.nan, index=pd.RangeIndex(count), dtype="str")


def _ids(plan: LayerPlan, whole: pa.Table, before: RowsBefore | None) -> pd.DataFrame:
    """Read our own ids (those of their records before, or values of their shape) and the source's row ids."""
    count = len(whole)
    own = _nothing(count)
    if plan.columns.own_id:
        texts = whole[plan.columns.own_id]
        own = texts.to_pandas().astype("str").where(ours(texts))
    if before is not None:
        had = before.ids_of(whole[ROW].to_numpy()).to_pandas().astype("str")
        own = had.where(had.notna(), own)
    given = (
        whole[plan.columns.source_id].to_pandas().astype("str") if plan.columns.source_id else _nothing(count)
    )
    return pd.DataFrame({"id": own, "source_id": given})


def _not_ours(plan: LayerPlan, whole: pa.Table) -> Iterator[Problem]:
    """Remark on what stands among our ids and is none: it is kept beside the record, and tells no row."""
    column = plan.columns.own_id
    if column is not None:
        for n in np.flatnonzero(foreign(whole[column])):
            value = without_ids(whole[column][int(n)].as_py())[:_SHOWN]
            yield Problem("id_not_ours", plan.layer.name, whole[ROW][int(n)].as_py(), column, None, value)


def _rivals(record_type: RecordType, cells: Cells, store: Store, count: int) -> pd.DataFrame:
    """Make what tells persons apart comparable with :func:`surveys.intake.match.existing`."""
    made = {}
    for name in record_type.rivals:
        given = cells(name)
        values = _nothing(count) if given is None else given
        secret = record_type.by_name[name].secret
        made[name] = in_parts(values, partial(_digests, vault=store.vault)) if secret else person(values)
    release_unused()
    return pd.DataFrame(made, index=pd.RangeIndex(count))


def _digests(texts: pd.Series, vault: Vault) -> pd.Series:
    given = pa.array(texts, from_pandas=True).to_pylist()
    return pd.Series(vault.digest_all(given), index=texts.index, dtype="str")


def _identity(
    plan: LayerPlan,
    found: tuple[Keys, pd.DataFrame, Matches],
    whole: pa.Table,
    source: pa.ipc.RecordBatchFileReader,
) -> LayerIdentity:
    keys, ids, matches = found
    count, rows = len(keys.key), whole[ROW].to_numpy()
    usable = keys.key.notna() | ids["source_id"].notna() | ids["id"].notna()
    reasons = np.where(usable, "", "key_missing").astype(object)
    seen = np.full(count, "", dtype=object)
    if plan.orphans is not None:
        # What only an id tells would be kept without all that its parent row says of it.
        lost = (plan.orphans != "") & keys.key.isna().to_numpy() & (matches.fid < 0)
        reasons[lost] = plan.orphans[lost]
    sound = np.asarray(whole[DEFECT].is_null().to_numpy())
    repeat = np.zeros(count, dtype=bool)
    for n in np.flatnonzero((matches.repeat_of >= 0) & sound):
        first = int(matches.repeat_of[n])
        repeat[n] = _equal_rows(source, int(n), first)
        if not repeat[n]:
            reasons[n], seen[n] = "key_repeated", f"{rows[first]}"
    taken = matches.several & (reasons == "")
    reasons[taken], seen[taken] = "key_of_several", [key_values(str(key)) for key in keys.key[taken]]
    serial = _serial_codes(plan.record_type, keys)
    reasons[serial & (reasons == "")] = "code_is_serial"
    _closed(matches, reasons, seen, repeat)
    problems = _remarks(plan, found, rows, (sound & (reasons == ""), repeat))
    return LayerIdentity(
        rows, _column(matches.key), _coded(keys.community), matches.fid, _column(keys.given),
        _column(ids["source_id"]), reasons, seen, repeat,
        matches.same_community, np.zeros(count, dtype=bool), problems,
    )  # fmt: skip


def _column(texts: pd.Series) -> pa.StringArray:
    """Hand texts over as Arrow holds them: a million Python objects are slow to send, and large."""
    column = pa.array(texts, from_pandas=True)
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return whole.cast(pa.string())


def _coded(texts: pd.Series) -> pa.DictionaryArray:
    """Hand over texts of which there are few, each once."""
    return _column(texts).dictionary_encode()


def _closed(matches: Matches, reasons: np.ndarray, seen: np.ndarray, repeat: np.ndarray) -> None:
    """Keep out the rows of records that a person ended; those of doubles are the record that was kept."""
    for n in np.flatnonzero(pd.notna(matches.closings) & (reasons == "")):
        closing = matches.closings[n]
        if closing.kind == END:
            reasons[n], seen[n] = "record_ended", closing.told
        else:
            repeat[n] = True


def _equal_rows(source: pa.ipc.RecordBatchFileReader, a: int, b: int) -> bool:
    """Tell whether two rows of the file say the same in every column but the row number."""
    names = [name for name in source.schema.names if name != ROW]
    whole = source.read_all().select(names)
    return bool(whole.slice(a, 1).to_pylist() == whole.slice(b, 1).to_pylist())


def _serial_codes(record_type: RecordType, keys: Keys) -> np.ndarray:
    """Mark area codes that are only a file's own numbers 1, 2, 3 ... (10 would be Bangkok's code)."""
    coded = isinstance(record_type.by_name["code"].kind, AreaCode) if "code" in record_type.by_name else False
    if not coded:
        return np.zeros(len(keys.key), dtype=bool)
    numbers = keys.key.str.extract(r"^code=(\d+)\|$")[0].dropna().astype("int64").sort_values().to_numpy()
    missing = keys.key.isna().sum()
    run = missing > 0 and len(numbers) > 0 and numbers[0] == missing + 1
    run = run and bool((np.diff(numbers) == 1).all())
    return (keys.key.notna() & run).to_numpy()


def _unknown_communities(plan: LayerPlan, keys: Keys, whole: pa.Table, known: Communities) -> list[Problem]:
    """Remark once on each community that is not known here; its rows are taken and wait."""
    column = plan.columns.fields.get("community")
    if column is None or plan.record_type.name == "community":
        return []
    unknown = keys.community[keys.community.notna() & ~keys.community.isin(set(known.by_text.values()))]
    firsts = unknown.drop_duplicates().index.tolist()
    texts = [normal(whole[column][n].as_py()) for n in firsts]
    return [
        Problem(
            "community_unknown", plan.layer.name, whole[ROW][n].as_py(), column, "community", text,
            near=unknown_hint(known, text),
        )
        for n, text in zip(firsts, texts, strict=True)
    ]  # fmt: skip


def _remarks(
    plan: LayerPlan,
    found: tuple[Keys, pd.DataFrame, Matches],
    rows: np.ndarray,
    kept: tuple[np.ndarray, np.ndarray],
) -> tuple[Problem, ...]:
    """Remark on numbers given, keys that are only a shape, row ids of others, and possible doubles."""
    (keys, ids, matches), record_type, layer = found, plan.record_type, plan.layer.name
    rule = key_words(record_type)
    taken, decided = kept[0] & ~kept[1], kept[0]
    problems = []
    if record_type.ordinal and record_type.ordinal in plan.columns.fields:
        column = plan.columns.fields[record_type.ordinal]
        for n in np.flatnonzero(keys.given.notna().to_numpy() & taken):
            problems.append(
                Problem(
                    "number_assigned", layer, int(rows[n]), column, record_type.ordinal, keys.given.iloc[n]
                )
            )
    for n in np.flatnonzero(matches.foreign & taken):
        said = without_ids(str(ids["source_id"].iloc[n]))[:_SHOWN]
        problems.append(
            Problem("source_id_of_another", layer, int(rows[n]), plan.columns.source_id, None, said)
        )
    for n in np.flatnonzero(matches.double & taken):
        told = key_told(record_type, str(keys.key.iloc[n]))
        problems.append(Problem("possible_double", layer, int(rows[n]), near=told))
    for n in np.flatnonzero(pd.notna(matches.closings) & decided):
        seen = key_values(str(keys.key.iloc[n]))
        day = matches.closings[n].told
        problems.append(Problem("double_decided", layer, int(rows[n]), None, None, seen, detail=day))
    for n in np.flatnonzero(matches.elsewhere & taken):
        seen = key_values(str(keys.key.iloc[n]))
        problems.append(Problem("number_elsewhere", layer, int(rows[n]), None, None, seen))
    for n in np.flatnonzero(keys.by_shape.to_numpy() & taken):
        problems.append(Problem("key_from_shape", layer, int(rows[n]), rule=rule))
    return tuple(problems)
