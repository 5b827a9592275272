"""Rival lists: which lists speak of a community, two of them compared, and the resolution that decides."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from api.context import ActorDep, LangDep, StoreDep
from api.describe_doubles import compare_out, list_decisions_out, list_out
from api.operation import ApiRoute, HexId, Limit, NetworkCode, Offset, answers, attachment, file_answer
from api.schemas_doubles import (
    CompareOut,
    ListDecisionOut,
    ListsOut,
    NewListDecision,
    Withdrawing,
    WithdrawnOut,
)
from surveys.city import list_decisions, rival_table
from surveys.city.decided import Said
from surveys.city.list_decisions import Choice, Resolution
from surveys.city.rival_lists import STATUSES, ListKey
from surveys.city.rival_table import FORMATS, Reading
from surveys.errors import NotFound
from surveys.words import words

router = APIRouter(prefix="/api/v1/networks/{code}/lists", tags=["doubles"], route_class=ApiRoute)

Community = Annotated[
    str, Query(max_length=300, description="the id of a community, or the folded name of one not known here")
]
ListText = Annotated[str, Query(max_length=300, description="the number of an import, or NUMBER:LAYER")]
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _key(text: str) -> ListKey:
    found = ListKey.of(text)
    if found is None:
        raise NotFound(words(f"ไม่มีบัญชี “{text[:60]}”", f"There is no list “{text[:60]}”."))
    return found


def _choice(community: Community, a: ListText, b: ListText) -> tuple[str, str, str]:
    return community, a, b


TwoLists = Annotated[tuple[str, str, str], Depends(_choice)]


def choice_of(asked: tuple[str, str, str]) -> Choice:
    """Read which two lists are meant; the earlier import is A.

    Raises
    ------
    NotFound
        If a text is the key of no list.
    """
    community, a, b = asked
    return Choice(community, _key(a), _key(b)).in_order


@router.get(
    "", operation_id="list_lists", summary="The lists that speak of a community", responses=answers(403)
)
def list_lists(code: NetworkCode, store: StoreDep, actor: ActorDep, community: Community = "") -> ListsOut:
    """Return the communities that households name and, when one is asked for, its lists, the newest first."""
    known = list_decisions.communities(store, code, actor)
    found = list_decisions.lists(store, code, actor, community) if community else []
    return ListsOut(communities=known, lists=[list_out(one) for one in found])


def _part(
    status: Annotated[str, Query(pattern=f"^({'|'.join(STATUSES)})?$", description="only these households")] = "",
    offset: Offset = 0, limit: Limit = 100,
) -> tuple[str, int, int]:  # fmt: skip
    return status, offset, limit


@router.get(
    "/compare",
    operation_id="compare_lists",
    summary="Two lists of one community compared",
    responses=answers(403, 409),
)
def compare(
    code: NetworkCode, asked: TwoLists, store: StoreDep, actor: ActorDep,
    part: Annotated[tuple[str, int, int], Depends(_part)],
) -> CompareOut:  # fmt: skip
    """Return each household with what the two lists say of it: same, other values, other house or plot, only on one."""
    choice = choice_of(asked)
    found = list_decisions.compared(store, code, actor, choice)
    return compare_out(found, choice, Reading.of(store, code, actor, "th"), part)


def _file(suffix: str) -> None:
    """Add the operation that gives two lists compared as a file of one format."""

    def table(
        code: NetworkCode, asked: TwoLists, store: StoreDep, actor: ActorDep, lang: LangDep
    ) -> Response:
        """Return the comparison for a spreadsheet, with the headings in the language asked for; it is logged."""
        made = rival_table.export(store, code, actor, choice_of(asked), (suffix, lang))
        return Response(made, media_type=MEDIA[suffix], headers=attachment(f"{code}-lists.{suffix}"))

    router.add_api_route(
        f"/compare.{suffix}", table, methods=["GET"], operation_id=f"compare_lists_{suffix}",
        summary=f"Two lists compared, as {suffix.upper()}", response_class=Response,
        responses=answers(403, 409) | file_answer(MEDIA[suffix], "The table, by right."),
    )  # fmt: skip


for _suffix in FORMATS:
    _file(_suffix)


@router.get(
    "/decisions",
    operation_id="list_list_decisions",
    summary="The resolutions on lists that stand",
    responses=answers(403),
)
def decisions(code: NetworkCode, store: StoreDep, actor: ActorDep) -> list[ListDecisionOut]:
    """Return the resolutions, the newest first."""
    store.revision(code)
    return list_decisions_out(list_decisions.decisions(store, code, actor))


@router.post(
    "/decisions",
    operation_id="decide_lists",
    summary="Record the resolution on two lists",
    status_code=201,
    responses=answers(403, 409, 412),
)
def decide(code: NetworkCode, new: NewListDecision, store: StoreDep, actor: ActorDep) -> ListDecisionOut:
    """Record which list holds for what, with the figures it was decided on; both lists are kept."""
    resolution = Resolution(
        new.holds, Said(new.reason, new.resolution, new.meeting_date), new.holds_for, new.seen
    )
    asked = Choice(new.community, _key(new.a), _key(new.b))
    return list_decisions_out([list_decisions.decide(store, code, actor, asked, resolution)])[0]


@router.post(
    "/decisions/{record_id}/withdraw",
    operation_id="withdraw_list_decision",
    summary="Take a resolution back that was recorded wrongly",
    responses=answers(403, 409, 412),
)
def withdraw(
    code: NetworkCode, record_id: HexId, asked: Withdrawing, store: StoreDep, actor: ActorDep
) -> WithdrawnOut:
    """Take it back; what stood before stands again."""
    return WithdrawnOut(
        id=list_decisions.withdraw(store, code, actor, record_id, asked.reason, asked.seen)["id"]
    )
