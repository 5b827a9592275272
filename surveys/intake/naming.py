"""Which record types the names of files, folders and layers are about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from surveys.record import RecordType
from surveys.words import folded, normal

# What may stand between two things in a name that is about the first: the members of the household.
_OF = ("", "ใน", "ของ", "ริม")
# A boundary is no district, whatever letters it has.
_BOUNDARY = re.compile("(ขอบ|แนว)เขต")
# Nor is a village, or the programme of secure housing, about houses.
_NO_HOUSE = re.compile("หมู่บ้าน|บ้านมั่นคง")
# Types of areas in which other records lie.
_AROUND = frozenset({"community", "admin_area"})


def named_by_path(
    types: Sequence[RecordType], names: Sequence[str], possible: frozenset[str]
) -> frozenset[str]:
    """Return the types, of those possible, that a layer is about by its own name, the last, or its folders' before it.

    The innermost that is about a type counts; but "ชุมชนกอไผ่" says where things are: nothing of what is in such a
    folder, and of a layer within a folder of houses neither.
    """
    *folders, layer = names or ("",)
    own = named(types, layer) & possible
    if own and not _of_place(types, layer, own):
        return own
    around = [
        about for folder in reversed(folders)
        if (about := named(types, folder) & possible) and not _of_place(types, folder, about)
    ]  # fmt: skip
    if own:
        return next((about for about in around if not about <= _AROUND), own)
    return around[0] if around else frozenset()


def _of_place(types: Sequence[RecordType], name: str, about: frozenset[str]) -> bool:
    """Tell whether a name that is about types of areas is that of one area."""
    plain = {word for one in types if one.name in about for word in called_itself(one)}
    return about <= _AROUND and folded(name) not in plain and not _BOUNDARY.search(name)


def called_itself(record_type: RecordType) -> set[str]:
    """All that records of a type are called."""
    said = record_type.words
    names = {folded(name) for name in (record_type.name, said.th, said.en, *record_type.aliases)}
    return names | {f"{name[:-1]}ies" for name in names if name.isascii() and name.endswith("y")}


def named(types: Sequence[RecordType], name: str) -> frozenset[str]:
    """Return the types that the name of a file or layer is about.

    Of words within each other the longest counts: "household.csv" is not about houses. Of words side by
    side it is the first in Thai, "สมาชิกครัวเรือน", and the last in English, "household members".
    """
    spoken = _NO_HOUSE.sub(" ", _BOUNDARY.sub(" ", normal(PurePath(name).stem).casefold()))
    heard = {(t.name, word) for t in types for word in called_itself(t) if _says(spoken, word)}
    # "house" within "household" is not said.
    said = {word for _, word in heard if not any(word in other != word for _, other in heard)}
    about = said - _qualifying(said, folded(spoken)) or said
    longest = max(map(len, about), default=0)
    return frozenset(name for name, word in heard if word in about and len(word) == longest)


def _qualifying(said: set[str], text: str) -> set[str]:
    """Return the words of a text that only tell more of the one beside them."""
    found = set()
    for one in said:
        for other in said - {one}:
            if one.isascii() and other.isascii():
                found |= {one} if one + other in text else set()
            elif any(one + of + other in text for of in _OF):
                found.add(other)
    return found


def _says(name: str, alias: str) -> bool:
    """Tell whether a file's name holds an alias; a short Latin one as a word: "points" holds no "poi"."""
    if alias.isascii() and len(alias) < 5:
        return alias in re.split(r"[^a-z0-9]+", name)
    return len(alias) > 2 and alias in folded(name)
