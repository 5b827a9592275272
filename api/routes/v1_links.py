"""Records that stand nowhere, the likely ones on the map, and the link a person makes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from api.context import ActorDep, StoreDep
from api.describe_links import sides_out
from api.operation import ApiRoute, HexId, NetworkCode, answers
from api.routes.v1_edits import change_made
from api.schemas_edits import ChangeMade, RecordLinked, RecordUnlinked, SidesOut
from surveys import communities, edit, linking
from surveys.roles import Actor
from surveys.store.store import Store

router = APIRouter(prefix="/api/v1/networks/{code}/links/{type_name}", tags=["links"], route_class=ApiRoute)

LinkedType = Annotated[
    str,
    Path(
        pattern=f"^({'|'.join(linking.LINKED)})$",
        description="a type whose records may be linked by hand: " + ", ".join(linking.LINKED),
        examples=["household"],
    ),
]


@router.get(
    "",
    operation_id="list_unmatched",
    summary="Records without a place, and records on the map that nothing names",
    responses=answers(403),
)
def unmatched(code: NetworkCode, type_name: LinkedType, store: StoreDep, actor: ActorDep) -> SidesOut:
    """Return both sides, each record without a place with those on the map whose numbers are most alike."""
    sides = linking.unmatched(store, code, actor, type_name)
    return sides_out(type_name, sides, communities.known(store, code).names)


def _place(code: NetworkCode, type_name: LinkedType, record_id: HexId) -> tuple[str, str, str]:
    return code, type_name, record_id


Place = Annotated[tuple[str, str, str], Depends(_place)]


@router.post(
    "/{record_id}",
    operation_id="link_record",
    summary="Link a record to the one on the map at which it stands",
    responses=answers(403, 409, 412),
)
def link(place: Place, wanted: RecordLinked, store: StoreDep, actor: ActorDep) -> ChangeMade:
    """Make the link: a correction with a reason, which later files keep and which can be taken back."""
    return _linked(store, place, actor, wanted, wanted.target)


@router.post(
    "/{record_id}/unlink",
    operation_id="unlink_record",
    summary="Take the link of a record away",
    responses=answers(403, 409, 412),
)
def unlink(place: Place, wanted: RecordUnlinked, store: StoreDep, actor: ActorDep) -> ChangeMade:
    """Take a link made by hand away; the record stands where its numbers place it, or nowhere."""
    return _linked(store, place, actor, wanted, "")


def _linked(
    store: Store,
    place: tuple[str, str, str],
    actor: Actor,
    wanted: RecordLinked | RecordUnlinked,
    target: str,
) -> ChangeMade:
    code, type_name, record_id = place
    # Asked first: who may not link is not told which records there are.
    actor.must("edit")
    store.revision(code)
    asked = edit.Correction(type_name, record_id, wanted.version, {}, wanted.reason)
    return change_made(asked, linking.link(store, code, actor, asked, target))
