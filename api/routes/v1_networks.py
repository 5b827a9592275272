"""City networks, their record types and records, the layers of their map, and files of their records."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import FileResponse

from api import city
from api.context import ActorDep, LangDep, StoreDep
from api.describe import type_out
from api.operation import (
    ApiRoute,
    EdgeRefusal,
    HexId,
    LayerName,
    Limit,
    NetworkCode,
    Offset,
    Suffix,
    TypeName,
    answers,
    attachment,
    file_answer,
    named,
    saved,
    written,
)
from api.schemas import (
    AttachmentOut,
    Created,
    FeatureCollection,
    JoinedCommunity,
    Network,
    NewCommunities,
    NewCommunity,
    NewNetwork,
    RecordDetail,
    RecordPage,
    TypeOut,
    UnknownCommunity,
    UnplacedList,
)
from surveys import attachments, communities, export, lookup, networks
from surveys.errors import Refused
from surveys.lookup import Wanted
from surveys.words import normal, words

router = APIRouter(prefix="/api/v1/networks", route_class=ApiRoute)

GEOJSON = "application/geo+json"
# What a browser may keep: for this person, asked for anew each time.
_KEPT = "private, no-cache"


@router.get(
    "", operation_id="list_networks", tags=["networks"], summary="The city networks", responses=answers(403)
)
def list_networks(store: StoreDep, actor: ActorDep) -> list[Network]:
    """Return every network with its facts and counts."""
    return [Network.model_validate(facts) for facts in networks.listed(store, actor)]


@router.post(
    "",
    operation_id="add_network",
    tags=["networks"],
    summary="Add a city network",
    status_code=201,
    responses=answers(403, 409),
)
def add_network(new: NewNetwork, store: StoreDep, actor: ActorDep, response: Response) -> Network:
    """Add a network; its own bounds replace those of Thailand."""
    facts = networks.add(store, actor, new.code, new.name.strip(), new.bounds)
    response.headers["Location"] = f"/api/v1/networks/{facts['code']}"
    return Network.model_validate(facts | {"counts": networks.counts(store, facts["code"], actor)})


@router.get(
    "/{code}",
    operation_id="get_network",
    tags=["networks"],
    summary="One city network",
    responses=answers(403),
)
def get_network(code: NetworkCode, store: StoreDep, actor: ActorDep) -> Network:
    """Return a network's facts, counts and revision."""
    counts = networks.counts(store, code, actor)
    return Network.model_validate(networks.get(store, code, actor) | {"counts": counts})


@router.get(
    "/{code}/types",
    operation_id="list_types",
    tags=["records"],
    summary="The record types of a network, with its own fields and choices",
    responses=answers(403),
)
def list_types(code: NetworkCode, store: StoreDep, actor: ActorDep) -> list[TypeOut]:
    """Return every record type: fields, words, units, privacy, rules and codes."""
    return [type_out(record_type) for record_type in lookup.types(store, code, actor)]


def _wanted(
    limit: Limit = 50,
    offset: Offset = 0,
    q: Annotated[str, Query(max_length=100, description="part of a text, such as a house number")] = "",
    bbox: Annotated[
        str | None,
        Query(
            max_length=120, description="west,south,east,north in degrees", examples=["100.5,13.7,100.6,13.8"]
        ),
    ] = None,
) -> Wanted:
    return Wanted(q, _box(bbox), limit, offset)


def _box(text: str | None) -> lookup.Box | None:
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west, south, east, north = 1.0, 0.0, 0.0, 0.0
    if not (west <= east and south <= north):
        raise EdgeRefusal(
            422,
            "Invalid",
            words("bbox ต้องเป็น ตะวันตก,ใต้,ตะวันออก,เหนือ", "bbox is west,south,east,north in degrees."),
        )
    return west, south, east, north


@router.get(
    "/{code}/records/{type_name}",
    operation_id="list_records",
    tags=["records"],
    summary="Current records of a type",
    responses=answers(403, 409),
)
def list_records(
    code: NetworkCode,
    type_name: TypeName,
    wanted: Annotated[Wanted, Depends(_wanted)],
    store: StoreDep,
    actor: ActorDep,
) -> RecordPage:
    """Return records as far as the actor may see them; of secret values the last four characters."""
    return RecordPage.model_validate(lookup.page(store, code, type_name, actor, wanted))


@router.get(
    "/{code}/records/{type_name}/{record_id}",
    operation_id="get_record",
    tags=["records"],
    summary="One record, with its shape, its history and what brought it",
    responses=answers(403),
)
def get_record(
    code: NetworkCode, type_name: TypeName, record_id: HexId, store: StoreDep, actor: ActorDep
) -> RecordDetail:
    """Return a record; one of another network is not there."""
    return RecordDetail.model_validate(lookup.detail(store, code, type_name, record_id, actor))


@router.get(
    "/{code}/records/{type_name}/{record_id}/attachments",
    operation_id="list_attachments",
    tags=["records"],
    summary="The photos of a record",
    responses=answers(403),
)
def list_attachments(
    code: NetworkCode, type_name: TypeName, record_id: HexId, store: StoreDep, actor: ActorDep
) -> list[AttachmentOut]:
    """Return the photos that came in one archive with the rows of a record, only to those who may read files."""
    found = attachments.listed(store, code, type_name, record_id, actor)
    return [AttachmentOut.model_validate(one, from_attributes=True) for one in found]


