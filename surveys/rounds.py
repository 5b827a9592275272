"""Survey rounds: which files belong to one, and what a later round says against an earlier one.

A record that the later round does not speak of is *not found*, never gone: somebody ends it, with a
reason (:func:`surveys.edit.end`).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from gis.crs import from_wgs84, metric_crs
from surveys import events, records, view
from surveys.errors import NotFound, Refused
from surveys.intake import seen
from surveys.intake.accept import import_folder
from surveys.planning.match import COMMUNITY, community_names, community_of
from surveys.planning.place import place
from surveys.record import RecordType
from surveys.roles import Actor
from surveys.sight import Sight
from surveys.store.blobs import to_geometries
from surveys.store.changes import DOUBLE, END
from surveys.store.schema import DIGEST, GEOMETRY, SRID, table
from surveys.store.store import Store
from surveys.words import Words, normal, words

ROUND = "round"
# Nearer than this a point has not moved: a phone errs by so much (metres).
MOVED_M = 15.0

WHAT: dict[str, Words] = {
    "new": words("พบใหม่", "new"),
    "changed": words("ข้อมูลเปลี่ยน", "changed"),
    "moved": words("ย้ายบ้านหรือตำแหน่ง", "moved"),
    "same": words("เหมือนเดิม", "the same"),
    "not_found": words("รอบนี้ไม่พบ (ไม่ได้แปลว่าไม่มี)", "not found this time (not gone)"),
    "not_surveyed": words("ชุมชนยังไม่ได้สำรวจรอบนี้", "community not surveyed this time"),
    "doubled": words("พบว่าซ้ำ รวมแล้ว", "found to be a double, joined"),
    "ended": words("ยุติแล้ว", "ended"),
}


@dataclass(frozen=True)
class Round:
    """The standing imports of one round by number, in order; ``name`` is None for those of no round yet.

    ``last`` is the change that its last import was.
    """

    name: str | None
    imports: tuple[int, ...]
    begun: str
    ended: str
    last: int


def listed(store: Store, network: str, actor: Actor) -> list[Round]:
    """Return the rounds of a network, the earliest first; imports of no round come last.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see the network, or there is none.
    """
    actor.must("see")
    store.revision(network)
    made: dict[str | None, list[Any]] = {}
    for row in _imports(store, network):
        made.setdefault(json.loads(row.report or "{}").get(ROUND), []).append(row)
    rounds = [
        Round(name, tuple(row.number for row in of), of[0].at, of[-1].at, of[-1].id)
        for name, of in made.items()
    ]
    return sorted(rounds, key=lambda one: (one.name is None, one.imports[0]))


def name(store: Store, network: str, actor: Actor, import_id: int, text: str) -> None:
    """Say to which round an import belongs; an empty text takes it out of its round.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not import, there is no such import, or the name is too long.
    """
    actor.must("import")
    text = normal(text)
    if len(text) > 80:
        raise Refused(
            words("ชื่อรอบสำรวจยาวเกิน 80 ตัวอักษร", "The name of the round is longer than 80 characters.")
        )
    change = table("change")
    where = (change.c.network == network, change.c.number == import_id)
    with store.writing() as connection:
        kept = connection.execute(sa.select(change.c.report).where(*where)).first()
        if kept is None:
            raise NotFound(words(f"ไม่มีการนำเข้าเลขที่ {import_id}", f"There is no import {import_id}."))
        report = json.loads(kept[0] or "{}") | {ROUND: text or None}
        connection.execute(
            change.update().where(*where).values(report=json.dumps(report, ensure_ascii=False))
        )
        events.record(connection, actor, network, "round_named", str(import_id), {ROUND: text})


def compare(
    store: Store, network: str, actor: Actor, type_name: str, names: tuple[str, str]
) -> gpd.GeoDataFrame:
    """Compare the records of a type as they stood after two rounds (the earlier, the later).

    Returns
    -------
    Frame indexed by record id, EPSG:4326 (the later place, else the earlier): ``what`` (a key of
    :data:`WHAT`), ``fields`` (tuple of the fields that differ), ``moved_m`` (NaN where there is nothing
    to measure), ``community``, the title fields and those that place it as they stand later (else earlier).

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not see households, there is no such round, or records of the type are not surveyed.
    """
    actor.must("see_households")
    record_type = store.types(network).get(type_name)
    if record_type is None or not record_type.by_file:
        raise Refused(
            words(f"เทียบข้อมูลประเภท {type_name} ไม่ได้", f"Records of type {type_name} are not surveyed.")
        )
    rounds = {one.name: one for one in listed(store, network, actor)}
    earlier, later = (_round(rounds, asked) for asked in names)
    fields = _compared(Sight.of(record_type, actor))
    versions = _with_own(store, record_type, fields, _versions(store, network, record_type, fields))
    before, after = (_as_at(versions, one.last) for one in (earlier, later))
    spoken = _spoken(store, later.imports, record_type.name)
    # A record told to be a double after the later round was not missed by it.
    last = versions.sort_values("opened_by").drop_duplicates("id", keep="last")
    told = _Told(spoken, frozenset(last.loc[last["doubled"], "id"]))
    return _judged(
        record_type, fields, (before, after), told, community_names(store.read(network, COMMUNITY))
    )


def exported(
    store: Store, network: str, actor: Actor, type_name: str, names: tuple[str, str], suffix: str
) -> gpd.GeoDataFrame:
    """Compare two rounds to take all of it along as a file of a format (its suffix); that is logged.

    Returns
    -------
    The frame of :func:`compare`.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not export; else as :func:`compare`.
    """
    actor.must("see_households", "export")
    frame = compare(store, network, actor, type_name, names)
    detail = {"rows": len(frame), "format": suffix, "rounds": list(names), "type": type_name}
    with store.writing() as connection:
        events.record(connection, actor, network, "export", "rounds", detail)
    return frame


def placed(
    store: Store, network: str, actor: Actor, type_name: str, frame: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Let the records of a comparison stand where the map has them: without a shape of their own, at what they name.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see what places them, or there is no such network.
    """
    rules = [rule for rule in records.ALL[type_name].place if set(rule.on) <= set(frame.columns)]
    if not rules or not len(frame):
        return frame
    others = view.frames(store, network, actor, dict.fromkeys([COMMUNITY, *(rule.type for rule in rules)]))
    texts = frame.assign(**{name: frame[name].astype("str") for rule in rules for name in rule.on})
    made: gpd.GeoDataFrame = frame.set_geometry(place(texts, rules, others).geometry)
    return made


