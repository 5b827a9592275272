"""A record is linked by hand in a browser: chosen on the map or in the list, each shows what the other has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Frame, Page, expect

from maps.style import CHOSEN
from tests.api.joined_city import build
from tests.browser.conftest import Visit, served_city
from tests.conftest import NETWORK

pytestmark = pytest.mark.browser
# Where a house stands on the map, in pixels of the map's own box.
_AT = """(title) => {
  let at = null;
  window.mankongMap.eachLayer(({ feature, _latlng }) => {
    if (feature && feature.properties.title === title) at = window.mankongMap.latLngToContainerPoint(_latlng);
  });
  return { x: Math.round(at.x), y: Math.round(at.y) };
}"""
# Whether those houses, and no others, are drawn as chosen.
_DRAWN = """([titles, fill]) => {
  const on = [];
  window.mankongMap.eachLayer(({ feature, options }) => {
    if (feature && options.fillColor === fill) on.push(feature.properties.title);
  });
  return on.join() === titles;
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A city in which a household writes its house number otherwise."""
    yield from served_city(tmp_path_factory, build)


def opened(visit: Visit, lang: str) -> tuple[Page, Frame]:
    """The page that links the household, its map drawn."""
    page = visit.go(f"/n/{NETWORK}/links/household?lang={lang}")
    page.context.add_cookies([{"name": "mankong_lang", "value": lang, "url": visit.base}])
    page.get_by_role("link", name="12-3 ก").click()
    expect(page.frame_locator(".choosing-map iframe").locator("body[data-ready=true]")).to_be_attached()
    frame = page.locator(".choosing-map iframe").element_handle().content_frame()
    assert frame is not None
    return page, frame


def press(page: Page, frame: Frame, title: str, beside: int = 0) -> None:
    """Press a house on the map, or so many pixels beside it; the map is scrolled to first, so that it holds still."""
    within = page.locator(".choosing-map iframe")
    within.evaluate("(map) => map.scrollIntoView({ block: 'center', behavior: 'instant' })")
    box, at = within.bounding_box(), frame.evaluate(_AT, title)
    # The map lies below the head of its page.
    above = frame.evaluate("document.querySelector('.folium-map').getBoundingClientRect().top")
    assert box
    page.mouse.click(box["x"] + 1 + at["x"] + beside, box["y"] + 1 + above + at["y"])


def drawn(frame: Frame, titles: str) -> None:
    """Wait until these are drawn as chosen: the page and its map tell each other by messages."""
    frame.wait_for_function(_DRAWN, arg=[titles, CHOSEN.fill])


@pytest.mark.parametrize(("lang", "number"), [("th", "บ้านเลขที่"), ("en", "house number")])
def test_a_house_is_chosen_on_the_map_and_in_the_list(visit: Visit, lang: str, number: str) -> None:
    page, frame = opened(visit, lang)
    chosen, said = page.locator("input[name=target]:checked"), page.locator("output")
    drawn(frame, "")
    assert not chosen.count()
    expect(said).to_be_hidden()
    # A finger that comes down beside a small house means it.
    for title, beside in (("12/3", 0), ("12/1", 12)):
        press(page, frame, title, beside)
        expect(said).to_contain_text(f"{number} {title}")
        assert title in chosen.locator("xpath=..").inner_text()
        drawn(frame, title)
    # By keyboard through the list: the map follows.
    page.locator("input[name=target]").first.focus()
    page.keyboard.press("Space")
    expect(said).to_contain_text(f"{number} 12/3")
    drawn(frame, "12/3")
    page.keyboard.press("ArrowDown")
    expect(said).not_to_contain_text("12/3")
    drawn(frame, said.inner_text().removeprefix(f"{number} ").split(",")[0].split()[0])
    # What is pressed is what is sent; nothing of the map is lost on a narrow screen.
    press(page, frame, "12/3")
    expect(said).to_contain_text("12/3")
    sent = page.evaluate("new FormData(document.querySelector('form[data-chooses]')).get('target')")
    assert sent == chosen.get_attribute("value")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
