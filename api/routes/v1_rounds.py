"""Survey rounds: to which an import belongs, and what a later one says against an earlier one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from api.context import ActorDep, StoreDep
from api.describe_rounds import Compared, compared, compared_out, round_out
from api.operation import ApiRoute, ImportId, Limit, NetworkCode, Offset, answers
from api.schemas_rounds import RoundGiven, RoundNamed, RoundOut, RoundsCompared, RoundShapes
from maps.layers import collection
from surveys import rounds
from surveys.communities import known
from surveys.intake import imports
from surveys.rounds import WHAT
from surveys.words import normal

router = APIRouter(prefix="/api/v1", tags=["rounds"], route_class=ApiRoute)

GEOJSON = "application/geo+json"
RoundName = Annotated[str, Query(max_length=80, description="the name of a round", examples=["รอบ 1/2566"])]
TypeAsked = Annotated[
    str, Query(max_length=40, description="a record type that comes in files", examples=["household"])
]
WhatAsked = Annotated[
    list[Annotated[str, Field(pattern=f"^({'|'.join(WHAT)})$")]] | None,
    Query(
        description="only these: " + ", ".join(WHAT) + "; left out, all that are not the same",
    ),
]


@router.get(
    "/networks/{code}/rounds",
    operation_id="list_rounds",
    summary="The survey rounds of a network",
    responses=answers(403),
)
def list_rounds(code: NetworkCode, store: StoreDep, actor: ActorDep) -> list[RoundOut]:
    """Return the rounds with their imports, the earliest first; imports of no round come last."""
    return [round_out(one) for one in rounds.listed(store, code, actor)]


@router.post(
    "/imports/{import_id}/round",
    operation_id="name_round",
    summary="Say to which survey round an import belongs",
    responses=answers(403, 409),
)
def name_round(import_id: ImportId, given: RoundGiven, store: StoreDep, actor: ActorDep) -> RoundNamed:
    """Name the round of an import; an empty name takes it out of its round."""
    actor.must("import")
    network = imports.get(store, import_id, actor)["network"]
    rounds.name(store, network, actor, import_id, given.name)
    return RoundNamed(import_id=import_id, round=normal(given.name) or None)


def _asked(
    before: RoundName, after: RoundName, type: TypeAsked = "household", what: WhatAsked = None
) -> tuple[tuple[str, str], str, list[str]]:
    return (before, after), type, what or []


Asked = Annotated[tuple[tuple[str, str], str, list[str]], Depends(_asked)]


@router.get(
    "/networks/{code}/rounds/compare",
    operation_id="compare_rounds",
    summary="What became of the records of a type between two rounds",
    responses=answers(403, 409),
)
def compare(
    code: NetworkCode, asked: Asked, store: StoreDep, actor: ActorDep, offset: Offset = 0, limit: Limit = 100
) -> RoundsCompared:
    """Return counts, and record by record what is new, changed, moved, not found, not surveyed or ended."""
    return compared_out(compared(store, code, actor, asked[1], asked[0]), asked[2], offset, limit)


@router.get(
    "/networks/{code}/rounds/compare.geojson",
    operation_id="compare_rounds_geojson",
    summary="What became of the records of a type between two rounds, as GeoJSON",
    response_model=RoundShapes,
    responses=answers(403, 409)
    | {200: {"description": "Shapes with what became of them.", "content": {GEOJSON: {}}}},
)
def compare_shapes(code: NetworkCode, asked: Asked, store: StoreDep, actor: ActorDep) -> Response:
    """Return the records that have a shape of their own, each where it stands, by right; it is logged."""
    names, type_name, what = asked
    frame = rounds.exported(store, code, actor, type_name, names, ".geojson")
    found = Compared(names, store.types(code)[type_name], frame, known(store, code).names)
    return Response(_shapes(found, what), media_type=GEOJSON)


def _shapes(found: Compared, what: Collection[str]) -> bytes:
    picked = found.picked(what)
    drawn = picked[picked.geometry.notna()]
    facts = (line.model_dump(exclude={"on_map"}) for line in found.lines(drawn))
    about = {"before": found.names[0], "after": found.names[1], "record_type": found.type.name}
    return collection(drawn.geometry.to_numpy(), facts, **about, counts=found.counts)
