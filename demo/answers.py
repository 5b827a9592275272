"""Household answers of the demonstration city, in keeping with the house and its land."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from demo.draws import amount, day, pick, some, withheld
from demo.dwellings import Row
from demo.land import LANDS
from demo.people import Person, person
from demo.settlements import BY_CODE
from surveys.cells import Missing

_VISITS = {
    "complete": 0.83, "partial": 0.05, "not_found": 0.045, "refused": 0.02, "empty": 0.02, "moved_out": 0.015,
    "moved_in": 0.015, "double": 0.005,
}  # fmt: skip
NO_INTERVIEW = ("not_found", "refused", "empty", "moved_out")
_JOINING = {
    "joined": 0.42, "interested": 0.2, "undecided": 0.14, "not_asked": 0.12, "not_interested": 0.06,
    "withdrawn": 0.03, "opposed": 0.03,
}  # fmt: skip
_WANTS = {"stay": 0.72, "shift": 0.18, "move": 0.12, "rent": 0.08}
_NEEDS = ("ทางลาดสำหรับผู้สูงอายุ", "ศูนย์เด็กเล็ก", "ไฟทางเดิน", "ท่อระบายน้ำ", "มิเตอร์น้ำของตนเอง", "ที่ขายของ")
_HELP = ("บ้านพอเพียง 2563", "บัตรสวัสดิการแห่งรัฐ", "เยียวยาน้ำท่วม 2554")
_NOTES = ("ไปพบช่วงเย็นเท่านั้น", "ขอให้กลับมาอีกครั้ง", "อยู่กับหลาน", "กำลังซ่อมหลังคา")


@dataclass(frozen=True)
class Home:
    """A household: its row of answers, and its head (None when nobody was met)."""

    row: Row
    head: Person | None


def homes(
    rng: np.random.Generator, houses: list[Row], ids: Iterator[str], staged: Mapping[tuple[str, str], int],
    skipped: set[tuple[str, str]],
) -> list[Home]:  # fmt: skip
    """The households of all houses in order; houses nobody has surveyed yet have none.

    ``staged`` houses get that many full households, ``skipped`` ones none.
    """
    found = []
    for house in houses:
        key = (house["community"], house["house_seq"])
        if key in skipped:
            continue
        if key in staged:
            roles = ["owner", "lodger"][: staged[key]]
        else:
            surveyed = rng.random() < BY_CODE[house["community"]].surveyed_share
            roles = _roles(rng, house) if surveyed else []
        for number, role in enumerate(roles, 1):
            visit = "complete" if key in staged else pick(rng, _VISITS)
            home = _home(rng, house, str(number), (role, visit), ids)
            if key in staged:
                home.row["people"] = max(3, home.row["people"])
            found.append(home)
    return found


def _roles(rng: np.random.Generator, house: Row) -> list[str]:
    """Who lives in the house, one word a household."""
    match house["situation"]:
        case "two_families":
            return ["owner", "relatives", "relatives"] if rng.random() < 0.15 else ["owner", "relatives"]
        case "absent_owner":
            if house["rooms_let"] is None:
                return ["tenant"]
            return ["room"] * min(int(house["rooms_let"]), int(rng.integers(1, 4)))
        case "lets_rooms":
            return ["owner", "room"]
    return ["lodger" if rng.random() < 0.08 else "owner"]


def _home(
    rng: np.random.Generator, house: Row, number: str, met: tuple[str, str], ids: Iterator[str]
) -> Home:
    role, visit = met
    row: Row = {name: house[name] for name in ("community", "house_seq", "house_no", "plot_no")}
    row |= {"household_no": number, "visit_result": visit, "visit_date": day(rng), "note": None}
    if visit in NO_INTERVIEW:
        if visit == "refused":
            row |= {"income": Missing.NO_ANSWER, "savings": Missing.NO_ANSWER, "joining": "opposed"}
        row["note"] = str(rng.choice(_NOTES)) if visit == "not_found" and rng.random() < 0.3 else None
        return Home(row, None)
    head = person(rng, int(rng.integers(1946, 2001)))
    own_id = next(ids)
    known = Missing.NO_ANSWER if rng.random() < 0.05 else own_id
    row |= {"head_name": head.full_name, "head_id": known if rng.random() < 0.88 else None}
    row |= {"people": 1 + int(rng.poisson(2.3)), "extended": _extended(rng, role)}
    row |= _tenure(rng, role, house["land_kind"]) | _money(rng) | _wishes(rng, house["community"])
    if visit == "partial":
        row |= dict.fromkeys(("spending", "debt_formal", "debt_informal", "can_pay", "wants"))
    if visit in ("moved_in", "double"):
        row["joining"] = "not_asked"
    return Home(row, head)


def _extended(rng: np.random.Generator, role: str) -> object:
    if role != "relatives":
        return Missing.NOT_APPLICABLE if rng.random() < 0.3 else None
    return "independent" if rng.random() < 0.25 else "related"


_HOUSE_TENURE = {"room": "rents_room", "tenant": "rents_house", "lodger": "lodger", "relatives": "lodger"}


def _tenure(rng: np.random.Generator, role: str, kind: str | None) -> Row:
    land = LANDS[kind or "public"]
    holds = role in ("owner", "lodger", "relatives")
    tenure = pick(rng, land.tenures) if holds else Missing.NOT_APPLICABLE
    own = "hire_purchase" if rng.random() < 0.02 else "owner"
    leased = tenure in ("lease", "sublease")
    return {
        "house_tenure": _HOUSE_TENURE.get(role, own),
        "land_tenure": tenure,
        "lease_years": int(rng.choice(land.lease_years)) if leased else Missing.NOT_APPLICABLE,
        "causes": some(rng, land.causes) or None,
        "moved_in": withheld(rng, int(rng.integers(1965 if holds else 2012, 2026)), 0.02),
    }


def _money(rng: np.random.Generator) -> Row:
    income = amount(rng, 16_000, 0.55, 500)
    spending = max(1000, int(income * rng.uniform(0.55, 1.15) / 500) * 500)
    chances: tuple[tuple[str, float, float], ...] = (
        ("debt_formal", 0.42, 70_000), ("debt_informal", 0.33, 22_000), ("savings", 0.62, 9_000),
    )  # fmt: skip
    held: dict[str, Any] = {
        name: withheld(rng, amount(rng, median, 0.9, 500) if rng.random() < chance else 0)
        for name, chance, median in chances
    }
    can_pay = int(income * rng.uniform(0.04, 0.2) / 100) * 100
    monthly = {"income": income, "spending": spending, "can_pay": can_pay}
    return held | {name: withheld(rng, value) for name, value in monthly.items()}


def _wishes(rng: np.random.Generator, code: str) -> Row:
    settled = code in BY_CODE and BY_CODE[code].facts["set_up"] == "set_up"
    weights = _JOINING if settled else _JOINING | {"joined": 0.05, "not_asked": 0.45}
    return {
        "joining": pick(rng, weights),
        "wants": some(rng, _WANTS) or ["stay"],
        "other_needs": str(rng.choice(_NEEDS)) if rng.random() < 0.3 else None,
        "state_help": str(rng.choice(_HELP)) if rng.random() < 0.15 else None,
        "note": str(rng.choice(_NOTES)) if rng.random() < 0.05 else None,
    }
