"""docs/rights.md: who may do what, and who sees which data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from docs.markdown import NONE, both, cell, code, page, table
from surveys.privacy import Privacy
from surveys.record import Field, RecordType
from surveys.records import ALL
from surveys.roles import RIGHTS, ROLES, Actor
from surveys.sight import CLASSES, SECTIONS, UNMAPPED, sees
from surveys.words import Words, words

INTRO = """\
Who may do what, from the table in `surveys/roles.py`, and who sees which data, from `surveys/sight.py`.
Pages, files, maps, the API and the commands all ask there. Why it is so:
[decisions/0003-who-sees-what.md](decisions/0003-who-sees-what.md). The person at the command line is the
steward."""

_YES = "yes"
_MASKED = words("สี่ตัวท้าย", "last four characters only")
_SECTION = words("หมวด", "section")
_COLUMNS = words("คอลัมน์ที่ยังไม่มีใครจับคู่", "columns nobody has mapped")


def rights_page() -> str:
    """Write the page."""
    parts = ["## What each role sees", _classes(), *_sections(), "## Record types", _types(), *_acts()]
    return page("Rights", INTRO, parts)


def _row(heads: Sequence[str], acts: Iterable[str]) -> list[str]:
    wanted = tuple(acts)
    return [*heads, *(_YES if Actor("", role).may(*wanted) else NONE for role in ROLES)]


def _table(heads: Sequence[str], rows: Iterable[list[str]]) -> str:
    return table([*heads, *(cell(both(said)) for said in ROLES.values())], rows)


def _classes() -> str:
    """Say who sees the fields of each class, what needs a right besides, and columns nobody mapped."""
    rows = [_row([_class(privacy)], acts) for privacy, acts in CLASSES.items()]
    for name, acts in SECTIONS.items():
        group = next(
            f.group.words for one in ALL.values() for f in one.fields if f.group and f.group.name == name
        )
        rows.append(_row([_section(group)], (*CLASSES[Privacy.HOUSEHOLD], *acts)))
    return _table(["Class of a field"], [*rows, _row([cell(both(_COLUMNS))], UNMAPPED)])


def _class(privacy: Privacy) -> str:
    said = privacy.words
    return _joined(said, _MASKED) if privacy is Privacy.SECRET else cell(both(said))


def _section(group: Words) -> str:
    named = words(_SECTION.th + group.th, f"{_SECTION.en} {group.en}")
    return _joined(Privacy.HOUSEHOLD.words, named)


def _joined(one: Words, other: Words) -> str:
    return cell(f"{one.th}: {other.th} / {one.en}: {other.en}")


def _sections() -> Iterator[str]:
    """List the fields above *network*: the personal ones."""
    rows = [
        [code(one.name), privacy.name.lower(), ", ".join(code(f.name) for f in fields)]
        for one in ALL.values()
        for privacy in Privacy
        if privacy > Privacy.NETWORK and (fields := _of(one, privacy))
    ]
    yield "Personal fields, by class:"
    yield table(("Record type", "Class", "Fields"), rows)


def _of(one: RecordType, privacy: Privacy) -> list[Field]:
    return [f for f in one.stored if f.privacy is privacy]


def _types() -> str:
    rows = [
        [
            code(one.name),
            cell(both(one.words)),
            *(_YES if sees(one, Actor("", role)) else NONE for role in ROLES),
        ]
        for one in ALL.values()
    ]
    return _table(["Record type", "Words"], rows)


def _acts() -> Iterator[str]:
    yield "## What each role may do"
    yield _table(
        ["Right", "Words"], [_row([code(act), cell(both(said))], [act]) for act, (said, _) in RIGHTS.items()]
    )
