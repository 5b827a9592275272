"""Undo and redo: whatever was done before, an undone import leaves the records as they were, a redone one as it did."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
import shapely
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from surveys import edit, networks, records
from surveys.errors import NotAllowed, NotFound, Refused
from surveys.intake import imports
from surveys.roles import Actor
from surveys.store import changes
from surveys.store.store import Store
from tests.conftest import NETWORK, STEWARD, Intake
from tests.surveys.test_store import blob, indexed

HOUSE = records.ALL["house"]
Rows = dict[str, dict[str, Any]]


def current(store: Store, type_name: str = "house") -> Rows:
    """Every current row of a type by its id, all columns as they lie in the table."""
    with store.reading() as connection:
        rows = (
            connection.exec_driver_sql(f"SELECT * FROM {type_name} WHERE network=?", (NETWORK,))
            .mappings()
            .all()
        )
    assert len(rows) == len({row["id"] for row in rows}), "one current row for each id"
    return {row["id"]: dict(row) for row in rows}


def closed(store: Store, type_name: str = "house") -> list[dict[str, Any]]:
    """Every closed version of a type."""
    with store.reading() as connection:
        return [
            dict(row) for row in connection.exec_driver_sql(f"SELECT * FROM {type_name}_history").mappings()
        ]


def told(done: dict[str, Any], type_name: str = "house") -> dict[str, Any]:
    """What an undo or redo said of a type."""
    nothing = {"type": type_name, "reopened": 0, "closed": 0, "kept": ()}
    return next((found for found in done["types"] if found["type"] == type_name), nothing)


class Machine(RuleBasedStateMachine):
    """Imports, edits, undos and redos in any order, over five houses."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="mankong-test-"))
        self.store = Store.open(self.folder / "s.gpkg", create=True)
        networks.add(self.store, STEWARD, NETWORK, "ก")
        self.done: list[int] = []
        self.undone: list[int] = []
        # By change, the number of the import it was.
        self.numbers: dict[int, int] = {}
        self.written: set[tuple[str, int]] = set()
        # What stands after each change of a record: its row, None where the change ended it.
        self.versions: dict[tuple[str, int], dict[str, Any] | None] = {}
        self.ended: list[int] = []
        self.taken_back: list[int] = []
        self.revision = 1

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    def _write(self, kind: str, values: dict[int, int]) -> int:
        """Write a version of each of these houses, as an accepted file or an edit does."""
        by_key = {row["key"]: row for row in current(self.store).values()}
        with self.store.writing() as connection:
            change, told = (
                changes.start_import(connection, NETWORK, STEWARD)
                if kind == changes.IMPORT
                else (changes.start(connection, NETWORK, kind, STEWARD), 0)
            )
            self.numbers[change.id] = told
            for number, value in values.items():
                key = f"house_seq={number}|"
                old = by_key.get(key, {"id": changes.new_ids(1)[0], "version": 0})
                if "fid" in old:
                    changes.close(change, HOUSE, [old["fid"]])
                row = {
                    "fid": old.get("fid"), "id": old["id"], "network": NETWORK, "key": key, "house_seq": str(number),
                    "version": old["version"] + 1, "rooms_let": value, "opened_by": change.id, "opened_at": change.at,
                    "geom": blob(shapely.Point(100 + value, 13)) if value % 3 else None,
                }  # fmt: skip
                changes.insert(change, HOUSE, row)
                self.written.add((old["id"], change.id))
        self.revision += 1
        here = current(self.store)
        self.versions |= {(one, made): here[one] for one, made in self.written if made == change.id}
        return change.id

    houses = st.dictionaries(st.integers(1, 5), st.integers(0, 4), min_size=1, max_size=4)

    @rule(values=houses)
    def import_file(self, values: dict[int, int]) -> None:
        self.done.append(self._write("import", values))

    @rule(values=houses)
    def edit(self, values: dict[int, int]) -> None:
        self._write("edit", values)

    @precondition(lambda self: current(self.store))
    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        """A person ends a record: no import undone or redone before brings it back."""
        # By its key: ids are made by chance, and hypothesis must find the same record again.
        by_key = {row["key"]: row for row in current(self.store).values()}
        row = by_key[data.draw(st.sampled_from(sorted(by_key)))]
        row_id, seen = row["id"], row["version"]
        made = edit.end(self.store, NETWORK, STEWARD, edit.Correction("house", row_id, seen, {}, "รื้อแล้ว"))
        self.revision += 1
        self.written.add((row_id, made.change))
        self.versions[row_id, made.change] = None
        self.ended.append(made.change)

    @precondition(lambda self: self.ended)
    @rule(data=st.data())
    def take_an_ending_back(self, data: st.DataObject) -> None:
        target = data.draw(st.sampled_from(self.ended))
        (row_id,) = (one for one, made in self.written if made == target)
        self.undone.append(target)
        before, back, later = current(self.store), self._standing(row_id), self._latest(row_id) > target
        if back and (
            later or any(row["key"] == back["key"] for row in before.values() if row["id"] != row_id)
        ):
            # Another one has its number by now, or it was changed since: nothing is done silently.
            self.undone.remove(target)
            with pytest.raises(Refused):
                edit.take_back(self.store, NETWORK, STEWARD, target)
            assert current(self.store) == before
            return
        self.ended.remove(target)
        self._turned(lambda *_: edit.take_back(self.store, NETWORK, STEWARD, target) and None, target)
        # It cannot be done again: a new ending would be another change.
        self.undone.remove(target)
        self.taken_back.append(target)

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        target = data.draw(st.sampled_from(self.done))
        self.done.remove(target)
        self.undone.append(target)
        self._turned(lambda *_: imports.undo(self.store, self.numbers[target], STEWARD), target)

    @precondition(lambda self: self.undone)
    @rule(data=st.data())
    def redo(self, data: st.DataObject) -> None:
        target = data.draw(st.sampled_from(self.undone))
        self.undone.remove(target)
        self.done.append(target)
        self._turned(lambda *_: imports.redo(self.store, self.numbers[target], STEWARD), target)

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def undo_and_redo_is_nothing(self, data: st.DataObject) -> None:
        target = data.draw(st.sampled_from(self.done))
        before = current(self.store)
        imports.undo(self.store, self.numbers[target], STEWARD)
        imports.redo(self.store, self.numbers[target], STEWARD)
        self.revision += 2
        after = current(self.store)
        # A record held back by a rival that is gone since comes back now: nothing keeps it any more.
        freed = {row_id: row for row_id, row in after.items() if row_id not in before}
        assert {k: v for k, v in after.items() if k not in freed} == before
        held = {row["key"] for row in before.values()}
        for row_id, row in freed.items():
            assert (row_id, target) in self.written
            assert row == self._standing(row_id) and row["key"] not in held

    def _standing(self, row_id: str) -> dict[str, Any] | None:
        """The version of a record that the latest of its changes that stand left, None for an ending."""
        return self.versions.get((row_id, self._latest(row_id)))

    def _latest(self, row_id: str) -> int:
        gone = {*self.undone, *self.taken_back}
        return max((made for one, made in self.written if one == row_id and made not in gone), default=0)

    def _turned(self, turn: Callable[..., dict[str, Any] | None], target: int) -> None:
        """Undo or redo: each record it touched stands as the latest change that stands left it."""
        before = current(self.store)
        said = turn(self.store, target, STEWARD)
        self.revision += 1
        after = current(self.store)
        touched = {row_id for row_id, change in self.written if change == target}
        kept = set()
        for row_id in touched:
            version = self._standing(row_id)
            rival = (
                row_id not in before
                and version is not None
                and any(row["key"] == version["key"] for row in before.values())
            )
            kept |= {row_id} if rival or (version is not None and self._latest(row_id) > target) else set()
            wanted = None if rival else version
            assert after.get(row_id) == wanted
        assert {k: v for k, v in after.items() if k not in touched} == {
            k: v for k, v in before.items() if k not in touched
        }
        # What something else changed since stays, and is listed.
        if said is not None:
            assert set(told(said)["kept"]) == kept

    @invariant()
    def nothing_is_lost_and_nothing_doubled(self) -> None:
        if not hasattr(self, "store"):
            return
        opened = {one for one in self.written if self.versions[one] is not None}
        here = [(row["id"], row["opened_by"]) for row in current(self.store).values()]
        here += [(row["id"], row["opened_by"]) for row in closed(self.store)]
        assert len(here) == len(set(here)) and set(here) == opened
        assert self.store.revision(NETWORK) == self.revision
        indexed(self.store, "house")


