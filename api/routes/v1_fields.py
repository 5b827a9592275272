"""A network's own fields and choices: added, listed, retired; never deleted or redefined."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from api.context import ActorDep, StoreDep
from api.describe import field_out
from api.describe_fields import listed_out, new_field, outcome_out
from api.operation import ApiRoute, NetworkCode, TypeName, answers
from api.schemas import FieldOut
from api.schemas_fields import ChoiceOutcome, FieldOutcome, NewOwnChoice, NewOwnField, OwnOfType, Retiring
from surveys import custom_fields, custom_rules
from surveys.custom_fields import NewChoice, Own
from surveys.roles import Actor
from surveys.store.store import Store
from surveys.words import Words

router = APIRouter(prefix="/api/v1/networks/{code}/fields", tags=["records"], route_class=ApiRoute)

FieldName = Annotated[
    str, Path(pattern=f"^{custom_rules.NAME}$", description="the name of a field", examples=["material"])
]
ChoiceCode = Annotated[
    str, Path(pattern=f"^{custom_rules.CODE}$", description="the code of a choice", examples=["bamboo"])
]


@router.get(
    "",
    operation_id="list_own_fields",
    summary="The fields and choices that a network has added",
    responses=answers(403),
)
def list_own(code: NetworkCode, store: StoreDep, actor: ActorDep) -> list[OwnOfType]:
    """Return them by record type, retired ones among them, with how many records have a value."""
    return [listed_out(own) for own in custom_fields.listed(store, code, actor)]


@router.post(
    "",
    operation_id="add_own_field",
    summary="Add a field to a record type",
    status_code=201,
    responses=answers(403, 409),
)
def add_field(code: NetworkCode, new: NewOwnField, store: StoreDep, actor: ActorDep) -> FieldOutcome:
    """Add a field; values that earlier files kept under its headings become its values."""
    return outcome_out(custom_fields.add_field(store, code, actor, new_field(new)))


@router.post(
    "/look",
    operation_id="look_at_own_field",
    summary="What adding a field would do",
    responses=answers(403, 409),
)
def look(code: NetworkCode, new: NewOwnField, store: StoreDep, actor: ActorDep) -> FieldOutcome:
    """Return what would become of the values kept so far, or why the field cannot be; nothing is written."""
    return outcome_out(custom_fields.look(store, code, actor, new_field(new)))


def _place(code: NetworkCode, type_name: TypeName, field: FieldName) -> tuple[str, str, str]:
    return code, type_name, field


Place = Annotated[tuple[str, str, str], Depends(_place)]


@router.post(
    "/{type_name}/{field}/choices",
    operation_id="add_own_choice",
    summary="Add a choice to the code list of a field",
    status_code=201,
    responses=answers(403, 409),
)
def add_choice(place: Place, new: NewOwnChoice, store: StoreDep, actor: ActorDep) -> ChoiceOutcome:
    """Add a choice; records that had said so under *other* have it from then on."""
    network, type_name, field = place
    asked = NewChoice(type_name, field, new.code, Words(new.words.th, new.words.en), tuple(new.aliases))
    records = custom_fields.add_choice(store, network, actor, asked)
    return ChoiceOutcome(type=type_name, field=field, code=new.code.strip(), records=records)


@router.post(
    "/{type_name}/{field}/retire",
    operation_id="retire_own_field",
    summary="Retire a field of the network's own, or bring it back",
    responses=answers(403, 409),
)
def retire_field(place: Place, asked: Retiring, store: StoreDep, actor: ActorDep) -> FieldOut:
    """Retire a field: it is no longer asked for, its values stay; its name stays taken."""
    return _retired(store, actor, place, "", asked)


@router.post(
    "/{type_name}/{field}/choices/{choice}/retire",
    operation_id="retire_own_choice",
    summary="Retire a choice of the network's own, or bring it back",
    responses=answers(403, 409),
)
def retire_choice(
    place: Place, choice: ChoiceCode, asked: Retiring, store: StoreDep, actor: ActorDep
) -> FieldOut:
    """Retire a choice: it is no longer offered, but still read; its code stays taken."""
    return _retired(store, actor, place, choice, asked)


def _retired(
    store: Store, actor: Actor, place: tuple[str, str, str], choice: str, asked: Retiring
) -> FieldOut:
    network, type_name, field = place
    custom_fields.retire(store, network, actor, Own(type_name, field, choice), back=not asked.retired)
    return field_out(store.types(network)[type_name].by_name[field])
