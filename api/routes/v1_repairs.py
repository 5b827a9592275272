"""Shapes of an import that could be mended: what is wrong and where, and the person's yes, row by row."""

from __future__ import annotations

from fastapi import APIRouter

from api.context import ActorDep, StoreDep
from api.describe_repairs import repairs_of
from api.operation import ApiRoute, ImportId, answers
from api.schemas_repairs import RepairsOut, RepairsTaken
from api.schemas_work import Report
from surveys.intake import imports, repair

router = APIRouter(prefix="/api/v1/imports/{import_id}/repairs", tags=["imports"], route_class=ApiRoute)


@router.get(
    "",
    operation_id="list_repairs",
    summary="Shapes of an import that could be mended",
    responses=answers(403, 409),
)
def list_repairs(import_id: ImportId, store: StoreDep, actor: ActorDep) -> RepairsOut:
    """Return each with the shape sent, where it is wrong, and the shape mended; nothing is mended by itself.

    ``repairs`` are rows that were kept out, ``repeated`` records that were taken with corners that stand twice in a
    row. A row that came back mended is in neither.
    """
    network = imports.get(store, import_id, actor)["network"]
    return repairs_of(store, network, actor, import_id)


@router.post(
    "",
    operation_id="take_repairs",
    summary="Take rows with their shapes mended as suggested",
    status_code=201,
    responses=answers(403, 409),
)
def take_repairs(import_id: ImportId, chosen: RepairsTaken, store: StoreDep, actor: ActorDep) -> list[Report]:
    """Take the rows in as a continuation of the import; the shapes sent stay in the file.

    There is one report a layer, and another for its records that repeat corners: these get a new version.
    """
    network = imports.get(store, import_id, actor)["network"]
    rows = {(one.part, one.row) for one in chosen.rows}
    return [Report.model_validate(report) for report in repair.take(store, network, actor, import_id, rows)]
