"""A network's own fields and choices: added, retired, brought back, listed; never deleted or redefined."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from surveys import custom_rules, custom_values, events, records
from surveys.codes import Choice, Code
from surveys.custom_values import Place, Tally
from surveys.errors import NotFound, Refused
from surveys.privacy import Privacy
from surveys.record import Field, RecordType
from surveys.roles import Actor
from surveys.store import changes
from surveys.store.custom import CUSTOM_KINDS, SECTIONS, extend, row_of, rows, with_choice
from surveys.store.schema import table
from surveys.store.store import Store
from surveys.words import Words, normal, words

# The record types a network may add to: those whose records come in files.
OPEN_TYPES = tuple(declared.name for declared in records.ALL.values() if declared.by_file)


@dataclass(frozen=True)
class NewField:
    """A field to be added to a record type.

    ``kind`` is a word of :data:`surveys.store.custom.CUSTOM_KINDS`, ``group`` the name of a section
    of the type's form or "". Where there are no English words, the name stands for them.
    """

    type: str
    name: str
    words: Words
    kind: str
    unit: Words | None = None
    aliases: tuple[str, ...] = ()
    privacy: Privacy = Privacy.HOUSEHOLD
    group: str = ""


@dataclass(frozen=True)
class NewChoice:
    """A choice to be added to the code list of a field."""

    type: str
    field: str
    code: str
    words: Words
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What adding a field does, or would do: the field, and what becomes of values that came before it.

    ``headings`` are those under which records keep values that the field means, with their number.
    """

    type: RecordType
    field: Field
    headings: Mapping[str, int]
    tally: Tally


def look(store: Store, network: str, actor: Actor, new: NewField) -> Outcome:
    """Tell what adding a field would do; nothing is written.

    Raises
    ------
    NotAllowed, NotFound, Refused
        As :func:`add_field`.
    """
    actor.must("define")
    store.revision(network)
    vault = store.vault
    with store.reading() as connection:
        extended, field = _checked(connection, network, new)
        return _outcome(Place(connection, network, extended, vault), field, write=False)


def add_field(store: Store, network: str, actor: Actor, new: NewField) -> Outcome:
    """Add a field to a record type of a network.

    Values that earlier imports kept under a heading that means it become its values: read by its
    rule; what cannot be read stays as text.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not, there is no such network, or the field cannot be: a name or heading is
        taken, or national ids would become readable.
    """
    actor.must("define")
    store.revision(network)
    vault = store.vault
    with store.writing() as connection:
        extended, field = _checked(connection, network, new)
        connection.execute(
            table("custom_field").insert(), {"network": network, "type": new.type, **row_of(field)}
        )
        outcome = _outcome(Place(connection, network, extended, vault), field, write=True)
        changes.raise_revision(connection, network)
        detail = row_of(field) | {"headings": [*outcome.headings], "records": outcome.tally.records,
                                  "unread": outcome.tally.unreadable + outcome.tally.other}  # fmt: skip
        events.record(connection, actor, network, "field_added", f"{new.type}.{field.name}", detail)
    return outcome


def _checked(connection: sa.Connection, network: str, new: NewField) -> tuple[RecordType, Field]:
    """Return the record type with the new field in it."""
    record_type = _type(connection, network, new.type)
    kind, group = CUSTOM_KINDS.get(new.kind), SECTIONS[new.type].get(new.group)
    if kind is None:
        known = ", ".join(CUSTOM_KINDS)
        raise Refused(
            words(f"ไม่มีชนิดข้อมูล “{new.kind}” มี {known}", f"There is no kind “{new.kind}”; there are {known}.")
        )
    if new.group and group is None:
        known = ", ".join(SECTIONS[new.type])
        raise Refused(
            words(
                f"ไม่มีหมวด “{new.group}” มี {known}", f"There is no section “{new.group}”; there are {known}."
            )
        )
    field = Field(
        name=new.name.strip(), kind=kind, words=_said(new.words, new.name.strip().replace("_", " ")), custom=True,
        privacy=new.privacy, aliases=custom_rules.headings(new.aliases), group=group,
        unit=_said(new.unit, normal(new.unit.th)) if new.unit and normal(new.unit.th) else None,
    )  # fmt: skip
    custom_rules.check_field(record_type, field)
    return record_type.with_fields([field]), field


