"""Linking by hand over HTTP: the unmatched of both sides, the link, and taking it away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import City, add_network
from tests.api.joined_city import served

NOBODY = "0" * 32


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with served(tmp_path) as made:
        yield made


def lost(city: City) -> dict[str, Any]:
    """The household that writes its house number otherwise."""
    found = city.get("links/household")["missing"]
    return next(one for one in found if one["label"]["th"].startswith("บ้านเลขที่ 12-3 ก "))


def asked(one: dict[str, Any], **more: Any) -> dict[str, Any]:
    target = one["candidates"][0]["id"]
    return {"target": target, "version": one["version"], "reason": "เดินดูกับประธานชุมชน"} | more


def test_both_sides_are_told_with_the_likely_ones(city: City) -> None:
    told = city.get("links/household")
    assert (told["type"], told["targets"][0], told["missing_count"], told["lonely_count"]) == (
        "household", "house", 2, 1)  # fmt: skip
    one = lost(city)
    assert one["community"]["name"] == "ริมคลอง" and one["version"] == 1
    near = one["candidates"][0]
    assert near["type"] == "house" and near["like"] > 70 and near["label"]["th"].startswith("บ้านเลขที่ 12/3 ")
    assert near["label"]["en"].startswith("house number 12/3, ")
    assert [(at["id"], at["label"]) for at in told["lonely"]] == [(near["id"], near["label"])]
    assert city.get("links/house")["missing_count"] == 0


def test_a_link_is_made_taken_back_and_taken_away(city: City) -> None:
    one = lost(city)
    done = city.ask("POST", f"links/household/{one['id']}", json=asked(one))
    assert done.status_code == 200, done.text
    made = done.json()
    assert (made["fields"], made["version"]) == (["linked_to"], 2)
    assert (city.get("links/household")["missing_count"], city.get("links/household")["lonely_count"]) == (
        1, 0)  # fmt: skip
    assert city.ask("POST", f"corrections/{made['change']}/take-back").status_code == 200
    assert lost(city) == one
    again = city.ask("POST", f"links/household/{one['id']}", json=asked(one)).json()
    body = {"version": again["version"], "reason": "เชื่อมผิดหลัง"}
    away = city.ask("POST", f"links/household/{one['id']}/unlink", json=body)
    assert (away.status_code, away.json()["fields"]) == (200, ["linked_to"]), away.text
    assert lost(city)["version"] == away.json()["version"]
    body["version"] = away.json()["version"]
    nothing = city.ask("POST", f"links/household/{one['id']}/unlink", json=body).json()
    assert (nothing["change"], nothing["fields"]) == (None, [])


REFUSED: list[tuple[dict[str, Any], str, int, str, str]] = [
    ({}, "secretary", 403, "แก้ไขข้อมูลไม่ได้", "may not edit records"),
    ({"target": NOBODY}, "secretary", 403, "แก้ไขข้อมูลไม่ได้", "may not edit records"),
    ({"target": NOBODY}, "surveyor", 404, "ไม่พบ", "There is no house"),
    ({"reason": ""}, "surveyor", 409, "กรุณาเขียนเหตุผล", "Say why"),
    ({"version": 9}, "surveyor", 412, "มีผู้อื่นแก้ไข", "Somebody changed this record"),
    ({"target": ""}, "surveyor", 422, "details", "details"),
    ({"target": None}, "surveyor", 422, "details", "details"),
]


@pytest.mark.parametrize(("more", "role", "status", "th", "en"), REFUSED)
def test_what_cannot_be_linked_is_said(
    city: City, more: dict[str, Any], role: str, status: int, th: str, en: str
) -> None:
    one = lost(city)
    answer = city.ask("POST", f"links/household/{one['id']}", role, json=asked(one, **more))
    assert answer.status_code == status, answer.text
    assert th in answer.json()["th"] and en in answer.json()["en"]
    assert lost(city) == one


@pytest.mark.parametrize(
    "path", ["links/road", "links/member", "links/ship", "/api/v1/networks/no/links/household"]
)
def test_what_is_not_there_is_not_found(city: City, path: str) -> None:
    assert city.ask("GET", path).status_code == 404
    body = {"target": NOBODY, "version": 1, "reason": "ก"}
    assert city.ask("POST", f"{path}/{NOBODY}", json=body).status_code == 404
    assert city.ask("POST", f"links/household/{NOBODY}/unlink", json=body | {"target": ""}).status_code == 422


def test_a_record_of_another_network_is_no_target(city: City) -> None:
    one, other = lost(city), add_network(city.client, "other")
    assert other.get("links/household")["missing_count"] == 0
    assert other.ask("POST", f"links/household/{one['id']}", json=asked(one)).status_code == 404
    body = {"version": one["version"], "reason": "ก"}
    assert other.ask("POST", f"links/household/{one['id']}/unlink", json=body).status_code == 404
    assert city.ask("GET", "links/household", "public").status_code == 403
