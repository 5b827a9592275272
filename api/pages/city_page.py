"""The page of a city network: what is known, in the order people ask; what has no data is absent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from api.pages.answers import Answers
from api.pages.gathered import DOUBLED, PLACED
from api.pages.result_table import Shown, shown
from maps.popup import titled
from surveys import records
from surveys.city import double_decisions, proposals, returns
from surveys.city.proposal_steps import waits_for
from surveys.dates import day_of, days_between, moment
from surveys.lists import SURVEY_STATES
from surveys.planning.analysis import Column, Result
from surveys.planning.result import plain, said
from surveys.record import RecordType
from surveys.words import Lang

COMMUNITY = records.ALL["community"]
LANDOWNERS = "landowners"
# Survey states of a community that nobody has surveyed yet: drawn hollow, here and on the map.
HOLLOW = ("known", "surveying")
# More households than this are compared on the page of doubles only: a million take half a minute and 1 GB.
MOST_COMPARED = 200_000


@dataclass(frozen=True)
class CommunityRow:
    """A community with its counts; ``id`` is None for records of a community not known."""

    id: str | None
    name: str
    state: str
    hollow: bool
    houses: int
    households: int
    people: int


@dataclass(frozen=True)
class Deadline:
    """A community threatened with eviction; ``days`` left until the deadline, None where there is none."""

    id: str
    name: str
    state: str
    day: date | None
    days: int | None


@dataclass(frozen=True)
class Figure:
    """A number with its unit, where it is listed and since when it stands."""

    type: RecordType
    count: int
    newest: date | None
    surveyed: date | None


@dataclass(frozen=True)
class CityPage:
    """Everything the page shows; an empty part is left out."""

    counts: dict[str, int]
    communities: tuple[CommunityRow, ...]
    figures: tuple[Figure, ...]
    people: int
    chart: dict[str, Any] | None
    deadlines: tuple[Deadline, ...]
    landowners: Shown | None
    standing: Shown | None
    waiting: tuple[dict[str, Any], ...]
    unplaced: tuple[tuple[RecordType, int], ...]
    doubles: tuple[tuple[RecordType, int], ...]
    pairs: tuple[int, int] | None
    unknown: tuple[dict[str, Any], ...]
    by_file: int

    @property
    def agreed(self) -> int:
        """Count the communities that agreed at a meeting: what only a file says is told beside it."""
        return self.counts["returned"] - self.by_file

    @property
    def empty(self) -> bool:
        """Tell whether nothing at all has been brought in."""
        return not any(count for name, count in self.counts.items() if name != "city_network")


def city_page(known: Answers, today: date, lang: Lang) -> CityPage:
    """Gather the page of a network."""
    stored = known.counts
    counts = known.result("counts")
    totals = {
        name: int(value or 0) for name, value in counts.totals.items() if isinstance(value, (int, float))
    }
    return CityPage(
        counts=stored | {name: totals.get(name, 0) for name in ("known", "surveyed", "returned")},
        communities=_communities(counts, lang),
        figures=_figures(counts, today),
        people=totals.get("people", 0),
        chart=shown(counts, lang).chart if stored["house"] or stored["household"] else None,
        deadlines=_deadlines(known, today, lang) if stored["community"] else (),
        landowners=_landowners(known, lang) if stored["land_plot"] or stored["house"] else None,
        standing=_standing(known, lang) if stored["house"] else None,
        waiting=_waiting(known, today),
        unplaced=_listed(PLACED, {name: len(known.unplaced(name)) for name in PLACED}),
        doubles=_listed(DOUBLED, {name: len(known.doubles(name)) for name in DOUBLED}),
        pairs=_pairs(known),
        unknown=tuple(known.unknown_communities),
        by_file=len(returns.by_file(known.store, known.network, known.actor)),
    )


def _pairs(known: Answers) -> tuple[int, int] | None:
    """Count the pairs of households that wait for a decision, and those decided; none for who may not see them.

    None where so many households are here that nobody should wait for them to be compared.
    """
    if not known.actor.may("see_households"):
        return 0, 0
    if known.counts["household"] > MOST_COMPARED:
        return None
    cases = double_decisions.cases(known.store, known.network, known.actor, known.pairs)
    return len(cases.waiting), len(cases.decided)


def _listed(names: tuple[str, ...], counts: dict[str, int]) -> tuple[tuple[RecordType, int], ...]:
    return tuple((records.ALL[name], counts[name]) for name in names if counts[name])


def _communities(counts: Result, lang: Lang) -> tuple[CommunityRow, ...]:
    """Return every community, those surveyed first, with what was counted in it."""
    kind = COMMUNITY.by_name["survey_state"].kind
    known = {choice.code for choice in SURVEY_STATES}
    rows = []
    for key, row in zip(counts.table.index, counts.table.to_dict("records"), strict=True):
        there, code = row["known"] == 1, row["survey_state"]
        # An empty state is counted under a reason of its own, which is no code of the list.
        told = there and isinstance(code, str) and code in known
        state = kind.show(code, lang) if told else ""
        numbers = (
            int(row[name]) if pd.notna(row[name]) else 0 for name in ("houses", "households", "people")
        )
        name = _text(counts.columns[0], row["community"], lang)
        rows.append(
            CommunityRow(str(key) if there else None, name, state, there and code in HOLLOW, *numbers)
        )
    return tuple(sorted(rows, key=lambda row: (row.id is None, row.hollow, -row.households)))


def _text(column: Column, value: Any, lang: Lang) -> str:
    bare = plain(column, value)
    told = said(column, bare)
    return told.of(lang) if told else str(bare or "—")


def _figures(counts: Result, today: date) -> tuple[Figure, ...]:
    """Return houses, households and members with the day of their newest record.

    A day of survey that has not come yet was a slip of the pen (it is listed as a warning).
    """
    by_words = {t.words: t for t in records.ALL.values()}
    found = []
    for source in counts.sources:
        surveyed = source.surveyed if source.surveyed and source.surveyed <= today else None
        if source.rows:
            found.append(Figure(by_words[source.type], source.rows, source.newest, surveyed))
    return tuple(found)


def _deadlines(known: Answers, today: date, lang: Lang) -> tuple[Deadline, ...]:
    """Return the communities threatened with eviction, the nearest deadline first."""
    frame = known.communities
    state = COMMUNITY.by_name["eviction_state"].kind
    titles = titled(COMMUNITY, frame, lang)
    found = []
    for (key, row), title in zip(frame.iterrows(), titles, strict=True):
        threatened = isinstance(row["eviction_state"], str) and row["eviction_state"] != "none"
        due = row["eviction_deadline"]
        if threatened or pd.notna(due):
            day = due.date() if pd.notna(due) else None
            said = state.show(row["eviction_state"], lang) if threatened else ""
            found.append(
                Deadline(str(key), title or str(key), said, day, days_between(today, day) if day else None)
            )
    return tuple(sorted(found, key=lambda one: (one.days is None, one.days or 0)))


def _landowners(known: Answers, lang: Lang) -> Shown | None:
    if LANDOWNERS not in known.asked:
        return None
    result = known.result(LANDOWNERS)
    wanted = ("landowner", "communities", "houses", "households", "area")
    return shown(result, lang, wanted) if len(result.table) else None


def _standing(known: Answers, lang: Lang) -> Shown | None:
    result = known.result("standing")
    wanted = ("land_kind", "houses", "condition_lasting", "condition_dilapidated", "households")
    return shown(result, lang, wanted) if len(result.table) else None


def _waiting(known: Answers, today: date) -> tuple[dict[str, Any], ...]:
    """Return the proposals that wait, for whom, and how many days."""
    found = []
    for row in proposals.listed(known.store, known.network, known.actor):
        if right := waits_for(row["state"]):
            days = days_between(day_of(moment(row["since"])), today)
            found.append(row | {"days": days, "for": "committee" if right == "decide" else "proposer"})
    return tuple(sorted(found, key=lambda row: -int(row["days"])))
