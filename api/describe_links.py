"""Records that find no place by their numbers as programs read them, with the likely ones on the map."""

from __future__ import annotations

from collections.abc import Mapping

from api.describe import said
from api.schemas import NamedCommunity
from api.schemas_edits import CandidateOut, LonelyOut, SidesOut, UnmatchedOut
from surveys.linking import LINKED, Sides


def sides_out(type_name: str, sides: Sides, names: Mapping[str, str]) -> SidesOut:
    """Describe the unmatched of both sides; ``names`` are those of the communities by id."""
    return SidesOut(
        type=type_name, targets=list(LINKED[type_name]),
        missing_count=sides.missing_count, missing_apart=sides.missing_apart,
        missing=[
            UnmatchedOut(
                type=one.type, id=one.id, version=one.version, community=_community(one.community, names),
                community_text=one.said or None, label=said(one.label),
                candidates=[
                    CandidateOut(type=near.type, id=near.id, label=said(near.label), like=near.like)
                    for near in one.candidates
                ],
            )
            for one in sides.missing
        ],
        lonely_count=sides.lonely_count, lonely_apart=sides.lonely_apart,
        lonely=[
            LonelyOut(
                type=one.type, id=one.id, community=_community(one.community, names),
                community_text=one.said or None, label=said(one.label),
            )
            for one in sides.lonely
        ],
    )  # fmt: skip


def _community(at: str | None, names: Mapping[str, str]) -> NamedCommunity | None:
    return None if at is None else NamedCommunity(id=at, name=names.get(at, at))
