"""Correcting a record, ending it, taking either back over HTTP: texts read as cells, refusals in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from tests.api.conftest import HERE, City, add_network
from tests.browser.small_city import CODE, build

PERSON_ID = "1112034563562"
NOBODY = "0" * 32


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    build(tmp_path / "city.gpkg")
    app = create_app(Settings(store=tmp_path / "city.gpkg"))
    with TestClient(app, base_url=HERE, raise_server_exceptions=False) as client:
        yield City(client, CODE)


def first(city: City, type_name: str = "house") -> dict[str, Any]:
    found: dict[str, Any] = city.get(f"records/{type_name}")["records"][0]
    return found


def address(record: dict[str, Any], act: str = "corrections") -> str:
    return f"records/{record['type']}/{record['id']}/{act}"


def asked(record: dict[str, Any], **more: Any) -> dict[str, Any]:
    values = {"rooms_let": "๔"} if record["type"] == "house" else {"people": "๔"}
    return {"version": record["version"], "values": values, "reason": "เจ้าของบ้านแจ้ง"} | more


def test_a_record_is_corrected_and_the_correction_taken_back(city: City) -> None:
    before = first(city)
    values = {"rooms_let": "๔", "condition": "lasting", "material": "ไม่ทราบ"}
    done = city.ask("POST", address(before), json=asked(before, values=values))
    assert done.status_code == 200, done.text
    made = done.json()
    assert set(made["fields"]) == {"rooms_let", "material"} and made["version"] == before["version"] + 1
    after = city.get(f"records/house/{before['id']}")
    assert (after["values"]["rooms_let"], after["missing"]["material"]) == (4, "unknown")
    assert (after["origin"]["change"], after["origin"]["kind"]) == (made["change"], "edit")
    back = city.ask("POST", f"corrections/{made['change']}/take-back")
    assert (back.status_code, back.json()) == (200, {"change": made["change"]})
    assert first(city) == before
    again = city.ask("POST", f"corrections/{made['change']}/take-back")
    assert again.status_code == 409 and again.json()["en"] == "This correction is taken back already."


def test_what_stands_already_writes_nothing(city: City) -> None:
    before, revision = first(city), city.get("")["revision"]
    done = city.ask("POST", address(before), json=asked(before, values={"condition": "lasting"})).json()
    assert done == {"change": None, "fields": [], "version": before["version"], "followed": {}}
    assert city.get("")["revision"] == revision


def test_a_record_is_ended_and_comes_back(city: City) -> None:
    before = first(city, "household")
    body = {"version": before["version"], "reason": "ย้ายออก"}
    done = city.ask("POST", address(before, "end"), json=body).json()
    assert (done["fields"], done["version"]) == ([], None)
    assert city.ask("GET", f"records/household/{before['id']}").status_code == 404
    assert city.ask("POST", address(before, "end"), json=body).status_code == 404
    assert city.ask("POST", f"corrections/{done['change']}/take-back").status_code == 200
    assert first(city, "household") == before


def test_a_correction_names_its_meeting(city: City) -> None:
    community = first(city, "community")
    new = {"community": community["id"], "held": "2025-08-01", "attended_count": 40}
    meeting = city.ask("POST", "returns", json=new).json()["id"]
    house = first(city)
    made = city.ask("POST", address(house), json=asked(house, meeting=meeting)).json()
    ended = first(city, "household")
    body = {"version": ended["version"], "reason": "ย้ายออก", "meeting": meeting}
    gone = city.ask("POST", address(ended, "end"), json=body).json()
    assert [(one["change"], one["kind"], one["record"]) for one in city.get(f"returns/{meeting}")["corrections"]] == [
        (made["change"], "edit", house["id"]), (gone["change"], "end", ended["id"])]  # fmt: skip
    nowhere = city.ask("POST", address(house), json=asked(house, version=2, meeting=NOBODY))
    assert nowhere.status_code == 404 and "community_return" in nowhere.json()["en"]


# What is wrong, who asks, the status, and the words that say so.
REFUSED: list[tuple[dict[str, Any], str, int, str, str]] = [
    ({}, "public", 403, "แก้ไขข้อมูลไม่ได้", "may not edit records"),
    ({}, "secretary", 403, "แก้ไขข้อมูลไม่ได้", "may not edit records"),
    ({"values": {"people": "สี่"}}, "surveyor", 409, "จำนวนสมาชิก", "people"),
    ({"values": {"head_id": "1112034563563"}}, "surveyor", 409, "เลขประจำตัว", "national id"),
    ({"values": {"nonsense": "1"}}, "surveyor", 409, "ไม่มีช่อง nonsense", "no field nonsense"),
    ({"values": {"linked_to": NOBODY}}, "surveyor", 409, "ด้วยการเชื่อมเท่านั้น", "is set by linking"),
    ({"values": {"household_no": "2"}}, "surveyor", 409, "อยู่แล้ว", "already"),
    ({"values": {"people": "ก" * 5000}}, "surveyor", 409, "จำนวนสมาชิก", "people"),
    ({"reason": " "}, "surveyor", 409, "กรุณาเขียนเหตุผล", "Say why"),
    ({"version": 7}, "surveyor", 412, "มีผู้อื่นแก้ไข", "Somebody changed this record"),
    ({"version": "1"}, "surveyor", 422, "details", "details"),
    ({"version": 0}, "surveyor", 422, "details", "details"),
    ({"values": {}}, "surveyor", 422, "details", "details"),
    ({"values": {"people": 4}}, "surveyor", 422, "details", "details"),
    ({"reason": "ก" * 2001}, "surveyor", 422, "details", "details"),
    ({"meeting": "x"}, "surveyor", 422, "details", "details"),
    ({"why": "x"}, "surveyor", 422, "details", "details"),
]


@pytest.mark.parametrize(("more", "role", "status", "th", "en"), REFUSED)
def test_what_may_not_be_changes_nothing(
    city: City, more: dict[str, Any], role: str, status: int, th: str, en: str
) -> None:
    before, revision = first(city, "household"), city.get("")["revision"]
    answer = city.ask("POST", address(before), role, json=asked(before, **more))
    told = answer.json()
    assert answer.status_code == status, answer.text
    assert th in told["th"] and en in told["en"] and PERSON_ID not in answer.text
    assert city.get("")["revision"] == revision


# An address, its answer, and what who may not edit is told there: nothing of what is there.
NOT_THERE = [
    (f"records/household/{NOBODY}/corrections", 404, 403),
    ("records/household/x/corrections", 404, 404),
    (f"records/ship/{NOBODY}/corrections", 404, 404),
    (f"records/land_proposal/{NOBODY}/corrections", 409, 403),
    (f"records/household/{NOBODY}/end", 404, 403),
    ("corrections/1/take-back", 404, 403),
    ("corrections/0/take-back", 404, 404),
    (f"corrections/{'9' * 30}/take-back", 404, 404),
    ("/api/v1/networks/nowhere/corrections/1/take-back", 404, 403),
    (f"/api/v1/networks/nowhere/records/household/{NOBODY}/corrections", 404, 403),
]


@pytest.mark.parametrize(("path", "status", "closed"), NOT_THERE)
def test_what_is_not_there_is_said(city: City, path: str, status: int, closed: int) -> None:
    body = {"version": 1, "reason": "ก"} | ({} if path.endswith("end") else {"values": {"people": "1"}})
    for role, expected in (("surveyor", status), ("secretary", closed)):
        answer = city.ask("POST", path, role, json=body)
        assert answer.status_code == expected, answer.text
        assert {"error", "th", "en"} <= set(answer.json())


def test_a_field_that_is_closed_cannot_be_guessed(city: City) -> None:
    """Nobody sees an illness; whoever wrote the right one would be told that nothing changes."""
    before = first(city, "member")
    for guess in ("เบาหวาน", ""):
        answer = city.ask("POST", address(before), json=asked(before, values={"health": guess}))
        assert answer.status_code == 409 and "no field health" in answer.json()["en"], answer.text


def test_another_network_reaches_nothing(city: City) -> None:
    other, before = add_network(city.client, "other"), first(city)
    assert other.ask("POST", address(before), json=asked(before)).status_code == 404
    made = city.ask("POST", address(before), json=asked(before)).json()
    assert other.ask("POST", f"corrections/{made['change']}/take-back").status_code == 404
    assert city.ask("POST", f"corrections/{made['change']}/take-back", "secretary").status_code == 403
    assert first(city)["values"]["rooms_let"] == 4


def test_an_import_is_not_taken_back_as_a_correction(city: City) -> None:
    change = city.get(f"records/house/{first(city)['id']}")["origin"]["change"]
    assert city.ask("POST", f"corrections/{change}/take-back").status_code == 404
