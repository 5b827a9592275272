"""The members of some households of the demonstration city: who they are to the head, and what they do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np

from demo.answers import Home
from demo.draws import pick
from demo.dwellings import Row
from demo.people import NICKNAMES, Person, person
from demo.settlements import REFERENCE_DAY
from surveys.cells import Missing

_WORK = ("รับจ้างทั่วไป", "ค้าขาย", "ขับวินมอเตอร์ไซค์", "พนักงานรักษาความปลอดภัย", "แม่บ้าน", "เก็บของเก่า", "พนักงานโรงงาน")
_SCHOOL = {"ประถมศึกษา": 0.35, "มัธยมศึกษา": 0.4, "ปวช./ปวส.": 0.15, "ปริญญาตรี": 0.07, "ไม่ได้เรียน": 0.03}
_ILLNESS = ("เบาหวาน", "ความดันโลหิตสูง", "พิการทางการเคลื่อนไหว", "หอบหืด")
_RELIGION = {"พุทธ": 0.86, "อิสลาม": 0.11, "คริสต์": 0.03}
_OTHERS = {
    "child": 0.52,
    "grandchild": 0.16,
    "father": 0.04,
    "mother": 0.1,
    "in_law": 0.06,
    "relative": 0.09,
    "lodger": 0.03,
}
# Years between the head's birth and a member's: least and most.
_YEARS = {
    "child": (18, 38), "grandchild": (42, 60), "father": (-34, -20), "mother": (-34, -20), "in_law": (18, 36),
    "relative": (-10, 30), "lodger": (-10, 30), "wife": (-4, 10), "husband": (-10, 4), "partner": (-6, 6),
}  # fmt: skip
_REGISTERED = {"here": 0.6, "in_community": 0.1, "outside": 0.22, "central": 0.03, "none": 0.05}
_SEX = {"father": "male", "mother": "female", "wife": "female", "husband": "male"}
_PARENTS = ("father", "mother")
_GROWN = 16
_LATEST = REFERENCE_DAY.year - 1


def member_rows(rng: np.random.Generator, home: Home, ids: Iterator[str]) -> list[Row]:
    """The members of a household, the head first; as many as the household says it has."""
    head = home.head
    if head is None:
        return []
    shared = {name: home.row.get(name) for name in ("community", "house_seq", "household_no", "house_no")}
    rows = [_member(rng, head, "head", home.row["head_id"])]
    for relation in _relations(rng, head, int(home.row["people"])):
        one = _relative(rng, head, relation)
        rows.append(_member(rng, one, relation, next(ids) if rng.random() < 0.93 else None))
    return [{**shared, "member_no": str(number), **row} for number, row in enumerate(rows, 1)]


def _relations(rng: np.random.Generator, head: Person, people: int) -> list[str]:
    """Who the others are to the head."""
    if people < 2:
        return []
    spouse = "partner" if rng.random() < 0.05 else "wife" if head.sex == "male" else "husband"
    # Parents of an old head are not drawn.
    others = {name: share for name, share in _OTHERS.items() if head.born > 1960 or name not in _PARENTS}
    first = [spouse] if rng.random() < 0.7 else [pick(rng, others)]
    return first + [pick(rng, others) for _ in range(people - 2)]


def _relative(rng: np.random.Generator, head: Person, relation: str) -> Person:
    least, most = _YEARS[relation]
    born = min(head.born + int(rng.integers(least, most)), _LATEST)
    kin = relation in ("child", "grandchild", "father", "wife", "husband")
    return person(rng, born, head.surname if kin else None, _SEX.get(relation))


def _work(rng: np.random.Generator, age: int) -> object:
    if age < _GROWN:
        return Missing.NOT_APPLICABLE
    return str(rng.choice(_WORK)) if age < 70 else None


def _member(rng: np.random.Generator, one: Person, relation: str, own_id: object) -> Row:
    age = REFERENCE_DAY.year - one.born
    whole_date = (
        date(one.born, int(rng.integers(1, 13)), int(rng.integers(1, 29))) if rng.random() < 0.4 else None
    )
    grown = age >= _GROWN
    return {
        "title": one.title, "name": one.name, "surname": one.surname,
        "former_name": "ชื่อเดิมสมมติ" if rng.random() < 0.02 else None,
        "nickname": str(rng.choice(NICKNAMES)) if rng.random() < 0.6 else None,
        "person_id": own_id, "birth_year": one.born, "birth_date": whole_date,
        "sex": one.sex, "relation": relation,
        "registered": pick(rng, _REGISTERED),
        "lives_here": pick(rng, {"always": 0.86, "sometimes": 0.08, "works_away": 0.06}),
        "occupation": _work(rng, age),
        "education": pick(rng, _SCHOOL) if age > 6 else None,
        "health": str(rng.choice(_ILLNESS)) if rng.random() < 0.02 + age / 400 else None,
        "religion": pick(rng, _RELIGION) if rng.random() < 0.5 else None,
        "worker": True if grown and rng.random() < 0.06 else None,
        "note": None,
    }  # fmt: skip