TestAnySequence = Machine.TestCase
TestAnySequence.settings = settings(max_examples=25, stateful_step_count=12)


def houses(state: str, *numbers: int) -> list[dict[str, object]]:
    rooms = {"ก": 1, "ข": 2, "ค": 3}[state]
    return [
        {"ชุมชน": "ริมคลอง", "ลำดับบ้าน": n, "ห้องให้เช่า": rooms, "lat": 13.7 + n / 1e4, "lon": 100.5}
        for n in numbers
    ]


def test_undoing_the_last_import_restores_the_former_rows_exactly(take: Intake) -> None:
    take.rows(houses("ก", 1, 2, 3), "house.csv")
    before = current(take.store)
    report = take.rows(houses("ข", 2, 3, 4), "house.csv")
    assert (report["new"], report["updated"]) == (1, 2)
    done = imports.undo(take.store, report["import_id"], STEWARD)
    assert current(take.store) == before
    assert done["state"] == "undone" and done["network"] == NETWORK
    assert told(done) == {"type": "house", "reopened": 2, "closed": 3, "kept": ()}
    redone = imports.redo(take.store, report["import_id"], STEWARD)
    assert told(redone) == {"type": "house", "reopened": 3, "closed": 2, "kept": ()}
    assert sorted(row["rooms_let"] for row in current(take.store).values()) == [1, 2, 2, 2]


