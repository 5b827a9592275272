"""After a correction or an ending: what was done is said, why is told, and the way back is there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.context import ROLE_COOKIE
from surveys import edit
from surveys.edit import Correction
from tests.api.test_pages_returns import HOME, client, held, row, store_of
from tests.browser.small_city import CODE, STEWARD, take

__all__ = ["client"]


def correct(client: TestClient, of: dict[str, Any], type_name: str = "household", **values: str) -> Any:
    """Send some inputs of the form of a record; follow to the page after it."""
    (now,) = [
        one for one in store_of(client).read_table(CODE, type_name).to_pylist() if one["id"] == of["id"]
    ]
    sent = {"version": str(now["version"]), "reason": "เจ้าของบ้านแจ้ง"} | values
    return client.post(f"{HOME}/{type_name}/{of['id']}/edit", data=sent)


def end(client: TestClient, of: dict[str, Any], type_name: str = "household", reason: str = "ย้ายออก") -> Any:
    sent = {"version": of["version"], "reason": reason}
    return client.post(f"{HOME}/{type_name}/{of['id']}/end", data=sent)


def status_of(text: str) -> str:
    """What the page says was done."""
    found = re.search(r'role="status">(.*?)</div>', text, re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", found[1])).strip() if found else ""


def back_of(text: str) -> list[str]:
    """The addresses of the page that take something back."""
    return re.findall(r'action="([^"]+/take-back)"', text)


def history_of(text: str) -> list[str]:
    found = re.search(r'<ol class="history" reversed>(.*?)</ol>', text, re.S)
    assert found
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", one)).strip() for one in found[1].split("</li>\n")]


def test_after_saving_the_page_says_so_and_offers_the_way_back(client: TestClient) -> None:
    before = row(client, "household")
    page = correct(client, before, household_no="7").text
    assert status_of(page) == "บันทึกแล้ว สมาชิก 2 คน ตามไปด้วยย้อนกลับการแก้ไขนี้"
    assert "เหตุผล: เจ้าของบ้านแจ้ง" in history_of(page)[0] and "ผู้เก็บข้อมูล" in history_of(page)[0]
    (back,) = back_of(page)
    member = client.get(f"{HOME}/member/{row(client, 'member')['id']}").text
    assert "ตามเลขของ ครัวเรือนที่แก้ไข" in history_of(member)[0] and not back_of(member)
    page = client.post(back).text
    assert status_of(page) == "ย้อนกลับแล้ว ข้อมูลเป็นอย่างก่อนแก้ไข" and not back_of(page)
    assert "ยกเลิกแล้ว" in history_of(page)[0] and "ยกเลิกโดย ผู้เก็บข้อมูล" in history_of(page)[0]
    assert row(client, "household") == before
    # An address that is come back to says nothing that does not stand any more.
    assert not status_of(client.get(f"{HOME}/household/{before['id']}?saved={back.split('/')[-2]}").text)


def test_a_form_saved_unchanged_says_that_nothing_was_saved(client: TestClient) -> None:
    assert status_of(correct(client, row(client, "household")).text) == "ไม่มีอะไรเปลี่ยน จึงไม่ได้บันทึก"


def test_the_way_back_stands_in_the_history_too(client: TestClient) -> None:
    one = row(client, "household")
    correct(client, one, people="4")
    page = client.get(f"{HOME}/household/{one['id']}").text
    assert not status_of(page) and len(back_of(page)) == 1
    client.cookies.set(ROLE_COOKIE, "secretary")
    page = client.get(f"{HOME}/household/{one['id']}").text
    assert not back_of(page) and "เหตุผล: เจ้าของบ้านแจ้ง" in page


def test_a_note_of_several_lines_is_shown_and_corrected_as_such(client: TestClient) -> None:
    one = row(client, "household")
    page = correct(client, one, note="บ้าน <b>ริมน้ำ</b>\r\nต่อเติมปี 2560").text
    assert '<span class="lines">บ้าน &lt;b&gt;ริมน้ำ&lt;/b&gt;\nต่อเติมปี 2560</span>' in page
    form = client.get(f"{HOME}/household/{one['id']}/edit").text
    note = re.search(r'<textarea[^>]*name="note"[^>]*>(.*?)</textarea>', form, re.S)
    assert note and note[1] == "บ้าน &lt;b&gt;ริมน้ำ&lt;/b&gt;\nต่อเติมปี 2560"
    # Browsers send the lines of a text area so.
    again = correct(client, one, note="บ้าน <b>ริมน้ำ</b>\r\nต่อเติมปี 2560").text
    assert status_of(again) == "ไม่มีอะไรเปลี่ยน จึงไม่ได้บันทึก"


def test_the_history_names_the_meeting(client: TestClient) -> None:
    meeting = held(client)
    one = row(client)
    correct(client, one, "house", rooms_let="2", meeting=meeting.split("/")[-1])
    page = client.get(f"{HOME}/house/{one['id']}").text
    assert f'<a href="{meeting}">เวทีคืนข้อมูลครั้งที่ 1</a>' in page


def test_no_two_versions_have_one_number_and_each_is_told_against_what_stood(client: TestClient) -> None:
    one = row(client, "household")
    client.post(back_of(correct(client, one, people="4").text)[0])
    page = correct(client, one, income="9000").text
    told = history_of(page)[:3]
    assert [re.match(r"ฉบับที่ \d+", entry)[0] for entry in told] == ["ฉบับที่ 3", "ฉบับที่ 2", "ฉบับที่ 1"]  # type: ignore[index]
    assert "จำนวนสมาชิก" not in told[0] and "ใช้อยู่" in told[0]


def test_a_record_that_is_ended_keeps_its_page_and_comes_back(client: TestClient) -> None:
    before = row(client, "household")
    page = end(client, before).text
    assert "ยุติรายการนี้แล้ว" in status_of(page) and "เหตุผล: ย้ายออก" in page and "ผู้เก็บข้อมูล" in page
    assert "แก้ไขข้อมูล</a>" not in page and 'id="c-member"' not in page
    listed = client.get(f"{HOME}/ended").text
    assert f'href="{HOME}/household/{before["id"]}"' in listed and "ย้ายออก" in listed and "(1)" in listed
    assert f'href="{HOME}/ended"' in client.get(f"{HOME}/imports").text
    (back,) = back_of(page)
    page = client.post(back).text
    assert status_of(page) == "นำกลับมาแล้ว ข้อมูลเป็นอย่างก่อนยุติ" and row(client, "household") == before
    # What was done and undone is not forgotten.
    assert "ยุติ แล้วนำกลับมา" in page and "“ย้ายออก”" in page and "นำกลับมาโดย ผู้เก็บข้อมูล" in page
    assert "(0)" in client.get(f"{HOME}/ended").text


def test_who_may_not_edit_sees_what_was_ended_and_who_is_outside_does_not(client: TestClient) -> None:
    one, house = row(client, "household"), row(client)
    end(client, one)
    end(client, house, "house")
    client.cookies.set(ROLE_COOKIE, "secretary")
    page = client.get(f"{HOME}/household/{one['id']}")
    assert page.status_code == 200 and "ยุติแล้ว" in page.text and not back_of(page.text)
    client.cookies.set(ROLE_COOKIE, "public")
    assert client.get(f"{HOME}/household/{one['id']}").status_code == 403
    assert "ย้ายออก" not in client.get(f"{HOME}/house/{house['id']}").text
    assert client.get(f"{HOME}/ended").status_code == 403


def test_what_is_in_the_way_of_bringing_a_record_back_is_said(client: TestClient) -> None:
    one = row(client, "household")
    (back,) = back_of(end(client, one).text)
    new = "ชุมชน,ลำดับบ้าน,ครัวเรือนที่,ชื่อหัวหน้าครัวเรือน\nK01,1,1,นางใหม่ สมมติ\n"
    take(store_of(client), "ใหม่.csv", new, "household")
    answer = client.post(back)
    assert answer.status_code == 409 and "นางใหม่ สมมติ" in answer.text and "ใช้เลขนี้อยู่แล้ว" in answer.text
    assert "ยุติแล้ว" in client.get(f"{HOME}/household/{one['id']}").text


def test_a_record_that_went_with_its_import_has_no_page(client: TestClient) -> None:
    from surveys.intake import imports

    one = row(client, "member")
    imports.undo(store_of(client), 5, STEWARD)
    assert client.get(f"{HOME}/member/{one['id']}").status_code == 404


@pytest.mark.parametrize("number", ["9" * 23, "-1", "0", "x", "1"])
def test_a_number_that_is_no_change_is_not_found(client: TestClient, number: str) -> None:
    answer = client.post(f"{HOME}/corrections/{number}/take-back")
    assert answer.status_code in (404, 422), answer.text
    one = row(client, "household")
    assert client.get(f"{HOME}/household/{one['id']}", params={"saved": number}).status_code == 200


def test_another_networks_change_says_nothing_here(client: TestClient) -> None:
    one, other = row(client, "household"), row(client)
    done = edit.correct(
        store_of(client),
        CODE,
        STEWARD,
        Correction("house", other["id"], other["version"], {"rooms_let": "4"}, "ก"),
    )
    assert not status_of(client.get(f"{HOME}/household/{one['id']}?saved={done.change}").text)


def test_every_error_stands_by_its_field_with_what_was_typed(client: TestClient) -> None:
    before = row(client, "household")
    answer = correct(client, before, people="หก", income="หมื่นกว่า", note="ดี", reason=" ")
    text = answer.text
    assert answer.status_code == 409 and "แก้ 3 ช่องนี้ก่อน" in text
    for name, typed in (("people", "หก"), ("income", "หมื่นกว่า")):
        assert re.search(rf'<a href="#f-{name}">[^<]+</a>: “{typed}” ไม่ใช่ตัวเลข', text)
        field = re.search(rf'<input[^>]*id="f-{name}"[^>]*>', text)
        assert field and 'aria-invalid="true"' in field[0] and f'value="{typed}"' in field[0]
        assert re.search(rf'id="f-{name}-error">“{typed}” ไม่ใช่ตัวเลข', text)
    assert 'href="#reason"' in text and 'id="f-note-error"' not in text and row(client, "household") == before


def test_an_ending_without_a_reason_is_asked_for_it_where_it_is_written(client: TestClient) -> None:
    answer = end(client, row(client, "household"), reason=" ")
    assert answer.status_code == 409 and '<details class="more narrow" open>' in answer.text
    assert 'href="#end-reason"' in answer.text and 'id="end-reason-error"' in answer.text


def test_a_form_older_than_the_record_keeps_what_was_typed_and_not_what_stood_there(
    client: TestClient,
) -> None:
    """Sent again as it was, it would undo what somebody else has corrected meanwhile."""
    one = row(client, "household")
    correct(client, one, people="4")
    shown = {"version": str(one["version"]), "people": "", "income": "9000", "reason": "แจ้งแล้ว"}
    answer = client.post(f"{HOME}/household/{one['id']}/edit", data=shown)
    assert answer.status_code == 412 and "มีผู้อื่นแก้ไข" in answer.text
    for name, value in (("people", "4"), ("income", "9000"), ("reason", "แจ้งแล้ว")):
        assert re.search(rf'<input[^>]*name="{name}" value="{value}"', answer.text)


def test_what_an_undo_left_alone_is_named_and_opened(client: TestClient) -> None:
    one, community = row(client, "household"), row(client, "community")
    correct(client, one, people="4")
    correct(client, community, "community", everyday_name="ริมน้ำ")
    page = client.post(f"{HOME}/imports/4/undo").text
    name = "K01 · ลำดับบ้านในผัง 1 ครัวเรือนที่ 1"
    assert f'<li><a href="{HOME}/household/{one["id"]}">{name}</a></li>' in page
    page = client.post(f"{HOME}/imports/1/undo").text
    assert f'<li><a href="{HOME}/community/{community["id"]}">ชุมชนริมคลอง</a></li>' in page


def test_a_field_without_a_value_says_why_in_the_language_of_the_page(client: TestClient) -> None:
    one = row(client, "household")
    correct(client, one, income="ไม่เกี่ยวข้อง")
    address = f"{HOME}/household/{one['id']}/edit"
    assert 'name="income" value="ไม่เกี่ยวข้อง"' in client.get(address).text
    client.get("/lang/en", params={"next": "/"})
    assert 'name="income" value="not applicable"' in client.get(address).text
    # Sent back as it stands it changes nothing.
    answer = correct(client, one, income="not applicable")
    assert "Nothing" in status_of(answer.text) or "unchanged" in answer.text


def test_a_unit_that_says_no_more_than_its_field_is_not_said_again(client: TestClient) -> None:
    client.get("/lang/en", params={"next": "/"})
    text = client.get(f"{HOME}/household/{row(client, 'household')['id']}/edit").text
    assert ">people</label>" in text and ">lease term (years)</label>" in text
