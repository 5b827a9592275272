"""A land proposal: filed by those who may, decided by the secretary, its history kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from surveys.dates import today
from tests.api.conftest import City

NEW = {"title": "ขอเช่าที่ดินริมคลอง 15 ปี", "option": "onsite", "households": 42}
TODAY, TOMORROW, YESTERDAY = (str(today() + timedelta(days=n)) for n in (0, 1, -1))


def filed(city: City, **more: Any) -> dict[str, Any]:
    answer = city.ask("POST", "proposals", "planner", json=NEW | more)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"{city.base}/proposals/{answer.json()['id']}"
    told: dict[str, Any] = answer.json()
    return told


def test_a_proposal_is_filed_revised_filed_again_and_agreed(city: City) -> None:
    city.ask("POST", "communities", json={"name": "ริมคลอง"})
    community = city.get("records/community")["records"][0]["id"]
    proposal = filed(city, targets=[{"type": "community", "id": community}])
    assert (proposal["number"], proposal["state"], proposal["version"]) == (1, "submitted", 1)
    assert proposal["targets"] == [{"type": "community", "id": community}]
    assert set(proposal["steps"]) == {"agree", "revise", "refuse", "withdraw"}
    address = f"proposals/{proposal['id']}"
    steps = [
        ("secretary", {"step": "revise", "meeting_date": TODAY, "reason": "ขาดแผนที่"}, "to_revise"),
        ("planner", {"step": "submit"}, "submitted"),
        ("secretary", {"step": "agree", "meeting_date": TODAY}, "agreed"),
    ]
    for role, step, state in steps:
        answer = city.ask("POST", f"{address}/steps", role, json=step)
        assert (answer.status_code, answer.json()["state"]) == (200, state), answer.text
    told = city.get(address)
    assert [past["state"] for past in told["history"]] == ["agreed", "submitted", "to_revise", "submitted"]
    assert told["history"][0]["actor"] == "demo:secretary"
    assert told["history"][2]["reason"] == "ขาดแผนที่"
    assert (told["state_words"]["th"], told["meeting_date"], told["steps"]) == ("เห็นชอบ", TODAY, [])
    assert [row["id"] for row in city.get("proposals")] == [proposal["id"]]
    assert filed(city)["number"] == 2


REFUSED = [
    ("planner", {"step": "agree", "meeting_date": TODAY}, 403),
    ("secretary", {"step": "refuse", "meeting_date": TODAY}, 409),
    ("secretary", {"step": "refuse", "meeting_date": TODAY, "reason": "  "}, 409),
    ("secretary", {"step": "agree"}, 409),
    ("secretary", {"step": "agree", "meeting_date": TOMORROW}, 409),
    ("secretary", {"step": "agree", "meeting_date": YESTERDAY}, 409),
    ("secretary", {"step": "agree", "meeting_date": TODAY, "reason": "ก" * 2001}, 409),
    ("secretary", {"step": "approve", "meeting_date": TODAY}, 409),
    ("secretary", {"step": "submit"}, 409),
    ("secretary", {"step": "agree", "meeting_date": "yesterday"}, 422),
    ("secretary", {"meeting_date": TODAY}, 422),
]


def test_a_step_that_may_not_be_taken_changes_nothing(city: City) -> None:
    proposal = filed(city)
    for role, step, status in REFUSED:
        answer = city.ask("POST", f"proposals/{proposal['id']}/steps", role, json=step)
        assert answer.status_code == status, (step, answer.text)
        assert {"error", "th", "en"} <= set(answer.json())
    assert city.get(f"proposals/{proposal['id']}")["history"] == proposal["history"]


def test_a_step_on_what_was_read_before_is_stale(city: City) -> None:
    proposal = filed(city)
    address = f"proposals/{proposal['id']}"
    tag = city.ask("GET", address).headers["ETag"]
    step = {"step": "revise", "meeting_date": TODAY, "reason": "ขาดแผนที่"}
    first = city.ask("POST", f"{address}/steps", "secretary", json=step, headers={"If-Match": tag})
    assert (first.status_code, first.headers["ETag"]) == (200, '"2"')
    again = city.ask(
        "POST", f"{address}/steps", "planner", json={"step": "submit"}, headers={"If-Match": tag}
    )
    assert (again.status_code, again.json()["error"]) == (412, "Outdated")
    any_version = {"If-Match": "*"}
    assert city.ask(
        "POST", f"{address}/steps", "planner", json={"step": "submit"}, headers=any_version
    ).is_success


WRONG = [
    ({"title": " "}, 409),
    ({"title": "\u200b\ufeff"}, 409),
    ({"title": "x" * 301}, 409),
    ({"option": "palace"}, 409),
    ({"households": -1}, 409),
    ({"targets": [{"type": "community", "id": "0" * 32}]}, 404),
    ({"targets": [{"type": "household", "id": "0" * 32}]}, 422),
    ({"title": "x" * 100_001}, 422),
    ({"households": 100_001}, 409),
    ({"households": 2.5}, 422),
    ({"households": "3"}, 422),
    ({"households": True}, 422),
    ({"state": "agreed"}, 422),
]


@pytest.mark.parametrize(("more", "status"), WRONG)
def test_a_wrong_proposal_is_not_filed(city: City, more: dict[str, Any], status: int) -> None:
    answer = city.ask("POST", "proposals", "planner", json=NEW | more)
    assert answer.status_code == status, answer.text
    assert city.get("proposals") == []


def test_a_surveyor_files_none(city: City) -> None:
    answer = city.ask("POST", "proposals", "surveyor", json=NEW)
    assert answer.status_code == 403
    assert "นักวางแผน" in answer.json()["th"]


def test_a_refusal_says_how_long_a_title_may_be(city: City) -> None:
    told = city.ask("POST", "proposals", "planner", json=NEW | {"title": "ก" * 301}).json()
    assert told["th"] == "ชื่อเรื่องยาวได้ไม่เกิน 300 ตัวอักษร ที่เขียนมายาว 301 ตัวอักษร"
    schemas = city.get("/api/v1/openapi.json")["components"]["schemas"]
    assert schemas["NewProposal"]["properties"]["title"]["maxLength"] == 300
    assert schemas["StepTaken"]["properties"]["reason"]["maxLength"] == 2000
    assert filed(city, title="ก" * 300)["title"] == "ก" * 300


AGREE = {"step": "agree", "meeting_date": TODAY}
REVISE = {"step": "revise", "meeting_date": TODAY, "reason": "ขอผังใหม่"}


def test_a_wrong_decision_is_corrected_and_kept(city: City) -> None:
    address = f"proposals/{filed(city)['id']}"
    decided = city.ask("POST", f"{address}/steps", "secretary", json=AGREE)
    assert (decided.json()["correctable"], decided.json()["instead"]) == (
        "agree",
        ["agree", "revise", "refuse"],
    )
    asked: dict[str, Any] = {"why": "กดผิดช่อง", "instead": REVISE}
    for role, body, headers, status in (
        ("planner", asked, {}, 403),
        ("secretary", {"instead": REVISE}, {}, 422),
        ("secretary", asked | {"why": " \u200b"}, {}, 409),
        ("secretary", asked | {"instead": {"step": "withdraw", "reason": "x"}}, {}, 409),
        ("secretary", asked | {"instead": REVISE | {"meeting_date": YESTERDAY}}, {}, 409),
        ("secretary", asked, {"If-Match": '"1"'}, 412),
    ):
        answer = city.ask("POST", f"{address}/corrections", role, json=body, headers=headers)
        assert answer.status_code == status, answer.text
    assert city.get(address) == decided.json()
    answer = city.ask(
        "POST",
        f"{address}/corrections",
        "secretary",
        json=asked,
        headers={"If-Match": decided.headers["ETag"]},
    )
    told = answer.json()
    assert (answer.status_code, answer.headers["ETag"], told["state"]) == (200, '"3"', "to_revise")
    assert [(past["state"], past["corrects"], past["corrected_by"]) for past in told["history"]] == [
        ("to_revise", 2, None),
        ("agreed", None, 3),
        ("submitted", None, None),
    ]
    assert (told["correction"], told["reason"], told["step"]) == ("กดผิดช่อง", "ขอผังใหม่", "revise")
    back = city.ask("POST", f"{address}/corrections", "secretary", json={"why": "ยังไม่ได้ประชุม"}).json()
    assert (back["state"], back["meeting_date"], back["correctable"]) == ("submitted", None, None)
    assert city.ask("POST", f"{address}/corrections", "secretary", json={"why": "อีกครั้ง"}).status_code == 409
