"""What a city network's records say: one analysis a question, as JSON or as a table."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.context import ActorDep, LangDep, StoreDep
from api.describe import said
from api.operation import AnalysisName, ApiRoute, NetworkCode, answers, attachment, file_answer
from api.schemas_work import AnalysisOut, AnalysisResult
from surveys import view
from surveys.planning.analysis import ANALYSES, Analysis, as_json
from surveys.planning.result import as_csv

router = APIRouter(prefix="/api/v1/networks/{code}/analyses", tags=["analyses"], route_class=ApiRoute)


@router.get(
    "", operation_id="list_analyses", summary="The questions that can be asked", responses=answers(403)
)
def list_analyses(code: NetworkCode, store: StoreDep, actor: ActorDep) -> list[AnalysisOut]:
    """Return every analysis: what it asks, and of which records."""
    return [AnalysisOut.model_validate(_told(analysis)) for analysis in view.questions(store, code, actor)]


def _told(analysis: Analysis) -> dict[str, object]:
    return {
        "name": analysis.name,
        "words": said(analysis.words),
        "question": said(analysis.question),
        "needs": list(analysis.needs),
    }


@router.get(
    "/{name}.csv",
    operation_id="get_analysis_table",
    summary="The answer to a question as a table",
    response_class=Response,
    responses=answers(403)
    | file_answer("text/csv", "The table with its headings in the language asked for."),
)
def get_table(
    code: NetworkCode, name: AnalysisName, store: StoreDep, actor: ActorDep, lang: LangDep
) -> Response:
    """Return the table for a spreadsheet: numbers as numbers, codes as words."""
    text = as_csv(view.answer(store, code, actor, name), lang)
    return Response(text, media_type="text/csv; charset=utf-8", headers=attachment(f"{code}-{name}.csv"))


@router.get(
    "/{name}", operation_id="get_analysis", summary="The answer to a question", responses=answers(403)
)
def get_analysis(code: NetworkCode, name: AnalysisName, store: StoreDep, actor: ActorDep) -> AnalysisResult:
    """Return a table whose columns say what they are, with a chart, notes and sources."""
    revision, result = store.revision(code), view.answer(store, code, actor, name)
    return AnalysisResult.model_validate(_told(ANALYSES[name]) | as_json(result) | {"revision": revision})