def _imports(store: Store, network: str) -> Sequence[Any]:
    """Return the standing imports with their number, moment and report, in order."""
    change = table("change")
    query = (
        sa.select(change.c.id, change.c.number, change.c.at, change.c.report)
        .where(change.c.network == network, change.c.number.is_not(None), change.c.state == "done")
        .order_by(change.c.id)
    )
    with store.reading() as connection:
        return connection.execute(query).all()


def _round(rounds: dict[str | None, Round], asked: str) -> Round:
    found = rounds.get(asked)
    if found is None or found.name is None:
        raise NotFound(words(f"ไม่มีรอบสำรวจ “{asked}”", f"There is no survey round “{asked}”."))
    return found


def _compared(sight: Sight) -> list[str]:
    """Return the columns that are compared: what people said, as far as it is seen; a secret by its digest."""
    derived = {rule.field for rule in sight.record_type.derived}
    wanted = (f for f in sight.fields if f.name not in derived)
    return [f.name + DIGEST if f.secret and not f.custom else f.name for f in wanted]


def _versions(store: Store, network: str, record_type: RecordType, fields: Sequence[str]) -> pd.DataFrame:
    """Read every version whose opening stands.

    ``ended`` and ``doubled`` mark those that an ending, or a decision that they are doubles, closed and stands.
    """
    shape = [GEOMETRY] if record_type.geometry else []
    own = {field.name for field in record_type.fields if field.custom}
    columns = [
        *(name for name in fields if name not in own),
        *(["extra"] if own & set(fields) else []),
        *shape,
    ]
    made = store.versions(network, record_type.name, columns).to_pandas(types_mapper=_nullable)
    change = table("change")
    with store.reading() as connection:
        query = sa.select(change.c.id, change.c.kind).where(
            change.c.network == network, change.c.state == "done"
        )
        kinds = {row.id: row.kind for row in connection.execute(query)}
    made = made[made["opened_by"].isin(kinds)]
    by = made["closed_by"].map(kinds)
    standing: pd.DataFrame = made.assign(
        ended=made["closed_by"].where(by.isin((END, DOUBLE))),
        doubled=by.eq(DOUBLE).fillna(False).astype(bool),
    )
    return standing


def _with_own(
    store: Store, record_type: RecordType, fields: Sequence[str], versions: pd.DataFrame
) -> pd.DataFrame:
    """Give the network's own fields columns of their own; a secret one by its digest."""
    own = [field for field in record_type.fields if field.custom and field.name in fields]
    if not own:
        return versions
    beside = [json.loads(text) if isinstance(text, str) else {} for text in versions["extra"]]
    told = {
        field.name: pd.Series(
            [
                store.vault.digest(store.vault.open(value)) if field.secret and value else value
                for value in (row.get(field.name) for row in beside)
            ],
            index=versions.index, dtype=object,
        )
        for field in own
    }  # fmt: skip
    return versions.drop(columns="extra").assign(**told)


def _nullable(kind: pa.DataType) -> Any:
    return {pa.int64(): pd.Int64Dtype(), pa.float64(): pd.Float64Dtype()}.get(kind)


