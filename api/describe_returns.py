"""Giving the data back as programs read it: meetings, how each community stands, the records to check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.describe import said
from api.pages.returns_page import Asked, by_community, checked
from api.pages.values import Reader
from api.schemas import RecordOut, RecordPage
from api.schemas_returns import EntryOut, MadeAtReturn, ReturnDetail, ReturnOut, ReturnsOut, StandingOut
from surveys.city import returns
from surveys.city.returns import RETURN, STANDINGS
from surveys.lookup import Wanted, value_as_json
from surveys.roles import Actor
from surveys.sight import Sight
from surveys.store.schema import GEOMETRY, table
from surveys.store.store import Store

Row = Mapping[str, Any]


def returns_out(store: Store, network: str, actor: Actor) -> ReturnsOut:
    """Describe how each community stands, and the meetings.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see households, or there is no such network.
    """
    meetings = returns.listed(store, network, actor)
    store.revision(network)
    return ReturnsOut(
        communities=[
            StandingOut.model_validate(vars(line) | {"standing_words": said(STANDINGS[line.standing])})
            for line in by_community(store, network, actor)
        ],
        meetings=[return_out(network, row) for row in meetings],
    )


def return_out(network: str, row: Row) -> ReturnOut:
    """Describe a meeting."""
    return ReturnOut.model_validate(_facts(network, row))


def detail_out(network: str, row: Row) -> ReturnDetail:
    """Describe a meeting with what was corrected at it."""
    made = [
        MadeAtReturn.model_validate({**one, "change": one["id"], "undone": one["state"] != "done"})
        for one in row["corrections"]
    ]
    history = [
        EntryOut.model_validate(dict(entry) | {"paper": entry["evidence_name"]}) for entry in row["history"]
    ]
    return ReturnDetail.model_validate(_facts(network, row) | {"corrections": made, "history": history})


def _facts(network: str, row: Row) -> dict[str, Any]:
    kind = RETURN.by_name["state"].kind
    own = f"/api/v1/networks/{network}/returns/{row['id']}"
    links = {"self": own, "outcome": f"{own}/outcome", "corrections": f"{own}/corrections"}
    links |= {"paper": f"{own}/paper"} if row["evidence"] else {}
    state = {"th": kind.show(row["state"], "th"), "en": kind.show(row["state"], "en")}
    return dict(row) | {"state_words": state, "paper": row["evidence_name"], "links": links}


def to_check(store: Store, network: str, actor: Actor, place: tuple[str, str], wanted: Wanted) -> RecordPage:
    """Return the records of a type (meeting id, type) that a meeting is to check, in the order of the plan.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see households, or there is no such meeting.
    """
    meeting = returns.get(store, network, actor, place[0])
    # The lists of the page say which records, and in which order; what they write of them is not used.
    write = Reader("th", lambda _text: None, lambda _id: None)
    lists = checked(store, network, actor, meeting["community"], write, Asked(wanted.q, True))
    found = next(one for one in lists if one.type.name == place[1])
    ids = [row[0] for row in found.table.rows][wanted.offset :][: wanted.limit]
    return RecordPage(
        type=found.type.name, total=found.total, limit=wanted.limit, offset=wanted.offset,
        revision=store.revision(network), records=_records(store, network, Sight.of(found.type, actor), ids),
    )  # fmt: skip


def _records(store: Store, network: str, sight: Sight, ids: list[str]) -> list[RecordOut]:
    name = sight.record_type.name
    rows = store.read_table(network, name, None, table(name).c.id.in_(ids)).to_pylist()
    by_id = {row["id"]: row for row in rows}
    return [_record(store, sight, by_id[one]) for one in ids if one in by_id]


def _record(store: Store, sight: Sight, row: Row) -> RecordOut:
    seen = sight.seen(row, lambda: store.vault)
    titles = (name for name in sight.record_type.title if seen.values.get(name) is not None)
    first = next(titles, None)
    return RecordOut(
        id=row["id"], type=sight.record_type.name,
        title=None if first is None else sight.record_type.by_name[first].kind.show(seen.values[first], "th"),
        version=row["version"], opened_at=row["opened_at"], on_map=row.get(GEOMETRY) is not None,
        values={field.name: value_as_json(field, seen.values[field.name]) for field in sight.fields},
        missing=dict(seen.missing), unreadable=dict(seen.raw), extra=dict(seen.extra),
    )  # fmt: skip
