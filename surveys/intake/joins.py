"""Communities that a file names otherwise than they are called here: joined to the one meant, or created."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pyarrow.compute as pc

from surveys import communities
from surveys.communities import Communities
from surveys.intake.options import CREATE
from surveys.intake.plan import LayerPlan, open_layer, refuse
from surveys.planning.match import COMMUNITY
from surveys.roles import Actor
from surveys.store.store import Store
from surveys.words import Words, folded, normal, words

# How many names a refusal lists.
_LISTED = 12


def joined(known: Communities, chosen: Mapping[str, str]) -> Communities:
    """Return the communities with the names that a person said mean one of them.

    Raises
    ------
    FileRefused, Refused
        If what a name should mean is no community here, or the name cannot be kept.
    """
    more = {}
    for written, meant in chosen.items():
        if meant == CREATE:
            continue
        community = known.of(meant)
        if community is None:
            raise refuse("community_meant_unknown", value=meant, near=_few(known.names.values()))
        more[folded(communities.must_be_joinable(written))] = community
    return replace(known, by_text=more | dict(known.by_text))


def must_be_named(plans: Iterable[LayerPlan], chosen: Mapping[str, str]) -> None:
    """Refuse a name that the file does not hold: a slip of whoever wrote it.

    Raises
    ------
    FileRefused
        If a name that was joined stands in no layer.
    """
    if not chosen:
        return
    spoken: dict[str, str] = {}
    for plan in plans:
        column = plan.columns.fields.get(COMMUNITY)
        if column is not None:
            texts = pc.unique(open_layer(plan.layer).read_all()[column]).to_pylist()
            spoken |= {folded(text): normal(text) for text in texts if text}
    for written in chosen:
        if folded(written) not in spoken:
            raise refuse("community_not_named", value=written, near=_few(spoken.values()))


def _few(names: Iterable[str]) -> Words:
    listed = list(names)
    text = ", ".join(listed[:_LISTED]) + (" …" if len(listed) > _LISTED else "")
    return words(text, text)


def remember(store: Store, network: str, actor: Actor, chosen: Mapping[str, str]) -> None:
    """Keep what a person decided of names: the next file finds the communities by them.

    A name that means a community by now, because somebody else decided it, is left as it is.
    """
    for written, meant in chosen.items():
        here = communities.known(store, network)
        if here.of(written) is not None:
            continue
        community = here.of(meant)
        if meant == CREATE:
            communities.create(store, network, actor, written)
        elif community is not None:
            communities.join(store, network, actor, written, community)


def unknown_hint(known: Communities, text: str) -> Words:
    """Say what a name that is not known may mean, with what to type for it, and what else can be done."""
    near = known.near(text)
    create = words(
        "ถ้าเป็นชุมชนใหม่ สร้างได้ด้วยปุ่มเดียวในหน้านำเข้า",
        "If it is a new one, create it with one click on the imports page.",
    )
    if not near:
        return create
    said = [
        f"“{known.names[one]}” (--community '{text}={known.codes.get(one, known.names[one])}')"
        for one in near
    ]
    return words(f"อาจหมายถึง {' หรือ '.join(said)} {create.th}", f"Perhaps {' or '.join(said)}. {create.en}")