def _said(given: Words, otherwise: str) -> Words:
    """Tidy words; where there are no English ones, others stand for them."""
    return Words(normal(given.th), normal(given.en) or otherwise)


def _type(connection: sa.Connection, network: str, name: str) -> RecordType:
    if name not in OPEN_TYPES:
        known = ", ".join(OPEN_TYPES)
        raise Refused(
            words(f"เพิ่มช่องหรือตัวเลือกให้ข้อมูลประเภท “{name}” ไม่ได้ เพิ่มได้ที่ {known}",
                  f"Nothing can be added to the record type “{name}”, but to {known}.")
        )  # fmt: skip
    return extend(records.ALL, connection, network)[name]


def _outcome(place: Place, field: Field, *, write: bool) -> Outcome:
    kept = place.headings()
    found = custom_values.meaning(place.record_type, field.name, [*kept])
    if any(place.sealed(heading) for heading in found):
        custom_rules.check_open(field)
    tally = custom_values.take(place, field, found, write=write) if found else Tally()
    return Outcome(place.record_type, field, {heading: kept[heading] for heading in found}, tally)


def add_choice(store: Store, network: str, actor: Actor, new: NewChoice) -> int:
    """Add a choice to the code list of a field; return how many records mean it by a text kept as *other*.

    Those records have the choice from now on.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not, there is no such network or field, or the code or a spelling is taken.
    """
    actor.must("define")
    store.revision(network)
    vault = store.vault
    with store.writing() as connection:
        record_type = _type(connection, network, new.type)
        field = _field(record_type, new.field)
        choice = Choice(new.code.strip(), _said(new.words, new.code.strip().replace("_", " ")),
                        custom_rules.headings(new.aliases))  # fmt: skip
        custom_rules.check_choice(field, choice)
        row = {
            "type": new.type, "field": field.name, "code": choice.code, "th": choice.words.th, "en": choice.words.en,
            "aliases": json.dumps(choice.aliases, ensure_ascii=False), "retired": 0,
        }  # fmt: skip
        connection.execute(table("custom_choice").insert(), row | {"network": network})
        whole = with_choice(field, choice)
        place = Place(connection, network, record_type.with_fields([whole]), vault)
        found = custom_values.read_others(place, whole)
        changes.raise_revision(connection, network)
        subject = f"{new.type}.{field.name}={choice.code}"
        events.record(connection, actor, network, "choice_added", subject, row | {"records": found})
    return found


def _field(record_type: RecordType, name: str) -> Field:
    found = record_type.by_name.get(name)
    if found is None:
        raise NotFound(
            words(f"{record_type.words.th}ไม่มีช่อง “{name}”", f"{record_type.words.en} has no field “{name}”.")
        )
    return found


def others(store: Store, network: str, actor: Actor, type_name: str, name: str) -> dict[str, int]:
    """Return the texts that are in no code list of a field yet, with how many records have each.

    The most frequent come first; of a sensitive or secret field none are told.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not add choices, or there is no such network or field.
    """
    actor.must("define")
    store.revision(network)
    vault = store.vault
    with store.reading() as connection:
        record_type = _type(connection, network, type_name)
        field = _field(record_type, name)
        if field.privacy >= Privacy.SENSITIVE or not isinstance(field.kind, Code):
            return {}
        return Place(connection, network, record_type, vault).others(field)


@dataclass(frozen=True)
class Own:
    """A field of a network's own or, with ``code``, a choice of its own in a field's list."""

    type: str
    field: str
    code: str = ""

    @property
    def subject(self) -> str:
        """Return how the log names it."""
        return f"{self.type}.{self.field}" + (f"={self.code}" if self.code else "")


