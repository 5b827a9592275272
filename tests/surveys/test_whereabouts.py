"""Where one record stands, read by itself: as all records together say it, and without reading them."""

from __future__ import annotations

from typing import Any

import pytest

from surveys import edit, linking, view
from surveys.errors import NotAllowed, NotFound
from surveys.roles import Actor
from surveys.store.store import Store
from surveys.whereabouts import standing
from tests.conftest import NETWORK, Intake

SURVEYOR = Actor("ผู้สำรวจ", "surveyor")


def at(number: int) -> dict[str, float]:
    return {"lat": 13.7 + number / 1e4, "lon": 100.5}


def plot(number: str, community: str = "C1") -> dict[str, object]:
    north = 13.8 + int(number) / 1e3
    ring = ", ".join(
        f"{x} {y}" for x, y in ((100.5, north), (100.6, north), (100.6, north + 1e-4), (100.5, north))
    )
    return {"ชุมชน": community, "เลขแปลงในผัง": number, "wkt": f"POLYGON(({ring}))"}


@pytest.fixture
def city(take: Intake) -> Intake:
    """A city where records find their place in every way there is, and in none."""
    take.rows(
        [{"รหัสชุมชน": "C1", "ชื่อชุมชน": "ชุมชนริมคลอง"}, {"รหัสชุมชน": "C2", "ชื่อชุมชน": "หลังวัด"}], "community.csv"
    )
    take.rows([plot("5"), plot("6")], "land_plot.csv", type="land_plot", crs="EPSG:4326")
    houses: list[dict[str, Any]] = [
        {"ชุมชน": "C1", "ลำดับบ้าน": 1, "บ้านเลขที่": "12/1", **at(1)},
        {"ชุมชน": "ชุมชนริมคลอง", "ลำดับบ้าน": 2, "บ้านเลขที่": "12 / 2 ก", **at(2)},
        {"ชุมชน": "C2", "ลำดับบ้าน": 1, "บ้านเลขที่": "12/1", **at(3)},
        {"ชุมชน": "C1", "ลำดับบ้าน": 4, "เลขแปลง": 5},
        {"ชุมชน": "C1", "ลำดับบ้าน": 6, "บ้านเลขที่": "77", **at(6)},
        {"ชุมชน": "C1", "ลำดับบ้าน": 7, "บ้านเลขที่": "77", **at(7)},
        {"ลำดับบ้าน": 9, "บ้านเลขที่": "9", **at(9)},
    ]
    take.rows(houses, "house.csv", type="house")
    households: list[dict[str, Any]] = [
        {"ชุมชน": "c-1", "ลำดับบ้าน": 1, "ครัวเรือนที่": 1},
        {"ชุมชน": "ชุมชน ริมคลอง", "บ้านเลขที่": "12-2ก", "ครัวเรือนที่": 1},
        {"ชุมชน": "หลังวัด", "บ้านเลขที่": "๑๒/๑", "ครัวเรือนที่": 1},
        {"ชุมชน": "C1", "ลำดับบ้าน": 4, "ครัวเรือนที่": 1},
        {"ชุมชน": "C1", "บ้านเลขที่": "77", "ครัวเรือนที่": 1},
        {"ชุมชน": "C1", "บ้านเลขที่": "nowhere", "ครัวเรือนที่": 1},
        {"ชุมชน": "ไม่รู้จัก", "ลำดับบ้าน": 1, "ครัวเรือนที่": 1},
        {"ชุมชน": "C2", "ลำดับบ้าน": 8, "ครัวเรือนที่": 1, **at(8)},
    ]
    take.rows(households, "household.csv", type="household")
    return take


@pytest.mark.slow
def test_a_record_stands_where_all_together_say(city: Intake) -> None:
    store = city.store
    frame = store.read(NETWORK, "household", ["house_no", "version"])
    lost = frame.index[frame["house_no"].eq("nowhere")][0]
    target = str(store.read(NETWORK, "house", ["house_seq"]).query("house_seq == '6'").index[0])
    asked = edit.Correction("household", str(lost), int(frame["version"][lost]), {}, "เดินดู")
    linking.link(store, NETWORK, SURVEYOR, asked, target)
    every = view.frames(store, NETWORK, SURVEYOR, ["house", "household", "land_plot", "community"])
    placed = 0
    for name, whole in every.items():
        # Some of them at once stand where each of them does.
        some = standing(store, NETWORK, SURVEYOR, name, whole.index.tolist()).geometry
        assert (
            some.index.tolist() == whole.index.tolist()
            and some.geom_equals(whole.geometry).sum() == whole.geometry.notna().sum()
        )
        for key, shape in whole.geometry.items():
            alone = standing(store, NETWORK, SURVEYOR, name, [str(key)])
            assert list(alone.index) == [key]
            (there,) = alone.geometry
            assert (there is None) == (shape is None) and (shape is None or there.equals(shape)), (name, key)
            placed += name == "household" and shape is not None
    assert placed == 6


def test_a_record_is_read_without_its_type(take: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    many = 600
    take.rows([{"ชุมชน": "A", "ลำดับบ้าน": n, **at(n)} for n in range(many)], "house.csv", type="house")
    homes = [{"ชุมชน": "A", "ลำดับบ้าน": n, "ครัวเรือนที่": 1} for n in range(many)]
    take.rows(homes, "household.csv", type="household")
    read, seen = Store.read_table, []

    def counting(*args: Any, **more: Any) -> Any:
        found = read(*args, **more)
        seen.append(len(found))
        return found

    monkeypatch.setattr(Store, "read_table", counting)
    key = str(take.store.read(NETWORK, "household", []).index[500])
    seen.clear()
    (shape,) = standing(take.store, NETWORK, SURVEYOR, "household", [key]).geometry
    assert shape.y == pytest.approx(13.75) and sum(seen) == 2, seen


def test_a_record_that_is_not_there_or_not_seen(city: Intake) -> None:
    assert not len(standing(city.store, NETWORK, SURVEYOR, "house", ["nothing"]))
    with pytest.raises(NotFound):
        standing(city.store, "nowhere", SURVEYOR, "house", ["x"])
    with pytest.raises(NotAllowed):
        standing(city.store, NETWORK, Actor("x", "public"), "household", ["x"])
