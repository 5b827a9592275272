"""Doubles and rival lists over HTTP: pairs with evidence, decisions, two lists compared, the resolution."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from surveys.city.double_rules import RULES
from surveys.city.rival_lists import STATUSES
from surveys.dates import today
from tests.api.conftest import HERE, City, add_network, dumped
from tests.browser.small_city import CODE
from tests.browser.two_lists import build_two_lists

PERSON_ID = "1112034563562"
TODAY = today().isoformat()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, int]:
    """The small city with two rival lists; copied by each test."""
    path = tmp_path_factory.mktemp("doubles") / "city.gpkg"
    return (path, *build_two_lists(path))


@pytest.fixture
def city(made: tuple[Path, int, int], tmp_path: Path) -> Iterator[City]:
    for part in made[0].parent.iterdir():
        (shutil.copytree if part.is_dir() else shutil.copyfile)(part, tmp_path / part.name)
    app = create_app(Settings(store=tmp_path / "city.gpkg"))
    with TestClient(app, base_url=HERE, raise_server_exceptions=False) as client:
        yield City(client, CODE)


@pytest.fixture
def lists(city: City, made: tuple[Path, int, int]) -> tuple[str, int, int]:
    """The community of the two lists, and the numbers of their imports."""
    known = city.get("lists")["communities"]
    return next(key for key, name in known.items() if name == "ชุมชนหลังวัด"), made[1], made[2]


def pair(city: City, rule: str) -> dict[str, Any]:
    (found,) = city.get(f"doubles?rule={rule}")["pairs"]
    told: dict[str, Any] = found
    return told


def new(found: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"first": found["first"]["id"], "second": found["second"]["id"], "reason": "ถามหัวหน้าโซนแล้ว"} | more


def test_pairs_come_with_evidence_in_words_and_without_ids(city: City, lists: tuple[str, int, int]) -> None:
    found = city.get("doubles")
    assert found["total"] == 3 and found["counts"] == {
        "open": 3,
        "undecided": 0,
        "changed": 0,
        "decided": 0,
        "lost": 0,
    }
    same = pair(city, "same_name")
    assert [one["rule"] for one in same["evidence"]] == ["same_name"]
    (evidence,) = same["evidence"]
    assert evidence["value"] == 100 and evidence["sentence"]["th"] == "ชื่อหัวหน้าครัวเรือนเดียวกัน ในบ้านเดียวกัน"
    heads = {
        (one["head_name"], one["house"]["th"], one["household_no"], one["file"])
        for one in (same["first"], same["second"])
    }
    assert heads == {
        ("นายสมชาย ใจดี", "ลำดับ 1 · เลขที่ 21/1", "1", "บัญชีประธานชุมชน.csv"),
        ("สมชาย ใจดี", "ลำดับ 1 · เลขที่ 21/1", "2", "บัญชีรองประธาน.csv"),
    }
    assert PERSON_ID[-4:] not in re.sub("[0-9a-f]{32}", "", dumped(found))
    assert city.get("doubles?limit=1&offset=1")["pairs"] == found["pairs"][1:2]
    assert city.get("doubles?state=undecided")["total"] == 0
    for odd in ("state=no", "rule=no", "limit=0"):
        assert city.ask("GET", f"doubles?{odd}").status_code == 422
    assert city.ask("GET", "doubles", "public").status_code == 403
    assert all(city.get(f"doubles?rule={rule}")["total"] <= 1 for rule in RULES)


def test_a_decision_is_made_seen_and_withdrawn(city: City, lists: tuple[str, int, int]) -> None:
    same = pair(city, "same_name")
    address = f"doubles/{same['second']['id']}/{same['first']['id']}"
    detail = city.get(address)
    assert detail["state"] == "open" and detail["history"] == []
    keep = same["first"] if same["first"]["household_no"] == "2" else same["second"]
    gone = same["second"] if keep is same["first"] else same["first"]
    side = "first" if keep["id"] == detail["first"]["id"] else "second"
    assert detail["lacking"][side] == ["house_tenure"] and sorted(detail["members"].values()) == [0, 2]
    body = new(same, decision="one", keep=keep["id"], copy_fields=["house_tenure"], resolution="3/2569",
               meeting_date=TODAY, seen={keep["id"]: 1})  # fmt: skip
    answer = city.ask("POST", "doubles/decisions", "secretary", json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    facts = ("decision", "kept", "copied", "resolution", "meeting_date", "actor", "number")
    assert [made[name] for name in facts] == [
        "one",
        keep["id"],
        ["house_tenure"],
        "3/2569",
        TODAY,
        "demo:secretary",
        1,
    ]
    assert made["decision_words"]["th"] == "ครัวเรือนเดียวกัน"
    assert city.ask("GET", f"records/household/{gone['id']}").status_code == 404
    assert city.get(f"records/household/{keep['id']}")["values"]["house_tenure"] == "owner"
    assert [row["id"] for row in city.get("doubles/decisions")] == [made["id"]]
    detail = city.get(address)
    assert detail["state"] is None and {detail["first"]["closed"], detail["second"]["closed"]} == {
        True,
        False,
    }
    back = city.ask("POST", f"doubles/decisions/{made['id']}/withdraw", json={"reason": "ผิดคน"})
    assert back.json() == {"id": made["id"], "kept": []}
    assert city.get(f"records/household/{gone['id']}")["version"] == 1
    assert city.get(f"records/household/{keep['id']}")["values"]["house_tenure"] is None
    (past,) = city.get(address)["history"]
    assert past["withdrawn"]["reason"] == "ผิดคน" and past["withdrawn"]["actor"] == "demo:surveyor"
    assert city.get("doubles/decisions") == []
    assert (
        city.ask("POST", f"doubles/decisions/{made['id']}/withdraw", json={"reason": "อีก"}).status_code == 404
    )


REFUSED: list[tuple[str, dict[str, Any], int]] = [
    ("public", {"decision": "different"}, 403),
    ("surveyor", {"decision": "merge"}, 422),
    ("surveyor", {"decision": "one"}, 409),
    ("surveyor", {"decision": "different", "reason": " "}, 409),
    ("surveyor", {"decision": "different", "note": "x"}, 422),
    ("surveyor", {"decision": "different", "second": "0" * 32}, 404),
    ("surveyor", {"decision": "different", "second": "x"}, 422),
    ("surveyor", {"decision": "different", "copy_fields": ["income"]}, 409),
    (
        "surveyor",
        {"decision": "different", "meeting_date": (today() + timedelta(days=2)).isoformat()},
        409,
    ),
    ("surveyor", {"decision": "different", "reason": "ก" * 2001}, 409),
]


def test_a_decision_that_may_not_be_changes_nothing(city: City, lists: tuple[str, int, int]) -> None:
    same = pair(city, "same_name")
    revision = city.get("doubles")["revision"]
    for role, more, status in REFUSED:
        answer = city.ask("POST", "doubles/decisions", role, json=new(same, **more))
        assert answer.status_code == status, (more, answer.text)
        assert {"error", "th", "en"} <= set(answer.json())
    stale = new(same, decision="different", seen={same["first"]["id"]: 7})
    answer = city.ask("POST", "doubles/decisions", json=stale)
    assert (answer.status_code, answer.json()["error"]) == (412, "Outdated")
    assert city.get("doubles")["revision"] == revision and city.get("doubles/decisions") == []


def post(city: City, address: str, **body: Any) -> tuple[int, str]:
    """Send as the secretary; return the status and the error, or the id made."""
    answer = city.ask("POST", address, "secretary", json=body)
    return answer.status_code, answer.json().get("error") or answer.json()["id"]


OUTDATED = (412, "Outdated")


def test_a_decision_names_what_the_person_saw(city: City, lists: tuple[str, int, int]) -> None:
    same, address = pair(city, "same_name"), "doubles/decisions"
    homes = {same[one]["id"]: same[one]["version"] for one in ("first", "second")}
    body = new(same, decision="undecided", seen=homes)
    status, made = post(city, address, **body)
    assert status == 201
    # Another person decides meanwhile: what the first sends now is not laid over it.
    assert post(city, address, **body) == OUTDATED
    (stands,) = city.get(address)
    assert (stands["id"], stands["version"]) == (made, 1)
    (kept,) = city.get("doubles?state=undecided")["pairs"]
    assert (kept["decision"]["id"], kept["decision"]["version"]) == (made, 1)
    for seen in ({made: 2}, {"0" * 32: 1}, {}):
        assert post(city, address, **body | {"seen": seen}) == OUTDATED, seen
    assert post(city, address, **body | {"seen": homes | {made: 1}, "decision": "different"}) == (201, made)
    assert [(row["version"], row["decision"]) for row in city.get(address)] == [(2, "different")]
    # Taken back: by whom saw what stands, or by whom does not care.
    back = f"{address}/{made}/withdraw"
    assert post(city, back, reason="ผิด", seen=1) == OUTDATED
    assert post(city, back, reason="ผิด", seen=2) == (200, made)
    # What stood before stands again; the next one is a version of its own.
    assert post(city, address, **body | {"seen": homes | {made: 2}}) == OUTDATED, "it does not stand any more"
    assert post(city, address, **body | {"seen": homes | {made: 1}}) == (201, made)
    assert [row["version"] for row in city.get(address)] == [3]
    assert post(city, back, reason="ผิด") == (200, made)
    for odd in ({"seen": {made: 0}}, {"seen": {made: "1"}}, {"seen": homes | {made: 1, "0" * 32: 1}}):
        assert city.ask("POST", address, json=body | odd).status_code == 422, odd
    assert city.ask("POST", back, json={"reason": "ผิด", "seen": 0}).status_code == 422


def test_a_resolution_names_the_one_that_stood(city: City, lists: tuple[str, int, int]) -> None:
    (community, a, b), address = lists, "lists/decisions"
    body = {"community": community, "a": str(a), "b": str(b), "holds": "list_b", "reason": "ชุมชนรับรอง",
            "meeting_date": TODAY}  # fmt: skip
    status, made = post(city, address, **body, seen={})
    assert status == 201
    assert post(city, address, **body, seen={}) == OUTDATED
    assert post(city, address, **body) == OUTDATED
    (stands,) = city.get(address)
    assert stands["version"] == 1
    assert post(city, address, **body | {"holds": "list_a"}, seen={made: 1}) == (201, made)
    assert [(row["version"], row["holds"]) for row in city.get(address)] == [(2, "list_a")]
    back = f"{address}/{made}/withdraw"
    assert post(city, back, reason="พิมพ์ผิด", seen=1) == OUTDATED
    assert post(city, back, reason="พิมพ์ผิด", seen=2) == (200, made)
    assert (
        city.ask("POST", address, "secretary", json=body | {"seen": {made: 1, "0" * 32: 1}}).status_code
        == 422
    )


def test_the_schema_shows_what_was_seen(city: City) -> None:
    told = city.client.get("/api/v1/openapi.json").json()
    for name, most in (("NewDoubleDecision", 3), ("NewListDecision", 1)):
        seen = told["components"]["schemas"][name]["properties"]["seen"]
        assert (seen["maxProperties"], seen["additionalProperties"]["minimum"]) == (most, 1)
        assert "seen" not in told["components"]["schemas"][name]["required"]
    assert "seen" in told["components"]["schemas"]["Withdrawing"]["properties"]
    for kind in ("doubles", "lists"):
        for path in ("decisions", "decisions/{record_id}/withdraw"):
            assert "412" in told["paths"][f"/api/v1/networks/{{code}}/{kind}/{path}"]["post"]["responses"]


def test_another_network_sees_nothing_of_it(city: City, lists: tuple[str, int, int]) -> None:
    same, other = pair(city, "same_name"), add_network(city.client, "other")
    made = city.ask("POST", "doubles/decisions", json=new(same, decision="different")).json()
    assert other.get("doubles")["total"] == 0 and other.get("doubles/decisions") == []
    assert other.ask("GET", f"doubles/{same['first']['id']}/{same['second']['id']}").status_code == 404
    assert other.ask("POST", "doubles/decisions", json=new(same, decision="different")).status_code == 404
    assert (
        other.ask("POST", f"doubles/decisions/{made['id']}/withdraw", json={"reason": "ก"}).status_code == 404
    )
    community, a, b = lists
    assert other.ask("GET", "lists", params={"community": community}).status_code == 404
    assert (
        other.ask("GET", "lists/compare", params={"community": community, "a": a, "b": b}).status_code == 404
    )
    assert city.ask("GET", "doubles").json()["counts"]["decided"] == 1


def test_two_lists_are_compared_line_by_line(city: City, lists: tuple[str, int, int]) -> None:
    community, a, b = lists
    told = city.get("lists", params={"community": community})
    assert [(one["key"], one["file"], one["households"], one["whole"]) for one in told["lists"]] == [
        (str(b), "บัญชีรองประธาน.csv", 5, True), (str(a), "บัญชีประธานชุมชน.csv", 5, True),
    ]  # fmt: skip
    asked = {"community": community, "a": b, "b": a}
    found = city.get("lists/compare", params=asked)
    assert (found["a"], found["b"]) == (str(a), str(b)), "the earlier import is A"
    assert found["counts"] == {
        "same": 0,
        "other_values": 3,
        "other_house": 1,
        "other_plot": 0,
        "only_a": 1,
        "only_b": 1,
    }
    assert list(found["counts"]) == list(STATUSES) and found["total"] == 6
    (moved,) = city.get("lists/compare", params=asked | {"status": "other_house"})["lines"]
    assert (moved["a"]["house"]["en"], moved["b"]["house"]["en"], moved["found_by"]) == (
        "no. 3 on the plan · house 21/3", "no. 9 on the plan · house 21/9", "name",
    )  # fmt: skip
    income = {"field": "income", "words": {"th": "รายได้ครัวเรือน", "en": "household income"}}
    malee = next(one for one in found["lines"] if one["a"] and one["a"]["head_name"] == "นางมาลี มีสุข")
    assert malee["differs"][-1] == income | {"a": "5,000", "b": "6,000"}
    closed = city.get("lists/compare", "secretary", params=asked)["lines"]
    assert (
        income | {"a": None, "b": None}
        in next(o for o in closed if o["a"] and o["a"]["head_name"] == "นางมาลี มีสุข")["differs"]
    )
    assert len(city.get("lists/compare", params=asked | {"limit": 2, "offset": 5})["lines"]) == 1
    for role, status in (("surveyor", 403), ("planner", 200)):
        assert city.ask("GET", "lists/compare.csv", role, params=asked).status_code == status
        assert city.ask("GET", "lists/compare.xlsx", role, params=asked).status_code == status
    for wrong, status in (
        ({"a": "x"}, 404),
        ({"a": a, "b": a}, 409),
        ({"status": "no"}, 422),
        ({"community": "0" * 32}, 404),
    ):
        assert city.ask("GET", "lists/compare", params=asked | wrong).status_code == status, wrong


def test_a_resolution_is_recorded_by_the_secretary_and_withdrawn(
    city: City, lists: tuple[str, int, int]
) -> None:
    community, a, b = lists
    body = {"community": community, "a": str(a), "b": str(b), "holds": "list_b", "reason": "ชุมชนรับรอง",
            "resolution": "5/2569", "meeting_date": TODAY}  # fmt: skip
    assert city.ask("POST", "lists/decisions", "planner", json=body).status_code == 403
    for wrong, status in (
        ({"holds": "all"}, 422),
        ({"meeting_date": None}, 409),
        ({"reason": ""}, 409),
        ({"a": "x"}, 404),
    ):
        assert city.ask("POST", "lists/decisions", "secretary", json=body | wrong).status_code == status, (
            wrong
        )
    answer = city.ask("POST", "lists/decisions", "secretary", json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["holds"], made["holds_words"]["en"], made["resolution"], made["actor"]) == (
        "list_b", "list B holds", "5/2569", "demo:secretary",
    )  # fmt: skip
    assert made["counts"]["other_values"] == 3 and city.get("lists/decisions") == [made]
    assert city.get("records/household")["total"] == 13, "both lists are kept"
    back = city.ask("POST", f"lists/decisions/{made['id']}/withdraw", "secretary", json={"reason": "พิมพ์ผิด"})
    assert back.status_code == 200 and city.get("lists/decisions") == []