def retire(store: Store, network: str, actor: Actor, own: Own, *, back: bool = False) -> None:
    """Retire a field or choice of the network's own, or bring it ``back``.

    A retired one is no longer asked for; its values stay, and files and exports that have it are read
    as before. Its name or code stays taken.

    Raises
    ------
    NotAllowed, NotFound, Refused
        If the actor may not, there is no such field or choice, it is the product's, or it is so already.
    """
    actor.must("define")
    store.revision(network)
    source = table("custom_choice" if own.code else "custom_field")
    name = {"field": own.field, "code": own.code} if own.code else {"name": own.field}
    here = [
        source.c[column] == value for column, value in ({"network": network, "type": own.type} | name).items()
    ]
    with store.writing() as connection:
        held = connection.execute(sa.select(source.c.retired).where(*here)).first()
        if held is None:
            raise _not_own(_type(connection, network, own.type), own)
        if bool(held.retired) is not back:
            said = ("ใช้อยู่แล้ว", "is in use") if back else ("เลิกใช้ไปแล้ว", "is retired already")
            raise Refused(
                words(f"“{own.code or own.field}” {said[0]}", f"“{own.code or own.field}” {said[1]}.")
            )
        connection.execute(source.update().where(*here).values(retired=int(not back)))
        changes.raise_revision(connection, network)
        action = f"{'choice' if own.code else 'field'}_{'brought_back' if back else 'retired'}"
        events.record(connection, actor, network, action, own.subject)


def _not_own(record_type: RecordType, own: Own) -> NotFound | Refused:
    """Say why there is nothing to retire: the product's own is not a network's to retire."""
    field = _field(record_type, own.field)
    if not own.code:
        return Refused(words(f"ช่อง “{field.words.th}” เป็นของระบบ เลิกใช้ไม่ได้",
                             f"The field “{field.words.en}” is the program's and cannot be retired."))  # fmt: skip
    if isinstance(field.kind, Code) and own.code in {choice.code for choice in field.kind.choices}:
        label = field.kind.label(own.code)
        return Refused(words(f"ตัวเลือก “{label.th}” เป็นของระบบ เลิกใช้ไม่ได้",
                             f"The choice “{label.en}” is the program's and cannot be retired."))  # fmt: skip
    return NotFound(words(f"ช่อง “{field.words.th}” ไม่มีตัวเลือก “{own.code}”",
                          f"The field “{field.words.en}” has no choice “{own.code}”."))  # fmt: skip


@dataclass(frozen=True)
class OwnField:
    """A field of the network's own, and how many records have a value in it."""

    field: Field
    records: int


@dataclass(frozen=True)
class OwnChoice:
    """A choice of the network's own in the list of a field, and how many records give it."""

    field: Field
    choice: Choice
    records: int


@dataclass(frozen=True)
class OwnOfType:
    """What a network has added to a record type."""

    type: RecordType
    fields: tuple[OwnField, ...]
    choices: tuple[OwnChoice, ...]


def listed(store: Store, network: str, actor: Actor) -> list[OwnOfType]:
    """Return what a network has added, by record type; retired fields and choices among them.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see the network, or there is none.
    """
    actor.must("see")
    store.revision(network)
    vault = store.vault
    with store.reading() as connection:
        types = extend(records.ALL, connection, network)
        own = {
            row["type"]
            for name in ("custom_field", "custom_choice")
            for row in rows(connection, name, network)
        }
        coded = [
            (row["type"], row["field"], row["code"]) for row in rows(connection, "custom_choice", network)
        ]
        places = [Place(connection, network, types[name], vault) for name in types if name in own]
        return [
            _of_type(place, [(f, c) for name, f, c in coded if name == place.record_type.name])
            for place in places
        ]


def _of_type(place: Place, coded: list[tuple[str, str]]) -> OwnOfType:
    record_type, kept = place.record_type, place.headings()
    fields = [OwnField(f, kept.get(f.name, 0)) for f in record_type.fields if f.custom]
    counts = {name: place.answers(record_type.by_name[name]) for name, _ in coded}
    choices = []
    for name, code in coded:
        field = record_type.by_name[name]
        if isinstance(field.kind, Code):
            found = next(choice for choice in field.kind.choices if choice.code == code)
            choices.append(OwnChoice(field, found, counts[name].get(code, 0)))
    return OwnOfType(record_type, tuple(fields), tuple(choices))
