"""How pages stand in a browser: nothing sticks out, everything is legible, the keyboard reaches all."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.small_city import CODE

pytestmark = pytest.mark.browser
BASE = f"/n/{CODE}"
PAGES = ("/", BASE, f"{BASE}/table/house", f"{BASE}/table/household", f"{BASE}/upload", f"{BASE}/imports",
         f"{BASE}/imports/4?new=1", f"{BASE}/proposals", f"{BASE}/analysis/landowners",
         f"{BASE}/analysis/completeness", f"{BASE}/map", f"{BASE}/links", f"{BASE}/links/house", f"{BASE}/doubles",
         f"{BASE}/lists", f"{BASE}/rounds", f"{BASE}/returns", f"{BASE}/returns/new", f"{BASE}/fields",
         f"{BASE}/ended", f"{BASE}/search?q=1")  # fmt: skip

# Text of low contrast, by WCAG 2.2 AA: 4.5 to 1, 3 to 1 where it is large.
CONTRAST = """() => {
  const rgb = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const part = (n) => { n /= 255; return n <= 0.03928 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4; };
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] > 0.9) return c;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !element.checkVisibility({visibilityProperty: true})) continue;
    if (element.closest("script, noscript, .unseen, .skip, [aria-hidden=true]")) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(rgb(style.color)), light(ground(element))].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize), bold = Number(style.fontWeight) >= 600;
    const wanted = size >= 24 || (bold && size >= 18.66) ? 3 : 4.5;
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < wanted) found.push(ratio.toFixed(2) + " " + walker.currentNode.textContent.trim().slice(0, 40));
  }
  return found;
}"""
# Buttons, fields and links standing alone that a thumb would miss (WCAG 2.2: 24 by 24 pixels).
SMALL = """() => [...document.querySelectorAll(
    "button, select, input:not([type=hidden]):not(.unseen), summary, nav a, .actions a")]
  .filter((e) => e.checkVisibility() && !e.closest("label"))
  .map((e) => [e, e.getBoundingClientRect()]).filter(([, box]) => box.width && (box.width < 24 || box.height < 24))
  .map(([e]) => e.outerHTML.slice(0, 90))"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("address", PAGES)
def test_a_page_fits_and_can_be_read(visit: Visit, address: str) -> None:
    page = visit.go(address)
    page.wait_for_load_state("networkidle")
    assert page.evaluate(WIDER) == 0
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate(SMALL) == []
    for summary in page.locator("main details.more > summary").all():
        if summary.is_visible():
            summary.click()
    assert page.evaluate(WIDER) == 0, "with everything unfolded"
    assert page.evaluate(CONTRAST) == []


def test_the_keyboard_comes_to_the_content_first(visit: Visit) -> None:
    page = visit.go(BASE)
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    expect(skip).to_have_text("ข้ามไปเนื้อหา")
    assert (skip.bounding_box() or {})["y"] >= 0
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    outline: Any = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline != "0px"


def test_charts_are_drawn_from_the_numbers_beside_them(visit: Visit) -> None:
    page = visit.go(f"{BASE}/analysis/landowners")
    page.wait_for_load_state("networkidle")
    drawn = page.evaluate(
        "() => { const c = document.querySelector('canvas');"
        " const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
        " let n = 0; for (let i = 3; i < d.length; i += 4) if (d[i]) n++; return n; }"
    )
    assert drawn > 2_000


def test_a_page_works_without_scripts(visit: Visit) -> None:
    browser = visit.page.context.browser
    assert browser
    context = browser.new_context(java_script_enabled=False)
    page: Page = context.new_page()
    page.goto(f"{visit.base}{BASE}/table/house")
    page.get_by_label("ค้นหา", exact=True).fill("9/2")
    page.get_by_role("button", name="ค้นหา").click()
    expect(page.locator("main tbody tr")).to_have_count(1)
    page.locator("main tbody a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("9/2")
    context.close()


def test_the_receipt_prints_without_buttons(visit: Visit) -> None:
    page = visit.go(f"{BASE}/imports/4?new=1")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="ใบรับข้อมูล")).to_be_visible()
    expect(page.locator("nav.sections")).to_be_hidden()
    expect(page.locator(".actions").first).to_be_hidden()
    expect(page.locator(".made-up-banner")).to_be_visible()