def test_rows_changed_since_stay_and_are_listed(take: Intake) -> None:
    take.rows(houses("ก", 1, 2), "house.csv")
    second = take.rows(houses("ข", 1, 2), "house.csv")
    third = take.rows(houses("ค", 2), "house.csv")
    last = imports.get(take.store, third["import_id"], STEWARD)["id"]
    changed = next(row_id for row_id, row in current(take.store).items() if row["opened_by"] == last)
    done = imports.undo(take.store, second["import_id"], STEWARD)
    assert told(done)["kept"] == (changed,) and told(done)["reopened"] == 1
    assert {row["house_seq"]: row["rooms_let"] for row in current(take.store).values()} == {"1": 1, "2": 3}


def test_an_undone_import_may_be_taken_in_again(take: Intake) -> None:
    file = take.write(houses("ก", 1, 2), "house.csv")
    first = take(file)
    imports.undo(take.store, first["import_id"], STEWARD)
    assert take.store.counts(NETWORK)["house"] == 0
    second = take(file)
    assert second["new"] == 2 and second["import_id"] != first["import_id"]
    # Its houses stand there again: bringing the first back would double them.
    redone = imports.redo(take.store, first["import_id"], STEWARD)
    assert told(redone)["reopened"] == 0 and len(told(redone)["kept"]) == 2
    assert take.store.counts(NETWORK)["house"] == 2


@pytest.mark.parametrize(
    ("one", "two", "reopened"), [("สม", "ใจ", 1), ("สม", "สม", 0), ("นางสม", "สม", 0), ("", "สม", 0)]
)
def test_redo_takes_another_family_back(take: Intake, one: str, two: str, reopened: int) -> None:
    """Two families of one house are two records, as when the file of the second is sent after the first."""
    family = {"ชุมชน": "ก", "ลำดับบ้าน": 1, "ครัวเรือนที่": 1}
    first = take.rows([family | {"ชื่อหัวหน้าครัวเรือน": one}], "household.csv")
    imports.undo(take.store, first["import_id"], STEWARD)
    take.rows([family | {"ชื่อหัวหน้าครัวเรือน": two}], "household.csv")
    done = told(imports.redo(take.store, first["import_id"], STEWARD), "household")
    assert (done["reopened"], len(done["kept"])) == (reopened, 1 - reopened)
    heads = [row["head_name"] or "" for row in current(take.store, "household").values()]
    assert sorted(heads) == sorted([two, one][: 1 + reopened])