def _as_at(versions: pd.DataFrame, moment: int) -> pd.DataFrame:
    """Return the version of each record that stood after a change; ``gone`` marks those ended by then."""
    by_then = versions[versions["opened_by"] <= moment].sort_values("opened_by")
    last = by_then.drop_duplicates("id", keep="last").set_index("id")
    made: pd.DataFrame = last.assign(gone=last["ended"].le(moment).fillna(False).astype(bool))
    return made


def _spoken(store: Store, imports: Sequence[int], type_name: str) -> set[str]:
    """Return the ids of the records that the files of a round spoke of."""
    found: set[str] = set()
    for number in imports:
        listing = seen.read(import_folder(store, number))
        if listing is not None:
            ids = listing.to_pandas()
            found.update(ids.loc[ids["type"].eq(type_name), "id"])
    return found


@dataclass(frozen=True)
class _Told:
    """The ids of the records that the later round spoke of, and of those told to be doubles."""

    spoken: Collection[str]
    doubled: Collection[str]


def _judged(
    record_type: RecordType,
    fields: Sequence[str],
    states: tuple[pd.DataFrame, pd.DataFrame],
    told: _Told,
    names: dict[str, str],
) -> gpd.GeoDataFrame:
    spoken = told.spoken
    before, after = (state[~state["gone"]] for state in states)
    ended = states[1][states[1]["gone"]].index
    # What neither stood before nor is spoken of now came between the rounds, and is no part of either.
    ids = before.index.union(after.index[after.index.isin(spoken)])
    old, new = before.reindex(ids), after.reindex(ids)
    shown = new.where(new["opened_by"].notna(), old)
    differs = pd.DataFrame({name: _differs(old[name], new[name]) for name in fields}, index=ids)
    both = old["opened_by"].notna() & new["opened_by"].notna()
    moved_m = _moved_m(record_type, old, new)
    where = _where(shown, names)
    surveyed = where.isin(set(where[ids.isin(spoken)].dropna())) | where.isna()
    placing = [
        name for name in dict.fromkeys(p for rule in record_type.place for p in rule.on) if name in fields
    ]
    moved = (moved_m > MOVED_M) | (differs[placing].any(axis=1) if placing else False)
    what = np.select(
        [old["opened_by"].isna(), (ids.isin(ended) | ~ids.isin(spoken)) & ids.isin(told.doubled), ids.isin(ended),
         ~ids.isin(spoken) & ~surveyed, ~ids.isin(spoken), both & moved, both & differs.any(axis=1)],
        ["new", "doubled", "ended", "not_surveyed", "not_found", "moved", "changed"], "same",
    )  # fmt: skip
    differing = [
        tuple(n.removesuffix(DIGEST) for n in fields if row[n]) for row in differs[fields].to_dict("records")
    ]
    found = {
        "what": pd.Series(what, index=ids, dtype="str"),
        "fields": pd.Series(
            [f if w in ("moved", "changed") else () for f, w in zip(differing, what, strict=True)], index=ids
        ),
        "moved_m": moved_m,
        COMMUNITY: where,
        **{
            name: shown[name]
            for name in (*record_type.title, *placing)
            if name in shown and name != COMMUNITY
        },
    }
    shapes = (
        to_geometries(shown[GEOMETRY].where(shown[GEOMETRY].notna(), None).tolist())
        if GEOMETRY in shown
        else None
    )
    empty = np.full(len(ids), None, dtype=object)
    return gpd.GeoDataFrame(
        found,
        index=ids,
        geometry=gpd.GeoSeries(empty if shapes is None or not len(ids) else shapes, index=ids, crs=SRID),
    )


def _where(shown: pd.DataFrame, names: dict[str, str]) -> pd.Series[Any]:
    """Return the community of each record: its id, its name where it is not known here, NaN where none."""
    if COMMUNITY not in shown:
        return pd.Series(np.nan, index=shown.index, dtype="str")
    known: pd.Series[Any] = community_of(shown, names)
    return shown[COMMUNITY].astype("str").where(known.isna(), known)


def _differs(old: pd.Series, new: pd.Series) -> pd.Series:
    """Tell where two columns differ; what the later one does not say does not differ."""
    return (new.notna() & ~old.eq(new).fillna(False)).astype(bool)


def _moved_m(record_type: RecordType, old: pd.DataFrame, new: pd.DataFrame) -> pd.Series:
    """Measure how far each shape is from where it was, centre to centre."""
    far = pd.Series(np.nan, index=old.index)
    if record_type.geometry is None or not len(old):
        return far
    both = np.flatnonzero((old[GEOMETRY].notna() & new[GEOMETRY].notna()).to_numpy())
    if not len(both):
        return far
    was, now = (gpd.GeoSeries(to_geometries(part[GEOMETRY].iloc[both].tolist())) for part in (old, new))
    crs = metric_crs(tuple(pd.concat([was, now]).total_bounds))
    was, now = (gpd.GeoSeries(from_wgs84(part.to_numpy(), crs)).centroid for part in (was, now))
    far.iloc[both] = was.distance(now).to_numpy()
    return far
