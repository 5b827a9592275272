"""Forms and printed sheets as the pages, the interface and the command line give them out."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import pandas as pd

from surveys import events, networks, records, view
from surveys.dates import parse_date, today
from surveys.errors import NotFound, Refused
from surveys.forms import workbook
from surveys.forms.form import Form, form
from surveys.forms.xlsform import xlsform
from surveys.planning.links import City
from surveys.planning.match import COMMUNITY, Frames, community_names
from surveys.roles import Actor
from surveys.sight import sees
from surveys.store.store import Store
from surveys.words import Lang, Words, folded, words

if TYPE_CHECKING:
    from maps.sheet.checking import Part
    from maps.sheet.frame import Facts
    from maps.sheet.homes import Homes

HOUSE, HOUSEHOLD, PLOT = (records.ALL[name].name for name in ("house", "household", "land_plot"))
MEDIA = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".pdf": "application/pdf",
}  # fmt: skip
# The types whose blank forms the pages offer: what people fill in at the door and in meetings.
OFFERED = ("household", "member", "house", "land_plot", "community")
# What can be printed: what it is called, and its parts.
SHEETS: dict[str, tuple[Words, tuple[Part, ...]]] = {
    "checking": (words("ผังและรายชื่อฉบับตรวจทาน", "Plan and list for checking"), ("plan", "list")),
    "checking-plan": (words("ผังชุมชนฉบับตรวจทาน", "Community plan for checking"), ("plan",)),
    "checking-list": (words("รายชื่อฉบับตรวจทาน", "List for checking"), ("list",)),
}


# What stands before the name of a community, and what no file system wants in a name.
_COMMUNITY_OF = "ชุมชน"
_NOT_IN_NAMES = re.compile(r'[\s/\\:*?"<>|\x00-\x1f]+')

# An XLSForm is asked for over the web under a name of its own: TYPE.xlsform.xlsx.
XLSFORM = ".xlsform"


@dataclass(frozen=True)
class FormAsked:
    """Which form is wanted, as a file of which suffix; ``community`` is its id or any name of it."""

    type_name: str
    suffix: str
    lang: Lang = "th"
    xlsform: bool = False
    community: str = ""

    @classmethod
    def named(cls, name: str, lang: Lang, community: str = "") -> FormAsked:
        """Read the name of a file: TYPE.xlsx, TYPE.pdf or TYPE.xlsform.xlsx."""
        file = PurePath(name)
        bare = PurePath(file.stem)
        return cls(bare.stem, file.suffix, lang, bare.suffix == XLSFORM, community)


@dataclass(frozen=True)
class SheetAsked:
    """Which sheet is wanted, as texts: all communities or one, on which paper, with which closing day."""

    kind: str = "checking"
    lang: Lang = "th"
    community: str = ""
    paper: str = "A3"
    closing: str = ""


def media_type(name: str) -> str:
    """Return the media type of a file by its suffix."""
    return MEDIA.get(PurePath(name).suffix or name, "application/octet-stream")


def write_blank(asked: FormAsked, path: Path) -> None:
    """Write a form that is for no network in particular.

    Raises
    ------
    NotFound, Refused
        If there is no such type, it has no form, or it is not made as such a file.
    """
    _check(asked)
    made, inside = form(records.ALL, asked.type_name)
    _write(path, asked, (made, inside), None)


def write_form(store: Store, network: str, actor: Actor, asked: FormAsked, path: Path) -> None:
    """Write a form for a network: its own fields and choices, its communities to choose from.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not see the network; there is no such network, type or community; the type
        has no form, or it is not made as such a file.
    """
    frames = view.frames(store, network, actor, [COMMUNITY])
    _check(asked)
    names = _names(frames[COMMUNITY])
    made, inside = form(store.types(network), asked.type_name, sorted(names.values()))
    facts = networks.get(store, network, actor)
    homes = None
    if asked.community:
        from maps.sheet.homes import Homes

        chosen = _community(frames, asked.community)
        facts = facts | {"place": names[chosen]}
        needs = [name for name in (COMMUNITY, HOUSE, HOUSEHOLD, PLOT) if sees(records.ALL[name], actor)]
        frames = view.frames(store, network, actor, needs)
        homes = Homes(City(frames), frames, chosen)
    _write(path, asked, (made, inside), facts, homes)


def form_file(store: Store, network: str, actor: Actor, asked: FormAsked) -> bytes:
    """Make a form for a network as the content of a file; see :func:`write_form`."""
    with tempfile.TemporaryDirectory(dir=store.files, prefix="form-") as folder:
        path = Path(folder) / f"form{asked.suffix}"
        write_form(store, network, actor, asked, path)
        return path.read_bytes()


def _check(asked: FormAsked) -> None:
    if asked.suffix not in MEDIA or (asked.xlsform and asked.suffix != ".xlsx"):
        raise Refused(
            words(
                "แบบฟอร์มทำเป็น .xlsx หรือ .pdf (XLSForm เป็น .xlsx)",
                "A form is .xlsx or .pdf, an XLSForm .xlsx.",
            )
        )


def _write(
    path: Path, asked: FormAsked, forms: tuple[Form, Form | None], facts: Mapping[str, Any] | None,
    homes: Homes | None = None,
) -> None:  # fmt: skip
    made, inside = forms
    if asked.xlsform:
        xlsform(made, inside, (facts["code"], facts["name"]) if facts else None).write(path)
    elif asked.suffix == ".xlsx":
        workbook.write(made, path, asked.lang)
    else:
        # The press is loaded only to print.
        from maps.sheet.questionnaire import Questionnaire

        listed = homes if COMMUNITY in made.record_type.by_name else None
        known = (listed.houses, listed.plots) if listed else (None, None)
        path.write_bytes(Questionnaire(made, inside, sheet_facts(facts, asked.lang), *known).pdf())


def sheet_facts(facts: Mapping[str, Any] | None, lang: Lang) -> Facts:
    """Return what a sheet says of the network it is of, None for none."""
    from maps.sheet.frame import Facts

    if facts is None:
        return Facts("", lang, today())
    name = facts["name_en"] if lang == "en" and facts["name_en"] else facts["name"]
    return Facts(name, lang, today(), place=facts.get("place", ""), made_up=facts["made_up"])


def print_sheet(store: Store, network: str, actor: Actor, asked: SheetAsked) -> bytes:
    """Print a sheet of a network as PDF; that it left the house is logged. Names stand in it by right.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not see what is printed; there is no such network, sheet, paper or community;
        nothing can be printed, or the closing day is no date.
    """
    actor.must("see")
    facts = networks.get(store, network, actor)
    if asked.kind not in SHEETS:
        raise NotFound(
            words(
                f"ไม่มีแผ่นพิมพ์ “{asked.kind}”",
                f"There is no sheet “{asked.kind}”; there are {', '.join(SHEETS)}.",
            )
        )
    from maps.sheet.checking import NEEDS, Checking
    from maps.sheet.paper import PAPERS

    if asked.paper not in PAPERS:
        raise Refused(words("กระดาษเป็น A3 หรือ A4", "The paper is A3 or A4."))
    _, parts = SHEETS[asked.kind]
    # Whoever may not see households gets the plan without their number; the list is refused.
    needs = [name for name in NEEDS if name != HOUSEHOLD or "list" in parts or sees(records.ALL[name], actor)]
    frames = view.frames(store, network, actor, needs)
    said = replace(
        sheet_facts(facts, asked.lang),
        version=facts["revision"],
        sources=networks.attributions(facts),
        closing=_day(asked.closing),
    )
    chosen = [_community(frames, asked.community)] if asked.community else _inhabited(frames)
    made = Checking(frames, chosen, said, PAPERS[asked.paper], parts).pdf()
    with store.writing() as connection:
        detail = {"rows": len(chosen), "format": ".pdf"}
        events.record(connection, actor, network, "export", asked.kind, detail)
    return made


def sheet_name(store: Store, network: str, actor: Actor, asked: SheetAsked) -> str:
    """Return what the file of a sheet is called; that of one community by its name, as people say it.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see the network; there is no such network or community.
    """
    frames = view.frames(store, network, actor, [COMMUNITY])
    if not asked.community:
        return f"{network}-{asked.kind}.pdf"
    chosen = _community(frames, asked.community)
    called = _names(frames[COMMUNITY]).get(chosen, chosen)
    plain = _NOT_IN_NAMES.sub("-", called.removeprefix(_COMMUNITY_OF)).strip("-. ") or chosen
    return f"{network}-{plain}-{asked.kind}.pdf"


def _day(text: str) -> date | None:
    day = parse_date(text) if text.strip() else None
    if text.strip() and day is None:
        raise Refused(words(f"“{text}” ไม่ใช่วันที่", f"“{text}” is no date."))
    return day


def _names(communities: pd.DataFrame) -> dict[str, str]:
    """Return what each community is called, by its id."""
    titles = communities[list(records.ALL[COMMUNITY].title)].bfill(axis=1).iloc[:, 0]
    return {str(key): str(name) for key, name in titles.dropna().items()}


def _community(frames: Frames, text: str) -> str:
    """Return the id of the community meant: its id, or any of its names."""
    known = frames[COMMUNITY]
    found = text if text in known.index else community_names(known).get(folded(text))
    if found is None:
        raise NotFound(words(f"ไม่มีชุมชน “{text}”", f"There is no community “{text}”."))
    return found


def _inhabited(frames: Frames) -> list[str]:
    """Return the communities that have houses, households or plots, by name."""
    held = City(frames).communities
    kinds = [held[name] for name in (HOUSE, HOUSEHOLD, PLOT) if name in held]
    there = {str(one) for communities in kinds for one in communities.dropna().unique()}
    if not there:
        raise Refused(
            words(
                "ยังไม่มีบ้าน ครัวเรือน หรือแปลงของชุมชนใดให้พิมพ์",
                "No community has a house, household or plot to print yet.",
            )
        )
    return sorted(there, key=lambda one: _names(frames[COMMUNITY]).get(one, one))
