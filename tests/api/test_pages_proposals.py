"""A land proposal through the pages: filed about plots, houses, communities or nothing; decided; seen."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from api.context import ROLE_COOKIE
from surveys.dates import show_date, today
from surveys.store.store import Store
from tests.api.conftest import pages_of_the_small_city
from tests.browser.small_city import CODE

BASE = f"/n/{CODE}/proposals"
FORM = {"title": "ขอเช่าที่ริมคลอง", "option": "onsite", "households": "3"}


client = pages_of_the_small_city("planner")


def key(client: TestClient, type_name: str) -> str:
    store: Store = client.app.state.store  # type: ignore[attr-defined]
    return str(store.read(CODE, type_name, []).index[0])


def filed(client: TestClient, **form: str) -> str:
    answer = client.post(BASE, data=FORM | form, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_filed_from_a_plot_it_shows_its_plot_and_a_map(client: TestClient) -> None:
    plot = key(client, "land_plot")
    form = client.get(f"{BASE}/new", params={"target": f"land_plot:{plot}"}).text
    assert f'value="land_plot:{plot}" checked' in form and "ปรับผังแปลงที่ดินใหม่" in form
    address = filed(client, target=f"land_plot:{plot}")
    page = client.get(address).text
    for said in (
        "ขอเช่าที่ริมคลอง",
        "เสนอแล้ว รอพิจารณา",
        "ปรับปรุงในที่เดิม",
        f"/land_plot/{plot}",
        "<iframe",
        "นักวางแผน",
    ):
        assert said in page, said
    assert client.get(f"{address}/map").status_code == 200
    assert "บันทึกมติคณะกรรมการเมือง" not in page and "เลขานุการ" in page
    record = address.rsplit("/", 1)[1]
    moved = client.get(f"/n/{CODE}/land_proposal/{record}", follow_redirects=False)
    assert moved.headers["location"] == address


def test_plots_and_houses_are_chosen_by_number(client: TestClient) -> None:
    community = key(client, "community")
    asked = {"do": "add", "kind": "land_plot", "community": community, "numbers": "1-3, 4"}
    added = client.post(BASE, data=FORM | asked, follow_redirects=False)
    assert added.status_code == 303, "a reload sends nothing again"
    page = client.get(added.headers["location"]).text
    chosen = re.findall(r'name="target" value="(land_plot:\w+)" checked', page)
    assert len(chosen) == 4 and 'value="ขอเช่าที่ริมคลอง"' in page
    lost = client.post(BASE, data=FORM | asked | {"numbers": "1-3, 99"})
    assert lost.status_code == 409 and "ไม่พบเลข 99" in lost.text and 'value="1-3, 99"' in lost.text
    made = client.post(
        BASE, data=FORM | {"target": chosen[:2], "kind": "house", "numbers": "1", "do": "file"}
    )
    assert made.status_code == 200 and made.text.count(f"/n/{CODE}/land_plot/") == 2
    assert made.text.count(f"/n/{CODE}/house/") == 1


def test_a_proposal_may_have_no_land_yet_or_a_whole_community(client: TestClient) -> None:
    assert "ยังไม่ระบุที่ดินหรือบ้าน" in client.get(filed(client)).text
    assert "ชุมชนริมคลอง" in client.get(filed(client, target=f"community:{key(client, 'community')}")).text


@pytest.mark.parametrize(("wrong", "said"), [
    ({"title": " "}, "กรุณาเขียนชื่อเรื่อง"), ({"option": ""}, "กรุณาเลือกทางเลือกการพัฒนา"),
    ({"title": "\u200b\ufeff "}, "กรุณาเขียนชื่อเรื่อง"), ({"title": "ก" * 301}, "ยาวได้ไม่เกิน 300 ตัวอักษร"),
    ({"households": "สาม"}, "ต้องเป็นจำนวนเต็ม"), ({"households": "9999999"}, "ไม่เกิน 100,000"),
    ({"households": "-1"}, "ต้องเป็นจำนวนเต็ม ตั้งแต่ 0"), ({"households": "2.5"}, "ต้องเป็นจำนวนเต็ม"),
])  # fmt: skip
def test_a_form_that_is_wrong_keeps_what_was_typed(
    client: TestClient, wrong: dict[str, str], said: str
) -> None:
    plot = key(client, "land_plot")
    answer = client.post(BASE, data=FORM | {"target": f"land_plot:{plot}"} | wrong)
    assert answer.status_code == 409 and said in answer.text
    assert f'value="land_plot:{plot}" checked' in answer.text
    assert "title" in wrong or 'value="ขอเช่าที่ริมคลอง"' in answer.text


def written(days: int = 0) -> str:
    """A day from today, as people write it."""
    return show_date(today() + timedelta(days=days), "th")


def alert(page: str) -> str:
    """What the page warns of, without markup."""
    found = re.search(r'<div class="alert alert-danger".*?</div>', page, re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""


def entries(page: str) -> list[str]:
    """The lines of the history, without markup but for what is struck through."""
    listed = re.findall(r'<li id="entry-.*?</li>', page, re.S)
    marked = [line.replace("<del>", "[").replace("</del>", "]") for line in listed]
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in marked]


def field(page: str, name: str, form: str) -> str:
    """What stands in a text box of a form."""
    part = page[page.index(form) :]
    box = re.search(
        rf'<textarea[^>]* name="{name}"[^>]*>(.*?)</textarea>|<input[^>]* name="{name}" value="(.*?)"',
        part,
        re.S,
    )
    assert box, name
    return box[1] if box[1] is not None else box[2]


def test_the_secretary_records_what_was_decided(client: TestClient) -> None:
    address = filed(client)
    assert client.post(address, data={"step": "agree", "meeting": written()}).status_code == 403
    client.cookies.set(ROLE_COOKIE, "secretary")
    assert "บันทึกมติคณะกรรมการเมือง" in client.get(address).text
    for form, said in (
        ({"step": "refuse", "meeting": written(), "reason": " "}, "“ไม่เห็นชอบ” ต้องระบุเหตุผล"),
        ({"step": "", "meeting": written()}, "กรุณาเลือกมติ"),
        ({"step": "agree", "meeting": "เมื่อวาน"}, "อ่านวันที่ไม่ได้"),
        ({"step": "agree", "meeting": written(1)}, f"วันที่ประชุม {written(1)} ยังมาไม่ถึง"),
        ({"step": "agree", "meeting": written(-1)}, f"อยู่ก่อนวันยื่นเรื่อง ({written()})"),
        ({"step": "agree", "meeting": "1 ม.ค. 2569"}, "วันที่ประชุม 1 ม.ค. 2569 อยู่ก่อนวันยื่นเรื่อง"),
    ):
        answer = client.post(address, data=form)
        assert answer.status_code == 409, form
        assert said in alert(answer.text), form
        assert f'value="{form["meeting"]}"' in answer.text
    sent_back = client.post(address, data={"step": "revise", "meeting": written(), "reason": "ขอผังใหม่"})
    assert "บันทึกแล้ว: ให้ปรับแก้" in sent_back.text
    assert f"ประชุมวันที่ {written()}" in entries(sent_back.text)[0] and "ขอผังใหม่" in entries(sent_back.text)[0]
    assert client.post(address, data={"step": "agree", "meeting": written()}).status_code == 409
    client.cookies.set(ROLE_COOKIE, "planner")
    assert "เสนออีกครั้ง" in client.get(address).text
    client.post(address, data={"step": "submit"})
    client.cookies.set(ROLE_COOKIE, "secretary")
    agreed = client.post(address, data={"step": "agree", "meeting": written()}).text
    assert len(entries(agreed)) == 4 and "ยืนยัน ถอนเรื่อง" not in agreed
    listed = client.get(BASE).text
    assert "tag-good" in listed and "เสร็จสิ้นแล้ว" in listed and "รอคณะกรรมการเมืองพิจารณา" not in listed


def test_the_list_begins_with_what_the_committee_has_to_do(client: TestClient) -> None:
    agreed, revised = filed(client, title="เรื่องหนึ่ง"), filed(client, title="เรื่องสอง")
    filed(client, title="เรื่องสาม")
    client.cookies.set(ROLE_COOKIE, "secretary")
    client.post(agreed, data={"step": "agree", "meeting": written()})
    client.post(revised, data={"step": "revise", "meeting": written(), "reason": "ขอผังใหม่"})
    page = client.get(BASE).text
    order = ("รอคณะกรรมการเมืองพิจารณา", "เรื่องสาม", "รอผู้เสนอปรับแก้", "เรื่องสอง", "เสร็จสิ้นแล้ว", "เรื่องหนึ่ง")
    places = [page.index(said) for said in order]
    assert places == sorted(places)
    client.cookies.set("mankong_lang", "en")
    assert not re.search("[ก-๙]", re.sub(r"<header.*?</header>|<footer.*?</footer>|เรื่อง\S+|/ ข้อมูลสมมติ", "",
                                         client.get(BASE).text, flags=re.S).split("<main")[1])  # fmt: skip


def test_a_decision_recorded_wrongly_is_corrected_on_the_page(client: TestClient) -> None:
    address = filed(client)
    client.cookies.set(ROLE_COOKIE, "secretary")
    wrong = client.post(address, data={"step": "agree", "meeting": written(), "seen": "1"}).text
    assert "บันทึกผิดใช่ไหม แก้ได้ที่นี่" in wrong and 'id="correction"' in wrong
    right = {"step": "revise", "meeting": written(), "reason": "ขอผังใหม่", "why": "กดผิดช่อง", "seen": "2"}
    for less, said in (
        ({"why": " "}, "กรุณาเขียนว่าบันทึกผิดอย่างไร"),
        ({"reason": ""}, "“ให้ปรับแก้” ต้องระบุเหตุผล"),
        ({"step": ""}, "กรุณาเลือกมติ"),
        ({"meeting": written(-1)}, "อยู่ก่อนวันยื่นเรื่อง"),
    ):
        answer = client.post(f"{address}/corrections", data=right | less)
        assert answer.status_code == 409 and said in alert(answer.text), less
        for name in ("reason", "why", "meeting"):
            assert field(answer.text, name, 'id="correction"') == (right | less)[name]
        assert re.search(r'<details class="more" open><summary>บันทึกผิด', answer.text)
    page = client.post(f"{address}/corrections", data=right).text
    assert "บันทึกแล้ว: ให้ปรับแก้" in page and 'class="lead-text"><span class="tag tag-warn">ให้ปรับแก้' in page
    last, struck, first = entries(page)
    assert last.startswith("รายการที่ 3") and last.endswith("เหตุผล: ขอผังใหม่ แก้ รายการที่ 2 เพราะ: กดผิดช่อง")
    assert "บันทึกผิด แก้แล้วในรายการที่ 3 [ เห็นชอบ" in struck and struck.endswith("]")
    assert "[" not in first
    taken_back = client.post(
        f"{address}/corrections", data={"step": "take_back", "why": "ยังไม่ได้ประชุม", "seen": "3"}
    ).text
    assert "กลับเป็น เสนอแล้ว รอพิจารณา แก้ รายการที่ 3 เพราะ: ยังไม่ได้ประชุม" in entries(taken_back)[0]
    assert "บันทึกมติคณะกรรมการเมือง" in taken_back and 'id="correction"' not in taken_back
    # It is the secretary's to correct.
    client.post(address, data={"step": "agree", "meeting": written()})
    client.cookies.set(ROLE_COOKIE, "planner")
    assert 'id="correction"' not in client.get(address).text
    assert client.post(f"{address}/corrections", data=right | {"seen": "5"}).status_code == 403


def test_a_slip_of_the_proposer_is_taken_back_with_a_click_and_a_word(client: TestClient) -> None:
    address = filed(client)
    gone = client.post(address, data={"step": "withdraw", "reason": "กดผิด"}).text
    assert re.search('value="take_back" checked', gone) and "right-meeting" not in gone
    back = client.post(
        f"{address}/corrections", data={"step": "take_back", "why": "ไม่ได้ตั้งใจถอน", "seen": "2"}
    )
    assert back.status_code == 200 and "บันทึกแล้ว: เสนอแล้ว รอพิจารณา" in back.text


def test_two_tabs_that_decide_lose_no_word(client: TestClient) -> None:
    """The second tab is told what happened, and what it typed stands where it can be used."""
    address = filed(client)
    client.cookies.set(ROLE_COOKIE, "secretary")
    second = {"step": "refuse", "meeting": "๒๑ พ.ย. ๒๕๖๙", "reason": "แนวเขตไม่ชัด <b>", "seen": "1"}
    client.post(address, data={"step": "agree", "meeting": written(), "reason": "ครบถ้วน", "seen": "1"})
    answer = client.post(address, data=second)
    assert answer.status_code == 409
    said = alert(answer.text)
    assert "ยังไม่ได้บันทึก เพราะมีผู้บันทึกเรื่องนี้ไปก่อนแล้ว" in said
    assert "เลขานุการคณะกรรมการเมือง" in said and ": เห็นชอบ (ครบถ้วน)" in said
    # The form that corrects is open, with what was typed; why is for the person to say.
    assert re.search(r'<details class="more" open><summary>บันทึกผิด', answer.text)
    assert 'value="refuse" checked' in answer.text
    assert field(answer.text, "reason", 'id="correction"') == "แนวเขตไม่ชัด &lt;b&gt;"
    assert field(answer.text, "meeting", 'id="correction"') == "๒๑ พ.ย. ๒๕๖๙"
    assert field(answer.text, "seen", 'id="correction"') == "2"
    assert len(entries(answer.text)) == 2

    # Taken back meanwhile: the decision is open again, and its form has what was typed.
    client.post(f"{address}/corrections", data={"step": "take_back", "why": "กดผิด", "seen": "2"})
    answer = client.post(address, data=second)
    assert answer.status_code == 409 and "แก้รายการที่ 2: กดผิด" in alert(answer.text)
    assert field(answer.text, "reason", 'id="p-decide"') == "แนวเขตไม่ชัด &lt;b&gt;"
    assert field(answer.text, "seen", 'id="p-decide"') == "3"
    # Looked over and sent again it is recorded.
    assert client.post(address, data=second | {"seen": "3", "meeting": written()}).status_code == 200

    # Where no form takes it any more it is shown, to be copied.
    other = filed_as(client, "planner")
    client.post(other, data={"step": "withdraw", "reason": "ไม่พร้อม", "seen": "1"})
    client.cookies.set(ROLE_COOKIE, "secretary")
    answer = client.post(other, data=second)
    assert answer.status_code == 409 and "สิ่งที่คุณพิมพ์ไว้ (ยังไม่ได้บันทึก" in alert(answer.text)
    assert "แนวเขตไม่ชัด" in alert(answer.text) and "(ไม่พร้อม)" in alert(answer.text)


def filed_as(client: TestClient, role: str) -> str:
    client.cookies.set(ROLE_COOKIE, role)
    return filed(client)


def test_the_surveyor_files_nothing(client: TestClient) -> None:
    client.cookies.set(ROLE_COOKIE, "surveyor")
    assert client.get(f"{BASE}/new").status_code == 403
    assert client.post(BASE, data=FORM).status_code == 403
    assert "ยื่นข้อเสนอแรก" not in client.get(BASE).text


def test_an_old_paper_is_typed_in_with_its_own_days(client: TestClient) -> None:
    form = client.get(f"{BASE}/new").text
    assert f'name="filed" value="{written()}"' in form
    added = client.post(BASE, data=FORM | {"do": "add", "kind": "land_plot", "numbers": "1", "filed": written(-9),
                                           "community": key(client, "community")})  # fmt: skip
    assert f'name="filed" value="{written(-9)}"' in added.text, "it stays while plots are added"
    for wrong, said in (("พรุ่งนี้", "อ่านวันที่ไม่ได้"), (written(1), "ยังมาไม่ถึง")):
        answer = client.post(BASE, data=FORM | {"filed": wrong})
        assert answer.status_code == 409 and said in answer.text and f'value="{wrong}"' in answer.text
    address = filed(client, filed=written(-9))
    page = client.get(address).text
    assert f"<dd>{written(-9)}" in page and "บันทึกเข้าระบบ" in page
    client.cookies.set(ROLE_COOKIE, "secretary")
    met = {"step": "agree", "meeting": written(-2)}
    assert client.post(address, data=met, follow_redirects=False).status_code == 303


def test_a_reason_of_the_wrong_step_is_not_carried_to_one_that_needs_none(client: TestClient) -> None:
    address = filed(client)
    client.cookies.set(ROLE_COOKIE, "secretary")
    client.post(address, data={"step": "revise", "meeting": written(), "reason": "แนวเขตไม่ชัด"})
    right = {"step": "agree", "meeting": written(), "reason": "แนวเขตไม่ชัด ", "why": "กดผิดช่อง"}
    page = client.post(f"{address}/corrections", data=right).text
    assert page.count("แนวเขตไม่ชัด") == 1, "it stands with the wrong entry only"
    again = {"step": "agree", "meeting": written(), "reason": "ให้แนบผัง", "why": "ลืมข้อสังเกต"}
    assert "เหตุผล: ให้แนบผัง" in client.post(f"{address}/corrections", data=again).text


def test_enter_in_a_field_neither_files_nor_adds(client: TestClient) -> None:
    page = client.get(f"{BASE}/new").text
    form = re.search(rf'<form method="post" action="{BASE}".*?</form>', page, re.S)
    assert form is not None
    # Enter presses the first button of a form, and a button that is disabled does nothing.
    buttons = re.findall(r"<button[^>]*>", form[0])
    assert len(buttons) == 3 and "disabled" in buttons[0] and "name=" not in buttons[0]
