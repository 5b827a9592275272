"""Proposals as their pages show them: what they are about, and plots or houses chosen by number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from api.pages.communities import Communities
from api.pages.values import title
from surveys import records
from surveys.city.proposals import STEPS, TARGETS, Step
from surveys.errors import Refused
from surveys.record import RecordType
from surveys.store.schema import table
from surveys.store.store import Store
from surveys.words import Lang, Words, normal, words

# A line on each of the five options.
EXPLAINED: dict[str, Words] = {
    "onsite": words("อยู่ที่เดิม ปรับปรุงบ้าน ทางเดิน และสาธารณูปโภค", "stay in place; houses, paths and utilities are improved"),
    "reblocking": words("อยู่ที่เดิม จัดแปลงและทางใหม่ให้เป็นระเบียบ", "stay in place; plots and lanes are laid out anew"),
    "land_sharing": words(
        "แบ่งที่ดินกับเจ้าของ ส่วนหนึ่งอยู่อาศัย ส่วนหนึ่งคืนเจ้าของ",
        "the land is shared: part to live on, part back to its owner",
    ),
    "reconstruction": words("รื้อแล้วสร้างใหม่ในที่ดินเดิม", "old houses come down, new ones go up on the same land"),
    "relocation": words("ย้ายไปที่ดินใหม่ที่มั่นคง หรือแฟลต", "move to new, secure land, or to flats"),
}  # fmt: skip
# By which number records of a type are chosen.
NUMBERED = {"land_plot": ("plot_no",), "house": ("house_seq", "house_no")}
# The steps by which the committee decides; the others belong to the proposer.
DECISIONS = tuple(step for step in STEPS.values() if step.right == "decide")
TONES = {"agreed": "tag-good", "submitted": "tag-warn", "to_revise": "tag-warn", "not_agreed": "tag-bad"}
# Plots and houses have no longer numbers, and Python reads no number of any length.
_RANGE = re.compile(r"(\d{1,9})\s*[-–]\s*(\d{1,9})")
_MOST = 1000

Target = tuple[str, str]


@dataclass(frozen=True)
class Named:
    """Something a proposal is about, by name."""

    type: RecordType
    id: str
    name: str

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
    return [Named(record_type, row["id"], _name(record_type, row, known, lang)) for row in rows]


def _name(record_type: RecordType, row: Mapping[str, Any], known: Communities, lang: Lang) -> str:
    said = title(record_type, row, lang)
    place = row.get("community")
    return said if place is None else f"{said} · {known.names.get(known.of(place) or '', place)}"


def chosen(store: Store, network: str, kind: str, asked: tuple[str, str], known: Communities) -> list[Target]:
    """Return the plots or houses of a community by their numbers, such as "1-40, 52, 7/1".

    Raises
    ------
    Refused
        If nothing was asked for, or a number is not in the community.
    """
    community, text = asked
    numbers = _numbers(text)
    if kind not in NUMBERED or not numbers:
        raise Refused(
            words(
                "เขียนเลขแปลงหรือลำดับบ้าน เช่น 1-40, 52",
                "Write the numbers of plots or houses, such as 1-40, 52.",
            )
        )
    source = table(kind)
    names = ("id", "community", *NUMBERED[kind])
    fits = sa.or_(*(source.c[name].in_(numbers) for name in NUMBERED[kind]))
    rows = store.read_table(network, kind, list(names), fits).to_pylist()
    rows = [row for row in rows if not community or known.of(row["community"]) == community]
    there = {row[name] for row in rows for name in NUMBERED[kind]}
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


def steps_for(state: str, rights: set[str]) -> list[Step]:
    """Return the steps an actor with these rights may take from a state."""
    return [step for step in STEPS.values() if state in step.start and step.right in rights]
