"""What a file changes in the records that are here, in words: the record, the field, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from api.pages.communities import communities
from api.pages.linked import linked
from api.pages.values import SECRET, Reader, Value, title
from gis.units import format_area
from surveys.intake.changed import Changed, changed
from surveys.intake.differences import ShapeChange
from surveys.intake.examination import Examination
from surveys.intake.geometry_kinds import shape_words
from surveys.intake.kept_out import spreadsheet_lines
from surveys.intake.problem_kinds import layer_word
from surveys.planning.match import COMMUNITY
from surveys.record import RecordType
from surveys.roles import Actor
from surveys.sight import Sight
from surveys.store.schema import table
from surveys.store.store import Store
from surveys.words import Lang, words

# How many records are named at a time.
_NAMED = 500
# Below this many metres a tenth is told.
_SHORT_M = 10
_SHAPE = words("บนแผนที่", "on the map")
_NOT_THERE = words("ยังไม่มีตำแหน่ง", "no place yet")
_CHANGED = {
    **dict.fromkeys(("LineString", "MultiLineString"), words("แนวเส้นเปลี่ยน", "line changed")),
    **dict.fromkeys(("Polygon", "MultiPolygon"), words("ขอบเขตเปลี่ยน", "boundary changed")),
}
_OTHER = words("รูปเปลี่ยน", "shape changed")
_WHERE_IT_WAS = words("จุดเดิม", "where it was")
_HIDDEN = words("เปลี่ยน ไม่แสดงค่า", "changed; not shown")
_HEADINGS = (
    words("แถวในไฟล์", "row"), words("ข้อมูล", "type"), words("รายการ", "record"),
    words("ชุมชน", "community"), words("ช่อง", "field"), words("เดิม", "before"), words("ใหม่", "after"),
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One field of a record that changes: what it is called, its value before and after.

    ``beside``: a column of the file that no field is for.
    """

    field: str
    before: Value
    after: Value
    beside: bool = False


@dataclass(frozen=True)
class Told:
    """A record that changes, in words."""

    layer: str
    row: int
    type: RecordType
    id: str
    name: str
    community: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Teller:
    """Tells changes of one network to one reader."""

    store: Store
    network: str
    actor: Actor
    reader: Reader

    def told(self, changes: Iterable[Changed]) -> Iterator[Told]:
        """Tell records that change; what they are called is looked up for many at a time."""
        rest = iter(changes)
        while some := tuple(islice(rest, _NAMED)):
            names = self._names(some)
            for one in some:
                name, community = names.get(one.id, (one.record_type.words.of(self.reader.lang), ""))
                yield Told(
                    one.layer, one.row, one.record_type, one.id, name, community, tuple(self._lines(one))
                )

    def _names(self, some: tuple[Changed, ...]) -> dict[str, tuple[str, str]]:
        found = {}
        for record_type in {one.record_type.name: one.record_type for one in some}.values():
            sight = Sight.of(record_type, self.actor)
            place = record_type.by_name.get(COMMUNITY)
            named = [*record_type.title, record_type.ordinal, COMMUNITY if place else None]
            wanted = dict.fromkeys(["id", *filter(None, named), "missing", "raw", "extra"])
            ids = [one.id for one in some if one.record_type.name == record_type.name]
            rows = self.store.read_table(
                self.network, record_type.name, list(wanted),
                table(record_type.name).c.id.in_(ids),
            ).to_pylist()  # fmt: skip
            for row in rows:
                seen = sight.seen(row, lambda: self.store.vault)
                where = self.reader.value(place, seen).text if place else ""
                found[row["id"]] = title(record_type, seen.values, self.reader.lang), where
        return found

    def _lines(self, one: Changed) -> Iterator[Line]:
        lang = self.reader.lang
        for field in one.fields:
            yield Line(
                field.words.of(lang),
                self.reader.value(field, one.before),
                self.reader.value(field, one.after),
            )
        for field in one.secrets:
            yield Line(field.words.of(lang), Value(SECRET.of(lang)), Value(_HIDDEN.of(lang)))
        for name in one.extra:
            before, after = (
                Value("" if seen.extra.get(name) is None else str(seen.extra[name]))
                for seen in (one.before, one.after)
            )
            yield Line(name, before, after, beside=True)
        if one.shape is not None:
            yield shape_line(one.shape, lang)
        elif not (one.fields or one.secrets or one.extra):
            yield Line("—", Value(""), Value(_HIDDEN.of(lang)))


def first_changes(store: Store, found: Examination, actor: Actor, most: int) -> list[Told]:
    """Tell in Thai the first records that a file changes, for a reader without links."""
    known = communities(store, found.network)
    called = linked(store, found.network, actor, "th", known)

    def community(text: str) -> tuple[str, str] | None:
        one = known.of(text)
        return None if one is None else ("", known.names[one])

    def record(record_id: str) -> tuple[str, str] | None:
        one = called(record_id)
        return None if one is None else ("", one[1])

    teller = Teller(store, found.network, actor, Reader("th", community, record))
    return list(teller.told(islice(changed(store, found, actor), most)))


def shape_line(change: ShapeChange, lang: Lang) -> Line:
    """Say how a shape changes: a point by how far it moves, an area by how large it was and becomes."""
    if change.before is None or change.after is None:
        before = _NOT_THERE if change.before is None else shape_words(change.before)
        after = _NOT_THERE if change.after is None else shape_words(change.after)
        return Line(_SHAPE.of(lang), Value(before.of(lang)), Value(after.of(lang)))
    if change.moved_m is not None:
        far = f"{change.moved_m:,.1f}" if change.moved_m < _SHORT_M else f"{change.moved_m:,.0f}"
        moved = words(f"ย้าย {far} ม.", f"moved {far} m")
        return Line(_SHAPE.of(lang), Value(_WHERE_IT_WAS.of(lang)), Value(moved.of(lang)))
    if change.before != change.after and shape_words(change.before) != shape_words(change.after):
        was, now = (Value(shape_words(one).of(lang)) for one in (change.before, change.after))
        return Line(_SHAPE.of(lang), was, now)
    said = _CHANGED.get(change.after, _OTHER).of(lang)
    sizes = [
        "" if one is None else format_area(one, lang) for one in (change.area_before_m2, change.area_after_m2)
    ]
    return Line(_SHAPE.of(lang), Value(sizes[0]), Value(f"{said} {sizes[1]}".strip()))


def csv_lines(told: Iterable[Told], lang: Lang, file_name: str) -> Iterator[str]:
    """Write the changes a file makes as lines of CSV for a spreadsheet: one a field."""
    return spreadsheet_lines(_rows(told, lang, file_name))


def _rows(told: Iterable[Told], lang: Lang, file_name: str) -> Iterator[list[str]]:
    yield [said.of(lang) for said in (layer_word(file_name), *_HEADINGS)]
    for one in told:
        for line in one.lines:
            yield [
                one.layer, str(one.row), one.type.words.of(lang), one.name, one.community, line.field,
                _text(line.before), _text(line.after),
            ]  # fmt: skip


def _text(value: Value) -> str:
    return f"{value.text} “{value.raw}”" if value.raw else value.text


def in_one_line(line: Line) -> str:
    """Say a change in one line of text."""
    return f"{line.field}: {_text(line.before) or '—'} → {_text(line.after) or '—'}"
