"""One record corrected by hand, ended, and either taken back: each a change with a reason and a history."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from api.context import ActorDep, StoreDep
from api.operation import ApiRoute, HexId, NetworkCode, TypeName, answers
from api.schemas_edits import ChangeMade, RecordCorrected, RecordEnded, TakenBack
from surveys import edit
from surveys.errors import Refused
from surveys.shared import LINK
from surveys.words import words

router = APIRouter(prefix="/api/v1/networks/{code}", tags=["records"], route_class=ApiRoute)

ChangeId = Annotated[
    int, Path(ge=1, le=2**53, description="the number of a change, as its answer or the history of a record says")
]  # fmt: skip


def _place(code: NetworkCode, type_name: TypeName, record_id: HexId) -> tuple[str, str, str]:
    return code, type_name, record_id


Place = Annotated[tuple[str, str, str], Depends(_place)]


@router.post(
    "/records/{type_name}/{record_id}/corrections",
    operation_id="correct_record",
    summary="Correct fields of a record",
    responses=answers(403, 409, 412),
)
def correct(place: Place, wanted: RecordCorrected, store: StoreDep, actor: ActorDep) -> ChangeMade:
    """Write a new version with the values corrected; what a file would only be warned of is refused."""
    actor.must("edit")
    if LINK in wanted.values:
        raise Refused(
            words(f"ช่อง {LINK} แก้ได้ด้วยการเชื่อมเท่านั้น", f"The field {LINK} is set by linking, not corrected.")
        )
    asked = _asked(place, wanted)
    return change_made(asked, edit.correct(store, place[0], actor, asked))


@router.post(
    "/records/{type_name}/{record_id}/end",
    operation_id="end_record",
    summary="End a record that is no more",
    responses=answers(403, 409, 412),
)
def end(place: Place, wanted: RecordEnded, store: StoreDep, actor: ActorDep) -> ChangeMade:
    """Say that a record is no more, and why; its history stays, and it can be taken back."""
    done = edit.end(store, place[0], actor, _asked(place, wanted))
    return ChangeMade(change=done.change, fields=[], version=None, followed={})


@router.post(
    "/corrections/{change_id}/take-back",
    operation_id="take_back_correction",
    summary="Take a correction, a link or an ending back",
    responses=answers(403, 409),
)
def take_back(code: NetworkCode, change_id: ChangeId, store: StoreDep, actor: ActorDep) -> TakenBack:
    """Take one change back whole; refused where something was changed since, or another record has the number."""
    actor.must("edit")
    store.revision(code)
    edit.take_back(store, code, actor, change_id)
    return TakenBack(change=change_id)


def change_made(asked: edit.Correction, done: edit.Done) -> ChangeMade:
    """Describe a correction: its number, and the version that stands after it."""
    return ChangeMade(
        change=done.change or None,
        fields=list(done.fields),
        version=asked.version + bool(done.change),
        followed=dict(done.followed),
    )


def _asked(place: tuple[str, str, str], wanted: RecordCorrected | RecordEnded) -> edit.Correction:
    """Return what is asked for."""
    values = wanted.values if isinstance(wanted, RecordCorrected) else {}
    return edit.Correction(place[1], place[2], wanted.version, values, wanted.reason, wanted.meeting)
