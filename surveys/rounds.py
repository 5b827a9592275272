"""Survey rounds: which files belong to one, and what a later round says against an earlier one.

A record that the later round does not speak of is *not found*, never gone: somebody ends it, with a
reason (:func:`surveys.edit.end`), and from then on it is shown as ended. How two states are compared
stands in :mod:`surveys.round_changes`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from surveys import events, records, view
from surveys.errors import NotFound, Refused
from surveys.intake import seen
from surveys.intake.accept import import_folder
from surveys.planning.match import COMMUNITY, community_names
from surveys.planning.place import place
from surveys.record import SHAPE, RecordType
from surveys.roles import Actor
from surveys.round_changes import Told, judged
from surveys.sight import Sight
from surveys.store.changes import DOUBLE, END
from surveys.store.schema import DIGEST, GEOMETRY, table
from surveys.store.store import Store
from surveys.words import Words, normal, words

ROUND = "round"

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

# What has something to say: not what is as it was, nor what nobody asked about.
TELLING = tuple(name for name in WHAT if name not in ("same", "not_surveyed"))

# What a shape that differs is called among the fields that differ.
_PLACE = words("ตำแหน่งหรือรูปร่างบนแผนที่", "place or shape on the map")


def words_of(record_type: RecordType, field: str) -> Words:
    """Say what differs: a field of the frame of :func:`compare`."""
    return _PLACE if field == SHAPE else record_type.by_name[field].words


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
    :data:`WHAT`), ``fields`` (tuple of the fields that differ, :data:`surveys.record.SHAPE` among them),
    ``moved_m`` (NaN where there is nothing to measure), ``reason`` (why it was ended, else None), ``perhaps``
    (tuple of the ids of records of the other round that it may be, of one new or not found), ``community``,
    the title fields and those that place it as they stand later (else earlier).

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
    # A record ended, or told to be a double, after the later round was not missed by it.
    last = versions.sort_values("opened_by").drop_duplicates("id", keep="last").set_index("id")
    told = Told(
        frozenset(_spoken(store, later.imports, record_type.name)),
        frozenset(last.index[last["ended"].notna()]),
        frozenset(last.index[last["doubled"]]),
        {str(at): why for at, why in last["reason"].dropna().items()},
    )
    return judged(record_type, fields, (before, after), told, community_names(store.read(network, COMMUNITY)))


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
    """Return the columns that are compared: what people said, as far as it is seen; a secret by its digest.

    What tells of the visit itself, such as its day, differs every time and says nothing of the record.
    """
    derived = {rule.field for rule in sight.record_type.derived}
    wanted = (f for f in sight.fields if f.name not in derived and not f.of_visit)
    return [f.name + DIGEST if f.secret and not f.custom else f.name for f in wanted]


def _versions(store: Store, network: str, record_type: RecordType, fields: Sequence[str]) -> pd.DataFrame:
    """Read every version whose opening stands.

    ``ended`` and ``doubled`` mark those that an ending, or a decision that they are doubles, closed and stands;
    ``reason`` is why one was ended.
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
        why = sa.case((change.c.kind == END, change.c.report))
        query = sa.select(change.c.id, change.c.kind, why.label("why")).where(
            change.c.network == network, change.c.state == "done"
        )
        found = connection.execute(query).all()
    kinds = {row.id: row.kind for row in found}
    reasons = {row.id: json.loads(row.why).get("reason") or None for row in found if row.why}
    made = made[made["opened_by"].isin(kinds)]
    by = made["closed_by"].map(kinds)
    standing: pd.DataFrame = made.assign(
        ended=made["closed_by"].where(by.isin((END, DOUBLE))),
        doubled=by.eq(DOUBLE).fillna(False).astype(bool),
        reason=made["closed_by"].map(reasons).astype(object),
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
