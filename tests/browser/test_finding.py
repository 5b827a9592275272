"""Finding one household, on a phone and at a desk: what was found is on the first screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.small_city import CODE
from tests.browser.test_pages_look import CONTRAST, SMALL, WIDER

pytestmark = pytest.mark.browser
BASE = f"/n/{CODE}"
# Where a thing ends below the top of the screen, as a part of its height.
DEPTH = "(e) => e.getBoundingClientRect().bottom / innerHeight"


def test_a_household_is_found_from_any_page(visit: Visit) -> None:
    page = visit.go(f"{BASE}/imports")
    page.get_by_role("link", name="ค้นหา", exact=True).click()
    page.get_by_role("searchbox").fill("สมมติ ๙/๒")
    page.keyboard.press("Enter")
    expect(page.get_by_text("นายสาม สมมติ")).to_be_visible()
    assert page.locator("tbody tr").first.evaluate(DEPTH) < 1
    page.get_by_role("link", name="บ้านเลขที่ 9/2").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("9/2")


def test_a_search_in_a_table_shows_count_and_first_rows_at_once(visit: Visit) -> None:
    page = visit.go(f"{BASE}/table/household")
    page.get_by_role("searchbox").fill("สมมติ")
    page.get_by_role("button", name="ค้นหา").click()
    expect(page.get_by_role("status")).to_contain_text("4")
    assert page.get_by_role("status").evaluate(DEPTH) < 1
    assert page.locator("tbody tr").first.evaluate(DEPTH) < 1
    assert page.get_by_role("checkbox").first.is_hidden(), "the columns stay folded"


def test_columns_that_were_chosen_stay_through_a_search(visit: Visit) -> None:
    page = visit.go(f"{BASE}/table/household?col=house_no")
    page.get_by_text("เลือกคอลัมน์").click()
    page.get_by_label("รายได้ครัวเรือน").check()
    page.get_by_role("button", name="แสดง", exact=True).click()
    page.get_by_role("searchbox").fill("นายหนึ่ง")
    page.keyboard.press("Enter")
    cell = page.locator('td[data-label="รายได้ครัวเรือน"]')
    expect(cell).to_have_text("12,000 บาท/เดือน")


@pytest.mark.parametrize(
    "address", [f"{BASE}/search", f"{BASE}/search?q=9", f"{BASE}/table/household?q=สมมติ"]
)
def test_what_is_found_fits_and_can_be_read(visit: Visit, address: str) -> None:
    page = visit.go(address)
    assert page.evaluate(WIDER) == 0
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate(SMALL) == []


def test_the_numbers_of_a_landowner_are_in_sight_and_the_name_stays(visit: Visit) -> None:
    page = visit.go(f"{BASE}/analysis/landowners")
    box, name = page.locator(".table-box"), page.locator("tbody th").first
    wide = page.viewport_size
    if wide and wide["width"] > 1000:
        heading = page.locator("thead th", has_text="เนื้อที่ที่วัดจากแผนที่")
        assert heading.evaluate("(e) => e.getBoundingClientRect().right <= innerWidth")
    at = name.evaluate("(e) => e.getBoundingClientRect().left")
    box.evaluate("(e) => { e.scrollLeft = 300; }")
    assert abs(name.evaluate("(e) => e.getBoundingClientRect().left") - at) < 2
