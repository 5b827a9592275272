"""The communities that a file names and nobody has entered: what each may mean, and what was said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from surveys.communities import Communities
from surveys.intake.examination import Examination
from surveys.intake.options import CREATE


@dataclass(frozen=True)
class Asked:
    """A name that the file writes; communities it almost names (id, name); what a person decided.

    ``decided`` is "" for nothing yet, :data:`CREATE` for a new one, else an id, called ``meant``.
    """

    written: str
    near: tuple[tuple[str, str], ...]
    decided: str
    meant: str


def asked(found: Examination, known: Communities) -> tuple[Asked, ...]:
    """Return the names of a file that mean no community here yet, and those that a person decided on."""
    unknown = [p.value for p in found.problems if p.code == "community_unknown" and p.value]
    said = found.options.communities
    names = dict.fromkeys([*said, *(text for text in unknown if known.of(text) is None)])
    return tuple(_asked(name, known, said) for name in names)


def _asked(name: str, known: Communities, said: Mapping[str, str]) -> Asked:
    answer = said.get(name, "")
    meant = None if answer == CREATE else known.of(answer)
    near = tuple((one, known.names[one]) for one in known.near(name))
    return Asked(name, near, answer if answer == CREATE else meant or "", known.names.get(meant or "", ""))


def by_name(known: Communities) -> list[tuple[str, str]]:
    """Return every community (id, name) in the order of the names."""
    return sorted(known.names.items(), key=lambda one: one[1])
