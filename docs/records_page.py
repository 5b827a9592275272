"""docs/records.md: every record type, its fields, keys and places, and every code list."""

from __future__ import annotations

from collections.abc import Iterator

from docs.markdown import NONE, both, cell, code, page, table
from surveys import lists
from surveys.codes import OTHER, Choice, Code, Codes
from surveys.record import SHAPE, Field, RecordType
from surveys.records import ALL

INTRO = """\
Every record type of the product and every code list, written from `surveys/records.py` and
`surveys/lists.py`. A city adds fields and choices of its own as data; they are not listed here.

Reading the tables:

- **Key**: what tells one record from another. Alternatives are tried in order; a row that fits none
  is kept out. Only key fields are required.
- **Headings understood**: column headings of a file that mean the field, beside its name, its Thai and
  its English words. Spaces, dots, hyphens, capitals and Thai digits make no difference.
- **Privacy**: *public*; *network* (whoever may see the network); *household* (by right); *sensitive*;
  *secret* (kept encrypted). Nothing above *network* is ever on a map.
- **Popup**: the field stands in the popup of the map.
- Any field may instead hold one of three missing codes: unknown (ไม่ทราบ), no answer (ไม่ตอบ), not
  applicable (ไม่เกี่ยวข้อง). A value that cannot be read leaves the field empty with a warning, and the
  text as it stood in the file is kept.
- Dates and years may be Buddhist or Christian; areas are kept in m², lengths in metres, money in baht.
- A text that is in no code list is kept as `other` (อื่น ๆ), with a warning and the text itself."""

HEADINGS = ("Field", "Thai", "English", "Rule", "Unit", "Privacy", "Group", "Popup", "Headings understood")
SHAPES = {
    "point": "a point",
    "line": "a line",
    "polygon": "a polygon",
    "place": "a point or a polygon",
    "course": "a line or a polygon",
    "any": "a point, a line or a polygon",
    None: "none",
}
LIST_NAMES = {id(value): name.lower() for name, value in vars(lists).items() if name.isupper()}


def records_page() -> str:
    """Write the page."""
    return page("Records and their code lists", INTRO, [_contents(), *map(_record, ALL.values()), *_lists()])


def _contents() -> str:
    rows = [
        [f"[`{one.name}`](#{one.name})", one.words.th, one.words.en, both(one.unit), str(len(one.fields))]
        for one in ALL.values()
    ]
    return table(("Record type", "Thai", "English", "Counted in", "Fields"), rows)


def _record(record: RecordType) -> str:
    facts = [
        f"- Key: {_keys(record)}.",
        f"- Shape: {SHAPES[record.geometry]}.",
        *_places(record),
        *_derived(record),
        *_of_visit(record),
        *_words_of_type(record),
    ]
    if not record.by_file:
        facts.append("- Made on the pages, not by importing a file.")
    head = f"## {record.name}\n\n{record.words.th} / {record.words.en}, counted in {both(record.unit)}."
    return "\n\n".join([head, "\n".join(facts), table(HEADINGS, map(_field, record.fields))])


def _keys(record: RecordType) -> str:
    return "; else ".join(" + ".join(_part(part) for part in key) for key in record.keys)


def _part(name: str) -> str:
    return "the shape itself" if name == SHAPE else code(name)


def _places(record: RecordType) -> Iterator[str]:
    """Say where a record without coordinates finds its place."""
    if record.place:
        ways = "; else ".join(
            f"the [`{rule.type}`](#{rule.type}) with the same " + " and ".join(map(code, rule.on))
            for rule in record.place
        )
        yield f"- Without coordinates its place is that of {ways}; of several, none."


def _derived(record: RecordType) -> Iterator[str]:
    if record.derived:
        said = ", ".join(f"`{d.field}` from {' and '.join(map(code, d.needs))}" for d in record.derived)
        yield f"- Worked out where the file does not say it: {said}."


def _of_visit(record: RecordType) -> Iterator[str]:
    told = ", ".join(code(field.name) for field in record.fields if field.of_visit)
    if told:
        yield f"- About the visit or the file, so no change between two survey rounds: {told}."


def _words_of_type(record: RecordType) -> Iterator[str]:
    if record.aliases:
        yield "- Names of files and layers that mean it: " + ", ".join(map(code, record.aliases)) + "."


def _field(field: Field) -> list[str]:
    group = field.group.words.en if field.group else NONE
    aliases = ", ".join(map(code, map(cell, field.aliases))) or NONE
    return [
        code(field.name), cell(field.words.th), cell(field.words.en), _rule(field), cell(both(field.unit)),
        field.privacy.name.lower(), group, "yes" if field.brief else NONE, aliases,
    ]  # fmt: skip


def _rule(field: Field) -> str:
    """Say what is accepted; a code list is linked, not repeated."""
    kind = field.kind
    if not isinstance(kind, Code):
        return cell(kind.rule.en)
    name = LIST_NAMES[id(kind.choices)]
    return f"{'one or several' if isinstance(kind, Codes) else 'one'} of [{name}](#{name})"


def _lists() -> Iterator[str]:
    yield (
        "## Code lists\n\nCodes are retired, never deleted or given another meaning. In a file the code, the "
        f"Thai or the English label may stand, or one of the other spellings. `{OTHER}` is in every list."
    )
    used = {LIST_NAMES[id(f.kind.choices)]: f.kind.choices
            for record in ALL.values() for f in record.fields if isinstance(f.kind, Code)}  # fmt: skip
    for name, choices in used.items():
        rows = map(_choice, choices)
        yield f"### {name}\n\n" + table(("Code", "Thai", "English", "Other spellings"), rows)


def _choice(choice: Choice) -> list[str]:
    retired = " (retired)" if choice.retired else ""
    spellings = ", ".join(map(cell, choice.aliases)) or NONE
    return [code(choice.code) + retired, cell(choice.words.th), cell(choice.words.en), spellings]
