"""Doubles and rival lists as programs read them: the domain's values turned into those of the interface."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from api.describe import said
from api.schemas_doubles import (
    CompareOut,
    DifferenceOut,
    DoubleDecisionOut,
    EvidenceOut,
    HouseholdOut,
    LineOut,
    ListDecisionOut,
    ListOut,
    PairOut,
    PairsOut,
    SideOut,
)
from surveys.city import households
from surveys.city.double_decisions import DECISION, STATES, Case, Cases
from surveys.city.double_rules import RULES, Evidence
from surveys.city.households import Told
from surveys.city.list_decisions import DECISION as LIST_DECISION
from surveys.city.list_decisions import Choice, HouseholdList
from surveys.city.rival_lists import STATUSES, Comparison
from surveys.city.rival_table import HEAD, ORDINAL, Reading, Side, house_words
from surveys.record import RecordType
from surveys.roles import Actor
from surveys.store.store import Store
from surveys.words import words

Row = Mapping[str, Any]


def household_out(told: Told) -> HouseholdOut:
    """Describe a household as far as it is seen."""
    seen = told.seen.values
    return HouseholdOut(
        id=told.id, version=told.version, closed=told.closed, house=said(house_words(seen)),
        community=seen.get("community"), household_no=seen.get(ORDINAL), head_name=seen.get(HEAD),
        people=seen.get("people"), import_id=told.import_id, file=told.file,
    )  # fmt: skip


def evidence_out(evidence: Evidence) -> EvidenceOut:
    """Describe what makes two households alike; the values compared stay here."""
    return EvidenceOut(
        rule=evidence.rule, words=said(RULES[evidence.rule].words), value=evidence.value, alike=evidence.alike,
        sentence=said(evidence.sentence),
    )  # fmt: skip


def decision_out(row: Row) -> DoubleDecisionOut:
    """Describe a decision on two households."""
    names = ("id", "version", "number", "first", "second", "decision", "kept", "members_closed", "reason",
             "resolution", "meeting_date", "actor")  # fmt: skip
    facts = {name: row[name] for name in names} | {
        "decision_words": _choice(DECISION, "decision", row["decision"]), "copied": json.loads(row["copied"] or "[]"),
        "at": row["opened_at"], "withdrawn": row.get("withdrawn"),
    }  # fmt: skip
    return DoubleDecisionOut.model_validate(facts)


def _choice(record_type: RecordType, name: str, code: str) -> dict[str, str]:
    kind = record_type.by_name[name].kind
    return {"th": kind.show(code, "th"), "en": kind.show(code, "en")}


def counts_of(cases: Cases) -> dict[str, int]:
    """Count the pairs of each state, the decisions that stand, and those of which neither household is left."""
    found = {state: sum(case.state == state for case in cases.waiting) for state in STATES}
    return found | {"decided": len(cases.decided), "lost": len(cases.lost)}


def picked(cases: Cases, state: str = "", rule: str = "", among: frozenset[str] | None = None) -> list[Case]:
    """Return the pairs of a state, with evidence by a rule, both of some households; empty asks for all."""
    return [
        case for case in cases.waiting
        if (not state or case.state == state)
        and (not rule or any(one.rule == rule for one in case.pair.evidence))
        and (among is None or case.pair.first in among or case.pair.second in among)
    ]  # fmt: skip


def pairs_out(
    store: Store, network: str, actor: Actor, cases: Cases, shown: Sequence[Case], total: int
) -> PairsOut:
    """Describe pairs with their households."""
    ids = [one for case in shown for one in case.pair.ids]
    known = households.told(store, network, actor, ids)
    return PairsOut(
        network=network, revision=store.revision(network), total=total, counts=counts_of(cases),
        notes=[said(note) for note in cases.notes], pairs=[_pair_out(case, known) for case in shown],
    )  # fmt: skip


def _pair_out(case: Case, known: Mapping[str, Told]) -> PairOut:
    return PairOut(
        state=case.state, state_words=said(STATES[case.state]),
        first=household_out(known[case.pair.first]), second=household_out(known[case.pair.second]),
        evidence=[evidence_out(one) for one in case.pair.evidence],
        decision=decision_out(case.decision) if case.decision else None,
    )  # fmt: skip


def list_out(found: HouseholdList) -> ListOut:
    """Describe a list."""
    return ListOut(
        key=str(found.key), import_id=found.key.import_id, layer=found.key.layer, file=found.file, at=found.at,
        actor=found.actor, undone=found.undone, households=found.households, whole=found.whole,
    )  # fmt: skip


def compare_out(
    found: Comparison, choice: Choice, reading: Reading, part: tuple[str, int, int]
) -> CompareOut:
    """Describe two lists compared; ``part`` is a status ("" is all), how many to pass over, how many at most."""
    status, offset, limit = part
    lines = [line for line in found.lines if not status or line.status == status]
    return CompareOut(
        community=choice.community, a=str(choice.a), b=str(choice.b), total=len(lines), counts=found.counts,
        lines=[line_out(reading, line) for line in lines[offset : offset + limit]],
    )  # fmt: skip


def line_out(reading: Reading, line: Any) -> LineOut:
    """Describe a household of one list or both."""
    told = reading.told(line)
    return LineOut(
        status=told.status, found_by=told.found_by, a=_side_out(told.a), b=_side_out(told.b),
        differs=[
            DifferenceOut(field=one.field.name, words=said(one.field.words), a=one.a, b=one.b) for one in told.differs
        ],
    )  # fmt: skip


def _side_out(side: Side | None) -> SideOut | None:
    if side is None:
        return None
    return SideOut(
        id=side.id, house=said(side.house), household_no=side.number, head_name=side.head, row=side.row
    )


def list_decisions_out(rows: Iterable[Row]) -> list[ListDecisionOut]:
    """Describe resolutions on lists."""
    names = ("id", "version", "number", "community", "list_a", "list_b", "holds", "holds_for", "reason",
             "resolution", "meeting_date", "actor")  # fmt: skip
    return [
        ListDecisionOut.model_validate(
            {name: row[name] for name in names}
            | {"holds_words": _choice(LIST_DECISION, "holds", row["holds"]), "at": row["opened_at"],
               "counts": {status: row[status] or 0 for status in STATUSES}}
        )
        for row in rows
    ]  # fmt: skip


UNKNOWN_PAIR = words("ไม่พบครัวเรือนคู่นี้", "There are no such two households.")
