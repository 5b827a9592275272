"""A network's own fields and choices through the pages: reached, looked at, added, retired; refused in words."""

from __future__ import annotations

import re
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

from api.context import LANG_COOKIE, ROLE_COOKIE
from api.pages.fields_page import PRIVACY
from surveys import custom_fields
from surveys.custom_fields import OwnOfType
from surveys.jobs import ENDED
from surveys.privacy import Privacy
from surveys.roles import Actor
from surveys.store.custom import CUSTOM_KINDS, KIND_WORDS
from surveys.store.store import Store
from tests.api.conftest import pages_of_the_small_city
from tests.browser.small_city import CODE

BASE = f"/n/{CODE}/fields"
PATIENCE_S = 60
DOOR = {
    "type": "household",
    "th": "สีประตู",
    "name": "door_colour",
    "kind": "code",
    "aliases": "ประตูสี\nสีของประตู",
}


client = pages_of_the_small_city("planner")


def store_of(client: TestClient) -> Store:
    store: Store = client.app.state.store  # type: ignore[attr-defined]
    return store


def own(client: TestClient) -> list[OwnOfType]:
    return custom_fields.listed(store_of(client), CODE, Actor("ก", "planner"))


def added(client: TestClient, **form: str) -> str:
    answer = client.post(BASE, data=DOOR | form, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def links(page: str, part: str) -> list[str]:
    return [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', page) if part in link]


def test_a_network_that_has_added_nothing_says_how_to_begin(client: TestClient) -> None:
    page = client.get(BASE).text
    assert "ยังไม่ได้เพิ่มช่องหรือตัวเลือก" in page and links(page, "/fields/new") and links(page, "/fields/choice")
    assert links(client.get(f"/n/{CODE}").text, "/fields") == [BASE]


def test_from_a_column_that_was_not_known_to_a_field_with_its_values(client: TestClient) -> None:
    (begin,) = links(client.get(f"/n/{CODE}/imports/4").text, "/fields/new")
    assert parse_qs(urlsplit(begin).query) == {"type": ["household"], "heading": ["สีประตู"]}
    form = client.get(begin).text
    assert 'value="สีประตู"' in form and 'aria-current="true">ครัวเรือน' in form
    assert re.search(r'name="privacy" value="household" checked', form), (
        "private until a person says otherwise"
    )
    look = client.get(
        f"{BASE}/new", params=DOOR | {"do": "look", "privacy": "network", "group": "identity"}
    ).text
    for said in ("ตรวจดูก่อนเพิ่ม", "1 ครัวเรือน", "“สีประตู”", "“แดง”", "ประตูสี", "ในเครือข่าย", "ข้อมูลระบุตัว"):
        assert said in look, said
    assert own(client) == [], "a look adds nothing"
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', look.split("</section>")[0]))
    answer = client.post(BASE, data=sent, follow_redirects=False)
    assert answer.status_code == 303
    page = client.get(answer.headers["location"]).text
    assert "เพิ่มแล้ว" in page and "door_colour" in page and "ประตูสี, สีของประตู" in page
    (listed,) = own(client)
    assert [(one.field.name, one.field.privacy, one.records) for one in listed.fields] == [
        ("door_colour", Privacy.NETWORK, 1)
    ]
    # The report of the import still names the column; it is said at once that it means a field by now.
    again = client.get(begin)
    assert again.status_code == 409 and "หมายถึงช่อง “สีประตู” ของครัวเรือนอยู่แล้ว" in again.text


def test_a_text_kept_as_other_is_made_a_choice(client: TestClient) -> None:
    added(client)
    (begin,) = links(client.get(BASE).text, "field=household.door_colour")
    page = client.get(begin).text
    assert "คำที่บันทึกเป็น “อื่น ๆ”" in page and 'value="household.door_colour" selected' in page
    (taken,) = links(page, "th=")
    form = client.get(taken).text
    assert 'name="th" required maxlength="200" value="แดง"' in form
    choice = {"field": "household.door_colour", "th": "แดง", "code": "red", "aliases": "สีแดง\n แดงสด "}
    answer = client.post(f"{BASE}/choices", data=choice, follow_redirects=False)
    assert answer.status_code == 303 and "read=1" in answer.headers["location"]
    page = client.get(answer.headers["location"]).text
    assert "อ่านเป็นค่านี้ได้ 1 รายการ" in page and "สีแดง, แดงสด" in page
    assert [(one.choice.code, one.choice.words.en, one.records) for one in own(client)[0].choices] == [
        ("red", "red", 1)
    ]


def test_a_field_and_a_choice_are_retired_and_brought_back(client: TestClient) -> None:
    added(client)
    client.post(f"{BASE}/choices", data={"field": "household.door_colour", "th": "แดง", "code": "red"})
    for what in ({"field": "door_colour"}, {"field": "door_colour", "choice": "red"}):
        for back in (False, True):
            form = {"type": "household", **what, **({"back": "true"} if back else {})}
            answer = client.post(f"{BASE}/retire", data=form, follow_redirects=False)
            assert (answer.status_code, answer.headers["location"]) == (303, f"{BASE}#household")
            page = client.get(BASE).text
            assert page.count("เลิกใช้แล้ว") == page.count("นำกลับมาใช้") == (0 if back else 1)
            (listed,) = own(client)
            found = listed.choices[0].choice.retired if "choice" in what else listed.fields[0].field.retired
            assert found is not back


def test_a_retired_field_is_not_offered_to_a_column(client: TestClient) -> None:
    added(client)
    client.post(f"{BASE}/retire", data={"type": "household", "field": "door_colour"})
    job = sent(client, "ครัวเรือน2.csv", "ชุมชน,ลำดับบ้าน,ครัวเรือนที่,สีประตู\nK01,9,1,เขียว\n")
    columns = client.get(f"/n/{CODE}/upload/{job}/columns").text
    assert columns.count('value="door_colour"') == 2, "only the column that feeds it already keeps it"
    assert 'value="door_colour" selected' in columns


def sent(client: TestClient, name: str, text: str) -> str:
    """Send a file and wait until it is examined; return the job."""
    answer = client.post(f"/n/{CODE}/upload", files={"file": (name, text.encode())}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return examined(client, answer.headers["location"])


def examined(client: TestClient, address: str) -> str:
    job = address.rsplit("/", 1)[1]
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if client.get(f"/api/v1/jobs/{job}").json()["state"] in ENDED:
            return job
        time.sleep(0.05)
    raise AssertionError(f"{address} has not ended")


def test_a_field_made_while_a_file_is_being_sent_takes_its_column(client: TestClient) -> None:
    file = "ชุมชน,ลำดับบ้าน,บ้านเลขที่,สภาพบ้าน,น้ำท่วม (ซม.)\nK01,8,9/8,ชำรุด,30\nK01,9,9/9,ชำรุด,สูง\n"
    job = sent(client, "house.csv", file)
    report = client.get(f"/n/{CODE}/upload/{job}").text
    (begin,) = links(report, "/fields/new")
    form = client.get(begin).text
    assert f'name="job" value="{job}"' in form
    location = added(
        client,
        type="house",
        heading="น้ำท่วม (ซม.)",
        th="",
        name="flood_cm",
        kind="number",
        aliases="",
        unit_th="ซม.",
        job=job,
    )
    page = client.get(location).text
    assert f'action="/n/{CODE}/upload/{job}/again"' in page
    again = client.post(f"/n/{CODE}/upload/{job}/again", data={}, follow_redirects=False)
    new = examined(client, again.headers["location"])
    report = client.get(f"/n/{CODE}/upload/{new}").text
    assert "คอลัมน์ที่ยังไม่รู้จัก" not in report and "“สูง” ไม่ใช่ตัวเลข" in report


REFUSED: list[tuple[str, dict[str, str], str]] = [
    ("", {"name": "income"}, "“income” หมายถึงช่อง “รายได้ครัวเรือน” ของครัวเรือนอยู่แล้ว"),
    ("", {"th": "รายได้"}, "“รายได้” หมายถึงช่อง"),
    ("", {"name": "สี"}, "ใช้ไม่ได้ ใช้ตัวอักษรอังกฤษเล็ก"),
    ("", {"th": " "}, "ชื่อช่องต้องเป็นตัวหนังสือ"),
    ("", {"privacy": "open"}, "กรุณาเลือกว่าใครเห็นช่องนี้ได้"),
    ("", {"kind": "text", "unit_th": "ซม."}, "หน่วยนับใช้กับช่องที่เป็นตัวเลขเท่านั้น"),
    ("/choices", {"field": ""}, "กรุณาเลือกช่องที่มีรายการให้เลือก"),
    ("/choices", {"field": "house.roof"}, "บ้านไม่มีช่อง “roof”"),
    ("/choices", {"field": "house.material", "code": "wood"}, "“wood” หมายถึงตัวเลือก “ไม้” อยู่แล้ว"),
    ("/choices", {"field": "house.material", "th": "ไม่ทราบ"}, "หมายถึงไม่มีคำตอบ"),
]
CHOICE = {"field": "house.material", "th": "ดินเผา", "code": "clay", "aliases": "อิฐดิน"}


@pytest.mark.parametrize(("path", "typed", "said"), REFUSED)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    client: TestClient, path: str, typed: dict[str, str], said: str
) -> None:
    form = (CHOICE if path else DOOR) | typed
    pages = [client.post(BASE + path, data=form)]
    if not path:
        pages.append(client.get(f"{BASE}/new", params=form | {"do": "look"}))
    for answer in pages:
        assert answer.status_code == 409 and said in answer.text
        assert f">{form['aliases']}</textarea>" in answer.text and own(client) == []


@pytest.mark.parametrize("role", ["surveyor", "secretary"])
def test_who_may_not_add_sees_the_list_and_no_form(client: TestClient, role: str) -> None:
    added(client)
    client.cookies.set(ROLE_COOKIE, role)
    page = client.get(BASE).text
    assert (
        "door_colour" in page
        and '<form method="post" action="/n/' not in page
        and not links(page, "/fields/new")
    )
    assert not links(client.get(f"/n/{CODE}").text, "/fields")
    assert not links(client.get(f"/n/{CODE}/imports/4").text, "/fields/new")
    for address in (f"{BASE}/new", f"{BASE}/choice"):
        assert client.get(address).status_code == 403
    for path, form in (
        ("", DOOR),
        ("/choices", CHOICE),
        ("/retire", {"type": "household", "field": "door_colour"}),
    ):
        assert client.post(BASE + path, data=form).status_code == 403
    (listed,) = own(client)
    assert not listed.fields[0].field.retired and not listed.choices


ODD: list[tuple[str, dict[str, Any], int]] = [
    ("", {"added": "x" * 201}, 422),
    ("", {"read": "-1"}, 422),
    ("/new", {"type": "ship", "heading": "ก"}, 200),
    ("/new", {"type": "land_proposal"}, 200),
    ("/choice", {"field": "house.roof"}, 200),
    ("/choice", {"field": "nonsense"}, 200),
    ("/choice", {"field": "member.religion"}, 200),
]


@pytest.mark.parametrize(("path", "query", "status"), ODD)
def test_odd_addresses_are_answered(
    client: TestClient, path: str, query: dict[str, Any], status: int
) -> None:
    assert client.get(BASE + path, params=query).status_code == status
    assert client.get(f"/n/NOWHERE/fields{path}").status_code == 404


def test_thai_pages_are_thai_and_english_pages_english(client: TestClient) -> None:
    added(client)
    client.post(f"{BASE}/choices", data=CHOICE)
    pages = [
        f"{BASE}?added=household.door_colour&read=1",
        f"{BASE}/new",
        f"{BASE}/choice?field=household.door_colour",
    ]
    pages.append(f"{BASE}/new?type=house&th=ก&name=own&kind=integer&unit_th=คน&unit_en=people&do=look")
    codes = {
        "door_colour",
        "clay",
        "red",
        "flood_cm",
        "bamboo",
        "a-z",
        "own",
        "English",
        "made-up",
        "data",
        "door",
        "colour",
    }
    for address in pages:
        for lang in ("th", "en"):
            client.cookies.set(LANG_COOKIE, lang)
            main = client.get(address).text.split("<main")[1].partition(">")[2].split("</main>")[0]
            text = re.sub(r"<[^>]+>|&[a-z]+;", " ", main)
            if lang == "th":
                assert set(re.findall(r"[A-Za-z][\w-]+", text)) <= codes, address
            else:
                thai = set(re.findall("[\u0e00-\u0e7f]+", text)) - {"แดง", "ก", "ประตูสี", "สีของประตู", "อิฐดิน"}
                assert thai <= {"อื่น"}, address


def test_every_kind_and_class_is_offered_in_words() -> None:
    assert list(KIND_WORDS) == list(CUSTOM_KINDS) and set(PRIVACY) == set(Privacy)
    assert next(iter(PRIVACY)) is Privacy.HOUSEHOLD
