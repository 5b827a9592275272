"""Giving data back as its pages show it: how each community stands, what is to be checked, what was corrected."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pydantic import BaseModel

from api.pages.communities import Communities, communities, spellings
from api.pages.record_page import ChildTable, child_table
from api.pages.values import Reader, Value, title
from surveys.city import returns
from surveys.dates import show_date
from surveys.planning.links import HOUSE, HOUSEHOLD, PLOT
from surveys.record import Field, RecordType
from surveys.roles import Actor
from surveys.shared import LINK
from surveys.sight import Seen, Sight, sees
from surveys.store.schema import table
from surveys.store.store import Store
from surveys.thai import Sequence as PlanNumber
from surveys.words import Lang, Words, folded

TONES = {
    "agreed": "tag-good",
    "checking": "tag-warn",
    "changed": "tag-warn",
    "not_agreed": "tag-bad",
}
# What is read out at the meeting, in order.
READ_OUT = (HOUSE, PLOT, HOUSEHOLD)
# In the form of a correction: the community has not said yet.
OPEN = "open"
# How many lines a list shows before somebody asks for all.
FIRST = 25
# Fields that people are looked for by, besides what a record is called.
_NAMED = ("head_name",)
# What a house is told by: its number, and its sequence on the plan.
_SEQUENCE = "house_seq"
_NUMBERS = ("house_no", _SEQUENCE)


@dataclass(frozen=True)
class Line:
    """How the data of one community stands with it."""

    id: str
    name: str
    standing: str
    on: Any
    changed: int
    by_file: bool


def by_community(store: Store, network: str, actor: Actor) -> list[Line]:
    """Return the communities by name, each with how its data stands."""
    told, names = returns.standing(store, network, actor), communities(store, network).names
    lines = [
        Line(str(at), names[str(at)], row["standing"], row["on"], int(row["changed"]), bool(row["by_file"]))
        for at, row in told.iterrows()
    ]
    return sorted(lines, key=lambda line: line.name)


def about_return(store: Store, network: str, actor: Actor, community: str) -> dict[str, Any] | None:
    """Return how the data of one community stands with it, in words; None for who may not see households.

    ``line`` is its :class:`Line`, ``words`` say its standing, ``tone`` is that of its tag.
    """
    if not actor.may("see_households"):
        return None
    line = next((one for one in by_community(store, network, actor) if one.id == community), None)
    if line is None:
        return None
    said = returns.BY_FILE if line.by_file else returns.STANDINGS[line.standing]
    return {"line": line, "words": said, "tone": TONES.get(line.standing, "")}


@dataclass(frozen=True)
class Checklist:
    """The records of one type to be read out: the first of ``total`` that fit what was looked for.

    ``called_for``: plots are where the community has no house, or a household that only a plot tells;
    houses are not where it has plots alone.
    """

    type: RecordType
    table: ChildTable
    total: int
    called_for: bool


def checked(
    store: Store, network: str, actor: Actor, community: str, write: Reader, asked: Asked
) -> list[Checklist]:
    """Return the records of a community to be read out, by type, in the order of the plan."""
    known, types = communities(store, network), store.types(network)
    at, read, found = known.of(community), dict[str, list[dict[str, Any]]](), []
    for name in (name for name in READ_OUT if sees(types[name], actor)):
        texts = spellings(store, network, name, known).get(at or community, [])
        rows = store.read_table(network, name, None, table(name).c.community.in_(texts)).to_pylist()
        read[name] = sorted(rows, key=_in_order)
    called_for = _called_for(read)
    numbers = _Houses.of(read.get(HOUSE, ()))
    for name, rows in read.items():
        sight = Sight.of(types[name], actor)
        seen = [(row["id"], sight.seen(row, lambda: store.vault)) for row in rows]
        told = {row["id"]: numbers.lent(name, row) for row in rows}
        fitting = [one for one in seen if asked.fits(sight, one[1], told[one[0]])]
        shown = child_table(sight, fitting if asked.all else fitting[:FIRST], write)
        named = tuple(
            (key, _called(types[name], {**one.values, **told[key]}, write.lang), values)
            for (key, one), (_, _, values) in zip(fitting, shown.rows, strict=False)
        )
        found.append(Checklist(types[name], replace(shown, rows=named), len(fitting), name in called_for))
    return found


def _called_for(read: Mapping[str, Sequence[Mapping[str, Any]]]) -> set[str]:
    """Return the types that people of a community are found by, and their households; see :class:`Checklist`."""
    houses, plots, homes = (read.get(name, ()) for name in READ_OUT)
    ids = {row["id"] for row in plots}
    by_plot = any(
        not (row["house_seq"] or row["house_no"]) and (row["plot_no"] or row[LINK] in ids) for row in homes
    )
    wanted = {HOUSE} if houses or not plots else set()
    return wanted | {HOUSEHOLD} | ({PLOT} if plots and (by_plot or not houses) else set())


@dataclass(frozen=True)
class _Houses:
    """The numbers of the houses of a community, by the record and by the sequence on the plan where one has it."""

    by_id: Mapping[str, dict[str, str]]
    by_sequence: Mapping[str, dict[str, str]]

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]]) -> _Houses:
        """Take the numbers of the houses that the reader may see."""
        by_id = {row["id"]: {name: row[name] for name in _NUMBERS if row[name]} for row in rows}
        many = Counter(one.get(_SEQUENCE) for one in by_id.values())
        alone = [one for one in by_id.values() if _SEQUENCE in one and many[one[_SEQUENCE]] == 1]
        return cls(by_id, {one[_SEQUENCE]: one for one in alone})

    def lent(self, name: str, row: Mapping[str, Any]) -> dict[str, str]:
        """Return the numbers that a household has from its house and not of its own: it may go by either on paper."""
        if name != HOUSEHOLD:
            return {}
        house = self.by_id.get(row[LINK]) or self.by_sequence.get(row[_SEQUENCE]) or {}
        return {number: text for number, text in house.items() if not row[number]}


def _called(record_type: RecordType, row: Mapping[str, Any], lang: Lang) -> str:
    """Say what a record is called, and its sequence on the plan where that is not the name itself."""
    name = title(record_type, row, lang)
    if not all(row.get(number) for number in _NUMBERS):
        return name
    field = record_type.by_name[_SEQUENCE]
    return f"{name} · {field.words.of(lang)} {field.kind.show(row[_SEQUENCE], lang)}"


@dataclass(frozen=True)
class Asked:
    """What is looked for in the lists: a text that a number or a name has in it; all lines or the first."""

    text: str = ""
    all: bool = False

    def fits(self, sight: Sight, seen: Seen, lent: Mapping[str, str]) -> bool:
        """Tell whether a record, or the house that lends it its numbers, has the text where people look for it."""
        if not self.text.strip():
            return True
        values = {**seen.values, **lent}
        names = {*sight.record_type.title, *_NAMED} & set(values)
        return any(
            self._wanted(sight.record_type.by_name[name]) in folded(str(values[name]))
            for name in names if values[name] is not None
        )  # fmt: skip

    def _wanted(self, field: Field) -> str:
        """Return the text as a number of the field is kept: "แปลง ๑๒" of the list is 12."""
        kind = field.kind
        return folded(
            str((kind.value(self.text.strip()).value if isinstance(kind, PlanNumber) else None) or self.text)
        )


class CorrectionForm(BaseModel):
    """The form that corrects what was recorded of a meeting, as it is sent."""

    community: str = ""
    held: str = ""
    place: str = ""
    attended_count: str = ""
    attended: str = ""
    note: str = ""
    agreed: str = ""
    on: str = ""
    reason: str = ""
    why: str = ""
    seen: str = ""


@dataclass(frozen=True)
class Correcting:
    """What stands in the form of a correction, and whether it is open: somebody sent it already."""

    typed: CorrectionForm
    open: bool


def correction_form(
    meeting: Mapping[str, Any], known: Communities, lang: Lang, typed: CorrectionForm | None
) -> Correcting:
    """Return the form that corrects a meeting: what was typed into it, else what stands."""
    if typed is not None:
        return Correcting(typed, open=True)
    days = {name: _day(meeting[name], lang) for name in ("held", "decided_on")}
    texts = {
        name: str(meeting[name] or "") for name in ("place", "attended_count", "attended", "note", "reason")
    }
    agreed = {"agreed": "yes", "not_agreed": "no"}.get(meeting["state"], OPEN)
    community = known.of(meeting["community"]) or ""
    stands = {"community": community, "held": days["held"], "on": days["decided_on"], "agreed": agreed}
    return Correcting(CorrectionForm(**texts, **stands), open=False)


def _day(text: str | None, lang: Lang) -> str:
    return show_date(date.fromisoformat(text), lang) if text else ""


def _in_order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Order records by their sequence on the plan as people count, else their house, else their plot; by household."""
    sequence, number, plot, deed = (
        str(row.get(name) or "") for name in ("house_seq", "house_no", "plot_no", "deed_no")
    )
    house = sequence or number
    told = (_counted(house),) if house else (not plot, _counted(plot or deed))
    return not sequence, not house, *told, _counted(str(row.get("household_no") or ""))


