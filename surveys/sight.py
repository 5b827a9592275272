"""What an actor sees of records: the one place that says so, for pages, files, maps, programs and commands.

The rights a value needs follow from the privacy class of its field, and for some sections of the
form from the section too. Secret values are only ever told by their last four characters.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from surveys.privacy import SEALED, Privacy, Vault, masked, without_ids
from surveys.record import Field, RecordType
from surveys.roles import Actor
from surveys.shared import MONEY

MASK = "•••••"

# The rights that open a field of each class; a secret one is then told masked.
CLASSES: Mapping[Privacy, tuple[str, ...]] = {
    Privacy.PUBLIC: ("see_public",),
    Privacy.NETWORK: ("see",),
    Privacy.HOUSEHOLD: ("see_households",),
    Privacy.SENSITIVE: ("see_households", "see_sensitive"),
    Privacy.SECRET: ("see_households", "see_id_ends"),
}
# Sections of the form that need a right of their own besides.
SECTIONS: Mapping[str, tuple[str, ...]] = {MONEY.name: ("see_money",)}
# Columns of a file that nobody has mapped may hold anything: they are for those who read the files.
UNMAPPED = (*CLASSES[Privacy.HOUSEHOLD], "see_files")


def rights_of(field: Field) -> tuple[str, ...]:
    """Return the rights that together open a field."""
    return CLASSES[field.privacy] + (SECTIONS.get(field.group.name, ()) if field.group else ())


def _rights_of_rows(record_type: RecordType) -> tuple[str, ...]:
    """Return the rights that open the records of a type at all: those of its least private declared field."""
    least = min(field.privacy for field in record_type.stored)
    return CLASSES[least if record_type.public else max(least, Privacy.HOUSEHOLD)]


def sees(record_type: RecordType, actor: Actor) -> bool:
    """Tell whether an actor may see records of a type."""
    return actor.may(*_rights_of_rows(record_type))


@dataclass(frozen=True)
class Seen:
    """A record as far as an actor sees it: nothing of what is closed is in here, not even that there is a value.

    ``values`` are by field as the store holds them (None where there is none), secrets masked;
    ``missing`` are codes and ``raw`` texts of the file by field; ``extra`` are columns nobody mapped.
    """

    values: Mapping[str, Any]
    missing: Mapping[str, str]
    raw: Mapping[str, str]
    extra: Mapping[str, Any]


@dataclass(frozen=True)
class Sight:
    """What an actor sees of a record type: its open fields in the order declared, and unmapped columns or not."""

    record_type: RecordType
    fields: tuple[Field, ...]
    unmapped: bool

    @classmethod
    def of(cls, record_type: RecordType, actor: Actor) -> Sight:
        """Find what an actor sees of a type.

        Raises
        ------
        NotAllowed
            If the actor may not see records of this type at all.
        """
        actor.must(*_rights_of_rows(record_type))
        seen = tuple(field for field in record_type.fields if actor.may(*rights_of(field)))
        return cls(record_type, seen, actor.may(*UNMAPPED))

    @property
    def plain(self) -> tuple[Field, ...]:
        """The fields whose values are told whole: by these one may search, sort, filter and export."""
        return tuple(field for field in self.fields if not field.secret)

    @property
    def closed(self) -> tuple[Field, ...]:
        """The fields that are not seen."""
        return tuple(field for field in self.record_type.fields if field not in self.fields)

    def seen(self, row: Mapping[str, Any], vault: Callable[[], Vault]) -> Seen:
        """Tell a row of the table or of the history as far as it is seen; the vault is opened for secrets only."""
        extra = _loads(row, "extra")
        own = {field.name: extra.pop(field.name, None) for field in self.record_type.fields if field.custom}
        values = {field.name: (own if field.custom else row).get(field.name) for field in self.fields}
        for field in self.fields:
            if field.secret and values[field.name] is not None:
                values[field.name] = _ending(str(values[field.name]), vault)
        return Seen(
            values,
            _picked(_loads(row, "missing"), list(values)),
            self.raw(_loads(row, "raw")),
            {name: _unsealed(value) for name, value in extra.items()} if self.unmapped else {},
        )

    def raw(self, by_field: Mapping[str, str]) -> dict[str, str]:
        """Tell what stood in the cells of open fields; national ids among it only to those who read the files."""
        if not by_field:
            return {}
        texts = _picked(by_field, [field.name for field in self.plain])
        return texts if self.unmapped else {name: without_ids(text) for name, text in texts.items()}


def _loads(row: Mapping[str, Any], column: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(row.get(column) or "{}")
    return found


def _picked(by_field: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
    return {name: said for name, said in by_field.items() if name in names}


def _ending(text: str, vault: Callable[[], Vault]) -> str:
    return masked(vault().open(text) if text.startswith(SEALED) else text)


def _unsealed(value: Any) -> Any:
    return MASK if isinstance(value, str) and value.startswith(SEALED) else value
