"""Who acts, and what each role may do: one table, asked in the domain by every use case."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.errors import NotAllowed
from surveys.words import Words, words

ROLES: dict[str, Words] = {
    "surveyor": words("ผู้เก็บข้อมูล", "surveyor"),
    "planner": words("นักวางแผน", "planner"),
    "secretary": words("เลขานุการคณะกรรมการเมือง", "secretary of the city committee"),
    "steward": words("ผู้ดูแลระบบ", "steward"),
}

# What an act is called, and the roles that may do it.
RIGHTS: dict[str, tuple[Words, frozenset[str]]] = {
    "see": (words("ดูข้อมูลเครือข่าย", "see the network"), frozenset(ROLES)),
    "see_households": (
        words("ดูข้อมูลครัวเรือน", "see households"),
        frozenset({"surveyor", "planner", "secretary", "steward"}),
    ),
    "import": (words("นำเข้าไฟล์", "import files"), frozenset({"surveyor", "planner", "steward"})),
    "export": (words("ส่งออกข้อมูล", "export data"), frozenset({"planner", "secretary", "steward"})),
    "undo": (words("ยกเลิกการนำเข้า", "undo an import"), frozenset({"surveyor", "planner", "steward"})),
    "edit": (words("แก้ไขข้อมูล", "edit records"), frozenset({"surveyor", "planner", "steward"})),
    "propose": (words("ยื่นข้อเสนอที่ดิน", "file a land proposal"), frozenset({"planner", "secretary", "steward"})),
    "decide": (words("บันทึกมติ", "record a decision"), frozenset({"secretary"})),
    "define": (
        words("กำหนดช่องและตัวเลือกของเครือข่าย", "add fields and choices of the network's own"),
        frozenset({"planner", "steward"}),
    ),
    "manage": (words("จัดการเครือข่าย", "manage networks"), frozenset({"steward"})),
}


@dataclass(frozen=True)
class Actor:
    """Whoever does something: a name for the log, and a role.

    Until accounts exist the role is chosen in the head of the page, and the page says so.
    """

    name: str
    role: str

    def must(self, act: str) -> None:
        """Pass when the role may do the act.

        Raises
        ------
        NotAllowed
            If it may not; the reason names who may.
        """
        said, allowed = RIGHTS[act]
        if self.role in allowed:
            return
        who = [ROLES[role] for role in ROLES if role in allowed]
        raise NotAllowed(
            words(
                f"{ROLES[self.role].th}{said.th}ไม่ได้ ผู้ที่ทำได้: " + ", ".join(w.th for w in who),
                f"The {ROLES[self.role].en} may not {said.en}; these may: "
                + ", ".join(w.en for w in who)
                + ".",
            )
        )


# The person at the command line has the file itself.
def local(name: str) -> Actor:
    """Return the actor of the command line."""
    return Actor(name, "steward")
