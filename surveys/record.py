"""The machinery of record types: a class of fields becomes one frozen value everything derives from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, TypedDict, Unpack

import pandas as pd

from surveys.fields import Kind, Number
from surveys.privacy import Privacy
from surveys.thai import SQUARE_METRES, LandArea
from surveys.words import Words, folded, words

# A place is a point or an area, a course a line or an area.
GeometryKind = Literal["point", "line", "polygon", "place", "course", "any"]

# The part of a key that is the shape itself, for records that carry no number.
SHAPE = "#geometry"


@dataclass(frozen=True)
class Group:
    """A section of a form."""

    name: str
    words: Words


class FieldFacts(TypedDict, total=False):
    """What a declaration may say of a field beside its kind and names."""

    group: Group
    brief: bool
    privacy: Privacy
    unit: Words
    help: Words
    of_visit: bool


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a record type.

    ``aliases`` are headings that mean it, the most telling first: of several columns that mean
    one field the earliest alias wins. ``brief`` fields stand in the popup. ``custom`` fields
    belong to one network and live in ``extra``; a ``retired`` one is still read and shown, but no
    longer asked for. ``of_visit`` fields tell of the visit or of the file, not of what was visited.
    """

    kind: Kind
    words: Words
    aliases: tuple[str, ...] = ()
    unit: Words | None = None
    privacy: Privacy = Privacy.NETWORK
    group: Group | None = None
    brief: bool = False
    help: Words | None = None
    of_visit: bool = False
    custom: bool = False
    retired: bool = False
    name: str = ""

    @property
    def heading(self) -> Words:
        """Return what stands above its values in a spreadsheet: its words, and the unit of bare numbers."""
        unit = SQUARE_METRES if isinstance(self.kind, LandArea) else self.unit
        if unit is None or not isinstance(self.kind, Number | LandArea):
            return self.words
        return Words(f"{self.words.th} ({unit.th})", f"{self.words.en} ({unit.en})")

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """Return every heading that means this field, folded, the most telling first."""
        return tuple(dict.fromkeys(folded(h) for h in (*self._own, *self.aliases)))

    @property
    def own_headings(self) -> int:
        """Count the headings, the first ones, that are the field's very name and words; further ones are aliases."""
        return len({folded(h) for h in self._own})

    @property
    def _own(self) -> tuple[str, ...]:
        return (self.name, self.words.th, self.words.en, self.heading.th, self.heading.en)

    @property
    def secret(self) -> bool:
        """Tell whether the value is kept encrypted."""
        return self.privacy is Privacy.SECRET


def field(kind: Kind, th: str, en: str, *aliases: str, **facts: Unpack[FieldFacts]) -> Field:
    """Declare a field: its kind, Thai and English name, other headings that mean it, and facts."""
    return Field(kind=kind, words=words(th, en), aliases=aliases, **facts)


@dataclass(frozen=True)
class Check:
    """A rule over a frame of typed columns: ``failing`` marks the rows that break it."""

    code: str
    field: str
    needs: tuple[str, ...]
    failing: Callable[[pd.DataFrame], pd.Series[bool]]


@dataclass(frozen=True)
class Derived:
    """A field computed from others before rows are checked, where the file does not give it."""

    field: str
    needs: tuple[str, ...]
    value: Callable[[pd.DataFrame], pd.Series]


@dataclass(frozen=True)
class PlaceRule:
    """Where a record without coordinates finds its place: a record of ``type`` equal in ``on``.

    An equality that fits several placed records places nothing.
    """

    type: str
    on: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RecordType:
    """Everything the product knows of one type of record.

    ``made_in`` says where records are made that no file brings. ``last_resort`` is a part of keys that tell a record
    only in a file without any answer to what the other keys ask: a plot may hold several houses.
    """

    name: str
    words: Words
    unit: Words
    fields: tuple[Field, ...]
    keys: tuple[tuple[str, ...], ...]
    geometry: GeometryKind | None = None
    aliases: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    ordinal: str | None = None
    rivals: tuple[str, ...] = ()
    place: tuple[PlaceRule, ...] = ()
    checks: tuple[Check, ...] = ()
    derived: tuple[Derived, ...] = ()
    colour_by: tuple[str, ...] = ()
    public: bool = True
    made_in: Words | None = None
    last_resort: str | None = None

    def unit_of(self, count: int) -> Words:
        """Return what so many records are counted in; English has one house and two houses."""
        return Words(self.unit.th, self.words.en.lower()) if count == 1 else self.unit

    @property
    def by_file(self) -> bool:
        """Tell whether records come in files."""
        return self.made_in is None

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """Map field names to fields, in the order declared."""
        return {f.name: f for f in self.fields}

    @property
    def stored(self) -> tuple[Field, ...]:
        """Return the declared fields: each is a typed column of the table."""
        return tuple(f for f in self.fields if not f.custom)

    @property
    def briefs(self) -> tuple[Field, ...]:
        """Return the fields of the popup."""
        return tuple(f for f in self.fields if f.brief)

    def seen(self, up_to: Privacy) -> tuple[Field, ...]:
        """Return the fields whose privacy class is at most ``up_to``."""
        return tuple(f for f in self.fields if f.privacy <= up_to)

    def with_fields(self, more: Iterable[Field]) -> RecordType:
        """Return this type with a network's own fields, or own versions of fields."""
        own = {f.name: f for f in more}
        kept = tuple(own.pop(f.name, f) for f in self.fields)
        return replace(self, fields=(*kept, *own.values()))


def record_type(name: str, label: Words, **facts: object) -> Callable[[type], RecordType]:
    """Turn a class of :class:`Field` attributes into a :class:`RecordType` (a decorator)."""

    def build(declared: type) -> RecordType:
        fields = tuple(
            replace(value, name=key) for key, value in vars(declared).items() if isinstance(value, Field)
        )
        made = RecordType(name=name, words=label, fields=fields, **facts)  # type: ignore[arg-type]
        _verify(made)
        return made

    return build


def _verify(made: RecordType) -> None:
    """Refuse a declaration that contradicts itself, when the program starts."""
    named = (
        {part for key in made.keys for part in key} | set(made.title) | set(made.colour_by) | set(made.rivals)
    )
    unknown = named - set(made.by_name) - {SHAPE}
    if unknown:
        raise ValueError(f"record type {made.name} names fields it does not declare: {sorted(unknown)}")
    if len(made.briefs) > 8:
        raise ValueError(f"record type {made.name} has more than 8 brief fields")
