"""Survey rounds over HTTP: named, listed, compared record by record and as shapes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from surveys import events, records
from surveys.rounds import WHAT
from tests.api.conftest import City, add_network
from tests.api.joined_city import ONE, TWO, served

ASKED = {"before": ONE, "after": TWO}


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with served(tmp_path) as made:
        yield made


def test_rounds_are_listed_with_their_imports(city: City) -> None:
    told = city.get("rounds")
    assert [(one["name"], one["imports"]) for one in told] == [(ONE, [2, 3]), (TWO, [4, 5]), (None, [1])]
    assert all(one["begun"] <= one["ended"] for one in told)
    assert city.ask("GET", "rounds", "public").status_code == 403
    assert city.ask("GET", "/api/v1/networks/nowhere/rounds").status_code == 404
    assert add_network(city.client, "other").get("rounds") == []


def test_the_round_of_an_import_is_named_and_taken_away(city: City) -> None:
    answer = city.ask("POST", "/api/v1/imports/1/round", json={"name": f"  {TWO} "})
    assert (answer.status_code, answer.json()) == (200, {"import_id": 1, "round": TWO})
    assert [(one["name"], one["imports"]) for one in city.get("rounds")] == [(TWO, [1, 4, 5]), (ONE, [2, 3])]
    answer = city.ask("POST", "/api/v1/imports/1/round", json={"name": " "})
    assert answer.json() == {"import_id": 1, "round": None}
    assert city.get("rounds")[-1]["name"] is None


@pytest.mark.parametrize(
    ("number", "body", "role", "status", "th", "en"),
    [
        (1, {"name": TWO}, "secretary", 403, "นำเข้าไฟล์ไม่ได้", "may not import files"),
        (99, {"name": TWO}, "secretary", 403, "นำเข้าไฟล์ไม่ได้", "may not import files"),
        (99, {"name": TWO}, "surveyor", 404, "ไม่มีการนำเข้าเลขที่ 99", "There is no import 99."),
        (0, {"name": TWO}, "surveyor", 404, "ไม่มี", "There is nothing"),
        (1, {"name": "ก" * 81}, "surveyor", 409, "ยาวเกิน 80", "longer than 80"),
        (1, {}, "surveyor", 422, "details", "details"),
        (1, {"name": TWO, "round": TWO}, "surveyor", 422, "details", "details"),
    ],
)
def test_a_name_that_may_not_be_changes_nothing(
    city: City, number: int, body: dict[str, Any], role: str, status: int, th: str, en: str
) -> None:
    before = city.get("rounds")
    answer = city.ask("POST", f"/api/v1/imports/{number}/round", role, json=body)
    assert answer.status_code == status, answer.text
    assert th in answer.json()["th"] and en in answer.json()["en"]
    assert city.get("rounds") == before


def test_two_rounds_are_compared_record_by_record(city: City) -> None:
    told = city.get("rounds/compare", params=ASKED)
    assert told["counts"] == dict.fromkeys(WHAT, 0) | {"new": 1, "changed": 1, "same": 1, "not_found": 1}
    assert (told["type"], told["words"]["en"], told["total"]) == ("household", "Household", 3)
    assert [line["what"] for line in told["lines"]] == ["new", "changed", "not_found"]
    changed = told["lines"][1]
    assert changed["title"] == {"th": "บ้านเลขที่ 12/2 ครัวเรือนที่ 1", "en": "house number 12/2 Household 1"}
    assert [(one["field"], one["words"]["th"]) for one in changed["fields"]] == [("people", "จำนวนสมาชิก")]
    assert (changed["community"], changed["on_map"], changed["moved_m"]) == ("ริมคลอง", False, None)
    assert city.get(f"records/community/{changed['community_id']}")["values"]["name"] == "ริมคลอง"
    assert changed["what_words"] == {"th": "ข้อมูลเปลี่ยน", "en": "changed"}
    assert city.get(f"records/household/{changed['id']}")["values"]["people"] == 5


def test_parts_of_a_comparison_are_asked_for(city: City) -> None:
    whole = city.get("rounds/compare", params=ASKED)
    part = city.get("rounds/compare", params=ASKED | {"limit": 1, "offset": 1})
    assert part["lines"] == whole["lines"][1:2] and part["total"] == 3 and part["counts"] == whole["counts"]
    some = city.get("rounds/compare", params=ASKED | {"what": ["same", "changed"]})
    assert [line["what"] for line in some["lines"]] == ["changed", "same"] and some["total"] == 2
    assert city.get("rounds/compare", params=ASKED | {"what": "ended"})["lines"] == []
    turned = city.get("rounds/compare", params={"before": TWO, "after": ONE})
    assert (turned["before"], turned["after"]) == (TWO, ONE)


def test_houses_that_moved_are_drawn_where_they_stand(city: City) -> None:
    (moved,) = city.get("rounds/compare", params=ASKED | {"type": "house", "what": "moved"})["lines"]
    assert 110 < moved["moved_m"] < 112 and moved["on_map"]
    answer = city.ask("GET", "rounds/compare.geojson", "planner", params=ASKED | {"type": "house"})
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/geo+json"
    told = answer.json()
    assert (told["type"], told["record_type"], told["before"], told["after"]) == (
        "FeatureCollection", "house", ONE, TWO)  # fmt: skip
    assert [one["properties"]["what"] for one in told["features"]] == ["moved", "not_found"]
    first = told["features"][0]
    assert first["geometry"] == {"type": "Point", "coordinates": [100.5, 13.7012]}
    assert first["properties"] == {name: value for name, value in moved.items() if name != "on_map"}
    every = city.get(
        "rounds/compare.geojson", "planner", params=ASKED | {"type": "house", "what": list(WHAT)}
    )
    assert len(every["features"]) == 3 and sum(every["counts"].values()) == 3
    assert city.get("rounds/compare.geojson", "planner", params=ASKED)["features"] == []


def test_shapes_are_taken_along_by_right_and_that_is_logged(city: City) -> None:
    refused = city.ask("GET", "rounds/compare.geojson", "surveyor", params=ASKED)
    assert refused.status_code == 403 and "may not export data" in refused.json()["en"]
    assert city.ask("GET", "rounds/compare.geojson", "planner", params=ASKED).status_code == 200
    store = city.client.app.state.store  # type: ignore[attr-defined]
    with store.reading() as connection:
        told = [one for one in events.recent(connection, city.code) if one["action"] == "export"]
    assert [(one["subject"], one["detail"]["format"]) for one in told] == [("rounds", ".geojson")]


@pytest.mark.parametrize("path", ["rounds/compare", "rounds/compare.geojson"])
@pytest.mark.parametrize(
    ("more", "role", "status", "en"),
    [
        ({}, "public", 403, "may not see households"),
        ({"after": "ไม่มี"}, "planner", 404, "There is no survey round “ไม่มี”."),
        ({"after": ""}, "planner", 404, "There is no survey round"),
        ({"type": "land_proposal"}, "planner", 409, "are not surveyed"),
        ({"type": "ship"}, "planner", 409, "are not surveyed"),
        ({"what": "gone"}, "surveyor", 422, "details"),
        ({"before": None}, "surveyor", 422, "details"),
    ],
)
def test_rounds_that_cannot_be_compared(
    city: City, path: str, more: dict[str, Any], role: str, status: int, en: str
) -> None:
    params = {name: value for name, value in (ASKED | more).items() if value is not None}
    answer = city.ask("GET", path, role, params=params)
    assert answer.status_code == status, answer.text
    assert en in answer.json()["en"] and set(answer.json()) >= {"error", "th", "en"}
    nowhere = city.ask("GET", f"/api/v1/networks/nowhere/{path}", role, params=params)
    assert nowhere.status_code == status


def test_every_type_that_comes_in_files_is_compared(city: City) -> None:
    for name in (name for name, kind in records.ALL.items() if kind.by_file):
        told = city.get("rounds/compare", params=ASKED | {"type": name})
        assert told["type"] == name and list(told["counts"]) == list(WHAT)


def test_an_undone_import_is_of_no_round(city: City) -> None:
    assert city.ask("POST", "/api/v1/imports/5/undo").status_code == 200
    assert city.get("rounds")[1]["imports"] == [4]
