"""Correcting records and giving data back through the pages: what is typed is kept, what is said is done."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.context import ROLE_COOKIE
from api.pages.render import show_actor
from api.routes.pages_records import _list_of
from surveys import edit
from surveys.records import ALL
from surveys.roles import local
from surveys.store.store import Store
from tests.api.conftest import pages_of_the_small_city
from tests.browser.small_city import CODE, take

HOME = f"/n/{CODE}"


client = pages_of_the_small_city("surveyor")


def store_of(client: TestClient) -> Store:
    found: Store = client.app.state.store  # type: ignore[attr-defined]
    return found


def row(client: TestClient, type_name: str = "house", at: int = 0) -> dict[str, Any]:
    return store_of(client).read_table(CODE, type_name).to_pylist()[at]


def form_of(text: str) -> dict[str, Any]:
    """What a browser would send of the first form with a version, as it stands."""
    form = re.search(r"<form[^>]*>(?:(?!</form>).)*name=\"version\".*?</form>", text, re.S)
    assert form is not None
    body, sent = form[0], {}
    for name, value in re.findall(r'<input[^>]*name="([^"]+)" value="([^"]*)"', body):
        sent.setdefault(name, []).append(value)
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', body, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        sent[name] = [chosen[1] if chosen else ""]
    return sent


def test_a_form_sent_as_it_stands_changes_nothing(client: TestClient) -> None:
    before = row(client)
    address = f"{HOME}/house/{before['id']}/edit"
    sent = form_of(client.get(address).text) | {"reason": "ดูแล้ว"}
    assert client.post(address, data=sent, follow_redirects=False).status_code == 303
    assert row(client) == before


def test_a_correction_is_saved_shown_and_taken_back(client: TestClient) -> None:
    before = row(client)
    address = f"{HOME}/house/{before['id']}/edit"
    sent = form_of(client.get(address).text) | {
        "rooms_let": "๔",
        "condition": "lasting",
        "reason": "เจ้าของบ้านแจ้ง",
    }
    answer = client.post(address, data=sent, follow_redirects=False)
    after = row(client)
    saved = f"{HOME}/house/{before['id']}?saved={after['opened_by']}"
    assert answer.status_code == 303 and answer.headers["location"] == saved
    assert (after["rooms_let"], after["version"]) == (4, before["version"] + 1)
    page = client.get(answer.headers["location"]).text
    assert "แก้ไขในระบบ" in page and "ห้องให้เช่า" in page
    edit.take_back(store_of(client), CODE, local("ทดสอบ"), after["opened_by"])
    assert row(client) == before


@pytest.mark.parametrize(
    ("changed", "said", "status"),
    [
        ({"rooms_let": "หลายห้อง"}, "ห้องให้เช่า", 409),
        ({"reason": " "}, "เหตุผล", 409),
        ({"version": "99"}, "มีผู้อื่นแก้ไข", 412),
        ({"version": "x"}, "มีผู้อื่นแก้ไข", 412),
    ],
)
def test_what_cannot_be_saved_is_said_and_what_was_typed_stays(
    client: TestClient, changed: dict[str, str], said: str, status: int
) -> None:
    before = row(client)
    address = f"{HOME}/house/{before['id']}/edit"
    typed = {"note": "บันทึกยาว ๆ", "rooms_let": "2", "reason": "เจ้าของแจ้ง"} | changed
    answer = client.post(address, data=form_of(client.get(address).text) | typed)
    assert answer.status_code == status
    alert = re.search(r'role="alert"[^>]*>(.*?)</div>', answer.text, re.S)
    assert alert and said in alert[1]
    assert "บันทึกยาว ๆ" in answer.text and row(client) == before


def test_a_record_is_ended_with_a_reason_only(client: TestClient) -> None:
    before = row(client)
    sent = {"version": before["version"], "reason": ""}
    assert client.post(f"{HOME}/house/{before['id']}/end", data=sent).status_code == 409
    count = store_of(client).counts(CODE)["house"]
    answer = client.post(
        f"{HOME}/house/{before['id']}/end", data=sent | {"reason": "รื้อแล้ว"}, follow_redirects=False
    )
    assert answer.status_code == 303 and store_of(client).counts(CODE)["house"] == count - 1


def test_who_may_not_edit_gets_no_form(client: TestClient) -> None:
    client.cookies.set(ROLE_COOKIE, "secretary")
    one = row(client)
    assert client.get(f"{HOME}/house/{one['id']}/edit").status_code == 403
    assert "แก้ไขข้อมูล" not in client.get(f"{HOME}/house/{one['id']}").text
    assert (
        client.post(f"{HOME}/house/{one['id']}/edit", data={"reason": "x", "version": "1"}).status_code == 403
    )
    assert client.get(f"{HOME}/returns/new").status_code == 403


def held(client: TestClient, **more: str) -> str:
    form = {"community": row(client, "community")["id"], "held": "1 ส.ค. 2568", "attended_count": "๔๐"} | more
    answer = client.post(f"{HOME}/returns", data=form, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_a_community_is_given_its_data_back(client: TestClient) -> None:
    listed = client.get(f"{HOME}/returns").text
    assert "ยังไม่ได้ตรวจทานกับชุมชน" in listed
    meeting = held(client)
    page = client.get(meeting).text
    link = re.search(rf'href="({HOME}/house/[0-9a-f]+/edit\?meeting=[0-9a-f]+)"', page)
    assert link and "กำลังตรวจทาน" in page
    sent = form_of(client.get(link[1]).text) | {"rooms_let": "1", "reason": "นางวิไลแจ้ง"}
    answer = client.post(link[1].split("?")[0], data=sent, follow_redirects=False)
    assert answer.headers["location"] == meeting
    page = client.get(meeting).text
    assert re.search(r"นางวิไลแจ้ง · [^<]+ · <?\S", page), "why, when, and who corrected it"
    with store_of(client).reading() as connection:
        by = connection.exec_driver_sql("SELECT actor FROM change ORDER BY id DESC").scalar()
    assert by and html.escape(show_actor(by, "th")) in page[page.index("นางวิไลแจ้ง") :]
    assert re.search(r"<p>ห้องให้เช่า: (\S+ ห้อง|—) → 1 ห้อง</p>", page), page
    back = re.search(r'action="([^"]+/take-back)"', page)
    assert (
        back
        and client.post(back[1], data={"next": meeting}, follow_redirects=False).headers["location"]
        == meeting
    )
    assert "ยกเลิกแล้ว" in client.get(meeting).text
    outcome = {"agreed": "yes", "on": "2/8/2568"}
    answer = client.post(
        f"{meeting}/outcome",
        data=outcome,
        files={"paper": ("../รายชื่อ.jpg", b"\xff\xd8scan")},
        follow_redirects=False,
    )
    assert answer.status_code == 303, answer.text
    page = client.get(meeting).text
    assert "ชุมชนรับรอง" in page and "รายชื่อ.jpg" in page and "/edit?meeting" not in page
    paper = client.get(f"{meeting}/paper")
    assert paper.content == b"\xff\xd8scan" and paper.headers["content-disposition"].startswith("attachment")
    assert "ชุมชนรับรองแล้ว" in client.get(f"{HOME}/returns").text


def test_a_household_is_found_by_the_number_of_its_house(client: TestClient) -> None:
    take(store_of(client), "บ้าน.csv", "ชุมชน,ลำดับบ้าน,บ้านเลขที่\nK01,90,77/9\n", "house")
    take(store_of(client), "คน.csv", "ชุมชน,ลำดับบ้าน,ครัวเรือนที่\nK01,90,1\nK01,91,1\n", "household")
    meeting = held(client)
    found = client.get(f"{meeting}?q=77/9").text
    for kind in ("house", "household"):
        (name,) = re.findall(rf'<a href="{HOME}/{kind}/[0-9a-f]+">([^<]+)</a>', found)
        assert "77/9" in name and "ลำดับบ้านในผัง 90" in name, name
    assert len(re.findall(rf'<a href="{HOME}/household/[0-9a-f]+">', client.get(f"{meeting}?q=91").text)) == 1


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("community_return", "คืนข้อมูล"),
        ("double_decision", "ครัวเรือนที่อาจซ้ำ"),
        ("list_decision", "เทียบสองบัญชี"),
        ("household", "ครัวเรือน"),
    ],
)
def test_a_community_leads_to_the_lists_of_what_is_in_it(client: TestClient, kind: str, title: str) -> None:
    home = row(client, "community")["id"]
    page = client.get(_list_of(CODE, ALL[kind], home))
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", page.text, re.DOTALL)
    assert page.status_code == 200 and heading and title in heading[1]
    # Decisions are filtered by the communities that have one.
    if kind in ("list_decision", "household"):
        assert f'value="{home}" selected' in page.text


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"agreed": "", "on": "2/8/2568"}, "รับรองหรือไม่"),
        ({"agreed": "no", "on": "2/8/2568"}, "เหตุผล"),
        ({"agreed": "yes", "on": "เมื่อวาน"}, "อ่านวันที่ไม่ได้"),
        ({"agreed": "yes", "on": "1/7/2568"}, "ก่อนวันจัดเวที"),
    ],
)
def test_an_outcome_that_cannot_be(client: TestClient, form: dict[str, str], said: str) -> None:
    meeting = held(client)
    answer = client.post(f"{meeting}/outcome", data=form)
    assert answer.status_code == 409 and said in answer.text and "กำลังตรวจทาน" in client.get(meeting).text


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"held": "พรุ่งนี้"}, "อ่านวันที่ไม่ได้"),
        ({"attended_count": "หลายคน"}, "ตัวเลข"),
        ({"attended_count": ""}, "จำนวนผู้เข้าร่วม"),
    ],
)
def test_a_meeting_that_cannot_be(client: TestClient, form: dict[str, str], said: str) -> None:
    typed = {
        "community": row(client, "community")["id"],
        "held": "1/8/2568",
        "attended_count": "4",
        "place": "ศาลา",
    }
    answer = client.post(f"{HOME}/returns", data=typed | form)
    assert answer.status_code == 409 and said in answer.text and "ศาลา" in answer.text


def form_to(text: str, action: str) -> dict[str, str]:
    """What a browser would send of the form that goes to an address, as it stands."""
    form = re.search(rf'<form method="post" action="{action}".*?</form>', text, re.S)
    assert form is not None
    sent = dict(
        re.findall(r'<input[^>]*name="([^"]+)"(?: inputmode="numeric")? value="([^"]*)"(?! checked)', form[0])
    )
    sent |= dict(re.findall(r'<input type="radio" name="([^"]+)" value="([^"]*)" checked', form[0]))
    sent |= dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form[0], re.S))
    return sent | dict(re.findall(r'name="([^"]+)">.*?<option value="([^"]*)" selected', form[0], re.S))


def test_what_was_recorded_wrongly_of_a_meeting_is_corrected(client: TestClient) -> None:
    meeting = held(client)
    assert "เลือกบ้านหรือครัวเรือนด้านล่าง" in client.get(meeting).text
    done = client.post(f"{meeting}/outcome", data={"agreed": "no", "on": "2/8/2568", "reason": "ขาด 3 หลัง"})
    page = done.text
    # A link to what stands in a closed part opens it.
    assert re.search(r'<details[^>]*>(?:(?!</details>).)*id="correction"', page, re.S)
    assert "บันทึกผิดใช่ไหม แก้ได้ที่นี่" in page and "บันทึกเวทีครั้งใหม่" in page
    assert "เลือกบ้านหรือครัวเรือนด้านล่าง" not in page and "ไม่มีการแก้ไขในเวทีนี้" in page
    sent = form_to(page, f"{meeting}/corrections")
    assert (sent["agreed"], sent["held"], sent["attended_count"], sent["seen"]) == (
        "no",
        "1 ส.ค. 2568",
        "40",
        "2",
    )
    same = client.post(f"{meeting}/corrections", files={}, data=sent | {"why": "กดผิด"})
    assert same.status_code == 409 and "เหมือนเดิมทุกอย่าง" in same.text and ">กดผิด</textarea>" in same.text
    right = sent | {"agreed": "yes", "reason": "", "attended_count": "๔๑", "why": "กดผิดช่อง"}
    page = client.post(f"{meeting}/corrections", data=right).text
    assert "กดผิดช่อง" in page and 'class="wrong"' in page and "41 คน" in page
    assert "ชุมชนรับรองแล้ว" in client.get(f"{HOME}/returns").text
    late = client.post(f"{meeting}/corrections", data=right)
    assert late.status_code == 409 and "ไปก่อนแล้ว" in late.text
    client.cookies.set(ROLE_COOKIE, "secretary")
    assert client.post(f"{meeting}/corrections", data=right).status_code == 403
    assert "บันทึกผิด แก้ได้ที่นี่" not in client.get(meeting).text


def test_a_state_that_only_a_file_says_is_told_as_such(client: TestClient) -> None:
    one = row(client, "community")
    asked = edit.Correction("community", one["id"], one["version"], {"survey_state": "confirmed"}, "ตามไฟล์")
    edit.correct(store_of(client), CODE, local("ทดสอบ"), asked)
    assert "รับรองตามไฟล์ ยังไม่มีบันทึกการประชุม" in client.get(f"{HOME}/returns").text
    told = client.get(HOME).text
    assert "ไม่นับ 1 ชุมชนที่รับรองตามไฟล์ ยังไม่มีบันทึกการประชุม" in told
    assert re.search(r"ชุมชนรับรอง</dt><dd>0 ", told)
    held(client)
    assert "ยังไม่มีบันทึกการประชุม" not in client.get(HOME).text


def test_a_paper_too_large_is_not_read(client: TestClient) -> None:
    meeting = held(client)
    sent = {"paper": ("ก.pdf", b"x" * ((21 << 20) + 1024))}
    answer = client.post(f"{meeting}/outcome", data={"agreed": "yes", "on": "2/8/2568"}, files=sent)
    assert answer.status_code == 409 and "20 MB" in answer.text


def test_what_changed_since_is_said_on_the_page_of_the_community(client: TestClient) -> None:
    meeting = held(client)
    client.post(f"{meeting}/outcome", data={"agreed": "yes", "on": "2/8/2568"})
    address = f"{HOME}/community/{row(client, 'community')['id']}"
    assert "ชุมชนรับรองแล้ว" in client.get(address).text and "เปลี่ยนหลังรับรอง" not in client.get(address).text
    code = row(client, "community")["code"]
    one = next(
        one for one in store_of(client).read_table(CODE, "house").to_pylist() if one["community"] == code
    )
    edit.end(
        store_of(client), CODE, local("ทดสอบ"), edit.Correction("house", one["id"], one["version"], {}, "รื้อ")
    )
    assert "เปลี่ยนหลังรับรอง 1 รายการ" in client.get(address).text
    client.cookies.set(ROLE_COOKIE, "public")
    assert "การคืนข้อมูล" not in client.get(address).text
