"""A number corrected on one side is corrected on the other: nobody is cut off, nobody is handed to a newcomer."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from surveys import edit, linking
from surveys.city.double_decisions import members_of
from surveys.communities import known
from surveys.edit import Correction
from surveys.errors import Refused
from surveys.store.store import Store
from tests.conftest import NETWORK, STEWARD, Intake

NAMED = {
    "plot": "เลขแปลงในผัง",
    "seq": "ลำดับบ้าน",
    "no": "บ้านเลขที่",
    "hh": "ครัวเรือนที่",
    "m": "สมาชิกลำดับที่",
    "at": "ชุมชน",
}


def put(take: Intake, type_name: str, *rows: dict[str, Any]) -> None:
    """Take rows in, their headings by short names."""
    spoken = [{NAMED.get(name, name): value for name, value in ({"at": "ก"} | row).items()} for row in rows]
    assert take.rows(spoken, f"{type_name}.csv", type=type_name)["taken"] == len(rows)


@pytest.fixture(scope="module")
def made(made_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plot with a house, the house with two households of two and one members; and a house elsewhere."""
    folder = tmp_path_factory.mktemp("followed")
    for ending in ("", ".key"):
        shutil.copyfile(f"{made_store}{ending}", f"{folder / 'made.gpkg'}{ending}")
    take = Intake(Store.open(folder / "made.gpkg"), folder)
    take.rows([{"รหัสชุมชน": c, "ชื่อชุมชน": f"ชุมชน {c}"} for c in "กข"], "community.csv", type="community")
    put(take, "land_plot", {"plot": 4}, {"plot": 5})
    put(take, "house", {"seq": 1, "no": "9/1", "plot": 4}, {"seq": 2, "no": "9/2", "plot": 5})
    # One that names its community by its name, one by the code.
    put(
        take,
        "household",
        {"seq": 1, "hh": 1, "no": "9/1"},
        {"at": "ชุมชน ก", "seq": 1, "hh": 2},
        {"seq": 2, "hh": 1},
    )
    people = [
        {"seq": 1, "hh": 1, "m": 1},
        {"seq": 1, "hh": 1, "m": 2},
        {"seq": 1, "hh": 2, "m": 1},
        {"seq": 2, "hh": 1, "m": 1},
    ]
    put(take, "member", *({"ชื่อ": f"คน {n}"} | one for n, one in enumerate(people)))
    take.store.close()
    return folder / "made.gpkg"


@pytest.fixture
def store_path(made: Path, tmp_path: Path) -> Path:
    """The city in a store of one's own."""
    target = tmp_path / "mankong.gpkg"
    for ending in ("", ".key"):
        shutil.copyfile(f"{made}{ending}", f"{target}{ending}")
    return target


@pytest.fixture
def city(store: Store) -> Store:
    """The city, open."""
    return store


def rows(store: Store, type_name: str, **wanted: str) -> list[dict[str, Any]]:
    """The current rows of a type that have these values, in the order they came."""
    found = store.read_table(NETWORK, type_name).to_pylist()
    fitting = [one for one in found if all(one[name] == value for name, value in wanted.items())]
    return sorted(fitting, key=lambda one: (one.get("household_no", ""), one["id"]))


def correct(store: Store, type_name: str, row: dict[str, Any], **values: str) -> edit.Done:
    return edit.correct(
        store, NETWORK, STEWARD, Correction(type_name, row["id"], row["version"], values, "เลขผิด")
    )


def everything(store: Store) -> dict[str, list[dict[str, Any]]]:
    return {name: rows(store, name) for name in ("land_plot", "house", "household", "member")}


# Which record is corrected, how, and how many records of each type go with it.
FOLLOWED: list[tuple[str, dict[str, str], dict[str, str], dict[str, int]]] = [
    ("household", {"house_seq": "1", "household_no": "1"}, {"house_seq": "7"}, {"member": 2}),
    ("household", {"house_seq": "1", "household_no": "1"}, {"household_no": "๓"}, {"member": 2}),
    ("household", {"house_seq": "1", "household_no": "2"}, {"community": "ข"}, {"member": 1}),
    ("household", {"house_seq": "1", "household_no": "1"}, {"community": "ชุมชน ก"}, {}),
    ("household", {"house_seq": "1", "household_no": "1"}, {"people": "4"}, {}),
    # The members have the sequence only: they are told by the house number from then on.
    ("household", {"house_seq": "1", "household_no": "1"}, {"house_seq": ""}, {"member": 2}),
    ("house", {"house_seq": "1"}, {"house_seq": "7"}, {"household": 2, "member": 3}),
    ("house", {"house_seq": "1"}, {"house_no": "10/1"}, {"household": 1}),
    ("house", {"house_seq": "1"}, {"community": "ข"}, {"household": 2, "member": 3}),
    ("land_plot", {"plot_no": "4"}, {"plot_no": "8"}, {"house": 1}),
    ("member", {"household_no": "2"}, {"household_no": "1", "member_no": "5"}, {}),
]


