"""Who acts, and what each role may do: one table, asked in the domain by every use case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from surveys.errors import NotAllowed
from surveys.words import Words, words

ROLES: dict[str, Words] = {
    "public": words("ประชาชนทั่วไป", "member of the public"),
    "surveyor": words("ผู้เก็บข้อมูล", "surveyor"),
    "planner": words("นักวางแผน", "planner"),
    "secretary": words("เลขานุการคณะกรรมการเมือง", "secretary of the city committee"),
    "steward": words("ผู้ดูแลระบบ", "steward"),
}
_IN_THE_NETWORK = frozenset(ROLES) - {"public"}
# Those who collect the survey and mend it, and so read the files as they came.
_COLLECT = frozenset({"surveyor", "planner", "steward"})

# What an act is called, and the roles that may do it. What opens which field is in surveys/sight.py;
# why, in docs/decisions/0003-who-sees-what.md.
RIGHTS: dict[str, tuple[Words, frozenset[str]]] = {
    "see_public": (words("ดูข้อมูลที่เปิดเผยได้", "see what is public"), frozenset(ROLES)),
    "see": (words("ดูข้อมูลเครือข่าย", "see the network"), _IN_THE_NETWORK),
    "see_households": (words("ดูข้อมูลครัวเรือน", "see households"), _IN_THE_NETWORK),
    "see_money": (words("ดูรายได้ หนี้ และการออม", "see incomes, debts and savings"), _COLLECT),
    "see_id_ends": (words("ดูเลขประจำตัว 4 ตัวท้าย", "see the last four digits of national ids"), _COLLECT),
    "see_files": (words("ดูสิ่งที่เขียนในไฟล์ที่ส่งมา", "see what stands in the files sent"), _COLLECT),
    # Nobody, until consent is asked for and kept.
    "see_sensitive": (words("ดูข้อมูลอ่อนไหว", "see sensitive data"), frozenset()),
    "import": (words("นำเข้าไฟล์", "import files"), _COLLECT),
    "export": (words("ส่งออกข้อมูล", "export data"), frozenset({"planner", "secretary", "steward"})),
    "undo": (words("ยกเลิกการนำเข้า", "undo an import"), _COLLECT),
    "edit": (words("แก้ไขข้อมูล", "edit records"), _COLLECT),
    "settle": (words("ตัดสินครัวเรือนที่อาจซ้ำ", "decide on households that may be one"), _COLLECT | {"secretary"}),
    "propose": (words("ยื่นข้อเสนอที่ดิน", "file a land proposal"), frozenset({"planner", "secretary", "steward"})),
    "decide": (words("บันทึกมติ", "record a decision"), frozenset({"secretary"})),
    "define": (
        words("กำหนดช่องและตัวเลือกของเครือข่าย", "add fields and choices of the network's own"),
        frozenset({"planner", "steward"}),
    ),
    "manage": (words("จัดการเครือข่าย", "manage networks"), frozenset({"steward"})),
}


def who_may(*acts: str) -> tuple[Words, ...]:
    """Return what the roles are called that may do every one of some acts."""
    return tuple(said for role, said in ROLES.items() if all(role in RIGHTS[act][1] for act in acts))


@dataclass(frozen=True)
class Actor:
    """Whoever does something: a name for the log, and a role.

    Until accounts exist the role is chosen in the head of the page, and the page says so.
    """

    name: str
    role: str

    def may(self, *acts: str) -> bool:
        """Tell whether the role may do every one of some acts."""
        return all(self.role in RIGHTS[act][1] for act in acts)

    def must(self, *acts: str) -> None:
        """Pass when the role may do every one of some acts.

        Raises
        ------
        NotAllowed
            If it may not; the reason names who may.
        """
        for act in acts:
            if not self.may(act):
                raise NotAllowed(_refusal(self.role, act))


def _refusal(role: str, act: str) -> Words:
    said = RIGHTS[act][0]
    th, en = _named(who_may(act))
    return words(f"{ROLES[role].th}{said.th}ไม่ได้ {th}", f"The {ROLES[role].en} may not {said.en}; {en}.")


def _named(who: Iterable[Words]) -> tuple[str, str]:
    named = tuple(who)
    if not named:
        return "ยังไม่มีผู้ใดทำได้", "nobody may yet"
    return "ผู้ที่ทำได้: " + ", ".join(w.th for w in named), "these may: " + ", ".join(w.en for w in named)


# The person at the command line has the file itself.
def local(name: str) -> Actor:
    """Return the actor of the command line."""
    return Actor(name, "steward")
