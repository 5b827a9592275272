"""Imports have a number of their own, whatever else is written between them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from surveys import communities, lookup, networks, view
from surveys.city import proposals
from surveys.city.proposals import Draft
from surveys.errors import NotFound
from surveys.intake import imports
from surveys.intake.accept import import_folder
from surveys.store import changes
from surveys.store.store import Store
from tests.conftest import NETWORK, STEWARD, Intake


def houses(*numbers: int) -> list[dict[str, Any]]:
    return [{"ชุมชน": "ก", "ลำดับบ้าน": str(n), "x": 100.5 + n / 1000, "y": 13.7} for n in numbers]


def numbers(store: Store, network: str = NETWORK) -> list[int]:
    return [row["import_id"] for row in imports.history(store, network, STEWARD)]


def test_imports_are_counted_by_themselves(take: Intake) -> None:
    store = take.store
    first = take.rows(houses(1), "house.csv")
    proposals.file(store, NETWORK, STEWARD, Draft("ขอเช่าที่ดิน", "onsite"))
    communities.create(store, NETWORK, STEWARD, "ริมคลอง")
    second = take.rows(houses(1, 2), "house.csv")
    imports.undo(store, second["import_id"], STEWARD)
    imports.redo(store, second["import_id"], STEWARD)
    third = take.rows(houses(3), "house.csv")
    assert [report["import_id"] for report in (first, second, third)] == [1, 2, 3]
    assert numbers(store) == [3, 2, 1]
    # A file that changes nothing has the number it had.
    assert take.rows(houses(3), "house.csv")["import_id"] == 3
    for number in (1, 2, 3):
        assert (import_folder(store, number) / "examination.json").exists()
    with store.reading() as connection:
        told = connection.exec_driver_sql(
            "SELECT subject FROM event WHERE action IN ('import', 'undo', 'redo')"
        )
        assert [row[0] for row in told] == ["1", "2", "2", "2", "3"]


def test_one_number_means_one_file_in_a_store_of_several_networks(take: Intake) -> None:
    store = take.store
    networks.add(store, STEWARD, "B", "ข")
    other = Intake(store, take.folder / "b", "B")
    other.folder.mkdir()
    made = [
        into.rows(houses(n), "house.csv")["import_id"] for n, into in enumerate((take, other, take, other))
    ]
    assert made == [1, 2, 3, 4] and numbers(store) == [3, 1] and numbers(store, "B") == [4, 2]
    assert imports.undo(store, 2, STEWARD)["network"] == "B"
    assert store.counts("B")["house"] == 1 and store.counts(NETWORK)["house"] == 2


def test_no_change_is_taken_for_an_import(take: Intake) -> None:
    take.rows(houses(1), "house.csv")
    communities.create(take.store, NETWORK, STEWARD, "ริมคลอง")
    with take.store.reading() as connection:
        ids = [row[0] for row in connection.exec_driver_sql("SELECT id FROM change ORDER BY id")]
    assert len(ids) == 3 and ids == sorted(set(ids)) and not {1, 2, 3} & set(ids)
    for change in (*ids, 0, 2):
        with pytest.raises(NotFound):
            imports.get(take.store, change, STEWARD)


def test_records_and_analyses_name_the_import_by_its_number(take: Intake) -> None:
    store = take.store
    communities.create(store, NETWORK, STEWARD, "ก")
    take.rows(houses(1, 2), "house.csv")
    take.rows(houses(2, 3), "house.csv", existing="update")
    frames = view.frames(store, NETWORK, STEWARD, ("house", "community"))
    assert sorted(frames["house"]["import_id"].tolist()) == [1, 1, 2]
    assert frames["house"]["import_id"].dtype == "Int64"
    # What was written here came with no import.
    assert frames["community"]["import_id"].isna().all()
    sources = view.answer(store, NETWORK, STEWARD, "counts").sources
    assert {source.type.en: source.imports for source in sources if source.rows} == {
        "House": (1, 2),
        "Community": (),
    }
    told = lookup.detail(store, NETWORK, "community", str(frames["community"].index[0]), STEWARD)
    assert told["origin"]["import_id"] is None
    house = lookup.detail(store, NETWORK, "house", str(frames["house"].index[0]), STEWARD)
    assert house["origin"]["import_id"] == 1


def test_imports_of_an_older_store_keep_the_number_of_their_receipts(
    store_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.open(store_path)
    # As it was: every change took a number of one count.
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE change SET id = 1")
        connection.exec_driver_sql("UPDATE city_network SET opened_by = 1")
    monkeypatch.setattr(changes, "_FIRST", 1)
    take = Intake(store, tmp_path)
    take.rows(houses(1), "house.csv")
    communities.create(store, NETWORK, STEWARD, "ก")
    take.rows(houses(2), "house.csv")
    with store.writing() as connection:
        connection.exec_driver_sql("DROP INDEX change_number")
        connection.exec_driver_sql("ALTER TABLE change DROP COLUMN number")
    # The folders of that time had the numbers of changes.
    for now, then in ((2, 4), (1, 2)):
        import_folder(store, now).rename(import_folder(store, then))
    store.close()
    monkeypatch.undo()

    store = Store.open(store_path)
    take = Intake(store, tmp_path / "later")
    take.folder.mkdir()
    assert numbers(store) == [4, 2]
    assert imports.undo(store, 2, STEWARD)["types"][0]["closed"] == 1
    assert [take.rows(houses(n), "house.csv")["import_id"] for n in (5, 6)] == [5, 6]
    assert numbers(store) == [6, 5, 4, 2]
    with store.reading() as connection:
        indexes = [row[1] for row in connection.exec_driver_sql("PRAGMA index_list(change)")]
    assert "change_number" in indexes
    store.close()