@pytest.mark.parametrize(("type_name", "which", "values", "followed"), FOLLOWED)
def test_who_names_a_record_follows_its_number(
    city: Store,
    type_name: str,
    which: dict[str, str],
    values: dict[str, str],
    followed: dict[str, int],
) -> None:
    before, homes = everything(city), [one["id"] for one in rows(city, "household")]
    belonged = members_of(city, NETWORK, *homes)
    done = correct(city, type_name, rows(city, type_name, **which)[0], **values)
    assert done.followed == followed
    if type_name != "member":
        assert members_of(city, NETWORK, *homes) == belonged
    opened = [
        one for of_type in everything(city).values() for one in of_type if one["opened_by"] == done.change
    ]
    assert len(opened) == 1 + sum(followed.values())
    edit.take_back(city, NETWORK, STEWARD, done.change)
    assert everything(city) == before


def test_a_newcomer_at_the_old_number_gets_nobody(take: Intake, city: Store) -> None:
    correct(city, "household", rows(city, "household", house_seq="1")[0], house_seq="7")
    put(take, "household", {"seq": 1, "hh": 1, "ชื่อหัวหน้าครัวเรือน": "คนใหม่"})
    newcomer = rows(city, "household", house_seq="1", household_no="1")[0]["id"]
    assert members_of(city, NETWORK, newcomer) == {newcomer: []}
    # The file is corrected likewise: it finds the same records.
    report = take.rows(
        [{"ชุมชน": "ก", "ลำดับบ้าน": 7, "ครัวเรือนที่": 1, "สมาชิกลำดับที่": 1, "ชื่อ": "คน 0"}], "m.csv", type="member"
    )
    assert (report["new"], report["taken"] + report["unchanged"]) == (0, 1)


def test_members_that_wait_at_the_right_number_find_their_household(take: Intake, city: Store) -> None:
    put(take, "member", {"seq": 7, "hh": 1, "m": 3, "ชื่อ": "คนรอ"})
    home = rows(city, "household", house_seq="1")[0]
    assert correct(city, "household", home, house_seq="7").followed == {"member": 2}
    assert len(members_of(city, NETWORK, home["id"])[home["id"]]) == 3


def test_a_member_whose_new_number_is_taken_cannot_follow(take: Intake, city: Store) -> None:
    put(take, "member", {"seq": 7, "hh": 1, "m": 2, "ชื่อ": "คนรอ"})
    before = everything(city)
    with pytest.raises(Refused, match=r"มีสมาชิก “ลำดับบ้านในผัง 7 ครัวเรือนที่ 1 สมาชิกลำดับที่ 2 \(คนรอ\)” อยู่แล้ว"):
        correct(city, "household", rows(city, "household", house_seq="1")[0], house_seq="7")
    assert everything(city) == before


def test_a_number_that_leaves_members_between_two_is_refused(take: Intake, city: Store) -> None:
    """Two houses with one house number: whoever is known by that number alone would be of neither."""
    put(take, "household", {"no": "9/2", "hh": 5})
    before = everything(city)
    with pytest.raises(Refused, match="1 ครัวเรือนจะไม่รู้ว่าอยู่กับบ้านใด"):
        correct(city, "house", rows(city, "house", house_seq="1")[0], house_no="9/2")
    assert everything(city) == before


def test_a_household_linked_by_hand_elsewhere_keeps_its_numbers(city: Store) -> None:
    home, house = rows(city, "household", house_seq="1")[0], rows(city, "house", house_seq="2")[0]
    linking.link(
        city, NETWORK, STEWARD, Correction("household", home["id"], home["version"], {}, "ดูผัง"), house["id"]
    )
    done = correct(city, "house", rows(city, "house", house_seq="1")[0], house_seq="7")
    assert done.followed == {"household": 1, "member": 1}
    assert rows(city, "household", id=home["id"])[0]["house_seq"] == "1"


@pytest.mark.parametrize(
    ("values", "spelling"),
    [
        # Its name without the word before it is the code it had.
        ({"code": "ง"}, None),
        ({"name": "ริมคลองใหม่"}, "ชุมชน ก"),
        ({"code": "ง", "name": "ริมคลองใหม่", "other_names": "ริมน้ำ"}, "ริมน้ำ; ก; ชุมชน ก"),
        # Nobody says it so: nothing to remember.
        ({"everyday_name": "ริมน้ำ"}, None),
    ],
)
def test_a_community_is_found_by_what_its_records_call_it(
    city: Store, values: dict[str, str], spelling: str | None
) -> None:
    def at() -> dict[str, str | None]:
        return {name: known(city, NETWORK).of(name) for name in ("ก", "ชุมชน ก", "ข")}

    before, of = at(), rows(city, "community", code="ก")[0]
    done = correct(city, "community", of, **values)
    assert at() == before and rows(city, "community", id=of["id"])[0]["other_names"] == spelling
    edit.take_back(city, NETWORK, STEWARD, done.change)
    assert rows(city, "community", code="ก") == [of]


def test_a_name_that_would_take_the_records_of_another_community_is_refused(city: Store) -> None:
    before = rows(city, "community")
    with pytest.raises(Refused, match="รายการที่เขียนชุมชนว่า “ชุมชน ก”"):
        correct(city, "community", rows(city, "community", code="ข")[0], name="ชุมชน ก")
    assert rows(city, "community") == before


def test_a_spelling_taken_out_on_purpose_stays_out(city: Store) -> None:
    of = rows(city, "community", code="ข")[0]
    correct(city, "community", of, other_names="ชุมชนหลังวัด")
    home = rows(city, "household", house_seq="2")[0]
    correct(city, "household", home, community="ชุมชนหลังวัด")
    (now,) = rows(city, "community", code="ข")
    correct(city, "community", now, other_names="")
    assert rows(city, "community", code="ข")[0]["other_names"] is None
