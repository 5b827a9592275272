"""A network's own fields and choices over HTTP: looked at, added, listed, retired, refused."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.schemas_fields import Kind, PrivacyName
from surveys.privacy import Privacy
from surveys.store.custom import CUSTOM_KINDS
from tests.api.conftest import City, add_network

HOUSES = "ชุมชน,ลำดับบ้าน,สภาพบ้าน,วัสดุ,น้ำท่วม (ซม.)\nริมคลอง,1,ชำรุด,ไม้ไผ่,30\nริมคลอง,2,ชำรุด,ไม้,สามสิบ\n"
FLOOD: dict[str, Any] = {
    "type": "house", "name": "flood_cm", "words": {"th": "น้ำท่วมสูง"}, "kind": "number",
    "unit": {"th": "ซม.", "en": "cm"}, "aliases": ["น้ำท่วม (ซม.)"],
}  # fmt: skip
BAMBOO = {"code": "bamboo", "words": {"th": "ไม้ไผ่", "en": "bamboo"}, "aliases": ["ไผ่"]}


def test_a_column_of_a_file_becomes_a_field_of_the_network(city: City) -> None:
    assert city.take("house.csv", HOUSES)["unmapped"] == ["น้ำท่วม (ซม.)"]
    revision = city.get("")["revision"]
    seen = city.ask("POST", "fields/look", "planner", json=FLOOD)
    assert seen.status_code == 200 and city.get("")["revision"] == revision and city.get("fields") == []
    added = city.ask("POST", "fields", "planner", json=FLOOD)
    assert added.status_code == 201 and added.json() == seen.json()
    told = added.json()
    assert told["headings"] == {"น้ำท่วม (ซม.)": 2}
    assert [told[name] for name in ("records", "read", "other", "unreadable", "texts")] == [
        2,
        1,
        0,
        1,
        ["สามสิบ"],
    ]
    field = told["field"]
    assert (field["custom"], field["retired"], field["privacy"]) == (True, False, "household")
    assert (field["words"], field["unit"]) == ({"th": "น้ำท่วมสูง", "en": "flood cm"}, {"th": "ซม.", "en": "cm"})
    assert city.get("")["revision"] == revision + 1
    house = next(one for one in city.get("types") if one["name"] == "house")
    assert field in house["fields"]
    first, second = city.get("records/house")["records"]
    assert first["values"]["flood_cm"] == 30 and "flood_cm" not in first["extra"]
    assert (second["missing"]["flood_cm"], second["unreadable"]["flood_cm"]) == ("unreadable", "สามสิบ")
    (listed,) = city.get("fields")
    assert (listed["type"], listed["choices"]) == ("house", [])
    assert [(one["field"]["name"], one["records"]) for one in listed["fields"]] == [("flood_cm", 1)]


def test_a_choice_is_added_retired_and_brought_back(city: City) -> None:
    city.take("house.csv", HOUSES)
    added = city.ask("POST", "fields/house/material/choices", "steward", json=BAMBOO)
    assert added.status_code == 201
    assert added.json() == {"type": "house", "field": "material", "code": "bamboo", "records": 1}
    assert city.get("records/house")["records"][0]["values"]["material"] == "bamboo"
    for retired in (True, False):
        answer = city.ask(
            "POST", "fields/house/material/choices/bamboo/retire", "planner", json={"retired": retired}
        )
        assert answer.status_code == 200
        (choice,) = [one for one in answer.json()["choices"] if one["code"] == "bamboo"]
        assert choice["retired"] is retired
        (listed,) = city.get("fields")
        assert listed["choices"] == [
            {"field": "material", "code": "bamboo", "words": {"th": "ไม้ไผ่", "en": "bamboo"}, "aliases": ["ไผ่"],
             "retired": retired, "records": 1}
        ]  # fmt: skip


def test_a_field_is_retired_and_brought_back(city: City) -> None:
    city.ask("POST", "fields", "planner", json=FLOOD)
    gone = city.ask("POST", "fields/house/flood_cm/retire", "planner", json={})
    assert gone.status_code == 200 and gone.json()["retired"] is True
    again = city.ask("POST", "fields/house/flood_cm/retire", "planner", json={"retired": True})
    assert (again.status_code, again.json()["error"]) == (409, "Refused")
    back = city.ask("POST", "fields/house/flood_cm/retire", "planner", json={"retired": False})
    assert back.json()["retired"] is False


REFUSED: list[tuple[str, str, dict[str, Any], int]] = [
    ("fields", "planner", {**FLOOD, "name": "material"}, 409),
    ("fields/look", "planner", {**FLOOD, "words": {"th": "วัสดุ"}}, 409),
    ("fields", "surveyor", FLOOD, 403),
    ("fields/look", "secretary", FLOOD, 403),
    ("fields", "planner", {**FLOOD, "type": "land_proposal"}, 409),
    ("fields", "planner", {**FLOOD, "kind": "colour"}, 422),
    ("fields", "planner", {**FLOOD, "privacy": "open"}, 422),
    ("fields", "planner", {**FLOOD, "colour": "red"}, 422),
    ("fields", "planner", {"type": "house"}, 422),
    ("fields", "planner", {**FLOOD, "aliases": ["ก"] * 31}, 422),
    ("fields/house/material/choices", "planner", {**BAMBOO, "code": "wood"}, 409),
    ("fields/house/material/choices", "surveyor", BAMBOO, 403),
    ("fields/house/roof/choices", "planner", BAMBOO, 404),
    ("fields/ship/roof/choices", "planner", BAMBOO, 404),
    ("fields/house/Roof/choices", "planner", BAMBOO, 404),
    ("fields/house/material/retire", "planner", {}, 409),
    ("fields/house/roof/retire", "planner", {}, 404),
    ("fields/house/material/choices/wood/retire", "planner", {}, 409),
    ("fields/house/material/choices/gold/retire", "planner", {}, 404),
    ("fields/house/material/retire", "surveyor", {}, 403),
    ("fields/house/material/retire", "planner", {"retired": "perhaps"}, 422),
]


@pytest.mark.parametrize(("path", "role", "body", "status"), REFUSED)
def test_what_cannot_be_is_refused_and_nothing_changes(
    city: City, path: str, role: str, body: dict[str, Any], status: int
) -> None:
    before = city.get("")["revision"]
    answer = city.ask("POST", path, role, json=body)
    assert answer.status_code == status, answer.text
    assert {"error", "th", "en"} <= set(answer.json())
    assert city.get("")["revision"] == before and city.get("fields") == []


def test_a_network_that_is_not_there_and_one_that_has_nothing(city: City, client: TestClient) -> None:
    other = add_network(client, "other")
    assert city.ask("POST", "fields", "planner", json=FLOOD).status_code == 201
    assert other.get("fields") == []
    nowhere = City(client, "nowhere")
    assert nowhere.ask("GET", "fields").status_code == 404
    assert nowhere.ask("POST", "fields", "planner", json=FLOOD).status_code == 404


def test_the_interface_knows_every_kind_and_class() -> None:
    assert set(Kind.__args__) == set(CUSTOM_KINDS)  # type: ignore[attr-defined]
    assert list(PrivacyName.__args__) == [one.name.lower() for one in Privacy]  # type: ignore[attr-defined]