def _counted(text: str) -> list[tuple[bool, int, str]]:
    """Return a text as it is ordered by people: 2 before 10."""
    parts = re.findall(r"\d+|\D+", text)
    return [(not p.isdecimal(), int(p) if p.isdecimal() else 0, p) for p in parts]


@dataclass(frozen=True)
class Changed:
    """A field that a correction changed; ``values`` are what it was and is, None where the reader sees neither."""

    words: Words
    values: tuple[Value, Value] | None


@dataclass(frozen=True)
class Corrected:
    """A correction or an ending: of what, what changed, why, by whom, and whether it was taken back."""

    change: int
    kind: str
    type: RecordType
    id: str
    name: str
    fields: tuple[Changed, ...]
    reason: str
    at: str
    actor: str
    undone: bool


def corrections(
    store: Store, network: str, actor: Actor, made: Sequence[Mapping[str, Any]], write: Reader
) -> list[Corrected]:
    """Return what a meeting corrected, each with what its record is called."""
    types, found = store.types(network), []
    for one in made:
        record_type = types[one["type"]]
        versions = store.history(network, one["type"], one["record"]) if sees(record_type, actor) else []
        sight = Sight.of(record_type, actor)
        told = {row["version"]: sight.seen(row, lambda: store.vault) for row in versions}
        name = title(record_type, told[versions[0]["version"]].values, write.lang) if versions else ""
        number = next((row["version"] for row in versions if row["opened_by"] == one["id"]), 0)
        sides = (told.get(number - 1), told.get(number))
        fields = tuple(
            _changed(record_type.by_name[name], sides, sight, write)
            for name in one["fields"] if name in record_type.by_name
        )  # fmt: skip
        found.append(
            Corrected(one["id"], one["kind"], record_type, one["record"], name, fields, one["reason"], one["at"],
                      one["actor"], one["state"] != "done")
        )  # fmt: skip
    return found


def _changed(field: Field, sides: tuple[Seen | None, Seen | None], sight: Sight, write: Reader) -> Changed:
    before, after = sides
    if before is None or after is None or field not in sight.fields:
        return Changed(field.words, None)
    return Changed(field.words, (write.value(field, before), write.value(field, after)))
