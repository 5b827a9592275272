"""What each role sees of each class of field; what is closed is absent, the same for every record."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest

from surveys import export, lookup, networks, records
from surveys.errors import NotAllowed
from surveys.fields import Text
from surveys.privacy import Privacy
from surveys.record import Field
from surveys.roles import ROLES, Actor
from surveys.shared import MONEY
from surveys.sight import CLASSES, MASK, Sight, rights_of, sees
from surveys.store.store import Store
from surveys.words import words
from tests.conftest import NETWORK, STEWARD, Intake

HOUSEHOLD, MEMBER = records.ALL["household"], records.ALL["member"]
COLLECT = ("surveyor", "planner", "steward")
NETWORK_ROLES = (*COLLECT, "secretary")
# By class: a field of it, and the roles that see it.
FIELDS: tuple[tuple[str, str, Privacy, tuple[str, ...]], ...] = (
    ("road", "name", Privacy.PUBLIC, tuple(ROLES)),
    ("house", "house_no", Privacy.NETWORK, NETWORK_ROLES),
    ("household", "head_name", Privacy.HOUSEHOLD, NETWORK_ROLES),
    ("land_plot", "owner", Privacy.HOUSEHOLD, NETWORK_ROLES),
    ("household", "income", Privacy.HOUSEHOLD, COLLECT),
    ("land_plot", "rent", Privacy.HOUSEHOLD, COLLECT),
    ("member", "health", Privacy.SENSITIVE, ()),
    ("household", "head_id", Privacy.SECRET, COLLECT),
)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("type_name", "name", "privacy", "who"), FIELDS)
def test_a_role_sees_the_fields_of_its_classes(
    type_name: str, name: str, privacy: Privacy, who: tuple[str, ...], role: str
) -> None:
    declared, actor = records.ALL[type_name], Actor("ก", role)
    assert declared.by_name[name].privacy is privacy
    if not sees(declared, actor):
        assert role not in who
        with pytest.raises(NotAllowed):
            Sight.of(declared, actor)
        return
    sight = Sight.of(declared, actor)
    assert (name in {f.name for f in sight.fields}) == (role in who)
    assert (name in {f.name for f in sight.closed}) == (role not in who)
    assert (name in {f.name for f in sight.plain}) == (role in who and privacy is not Privacy.SECRET)


def test_every_class_has_rights_and_a_higher_one_no_more_roles() -> None:
    assert list(CLASSES) == list(Privacy)
    seen = [{role for role in ROLES if Actor("", role).may(*acts)} for acts in CLASSES.values()]
    plain = seen[: Privacy.SECRET]
    assert all(higher <= lower for lower, higher in pairwise(plain))
    # An id is told by its end to those who see households, never to more.
    assert seen[Privacy.SECRET] <= seen[Privacy.HOUSEHOLD]


@pytest.mark.parametrize("name", records.ALL)
def test_a_network_s_own_public_field_opens_no_records(name: str) -> None:
    declared = records.ALL[name]
    own = Field(kind=Text(), words=words("ป้าย", "sign"), name="sign", custom=True, privacy=Privacy.PUBLIC)
    for role in ROLES:
        assert sees(declared.with_fields([own]), Actor("", role)) == sees(declared, Actor("", role))


def test_a_field_in_the_section_of_money_needs_the_right_to_it() -> None:
    own = Field(kind=Text(), words=words("หนี้ร้านค้า", "shop debt"), name="shop", custom=True, group=MONEY,
                privacy=Privacy.HOUSEHOLD)  # fmt: skip
    assert "see_money" in rights_of(own)
    shown = {role for role in NETWORK_ROLES
             if own in Sight.of(HOUSEHOLD.with_fields([own]), Actor("", role)).fields}  # fmt: skip
    assert shown == set(COLLECT)


ROW: dict[str, Any] = {
    "head_name": "นางมณี", "income": 9000, "head_id": "1112034563562", "people": None, "savings": None,
    "missing": json.dumps({"people": "no_answer", "savings": "unreadable"}),
    "raw": json.dumps({"savings": "สามพัน", "head_id": "11120"}), "extra": json.dumps({"สีประตู": "ฟ้า", "บัตร": "enc:1:x"}),
}  # fmt: skip


def vault() -> Any:
    raise AssertionError("nothing is sealed here")


def test_nothing_of_a_closed_field_is_in_what_is_seen() -> None:
    secretary = Sight.of(HOUSEHOLD, Actor("ก", "secretary"))
    seen = secretary.seen(ROW, vault)
    assert seen.values["head_name"] == "นางมณี" and seen.missing == {"people": "no_answer"}
    closed = {f.name for f in secretary.closed}
    assert {"income", "savings", "head_id"} <= closed
    assert not closed & {*seen.values, *seen.missing, *seen.raw} and seen.extra == {}


def test_who_collects_sees_the_end_of_an_id_and_what_stood_in_the_file() -> None:
    seen = Sight.of(HOUSEHOLD, Actor("ก", "surveyor")).seen(ROW, vault)
    assert seen.values["head_id"] == "•••••••••3562" and "11120" not in str(seen.raw)
    assert seen.raw == {"savings": "สามพัน"} and seen.extra == {"สีประตู": "ฟ้า", "บัตร": MASK}


def test_what_is_closed_does_not_hang_on_what_a_record_has() -> None:
    sight = Sight.of(MEMBER, Actor("ก", "planner"))
    ill, well = (
        {"missing": None, "raw": None, "extra": None, "health": value} for value in ("เบาหวาน", None)
    )
    assert sight.seen(ill, vault) == sight.seen(well, vault)
    assert {f.name for f in sight.closed} == {"health", "religion"}


def test_the_public_is_told_only_large_numbers_of_what_it_does_not_see(take: Intake, store: Store) -> None:
    def counts(role: str) -> dict[str, int]:
        return networks.counts(store, NETWORK, Actor("ก", role))

    rows = [{"ชุมชน": "ริมคลอง", "ลำดับบ้าน": str(n), "บ้านเลขที่": f"1/{n}"} for n in range(1, 10)]
    take.rows(rows, "house.csv", type="house")
    assert "house" not in counts("public") and counts("surveyor")["house"] == 9
    assert counts("public")["road"] == 0
    take.rows([*rows, {"ชุมชน": "ริมคลอง", "ลำดับบ้าน": "10"}], "more.csv", type="house")
    assert counts("public")["house"] == counts("surveyor")["house"] == 10
    assert networks.listed(store, Actor("ก", "public"))[0]["counts"] == counts("public")


def test_a_search_finds_nothing_by_a_closed_field(take: Intake, store: Store) -> None:
    rows = [{"ชุมชน": "ก", "ลำดับบ้าน": "1", "ครัวเรือนที่": "1", "เคยได้รับความช่วยเหลือจากรัฐ": "บัตรคนจน"}]
    take.rows(rows, "household.csv", type="household")
    found = {role: lookup.page(store, NETWORK, "household", Actor("ก", role), lookup.Wanted(q="บัตรคนจน"))["total"]
             for role in NETWORK_ROLES}  # fmt: skip
    assert found == {"surveyor": 1, "planner": 1, "steward": 1, "secretary": 0}
    assert lookup.page(store, NETWORK, "household", STEWARD, lookup.Wanted())["total"] == 1


@pytest.mark.parametrize("role", NETWORK_ROLES)
def test_a_national_id_in_a_cell_of_something_else_is_for_those_who_read_the_files(
    take: Intake, store: Store, role: str
) -> None:
    """What could not be read is kept as it stood, also a whole national id under "members"."""
    take.rows(
        [{"ชุมชน": "เอ", "ลำดับบ้าน": 1, "ครัวเรือนที่": 1, "จำนวนสมาชิก": "1101700203450"}],
        "h.csv",
        type="household",
    )
    actor = Actor("ก", role)
    (row,) = store.read_table(NETWORK, "household").to_pylist()
    told = Sight.of(HOUSEHOLD, actor).seen(row, vault).raw["people"]
    assert told == ("1101700203450" if role in COLLECT else "•••••••••3450")
    if actor.may("export"):
        assert export.table(store, NETWORK, "household", actor)["people"].tolist() == [told]
