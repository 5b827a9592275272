"""A surveyor and the secretary settle doubles and rival lists in a browser, with no scripts of ours needed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, served_city
from tests.browser.small_city import CODE
from tests.browser.test_pages_look import CONTRAST, SMALL, WIDER
from tests.browser.two_lists import build_two_lists

pytestmark = pytest.mark.browser
BASE = f"/n/{CODE}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The small city with the lists of two leaders."""
    yield from served_city(tmp_path_factory, build_two_lists)


def stands_well(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    assert page.evaluate(WIDER) == 0
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate(SMALL) == []


def test_a_double_is_found_decided_and_taken_back(visit: Visit) -> None:
    page = visit.go(BASE)
    page.get_by_role("link", name="ครัวเรือนที่รอตัดสิน").click()
    stands_well(page)
    page.get_by_role("row").filter(has_text="ชื่อหัวหน้าครัวเรือนเดียวกัน").get_by_role(
        "link", name="ดูเทียบกัน"
    ).click()
    stands_well(page)
    expect(page.get_by_role("table")).to_contain_text("บัญชีรองประธาน.csv")
    page.get_by_label("ครัวเรือนเดียวกัน ใช้รายการที่ 1").check()
    page.get_by_role("button", name="บันทึกผลตัดสิน").click()
    # The browser itself asks for the reason.
    expect(page.get_by_label("เหตุผล และถามใครมา")).to_be_focused()
    page.get_by_label("เหตุผล และถามใครมา").fill("ยายแดงยืนยันว่าคนเดียวกัน")
    page.get_by_role("button", name="บันทึกผลตัดสิน").click()
    expect(page.get_by_role("heading", name="ผลตัดสินที่บันทึกไว้")).to_be_visible()
    expect(page.get_by_text("ยายแดงยืนยันว่าคนเดียวกัน").first).to_be_visible()
    stands_well(page)
    page.get_by_text("ถอนผลตัดสินนี้").click()
    stands_well(page)
    page.get_by_label("เหตุผลที่ถอน").fill("ลองระบบ")
    page.get_by_role("button", name="ยืนยัน ถอนผลตัดสิน").click()
    expect(page.get_by_text("ลองระบบ").first).to_be_visible()
    expect(page.get_by_label("คนละครัวเรือน")).to_be_visible()


def test_two_lists_are_compared_and_a_resolution_recorded(visit: Visit) -> None:
    page = visit.go(f"{BASE}/imports")
    visit.become("secretary")
    page.get_by_role("link", name="เทียบสองบัญชีของชุมชนเดียวกัน").click()
    page.get_by_label("1. เลือกชุมชน").select_option(label="ชุมชนหลังวัด")
    page.get_by_role("button", name="ดูบัญชีของชุมชนนี้").click()
    stands_well(page)
    page.get_by_role("button", name="เทียบสองบัญชีนี้").click()
    stands_well(page)
    expect(page.get_by_role("table")).to_contain_text("มีเฉพาะบัญชี ก")
    page.get_by_role("navigation", name="ผลเทียบ").get_by_role("link", name="อยู่คนละบ้าน").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_label("ใช้บัญชี ก").check()
    page.get_by_label("เหตุผล", exact=True).fill("ที่ประชุมเห็นพ้อง")
    page.get_by_label("มติที่").fill("7/2569")
    page.get_by_role("button", name="บันทึกมติ").click()
    expect(page.get_by_text("มติที่ 7/2569").first).to_be_visible()
    page.get_by_role("link", name="บัญชีประธานชุมชน.csv").click()
    expect(page.get_by_role("heading", name="มติเรื่องบัญชีนี้")).to_be_visible()
    stands_well(page)
