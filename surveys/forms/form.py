"""What a form asks: the questions of a record type, in sections, with what must be answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from surveys.codes import OTHER, Choice, Code
from surveys.errors import NotFound, Refused
from surveys.privacy import Privacy
from surveys.record import SHAPE, Field, Group, RecordType
from surveys.shared import LINK
from surveys.thai import Ref
from surveys.words import Words, folded, words

# Sections of a form beside those that fields declare.
NETWORK = Group("network", words("คำถามของเครือข่าย", "Questions of the network"))
# The type whose records are asked for inside the form of another, as often as there are people.
REPEATED: dict[str, str] = {"household": "member"}
# Choices that stand at the end of every list, as Thai forms have them.
OTHER_CHOICE = Choice(OTHER, words("อื่น ๆ", "other"))

Alternatives = tuple[frozenset[str], ...]


@dataclass(frozen=True)
class Section:
    """Questions that stand together under one heading."""

    group: Group
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Form:
    """A form for one record type.

    ``communities`` are the names of those known, for lists to choose from; empty when any name goes.
    """

    record_type: RecordType
    communities: tuple[str, ...] = ()

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Return the sections in the order in which their fields are declared."""
        made: dict[Group, list[Field]] = {}
        for field in asked(self.record_type):
            made.setdefault(field.group or NETWORK, []).append(field)
        return tuple(Section(group, tuple(fields)) for group, fields in made.items())

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Return every field in the order in which it is asked."""
        return tuple(field for section in self.sections for field in section.fields)

    @property
    def required(self) -> frozenset[str]:
        """Return the fields that no record can do without."""
        return _common(alternatives(self.record_type, shape=False))

    @property
    def either(self) -> Alternatives:
        """Return, beside those, the sets of fields of which one set must be filled."""
        sets = alternatives(self.record_type, shape=False)
        rest = tuple(one - _common(sets) for one in sets)
        return rest if all(rest) else ()


def form(
    types: Mapping[str, RecordType], type_name: str, communities: Iterable[str] = ()
) -> tuple[Form, Form | None]:
    """Return the form of a record type, and the one repeated inside it, if any.

    Raises
    ------
    NotFound, Refused
        If there is no such type, or its records are made on the pages and not by files.
    """
    if type_name not in types:
        raise NotFound(words(f"ไม่มีข้อมูลประเภท “{type_name}”", f"There is no record type “{type_name}”."))
    record_type = types[type_name]
    if not record_type.by_file:
        raise Refused(
            words(
                f"{record_type.words.th}ทำในหน้าเว็บ ไม่มีแบบฟอร์ม",
                f"Records of type {type_name} are made on the pages; they have no form.",
            )
        )
    names = tuple(dict.fromkeys(communities))
    inside = REPEATED.get(type_name)
    return Form(record_type, names), Form(types[inside], names) if inside else None


def asked(record_type: RecordType) -> tuple[Field, ...]:
    """Return the fields a form asks for.

    Not asked is what is worked out from other fields, what a person links by hand on the map, what
    the network has retired, and what is sensitive: for that the law wants a consent that is kept.
    """
    worked_out = {rule.field for rule in record_type.derived} | {LINK}
    return tuple(
        field
        for field in record_type.fields
        if field.name not in worked_out and not field.retired and field.privacy != Privacy.SENSITIVE
    )


def not_asked(record_type: RecordType) -> tuple[Field, ...]:
    """Return the sensitive fields, which a form leaves out."""
    return tuple(field for field in record_type.fields if field.privacy == Privacy.SENSITIVE)


def alternatives(record_type: RecordType, *, shape: bool) -> Alternatives:
    """Return the smallest sets of fields that tell a record, each enough by itself.

    The number within its holder is given where it lacks, so it is in none. A community is always
    asked for where there is one. ``shape``: the shape itself may be part of a set, as
    :data:`surveys.record.SHAPE`.
    """
    always = {name for name in record_type.by_name if is_community(record_type.by_name[name])}
    keys = [key for key in record_type.keys if shape or SHAPE not in key]
    sets = [frozenset((set(key) - {record_type.ordinal}) | always) for key in keys]
    smallest = [one for one in sets if not any(other < one for other in sets)]
    return tuple(dict.fromkeys(smallest))


def _common(sets: Alternatives) -> frozenset[str]:
    return frozenset.intersection(*sets) if sets else frozenset()


def is_community(field: Field) -> bool:
    """Tell whether a field names a community."""
    return isinstance(field.kind, Ref) and field.kind.target == "community"


def live(kind: Code) -> tuple[Choice, ...]:
    """Return the choices a form offers: those not retired, and *other* at the end."""
    offered = tuple(choice for choice in kind.choices if not choice.retired)
    return offered if any(choice.code == OTHER for choice in offered) else (*offered, OTHER_CHOICE)


def spelled(text: str) -> str:
    """Write a text without blanks, so that it is still read as the same: what a choice of a phone form is called.

    Raises
    ------
    ValueError
        If nothing would be left.
    """
    made = "_".join(text.split())
    if not folded(made):
        raise ValueError(f"{text!r} cannot be a choice")
    return made


def either_words(form: Form) -> Words | None:
    """Say which fields are needed beside the required ones: one of several; None where there is no choice."""
    named = [[form.record_type.by_name[name].words for name in sorted(one)] for one in form.either]
    if len(named) < 2:
        return None
    return words(
        " หรือ ".join(" + ".join(w.th for w in parts) for parts in named),
        " or ".join(" + ".join(w.en for w in parts) for parts in named),
    )
