"""A planner gives the network a field and a choice of its own, in a browser, with and without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.small_city import CODE
from tests.browser.test_pages_look import CONTRAST, SMALL, WIDER

pytestmark = pytest.mark.browser
BASE = f"/n/{CODE}"


def stands_well(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    assert page.evaluate(WIDER) == 0
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate(SMALL) == []


def fill(page: Page, name: str) -> None:
    """Fill the form of a field with a list."""
    page.get_by_label("ชื่อช่อง", exact=True).fill(f"ช่อง {name}")
    page.get_by_label("รหัสช่อง").fill(name)
    page.get_by_label("เลือกหนึ่งอย่างจากรายการ").check()


def test_a_field_and_a_choice_are_added_and_retired(visit: Visit) -> None:
    page = visit.go(BASE)
    visit.become("planner")
    name = f"own_{(page.viewport_size or {})['width']}"
    page.get_by_role("link", name="ช่องข้อมูลของเครือข่าย").click()
    stands_well(page)
    page.get_by_role("link", name="เพิ่มช่อง").first.click()
    page.get_by_role("navigation", name="ช่องของข้อมูลใด").get_by_role("link", name="บ้าน").click()
    expect(page.get_by_text("ช่องใหม่ของบ้าน")).to_be_visible()
    stands_well(page)
    page.get_by_role("button", name="ตรวจดูก่อนเพิ่ม").click()
    expect(
        page.get_by_label("ชื่อช่อง", exact=True)
    ).to_be_focused()  # the browser itself asks for what is wanting
    fill(page, "material")
    visit.refusals += 1
    page.get_by_role("button", name="ตรวจดูก่อนเพิ่ม").click()
    expect(page.get_by_role("alert")).to_contain_text("หมายถึงช่อง “วัสดุตัวบ้าน”")
    fill(page, name)
    page.get_by_role("button", name="ตรวจดูก่อนเพิ่ม").click()
    expect(page.get_by_role("heading", name="ตรวจดูก่อนเพิ่ม")).to_be_visible()
    stands_well(page)
    page.get_by_role("button", name="เพิ่มช่องนี้").click()
    expect(page.get_by_role("status")).to_contain_text("เพิ่มแล้ว")
    stands_well(page)
    row = page.get_by_role("row").filter(has_text=name)
    row.get_by_role("link", name="เพิ่มตัวเลือก").click()
    stands_well(page)
    page.get_by_label("ตัวเลือก", exact=True).fill("ดินเผา")
    page.get_by_label("รหัสตัวเลือก").fill("clay")
    page.get_by_role("button", name="เพิ่มตัวเลือก").click()
    stands_well(page)
    choice = page.get_by_role("row").filter(has_text="ดินเผา").filter(has_text=f"ช่อง {name}")
    choice.get_by_role("button", name="เลิกใช้").click()
    expect(choice).to_contain_text("เลิกใช้แล้ว")
    expect(choice.get_by_role("button", name="นำกลับมาใช้")).to_be_visible()
    stands_well(page)


def test_it_works_without_scripts(visit: Visit) -> None:
    browser = visit.page.context.browser
    assert browser
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([{"name": "mankong_role", "value": "planner", "url": visit.base}])
    page = context.new_page()
    name = f"plain_{(visit.page.viewport_size or {})['width']}"
    page.goto(f"{visit.base}{BASE}/imports")
    page.get_by_role("row").filter(has_text="ครัวเรือน.csv").get_by_role("link").click()
    page.locator("summary").filter(has_text="ทำคอลัมน์ให้เป็นช่องของเครือข่าย").click()
    page.locator("main .pill-links a").first.click()
    expect(page.get_by_label("ชื่อช่อง", exact=True)).to_have_value("สีประตู")
    fill(page, name)
    page.get_by_role("button", name="ตรวจดูก่อนเพิ่ม").click()
    page.get_by_role("button", name="เพิ่มช่องนี้").click()
    row = page.get_by_role("row").filter(has_text=name)
    row.get_by_role("button", name="เลิกใช้").click()
    expect(page.get_by_role("row").filter(has_text=name)).to_contain_text("เลิกใช้แล้ว")
    context.close()
