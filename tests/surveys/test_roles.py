"""Who may do what: the table of rights is complete, and every use case asks it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from surveys import communities, custom_fields, export, networks
from surveys.city import proposals
from surveys.errors import NotAllowed
from surveys.intake import imports
from surveys.roles import RIGHTS, ROLES, Actor, local
from surveys.store.store import Store
from tests.conftest import NETWORK, Intake

# What each role may do; everything else is refused.
SEE = {"see_public", "see", "see_households"}
COLLECT = {"see_money", "see_id_ends", "see_files", "import", "undo", "edit", "settle"}
MAY = {
    "public": {"see_public"},
    "surveyor": SEE | COLLECT,
    "planner": SEE | COLLECT | {"export", "propose", "define"},
    "secretary": SEE | {"export", "propose", "decide", "settle"},
    "steward": SEE | COLLECT | {"export", "propose", "define", "manage"},
}
# What nobody may until consent is asked for and kept.
NOBODY = {"see_sensitive"}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("act", RIGHTS)
def test_a_role_may_do_what_the_table_says_and_nothing_else(role: str, act: str) -> None:
    assert Actor("ก", role).may(act) == (act in MAY[role])
    if act in MAY[role]:
        Actor("ก", role).must(act)
        return
    with pytest.raises(NotAllowed) as refused:
        Actor("ก", role).must(act)
    said, who = RIGHTS[act]
    # The reason names the act, the role, and who may.
    assert said.en in refused.value.said.en and ROLES[role].en in refused.value.said.en
    assert all(ROLES[other].en in refused.value.said.en for other in who)
    assert said.th in refused.value.said.th and all(ROLES[other].th in refused.value.said.th for other in who)


def test_the_table_speaks_of_every_role_and_act_and_of_no_other() -> None:
    assert set(MAY) == set(ROLES) and set().union(*MAY.values()) == set(RIGHTS) - NOBODY
    assert all(who <= set(ROLES) for _, who in RIGHTS.values())


def test_what_nobody_may_is_said_so() -> None:
    with pytest.raises(NotAllowed) as refused:
        Actor("ก", "steward").must("see", "see_sensitive")
    assert "ยังไม่มีผู้ใดทำได้" in refused.value.said.th and "nobody may yet" in refused.value.said.en
    assert not Actor("ก", "steward").may("see", "see_sensitive") and Actor("ก", "steward").may()


def test_the_person_at_the_command_line_is_a_steward_who_decides_nothing() -> None:
    assert local("ก").role == "steward"
    with pytest.raises(NotAllowed):
        local("ก").must("decide")


# One use case for each right, and a role that may not: nothing is written for it.
OWN = custom_fields.Own("house", "fence")
DRAFT, DECISION = proposals.Draft("ก", "onsite"), proposals.Decision("agree", date(2024, 1, 1))
USE_CASES: dict[str, tuple[str, Callable[[Store, Actor, Path], object]]] = {
    "import": (
        "secretary",
        lambda store, who, folder: Intake(store, folder, actor=who).rows([{}], "house.csv"),
    ),
    "export": (
        "surveyor",
        lambda store, who, folder: export.write(store, NETWORK, "house", folder / "h.csv", who),
    ),
    "undo": ("secretary", lambda store, who, _: imports.undo(store, 1, who)),
    "redo": ("secretary", lambda store, who, _: imports.redo(store, 1, who)),
    "manage": ("planner", lambda store, who, _: networks.add(store, who, "NEW", "ใหม่")),
    "define": ("surveyor", lambda store, who, _: custom_fields.retire(store, NETWORK, who, OWN)),
    "edit": ("secretary", lambda store, who, _: communities.create(store, NETWORK, who, "ก")),
    "propose": ("surveyor", lambda store, who, _: proposals.file(store, NETWORK, who, DRAFT)),
    "decide": ("steward", lambda store, who, _: proposals.decide(store, NETWORK, who, "x", DECISION)),
}


@pytest.mark.parametrize("name", USE_CASES)
def test_every_use_case_asks_first(store: Store, tmp_path: Path, name: str) -> None:
    role, use_case = USE_CASES[name]
    before = (store.revision(NETWORK), store.networks())
    with pytest.raises(NotAllowed):
        use_case(store, Actor("ก", role), tmp_path)
    assert (store.revision(NETWORK), store.networks()) == before
    assert not (tmp_path / "h.csv").exists()
    with store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM event").scalar() == 1
