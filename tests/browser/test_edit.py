"""A surveyor corrects a household, errs, is asked before leaving, saves, takes it back, ends it and brings it back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.small_city import CODE
from tests.browser.test_fields import stands_well

pytestmark = pytest.mark.browser
BASE = f"/n/{CODE}"


def test_a_household_is_corrected_ended_and_brought_back(visit: Visit) -> None:
    page = visit.go(f"{BASE}/table/household")
    visit.become("surveyor")
    page.get_by_role("link", name="บ้านเลขที่ 9/1 ครัวเรือนที่ 1").first.click()
    page.get_by_role("link", name="แก้ไขข้อมูล").click()
    people = page.get_by_label("จำนวนสมาชิก (คน)")
    people.fill("หก")
    # Whoever goes elsewhere now is asked, and stays.
    with page.expect_event("dialog") as asked:
        page.get_by_role("link", name="การนำเข้า").click(no_wait_after=True)
    assert asked.value.type == "beforeunload"
    expect(people).to_have_value("หก")
    assert page.url.endswith("/edit")
    visit.complaints.clear()
    page.get_by_label("ใครแจ้ง หรือเหตุผลที่แก้").fill("เจ้าของบ้านแจ้ง")
    visit.refusals += 1
    page.get_by_role("button", name="บันทึกการแก้ไข").click()
    expect(page.get_by_role("alert")).to_contain_text("“หก” ไม่ใช่ตัวเลข")
    stands_well(page)
    page.get_by_role("alert").get_by_role("link", name="จำนวนสมาชิก").click()
    people.fill("6")
    page.get_by_label("ครัวเรือนที่", exact=True).fill("7")
    page.get_by_role("button", name="บันทึกการแก้ไข").click()
    expect(page.get_by_role("status")).to_contain_text("สมาชิก 2 คน ตามไปด้วย")
    stands_well(page)
    page.get_by_role("button", name="ย้อนกลับการแก้ไขนี้").click()
    expect(page.get_by_role("status")).to_contain_text("ย้อนกลับแล้ว")
    page.get_by_role("link", name="แก้ไขข้อมูล").click()
    page.get_by_text("รายการนี้ไม่มีแล้ว").click()
    page.get_by_label("เหตุผล และใครยืนยัน").fill("ย้ายออกแล้ว")
    page.get_by_role("button", name="ยุติรายการนี้").click()
    expect(page.get_by_role("heading", name="ยุติแล้ว")).to_be_visible()
    stands_well(page)
    page.get_by_role("link", name="รายการที่ยุติแล้วทั้งหมด").click()
    expect(page.get_by_role("heading", name="รายการที่ยุติแล้ว (1)")).to_be_visible()
    stands_well(page)
    page.get_by_role("link", name="บ้านเลขที่ 9/1 ครัวเรือนที่ 1").click()
    page.get_by_role("button", name="นำกลับมา").click()
    expect(page.get_by_role("status")).to_contain_text("นำกลับมาแล้ว")
    assert visit.complaints == []