def test_one_import_of_several_types_is_undone_whole(take: Intake) -> None:
    rows = [{"ชุมชน": "ก", "ลำดับบ้าน": n, "ชื่อหัวหน้าครัวเรือน": f"คน {n}", "จำนวนสมาชิก": n} for n in (1, 2)]
    household = take.rows(rows, "household.csv")
    house = take.rows(houses("ก", 1), "house.csv")
    imports.undo(take.store, household["import_id"], STEWARD)
    assert (take.store.counts(NETWORK)["household"], take.store.counts(NETWORK)["house"]) == (0, 1)
    imports.undo(take.store, house["import_id"], STEWARD)
    imports.redo(take.store, household["import_id"], STEWARD)
    assert (take.store.counts(NETWORK)["household"], take.store.counts(NETWORK)["house"]) == (2, 0)


@pytest.mark.parametrize("seed", range(4))
def test_files_imported_undone_and_redone_in_any_order(take: Intake, seed: int) -> None:
    """The same with real files through the intake: the state after each undo and redo is one seen before."""
    chance = random.Random(seed)
    seen: dict[int, Rows] = {}
    for number in range(3):
        before = current(take.store)
        some = chance.sample(range(1, 7), 4)
        rows = [
            *houses(chance.choice("กขค"), *some),
            {"ชุมชน": "ริมคลอง", "ลำดับบ้าน": 10 + number, "ห้องให้เช่า": number},
        ]
        report = take.rows(rows, "house.csv")
        seen[report["import_id"]] = before
        after = current(take.store)
        imports.undo(take.store, report["import_id"], STEWARD)
        assert current(take.store) == before
        imports.redo(take.store, report["import_id"], STEWARD)
        assert current(take.store) == after
    for import_id in reversed(seen):
        imports.undo(take.store, import_id, STEWARD)
        assert current(take.store) == seen[import_id]
    assert indexed(take.store, "house") == 0
    for import_id in seen:
        assert current(take.store) == seen[import_id]
        imports.redo(take.store, import_id, STEWARD)


def test_what_cannot_be_undone_is_refused(take: Intake) -> None:
    report = take.rows(houses("ก", 1), "house.csv")
    number = report["import_id"]
    revision = take.store.revision(NETWORK)
    with pytest.raises(NotFound, match="There is no import 999"):
        imports.undo(take.store, 999, STEWARD)
    with pytest.raises(NotFound):
        imports.undo(take.store, number + 1, STEWARD)
    added = [row["opened_by"] for row in take.store.read_table(NETWORK, "city_network").to_pylist()]
    with pytest.raises(NotFound):
        imports.undo(take.store, added[0], STEWARD)  # the change that added the network is no import
    with pytest.raises(Refused, match="not undone"):
        imports.redo(take.store, number, STEWARD)
    with pytest.raises(NotAllowed, match="secretary"):
        imports.undo(take.store, number, Actor("ก", "secretary"))
    assert take.store.revision(NETWORK) == revision
    imports.undo(take.store, number, STEWARD)
    with pytest.raises(Refused, match="undone already"):
        imports.undo(take.store, number, STEWARD)


def test_the_imports_are_listed_newest_first_with_their_state(take: Intake) -> None:
    first = take.rows(houses("ก", 1), "house.csv")
    second = take.rows(houses("ข", 1, 2), "บ้าน.csv")
    imports.undo(take.store, second["import_id"], STEWARD)
    listed = imports.history(take.store, NETWORK, STEWARD)
    assert [(row["import_id"], row["state"]) for row in listed] == [
        (second["import_id"], "undone"),
        (first["import_id"], "done"),
    ]
    assert listed[0]["report"]["file"] == "บ้าน.csv" and listed[0]["actor"] == STEWARD.name
    assert (listed[0]["report"]["new"], listed[0]["report"]["updated"]) == (1, 1)
    with pytest.raises(NotFound):
        imports.history(take.store, "nowhere", STEWARD)