@router.get(
    "/{code}/records/{type_name}/{record_id}/attachments/{key}",
    operation_id="get_attachment",
    tags=["records"],
    summary="One photo of a record",
    response_class=Response,
    responses=answers(403) | file_answer("image/*", "The photo as it was sent; that it was taken is logged."),
)
def get_attachment(
    code: NetworkCode, type_name: TypeName, record_id: HexId, key: HexId, store: StoreDep, actor: ActorDep
) -> Response:
    """Return a photo to be saved."""
    photo = attachments.opened(store, code, (type_name, record_id), key, actor)
    return saved(photo.content, photo.name, photo.media_type)


@router.get(
    "/{code}/layers/{layer}.geojson",
    operation_id="get_layer",
    tags=["map"],
    summary="A layer of the map as GeoJSON",
    response_model=FeatureCollection,
    responses=answers(403)
    | {
        200: {"description": "Shapes with titles, codes and rows of popups.", "content": {GEOJSON: {}}},
        304: {"description": "The layer is still the one of If-None-Match."},
    },
)
def get_layer(
    code: NetworkCode, layer: LayerName, request: Request, store: StoreDep, actor: ActorDep, lang: LangDep
) -> Response:
    """Return the shapes of a layer, nothing above network privacy; ETag changes with the network."""
    tag = city.layer_tag(store, code, actor, layer, lang)
    headers = {"ETag": tag, "Cache-Control": _KEPT, "Vary": "Cookie, X-Mankong-Role"}
    if named(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(city.layer_geojson(store, code, actor, layer, lang), media_type=GEOJSON, headers=headers)


@router.get(
    "/{code}/unplaced",
    operation_id="list_unplaced",
    tags=["records"],
    summary="Records that are not yet on the map",
    responses=answers(403),
)
def list_unplaced(code: NetworkCode, store: StoreDep, actor: ActorDep) -> UnplacedList:
    """Return by type how many records have no place, and the first 1,000 of each."""
    found = lookup.unplaced(store, code, actor)
    facts = [row | {"words": vars(row["words"])} for row in found]
    return UnplacedList.model_validate({"total": sum(row["count"] for row in found), "types": facts})


@router.get(
    "/{code}/communities/unknown",
    operation_id="list_unknown_communities",
    tags=["records"],
    summary="Communities that records name and nobody has entered",
    responses=answers(403),
)
def list_unknown(code: NetworkCode, store: StoreDep, actor: ActorDep) -> list[UnknownCommunity]:
    """Return the names, with how many records of each type say them."""
    return [UnknownCommunity.model_validate(row) for row in communities.unknown(store, code, actor)]


@router.post(
    "/{code}/communities/unknown",
    operation_id="create_unknown_communities",
    tags=["records"],
    summary="Create communities that records name",
    status_code=201,
    responses=answers(403, 409),
)
def create_unknown(code: NetworkCode, new: NewCommunities, store: StoreDep, actor: ActorDep) -> list[Created]:
    """Create communities by name, hollow; their records find them at once."""
    named = {row["name"] for row in communities.unknown(store, code, actor)}
    names = dict.fromkeys(normal(name) for name in new.names)
    if strange := [name for name in names if name not in named]:
        said = ", ".join(strange)[:200]
        raise Refused(words(f"ไม่มีรายการใดเอ่ยถึง {said}", f"No record names {said}, or it is known by now."))
    return [Created(id=communities.create(store, code, actor, name), name=name) for name in names]


@router.post(
    "/{code}/communities/joined",
    operation_id="join_community",
    tags=["records"],
    summary="Join a name that records write to the community meant",
    status_code=201,
    responses=answers(403, 409),
)
def join_community(code: NetworkCode, said: JoinedCommunity, store: StoreDep, actor: ActorDep) -> Created:
    """Keep the name as another spelling of the community; its records find it at once, and later files too."""
    store.revision(code)
    communities.join(store, code, actor, said.name, said.community)
    return Created(id=said.community, name=said.name)


@router.post(
    "/{code}/communities",
    operation_id="create_community",
    tags=["records"],
    summary="Create a community by its name",
    status_code=201,
    responses=answers(403, 409),
)
def create_community(
    code: NetworkCode, new: NewCommunity, store: StoreDep, actor: ActorDep, response: Response
) -> Created:
    """Create a community that is known, not surveyed."""
    store.revision(code)
    record_id = communities.create(store, code, actor, new.name)
    response.headers["Location"] = f"/api/v1/networks/{code}/records/community/{record_id}"
    return Created(id=record_id, name=new.name)


@router.get(
    "/{code}/export/{type_name}.{suffix}",
    operation_id="export_records",
    tags=["records"],
    summary="The current records of a type as a file",
    response_class=FileResponse,
    responses=answers(403) | file_answer("application/octet-stream", "The file; the export is logged."),
)
def export_records(
    code: NetworkCode, type_name: TypeName, suffix: Suffix, store: StoreDep, actor: ActorDep
) -> FileResponse:
    """Write the records to a file of the format asked for, which goes in again unchanged."""
    name = f"{type_name}.{suffix}"
    write = partial(export.write, store, code, type_name, actor=actor)
    return written(store, name, write, attachment(f"{code}-{name}"), "application/octet-stream")
