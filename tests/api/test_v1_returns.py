"""Giving the data back over HTTP: the meeting, the records to check, the outcome with its paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from surveys.city.returns import MOST_BYTES
from surveys.dates import today
from tests.api.conftest import HERE, City, add_network
from tests.browser.small_city import CODE, build

NOBODY = "0" * 32
TOMORROW = (today() + timedelta(days=1)).isoformat()


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    build(tmp_path / "city.gpkg")
    app = create_app(Settings(store=tmp_path / "city.gpkg"))
    with TestClient(app, base_url=HERE, raise_server_exceptions=False) as client:
        yield City(client, CODE)


def meeting_of(city: City, **more: Any) -> dict[str, Any]:
    """What is said of a meeting with the first community."""
    community = city.get("records/community")["records"][0]["id"]
    return {"community": community, "held": "2025-08-01", "attended_count": 40} | more


def held(city: City, **more: Any) -> dict[str, Any]:
    answer = city.ask("POST", "returns", json=meeting_of(city, **more))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"/api/v1/networks/{CODE}/returns/{made['id']}"
    return made


def conclude(city: City, meeting: dict[str, Any], role: str = "surveyor", **parts: Any) -> Any:
    """Send the form of the outcome; ``paper`` is a name and bytes."""
    paper = parts.pop("paper", None)
    # A form without a file is sent as one of parts all the same.
    files = {name: (None, str(text)) for name, text in parts.items()}
    return city.ask(
        "POST", f"returns/{meeting['id']}/outcome", role, files=files | ({"paper": paper} if paper else {})
    )


def standing(city: City) -> dict[str, Any]:
    return next(one for one in city.get("returns")["communities"] if one["name"] == "ชุมชนริมคลอง")


def test_a_meeting_is_held_and_listed(city: City) -> None:
    assert standing(city)["standing"] == "unchecked" and city.get("returns")["meetings"] == []
    made = held(city, place=" ศาลา ", attended="นางวิไล", note="ฝนตก")
    facts = ("number", "community", "held", "place", "attended_count", "attended", "state", "note", "paper")
    assert [made[name] for name in facts] == [
        1, "K01", "2025-08-01", "ศาลา", 40, "นางวิไล", "checking", "ฝนตก", None]  # fmt: skip
    assert made["corrections"] == [] and "paper" not in made["links"]
    assert city.get(made["links"]["self"]) == made
    told = city.get("returns")
    own = {name: made[name] for name in made if name not in ("corrections", "history")}
    assert told["meetings"] == [own] and [one["version"] for one in made["history"]] == [1]
    now = standing(city)
    assert (now["standing"], now["on"], now["changed"]) == ("checking", "2025-08-01", 0)
    assert now["standing_words"]["en"] == "being checked with the community"


def test_houses_are_checked_one_by_one_in_the_order_of_the_plan(city: City) -> None:
    meeting = held(city)
    told = city.get(f"returns/{meeting['id']}/records/house")
    assert [one["values"]["house_seq"] for one in told["records"]] == ["1", "2", "3"] and told["total"] == 3
    page = city.get(f"returns/{meeting['id']}/records/household?limit=1&offset=1")
    assert (page["total"], len(page["records"]), page["records"][0]["values"]["head_name"]) == (
        3, 1, "นางสอง สมมติ")  # fmt: skip
    (one,) = city.get(f"returns/{meeting['id']}/records/household?q=หนึ่ง")["records"]
    assert one == next(row for row in city.get("records/household")["records"] if row["id"] == one["id"])
    body = {
        "version": one["version"],
        "values": {"people": "4"},
        "reason": "นายหนึ่งแจ้ง",
        "meeting": meeting["id"],
    }
    change = city.ask("POST", f"records/household/{one['id']}/corrections", json=body).json()["change"]
    (made,) = city.get(f"returns/{meeting['id']}")["corrections"]
    assert made == {"change": change, "kind": "edit", "type": "household", "record": one["id"], "fields": ["people"],
                    "reason": "นายหนึ่งแจ้ง", "at": made["at"], "actor": "demo:surveyor", "undone": False}  # fmt: skip
    city.ask("POST", f"corrections/{change}/take-back")
    assert city.get(f"returns/{meeting['id']}")["corrections"][0]["undone"] is True
    assert "12000" not in city.ask("GET", f"returns/{meeting['id']}/records/household", "secretary").text
    for path, status in (("member", 404), ("household?limit=0", 422)):
        assert city.ask("GET", f"returns/{meeting['id']}/records/{path}").status_code == status


def test_a_community_agrees_with_a_paper(city: City) -> None:
    meeting = held(city)
    answer = conclude(city, meeting, agreed="true", on="2025-08-02", paper=("../รายชื่อ.jpg", b"\xff\xd8scan"))
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["state"], told["decided_on"], told["paper"], told["version"]) == (
        "agreed", "2025-08-02", "รายชื่อ.jpg", 2)  # fmt: skip
    paper = city.ask("GET", told["links"]["paper"])
    assert paper.content == b"\xff\xd8scan" and paper.headers["content-type"] == "application/octet-stream"
    assert paper.headers["content-disposition"].startswith("attachment")
    assert "%E0%B8%A3" in paper.headers["content-disposition"]
    assert city.ask("GET", told["links"]["paper"], "public").status_code == 403
    assert (standing(city)["standing"], standing(city)["on"]) == ("agreed", "2025-08-02")
    again = conclude(city, meeting, agreed="false", on="2025-08-02", reason="ก")
    assert again.status_code == 409 and "recorded already" in again.json()["en"]


def test_a_community_does_not_agree(city: City) -> None:
    meeting = held(city)
    answer = conclude(city, meeting, agreed="false", on="2025-08-01", reason="เนื้อที่ผิดหลายหลัง", paper=("", b""))
    assert answer.status_code == 200, answer.text
    assert (answer.json()["reason"], answer.json()["paper"]) == ("เนื้อที่ผิดหลายหลัง", None)
    missing = city.ask("GET", f"returns/{meeting['id']}/paper")
    assert missing.status_code == 404 and set(missing.json()) == {"error", "th", "en"}


REFUSED: list[tuple[dict[str, Any], str, int, str, str]] = [
    ({}, "secretary", 403, "แก้ไขข้อมูลไม่ได้", "may not edit records"),
    ({"community": NOBODY}, "secretary", 403, "แก้ไขข้อมูลไม่ได้", "may not edit records"),
    ({"community": NOBODY}, "surveyor", 404, "ไม่พบ", "There is no community"),
    ({"held": None}, "surveyor", 409, "วันที่จัดเวที", "day of the meeting"),
    ({"held": TOMORROW}, "surveyor", 409, "ยังมาไม่ถึง", "has not been held"),
    ({"attended_count": None}, "surveyor", 409, "จำนวนผู้เข้าร่วม", "how many people"),
    ({"attended_count": 0}, "surveyor", 409, "จำนวนผู้เข้าร่วม", "how many people"),
    ({"attended_count": 10_001}, "surveyor", 422, "details", "details"),
    ({"attended_count": "40"}, "surveyor", 422, "details", "details"),
    ({"held": "เมื่อวาน"}, "surveyor", 422, "details", "details"),
    ({"place": "ก" * 201}, "surveyor", 422, "details", "details"),
    ({"community": "K01"}, "surveyor", 422, "details", "details"),
    ({"day": "2025-08-01"}, "surveyor", 422, "details", "details"),
]


@pytest.mark.parametrize(("more", "role", "status", "th", "en"), REFUSED)
def test_a_meeting_that_cannot_be(
    city: City, more: dict[str, Any], role: str, status: int, th: str, en: str
) -> None:
    answer = city.ask("POST", "returns", role, json=meeting_of(city, **more))
    assert answer.status_code == status, answer.text
    assert th in answer.json()["th"] and en in answer.json()["en"]
    assert city.get("returns")["meetings"] == []


OUTCOMES: list[tuple[dict[str, Any], str, int, str]] = [
    ({}, "secretary", 403, "may not edit records"),
    ({"agreed": ""}, "surveyor", 422, "details"),
    ({"agreed": "yes"}, "surveyor", 422, "details"),
    ({"agreed": "false"}, "surveyor", 409, "Say why the community did not agree."),
    ({"on": ""}, "surveyor", 409, "The day of the decision is needed."),
    ({"on": TOMORROW}, "surveyor", 409, "has not come yet"),
    ({"on": "2025-07-31"}, "surveyor", 409, "before the meeting"),
    ({"on": "2/8/2568"}, "surveyor", 422, "details"),
    ({"reason": "ก" * 2001}, "surveyor", 422, "details"),
    ({"paper": ("ก.pdf", b"x" * (MOST_BYTES + 1))}, "surveyor", 413, "larger than 20 MB"),
    ({"paper": ("ก.pdf", b"x" * (MOST_BYTES + (2 << 20)))}, "surveyor", 413, "larger than 20 MB"),
    ({"file": "x"}, "surveyor", 422, "details"),
]


@pytest.mark.parametrize(("more", "role", "status", "en"), OUTCOMES)
def test_an_outcome_that_cannot_be(city: City, more: dict[str, Any], role: str, status: int, en: str) -> None:
    meeting = held(city)
    answer = conclude(city, meeting, role, **({"agreed": "true", "on": "2025-08-02"} | more))
    assert answer.status_code == status, answer.text
    assert en in answer.json()["en"] and answer.json()["th"]
    assert city.get(f"returns/{meeting['id']}") == meeting


def test_a_form_that_is_none_is_refused(city: City) -> None:
    address = f"returns/{held(city)['id']}/outcome"
    as_json = city.ask("POST", address, json={"agreed": "true", "on": "2025-08-02"})
    assert as_json.status_code == 422 and "multipart" in as_json.json()["en"]
    streamed = city.ask(
        "POST", address, content=iter([b"x"]), headers={"content-type": "multipart/form-data"}
    )
    assert streamed.status_code == 422 and "Content-Length" in streamed.json()["en"]
    broken = city.ask("POST", address, content=b"x", headers={"content-type": "multipart/form-data"})
    assert broken.status_code == 422 and "cannot be read" in broken.json()["en"]
    two = [("paper", ("ก.pdf", b"x")), ("paper", ("ข.pdf", b"x")), ("agreed", (None, "true"))]
    assert city.ask("POST", address, files=two).status_code == 422
    wrong = {"paper": (None, "ไม่ใช่ไฟล์"), "agreed": (None, "true"), "on": (None, "2025-08-02")}
    assert city.ask("POST", address, files=wrong).status_code == 422
    wrong = {"scan": ("ก.pdf", b"x"), "agreed": (None, "true"), "on": (None, "2025-08-02")}
    answer = city.ask("POST", address, files=wrong)
    assert answer.status_code == 422 and answer.json()["details"][0]["where"] == "body.scan"


def correct(city: City, meeting: dict[str, Any], role: str = "surveyor", **parts: Any) -> Any:
    """Send the form of a correction; see :func:`conclude`."""
    paper = parts.pop("paper", None)
    files = {name: (None, str(text)) for name, text in parts.items()}
    return city.ask(
        "POST",
        f"returns/{meeting['id']}/corrections",
        role,
        files=files | ({"paper": paper} if paper else {}),
    )


def test_a_meeting_recorded_wrongly_is_corrected(city: City) -> None:
    meeting = held(city, place="ศาลา", note="ฝนตก")
    conclude(city, meeting, agreed="false", on="2025-08-02", reason="เนื้อที่ผิด", paper=("รายชื่อ.jpg", b"scan"))
    answer = correct(city, meeting, why="นับผิด", attended_count=41, note="")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    facts = (
        "version",
        "attended_count",
        "note",
        "place",
        "state",
        "reason",
        "decided_on",
        "paper",
        "community",
    )
    assert [told[name] for name in facts] == [
        3, 41, None, "ศาลา", "not_agreed", "เนื้อที่ผิด", "2025-08-02", "รายชื่อ.jpg", "K01"]  # fmt: skip
    entries = ("version", "attended_count", "corrects", "correction", "corrected_by", "actor", "paper")
    assert [[one[name] for name in entries] for one in told["history"]] == [
        [3, 41, 2, "นับผิด", None, "demo:surveyor", "รายชื่อ.jpg"],
        [2, 40, None, None, 3, "demo:surveyor", "รายชื่อ.jpg"],
        [1, 40, None, None, None, "demo:surveyor", None],
    ]
    assert city.get(told["links"]["self"]) == told
    # It agreed after all, on another paper; the survey state follows.
    told = correct(city, meeting, why="กดผิดช่อง", agreed="true", seen=3, paper=("ใหม่.jpg", b"new")).json()
    assert [told[name] for name in ("state", "reason", "decided_on", "paper")] == [
        "agreed", None, "2025-08-02", "ใหม่.jpg"]  # fmt: skip
    assert city.ask("GET", told["links"]["paper"]).content == b"new"
    assert standing(city)["standing"] == "agreed"
    told = correct(city, meeting, why="ยังไม่ได้ลงมติ", agreed="open").json()
    assert (told["state"], told["decided_on"], told["paper"]) == ("checking", None, None)
    assert standing(city)["standing"] == "checking"
    other = city.get("records/community")["records"][1]["id"]
    assert correct(city, meeting, why="ผิดชุมชน", community=other).json()["community"] != "K01"
    assert standing(city)["standing"] == "unchecked"


CORRECTIONS: list[tuple[dict[str, Any], str, int, str]] = [
    ({"place": "วัด"}, "secretary", 403, "may not edit"),
    ({"place": "วัด", "why": " "}, "surveyor", 422, "details"),
    ({"place": "วัด", "why": "ก" * 2001}, "surveyor", 422, "details"),
    ({}, "surveyor", 409, "says the same"),
    ({"place": "วัด", "seen": 2}, "surveyor", 412, "meanwhile"),
    ({"place": "วัด", "seen": 0}, "surveyor", 422, "details"),
    ({"place": "วัด", "seen": "x"}, "surveyor", 422, "details"),
    ({"agreed": "true", "on": "2025-08-02"}, "surveyor", 409, "No outcome of this meeting"),
    ({"agreed": "yes"}, "surveyor", 422, "details"),
    ({"held": TOMORROW}, "surveyor", 409, "has not been held"),
    ({"attended_count": 0}, "surveyor", 409, "how many people"),
    ({"community": NOBODY}, "surveyor", 404, "There is no community"),
    ({"paper": ("ก.pdf", b"x" * (MOST_BYTES + 1))}, "surveyor", 413, "larger than 20 MB"),
    ({"number": 3}, "surveyor", 422, "details"),
]


@pytest.mark.parametrize(("more", "role", "status", "en"), CORRECTIONS)
def test_a_correction_that_cannot_be(
    city: City, more: dict[str, Any], role: str, status: int, en: str
) -> None:
    meeting = held(city)
    answer = correct(city, meeting, role, **({"why": "กดผิด"} | more))
    assert answer.status_code == status, answer.text
    assert en in answer.json()["en"] and answer.json()["th"]
    assert city.get(f"returns/{meeting['id']}") == meeting


def test_the_forms_are_described(city: City) -> None:
    paths = city.client.get("/api/v1/openapi.json").json()["paths"]
    for path, needed in (("outcome", ["agreed"]), ("corrections", ["why"])):
        told = paths[f"/api/v1/networks/{{code}}/returns/{{record_id}}/{path}"]["post"]
        schema = told["requestBody"]["content"]["multipart/form-data"]["schema"]
        assert schema["required"] == needed and schema["properties"]["paper"]["format"] == "binary"


@pytest.mark.parametrize("path", ["", "/paper", "/records/house"])
def test_a_meeting_that_is_not_there(city: City, path: str) -> None:
    assert city.ask("GET", f"returns/{NOBODY}{path}").status_code == 404
    assert city.ask("GET", f"returns/x{path}").status_code == 404
    assert city.ask("GET", f"returns/{NOBODY}{path}", "public").status_code == 403
    meeting, other = held(city), add_network(city.client, "other")
    assert other.ask("GET", f"returns/{meeting['id']}{path}").status_code == 404
    assert conclude(other, meeting, agreed="true", on="2025-08-02").status_code == 404
    assert correct(other, meeting, why="ก", place="ข").status_code == 404
    assert other.get("returns") == {"communities": [], "meetings": []}
    assert city.ask("GET", "returns", "public").status_code == 403
    assert city.ask("GET", "/api/v1/networks/nowhere/returns").status_code == 404
