"""What proposals are about: plots, houses and communities by name, and plots or houses chosen by number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from api.pages.communities import COMMUNITY, Communities
from api.pages.values import title
from surveys import records
from surveys.city.proposals import TARGETS
from surveys.errors import Refused
from surveys.record import RecordType
from surveys.store.schema import table
from surveys.store.store import Store
from surveys.words import Lang, normal, words

# The types whose records are chosen by number.
NUMBERED = tuple(records.ALL[name] for name, numbers in TARGETS.items() if numbers)
# Plots and houses have no longer numbers, and Python reads no number of any length.
_RANGE = re.compile(r"(\d{1,9})\s*[-–]\s*(\d{1,9})")
_MOST = 1000

Target = tuple[str, str]


@dataclass(frozen=True)
class Named:
    """Something a proposal is about, by name; ``short`` among others of its kind and ``place``, a community."""

    type: RecordType
    id: str
    name: str
    short: str = ""
    place: str = ""

    @property
    def numbered(self) -> bool:
        """Tell whether it is named by a number among others, not chosen from a list."""
        return bool(TARGETS[self.type.name])

    @property
    def value(self) -> str:
        """Return what a form sends."""
        return f"{self.type.name}:{self.id}"


def targets_of(texts: Sequence[str]) -> list[Target]:
    """Read "TYPE:ID" texts; what is none is left out, each stands once."""
    pairs = [text.partition(":")[::2] for text in texts]
    return list(dict.fromkeys((kind, key) for kind, key in pairs if kind in TARGETS and key))[:_MOST]


def named(
    store: Store, network: str, targets: Sequence[Target], known: Communities, lang: Lang
) -> list[Named]:
    """Return what targets are called; one that is no longer there is left out."""
    by_type: dict[str, list[str]] = {}
    for kind, key in targets:
        by_type.setdefault(kind, []).append(key)
    found = [
        one for kind, keys in by_type.items() for one in _named(store, network, (kind, keys), known, lang)
    ]
    order = {target: place for place, target in enumerate(targets)}
    return sorted(found, key=lambda one: order[one.type.name, one.id])


def _named(
    store: Store, network: str, wanted: tuple[str, list[str]], known: Communities, lang: Lang
) -> list[Named]:
    kind, keys = wanted
    record_type, source = records.ALL[kind], table(kind)
    columns = ["id", *record_type.title, *(["community"] if "community" in record_type.by_name else [])]
    rows = store.read_table(network, kind, list(dict.fromkeys(columns)), source.c.id.in_(keys)).to_pylist()
    return [_told(record_type, row, known, lang) for row in rows]


def _told(record_type: RecordType, row: Mapping[str, Any], known: Communities, lang: Lang) -> Named:
    said, text = title(record_type, row, lang), row.get("community")
    place = "" if text is None else known.names.get(known.of(text) or "", text)
    filled = [record_type.by_name[name] for name in record_type.title if row.get(name) is not None]
    short = filled[0].kind.show(row[filled[0].name], lang) if filled else said
    return Named(record_type, row["id"], f"{said} · {place}" if place else said, short, place)


def together(about: Sequence[Named]) -> list[list[Named]]:
    """Gather what a proposal is about by type and community, in the order given."""
    found: dict[tuple[str, str], list[Named]] = {}
    for one in about:
        found.setdefault((one.type.name, one.place), []).append(one)
    return list(found.values())


def chosen(store: Store, network: str, kind: str, asked: tuple[str, str], known: Communities) -> list[Target]:
    """Return the plots or houses of a community by their numbers, such as "1-40, 52, 7/1".

    Raises
    ------
    Refused
        If nothing was asked for, or a number is not in the community.
    """
    community, text = asked
    numbers = _numbers(text)
    if not TARGETS.get(kind) or not numbers:
        raise Refused(
            words(
                "เขียนเลขแปลงหรือลำดับบ้าน เช่น 1-40, 52",
                "Write the numbers of plots or houses, such as 1-40, 52.",
            )
        )
    source = table(kind)
    names = ("id", "community", *TARGETS[kind])
    fits = sa.or_(*(source.c[name].in_(numbers) for name in TARGETS[kind]))
    rows = store.read_table(network, kind, list(names), fits).to_pylist()
    rows = [row for row in rows if not community or known.of(row["community"]) == community]
    there = {row[name] for row in rows for name in TARGETS[kind]}
    lost = [number for number in numbers if number not in there]
    if lost:
        shown = ", ".join(number[:20] for number in lost[:10]) + ("…" if len(lost) > 10 else "")
        raise Refused(
            words(f"ไม่พบเลข {shown} ในชุมชนที่เลือก", f"There is no number {shown} in the community chosen.")
        )
    return [(kind, row["id"]) for row in rows]


def _numbers(text: str) -> list[str]:
    """Read numbers and ranges between commas."""
    found: list[str] = []
    for part in normal(text).replace(" - ", "-").replace(",", " ").split():
        between = _RANGE.fullmatch(part)
        if between and int(between[1]) <= int(between[2]) < int(between[1]) + _MOST:
            found += [str(number) for number in range(int(between[1]), int(between[2]) + 1)]
        else:
            found.append(part)
    return list(dict.fromkeys(found))[:_MOST]


def listed_communities(known: Communities) -> list[Named]:
    """Return the communities of a network in order of their names, to choose from."""
    named_so = sorted(known.names.items(), key=lambda pair: pair[1])
    return [Named(COMMUNITY, key, name) for key, name in named_so]
